"""Cover by interval arithmetic agrees with DOMAIN §3 read five minutes at a time."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import (
    CAST,
    DANA_ID,
    HOLIDAYS,
    KIM_ID,
    LEE_ID,
    MORGAN_ID,
    NEW_YORK,
    POLICY,
    SAM_ID,
)
from watchbill.core.coverage import gaps, monitor_of, spans
from watchbill.core.instants import day_end, day_start
from watchbill.core.policy import Policy
from watchbill.core.roster import Duty, DutyKind, Leave, LeaveKind, Person, Roster, Why
from watchbill.core.windows import Occasion, occasions

GRID = timedelta(minutes=5)
WEEKS = (date(2026, 3, 2), date(2026, 10, 26), date(2026, 11, 23), date(2026, 12, 21))
PEOPLE = (KIM_ID, DANA_ID, LEE_ID, MORGAN_ID, SAM_ID)
STANDINS = (DANA_ID, LEE_ID, MORGAN_ID, SAM_ID)
Answer = tuple[int | None, Why | None]


@dataclass(frozen=True)
class Case:
    """A week, a reading and the facts that cover is read from."""

    monday: date
    policy: Policy
    facts: Roster


@cache
def week_windows(monday: date) -> tuple[Occasion, ...]:
    """Return the windows of a week."""
    return tuple(occasions(POLICY, monday, monday + timedelta(days=6)))


@cache
def marks(monday: date) -> tuple[datetime, ...]:
    """Return the instants of a week around which facts are likely to begin and end."""
    edges = {i for w in week_windows(monday) for i in (w.opens_at, w.closes_at)}
    edges |= {day_start(monday + timedelta(days=n), NEW_YORK) for n in range(8)}
    near = {edge + offset * GRID for edge in edges for offset in (-7, -6, -1, 0, 1, 4, 6, 18)}
    return tuple(sorted(near))


@st.composite
def stretches(draw: st.DrawFn, monday: date) -> tuple[datetime, datetime]:
    """Draw a span on the grid that is not empty."""
    found = draw(st.lists(st.sampled_from(marks(monday)), min_size=2, max_size=2, unique=True))
    return min(found), max(found)


def sometimes(monday: date) -> st.SearchStrategy[datetime | None]:
    """Draw an instant on the grid, or more often none."""
    return st.none() | st.none() | st.sampled_from(marks(monday))


@st.composite
def leaves(draw: st.DrawFn, monday: date) -> Leave:
    """Draw leave, perhaps cancelled."""
    starts_at, ends_at = draw(stretches(monday))
    who = draw(st.sampled_from((KIM_ID, *PEOPLE)))
    cancelled_at = draw(sometimes(monday))
    return Leave(1, who, LeaveKind.OTHER, starts_at, ends_at, starts_at, cancelled_at)


@st.composite
def duties(draw: st.DrawFn, monday: date) -> Duty:
    """Draw a duty, perhaps cancelled or declined; a PIO does not stand in for themselves."""
    starts_at, ends_at = draw(stretches(monday))
    kind = draw(st.sampled_from(DutyKind))
    return Duty(
        id=1,
        kind=kind,
        person=draw(st.sampled_from(STANDINS if kind is DutyKind.STANDING else PEOPLE)),
        starts_at=starts_at,
        ends_at=ends_at,
        entry=1,
        recorded_at=starts_at,
        cancelled_at=draw(sometimes(monday)),
        declined_at=draw(sometimes(monday)),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a week and what happens in it."""
    monday = draw(st.sampled_from(WEEKS))
    given_duties = draw(st.lists(duties(monday), max_size=5))
    entries = draw(st.permutations(range(1, len(given_duties) + 1)))
    gone = draw(sometimes(monday))
    people = {p.id: p for p in CAST}
    people[LEE_ID] = replace(people[LEE_ID], deactivated_at=gone)
    return Case(
        monday,
        replace(
            POLICY,
            minimum_cover=draw(st.sampled_from((1, 6, 18, 36, 200))) * GRID,
            pio_is_away_on_holidays=draw(st.booleans()),
        ),
        Roster(
            people,
            tuple(draw(st.lists(leaves(monday), max_size=5))),
            tuple(replace(d, entry=e, id=e) for d, e in zip(given_duties, entries, strict=True)),
        ),
    )


