"""What becomes of windows that close and of messages that fail, and that nothing is decided twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cast import (
    DANA_ID,
    KIM_ID,
    MORGAN_ID,
    POLICY,
    SAM_ID,
    SECOND,
    duty,
    leave,
    local,
    person,
    roster,
    window,
)
from tests.core.applying import (
    applied,
    dropped,
    open_window,
    owed,
    sent,
    settlements,
    skipped,
    told,
    world,
)
from watchbill.core.decide import REPLIES_GRACE, decide
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import DutyKind, LeaveKind, Role, Roster
from watchbill.core.windows import State
from watchbill.core.world import (
    Decision,
    Drop,
    Escalate,
    NoticeFacts,
    NoticeState,
    Settle,
    Settlement,
    Skip,
    WindowFacts,
    World,
)

MORNING = window("2026-11-23", "weekday-morning")
AFTERNOON = window("2026-11-23", "weekday-afternoon")
OPENS, CLOSES = MORNING.opens_at, MORNING.closes_at
FIRST, LAST = "2026-11-20T00:00", "2026-11-28T00:00"
KIM_AWAY = leave(KIM_ID, FIRST, LAST)
DANA_SET = duty(DutyKind.DESIGNATION, DANA_ID, FIRST, LAST)
TOMORROW = local("2026-11-24T07:45")
"""When the next digest is due: what there always is to wait for."""
MISSED = str(Step.MISSED)
BY_ACTS = {
    Reason.DUTY_ASSIGNED,
    Reason.DUTY_ENDED,
    Reason.ACT_IN_YOUR_NAME,
    Reason.CHILD_REFERRED,
    Reason.TEST_ASKED_FOR,
    Reason.DUTY_DECLINED,
    Reason.DUTY_ARRANGED,
    Reason.HOLDER_AWAY,
    Reason.CODES_LOCKED,
    Reason.ANSWER,
    Reason.LEAVE_RECORDED,
    Reason.SIGN_IN_ASKED,
    Reason.PROOF_ASKED,
}


def morning(
    state: State = State.OPEN, *, attended: bool = True, monitor: int | None = KIM_ID
) -> WindowFacts:
    """Return the morning's window as a tick finds it."""
    return WindowFacts(MORNING, state, attended=attended, monitor=monitor)


def reminded(facts: Roster | None = None) -> World:
    """Return a world in which the morning's reminders have all been sent."""
    now_world = world(morning(), facts=roster() if facts is None else facts)
    for time in ("08:30", "10:00", "11:00"):
        decision = decide(POLICY, now_world, local(f"2026-11-23T{time}"))
        now_world = sent(applied(now_world, decision))
    return now_world


def closed(before: World, state: State = State.MISSED, monitor: int | None = KIM_ID) -> World:
    """Return the world with the morning closed and not settled."""
    return replace(before, windows=(morning(state, monitor=monitor),))


@pytest.mark.parametrize(("seconds", "settled"), [(-1, False), (0, True), (1, True)])
def test_a_window_is_settled_by_the_first_tick_after_it_closes(
    seconds: int,
    settled: bool,  # noqa: FBT001 - a row of the table
) -> None:
    decision = decide(POLICY, closed(reminded(), State.OPEN), CLOSES + seconds * SECOND)
    assert (MORNING.id in settlements(decision)) is settled


@pytest.mark.parametrize(("seconds", "settled"), [(0, False), (59, False), (60, True), (61, True)])
def test_where_replies_cannot_be_read_a_window_is_settled_after_a_minute(
    seconds: int,
    settled: bool,  # noqa: FBT001 - a row of the table
) -> None:
    unread = replace(closed(reminded()), replies_until=None)
    decision = decide(POLICY, unread, CLOSES + seconds * SECOND)
    assert (MORNING.id in settlements(decision)) is settled
    assert decision.next_at == (TOMORROW if settled else CLOSES + REPLIES_GRACE)


