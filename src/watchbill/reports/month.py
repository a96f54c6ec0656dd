"""A month of windows by weeks, with holidays and who is away: what the calendar shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from watchbill.core.instants import FIRST_YEAR, LAST_YEAR, dates, day_end, day_start
from watchbill.core.policy import Policy
from watchbill.core.roster import Leave
from watchbill.reports.plan import Plan, Planned, plan_within
from watchbill.store import people

DAYS_IN_WEEK = 7
LONGEST_MONTH = timedelta(days=31)
EARLIEST, LATEST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 1)


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who is away on a local day; not ``whole``: for a part of it."""

    person: int
    name: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A local day of the month: its windows in order of opening, the holiday's name, who is away."""

    date: date
    holiday: str | None
    windows: tuple[Planned, ...]
    away: tuple[Away, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month: weeks from Monday to Sunday; ``None`` where a day belongs to another month."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]
    plan: Plan

    @property
    def before(self) -> date | None:
        """Return the first of the month before, or ``None`` where the calendar begins."""
        return None if self.first <= EARLIEST else month_of(self.first - timedelta(days=1))

    @property
    def after(self) -> date | None:
        """Return the first of the month after, or ``None`` where the calendar ends."""
        return None if self.first >= LATEST else month_of(self.first + LONGEST_MONTH)


def month_of(day: date) -> date:
    """Return the first of the month of a date."""
    return day.replace(day=1)


def month_within(policy: Policy, connection: sa.Connection, first: date, now: datetime) -> Month:
    """Return the month that begins on a date, as the record and the facts have it now."""
    last = month_of(first + LONGEST_MONTH) - timedelta(days=1)
    found = plan_within(policy, connection, first, last, now)
    begins, ends = day_start(first, policy.zone), day_end(last, policy.zone)
    leaves = people.leaves_touching(connection, begins, ends)
    by_day: dict[date, list[Planned]] = {}
    for planned in found.windows:
        by_day.setdefault(planned.occasion.day, []).append(planned)
    days = [
        Day(
            day,
            policy.holidays.name_on(day),
            tuple(by_day.get(day, ())),
            _away(policy, found, leaves, day),
        )
        for day in dates(first, last)
    ]
    return Month(first, _weeks(days), found)


def _weeks(days: list[Day]) -> tuple[tuple[Day | None, ...], ...]:
    before = days[0].date.weekday()
    cells: list[Day | None] = [None] * before + list(days)
    cells += [None] * (-len(cells) % DAYS_IN_WEEK)
    return tuple(
        tuple(cells[place : place + DAYS_IN_WEEK]) for place in range(0, len(cells), DAYS_IN_WEEK)
    )


def _away(policy: Policy, plan: Plan, leaves: Sequence[Leave], day: date) -> tuple[Away, ...]:
    begins, ends = day_start(day, policy.zone), day_end(day, policy.zone)
    whole: dict[int, bool] = {}
    for leave in leaves:
        if leave.touches(begins, ends) and plan.roster.people[leave.person].active_at(begins):
            all_day = leave.starts_at <= begins and leave.until >= ends
            whole[leave.person] = whole.get(leave.person, False) or all_day
    return tuple(Away(person, plan.name(person), all_day) for person, all_day in sorted(whole.items()))
