"""Attempts to send notices, as rows: claim and outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from watchbill.core.channels import Attempt
from watchbill.core.roster import Channel
from watchbill.core.world import NoticeState
from watchbill.store.columns import DeliveryState, among
from watchbill.store.notices import NoticeRecord, update_notice
from watchbill.store.tables import DeliveryRow, table

DELIVERIES = table(DeliveryRow)
LATEST = 200
NEXT_NUMBER = (
    sa.select(sa.func.count() + 1)
    .select_from(DELIVERIES)
    .where(DELIVERIES.c.notice_id == sa.bindparam("attempts_of"))
    .scalar_subquery()
)
"""How many attempts there are of a notice, and one; the name of what is bound must not be a column's."""
BEGIN_ATTEMPT = DELIVERIES.insert().values(number=NEXT_NUMBER).returning(DELIVERIES.c.id)
CHANGE_ATTEMPT = DELIVERIES.update().where(DELIVERIES.c.id == sa.bindparam("which"))
ATTEMPTS = (
    sa.select(DELIVERIES)
    .where(DELIVERIES.c.notice_id.in_(sa.bindparam("notices", expanding=True)))
    .order_by(DELIVERIES.c.notice_id, DELIVERIES.c.number)
)
ATTEMPT_STATE = sa.select(DELIVERIES.c.state).where(DELIVERIES.c.id == sa.bindparam("delivery"))
DOUBTFUL = (
    sa.select(DELIVERIES)
    .where(among(DELIVERIES.c.state, (DeliveryState.SENDING, DeliveryState.UNKNOWN)))
    .order_by(DELIVERIES.c.id)
)


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """An attempt as its row has it."""

    id: int
    notice: int
    number: int
    channel: Channel
    address: str
    state: DeliveryState
    started_at: datetime
    lease_until: datetime
    finished_at: datetime | None
    provider_id: str | None
    error: str | None

    def attempt(self) -> Attempt:
        """Return the attempt as far as the choice of the next channel is concerned."""
        accepted = self.state in (DeliveryState.SENT, DeliveryState.DELIVERED)
        failed = self.state is DeliveryState.FAILED
        unsettled = self.state in (DeliveryState.SENDING, DeliveryState.UNKNOWN)
        return Attempt(self.channel, self.started_at, failed=failed, accepted=accepted, open=unsettled)


def begin_delivery(
    connection: sa.Connection,
    notice: NoticeRecord,
    channel: Channel,
    address: str,
    now: datetime,
    lease: timedelta,
) -> int:
    """Claim a notice: the attempt is on record before the wire is touched. Return its id."""
    update_notice(connection, notice.id, state=NoticeState.SENDING)
    row = {
        "attempts_of": notice.id,
        "notice_id": notice.id,
        "channel": channel,
        "address": address,
        "state": DeliveryState.SENDING,
        "started_at": now,
        "lease_until": now + lease,
    }
    return int(connection.execute(BEGIN_ATTEMPT, row).scalar_one())


def update_delivery(connection: sa.Connection, delivery: int, **values: object) -> None:
    """Change columns of one attempt."""
    connection.execute(CHANGE_ATTEMPT, {"which": delivery, **values})


def delivery_state(connection: sa.Connection, delivery: int) -> DeliveryState | None:
    """Return how far an attempt has come."""
    return connection.scalar(ATTEMPT_STATE, {"delivery": delivery})


def deliveries_of(
    connection: sa.Connection, notices: Collection[int]
) -> dict[int, list[DeliveryRecord]]:
    """Return the attempts of notices, in their order, by notice."""
    found: dict[int, list[DeliveryRecord]] = defaultdict(list)
    for row in connection.execute(ATTEMPTS, {"notices": list(notices)}).all() if notices else ():
        found[row.notice_id].append(_delivery(row))
    return found


def in_doubt(connection: sa.Connection) -> list[DeliveryRecord]:
    """Return the attempts that were claimed or whose outcome is unknown."""
    return [_delivery(row) for row in connection.execute(DOUBTFUL).all()]


def end_leases(connection: sa.Connection, now: datetime) -> None:
    """Let every claim be looked at now: whoever made it is known to be gone."""
    connection.execute(
        DELIVERIES.update()
        .where(DELIVERIES.c.state == DeliveryState.SENDING, DELIVERIES.c.lease_until > now)
        .values(lease_until=now)
    )


def _delivery(row: sa.Row[Any]) -> DeliveryRecord:
    return DeliveryRecord(
        id=row.id,
        notice=row.notice_id,
        number=row.number,
        channel=row.channel,
        address=row.address,
        state=row.state,
        started_at=row.started_at,
        lease_until=row.lease_until,
        finished_at=row.finished_at,
        provider_id=row.provider_id,
        error=row.error,
    )


def failing_since(connection: sa.Connection, channel: Channel) -> datetime | None:
    """Return since when every attempt by a channel has been put off or lost; ``None`` where none has."""
    query = (
        sa.select(DELIVERIES.c.state, DELIVERIES.c.started_at)
        .where(DELIVERIES.c.channel == channel)
        .order_by(DELIVERIES.c.id.desc())
        .limit(LATEST)
    )
    since: datetime | None = None
    for row in connection.execute(query):
        if row.state in (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED):
            break
        if row.state in (DeliveryState.DEFERRED, DeliveryState.UNKNOWN):
            since = row.started_at
    return since


def count_by_outcome(
    connection: sa.Connection, since: datetime
) -> dict[tuple[Channel, DeliveryState], int]:
    """Return how many attempts were made since an instant, by channel and by what became of them."""
    query = (
        sa.select(DELIVERIES.c.channel, DELIVERIES.c.state, sa.func.count())
        .where(DELIVERIES.c.started_at > since)
        .group_by(DELIVERIES.c.channel, DELIVERIES.c.state)
    )
    return {(channel, state): count for channel, state, count in connection.execute(query)}
