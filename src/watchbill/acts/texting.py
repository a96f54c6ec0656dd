"""Acting on what people text (DOMAIN §6): each text once, an act only with a code that we sent.

A sender's number can be forged; the code of a text that went to that number cannot. Everything that a
text calls for (the act, its answer, that the text was taken) is one transaction. The words of a text
are not kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from watchbill.acts.deed import By, note_attempt
from watchbill.acts.said import confirm_words, perform, reply_words
from watchbill.acts.said_duties import duty_meant
from watchbill.acts.saying import Answer, Said
from watchbill.core.checks import Way
from watchbill.core.codes import ALPHABET, AN_HOUR, DIGITS, LENGTH, locked_until
from watchbill.core.commands import Carrier, Command, Verb, carrier_word, codes_in, read
from watchbill.core.instants import clock_words, day_end, day_start, local_date
from watchbill.core.journal import Actor, Kind
from watchbill.core.parties import may_speak_from, recipients
from watchbill.core.reasons import Party, Reason, Step
from watchbill.core.reminders import key
from watchbill.core.roster import Channel, Person
from watchbill.core.segments import transliterate
from watchbill.core.world import Owe
from watchbill.errors import RefusedError
from watchbill.ledger import Office, advance
from watchbill.store import inbound, journal, notices, owing, people, reach, windows
from watchbill.store.columns import Heard
from watchbill.store.inbound import Received
from watchbill.store.notices import NoticeRecord

CODES_KNOWN = timedelta(days=90)
CODES_GOOD = timedelta(days=14)
MOST_NOT_UNDERSTOOD = 3
MOST_ANSWERS = 40
MOST_STRANGERS = 20
A_DAY = timedelta(days=1)
ANSWER_USEFUL = timedelta(hours=12)
OPTION = re.compile(r"^--[a-z]+: ")
"""How a refusal names the field of a command line; nobody who texts has one."""
QUESTIONS = (Verb.WHO, Verb.HELP)


@dataclass(frozen=True, slots=True)
class Courtesy:
    """What an unknown number is told, once a day; to be sent by whoever has a way to."""

    number: str
    text: str


def hear(office: Office, received: Received) -> Courtesy | None:
    """Act on one text, once however often it is handed over; return what a stranger is to be told.

    Raises ``UnavailableError`` where the record cannot be written: then nothing has happened.
    """
    with office.store.write() as connection:
        now = office.clock.now()
        advance(office, connection, now)
        if not inbound.take(connection, received, now):
            return None
        within = replace(office, within=connection)
        person = _sender(connection, received.sender)
        if person is None:
            return _stranger(office, connection, received, now)
        _Conversation(within, connection, received, person, now).go()
        return None


def _sender(connection: sa.Connection, number: str) -> Person | None:
    everybody = people.all_people(connection).values()
    return next((p for p in everybody if p.active and p.mobile == number), None)


def _stranger(
    office: Office, connection: sa.Connection, received: Received, now: datetime
) -> Courtesy | None:
    """Return the contact lines for a number that is nobody's; carriers answer their own words."""
    if carrier_word(received.words) is not None:
        return None
    if not inbound.greet_stranger(connection, received.sender, now, rest=A_DAY, most=MOST_STRANGERS):
        return None
    agency = office.policy.agency
    text = f"{agency.short_name}: nobody reads this number. {' '.join(agency.contact_lines)}"
    return Courtesy(received.sender, transliterate(text)[:320])


@dataclass(frozen=True, slots=True)
class _Code:
    """The notice whose code a text carries, and whether the code is still good."""

    notice: NoticeRecord
    good: bool


