"""Who is free to stand in, in which order, and why nobody covers a window (DOMAIN §3, §5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import (
    CAST,
    DANA,
    DANA_ID,
    KIM,
    KIM_ID,
    LEE,
    LEE_ID,
    MORGAN,
    MORGAN_ID,
    PAT,
    PAT_ID,
    POLICY,
    SAM,
    SAM_ID,
    duty,
    leave,
    local,
    person,
    roster,
    window,
)
from watchbill.core.candidates import free_for, lettered, why_uncovered
from watchbill.core.roster import Duty, DutyKind, Leave, LeaveKind, Person, Role, Roster

FIRST, LAST = local("2026-12-16T08:30"), local("2026-12-17T16:30")
MORNING = window("2026-12-16", "weekday-morning")
EVERYBODY = [DANA_ID, KIM_ID, LEE_ID, MORGAN_ID, PAT_ID, SAM_ID]


def free(facts: Roster, **stood_in: str) -> list[int]:
    when = {
        {"dana": DANA_ID, "lee": LEE_ID, "pat": PAT_ID}[who]: local(at) for who, at in stood_in.items()
    }
    return [one.id for one in free_for(facts, FIRST, LAST, when)]


# Who


@pytest.mark.parametrize(
    ("first", "last", "is_free"),
    [
        ("2026-12-14", "2026-12-16T08:30", True),
        ("2026-12-14", "2026-12-16T08:30:01", False),
        ("2026-12-16T12:00", "2026-12-16T13:00", False),
        ("2026-12-17T16:29:59", "2026-12-31", False),
        ("2026-12-17T16:30", "2026-12-31", True),
    ],
)
def test_only_who_is_there_for_the_whole_of_it_is_free(first: str, last: str, *, is_free: bool) -> None:
    assert (DANA_ID in free(roster(leave(DANA_ID, first, last)))) is is_free


@pytest.mark.parametrize(
    ("first", "last", "asked"),
    [("2026-12-16", "2026-12-17", False), ("2026-12-01", "2026-12-05", True)],
    ids=["of that span", "of another"],
)
def test_who_declined_is_not_asked_again_for_that_span(first: str, last: str, *, asked: bool) -> None:
    no = duty(DutyKind.DESIGNATION, DANA_ID, first, last, declined="2026-11-02T12:00", accepted=None)
    assert (DANA_ID in free(roster(no))) is asked


def test_who_has_left_is_not_free_and_leave_that_was_cancelled_keeps_nobody_away() -> None:
    gone = replace(LEE, deactivated_at=local("2026-12-01"))
    off = leave(DANA_ID, "2026-12-16", "2026-12-18", cancelled="2026-12-01T12:00")
    found = free(roster(off, people=(gone,)))
    assert LEE_ID not in found
    assert DANA_ID in found


def test_for_an_appointment_anybody_is_asked_and_for_a_designation_who_may_be_designated() -> None:
    assert sorted(one.id for one in free_for(roster(), FIRST, LAST, {})) == sorted(EVERYBODY)
    some = free_for(roster(), FIRST, LAST, {}, anybody=False)
    assert {one.id for one in some} == {KIM_ID, DANA_ID, LEE_ID}


def test_whoever_asks_is_left_out() -> None:
    found = free_for(roster(), FIRST, LAST, {}, leave_out=(MORGAN_ID,))
    assert MORGAN_ID not in {one.id for one in found}


# In which order


def test_who_may_be_designated_comes_first_and_equals_stand_by_name() -> None:
    assert free(roster()) == EVERYBODY


@pytest.mark.parametrize(
    ("stood_in", "order"),
    [
        ({"lee": "2026-11-20"}, [LEE_ID, DANA_ID]),
        ({"dana": "2026-11-20", "lee": "2026-11-20T00:00:01"}, [LEE_ID, DANA_ID]),
        ({"dana": "2026-11-20T00:00:01", "lee": "2026-11-20"}, [DANA_ID, LEE_ID]),
        ({"pat": "2026-11-22", "lee": "2020-01-01"}, [LEE_ID, DANA_ID]),
    ],
)
def test_who_stood_in_most_recently_comes_first(stood_in: dict[str, str], order: list[int]) -> None:
    found = free(roster(leave(KIM_ID, "2026-12-16", "2026-12-18")), **stood_in)
    assert found[:2] == order
    assert found[2:] == (
        [PAT_ID, MORGAN_ID, SAM_ID] if "pat" in stood_in else [MORGAN_ID, PAT_ID, SAM_ID]
    )


@pytest.mark.parametrize("count", [0, 1, 5, 6, 7, 30])
def test_at_most_six_have_a_letter(count: int) -> None:
    people = [person(number, f"Person {number:02d}", Role.DESIGNEE) for number in range(1, count + 1)]
    letters = lettered(people)
    assert list(letters) == list("ABCDEF"[:count])
    assert list(letters.values()) == [one.id for one in people[:6]]


@given(
    away=st.lists(
        st.tuples(st.sampled_from(CAST), st.integers(-72, 72), st.integers(1, 48)), max_size=8
    )
)
def test_nobody_is_named_who_is_away_at_any_minute_of_it(away: list[tuple[Person, int, int]]) -> None:
    leaves = [
        Leave(
            number,
            who.id,
            LeaveKind.VACATION,
            FIRST + timedelta(hours=begins),
            FIRST + timedelta(hours=begins + length),
            FIRST,
        )
        for number, (who, begins, length) in enumerate(away)
    ]
    facts = roster(*leaves)
    named = {one.id for one in free_for(facts, FIRST, LAST, {})}
    for who in CAST:
        half_hours = int((LAST - FIRST) / timedelta(minutes=30))
        instants = [FIRST + timedelta(minutes=30) * place for place in range(half_hours)]
        is_away = any(one.covers(at) for at in instants for one in facts.leave_of(who.id))
        assert (who.id in named) is not is_away


# Why


@pytest.mark.parametrize(
    ("reader", "shown"),
    [
        (KIM, "Kim Rivera is sick."),
        (MORGAN, "Kim Rivera is sick."),
        (DANA, "Kim Rivera is away."),
        (LEE, "Kim Rivera is away."),
        (PAT, "Kim Rivera is away."),
        (SAM, "Kim Rivera is away."),
    ],
    ids=lambda one: one.name if isinstance(one, Person) else "",
)
def test_sick_is_for_the_pio_and_the_ed_to_read_and_for_nobody_else(reader: Person, shown: str) -> None:
    facts = roster(leave(KIM_ID, "2026-12-16", "2026-12-18", kind=LeaveKind.SICK))
    assert why_uncovered(POLICY, facts, MORNING, reader) == shown


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ([leave(KIM_ID, "2026-12-16", "2026-12-18")], "Kim Rivera is away."),
        (
            [
                leave(KIM_ID, "2026-12-16", "2026-12-18"),
                duty(
                    DutyKind.DESIGNATION,
                    DANA_ID,
                    "2026-12-16",
                    "2026-12-18",
                    declined="2026-12-01T12:00",
                ),
            ],
            "Kim Rivera is away. Dana Okafor declined.",
        ),
        (
            [
                leave(KIM_ID, "2026-12-16", "2026-12-18"),
                leave(DANA_ID, "2026-12-16", "2026-12-17", kind=LeaveKind.SICK, number=2),
                duty(DutyKind.DESIGNATION, DANA_ID, "2026-12-16", "2026-12-18"),
            ],
            "Kim Rivera is away. Dana Okafor is away.",
        ),
        (
            [
                leave(KIM_ID, "2026-12-16", "2026-12-18"),
                duty(
                    DutyKind.DESIGNATION,
                    DANA_ID,
                    "2026-12-16",
                    "2026-12-18",
                    cancelled="2026-12-01T12:00",
                ),
            ],
            "Kim Rivera is away.",
        ),
    ],
    ids=["away", "declined", "the designee is away", "cancelled is no reason"],
)
def test_who_is_away_and_who_declined_is_said(facts: list[Leave | Duty], shown: str) -> None:
    assert why_uncovered(POLICY, roster(*facts), MORNING, MORGAN) == shown


def test_a_holiday_and_an_empty_office_are_reasons_too() -> None:
    holiday = window("2026-11-26", "weekday-morning")
    assert "holiday" in why_uncovered(POLICY, roster(), holiday, MORGAN)
    vacant = roster(people=(replace(KIM, deactivated_at=local("2026-12-01")),))
    assert why_uncovered(POLICY, vacant, MORNING, MORGAN) == "There is no PIO."


def test_leave_at_another_time_is_no_reason() -> None:
    facts = roster(leave(KIM_ID, "2026-12-14", "2026-12-16T08:30"))
    assert why_uncovered(POLICY, facts, MORNING, MORGAN) == ""
