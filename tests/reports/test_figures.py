"""Compliance and punctuality by day, month and turn, against a slow reading of every row."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.cast import DANA, KIM, NEW_YORK, PAGE_KEYS, local
from tests.reports.chance_history import write_by_chance
from tests.store.desk import AFTERNOON_ID, MONDAY, MORNING_ID, Desk
from watchbill.core.instants import day_end
from watchbill.core.roster import Why
from watchbill.core.windows import State
from watchbill.reports.figures import Figures, Turn, by_month, by_turn, day_verdicts, short_days
from watchbill.store import windows
from watchbill.store.windows import CheckRecord

FIRST, LAST = date(2026, 7, 1), date(2026, 10, 31)
HOUR = timedelta(hours=1)
DAY = date.fromisoformat(MONDAY)
SEEDS = (1, 2, 3)


def twice(checks: list[CheckRecord], needed: int) -> bool:
    """Read slowly whether every page was viewed often enough, an hour apart."""
    for page in PAGE_KEYS:
        seen: list[CheckRecord] = []
        for record in sorted(checks, key=lambda r: r.check.viewed_at):
            late = record.check.reported_at >= day_end(
                record.check.viewed_at.astimezone(NEW_YORK).date(), NEW_YORK
            )
            if page not in record.check.pages or late:
                continue
            apart = HOUR if needed == 2 else timedelta(0)
            if not seen or record.check.viewed_at - seen[-1].check.viewed_at >= apart:
                seen.append(record)
        if len(seen) < needed:
            return False
    return True


def on(desk: Desk, *days: date) -> list[CheckRecord]:
    with desk.store.read() as connection:
        return [record for day in days for record in windows.checks_between(connection, day, day)]


def slowly(desk: Desk) -> dict[date, Figures]:
    """Return the figures by month, read row by row."""
    found: dict[date, Figures] = {}
    day = FIRST
    while day <= LAST:
        month = found.setdefault(day.replace(day=1), Figures())
        if day.weekday() < 5:
            month.weekdays += 1
            month.weekdays_compliant += twice(on(desk, day), 2)
        elif day.weekday() == 5:
            month.weekends += 1
            month.weekends_compliant += twice(on(desk, day, day + timedelta(days=1)), 1)
        day += timedelta(days=1)
    with desk.store.read() as connection:
        records = windows.windows_between(connection, FIRST, LAST)
    for record in records:
        month = found[record.occasion.day.replace(day=1)]
        month.windows += 1
        month.completed += record.state is State.COMPLETED
        month.late += record.state is State.LATE
        month.missed += record.state is State.MISSED
        month.unattended += record.unattended
        midnight = day_end(record.occasion.day, NEW_YORK)
        month.attested += record.state is State.COMPLETED and any(
            check.attested
            and record.occasion.takes(check.check.viewed_at)
            and check.check.reported_at < midnight
            for check in on(desk, record.occasion.day)
        )
    return found


@pytest.fixture
def begun(desk: Desk) -> Desk:
    desk.tick()
    return desk


@pytest.mark.parametrize("seed", SEEDS)
def test_the_figures_are_those_of_a_slow_reading(begun: Desk, seed: int) -> None:
    write_by_chance(begun, FIRST, LAST, seed)
    with begun.store.read() as connection:
        found = by_month(begun.office.policy, connection, FIRST, LAST, begun.clock.now())
    assert found == slowly(begun)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_short_weekdays_are_those_of_a_slow_reading(begun: Desk, seed: int) -> None:
    write_by_chance(begun, FIRST, LAST, seed)
    with begun.store.read() as connection:
        verdicts = day_verdicts(begun.office.policy, connection, FIRST, LAST, begun.clock.now())
    weekdays = [day for day in verdicts if day.weekday() < 5]
    assert short_days(verdicts) == {day for day in weekdays if not twice(on(begun, day), 2)}
    assert {one.compliant for day, one in verdicts.items() if day.weekday() >= 5} == {None}


def test_by_turn_every_closed_window_is_counted_once(begun: Desk) -> None:
    write_by_chance(begun, FIRST, LAST, 4)
    with begun.store.read() as connection:
        found = by_turn(connection, FIRST, LAST)
        records = windows.windows_between(connection, FIRST, LAST)
    assert sum(one.windows for one in found.values()) == len(records)
    assert set(found) == {Turn(KIM.id, Why.PIO), Turn(None, None)}
    mine = [record for record in records if record.monitor == KIM.id]
    of_kim = found[Turn(KIM.id, Why.PIO)]
    assert (of_kim.windows, of_kim.completed) == (
        len(mine),
        sum(record.state is State.COMPLETED for record in mine),
    )
    assert of_kim.unattended == sum(record.unattended for record in mine)


def test_a_monitor_of_two_kinds_has_the_one_of_the_longest_stretch(begun: Desk) -> None:
    begun.at(f"{MONDAY}T08:00")
    begun.designate(KIM, DANA, f"{MONDAY}T09:00", f"{MONDAY}T16:00")
    begun.at(f"{MONDAY}T17:00")
    begun.tick()
    with begun.store.read() as connection:
        found = by_turn(connection, DAY, DAY)
    assert {(turn.person, turn.role): one.windows for turn, one in found.items()} == {
        (DANA.id, Why.DESIGNATION): 2
    }


@pytest.mark.parametrize(
    ("now", "compliant"),
    [("T23:59:59", None), ("T24", False)],
)
def test_a_weekday_is_judged_when_it_is_over(desk: Desk, now: str, *, compliant: bool | None) -> None:
    desk.at(f"{MONDAY}T09:00")
    desk.tick()
    desk.check(KIM)
    desk.at("2026-11-24T00:00" if now == "T24" else MONDAY + now)
    with desk.store.read() as connection:
        found = day_verdicts(desk.office.policy, connection, DAY, DAY, desk.clock.now())
    assert found[DAY].compliant is compliant


@pytest.mark.parametrize(
    ("second", "compliant"), [("T12:29:59.999", False), ("T12:30", True), ("T12:30:00.001", True)]
)
def test_a_missed_window_made_up_an_hour_later_meets_the_demand_to_the_millisecond(
    desk: Desk, second: str, *, compliant: bool
) -> None:
    desk.at(f"{MONDAY}T11:29:59.999999")
    desk.tick()
    desk.at(f"{MONDAY}T11:30")
    desk.check(KIM)
    desk.at(MONDAY + second)
    desk.check(KIM)
    desk.at("2026-11-24T07:00")
    desk.tick()
    assert {MORNING_ID, AFTERNOON_ID} == {record.occasion.id for record in desk.windows()}
    with desk.store.read() as connection:
        found = day_verdicts(desk.office.policy, connection, DAY, DAY, desk.clock.now())
    assert found[DAY].compliant is compliant


def test_windows_that_no_tick_has_settled_yet_are_counted_as_they_are(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    desk.tick()
    desk.at(f"{MONDAY}T11:30")
    with desk.store.read() as connection:
        (one,) = day_verdicts(
            desk.office.policy, connection, DAY, DAY, local(f"{MONDAY}T11:30")
        ).values()
        found = by_month(desk.office.policy, connection, DAY, DAY, local(f"{MONDAY}T11:29:59"))
    assert (one.figures.missed, one.figures.windows) == (1, 2)
    assert found[DAY.replace(day=1)].windows == 0
