"""Figures by local date, counted by the database: what the year and ten years are shown from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from watchbill.core.checks import Check
from watchbill.core.roster import Why
from watchbill.core.windows import State
from watchbill.store.windows import CHECK_PAGES, CHECKS, READINGS, WINDOWS

FIRST: sa.BindParameter[date] = sa.bindparam("first")
LAST: sa.BindParameter[date] = sa.bindparam("last")
NOW = sa.bindparam("now", type_=WINDOWS.c.closes_at.type)


class SecondsBetween(FunctionElement[float]):
    """Seconds from the second of two instants to the first, to the millisecond, on both databases."""

    inherit_cache = True
    type = sa.Float()
    name = "seconds_between"


@compiles(SecondsBetween, "sqlite")
def _on_sqlite(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    later, earlier = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(julianday({later}) - julianday({earlier})) * 86400.0"


@compiles(SecondsBetween, "postgresql")
def _on_postgresql(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    later, earlier = (compiler.process(clause, **options) for clause in element.clauses)
    return f"EXTRACT(EPOCH FROM ({later}) - ({earlier}))::float"


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


COMPLETED = WINDOWS.c.state == State.COMPLETED
NOT_FINAL = WINDOWS.c.state.in_((State.UPCOMING, State.OPEN))
MISSED = (WINDOWS.c.state == State.MISSED) | (NOT_FINAL & (WINDOWS.c.closes_at <= NOW))
BY_DAY = (
    sa.select(
        WINDOWS.c.date,
        sa.func.count().label("windows"),
        _count(COMPLETED).label("completed"),
        _count(WINDOWS.c.state == State.LATE).label("late"),
        _count(MISSED).label("missed"),
        _count(WINDOWS.c.unattended.is_(True)).label("unattended"),
        sa.func.max(WINDOWS.c.reading_id).label("reading"),
        SecondsBetween(
            sa.func.max(sa.case((COMPLETED, WINDOWS.c.counts_from))),
            sa.func.min(sa.case((COMPLETED, WINDOWS.c.closes_at))),
        ).label("apart"),
    )
    .where(WINDOWS.c.date.between(FIRST, LAST))
    .group_by(WINDOWS.c.date)
    .order_by(WINDOWS.c.date)
)
SPANS = sa.cast(WINDOWS.c.spans, sa.String)
HELD = {why: sa.case((SPANS.like(f'%"{why}"%'), 1), else_=0) for why in Why}
KINDS_HELD = HELD[Why.PIO] + HELD[Why.DESIGNATION] + HELD[Why.INTERIM] + HELD[Why.STANDING]
SEVERAL = "several"
ROLE = sa.case(
    (KINDS_HELD > 1, SEVERAL), *((held == 1, why.value) for why, held in HELD.items()), else_=None
)
CLOSED = WINDOWS.c.date.between(FIRST, LAST) & WINDOWS.c.spans.is_not(None)
BY_MONITOR = (
    sa.select(
        WINDOWS.c.monitor_id,
        ROLE.label("role"),
        WINDOWS.c.state,
        sa.func.count().label("windows"),
        _count(WINDOWS.c.unattended.is_(True)).label("unattended"),
    )
    .where(CLOSED)
    .group_by(WINDOWS.c.monitor_id, sa.literal_column("role"), WINDOWS.c.state)
)
OF_SEVERAL = sa.select(
    WINDOWS.c.id, WINDOWS.c.monitor_id, WINDOWS.c.state, WINDOWS.c.spans, WINDOWS.c.unattended
).where(CLOSED, KINDS_HELD > 1)
ATTESTED = (
    sa.select(WINDOWS.c.id, WINDOWS.c.date, CHECKS.c.reported_at)
    .select_from(CHECKS)
    .join(
        WINDOWS,
        sa.and_(
            WINDOWS.c.date == CHECKS.c.date,
            WINDOWS.c.counts_from <= CHECKS.c.viewed_at,
            WINDOWS.c.closes_at > CHECKS.c.viewed_at,
        ),
    )
    .where(
        CHECKS.c.date.between(FIRST, LAST),
        CHECKS.c.attested.is_(True),
        CHECKS.c.amends.is_(None),
        COMPLETED,
    )
)
SOME_DAYS: sa.BindParameter[date] = sa.bindparam("days", expanding=True)
ON_DAYS = CHECKS.c.date.in_(SOME_DAYS) & CHECKS.c.amends.is_(None)
HOW_MANY = sa.select(CHECKS.c.date, sa.func.count()).where(ON_DAYS).group_by(CHECKS.c.date)
VIEWED_ON = sa.select(
    CHECKS.c.number, CHECKS.c.person_id, CHECKS.c.date, CHECKS.c.viewed_at, CHECKS.c.reported_at
).where(ON_DAYS)
PAGES_VIEWED_ON = (
    sa.select(CHECK_PAGES).join(CHECKS, CHECKS.c.number == CHECK_PAGES.c.check_number).where(ON_DAYS)
)
PAGES_ON = sa.select(WINDOWS.c.date, WINDOWS.c.pages).where(WINDOWS.c.date.in_(SOME_DAYS))


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What became of the windows of a local date; the other windows of the day have not closed.

    ``apart``: seconds from the earliest closing of a completed window to the latest instant from which
    viewings count for another; ``None`` where none was completed. ``reading``: the newest that any of
    them was laid out under.
    """

    day: date
    windows: int
    completed: int
    late: int
    missed: int
    unattended: int
    reading: int
    apart: float | None


