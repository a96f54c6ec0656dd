"""What an act would do to cover, before it is done: the facts as they would be, and who has what then.

The facts are changed in a value, and the answers of ``coverage`` compared (DOMAIN §3); nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watchbill.core.coverage import gaps, monitor_of, responsible_at
from watchbill.core.gap_ladder import escalates_at
from watchbill.core.gaps import GapFacts
from watchbill.core.parties import recipients
from watchbill.core.policy import Policy
from watchbill.core.roster import Duty, DutyKind, Leave, LeaveKind, Roster
from watchbill.core.windows import Occasion


@dataclass(frozen=True, slots=True)
class Turnover:
    """A run of neighbouring windows that would pass from one monitor to another; ``None`` is nobody."""

    windows: tuple[Occasion, ...]
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would change: windows with another monitor, in order, and who is responsible now."""

    turnovers: tuple[Turnover, ...]
    now_before: int | None
    now_after: int | None

    @property
    def opened(self) -> tuple[Occasion, ...]:
        """Return the windows that nobody would cover any more, in the order of opening."""
        return tuple(w for run in self.turnovers if run.after is None for w in run.windows)

    @property
    def covered(self) -> tuple[Occasion, ...]:
        """Return the windows that somebody would cover at last, in the order of opening."""
        return tuple(w for run in self.turnovers if run.before is None for w in run.windows)

    @property
    def key(self) -> str:
        """Return what a form names it by: another outcome is another key."""
        runs = (
            f"{run.windows[0].id}+{len(run.windows)}:{run.before}>{run.after}" for run in self.turnovers
        )
        return "|".join(runs)


def preview(
    policy: Policy, before: Roster, after: Roster, windows: Sequence[Occasion], now: datetime
) -> Preview:
    """Return what becomes of the cover of windows, given in order of opening, when the facts change."""
    now_before, now_after = (responsible_at(policy, facts, now) for facts in (before, after))
    return Preview(
        tuple(_turnovers(policy, before, after, windows)),
        None if now_before is None else now_before.person,
        None if now_after is None else now_after.person,
    )


def _turnovers(
    policy: Policy, before: Roster, after: Roster, windows: Sequence[Occasion]
) -> Iterator[Turnover]:
    changed = _changed(before, after)
    run: list[Occasion] = []
    of_run: tuple[int | None, int | None] = (None, None)
    for window in windows:
        touched = any(f.starts_at < window.closes_at and f.ends_at > window.opens_at for f in changed)
        pair = (
            (monitor_of(policy, before, window), monitor_of(policy, after, window))
            if touched
            else (None, None)
        )
        if run and pair != of_run:
            yield Turnover(tuple(run), *of_run)
            run = []
        if pair[0] != pair[1]:
            run, of_run = [*run, window], pair
    if run:
        yield Turnover(tuple(run), *of_run)


def _changed(before: Roster, after: Roster) -> list[Leave | Duty]:
    """Return the facts in which two rosters differ: outside of their spans every answer is the same."""
    return [
        *frozenset(before.leaves).symmetric_difference(after.leaves),
        *frozenset(before.duties).symmetric_difference(after.duties),
    ]


# --- the facts as they would be ----------------------------------------------------------------------


def with_leave(
    roster: Roster, person: int, kind: LeaveKind, starts_at: datetime, ends_at: datetime, now: datetime
) -> Roster:
    """Return the facts with one leave more, which begins before it ends."""
    fresh = Leave(_next(roster.leaves), person, kind, starts_at, ends_at, recorded_at=now)
    return replace(roster, leaves=(*roster.leaves, fresh))


def without_leave(roster: Roster, number: int, now: datetime) -> Roster:
    """Return the facts with a leave ended from now on."""
    leaves = (replace(one, cancelled_at=now) if one.id == number else one for one in roster.leaves)
    return replace(roster, leaves=tuple(leaves))


def with_duty(
    roster: Roster, kind: DutyKind, person: int, starts_at: datetime, ends_at: datetime, now: datetime
) -> Roster:
    """Return the facts with one duty more, recorded later than all others."""
    entry = max((duty.entry for duty in roster.duties), default=0) + 1
    fresh = Duty(_next(roster.duties), kind, person, starts_at, ends_at, entry, now)
    return replace(roster, duties=(*roster.duties, fresh))


def without_duty(roster: Roster, number: int, now: datetime) -> Roster:
    """Return the facts with a duty ended from now on: cancelled, or declined."""
    duties = (replace(one, cancelled_at=now) if one.id == number else one for one in roster.duties)
    return replace(roster, duties=tuple(duties))


def standing(roster: Roster, now: datetime) -> tuple[Duty, ...]:
    """Return the standing designations that are in force or ahead, in their order (DOMAIN §3)."""
    ahead = (duty for duty in roster.duties if duty.kind is DutyKind.STANDING and duty.until > now)
    return tuple(sorted(ahead, key=lambda duty: duty.turn))


def moved(present: Sequence[Duty], numbers: Sequence[int]) -> frozenset[int]:
    """Return the duties that come before or behind others than they did."""
    before = [duty.id for duty in present]
    return frozenset(
        one
        for place, one in enumerate(numbers)
        if frozenset(numbers[:place]) != frozenset(before[: before.index(one)])
    )


def with_order(roster: Roster, numbers: Sequence[int], now: datetime) -> Roster:
    """Return the facts with the standing designations in another order; all of them are named."""
    places = {number: place for place, number in enumerate(numbers, start=1)}
    fresh = moved(standing(roster, now), numbers)
    return replace(
        roster,
        duties=tuple(
            replace(duty, place=places[duty.id], placed_at=now if duty.id in fresh else duty.placed_at)
            if duty.id in places
            else duty
            for duty in roster.duties
        ),
    )


def _next(facts: Iterable[Leave | Duty]) -> int:
    return max((fact.id for fact in facts), default=0) + 1


# --- who hears of it ---------------------------------------------------------------------------------


def hear_of_gaps(
    policy: Policy,
    roster: Roster,
    windows: Sequence[Occasion],
    opened: Iterable[Occasion],
    now: datetime,
) -> tuple[int, ...]:
    """Return whom the gap ladder tells first of windows that have come to be uncovered (DOMAIN §5).

    ``windows``: those of the horizon, in order of opening; ``roster``: the facts by then.
    """
    fresh = frozenset(opened)
    found: list[int] = []
    runs = gaps((w, monitor_of(policy, roster, w) is not None) for w in windows) if fresh else []
    for run in runs:
        if fresh.isdisjoint(run.windows):
            continue
        found += recipients(policy, roster, policy.ladders.gap.warning, now)
        if escalates_at(policy, roster, GapFacts(0, now, run.windows)) <= now:
            found += recipients(policy, roster, policy.ladders.gap.escalation, now)
    return tuple(dict.fromkeys(found))
