"""Windows and checks as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from watchbill.core.checks import Check, Finding, Way
from watchbill.core.coverage import Span
from watchbill.core.instants import exact
from watchbill.core.roster import Why
from watchbill.core.windows import Layout, Occasion, State
from watchbill.store.tables import (
    CheckPageRow,
    CheckRow,
    FindingRow,
    ReadingRow,
    WatchRow,
    WindowRow,
    table,
)

WATCH, READINGS, WINDOWS = table(WatchRow), table(ReadingRow), table(WindowRow)
CHECKS, CHECK_PAGES, FINDINGS = table(CheckRow), table(CheckPageRow), table(FindingRow)

# What every tick and every act asks stands ready here: building a statement takes longer than asking it.
THE_WATCH = sa.select(WATCH)
LATEST_READING = sa.select(READINGS.c.id, READINGS.c.digest).order_by(READINGS.c.id.desc()).limit(1)
IN_ORDER = sa.select(WINDOWS).order_by(WINDOWS.c.opens_at, WINDOWS.c.id)
BETWEEN = IN_ORDER.where(WINDOWS.c.date.between(sa.bindparam("first"), sa.bindparam("last")))
OCCASIONS = BETWEEN.with_only_columns(
    WINDOWS.c.id,
    WINDOWS.c.rule,
    WINDOWS.c.date,
    WINDOWS.c.opens_at,
    WINDOWS.c.closes_at,
    WINDOWS.c.counts_from,
)
"""The columns stand in the order of the fields of an occasion."""
NAMED = IN_ORDER.where(WINDOWS.c.id.in_(sa.bindparam("ids", expanding=True)))
BEGUN = IN_ORDER.where(WINDOWS.c.settled_at.is_(None) & (WINDOWS.c.opens_at <= sa.bindparam("until")))
SETTLED_AHEAD = IN_ORDER.where(
    WINDOWS.c.settled_at > sa.bindparam("after"),
    WINDOWS.c.unattended.is_(True),
    WINDOWS.c.opens_at <= sa.bindparam("now"),
    WINDOWS.c.closes_at > sa.bindparam("now"),
)
CHANGE_WATCH = WATCH.update()
CHANGE_WINDOW = WINDOWS.update().where(WINDOWS.c.id == sa.bindparam("which"))
SETTLE_WINDOW = CHANGE_WINDOW.where(WINDOWS.c.settled_at.is_(None))
INSERT_WINDOW = WINDOWS.insert()
INSERT_CHECK, INSERT_PAGES, INSERT_FINDING = CHECKS.insert(), CHECK_PAGES.insert(), FINDINGS.insert()
VIEWED = CHECKS.c.date.between(sa.bindparam("first"), sa.bindparam("last"))
CHECKS_VIEWED = sa.select(CHECKS).where(VIEWED).order_by(CHECKS.c.viewed_at, CHECKS.c.number)
PAGES_VIEWED = (
    sa.select(CHECK_PAGES).join(CHECKS, CHECKS.c.number == CHECK_PAGES.c.check_number).where(VIEWED)
)
FINDINGS_MADE = (
    sa.select(FINDINGS)
    .join(CHECKS, CHECKS.c.number == FINDINGS.c.check_number)
    .where(VIEWED)
    .order_by(FINDINGS.c.id)
)


@dataclass(frozen=True, slots=True)
class WindowRecord:
    """A window as its row has it."""

    occasion: Occasion
    state: State
    reading: int
    pages: tuple[str, ...] | None
    attended: bool
    monitor: int | None
    spans: tuple[Span, ...] | None
    settled_at: datetime | None
    unattended: bool


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A check as its rows have it."""

    check: Check
    recorded_at: datetime
    way: Way
    attested: bool
    amends: int | None
    findings: tuple[Finding, ...]


def viewings(records: Iterable[CheckRecord]) -> list[Check]:
    """Return what was viewed: each check once, whatever amendments point at it."""
    return [record.check for record in records if record.amends is None]


@dataclass(frozen=True, slots=True)
class WatchRecord:
    """When the record began, how far windows are laid out, when a tick last ran."""

    began_at: datetime
    laid_until: date | None
    ticked_at: datetime | None
    replies_failing_since: datetime | None = None


