"""Whether anything has changed that a tick depends on: asked at once, so that little else must be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from watchbill.core.journal import COVERAGE_FACTS, Kind
from watchbill.store.columns import fixed
from watchbill.store.gaps import GAPS
from watchbill.store.tables import JournalRow, table
from watchbill.store.troubles import TROUBLES
from watchbill.store.windows import SETTLED_AHEAD, WATCH, WatchRecord

JOURNAL = table(JournalRow)
PEOPLE_FACTS = (Kind.DUTY_ACCEPTED, Kind.CHANNEL_STOPPED, Kind.CHANNEL_STARTED)
"""What changes people or their duties beside the facts of cover."""
PAGE_FACTS = (Kind.PAGE_ADDED, Kind.PAGE_CHANGED, Kind.PAGE_RETIRED)
KINDS = (*COVERAGE_FACTS, *PEOPLE_FACTS, *PAGE_FACTS)


def _newest(kind: Kind) -> sa.Label[int]:
    number = sa.func.max(JOURNAL.c.number)
    return sa.select(number).where(JOURNAL.c.kind == fixed(kind)).scalar_subquery().label(kind)


OF_THE_WATCH = (
    WATCH.c.began_at,
    WATCH.c.laid_until,
    WATCH.c.ticked_at,
    WATCH.c.replies_failing_since,
)
NEWS = sa.select(
    *map(_newest, KINDS),
    *(sa.select(column).scalar_subquery().label(column.name) for column in OF_THE_WATCH),
    sa.exists(sa.select(GAPS.c.id).where(GAPS.c.ended_at.is_(None))).label("gaps"),
    sa.exists(sa.select(TROUBLES.c.id).where(TROUBLES.c.ended_at.is_(None))).label("troubles"),
    sa.exists(SETTLED_AHEAD.order_by(None)).label("settled_ahead"),
)


@dataclass(frozen=True, slots=True)
class News:
    """The numbers of the latest entries about cover, people and pages, 0 where there is none; what there is.

    ``gaps`` and ``troubles``: whether any goes on. ``settled_ahead``: whether a window that is open now
    was settled by a clock that showed a later time. ``watch``: as ``watch_record`` returns it.
    """

    cover: int
    people: int
    pages: int
    gaps: bool
    troubles: bool
    settled_ahead: bool
    watch: WatchRecord | None


def news(connection: sa.Connection, now: datetime, after: datetime) -> News:
    """Return what is new; ``after``: a window was settled ahead where it was settled later than this."""
    row = connection.execute(NEWS, {"now": now, "after": after}).one()
    known = dict(zip(KINDS, row, strict=False))
    cover = _latest(known, COVERAGE_FACTS)
    watch: WatchRecord | None = None
    if row.began_at is not None:
        watch = WatchRecord(row.began_at, row.laid_until, row.ticked_at, row.replies_failing_since)
    return News(
        cover=cover,
        people=max(cover, _latest(known, PEOPLE_FACTS)),
        pages=_latest(known, PAGE_FACTS),
        gaps=row.gaps,
        troubles=row.troubles,
        settled_ahead=row.settled_ahead,
        watch=watch,
    )


def _latest(known: dict[Kind, Any], kinds: Iterable[Kind]) -> int:
    return max(known[kind] or 0 for kind in kinds)
