"""DOMAIN §4 and §6 read a second time, from raw rows: which windows are demanded, and what became of them.

Written without the program's own arithmetic, so that a mistake there is not repeated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchbill.core.policy import DAYS, Policy


@dataclass(frozen=True, slots=True)
class Demand:
    """One window that the rules demand."""

    id: str
    day: date
    counts_from: datetime
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """A policy that was taken over at an instant, when some windows had ``opened`` already.

    What it demands on a day is kept: every simulated day asks for all the days before it.
    """

    at: datetime
    policy: Policy
    opened: frozenset[str] = frozenset()
    _days: dict[date, list[Demand]] = field(default_factory=dict, compare=False, repr=False)

    def on(self, day: date) -> list[Demand]:
        """Return what the policy demands on a local date."""
        if day not in self._days:
            self._days[day] = of_day(self.policy, day)
        return self._days[day]


def first_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the first instant of a local day at which the clock on the wall shows that time or later."""
    plain = datetime.combine(day, at, zone).astimezone(UTC)
    noon = datetime.combine(day, time(12), zone)
    before = datetime.combine(day - timedelta(days=1), time(12), zone)
    if noon.utcoffset() == before.utcoffset():
        return plain
    instant = datetime.combine(day, time(0), UTC) - timedelta(hours=15)
    while (instant.astimezone(zone).date(), instant.astimezone(zone).time()) < (day, at):
        seconds = 60 if at.second == 0 else 30
        instant += timedelta(seconds=seconds)
    return instant


def of_day(policy: Policy, day: date) -> list[Demand]:
    """Return what a policy demands on a local date."""
    found = []
    for rule in policy.rules:
        if DAYS[day.weekday()] not in rule.days:
            continue
        opens = first_instant(day, rule.opens, policy.zone)
        closes = first_instant(day, rule.closes, policy.zone)
        if opens < closes:
            found.append(Demand(f"{day}/{rule.name}", day, opens - rule.early, opens, closes))
    return found


def demanded(readings: Sequence[Reading], began: datetime, last: date) -> dict[str, Demand]:
    """Return every window up to a local date: what had opened at a new reading stays as it was.

    So does what by the new hours would have opened already, and has not: no reading reaches into the past.
    """
    days = [began.astimezone(readings[0].policy.zone).date()]
    while days[-1] < last:
        days.append(days[-1] + timedelta(days=1))
    found = {one.id: one for day in days for one in readings[0].on(day) if one.closes > began}
    for new in readings[1:]:
        wanted = {one.id: one for day in days for one in new.on(day)}
        fresh = {key: one for key, one in wanted.items() if one.opens > new.at}
        too_late = wanted.keys() - fresh.keys()
        kept = {
            key: one
            for key, one in found.items()
            if one.opens <= new.at or key in new.opened or key in too_late
        }
        found = fresh | kept
    return found


@dataclass(frozen=True, slots=True)
class Viewed:
    """One recorded check."""

    number: int
    viewed_at: datetime
    reported_at: datetime
    pages: frozenset[str]


@dataclass(slots=True)
class Got:
    """What one window got."""

    window: Demand
    pages: frozenset[str]
    inside: set[str]
    late: set[str]

    def complete(self) -> bool:
        """Whether every page was viewed inside."""
        return bool(self.pages) and self.pages <= self.inside

    def state(self) -> str:
        """Return the final state."""
        if self.complete():
            return "completed"
        made_up = bool(self.pages) and self.pages <= self.inside | self.late
        return "late" if made_up else "missed"


def finals(
    windows: Iterable[tuple[Demand, frozenset[str]]], checks: Iterable[Viewed], midnight: datetime
) -> dict[str, str]:
    """Return the final state of the windows of one local day, from all checks viewed on it."""
    day = [Got(window, pages, set(), set()) for window, pages in windows]
    day.sort(key=lambda got: got.window.opens)
    outside = []
    for check in sorted(checks, key=lambda check: (check.viewed_at, check.number)):
        if check.reported_at >= midnight:
            continue
        taking = [g for g in day if g.window.counts_from <= check.viewed_at < g.window.closes]
        if taking:
            taking[0].inside |= check.pages
        else:
            outside.append(check)
    for check in outside:
        for page in check.pages:
            _make_up([got for got in day if got.window.closes <= check.viewed_at], page)
    return {got.window.id: got.state() for got in day}


def _make_up(closed: list[Got], page: str) -> None:
    """Let a page that was viewed outside every window count late for the latest that lacks it."""
    for got in reversed(closed):
        if not got.complete() and page in got.pages - got.inside - got.late:
            got.late.add(page)
            return
