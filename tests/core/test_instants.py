"""Local time and UTC meet in one place, also where the clock skips or repeats an hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.cast import NEW_YORK
from watchbill.core.instants import (
    aware,
    clock_words,
    date_words,
    dates,
    day_end,
    day_start,
    exact,
    iso,
    local_date,
    local_instant,
    parse_date,
    parse_instant,
    parse_span,
)
from watchbill.errors import RefusedError

CHANGES = (
    ("America/New_York", "2026-03-08", 23),
    ("America/New_York", "2026-11-01", 25),
    ("Europe/Berlin", "2026-03-29", 23),
    ("Europe/Berlin", "2026-10-25", 25),
    ("Australia/Lord_Howe", "2026-10-04", 23.5),
    ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ("America/Santiago", "2026-09-06", 23),
    ("America/Santiago", "2026-04-04", 25),
    ("Asia/Beirut", "2026-03-29", 23),
    ("Asia/Beirut", "2026-10-24", 25),
    ("Pacific/Apia", "2011-12-30", 0),
)


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        ("America/New_York", "2026-03-08T01:59", "2026-03-08T06:59:00Z"),
        ("America/New_York", "2026-03-08T02:00", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-03-08T02:59:59", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-03-08T03:00", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-03-08T03:01", "2026-03-08T07:01:00Z"),
        ("America/New_York", "2026-11-01T00:59", "2026-11-01T04:59:00Z"),
        ("America/New_York", "2026-11-01T01:00", "2026-11-01T05:00:00Z"),
        ("America/New_York", "2026-11-01T01:59", "2026-11-01T05:59:00Z"),
        ("America/New_York", "2026-11-01T02:00", "2026-11-01T07:00:00Z"),
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
        ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T01:59", "2026-10-03T15:29:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z"),
        ("Australia/Lord_Howe", "2026-04-05T02:00", "2026-04-04T15:30:00Z"),
        ("America/Santiago", "2026-09-06T00:00", "2026-09-06T04:00:00Z"),
        ("America/Santiago", "2026-09-06T00:30", "2026-09-06T04:00:00Z"),
        ("America/Santiago", "2026-09-06T01:00", "2026-09-06T04:00:00Z"),
        ("America/Santiago", "2026-04-04T23:30", "2026-04-05T02:30:00Z"),
        ("America/Santiago", "2026-04-05T00:00", "2026-04-05T04:00:00Z"),
        ("Asia/Beirut", "2026-03-29T00:00", "2026-03-28T22:00:00Z"),
        ("Asia/Beirut", "2026-10-24T23:30", "2026-10-24T20:30:00Z"),
        ("Asia/Beirut", "2026-10-25T00:00", "2026-10-24T22:00:00Z"),
    ],
)
def test_a_skipped_time_is_the_jump_and_a_repeated_one_its_first_occurrence(
    zone: str, wall: str, instant: str
) -> None:
    when = datetime.fromisoformat(wall)
    assert iso(local_instant(when.date(), when.time(), ZoneInfo(zone))) == instant


@pytest.mark.parametrize(("zone", "day", "hours"), CHANGES)
def test_a_day_is_as_long_as_the_clock_makes_it(zone: str, day: str, hours: float) -> None:
    when, place = date.fromisoformat(day), ZoneInfo(zone)
    assert day_end(when, place) - day_start(when, place) == timedelta(hours=hours)


@pytest.mark.parametrize(("zone", "day", "hours"), CHANGES[:-1])
def test_a_day_begins_with_its_first_instant(zone: str, day: str, hours: float) -> None:
    when, place = date.fromisoformat(day), ZoneInfo(zone)
    begins, ends = day_start(when, place), day_end(when, place)
    assert local_date(begins, place) == when
    assert local_date(begins - timedelta(microseconds=1), place) < when
    assert local_date(ends - timedelta(microseconds=1), place) == when
    assert local_date(ends, place) > when


@pytest.mark.parametrize(("zone", "day", "hours"), CHANGES)
def test_later_on_the_wall_is_never_earlier_in_utc(zone: str, day: str, hours: float) -> None:
    when, place = date.fromisoformat(day), ZoneInfo(zone)
    walls = [time(minute // 60, minute % 60) for minute in range(24 * 60)]
    instants = [local_instant(when, wall, place) for wall in walls]
    assert instants == sorted(instants)


def test_the_first_instant_after_a_jump_is_found_to_the_second() -> None:
    jump = local_instant(date(2026, 3, 8), time(2, 17, 43), NEW_YORK)
    assert jump == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23, 8, 30)
    for use in (aware, iso, exact):
        with pytest.raises(ValueError, match="no time zone"):
            use(naive)


def test_an_instant_with_another_offset_is_kept_in_utc() -> None:
    berlin = datetime(2026, 11, 23, 14, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert aware(berlin) == datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
    assert aware(berlin).tzinfo is UTC


def test_instants_are_written_in_utc() -> None:
    instant = datetime(2026, 11, 23, 13, 30, 5, 700, tzinfo=UTC)
    assert iso(instant) == "2026-11-23T13:30:05Z"
    assert exact(instant) == "2026-11-23T13:30:05.000700Z"


def test_dates_run_from_the_first_to_the_last() -> None:
    assert dates(date(2028, 2, 28), date(2028, 3, 1)) == [
        date(2028, 2, 28),
        date(2028, 2, 29),
        date(2028, 3, 1),
    ]
    assert dates(date(2028, 3, 1), date(2028, 2, 28)) == []


@pytest.mark.parametrize(
    ("first", "last", "starts", "ends"),
    [
        ("2026-12-24", "2026-12-24", "2026-12-24T05:00:00Z", "2026-12-25T05:00:00Z"),
        ("2026-12-24", "2026-12-31", "2026-12-24T05:00:00Z", "2027-01-01T05:00:00Z"),
        ("2026-10-31", "2026-11-01", "2026-10-31T04:00:00Z", "2026-11-02T05:00:00Z"),
        ("2026-12-24T12:00", "2026-12-24T12:01", "2026-12-24T17:00:00Z", "2026-12-24T17:01:00Z"),
        ("2026-12-24T12:00", "2026-12-24", "2026-12-24T17:00:00Z", "2026-12-25T05:00:00Z"),
        ("2026-12-24", "2026-12-24T12:00", "2026-12-24T05:00:00Z", "2026-12-24T17:00:00Z"),
        ("2026-12-24T12:00Z", "2026-12-24T14:00+01:00", "2026-12-24T12:00:00Z", "2026-12-24T13:00:00Z"),
    ],
)
def test_a_span_includes_its_last_date_and_excludes_its_last_instant(
    first: str, last: str, starts: str, ends: str
) -> None:
    starts_at, ends_at = parse_span(first, last, NEW_YORK)
    assert (iso(starts_at), iso(ends_at)) == (starts, ends)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-12-24", "2026-12-23"),
        ("2026-12-24T12:00", "2026-12-24T12:00"),
        ("2026-12-24T12:01", "2026-12-24T12:00"),
        ("2026-12-25", "2026-12-25T00:00"),
        ("2026-03-08T02:10", "2026-03-08T02:50"),
    ],
)
def test_a_span_without_an_instant_is_read_as_one_for_the_act_to_refuse(first: str, last: str) -> None:
    starts_at, ends_at = parse_span(first, last, NEW_YORK)
    assert ends_at <= starts_at


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("tomorrow", "2026-12-24", "--from"),
        ("2026-02-30", "2026-12-24", "--from"),
        ("2026-12-24T25:00", "2026-12-25", "--from"),
        ("2026-12-24", "", "--to"),
        ("2026-12-24", "12/31", "--to"),
        ("2026-12-24", "2026-12-24T12:60", "--to"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_field(first: str, last: str, field: str) -> None:
    with pytest.raises(RefusedError, match=rf"^{field}: "):
        parse_span(first, last, NEW_YORK)


def test_a_date_that_is_none_names_the_form_to_write() -> None:
    with pytest.raises(RefusedError, match="2026-12-24"):
        parse_date("24.12.2026", "--date")


def test_a_local_time_keeps_its_fraction_of_a_second() -> None:
    assert exact(parse_instant("2026-11-23T08:30:00.25", NEW_YORK, "--at")).endswith("13:30:00.250000Z")


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (datetime(2026, 11, 23, 16, 30, tzinfo=UTC), "11:30 AM EST"),
        (datetime(2026, 11, 23, 5, 5, tzinfo=UTC), "12:05 AM EST"),
        (datetime(2026, 7, 1, 17, 5, tzinfo=UTC), "1:05 PM EDT"),
    ],
)
def test_a_time_of_day_names_its_zone(instant: datetime, words: str) -> None:
    assert clock_words(instant, NEW_YORK) == words


def test_a_date_is_said_without_a_leading_zero() -> None:
    assert date_words(date(2026, 11, 2)) == "Mon Nov 2"
