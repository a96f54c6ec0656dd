"""The real program under a played clock: what `rehearse` shows, and what the simulation adds faults to.

The tick, the store and the delivery code are the ones that run every day; only the clock, chance, the
wires and the people are played. Nothing is sent, and the database it was copied from is not changed.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from watchbill.acts.check import Viewing, record_check
from watchbill.acts.deed import By
from watchbill.acts.texting import hear
from watchbill.core.checks import Way
from watchbill.core.instants import MIDNIGHT, day_end, day_start, iso, local_date
from watchbill.core.policy import Policy
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Channel
from watchbill.core.world import NoticeState
from watchbill.errors import RefusedError, SendError
from watchbill.ledger import Office
from watchbill.post.inbox import InboundSource, Inbox
from watchbill.post.letters import Letter, Receipt, Sender, Stationery
from watchbill.post.outbox import Lane, Outbox, UnderWay
from watchbill.post.outcomes import Outcomes
from watchbill.post.review import Lookup, Review
from watchbill.store import deliveries, journal, notices, people, windows
from watchbill.store.columns import DeliveryState
from watchbill.store.deliveries import DeliveryRecord
from watchbill.store.engine import Store, connect
from watchbill.store.gaps import GAPS
from watchbill.store.inbound import Received
from watchbill.store.tables import metadata
from watchbill.store.triggers import create_all
from watchbill.watch import Watch

SETTLING = timedelta(seconds=60)
HEARTBEAT = timedelta(hours=6)
TAP_AFTER = timedelta(minutes=5)
CHUNK = 500
RECENT = timedelta(days=7)
LEFT_BEHIND = ("deliveries", "links", "forms", "journal_words", "inbound", "strangers")


class PlayedClock:
    """A clock that somebody moves. ``ahead``: by how much it is wrong, below nothing where it is slow."""

    def __init__(self, now: datetime) -> None:
        self.true = now
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the instant that the clock shows."""
        return self.true + self.ahead

    def set(self, now: datetime) -> None:
        """Let it truly be another time, later or earlier."""
        self.true = now


class SeededEntropy:
    """Chance that repeats itself under one seed; never fit for secrets."""

    def __init__(self, seed: int | str) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a rehearsal keeps no secret

    def bits(self, count: int) -> int:
        """Return a non-negative integer of ``count`` bits."""
        return self.random.getrandbits(count)


def at_once(work: Callable[[], None]) -> Future[None]:
    """Run work in this thread, now; return its future, done."""
    future: Future[None] = Future()
    try:
        work()
    except Exception as error:  # noqa: BLE001 - whoever reads the future sees it
        future.set_exception(error)
    else:
        future.set_result(None)
    return future


@dataclass(slots=True)
class Stage:
    """The played time, and what is to happen in it: it outlives a program that dies."""

    clock: PlayedClock
    _events: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0

    def at(self, instant: datetime, event: Callable[[], None]) -> None:
        """Let something truly happen at an instant; of the same instant, in the order of calling."""
        self._count += 1
        heapq.heappush(self._events, (instant, self._count, event))

    def play(self, until: datetime, look: Callable[[], datetime | None]) -> None:
        """Go from event to event until an instant, and ``look`` after each; there once more.

        ``look`` returns when the program wants to look next, by its own clock.
        """
        clock = self.clock
        while clock.true < until:
            wish = look()
            step = min(until, clock.true + HEARTBEAT, until if wish is None else wish - clock.ahead)
            if self._events and self._events[0][0] <= step:
                instant, _, event = heapq.heappop(self._events)
                clock.set(max(instant, clock.true))
                event()
            else:
                clock.set(step)
        look()