@pytest.mark.parametrize(("seconds", "settled"), [(-1, False), (0, True), (1, True)])
def test_replies_are_read_for_a_window_where_they_were_read_up_to_its_closing(
    seconds: int,
    settled: bool,  # noqa: FBT001 - a row of the table
) -> None:
    facts = replace(closed(reminded()), replies_until=CLOSES + seconds * SECOND)
    decision = decide(POLICY, facts, CLOSES + 2 * SECOND)
    assert (MORNING.id in settlements(decision)) is settled


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        (State.OPEN, State.MISSED),
        (State.MISSED, State.MISSED),
        (State.LATE, State.LATE),
        (State.COMPLETED, State.COMPLETED),
    ],
)
def test_a_closed_window_is_completed_late_or_missed(state: State, becomes: State) -> None:
    decision = decide(POLICY, closed(reminded(), state), CLOSES)
    assert settlements(decision)[MORNING.id] == Settlement(MORNING.id, becomes, unattended=False)


@pytest.mark.parametrize("state", [State.MISSED, State.LATE])
def test_a_missed_window_goes_to_the_ed_the_pio_and_its_monitor(state: State) -> None:
    decision = decide(POLICY, closed(reminded(), state, monitor=DANA_ID), CLOSES)
    assert told(decision) == {(MISSED, MORGAN_ID), (MISSED, KIM_ID), (MISSED, DANA_ID)}
    assert all(one.urgent and one.useful_until is None for one in owed(decision))
    assert {one.about["windows"] == [MORNING.id] for one in owed(decision)} == {True}


def test_a_completed_window_is_settled_without_a_word() -> None:
    decision = decide(POLICY, closed(reminded(), State.COMPLETED), CLOSES)
    assert owed(decision) == []
    assert skipped(decision) == set()


def test_a_pio_who_is_the_monitor_hears_once_of_a_missed_window() -> None:
    assert len(owed(decide(POLICY, closed(reminded()), CLOSES))) == 2


def test_while_the_pio_is_away_a_missed_window_goes_to_the_ed_once() -> None:
    facts = roster(KIM_AWAY, DANA_SET)
    decision = decide(POLICY, closed(reminded(facts), monitor=DANA_ID), CLOSES)
    assert sorted((one.step, one.person) for one in owed(decision)) == [
        (MISSED, DANA_ID),
        (MISSED, MORGAN_ID),
    ]


def test_a_monitor_who_fell_ill_is_left_in_peace() -> None:
    sick = leave(DANA_ID, "2026-11-23T11:15", LAST, kind=LeaveKind.SICK)
    decision = decide(POLICY, closed(reminded(roster(DANA_SET, sick)), monitor=DANA_ID), CLOSES)
    assert told(decision) == {(MISSED, MORGAN_ID), (MISSED, KIM_ID)}


def test_a_window_told_as_uncovered_at_its_opening_is_not_told_twice() -> None:
    start = reminded(roster(KIM_AWAY))
    decision = decide(POLICY, closed(start, monitor=None), CLOSES)
    assert settlements(decision)[MORNING.id].state is State.MISSED
    assert owed(decision) == []


def test_a_word_that_was_taken_back_does_not_stand_for_the_missed_notice() -> None:
    start = world(morning(), facts=roster(KIM_AWAY))
    waiting = applied(start, decide(POLICY, start, OPENS))
    briefly = duty(DutyKind.INTERIM, SAM_ID, "2026-11-23T08:31", "2026-11-23T09:05")
    covered = replace(waiting, roster=roster(KIM_AWAY, briefly))
    covered = sent(applied(covered, decide(POLICY, covered, local("2026-11-23T08:31"))))
    decision = decide(POLICY, closed(covered, monitor=None), CLOSES)
    assert told(decision) == {(MISSED, MORGAN_ID)}


def test_a_window_that_found_a_monitor_after_all_and_was_missed_is_told() -> None:
    start = reminded(roster(KIM_AWAY))
    appointed = duty(DutyKind.INTERIM, SAM_ID, "2026-11-23T09:00", LAST, recorded="2026-11-23T09:00")
    start = replace(start, roster=roster(KIM_AWAY, appointed))
    decision = decide(POLICY, closed(start, monitor=SAM_ID), CLOSES)
    assert told(decision) == {(MISSED, MORGAN_ID), (MISSED, SAM_ID)}


def test_an_uncovered_window_that_nobody_was_told_of_is_told_as_missed() -> None:
    silent = world(morning(State.MISSED, monitor=None), facts=roster(KIM_AWAY))
    assert told(decide(POLICY, silent, CLOSES)) == {(MISSED, MORGAN_ID)}


