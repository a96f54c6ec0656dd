"""What all acts share: who acts, the transaction, and the notices that an act calls for."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from watchbill.acts.words import check_words, require
from watchbill.core.checks import Way
from watchbill.core.coverage import monitor_of
from watchbill.core.instants import local_date
from watchbill.core.journal import PROGRAM, Actor, Entry, Kind
from watchbill.core.parties import may_speak_from
from watchbill.core.reasons import Reason, Step
from watchbill.core.reminders import key
from watchbill.core.roster import Person, Role, Roster
from watchbill.core.windows import occasions
from watchbill.core.world import Owe
from watchbill.errors import RefusedError, UnavailableError
from watchbill.ledger import Office, advance
from watchbill.store import journal, owing, people, windows

__all__ = ["By", "Deed", "check_words", "deed", "note_attempt", "require"]

logger = logging.getLogger(__name__)
AHEAD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, and by which way: a person, or the operator of the server where ``person`` is none.

    ``account`` is the operating-system account of a command line. ``is_program``: nobody who is known
    acts, the program does by itself.
    """

    person: Person | None
    way: Way
    account: str | None = None
    reason: str | None = None
    is_program: bool = False

    @property
    def actor(self) -> Actor:
        """Return the actor as the journal names it."""
        if self.is_program:
            return PROGRAM
        name = "operator" if self.person is None else f"person:{self.person.id}"
        return Actor(name, self.way)

    @property
    def name(self) -> str:
        """Return who acts, for a person to read."""
        return "the operator" if self.person is None else self.person.name

    def may(self, *roles: Role) -> bool:
        """Whether the actor is the operator or an active holder of one of the roles."""
        return self.person is None or (self.person.active and self.person.holds(*roles))

    def words(self, **texts: Any) -> dict[str, Any]:  # noqa: ANN401 - plain values for the journal
        """Return the texts that stand beside the entry, the empty ones left out."""
        own = {"account": self.account, "reason": self.reason}
        return {name: text for name, text in {**own, **texts}.items() if text}


@dataclass(slots=True)
class Deed:
    """An act under way: its transaction, its instant, and the facts as they stand."""

    office: Office
    connection: sa.Connection
    now: datetime
    roster: Roster
    by: By
    before: frozenset[str] = field(default_factory=frozenset)

    def journal(
        self, kind: str, facts: Mapping[str, Any], words: Mapping[str, Any] | None = None
    ) -> Entry:
        """Append the entry of the act."""
        return journal.append(
            self.connection, self.office.entropy, self.now, kind, self.by.actor, facts, words
        )

    def person(self, number: int) -> Person:
        """Return a person who is known to exist."""
        return self.roster.people[number]

    def tell(
        self,
        person: Person,
        reason: Reason,
        step: Step,
        subject: str,
        *,
        duty: int | None = None,
        urgent: bool = False,
        at_once: bool = False,
        about: Mapping[str, object] | None = None,
        useful_until: datetime | None = None,
    ) -> str:
        """Owe a notice to a person within the act; return its key."""
        patient = None if urgent else person
        notice = Owe(
            key=key(reason, subject, step, person.id),
            reason=reason,
            step=step,
            person=person.id,
            due_at=self.now,
            not_before=self.now if at_once else self._may_speak_from(patient, useful_until),
            useful_until=useful_until,
            urgent=urgent,
            about=about or {},
            duty=duty,
        )
        owing.owe(self.connection, self.office.entropy, notice, person, self.now, actor=self.by.actor)
        return notice.key

    def _may_speak_from(self, to: Person | None, useful_until: datetime | None) -> datetime:
        policy = self.office.policy
        today = local_date(self.now, policy.zone)
        ahead = occasions(policy, today, today + AHEAD)
        return may_speak_from(policy, ahead, self.now, to, useful_until)

    def reload(self) -> None:
        """Read the facts again after the act has changed them."""
        self.roster = people.roster_since(self.connection, self.now)

    def uncovered(self) -> tuple[str, ...]:
        """Return the windows of the horizon that nobody covers, as the facts stand, as they open."""
        policy = self.office.policy
        today = local_date(self.now, policy.zone)
        last = today + timedelta(days=policy.horizon_days)
        return tuple(
            window.id
            for window in windows.occasions_between(self.connection, today, last)
            if window.closes_at > self.now and monitor_of(policy, self.roster, window) is None
        )

    def opened(self) -> tuple[str, ...]:
        """Return the windows that this act has left without a monitor, in the order of opening."""
        self.reload()
        return tuple(window for window in self.uncovered() if window not in self.before)


@contextmanager
def deed(office: Office, by: By, kind: Kind, *, watch_cover: bool = False) -> Iterator[Deed]:
    """Open the transaction of an act, with the record brought to the present first.

    ``kind``: what the journal will record. An act that the rules refuse changes nothing, but that it
    was tried is in the journal. ``watch_cover``: note what is uncovered before, so that
    ``Deed.opened`` can tell the difference.
    """
    check_words(by.reason, "--reason")
    try:
        with office.write() as connection:
            now = office.clock.now()
            advance(office, connection, now)
            roster = people.roster_since(connection, now)
            act = Deed(office, connection, now, roster, by)
            if watch_cover:
                act.before = frozenset(act.uncovered())
            yield act
            if windows.watch_record(connection) is None:
                advance(office, connection, now)
    except RefusedError as error:
        note_attempt(office, by, kind, error.message)
        raise


def note_attempt(office: Office, by: By, kind: str, refusal: str) -> None:
    """Keep in the journal that an act was tried and refused; the refusal itself comes first.

    Where the record cannot be written, the log says so, and the person hears why they were refused.
    """
    try:
        with office.write() as connection:
            now = office.clock.now()
            facts, words = {"act": kind}, by.words(refusal=refusal)
            journal.append(connection, office.entropy, now, Kind.ACT_REFUSED, by.actor, facts, words)
    except UnavailableError as error:
        logger.error("a refused act is not in the journal: %s", error.message)
