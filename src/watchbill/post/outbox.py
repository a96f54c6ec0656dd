"""Sending what is owed: claim, send, outcome, each committed; what is in doubt is looked up first.

Each channel has a lane of its own with several workers, so that a slow server holds up nobody else.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from watchbill.clock import Clock, monotonic
from watchbill.core.channels import LONGEST_REST, ways
from watchbill.core.roster import Channel, Roster
from watchbill.errors import SendError, UnavailableError, WatchbillError
from watchbill.post.letters import Letter, Sender, useful_for, write
from watchbill.post.outcomes import Outcome, Outcomes
from watchbill.store import deliveries, notices, people
from watchbill.store.engine import Store
from watchbill.store.notices import NoticeRecord
from watchbill.store.reach import address_of

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=120)
WORKERS = 16
HELD_UP = LEASE.total_seconds() / 2


class UnderWay:
    """The attempts that this process has claimed and not yet settled; safe to use from several threads.

    Their leases are for others: however the clock steps, this process knows that they are its own.
    """

    def __init__(self) -> None:
        self._deliveries: set[int] = set()
        self._guard = threading.Lock()

    def add(self, deliveries: Iterable[int]) -> None:
        """Note attempts that were claimed just now."""
        with self._guard:
            self._deliveries.update(deliveries)

    def settled(self, deliveries: Iterable[int]) -> None:
        """Forget attempts whose outcome is on record."""
        with self._guard:
            self._deliveries.difference_update(deliveries)

    def __contains__(self, delivery: int) -> bool:
        """Whether this process has the attempt in hand."""
        with self._guard:
            return delivery in self._deliveries


Run = Callable[[Callable[[], None]], "Future[None]"]


@dataclass(frozen=True, slots=True)
class Lane:
    """One channel: how to open a session, how many at once, and how to run them."""

    channel: Channel
    session: Callable[[], Sender]
    run: Run
    workers: int = WORKERS
    batch: int = 1


@dataclass(slots=True)
class Outbox:
    """The one place that sends. Safe to use from several threads, and beside other processes."""

    store: Store
    outcomes: Outcomes
    clock: Clock
    lanes: Mapping[Channel, Lane]
    under_way: UnderWay
    _outcomes: list[Outcome] = field(default_factory=list)
    _recording: threading.Lock = field(default_factory=threading.Lock)
    _buffer: threading.Lock = field(default_factory=threading.Lock)
    _busy: dict[Channel, int] = field(default_factory=dict)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def deliver(self) -> list[Future[None]]:
        """Start sending what is due; return the futures of the work that this call has started.

        Returns at once. A lane that is fully occupied takes up the rest by itself.
        """
        self._flush()
        now = self.clock.now()
        with self.store.read() as connection:
            waiting = notices.count_due(connection, now)
        started: list[Future[None]] = []
        for channel, lane in self.lanes.items():
            started += self._start(lane, waiting.get(channel, 0))
        return started

    def stop(self) -> None:
        """Claim nothing more; what is on the wire is finished, what is only claimed is given back."""
        self._stopped.set()

    def _start(self, lane: Lane, waiting: int) -> list[Future[None]]:
        with self._buffer:
            free = lane.workers - self._busy.get(lane.channel, 0)
            count = min(free, waiting)
            self._busy[lane.channel] = self._busy.get(lane.channel, 0) + count
        batch = max(1, min(lane.batch, waiting // max(lane.workers, 1)))
        return [lane.run(lambda: self._work(lane, batch)) for _ in range(count)]

    def _work(self, lane: Lane, batch: int) -> None:
        """Claim and send until nothing is due; one failing letter stops no other."""
        tried: set[int] = set()
        sender: Sender | None = None
        try:
            sender = lane.session()
            while not self._stopped.is_set() and (letters := self._claim(lane.channel, batch, tried)):
                claimed = monotonic()
                for letter in letters:
                    give_back = self._stopped.is_set() or monotonic() - claimed > HELD_UP
                    self._keep(self._put_off(letter) if give_back else self._send(sender, letter))
                    self._flush()
        except WatchbillError as error:
            logger.error("sending stopped, it goes on with the next look: %s", error.message)
        finally:
            with self._buffer:
                self._busy[lane.channel] -= 1
            if sender is not None:
                sender.close()

    def _send(self, sender: Sender, letter: Letter) -> Outcome:
        try:
            receipt = sender.send(letter)
        except SendError as error:
            logger.warning("notice %d by %s: %s", letter.notice, letter.channel, error.message)
            return Outcome(letter, self.clock.now(), error=error)
        except Exception as error:  # noqa: BLE001 - one letter that cannot be sent stops no other
            kind = type(error).__name__
            logger.error("notice %d by %s: unexpected %s", letter.notice, letter.channel, kind)
            unknown = SendError(f"unexpected {kind}", outcome_unknown=True)
            return Outcome(letter, self.clock.now(), error=unknown)
        return Outcome(letter, self.clock.now(), receipt=receipt)

    def _put_off(self, letter: Letter) -> Outcome:
        """Give a claimed letter back: those before it took too long, or the program is stopping."""
        error = SendError("given back unsent")
        return Outcome(letter, self.clock.now(), error=error)

    def _claim(self, channel: Channel, limit: int, tried: set[int]) -> list[Letter]:
        """Put attempts on record and return their letters; committed before anything is sent."""
        with self.store.write() as connection:
            now = self.clock.now()
            found = notices.due(connection, channel, now, limit, tried)
            if not found:
                return []
            roster = people.roster_since(connection, now - timedelta(days=2))
            tried.update(notice.id for notice in found)
            prepared = [self._prepare(connection, notice, roster, now) for notice in found]
        letters = [letter for letter in prepared if letter is not None]
        self.under_way.add(letter.delivery for letter in letters)
        return letters

    def _prepare(
        self, connection: sa.Connection, notice: NoticeRecord, roster: Roster, now: datetime
    ) -> Letter | None:
        """Return the letter of a notice; one that cannot be written rests, and stops no other."""
        try:
            with connection.begin_nested():
                return self._letter(connection, notice, roster, now)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            logger.error("notice %d cannot be written: %s: %s", notice.id, type(error).__name__, error)
            notices.update_notice(connection, notice.id, try_at=now + LONGEST_REST)
            return None

    def _letter(
        self, connection: sa.Connection, notice: NoticeRecord, roster: Roster, now: datetime
    ) -> Letter | None:
        person = roster.people[notice.person]
        address = address_of(person, notice.channel)
        if address is None or notice.channel not in ways(person, notice.about):
            self.outcomes.redirect(connection, notice, person, now)
            return None
        message = write(self.outcomes.stationery, connection, notice, roster, now)
        delivery = deliveries.begin_delivery(connection, notice, notice.channel, address, now, LEASE)
        return Letter(
            delivery=delivery,
            notice=notice.id,
            key=notice.key,
            channel=notice.channel,
            address=address,
            name=person.name,
            message=message,
            message_id=notice.message_id,
            code=notice.code,
            useful_for=useful_for(notice, now),
            urgent=notice.urgent,
        )

    def _keep(self, outcome: Outcome) -> None:
        with self._buffer:
            self._outcomes.append(outcome)

    def _flush(self) -> None:
        """Record the outcomes that are known; those that end during a commit share the next one.

        What cannot be written now is kept, and written at the next look.
        """
        with self._recording:
            with self._buffer:
                taken, self._outcomes = self._outcomes, []
            if not taken:
                return
            try:
                with self.store.write() as connection:
                    for one in taken:
                        self.outcomes.record(connection, one)
            except UnavailableError as error:
                logger.error("%d outcomes wait to be recorded: %s", len(taken), error.message)
                with self._buffer:
                    self._outcomes[:0] = taken
                return
            except Exception:
                self._settled(taken)  # the lease runs out, and the review takes it up
                raise
            self._settled(taken)

    def _settled(self, outcomes: Iterable[Outcome]) -> None:
        self.under_way.settled(outcome.letter.delivery for outcome in outcomes)
