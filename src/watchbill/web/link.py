"""What a message's link stands for: one person and the one thing that its notice is about (DOMAIN §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from watchbill.acts.deed import By
from watchbill.core.checks import Way
from watchbill.core.instants import clock_words, date_words, day_start, local_date
from watchbill.core.journal import Kind
from watchbill.core.policy import Policy
from watchbill.core.roster import Leave, Person, Roster
from watchbill.ledger import Office
from watchbill.post.letters import token_hash
from watchbill.store import notices, people
from watchbill.store.notices import LINKS, NoticeRecord
from watchbill.web.forms import act_of, keep_form

OK, BAD_REQUEST, FORBIDDEN, NOT_FOUND, CONFLICT = 200, 400, 403, 404, 409
GONE, TOO_LARGE, UNAVAILABLE = 410, 413, 503
METHOD_NOT_ALLOWED = 405
LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class View:
    """A page to show: its template, the values in it, and its status."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = OK


def said(title: str, text: str, status: int, way: tuple[str, str] | None = None) -> View:
    """Return a page of a title and a sentence; ``way``: an address of ours and its words, to go on to."""
    return View("message.html", {"title": title, "text": text, "way": way}, status)


def moment_words(instant: datetime, zone: ZoneInfo) -> str:
    """Return an end for a person: ``the end of Mon Nov 23 (EST)``, ``Sat Nov 28, 6:00 PM EST``."""
    day = local_date(instant, zone)
    if instant == day_start(day, zone):
        before = instant - timedelta(seconds=1)
        return f"the end of {date_words(local_date(before, zone))} ({before.astimezone(zone):%Z})"
    return f"{date_words(day)}, {clock_words(instant, zone)}"


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was found, and the transaction in which it is looked at, and perhaps acted on."""

    office: Office
    connection: sa.Connection
    person: Person
    notice: NoticeRecord
    expires_at: datetime
    now: datetime
    more: bool = False
    """Whether the form for what was found is wanted, although the check is on record."""

    @property
    def expired(self) -> bool:
        """Whether what it was for lies behind: for a check, the local midnight of its window."""
        return self.now >= self.expires_at

    @property
    def policy(self) -> Policy:
        """Return the agency's reading."""
        return self.office.policy

    @property
    def by(self) -> By:
        """Return who acts through it, and by which way."""
        return By(self.person, Way.LINK)

    @property
    def good_until(self) -> str:
        """Return until when it is good, for a person."""
        return moment_words(self.expires_at, self.policy.zone)

    def roster(self) -> Roster:
        """Return the facts as they stand, read anew: an act may just have changed them."""
        return people.roster_since(self.connection, self.now - LOOK_BACK)

    def running_leave(self) -> list[Leave]:
        """Return the leave by which its person is away now."""
        return [leave for leave in self.roster().leave_of(self.person.id) if leave.covers(self.now)]

    def keep_form(self, form: str, entry: int) -> None:
        """Keep that a form was accepted, beside the act that it became."""
        keep_form(self.connection, form, entry)

    def deed_of(self, form: str) -> Accepted | None:
        """Return the act that a form became before, or ``None`` for a form that is new."""
        found = act_of(self.connection, form)
        if found is None:
            return None
        entry, kind, actor = found
        return Accepted(entry, Kind(kind), own=actor == self.by.actor.name, repeated=True)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An act that a form became: its journal entry. ``own``: it is an act of the link's person.

    ``repeated``: the form had been accepted before; nothing was done again.
    """

    entry: int
    kind: Kind
    own: bool = True
    repeated: bool = False


def find(office: Office, connection: sa.Connection, token: str) -> Link | None:
    """Return what a token stands for, or ``None`` for one that was never given out. Reads only."""
    row = connection.execute(sa.select(LINKS).where(LINKS.c.hash == token_hash(token))).first()
    if row is None:
        return None
    return Link(
        office=office,
        connection=connection,
        person=people.all_people(connection)[row.person_id],
        notice=notices.notice_with_id(connection, row.notice_id),
        expires_at=row.expires_at,
        now=office.clock.now(),
    )
