"""Each reason occurs, and what was decided for it is not decided twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from tests.cast import (
    DANA,
    DANA_ID,
    KIM_ID,
    POLICY,
    SECOND,
    duty,
    leave,
    local,
    person,
    roster,
    window,
)
from tests.core.applying import applied, owed, sent, world
from tests.core.test_decide import (
    AFTERNOON,
    BY_ACTS,
    CLOSES,
    DANA_SET,
    KIM_AWAY,
    OPENS,
    closed,
    morning,
    reminded,
    unattended,
    with_notice,
)
from watchbill.core.decide import decide
from watchbill.core.gaps import GapFacts
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import DutyKind, Role, Roster
from watchbill.core.windows import State
from watchbill.core.world import Decision, Drop, NoticeState, Silent, Skip, TroubleFacts, World


def handed_over(state: State = State.OPEN) -> World:
    """Return a world whose first reminder waits while somebody else has become responsible."""
    start = world(morning(state))
    waiting = applied(start, decide(POLICY, world(morning()), OPENS))
    return replace(waiting, roster=roster(replace(DANA_SET, recorded_at=OPENS)))


def waiting_for_cover() -> World:
    """Return a world in which the ED is about to hear of a window that is covered again."""
    start = world(morning(), facts=roster(KIM_AWAY))
    return replace(applied(start, decide(POLICY, start, OPENS)), roster=roster())


def of_somebody_gone() -> World:
    """Return a world in which a message waits for somebody who was deactivated."""
    gone = person(DANA_ID, "Dana Okafor", Role.DESIGNEE, deactivated="2026-11-22T00:00")
    facts = world(facts=roster(people=(gone,)))
    return with_notice(facts, Reason.DUTY_ASSIGNED, Step.ASSIGNED, DANA_ID, NoticeState.PENDING)


def unreached() -> World:
    """Return a world in which a message reached nobody."""
    return with_notice(world(), Reason.WINDOW_MISSED, Step.MISSED, DANA_ID, NoticeState.FAILED)


def stale() -> World:
    """Return a world in which the first reminder still waits."""
    start = world(morning())
    return applied(start, decide(POLICY, start, OPENS))


FAR = (window("2026-12-24", "weekday-morning"), window("2026-12-24", "weekday-afternoon"))
"""What nobody covers while the PIO has a day off."""
DAY_OFF = leave(KIM_ID, "2026-12-24T00:00", "2026-12-25T00:00")
THREE_DAYS_BEFORE = local("2026-12-21T09:00")
A_DAY_BEFORE = local("2026-12-23T09:00")


def found() -> World:
    """Return a world in which a gap that is far off has just been found."""
    return replace(world(facts=roster(DAY_OFF)), gaps=(GapFacts(1, OPENS, FAR),))


def announced() -> World:
    """Return a world in which that gap has been told to the PIO."""
    return sent(told_of_gap())


def told_of_gap() -> World:
    """Return a world in which the first word of that gap waits."""
    return applied(found(), decide(POLICY, found(), OPENS))


def shrunken() -> World:
    """Return a world in which that gap has lost a window since it was told."""
    start = announced()
    return replace(start, gaps=(replace(start.gaps[0], windows=FAR[:1]),))


def filled() -> World:
    """Return a world in which that gap is over before its first word was sent."""
    return replace(told_of_gap(), gaps=())


def fallen_ill() -> World:
    """Return a world in which the PIO is away before they heard of the gap."""
    return replace(told_of_gap(), roster=roster(DAY_OFF, KIM_AWAY))


def unanswered(*, accepted: str | None = None) -> World:
    """Return a world with a designation for Christmas Eve."""
    eve = duty(DutyKind.DESIGNATION, DANA_ID, "2026-12-24", "2026-12-25", accepted=accepted)
    return world(facts=roster(DAY_OFF, eve))


def answered() -> World:
    """Return a world in which a designee accepts while they are about to be asked again."""
    start = unanswered()
    waiting = applied(start, decide(POLICY, start, OPENS))
    return replace(waiting, roster=unanswered(accepted="2026-11-23T08:00").roster)


def stopped() -> Roster:
    """Return the cast after a designee has stopped our texts."""
    return roster(people=(replace(DANA, sms_stopped_at=OPENS),))


def failing() -> World:
    """Return a world in which the texts' provider fails."""
    return replace(world(), troubles=(TroubleFacts(1, "provider", "sms"),))


def mended() -> World:
    """Return a world in which it works again before anybody has heard that it failed."""
    return replace(applied(failing(), decide(POLICY, failing(), OPENS)), troubles=())


def refilled() -> World:
    """Return a world in which there are pages again before anybody has heard that there were none."""
    bare = replace(world(), no_page=True, began_at=OPENS)
    return replace(applied(bare, decide(POLICY, bare, OPENS)), no_page=False)


