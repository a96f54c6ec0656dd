"""Whether a day, or a weekend, has the viewings that the policy demands (Policy 1004 §6, DOMAIN §4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from watchbill.core.checks import Check, times_viewed
from watchbill.core.instants import day_end, local_date
from watchbill.core.policy import WEEKDAYS, WINDOWS_A_WEEKDAY


@dataclass(frozen=True, slots=True)
class Demand:
    """How often all pages are to be viewed, and how long lies between two viewings that count."""

    needed: int
    separation: timedelta


@dataclass(frozen=True, slots=True)
class Viewed:
    """The viewings that count of each page that was to be viewed, and how many were needed."""

    viewings: Mapping[str, Sequence[datetime]]
    needed: int

    @property
    def times(self) -> int:
        """Return how often all pages were viewed: the count of the page that was viewed least."""
        return min((len(seen) for seen in self.viewings.values()), default=0)

    @property
    def enough(self) -> bool:
        """Whether the demand is met; without a page to view, never."""
        return self.times >= self.needed

    @property
    def lacking(self) -> tuple[str, ...]:
        """Return the pages that were not viewed often enough, in the order of their keys."""
        return tuple(key for key, seen in sorted(self.viewings.items()) if len(seen) < self.needed)


def is_weekday(day: date) -> bool:
    """Whether a local date is one on which the policy asks for two viewings; holidays are (§6)."""
    return day.weekday() < len(WEEKDAYS)


def weekday_demand(separation: timedelta) -> Demand:
    """Return what the policy demands of a weekday."""
    return Demand(WINDOWS_A_WEEKDAY, separation)


def viewed(pages: Collection[str], checks: Iterable[Check], demand: Demand) -> Viewed:
    """Return what checks make of a demand on pages; amendments must have been left out."""
    return Viewed(times_viewed(checks, frozenset(pages), demand.separation), demand.needed)


def in_time(checks: Iterable[Check], zone: ZoneInfo) -> list[Check]:
    """Return the checks that were reported before their local day ended: later ones change nothing."""
    return [
        check
        for check in checks
        if check.reported_at < day_end(local_date(check.viewed_at, zone), zone)
    ]
