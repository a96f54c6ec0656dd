"""DOMAIN §3 read a second time, from the facts: which windows nobody covers.

Written without the program's own arithmetic, so that a mistake there is not repeated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchbill.core.policy import Policy
from watchbill.core.roster import Duty, DutyKind, Leave, Person, Role
from watchbill.core.windows import Occasion

IN_TURN = (DutyKind.INTERIM, DutyKind.DESIGNATION, None, DutyKind.STANDING)
"""The order in which somebody is looked for; ``None`` stands for the PIO."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Who there is, who is away when, and who was given which duty."""

    policy: Policy
    people: Sequence[Person]
    leaves: Sequence[Leave]
    duties: Sequence[Duty]

    @property
    def pio(self) -> Person | None:
        """Return the active PIO."""
        found = [p for p in self.people if Role.PIO in p.roles and p.deactivated_at is None]
        return found[0] if found else None

    def holding(self, role: Role) -> frozenset[int]:
        """Return who holds a role, whether active or not."""
        return frozenset(person.id for person in self.people if role in person.roles)

    def on_leave(self, person: int, at: datetime) -> bool:
        """Whether somebody is on leave at an instant."""
        return any(
            one.person == person
            and one.starts_at <= at < one.ends_at
            and (one.cancelled_at is None or at < one.cancelled_at)
            for one in self.leaves
        )

    def pio_is_there(self, at: datetime) -> bool:
        """Whether there is a PIO who is neither on leave nor away by a holiday of the agency."""
        pio = self.pio
        if pio is None or self.on_leave(pio.id, at):
            return False
        day = at.astimezone(self.policy.zone).date()
        by_own_hand = any(duty.person == pio.id and _holds(duty, at) for duty in self.duties)
        return self.policy.holidays.name_on(day) is None or by_own_hand


def _holds(duty: Duty, at: datetime) -> bool:
    ended = (duty.ends_at, duty.cancelled_at, duty.declined_at)
    return duty.starts_at <= at < min(end for end in ended if end is not None)


def _in_turn(facts: Facts, at: datetime) -> Iterator[Person]:
    """Yield everybody who could be responsible at an instant, in the order of precedence."""
    everybody = {person.id: person for person in facts.people}
    for kind in IN_TURN:
        if kind is None:
            day = at.astimezone(facts.policy.zone).date()
            if facts.pio is not None and facts.policy.holidays.name_on(day) is None:
                yield facts.pio
            continue
        held = [duty for duty in facts.duties if duty.kind is kind and _holds(duty, at)]
        held.sort(key=lambda duty: duty.entry if kind is DutyKind.STANDING else -duty.entry)
        yield from (everybody[duty.person] for duty in held)


def whose(facts: Facts, at: datetime) -> int | None:
    """Return who is responsible at an instant: the first in turn who is active and not on leave."""
    for person in _in_turn(facts, at):
        gone = person.deactivated_at is not None and person.deactivated_at <= at
        if not gone and not facts.on_leave(person.id, at):
            return person.id
    return None


def is_covered(facts: Facts, window: Occasion) -> bool:
    """Whether one person is responsible for some continuous stretch of a window that is long enough."""
    marks = sorted({window.opens_at, *_marks(facts, window), window.closes_at})
    needed = min(facts.policy.minimum_cover, window.closes_at - window.opens_at)
    begins, person = marks[0], whose(facts, marks[0])
    for mark in marks[1:]:
        other = None if mark == window.closes_at else whose(facts, mark)
        if other != person or mark == window.closes_at:
            if person is not None and mark - begins >= needed:
                return True
            begins, person = mark, other
    return False


def _marks(facts: Facts, window: Occasion) -> Iterator[datetime]:
    """Yield the instants inside a window at which the answer may change."""
    found: list[datetime | None] = [person.deactivated_at for person in facts.people]
    for leave in facts.leaves:
        found += [leave.starts_at, leave.ends_at, leave.cancelled_at]
    for duty in facts.duties:
        found += [duty.starts_at, duty.ends_at, duty.cancelled_at, duty.declined_at]
    return (at for at in found if at is not None and window.opens_at < at < window.closes_at)


def runs(windows: Iterable[tuple[Occasion, bool]]) -> list[list[Occasion]]:
    """Return the runs of neighbouring windows that nobody covers; each comes with whether it is covered."""
    found: list[list[Occasion]] = [[]]
    for window, covered in windows:
        if covered:
            found.append([])
        else:
            found[-1].append(window)
    return [run for run in found if run]
