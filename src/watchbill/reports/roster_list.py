"""Everybody with their channels: which reach them, which are proven, and what is left without them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from watchbill.core.coverage import monitor_of
from watchbill.core.instants import local_date
from watchbill.core.policy import Policy
from watchbill.core.roster import Channel, Person, Role, Roster
from watchbill.core.windows import Occasion
from watchbill.store import people, proofs, reach, windows

LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Way:
    """A channel of a person as it stands.

    ``broken_since``: since when it does not work, ``None`` where nothing speaks against it;
    ``stopped``: because the person texted STOP. ``proven_at``: when it was shown to reach them there.
    """

    channel: Channel
    address: str | None
    broken_since: datetime | None
    stopped: bool
    proven_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A person with their channels, in the order of preference."""

    person: Person
    ways: tuple[Way, ...]

    @property
    def silent(self) -> bool:
        """Whether no channel reaches them."""
        return all(way.broken_since is not None for way in self.ways)


def roster_list(connection: sa.Connection, persons: Collection[Person], now: datetime) -> list[Listed]:
    """Return people with what is known of their channels, in the order given."""
    broken = reach.broken_channels(connection, persons, now)
    proven = proofs.proofs(connection)

    def way(person: Person, channel: Channel) -> Way:
        address, proof = reach.address_of(person, channel), proven.get((person.id, channel))
        return Way(
            channel=channel,
            address=address,
            broken_since=broken.get((person.id, channel)),
            stopped=channel is Channel.SMS and person.sms_stopped_at is not None,
            proven_at=proof.proven_at if proof is not None and proof.address == address else None,
        )

    return [Listed(one, tuple(way(one, channel) for channel in one.channels)) for one in persons]


@dataclass(frozen=True, slots=True)
class Left:
    """What is left if somebody is deactivated now: the checks that nobody covers, the offices vacant."""

    uncovered: tuple[Occasion, ...]
    no_pio: bool
    no_director: bool


def left_without(policy: Policy, connection: sa.Connection, person: Person, now: datetime) -> Left:
    """Return what deactivating a person now would leave, within the horizon; changes nothing."""
    before = people.roster_since(connection, now - LOOK_BACK)
    gone = replace(before.people[person.id], deactivated_at=now)
    after = replace(before, people={**before.people, person.id: gone})
    today = local_date(now, policy.zone)
    laid = windows.windows_between(connection, today, today + timedelta(days=policy.horizon_days))
    ahead = [one.occasion for one in laid if one.occasion.closes_at > now]
    return Left(
        uncovered=tuple(w for w in ahead if _is_left(policy, before, after, w)),
        no_pio=before.pio is not None and after.pio is None,
        no_director=not after.holding(Role.EXECUTIVE_DIRECTOR),
    )


def _is_left(policy: Policy, before: Roster, after: Roster, window: Occasion) -> bool:
    return monitor_of(policy, after, window) is None and monitor_of(policy, before, window) is not None