def under_way() -> World:
    """Return a world that has gone on for some time."""
    return replace(world(), began_at=local("2026-11-01T12:00"))


def undelivered() -> World:
    """Return a world in which a digest could not be sent."""
    return applied(under_way(), decide(POLICY, under_way(), OPENS))


HALF_WAY = local("2026-11-23T10:00")
SCENES: dict[Reason, tuple[Callable[[], World], datetime]] = {
    Reason.CHECK_DUE: (lambda: world(morning()), OPENS),
    Reason.WINDOW_MISSED: (lambda: closed(reminded()), CLOSES),
    Reason.WINDOW_UNCOVERED: (lambda: world(morning(), facts=roster(KIM_AWAY)), OPENS),
    Reason.WINDOWS_UNATTENDED: (lambda: unattended(State.MISSED, State.MISSED), AFTERNOON.closes_at),
    Reason.PERSON_UNREACHABLE: (unreached, CLOSES),
    Reason.NEXT_STEP_DUE: (stale, HALF_WAY),
    Reason.WINDOW_CLOSED: (lambda: closed(stale()), CLOSES),
    Reason.WINDOW_COMPLETED: (lambda: handed_over(State.COMPLETED), OPENS),
    Reason.SOMEBODY_ELSE_RESPONSIBLE: (handed_over, OPENS),
    Reason.WINDOW_COVERED: (waiting_for_cover, OPENS),
    Reason.PERSON_DEACTIVATED: (of_somebody_gone, OPENS),
    Reason.GAP_FOUND: (found, OPENS),
    Reason.GAP_AHEAD: (announced, THREE_DAYS_BEFORE),
    Reason.GAP_CHANGED: (shrunken, HALF_WAY),
    Reason.GAP_ESCALATED: (announced, A_DAY_BEFORE),
    Reason.GAP_COVERED: (filled, HALF_WAY),
    Reason.PERSON_AWAY: (fallen_ill, HALF_WAY),
    Reason.DUTY_ASSIGNED: (unanswered, OPENS),
    Reason.DUTY_UNCONFIRMED: (unanswered, A_DAY_BEFORE),
    Reason.DUTY_ANSWERED: (answered, HALF_WAY),
    Reason.HAND_OVER: (unanswered, A_DAY_BEFORE),
    Reason.NO_WORKING_CHANNEL: (lambda: replace(world(), silent=(Silent(DANA_ID, OPENS),)), OPENS),
    Reason.CHANNEL_STOPPED: (lambda: world(facts=stopped()), OPENS),
    Reason.TECHNICAL_FAILURE: (failing, OPENS),
    Reason.TROUBLE_OVER: (mended, HALF_WAY),
    Reason.PLACE_FILLED: (refilled, HALF_WAY),
    Reason.DIGEST_DUE: (under_way, OPENS),
    Reason.PLACE_VACANT: (lambda: replace(world(), no_page=True, began_at=OPENS), OPENS),
    Reason.NO_LONGER_USEFUL: (undelivered, local("2026-11-24T00:00")),
}
BOTH = {Reason.DUTY_ASSIGNED}
"""Said by the act, and again by the ladder."""


def reasons(decision: Decision) -> Iterator[Reason]:
    """Yield every reason that a decision gives."""
    yield from (one.reason for one in owed(decision))
    for step in decision.steps:
        if isinstance(step, (Skip, Drop)):
            yield step.why


def test_every_reason_is_either_decided_or_given_by_an_act() -> None:
    assert set(SCENES) | BY_ACTS == set(Reason)
    assert set(SCENES) & BY_ACTS == BOTH


@pytest.mark.parametrize("reason", SCENES)
def test_each_reason_of_the_core_occurs(reason: Reason) -> None:
    scene, now = SCENES[reason]
    assert reason in set(reasons(decide(POLICY, scene(), now)))


@pytest.mark.parametrize("reason", SCENES)
def test_the_same_question_has_the_same_answer(reason: Reason) -> None:
    scene, now = SCENES[reason]
    assert decide(POLICY, scene(), now) == decide(POLICY, scene(), now)


@pytest.mark.parametrize("reason", SCENES)
def test_what_has_been_applied_is_not_decided_again(reason: Reason) -> None:
    scene, now = SCENES[reason]
    after = applied(scene(), decide(POLICY, scene(), now))
    assert decide(POLICY, after, now).steps == ()
    assert decide(POLICY, sent(after), now).steps == ()


@pytest.mark.parametrize("reason", SCENES)
def test_an_earlier_clock_does_no_harm(reason: Reason) -> None:
    scene, now = SCENES[reason]
    after = sent(applied(scene(), decide(POLICY, scene(), now)))
    assert decide(POLICY, after, now - 20 * SECOND).steps == ()
