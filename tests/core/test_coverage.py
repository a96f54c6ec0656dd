"""Who is responsible, what is covered, and where the gaps are: the tables of DOMAIN §3."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.cast import (
    CAST,
    DANA,
    DANA_ID,
    KIM,
    KIM_ID,
    LEE_ID,
    NEW_YORK,
    PAT_ID,
    POLICY,
    SAM_ID,
    duty,
    leave,
    local,
    person,
    roster,
    window,
)
from watchbill.core.coverage import (
    Gap,
    Responsible,
    Span,
    away_during,
    gaps,
    is_away,
    monitor,
    monitor_of,
    responsible_at,
    spans,
    whole_day,
)
from watchbill.core.instants import day_start
from watchbill.core.roster import Duty, DutyKind, Leave, Role, Roster, Term, Why

INTERIM, DESIGNATION, STANDING = DutyKind.INTERIM, DutyKind.DESIGNATION, DutyKind.STANDING
NOON = local("2026-11-23T12:00")
HOLIDAY_NOON = local("2026-11-26T12:00")
MORNING = window("2026-11-23", "weekday-morning")
FIRST, LAST = "2026-11-23T00:00", "2026-11-28T00:00"
NOBODY: tuple[int | None, Why | None] = (None, None)

KIM_AWAY = leave(KIM_ID, FIRST, LAST)
DANA_AWAY = leave(DANA_ID, FIRST, LAST)
LEE_AWAY = leave(LEE_ID, FIRST, LAST)
DANA_SET = duty(DESIGNATION, DANA_ID, FIRST, LAST, entry=20)
LEE_SET_LATER = duty(DESIGNATION, LEE_ID, FIRST, LAST, entry=21)
LEE_SET_EARLIER = duty(DESIGNATION, LEE_ID, FIRST, LAST, entry=19)
SAM_APPOINTED = duty(INTERIM, SAM_ID, FIRST, LAST, entry=5)
PAT_APPOINTED_LATER = duty(INTERIM, PAT_ID, FIRST, LAST, entry=6)
DANA_STANDS = duty(STANDING, DANA_ID, FIRST, LAST, entry=30)
LEE_STANDS_LATER = duty(STANDING, LEE_ID, FIRST, LAST, entry=31)
LEE_STANDS_EARLIER = duty(STANDING, LEE_ID, FIRST, LAST, entry=29)


def answer(facts: Roster, at: str) -> tuple[int | None, Why | None]:
    """Return who is responsible at a local time, and why."""
    found = responsible_at(POLICY, facts, local(at))
    return (None, None) if found is None else (found.person, found.why)


def test_a_pio_who_took_over_inside_a_window_leaves_the_hours_before_to_the_one_before() -> None:
    handed_over = local("2026-11-23T09:30")
    people = {p.id: p for p in CAST}
    people[KIM_ID] = replace(KIM, roles=frozenset())
    people[DANA_ID] = replace(DANA, roles=frozenset({Role.PIO}), pio_since=handed_over)
    facts = Roster(people, former_terms=(Term(KIM_ID, None, handed_over),))
    assert spans(POLICY, facts, MORNING.opens_at, MORNING.closes_at) == (
        Span(MORNING.opens_at, handed_over, KIM_ID, Why.PIO),
        Span(handed_over, MORNING.closes_at, DANA_ID, Why.PIO),
    )


@pytest.mark.parametrize(
    ("at", "expected"),
    [("T08:59:59", KIM_ID), ("T09:00", None), ("T09:59:59", None), ("T10:00", DANA_ID)],
)
def test_between_two_pios_there_is_nobody(at: str, expected: int | None) -> None:
    people = {p.id: p for p in CAST}
    people[KIM_ID] = replace(KIM, roles=frozenset())
    came = local("2026-11-23T10:00")
    people[DANA_ID] = replace(DANA, roles=frozenset({Role.PIO}), pio_since=came)
    facts = Roster(people, former_terms=(Term(KIM_ID, None, local("2026-11-23T09:00")),))
    assert answer(facts, f"2026-11-23{at}")[0] == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((), (KIM_ID, Why.PIO)),
        ((DANA_SET,), (DANA_ID, Why.DESIGNATION)),
        ((DANA_SET, LEE_SET_LATER), (LEE_ID, Why.DESIGNATION)),
        ((DANA_SET, LEE_SET_EARLIER), (DANA_ID, Why.DESIGNATION)),
        ((DANA_SET, LEE_SET_LATER, LEE_AWAY), (DANA_ID, Why.DESIGNATION)),
        ((DANA_SET, LEE_SET_LATER, LEE_AWAY, DANA_AWAY), (KIM_ID, Why.PIO)),
        ((SAM_APPOINTED, DANA_SET), (SAM_ID, Why.INTERIM)),
        ((SAM_APPOINTED, PAT_APPOINTED_LATER), (PAT_ID, Why.INTERIM)),
        ((SAM_APPOINTED, leave(SAM_ID, FIRST, LAST), DANA_SET), (DANA_ID, Why.DESIGNATION)),
        ((SAM_APPOINTED, leave(SAM_ID, FIRST, LAST)), (KIM_ID, Why.PIO)),
        ((KIM_AWAY,), NOBODY),
        ((KIM_AWAY, DANA_SET), (DANA_ID, Why.DESIGNATION)),
        ((KIM_AWAY, DANA_SET, DANA_AWAY), NOBODY),
        ((DANA_STANDS,), (KIM_ID, Why.PIO)),
        ((KIM_AWAY, DANA_STANDS), (DANA_ID, Why.STANDING)),
        ((KIM_AWAY, DANA_STANDS, LEE_STANDS_LATER), (DANA_ID, Why.STANDING)),
        ((KIM_AWAY, DANA_STANDS, LEE_STANDS_EARLIER), (LEE_ID, Why.STANDING)),
        ((KIM_AWAY, DANA_STANDS, LEE_STANDS_LATER, DANA_AWAY), (LEE_ID, Why.STANDING)),
        ((KIM_AWAY, DANA_STANDS, DANA_AWAY), NOBODY),
        ((KIM_AWAY, DANA_STANDS, LEE_SET_LATER), (LEE_ID, Why.DESIGNATION)),
    ],
)
def test_the_first_in_the_order_of_precedence_who_is_there_is_responsible(
    facts: tuple[Leave | Duty, ...], expected: tuple[int | None, Why | None]
) -> None:
    assert answer(roster(*facts), "2026-11-23T12:00") == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23T08:59:59", (KIM_ID, Why.PIO)),
        ("2026-11-23T09:00", (DANA_ID, Why.DESIGNATION)),
        ("2026-11-23T09:59:59", (DANA_ID, Why.DESIGNATION)),
        ("2026-11-23T10:00", (KIM_ID, Why.PIO)),
    ],
)
def test_a_duty_counts_from_its_first_instant_up_to_its_last(
    at: str, expected: tuple[int | None, Why | None]
) -> None:
    facts = roster(duty(DESIGNATION, DANA_ID, "2026-11-23T09:00", "2026-11-23T10:00"))
    assert answer(facts, at) == expected


@pytest.mark.parametrize("how", ["cancelled", "declined"])
@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23T09:59:59", (DANA_ID, Why.DESIGNATION)),
        ("2026-11-23T10:00", (KIM_ID, Why.PIO)),
    ],
)
def test_a_duty_that_is_cancelled_or_declined_counts_until_then(
    how: str, at: str, expected: tuple[int | None, Why | None]
) -> None:
    given = replace(DANA_SET, **{f"{how}_at": local("2026-11-23T10:00")})  # type: ignore[arg-type]
    assert answer(roster(given), at) == expected


def test_a_duty_that_is_declined_before_it_begins_never_counts() -> None:
    declined = replace(DANA_SET, declined_at=local("2026-11-20T10:00"))
    assert [s.person for s in spans(POLICY, roster(declined), local(FIRST), NOON)] == [KIM_ID]


@pytest.mark.parametrize(("at", "there"), [("2026-11-23T09:59:59", False), ("2026-11-23T10:00", True)])
def test_a_leave_that_is_cancelled_counts_until_then(
    at: str,
    there: bool,  # noqa: FBT001 - a row of the table
) -> None:
    away = replace(KIM_AWAY, cancelled_at=local("2026-11-23T10:00"))
    assert is_away(POLICY, roster(away), KIM, local(at)) is not there


def test_of_overlapping_leaves_the_union_counts() -> None:
    facts = roster(
        leave(KIM_ID, "2026-11-23T08:00", "2026-11-23T10:00", number=1),
        leave(KIM_ID, "2026-11-23T09:00", "2026-11-23T12:00", number=2),
    )
    found = spans(POLICY, facts, local("2026-11-23T07:00"), local("2026-11-23T13:00"))
    assert [(s.starts_at, s.person) for s in found] == [
        (local("2026-11-23T07:00"), KIM_ID),
        (local("2026-11-23T08:00"), None),
        (local("2026-11-23T12:00"), KIM_ID),
    ]


def test_somebody_deactivated_is_passed_over_from_then_on() -> None:
    gone = person(DANA_ID, "Dana Okafor", Role.DESIGNEE, deactivated="2026-11-23T10:00")
    facts = roster(DANA_SET, people=(gone,))
    assert answer(facts, "2026-11-23T09:59:59") == (DANA_ID, Why.DESIGNATION)
    assert answer(facts, "2026-11-23T10:00") == (KIM_ID, Why.PIO)
    found = spans(POLICY, facts, local("2026-11-23T09:00"), NOON)
    assert [(s.starts_at, s.person) for s in found] == [
        (local("2026-11-23T09:00"), DANA_ID),
        (local("2026-11-23T10:00"), KIM_ID),
    ]


def test_without_a_pio_a_standing_designee_is_responsible() -> None:
    facts = replace(roster(DANA_STANDS), people={p.id: p for p in CAST if p.id != KIM_ID})
    assert answer(facts, "2026-11-23T12:00") == (DANA_ID, Why.STANDING)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((), NOBODY),
        ((DANA_STANDS,), (DANA_ID, Why.STANDING)),
        ((DANA_SET,), (DANA_ID, Why.DESIGNATION)),
        ((duty(DESIGNATION, KIM_ID, FIRST, LAST),), (KIM_ID, Why.DESIGNATION)),
        ((duty(DESIGNATION, KIM_ID, FIRST, LAST), KIM_AWAY), NOBODY),
    ],
)
def test_a_holiday_is_an_interruption_that_somebody_must_be_designated_for(
    facts: tuple[Leave | Duty, ...], expected: tuple[int | None, Why | None]
) -> None:
    assert answer(roster(*facts), "2026-11-26T12:00") == expected


def test_a_reading_may_keep_the_pio_on_holidays() -> None:
    kept = replace(POLICY, pio_is_away_on_holidays=False)
    assert responsible_at(kept, roster(), HOLIDAY_NOON) == Responsible(KIM_ID, Why.PIO)


def test_a_holiday_lasts_for_the_local_day() -> None:
    found = spans(POLICY, roster(), local("2026-11-25T12:00"), local("2026-11-27T12:00"))
    assert found == (
        Span(local("2026-11-25T12:00"), local("2026-11-26T00:00"), KIM_ID, Why.PIO),
        Span(local("2026-11-26T00:00"), local("2026-11-27T00:00"), None, None),
        Span(local("2026-11-27T00:00"), local("2026-11-27T12:00"), KIM_ID, Why.PIO),
    )


def test_a_holiday_sends_nobody_but_the_pio_away() -> None:
    assert is_away(POLICY, roster(), KIM, HOLIDAY_NOON)
    assert not is_away(POLICY, roster(), DANA, HOLIDAY_NOON)


def test_a_pio_who_is_designated_for_a_holiday_is_there_in_that_span_alone() -> None:
    there = roster(duty(DESIGNATION, KIM_ID, "2026-11-26T08:00", "2026-11-26T12:00"))
    assert not is_away(POLICY, there, KIM, local("2026-11-26T11:59:59"))
    assert is_away(POLICY, there, KIM, HOLIDAY_NOON)


def test_spans_join_neighbours_that_give_one_answer() -> None:
    facts = roster(
        duty(DESIGNATION, DANA_ID, "2026-11-23T08:00", "2026-11-23T10:00", entry=1),
        duty(DESIGNATION, DANA_ID, "2026-11-23T10:00", "2026-11-23T12:00", entry=2),
        duty(INTERIM, DANA_ID, "2026-11-23T11:00", "2026-11-23T12:00", entry=3),
    )
    found = spans(POLICY, facts, local("2026-11-23T08:00"), local("2026-11-23T12:00"))
    assert [(s.person, s.why) for s in found] == [
        (DANA_ID, Why.DESIGNATION),
        (DANA_ID, Why.INTERIM),
    ]


def test_a_span_of_no_length_holds_nothing() -> None:
    assert spans(POLICY, roster(), NOON, NOON) == ()
    assert monitor(POLICY.minimum_cover, ()) is None


def test_weekends_are_the_pios_unless_somebody_is_designated() -> None:
    weekend = window("2026-11-28", "weekend")
    assert monitor_of(POLICY, roster(), weekend) == KIM_ID
    designated = duty(DESIGNATION, LEE_ID, "2026-11-28T00:00", "2026-11-29T00:00")
    assert monitor_of(POLICY, roster(designated), weekend) == LEE_ID


@pytest.mark.parametrize(("minutes", "covered"), [(29, False), (30, True), (31, True)])
def test_a_window_is_covered_by_a_stretch_of_the_minimum(
    minutes: int,
    covered: bool,  # noqa: FBT001 - a row of the table
) -> None:
    back = replace(KIM_AWAY, cancelled_at=MORNING.closes_at - timedelta(minutes=minutes))
    assert monitor_of(POLICY, roster(back), MORNING) == (KIM_ID if covered else None)


@pytest.mark.parametrize(("minutes", "covered"), [(19, False), (20, True)])
def test_a_window_shorter_than_the_minimum_must_be_covered_whole(
    minutes: int,
    covered: bool,  # noqa: FBT001 - a row of the table
) -> None:
    short = replace(MORNING, closes_at=MORNING.opens_at + timedelta(minutes=20))
    back = replace(KIM_AWAY, cancelled_at=short.closes_at - timedelta(minutes=minutes))
    assert monitor_of(POLICY, roster(back), short) == (KIM_ID if covered else None)


def test_two_stretches_that_are_each_too_short_do_not_cover_together() -> None:
    facts = roster(
        KIM_AWAY,
        duty(DESIGNATION, DANA_ID, "2026-11-23T08:30", "2026-11-23T08:55"),
        duty(DESIGNATION, DANA_ID, "2026-11-23T09:00", "2026-11-23T09:25", entry=11),
    )
    assert monitor_of(POLICY, facts, MORNING) is None


def test_one_person_covers_by_two_duties_that_meet() -> None:
    facts = roster(
        KIM_AWAY,
        duty(DESIGNATION, DANA_ID, "2026-11-23T08:30", "2026-11-23T08:45"),
        duty(INTERIM, DANA_ID, "2026-11-23T08:45", "2026-11-23T09:00", entry=11),
    )
    assert monitor_of(POLICY, facts, MORNING) == DANA_ID


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2026-11-23T09:59", KIM_ID),
        ("2026-11-23T10:00", DANA_ID),
        ("2026-11-23T10:01", DANA_ID),
    ],
)
def test_the_monitor_has_the_longest_stretch_and_of_equal_ones_the_earlier(
    until: str, expected: int
) -> None:
    designated = duty(DESIGNATION, DANA_ID, "2026-11-23T08:30", until)
    assert monitor_of(POLICY, roster(designated), MORNING) == expected


def test_a_gap_is_a_run_of_windows_that_nobody_covers() -> None:
    days = ("2026-11-23", "2026-11-24")
    run = [window(day, f"weekday-{half}") for day in days for half in ("morning", "afternoon")]
    found = gaps(zip(run, (False, False, True, False), strict=True))
    assert found == [Gap((run[0], run[1])), Gap((run[3],))]
    assert (found[0].starts_at, found[0].ends_at) == (run[0].opens_at, run[1].closes_at)


def test_without_windows_or_with_cover_there_is_no_gap() -> None:
    assert gaps([]) == []
    assert gaps([(MORNING, True)]) == []


@pytest.mark.parametrize(
    ("facts", "person_id", "known"),
    [
        ((), KIM_ID, None),
        ((DANA_SET,), DANA_ID, "2026-11-01T12:00"),
        (
            (
                replace(KIM_AWAY, recorded_at=local("2026-11-23T09:00")),
                replace(DANA_STANDS, recorded_at=local("2026-11-02T12:00")),
            ),
            DANA_ID,
            "2026-11-23T09:00",
        ),
        (
            (
                replace(KIM_AWAY, recorded_at=local("2026-11-02T12:00")),
                replace(DANA_STANDS, recorded_at=local("2026-11-23T09:00")),
            ),
            DANA_ID,
            "2026-11-23T09:00",
        ),
        (
            (
                replace(KIM_AWAY, id=1, recorded_at=local("2026-11-03T12:00")),
                replace(KIM_AWAY, id=2, recorded_at=local("2026-11-23T09:00")),
                DANA_STANDS,
            ),
            DANA_ID,
            "2026-11-03T12:00",
        ),
        (
            (replace(DANA_AWAY, recorded_at=local("2026-11-23T09:30")), DANA_SET),
            KIM_ID,
            "2026-11-23T09:30",
        ),
        ((replace(DANA_AWAY, recorded_at=local("2026-10-30T12:00")), DANA_SET), KIM_ID, None),
        (
            (
                replace(SAM_APPOINTED, recorded_at=local("2026-11-23T09:30")),
                replace(KIM_AWAY, recorded_at=local("2026-11-23T10:30")),
            ),
            SAM_ID,
            "2026-11-23T09:30",
        ),
    ],
)
def test_a_duty_is_known_once_every_fact_that_makes_it_so_is_recorded(
    facts: tuple[Leave | Duty, ...], person_id: int, known: str | None
) -> None:
    found = responsible_at(POLICY, roster(*facts), NOON)
    assert found is not None
    assert (found.person, found.known_at) == (person_id, None if known is None else local(known))


@pytest.mark.parametrize(
    ("first", "last", "touches"),
    [
        ("2026-11-22T00:00", "2026-11-23T00:00", False),
        ("2026-11-22T00:00", "2026-11-23T00:00:01", True),
        ("2026-11-27T23:59:59", "2026-11-29T00:00", True),
        ("2026-11-28T00:00", "2026-11-29T00:00", False),
    ],
)
def test_leave_at_any_instant_of_a_span_keeps_a_person_from_it(
    first: str,
    last: str,
    touches: bool,  # noqa: FBT001 - a row of the table
) -> None:
    found = away_during(roster(KIM_AWAY), KIM, local(first), local(last))
    assert found == (KIM_AWAY if touches else None)


def test_a_cancelled_leave_keeps_nobody_from_the_span_behind_it() -> None:
    back = replace(KIM_AWAY, cancelled_at=local("2026-11-24T00:00"))
    assert away_during(roster(back), KIM, local("2026-11-24T00:00"), local(LAST)) is None


def test_a_holiday_keeps_the_pio_from_no_designation() -> None:
    assert away_during(roster(), KIM, local("2026-11-26T00:00"), local("2026-11-27T00:00")) is None


def test_the_leave_of_others_keeps_nobody() -> None:
    assert away_during(roster(DANA_AWAY), KIM, local(FIRST), local(LAST)) is None


def test_the_local_day_of_an_instant_runs_from_midnight_to_midnight() -> None:
    begins, ends = whole_day(POLICY, local("2026-11-01T23:30"))
    assert (begins, ends) == (local("2026-11-01T00:00"), local("2026-11-02T00:00"))
    assert ends - begins == timedelta(hours=25)
    assert begins == day_start(local("2026-11-01T12:00").date(), NEW_YORK)
