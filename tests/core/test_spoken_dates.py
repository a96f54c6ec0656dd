"""A date is read as the person meant it on the day on which it was said, or not at all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbill.core.spoken_dates import DATE_WORDS, LONGEST_SPAN, Days, read_days

TUESDAY = date(2026, 11, 24)
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
few = settings(derandomize=True, database=None, deadline=None, max_examples=300)
todays = st.dates(date(2024, 1, 1), date(2096, 12, 31))


def said(text: str, today: date = TUESDAY) -> str | None:
    """Return the days that a text names, as ``2026-12-24`` or ``2026-12-24/2026-12-31``."""
    days = read_days(text.split(), today)
    if days is None:
        return None
    return f"{days.first}" if days.first == days.last else f"{days.first}/{days.last}"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("TODAY", "2026-11-24"),
        ("TOMORROW", "2026-11-25"),
        ("MON", "2026-11-30"),
        ("MONDAY", "2026-11-30"),
        ("TUE", "2026-11-24"),
        ("TUES", "2026-11-24"),
        ("TUESDAY", "2026-11-24"),
        ("WED", "2026-11-25"),
        ("WEDNESDAY", "2026-11-25"),
        ("THU", "2026-11-26"),
        ("THUR", "2026-11-26"),
        ("THURS", "2026-11-26"),
        ("THURSDAY", "2026-11-26"),
        ("FRI", "2026-11-27"),
        ("FRIDAY", "2026-11-27"),
        ("SAT", "2026-11-28"),
        ("SATURDAY", "2026-11-28"),
        ("SUN", "2026-11-29"),
        ("SUNDAY", "2026-11-29"),
    ],
)
def test_a_day_of_the_week_is_the_next_one_today_included(text: str, day: str) -> None:
    assert said(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "12/24",
        "12/24/26",
        "12/24/2026",
        "2026-12-24",
        "DEC 24",
        "DECEMBER 24",
        "DEC 24TH",
        "DEC 24 2026",
        "DECEMBER 24TH 2026",
        "24 DEC",
        "24TH DECEMBER",
        "24 DEC 2026",
        "ON DEC 24",
        "FOR 12/24",
    ],
)
def test_a_date_can_be_written_in_many_ways(text: str) -> None:
    assert said(text) == "2026-12-24"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("11/23", "2027-11-23"),
        ("11/24", "2026-11-24"),
        ("11/25", "2026-11-25"),
        ("1/2", "2027-01-02"),
        ("01/02", "2027-01-02"),
        ("JUN 3RD", "2027-06-03"),
        ("SEPT 1ST", "2027-09-01"),
        ("MAY 2ND", "2027-05-02"),
        ("11/23/2026", "2026-11-23"),
    ],
)
def test_a_date_without_a_year_is_the_next_one_today_included(text: str, day: str) -> None:
    assert said(text) == day


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("12/24-12/31", "2026-12-24/2026-12-31"),
        ("12/24 - 12/31", "2026-12-24/2026-12-31"),
        ("12/24--12/31", "2026-12-24/2026-12-31"),
        ("FROM 12/24 TO 12/31", "2026-12-24/2026-12-31"),
        ("FROM 12/24-12/31", "2026-12-24/2026-12-31"),
        ("12/24 THRU 12/31", "2026-12-24/2026-12-31"),
        ("12/24 THROUGH 12/31", "2026-12-24/2026-12-31"),
        ("12/24 UNTIL 12/31", "2026-12-24/2026-12-31"),
        ("12/24 TIL 12/31", "2026-12-24/2026-12-31"),
        ("12/24 TILL 12/31", "2026-12-24/2026-12-31"),
        ("2026-12-24-2026-12-31", "2026-12-24/2026-12-31"),
        ("2026-12-24 TO 2026-12-31", "2026-12-24/2026-12-31"),
        ("DEC 24-31", "2026-12-24/2026-12-31"),
        ("DEC 24 - 31ST", "2026-12-24/2026-12-31"),
        ("DEC 24-31 2026", "2026-12-24/2026-12-31"),
        ("DEC 24 TO DECEMBER 31", "2026-12-24/2026-12-31"),
        ("24 DEC - 31 DEC", "2026-12-24/2026-12-31"),
        ("DEC 24-24", "2026-12-24"),
        ("12/24-1/2", "2026-12-24/2027-01-02"),
        ("DEC 24-JAN 2", "2026-12-24/2027-01-02"),
        ("12/24/2026-1/2", "2026-12-24/2027-01-02"),
        ("12/24/2027-1/2", "2027-12-24/2028-01-02"),
        ("12/24-1/2/2027", "2026-12-24/2027-01-02"),
        ("12/24/26-1/2/27", "2026-12-24/2027-01-02"),
    ],
)
def test_a_span_can_be_written_in_many_ways(text: str, days: str) -> None:
    assert said(text) == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("11/20-11/30", "2026-11-20/2026-11-30"),
        ("11/20-11/24", "2026-11-20/2026-11-24"),
        ("11/20-11/23", "2027-11-20/2027-11-23"),
        ("11/20-TODAY", "2026-11-20/2026-11-24"),
        ("11/20 TO TOMORROW", "2026-11-20/2026-11-25"),
        ("12/20-1/2/2026", "2025-12-20/2026-01-02"),
    ],
)
def test_a_span_without_years_may_have_begun_but_not_have_ended(text: str, days: str) -> None:
    assert said(text) == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("MON-FRI", "2026-11-30/2026-12-04"),
        ("TUE-FRI", "2026-11-24/2026-11-27"),
        ("FRI-MON", "2026-11-27/2026-11-30"),
        ("FRI-FRI", "2026-11-27"),
        ("FRI TO THURSDAY", "2026-11-27/2026-12-03"),
        ("TODAY-FRI", "2026-11-24/2026-11-27"),
        ("FROM TOMORROW UNTIL TUE", "2026-11-25/2026-12-01"),
        ("FRI-12/31", "2026-11-27/2026-12-31"),
        ("12/24/2026-MON", "2026-12-24/2026-12-28"),
        ("12/24-TODAY", "2025-12-24/2026-11-24"),
    ],
)
def test_a_span_can_begin_and_end_with_days_of_the_week(text: str, days: str) -> None:
    assert said(text) == days


@pytest.mark.parametrize("word", ["UNTIL", "TIL", "TILL", "THRU", "THROUGH"])
def test_until_a_day_is_from_today_with_that_day(word: str) -> None:
    assert said(f"{word} FRI") == "2026-11-24/2026-11-27"
    assert said(f"{word} TODAY") == "2026-11-24"
    assert said(f"{word} 1/2") == "2026-11-24/2027-01-02"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "24",
        "24TH",
        "DEC",
        "DEC 0",
        "DEC 32",
        "2/30",
        "13/1",
        "0/1",
        "1/0",
        "12/24/2",
        "12/24/202",
        "12-24",
        "2026-13-01",
        "2026/12/24",
        "24/12",
        "XYZ 24",
        "NEXT FRI",
        "FRI SAT",
        "FRI AND SAT",
        "FRI -",
        "- FRI",
        "TO FRI",
        "UNTIL",
        "UNTIL FRI-MON",
        "FROM UNTIL FRI",
        "2/30-3/2",
        "12/24-13/1",
        "12/24-31",
        "12/24-12/26-12/28",
        "UNTIL 2/30",
        "\u0661\u0662/\u0662\u0664",
    ],
)
def test_what_is_no_date_is_not_read(text: str) -> None:
    assert said(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "12/31/2026-12/24/2026",
        "2026-12-31-2026-12-24",
        "DEC 31-24",
        "UNTIL 11/23/2026",
        "WED-TODAY",
        "TOMORROW-11/24",
        "MON-11/24",
    ],
)
def test_a_span_that_ends_before_it_begins_is_not_read(text: str) -> None:
    assert said(text) is None


@pytest.mark.parametrize("text", ["FROM FRI", "FROM 12/24", "11/20-FRI"])
def test_what_could_mean_two_things_is_not_read(text: str) -> None:
    assert said(text) is None


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("2/29", date(2026, 3, 1), "2028-02-29"),
        ("2/29", date(2026, 2, 28), None),
        ("2/29", date(2028, 2, 29), "2028-02-29"),
        ("2/29", date(2028, 3, 1), None),
        ("2/29/2027", date(2026, 11, 24), None),
        ("2/29/2028", date(2026, 11, 24), "2028-02-29"),
        ("2/29-3/1", date(2028, 3, 1), "2028-02-29/2028-03-01"),
        ("2/28-3/1", date(2027, 2, 1), "2027-02-28/2027-03-01"),
        ("2/29-3/1", date(2029, 3, 1), "2028-02-29/2029-03-01"),
        ("2/29-4/3", date(2029, 3, 1), "2028-02-29/2029-04-03"),
        ("2/29-4/4", date(2029, 3, 1), None),
        ("2/29-3/1", date(2027, 3, 1), None),
    ],
)
def test_a_leap_day_is_only_where_a_year_has_one(text: str, today: date, day: str | None) -> None:
    assert said(text, today) == day


@pytest.mark.parametrize(
    ("today", "day", "read"),
    [
        (TUESDAY, "11/23/2028", True),
        (TUESDAY, "11/24/2028", True),
        (TUESDAY, "11/25/2028", False),
        (TUESDAY, "11/25/2024", True),
        (TUESDAY, "11/24/2024", True),
        (TUESDAY, "11/23/2024", False),
        (date(2028, 2, 29), "2/28/2030", True),
        (date(2028, 2, 29), "3/1/2030", False),
    ],
)
def test_a_date_more_than_two_years_away_is_not_read(
    today: date,
    day: str,
    read: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert (said(day, today) is not None) is read


@pytest.mark.parametrize(("length", "read"), [(399, True), (400, True), (401, False)])
def test_a_span_of_more_than_400_days_is_not_read(
    length: int,
    read: bool,  # noqa: FBT001 - a row of the table
) -> None:
    last = TUESDAY + timedelta(days=length - 1)
    assert (said(f"{TUESDAY}-{last}") is not None) is read


def test_the_year_turns_between_new_years_eve_and_new_year() -> None:
    eve = date(2026, 12, 31)
    assert said("TOMORROW", eve) == "2027-01-01"
    assert said("12/31", eve) == "2026-12-31"
    assert said("12/30", eve) == "2027-12-30"
    assert said("12/24-1/2", eve) == "2026-12-24/2027-01-02"
    assert said("12/24-1/2", date(2027, 1, 2)) == "2026-12-24/2027-01-02"
    assert said("12/24-1/2", date(2027, 1, 3)) == "2027-12-24/2028-01-02"


def test_months_are_no_words_that_only_dates_have() -> None:
    assert {"FRI", "TODAY", "UNTIL", "FROM", "TO"} <= DATE_WORDS
    assert DATE_WORDS.isdisjoint(("APRIL", "MAY", "JUNE"))


def spellings(day: date) -> list[str]:
    """Return a date as people write it, without its year and with it."""
    month, short = MONTHS[day.month - 1], f"{day.month}/{day.day}"
    bare = [short, f"{day:%m/%d}", f"{month} {day.day}", f"{day.day}TH {month}"]
    full = [f"{short}/{day.year}", f"{day:%m/%d/%y}", f"{month} {day.day} {day.year}", day.isoformat()]
    return [*bare, *full]


@few
@given(todays, st.integers(0, 365), st.integers(0, 7))
def test_a_date_of_the_next_year_is_read_back(today: date, ahead: int, spelling: int) -> None:
    day = today + timedelta(days=ahead)
    if (day.month, day.day) == (today.month, today.day):
        day = today  # a year away to the day; without its year it is today
    assert read_days(spellings(day)[spelling].split(), today) == Days(day, day)


@few
@given(
    todays,
    st.integers(-180, 180),
    st.integers(0, 180),
    st.integers(0, 7),
    st.integers(0, 7),
    st.sampled_from(["-", " - ", " TO ", " THRU ", " UNTIL "]),
)
def test_a_span_that_is_not_over_is_read_back(
    today: date, offset: int, length: int, first: int, last: int, separator: str
) -> None:
    begins = today + timedelta(days=offset)
    ends = max(begins + timedelta(days=length), today)
    text = f"{spellings(begins)[first]}{separator}{spellings(ends)[last]}"
    assert read_days(text.split(), today) == Days(begins, ends)


@few
@given(todays, st.integers(0, 6), st.integers(0, 6))
def test_a_span_of_weekdays_begins_and_ends_within_a_week(today: date, first: int, last: int) -> None:
    days = read_days([f"{WEEKDAYS[first]}-{WEEKDAYS[last]}"], today)
    assert days is not None
    assert (days.first.weekday(), days.last.weekday()) == (first, last)
    assert 0 <= (days.first - today).days < 7
    assert 0 <= (days.last - days.first).days < 7


DATE_PIECES = st.sampled_from(
    [*sorted(DATE_WORDS), *MONTHS, "-", "2/29", "2/30", "12/24", "24", "31ST", "2026", "2026-12-24"]
)


@few
@given(st.lists(st.one_of(DATE_PIECES, st.text(max_size=6)), max_size=7), todays)
def test_whatever_is_read_is_a_sensible_span(words: list[str], today: date) -> None:
    days = read_days(words, today)
    if days is not None:
        assert days.first <= days.last <= today + timedelta(days=2 * 366)
        assert (days.last - days.first).days < LONGEST_SPAN
