"""The dates of a text message: ``FRI``, ``12/24-1/2``, ``DEC 24 TO JAN 2``, ``UNTIL FRI``.

Local dates in, local dates out; US order, month before day. What could mean two things is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_SPAN = 400
"""Days; more than any leave that is told by text, and so a slip of the thumb."""
YEARS_OFF = 2
"""A date further from today than this, ahead or back, is a slip of the thumb too."""
YEARS_TO_LEAP_DAY = 8
"""The longest wait for a February 29: over 2100, which has none."""

_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            ("MON", "MONDAY"),
            ("TUE", "TUES", "TUESDAY"),
            ("WED", "WEDNESDAY"),
            ("THU", "THUR", "THURS", "THURSDAY"),
            ("FRI", "FRIDAY"),
            ("SAT", "SATURDAY"),
            ("SUN", "SUNDAY"),
        )
    )
    for name in names
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("JAN", "JANUARY"),
            ("FEB", "FEBRUARY"),
            ("MAR", "MARCH"),
            ("APR", "APRIL"),
            ("MAY",),
            ("JUN", "JUNE"),
            ("JUL", "JULY"),
            ("AUG", "AUGUST"),
            ("SEP", "SEPT", "SEPTEMBER"),
            ("OCT", "OCTOBER"),
            ("NOV", "NOVEMBER"),
            ("DEC", "DECEMBER"),
        ),
        start=1,
    )
    for name in names
}
_DAYS_AHEAD = {"TODAY": 0, "TOMORROW": 1}
_UNTIL = ("UNTIL", "TIL", "TILL", "THRU", "THROUGH")
_BEFORE = ("FROM", "ON", "FOR")
DATE_WORDS = frozenset((*_WEEKDAYS, *_DAYS_AHEAD, *_UNTIL, *_BEFORE, "TO"))
"""Words that only a date has. Months are not among them: April, May and June are people too."""

_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_DAY = r"(?P<day>[0-9]{1,2})(?:ST|ND|RD|TH)?"
_YEAR = r"(?: (?P<year>[0-9]{4}))?"
_MONTH_THEN_DAY = re.compile(rf"{_MONTH} {_DAY}{_YEAR}")
_CALENDAR_FORMS = (
    _MONTH_THEN_DAY,
    re.compile(rf"{_DAY} {_MONTH}{_YEAR}"),
    re.compile(r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})(?:/(?P<year>[0-9]{4}|[0-9]{2}))?"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
)
_DAY_ALONE = re.compile(rf"{_DAY}{_YEAR}")
_SEPARATOR = re.compile(rf" ?-+ ?| (?:TO|{'|'.join(_UNTIL)}) ")
_PREFIX = re.compile(rf"({'|'.join((*_BEFORE, *_UNTIL))}) ")


@dataclass(frozen=True, slots=True)
class Days:
    """Local dates from ``first`` to ``last``, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class _Near:
    """Today or tomorrow."""

    day: date


@dataclass(frozen=True, slots=True)
class _Weekday:
    """A day of the week; Monday is 0."""

    number: int


@dataclass(frozen=True, slots=True)
class _Yearly:
    """A day of the year, without the year; it may be one that no year has."""

    month: int
    day: int

    def first_from(self, floor: date) -> date | None:
        years = range(floor.year, floor.year + YEARS_TO_LEAP_DAY + 1)
        return next((day for day in self._in(years) if day >= floor), None)

    def last_until(self, ceiling: date) -> date | None:
        years = range(ceiling.year, ceiling.year - YEARS_TO_LEAP_DAY - 1, -1)
        return next((day for day in self._in(years) if day <= ceiling), None)

    def _in(self, years: range) -> Iterator[date]:
        return (day for year in years if (day := _date(year, self.month, self.day)) is not None)


_Said = date | _Near | _Weekday | _Yearly
"""A date as it was said: a ``date`` is one that was said with its year."""


