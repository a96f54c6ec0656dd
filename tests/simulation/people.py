"""The played people: they view pages, or forget; take leave, fall sick, designate, appoint, accept, decline."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from tests.simulation.changes import Changes
from tests.simulation.faults import chance
from tests.simulation.texters import Texters
from tests.simulation.world import World
from watchbill.acts.check import Viewing, record_check
from watchbill.acts.deed import By
from watchbill.acts.duty import Assignment, accept_duty, assign, cancel_duty, decline_duty
from watchbill.acts.leave import cancel_leave, take_leave
from watchbill.core.checks import Way
from watchbill.core.coverage import responsible_at
from watchbill.core.instants import day_end, day_start, local_date
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import DutyKind, LeaveKind, Person, Role, Roster
from watchbill.core.windows import Occasion
from watchbill.post.letters import Letter
from watchbill.store import notices, people, windows

DAWN = time(0, 25)
PLANNED_AHEAD = (1, 3, 6)
FREQUENT = 0.5


class People:
    """Everybody of the agency. By script they act at times drawn beforehand, else when they are told."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seed = world.setting.seed
        self.zone = world.policy.zone
        self.changes = Changes(world, self._roster)
        self.phones = Texters(world, self._roster)
        self._forms = 0

    def enter(self) -> None:
        """Plan the whole play: each day's dawn decides what people mean to do on it."""
        setting = self.world.setting
        for offset in range(setting.days):
            day = setting.first + timedelta(days=offset)
            self._at(max(self._local(day, DAWN), setting.begins), lambda day=day: self._dawn(day))  # type: ignore[misc]
        if not setting.by_script:
            self.world.hooks.told.append(self._hear)
        self.changes.plan_readings(chance(self.seed, "readings"))
        self.changes.plan_awkward_moments(chance(self.seed, "awkward"))

    def _at(self, instant: datetime, event: Callable[[], None]) -> None:
        self.world.stage.at(instant, event)

    def _local(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def _roster(self) -> Roster:
        now = self.world.clock.now()
        with self.world.store.read() as connection:
            return people.roster_since(connection, now - timedelta(days=1))

    # --- a day -----------------------------------------------------------------------------------

    def _dawn(self, day: date) -> None:
        dice = chance(self.seed, "day", day)
        with self.world.store.read() as connection:
            today = windows.occasions_between(connection, day, day)
        for window in today:
            self._plan_window(chance(self.seed, day, window.rule), window)
        self._plan_absence(dice, day)
        self.changes.plan(dice, day)

    def _plan_window(self, dice: random.Random, window: Occasion) -> None:
        at = window.opens_at + (window.closes_at - window.opens_at) * dice.random()
        roll = dice.random()
        if dice.random() < 0.06:
            at = dice.choice((window.opens_at, window.closes_at, window.counts_from))
        if not self.world.setting.by_script:
            return
        if dice.random() < 0.7:
            soon = window.opens_at + timedelta(minutes=dice.uniform(4, 44))
            self._at(soon, lambda: self._see_to(dice, window))
        if roll < 0.58:
            self._at(at, lambda: self._view(dice))
        elif roll < 0.68:
            later = at + timedelta(minutes=dice.uniform(0, 200))
            self._at(at, lambda: self._view(dice, ("FB",)))
            self._at(later, lambda: self._view(dice, ("YT",), anybody=True))
        elif roll < 0.76:
            hours = timedelta(hours=dice.uniform(0.2, 9))
            self._at(at + hours, lambda: self._view(dice, viewed_at=at))
        elif roll < 0.84:
            after = window.closes_at + timedelta(minutes=dice.uniform(0, 150))
            self._at(after, lambda: self._view(dice, anybody=True))
        elif roll < 0.9:
            early = window.counts_from + (window.opens_at - window.counts_from) * dice.random()
            self._at(early, lambda: self._view(dice))

    def _view(
        self,
        dice: random.Random,
        pages: tuple[str, ...] = (),
        *,
        viewed_at: datetime | None = None,
        anybody: bool = False,
        who: Person | None = None,
    ) -> None:
        """Let whoever is responsible, or somebody, view pages and say so."""
        roster = self._roster()
        now = self.world.clock.now()
        if who is None:
            answer = responsible_at(self.world.policy, roster, now)
            somebody = [p for p in roster.people.values() if p.active]
            who = dice.choice(somebody)
            if answer is not None and not anybody:
                who = roster.people[answer.person]
        self._forms += 1
        viewing = Viewing(pages=pages, at=viewed_at, form=f"form-{self._forms}")
        self.world.act(
            f"{who.name} views {', '.join(pages) or 'all pages'}"
            + ("" if viewed_at is None else f", at {viewed_at:%d %H:%M:%S}Z"),
            lambda office: record_check(office, By(who, Way.LINK), who, viewing),
        )

    def _see_to(self, dice: random.Random, window: Occasion) -> None:
        """Let the ED see to a window that nobody covers: appoint somebody, view the pages, or neither."""
        roster, now = self._roster(), self.world.clock.now()
        if responsible_at(self.world.policy, roster, now) is not None:
            return
        director = roster.holding(Role.EXECUTIVE_DIRECTOR)[0]
        roll = dice.random()
        if roll < 0.5:
            who = dice.choice([p for p in roster.people.values() if p.active])
            until = day_end(local_date(now, self.zone), self.zone)
            what = Assignment(DutyKind.INTERIM, now, until, respond=dice.random() < 0.3)
            self._assign(director, who, what)
        else:
            self._view(dice, who=director)

    # --- absences --------------------------------------------------------------------------------

    def _plan_absence(self, dice: random.Random, day: date) -> None:
        moment = self._local(day, time(7)) + timedelta(hours=dice.uniform(0, 14))
        roll = dice.random()
        if roll < 0.10:
            self._at(moment, lambda: self._plan_vacation(dice, day))
        elif roll < 0.20:
            self._at(moment, lambda: self._fall_sick(dice, day))
        elif roll < 0.28:
            self._at(moment, lambda: self._come_back(dice))
        elif roll < 0.36:
            self._at(moment, lambda: self._end_duty(dice))
        elif roll < 0.42:
            self._at(moment, lambda: self._stand_in(dice, day))
        elif roll < 0.50:
            self._at(moment, lambda: self._leave_a_duty(dice))
        elif roll < 0.64:
            self._at(moment, lambda: self._answer_some_duty(dice))
        elif roll < 0.76:
            say = self.phones.harmless if self.world.setting.by_script else self.phones.chatter
            self._at(moment, lambda: say(dice))
        ahead = day + timedelta(days=2)
        if self.world.policy.holidays.name_on(ahead) is not None and dice.random() < 0.6:
            self._at(moment, lambda: self._designate(dice, *self._days(ahead, 1)))

    def _somebody(self, dice: random.Random) -> Person:
        roster = self._roster()
        if roster.pio is not None and dice.random() < FREQUENT:
            return roster.pio
        return dice.choice([p for p in roster.people.values() if p.active])

    def _plan_vacation(self, dice: random.Random, day: date) -> None:
        who = self._somebody(dice)
        first = day + timedelta(days=dice.choice(PLANNED_AHEAD))
        starts, ends = self._days(first, dice.randrange(1, 8))
        if dice.random() < 0.3:
            starts += timedelta(hours=dice.uniform(0, 20))
            ends += timedelta(hours=dice.uniform(0, 20))
        if dice.random() < 0.6:
            self._designate(dice, starts, ends)
        if self._by_phone(dice) and self.phones.say(who, self.phones.leave(dice, starts, ends)):
            return
        kind = dice.choice((LeaveKind.VACATION, LeaveKind.OTHER))
        self.world.act(
            f"{who.name} takes leave from {starts} to {ends}",
            lambda office: take_leave(office, By(who, Way.WEB), who, kind, starts, ends),
        )

    def _fall_sick(self, dice: random.Random, day: date) -> None:
        who = self._somebody(dice)
        starts, ends = self._days(day, dice.choice((1, 1, 2, 4)))
        if dice.random() < 0.5:
            starts = self.world.clock.now()
        if self._by_phone(dice) and self.phones.say(who, self.phones.sick(dice, ends)):
            return
        if starts < ends:
            self.world.act(
                f"{who.name} is sick from {starts} to {ends}",
                lambda office: take_leave(office, By(who, Way.CLI), who, LeaveKind.SICK, starts, ends),
            )

    def _by_phone(self, dice: random.Random) -> bool:
        """Whether somebody says by text what they have to say; never by script, where runs are compared."""
        return not self.world.setting.by_script and dice.random() < 0.4

    def _leave_a_duty(self, dice: random.Random) -> None:
        """Let somebody who is designated, now or soon, take leave all the same."""
        now, roster = self.world.clock.now(), self._roster()
        ahead = [duty for duty in roster.duties if duty.until > now]
        if ahead:
            duty = dice.choice(ahead)
            who = roster.people[duty.person]
            starts = max(now, duty.starts_at) + timedelta(hours=dice.uniform(0, 30))
            ends = starts + timedelta(hours=dice.uniform(3, 60))
            self.world.act(
                f"{who.name} takes leave from {starts} to {ends} in spite of duty {duty.id}",
                lambda office: take_leave(office, By(who, Way.WEB), who, LeaveKind.OTHER, starts, ends),
            )

    def _days(self, first: date, count: int) -> tuple[datetime, datetime]:
        last = first + timedelta(days=count - 1)
        return day_start(first, self.zone), day_end(last, self.zone)

    def _come_back(self, dice: random.Random) -> None:
        now, roster = self.world.clock.now(), self._roster()
        running = [leave for leave in roster.leaves if leave.until > now]
        if running:
            leave = dice.choice(running)
            who = roster.people[leave.person]
            if self._by_phone(dice) and self.phones.say(who, "BACK"):
                return
            self.world.act(
                f"{who.name} cancels leave {leave.id}",
                lambda office: cancel_leave(office, By(who, Way.WEB), leave.id),
            )

    # --- duties ----------------------------------------------------------------------------------

    def _assign(self, by: Person | None, who: Person, what: Assignment) -> None:
        self.world.act(
            f"{by.name if by else 'the operator'} gives {who.name} the duty {what.kind} "
            f"from {what.starts_at} to {what.ends_at}",
            lambda office: assign(office, By(by, Way.CLI if by is None else Way.WEB), who, what),
        )

    def _designate(self, dice: random.Random, starts: datetime, ends: datetime) -> None:
        roster = self._roster()
        pio = roster.pio
        choice = roster.holding(Role.DESIGNEE, Role.PIO, Role.EXECUTIVE_DIRECTOR)
        self._assign(pio, dice.choice(choice), Assignment(DutyKind.DESIGNATION, starts, ends))

    def _stand_in(self, dice: random.Random, day: date) -> None:
        roster = self._roster()
        starts, ends = self._days(day, 60)
        what = Assignment(DutyKind.STANDING, starts, ends)
        self._assign(roster.pio, dice.choice(roster.holding(Role.DESIGNEE)), what)

    def _answer_some_duty(self, dice: random.Random) -> None:
        now = self.world.clock.now()
        asked = [d for d in self._roster().duties if d.until > now and d.awaits_answer]
        if asked:
            self._answer_duty(dice, dice.choice(asked).id)

    def _answer_duty(self, dice: random.Random, number: int) -> None:
        """Let the holder of a duty accept it or decline it, or forget about it."""
        roster, roll = self._roster(), dice.random()
        duty = next((d for d in roster.duties if d.id == number), None)
        if duty is None or roll > 0.8:
            return
        who = roster.people[duty.person]
        answer = decline_duty if roll < 0.25 else accept_duty
        verb = "declines" if roll < 0.25 else "accepts"
        self.world.act(
            f"{who.name} {verb} duty {number}",
            lambda office: answer(office, By(who, Way.LINK), who, number),
        )

    def _end_duty(self, dice: random.Random) -> None:
        now, roster = self.world.clock.now(), self._roster()
        running = [duty for duty in roster.duties if duty.until > now]
        if running:
            duty = dice.choice(running)
            by = dice.choice((roster.pio, roster.holding(Role.EXECUTIVE_DIRECTOR)[0]))
            self.world.act(
                f"duty {duty.id} is cancelled",
                lambda office: cancel_duty(office, By(by, Way.WEB), duty.id),
            )

    # --- answers ---------------------------------------------------------------------------------

    def _hear(self, letter: Letter) -> None:
        """Answer a message after a while, or not: only where people do not act by a script."""
        if not self.phones.hear(letter):
            return
        dice = chance(self.seed, letter.code, letter.channel)
        minutes = dice.choice((0, 1, 5, 20, 45, 90, 170))
        if dice.random() < 0.75:
            at = self.world.clock.true + timedelta(minutes=minutes * dice.uniform(0.5, 1.5))
            self._at(at, lambda: self._answer(dice, letter))

    def _answer(self, dice: random.Random, letter: Letter) -> None:
        with self.world.store.read() as connection:
            notice = notices.notice_with_id(connection, letter.notice)
            named = [] if notice.window is None else [notice.window]
            found = windows.windows_named(connection, named)
        who = self._roster().people[notice.person]
        if notice.reason is Reason.CHECK_DUE:
            pages = ("FB",) if dice.random() < 0.15 else ()
            viewed_at = None
            if dice.random() < 0.15:
                viewed_at = self.world.clock.now() - timedelta(minutes=dice.uniform(0, 30))
            self._view(dice, pages, viewed_at=viewed_at, who=who)
        elif notice.reason is Reason.DUTY_ASSIGNED and notice.duty is not None:
            self._answer_duty(dice, notice.duty)
        elif notice.step is Step.UNCOVERED and found:
            self._see_to(dice, found[0].occasion)
        elif notice.step is Step.MISSED and dice.random() < 0.5:
            self._view(dice, who=who)
