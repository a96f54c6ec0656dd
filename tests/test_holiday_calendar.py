"""The agency's holidays: a country's by local date, with what the agency adds and removes."""

from __future__ import annotations

from datetime import date

import pytest

from watchbill.errors import ConfigurationError
from watchbill.holiday_calendar import AgencyHolidays


def ohio(added: dict[date, str] | None = None, *removed: date) -> AgencyHolidays:
    return AgencyHolidays("US", "OH", added or {}, frozenset(removed))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 26),
        date(2026, 12, 25),
        date(2027, 1, 1),
        date(2027, 7, 4),
        date(2027, 7, 5),
        date(2028, 5, 29),
    ],
)
def test_the_days_of_ohio_are_known(day: date) -> None:
    assert ohio().name_on(day)


def test_a_new_year_on_a_saturday_is_observed_in_the_year_before() -> None:
    calendar = ohio()
    assert date(2028, 1, 1).weekday() == 5
    assert calendar.name_on(date(2027, 12, 31))
    assert calendar.name_on(date(2028, 1, 1))
    assert date(2023, 1, 1).weekday() == 6
    assert ohio().name_on(date(2023, 1, 2))


def test_a_year_is_the_same_in_whichever_order_it_is_asked_for() -> None:
    forward, back = ohio(), ohio()
    days = [date(year, 12, 31) for year in range(2020, 2030)]
    there = [forward.name_on(day) for day in days]
    assert [back.name_on(day) for day in reversed(days)] == there[::-1]


def test_an_ordinary_day_is_none() -> None:
    assert ohio().name_on(date(2026, 11, 27)) is None


def test_the_agency_adds_and_removes_and_removing_goes_first() -> None:
    friday, christmas = date(2026, 11, 27), date(2026, 12, 25)
    calendar = ohio({friday: "Day after", christmas: "Yule"}, date(2026, 11, 26))
    assert calendar.name_on(friday) == "Day after"
    assert calendar.name_on(christmas) == "Yule"
    assert calendar.name_on(date(2026, 11, 26)) is None
    assert ohio({friday: "Day after"}, friday).name_on(friday) is None


def test_without_a_country_there_are_only_the_agencys_own() -> None:
    calendar = AgencyHolidays(None, None, {date(2026, 5, 5): "Founders"}, frozenset())
    assert calendar.name_on(date(2026, 5, 5)) == "Founders"
    assert calendar.name_on(date(2026, 12, 25)) is None
    assert calendar.source is None
    calendar.check()


@pytest.mark.parametrize(("country", "subdivision"), [("Ohio", None), ("US", "Toledo"), ("", None)])
def test_a_country_that_is_not_known_is_refused(country: str, subdivision: str | None) -> None:
    with pytest.raises(ConfigurationError, match=r"^holidays\.country: .* is not known"):
        AgencyHolidays(country, subdivision, {}, frozenset()).check()


def test_remembered_years_are_taken_over_and_the_rest_is_learned() -> None:
    calendar = ohio()
    calendar.recall({2026: {date(2026, 3, 3): "Remembered"}})
    assert calendar.name_on(date(2026, 3, 3)) == "Remembered"
    assert calendar.name_on(date(2026, 12, 25)) is None
    assert calendar.learned == {}
    assert calendar.name_on(date(2027, 12, 24)) is not None
    assert set(calendar.learned) == {2027}