def test_the_steps_that_no_tick_took_are_recorded_when_the_window_is_settled() -> None:
    start = world(morning())
    opened = sent(applied(start, decide(POLICY, start, OPENS)))
    decision = decide(POLICY, closed(opened), CLOSES)
    assert skipped(decision) == {
        ("nudge", KIM_ID, "window_closed"),
        ("last_call", KIM_ID, "window_closed"),
    }


def test_a_message_of_the_night_waits_for_the_morning() -> None:
    dark = replace(MORNING, opens_at=local("2026-11-23T21:00"), closes_at=local("2026-11-23T23:00"))
    facts = replace(world(WindowFacts(dark, State.MISSED, attended=True)), ahead=())
    decision = decide(POLICY, facts, dark.closes_at)
    assert {one.not_before for one in owed(decision)} == {local("2026-11-24T07:00")}
    assert {one.due_at for one in owed(decision)} == {dark.closes_at}


def unattended(*states: State) -> World:
    """Return a world in which the day's windows passed without a tick."""
    windows = (MORNING, AFTERNOON)
    facts = [WindowFacts(w, s, monitor=KIM_ID) for w, s in zip(windows, states, strict=False)]
    return replace(world(*facts), ahead=())


def test_windows_that_no_tick_saw_share_one_summary() -> None:
    decision = decide(POLICY, unattended(State.MISSED, State.LATE), AFTERNOON.closes_at)
    assert settlements(decision) == {
        MORNING.id: Settlement(MORNING.id, State.MISSED, unattended=True),
        AFTERNOON.id: Settlement(AFTERNOON.id, State.LATE, unattended=True),
    }
    assert told(decision) == {("unattended", who) for who in (MORGAN_ID, KIM_ID, SAM_ID)}
    assert {one.reason for one in owed(decision)} == {Reason.WINDOWS_UNATTENDED}
    assert owed(decision)[0].about == {"windows": [MORNING.id, AFTERNOON.id]}
    assert not [step for step in decision.steps if isinstance(step, Skip)]


def test_one_window_that_no_tick_saw_has_a_summary_of_its_own() -> None:
    decision = decide(POLICY, unattended(State.MISSED), CLOSES)
    assert owed(decision)[0].key == f"windows_unattended/{MORNING.id}/unattended/{MORGAN_ID}"


def test_attended_and_unattended_windows_are_told_apart() -> None:
    both = unattended(State.MISSED)
    seen = WindowFacts(AFTERNOON, State.MISSED, attended=True, monitor=KIM_ID)
    decision = decide(POLICY, replace(both, windows=(*both.windows, seen)), AFTERNOON.closes_at)
    found = settlements(decision)
    assert (found[MORNING.id].unattended, found[AFTERNOON.id].unattended) == (True, False)
    assert len([step for step in decision.steps if isinstance(step, Settle)]) == 2


def with_notice(facts: World, reason: Reason, step: Step, person_id: int, state: NoticeState) -> World:
    """Return the world with one notice more, about the morning where it is about a window."""
    about = None if reason in {Reason.PERSON_UNREACHABLE, *BY_ACTS} else MORNING.id
    one = NoticeFacts(f"{reason}/x/{step}/{person_id}", reason, step, about, person_id, state)
    return replace(facts, notices={**facts.notices, one.key: one})


@pytest.mark.parametrize(
    ("reason", "step", "withdrawn"),
    [
        (Reason.CHECK_DUE, Step.LAST_CALL, True),
        (Reason.WINDOW_MISSED, Step.MISSED, True),
        (Reason.WINDOW_UNCOVERED, Step.UNCOVERED, True),
        (Reason.WINDOWS_UNATTENDED, Step.UNATTENDED, False),
        (Reason.TEST_ASKED_FOR, Step.TEST, False),
    ],
)
def test_a_completed_window_takes_back_what_still_waits_about_it(
    reason: Reason,
    step: Step,
    withdrawn: bool,  # noqa: FBT001 - a row of the table
) -> None:
    facts = world(replace(morning(State.COMPLETED), settled=True))
    decision = decide(POLICY, with_notice(facts, reason, step, KIM_ID, NoticeState.PENDING), CLOSES)
    assert dropped(decision) == ({(str(step), "withdrawn", "window_completed")} if withdrawn else set())