@dataclass(slots=True)
class Troupe:
    """The program with its played surroundings, ready to be taken from event to event."""

    office: Office
    stage: Stage
    watch: Watch
    outbox: Outbox
    review: Review
    inbox: Inbox

    def round(self) -> datetime | None:
        """Take in, tick, deliver; return the next instant at which the program wants to look."""
        self.review.look()
        with suppress(SendError):  # a provider that does not answer is asked again at the next look
            self.inbox.look()
        ticked = self.watch.tick(self.inbox.read_until)
        while started := self.outbox.deliver():
            for future in started:
                future.result()
        now = self.stage.clock.now()
        with self.office.store.read() as connection:
            wishes = [ticked.next_at, notices.next_try(connection, now)]
            doubtful = deliveries.in_doubt(connection)
        wishes += [_look_up_at(record, now) for record in doubtful]
        return min((wish for wish in wishes if wish is not None and wish > now), default=None)

    def play(self, until: datetime) -> None:
        """Go from event to event until an instant; there the last look is taken."""
        self.stage.play(until, self.round)


def _look_up_at(record: DeliveryRecord, now: datetime) -> datetime:
    """Return when an attempt in doubt is settled: once listed for sure, or when its claim runs out."""
    settled = record.started_at + SETTLING
    if record.state is DeliveryState.SENDING:
        settled = max(settled, record.lease_until)
    return settled if settled > now else now + SETTLING


def troupe(
    policy: Policy,
    store: Store,
    stage: Stage,
    entropy: SeededEntropy,
    senders: Mapping[Channel, Callable[[], Sender]],
    *,
    lookup: Lookup | None = None,
    source: InboundSource | None = None,
    origin: str | None = "https://watch.example.org",
    replies: bool = False,
) -> Troupe:
    """Return the program on a store, with the given played time, chance and senders.

    ``replies``: whether messages say how to answer, although there is no ``source`` of answers.
    """
    clock = stage.clock
    office = Office(store, policy, clock, entropy)
    stationery = Stationery(policy, entropy, origin, replies=replies or source is not None)
    outcomes, under_way = Outcomes(stationery), UnderWay()
    lanes = {
        channel: Lane(channel, session, at_once, workers=1, batch=1)
        for channel, session in senders.items()
    }
    return Troupe(
        office=office,
        stage=stage,
        watch=Watch(office),
        outbox=Outbox(store, outcomes, clock, lanes, under_way),
        review=Review(store, outcomes, clock, lookup, SETTLING, under_way),
        inbox=Inbox(store, clock, source, lambda received: _hear(office, received)),
    )


def _hear(office: Office, received: Received) -> None:
    """Act on a text; a stranger's answer stays unsaid, for nobody of the play is one."""
    hear(office, received)


def empty_store(around_commit: Callable[[str], None] | None = None) -> Store:
    """Return a store in memory with the declared tables and nothing in them."""
    store = connect("sqlite://", around_commit)
    with store.engine.begin() as connection:
        create_all(connection)
    return store


@dataclass(frozen=True, slots=True)
class Told:
    """One message of a rehearsal."""

    at: datetime
    person: int
    name: str
    email: str
    letter: Letter
    reason: Reason
    step: Step
    window: str | None

    def as_json(self) -> dict[str, object]:
        """Return the message as plain values."""
        return {
            "at": iso(self.at),
            "person": self.email,
            "channel": self.letter.channel,
            "reason": self.reason,
            "step": self.step,
            "window": self.window,
            "text": self.text,
        }

    @property
    def text(self) -> str:
        """Return what would be said, as whoever rehearses may read it: *sick* is shown as *away*."""
        by_mail = self.letter.channel is Channel.EMAIL
        said = self.letter.message.subject if by_mail else self.letter.message.text
        return said.replace(" is sick.", " is away.")


@dataclass(slots=True)
class Scene:
    """A rehearsal under way: writes down what would be said, and lets people react to it."""

    store: Store
    clock: PlayedClock
    told: list[Told] = field(default_factory=list)
    react: Callable[[Told], None] | None = None

    def send(self, letter: Letter) -> Receipt:
        """Write one letter down."""
        with self.store.read() as connection:
            notice = notices.notice_with_id(connection, letter.notice)
            person = people.all_people(connection)[notice.person]
        told = Told(
            self.clock.now(),
            person.id,
            person.name,
            person.email,
            letter,
            notice.reason,
            notice.step,
            notice.window,
        )
        self.told.append(told)
        if self.react is not None:
            self.react(told)
        return Receipt(confirmed=True)

    def close(self) -> None:
        """Do nothing."""