def watch_record(connection: sa.Connection) -> WatchRecord | None:
    """Return the one row about the watch, or ``None`` before the record began."""
    row = connection.execute(THE_WATCH).first()
    return (
        None
        if row is None
        else WatchRecord(row.began_at, row.laid_until, row.ticked_at, row.replies_failing_since)
    )


def begin_watch(connection: sa.Connection, at: datetime) -> None:
    """Let the record begin."""
    connection.execute(WATCH.insert().values(id=1, began_at=at))


def update_watch(connection: sa.Connection, **values: object) -> None:
    """Change the row about the watch."""
    connection.execute(CHANGE_WATCH, values)


def latest_reading(connection: sa.Connection) -> tuple[int, str] | None:
    """Return the id and the digest of the reading in force, or ``None``."""
    row = connection.execute(LATEST_READING).first()
    return None if row is None else (row.id, row.digest)


@dataclass(frozen=True, slots=True)
class ReadingRecord:
    """A reading as its row has it: when it was adopted, by whom, and what it means."""

    id: int
    digest: str
    adopted_at: datetime
    adopted_by: str
    meaning: Mapping[str, Any]


def readings(connection: sa.Connection, most: int) -> list[ReadingRecord]:
    """Return the latest readings, the one in force first."""
    rows = connection.execute(sa.select(READINGS).order_by(READINGS.c.id.desc()).limit(most))
    return [
        ReadingRecord(row.id, row.digest, row.adopted_at, row.adopted_by, row.meaning) for row in rows
    ]


def insert_reading(
    connection: sa.Connection, digest: str, meaning: Mapping[str, Any], at: datetime, by: str
) -> int:
    """Insert a reading and return its id."""
    return int(
        connection.execute(
            READINGS.insert()
            .values(digest=digest, meaning=dict(meaning), adopted_at=at, adopted_by=by)
            .returning(READINGS.c.id)
        ).scalar_one()
    )


def windows_between(connection: sa.Connection, first: date, last: date) -> list[WindowRecord]:
    """Return the windows of the local dates, both included, in the order of opening."""
    rows = connection.execute(BETWEEN, {"first": first, "last": last}).all()
    return [_record(row) for row in rows]


def occasions_between(connection: sa.Connection, first: date, last: date) -> list[Occasion]:
    """Return the windows of the local dates, both included, as they are laid out, in the order of opening.

    What became of them is not read.
    """
    rows = connection.execute(OCCASIONS, {"first": first, "last": last}).all()
    return [Occasion(*row) for row in rows]


def windows_named(connection: sa.Connection, ids: Collection[str]) -> list[WindowRecord]:
    """Return the windows with these ids, in the order of opening."""
    rows = connection.execute(NAMED, {"ids": list(ids)}).all() if ids else ()
    return [_record(row) for row in rows]


def windows_begun(connection: sa.Connection, until: datetime) -> list[WindowRecord]:
    """Return the windows that are not settled and open at ``until`` or before, in that order."""
    return [_record(row) for row in connection.execute(BEGUN, {"until": until}).all()]


def windows_settled_ahead(
    connection: sa.Connection, now: datetime, after: datetime
) -> list[WindowRecord]:
    """Return the windows open now that were settled as unattended, by a clock that showed a later time."""
    return [_record(row) for row in connection.execute(SETTLED_AHEAD, {"now": now, "after": after})]


def first_date(connection: sa.Connection) -> date | None:
    """Return the earliest local date that has a window."""
    found: date | None = connection.scalar(sa.select(sa.func.min(WINDOWS.c.date)))
    return found


def first_unsettled(connection: sa.Connection) -> datetime | None:
    """Return the opening of the earliest window that is not settled."""
    query = (
        sa.select(WINDOWS.c.opens_at)
        .where(WINDOWS.c.settled_at.is_(None))
        .order_by(WINDOWS.c.opens_at)
        .limit(1)
    )
    return connection.scalar(query)


def _record(row: sa.Row[Any]) -> WindowRecord:
    return WindowRecord(
        occasion=Occasion(row.id, row.rule, row.date, row.opens_at, row.closes_at, row.counts_from),
        state=row.state,
        reading=row.reading_id,
        pages=None if row.pages is None else tuple(row.pages),
        attended=row.attended,
        monitor=row.monitor_id,
        spans=None if row.spans is None else tuple(_span(span) for span in row.spans),
        settled_at=row.settled_at,
        unattended=row.unattended,
    )


