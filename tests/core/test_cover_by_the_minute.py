"""Thousands of random rosters round both clock changes: cover and gaps read minute by minute."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from tests.cast import CAST, HOLIDAYS, KIM_ID, LEE_ID, POLICY
from tests.core.test_coverage_by_hand import PEOPLE, STANDINS, Answer, Case, read
from watchbill.core.coverage import gaps, monitor_of, spans
from watchbill.core.policy import WEEKDAYS, WEEKEND, Policy, Rule
from watchbill.core.roster import Duty, DutyKind, Leave, LeaveKind, Roster
from watchbill.core.windows import Occasion, occasions

MINUTE = timedelta(minutes=1)
ROSTERS, GROUPS = 2400, 8
RULES = (
    Rule("night", (*WEEKDAYS, *WEEKEND), time(0, 40), time(3, 20)),
    Rule("noon", (*WEEKDAYS, *WEEKEND), time(12), time(13, 5)),
)
DAYS = (
    date(2026, 3, 7),  # the clock springs forward on the 8th
    date(2026, 3, 8),
    date(2026, 10, 31),  # and falls back on 1 November
    date(2026, 11, 1),
    date(2026, 11, 25),  # Thanksgiving
    date(2026, 12, 31),
)


def rolled(dice: random.Random) -> tuple[Case, list[Occasion]]:
    """Return a roster with facts that begin and end at any minute, and the windows of two days."""
    first = dice.choice(DAYS)
    policy: Policy = replace(
        POLICY,
        rules=RULES,
        minimum_cover=timedelta(minutes=dice.choice((1, 29, 30, 31, 60, 90))),
        pio_is_away_on_holidays=dice.random() < 0.7,
        holidays=HOLIDAYS,
    )
    windows = occasions(policy, first, first + timedelta(days=1))
    begins = windows[0].opens_at - timedelta(hours=1)
    minutes = int((windows[-1].closes_at - begins) / MINUTE) + 60

    def instant() -> datetime:
        near = dice.choice(windows)
        edge = dice.choice((near.opens_at, near.closes_at))
        close = edge + dice.randint(-31, 31) * MINUTE
        return close if dice.random() < 0.6 else begins + dice.randrange(minutes) * MINUTE

    def span() -> tuple[datetime, datetime]:
        one, other = sorted((instant(), instant()))
        return one, max(other, one + MINUTE)

    def sometimes() -> datetime | None:
        return instant() if dice.random() < 0.25 else None

    def leave(number: int) -> Leave:
        starts_at, ends_at = span()
        who = KIM_ID if dice.random() < 0.5 else dice.choice(PEOPLE)
        return Leave(number, who, LeaveKind.OTHER, starts_at, ends_at, starts_at, sometimes())

    def duty(number: int) -> Duty:
        starts_at, ends_at = span()
        kind = dice.choice(list(DutyKind))
        who = dice.choice(STANDINS if kind is DutyKind.STANDING else PEOPLE)
        made = Duty(number, kind, who, starts_at, ends_at, number, starts_at)
        return replace(made, cancelled_at=sometimes(), declined_at=sometimes())

    people = {person.id: person for person in CAST}
    people[LEE_ID] = replace(people[LEE_ID], deactivated_at=sometimes())
    entries = dice.sample(range(1, 9), dice.randrange(6))
    facts = Roster(
        people,
        tuple(leave(number) for number in range(dice.randrange(6))),
        tuple(duty(number) for number in entries),
    )
    return Case(first, policy, facts), windows


def by_the_minute(case: Case, window: Occasion) -> list[Answer]:
    """Read DOMAIN §3 at each minute of a window."""
    count = (window.closes_at - window.opens_at) // MINUTE
    return [read(case, window.opens_at + n * MINUTE) for n in range(count)]


def longest(answers: list[Answer], needed: int) -> int | None:
    """Return who has the longest stretch that covers, the earlier of equal ones."""
    best, length, run = None, 0, 0
    for place, (who, _) in enumerate(answers):
        run = run + 1 if place and answers[place - 1][0] == who else 1
        if who is not None and run >= min(needed, len(answers)) and run > length:
            best, length = who, run
    return best


@pytest.mark.parametrize("group", range(GROUPS))
def test_cover_and_gaps_are_those_of_every_single_minute(group: int) -> None:
    dice = random.Random(group)  # noqa: S311 - played, not secret
    for _ in range(ROSTERS // GROUPS):
        case, windows = rolled(dice)
        needed = case.policy.minimum_cover // MINUTE
        uncovered = []
        for window in windows:
            answers = by_the_minute(case, window)
            found = spans(case.policy, case.facts, window.opens_at, window.closes_at)
            told = [
                (s.person, s.why) for s in found for _ in range((s.ends_at - s.starts_at) // MINUTE)
            ]
            assert told == answers, (case, window)
            assert monitor_of(case.policy, case.facts, window) == longest(answers, needed), (
                case,
                window,
            )
            if longest(answers, needed) is None:
                uncovered.append(window.id)
        runs = gaps((w, monitor_of(case.policy, case.facts, w) is not None) for w in windows)
        assert [w.id for run in runs for w in run.windows] == uncovered
