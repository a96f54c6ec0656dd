"""The ways out, put together for tests: real senders on stand-in servers, or fakes that are handed in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import tests.standins.mail_server as mail_standin
import tests.standins.twilio_server as twilio_standin
from tests.cast import KIM
from tests.store.desk import MONDAY, MORNING_ID, Desk
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Channel, Person
from watchbill.core.wording import Message
from watchbill.core.world import NoticeState, Owe
from watchbill.errors import SendError
from watchbill.post.letters import Letter, Receipt, Sender, Stationery
from watchbill.post.mail import Mailer, MailServer
from watchbill.post.outbox import Lane, Outbox, Run, UnderWay
from watchbill.post.outcomes import Outcomes
from watchbill.post.review import Lookup, Review
from watchbill.post.text import Listed, Progress, TextAccount, Texter
from watchbill.rehearsal import at_once
from watchbill.store import deliveries, notices, owing, people
from watchbill.store.deliveries import DeliveryRecord
from watchbill.store.notices import NoticeRecord

SETTLING = timedelta(seconds=60)
PATIENCE = 0.4
"""Seconds that a sender of these tests waits for an answer."""
FROM = "LCCS watchbill <watchbill@example.org>"
LETTER = Letter(
    delivery=1,
    notice=1,
    key="a notice",
    channel=Channel.EMAIL,
    address=KIM.email,
    name=KIM.name,
    message=Message(
        "LCCS: a text (7K4P)", "LCCS: a subject", ("Kim,", "first.", "second."), footer=("end",)
    ),
    message_id="0123456789abcdef",
    code="7K4P",
    useful_for=timedelta(hours=2),
    urgent=False,
)
TEXT = replace(LETTER, channel=Channel.SMS, address="+14195550101")


def account(server: twilio_standin.TwilioServer, **changes: str) -> TextAccount:
    """Return the account that the stand-in knows."""
    plain = TextAccount(server.account_sid, server.auth_token, server.own_number, "", server.url)
    return replace(plain, **changes)


def texter(given: TextAccount) -> Texter:
    """Return a sender of texts that is soon out of patience."""
    made = Texter(given)
    made._messages()
    made._http._timeout = (PATIENCE, PATIENCE)
    return made


def mail_account(server: mail_standin.MailServer, **changes: Any) -> MailServer:
    """Return how the stand-in is spoken to, by somebody who is soon out of patience."""
    plain = MailServer("127.0.0.1", server.port, "none", "", "", FROM, timeout=PATIENCE)
    return replace(plain, **changes)


@dataclass
class Fake:
    """A sender that keeps letters, and answers with what ``answers`` has in store, then with success."""

    answers: list[Receipt | BaseException] = field(default_factory=list)
    on_send: Callable[[Letter], None] = lambda _letter: None
    letters: list[Letter] = field(default_factory=list)
    closed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, letter: Letter) -> Receipt:
        """Take one letter."""
        with self._lock:
            self.letters.append(letter)
            answer = self.answers.pop(0) if self.answers else None
        self.on_send(letter)
        if isinstance(answer, BaseException):
            raise answer
        return answer or Receipt(f"id-{letter.delivery}", confirmed=letter.channel is Channel.EMAIL)

    def close(self) -> None:
        """Count that the session was ended."""
        self.closed += 1


@dataclass
class Listing:
    """A provider's list of what a fake has taken, however that ended; ``fails``: it does not answer.

    ``meanwhile``: what others do while the provider is being asked.
    """

    sender: Fake
    progress: Progress = Progress.UNDER_WAY
    error: str | None = None
    fails: bool = False
    asked: int = 0
    meanwhile: Callable[[], None] = lambda: None

    def listed_for(self, number: str) -> list[Listed]:
        """Return the texts to a number."""
        self.asked += 1
        self.meanwhile()
        if self.fails:
            raise SendError("no answer")
        return [
            Listed(f"id-{letter.delivery}", letter.message.text, self.progress, self.error)
            for letter in reversed(self.sender.letters)
            if letter.address == number
        ]


def permanent(words: str = "no such number") -> SendError:
    """Return the refusal of a channel that will never reach this person."""
    return SendError(words, permanent=True)


def passing(words: str = "try again later", retry_after: float | None = None) -> SendError:
    """Return a refusal for now."""
    return SendError(words, retry_after=retry_after)


def unknown(words: str = "no answer") -> SendError:
    """Return the error of a letter that may have gone all the same."""
    return SendError(words, outcome_unknown=True)


@dataclass
class Rig:
    """An office whose messages go out; every look and every pass is finished when it returns."""

    desk: Desk
    outbox: Outbox
    review: Review

    def owe(self, key: str = "a-key", to: Person = KIM, **changes: Any) -> None:
        """Owe somebody the first reminder of Monday's morning window, from now on."""
        now = self.desk.clock.now()
        plain = Owe(key, Reason.CHECK_DUE, Step.OPENING, to.id, now, now, window=MORNING_ID)
        with self.desk.store.write() as connection:
            person = people.all_people(connection)[to.id]
            entropy = self.desk.office.entropy
            assert owing.owe(connection, entropy, replace(plain, **changes), person, now)

    def deliver(self) -> None:
        """Send what is due, and what becomes due by that."""
        while started := self.outbox.deliver():
            finish(started)

    def look(self) -> None:
        """Take in what became of messages, and send what is due after that."""
        self.review.look()
        self.deliver()

    def notice(self, key: str = "a-key") -> NoticeRecord:
        """Return a notice as it stands."""
        with self.desk.store.read() as connection:
            return notices.notice_with_key(connection, key)

    def attempts(self, key: str = "a-key") -> list[DeliveryRecord]:
        """Return the attempts of a notice."""
        number = self.notice(key).id
        with self.desk.store.read() as connection:
            return deliveries.deliveries_of(connection, [number])[number]

    def tried(self, key: str = "a-key") -> list[tuple[str, str]]:
        """Return by which channels a notice was tried, and how that ended."""
        return [(str(a.channel), str(a.state)) for a in self.attempts(key)]

    def state(self, key: str = "a-key") -> NoticeState:
        """Return how far a notice has come."""
        return self.notice(key).state

    def rests(self, key: str = "a-key") -> float:
        """Return for how many seconds from now a notice rests."""
        return (self.notice(key).try_at - self.desk.clock.now()).total_seconds()