@pytest.mark.parametrize("state", [s for s in NoticeState if s is not NoticeState.PENDING])
def test_only_what_waits_can_be_taken_back(state: NoticeState) -> None:
    facts = world(replace(morning(State.COMPLETED), settled=True))
    decision = decide(POLICY, with_notice(facts, Reason.CHECK_DUE, Step.NUDGE, KIM_ID, state), CLOSES)
    assert not [step for step in decision.steps if isinstance(step, Drop)]


def test_a_missed_notice_never_goes_stale() -> None:
    settled = applied(closed(reminded()), decide(POLICY, closed(reminded()), CLOSES))
    assert decide(POLICY, settled, local("2026-12-23T12:00")).steps == ()


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        (DANA_ID, {KIM_ID, MORGAN_ID, SAM_ID}),
        (KIM_ID, {MORGAN_ID, SAM_ID}),
        (MORGAN_ID, {KIM_ID, SAM_ID}),
        (SAM_ID, {KIM_ID, MORGAN_ID}),
    ],
)
def test_a_message_that_reached_nobody_is_told_to_the_others(failed: int, expected: set[int]) -> None:
    facts = with_notice(world(), Reason.WINDOW_MISSED, Step.MISSED, failed, NoticeState.FAILED)
    decision = decide(POLICY, facts, CLOSES)
    assert told(decision) == {("unreachable", who) for who in expected}
    assert {one.about["person"] for one in owed(decision)} == {failed}


def test_while_the_pio_is_away_a_failure_is_told_to_the_ed_and_information_services() -> None:
    facts = with_notice(
        world(facts=roster(KIM_AWAY)), Reason.CHECK_DUE, Step.NUDGE, DANA_ID, NoticeState.FAILED
    )
    assert {who for _, who in told(decide(POLICY, facts, CLOSES))} == {MORGAN_ID, SAM_ID}


@pytest.mark.parametrize("reason", [Reason.PERSON_UNREACHABLE, Reason.TEST_ASKED_FOR])
def test_the_failure_of_a_test_or_of_an_escalation_is_marked_and_told_to_nobody(reason: Reason) -> None:
    facts = with_notice(world(), reason, Step.UNREACHABLE, KIM_ID, NoticeState.FAILED)
    decision = decide(POLICY, facts, CLOSES)
    assert decision.steps == (Escalate(next(iter(facts.notices)), ()),)


def test_nobody_deactivated_is_asked_to_accept_or_to_hand_over() -> None:
    gone = person(DANA_ID, "Dana Okafor", Role.DESIGNEE, deactivated="2026-11-22T00:00")
    unanswered = replace(DANA_SET, accepted_at=None)
    for day in ("2026-11-23", "2026-11-25", "2026-11-27"):
        facts = world(facts=roster(unanswered, people=(gone,)))
        assert decide(POLICY, facts, local(f"{day}T12:00")).steps == ()


def test_a_quiet_world_needs_nothing_and_waits_for_the_next_opening() -> None:
    quiet = replace(world(), ahead=(MORNING, AFTERNOON))
    assert decide(POLICY, quiet, OPENS - SECOND) == Decision((), OPENS)
    assert decide(POLICY, quiet, OPENS) == Decision((), AFTERNOON.opens_at)
    assert decide(POLICY, world(), OPENS) == Decision((), TOMORROW)


@pytest.mark.parametrize(
    ("now", "following"),
    [("08:30", "10:00"), ("09:59:59", "10:00"), ("10:00", "11:00"), ("11:00", "11:30")],
)
def test_the_next_look_is_at_the_next_rung_or_the_closing(now: str, following: str) -> None:
    decision = decide(POLICY, world(open_window(MORNING)), local(f"2026-11-23T{now}"))
    assert decision.next_at == local(f"2026-11-23T{following}")


def test_a_settled_window_is_left_alone() -> None:
    done = world(replace(morning(State.MISSED), settled=True))
    assert decide(POLICY, done, CLOSES) == Decision((), TOMORROW)
