"""A reading of the policy that demands less than the policy cannot be built, and says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from tests.cast import (
    AFTERNOON,
    AGENCY,
    BERLIN,
    HOLIDAYS,
    MINUTE,
    MORNING,
    ON_WEEKENDS,
    POLICY,
    RULES,
    SECOND,
    THANKSGIVING,
    window,
)
from watchbill.core.policy import (
    LONGEST_HORIZON,
    WEEKDAYS,
    Anchor,
    Ladders,
    ListedHolidays,
    Policy,
    Rule,
    Rung,
)
from watchbill.core.reasons import Party, Step
from watchbill.errors import ConfigurationError

DAY = timedelta(days=1)
NOTHING = timedelta(0)


def test_the_shipped_reading_is_accepted() -> None:
    assert [rule.name for rule in POLICY.rules_on(date(2026, 11, 23))] == [
        "weekday-morning",
        "weekday-afternoon",
    ]
    assert [rule.name for rule in POLICY.rules_on(date(2026, 11, 28))] == ["weekend"]
    assert POLICY.zone is AGENCY.zone


def test_the_rules_of_a_day_come_in_the_order_of_opening() -> None:
    turned = replace(POLICY, rules=tuple(reversed(RULES)))
    assert turned.rules_on(date(2026, 11, 23)) == (MORNING, AFTERNOON)


@pytest.mark.parametrize("name", ["a", "weekday-morning", "1st", "Early.2_b"])
def test_a_rule_may_be_named_by_letters_digits_hyphens_and_dots(name: str) -> None:
    assert replace(MORNING, name=name).name == name


@pytest.mark.parametrize("name", ["", "-a", ".a", "two words", "a/b", "früh", "a\n"])
def test_a_rule_of_another_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^rules: .*a name is letters"):
        replace(MORNING, name=name)


def test_a_rule_without_days_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="days is empty"):
        replace(MORNING, days=())


@pytest.mark.parametrize("closes", [time(8, 29), time(8, 30)])
def test_a_window_that_does_not_close_later_than_it_opens_is_refused(closes: time) -> None:
    with pytest.raises(ConfigurationError, match=r"closes .* is not later than opens"):
        replace(MORNING, closes=closes)


def test_a_window_of_one_minute_is_accepted() -> None:
    assert replace(MORNING, closes=time(8, 31)).closes == time(8, 31)


@pytest.mark.parametrize("early", [NOTHING, timedelta(hours=8, minutes=29), timedelta(hours=8.5)])
def test_an_early_span_may_reach_back_to_midnight(early: timedelta) -> None:
    assert replace(MORNING, early=early).early == early


@pytest.mark.parametrize("early", [-SECOND, timedelta(hours=8.5) + SECOND, DAY])
def test_an_early_span_that_leaves_the_day_is_refused(early: timedelta) -> None:
    with pytest.raises(ConfigurationError, match="early must be a span"):
        replace(MORNING, early=early)


@pytest.mark.parametrize("name", ["weekday-morning", "Weekday-Morning"])
def test_two_rules_of_one_name_are_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^rules: the name .* is used twice"):
        replace(POLICY, rules=(MORNING, replace(AFTERNOON, name=name), ON_WEEKENDS))


@pytest.mark.parametrize("opens", [time(11, 30), time(11, 31)])
def test_a_window_may_open_when_the_one_before_it_closes(opens: time) -> None:
    assert replace(POLICY, rules=(MORNING, replace(AFTERNOON, opens=opens), ON_WEEKENDS))


def test_windows_that_overlap_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="overlap on mon"):
        replace(POLICY, rules=(MORNING, replace(AFTERNOON, opens=time(11, 29)), ON_WEEKENDS))


@pytest.mark.parametrize("day", WEEKDAYS)
@pytest.mark.parametrize(("kept", "count"), [((MORNING,), "1 window;"), ((), "0 windows;")])
def test_a_weekday_with_fewer_than_two_windows_is_refused(
    day: str, kept: tuple[Rule, ...], count: str
) -> None:
    others = tuple(other for other in WEEKDAYS if other != day)
    less = tuple(replace(rule, days=others) for rule in (MORNING, AFTERNOON) if rule not in kept)
    with pytest.raises(ConfigurationError, match=rf"^rules: {day} has {count}"):
        replace(POLICY, rules=(*kept, *less, ON_WEEKENDS))


@pytest.mark.parametrize("day", ["sat", "sun"])
def test_one_window_on_a_weekend_is_enough(day: str) -> None:
    assert replace(POLICY, rules=(MORNING, AFTERNOON, replace(ON_WEEKENDS, days=(day,))))


def test_a_weekend_without_a_window_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^rules: no window on sat or sun"):
        replace(POLICY, rules=(MORNING, AFTERNOON))


LIMITS: tuple[tuple[str, Any, bool], ...] = (
    ("minimum_cover", NOTHING, False),
    ("minimum_cover", SECOND, True),
    ("minimum_cover", DAY, True),
    ("minimum_cover", DAY + SECOND, False),
    ("minimum_separation", -SECOND, False),
    ("minimum_separation", NOTHING, True),
    ("minimum_separation", DAY, True),
    ("minimum_separation", DAY + SECOND, False),
    ("horizon_days", 0, False),
    ("horizon_days", 1, True),
    ("horizon_days", LONGEST_HORIZON, True),
    ("horizon_days", LONGEST_HORIZON + 1, False),
    ("weekend_checks", 0, False),
    ("weekend_checks", 1, True),
    ("notice_check_days", 0, False),
    ("notice_check_days", 1, True),
)


@pytest.mark.parametrize(("field", "value"), [(f, v) for f, v, good in LIMITS if good])
def test_a_value_within_its_limits_is_accepted(field: str, value: object) -> None:
    assert getattr(replace(POLICY, **{field: value}), field) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(("field", "value"), [(f, v) for f, v, good in LIMITS if not good])
def test_a_value_beyond_its_limits_is_refused_by_its_field(field: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=rf"^policy\.{field}: "):
        replace(POLICY, **{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("until", [time(6, 59), time(7)])
def test_waking_hours_that_do_not_end_later_than_they_begin_are_refused(until: time) -> None:
    with pytest.raises(ConfigurationError, match=r"^policy\.waking_hours: "):
        replace(POLICY, waking_until=until)


def test_waking_hours_of_a_minute_are_accepted() -> None:
    assert replace(POLICY, waking_until=time(7, 1))


@pytest.mark.parametrize("field", ["missed", "uncovered", "unattended"])
def test_a_ladder_that_leaves_the_executive_director_out_is_refused(field: str) -> None:
    rung: Rung = replace(getattr(Ladders(), field), to=(Party.PIO,))
    with pytest.raises(ConfigurationError, match=rf"^ladders\.window\.{field}\.to: "):
        replace(Ladders(), **{field: rung})  # type: ignore[arg-type]


def test_a_delivery_ladder_that_ends_with_nobody_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^ladders\.delivery\.unreachable: "):
        Ladders(unreachable=())


def test_a_confirmation_that_has_no_time_is_refused() -> None:
    assert Ladders(confirm_within=SECOND)
    with pytest.raises(ConfigurationError, match=r"^ladders\.delivery\.confirm_within: "):
        Ladders(confirm_within=NOTHING)


@pytest.mark.parametrize(
    ("anchor", "before", "minutes"),
    [
        (Anchor.OPENING, NOTHING, 0),
        (Anchor.HALF_WAY, NOTHING, 90),
        (Anchor.CLOSING, NOTHING, 180),
        (Anchor.CLOSING, timedelta(minutes=30), 150),
        (Anchor.CLOSING, timedelta(minutes=179), 1),
        (Anchor.CLOSING, timedelta(minutes=180), 0),
        (Anchor.CLOSING, timedelta(minutes=181), 0),
        (Anchor.SETTLED, NOTHING, 180),
    ],
)
def test_a_rung_is_due_at_its_moment_and_never_before_opening(
    anchor: Anchor, before: timedelta, minutes: int
) -> None:
    morning = window("2026-11-23", "weekday-morning")
    rung = Rung(Step.NUDGE, anchor, (Party.RESPONSIBLE,), before=before)
    assert rung.moment(morning.opens_at, morning.closes_at) == morning.opens_at + minutes * MINUTE


@pytest.mark.parametrize(
    ("away", "day", "expected"),
    [
        (True, THANKSGIVING, True),
        (True, THANKSGIVING + DAY, False),
        (False, THANKSGIVING, False),
        (False, THANKSGIVING + DAY, False),
    ],
)
def test_the_pio_is_away_on_holidays_unless_the_reading_says_otherwise(
    away: bool,  # noqa: FBT001 - a row of the table
    day: date,
    expected: bool,  # noqa: FBT001
) -> None:
    assert replace(POLICY, pio_is_away_on_holidays=away).pio_is_away(day) is expected


def test_a_holiday_has_a_name() -> None:
    assert HOLIDAYS.name_on(THANKSGIVING) == "Thanksgiving Day"
    assert ListedHolidays().name_on(THANKSGIVING) is None


def readings() -> dict[str, Policy]:
    """Return readings that each differ from the shipped one in one part of the meaning."""
    changed = {
        "rule name": replace(MORNING, name="morning"),
        "rule days": replace(MORNING, days=(*WEEKDAYS, "sat")),
        "rule opens": replace(MORNING, opens=time(8, 31)),
        "rule closes": replace(MORNING, closes=time(11, 29)),
        "rule early": replace(MORNING, early=timedelta(minutes=29)),
    }
    saturday_off = replace(ON_WEEKENDS, days=("sun",))
    by_rule = {
        name: replace(POLICY, rules=(rule, AFTERNOON, saturday_off)) for name, rule in changed.items()
    }
    return by_rule | {
        "one rule less": replace(POLICY, rules=(MORNING, AFTERNOON, saturday_off)),
        "zone": replace(POLICY, agency=replace(AGENCY, zone=BERLIN)),
        "minimum cover": replace(POLICY, minimum_cover=timedelta(minutes=31)),
        "minimum separation": replace(POLICY, minimum_separation=timedelta(minutes=61)),
        "weekend checks": replace(POLICY, weekend_checks=2),
        "holidays": replace(POLICY, pio_is_away_on_holidays=False),
        "notice check": replace(POLICY, notice_check_days=8),
    }


def test_the_digest_changes_with_each_part_of_the_meaning() -> None:
    digests = {name: reading.digest() for name, reading in readings().items()}
    digests["shipped"] = POLICY.digest()
    assert len(set(digests.values())) == len(digests)


@pytest.mark.parametrize(
    "same",
    [
        replace(POLICY),
        replace(POLICY, waking_from=time(6)),
        replace(POLICY, horizon_days=61),
        replace(POLICY, agency=replace(AGENCY, name="Another Name")),
        replace(POLICY, ladders=Ladders(confirm_within=timedelta(minutes=6))),
    ],
)
def test_the_digest_is_the_same_where_no_window_could_differ(same: Policy) -> None:
    assert same.digest() == POLICY.digest()
