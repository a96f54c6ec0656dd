"""The tick: gather what is true, decide, apply. Safe at any time, as often as anybody likes.

Called by the bell, the command line and the rehearsal; nothing else decides anything.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from watchbill.core.coverage import spans
from watchbill.core.decide import decide
from watchbill.core.instants import local_date
from watchbill.core.journal import COVERAGE_FACTS
from watchbill.core.roster import Page, Roster
from watchbill.core.windows import State, occasions
from watchbill.core.world import (
    Action,
    Announce,
    Drop,
    Escalate,
    Owe,
    Settle,
    Skip,
    WindowFacts,
    World,
)
from watchbill.errors import WatchbillError
from watchbill.gap_register import look_for_gaps
from watchbill.ledger import (
    CLOCK_WAS_AHEAD,
    STEADY,
    Office,
    advance,
    is_steady,
    settle,
    state_at,
)
from watchbill.store import gaps, journal, notices, owing, people, reach, troubles, windows
from watchbill.store.news import News, news
from watchbill.store.windows import WatchRecord, WindowRecord

logger = logging.getLogger(__name__)
AHEAD_DAYS = 2
TICK_NOTED_EVERY = timedelta(seconds=60)
INSTANT = timedelta(microseconds=1)
ALWAYS = datetime.max.replace(tzinfo=UTC)
"""For whoever has no replies to read: all of them have been read."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did: the steps it applied, and the next instant at which something is due."""

    now: datetime
    steps: tuple[Action, ...]
    next_at: datetime | None
    failed: int = 0
    watching: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """What was read of people and pages, and by which entries these were as they are.

    ``since``: of leave, duties and terms as PIO, what ended by then was not read.
    """

    people: int
    since: datetime
    roster: Roster
    pages: int
    all_pages: tuple[Page, ...]


