"""Windows: rules by dates by zone, as UTC instants; and how a changed reading lays them out anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from watchbill.core.instants import dates, local_instant
from watchbill.core.policy import Policy, Rule


class State(StrEnum):
    """What has become of a window (DOMAIN §4); the words of the contract."""

    UPCOMING = "upcoming"
    OPEN = "open"
    COMPLETED = "completed"
    LATE = "late"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Occasion:
    """One occasion of a rule: ``[opens_at, closes_at)``, viewing counts from ``counts_from`` on."""

    id: str
    rule: str
    day: date
    opens_at: datetime
    closes_at: datetime
    counts_from: datetime

    def takes(self, instant: datetime) -> bool:
        """Whether a viewing at the instant falls in the window, its early span included."""
        return self.counts_from <= instant < self.closes_at


def occasions(policy: Policy, first: date, last: date) -> list[Occasion]:
    """Return every window that the rules demand on the local dates, in the order of opening.

    A window whose whole span the clock skips does not exist on that day.
    """
    found = [
        _occasion(policy, rule, day) for day in dates(first, last) for rule in policy.rules_on(day)
    ]
    return [window for window in found if window.opens_at < window.closes_at]


def _occasion(policy: Policy, rule: Rule, day: date) -> Occasion:
    opens_at = local_instant(day, rule.opens, policy.zone)
    return Occasion(
        id=f"{day.isoformat()}/{rule.name}",
        rule=rule.name,
        day=day,
        opens_at=opens_at,
        closes_at=local_instant(day, rule.closes, policy.zone),
        counts_from=opens_at - rule.early,
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """What laying out anew changes: windows to add (or to put in the place of one), and to drop."""

    put: tuple[Occasion, ...]
    drop: tuple[str, ...]


def lay_out(
    wanted: Iterable[Occasion],
    laid: Mapping[str, Occasion],
    laid_until: date | None,
    began_at: datetime,
    now: datetime,
    *,
    opened: Collection[str] = (),
) -> Layout:
    """Return how the windows laid out so far become the ones that the rules demand now.

    What has opened is frozen, and a new reading never reaches into the past: on a date already laid
    out (up to ``laid_until``) a window is moved, added or dropped only if it opens after ``now``, and is
    not among those that have ``opened`` before the clock was set back. Windows that closed before the record began are not demanded.
    """

    def due(window: Occasion) -> bool:
        if laid_until is None or window.day > laid_until:
            return window.closes_at > began_at
        return window.opens_at > now

    def free(old: Occasion) -> bool:
        return old.opens_at > now and old.id not in opened

    demanded = {window.id: window for window in wanted}
    put = [
        window
        for window in demanded.values()
        if window != (old := laid.get(window.id)) and due(window) and (old is None or free(old))
    ]
    drop = [w.id for w in laid.values() if w.id not in demanded and free(w)]
    return Layout(tuple(put), tuple(drop))
