"""Technical failures as rows: one while it goes on, whoever sees it again."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from watchbill.core.world import TroubleFacts
from watchbill.store.columns import Trouble
from watchbill.store.tables import TroubleRow, table

TROUBLES = table(TroubleRow)
GOING_ON = sa.select(TROUBLES).where(TROUBLES.c.ended_at.is_(None)).order_by(TROUBLES.c.id)

THAT_ONE = sa.select(TROUBLES.c.id).where(
    TROUBLES.c.ended_at.is_(None),
    TROUBLES.c.kind == sa.bindparam("kind"),
    TROUBLES.c.subject == sa.bindparam("subject"),
)


def going_on(connection: sa.Connection) -> tuple[TroubleFacts, ...]:
    """Return the failures that go on."""
    return tuple(
        TroubleFacts(row.id, row.kind, row.subject, row.seen_at) for row in connection.execute(GOING_ON)
    )


def detail_of(connection: sa.Connection, trouble: int) -> tuple[Trouble, str, str, datetime]:
    """Return what is known of a failure: its kind, its subject, the detail, since when."""
    row = connection.execute(sa.select(TROUBLES).where(TROUBLES.c.id == trouble)).one()
    return row.kind, row.subject, row.detail, row.began_at


def begin(
    connection: sa.Connection, kind: Trouble, subject: str, detail: str, now: datetime
) -> int | None:
    """Note a failure; return its id where it is new, ``None`` where it goes on."""
    found = _going_on(connection, kind, subject)
    if found is not None:
        connection.execute(TROUBLES.update().where(TROUBLES.c.id == found).values(seen_at=now))
        return None
    values = {"kind": kind, "subject": subject, "detail": detail, "began_at": now, "seen_at": now}
    made = connection.execute(TROUBLES.insert().values(**values).returning(TROUBLES.c.id))
    return int(made.scalar_one())


def end(connection: sa.Connection, kind: Trouble, subject: str, now: datetime) -> int | None:
    """Note that a failure is over; return its id where it went on."""
    found = _going_on(connection, kind, subject)
    if found is not None:
        connection.execute(TROUBLES.update().where(TROUBLES.c.id == found).values(ended_at=now))
    return found


def _going_on(connection: sa.Connection, kind: Trouble, subject: str) -> int | None:
    return connection.scalar(THAT_ONE, {"kind": kind, "subject": subject})
