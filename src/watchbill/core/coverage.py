"""Who is responsible, which windows are covered, and where the gaps are (DOMAIN §3).

Interval arithmetic on UTC instants. Between two neighbouring boundaries (a leave or a duty begins or
ends, somebody is deactivated, a local day begins) the answer does not change.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.core.instants import day_end, day_start, local_date
from watchbill.core.policy import Policy
from watchbill.core.roster import Duty, DutyKind, Leave, Person, Role, Roster, Why
from watchbill.core.windows import Occasion

WHY = {
    DutyKind.INTERIM: Why.INTERIM,
    DutyKind.DESIGNATION: Why.DESIGNATION,
    DutyKind.STANDING: Why.STANDING,
}


@dataclass(frozen=True, slots=True)
class Responsible:
    """The one person who owes the check at an instant, and why.

    ``known_at`` is when the facts that make it so were recorded, ``None`` where it needs none: nobody
    is asked for what lay before that.
    """

    person: int
    why: Why
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch ``[starts_at, ends_at)`` with one answer; ``person`` is ``None`` for nobody."""

    starts_at: datetime
    ends_at: datetime
    person: int | None
    why: Why | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of consecutive windows that nobody covers."""

    windows: tuple[Occasion, ...]

    @property
    def starts_at(self) -> datetime:
        """Return the first opening."""
        return self.windows[0].opens_at

    @property
    def ends_at(self) -> datetime:
        """Return the last closing."""
        return self.windows[-1].closes_at


def is_away(policy: Policy, roster: Roster, person: Person, instant: datetime) -> bool:
    """Whether a person is on leave at the instant; the PIO also on the agency's holidays.

    A PIO who holds a duty in force then has said that they will be there, and is not away by holiday.
    """
    if any(leave.covers(instant) for leave in roster.leave_of(person.id)):
        return True
    if not person.holds(Role.PIO) or not policy.pio_is_away(local_date(instant, policy.zone)):
        return False
    return not any(duty.person == person.id and duty.in_force(instant) for duty in roster.duties)


def responsible_at(policy: Policy, roster: Roster, instant: datetime) -> Responsible | None:
    """Return who is responsible at the instant, or ``None``: the precedence of DOMAIN §3."""
    known_at: datetime | None = None
    for person, why, duty in _candidates(policy, roster, instant):
        if not person.active_at(instant):
            continue
        away = [leave for leave in roster.leave_of(person.id) if leave.covers(instant)]
        if not away:
            return Responsible(
                person.id, why, _latest(known_at, None if duty is None else duty.known_at)
            )
        stepped_aside_at = min(leave.recorded_at for leave in away)
        if duty is None or stepped_aside_at > duty.recorded_at:
            known_at = _latest(known_at, stepped_aside_at)
    return None


def _latest(known: datetime | None, other: datetime | None) -> datetime | None:
    return max((instant for instant in (known, other) if instant is not None), default=None)


def _candidates(
    policy: Policy, roster: Roster, instant: datetime
) -> Iterator[tuple[Person, Why, Duty | None]]:
    yield from _holders(roster, DutyKind.INTERIM, instant)
    yield from _holders(roster, DutyKind.DESIGNATION, instant)
    pio = roster.pio_at(instant)
    if pio is not None and not policy.pio_is_away(local_date(instant, policy.zone)):
        yield pio, Why.PIO, None
    yield from _holders(roster, DutyKind.STANDING, instant)


def _holders(
    roster: Roster, kind: DutyKind, instant: datetime
) -> Iterator[tuple[Person, Why, Duty | None]]:
    in_force = [duty for duty in roster.duties if duty.kind is kind and duty.in_force(instant)]
    if kind is DutyKind.STANDING:
        ordered = sorted(in_force, key=lambda duty: duty.turn)
    else:
        ordered = sorted(in_force, key=lambda duty: duty.entry, reverse=True)
    for duty in ordered:
        yield roster.people[duty.person], WHY[kind], duty


def spans(policy: Policy, roster: Roster, starts_at: datetime, ends_at: datetime) -> tuple[Span, ...]:
    """Return who is responsible through ``[starts_at, ends_at)``, without holes or overlap.

    Neighbours differ in person or in why.
    """
    found: list[Span] = []
    edges = _edges(policy, roster, starts_at, ends_at)
    for begins, ends in itertools.pairwise(edges):
        answer = responsible_at(policy, roster, begins)
        span = (
            Span(begins, ends, answer.person, answer.why)
            if answer is not None
            else Span(begins, ends, None, None)
        )
        if found and (found[-1].person, found[-1].why) == (span.person, span.why):
            found[-1] = Span(found[-1].starts_at, ends, span.person, span.why)
        else:
            found.append(span)
    return tuple(found)


def _edges(policy: Policy, roster: Roster, starts_at: datetime, ends_at: datetime) -> list[datetime]:
    marks = {starts_at, ends_at}
    facts: tuple[Sequence[Leave | Duty], ...] = (roster.leaves, roster.duties)
    for fact in (fact for kind in facts for fact in kind):
        if fact.starts_at < ends_at and fact.until > starts_at:
            marks.update((fact.starts_at, fact.until))
    for person in roster.people.values():
        marks.update(mark for mark in (person.deactivated_at, person.pio_since) if mark is not None)
    for term in roster.former_terms:
        marks.update(mark for mark in (term.starts_at, term.ends_at) if mark is not None)
    day = local_date(starts_at, policy.zone)
    last = local_date(ends_at, policy.zone)
    while day < last:
        marks.add(day_end(day, policy.zone))
        day += timedelta(days=1)
    return sorted(mark for mark in marks if starts_at <= mark <= ends_at)


def monitor(minimum_cover: timedelta, stretches: Sequence[Span]) -> int | None:
    """Return the person with the longest stretch that covers, or ``None``: nobody covers.

    One person must be responsible for a continuous stretch of at least ``minimum_cover``, or for the
    whole window where that is shorter. Of equal stretches the earlier counts.
    """
    if not stretches:
        return None
    whole = stretches[-1].ends_at - stretches[0].starts_at
    needed = min(minimum_cover, whole)
    best: int | None = None
    longest = timedelta(0)
    for person, length in _continuous(stretches):
        if person is not None and length >= needed and length > longest:
            best, longest = person, length
    return best


def _continuous(stretches: Sequence[Span]) -> Iterator[tuple[int | None, timedelta]]:
    person, begins, ends = stretches[0].person, stretches[0].starts_at, stretches[0].ends_at
    for span in stretches[1:]:
        if span.person == person:
            ends = span.ends_at
            continue
        yield person, ends - begins
        person, begins, ends = span.person, span.starts_at, span.ends_at
    yield person, ends - begins


def monitor_of(policy: Policy, roster: Roster, window: Occasion) -> int | None:
    """Return the monitor of a window from the facts as they are."""
    return monitor(policy.minimum_cover, spans(policy, roster, window.opens_at, window.closes_at))


def gaps(windows: Iterable[tuple[Occasion, bool]]) -> list[Gap]:
    """Return the gaps among windows given in order of opening, each with whether it is covered."""
    runs: list[list[Occasion]] = []
    run: list[Occasion] = []
    for window, covered in windows:
        if covered:
            run = []
        else:
            if not run:
                runs.append(run)
            run.append(window)
    return [Gap(tuple(run)) for run in runs]


def away_during(roster: Roster, person: Person, starts_at: datetime, ends_at: datetime) -> Leave | None:
    """Return a leave that keeps the person from standing in at some instant of the span, or none.

    A holiday of the agency does not count: a PIO who is designated for it will be there (DOMAIN §3).
    """
    return next(
        (leave for leave in roster.leave_of(person.id) if leave.touches(starts_at, ends_at)), None
    )


def whole_day(policy: Policy, instant: datetime) -> tuple[datetime, datetime]:
    """Return the beginning and the end of the local day that an instant lies in."""
    day = local_date(instant, policy.zone)
    return day_start(day, policy.zone), day_end(day, policy.zone)