def finish(started: Iterable[Future[None]]) -> None:
    """Wait for work to end; raise what went wrong in it."""
    done, _ = wait(list(started))
    for future in done:
        future.result()


def rig(
    desk: Desk,
    senders: Mapping[Channel, Callable[[], Sender]],
    *,
    lookup: Lookup | None = None,
    run: Run = at_once,
    workers: int = 1,
    batch: int = 1,
    origin: str | None = "https://watch.example.org",
) -> Rig:
    """Return the ways out of an office at the opening of Monday's morning window."""
    desk.at(f"{MONDAY}T08:30")
    office = desk.office
    outcomes = Outcomes(Stationery(office.policy, office.entropy, origin))
    lanes = {c: Lane(c, session, run, workers, batch) for c, session in senders.items()}
    outbox = Outbox(office.store, outcomes, office.clock, lanes, under_way := UnderWay())
    return Rig(desk, outbox, Review(office.store, outcomes, office.clock, lookup, SETTLING, under_way))


def with_fakes(desk: Desk, sms: Fake, email: Fake, **options: Any) -> Rig:
    """Return a rig that sends through fakes."""
    return rig(desk, {Channel.SMS: lambda: sms, Channel.EMAIL: lambda: email}, **options)


def on_the_wire(
    desk: Desk, twilio: twilio_standin.TwilioServer, mail: mail_standin.MailServer, **options: Any
) -> Rig:
    """Return a rig whose real senders speak to stand-in servers."""
    texts, mails = account(twilio), mail_account(mail)
    senders: dict[Channel, Callable[[], Sender]] = {
        Channel.SMS: lambda: texter(texts),
        Channel.EMAIL: lambda: Mailer(mails, desk.clock),
    }
    return rig(desk, senders, lookup=texter(texts), **options)


def pool_run(pool: ThreadPoolExecutor) -> Run:
    """Return how a lane runs its work in a pool of threads."""
    return pool.submit
