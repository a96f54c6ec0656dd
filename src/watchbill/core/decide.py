"""The one place from which decisions come: what must happen now, to whom, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from watchbill.core.coverage import responsible_at
from watchbill.core.parties import may_speak_from, recipients
from watchbill.core.policy import Policy, Rung
from watchbill.core.reasons import Party, Reason, Step
from watchbill.core.reminders import is_uncovered, key, next_moments, passed_by, remind
from watchbill.core.roster import Role
from watchbill.core.windows import State
from watchbill.core.world import (
    Action,
    Decision,
    Drop,
    Escalate,
    NoticeFacts,
    NoticeState,
    Owe,
    Settle,
    Settlement,
    WindowFacts,
    World,
)

REPLIES_GRACE = timedelta(seconds=60)
REMINDERS = (Step.OPENING, Step.NUDGE, Step.LAST_CALL)
LASTING = (Reason.WINDOW_MISSED, Reason.WINDOW_UNCOVERED, Reason.WINDOWS_UNATTENDED)


def decide(policy: Policy, world: World, now: datetime) -> Decision:
    """Return every step that is due at ``now``, each with key, addressee and reason.

    Pure: the same arguments give the same answer, and an answer that has been applied is not given
    again. ``next_at`` is the next instant at which a window opens, closes or has a rung due.
    """
    steps: list[Action] = list(_outdated(policy, world, now))
    moments = [window.opens_at for window in world.ahead if window.opens_at > now]
    unattended: list[WindowFacts] = []
    for window in world.windows:
        if window.settled:
            continue
        if now < window.occasion.closes_at:
            if window.state is State.OPEN:
                steps += remind(policy, world, window, now)
            moments += next_moments(policy, world, window, now)
        elif not world.replies_read and now < window.occasion.closes_at + REPLIES_GRACE:
            moments.append(window.occasion.closes_at + REPLIES_GRACE)
        elif window.attended:
            steps += _settle(policy, world, window, now)
        else:
            unattended.append(window)
    if unattended:
        steps.append(_settle_unattended(policy, world, unattended, now))
    steps += _failures(policy, world, now)
    return Decision(tuple(steps), min(moments, default=None))


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


def _outdated(policy: Policy, world: World, now: datetime) -> Iterator[Drop | Owe]:
    """Yield the waiting notices that are stale or no longer true, and whom they are for instead."""
    windows = {window.occasion.id: window for window in world.windows}
    for notice in world.notices.values():
        if not notice.waiting or notice.reason is Reason.TEST_ASKED_FOR:
            continue
        if not world.roster.people[notice.person].active:
            yield Drop(notice.key, NoticeState.WITHDRAWN, Reason.PERSON_DEACTIVATED)
            yield from _passed_on(policy, world, notice, now)
        elif notice.window is not None and notice.window in windows:
            yield from _window_outdated(policy, world, notice, windows[notice.window], now)


def _passed_on(policy: Policy, world: World, notice: NoticeFacts, now: datetime) -> Iterator[Owe]:
    """Yield for the EDs there are what one who has left was still to hear about a window (promise 2)."""
    left = world.roster.people[notice.person]
    if notice.reason not in LASTING or not left.holds(Role.EXECUTIVE_DIRECTOR):
        return
    subject = notice.key.removeprefix(f"{notice.reason}/").removesuffix(f"/{notice.step}/{left.id}")
    for person in recipients(policy, world.roster, (Party.EXECUTIVE_DIRECTOR,), now):
        yield Owe(
            key=key(notice.reason, subject, notice.step, person),
            reason=notice.reason,
            step=notice.step,
            person=person,
            due_at=now,
            not_before=may_speak_from(policy, world.ahead, now),
            window=notice.window,
            urgent=True,
            about=notice.about,
        )


def _window_outdated(
    policy: Policy, world: World, notice: NoticeFacts, window: WindowFacts, now: datetime
) -> Iterator[Drop]:
    told_of_one = notice.reason is not Reason.WINDOWS_UNATTENDED
    if window.state is State.COMPLETED and told_of_one:
        yield Drop(notice.key, NoticeState.WITHDRAWN, Reason.WINDOW_COMPLETED)
    elif notice.step in REMINDERS:
        yield from _reminder_outdated(policy, world, notice, window, now)
    elif (
        notice.reason is Reason.WINDOW_UNCOVERED
        and now < window.occasion.closes_at
        and not is_uncovered(policy, world, window.occasion, now)
    ):
        yield Drop(notice.key, NoticeState.WITHDRAWN, Reason.WINDOW_COVERED)


def _reminder_outdated(
    policy: Policy, world: World, notice: NoticeFacts, window: WindowFacts, now: datetime
) -> Iterator[Drop]:
    if notice.useful_until is not None and now >= notice.useful_until:
        closed = now >= window.occasion.closes_at
        why = Reason.WINDOW_CLOSED if closed else Reason.NEXT_STEP_DUE
        yield Drop(notice.key, NoticeState.SKIPPED, why)
        return
    answer = responsible_at(policy, world.roster, now)
    rung = next((r for r in policy.ladders.reminders if r.step is notice.step), None)
    meant = (
        recipients(policy, world.roster, rung.to, now, responsible=answer.person)
        if rung is not None and answer is not None
        else ()
    )
    if notice.person not in meant:
        yield Drop(notice.key, NoticeState.WITHDRAWN, Reason.SOMEBODY_ELSE_RESPONSIBLE)


def _failures(policy: Policy, world: World, now: datetime) -> Iterator[Escalate]:
    """Yield what is told to others because a notice reached its person by no channel."""
    for notice in world.notices.values():
        if notice.state is not NoticeState.FAILED or notice.failure_told:
            continue
        to = (
            ()
            if notice.reason in (Reason.PERSON_UNREACHABLE, Reason.TEST_ASKED_FOR)
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
