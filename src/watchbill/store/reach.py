"""Whether the channels of a person work, from what became of the attempts through them (DOMAIN §3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from watchbill.core.roster import Channel, Person
from watchbill.core.world import Silent
from watchbill.store.columns import DeliveryState, among, fixed
from watchbill.store.deliveries import DELIVERIES
from watchbill.store.people import PEOPLE

LOOKED_BACK = timedelta(days=90)
UNDELIVERED = 2
EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Since when a channel without an address does not work: an instant that stays the same."""
LATER = DELIVERIES.alias("later")
SUCCEEDED_SINCE = sa.exists().where(
    LATER.c.address == DELIVERIES.c.address,
    LATER.c.started_at >= DELIVERIES.c.started_at,
    among(LATER.c.state, (DeliveryState.SENT, DeliveryState.DELIVERED)),
)
FAILURES = sa.select(DELIVERIES.c.address, DELIVERIES.c.started_at, DELIVERIES.c.for_good).where(
    DELIVERIES.c.address.in_(sa.bindparam("addresses", expanding=True)),
    DELIVERIES.c.started_at > sa.bindparam("since"),
    DELIVERIES.c.state == fixed(DeliveryState.FAILED),
    ~SUCCEEDED_SINCE,
)


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that reached nobody; ``for_good``: it would fail again."""

    at: datetime
    for_good: bool


def silent_people(
    connection: sa.Connection, people: Collection[Person], now: datetime
) -> tuple[Silent, ...]:
    """Return those of the people who have no working channel, and since when.

    A channel does not work without an address, after STOP, after a refusal for good, and when the last
    two messages were not delivered.
    """
    failures = _failures(connection, people, now)
    found = []
    for person in people:
        broken = [_broken_since(person, channel, failures) for channel in person.channels]
        known = [since for since in broken if since is not None]
        if len(known) == len(broken):
            found.append(Silent(person.id, max(known, default=EVER)))
    return tuple(found)


def broken_channels(
    connection: sa.Connection, people: Collection[Person], now: datetime
) -> dict[tuple[int, Channel], datetime]:
    """Return the channels of people that do not work, and since when; ``EVER`` without an address."""
    failures = _failures(connection, people, now)
    found = {
        (person.id, channel): _broken_since(person, channel, failures)
        for person in people
        for channel in person.channels
    }
    return {which: since for which, since in found.items() if since is not None}


def address_of(person: Person, channel: Channel) -> str | None:
    """Return where a channel reaches a person, or ``None``."""
    return person.email if channel is Channel.EMAIL else person.mobile


def _failures(
    connection: sa.Connection, people: Collection[Person], now: datetime
) -> dict[str, list[Failure]]:
    """Return what has failed since the last success, by address."""
    addresses = [at for person in people for c in person.channels if (at := address_of(person, c))]
    found: dict[str, list[Failure]] = defaultdict(list)
    if addresses:
        asked = {"addresses": addresses, "since": now - LOOKED_BACK}
        for row in connection.execute(FAILURES, asked).all():
            found[row.address].append(Failure(row.started_at, bool(row.for_good)))
    return found


def _looks_broken(failed: Sequence[Failure]) -> bool:
    return len(failed) >= UNDELIVERED or any(one.for_good for one in failed)


def _broken_since(
    person: Person,
    channel: Channel,
    failures: Mapping[str, Sequence[Failure]],
) -> datetime | None:
    """Return since when a channel of a person does not work; ``None`` where nothing speaks against it."""
    address = address_of(person, channel)
    if address is None:
        return EVER
    if channel is Channel.SMS and person.sms_stopped_at is not None:
        return person.sms_stopped_at
    failed = failures.get(address, ())
    return min(one.at for one in failed) if _looks_broken(failed) else None


def stop_texts(connection: sa.Connection, person: int, at: datetime | None) -> None:
    """Keep since when a person's carrier lets no text of ours through; ``None`` where it does again."""
    connection.execute(PEOPLE.update().where(PEOPLE.c.id == person).values(sms_stopped_at=at))