@dataclass(frozen=True, slots=True)
class HolderFigures:
    """How many closed windows somebody was the monitor of, in a role, with one outcome."""

    person: int | None
    role: Why | None
    state: State
    windows: int
    unattended: int


def day_figures(connection: sa.Connection, first: date, last: date, now: datetime) -> list[DayFigures]:
    """Return the figures of the local dates that have windows, both ends included, in order."""
    rows = connection.execute(BY_DAY, {"first": first, "last": last, "now": now})
    return [DayFigures(*row) for row in rows.all()]


def holder_figures(connection: sa.Connection, first: date, last: date) -> list[HolderFigures]:
    """Return the figures by monitor and by why they were it, of windows that have closed."""
    span = {"first": first, "last": last}
    found = [
        HolderFigures(
            row.monitor_id,
            None if row.role is None else Why(row.role),
            row.state,
            row.windows,
            row.unattended,
        )
        for row in connection.execute(BY_MONITOR, span)
        if row.role != SEVERAL
    ]
    for row in connection.execute(OF_SEVERAL, span):
        role = _longest(row.spans, row.monitor_id)
        found.append(HolderFigures(row.monitor_id, role, row.state, 1, int(row.unattended)))
    return found


def _longest(spans: list[Any], person: int | None) -> Why | None:
    """Return why a person was responsible for the longest of their spans in a window."""
    own = [
        (datetime.fromisoformat(ends) - datetime.fromisoformat(begins), why)
        for begins, ends, who, why in spans
        if who == person and why is not None
    ]
    return Why(max(own, key=lambda one: one[0])[1]) if own else None


def attested_windows(
    connection: sa.Connection, first: date, last: date
) -> list[tuple[str, date, datetime]]:
    """Return completed windows with a viewing that was entered afterwards: id, date, when reported."""
    rows = connection.execute(ATTESTED, {"first": first, "last": last})
    return [(row.id, row.date, row.reported_at) for row in rows]


def checks_on(connection: sa.Connection, days: Collection[date]) -> dict[date, int]:
    """Return how many checks there are of some local dates that have any, amendments left out."""
    rows = connection.execute(HOW_MANY, {"days": list(days)}) if days else ()
    return {day: count for day, count in rows}  # noqa: C416 - rows are not pairs to mypy


def viewed_on(connection: sa.Connection, days: Collection[date]) -> dict[date, list[Check]]:
    """Return the checks of some local dates, amendments left out."""
    found: dict[date, list[Check]] = defaultdict(list)
    if not days:
        return found
    pages: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(PAGES_VIEWED_ON, {"days": list(days)}):
        pages[row.check_number].add(row.page_key)
    for row in connection.execute(VIEWED_ON, {"days": list(days)}):
        viewed = frozenset(pages[row.number])
        check = Check(row.number, row.person_id, row.viewed_at, row.reported_at, viewed)
        found[row.date].append(check)
    return found


def pages_on(connection: sa.Connection, days: Collection[date]) -> dict[date, frozenset[str]]:
    """Return the pages that the windows of some local dates were to be viewed on."""
    found: dict[date, frozenset[str]] = {}
    for row in connection.execute(PAGES_ON, {"days": list(days)}) if days else ():
        found[row.date] = found.get(row.date, frozenset()) | frozenset(row.pages or ())
    return found


def separations(connection: sa.Connection) -> dict[int, timedelta]:
    """Return by reading how long lay between two viewings that count."""
    rows = connection.execute(sa.select(READINGS.c.id, READINGS.c.meaning))
    return {
        row.id: timedelta(seconds=row.meaning["minimum_separation_seconds"])
        for row in rows
        if "minimum_separation_seconds" in row.meaning
    }
