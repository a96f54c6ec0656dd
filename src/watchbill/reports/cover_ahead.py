"""What nobody covers within the horizon: why, what has been told of it, and who is free for all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from watchbill.core import coverage
from watchbill.core.candidates import free_for, why_uncovered
from watchbill.core.instants import local_date
from watchbill.core.policy import Policy
from watchbill.core.reminders import is_uncovered
from watchbill.core.roster import Person, Role, Roster
from watchbill.core.windows import Occasion, State
from watchbill.core.world import World
from watchbill.reports.plan import Plan, Planned, PlannedGap, plan_within, with_what_was_told
from watchbill.store import people


@dataclass(frozen=True, slots=True)
class OpenGap:
    """A gap of the horizon. A duty for it begins where a viewing counts, or now.

    ``free``: who may be designated for all of it; ``others``: whom the ED alone may appoint.
    """

    gap: PlannedGap
    starts_at: datetime
    why: str
    free: tuple[Person, ...]
    others: tuple[Person, ...]

    @property
    def windows(self) -> tuple[Occasion, ...]:
        """Return its windows that have not closed, in the order of opening."""
        return self.gap.windows

    @property
    def ends_at(self) -> datetime:
        """Return the last closing."""
        return self.gap.windows[-1].closes_at


def horizon(policy: Policy, connection: sa.Connection, now: datetime) -> Plan:
    """Return the windows from today to the end of the horizon, those that have closed left out."""
    today = local_date(now, policy.zone)
    last = today + timedelta(days=policy.horizon_days)
    found = plan_within(policy, connection, today, last, now)
    ahead = tuple(planned for planned in found.windows if planned.occasion.closes_at > now)
    return Plan(ahead, found.roster, now, found.unwatched)


def open_gaps(
    policy: Policy, connection: sa.Connection, ahead: Plan, reader: Person
) -> tuple[OpenGap, ...]:
    """Return the gaps of the horizon, in words for a reader: *sick* is not for everybody."""
    runs = coverage.gaps((p.occasion, _is_covered(policy, ahead, p)) for p in ahead.windows)
    told = with_what_was_told(connection, [run.windows for run in runs])
    stood_in = people.stood_in(connection, ahead.now)
    found = []
    for gap in told:
        starts_at = max(gap.windows[0].counts_from, ahead.now)
        able = free_for(ahead.roster, starts_at, gap.windows[-1].closes_at, stood_in)
        free = tuple(person for person in able if person.holds(Role.DESIGNEE, Role.PIO))
        others = tuple(person for person in able if person not in free)
        why = _why(policy, ahead.roster, gap.windows, reader)
        found.append(OpenGap(gap, starts_at, why, free, others))
    return tuple(found)


def _is_covered(policy: Policy, ahead: Plan, planned: Planned) -> bool:
    """Whether somebody has a window, or what is left of it: by the rule of the ladder that tells of it."""
    if planned.state is State.COMPLETED:
        return True
    if planned.occasion.opens_at > ahead.now:
        return planned.monitor is not None
    return not is_uncovered(policy, World(ahead.roster), planned.occasion, ahead.now)


def _why(policy: Policy, roster: Roster, windows: tuple[Occasion, ...], reader: Person) -> str:
    return why_uncovered(policy, roster, windows[0], reader)
