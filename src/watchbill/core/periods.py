"""Calendar periods that people ask for, as first and last dates, both included; sums on dates alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
MONTHS_A_QUARTER = 3
MONTHS_A_YEAR = 12
LONGEST_PART_DAYS = 92


@dataclass(frozen=True, slots=True)
class Period:
    """A run of dates, ``first`` and ``last`` included, and what it is called."""

    words: str
    first: date
    last: date


def first_of_month(day: date, months: int = 0) -> date:
    """Return the first of the month that lies some months after (or before) that of a date."""
    count = day.year * MONTHS_A_YEAR + day.month - 1 + months
    return date(count // MONTHS_A_YEAR, count % MONTHS_A_YEAR + 1, 1)


def last_of_month(day: date) -> date:
    """Return the last date of the month of a date."""
    return first_of_month(day, 1) - ONE_DAY


def first_of_quarter(day: date, quarters: int = 0) -> date:
    """Return the first of the calendar quarter that lies some quarters after (or before) a date's."""
    into = (day.month - 1) % MONTHS_A_QUARTER
    return first_of_month(day, MONTHS_A_QUARTER * quarters - into)


def periods(today: date) -> tuple[Period, ...]:
    """Return the periods that are asked for most, as they are today; weeks begin on Monday."""
    monday = today - timedelta(days=today.weekday())
    month, quarter = first_of_month(today), first_of_quarter(today)
    year = date(today.year, 1, 1)
    last_year = date(today.year - 1, 1, 1)
    return (
        Period("This week", monday, monday + timedelta(days=6)),
        Period("Last week", monday - timedelta(days=7), monday - ONE_DAY),
        Period("This month", month, last_of_month(today)),
        Period("Last month", first_of_month(today, -1), month - ONE_DAY),
        Period("Last quarter", first_of_quarter(today, -1), quarter - ONE_DAY),
        Period("This year", year, date(today.year, 12, 31)),
        Period("Last year", last_year, year - ONE_DAY),
    )


def parts(first: date, last: date) -> tuple[tuple[date, date], ...]:
    """Return a span as parts of at most a quarter, the oldest first: whole, or by calendar quarters."""
    if (last - first).days < LONGEST_PART_DAYS:
        return ((first, last),)
    found = []
    begins = first
    while begins <= last:
        following = first_of_quarter(begins, 1)
        found.append((begins, min(last, following - ONE_DAY)))
        begins = following
    return tuple(found)
