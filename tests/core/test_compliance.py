"""Two viewings of all pages a weekday, far enough apart (DOMAIN §4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.cast import NEW_YORK, local
from watchbill.core.checks import Check
from watchbill.core.compliance import Viewed, in_time, is_weekday, viewed, weekday_demand

HOUR = weekday_demand(timedelta(hours=1))
BOTH = ("FB", "YT")


def check(at: str, *pages: str, number: int = 1, reported: str | None = None) -> Check:
    viewed_at = local(f"2026-11-23T{at}")
    reported_at = viewed_at if reported is None else local(reported)
    return Check(number, 1, viewed_at, reported_at, frozenset(pages or BOTH))


@pytest.mark.parametrize(
    ("second", "enough", "times"),
    [("09:59:59", False, 1), ("10:00", True, 2), ("10:00:01", True, 2)],
)
def test_the_separation_is_held_to_the_second(second: str, *, enough: bool, times: int) -> None:
    found = viewed(BOTH, [check("09:00"), check(second, number=2)], HOUR)
    assert (found.enough, found.times) == (enough, times)


def test_each_page_must_have_its_two_and_the_one_that_has_not_is_named() -> None:
    found = viewed(BOTH, [check("09:00"), check("14:00", "FB", number=2)], HOUR)
    assert (found.enough, found.times, found.lacking) == (False, 1, ("YT",))
    assert viewed(("FB",), [check("09:00"), check("14:00", "FB", number=2)], HOUR).enough


def test_without_a_page_the_demand_is_never_met() -> None:
    assert not viewed((), [check("09:00"), check("14:00", number=2)], HOUR).enough
    assert Viewed({}, 2).times == 0


@pytest.mark.parametrize(
    ("reported", "counts"),
    [("2026-11-23T23:59:59", True), ("2026-11-24T00:00", False), ("2026-11-24T07:00", False)],
)
def test_what_is_reported_after_midnight_counts_for_nothing(reported: str, *, counts: bool) -> None:
    given = [check("09:00", reported=reported)]
    assert (in_time(given, NEW_YORK) == given) is counts


def test_a_weekday_is_monday_to_friday_holidays_included() -> None:
    week = [date(2026, 11, 23) + timedelta(days=count) for count in range(7)]
    assert [is_weekday(day) for day in week] == [True] * 5 + [False] * 2