@dataclass(frozen=True, slots=True)
class _Conversation:
    """One text of one known person, within its transaction."""

    office: Office
    connection: sa.Connection
    received: Received
    person: Person
    now: datetime

    @property
    def _by(self) -> By:
        return By(self.person, Way.SMS)

    def go(self) -> None:
        """Find out what the text is, and do it."""
        carrier = carrier_word(self.received.words)
        if carrier is not None:
            self._carrier(carrier)
            return
        today = local_date(self._said_at, self.office.policy.zone)
        command = read(self.received.words, today, self._pages())
        given = self._code(command)
        alone = self._lone_code()
        if command is None and alone is None:
            self._not_understood()
        elif command is not None and command.verb in QUESTIONS:
            self._ask(command)
        elif self._locked_until() is not None:
            self._refuse(Heard.REFUSED, self._locked_words(), command)
        elif command is None:
            self._by_code_alone(alone or "")
        elif command.code is None:
            self._without_code(command)
        elif given is None:
            self._wrong_code(command)
        elif not given.good:
            self._worn_out(command, given)
        else:
            self._act(command, given)

    @property
    def _said_at(self) -> datetime:
        """Return when the provider received the text; its clock may be ahead of ours."""
        return min(self.received.at, self.now)

    # --- words of the carriers ---------------------------------------------------------------------

    def _carrier(self, word: Carrier) -> None:
        """Keep that texts to this number are stopped, or no longer; carriers answer by themselves."""
        if word is Carrier.HELP:
            self._classify(Heard.LEFT_ALONE)
            return
        stopped = word is Carrier.STOP
        self._classify(Heard.STOPPED if stopped else Heard.STARTED)
        if stopped == (self.person.sms_stopped_at is not None):
            return
        reach.stop_texts(self.connection, self.person.id, self.now if stopped else None)
        kind = Kind.CHANNEL_STOPPED if stopped else Kind.CHANNEL_STARTED
        self._journal(kind, {"person": self.person.id, "channel": Channel.SMS})

    # --- codes -------------------------------------------------------------------------------------

    def _code(self, command: Command | None) -> _Code | None:
        """Return what is known of the code in a command: only one of a text to this number counts."""
        return None if command is None or command.code is None else self._known(command.code)

    def _known(self, code: str) -> _Code | None:
        since = self.now - CODES_KNOWN
        notice = notices.texted_with_code(self.connection, code, self.received.sender, since)
        if notice is None or notice.person != self.person.id:
            return None
        good_until = notice.created_at + CODES_GOOD
        if notice.window is not None and notice.reason is Reason.CHECK_DUE:
            (record,) = windows.windows_named(self.connection, [notice.window])
            good_until = day_end(record.occasion.day, self.office.policy.zone)
        return _Code(notice, notice.spent_at is None and self._said_at < good_until)

    def _lone_code(self) -> str | None:
        words = self.received.words.strip(" .,!()'\"").upper()
        looks = len(words) == LENGTH and set(words) <= set(ALPHABET) and bool(set(words) & set(DIGITS))
        return words if looks else None

    def _by_code_alone(self, code: str) -> None:
        """Do what was read back with the code; a code of something else says what can be replied."""
        given = self._known(code)
        if given is None:
            self._wrong_code(None)
            return
        pending = given.notice.about.get("pending")
        command = None if pending is None else read(str(pending), self._asked_on(given), self._pages())
        if command is None or not given.good:
            self._not_understood()
            return
        today = local_date(self._said_at, self.office.policy.zone)
        if command.days is not None and command.days.last < today:  # read back before midnight
            self._worn_out(command, given)
            return
        self._act(replace(command, code=code), given)

    def _asked_on(self, given: _Code) -> date:
        return local_date(given.notice.created_at, self.office.policy.zone)

    def _pages(self) -> list[str]:
        return [page.key for page in people.all_pages(self.connection) if page.active_at(self.now)]

    def _wrong_code(self, command: Command | None) -> None:
        self._refuse(
            Heard.WRONG_CODE,
            "that code is not of a text that we sent to this number; nothing was done. "
            "Reply with the code of our latest text.",
            command,
        )
        if self._locked_until() is not None:
            self._lock()

    def _wrong_times(self) -> list[datetime]:
        since = self.now - 2 * AN_HOUR
        return inbound.times_of(self.connection, self.person.id, Heard.WRONG_CODE, since)

    def _locked_until(self) -> datetime | None:
        """Return until when the acts of this number are locked: an hour after five wrong codes in one."""
        return locked_until(self._wrong_times(), self.now)

    def _locked_words(self) -> str:
        until = clock_words(self._locked_until() or self.now, self.office.policy.zone)
        return f"too many wrong codes: texts from this number do nothing until {until}. Use a link, or call."

    def _lock(self) -> None:
        """Tell Information Services that somebody is guessing codes, or has lost the thread."""
        self._journal(Kind.CODES_LOCKED, {"person": self.person.id})
        policy = self.office.policy
        roster = people.roster_since(self.connection, self.now)
        for number in recipients(policy, roster, (Party.INFORMATION_SERVICES,), self.now):
            subject = f"person-{self.person.id}@{self.now:%Y-%m-%dT%H:%MZ}"
            notice = Owe(
                key=key(Reason.CODES_LOCKED, subject, Step.TECHNICAL, number),
                reason=Reason.CODES_LOCKED,
                step=Step.TECHNICAL,
                person=number,
                due_at=self.now,
                not_before=may_speak_from(policy, (), self.now),
                about={"person": self.person.id},
            )
            owing.owe(self.connection, self.office.entropy, notice, roster.people[number], self.now)

    # --- what is answered --------------------------------------------------------------------------

    def _not_understood(self) -> None:
        """Answer with what would have been understood, a few times a day; the words are not kept."""
        codes = codes_in(self.received.words)
        if any(self._known(code) is None for code in codes) and self._locked_until() is None:
            self._classify(Heard.WRONG_CODE)
            if self._locked_until() is not None:
                self._lock()
        else:
            self._classify(Heard.NOT_UNDERSTOOD)
        today = day_start(local_date(self.now, self.office.policy.zone), self.office.policy.zone)
        times = [
            at
            for heard in (Heard.NOT_UNDERSTOOD, Heard.WRONG_CODE)
            for at in inbound.times_of(self.connection, self.person.id, heard, today)
        ]
        if len(times) <= MOST_NOT_UNDERSTOOD:
            keys = " ".join(self._pages()[:3])
            self._answer(
                Answer(
                    f"not understood. You can text DONE, DONE {keys}, WHO, SICK, LEAVE 12/24-12/31, "
                    "BACK, or ? for more."
                )
            )

    def _ask(self, command: Command) -> None:
        self._classify(Heard.QUESTION)
        self._answer(perform(self._said(command, None)))

    def _without_code(self, command: Command) -> None:
        """Read back in full what would be done, with the reply that does it."""
        said = self._said(command, None)
        try:
            words, duty = confirm_words(said), duty_meant(said)
        except RefusedError as error:
            self._refuse(Heard.REFUSED, error.message, command)
            return
        self._classify(Heard.WITHOUT_CODE)
        note_attempt(self.office, self._by, command.verb, "a text without a code")
        reply = reply_words(command, local_date(self._said_at, self.office.policy.zone))
        about = {"pending": reply, "said_at": self._said_at.isoformat()}
        self._answer(Answer(f"{words} To do so, reply: {reply} {{code}}", about, duty))

    def _worn_out(self, command: Command, given: _Code) -> None:
        self._classify(Heard.WORN_OUT_CODE)
        note_attempt(self.office, self._by, command.verb, "a worn-out code")
        reply = reply_words(command, local_date(self._said_at, self.office.policy.zone))
        about = {"pending": reply, "said_at": self._said_at.isoformat()}
        self._answer(
            Answer(
                f"that code is used up or too old; nothing was done. To do it, reply: {reply} {{code}}",
                about,
                given.notice.duty,
            )
        )

    def _refuse(self, heard: Heard, words: str, command: Command | None) -> None:
        self._classify(heard)
        verb = "text" if command is None else str(command.verb)
        note_attempt(self.office, self._by, verb, words)
        self._answer(Answer(OPTION.sub("", words)))

    def _act(self, command: Command, given: _Code) -> None:
        """Do it, and spend the code; what the rules refuse is in the journal already."""
        said = self._said(command, given.notice)
        try:
            with self.connection.begin_nested():
                answer = perform(said)
        except RefusedError as error:
            self._classify(Heard.REFUSED)
            note_attempt(self.office, self._by, command.verb, error.message)
            self._answer(Answer(OPTION.sub("", error.message)))
            return
        self._classify(Heard.ACT)
        if given.notice.reason is not Reason.CHECK_DUE or command.verb is not Verb.DONE:
            notices.update_notice(self.connection, given.notice.id, spent_at=self.now)
        self._answer(answer)

    def _said(self, command: Command, notice: NoticeRecord | None) -> Said:
        return Said(
            self.office,
            self.connection,
            self._by,
            self.person,
            command,
            self._said_at,
            self.now,
            notice,
        )

    def _classify(self, heard: Heard) -> None:
        inbound.classify(self.connection, self.received, self.person.id, heard)

    def _journal(self, kind: Kind, facts: dict[str, object]) -> None:
        actor = Actor(f"person:{self.person.id}", Way.SMS)
        journal.append(self.connection, self.office.entropy, self.now, kind, actor, facts)

    def _answer(self, answer: Answer) -> None:
        """Owe the answer to this text, by text, at whatever hour: the person has just written."""
        if self.person.sms_stopped_at is not None or self._answered_today() >= MOST_ANSWERS:
            return
        notice = Owe(
            key=key(Reason.ANSWER, f"text-{self.received.id}", Step.ANSWER, self.person.id),
            reason=Reason.ANSWER,
            step=Step.ANSWER,
            person=self.person.id,
            due_at=self.now,
            not_before=self.now,
            useful_until=self.now + ANSWER_USEFUL,
            about={"only": Channel.SMS.value, "text": answer.text, **answer.about},
            duty=answer.duty,
        )
        owing.owe(self.connection, self.office.entropy, notice, self.person, self.now)

    def _answered_today(self) -> int:
        since = self.now - A_DAY
        return notices.count_since(self.connection, self.person.id, Reason.ANSWER, since)
