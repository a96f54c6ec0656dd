"""Which rows of the log are wanted: each filter alone and at its limits, together, and in either order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.cast import DANA, KIM, LEE, MORGAN, local
from tests.store.desk import AFTERNOON_ID, MONDAY, MORNING_ID, Desk
from watchbill.acts.check import parse_finding
from watchbill.core.checks import Category
from watchbill.reports.coverage_log import CoverageLog, log_within
from watchbill.reports.log_choice import Choice, Shown, chosen

DAY, NEXT = date(2026, 11, 23), date(2026, 11, 24)
TUESDAY_MORNING, TUESDAY_AFTERNOON = "2026-11-24/weekday-morning", "2026-11-24/weekday-afternoon"
EVERY = Choice(DAY, NEXT)


@pytest.fixture
def log(desk: Desk) -> CoverageLog:
    """Two days: missed and made up, completed with findings, an extra check, a window nobody covers."""
    desk.at(f"{MONDAY}T07:10")
    desk.check(MORGAN, "FB")
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    desk.at(f"{MONDAY}T12:00")
    desk.check(DANA)
    desk.at(f"{MONDAY}T14:00")
    desk.check(LEE, findings=(parse_finding("FB:4:hidden"), parse_finding("YT:offensive")))
    desk.away(KIM, "2026-11-24T07:00", "2026-11-24T12:00")
    desk.at("2026-11-24T08:30")
    desk.tick()
    desk.at("2026-11-24T12:00")
    desk.tick()
    with desk.store.read() as connection:
        return log_within(
            desk.office.policy, connection, DAY, NEXT, local("2026-11-24T13:00"), ahead=True
        )


def found(log: CoverageLog, choice: Choice, short: tuple[date, ...] = ()) -> list[str | None]:
    rows = chosen(log, choice, short).rows
    return [None if row.record is None else row.record.occasion.id for row in rows]


ALL = [MORNING_ID, AFTERNOON_ID, None, TUESDAY_MORNING, TUESDAY_AFTERNOON]


def test_without_a_filter_every_row_is_there_the_oldest_or_the_newest_first(log: CoverageLog) -> None:
    assert found(log, EVERY) == ALL
    assert found(log, replace(EVERY, newest_first=True)) == ALL[::-1]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (Shown.COMPLETED, [AFTERNOON_ID]),
        (Shown.LATE, [MORNING_ID]),
        (Shown.MISSED, [TUESDAY_MORNING]),
        (Shown.UPCOMING, [TUESDAY_AFTERNOON]),
        (Shown.OPEN, []),
        (Shown.UNATTENDED, [AFTERNOON_ID]),
        (Shown.EXTRA, [None]),
    ],
)
def test_each_state_has_its_rows(log: CoverageLog, state: Shown, expected: list[str | None]) -> None:
    assert found(log, replace(EVERY, state=state)) == expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (DANA, [MORNING_ID]),
        (LEE, [AFTERNOON_ID]),
        (MORGAN, [None]),
        (KIM, [MORNING_ID, AFTERNOON_ID, TUESDAY_AFTERNOON]),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_a_person_is_there_as_monitor_and_as_whoever_checked(
    log: CoverageLog, who: object, expected: list[str | None]
) -> None:
    assert found(log, replace(EVERY, person=who.id)) == expected  # type: ignore[attr-defined]


def test_nobody_is_a_window_without_a_monitor(log: CoverageLog) -> None:
    assert found(log, replace(EVERY, nobody=True)) == [TUESDAY_MORNING]


@pytest.mark.parametrize(
    ("page", "category", "expected"),
    [
        ("FB", None, [MORNING_ID, AFTERNOON_ID, None, TUESDAY_MORNING]),
        ("YT", None, [MORNING_ID, AFTERNOON_ID, TUESDAY_MORNING]),
        (None, Category.SPAM, [AFTERNOON_ID]),
        ("FB", Category.SPAM, [AFTERNOON_ID]),
        ("YT", Category.SPAM, []),
        ("YT", Category.OFFENSIVE, [AFTERNOON_ID]),
        (None, Category.CHILD, []),
    ],
)
def test_a_page_and_a_finding_go_together(
    log: CoverageLog, page: str | None, category: Category | None, expected: list[str | None]
) -> None:
    assert found(log, replace(EVERY, page=page, category=category)) == expected


def test_short_weekdays_keep_all_of_their_rows(log: CoverageLog) -> None:
    short = replace(EVERY, short=True)
    assert found(log, short) == []
    assert found(log, short, (NEXT,)) == [TUESDAY_MORNING, TUESDAY_AFTERNOON]
    assert found(log, replace(short, state=Shown.MISSED), (DAY, NEXT)) == [TUESDAY_MORNING]
