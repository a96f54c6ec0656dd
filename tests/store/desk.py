"""An office with the standing cast at work in it, under a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from tests.cast import CAST, PAGES, POLICY, QUIET, local
from watchbill.acts.check import Receipt, Viewing, record_check
from watchbill.acts.deed import By
from watchbill.acts.duty import Assignment, assign
from watchbill.acts.leave import Done, take_leave
from watchbill.acts.roster import load_roster
from watchbill.core.checks import Way
from watchbill.core.journal import Entry, Words
from watchbill.core.policy import ListedHolidays, Policy
from watchbill.core.roster import DutyKind, LeaveKind, Person
from watchbill.core.windows import State
from watchbill.ledger import Office
from watchbill.rehearsal import PlayedClock, SeededEntropy
from watchbill.store import journal, notices, people, windows
from watchbill.store.engine import Store
from watchbill.store.notices import NoticeRecord
from watchbill.store.tables import metadata
from watchbill.store.windows import WindowRecord
from watchbill.watch import Ticked, Watch

MONDAY = "2026-11-23"
MORNING_ID, AFTERNOON_ID = f"{MONDAY}/weekday-morning", f"{MONDAY}/weekday-afternoon"
SEVEN = f"{MONDAY}T07:00"
WHOLE = replace(POLICY, horizon_days=7)
"""The reading of the standing cast: with a digest each weekday, and Thanksgiving a gap from the start."""
SHORT = replace(QUIET, horizon_days=7, holidays=ListedHolidays({date(2026, 12, 25): "Christmas Day"}))
"""The same with nothing to say by itself, for tests about what is done and about windows."""
OPERATOR = By(None, Way.CLI, account="root")

Dump = dict[str, list[tuple[Any, ...]]]


@dataclass(slots=True)
class Desk:
    """Give an office, its clock, and short ways to do and to see what tests do and see."""

    office: Office
    clock: PlayedClock

    @property
    def store(self) -> Store:
        """The office's store."""
        return self.office.store

    def at(self, text: str) -> None:
        """Set the clock to a local time."""
        self.clock.set(local(text))

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.clock.set(self.clock.now() + timedelta(**span))

    def read_as(self, policy: Policy) -> Desk:
        """Return the same office under another reading of the policy."""
        return Desk(replace(self.office, policy=policy), self.clock)

    def furnish(self) -> None:
        """Load the cast and its pages."""
        load_roster(self.office, OPERATOR, CAST, PAGES)

    def tick(self) -> Ticked:
        """Let a fresh watch tick once: nothing may depend on what one keeps."""
        return Watch(self.office).tick()

    def check(self, who: Person, *pages: str, way: Way = Way.WEB, **viewing: Any) -> Receipt:
        """Record a check by a person, of all pages where none is named."""
        return record_check(self.office, By(who, way), who, Viewing(pages=pages, **viewing))

    def away(self, who: Person, first: str, last: str, kind: LeaveKind = LeaveKind.VACATION) -> Done:
        """Record leave by the person's own hand, in local times."""
        return take_leave(self.office, By(who, Way.SMS), who, kind, local(first), local(last))

    def designate(
        self, by: Person, who: Person, first: str, last: str, kind: DutyKind = DutyKind.DESIGNATION
    ) -> Done:
        """Give a duty, in local times."""
        what = Assignment(kind, local(first), local(last))
        return assign(self.office, By(by, Way.WEB), who, what)

    def dump(self) -> Dump:
        """Return every row of every table."""
        with self.store.read() as connection:
            return {
                table.name: sorted(
                    (tuple(row) for row in connection.execute(sa.select(table))), key=repr
                )
                for table in metadata.sorted_tables
            }

    def entries(self) -> list[tuple[Entry, Words | None]]:
        """Return the journal."""
        with self.store.read() as connection:
            return list(journal.entries(connection))

    def last_entry(self) -> tuple[Entry, Words | None]:
        """Return the newest entry of the journal."""
        return self.entries()[-1]

    def kinds(self) -> list[str]:
        """Return what the journal records, in order."""
        return [entry.kind for entry, _ in self.entries()]

    def notices(self) -> list[NoticeRecord]:
        """Return every notice, in the order of being due."""
        with self.store.read() as connection:
            return notices.notices_between(connection, local("2020-01-01"), local("2030-01-01"))

    def keys(self) -> list[str]:
        """Return the key of every notice."""
        return [notice.key for notice in self.notices()]

    def windows(self, first: str = MONDAY, last: str | None = None) -> list[WindowRecord]:
        """Return the windows of local dates."""
        with self.store.read() as connection:
            days = [local(text).date() for text in (f"{first}T12:00", f"{last or first}T12:00")]
            return windows.windows_between(connection, *days)

    def window(self, name: str) -> WindowRecord:
        """Return one window."""
        with self.store.read() as connection:
            (found,) = windows.windows_named(connection, [name])
            return found

    def states(self, first: str = MONDAY, last: str | None = None) -> list[State]:
        """Return the states of the windows of local dates, in the order of opening."""
        return [record.state for record in self.windows(first, last)]

    def person(self, number: int) -> Person:
        """Return a person as the database has them."""
        with self.store.read() as connection:
            return people.all_people(connection)[number]


def desk_on(store: Store, *, at: str = SEVEN, policy: Policy = SHORT) -> Desk:
    """Return an office on a store, with nobody in it yet."""
    clock = PlayedClock(local(at))
    return Desk(Office(store, policy, clock, SeededEntropy(1)), clock)