@dataclass(slots=True)
class Watch:
    """Ticks for one office. Keeps nothing but what it can find out again."""

    office: Office
    _covered_for: tuple[object, ...] = field(default=())
    _soon: frozenset[int] = field(default=frozenset())
    _seen: WatchRecord | None = None
    _kept: Kept | None = None
    _open_again_at: datetime | None = None

    def tick(self, replies_until: datetime | None = ALWAYS) -> Ticked:
        """Bring the record to now, decide, and apply each step in a transaction of its own.

        ``replies_until``: up to when what people answered has been read, ``None`` where it could not
        be; a window that closed later is settled a minute after its closing. A step that fails is
        logged and left for the next tick; it stops no other. Raises ``UnavailableError`` where the
        database cannot be used at all.
        """
        now = self.office.clock.now()
        world = self._gather(now, replies_until)
        decision = decide(self.office.policy, world, now)
        failed = 0
        for step in decision.steps:
            try:
                self._apply(step, world.roster, now)
            except WatchbillError as error:
                logger.error("a step was not applied, it is tried again: %s", error.message)
                failed += 1
        watching = self._note_tick(now, afresh=bool(decision.steps))
        moments = [at for at in (decision.next_at, self._open_again_at) if at is not None]
        return Ticked(now, decision.steps, min(moments, default=None), failed, watching)

    def _advance(self, now: datetime) -> None:
        with self.office.store.write() as connection:
            advance(self.office, connection, now, ticking=True)
            self._attend(connection, now)
            facts, soon = self._look_for_gaps(connection, now)
        # Only once it is on record: what a failed commit has undone is looked for again.
        self._covered_for, self._soon = facts, soon

    def _behind(self, new: News, begun: list[WindowRecord], now: datetime) -> bool:
        relapsed = new.settled_ahead and is_steady(new.watch, now)
        if relapsed or self._facts(new.cover, now) != self._covered_for:
            return True
        return any(
            record.pages is None
            or (record.spans is None and record.occasion.closes_at <= now)
            or (not record.attended and now < record.occasion.closes_at)
            for record in begun
        )

    def _facts(self, latest: int, now: datetime) -> tuple[object, ...]:
        policy = self.office.policy
        return (latest, policy.digest(), local_date(now, policy.zone))

    def _attend(self, connection: sa.Connection, now: datetime) -> None:
        for record in windows.windows_begun(connection, now):
            if not record.attended and now < record.occasion.closes_at:
                windows.update_window(connection, record.occasion.id, attended=True)

    def _look_for_gaps(
        self, connection: sa.Connection, now: datetime
    ) -> tuple[tuple[object, ...], frozenset[int]]:
        """Bring the register of gaps in line with the facts where these have changed.

        Return the facts that it is in line with, and who is soon to be responsible by them.
        """
        facts = self._facts(journal.last_of(connection, COVERAGE_FACTS), now)
        if facts == self._covered_for:
            return facts, self._soon
        look_for_gaps(self.office, connection, now)
        return facts, self._soon_responsible(connection, now)

    def _soon_responsible(self, connection: sa.Connection, now: datetime) -> frozenset[int]:
        """Return who is to be responsible at some time within the days that the health ladder names."""
        policy = self.office.policy
        first = local_date(now, policy.zone)
        last = first + timedelta(days=policy.ladders.health.days_ahead)
        roster = people.roster_since(connection, now - timedelta(days=1))
        ahead = [w for w in occasions(policy, first, last) if w.closes_at > now]
        return frozenset(
            span.person
            for window in ahead
            for span in spans(policy, roster, max(window.opens_at, now), window.closes_at)
            if span.person is not None
        )

    def _gather(self, now: datetime, replies_until: datetime | None) -> World:
        """Bring the record to now, and return what is true.

        In a writing transaction only where there is something to write.
        """
        with self.office.store.read() as connection:
            new = news(connection, now, now + CLOCK_WAS_AHEAD)
            begun = windows.windows_begun(connection, now)
            if not self._behind(new, begun, now):
                return self._world(connection, new, begun, now, replies_until)
        self._advance(now)
        with self.office.store.read() as connection:
            new = news(connection, now, now + CLOCK_WAS_AHEAD)
            begun = windows.windows_begun(connection, now)
            return self._world(connection, new, begun, now, replies_until)

    def _keep(self, connection: sa.Connection, new: News, since: datetime) -> Kept:
        """Return people and pages as they are, read anew only where they have changed."""
        kept = self._kept
        if kept is None or kept.people != new.people or kept.pages != new.pages or since < kept.since:
            roster = people.roster_since(connection, since)
            pages = tuple(people.all_pages(connection))
            self._kept = kept = Kept(new.people, since, roster, new.pages, pages)
        return kept

    def _world(
        self,
        connection: sa.Connection,
        new: News,
        begun: list[WindowRecord],
        now: datetime,
        replies_until: datetime | None,
    ) -> World:
        policy = self.office.policy
        self._seen = watch = new.watch
        self._open_again_at = now + STEADY if new.settled_ahead else None
        since = min([now - INSTANT, *(record.occasion.opens_at for record in begun)])
        kept = self._keep(connection, new, since)
        roster = kept.roster.since(since)
        known_gaps = gaps.gap_facts(connection, now) if new.gaps else ()
        running = [duty.id for duty in roster.duties if duty.ends_at > now]
        ids = [record.occasion.id for record in begun]
        found = notices.known(connection, ids, [gap.id for gap in known_gaps], running, now)
        about = {notice.window for notice in found.values() if notice.window is not None}
        records = [*begun, *windows.windows_named(connection, about - set(ids))]
        soon = [roster.people[number] for number in sorted(self._soon)]
        silent = reach.silent_people(connection, [one for one in soon if one.active], now)
        going_on = troubles.going_on(connection) if new.troubles else ()
        no_page = not any(page.active_at(now) for page in kept.all_pages)
        today = local_date(now, policy.zone)
        ahead = occasions(policy, today, today + timedelta(days=AHEAD_DAYS))
        return World(
            roster=roster,
            windows=tuple(_facts(record, now) for record in records),
            ahead=tuple(window for window in ahead if window.closes_at > now),
            notices=found,
            gaps=known_gaps,
            troubles=going_on,
            silent=silent,
            replies_until=replies_until,
            began_at=None if watch is None else watch.began_at,
            no_page=no_page,
        )

    def _apply(self, step: Action, roster: Roster, now: datetime) -> None:
        with self.office.store.write() as connection:
            if isinstance(step, Owe):
                self._owe(connection, step, roster, now)
            elif isinstance(step, Skip):
                person = roster.people[step.notice.person]
                owing.skip(connection, self.office.entropy, step.notice, person, now, step.why)
            elif isinstance(step, Drop):
                owing.drop(connection, self.office.entropy, step.key, step.state, step.why, now)
            elif isinstance(step, Settle):
                self._settle(connection, step, roster, now)
            elif isinstance(step, Announce):
                self._announce(connection, step, roster, now)
            elif isinstance(step, Escalate) and notices.mark_failure_told(connection, step.failed):
                for notice in step.notices:
                    self._owe(connection, notice, roster, now)

    def _announce(
        self, connection: sa.Connection, step: Announce, roster: Roster, now: datetime
    ) -> None:
        """Mark gaps as told of as they are now, and owe the notices, unless another daemon has done so."""
        policy = self.office.policy
        until = local_date(now, policy.zone) + timedelta(days=policy.horizon_days)
        if not gaps.told_as_before(connection, step.gaps):
            return
        for gap in step.gaps:
            gaps.mark_told(connection, gap, until, now)
        for notice in step.notices:
            self._owe(connection, notice, roster, now)

    def _owe(self, connection: sa.Connection, notice: Owe, roster: Roster, now: datetime) -> None:
        person = roster.people[notice.person]
        owing.owe(connection, self.office.entropy, notice, person, now)

    def _settle(self, connection: sa.Connection, step: Settle, roster: Roster, now: datetime) -> None:
        """Settle windows and owe what that calls for, unless another daemon has done so meanwhile."""
        records = windows.windows_named(connection, [s.window for s in step.windows])
        by_id: dict[str, WindowRecord] = {record.occasion.id: record for record in records}
        done = [
            settle(
                self.office,
                connection,
                by_id[outcome.window],
                _settled(by_id[outcome.window], outcome.state),
                now,
                unattended=outcome.unattended,
            )
            for outcome in step.windows
        ]
        if any(done):
            for notice in step.notices:
                self._owe(connection, notice, roster, now)

    def _note_tick(self, now: datetime, *, afresh: bool) -> bool:
        """Keep on record that a tick ran, at most once a minute; return whether there is a watch.

        ``afresh``: time has passed since what is true was gathered, and another daemon may have noted it.
        """
        if afresh:
            with self.office.store.read() as connection:
                self._seen = windows.watch_record(connection)
        watch = self._seen
        if watch is None:
            return False
        if watch.ticked_at is None or abs(now - watch.ticked_at) >= TICK_NOTED_EVERY:
            with self.office.store.write() as connection:
                windows.update_watch(connection, ticked_at=now)
        return True


def _settled(record: WindowRecord, decided: State) -> State:
    """Return the state to settle with: a check that came in since the decision counts."""
    return record.state if record.state in (State.COMPLETED, State.LATE) else decided


def _facts(record: WindowRecord, now: datetime) -> WindowFacts:
    return WindowFacts(
        occasion=record.occasion,
        state=state_at(record, now),
        attended=record.attended,
        settled=record.settled_at is not None,
        monitor=record.monitor,
    )
