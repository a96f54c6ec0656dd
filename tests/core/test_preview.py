"""What an act would do to cover: compared by the facts before and after, and nothing is changed."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.cast import DANA_ID, KIM_ID, LEE_ID, MORGAN_ID, POLICY, duty, leave, local, roster
from tests.core.test_cover_by_the_minute import rolled
from watchbill.core.coverage import monitor_of, responsible_at
from watchbill.core.instants import day_end, day_start, local_date
from watchbill.core.preview import (
    Preview,
    hear_of_gaps,
    moved,
    preview,
    standing,
    with_duty,
    with_leave,
    with_order,
    without_duty,
    without_leave,
)
from watchbill.core.roster import Duty, DutyKind, LeaveKind, Roster
from watchbill.core.windows import Occasion, occasions

NOW = local("2026-11-23T07:00")
WEEK = occasions(POLICY, local("2026-11-23T12:00").date(), local("2026-11-29T12:00").date())
STANDING = DutyKind.STANDING


def names(windows: tuple[Occasion, ...]) -> list[str]:
    return [window.id[5:] for window in windows]


def look(before: Roster, after: Roster) -> Preview:
    return preview(POLICY, before, after, WEEK, NOW)


def away(
    facts: Roster, who: int, first: str, last: str, kind: LeaveKind = LeaveKind.VACATION
) -> Roster:
    return with_leave(facts, who, kind, local(first), local(last), NOW)


def given(facts: Roster, who: int, first: str, last: str, kind: DutyKind) -> Roster:
    return with_duty(facts, kind, who, local(first), local(last), NOW)


def test_leave_of_the_pio_opens_the_windows_that_it_touches() -> None:
    found = look(roster(), away(roster(), KIM_ID, "2026-11-24T00:00", "2026-11-26T00:00"))
    assert names(found.opened) == [
        "11-24/weekday-morning", "11-24/weekday-afternoon",
        "11-25/weekday-morning", "11-25/weekday-afternoon",
    ]  # fmt: skip
    assert [(run.before, run.after) for run in found.turnovers] == [(KIM_ID, None)]
    assert found.covered == ()
    assert (found.now_before, found.now_after) == (KIM_ID, KIM_ID)


def test_leave_that_began_earlier_today_changes_who_is_responsible_now() -> None:
    found = look(roster(), away(roster(), KIM_ID, "2026-11-23T00:00", "2026-11-24T00:00"))
    assert (found.now_before, found.now_after) == (KIM_ID, None)


def test_a_designation_covers_the_holiday_and_takes_the_rest_from_the_pio() -> None:
    after = given(roster(), DANA_ID, "2026-11-25T00:00", "2026-11-27T00:00", DutyKind.DESIGNATION)
    found = look(roster(), after)
    assert [(len(run.windows), run.before, run.after) for run in found.turnovers] == [
        (2, KIM_ID, DANA_ID),
        (2, None, DANA_ID),
    ]
    assert names(found.covered) == ["11-26/weekday-morning", "11-26/weekday-afternoon"]


def test_runs_that_another_window_parts_stay_apart() -> None:
    before = roster(duty(DutyKind.INTERIM, LEE_ID, "2026-11-24T12:00", "2026-11-24T18:00"))
    found = look(before, away(before, KIM_ID, "2026-11-24T00:00", "2026-11-26T00:00"))
    assert [len(run.windows) for run in found.turnovers] == [1, 2]


@pytest.mark.parametrize(("until", "opened"), [("10:59", 0), ("11:00", 0), ("11:01", 1), ("11:30", 1)])
def test_what_is_left_of_a_window_must_be_long_enough(until: str, opened: int) -> None:
    after = away(roster(), KIM_ID, "2026-11-24T08:30", f"2026-11-24T{until}")
    assert len(look(roster(), after).opened) == opened


def test_the_newest_duty_wins_and_ending_it_brings_the_one_before_back() -> None:
    before = roster(duty(DutyKind.INTERIM, LEE_ID, "2026-11-24", "2026-11-25", entry=90))
    after = given(before, DANA_ID, "2026-11-24T00:00", "2026-11-25T00:00", DutyKind.INTERIM)
    assert [(r.before, r.after) for r in look(before, after).turnovers] == [(LEE_ID, DANA_ID)]
    assert look(before, without_duty(after, after.duties[-1].id, NOW)).turnovers == ()


def test_ending_leave_gives_back_what_lies_ahead() -> None:
    before = roster(leave(KIM_ID, "2026-11-22T00:00", "2026-11-25T00:00", number=4))
    found = look(before, without_leave(before, 4, NOW))
    assert [(len(r.windows), r.before, r.after) for r in found.turnovers] == [(4, None, KIM_ID)]


def test_an_act_that_changes_nothing_for_the_windows_says_so() -> None:
    found = look(roster(), away(roster(), DANA_ID, "2026-11-24T00:00", "2026-11-26T00:00"))
    assert found.turnovers == ()
    assert found.key == ""


def test_another_outcome_is_another_key() -> None:
    spans = [("2026-11-24T00:00", "2026-11-25T00:00"), ("2026-11-24T00:00", "2026-11-26T00:00")]
    keys = {look(roster(), away(roster(), KIM_ID, *span)).key for span in spans}
    assert len(keys) == 2


# The order of standing designees


def stood(*facts: Duty) -> Roster:
    return roster(leave(KIM_ID, "2026-11-24T00:00", "2026-11-25T00:00"), *facts)


FIRST = duty(STANDING, DANA_ID, "2026-11-01", "2026-12-31", entry=10)
SECOND = duty(STANDING, LEE_ID, "2026-11-01", "2026-12-31", entry=11)
THIRD = duty(STANDING, MORGAN_ID, "2026-11-01", "2026-12-31", entry=12)


def test_standing_designees_stand_in_the_order_in_which_they_were_set() -> None:
    assert [d.id for d in standing(stood(THIRD, SECOND, FIRST), NOW)] == [10, 11, 12]


def test_another_order_gives_the_windows_to_another() -> None:
    before = stood(FIRST, SECOND)
    after = with_order(before, (11, 10), NOW)
    assert [d.id for d in standing(after, NOW)] == [11, 10]
    turnovers = look(before, after).turnovers
    assert [(len(r.windows), r.before, r.after) for r in turnovers] == [(2, DANA_ID, LEE_ID)] * 2


def test_one_that_is_set_later_comes_last() -> None:
    after = with_order(stood(FIRST, SECOND), (11, 10), NOW)
    later = replace(after, duties=(*after.duties, THIRD))
    assert [d.id for d in standing(later, NOW)] == [11, 10, 12]


@pytest.mark.parametrize(
    ("order", "fresh"),
    [((10, 11, 12), set()), ((11, 10, 12), {10, 11}), ((12, 10, 11), {10, 11, 12})],
)
def test_those_count_as_moved_who_come_behind_others_than_before(
    order: tuple[int, ...], fresh: set[int]
) -> None:
    assert moved((FIRST, SECOND, THIRD), order) == fresh


def test_nobody_is_asked_for_what_lay_before_the_order_was_changed() -> None:
    at = local("2026-11-24T10:00")
    after = with_order(stood(FIRST, SECOND, THIRD), (11, 10, 12), at)
    answer = responsible_at(POLICY, after, local("2026-11-24T10:30"))
    assert answer is not None
    assert (answer.person, answer.known_at) == (LEE_ID, at)


# Who hears of what would come to be uncovered


@pytest.mark.parametrize(
    ("first", "last", "kind", "told"),
    [
        ("2026-11-25T00:00", "2026-11-26T00:00", LeaveKind.VACATION, [KIM_ID]),
        ("2026-11-24T00:00", "2026-11-25T00:00", LeaveKind.SICK, [KIM_ID, MORGAN_ID]),
        ("2026-11-23T08:00", "2026-11-24T00:00", LeaveKind.VACATION, [KIM_ID, MORGAN_ID]),
        ("2026-11-23T00:00", "2026-11-24T00:00", LeaveKind.SICK, [MORGAN_ID]),
    ],
)
def test_the_gap_ladder_speaks_to_the_pio_and_where_it_is_urgent_to_the_ed(
    first: str, last: str, kind: LeaveKind, told: list[int]
) -> None:
    after = away(roster(), KIM_ID, first, last, kind)
    opened = look(roster(), after).opened
    assert list(hear_of_gaps(POLICY, after, WEEK, opened, NOW)) == told


def test_nobody_hears_of_gaps_where_none_opens() -> None:
    assert hear_of_gaps(POLICY, roster(), WEEK, (), NOW) == ()


# Whatever the facts


@pytest.mark.parametrize("seed", range(6))
def test_a_preview_is_the_comparison_of_every_window_round_both_clock_changes(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - played, not secret
    for _ in range(150):
        case, windows = rolled(dice)
        now = windows[0].opens_at + timedelta(minutes=dice.randint(-90, 200))
        after = acted(dice, case.facts, windows, now)
        found = preview(case.policy, case.facts, after, windows, now)
        told = {w.id: (r.before, r.after) for r in found.turnovers for w in r.windows}
        for window in windows:
            pair = tuple(monitor_of(case.policy, facts, window) for facts in (case.facts, after))
            assert told.get(window.id, (pair[0], pair[0])) == pair
            assert (window in found.opened) == (pair[0] is not None and pair[1] is None)
            assert (window in found.covered) == (pair[0] is None and pair[1] is not None)


def acted(dice: random.Random, facts: Roster, windows: list[Occasion], at: datetime) -> Roster:
    """Return the facts after one act, of whole local days or of minutes."""
    starts_at, ends_at = sorted(
        dice.choice(windows).opens_at + timedelta(minutes=dice.randint(-60, 240)) for _ in range(2)
    )
    if dice.random() < 0.5:
        day = local_date(starts_at, POLICY.zone)
        starts_at, ends_at = day_start(day, POLICY.zone), day_end(day, POLICY.zone)
    ends_at = max(ends_at, starts_at + timedelta(minutes=1))
    who = dice.choice((KIM_ID, DANA_ID, LEE_ID, MORGAN_ID))
    choice = dice.randrange(5)
    if choice == 1 and facts.leaves:
        return without_leave(facts, dice.choice(facts.leaves).id, at)
    if choice == 2 and facts.duties:
        return without_duty(facts, dice.choice(facts.duties).id, at)
    if choice == 3:
        kind = dice.choice(list(DutyKind))
        return with_duty(facts, kind, who, starts_at, ends_at, at)
    if choice == 4:
        numbers = [d.id for d in standing(facts, at)]
        return with_order(facts, dice.sample(numbers, len(numbers)), at)
    return with_leave(facts, who, LeaveKind.OTHER, starts_at, ends_at, at)
