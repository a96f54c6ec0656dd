"""Proofs as rows: that a person has read what a channel brought to an address. Shown, never required."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from watchbill.core.roster import Channel, Person
from watchbill.store.base import table
from watchbill.store.journal import JOURNAL
from watchbill.store.reach import address_of
from watchbill.store.visitor_tables import ProofRow

PROOFS = table(ProofRow)
REFUSED = (
    sa.select(JOURNAL.c.at, JOURNAL.c.facts)
    .where(
        JOURNAL.c.kind == sa.bindparam("refused"),
        JOURNAL.c.actor == sa.bindparam("actor"),
        JOURNAL.c.at > sa.bindparam("since"),
    )
    .order_by(JOURNAL.c.at)
)


@dataclass(frozen=True, slots=True)
class Proof:
    """That a channel reached a person at an address, and when that was shown."""

    address: str
    proven_at: datetime


def proofs(connection: sa.Connection) -> Mapping[tuple[int, Channel], Proof]:
    """Return every proof, by person and channel."""
    return {
        (row.person_id, row.channel): Proof(row.address, row.proven_at)
        for row in connection.execute(sa.select(PROOFS))
    }


def put_proof(
    connection: sa.Connection, person: Person, channel: Channel, now: datetime, entry: int
) -> None:
    """Keep that a channel is proven at the address that the person has now, in place of an older proof."""
    _delete(connection, person, channel)
    values = {"person_id": person.id, "channel": channel, "address": address_of(person, channel)}
    connection.execute(PROOFS.insert().values(**values, proven_at=now, entry=entry))


def drop_of_other_addresses(connection: sa.Connection, person: Person) -> None:
    """Forget what was proven of an address that the person no longer has."""
    for channel in Channel:
        address = address_of(person, channel)
        _delete(connection, person, channel, PROOFS.c.address != address if address else sa.true())


def _delete(
    connection: sa.Connection,
    person: Person,
    channel: Channel,
    *which: sa.ColumnElement[bool],
) -> None:
    mine = PROOFS.delete().where(PROOFS.c.person_id == person.id, PROOFS.c.channel == channel)
    connection.execute(mine.where(*which))


def refused_since(
    connection: sa.Connection, refused: str, act: str, actor: str, since: datetime
) -> list[datetime]:
    """Return when an actor was refused an act since an instant, in order, as the journal has it."""
    asked = {"refused": refused, "actor": actor, "since": since}
    return [at for at, facts in connection.execute(REFUSED, asked) if facts.get("act") == act]
