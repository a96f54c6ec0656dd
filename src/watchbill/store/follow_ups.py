"""Findings that still ask for something: advertising, and whatever nothing was done about (Policy 1004 §5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from watchbill.core.checks import Action, Category
from watchbill.store.journal import JOURNAL
from watchbill.store.tables import CheckRow, FindingRow, table
from watchbill.store.visitor_tables import FollowUpRow

CHECKS, FINDINGS, CLOSED = table(CheckRow), table(FindingRow), table(FollowUpRow)

# An amended check counts no more; of several amendments of one check the latest counts.
AMENDED = sa.select(CHECKS.c.amends).where(CHECKS.c.amends.is_not(None))
LATEST_AMENDMENTS = (
    sa.select(sa.func.max(CHECKS.c.number))
    .where(CHECKS.c.amends.is_not(None))
    .group_by(CHECKS.c.amends)
)
COUNTS = sa.and_(
    CHECKS.c.number.not_in(AMENDED),
    sa.or_(CHECKS.c.amends.is_(None), CHECKS.c.number.in_(LATEST_AMENDMENTS)),
)
ASKS_FOR_MORE = sa.or_(FINDINGS.c.category == Category.ADVERTISING, FINDINGS.c.action == Action.NONE)
FOLLOW_UPS = (
    sa.select(
        FINDINGS,
        CHECKS.c.person_id,
        CHECKS.c.viewed_at,
        CHECKS.c.amends,
        CLOSED.c.closed_at,
        CLOSED.c.entry,
    )
    .join(CHECKS, CHECKS.c.number == FINDINGS.c.check_number)
    .join(CLOSED, CLOSED.c.finding_id == FINDINGS.c.id, isouter=True)
    .where(ASKS_FOR_MORE, COUNTS)
    .order_by(FINDINGS.c.id)
)
STILL_OPEN = FOLLOW_UPS.where(CLOSED.c.finding_id.is_(None))
OPEN_OF = STILL_OPEN.where(CHECKS.c.person_id == sa.bindparam("person"))
THAT_ONE = FOLLOW_UPS.where(FINDINGS.c.id == sa.bindparam("finding"))


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A finding that asks for more than was done when it was found; ``closed_at`` once that is done."""

    finding: int
    check: int
    page: str
    category: Category
    action: Action
    person: int
    found_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """That what a finding asked for was done: what, when, and the entry that says so."""

    action: Action
    at: datetime
    entry: int


def closings(
    connection: sa.Connection, checks: Collection[int]
) -> dict[tuple[int, str, Category], Closing]:
    """Return what was done about findings later, by the check, the page and the category."""
    query = (
        sa.select(
            FINDINGS.c.check_number,
            FINDINGS.c.page_key,
            FINDINGS.c.category,
            CLOSED.c.closed_at,
            CLOSED.c.entry,
            JOURNAL.c.facts,
        )
        .join(CLOSED, CLOSED.c.finding_id == FINDINGS.c.id)
        .join(JOURNAL, JOURNAL.c.number == CLOSED.c.entry)
        .where(FINDINGS.c.check_number.in_(checks))
    )
    rows = connection.execute(query) if checks else ()
    return {
        (row.check_number, row.page_key, row.category): Closing(
            Action(row.facts["action"]), row.closed_at, row.entry
        )
        for row in rows
    }


def open_follow_ups(connection: sa.Connection, person: int | None = None) -> list[FollowUp]:
    """Return the follow-ups that are open, the oldest first; of one person where one is named."""
    rows = (
        connection.execute(STILL_OPEN)
        if person is None
        else connection.execute(OPEN_OF, {"person": person})
    )
    found = rows.all()
    done = _closed_before(connection, {row.amends for row in found if row.amends is not None})
    return [_follow_up(row) for row in found if (row.amends, row.page_key, row.category) not in done]


def _closed_before(
    connection: sa.Connection, amended: Collection[int]
) -> set[tuple[int, str, Category]]:
    """Return what was closed before its check was amended: the amendment does not open it again."""
    if not amended:
        return set()
    first = sa.func.coalesce(CHECKS.c.amends, CHECKS.c.number).label("first")
    query = (
        sa.select(first, FINDINGS.c.page_key, FINDINGS.c.category)
        .join(CHECKS, CHECKS.c.number == FINDINGS.c.check_number)
        .join(CLOSED, CLOSED.c.finding_id == FINDINGS.c.id)
        .where(sa.or_(CHECKS.c.number.in_(amended), CHECKS.c.amends.in_(amended)))
    )
    return {(row.first, row.page_key, row.category) for row in connection.execute(query)}


def follow_up_of(connection: sa.Connection, finding: int) -> FollowUp | None:
    """Return the follow-up that a finding has opened, closed ones too; ``None`` where it opened none."""
    row = connection.execute(THAT_ONE, {"finding": finding}).first()
    return None if row is None else _follow_up(row)


def close(connection: sa.Connection, finding: int, at: datetime, entry: int) -> None:
    """Keep that what a finding asked for is done."""
    connection.execute(CLOSED.insert().values(finding_id=finding, closed_at=at, entry=entry))


def _follow_up(row: sa.Row[Any]) -> FollowUp:
    return FollowUp(
        finding=row.id,
        check=row.check_number,
        page=row.page_key,
        category=row.category,
        action=row.action,
        person=row.person_id,
        found_at=row.viewed_at,
        closed_at=row.closed_at,
    )
