"""Windows are rules by dates, in UTC; what has opened is frozen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from tests.cast import (
    AFTERNOON,
    AGENCY,
    BERLIN,
    MORNING,
    ON_WEEKENDS,
    POLICY,
    RULES,
    SECOND,
    local,
    window,
)
from watchbill.core.instants import iso
from watchbill.core.policy import Policy, Rule
from watchbill.core.windows import Layout, Occasion, lay_out, occasions

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
LONG_AGO = local("2026-01-01T00:00")
NIGHT = Rule("night", ("sun",), time(1, 30), time(2, 30))
SKIPPED = Rule("skipped", ("sun",), time(2, 10), time(2, 50))


def test_a_week_of_the_shipped_example_has_twelve_windows() -> None:
    week = occasions(POLICY, MONDAY, MONDAY + timedelta(days=6))
    assert len(week) == 12
    assert week == sorted(week, key=lambda w: w.opens_at)
    assert len({w.id for w in week}) == 12


def test_a_window_knows_its_day_its_rule_and_its_instants() -> None:
    morning = occasions(POLICY, MONDAY, MONDAY)[0]
    assert (morning.id, morning.rule, morning.day) == (
        "2026-11-23/weekday-morning",
        "weekday-morning",
        MONDAY,
    )
    assert [iso(i) for i in (morning.counts_from, morning.opens_at, morning.closes_at)] == [
        "2026-11-23T13:00:00Z",
        "2026-11-23T13:30:00Z",
        "2026-11-23T16:30:00Z",
    ]


@pytest.mark.parametrize(
    ("policy", "day", "opens", "closes"),
    [
        (POLICY, "2026-03-07", "2026-03-07T15:00:00Z", "2026-03-07T23:00:00Z"),
        (POLICY, "2026-03-08", "2026-03-08T14:00:00Z", "2026-03-08T22:00:00Z"),
        (POLICY, "2026-10-31", "2026-10-31T14:00:00Z", "2026-10-31T22:00:00Z"),
        (POLICY, "2026-11-01", "2026-11-01T15:00:00Z", "2026-11-01T23:00:00Z"),
        (
            replace(POLICY, agency=replace(AGENCY, zone=BERLIN)),
            "2026-03-29",
            "2026-03-29T08:00:00Z",
            "2026-03-29T16:00:00Z",
        ),
    ],
)
def test_a_window_keeps_its_local_hours_over_a_clock_change(
    policy: Policy, day: str, opens: str, closes: str
) -> None:
    when = date.fromisoformat(day)
    (found,) = occasions(policy, when, when)
    assert (iso(found.opens_at), iso(found.closes_at)) == (opens, closes)


@pytest.mark.parametrize(
    ("day", "minutes"), [("2026-03-01", 60), ("2026-03-08", 30), ("2026-11-01", 120)]
)
def test_a_window_in_the_changed_hour_is_shorter_or_longer(day: str, minutes: int) -> None:
    when = date.fromisoformat(day)
    night = occasions(replace(POLICY, rules=(*RULES, NIGHT)), when, when)[0]
    assert night.closes_at - night.opens_at == timedelta(minutes=minutes)


def test_a_window_that_the_clock_skips_does_not_exist_that_day() -> None:
    policy = replace(POLICY, rules=(*RULES, SKIPPED))
    found = {w.id for w in occasions(policy, date(2026, 3, 1), date(2026, 3, 15))}
    assert {i for i in found if i.endswith("skipped")} == {"2026-03-01/skipped", "2026-03-15/skipped"}


def test_a_holiday_demands_its_windows_like_any_other_day() -> None:
    assert len(occasions(POLICY, date(2026, 11, 26), date(2026, 11, 26))) == 2


@pytest.mark.parametrize(
    ("at", "taken"),
    [
        ("2026-11-23T07:59:59", False),
        ("2026-11-23T08:00", True),
        ("2026-11-23T08:30", True),
        ("2026-11-23T11:29:59", True),
        ("2026-11-23T11:30", False),
    ],
)
def test_a_window_takes_viewings_from_its_early_span_until_it_closes(
    at: str,
    taken: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert window("2026-11-23", "weekday-morning").takes(local(at)) is taken


def laid(windows: list[Occasion]) -> dict[str, Occasion]:
    """Return windows by their ids, as the store keeps them."""
    return {w.id: w for w in windows}


def applied(before: dict[str, Occasion], layout: Layout) -> dict[str, Occasion]:
    """Return what is laid out once a layout has been applied."""
    after = {key: value for key, value in before.items() if key not in layout.drop}
    return after | laid(list(layout.put))


WANTED = occasions(POLICY, MONDAY, TUESDAY)


@pytest.mark.parametrize(
    ("began", "first"),
    [
        ("2026-11-23T00:00", "2026-11-23/weekday-morning"),
        ("2026-11-23T11:29:59", "2026-11-23/weekday-morning"),
        ("2026-11-23T11:30", "2026-11-23/weekday-afternoon"),
        ("2026-11-23T16:30", "2026-11-24/weekday-morning"),
    ],
)
def test_the_first_layout_leaves_out_what_had_closed(began: str, first: str) -> None:
    layout = lay_out(WANTED, {}, None, local(began), local(began))
    assert layout.put[0].id == first
    assert layout.put == tuple(WANTED[-len(layout.put) :])
    assert layout.drop == ()


def test_days_that_no_program_saw_are_laid_out_afterwards() -> None:
    layout = lay_out(WANTED, {}, MONDAY - timedelta(days=1), LONG_AGO, local("2026-11-25T09:00"))
    assert layout.put == tuple(WANTED)


def test_laying_out_twice_changes_nothing_the_second_time() -> None:
    now = local("2026-11-23T09:00")
    once = applied({}, lay_out(WANTED, {}, None, now, now))
    assert lay_out(WANTED, once, TUESDAY, now, now) == Layout((), ())


def moved(*, closes: time = time(11), opens: time = time(8)) -> list[Occasion]:
    """Return the windows of a reading with other hours in the morning."""
    rules = (replace(MORNING, opens=opens, closes=closes), AFTERNOON, ON_WEEKENDS)
    return occasions(replace(POLICY, rules=rules), MONDAY, TUESDAY)


@pytest.mark.parametrize(
    ("now", "put"),
    [
        ("2026-11-23T07:59:59", ["2026-11-23/weekday-morning", "2026-11-24/weekday-morning"]),
        ("2026-11-23T08:30", ["2026-11-24/weekday-morning"]),
        ("2026-11-23T12:00", ["2026-11-24/weekday-morning"]),
    ],
)
def test_a_new_reading_moves_only_what_has_not_opened(now: str, put: list[str]) -> None:
    layout = lay_out(moved(), laid(WANTED), TUESDAY, LONG_AGO, local(now))
    assert [w.id for w in layout.put] == put
    assert layout.drop == ()


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_window_is_frozen_from_the_instant_of_its_opening(seconds: int) -> None:
    now = local("2026-11-23T08:30") + seconds * SECOND
    layout = lay_out(moved(opens=time(9)), laid(WANTED), TUESDAY, LONG_AGO, now)
    assert ("2026-11-23/weekday-morning" in {w.id for w in layout.put}) is (seconds < 0)


def test_a_new_reading_never_puts_a_window_into_the_past() -> None:
    extra = Rule("dawn", ("mon", "tue"), time(6), time(7))
    wanted = occasions(replace(POLICY, rules=(*RULES, extra)), MONDAY, TUESDAY)
    layout = lay_out(wanted, laid(WANTED), TUESDAY, LONG_AGO, local("2026-11-23T06:00"))
    assert [w.id for w in layout.put] == ["2026-11-24/dawn"]


@pytest.mark.parametrize(
    ("now", "dropped"),
    [
        ("2026-11-23T13:29:59", ("2026-11-23/weekday-afternoon", "2026-11-24/weekday-afternoon")),
        ("2026-11-23T13:30", ("2026-11-24/weekday-afternoon",)),
    ],
)
def test_a_rule_that_is_gone_takes_only_its_unopened_windows_along(
    now: str, dropped: tuple[str, ...]
) -> None:
    mornings = [w for w in WANTED if w.rule == "weekday-morning"]
    layout = lay_out(mornings, laid(WANTED), TUESDAY, LONG_AGO, local(now))
    assert layout == Layout((), dropped)


def test_a_longer_horizon_adds_only_the_new_days() -> None:
    now: datetime = local("2026-11-23T09:00")
    longer = occasions(POLICY, MONDAY, TUESDAY + timedelta(days=1))
    layout = lay_out(longer, laid(WANTED), TUESDAY, LONG_AGO, now)
    assert [w.day for w in layout.put] == [TUESDAY + timedelta(days=1)] * 2
