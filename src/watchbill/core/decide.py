"""The one place from which decisions come: what must happen now, to whom, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from watchbill.core.duty_ladder import duty_moments, duty_steps
from watchbill.core.gap_ladder import gap_moments, gap_steps
from watchbill.core.outdated import outdated
from watchbill.core.parties import may_speak_from, recipients
from watchbill.core.policy import Policy, Rung
from watchbill.core.reasons import Reason, Step
from watchbill.core.reminders import key, next_moments, passed_by, remind
from watchbill.core.standing_ladders import standing_moments, standing_steps
from watchbill.core.windows import State
from watchbill.core.world import (
    Action,
    Decision,
    Escalate,
    NoticeState,
    Owe,
    Settle,
    Settlement,
    WindowFacts,
    World,
)

REPLIES_GRACE = timedelta(seconds=60)


def decide(policy: Policy, world: World, now: datetime) -> Decision:
    """Return every step that is due at ``now``, each with key, addressee and reason.

    Pure: the same arguments give the same answer, and an answer that has been applied is not given
    again. ``next_at`` is the next instant at which a window opens, closes or has a rung due.
    """
    steps: list[Action] = list(outdated(policy, world, now))
    moments = [window.opens_at for window in world.ahead if window.opens_at > now]
    unattended: list[WindowFacts] = []
    for window in world.windows:
        if window.settled:
            continue
        if now < window.occasion.closes_at:
            if window.state is State.OPEN:
                steps += remind(policy, world, window, now)
            moments += next_moments(policy, world, window, now)
        elif not _replies_read(world, window) and now < window.occasion.closes_at + REPLIES_GRACE:
            moments.append(window.occasion.closes_at + REPLIES_GRACE)
        elif window.attended:
            steps += _settle(policy, world, window, now)
        else:
            unattended.append(window)
    if unattended:
        steps.append(_settle_unattended(policy, world, unattended, now))
    steps += _failures(policy, world, now)
    steps += [*gap_steps(policy, world, now), *duty_steps(policy, world, now)]
    steps += standing_steps(policy, world, now)
    moments += [*gap_moments(policy, world, now), *duty_moments(policy, world, now)]
    moments += standing_moments(policy, now)
    return Decision(tuple(steps), min(moments, default=None))


def _replies_read(world: World, window: WindowFacts) -> bool:
    """Whether what people texted before the window closed has been read."""
    return world.replies_until is not None and world.replies_until >= window.occasion.closes_at


def _settled_state(window: WindowFacts) -> State:
    return window.state if window.state in (State.COMPLETED, State.LATE) else State.MISSED


def _settle(policy: Policy, world: World, window: WindowFacts, now: datetime) -> Iterator[Action]:
    """Settle one window: what was missed is told, also where it has been made up since.

    A window told as uncovered at its opening, and covered by nobody since, is not told twice.
    """
    outcome = Settlement(window.occasion.id, _settled_state(window), unattended=False)
    notices: tuple[Owe, ...] = ()
    if outcome.state is not State.COMPLETED:
        yield from passed_by(policy, world, window)
        told = any(
            n.reason is Reason.WINDOW_UNCOVERED
            and n.window == window.occasion.id
            and n.state not in (NoticeState.WITHDRAWN, NoticeState.FAILED)
            for n in world.notices.values()
        )
        if not told or window.monitor is not None:
            notices = _tell(policy, world, policy.ladders.missed, Reason.WINDOW_MISSED, (window,), now)
    yield Settle((outcome,), notices)


def _settle_unattended(
    policy: Policy, world: World, windows: list[WindowFacts], now: datetime
) -> Settle:
    """Settle the windows that no tick saw open; one summary is their missed notice (DOMAIN §4)."""
    outcomes = tuple(Settlement(w.occasion.id, _settled_state(w), unattended=True) for w in windows)
    rung, reason = policy.ladders.unattended, Reason.WINDOWS_UNATTENDED
    return Settle(outcomes, _tell(policy, world, rung, reason, tuple(windows), now))


def _tell(
    policy: Policy,
    world: World,
    rung: Rung,
    reason: Reason,
    windows: tuple[WindowFacts, ...],
    now: datetime,
) -> tuple[Owe, ...]:
    """Return the notices about windows that have closed; they never go stale."""
    first, last = windows[0], windows[-1]
    subject = first.occasion.id if first is last else f"{first.occasion.id}..{last.occasion.id}"
    to = recipients(policy, world.roster, rung.to, now, monitor=last.monitor)
    return tuple(
        Owe(
            key=key(reason, subject, rung.step, person),
            reason=reason,
            step=rung.step,
            person=person,
            due_at=last.occasion.closes_at,
            not_before=may_speak_from(policy, world.ahead, now),
            window=last.occasion.id,
            urgent=rung.urgent,
            next_channel=rung.next_channel,
            about={"windows": [w.occasion.id for w in windows]},
        )
        for person in to
    )


def _failures(policy: Policy, world: World, now: datetime) -> Iterator[Escalate]:
    """Yield what is told to others because a notice reached its person by no channel."""
    for notice in world.notices.values():
        if notice.state is not NoticeState.FAILED or notice.failure_told:
            continue
        of_itself = notice.reason in (Reason.PERSON_UNREACHABLE, Reason.TEST_ASKED_FOR)
        by_one_way = "only" in notice.about  # the other channels were not tried
        to = (
            ()
            if of_itself or by_one_way
            else recipients(policy, world.roster, policy.ladders.unreachable, now)
        )
        yield Escalate(
            notice.key,
            tuple(
                Owe(
                    key=key(Reason.PERSON_UNREACHABLE, notice.key, Step.UNREACHABLE, person),
                    reason=Reason.PERSON_UNREACHABLE,
                    step=Step.UNREACHABLE,
                    person=person,
                    due_at=now,
                    not_before=may_speak_from(policy, world.ahead, now),
                    urgent=True,
                    about={"person": notice.person, "notice": notice.key},
                )
                for person in to
                if person != notice.person
            ),
        )
