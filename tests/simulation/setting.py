"""What a seed begins with: an agency somewhere, its rules and people, a date near something awkward."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.cast import PAGES, person
from tests.simulation.faults import chance
from watchbill.core.policy import WEEKDAYS, WEEKEND, Agency, Policy, Rule
from watchbill.core.roster import Channel, Page, Person, Role
from watchbill.holiday_calendar import AgencyHolidays

EARLY = timedelta(minutes=30)
NEVER = timedelta(0)
HOLIDAYS = AgencyHolidays("US", "OH", {}, frozenset())
ALL_DAYS = (*WEEKDAYS, *WEEKEND)

PLACES: dict[str, tuple[date, ...]] = {
    "America/New_York": (
        date(2026, 3, 8),
        date(2026, 11, 1),
        date(2026, 11, 26),
        date(2026, 12, 25),
        date(2027, 1, 1),
        date(2026, 7, 3),
        date(2026, 5, 25),
        date(2027, 3, 14),
        date(2028, 2, 29),
    ),
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 31)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4), date(2027, 1, 1)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
}
"""Zones, each with dates on which its clock changes, a year ends or the agency has a holiday."""

SHIPPED = (
    Rule("weekday-morning", WEEKDAYS, time(8, 30), time(11, 30), EARLY),
    Rule("weekday-afternoon", WEEKDAYS, time(13, 30), time(16, 30), EARLY),
    Rule("weekend", WEEKEND, time(10), time(18), EARLY),
)
NIGHTLY = (
    Rule("first", ALL_DAYS, time(0, 10), time(1, 30)),
    Rule("second", ALL_DAYS, time(1, 30), time(2, 30)),
    Rule("day", WEEKDAYS, time(9), time(22), EARLY),
)
SHORT = (
    Rule("a", ALL_DAYS, time(7), time(7, 20), timedelta(minutes=10)),
    Rule("b", ALL_DAYS, time(12), time(12, 45), EARLY),
    Rule("c", WEEKDAYS, time(20, 30), time(23, 59), NEVER),
)
READINGS = {"shipped": SHIPPED, "nightly": NIGHTLY, "short": SHORT}


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything about a seed that stands before the first tick.

    ``by_script``: people act at times drawn beforehand, so that a run with crashes can be compared
    with one without; else they answer to messages, and the clock may go wrong.
    """

    seed: int
    policy: Policy
    first: date
    days: int
    people: tuple[Person, ...]
    pages: tuple[Page, ...]
    by_script: bool
    daemons: int

    @property
    def begins(self) -> datetime:
        """Return when the program is started: the first day at its first hour."""
        return datetime.combine(self.first, time(0, 20), self.policy.zone).astimezone(UTC)

    @property
    def ends(self) -> datetime:
        """Return when the play is over."""
        day = self.first + timedelta(days=self.days)
        return datetime.combine(day, time(3), self.policy.zone).astimezone(UTC)


def setting(seed: int, days: int = 21) -> Setting:
    """Return what a seed begins with."""
    dice = chance(seed, "setting")
    place = "America/New_York"
    if dice.random() < 0.3:
        place = dice.choice(tuple(PLACES)[1:])
    anchor = dice.choice(PLACES[place])
    return Setting(
        seed=seed,
        policy=_policy(dice, place),
        first=anchor - timedelta(days=dice.randrange(2, 17)),
        days=days,
        people=_people(dice),
        pages=PAGES,
        by_script=seed % 2 == 0,
        daemons=2 if dice.random() < 0.25 else 1,
    )


def _policy(dice: random.Random, place: str) -> Policy:
    agency = Agency("Lucas County Children Services", "LCCS", ZoneInfo(place), ("Call 911.",))
    name = "shipped" if dice.random() < 0.7 else dice.choice(("nightly", "short"))
    return Policy(agency=agency, rules=READINGS[name], holidays=HOLIDAYS, horizon_days=14)


def _people(dice: random.Random) -> tuple[Person, ...]:
    people = [
        person(1, "Kim Rivera", Role.PIO),
        person(2, "Dana Okafor", Role.DESIGNEE),
        person(3, "Lee Park", Role.DESIGNEE),
        person(4, "Morgan Hale", Role.EXECUTIVE_DIRECTOR),
        person(5, "Pat Novak", Role.MANAGER),
        person(6, "Sam Ito", Role.INFORMATION_SERVICES),
    ]
    if dice.random() < 0.3:
        people.append(person(7, "Robin Vega", Role.EXECUTIVE_DIRECTOR))
    return tuple(_by_ways(dice, one) for one in people)


def _by_ways(dice: random.Random, one: Person) -> Person:
    roll = dice.random()
    if roll < 0.15:
        return replace(one, channels=(Channel.EMAIL,))
    if roll < 0.25:
        return replace(one, channels=(Channel.SMS,))
    if roll < 0.4:
        return replace(one, channels=(Channel.EMAIL, Channel.SMS))
    return one
