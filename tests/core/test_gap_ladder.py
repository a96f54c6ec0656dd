"""The gap ladder: who is told of windows that nobody covers, when, and how often (DOMAIN §5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from tests.cast import (
    DANA_ID,
    KIM,
    KIM_ID,
    MORGAN_ID,
    POLICY,
    SECOND,
    leave,
    local,
    person,
    roster,
)
from tests.core.applying import applied, owed, skipped
from watchbill.core.gap_ladder import escalates_at, gap_moments, gap_steps, last_working_day
from watchbill.core.gaps import GapFacts
from watchbill.core.policy import GapLadder, Ladders, Policy
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import LeaveKind, Role, Roster
from watchbill.core.windows import Occasion, occasions
from watchbill.core.world import Announce, Decision, Owe, World

HOUR = timedelta(hours=1)
ALEX = person(7, "Alex Reyes", Role.EXECUTIVE_DIRECTOR)
FOUND = "2026-12-01T12:00"


def windows_of(first: str, last: str | None = None) -> tuple[Occasion, ...]:
    days = date.fromisoformat(first), date.fromisoformat(last or first)
    return tuple(occasions(POLICY, *days))


def gap(first: str, last: str | None = None, *, since: str = FOUND, number: int = 1) -> GapFacts:
    """Return a gap over all windows of local dates."""
    return GapFacts(number, local(since), windows_of(first, last))


def world(*gaps: GapFacts, facts: Roster | None = None) -> World:
    return World(facts or roster(), gaps=gaps)


def look(facts: World, now: datetime, policy: Policy = POLICY) -> Decision:
    return Decision(tuple(gap_steps(policy, facts, now)), None)


def told(found: Iterable[Owe]) -> set[tuple[Reason, int]]:
    return {(notice.reason, notice.person) for notice in found}


def played(facts: World, since: str, until: str, policy: Policy = POLICY) -> list[tuple[str, str, int]]:
    """Let time pass from one moment of the ladder to the next; return what was told when, and to whom."""
    now, seen = local(since), []
    while now < local(until):
        ahead = [g for g in facts.gaps if g.ends_at > now]
        closed = [
            replace(
                g,
                windows=tuple(w for w in g.windows if w.closes_at > now),
                past=(*g.past, *(w for w in g.windows if w.closes_at <= now)),
            )
            for g in ahead
        ]
        facts = replace(facts, gaps=tuple(closed))
        decision = look(facts, now, policy)
        facts = applied(facts, decision)
        here = now.astimezone(policy.zone)
        seen += [(f"{here:%m-%d %H:%M}", str(one.reason), one.person) for one in owed(decision)]
        now = min(gap_moments(policy, facts, now), default=local(until))
    return seen


# Found


def test_gaps_that_are_found_in_one_look_are_one_warning_to_the_pio() -> None:
    facts = world(gap("2026-12-14"), gap("2026-12-21", "2026-12-23", number=2))
    (step,) = look(facts, local(FOUND)).steps
    assert isinstance(step, Announce)
    (notice,) = step.notices
    assert (notice.person, notice.reason, notice.gaps) == (KIM_ID, Reason.GAP_FOUND, (1, 2))
    assert not notice.urgent


def test_a_second_look_says_nothing() -> None:
    facts = world(gap("2026-12-14"), gap("2026-12-03", number=2))
    after = applied(facts, look(facts, local(FOUND)))
    assert look(after, local(FOUND)).steps == ()


def test_a_gap_found_later_is_told_by_itself() -> None:
    facts = world(gap("2026-12-14"))
    after = applied(facts, look(facts, local(FOUND)))
    both = replace(after, gaps=(*after.gaps, gap("2026-12-21", number=2)))
    (notice,) = owed(look(both, local(FOUND)))
    assert notice.gaps == (2,)


def test_at_night_a_warning_waits_for_the_waking_hours() -> None:
    at = "2026-12-01T22:00"
    (notice,) = owed(look(world(gap("2026-12-14", since=at)), local(at)))
    assert notice.not_before == local("2026-12-02T07:00")


# Coming closer: 7, 3, 1 calendar days before, at 09:00


@pytest.mark.parametrize(
    ("first", "moments"),
    [
        ("2026-12-16", ["2026-12-09T14:00Z", "2026-12-13T14:00Z", "2026-12-15T14:00Z"]),
        ("2026-11-02", ["2026-10-26T13:00Z", "2026-10-30T13:00Z", "2026-11-01T14:00Z"]),
        ("2027-03-15", ["2027-03-08T14:00Z", "2027-03-12T14:00Z", "2027-03-14T13:00Z"]),
    ],
    ids=["an ordinary week", "over the end of summer time", "over its beginning"],
)
@pytest.mark.parametrize(
    ("off", "due"), [(-SECOND, 0), (0 * SECOND, 1), (SECOND, 1)], ids=["before", "at", "after"]
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_pio_is_warned_again_at_nine_local_time(
    first: str, moments: list[str], place: int, off: timedelta, due: int
) -> None:
    moment = datetime.fromisoformat(moments[place])
    facts = world(gap(first, since="2026-10-01T12:00"))
    for earlier in ["2026-10-01T16:00Z", *moments[:place]]:
        facts = applied(facts, look(facts, datetime.fromisoformat(earlier)))
    warnings = [n for n in owed(look(facts, moment + off)) if n.person == KIM_ID]
    assert [(n.reason, n.due_at) for n in warnings] == [(Reason.GAP_AHEAD, moment)] * due


def test_of_warnings_that_are_due_together_the_latest_is_sent_and_the_others_are_recorded() -> None:
    facts = world(gap("2026-12-16"))
    facts = applied(facts, look(facts, local(FOUND)))
    decision = look(facts, local("2026-12-14T10:00"))
    assert [n.due_at for n in owed(decision)] == [local("2026-12-13T09:00")]
    assert skipped(decision) == {("warning", KIM_ID, "next_step_due")}


def test_a_warning_whose_day_lay_before_the_gap_was_found_is_neither_sent_nor_skipped() -> None:
    since = "2026-12-10T09:00:01"
    facts = world(gap("2026-12-16", since=since))
    facts = applied(facts, look(facts, local(since)))
    assert look(facts, local("2026-12-13T08:59")).steps == ()


# The ED: from when


@pytest.mark.parametrize(
    ("first", "moment"),
    [
        ("2026-12-15", "2026-12-14T08:30"),  # Tuesday: Monday, 24 hours before
        ("2026-12-14", "2026-12-11T09:00"),  # Monday: on Friday
        ("2026-12-12", "2026-12-11T10:00"),  # Saturday: Friday, 24 hours before
        ("2026-12-13", "2026-12-11T09:00"),  # Sunday: on Friday
        ("2026-11-27", "2026-11-25T09:00"),  # after Thanksgiving: on Wednesday
        ("2026-11-26", "2026-11-25T08:30"),  # on Thanksgiving: Wednesday, 24 hours before
        ("2026-12-28", "2026-12-24T09:00"),  # Monday after a Friday's holiday: on Thursday
        ("2027-03-15", "2027-03-12T09:00"),  # after the night that lacks an hour
        ("2026-11-02", "2026-10-30T09:00"),  # after the night with an hour more
    ],
)
@pytest.mark.parametrize(
    ("off", "due"), [(-SECOND, 0), (0 * SECOND, 1), (SECOND, 1)], ids=["before", "at", "after"]
)
def test_the_ed_is_told_a_day_before_or_on_the_last_working_day_if_that_is_earlier(
    first: str, moment: str, off: timedelta, due: int
) -> None:
    facts = world(gap(first, since="2026-10-01T12:00"))
    facts = applied(facts, look(facts, local("2026-10-01T12:00")))
    escalations = [
        n for n in owed(look(facts, local(moment) + off)) if n.reason is Reason.GAP_ESCALATED
    ]
    assert [(n.person, n.due_at) for n in escalations] == [(MORGAN_ID, local(moment))] * due


@pytest.mark.parametrize(
    ("since", "at"),
    [
        ("2026-12-14T08:30:01", "2026-12-14T08:30:01"),
        ("2026-12-14T08:30", "2026-12-14T08:30"),
        ("2026-12-14T08:29:59", "2026-12-14T08:30"),
        ("2026-12-15T10:00", "2026-12-15T10:00"),
    ],
    ids=["within a day", "a day", "a second more than a day", "open already"],
)
def test_the_ed_is_told_when_it_is_found_where_it_begins_within_a_day(since: str, at: str) -> None:
    facts = gap("2026-12-15", since=since)
    assert escalates_at(POLICY, roster(), facts) == local(at)


@pytest.mark.parametrize("since", ["2026-12-11T09:00:01", "2026-12-12T12:00"])
def test_a_gap_on_a_monday_that_is_found_after_fridays_moment_is_told_at_once(since: str) -> None:
    assert escalates_at(POLICY, roster(), gap("2026-12-14", since=since)) == local(since)


@pytest.mark.parametrize(
    ("first", "last", "kind", "who", "cancelled", "at_once"),
    [
        ("2026-12-14", "2026-12-19", LeaveKind.SICK, KIM_ID, None, True),
        ("2026-12-14", "2026-12-19", LeaveKind.VACATION, KIM_ID, None, False),
        ("2026-12-14", "2026-12-19", LeaveKind.OTHER, KIM_ID, None, False),
        ("2026-12-14", "2026-12-19", LeaveKind.SICK, DANA_ID, None, False),
        ("2026-12-14", "2026-12-19", LeaveKind.SICK, KIM_ID, "2026-12-01T11:00", False),
        ("2026-12-01", "2026-12-04", LeaveKind.SICK, KIM_ID, None, False),
    ],
    ids=["the PIO's", "vacation", "other", "somebody else's", "cancelled", "at another time"],
)
def test_what_lies_within_the_pios_sick_leave_goes_to_the_ed_at_once(
    first: str, last: str, kind: LeaveKind, who: int, cancelled: str | None, *, at_once: bool
) -> None:
    sick = leave(who, first, last, kind=kind, cancelled=cancelled)
    facts = roster(sick)
    moment = escalates_at(POLICY, facts, gap("2026-12-15", "2026-12-16"))
    assert (moment == local(FOUND)) is at_once


def test_the_first_word_to_the_ed_is_urgent_never_stale_and_keeps_to_waking_hours() -> None:
    at = "2026-12-14T22:00"
    facts = world(
        gap("2026-12-16", since=at), facts=roster(leave(KIM_ID, at, "2026-12-19", kind=LeaveKind.SICK))
    )
    (notice,) = owed(look(facts, local(at)))
    assert (notice.reason, notice.person) == (Reason.GAP_ESCALATED, MORGAN_ID)
    assert notice.urgent
    assert notice.useful_until is None
    assert notice.not_before == local("2026-12-15T07:00")


@pytest.mark.parametrize(
    ("day", "before"),
    [("2026-12-15", "2026-12-14"), ("2026-12-14", "2026-12-11"), ("2026-11-27", "2026-11-25")],
)
def test_the_last_working_day_is_neither_weekend_nor_holiday(day: str, before: str) -> None:
    found = last_working_day(POLICY, date.fromisoformat(day))
    assert found == date.fromisoformat(before)


# The ED: twice a day


def test_a_planned_leave_with_nobody_set_is_told_on_the_right_days() -> None:
    away = leave(KIM_ID, "2026-12-16", "2026-12-18")
    facts = world(gap("2026-12-16", "2026-12-17"), facts=roster(away))
    assert played(facts, FOUND, "2026-12-17T17:00") == [
        ("12-01 12:00", "gap_found", KIM_ID),
        ("12-09 09:00", "gap_ahead", KIM_ID),
        ("12-13 09:00", "gap_ahead", KIM_ID),
        ("12-15 08:30", "gap_escalated", MORGAN_ID),
        ("12-15 09:00", "gap_ahead", KIM_ID),
        ("12-15 16:00", "gap_escalated", MORGAN_ID),
    ]


def test_over_a_weekend_the_ed_is_told_on_friday_and_twice_a_day_from_sunday() -> None:
    facts = world(gap("2026-12-14", since="2026-12-10T12:00"))
    told_to_ed = [
        (when, who)
        for when, _, who in played(facts, "2026-12-10T12:00", "2026-12-14T17:00")
        if who == MORGAN_ID
    ]
    assert told_to_ed == [
        ("12-11 09:00", MORGAN_ID),
        ("12-13 09:00", MORGAN_ID),
        ("12-13 16:00", MORGAN_ID),
    ]


@pytest.mark.parametrize(
    ("again_at", "count"),
    [("11:29:59", 0), ("11:30", 1), ("11:30:01", 1), ("13:30", 0), ("16:29:59", 0), ("08:00", 0)],
)
def test_the_ed_is_not_told_again_within_three_hours_of_an_openings_escalation(
    again_at: str, count: int
) -> None:
    policy = again(again_at)
    facts = world(gap("2026-12-15", "2026-12-16"))
    found = played(facts, "2026-12-14T12:00", "2026-12-17", policy)
    on_the_day = [one for one in found if one[0].startswith("12-16") and one[2] == MORGAN_ID]
    assert len(on_the_day) == count


@pytest.mark.parametrize(("again_at", "count"), [("11:29:59", 0), ("11:30", 1), ("11:30:01", 1)])
def test_the_ed_is_not_told_again_within_three_hours_of_the_first_word(
    again_at: str, count: int
) -> None:
    facts = world(gap("2026-12-15"))
    found = played(facts, FOUND, "2026-12-15T08:30", again(again_at))
    escalations = [when for when, reason, _ in found if reason == "gap_escalated"]
    assert escalations == ["12-14 08:30", f"12-14 {again_at[:5]}"][: 1 + count]


def again(at: str) -> Policy:
    return replace(POLICY, ladders=Ladders(gap=GapLadder(again_at=(time.fromisoformat(at),))))


def test_of_hours_that_passed_unattended_only_the_latest_is_told() -> None:
    facts = world(gap("2026-12-13", "2026-12-14"))
    facts = applied(facts, look(facts, local(FOUND)))
    found = owed(look(facts, local("2026-12-14T08:00")))
    escalations = [n for n in found if n.reason is Reason.GAP_ESCALATED]
    assert [n.due_at for n in escalations] == [local("2026-12-13T16:00")]


# Changed


def grown(facts: World, last: str) -> World:
    (one,) = facts.gaps
    return replace(facts, gaps=(replace(one, windows=(*one.windows, *windows_of(last))),))


def test_a_changed_gap_is_told_as_a_change_and_once() -> None:
    facts = world(gap("2026-12-16"))
    facts = grown(applied(facts, look(facts, local(FOUND))), "2026-12-17")
    now = local("2026-12-02T12:00")
    decision = look(facts, now)
    (notice,) = owed(decision)
    assert (notice.reason, notice.step, notice.person) == (Reason.GAP_CHANGED, Step.CHANGED, KIM_ID)
    after = applied(facts, decision)
    assert look(after, now).steps == ()
    (again_changed,) = owed(look(grown(after, "2026-12-18"), now))
    assert again_changed.key != notice.key


def test_a_gap_that_shrinks_is_told_as_a_change() -> None:
    facts = world(gap("2026-12-16", "2026-12-17"))
    facts = applied(facts, look(facts, local(FOUND)))
    (one,) = facts.gaps
    facts = replace(facts, gaps=(replace(one, windows=one.windows[2:]),))
    assert told(owed(look(facts, local("2026-12-02T12:00")))) == {(Reason.GAP_CHANGED, KIM_ID)}


def test_a_change_after_the_escalation_goes_to_the_ed_as_well_with_the_names() -> None:
    facts = world(gap("2026-12-16"))
    for at in (FOUND, "2026-12-15T08:30", "2026-12-15T09:00"):
        facts = applied(facts, look(facts, local(at)))
    found = owed(look(grown(facts, "2026-12-17"), local("2026-12-15T10:00")))
    assert {(n.reason, n.step, n.person) for n in found} == {
        (Reason.GAP_ESCALATED, Step.CHANGED, MORGAN_ID),
        (Reason.GAP_CHANGED, Step.CHANGED, KIM_ID),
    }


def test_whoever_is_told_of_a_changed_gap_at_this_moment_anyway_is_told_once() -> None:
    facts = world(gap("2026-12-16"))
    facts = applied(facts, look(facts, local(FOUND)))
    found = owed(look(grown(facts, "2026-12-17"), local("2026-12-15T16:00")))
    assert sorted(n.person for n in found) == [KIM_ID, MORGAN_ID]


def test_a_gap_that_begins_earlier_than_was_told_reaches_the_ed_by_its_new_time() -> None:
    facts = world(gap("2026-12-16"))
    facts = applied(facts, look(facts, local(FOUND)))
    (one,) = facts.gaps
    facts = replace(facts, gaps=(replace(one, windows=(*windows_of("2026-12-02"), *one.windows)),))
    found = told(owed(look(facts, local("2026-12-01T13:00"))))
    assert (Reason.GAP_ESCALATED, MORGAN_ID) in found


# Who stands for whom


def away_now() -> Roster:
    return roster(leave(KIM_ID, "2026-11-30", "2026-12-31"))


def test_while_the_pio_is_away_the_ed_is_warned_and_the_pio_is_not() -> None:
    facts = world(gap("2026-12-16"), facts=away_now())
    found = played(facts, FOUND, "2026-12-16T08:30")
    assert {who for _, _, who in found} == {MORGAN_ID}
    assert found[0] == ("12-01 12:00", "gap_found", MORGAN_ID)


def test_an_ed_who_stands_in_is_not_told_the_same_thing_twice() -> None:
    found = owed(look(world(gap("2026-12-02"), facts=away_now()), local(FOUND)))
    assert [(n.reason, n.person) for n in found] == [(Reason.GAP_ESCALATED, MORGAN_ID)]


def test_a_pio_who_is_there_hears_at_once_of_what_the_ed_is_told_at_once() -> None:
    found = owed(look(world(gap("2026-12-02")), local(FOUND)))
    assert told(found) == {(Reason.GAP_FOUND, KIM_ID), (Reason.GAP_ESCALATED, MORGAN_ID)}


def test_of_two_executive_directors_both_are_told() -> None:
    found = owed(look(world(gap("2026-12-02"), facts=roster(people=(ALEX,))), local(FOUND)))
    escalated = {n.person for n in found if n.reason is Reason.GAP_ESCALATED}
    assert escalated == {MORGAN_ID, ALEX.id}


@pytest.mark.parametrize("first", ["2026-12-02", "2026-12-30"])
def test_where_there_is_no_pio_the_ed_is_told_at_once(first: str) -> None:
    vacant = roster(people=(replace(KIM, deactivated_at=local("2026-11-30")),))
    found = owed(look(world(gap(first), facts=vacant), local(FOUND)))
    assert told(found) == {(Reason.GAP_ESCALATED, MORGAN_ID)}


def test_on_a_holiday_the_ed_hears_in_the_pios_place() -> None:
    at = "2026-11-26T12:00"
    found = owed(look(world(gap("2026-12-16", since=at)), local(at)))
    assert told(found) == {(Reason.GAP_FOUND, MORGAN_ID)}


def test_who_is_told_twice_a_day_is_not_also_warned_by_the_calendar() -> None:
    facts = world(gap("2026-12-16"), facts=away_now())
    found = played(facts, FOUND, "2026-12-16T08:30")
    last_day = [(when, reason) for when, reason, _ in found if when.startswith("12-15")]
    assert last_day == [("12-15 08:30", "gap_escalated"), ("12-15 16:00", "gap_escalated")]


# Every step at its moment


@pytest.mark.parametrize("first", ["2026-11-02", "2026-12-13", "2026-12-21", "2027-03-15"])
def test_the_ladder_knows_the_next_instant_at_which_it_has_something_to_say(first: str) -> None:
    """Looked at every quarter of an hour, it says nothing that it did not announce."""
    since = local("2026-10-15T12:00")
    facts, now = world(replace(gap(first), since=since)), since
    (one,) = facts.gaps
    facts = applied(facts, look(facts, now))
    expected = min(gap_moments(POLICY, facts, now))
    while now < one.windows[0].opens_at:
        now += HOUR / 4
        decision = look(facts, now)
        if owed(decision):
            assert expected <= now
            assert now - expected < HOUR / 4
            facts = applied(facts, decision)
        if now >= expected:
            expected = min(gap_moments(POLICY, facts, now), default=one.ends_at)


def test_the_agencys_own_hours_are_used() -> None:
    ladder = GapLadder(days_before=(2,), warning_at=time(7, 15), again_at=())
    policy = replace(POLICY, ladders=Ladders(gap=ladder))
    found = played(world(gap("2026-12-16")), FOUND, "2026-12-17", policy)
    assert [when for when, _, _ in found] == ["12-01 12:00", "12-14 07:15", "12-15 08:30"]
