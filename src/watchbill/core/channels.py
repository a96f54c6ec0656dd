"""By which channel a notice goes next, and how long a failed attempt rests (DOMAIN §5, delivery)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.core.roster import Channel, Person

FIRST_REST = timedelta(seconds=15)
LONGEST_REST = timedelta(minutes=5)
MOST_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: ``failed`` for good, ``accepted`` by the provider, still ``open``, or put off."""

    channel: Channel
    started_at: datetime
    failed: bool = False
    accepted: bool = False
    open: bool = False


def ways(person: Person, about: Mapping[str, object]) -> tuple[Channel, ...]:
    """Return the channels by which a notice may reach a person.

    A test, a digest or an answer names the ``only`` one; word of a channel that fails names it as the
    one to ``avoid`` while there is another.
    """
    only, avoided = about.get("only"), about.get("avoid")
    if only is not None:
        return tuple(c for c in Channel if c == only)
    return tuple(sorted(person.reachable_by(), key=lambda channel: channel == avoided))


def order(channels: Sequence[Channel], *, next_channel: bool) -> tuple[Channel, ...]:
    """Return the channels in the order in which a notice uses them; *next* begins with the second."""
    if next_channel and len(channels) > 1:
        return (*channels[1:], channels[0])
    return tuple(channels)


def choose(
    channels: Sequence[Channel],
    attempts: Sequence[Attempt],
    *,
    urgent: bool,
    patience: timedelta,
    now: datetime,
    refused: Channel | None = None,
) -> Channel | None:
    """Return the channel of the next attempt, or ``None`` where every channel has failed for good.

    A channel with an attempt whose outcome is still open is not used meanwhile.
    A channel that accepted but was not confirmed comes after those not tried; so does, for an urgent
    notice, one that has put us off for longer than ``patience``, and for any notice the one that has
    just ``refused`` our account as a whole.
    """
    shut = {attempt.channel for attempt in attempts if attempt.failed or attempt.open}
    usable = [channel for channel in channels if channel not in shut]
    if not usable:
        return None

    def reluctance(channel: Channel) -> tuple[int, bool, int]:
        mine = [a for a in attempts if a.channel is channel]
        stuck = urgent and bool(mine) and now - mine[0].started_at >= patience
        return sum(a.accepted for a in mine), channel is refused, len(mine) if stuck else 0

    return min(usable, key=reluctance)


def may_repeat(channels: Sequence[Channel], attempts: Sequence[Attempt]) -> bool:
    """Whether an unconfirmed urgent text may be followed by one more attempt.

    On each other channel once; with one channel, once more on the same.
    """
    accepted = sum(attempt.accepted for attempt in attempts)
    return accepted < max(len(channels), 2)


def rest(put_off: int, asked: float | None) -> timedelta:
    """Return how long to wait after the ``put_off``-th attempt that was not accepted.

    From 15 seconds, doubling, to five minutes; longer where the provider asked for it.
    """
    doubled: timedelta = FIRST_REST * 2 ** min(max(put_off - 1, 0), MOST_DOUBLINGS)
    return max(min(doubled, LONGEST_REST), timedelta(seconds=asked or 0))
