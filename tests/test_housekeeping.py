"""What is looked after beside the watch: the clock, the disk, the journal; with fakes for each."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from tests.cast import SAM_ID
from tests.conftest import opened
from tests.store.databases import Contents, Shelf
from tests.store.desk import Desk, desk_on
from watchbill.assembly import House
from watchbill.core.reasons import Reason
from watchbill.housekeeping import Housekeeping
from watchbill.ledger import Office
from watchbill.store import troubles
from watchbill.store.columns import Trouble
from watchbill.trouble_register import clear, note

PLENTY = 10**12
LIMIT = 100 * 1024 * 1024
DAY = 24 * 3600.0


@dataclass
class Register:
    """What stands for the house: it remembers which failures go on, and what was said of each."""

    office: Office
    told: list[Trouble] = field(default_factory=list)

    def trouble(self, kind: Trouble, subject: str, detail: str) -> None:
        """Note a failure."""
        assert subject == ""
        with self.office.store.write() as connection:
            new = note(connection, self.office.entropy, kind, subject, detail, self.office.clock.now())
        if new:
            self.told.append(kind)

    def over(self, kind: Trouble, subject: str) -> None:
        """Note that it is over."""
        assert subject == ""
        with self.office.store.write() as connection:
            clear(connection, self.office.entropy, kind, subject, self.office.clock.now())

    @property
    def going_on(self) -> dict[Trouble, str]:
        """Which failures go on, and what was said of each."""
        with self.office.store.read() as connection:
            found = [troubles.detail_of(connection, one.id) for one in troubles.going_on(connection)]
        return {kind: detail for kind, _, detail, _ in found}


@dataclass
class Fakes:
    """A keeper under a clock, a count of seconds and a disk that the test sets."""

    desk: Desk
    free: int = PLENTY
    seconds: float = 1000.0
    asked: list[Path] = field(default_factory=list)
    register: Register = field(init=False)
    keeper: Housekeeping = field(init=False)

    def __post_init__(self) -> None:
        """Put the keeper together."""
        self.register = Register(self.desk.office)
        self.keeper = self.fresh()

    def fresh(self) -> Housekeeping:
        """Return a keeper as after a restart."""
        house = cast("House", self.register)
        return Housekeeping(lambda: house, free_bytes=self._free_bytes, ticks=lambda: self.seconds)

    def _free_bytes(self, folder: Path) -> int:
        self.asked.append(folder)
        if self.free < 0:
            raise PermissionError(13, "Permission denied")
        return self.free

    def look(self, after: float = 60.0, jump: float = 0.0) -> dict[Trouble, str]:
        """Let time pass, the clock going so many seconds more than it should; look."""
        self.seconds += after
        self.desk.clock.set(self.desk.clock.now() + timedelta(seconds=after + jump))
        self.keeper.look()
        return self.register.going_on


@pytest.fixture
def fakes(sqlite_shelf: Shelf) -> Iterator[Fakes]:
    """Give a keeper for an office on a SQLite file that has been looked at once."""
    with opened(sqlite_shelf, Contents.CAST) as store:
        made = Fakes(desk_on(store))
        made.look()
        yield made


def test_where_all_is_well_nothing_is_noted(fakes: Fakes) -> None:
    for _ in range(3):
        assert fakes.look() == {}
    assert fakes.register.told == []


# The clock


@pytest.mark.parametrize(
    ("jump", "noted"),
    [
        (0, False),
        (89, False),
        (90, True),
        (91, True),
        (-89, False),
        (-90, True),
        (-91, True),
        (86400, True),
    ],
)
def test_a_clock_that_jumps_is_noted(fakes: Fakes, jump: float, *, noted: bool) -> None:
    assert (Trouble.CLOCK in fakes.look(jump=jump)) is noted
    if noted:
        assert f"{jump:+d} seconds" in fakes.register.going_on[Trouble.CLOCK]


def test_a_long_pause_is_no_jump(fakes: Fakes) -> None:
    """A machine that slept, or a look that waited, measures as much time as the clock went on."""
    assert fakes.look(after=7200) == {}


def test_the_first_look_after_a_restart_knows_no_jump(fakes: Fakes) -> None:
    fakes.keeper = fakes.fresh()
    assert fakes.look(jump=3600) == {}


def test_a_jump_is_forgotten_after_an_hour_also_by_a_keeper_that_was_not_there(fakes: Fakes) -> None:
    fakes.look(jump=120)
    fakes.keeper = fakes.fresh()
    assert Trouble.CLOCK in fakes.look(after=3599)
    assert Trouble.CLOCK not in fakes.look(after=2)


def test_a_second_jump_is_a_failure_of_its_own(fakes: Fakes) -> None:
    fakes.look(jump=120)
    fakes.look(jump=18000)
    assert fakes.register.told == [Trouble.CLOCK, Trouble.CLOCK]


@pytest.mark.parametrize(("after", "noted"), [(3599, True), (3600, True), (3601, False)])
def test_a_jump_is_news_for_an_hour(fakes: Fakes, after: float, *, noted: bool) -> None:
    fakes.look(jump=120)
    assert (Trouble.CLOCK in fakes.look(after=after)) is noted


# The disk


@pytest.mark.parametrize(
    ("free", "noted"), [(0, True), (LIMIT - 1, True), (LIMIT, False), (LIMIT + 1, False)]
)
def test_a_disk_with_less_than_a_hundred_megabytes_is_noted(
    fakes: Fakes, free: int, *, noted: bool
) -> None:
    fakes.free = free
    assert (Trouble.DISK in fakes.look()) is noted


def test_a_full_disk_is_one_failure_until_there_is_space_again(fakes: Fakes) -> None:
    fakes.free = 5 * 1024 * 1024
    for _ in range(3):
        assert "5 MB are left" in fakes.look()[Trouble.DISK]
    assert fakes.register.told == [Trouble.DISK]
    fakes.free = PLENTY
    assert fakes.look() == {}


def test_the_disk_that_is_looked_at_is_where_the_record_is_kept(fakes: Fakes) -> None:
    database = fakes.desk.store.engine.url.database
    assert database is not None
    assert set(fakes.asked) == {Path(database).parent}


def test_a_disk_that_cannot_be_looked_at_is_one_line_and_stops_nothing(
    fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    fakes.free = -1
    with caplog.at_level(logging.ERROR):
        fakes.look(jump=300)
    assert [record.getMessage() for record in caplog.records] == ["housekeeping: Permission denied"]
    assert Trouble.CLOCK in fakes.register.going_on


# The journal


def tamper(desk: Desk) -> None:
    """Change an entry behind the back of the program."""
    with desk.store.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER journal_no_update")
        connection.exec_driver_sql("UPDATE journal SET actor = 'person:99' WHERE number = 2")


@pytest.mark.parametrize(
    ("after", "noted"), [(DAY - 1, False), (DAY, True), (DAY + 1, True)], ids=["before", "at", "after"]
)
def test_the_journal_is_verified_once_a_day(fakes: Fakes, after: float, *, noted: bool) -> None:
    tamper(fakes.desk)
    assert (Trouble.JOURNAL in fakes.look(after=after)) is noted


def test_a_fresh_keeper_verifies_it_at_once_and_says_which_entry(fakes: Fakes) -> None:
    tamper(fakes.desk)
    fakes.keeper = fakes.fresh()
    fakes.look()
    assert "2" in fakes.register.going_on[Trouble.JOURNAL]


def test_a_sound_journal_ends_the_failure(fakes: Fakes) -> None:
    fakes.register.going_on[Trouble.JOURNAL] = "entry 2"
    fakes.look(after=DAY)
    assert fakes.register.going_on == {}


# Through the house itself


def test_what_the_house_notes_is_told_to_information_services_alone(sqlite_shelf: Shelf) -> None:
    with opened(sqlite_shelf, Contents.CAST) as store:
        desk = desk_on(store)
        house = House(*[desk.office] * 7)  # type: ignore[arg-type]
        keeper = Housekeeping(lambda: house, free_bytes=lambda _: 1)
        for _ in range(2):
            keeper.look()
            desk.tick()
        told = [(n.person, n.reason, n.urgent) for n in desk.notices()]
        assert told == [(SAM_ID, Reason.TECHNICAL_FAILURE, True)]
