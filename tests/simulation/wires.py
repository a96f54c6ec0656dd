"""The played provider of texts and the played mail server: both keep what they were handed."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.faults import Doom, Outages
from watchbill.core.roster import Channel
from watchbill.errors import SendError
from watchbill.post.letters import Letter, Receipt
from watchbill.post.text import Listed, Progress
from watchbill.rehearsal import PlayedClock
from watchbill.store.inbound import Received

LISTED_WITHIN_SECONDS = 45
CONFIRMED_WITHIN = timedelta(minutes=5)
BREATH = timedelta(seconds=1)
AGAIN = timedelta(seconds=20)
LISTED_FOR = timedelta(days=2)


@dataclass(slots=True)
class Sent:
    """One message that a service has accepted, truly at ``at``; ``shown_at`` by the program's clock.

    ``answered``: the sender was told that it was accepted.
    """

    letter: Letter
    at: datetime
    shown_at: datetime
    id: str
    answered: bool = True
    listed_from: datetime | None = None
    decided_at: datetime | None = None
    progress: Progress = Progress.UNDER_WAY

    def seen_at(self, now: datetime) -> Listed:
        """Return the message as it is listed at an instant."""
        known = self.decided_at is not None and now >= self.decided_at
        progress = self.progress if known else Progress.UNDER_WAY
        error = "30003 unreachable handset" if progress is Progress.FAILED else None
        return Listed(self.id, self.letter.message.text, progress, error)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One text that somebody sent to the agency, truly received at ``received.at``."""

    received: Received
    listed_from: datetime


@dataclass(slots=True)
class Wire:
    """What both services share: faults by seeded chance, and a record of everything accepted.

    ``prompt``: a text is listed as soon as it is created.
    """

    channel: Channel
    clock: PlayedClock
    dice: random.Random
    doom: Doom
    outages: Outages
    wake: Callable[[datetime], None]
    told: Callable[[Letter], None]
    faulty: bool
    prompt: bool
    accepted: list[Sent] = field(default_factory=list)
    by_notice: dict[int, list[Sent]] = field(default_factory=lambda: defaultdict(list))
    refused: set[int] = field(default_factory=set)

    def accept(self, letter: Letter, *, answered: bool = True) -> Sent:
        """Take a message over, and let its reader hear of it."""
        sent = Sent(
            letter,
            self.clock.true,
            self.clock.now(),
            f"{self.channel}-{len(self.accepted)}",
            answered=answered,
        )
        self.accepted.append(sent)
        self.by_notice[letter.notice].append(sent)
        self.told(letter)
        return sent

    def out(self) -> bool:
        """Whether the service is out now."""
        return self.faulty and self.outages.hold(self.clock.true)

    def close(self) -> None:
        """Do nothing: there is no connection."""


