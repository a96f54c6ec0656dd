"""A claimed notice as it goes out: to whom, by which channel, in which words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from watchbill.clock import Entropy
from watchbill.core.phrases import compose
from watchbill.core.policy import Policy
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel, Roster
from watchbill.core.wording import Message, Subject
from watchbill.post.particulars import particulars
from watchbill.store.notices import NoticeRecord, insert_link
from watchbill.store.sessions import insert_sign_in

TOKEN_BITS = 128
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
LONGEST_USE = timedelta(hours=4)
SHORTEST_USE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Letter:
    """One attempt, ready for the wire. ``useful_for``: how long it is worth delivering."""

    delivery: int
    notice: int
    key: str
    channel: Channel
    address: str
    name: str
    message: Message
    message_id: str
    code: str
    useful_for: timedelta
    urgent: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider said: its id for the message, and whether acceptance is all there is to know."""

    provider_id: str | None = None
    confirmed: bool = False


class Sender(Protocol):
    """A way out. A session is used by one thread, and may keep a connection for several letters."""

    def send(self, letter: Letter) -> Receipt:
        """Send one letter; raise ``SendError`` where it was not accepted."""
        ...  # pragma: no cover

    def close(self) -> None:
        """Give up whatever connection is held."""
        ...  # pragma: no cover


@dataclass(frozen=True, slots=True)
class Stationery:
    """What letters are written with: the policy, where links point (``None``: no links).

    ``replies``: whether what people text back is read.
    """

    policy: Policy
    entropy: Entropy
    origin: str | None
    replies: bool = False


def token_hash(token: str) -> str:
    """Return what is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token(entropy: Entropy) -> str:
    """Return 128 random bits as text that fits an address."""
    value = entropy.bits(TOKEN_BITS)
    characters = []
    for _ in range(-(-TOKEN_BITS // 6)):
        value, index = divmod(value, len(ALPHABET))
        characters.append(ALPHABET[index])
    return "".join(characters)


def write(
    stationery: Stationery,
    connection: sa.Connection,
    notice: NoticeRecord,
    roster: Roster,
    now: datetime,
) -> Message:
    """Return the words of a notice as facts are now; keeps the hash of a link where it has one."""
    policy = stationery.policy
    said = particulars(policy, connection, notice, roster, now)
    return compose(
        Subject(
            agency=policy.agency,
            reason=notice.reason,
            step=notice.step,
            recipient=roster.people[notice.person].name,
            code=notice.code,
            now=now,
            replies=stationery.replies,
            link=_link(stationery, connection, notice, said.link_until, now),
            **said.facts,
        )
    )


def useful_for(notice: NoticeRecord, now: datetime) -> timedelta:
    """Return for how long a provider should try to deliver: at most four hours, at least a minute."""
    if notice.useful_until is None:
        return LONGEST_USE
    return min(max(notice.useful_until - now, SHORTEST_USE), LONGEST_USE)


def _link(
    stationery: Stationery,
    connection: sa.Connection,
    notice: NoticeRecord,
    until: datetime | None,
    now: datetime,
) -> str | None:
    if stationery.origin is None or until is None:
        return None
    token = new_token(stationery.entropy)
    if notice.reason is Reason.SIGN_IN_ASKED:
        insert_sign_in(connection, token_hash(token), notice.person, now, until)
        return f"{stationery.origin}/sign-in/{token}"
    insert_link(connection, token_hash(token), notice, until)
    return f"{stationery.origin}/c/{token}"