def read_days(words: Sequence[str], today: date) -> Days | None:
    """Return the days that the words name, seen from the local date ``today``; ``None``: not read.

    The words are in upper case, without punctuation but for a date's own; a dash may stand alone.
    A day without a year is the next such day, today included. A span without years has the first
    end that is not before today, and the last beginning that is not after that end: ``11/20-11/30``
    said on 11/24 began four days ago. The last day of a span belongs to it.

    Not read are: dates that do not exist, a span that ends before it begins or has more than
    ``LONGEST_SPAN`` days, days more than ``YEARS_OFF`` years away, and ``FROM FRI`` without an end.
    """
    text = " ".join(words)
    prefix = _PREFIX.match(text)
    if prefix is None:
        days = _days(text, today)
    elif prefix[1] in _UNTIL:
        days = _span(_Near(today), _said(text[prefix.end() :], today), today)
    else:
        days = _days(text[prefix.end() :], today, open_ended=prefix[1] == "FROM")
    return days if days is not None and _is_sensible(days, today) else None


def _days(text: str, today: date, *, open_ended: bool = False) -> Days | None:
    """Read one date or a span; ``open_ended``: one date alone would be half of what was meant."""
    if (said := _said(text, today)) is not None:
        day = _next(said, today)
        return None if open_ended or day is None else Days(day, day)
    for separator in _SEPARATOR.finditer(text):  # the dashes of 2026-12-24 separate nothing
        first, last = text[: separator.start()], text[separator.end() :]
        span = _span(_said(first, today), _said(_with_month(first, last), today), today)
        if span is not None:
            return span
    return None


def _with_month(first: str, last: str) -> str:
    """Give the end of ``DEC 24-31`` the month of its beginning; not where it lies before it."""
    begins, ends = _MONTH_THEN_DAY.fullmatch(first), _DAY_ALONE.fullmatch(last)
    if begins is None or ends is None or int(ends["day"]) < int(begins["day"]):
        return last
    return f"{begins['month']} {last}"


def _said(text: str, today: date) -> _Said | None:
    if text in _DAYS_AHEAD:
        return _Near(today + timedelta(days=_DAYS_AHEAD[text]))
    if text in _WEEKDAYS:
        return _Weekday(_WEEKDAYS[text])
    found = next((match for form in _CALENDAR_FORMS if (match := form.fullmatch(text))), None)
    return None if found is None else _calendar_day(found["year"], found["month"], found["day"])


def _calendar_day(year: str | None, month: str, day: str) -> _Said | None:
    month_number = _MONTHS[month] if month in _MONTHS else int(month)
    if year is None:
        return _Yearly(month_number, int(day))
    century = 2000 if len(year) == len("26") else 0
    return _date(century + int(year), month_number, int(day))


def _span(first: _Said | None, last: _Said | None, today: date) -> Days | None:
    if first is None or last is None:
        return None
    if isinstance(first, _Yearly):
        return _span_to(first, last, today)
    begins = _next(first, today)
    if begins is None:
        return None
    # An end without a year counts from a beginning that had one; MON-12/1 said on Tuesday, 12/1, is
    # not a year's leave. A weekday is the first after the beginning.
    floor = begins if isinstance(first, date) or isinstance(last, _Weekday) else today
    ends = _next(last, floor)
    return None if ends is None else Days(begins, ends)


def _span_to(first: _Yearly, last: _Said, today: date) -> Days | None:
    """Read a span whose beginning has no year: it is the last one before the end."""
    if isinstance(last, _Weekday):
        return None  # 11/20-FRI: the Friday of this week, or the one after the next 11/20
    ends = _next(last, today)
    begins = None if ends is None else first.last_until(ends)
    return None if ends is None or begins is None else Days(begins, ends)


def _next(said: _Said, floor: date) -> date | None:
    """Return the day itself, or where something was left open the first such day from ``floor`` on."""
    match said:
        case _Near(day):
            return day
        case _Weekday(number):
            return floor + timedelta(days=(number - floor.weekday()) % 7)
        case _Yearly():
            return said.first_from(floor)
        case _:
            return said


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_sensible(days: Days, today: date) -> bool:
    length = (days.last - days.first).days + 1
    near = (_is_near(days.first, today), _is_near(days.last, today))
    return 1 <= length <= LONGEST_SPAN and all(near)


def _is_near(day: date, today: date) -> bool:
    earlier, later = sorted((day, today))
    return (later.year - YEARS_OFF, later.month, later.day) <= (
        earlier.year,
        earlier.month,
        earlier.day,
    )
