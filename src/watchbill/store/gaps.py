"""Gaps as rows: what each is made of, and what has been told about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from watchbill.core.gaps import GapFacts, ToldWindow
from watchbill.core.instants import exact
from watchbill.core.reasons import Step
from watchbill.core.windows import Occasion
from watchbill.core.world import NoticeState
from watchbill.store.columns import among, fixed
from watchbill.store.notices import GONE, NOTICES
from watchbill.store.tables import GapRow, NoticeGapRow, table
from watchbill.store.windows import windows_named

GAPS, NOTICE_GAPS = table(GapRow), table(NoticeGapRow)
OPEN = sa.select(GAPS).where(GAPS.c.ended_at.is_(None)).order_by(GAPS.c.id)
NAMED = sa.select(GAPS).where(GAPS.c.id.in_(sa.bindparam("ids", expanding=True))).order_by(GAPS.c.id)
TOLD = (
    sa.select(
        NOTICE_GAPS.c.gap_id,
        NOTICES.c.person_id,
        sa.case((among(NOTICES.c.state, GONE), NOTICES.c.try_at), else_=NOTICES.c.created_at).label(
            "at"
        ),
        NOTICES.c.step,
        NOTICES.c.state,
    )
    .join(NOTICES, NOTICES.c.id == NOTICE_GAPS.c.notice_id)
    .where(
        NOTICE_GAPS.c.gap_id.in_(sa.bindparam("ids", expanding=True)),
        NOTICES.c.state.not_in([fixed(NoticeState.WITHDRAWN), fixed(NoticeState.SKIPPED)]),
    )
    .order_by(NOTICES.c.created_at, NOTICES.c.id)
)


@dataclass(frozen=True, slots=True)
class GapRecord:
    """A gap as its row has it; ``windows`` are ids, those that have closed among them."""

    id: int
    found_at: datetime
    windows: tuple[str, ...]
    announced_at: datetime | None
    told: tuple[ToldWindow, ...]
    told_at: datetime | None
    told_until: date | None
    round: int
    parent: int | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Telling:
    """That somebody is told of a gap: who, by which step, how far it has come.

    ``at``: when it was sent; when it was owed, where it has yet to be sent or reached nobody.
    """

    person: int
    at: datetime
    step: Step
    state: NoticeState

    @property
    def failed(self) -> bool:
        """Whether no channel reached the person."""
        return self.state is NoticeState.FAILED

    @property
    def waits(self) -> bool:
        """Whether it is not known to have been sent."""
        return self.state not in GONE and not self.failed


def open_gaps(connection: sa.Connection) -> list[GapRecord]:
    """Return the gaps that are not over, the oldest first."""
    return [_record(row) for row in connection.execute(OPEN).all()]


def gaps_named(connection: sa.Connection, ids: Collection[int]) -> list[GapRecord]:
    """Return the gaps with these ids, over or not."""
    return [_record(row) for row in connection.execute(NAMED, {"ids": list(ids)})] if ids else []


def insert_gap(
    connection: sa.Connection,
    found_at: datetime,
    windows: Iterable[Occasion],
    parent: GapRecord | None = None,
) -> int:
    """Insert a gap and return its id; one that split off has been told of as far as its parent was."""
    inherited: Mapping[str, Any] = (
        {}
        if parent is None
        else {
            "announced_at": parent.announced_at,
            "told": _told_values(parent.told),
            "told_at": parent.told_at,
            "told_until": parent.told_until,
            "round": parent.round,
            "parent_id": parent.id,
        }
    )
    values = {
        "found_at": found_at if parent is None else parent.found_at,
        "windows": [window.id for window in windows],
        "round": 0,
        **inherited,
    }
    return int(connection.execute(GAPS.insert().values(**values).returning(GAPS.c.id)).scalar_one())


def update_gap(connection: sa.Connection, gap: int, **values: object) -> None:
    """Change columns of one gap."""
    connection.execute(GAPS.update().where(GAPS.c.id == gap).values(**values))


def told_as_before(connection: sa.Connection, gaps: Collection[GapFacts]) -> bool:
    """Whether none of the gaps has been told of anew since it was looked at."""
    query = sa.select(GAPS.c.id, GAPS.c.round).where(GAPS.c.id.in_([gap.id for gap in gaps]))
    rounds = {row.id: row.round for row in connection.execute(query)}
    return all(rounds.get(gap.id) == gap.round for gap in gaps)


def mark_told(connection: sa.Connection, gap: GapFacts, until: date, now: datetime) -> None:
    """Keep what a gap was made of when it was told of, and how far ahead had been looked."""
    told = [ToldWindow(window.id, window.closes_at) for window in (*gap.past, *gap.windows)]
    values = {
        "told": _told_values(told),
        "told_at": now,
        "told_until": until,
        "round": gap.round + 1,
    }
    if not gap.announced:
        values["announced_at"] = now
    update_gap(connection, gap.id, **values)


def link_notice(connection: sa.Connection, notice: int, gaps: Iterable[int]) -> None:
    """Keep which gaps a notice is about."""
    rows = [{"notice_id": notice, "gap_id": gap} for gap in gaps]
    if rows:
        connection.execute(NOTICE_GAPS.insert(), rows)


def gaps_of_notice(connection: sa.Connection, notice: int) -> list[GapRecord]:
    """Return the gaps that a notice is about, those that have ended left out."""
    named = sa.select(NOTICE_GAPS.c.gap_id).where(NOTICE_GAPS.c.notice_id == notice)
    query = sa.select(GAPS).where(GAPS.c.id.in_(named), GAPS.c.ended_at.is_(None)).order_by(GAPS.c.id)
    return [_record(row) for row in connection.execute(query)]


def going_on_of(connection: sa.Connection, notice: int) -> list[GapRecord]:
    """Return the gaps of a notice that go on, and those that have split off from its gaps since."""
    named = sa.select(NOTICE_GAPS.c.gap_id).where(NOTICE_GAPS.c.notice_id == notice)
    query = sa.select(GAPS).where(
        GAPS.c.ended_at.is_(None), sa.or_(GAPS.c.id.in_(named), GAPS.c.parent_id.in_(named))
    )
    return [_record(row) for row in connection.execute(query.order_by(GAPS.c.id))]


def told_of(connection: sa.Connection, gaps: Collection[int]) -> dict[int, list[Telling]]:
    """Return who was told of each gap, or is to be, in order."""
    found: dict[int, list[Telling]] = defaultdict(list)
    for row in connection.execute(TOLD, {"ids": list(gaps)}) if gaps else ():
        found[row.gap_id].append(Telling(row.person_id, row.at, row.step, row.state))
    return found


def gap_facts(connection: sa.Connection, now: datetime) -> tuple[GapFacts, ...]:
    """Return the gaps that are not over and still have a window that has not closed."""
    records = open_gaps(connection)
    return facts_of(connection, records, now)


def facts_of(
    connection: sa.Connection, records: Collection[GapRecord], now: datetime
) -> tuple[GapFacts, ...]:
    """Return gaps with their windows; those whose last window has closed are left out."""
    names = {name for record in records for name in record.windows}
    found = {record.occasion.id: record.occasion for record in windows_named(connection, names)}
    facts = []
    for record in records:
        members = sorted(
            (found[name] for name in record.windows if name in found), key=lambda w: (w.opens_at, w.id)
        )
        ahead = tuple(window for window in members if window.closes_at > now)
        if ahead:
            facts.append(
                GapFacts(
                    id=record.id,
                    since=record.found_at,
                    windows=ahead,
                    past=tuple(window for window in members if window.closes_at <= now),
                    announced=record.announced_at is not None,
                    told=record.told,
                    told_at=record.told_at,
                    told_until=record.told_until,
                    round=record.round,
                )
            )
    return tuple(facts)


def _told_values(told: Iterable[ToldWindow]) -> list[list[str]]:
    return [[window.id, exact(window.closes_at)] for window in told]


def _record(row: sa.Row[Any]) -> GapRecord:
    return GapRecord(
        id=row.id,
        found_at=row.found_at,
        windows=tuple(row.windows),
        announced_at=row.announced_at,
        told=tuple(ToldWindow(name, datetime.fromisoformat(at)) for name, at in row.told or ()),
        told_at=row.told_at,
        told_until=row.told_until,
        round=row.round,
        parent=row.parent_id,
        ended_at=row.ended_at,
    )
