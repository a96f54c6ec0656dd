"""What somebody texted, on its way to what it does, and what it is answered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from watchbill.acts.deed import By
from watchbill.core.commands import Command
from watchbill.core.instants import date_words, local_date
from watchbill.core.roster import Person, Roster
from watchbill.ledger import Office
from watchbill.store import people
from watchbill.store.notices import NoticeRecord

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a text is answered with; ``{code}`` stands for the code of the answer itself."""

    text: str
    about: Mapping[str, object] = field(default_factory=dict)
    duty: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A command that somebody texted, ``at`` by the provider's clock; ``notice``: whose code it has."""

    office: Office
    connection: sa.Connection
    by: By
    person: Person
    command: Command
    at: datetime
    now: datetime
    notice: NoticeRecord | None

    @property
    def roster(self) -> Roster:
        """Return the facts as they stand."""
        return people.roster_since(self.connection, self.now - WEEK)

    def day(self, when: date) -> str:
        """Return a date in full, with its year where that is another than today's."""
        today = local_date(self.now, self.office.policy.zone)
        return date_words(when) if when.year == today.year else f"{date_words(when)}, {when.year}"

    def days(self) -> str:
        """Return the dates of the command, read back in full."""
        days = self.command.days
        if days is None:
            return "for the windows that nobody covers"
        if days.first == days.last:
            return self.day(days.first)
        return f"{self.day(days.first)} to {self.day(days.last)}"
