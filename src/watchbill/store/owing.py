"""Owing notices and taking them back: each key is let in once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from watchbill.clock import Entropy
from watchbill.core.channels import order, ways
from watchbill.core.codes import new_code
from watchbill.core.instants import exact
from watchbill.core.journal import PROGRAM, Actor, Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel, Person
from watchbill.core.world import NoticeState, Owe
from watchbill.store import journal
from watchbill.store.columns import DeliveryState, fixed
from watchbill.store.deliveries import DELIVERIES
from watchbill.store.gaps import link_notice
from watchbill.store.notices import NOTICES, update_notice

CODES_STAY_UNIQUE = timedelta(days=90)
MESSAGE_ID_BITS = 128
INSERT = NOTICES.insert().returning(NOTICES.c.id)
WAITING_ABOUT = sa.select(NOTICES.c.key).where(
    NOTICES.c.window_id == sa.bindparam("window"),
    NOTICES.c.state == fixed(NoticeState.PENDING),
    NOTICES.c.reason.in_(sa.bindparam("reasons", expanding=True)),
)
WITH_KEY = sa.select(NOTICES.c.id, NOTICES.c.state).where(NOTICES.c.key == sa.bindparam("key"))
WITH_CODE = (
    sa.select(NOTICES.c.id)
    .where(NOTICES.c.code == sa.bindparam("code"), NOTICES.c.created_at > sa.bindparam("since"))
    .limit(1)
)


def owe(
    connection: sa.Connection,
    entropy: Entropy,
    notice: Owe,
    person: Person,
    now: datetime,
    *,
    actor: Actor = PROGRAM,
) -> bool:
    """Let a notice in by its key; return whether this call did it.

    One that had been withdrawn unsent is owed again under the same key.
    """
    row = connection.execute(WITH_KEY, {"key": notice.key}).first()
    if row is not None and row.state is not NoticeState.WITHDRAWN:
        return False
    if row is None:
        _insert(connection, entropy, notice, person, now, NoticeState.PENDING, None)
    else:
        update_notice(
            connection,
            row.id,
            state=NoticeState.PENDING,
            why=None,
            not_before=notice.not_before,
            try_at=notice.not_before,
        )
    journal.append(connection, entropy, now, Kind.NOTICE_OWED, actor, _facts(notice))
    return True


def skip(
    connection: sa.Connection,
    entropy: Entropy,
    notice: Owe,
    person: Person,
    now: datetime,
    why: Reason,
) -> bool:
    """Record a step that came too late to be of use; return whether this call did it."""
    if connection.scalar(WITH_KEY, {"key": notice.key}) is not None:
        return False
    _insert(connection, entropy, notice, person, now, NoticeState.SKIPPED, why)
    facts = {"notice": notice.key, "why": why}
    journal.append(connection, entropy, now, Kind.NOTICE_SKIPPED, PROGRAM, facts)
    return True


def drop(
    connection: sa.Connection,
    entropy: Entropy,
    key: str,
    state: NoticeState,
    why: Reason,
    now: datetime,
) -> bool:
    """Hold back a waiting notice; return whether this call did it.

    One that a provider has accepted before stays *sent*: only its second way is given up.
    """
    row = connection.execute(
        sa.select(NOTICES.c.id).where(NOTICES.c.key == key, NOTICES.c.state == NoticeState.PENDING)
    ).first()
    if row is None:
        return False
    accepted = connection.scalar(
        sa.select(sa.func.count())
        .select_from(DELIVERIES)
        .where(DELIVERIES.c.notice_id == row.id, DELIVERIES.c.state == DeliveryState.SENT)
    )
    update_notice(connection, row.id, state=NoticeState.SENT if accepted else state, why=why)
    kind = Kind.NOTICE_SKIPPED if state is NoticeState.SKIPPED else Kind.NOTICE_WITHDRAWN
    journal.append(connection, entropy, now, kind, PROGRAM, {"notice": key, "why": why})
    return True


def drop_for_window(
    connection: sa.Connection,
    entropy: Entropy,
    window: str,
    reasons: Collection[Reason],
    why: Reason,
    now: datetime,
) -> None:
    """Withdraw what waits to be said about a window, because it is no longer true."""
    keys = connection.scalars(WAITING_ABOUT, {"window": window, "reasons": list(reasons)}).all()
    for key in keys:
        drop(connection, entropy, key, NoticeState.WITHDRAWN, why, now)


def withdraw_for_duty(
    connection: sa.Connection,
    entropy: Entropy,
    duty: int,
    reasons: Collection[Reason],
    now: datetime,
    why: Reason,
) -> bool:
    """Withdraw what waits to be said of a duty for these reasons; return whether its holder had heard of it."""
    rows = connection.execute(
        sa.select(NOTICES.c.key, NOTICES.c.state, NOTICES.c.reason).where(NOTICES.c.duty_id == duty)
    ).all()
    for row in rows:
        if row.state is NoticeState.PENDING and row.reason in reasons:
            drop(connection, entropy, row.key, NoticeState.WITHDRAWN, why, now)
    unheard = (NoticeState.PENDING, NoticeState.WITHDRAWN)
    return any(row.reason is Reason.DUTY_ASSIGNED and row.state not in unheard for row in rows)


def _facts(notice: Owe) -> dict[str, Any]:
    return {
        "notice": notice.key,
        "reason": notice.reason,
        "step": notice.step,
        "person": notice.person,
        "window": notice.window,
        "due_at": exact(notice.due_at),
    }


def _insert(
    connection: sa.Connection,
    entropy: Entropy,
    notice: Owe,
    person: Person,
    now: datetime,
    state: NoticeState,
    why: Reason | None,
) -> None:
    taken = _TakenCodes(connection, now - CODES_STAY_UNIQUE)
    channels = order(ways(person, notice.about), next_channel=notice.next_channel)
    row = {
        "key": notice.key,
        "reason": notice.reason,
        "step": notice.step,
        "window_id": notice.window,
        "duty_id": notice.duty,
        "person_id": notice.person,
        "about": dict(notice.about),
        "urgent": notice.urgent,
        "next_channel": notice.next_channel,
        "created_at": now,
        "due_at": notice.due_at,
        "not_before": notice.not_before,
        "useful_until": notice.useful_until,
        "state": state,
        "why": why,
        "code": new_code(entropy.bits, taken),
        "message_id": f"{entropy.bits(MESSAGE_ID_BITS):032x}",
        "channel": channels[0] if channels else Channel.EMAIL,
        "try_at": notice.not_before,
        "failure_told": False,
    }
    number = connection.execute(INSERT, row).scalar_one()
    link_notice(connection, number, notice.gaps)


class _TakenCodes:
    """The codes of the last 90 days, asked one at a time."""

    def __init__(self, connection: sa.Connection, since: datetime) -> None:
        self._connection = connection
        self._since = since

    def __contains__(self, code: object) -> bool:
        asked = {"code": code, "since": self._since}
        return self._connection.execute(WITH_CODE, asked).first() is not None
