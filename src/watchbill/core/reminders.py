"""The window ladder: who is reminded of an open window, by which step, and what is stale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from watchbill.core.coverage import monitor, responsible_at, spans
from watchbill.core.instants import iso
from watchbill.core.parties import may_speak_from, recipients
from watchbill.core.policy import Policy, Rung
from watchbill.core.reasons import Reason, Step
from watchbill.core.windows import Occasion, State
from watchbill.core.world import NoticeState, Owe, Skip, WindowFacts, World


def key(reason: Reason, subject: str, step: Step, person: int) -> str:
    """Return the key of a notice: its reason, its subject, its step and its recipient."""
    return f"{reason}/{subject}/{step}/{person}"


@dataclass(frozen=True, slots=True)
class Turn:
    """A rung that is owed to whoever is responsible, and when."""

    rung: Rung
    subject: str
    due_at: datetime
    useful_until: datetime


def remind(policy: Policy, world: World, window: WindowFacts, now: datetime) -> Iterator[Owe | Skip]:
    """Yield what an open, incomplete window calls for now.

    The latest due step is owed to whoever is responsible; those before it are recorded as skipped.
    Where nobody covers what is left of the window, the ED is told at once.
    """
    occasion = window.occasion
    answer = responsible_at(policy, world.roster, now)
    if is_uncovered(policy, world, occasion, now):
        yield from _uncovered(policy, world, window, now)
    if answer is None:
        return
    since = max(occasion.opens_at, _stretch_begins(policy, world, occasion, now))
    if answer.known_at is not None:
        since = max(since, answer.known_at)
    due = [turn for turn in turns(policy, occasion, since) if turn.due_at <= now]
    for place, turn in enumerate(due):
        to = recipients(policy, world.roster, turn.rung.to, now, responsible=answer.person)
        for person in to:
            notice = _reminder(policy, world, occasion, turn, person)
            known = world.notices.get(notice.key)
            if known is not None and known.state is not NoticeState.WITHDRAWN:
                continue
            if place == len(due) - 1:
                yield notice
            elif known is None:
                yield Skip(notice, Reason.NEXT_STEP_DUE)


def turns(policy: Policy, occasion: Occasion, since: datetime) -> list[Turn]:
    """Return the rungs owed in a window to somebody responsible from ``since`` on.

    The first is due at once, each time that somebody becomes responsible; a later one whose moment
    lay before ``since`` was somebody else's.
    """
    reminders = policy.ladders.reminders
    moments = [rung.moment(occasion.opens_at, occasion.closes_at) for rung in reminders]
    found = []
    for place, (rung, moment) in enumerate(zip(reminders, moments, strict=True)):
        later = [m for m in moments[place + 1 :] if m > max(moment, since)]
        useful_until = min([*later, occasion.closes_at])
        if place == 0:
            subject = occasion.id if since <= occasion.opens_at else f"{occasion.id}@{iso(since)}"
            found.append(Turn(rung, subject, max(moment, since), useful_until))
        elif since <= occasion.opens_at or moment > since:
            found.append(Turn(rung, occasion.id, moment, useful_until))
    return found


def _stretch_begins(policy: Policy, world: World, occasion: Occasion, now: datetime) -> datetime:
    """Return since when whoever is responsible now has been so without a break in the window."""
    begins = occasion.opens_at
    person: int | None = None
    for span in spans(policy, world.roster, occasion.opens_at, occasion.closes_at):
        if span.starts_at > now:
            break
        if span.person != person:
            begins, person = span.starts_at, span.person
    return begins


def _reminder(policy: Policy, world: World, occasion: Occasion, turn: Turn, person: int) -> Owe:
    return Owe(
        key=key(Reason.CHECK_DUE, turn.subject, turn.rung.step, person),
        reason=Reason.CHECK_DUE,
        step=turn.rung.step,
        person=person,
        due_at=turn.due_at,
        not_before=may_speak_from(policy, world.ahead, turn.due_at),
        window=occasion.id,
        useful_until=turn.useful_until,
        urgent=turn.rung.urgent,
        next_channel=turn.rung.next_channel,
    )


def will_be_covered(policy: Policy, world: World, occasion: Occasion, now: datetime) -> bool:
    """Whether somebody will still be responsible in the window for long enough to check."""
    rest = spans(policy, world.roster, max(now, occasion.opens_at), occasion.closes_at)
    return monitor(policy.minimum_cover, rest) is not None


def is_uncovered(policy: Policy, world: World, occasion: Occasion, now: datetime) -> bool:
    """Whether nobody covers an open window: not what is left of it, nor, by whoever has it, the whole."""
    if will_be_covered(policy, world, occasion, now):
        return False
    whole = spans(policy, world.roster, occasion.opens_at, occasion.closes_at)
    return (
        responsible_at(policy, world.roster, now) is None
        or monitor(policy.minimum_cover, whole) is None
    )


def _uncovered(policy: Policy, world: World, window: WindowFacts, now: datetime) -> Iterator[Owe]:
    occasion = window.occasion
    rung = policy.ladders.uncovered
    for person in recipients(policy, world.roster, rung.to, now):
        name = key(Reason.WINDOW_UNCOVERED, occasion.id, rung.step, person)
        known = world.notices.get(name)
        if known is None or known.state is NoticeState.WITHDRAWN:
            yield Owe(
                key=name,
                reason=Reason.WINDOW_UNCOVERED,
                step=rung.step,
                person=person,
                due_at=occasion.opens_at,
                not_before=may_speak_from(policy, world.ahead, now),
                window=occasion.id,
                urgent=rung.urgent,
                next_channel=rung.next_channel,
                gaps=tuple(gap.id for gap in world.gaps if occasion in gap.windows),
            )


def passed_by(policy: Policy, world: World, window: WindowFacts) -> Iterator[Skip]:
    """Yield the steps of a closed, incomplete window that no tick was there to take."""
    occasion = window.occasion
    taken = {n.step for n in world.notices.values() if n.window == occasion.id}
    for turn in turns(policy, occasion, occasion.opens_at):
        answer = responsible_at(policy, world.roster, turn.due_at)
        if turn.rung.step in taken or answer is None:
            continue
        yield Skip(_reminder(policy, world, occasion, turn, answer.person), Reason.WINDOW_CLOSED)


def next_moments(policy: Policy, world: World, window: WindowFacts, now: datetime) -> list[datetime]:
    """Return the instants after ``now`` at which something in an open window becomes due."""
    occasion = window.occasion
    moments = [occasion.closes_at]
    if window.state is State.OPEN:
        moments += [turn.due_at for turn in turns(policy, occasion, occasion.opens_at)]
        stretches = spans(policy, world.roster, occasion.opens_at, occasion.closes_at)
        moments += [span.starts_at for span in stretches]
    return [moment for moment in moments if moment > now]
