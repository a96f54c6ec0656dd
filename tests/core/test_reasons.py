"""Each reason occurs, and what was decided for it is not decided twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from tests.cast import DANA_ID, POLICY, SECOND, local, person, roster
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
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Role
from watchbill.core.windows import State
from watchbill.core.world import Decision, Drop, NoticeState, Skip, World


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
}


def reasons(decision: Decision) -> Iterator[Reason]:
    """Yield every reason that a decision gives."""
    yield from (one.reason for one in owed(decision))
    for step in decision.steps:
        if isinstance(step, (Skip, Drop)):
            yield step.why


def test_every_reason_is_either_decided_or_given_by_an_act() -> None:
    assert set(SCENES) | BY_ACTS == set(Reason)
    assert not set(SCENES) & BY_ACTS


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