def there(facts: Roster, who: int, at: datetime) -> bool:
    """Read DOMAIN §3: active, and not on leave at that instant."""
    somebody: Person = facts.people[who]
    if somebody.deactivated_at is not None and at >= somebody.deactivated_at:
        return False
    for away in facts.leaves:
        over = away.cancelled_at is not None and at >= away.cancelled_at
        if away.person == who and away.starts_at <= at < away.ends_at and not over:
            return False
    return True


def in_order(facts: Roster, kind: DutyKind, at: datetime) -> list[int]:
    """Read DOMAIN §3: the holders in force, in the order in which they are tried."""
    held = []
    for duty in facts.duties:
        ended = [end for end in (duty.cancelled_at, duty.declined_at, duty.ends_at) if end is not None]
        if duty.kind is kind and duty.starts_at <= at and all(at < end for end in ended):
            held.append((duty.entry, duty.person))
    held.sort(reverse=kind is not DutyKind.STANDING)
    return [who for _, who in held]


def read(case: Case, at: datetime) -> Answer:
    """Read DOMAIN §3 at one instant: the first in the order who is there, or nobody."""
    holiday = HOLIDAYS.name_on(at.astimezone(NEW_YORK).date()) is not None
    asked: list[tuple[int, Why]] = []
    asked += [(who, Why.INTERIM) for who in in_order(case.facts, DutyKind.INTERIM, at)]
    asked += [(who, Why.DESIGNATION) for who in in_order(case.facts, DutyKind.DESIGNATION, at)]
    if not (holiday and case.policy.pio_is_away_on_holidays):
        asked.append((KIM_ID, Why.PIO))
    asked += [(who, Why.STANDING) for who in in_order(case.facts, DutyKind.STANDING, at)]
    return next(((who, why) for who, why in asked if there(case.facts, who, at)), (None, None))


def slots(first: datetime, last: datetime) -> list[datetime]:
    """Return the grid's instants from the first up to the last."""
    return [first + n * GRID for n in range((last - first) // GRID)]


def watched_by(case: Case, window: Occasion) -> int | None:
    """Read DOMAIN §3: who has the longest stretch that covers, the earlier of equal ones."""
    answers = [read(case, at)[0] for at in slots(window.opens_at, window.closes_at)]
    needed = min(case.policy.minimum_cover // GRID, len(answers))
    best, longest, run = None, 0, 0
    for place, who in enumerate(answers):
        run = run + 1 if place and answers[place - 1] == who else 1
        if who is not None and run >= needed and run > longest:
            best, longest = who, run
    return best


by_hand = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow],
)


@by_hand
@given(cases(), st.integers(0, 6))
def test_spans_say_at_every_instant_what_the_rule_says(case: Case, offset: int) -> None:
    day = case.monday + timedelta(days=offset)
    first, last = day_start(day, NEW_YORK), day_end(day, NEW_YORK)
    found = spans(case.policy, case.facts, first, last)
    told = [(s.person, s.why) for s in found for _ in slots(s.starts_at, s.ends_at)]
    assert told == [read(case, at) for at in slots(first, last)]
    assert (found[0].starts_at, found[-1].ends_at) == (first, last)
    for earlier, later in itertools.pairwise(found):
        assert earlier.ends_at == later.starts_at
        assert (earlier.person, earlier.why) != (later.person, later.why)


@by_hand
@given(cases())
def test_monitors_and_gaps_are_those_that_the_rule_gives(case: Case) -> None:
    windows = week_windows(case.monday)
    monitors = [monitor_of(case.policy, case.facts, window) for window in windows]
    assert monitors == [watched_by(case, window) for window in windows]
    runs: list[list[str]] = [[]]
    for window, who in zip(windows, monitors, strict=True):
        if who is None:
            runs[-1].append(window.id)
        elif runs[-1]:
            runs.append([])
    covered = zip(windows, (who is not None for who in monitors), strict=True)
    assert [[w.id for w in gap.windows] for gap in gaps(covered)] == [run for run in runs if run]
