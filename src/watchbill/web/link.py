"""What a message's link stands for: one person and one window (DOMAIN §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from watchbill.acts.check import Receipt, Viewing, record_check
from watchbill.acts.deed import By
from watchbill.core.checks import Way
from watchbill.core.roster import Page, Person
from watchbill.core.windows import State
from watchbill.ledger import Office, active_pages, state_at
from watchbill.post.letters import token_hash
from watchbill.store import people, windows
from watchbill.store.notices import LINKS
from watchbill.store.windows import CheckRecord, WindowRecord


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was found: whose it is, for which window, and how that window stands."""

    person: Person
    record: WindowRecord
    state: State
    pages: tuple[Page, ...]
    expires_at: datetime
    now: datetime
    done: tuple[tuple[Person, CheckRecord], ...]

    @property
    def expired(self) -> bool:
        """Whether the local midnight of its window has passed."""
        return self.now >= self.expires_at

    @property
    def spent(self) -> bool:
        """Whether its thing is done."""
        return self.state is State.COMPLETED


def find(office: Office, token: str) -> Link | None:
    """Return what a token stands for, or ``None`` for one that was never given out. Reads only."""
    with office.store.read() as connection:
        row = connection.execute(sa.select(LINKS).where(LINKS.c.hash == token_hash(token))).first()
        if row is None:
            return None
        now = office.clock.now()
        record = windows.windows_named(connection, [row.window_id])[0]
        everybody = people.all_people(connection)
        pages = people.all_pages(connection)
        keys = record.pages
        if keys is None:
            keys = active_pages(pages, record.occasion.opens_at)
        day = record.occasion.day
        checks = windows.checks_between(connection, day, day)
        return Link(
            person=everybody[row.person_id],
            record=record,
            state=state_at(record, now),
            pages=tuple(page for page in pages if page.key in keys),
            expires_at=row.expires_at,
            now=now,
            done=tuple(
                (everybody[c.check.person], c)
                for c in checks
                if record.occasion.takes(c.check.viewed_at)
            ),
        )


def act(office: Office, link: Link, form: str) -> Receipt:
    """Record that the person of the link has viewed all pages; the same form counts once."""
    by = By(link.person, Way.LINK)
    return record_check(office, by, link.person, Viewing(form=form))


def form_known(office: Office, form: str) -> bool:
    """Whether a form was accepted before."""
    from watchbill.acts.check import FORMS  # noqa: PLC0415

    with office.store.read() as connection:
        query = sa.select(FORMS.c.check_number).where(FORMS.c.id == form)
        return connection.scalar(query) is not None
