"""A month by weeks: whole months, leap days, the turn of the year, both clock changes, who is away."""

from __future__ import annotations

from datetime import date
from itertools import chain

import pytest

from tests.cast import DANA, KIM, LEE
from tests.store.desk import WHOLE, Desk
from watchbill.core.instants import dates
from watchbill.reports.month import EARLIEST, LATEST, Day, Month, month_of, month_within


def month(desk: Desk, first: date) -> Month:
    with desk.store.read() as connection:
        return month_within(WHOLE, connection, first, desk.clock.now())


def days(found: Month) -> list[Day]:
    return [day for day in chain.from_iterable(found.weeks) if day is not None]


@pytest.mark.parametrize(
    ("first", "last", "before", "after"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), date(2026, 10, 1), date(2026, 12, 1)),
        (date(2026, 12, 1), date(2026, 12, 31), date(2026, 11, 1), date(2027, 1, 1)),
        (date(2027, 1, 1), date(2027, 1, 31), date(2026, 12, 1), date(2027, 2, 1)),
        (date(2027, 2, 1), date(2027, 2, 28), date(2027, 1, 1), date(2027, 3, 1)),
        (date(2028, 2, 1), date(2028, 2, 29), date(2028, 1, 1), date(2028, 3, 1)),
        (EARLIEST, date(1990, 1, 31), None, date(1990, 2, 1)),
        (LATEST, date(2200, 12, 31), date(2200, 11, 1), None),
    ],
)
def test_a_month_has_every_day_once_in_weeks_of_seven(
    desk: Desk, first: date, last: date, before: date | None, after: date | None
) -> None:
    found = month(desk, first)
    assert [day.date for day in days(found)] == dates(first, last)
    assert {len(week) for week in found.weeks} == {7}
    for week in found.weeks:
        for place, day in enumerate(week):
            assert day is None or day.date.weekday() == place
    assert (found.before, found.after) == (before, after)


def test_windows_stand_on_their_days_also_beyond_the_horizon(desk: Desk) -> None:
    found = days(month(desk, date(2027, 3, 1)))
    counts = {day.date: len(day.windows) for day in found}
    assert counts[date(2027, 3, 13)] == counts[date(2027, 3, 14)] == 1  # the clock springs forward
    assert counts[date(2027, 3, 15)] == 2


def test_the_day_on_which_the_clock_falls_back_is_one_day(desk: Desk) -> None:
    desk.away(KIM, "2027-11-07T00:00", "2027-11-08T00:00")
    away = {day.date: day.away for day in days(month(desk, date(2027, 11, 1))) if day.away}
    assert [(d, one[0].whole) for d, one in away.items()] == [(date(2027, 11, 7), True)]


def test_holidays_are_named(desk: Desk) -> None:
    named = {day.date: day.holiday for day in days(month(desk, date(2026, 11, 1))) if day.holiday}
    assert named == {date(2026, 11, 26): "Thanksgiving Day"}


def test_who_is_away_is_named_for_the_whole_day_or_a_part(desk: Desk) -> None:
    desk.away(DANA, "2026-11-25T00:00", "2026-11-26T12:00")
    desk.away(LEE, "2026-11-26T00:00", "2026-11-26T09:00")
    desk.away(LEE, "2026-11-26T00:00", "2026-11-27T00:00")
    away = {day.date.day: day.away for day in days(month(desk, date(2026, 11, 1))) if day.away}
    assert [(one.name, one.whole) for one in away[25]] == [("Dana Okafor", True)]
    assert [(one.name, one.whole) for one in away[26]] == [("Dana Okafor", False), ("Lee Park", True)]
    assert list(away) == [25, 26]


def test_the_first_of_a_month() -> None:
    assert month_of(date(2026, 12, 31)) == date(2026, 12, 1)
