"""A page for somebody who is signed in: its address, its door, what it shows and what its forms do.

Each room of pages is a module with a tuple of routes; ``routes`` has them all, and ``inside`` serves them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from starlette.datastructures import QueryParams

from watchbill.acts.deed import By
from watchbill.core.checks import Way
from watchbill.core.policy import Policy
from watchbill.core.roster import Person, Roster
from watchbill.ledger import Office
from watchbill.reports.meaning import Statement
from watchbill.store import people
from watchbill.store.sessions import Session
from watchbill.web.doors import Door
from watchbill.web.filled import BadFormError, Filled
from watchbill.web.link import View

LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Workings:
    """What the program knows of itself: what its configuration means, and how old its last good tick is."""

    meaning: Callable[[datetime], Sequence[Statement]] = lambda _: ()
    tick_age: Callable[[], float | None] = lambda: None


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in, and the transaction that it is answered in.

    Reading for a GET; writing for a POST, where ``sent`` is the form and ``office`` acts within it.
    """

    office: Office
    connection: sa.Connection
    person: Person
    session: Session
    now: datetime
    query: QueryParams
    path: Mapping[str, str]
    sent: Filled | None = None
    workings: Workings = field(default_factory=Workings)

    @property
    def policy(self) -> Policy:
        """Return the agency's reading."""
        return self.office.policy

    @property
    def by(self) -> By:
        """Return who acts, and by which way."""
        return By(self.person, Way.WEB)

    @property
    def more(self) -> bool:
        """Whether the form for what was found is wanted, although the check is on record."""
        return "more" in self.query

    @property
    def form(self) -> Filled:
        """Return the form that was sent; raises ``BadFormError`` where there is none."""
        if self.sent is None:
            raise BadFormError("That form is not complete.")
        return self.sent

    def roster(self) -> Roster:
        """Return the facts as they stand, read anew: an act may just have changed them."""
        return people.roster_since(self.connection, self.now - LOOK_BACK)

    def may(self, door: Door) -> bool:
        """Whether the person may come in by a door."""
        return door.admits(self.person)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Go on to a path of ours; ``entry`` is the journal entry of what was just done, shown there.

    ``repeated``: its form had been accepted before; nothing was done again.
    """

    path: str
    entry: int | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file to keep; without a name, something to read where it is."""

    body: bytes
    media_type: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """A page as PDF, to keep."""

    view: View
    name: str


Answer = View | Elsewhere | Document | Printed
Handler = Callable[[Visit], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. ``show`` answers a GET and changes nothing; ``acts`` are its forms by their ``do``.

    ``words``: how it stands in the menu; without, it is not there.
    """

    path: str
    door: Door
    show: Handler
    acts: Mapping[str, Handler] = field(default_factory=dict)
    words: str | None = None
