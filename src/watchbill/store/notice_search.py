"""Looking for notices: of a day, of a person, in a state, for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from watchbill.core.reasons import Reason
from watchbill.core.world import NoticeState
from watchbill.store.notices import NOTICES, WAITING, NoticeRecord, records


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices are looked for; ``None`` where that does not matter. ``most``: how many at most."""

    person: int | None = None
    state: NoticeState | None = None
    reason: Reason | None = None
    most: int | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return it as conditions on the rows."""
        asked = {"person_id": self.person, "state": self.state, "reason": self.reason}
        return [NOTICES.c[name] == value for name, value in asked.items() if value is not None]


def due_between(
    connection: sa.Connection, starts_at: datetime, ends_at: datetime, wanted: Wanted
) -> list[NoticeRecord]:
    """Return the notices due in a span, in the order in which they were due."""
    span = NOTICES.c.due_at >= starts_at, NOTICES.c.due_at < ends_at
    query = sa.select(NOTICES).where(*span, *wanted.conditions())
    return records(connection, query.order_by(NOTICES.c.due_at, NOTICES.c.id).limit(wanted.most))


def waiting(connection: sa.Connection, wanted: Wanted) -> list[NoticeRecord]:
    """Return the notices that have yet to be sent, those first that may go first."""
    query = sa.select(NOTICES).where(NOTICES.c.state.in_(WAITING), *wanted.conditions())
    return records(connection, query.order_by(NOTICES.c.try_at, NOTICES.c.id).limit(wanted.most))


def with_id(connection: sa.Connection, notice: int) -> NoticeRecord | None:
    """Return a notice, or ``None`` for an id that there is not."""
    return next(iter(records(connection, sa.select(NOTICES).where(NOTICES.c.id == notice))), None)


def for_reason_since(
    connection: sa.Connection, person: int, reason: Reason, since: datetime
) -> list[NoticeRecord]:
    """Return the notices for a reason that a person was owed since an instant, the newest first."""
    query = sa.select(NOTICES).where(
        NOTICES.c.due_at > since, NOTICES.c.person_id == person, NOTICES.c.reason == reason
    )
    return records(connection, query.order_by(NOTICES.c.id.desc()))
