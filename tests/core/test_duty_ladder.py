"""The duty ladder: asked again, unconfirmed, handed over; and never twice (DOMAIN §5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from tests.cast import (
    DANA_ID,
    KIM,
    KIM_ID,
    LEE_ID,
    MORGAN_ID,
    POLICY,
    SECOND,
    duty,
    leave,
    local,
    roster,
)
from tests.core.applying import applied, owed
from watchbill.core.duty_ladder import duty_moments, duty_steps
from watchbill.core.policy import DutyLadder, Ladders
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Duty, DutyKind, Leave
from watchbill.core.world import Decision, Owe, World

MADE = "2026-12-01T12:00"
FIRST, LAST = "2026-12-16", "2026-12-18"


def designation(first: str = FIRST, last: str = LAST, **changes: str | None) -> Duty:
    facts = {"recorded": MADE, "accepted": None, **changes}
    return duty(DutyKind.DESIGNATION, DANA_ID, first, last, **facts)  # type: ignore[arg-type]


def appointment(first: str = FIRST, last: str = LAST) -> Duty:
    return duty(DutyKind.INTERIM, DANA_ID, first, last, recorded=MADE, accepted=None)


def look(now: datetime, *facts: Leave | Duty) -> list[Owe]:
    return owed(Decision(tuple(duty_steps(POLICY, World(roster(*facts)), now)), None))


def told(found: Iterable[Owe]) -> set[tuple[Reason, int]]:
    return {(notice.reason, notice.person) for notice in found}


def of(found: Iterable[Owe], reason: Reason) -> list[int]:
    return [notice.person for notice in found if notice.reason is reason]


at_the_limit = pytest.mark.parametrize(
    ("off", "due"), [(-SECOND, 0), (0 * SECOND, 1), (SECOND, 1)], ids=["before", "at", "after"]
)


# Accepting


@at_the_limit
def test_a_designee_who_has_not_answered_is_asked_again_after_a_day(off: timedelta, due: int) -> None:
    found = look(local("2026-12-02T12:00") + off, designation())
    assert of(found, Reason.DUTY_ASSIGNED) == [DANA_ID] * due
    assert all(notice.urgent and notice.step is Step.ASSIGNED for notice in found)


@at_the_limit
def test_unconfirmed_a_day_before_the_start_is_told_to_the_pio(off: timedelta, due: int) -> None:
    found = look(local("2026-12-15T00:00") + off, designation())
    assert of(found, Reason.DUTY_UNCONFIRMED) == [KIM_ID] * due


@pytest.mark.parametrize(
    ("first", "moment"),
    [("2026-11-02T08:30", "2026-11-01T13:30Z"), ("2027-03-15T08:30", "2027-03-14T12:30Z")],
)
@at_the_limit
def test_a_day_before_is_twenty_four_hours_also_where_the_clocks_change(
    first: str, moment: str, off: timedelta, due: int
) -> None:
    asked = designation(first, "2027-04-01", recorded="2026-10-01T12:00")
    found = look(datetime.fromisoformat(moment) + off, asked)
    assert of(found, Reason.DUTY_UNCONFIRMED) == [KIM_ID] * due


def test_of_an_unconfirmed_duty_the_ed_hears_where_the_pio_is_away() -> None:
    away = leave(KIM_ID, "2026-12-14", "2026-12-18")
    assert of(look(local("2026-12-15T09:00"), designation(), away), Reason.DUTY_UNCONFIRMED) == [
        MORGAN_ID
    ]


@pytest.mark.parametrize(
    "answered",
    [
        designation(accepted="2026-12-01T13:00"),
        designation(declined="2026-12-01T13:00"),
        designation(cancelled="2026-12-01T13:00"),
        appointment(),
    ],
    ids=["accepted", "declined", "cancelled", "an appointment, which asks for no yes"],
)
@pytest.mark.parametrize("now", ["2026-12-02T12:00", "2026-12-15T12:00", "2026-12-16T12:00"])
def test_what_is_answered_is_not_asked(answered: Duty, now: str) -> None:
    found = look(local(now), answered)
    assert not of(found, Reason.DUTY_ASSIGNED)
    assert not of(found, Reason.DUTY_UNCONFIRMED)


def test_a_duty_that_has_ended_says_nothing() -> None:
    assert look(local(LAST), designation()) == []
    assert look(local(LAST) - SECOND, designation()) != []


def test_a_designation_inside_the_last_day_leaves_time_to_answer() -> None:
    late = designation(recorded="2026-12-15T20:00")
    assert of(look(local("2026-12-15T20:00"), late), Reason.DUTY_UNCONFIRMED) == []


# Handing over


def test_both_sides_hear_by_mail_a_working_day_before_the_beginning_and_the_end() -> None:
    accepted = designation(accepted=MADE)
    for day, on, off in (("2026-12-15", DANA_ID, KIM_ID), ("2026-12-17", KIM_ID, DANA_ID)):
        found = look(local(f"{day}T09:00"), accepted)
        assert {n.person for n in found} == {on, off}
        assert {n.reason for n in found} == {Reason.HAND_OVER}
        assert {(n.about["on"], n.about["off"], n.about["only"]) for n in found} == {(on, off, "email")}


@pytest.mark.parametrize(
    ("first", "moment"),
    [
        ("2026-12-16", "2026-12-15T09:00"),
        ("2026-12-14", "2026-12-11T09:00"),
        ("2026-11-27", "2026-11-25T09:00"),
        ("2026-11-02", "2026-10-30T09:00"),
        ("2027-03-15", "2027-03-12T09:00"),
    ],
    ids=["an ordinary day", "a Monday", "after a holiday", "after summer time", "before summer time"],
)
@at_the_limit
def test_a_working_day_is_neither_weekend_nor_holiday(
    first: str, moment: str, off: timedelta, due: int
) -> None:
    accepted = designation(first, "2027-04-01", recorded="2026-10-01T12:00", accepted=MADE)
    found = look(local(moment) + off, accepted)
    assert of(found, Reason.HAND_OVER).count(DANA_ID) == due


def test_a_change_within_a_day_is_told_at_once() -> None:
    late = designation(recorded="2026-12-15T20:00", accepted="2026-12-15T20:00")
    found = look(local("2026-12-15T20:00"), late)
    assert sorted(of(found, Reason.HAND_OVER)) == [KIM_ID, DANA_ID]


def test_after_the_change_a_hand_over_is_no_news() -> None:
    accepted = designation(accepted=MADE)
    assert look(local(FIRST) - SECOND, accepted) != []
    assert look(local(FIRST), accepted) == []


def test_from_one_designee_to_the_next_each_hears_of_the_other() -> None:
    first = designation("2026-12-14", FIRST, accepted=MADE)
    second = duty(DutyKind.DESIGNATION, LEE_ID, FIRST, LAST, entry=11, recorded=MADE)
    found = look(local("2026-12-15T09:00"), first, second)
    assert {(n.about["on"], n.about["off"]) for n in found} == {(LEE_ID, DANA_ID)}
    assert {n.person for n in found} == {LEE_ID, DANA_ID}


@pytest.mark.parametrize(
    "other",
    [
        duty(DutyKind.STANDING, DANA_ID, FIRST, LAST, recorded=MADE),
        duty(DutyKind.DESIGNATION, KIM_ID, FIRST, LAST, recorded=MADE),
        designation(accepted=MADE, cancelled="2026-12-02T12:00"),
    ],
    ids=["a standing designation", "the PIO's own, which changes nobody", "cancelled"],
)
def test_what_changes_nobody_is_not_handed_over(other: Duty) -> None:
    assert of(look(local("2026-12-15T09:00"), other), Reason.HAND_OVER) == []


def test_a_designation_under_another_in_force_changes_nobody() -> None:
    over = duty(DutyKind.INTERIM, LEE_ID, "2026-12-01", "2026-12-31", entry=11, recorded=MADE)
    found = look(local("2026-12-15T09:00"), designation(accepted=MADE), over)
    assert of(found, Reason.HAND_OVER) == []


def test_whoever_is_away_now_is_left_in_peace() -> None:
    away = leave(KIM_ID, "2026-12-12", LAST)
    found = look(local("2026-12-15T09:00"), designation("2026-12-16", LAST, accepted=MADE), away)
    assert KIM_ID not in {n.person for n in found}


def test_a_pio_who_comes_back_from_leave_is_not_handed_over_to_without_a_duty() -> None:
    away = leave(KIM_ID, FIRST, LAST)
    assert look(local("2026-12-15T09:00"), away) == []


# Once


@pytest.mark.parametrize("asked", [designation(), appointment()], ids=["designation", "appointment"])
def test_a_second_look_says_nothing_and_the_next_moment_is_known(asked: Duty) -> None:
    now, facts, seen = local(MADE), World(roster(asked)), []
    while now < asked.ends_at:
        decision = Decision(tuple(duty_steps(POLICY, facts, now)), None)
        facts = applied(facts, decision)
        assert list(duty_steps(POLICY, facts, now)) == []
        here = now.astimezone(POLICY.zone)
        seen += [(f"{here:%m-%d %H:%M}", str(one.reason)) for one in owed(decision)]
        now = min(duty_moments(POLICY, facts, now), default=asked.ends_at)
    handed = [("12-15 09:00", "hand_over")] * 2 + [("12-17 09:00", "hand_over")] * 2
    asking = [("12-02 12:00", "duty_assigned"), ("12-15 00:00", "duty_unconfirmed")]
    assert seen == sorted(handed + (asking if asked.awaits_answer else []))


def test_the_agencys_own_spans_are_used() -> None:
    ladder = DutyLadder(
        again_after=timedelta(hours=2), unconfirmed_before=timedelta(days=3), hand_over_at=time(16)
    )
    policy = replace(POLICY, ladders=Ladders(duty=ladder))
    moments = set(duty_moments(policy, World(roster(designation())), local(MADE)))
    assert moments == {
        local(text)
        for text in ("2026-12-01T14:00", "2026-12-13T00:00", "2026-12-15T16:00", "2026-12-17T16:00")
    }


def test_where_nobody_is_the_pio_the_one_who_comes_on_hears_alone() -> None:
    vacant = roster(designation(accepted=MADE), people=(replace(KIM, deactivated_at=local(MADE)),))
    found = owed(Decision(tuple(duty_steps(POLICY, World(vacant), local("2026-12-15T09:00"))), None))
    assert told(found) == {(Reason.HAND_OVER, DANA_ID)}
