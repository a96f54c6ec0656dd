"""The window ladder: who is reminded of an open window, when, and what comes too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.cast import (
    DANA_ID,
    KIM_ID,
    MORGAN_ID,
    POLICY,
    SAM_ID,
    duty,
    leave,
    local,
    person,
    roster,
    window,
)
from tests.core.applying import applied, dropped, open_window, owed, sent, skipped, told, world
from watchbill.core.decide import decide
from watchbill.core.policy import Policy
from watchbill.core.reasons import Step
from watchbill.core.reminders import next_moments, turns, will_be_covered
from watchbill.core.roster import DutyKind, Role
from watchbill.core.windows import State
from watchbill.core.world import Owe, World

MORNING = window("2026-11-23", "weekday-morning")
FIRST, LAST = "2026-11-20T00:00", "2026-11-28T00:00"
KIM_AWAY = leave(KIM_ID, FIRST, LAST)
DANA_SET = duty(DutyKind.DESIGNATION, DANA_ID, FIRST, LAST)
OPENING, NUDGE, LAST_CALL = str(Step.OPENING), str(Step.NUDGE), str(Step.LAST_CALL)
NEXT = "next_step_due"


def at(text: str) -> str:
    """Return a local time of the day in full."""
    return f"2026-11-23T{text}"


def run(now_world: World, *times: str, policy: Policy = POLICY) -> World:
    """Return the world after ticks at these local times, all that was owed then having been sent."""
    for one in times:
        now_world = sent(applied(now_world, decide(policy, now_world, local(at(one)))))
    return now_world


@pytest.mark.parametrize(
    ("seen", "now", "expected"),
    [
        ((), "08:30", {(OPENING, KIM_ID)}),
        ((), "08:30:01", {(OPENING, KIM_ID)}),
        (("08:30",), "09:59:59", set()),
        (("08:30",), "10:00", {(NUDGE, KIM_ID)}),
        (("08:30", "10:00"), "10:59:59", set()),
        (("08:30", "10:00"), "11:00", {(LAST_CALL, KIM_ID)}),
        (("08:30", "10:00", "11:00"), "11:29:59", set()),
    ],
)
def test_each_rung_is_said_once_at_its_moment(
    seen: tuple[str, ...], now: str, expected: set[tuple[str, int]]
) -> None:
    decision = decide(POLICY, run(world(open_window(MORNING)), *seen), local(at(now)))
    assert told(decision) == expected
    assert skipped(decision) == set()


@pytest.mark.parametrize(
    ("now", "expected", "late"),
    [
        ("09:59:59", {(OPENING, KIM_ID)}, set()),
        ("10:00", {(NUDGE, KIM_ID)}, {(OPENING, KIM_ID, NEXT)}),
        ("10:59:59", {(NUDGE, KIM_ID)}, {(OPENING, KIM_ID, NEXT)}),
        ("11:00", {(LAST_CALL, KIM_ID)}, {(OPENING, KIM_ID, NEXT), (NUDGE, KIM_ID, NEXT)}),
        ("11:29:59", {(LAST_CALL, KIM_ID)}, {(OPENING, KIM_ID, NEXT), (NUDGE, KIM_ID, NEXT)}),
    ],
)
def test_a_tick_that_comes_late_says_the_latest_step_and_skips_the_stale_ones(
    now: str, expected: set[tuple[str, int]], late: set[tuple[str, int, str]]
) -> None:
    decision = decide(POLICY, world(open_window(MORNING)), local(at(now)))
    assert told(decision) == expected
    assert skipped(decision) == late


@pytest.mark.parametrize(("now", "stale"), [("09:59:59", False), ("10:00", True), ("10:00:01", True)])
def test_a_reminder_that_still_waits_when_the_next_is_due_is_skipped(
    now: str,
    stale: bool,  # noqa: FBT001 - a row of the table
) -> None:
    start = world(open_window(MORNING))
    waiting = applied(start, decide(POLICY, start, local(at("08:30"))))
    decision = decide(POLICY, waiting, local(at(now)))
    assert dropped(decision) == ({(OPENING, "skipped", NEXT)} if stale else set())
    assert told(decision) == ({(NUDGE, KIM_ID)} if stale else set())


def test_a_reminder_that_still_waits_when_the_window_closes_is_skipped() -> None:
    start = world(open_window(MORNING))
    waiting = applied(start, decide(POLICY, start, local(at("11:00"))))
    decision = decide(POLICY, waiting, local(at("11:30")))
    assert dropped(decision) == {(LAST_CALL, "skipped", "window_closed")}


@pytest.mark.parametrize(
    ("step", "due", "until"),
    [(OPENING, "08:30", "10:00"), (NUDGE, "10:00", "11:00"), (LAST_CALL, "11:00", "11:30")],
)
def test_a_reminder_knows_when_it_was_due_and_until_when_it_is_of_use(
    step: str, due: str, until: str
) -> None:
    (reminder,) = owed(decide(POLICY, world(open_window(MORNING)), local(at(due))))
    assert reminder.step == step
    assert (reminder.due_at, reminder.useful_until) == (local(at(due)), local(at(until)))
    assert reminder.urgent is (step == LAST_CALL)
    assert reminder.next_channel is (step == NUDGE)
    assert reminder.key == f"check_due/{MORNING.id}/{step}/{KIM_ID}"


@pytest.mark.parametrize("state", [State.COMPLETED, State.UPCOMING])
def test_a_window_viewed_early_or_not_yet_open_reminds_nobody(state: State) -> None:
    for now in ("08:30", "10:00", "11:00"):
        start = world(open_window(MORNING, state=state))
        assert decide(POLICY, start, local(at(now))).steps == ()


def test_the_pio_hears_the_last_call_of_another_person_too() -> None:
    start = run(world(open_window(MORNING), facts=roster(DANA_SET)), "08:30", "10:00")
    decision = decide(POLICY, start, local(at("11:00")))
    assert told(decision) == {(LAST_CALL, DANA_ID), (LAST_CALL, KIM_ID)}


def test_while_the_pio_is_away_the_ed_stands_in_for_them() -> None:
    start = run(world(open_window(MORNING), facts=roster(DANA_SET, KIM_AWAY)), "08:30", "10:00")
    decision = decide(POLICY, start, local(at("11:00")))
    assert told(decision) == {(LAST_CALL, DANA_ID), (LAST_CALL, MORGAN_ID)}


@pytest.mark.parametrize(
    ("begins", "now", "expected"),
    [
        ("09:00", "09:00", {(OPENING, DANA_ID)}),
        ("09:59:59", "09:59:59", {(OPENING, DANA_ID)}),
        ("10:00", "10:00", {(OPENING, DANA_ID)}),
        ("10:30", "10:30", {(OPENING, DANA_ID)}),
        ("10:30", "11:00", {(LAST_CALL, DANA_ID), (LAST_CALL, KIM_ID)}),
        ("11:10", "11:10", {(OPENING, DANA_ID)}),
    ],
)
def test_whoever_becomes_responsible_in_an_open_window_is_told_then(
    begins: str, now: str, expected: set[tuple[str, int]]
) -> None:
    facts = roster(duty(DutyKind.DESIGNATION, DANA_ID, at(begins), LAST))
    before = [t for t in ("08:30", "10:00", "11:00") if t < begins]
    after = [begins] if now != begins else []
    start = run(world(open_window(MORNING), facts=facts), *before, *after)
    decision = decide(POLICY, start, local(at(now)))
    assert told(decision) == expected
    assert skipped(decision) == set()


def test_somebody_recorded_later_is_not_asked_for_the_time_before() -> None:
    start = run(world(open_window(MORNING)), "08:30", "10:00")
    set_late = replace(DANA_SET, recorded_at=local(at("10:30")))
    decision = decide(POLICY, replace(start, roster=roster(set_late)), local(at("10:30")))
    (reminder,) = owed(decision)
    assert (reminder.step, reminder.person) == (Step.OPENING, DANA_ID)
    assert reminder.due_at == local(at("10:30"))
    assert reminder.useful_until == local(at("11:00"))


def test_a_waiting_reminder_of_somebody_who_is_no_longer_responsible_is_taken_back() -> None:
    start = world(open_window(MORNING))
    waiting = applied(start, decide(POLICY, start, local(at("08:30"))))
    handed = replace(waiting, roster=roster(replace(DANA_SET, recorded_at=local(at("08:40")))))
    decision = decide(POLICY, handed, local(at("08:40")))
    assert dropped(decision) == {(OPENING, "withdrawn", "somebody_else_responsible")}
    assert told(decision) == {(OPENING, DANA_ID)}


def test_a_reminder_that_was_taken_back_is_owed_again_when_the_duty_comes_back() -> None:
    start = world(open_window(MORNING))
    waiting = applied(start, decide(POLICY, start, local(at("08:30"))))
    handed = replace(waiting, roster=roster(replace(DANA_SET, recorded_at=local(at("08:40")))))
    handed = sent(applied(handed, decide(POLICY, handed, local(at("08:40")))))
    given_back = replace(DANA_SET, declined_at=local(at("08:50")))
    back = replace(handed, roster=roster(given_back))
    decision = decide(POLICY, back, local(at("08:50")))
    assert told(decision) == {(OPENING, KIM_ID)}


def test_an_uncovered_window_goes_to_the_ed_once_at_its_opening() -> None:
    start = world(open_window(MORNING), facts=roster(KIM_AWAY))
    decision = decide(POLICY, start, local(at("08:30")))
    (notice,) = owed(decision)
    assert (notice.step, notice.person, notice.urgent) == (Step.UNCOVERED, MORGAN_ID, True)
    assert notice.useful_until is None
    later = run(start, "08:30")
    for now in ("08:30:01", "10:00", "11:00", "11:29:59"):
        assert decide(POLICY, later, local(at(now))).steps == ()


def test_every_executive_director_hears_of_an_uncovered_window() -> None:
    second = person(7, "Robin Cole", Role.EXECUTIVE_DIRECTOR)
    start = world(open_window(MORNING), facts=roster(KIM_AWAY, people=(second,)))
    assert told(decide(POLICY, start, local(at("08:30")))) == {
        ("uncovered", MORGAN_ID),
        ("uncovered", 7),
    }


@pytest.mark.parametrize(("minutes", "covered"), [(29, False), (30, True), (31, True)])
def test_a_window_that_will_be_covered_inside_is_not_told_as_uncovered(
    minutes: int,
    covered: bool,  # noqa: FBT001 - a row of the table
) -> None:
    back = replace(KIM_AWAY, ends_at=MORNING.closes_at - timedelta(minutes=minutes))
    start = world(open_window(MORNING), facts=roster(back))
    assert will_be_covered(POLICY, start, MORNING, MORNING.opens_at) is covered
    expected = set() if covered else {("uncovered", MORGAN_ID)}
    assert told(decide(POLICY, start, MORNING.opens_at)) == expected


def test_a_window_that_loses_its_cover_while_open_goes_to_the_ed_at_once() -> None:
    start = run(world(open_window(MORNING)), "08:30")
    sick = leave(KIM_ID, at("09:10"), LAST, recorded=at("09:10"))
    decision = decide(POLICY, replace(start, roster=roster(sick)), local(at("09:10")))
    assert told(decision) == {("uncovered", MORGAN_ID)}


def test_a_waiting_word_of_an_uncovered_window_is_taken_back_when_somebody_covers_it() -> None:
    start = world(open_window(MORNING), facts=roster(KIM_AWAY))
    waiting = applied(start, decide(POLICY, start, local(at("08:30"))))
    appointed = duty(DutyKind.INTERIM, SAM_ID, at("08:45"), LAST, recorded=at("08:45"))
    decision = decide(POLICY, replace(waiting, roster=roster(KIM_AWAY, appointed)), local(at("08:45")))
    assert dropped(decision) == {("uncovered", "withdrawn", "window_covered")}
    assert told(decision) == {(OPENING, SAM_ID)}


def test_a_waiting_word_of_an_uncovered_window_is_taken_back_when_somebody_will_cover_it() -> None:
    start = world(open_window(MORNING), facts=roster(KIM_AWAY))
    waiting = applied(start, decide(POLICY, start, local(at("08:30"))))
    later = duty(DutyKind.INTERIM, SAM_ID, at("11:00"), LAST, recorded=at("08:45"))
    decision = decide(POLICY, replace(waiting, roster=roster(KIM_AWAY, later)), local(at("08:45")))
    assert dropped(decision) == {("uncovered", "withdrawn", "window_covered")}
    assert told(decision) == {("hand_over", SAM_ID)}


def test_a_word_of_an_uncovered_window_that_was_taken_back_is_owed_again() -> None:
    start = world(open_window(MORNING), facts=roster(KIM_AWAY))
    waiting = applied(start, decide(POLICY, start, local(at("08:30"))))
    covered = replace(waiting, roster=roster(KIM_AWAY, DANA_SET))
    covered = applied(covered, decide(POLICY, covered, local(at("08:45"))))
    declined = replace(DANA_SET, declined_at=local(at("08:50")))
    decision = decide(POLICY, replace(covered, roster=roster(KIM_AWAY, declined)), local(at("08:50")))
    assert told(decision) == {("uncovered", MORGAN_ID)}


def test_somebody_responsible_again_is_owed_a_reminder_of_their_own() -> None:
    start = world(open_window(MORNING))
    waiting = applied(start, decide(POLICY, start, local(at("08:30"))))
    handed = replace(waiting, roster=roster(replace(DANA_SET, recorded_at=local(at("08:40")))))
    handed = sent(applied(handed, decide(POLICY, handed, local(at("08:40")))))
    given_back = replace(DANA_SET, declined_at=local(at("08:50")))
    decision = decide(POLICY, replace(handed, roster=roster(given_back)), local(at("11:00")))
    assert told(decision) == {(LAST_CALL, KIM_ID)}
    assert skipped(decision) == {(OPENING, KIM_ID, NEXT), (NUDGE, KIM_ID, NEXT)}


def test_somebody_responsible_again_is_told_at_once() -> None:
    between = replace(DANA_SET, ends_at=local(at("11:05")))
    start = world(open_window(MORNING), facts=roster(between))
    for now in ("08:30", "09:00", "10:00", "11:00"):
        start = sent(applied(start, decide(POLICY, start, local(at(now)))))
    decision = decide(POLICY, start, local(at("11:05")))
    assert told(decision) == {(OPENING, KIM_ID)}


def test_nobody_on_leave_is_reminded() -> None:
    facts = roster(DANA_SET, leave(DANA_ID, at("09:00"), LAST), KIM_AWAY)
    start = run(world(open_window(MORNING), facts=facts), "08:30")
    for now in ("09:00", "10:00", "11:00"):
        decision = decide(POLICY, start, local(at(now)))
        assert not {KIM_ID, DANA_ID} & {one.person for one in owed(decision)}
        start = sent(applied(start, decision))


def test_a_notice_to_somebody_deactivated_is_taken_back() -> None:
    start = world(open_window(MORNING), facts=roster(DANA_SET))
    waiting = applied(start, decide(POLICY, start, local(at("08:30"))))
    gone = person(DANA_ID, "Dana Okafor", Role.DESIGNEE, deactivated=at("08:31"))
    facts = roster(DANA_SET, people=(gone,))
    decision = decide(POLICY, replace(waiting, roster=facts), local(at("08:31")))
    assert dropped(decision) == {(OPENING, "withdrawn", "person_deactivated")}
    assert told(decision) == {(OPENING, KIM_ID)}


def test_a_window_shorter_than_the_last_call_reminds_once_and_skips_the_rest() -> None:
    short = replace(MORNING, closes_at=MORNING.opens_at + timedelta(minutes=20))
    decision = decide(POLICY, world(open_window(short)), MORNING.opens_at)
    assert len([step for step in decision.steps if isinstance(step, Owe)]) == 1
    again = sent(applied(world(open_window(short)), decision))
    assert decide(POLICY, again, MORNING.opens_at).steps == ()


def test_the_turns_of_a_newcomer_leave_out_what_was_somebody_elses() -> None:
    since = local(at("10:15"))
    assert [(t.rung.step, t.due_at) for t in turns(POLICY, MORNING, since)] == [
        (Step.OPENING, since),
        (Step.LAST_CALL, local(at("11:00"))),
    ]


def test_the_next_moments_are_rungs_changes_of_cover_and_the_closing() -> None:
    facts = roster(duty(DutyKind.DESIGNATION, DANA_ID, at("09:15"), LAST))
    start = world(open_window(MORNING), facts=facts)
    found = next_moments(POLICY, start, start.windows[0], MORNING.opens_at)
    expected = ("09:15", "10:00", "11:00", "11:30")
    assert sorted(set(found)) == [local(at(time_)) for time_ in expected]


def test_a_completed_window_has_no_moment_but_its_closing() -> None:
    start = world(open_window(MORNING, state=State.COMPLETED))
    assert next_moments(POLICY, start, start.windows[0], MORNING.opens_at) == [MORNING.closes_at]
