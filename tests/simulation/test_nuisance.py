"""Messages counted by person and reason: a quiet week and a planned vacation are no nuisance."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from tests.cast import CAST, DANA, KIM, MORGAN, PAGES, POLICY, local
from tests.simulation.setting import Setting
from tests.simulation.world import Faults, World
from watchbill.acts.check import Viewing, record_check
from watchbill.acts.deed import By
from watchbill.acts.duty import Assignment, accept_duty, assign
from watchbill.acts.leave import take_leave
from watchbill.core.checks import Way
from watchbill.core.reasons import Reason
from watchbill.core.roster import DutyKind, LeaveKind, Person
from watchbill.post.letters import Letter
from watchbill.store import notices, people, windows

MONDAY = date(2026, 6, 8)
TAP_AFTER = timedelta(minutes=12)
SOON = timedelta(hours=10)
TEN = 10
Counts = Counter[tuple[str, str]]


class Office:
    """An agency without faults in which everybody taps twelve minutes after each reminder.

    ``accepting``: whether designees accept as quickly.
    """

    def __init__(self, days: int, *, accepting: bool = True) -> None:
        self.accepting = accepting
        self.world = World(
            Setting(0, POLICY, MONDAY, days, CAST, PAGES, by_script=False, daemons=1),
            Faults(wires=False, crashes=False),
        )
        self.counts: Counts = Counter()
        self.world.hooks.told.append(self._hear)

    def _hear(self, letter: Letter) -> None:
        with self.world.store.read() as connection:
            notice = notices.notice_with_id(connection, letter.notice)
            person = people.all_people(connection)[notice.person]
        self.counts[person.name, notice.reason] += 1
        at = self.world.clock.true + TAP_AFTER
        if notice.reason is Reason.CHECK_DUE:
            self.world.stage.at(at, lambda: self._tap(person))
        elif notice.reason is Reason.DUTY_ASSIGNED and notice.duty is not None and self.accepting:
            self.world.stage.at(at, lambda: self._accept(person, notice.duty or 0))

    def _tap(self, person: Person) -> None:
        record_check(self.world.office, By(person, Way.LINK), person, Viewing())

    def _accept(self, person: Person, duty: int) -> None:
        accept_duty(self.world.office, By(person, Way.LINK), person, duty)

    def beside(self, person: Person) -> int:
        """Return how many messages somebody got beside the reminders of a check and the digests."""
        return sum(
            count
            for (name, reason), count in self.counts.items()
            if name == person.name and reason not in (Reason.CHECK_DUE, Reason.DIGEST_DUE)
        )

    def count_windows(self) -> int:
        """Return how many windows were settled."""
        with self.world.store.read() as connection:
            begun = windows.windows_between(connection, MONDAY, MONDAY + timedelta(days=60))
        return sum(record.settled_at is not None for record in begun)


def _vacation(office: Office) -> None:
    """Let the PIO plan a week off, a week ahead, with a designee for all of it."""
    starts, ends = local("2026-06-15T00:00"), local("2026-06-20T00:00")
    pio = By(KIM, Way.WEB)

    def plan() -> None:
        duty = Assignment(DutyKind.DESIGNATION, starts, ends)
        assign(office.world.office, pio, DANA, duty)
        take_leave(office.world.office, pio, KIM, LeaveKind.VACATION, starts, ends)

    office.world.stage.at(office.world.setting.begins + SOON, plan)
    office.world.run()


def test_a_quiet_week_costs_a_reminder_a_window_and_a_digest_a_weekday_and_nobody_else_anything() -> (
    None
):
    office = Office(7)
    office.world.run()

    assert office.count_windows() == 12
    assert office.counts == {
        ("Kim Rivera", "check_due"): 12,
        ("Kim Rivera", "digest_due"): 5,
        ("Morgan Hale", "digest_due"): 5,
    }


def test_a_planned_vacation_costs_each_of_its_people_fewer_than_ten_messages() -> None:
    office = Office(21)
    _vacation(office)

    assert office.counts == {
        ("Kim Rivera", "check_due"): 26,
        ("Kim Rivera", "digest_due"): 10,
        ("Kim Rivera", "hand_over"): 1,
        ("Kim Rivera", "leave_recorded"): 1,
        ("Dana Okafor", "check_due"): 10,
        ("Dana Okafor", "duty_assigned"): 1,
        ("Dana Okafor", "hand_over"): 2,
        ("Morgan Hale", "digest_due"): 15,
    }
    assert {one.name: office.beside(one) for one in (KIM, DANA, MORGAN)} == {
        "Kim Rivera": 2,
        "Dana Okafor": 3,
        "Morgan Hale": 0,
    }


def test_a_designee_who_never_accepts_is_asked_once_more_and_the_pio_hears_of_it_once() -> None:
    office = Office(21, accepting=False)
    _vacation(office)

    assert office.counts["Dana Okafor", "duty_assigned"] == 2
    assert office.counts["Kim Rivera", "duty_unconfirmed"] == 1
    assert office.counts["Morgan Hale", "duty_unconfirmed"] == 0
    assert all(office.beside(one) < TEN for one in (KIM, DANA, MORGAN))
