"""The standing cast: the people, the agency and the readings that the tests play with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchbill.core.instants import parse_instant
from watchbill.core.policy import (
    WEEKDAYS,
    WEEKEND,
    Agency,
    DigestLadder,
    Ladders,
    ListedHolidays,
    Policy,
    Rule,
)
from watchbill.core.roster import (
    Channel,
    Duty,
    DutyKind,
    Leave,
    LeaveKind,
    Page,
    Person,
    Role,
    Roster,
)
from watchbill.core.windows import Occasion, occasions

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
EARLY = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

KIM_ID, DANA_ID, LEE_ID, MORGAN_ID, PAT_ID, SAM_ID = range(1, 7)


def person(number: int, name: str, *roles: Role, deactivated: str | None = None) -> Person:
    """Return a person with both channels."""
    first = name.split(maxsplit=1)[0].lower()
    return Person(
        id=number,
        name=name,
        email=f"{first}@example.org",
        mobile=f"+1419555010{number}",
        roles=frozenset(roles),
        channels=(Channel.SMS, Channel.EMAIL),
        deactivated_at=None if deactivated is None else local(deactivated),
    )


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    """Return the UTC instant of a local time such as ``2026-11-23T08:30``."""
    return parse_instant(text, zone, "test")


def leave(
    who: int,
    first: str,
    last: str,
    *,
    number: int = 1,
    kind: LeaveKind = LeaveKind.VACATION,
    recorded: str = "2026-11-01T12:00",
    cancelled: str | None = None,
) -> Leave:
    """Return leave of a person, in local times."""
    return Leave(
        id=number,
        person=who,
        kind=kind,
        starts_at=local(first),
        ends_at=local(last),
        recorded_at=local(recorded),
        cancelled_at=None if cancelled is None else local(cancelled),
    )


def duty(
    kind: DutyKind,
    who: int,
    first: str,
    last: str,
    *,
    entry: int = 10,
    recorded: str = "2026-11-01T12:00",
    cancelled: str | None = None,
    declined: str | None = None,
    accepted: str | None = "2026-11-01T12:00",
) -> Duty:
    """Return a duty of a person, in local times: accepted by them, unless a test says otherwise."""
    return Duty(
        id=entry,
        kind=kind,
        person=who,
        starts_at=local(first),
        ends_at=local(last),
        entry=entry,
        recorded_at=local(recorded),
        cancelled_at=None if cancelled is None else local(cancelled),
        declined_at=None if declined is None else local(declined),
        accepted_at=None if accepted is None else local(accepted),
    )


def roster(*facts: Leave | Duty, people: tuple[Person, ...] = ()) -> Roster:
    """Return the cast with these facts; ``people`` take the places of those with their ids."""
    return Roster(
        people={p.id: p for p in (*CAST, *people)},
        leaves=tuple(fact for fact in facts if isinstance(fact, Leave)),
        duties=tuple(fact for fact in facts if isinstance(fact, Duty)),
    )


def window(day: str, rule: str) -> Occasion:
    """Return the window of the shipped example on a local date."""
    when = date.fromisoformat(day)
    return next(o for o in occasions(POLICY, when, when) if o.rule == rule)


KIM = person(KIM_ID, "Kim Rivera", Role.PIO)
DANA = person(DANA_ID, "Dana Okafor", Role.DESIGNEE)
LEE = person(LEE_ID, "Lee Park", Role.DESIGNEE)
MORGAN = person(MORGAN_ID, "Morgan Hale", Role.EXECUTIVE_DIRECTOR)
PAT = person(PAT_ID, "Pat Novak", Role.MANAGER)
SAM = person(SAM_ID, "Sam Ito", Role.INFORMATION_SERVICES)
CAST = (KIM, DANA, LEE, MORGAN, PAT, SAM)
ROSTER = roster()

AGENCY = Agency(
    name="Lucas County Children Services",
    short_name="LCCS",
    zone=NEW_YORK,
    contact_lines=("To report child abuse or neglect: 419-213-CARE (2273), day and night.",),
)
MORNING = Rule("weekday-morning", WEEKDAYS, time(8, 30), time(11, 30), EARLY)
AFTERNOON = Rule("weekday-afternoon", WEEKDAYS, time(13, 30), time(16, 30), EARLY)
ON_WEEKENDS = Rule("weekend", WEEKEND, time(10), time(18), EARLY)
RULES = (MORNING, AFTERNOON, ON_WEEKENDS)
THANKSGIVING = date(2026, 11, 26)
HOLIDAYS = ListedHolidays({THANKSGIVING: "Thanksgiving Day", date(2026, 12, 25): "Christmas Day"})
POLICY = Policy(agency=AGENCY, rules=RULES, holidays=HOLIDAYS)
QUIET = replace(POLICY, ladders=Ladders(digest=DigestLadder(to=())))
"""The same without the daily digest, for tests that count what is said about something else."""

PAGES = tuple(
    Page(key, platform, f"LCCS on {platform}", f"https://example.org/{key}", local("2020-01-01T00:00"))
    for key, platform in (("FB", "Facebook"), ("YT", "YouTube"))
)
PAGE_KEYS = frozenset(page.key for page in PAGES)
