"""Who is asked for which check: what a link in a message and somebody signed in have in common."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import sqlalchemy as sa

from watchbill.acts.deed import By
from watchbill.core.checks import Check, Day, Tally
from watchbill.core.policy import Policy
from watchbill.core.roster import Page, Person, Roster
from watchbill.core.windows import State
from watchbill.ledger import Office, pages_of, state_at, tally_day
from watchbill.store import people, windows
from watchbill.store.windows import WindowRecord

TRIAL = sys.maxsize
"""The number of a check that is only thought of: it comes after every other."""


class Caller(Protocol):
    """Somebody who asks for a page, by whichever way, and the transaction that it is answered in."""

    @property
    def office(self) -> Office:
        """Return the office."""
        ...  # pragma: no cover

    @property
    def connection(self) -> sa.Connection:
        """Return the transaction."""
        ...  # pragma: no cover

    @property
    def person(self) -> Person:
        """Return who it is."""
        ...  # pragma: no cover

    @property
    def now(self) -> datetime:
        """Return the instant of the request."""
        ...  # pragma: no cover

    @property
    def policy(self) -> Policy:
        """Return the agency's reading."""
        ...  # pragma: no cover

    @property
    def by(self) -> By:
        """Return who acts, and by which way."""
        ...  # pragma: no cover

    @property
    def more(self) -> bool:
        """Return whether the form for what was found is wanted, although the check is on record."""
        ...  # pragma: no cover

    def roster(self) -> Roster:
        """Return the facts as they stand."""
        ...  # pragma: no cover


@dataclass(frozen=True, slots=True)
class Checking:
    """Somebody who is asked for the check of a window; ``good_until``: the end of a link, for a person."""

    caller: Caller
    record: WindowRecord
    good_until: str | None = None

    @property
    def done(self) -> bool:
        """Whether nothing is asked any more."""
        return state_at(self.record, self.caller.now) is State.COMPLETED

    @property
    def pages(self) -> list[Page]:
        """Return the pages of the window: those active at its opening."""
        everything = people.all_pages(self.caller.connection)
        keys = pages_of(self.record, everything)
        return [page for page in everything if page.key in keys]

    def tallied(self, *, with_one_now: bool = False) -> Day:
        """Return what checks have made of the window's day, or would with one of all its pages now."""
        if not with_one_now:
            return tallied(self.caller, self.record.occasion.day)
        now, pages = self.caller.now, frozenset(page.key for page in self.pages)
        trial = Check(TRIAL, self.caller.person.id, now, now, pages)
        return tallied(self.caller, self.record.occasion.day, trial)

    def own(self, day: Day) -> Tally:
        """Return what its window got."""
        return next(t for t in day.tallies if t.window.occasion.id == self.record.occasion.id)


def tallied(caller: Caller, day: date, *beside: Check) -> Day:
    """Return what the checks of a local day, and those ``beside``, make of its windows."""
    records = windows.windows_between(caller.connection, day, day)
    return tally_day(caller.policy, caller.connection, day, records, *beside)
