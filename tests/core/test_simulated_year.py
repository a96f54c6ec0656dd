"""A year through the core alone ends with every window settled, and with each miss told."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.cast import DANA_ID, KIM_ID, LEE_ID, POLICY, duty, leave, roster
from tests.core.played_year import Year, play, play_year
from watchbill.core.reasons import Reason
from watchbill.core.roster import DutyKind
from watchbill.core.windows import State

FIRST_DAY = date(2026, 1, 1)
FACTS = roster(
    leave(KIM_ID, "2026-07-06T00:00", "2026-07-20T00:00", recorded="2026-06-01T12:00"),
    duty(DutyKind.DESIGNATION, DANA_ID, "2026-07-06T00:00", "2026-07-13T00:00"),
    duty(DutyKind.STANDING, LEE_ID, "2026-07-13T00:00", "2026-12-01T00:00", entry=11),
)


@pytest.fixture(scope="module")
def year() -> Year:
    return play(POLICY, FACTS, FIRST_DAY)


def test_every_window_of_the_year_is_settled_once(year: Year) -> None:
    assert set(year.settled) == {window.id for window in year.windows}
    assert len(year.windows) == 261 * 2 + 104


def test_every_window_has_a_final_state(year: Year) -> None:
    count = Counter(year.settled.values())
    assert set(count) == {State.COMPLETED, State.MISSED}
    assert count[State.COMPLETED] > 4 * count[State.MISSED] > 0


def test_every_window_that_was_missed_has_been_told(year: Year) -> None:
    reasons = {Reason.WINDOW_MISSED, Reason.WINDOW_UNCOVERED}
    missed = {name for name, state in year.settled.items() if state is State.MISSED}
    assert {name for name in missed if not year.told[name] & reasons} == set()


def test_completed_windows_are_not_told_as_missed(year: Year) -> None:
    completed = {name for name, state in year.settled.items() if state is State.COMPLETED}
    assert {name for name in completed if Reason.WINDOW_MISSED in year.told[name]} == set()


def test_holidays_without_a_designee_go_to_the_ed(year: Year) -> None:
    uncovered = {name for name, told in year.told.items() if Reason.WINDOW_UNCOVERED in told}
    assert {name[:10] for name in uncovered} == {"2026-12-25"}


def test_what_is_made_up_or_told_later_turns_its_window_by_the_end_of_the_day(year: Year) -> None:
    final = year.final()
    turned = {(year.settled[name], state) for name, state in final.items()}
    assert turned == {
        (State.COMPLETED, State.COMPLETED),
        (State.MISSED, State.MISSED),
        (State.MISSED, State.LATE),
        (State.MISSED, State.COMPLETED),
    }


def test_the_year_takes_a_handful_of_decisions_for_each_window(year: Year) -> None:
    assert 3 * len(year.windows) < year.decided < 12 * len(year.windows)


def test_a_year_is_played_the_same_way_twice(year: Year) -> None:
    assert play_year(POLICY, FACTS, FIRST_DAY) == year.decided
