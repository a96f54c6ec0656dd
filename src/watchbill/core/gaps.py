"""Gaps that are known by name: one identity while a gap grows, shrinks, splits or moves (DOMAIN §3, §5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from watchbill.core.windows import Occasion


@dataclass(frozen=True, slots=True)
class ToldWindow:
    """A window as it was when a gap was last told of."""

    id: str
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class GapFacts:
    """A gap on record.

    ``windows``: those of its windows that have not closed, in the order of opening; ``past``: those
    that have. ``announced``: whether anybody was told of it. ``told``: its windows when it was last told of, and ``told_until``
    the last local date that was looked at then: what lies beyond was not known to be in or out.
    ``told_at``: when it was last told of as found or changed. ``round``: how often it was told of as found anew or changed. ``since``: when it was first found.
    """

    id: int
    since: datetime
    windows: tuple[Occasion, ...]
    past: tuple[Occasion, ...] = ()
    announced: bool = False
    told: tuple[ToldWindow, ...] = ()
    told_until: date | None = None
    round: int = 0
    told_at: datetime | None = None

    @property
    def last_told_at(self) -> datetime:
        """Return when the gap, as it is, was told of; before that, when it was found."""
        return self.since if self.told_at is None else max(self.since, self.told_at)

    @property
    def starts_at(self) -> datetime:
        """Return the first opening, also where that window has closed."""
        return min(window.opens_at for window in (*self.past, *self.windows))

    @property
    def ends_at(self) -> datetime:
        """Return the last closing."""
        return self.windows[-1].closes_at

    def changed(self, now: datetime) -> bool:
        """Whether the gap is no longer what was told: a window came in, or one that is ahead went out.

        A window that has closed is no change, and neither is one that the horizon has come to since.
        """
        if not self.announced:
            return False
        told = {window.id for window in self.told}
        present = {window.id for window in self.windows}
        gone = any(w.id not in present for w in self.told if w.closes_at > now)
        come = any(
            w.id not in told and (self.told_until is None or w.day <= self.told_until)
            for w in self.windows
        )
        return gone or come


@dataclass(frozen=True, slots=True)
class Found:
    """A run of uncovered windows: the gap that it is, or the one that it has split off from."""

    windows: tuple[Occasion, ...]
    gap: int | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a look at the cover says of the gaps on record: what there is, and what is over."""

    found: tuple[Found, ...]
    ended: frozenset[int] = field(default_factory=frozenset)


def recognise(runs: Sequence[tuple[Occasion, ...]], known: Mapping[int, Collection[str]]) -> Recognised:
    """Return which run is which gap; ``known`` holds the ids of the windows of each gap on record.

    The pair that shares most windows belongs together first; of equals the older gap and the earlier
    run. What is left of a gap that was split has the gap as its parent. A gap without a run is over.
    """
    members = [frozenset(window.id for window in run) for run in runs]
    pairs = sorted(
        (-len(members[place] & frozenset(windows)), gap, place)
        for gap, windows in known.items()
        for place in range(len(runs))
        if members[place] & frozenset(windows)
    )
    of_run: dict[int, int] = {}
    for _, gap, place in pairs:
        if place not in of_run and gap not in of_run.values():
            of_run[place] = gap
    parents = {place: gap for _, gap, place in reversed(pairs)}
    found = tuple(
        Found(run, of_run.get(place), None if place in of_run else parents.get(place))
        for place, run in enumerate(runs)
    )
    return Recognised(found, frozenset(known) - frozenset(of_run.values()))