@dataclass(slots=True)
class Texts(Wire):
    """A provider of texts, with a delay before a text is listed and news of each delivery.

    ``stopped``: the numbers whose carrier lets nothing of ours through; ``ever_stopped`` since the start.
    ``sent_to``: the codes that went to each number, and when the first text with each did.
    """

    sent_to: dict[str, dict[str, datetime]] = field(default_factory=lambda: defaultdict(dict))
    incoming: list[Incoming] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)
    ever_stopped: set[str] = field(default_factory=set)
    _asked_again_at: datetime | None = None

    def take_in(self, number: str, words: str) -> Received:
        """Receive what somebody texts; it is listed after a while, which may be after a later one."""
        carrier = words.strip(" .!").upper()
        if carrier == "STOP":
            self.stopped.add(number)
            self.ever_stopped.add(number)
        elif carrier in ("START", "UNSTOP"):
            self.stopped.discard(number)
        at = self.clock.true.replace(microsecond=0)
        received = Received(f"in-{len(self.incoming)}", number, words, at)
        lag = self.dice.choice((0, 2, 15, 45, 400)) if self.faulty else 0
        listed_from = self.clock.true + timedelta(seconds=lag)
        self.incoming.append(Incoming(received, listed_from))
        self.wake(listed_from)
        return received

    def received(self, since: datetime) -> Iterator[Received]:
        """Yield what people texted and is listed by now, newest first, the same at every look."""
        now = self.clock.true
        if self.faulty and (self.out() or self.dice.random() < 0.03):
            self._let_ask_again(now)
            raise SendError("text service: 503")
        for one in reversed(self.incoming):
            if one.received.at < now - LISTED_FOR:
                return
            if one.listed_from <= now:
                yield one.received

    def _let_ask_again(self, now: datetime) -> None:
        """Let the program look again soon after it got no answer, as it does of itself every few seconds."""
        if self._asked_again_at is None or self._asked_again_at <= now:
            self._asked_again_at = (self.outages.end_of(now) or now) + AGAIN
            self.wake(self._asked_again_at)

    def send(self, letter: Letter) -> Receipt:
        """Create a text, or refuse it, or create it and lose the answer."""
        self.doom.around_message()
        if letter.address in self.stopped:
            self.refused.add(letter.notice)
            raise SendError("text service: 21610 stopped", permanent=True, opted_out=True)
        if not self.faulty:
            return Receipt(provider_id=self._create(letter).id, confirmed=True)
        if self.out():
            raise SendError("text service: 503", outcome_unknown=self.dice.random() < 0.5)
        roll = self.dice.random()
        if roll < 0.03:
            self.refused.add(letter.notice)
            raise SendError("text service: 21211 invalid number", permanent=True)
        if roll < 0.08:
            raise SendError("text service: 20429 too many", retry_after=self.dice.choice((None, 40.0)))
        if roll < 0.11:
            raise SendError("text service: timed out", outcome_unknown=True)
        lost = roll < 0.15
        sent = self._create(letter, answered=not lost)
        self._let_travel(sent)
        if lost:
            raise SendError("text service: answer lost", outcome_unknown=True)
        self.doom.around_message()
        return Receipt(provider_id=sent.id)

    def _create(self, letter: Letter, *, answered: bool = True) -> Sent:
        self.sent_to[letter.address].setdefault(letter.code, self.clock.true)
        return self.accept(letter, answered=answered)

    def _let_travel(self, sent: Sent) -> None:
        lag = 0 if self.prompt else self.dice.uniform(0, LISTED_WITHIN_SECONDS)
        sent.listed_from = sent.at + timedelta(seconds=lag)
        sent.progress = Progress.DELIVERED
        delay = timedelta(seconds=self.dice.uniform(2, 90))
        roll = self.dice.random()
        if roll < 0.06:
            sent.progress = Progress.UNDER_WAY
        elif roll < 0.14:
            sent.progress = Progress.FAILED
        elif roll < 0.20:
            delay = timedelta(minutes=self.dice.uniform(4, 20))
        sent.decided_at = sent.at + delay
        self.wake(max(sent.decided_at, sent.listed_from) + BREATH)
        soon_known = sent.decided_at < sent.at + CONFIRMED_WITHIN
        if sent.letter.urgent and not (soon_known and sent.progress is Progress.DELIVERED):
            self.wake(sent.at + CONFIRMED_WITHIN + BREATH)

    def listed_for(self, number: str) -> Iterator[Listed]:
        """Yield the texts to a number that are listed by now, newest first."""
        now = self.clock.true
        if self.out():
            raise SendError("text service: 503")
        for sent in reversed(self.accepted):
            if sent.letter.address == number and sent.listed_from is not None:
                if sent.at < now - timedelta(days=3):
                    return
                if sent.listed_from <= now:
                    yield sent.seen_at(now)


class Mail(Wire):
    """A mail server that now and then defers, refuses, or breaks off after it has taken a mail."""

    def send(self, letter: Letter) -> Receipt:
        """Take a mail over, or not, or take it and break off before saying so."""
        self.doom.around_message()
        if self.out():
            raise SendError("mail server: connection refused")
        roll = self.dice.random() if self.faulty else 1.0
        if roll < 0.02:
            self.refused.add(letter.notice)
            raise SendError("mail server: 550 no such user", permanent=True)
        if roll < 0.08:
            raise SendError("mail server: 451 try again later")
        if roll < 0.12:
            self.accept(letter, answered=False)
            raise SendError("mail server: connection broke after DATA")
        self.accept(letter)
        self.doom.around_message()
        return Receipt(provider_id=letter.message_id, confirmed=True)
