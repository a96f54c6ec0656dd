"""To whom a rung speaks, and at what hours it may."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from tests.cast import (
    DANA_ID,
    KIM_ID,
    LEE_ID,
    MORGAN_ID,
    POLICY,
    RULES,
    SAM_ID,
    SECOND,
    leave,
    local,
    person,
    roster,
    window,
)
from tests.core.applying import open_window, owed, world
from watchbill.core.decide import decide
from watchbill.core.parties import may_speak_from, present_pio, recipients
from watchbill.core.policy import Rule
from watchbill.core.reasons import Party
from watchbill.core.roster import Leave, Role
from watchbill.core.windows import Occasion, occasions

MORNING = window("2026-11-23", "weekday-morning")
FIRST, LAST = "2026-11-20T00:00", "2026-11-28T00:00"
KIM_AWAY = leave(KIM_ID, FIRST, LAST)


def at(text: str) -> str:
    """Return a local time of the day in full."""
    return f"2026-11-23T{text}"


AFTER_DARK = Rule("night", ("mon",), time(22), time(23))
NIGHT = next(
    w
    for w in occasions(
        replace(POLICY, rules=(*RULES, AFTER_DARK)), local(at("12:00")).date(), MORNING.day
    )
    if w.rule == "night"
)
TOMORROW = window("2026-11-24", "weekday-morning")


@pytest.mark.parametrize(
    ("ahead", "now", "expected"),
    [
        ((), "2026-11-23T06:59:59", "2026-11-23T07:00"),
        ((), "2026-11-23T07:00", "2026-11-23T07:00"),
        ((), "2026-11-23T20:59:59", "2026-11-23T20:59:59"),
        ((), "2026-11-23T21:00", "2026-11-24T07:00"),
        ((), "2026-11-23T23:59:59", "2026-11-24T07:00"),
        ((), "2026-11-24T00:00", "2026-11-24T07:00"),
        ((), "2026-10-31T22:00", "2026-11-01T07:00"),
        ((), "2026-03-07T22:00", "2026-03-08T07:00"),
        ((TOMORROW,), "2026-11-23T21:00", "2026-11-24T06:30"),
        ((TOMORROW,), "2026-11-24T06:29:59", "2026-11-24T06:30"),
        ((TOMORROW,), "2026-11-24T06:30", "2026-11-24T06:30"),
        ((TOMORROW,), "2026-11-24T06:31", "2026-11-24T06:31"),
        ((NIGHT,), "2026-11-23T21:00", "2026-11-23T21:00"),
        ((NIGHT,), "2026-11-23T22:59:59", "2026-11-23T22:59:59"),
        ((NIGHT,), "2026-11-23T23:00", "2026-11-24T07:00"),
        ((NIGHT, TOMORROW), "2026-11-23T23:00", "2026-11-24T06:30"),
    ],
)
def test_messages_wait_outside_waking_hours_unless_a_window_is_near(
    ahead: tuple[Occasion, ...], now: str, expected: str
) -> None:
    assert may_speak_from(POLICY, ahead, local(now)) == local(expected)


@pytest.mark.parametrize(
    ("facts", "party", "expected"),
    [
        ((), Party.PIO, (KIM_ID,)),
        ((KIM_AWAY,), Party.PIO, (MORGAN_ID,)),
        ((), Party.EXECUTIVE_DIRECTOR, (MORGAN_ID,)),
        ((), Party.INFORMATION_SERVICES, (SAM_ID,)),
        ((), Party.RESPONSIBLE, (LEE_ID,)),
        ((), Party.MONITOR, (DANA_ID,)),
        ((leave(DANA_ID, FIRST, LAST),), Party.MONITOR, ()),
    ],
)
def test_a_party_is_the_people_who_are_there(
    facts: tuple[Leave, ...], party: Party, expected: tuple[int, ...]
) -> None:
    now = local(at("12:00"))
    found = recipients(POLICY, roster(*facts), (party,), now, responsible=LEE_ID, monitor=DANA_ID)
    assert found == expected


def test_a_party_that_is_nobody_is_not_told() -> None:
    parties = (Party.RESPONSIBLE, Party.MONITOR)
    assert recipients(POLICY, roster(), parties, local(at("12:00"))) == ()


def test_somebody_meant_twice_is_told_once() -> None:
    parties = (Party.EXECUTIVE_DIRECTOR, Party.PIO, Party.MONITOR)
    found = recipients(POLICY, roster(KIM_AWAY), parties, local(at("12:00")), monitor=MORGAN_ID)
    assert found == (MORGAN_ID,)


def test_a_vacant_place_of_the_pio_is_the_eds() -> None:
    gone = person(KIM_ID, "Kim Rivera", Role.PIO, deactivated="2026-11-22T12:00")
    facts = roster(people=(gone,))
    assert present_pio(POLICY, facts, local(at("12:00"))) is None
    assert recipients(POLICY, facts, (Party.PIO,), local(at("12:00"))) == (MORGAN_ID,)


def test_a_monitor_who_has_been_deactivated_is_not_told() -> None:
    gone = person(DANA_ID, "Dana Okafor", Role.DESIGNEE, deactivated="2026-11-22T12:00")
    facts = roster(people=(gone,))
    assert recipients(POLICY, facts, (Party.MONITOR,), local(at("12:00")), monitor=DANA_ID) == ()


def test_on_a_holiday_the_ed_stands_in_for_the_pio() -> None:
    holiday = local("2026-11-26T12:00")
    assert recipients(POLICY, roster(), (Party.PIO,), holiday) == (MORGAN_ID,)
    the_day_before = local("2026-11-26T00:00") - SECOND
    assert recipients(POLICY, roster(), (Party.PIO,), the_day_before) == (KIM_ID,)


def test_a_reminder_at_night_may_be_said_at_once_because_its_window_is_open() -> None:
    (reminder,) = owed(decide(POLICY, world(open_window(NIGHT)), NIGHT.opens_at))
    assert reminder.not_before == NIGHT.opens_at
