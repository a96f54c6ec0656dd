"""Calendar periods at their ends: weeks, months, quarters, years; a long span in parts."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from watchbill.core.periods import (
    LONGEST_PART_DAYS,
    first_of_month,
    first_of_quarter,
    last_of_month,
    parts,
    periods,
)


def days(text: str) -> tuple[date, date]:
    first, last = text.split()
    return date.fromisoformat(first), date.fromisoformat(last)


@pytest.mark.parametrize(
    ("today", "words", "expected"),
    [
        ("2026-11-23", "This week", "2026-11-23 2026-11-29"),
        ("2026-11-29", "This week", "2026-11-23 2026-11-29"),
        ("2026-11-30", "This week", "2026-11-30 2026-12-06"),
        ("2026-11-23", "Last week", "2026-11-16 2026-11-22"),
        ("2026-03-31", "Last month", "2026-02-01 2026-02-28"),
        ("2028-03-01", "Last month", "2028-02-01 2028-02-29"),
        ("2026-01-01", "Last month", "2025-12-01 2025-12-31"),
        ("2026-12-31", "This month", "2026-12-01 2026-12-31"),
        ("2026-01-01", "Last quarter", "2025-10-01 2025-12-31"),
        ("2026-03-31", "Last quarter", "2025-10-01 2025-12-31"),
        ("2026-04-01", "Last quarter", "2026-01-01 2026-03-31"),
        ("2026-12-31", "Last quarter", "2026-07-01 2026-09-30"),
        ("2026-01-01", "This year", "2026-01-01 2026-12-31"),
        ("2026-12-31", "Last year", "2025-01-01 2025-12-31"),
    ],
)
def test_a_period_has_both_of_its_ends(today: str, words: str, expected: str) -> None:
    found = {one.words: (one.first, one.last) for one in periods(date.fromisoformat(today))}
    assert found[words] == days(expected)


@pytest.mark.parametrize("year", [1999, 2000, 2026, 2028])
def test_months_and_quarters_follow_each_other_without_a_hole(year: int) -> None:
    for month in range(1, 13):
        first = date(year, month, 1)
        assert last_of_month(first) + timedelta(days=1) == first_of_month(first, 1)
        quarter = first_of_quarter(first)
        assert quarter <= first < first_of_quarter(first, 1)
        assert (quarter.month - 1) % 3 == 0


@pytest.mark.parametrize(
    ("span", "count"),
    [
        ("2026-07-01 2026-09-30", 1),
        ("2026-07-01 2026-10-01", 2),
        ("2026-12-25 2026-12-25", 1),
        ("2026-01-01 2026-12-31", 4),
        ("2016-02-29 2026-02-28", 41),
    ],
)
def test_a_long_span_comes_in_quarters_that_lack_no_day(span: str, count: int) -> None:
    first, last = days(span)
    found = parts(first, last)
    assert len(found) == count
    assert (found[0][0], found[-1][1]) == (first, last)
    assert all(b == a + timedelta(days=1) for (_, a), (b, _) in itertools.pairwise(found))
    assert all((ends - begins).days < LONGEST_PART_DAYS for begins, ends in found)