def rehearse(
    office: Office,
    first: date,
    last: date,
    *,
    done: bool,
    origin: str | None = None,
    replies: bool = False,
    progress: Callable[[float], None] | None = None,
) -> list[Told]:
    """Play from now through the local date ``last``; return what would be said from ``first`` on.

    ``done``: whoever is reminded views the pages five minutes later; else nobody reacts. ``origin``:
    where links begin, ``None`` for messages without links. ``replies``: whether people can answer by text.
    """
    policy = office.policy
    now = office.clock.now()
    store = empty_store()
    copy(office.store, store, local_date(now, policy.zone))
    clock, entropy = PlayedClock(now), SeededEntropy(0)
    scene = Scene(store, clock)
    senders = {channel: lambda: scene for channel in Channel}
    company = troupe(policy, store, Stage(clock), entropy, senders, origin=origin, replies=replies)
    if done:
        scene.react = lambda told: _react(company, told)
    until = day_end(last, policy.zone)
    while clock.now() < until:
        company.play(min(until, clock.now() + timedelta(days=1)))
        if progress is not None:
            progress((clock.now() - now) / (until - now))
    store.close()
    begins = day_start(first, policy.zone)
    return [told for told in scene.told if begins <= told.at < until]


def _react(company: Troupe, told: Told) -> None:
    if told.reason is not Reason.CHECK_DUE:
        return

    def tap() -> None:
        with company.office.store.read() as connection:
            person = people.all_people(connection)[told.person]
        try:
            record_check(company.office, By(person, Way.LINK), person, Viewing())
        except RefusedError:
            return

    stage = company.stage
    stage.at(stage.clock.true + TAP_AFTER, tap)


def copy(source: Store, target: Store, today: date) -> None:
    """Copy what the coming days depend on into a store in memory; the history stays behind."""
    with source.read() as there, target.engine.connect() as here:
        raw = here.connection.driver_connection
        if raw is not None:  # before a transaction begins: within one, the pragma does nothing
            raw.execute("PRAGMA foreign_keys=OFF")
        for table in metadata.sorted_tables:
            rows = there.execute(_needed(table, today)).mappings()
            while chunk := rows.fetchmany(CHUNK):
                here.execute(table.insert(), [dict(row) for row in chunk])
        here.commit()


def _needed(table: sa.Table, today: date) -> sa.Select[Any]:
    columns = table.c
    if table is journal.JOURNAL:
        return sa.select(table).order_by(columns.number.desc()).limit(1)
    if table.name in LEFT_BEHIND:
        return sa.select(table).where(sa.false())
    chosen: sa.ColumnElement[bool] = sa.true()
    if table in (windows.WINDOWS, windows.CHECKS):
        chosen = columns.date >= today
    elif table is notices.NOTICES:
        chosen = sa.and_(*_recent(today))
    elif table is notices.NOTICE_GAPS:
        chosen = columns.notice_id.in_(sa.select(notices.NOTICES.c.id).where(*_recent(today)))
    elif table.name in ("check_pages", "findings"):
        chosen = columns.check_number.in_(
            sa.select(windows.CHECKS.c.number).where(windows.CHECKS.c.date >= today)
        )
    return sa.select(table).where(chosen)


def _recent(today: date) -> tuple[sa.ColumnElement[bool], ...]:
    """Return which notices a rehearsal goes on from: the recent ones, and those about gaps that go on."""
    found = notices.NOTICES.c
    going_on = (
        sa.select(notices.NOTICE_GAPS.c.notice_id)
        .join(GAPS, GAPS.c.id == notices.NOTICE_GAPS.c.gap_id)
        .where(GAPS.c.ended_at.is_(None))
    )
    recent = found.due_at > datetime.combine(today, MIDNIGHT, UTC) - RECENT
    done = (NoticeState.SENDING, NoticeState.UNKNOWN)
    return (sa.or_(recent, found.id.in_(going_on)), found.state.not_in(done))
