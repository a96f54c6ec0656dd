"""Asks, at the end of every simulated day and at the end of the play, whether the promises of §7 hold."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from tests.simulation.faults import chance
from tests.simulation.gap_judge import GapJudge
from tests.simulation.reading import Demand, Viewed, demanded, finals, first_instant
from tests.simulation.text_judge import TextJudge
from tests.simulation.verdict import REACHING, expect
from tests.simulation.wires import CONFIRMED_WITHIN, Sent
from tests.simulation.world import World
from watchbill.core import journal as chain
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import DutyKind, Role
from watchbill.core.world import NoticeState
from watchbill.post.letters import Letter
from watchbill.rehearsal import Troupe
from watchbill.store import deliveries, journal, notices, people, windows
from watchbill.store.columns import DeliveryState

JUDGED_AT = time(3)
SAMPLED = 0.05
TRIED = timedelta(hours=12)
REMINDERS = (Step.OPENING, Step.NUDGE, Step.LAST_CALL)
OPEN = (NoticeState.PENDING, NoticeState.SENDING, NoticeState.UNKNOWN)
History = dict[str, tuple[Any, ...]]


class Judge:
    """Looks on, and raises ``BrokenError`` at the first promise that is broken."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.began = world.clock.now()
        self.dice = chance(world.setting.seed, "judge")
        self.found: list[str] = []
        self.gaps, self.texts = GapJudge(world), TextJudge(world)
        world.hooks.told.append(self.a_message)
        world.hooks.after_round.append(self.a_round)

    def enter(self) -> None:
        """Plan a judgement for the early morning of each day."""
        setting = self.world.setting
        for offset in range(1, setting.days + 1):
            day = setting.first + timedelta(days=offset)
            at = first_instant(day, JUDGED_AT, setting.policy.zone)
            self.world.stage.at(at, lambda day=day: self.a_day(day))  # type: ignore[misc]

    # --- along the way ---------------------------------------------------------------------------

    def a_message(self, letter: Letter) -> None:
        """Promise 6, at the moment of sending: nobody on leave is asked to check.

        What is found is kept for the end of the round: a sender that raises would be taken for broken.
        """
        with self.world.store.read() as connection:
            notice = notices.notice_with_id(connection, letter.notice)
            if notice.step not in REMINDERS:
                return
            person = people.all_people(connection)[notice.person]
            away = self._is_away(connection, notice.person, self.world.clock.now())
        stands_in = notice.step is Step.LAST_CALL and person.holds(Role.EXECUTIVE_DIRECTOR)
        if away and not stands_in:
            self.found.append(f"{notice.key} was sent to {person.name}, who is away")

    def _is_away(self, connection: sa.Connection, person: int, now: datetime) -> bool:
        return any(
            leave.person == person
            and leave.starts_at <= now < min(leave.ends_at, leave.cancelled_at or leave.ends_at)
            for leave in people.leaves(connection)
        )

    def a_round(self, program: Troupe) -> None:
        """Promise 3; promise 9, now and then: a second tick does nothing, an earlier one changes no history."""
        expect(not self.found, 6, "; ".join(self.found))
        self.gaps.look()
        if self.dice.random() > SAMPLED:
            return
        with self.world.undisturbed():
            program.watch.tick()
            before = self.world.rows_written()
            program.watch.tick()
            expect(
                self.world.rows_written() == before,
                9,
                "a second tick at the same instant wrote something",
            )
            with self.world.store.read() as connection:
                self.gaps.nothing_moot(connection)
            if self.dice.random() < 0.2:
                self._tick_earlier(program)

    def _tick_earlier(self, program: Troupe) -> None:
        """Tick once by a clock that was set back."""
        clock = self.world.clock
        before, ahead = self.history(), clock.ahead
        clock.ahead -= timedelta(minutes=self.dice.choice((1, 7, 60, 300, 1500)))
        if clock.now() > self.began:
            program.watch.tick()
        clock.ahead = ahead
        after = self.history()
        expect(before == after, 9, f"an earlier tick changed history: {_difference(before, after)}")

    # --- each day --------------------------------------------------------------------------------

    def a_day(self, today: date) -> None:
        """Judge the days that have ended; look closer at the last few."""
        with self.world.store.read() as connection:
            self._windows(connection, today - timedelta(days=2), today)
            self._deliveries(connection, self.world.clock.now() - timedelta(days=3))

    def the_end(self) -> None:
        """Judge everything."""
        expect(not self.found, 6, "; ".join(self.found))
        world = self.world
        with world.store.read() as connection:
            self._windows(connection, world.setting.first, world.clock.now().date())
            self._deliveries(connection, self.began)
            self._nothing_waits(connection)
            self._authority(connection)
            self.texts.look(connection)
            faults = list(chain.verify(journal.entries(connection)))
            expect(not faults, 7, "; ".join(faults))
            head, _ = journal.head(connection)
            lost = [number for number in world.acknowledged if number > head]
            expect(not lost, 4, f"acknowledged, and not in the journal: {lost}")

    def history(self) -> History:
        """Return what is settled: state, monitor, spans and pages of each window."""
        found = windows.WINDOWS.c
        query = sa.select(found.id, found.state, found.monitor_id, found.spans, found.pages)
        with self.world.store.read() as connection:
            rows = connection.execute(query.where(found.settled_at.is_not(None)))
            return {row.id: (str(row.state), row.monitor_id, row.spans, row.pages) for row in rows}

    # --- promises 1 and 2 ------------------------------------------------------------------------

    def _windows(self, connection: sa.Connection, first: date, last: date) -> None:
        zone = self.world.policy.zone
        wanted = demanded(self.world.readings, self.began, last)
        wanted = {key: one for key, one in wanted.items() if first <= one.day}
        rows = {r.occasion.id: r for r in windows.windows_between(connection, first, last)}
        expect(
            rows.keys() == wanted.keys(), 1, f"windows differ: {sorted(rows.keys() ^ wanted.keys())}"
        )
        pages = people.all_pages(connection)
        told = self._told_to_directors(connection, rows.keys())
        ended: dict[date, list[tuple[Demand, frozenset[str]]]] = defaultdict(list)
        for key, one in wanted.items():
            row = rows[key]
            times = (row.occasion.counts_from, row.occasion.opens_at, row.occasion.closes_at)
            expect(times == (one.counts_from, one.opens, one.closes), 1, f"{key} has other times")
            midnight = first_instant(one.day + timedelta(days=1), time(0), zone)
            if self.world.ticked_at is None or self.world.ticked_at < midnight:
                continue
            expect(row.settled_at is not None, 1, f"{key} is not settled")
            active = frozenset(page.key for page in pages if page.active_at(one.opens))
            expect(frozenset(row.pages or ()) == active, 1, f"{key} has other pages")
            ended[one.day].append((one, active))
            if row.state != "completed":
                expect(key in told, 2, f"{key} is {row.state}, and no ED hears of it")
        for day, those in ended.items():
            midnight = first_instant(day + timedelta(days=1), time(0), zone)
            for key, state in finals(those, self._checks(connection, day), midnight).items():
                expect(rows[key].state == state, 1, f"{key} is {rows[key].state}, should be {state}")
        self._settled_once(connection, {one.id for those in ended.values() for one, _ in those})

    def _settled_once(self, connection: sa.Connection, keys: set[str]) -> None:
        rows = connection.execute(
            sa.select(journal.JOURNAL.c.facts).where(journal.JOURNAL.c.kind == "window_settled")
        )
        times: dict[str, int] = defaultdict(int)
        for row in rows:
            times[row.facts["window"]] += 1
        wrong = {key: times[key] for key in keys if times[key] != 1}
        expect(not wrong, 1, f"settled other than once: {wrong}")

    def _checks(self, connection: sa.Connection, day: date) -> Iterator[Viewed]:
        for record in windows.checks_between(connection, day, day):
            check = record.check
            yield Viewed(check.number, check.viewed_at, check.reported_at, check.pages)

    def _told_to_directors(self, connection: sa.Connection, keys: Any) -> set[str]:
        """Return the windows of which an ED is told, or whose notice truly cannot reach any."""
        everybody = people.all_people(connection)
        rows = connection.execute(
            sa.select(notices.NOTICES).where(
                notices.NOTICES.c.window_id.in_(list(keys)),
                notices.NOTICES.c.reason.in_(
                    (Reason.WINDOW_MISSED, Reason.WINDOW_UNCOVERED, Reason.WINDOWS_UNATTENDED)
                ),
            )
        ).all()
        told: set[str] = set()
        for row in rows:
            reaching = row.state in REACHING or (row.state is NoticeState.FAILED and row.failure_told)
            if everybody[row.person_id].holds(Role.EXECUTIVE_DIRECTOR) and reaching:
                told.update(row.about.get("windows", [row.window_id]))
        return told

    # --- promise 5 -------------------------------------------------------------------------------

    def _deliveries(self, connection: sa.Connection, since: datetime) -> None:
        found = notices.NOTICES.c
        rows = connection.execute(sa.select(notices.NOTICES).where(found.created_at > since)).all()
        keys = [row.key for row in rows]
        expect(len(keys) == len(set(keys)), 5, "a key stands twice")
        attempts = deliveries.deliveries_of(connection, [row.id for row in rows])
        everybody = people.all_people(connection)
        for row in rows:
            texts = self.world.texts.by_notice.get(row.id, [])
            mails = self.world.mail.by_notice.get(row.id, [])
            self._not_doubled(row, texts, mails)
            done = [
                a
                for a in attempts.get(row.id, [])
                if a.state in (DeliveryState.SENT, DeliveryState.DELIVERED)
            ]
            expect(bool(done) <= bool(texts or mails), 5, f"{row.key} is marked sent and never was")
            if row.state in (NoticeState.SENT, NoticeState.DELIVERED):
                expect(texts or mails, 5, f"{row.key} is {row.state}, and nothing was accepted")
            if row.state is NoticeState.FAILED:
                person = everybody[row.person_id]
                stopped = person.mobile in self.world.texts.ever_stopped
                self._truly_failed(row, texts, reachable=bool(person.reachable_by()) and not stopped)

    def _not_doubled(self, row: sa.Row[Any], texts: list[Sent], mails: list[Sent]) -> None:
        expect(len(texts) <= 2, 5, f"{row.key} went as {len(texts)} texts")
        if len(texts) == 2:
            first, second = texts
            asked = row.urgent and second.at >= first.at + CONFIRMED_WITHIN
            expect(asked or self.world.faults.clock, 5, f"{row.key} went as two texts unasked")
        expect(
            len({mail.letter.message_id for mail in mails}) <= 1, 5, f"{row.key} has two Message-IDs"
        )
        for earlier, later in itertools.pairwise(mails):
            died = any(earlier.at <= at <= later.at for at in self.world.doom.at)
            expect(not earlier.answered or died, 5, f"{row.key} was mailed twice, without any reason")

    def _truly_failed(self, row: sa.Row[Any], texts: list[Sent], *, reachable: bool) -> None:
        refused = row.id in self.world.texts.refused or row.id in self.world.mail.refused
        undelivered = any(text.progress == "failed" for text in texts)
        expect(
            refused or undelivered or not reachable, 5, f"{row.key} is given up, and nothing refused it"
        )

    def _nothing_waits(self, connection: sa.Connection) -> None:
        before = self.world.clock.now() - TRIED
        found = notices.NOTICES.c
        rows = connection.execute(
            sa.select(found.key, found.state).where(found.state.in_(OPEN), found.not_before < before)
        ).all()
        expect(not rows, 5, f"lost: {[(row.key, row.state) for row in rows]}")
        untold = connection.execute(
            sa.select(found.key).where(found.state == NoticeState.FAILED, found.failure_told.is_(False))
        ).all()
        expect(not untold, 2, f"given up, and nobody was told: {[row.key for row in untold]}")

    # --- promise 6 -------------------------------------------------------------------------------

    def _authority(self, connection: sa.Connection) -> None:
        everybody = people.all_people(connection)
        duties = people.duties(connection)
        for row in connection.execute(sa.select(windows.CHECKS)):
            person = everybody[row.person_id]
            entitled = person.holds(Role.PIO, Role.DESIGNEE, Role.EXECUTIVE_DIRECTOR) or any(
                duty.person == person.id
                and duty.kind is DutyKind.INTERIM
                and duty.starts_at
                <= row.viewed_at
                < min(duty.ends_at, duty.cancelled_at or duty.ends_at)
                for duty in duties
            )
            expect(entitled, 6, f"{person.name} completed a check without authority")


def _difference(before: History, after: History) -> dict[str, tuple[Any, Any]]:
    keys = before.keys() | after.keys()
    return {k: (before.get(k), after.get(k)) for k in keys if before.get(k) != after.get(k)}


def compare(crashed: History, plain: History) -> None:
    """Promise 8: the settled history is that of the run without crashes."""
    expect(crashed == plain, 8, f"crashed, plain: {_difference(crashed, plain)}")