def _span(stored: list[Any]) -> Span:
    begins, ends, person, why = stored
    return Span(
        datetime.fromisoformat(begins),
        datetime.fromisoformat(ends),
        person,
        None if why is None else Why(why),
    )


def span_values(spans: Iterable[Span]) -> list[list[Any]]:
    """Return spans as plain values for the row of a window."""
    return [[exact(span.starts_at), exact(span.ends_at), span.person, span.why] for span in spans]


def apply_layout(connection: sa.Connection, layout: Layout, reading: int) -> None:
    """Drop and put windows; to be called in a writing transaction."""
    gone = [*layout.drop, *(window.id for window in layout.put)]
    if gone:
        connection.execute(WINDOWS.delete().where(WINDOWS.c.id.in_(gone)))
    rows = [
        {
            "id": window.id,
            "rule": window.rule,
            "date": window.day,
            "opens_at": window.opens_at,
            "closes_at": window.closes_at,
            "counts_from": window.counts_from,
            "reading_id": reading,
            "state": State.UPCOMING,
            "attended": False,
            "unattended": False,
        }
        for window in layout.put
    ]
    if rows:
        connection.execute(INSERT_WINDOW, rows)


def update_window(connection: sa.Connection, window: str, **values: object) -> None:
    """Change columns of one window."""
    connection.execute(CHANGE_WINDOW, {"which": window, **values})


def settle_window(
    connection: sa.Connection, window: str, state: State, at: datetime, *, unattended: bool
) -> bool:
    """Settle a window that is not settled; return whether this call did it."""
    settled = {"which": window, "state": state, "settled_at": at, "unattended": unattended}
    return connection.execute(SETTLE_WINDOW, settled).rowcount == 1


def checks_between(connection: sa.Connection, first: date, last: date) -> list[CheckRecord]:
    """Return the checks viewed on the local dates, both included, in the order of viewing."""
    span = {"first": first, "last": last}
    rows = connection.execute(CHECKS_VIEWED, span).all()
    if not rows:
        return []
    pages = connection.execute(PAGES_VIEWED, span).all()
    return _checks(rows, pages, connection.execute(FINDINGS_MADE, span).all())


def check_numbered(connection: sa.Connection, number: int) -> CheckRecord | None:
    """Return the check with the number of a journal entry, or ``None``."""
    rows = connection.execute(sa.select(CHECKS).where(CHECKS.c.number == number)).all()
    pages = connection.execute(sa.select(CHECK_PAGES).where(CHECK_PAGES.c.check_number == number)).all()
    findings = connection.execute(
        sa.select(FINDINGS).where(FINDINGS.c.check_number == number).order_by(FINDINGS.c.id)
    ).all()
    return next(iter(_checks(rows, pages, findings)), None)


def _checks(
    rows: Sequence[sa.Row[Any]], viewed: Iterable[sa.Row[Any]], found: Iterable[sa.Row[Any]]
) -> list[CheckRecord]:
    pages: dict[int, set[str]] = defaultdict(set)
    for page in viewed:
        pages[page.check_number].add(page.page_key)
    findings: dict[int, list[Finding]] = defaultdict(list)
    for one in found:
        findings[one.check_number].append(Finding(one.page_key, one.category, one.action))
    return [
        CheckRecord(
            Check(
                row.number,
                row.person_id,
                row.viewed_at,
                row.reported_at,
                frozenset(pages[row.number]),
            ),
            row.recorded_at,
            row.way,
            row.attested,
            row.amends,
            tuple(findings[row.number]),
        )
        for row in rows
    ]


def insert_check(connection: sa.Connection, record: CheckRecord, day: date) -> None:
    """Insert a check with its pages and findings."""
    check = record.check
    row = {
        "number": check.number,
        "person_id": check.person,
        "date": day,
        "viewed_at": check.viewed_at,
        "reported_at": check.reported_at,
        "recorded_at": record.recorded_at,
        "way": record.way,
        "attested": record.attested,
        "amends": record.amends,
    }
    connection.execute(INSERT_CHECK, row)
    pages = [{"check_number": check.number, "page_key": page} for page in sorted(check.pages)]
    if pages:
        connection.execute(INSERT_PAGES, pages)
    for found in record.findings:
        finding = {
            "check_number": check.number,
            "page_key": found.page,
            "category": found.category,
            "action": found.action,
        }
        connection.execute(INSERT_FINDING, finding)
