"""Texts that people have sent to us, as rows: each is acted on once; the words are not kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from watchbill.store.columns import Heard
from watchbill.store.tables import InboundRow, StrangerRow, table
from watchbill.store.windows import WATCH

INBOUND, STRANGERS = table(InboundRow), table(StrangerRow)

# What every look asks stands ready here: building a statement takes longer than asking it.
BEGAN_AND_NEWEST = sa.select(
    WATCH.c.began_at,
    WATCH.c.replies_failing_since,
    sa.select(sa.func.max(INBOUND.c.received_at)).scalar_subquery().label("newest"),
)
KNOWN = sa.select(INBOUND.c.id).where(INBOUND.c.received_at >= sa.bindparam("floor"))


@dataclass(frozen=True, slots=True)
class Received:
    """One text as a provider has it: its id there, the sender's number, its words, when it was received."""

    id: str
    sender: str
    words: str
    at: datetime


def read_from(connection: sa.Connection, overlap: timedelta) -> tuple[datetime | None, bool]:
    """Return from when on texts are of interest, and whether they could not be read before.

    Since the record began, ``None`` before, and not far behind the newest that has been acted on.
    """
    row = connection.execute(BEGAN_AND_NEWEST).first()
    if row is None:
        return None, False
    began_at: datetime = row.began_at
    floor = began_at if row.newest is None else max(began_at, row.newest - overlap)
    return floor, row.replies_failing_since is not None


def known_since(connection: sa.Connection, floor: datetime) -> frozenset[str]:
    """Return the ids of the texts received since an instant that have been acted on."""
    return frozenset(connection.scalars(KNOWN, {"floor": floor}))


def take(connection: sa.Connection, received: Received, now: datetime) -> bool:
    """Note that a text is being acted on; return whether nobody has done so before.

    To be called in the writing transaction of what it calls for.
    """
    if connection.scalar(sa.select(INBOUND.c.id).where(INBOUND.c.id == received.id)) is not None:
        return False
    connection.execute(
        INBOUND.insert().values(
            id=received.id, received_at=received.at, handled_at=now, heard=Heard.STRANGER
        )
    )
    return True


def classify(connection: sa.Connection, received: Received, person: int, heard: Heard) -> None:
    """Keep from whom a text was, and what it was taken for; never its words."""
    connection.execute(
        INBOUND.update().where(INBOUND.c.id == received.id).values(person_id=person, heard=heard)
    )


def times_of(connection: sa.Connection, person: int, heard: Heard, since: datetime) -> list[datetime]:
    """Return when texts of a kind were acted on since an instant, the oldest first."""
    query = sa.select(INBOUND.c.handled_at).where(
        INBOUND.c.person_id == person, INBOUND.c.heard == heard, INBOUND.c.handled_at > since
    )
    return list(connection.scalars(query.order_by(INBOUND.c.handled_at)))


def greet_stranger(
    connection: sa.Connection, number: str, now: datetime, *, rest: timedelta, most: int
) -> bool:
    """Return whether an unknown number gets an answer, and note it: once a ``rest``, ``most`` in all."""
    digest = hashlib.sha256(number.encode()).hexdigest()
    last = connection.scalar(sa.select(STRANGERS.c.answered_at).where(STRANGERS.c.hash == digest))
    recent = (
        sa.select(sa.func.count()).select_from(STRANGERS).where(STRANGERS.c.answered_at > now - rest)
    )
    if (last is not None and last > now - rest) or (connection.scalar(recent) or 0) >= most:
        return False
    if last is None:
        connection.execute(STRANGERS.insert().values(hash=digest, answered_at=now))
    else:
        connection.execute(STRANGERS.update().where(STRANGERS.c.hash == digest).values(answered_at=now))
    return True
