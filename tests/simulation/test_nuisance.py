"""Messages counted by person and reason: a quiet week and a planned vacation are no nuisance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from tests.cast import CAST, DANA, KIM, MORGAN, PAGES, POLICY, local
from tests.simulation.setting import Setting
from tests.simulation.world import Faults, World
from watchbill.acts.check import Viewing, record_check
from watchbill.acts.deed import By
from watchbill.acts.duty import Assignment, assign
from watchbill.acts.leave import take_leave
from watchbill.core.checks import Way
from watchbill.core.reasons import Reason
from watchbill.core.roster import DutyKind, LeaveKind, Person
from watchbill.post.letters import Letter
from watchbill.store import notices, people, windows

MONDAY = date(2026, 6, 8)
TAP_AFTER = timedelta(minutes=12)
SOON = timedelta(hours=10)
Counts = Counter[tuple[str, str]]


class Office:
    """An agency without faults in which everybody taps twelve minutes after each reminder."""

    def __init__(self, days: int) -> None:
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
        if notice.reason is Reason.CHECK_DUE:
            self.world.stage.at(self.world.clock.true + TAP_AFTER, lambda: self._tap(person))

    def _tap(self, person: Person) -> None:
        record_check(self.world.office, By(person, Way.LINK), person, Viewing())

    def beyond_reminders(self, person: Person) -> int:
        """Return how many messages somebody got that were not the reminders of a check."""
        return sum(
            count
            for (name, reason), count in self.counts.items()
            if name == person.name and reason != Reason.CHECK_DUE
        )

    def count_windows(self) -> int:
        """Return how many windows were settled."""
        with self.world.store.read() as connection:
            begun = windows.windows_between(connection, MONDAY, MONDAY + timedelta(days=60))
        return sum(record.settled_at is not None for record in begun)


def _told(counts: Counts, *people_: Person) -> Iterable[int]:
    return (sum(n for (name, _), n in counts.items() if name == p.name) for p in people_)


def test_a_quiet_week_costs_the_pio_one_message_a_window_and_nobody_else_any() -> None:
    office = Office(7)
    office.world.run()

    assert office.count_windows() == 12
    assert office.counts == {("Kim Rivera", "check_due"): 12}
    assert sum(_told(office.counts, MORGAN)) == 0


def test_a_planned_vacation_costs_each_of_its_people_fewer_than_ten_messages() -> None:
    office = Office(21)
    starts, ends = local("2026-06-15T00:00"), local("2026-06-20T00:00")
    pio = By(KIM, Way.WEB)

    def plan() -> None:
        duty = Assignment(DutyKind.DESIGNATION, starts, ends)
        assign(office.world.office, pio, DANA, duty)
        take_leave(office.world.office, pio, KIM, LeaveKind.VACATION, starts, ends)

    office.world.stage.at(office.world.setting.begins + SOON, plan)
    office.world.run()

    assert office.counts == {
        ("Kim Rivera", "check_due"): 26,
        ("Dana Okafor", "check_due"): 10,
        ("Dana Okafor", "duty_assigned"): 1,
    }
    for person in (KIM, DANA, MORGAN):
        assert office.beyond_reminders(replace(person)) < 10
