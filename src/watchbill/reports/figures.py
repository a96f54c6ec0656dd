"""Compliance and punctuality, two measures kept apart (DOMAIN §4): by day, by month, by whose turn it was.

The record counts by day; only days whose windows alone do not settle the question are read one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from watchbill.core.compliance import Demand, Viewed, in_time, is_weekday, viewed, weekday_demand
from watchbill.core.instants import day_end, local_date
from watchbill.core.periods import ONE_DAY, first_of_month
from watchbill.core.policy import WINDOWS_A_WEEKDAY, Policy
from watchbill.core.roster import Why
from watchbill.core.windows import State
from watchbill.store import day_figures as counted
from watchbill.store.day_figures import DayFigures

CLOCK_GRAIN = 0.002
"""Seconds that the database's reckoning may be off: such days are read exactly."""
SATURDAY = 5


@dataclass(slots=True)
class Figures:
    """What became of a span; weekdays and weekends that are over, windows that have closed.

    ``attested``: completed windows with a viewing that was entered afterwards. A weekend belongs to the
    month of its Saturday.
    """

    weekdays: int = 0
    weekdays_compliant: int = 0
    weekends: int = 0
    weekends_compliant: int = 0
    windows: int = 0
    completed: int = 0
    attested: int = 0
    late: int = 0
    missed: int = 0
    unattended: int = 0

    def add(self, other: Figures) -> None:
        """Take other figures in."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass(frozen=True, slots=True)
class DayVerdict:
    """A local date with windows. ``compliant``: ``None`` on a weekend and before the day is over."""

    figures: DayFigures
    compliant: bool | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it was, and why; ``person`` is ``None`` where nobody covered."""

    person: int | None
    role: Why | None


class DayReader:
    """Reads days of a span exactly, all that are needed at once."""

    def __init__(self, policy: Policy, connection: sa.Connection, days: Iterable[date]) -> None:
        wanted = sorted(set(days))
        self._policy = policy
        self._checks = counted.viewed_on(connection, wanted)
        self._pages = counted.pages_on(connection, wanted)

    def viewed(self, days: Sequence[date], demand: Demand) -> Viewed:
        """Return how often the pages of these dates were viewed in them, as far as it counts."""
        checks = [check for day in days for check in self._checks.get(day, ())]
        pages = frozenset[str]().union(*(self._pages.get(day, frozenset()) for day in days))
        return viewed(pages, in_time(checks, self._policy.zone), demand)


def day_verdicts(
    policy: Policy, connection: sa.Connection, first: date, last: date, now: datetime
) -> dict[date, DayVerdict]:
    """Return what became of each local date with windows, both ends included, in order."""
    days = counted.day_figures(connection, first, last, now)
    apart = counted.separations(connection)
    today = local_date(now, policy.zone)
    over = [one for one in days if is_weekday(one.day) and one.day < today]
    usual = policy.minimum_separation
    open_question = [one for one in over if not _surely(one, apart.get(one.reading, usual))]
    checks = counted.checks_on(connection, [one.day for one in open_question])
    unsure = [one for one in open_question if checks.get(one.day, 0) >= WINDOWS_A_WEEKDAY]
    reader = DayReader(policy, connection, (one.day for one in unsure))
    verdicts: dict[date, bool] = dict.fromkeys((one.day for one in over), True)
    verdicts.update(dict.fromkeys((one.day for one in open_question), False))
    for one in unsure:
        demand = weekday_demand(apart.get(one.reading, usual))
        verdicts[one.day] = reader.viewed((one.day,), demand).enough
    return {one.day: DayVerdict(one, verdicts.get(one.day)) for one in days}


def _surely(day: DayFigures, separation: timedelta) -> bool:
    """Whether completed windows alone show two viewings of all pages, far enough apart."""
    enough = day.completed >= WINDOWS_A_WEEKDAY and day.completed == day.windows
    return enough and (day.apart or 0.0) >= separation.total_seconds() + CLOCK_GRAIN


def short_days(verdicts: Mapping[date, DayVerdict]) -> frozenset[date]:
    """Return the weekdays, of those that are over, with fewer than two checks."""
    return frozenset(day for day, verdict in verdicts.items() if verdict.compliant is False)


def by_month(
    policy: Policy, connection: sa.Connection, first: date, last: date, now: datetime
) -> dict[date, Figures]:
    """Return the figures of each month with windows, by its first date, in order."""
    verdicts = day_verdicts(policy, connection, first, last, now)
    found: dict[date, Figures] = defaultdict(Figures)
    for day, verdict in verdicts.items():
        _take(found[first_of_month(day)], verdict)
    for saturday, enough in _weekends(policy, connection, verdicts, now).items():
        if saturday >= first:
            month = found[first_of_month(saturday)]
            month.weekends += 1
            month.weekends_compliant += enough
    for day in _attested_days(policy, connection, first, last):
        found[first_of_month(day)].attested += 1
    return dict(sorted(found.items()))


def _take(month: Figures, verdict: DayVerdict) -> None:
    """Take a day into the figures of its month: written out, for ten years have 3650 of them."""
    one = verdict.figures
    if verdict.compliant is not None:
        month.weekdays += 1
        month.weekdays_compliant += verdict.compliant
    month.windows += one.completed + one.late + one.missed
    month.completed += one.completed
    month.late += one.late
    month.missed += one.missed
    month.unattended += one.unattended


def _weekends(
    policy: Policy, connection: sa.Connection, verdicts: Mapping[date, DayVerdict], now: datetime
) -> dict[date, bool]:
    """Return the weekends that are over, by their Saturday, and whether they had checks enough."""
    completed: dict[date, int] = defaultdict(int)
    today = local_date(now, policy.zone)
    for day, verdict in verdicts.items():
        if (into := day.weekday() - SATURDAY) >= 0 and day + ONE_DAY < today + into * ONE_DAY:
            completed[day - into * ONE_DAY] += verdict.figures.completed
    needed = policy.weekend_checks
    unsure = [day for day, count in completed.items() if count < needed]
    reader = DayReader(policy, connection, (d for day in unsure for d in (day, day + ONE_DAY)))
    demand = Demand(needed, timedelta(0))
    return {
        day: count >= needed or reader.viewed((day, day + ONE_DAY), demand).enough
        for day, count in completed.items()
    }


def _attested_days(policy: Policy, connection: sa.Connection, first: date, last: date) -> list[date]:
    """Return the date of each completed window with a viewing that was entered later on its day."""
    found = counted.attested_windows(connection, first, last)
    named = {
        window: day for window, day, reported_at in found if reported_at < day_end(day, policy.zone)
    }
    return list(named.values())


def by_turn(connection: sa.Connection, first: date, last: date) -> dict[Turn, Figures]:
    """Return the figures of windows that have closed by their monitor and why it was their turn."""
    found: dict[Turn, Figures] = defaultdict(Figures)
    for one in counted.holder_figures(connection, first, last):
        count = {
            State.COMPLETED: Figures(completed=one.windows),
            State.LATE: Figures(late=one.windows),
        }.get(one.state, Figures(missed=one.windows))
        count.windows, count.unattended = one.windows, one.unattended
        role = None if one.person is None else one.role
        found[Turn(one.person, role)].add(count)
    return dict(sorted(found.items(), key=lambda item: -item[1].windows))
