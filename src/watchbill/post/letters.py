"""A claimed notice as it goes out: to whom, by which channel, in which words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from watchbill.clock import Entropy
from watchbill.core.checks import demand_can_be_met, times_viewed, viewings_lacking
from watchbill.core.coverage import is_away, responsible_at
from watchbill.core.instants import day_end
from watchbill.core.phrases import compose
from watchbill.core.policy import WINDOWS_A_WEEKDAY, Policy
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel, LeaveKind, Person, Role, Roster
from watchbill.core.windows import Occasion
from watchbill.core.wording import Message, Subject
from watchbill.ledger import active_pages, state_at
from watchbill.store import people, windows
from watchbill.store.notices import NoticeRecord, insert_link
from watchbill.store.windows import WindowRecord

TOKEN_BITS = 128
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
LONGEST_USE = timedelta(hours=4)
SHORTEST_USE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Letter:
    """One attempt, ready for the wire. ``useful_for``: how long it is worth delivering."""

    delivery: int
    notice: int
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
    """What letters are written with: the policy, and where links point (``None``: no links)."""

    policy: Policy
    entropy: Entropy
    origin: str | None


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
    person = roster.people[notice.person]
    policy = stationery.policy
    facts: dict[str, Any] = _about_window(stationery, connection, notice, roster, now)
    facts |= _about_duty(connection, notice)
    about = notice.about
    if (number := about.get("person")) is not None:
        facts["person"] = roster.people[number].name
    return compose(
        Subject(
            agency=policy.agency,
            reason=notice.reason,
            step=notice.step,
            recipient=person.name,
            code=notice.code,
            now=now,
            by=about.get("by"),
            duty=about.get("duty"),
            **facts,
        )
    )


def useful_for(notice: NoticeRecord, now: datetime) -> timedelta:
    """Return for how long a provider should try to deliver: at most four hours, at least a minute."""
    if notice.useful_until is None:
        return LONGEST_USE
    return min(max(notice.useful_until - now, SHORTEST_USE), LONGEST_USE)


def _about_duty(connection: sa.Connection, notice: NoticeRecord) -> dict[str, Any]:
    if notice.duty is None:
        return {}
    duty = next(duty for duty in people.duties(connection) if duty.id == notice.duty)
    pages = people.all_pages(connection)
    return {
        "starts_at": duty.starts_at,
        "ends_at": duty.ends_at,
        "respond": duty.respond,
        "page_names": tuple(p.name for p in pages if p.active_at(duty.starts_at)),
    }


def _about_window(
    stationery: Stationery,
    connection: sa.Connection,
    notice: NoticeRecord,
    roster: Roster,
    now: datetime,
) -> dict[str, Any]:
    if notice.window is None:
        return {}
    policy = stationery.policy
    record = windows.windows_named(connection, [notice.window])[0]
    occasion = record.occasion
    named = windows.windows_named(connection, notice.about.get("windows", [notice.window]))
    answer = responsible_at(policy, roster, min(now, occasion.closes_at))
    responsible = record.monitor
    if record.spans is None and answer is not None:
        responsible = answer.person
    facts: dict[str, Any] = {
        "window": occasion,
        "page_names": _page_names(connection, record),
        "outcomes": tuple((r.occasion, state_at(r, now)) for r in named),
        "responsible": None if responsible is None else roster.people[responsible].name,
        "why_nobody": why_nobody(policy, roster, roster.people[notice.person], now),
        "is_responsible": answer is not None and answer.person == notice.person,
    }
    if notice.reason is Reason.WINDOW_MISSED:
        facts |= _demand(policy, connection, record, now)
    if notice.reason is Reason.CHECK_DUE and facts["is_responsible"]:
        facts["link"] = _link(stationery, connection, notice, occasion)
    return facts


def _page_names(connection: sa.Connection, record: WindowRecord) -> tuple[str, ...]:
    pages = people.all_pages(connection)
    keys = record.pages
    if keys is None:
        keys = active_pages(pages, record.occasion.opens_at)
    return tuple(page.name for page in pages if page.key in keys)


def why_nobody(policy: Policy, roster: Roster, reader: Person, now: datetime) -> str | None:
    """Return why the PIO is not responsible; *sick* only the ED and the PIO may read (Statement 4)."""
    pio: Person | None = roster.pio
    if pio is None:
        return "There is no PIO."
    if not is_away(policy, roster, pio, now):
        return None
    kinds = {leave.kind for leave in roster.leave_of(pio.id) if leave.covers(now)}
    if LeaveKind.SICK in kinds and reader.holds(Role.EXECUTIVE_DIRECTOR, Role.PIO):
        return f"{pio.name} is sick."
    return f"{pio.name} is away." if kinds else f"{pio.name} is away (holiday)."


def _demand(
    policy: Policy, connection: sa.Connection, record: WindowRecord, now: datetime
) -> dict[str, Any]:
    day = record.occasion.day
    checks = [r.check for r in windows.checks_between(connection, day, day)]
    viewed = times_viewed(checks, frozenset(record.pages or ()), policy.minimum_separation)
    weekday = day.weekday() < 5  # noqa: PLR2004 - Monday to Friday
    needed = WINDOWS_A_WEEKDAY if weekday else policy.weekend_checks
    if not viewed:
        return {"can_be_met": False}
    seen, apart = list(viewed.values()), policy.minimum_separation
    return {
        "can_be_met": demand_can_be_met(seen, needed, apart, now, day_end(day, policy.zone)),
        "lacking": viewings_lacking(seen, needed),
        "separation": apart,
    }


def _link(
    stationery: Stationery, connection: sa.Connection, notice: NoticeRecord, window: Occasion
) -> str | None:
    if stationery.origin is None:
        return None
    token = new_token(stationery.entropy)
    expires_at = day_end(window.day, stationery.policy.zone)
    insert_link(connection, token_hash(token), notice, window.id, expires_at)
    return f"{stationery.origin}/c/{token}"


def address_of(person: Person, channel: Channel) -> str | None:
    """Return where a channel reaches a person, or ``None``."""
    return person.email if channel is Channel.EMAIL else person.mobile
