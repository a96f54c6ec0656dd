"""The register of gaps on both databases: what acts make of it, and what the journal says of that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.cast import DANA, HOLIDAYS, KIM, LEE, MORGAN
from tests.store.desk import MONDAY, OPERATOR, SHORT, WHOLE, Desk
from watchbill.acts.deed import By
from watchbill.acts.duty import cancel_duty, decline_duty
from watchbill.acts.leave import cancel_leave
from watchbill.acts.roster import activate_person, deactivate_person
from watchbill.core.checks import Way
from watchbill.core.journal import Entry, Kind
from watchbill.core.policy import ListedHolidays, Policy
from watchbill.core.reasons import Reason
from watchbill.core.roster import DutyKind, LeaveKind
from watchbill.gap_register import look_for_gaps
from watchbill.store import gaps
from watchbill.store.gaps import GapRecord

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (f"2026-11-{day}" for day in (24, 25, 26, 27))


@pytest.fixture
def calm(desk: Desk) -> Desk:
    """Give an office whose week has no holiday in it, and so no gap yet."""
    desk.tick()
    return desk


def on_record(desk: Desk) -> dict[int, tuple[str, ...]]:
    """Return the days and rules of the windows of each gap that is not over."""
    with desk.store.read() as connection:
        return {record.id: record.windows for record in gaps.open_gaps(connection)}


def record(desk: Desk, number: int) -> GapRecord:
    with desk.store.read() as connection:
        (found,) = gaps.gaps_named(connection, [number])
        return found


def of_days(*days: str) -> tuple[str, ...]:
    """Return the windows of weekdays."""
    return tuple(f"{day}/weekday-{half}" for day in days for half in ("morning", "afternoon"))


def entries(desk: Desk) -> list[Entry]:
    kinds = {Kind.GAP_FOUND, Kind.GAP_CHANGED, Kind.GAP_ENDED}
    return [entry for entry, _ in desk.entries() if entry.kind in kinds]


def told(desk: Desk) -> list[tuple[Reason, int]]:
    """Return who was told what of gaps, in order."""
    of_gaps = (Reason.GAP_FOUND, Reason.GAP_CHANGED, Reason.GAP_AHEAD, Reason.GAP_ESCALATED)
    found = sorted(desk.notices(), key=lambda notice: notice.id)
    return [(n.reason, n.person) for n in found if n.reason in of_gaps]


# Found


def test_an_office_in_which_everything_is_covered_has_no_gap(calm: Desk) -> None:
    assert on_record(calm) == {}
    assert entries(calm) == []


def test_a_holiday_is_a_gap_from_the_first_tick_on(desk: Desk) -> None:
    desk.read_as(WHOLE).tick()
    assert on_record(desk) == {1: of_days(THURSDAY)}
    (entry,) = entries(desk)
    assert (entry.kind, entry.actor.name) == (Kind.GAP_FOUND, "program")
    assert entry.facts == {"gap": 1, "windows": list(of_days(THURSDAY)), "parent": None}


def test_leave_is_a_gap_at_the_next_tick_and_the_pio_is_told(calm: Desk) -> None:
    calm.away(KIM, FRIDAY, "2026-11-28")
    calm.tick()
    assert on_record(calm) == {1: of_days(FRIDAY)}
    assert record(calm, 1).found_at == calm.clock.now()
    assert told(calm) == [(Reason.GAP_FOUND, KIM.id)]


def test_a_second_look_at_the_same_facts_writes_nothing(calm: Desk) -> None:
    calm.away(KIM, THURSDAY, "2026-11-28")
    calm.tick()
    before = calm.dump()
    calm.tick()
    with calm.store.write() as connection:
        look_for_gaps(calm.office, connection, calm.clock.now())
    assert calm.dump() == before


def test_leave_recorded_while_a_window_is_open_leaves_what_was_covered(calm: Desk) -> None:
    calm.at(f"{MONDAY}T09:00")
    calm.away(KIM, f"{MONDAY}T09:00", TUESDAY, LeaveKind.SICK)
    calm.tick()
    assert on_record(calm) == {1: of_days(MONDAY)[1:]}
    assert (Reason.GAP_ESCALATED, MORGAN.id) in told(calm)


# One identity


def test_a_gap_keeps_its_name_while_leave_is_added_extended_and_cancelled(calm: Desk) -> None:
    calm.away(KIM, THURSDAY, FRIDAY)
    calm.tick()
    assert on_record(calm) == {1: of_days(THURSDAY)}
    extension = calm.away(KIM, FRIDAY, "2026-11-28")
    calm.tick()
    assert on_record(calm) == {1: of_days(THURSDAY, FRIDAY)}
    overlap = calm.away(KIM, WEDNESDAY, FRIDAY)
    calm.tick()
    assert on_record(calm) == {1: of_days(WEDNESDAY, THURSDAY, FRIDAY)}
    cancel_leave(calm.office, OPERATOR, extension.id)
    calm.tick()
    assert on_record(calm) == {1: of_days(WEDNESDAY, THURSDAY)}
    cancel_leave(calm.office, OPERATOR, overlap.id)
    calm.tick()
    assert on_record(calm) == {1: of_days(THURSDAY)}
    assert [entry.kind for entry in entries(calm)] == [Kind.GAP_FOUND, *[Kind.GAP_CHANGED] * 4]
    assert entries(calm)[-1].facts == {"gap": 1, "windows": list(of_days(THURSDAY))}


def test_each_change_is_told_once_as_a_change(calm: Desk) -> None:
    calm.away(KIM, THURSDAY, FRIDAY)
    calm.tick()
    calm.away(KIM, FRIDAY, "2026-11-28")
    calm.tick()
    calm.tick()
    assert told(calm) == [(Reason.GAP_FOUND, KIM.id), (Reason.GAP_CHANGED, KIM.id)]


def test_leave_that_adds_no_window_is_no_change(calm: Desk) -> None:
    calm.away(KIM, THURSDAY, FRIDAY)
    calm.tick()
    calm.away(KIM, f"{THURSDAY}T12:00", f"{FRIDAY}T08:30")
    calm.tick()
    assert [entry.kind for entry in entries(calm)] == [Kind.GAP_FOUND]


def test_a_designee_in_the_middle_splits_a_gap_and_going_merges_it_again(calm: Desk) -> None:
    calm.away(KIM, TUESDAY, "2026-11-28")
    calm.tick()
    duty = calm.designate(KIM, DANA, THURSDAY, FRIDAY)
    calm.tick()
    assert on_record(calm) == {1: of_days(TUESDAY, WEDNESDAY), 2: of_days(FRIDAY)}
    assert record(calm, 2).parent == 1
    assert record(calm, 2).found_at == record(calm, 1).found_at
    cancel_duty(calm.office, OPERATOR, duty.id)
    calm.tick()
    assert on_record(calm) == {1: of_days(TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)}
    ended = entries(calm)[-1]
    assert (ended.kind, ended.facts["gap"]) == (Kind.GAP_ENDED, 2)


def test_a_gap_that_is_covered_is_over(calm: Desk) -> None:
    calm.away(KIM, THURSDAY, FRIDAY)
    calm.tick()
    calm.designate(KIM, DANA, THURSDAY, FRIDAY)
    calm.tick()
    assert on_record(calm) == {}
    assert entries(calm)[-1].kind == Kind.GAP_ENDED
    assert entries(calm)[-1].facts == {"gap": 1, "covered": True}
    assert record(calm, 1).ended_at == calm.clock.now()


def test_a_gap_that_nobody_covered_ends_with_its_last_window(calm: Desk) -> None:
    calm.away(KIM, TUESDAY, WEDNESDAY)
    calm.tick()
    calm.at(f"{TUESDAY}T12:00")
    calm.tick()
    assert on_record(calm) == {1: of_days(TUESDAY)}
    calm.at(f"{WEDNESDAY}T07:00")
    calm.tick()
    assert on_record(calm) == {}
    assert entries(calm)[-1].facts == {"gap": 1, "covered": False}
    assert (Reason.GAP_CHANGED, KIM.id) not in told(calm)


def test_windows_that_have_closed_stay_a_part_of_the_gap(calm: Desk) -> None:
    calm.away(KIM, TUESDAY, THURSDAY)
    calm.tick()
    calm.at(f"{TUESDAY}T12:00")
    calm.away(KIM, THURSDAY, FRIDAY)
    calm.tick()
    assert on_record(calm) == {1: of_days(TUESDAY, WEDNESDAY, THURSDAY)}


# What opens a gap


@pytest.mark.parametrize("kind", [DutyKind.DESIGNATION, DutyKind.STANDING], ids=str)
def test_a_designees_own_leave_opens_the_gap_again(calm: Desk, kind: DutyKind) -> None:
    calm.away(KIM, THURSDAY, FRIDAY)
    calm.designate(KIM, DANA, MONDAY, "2026-11-30", kind)
    calm.tick()
    assert on_record(calm) == {}
    calm.away(DANA, THURSDAY, FRIDAY)
    calm.tick()
    assert on_record(calm) == {1: of_days(THURSDAY)}


def test_a_designee_who_declines_opens_it(calm: Desk) -> None:
    calm.away(KIM, THURSDAY, FRIDAY)
    duty = calm.designate(KIM, DANA, THURSDAY, FRIDAY)
    calm.tick()
    decline_duty(calm.office, By(DANA, Way.WEB), DANA, duty.id)
    calm.tick()
    assert on_record(calm) == {1: of_days(THURSDAY)}


def test_the_leave_of_somebody_who_holds_no_duty_opens_nothing(calm: Desk) -> None:
    calm.away(LEE, THURSDAY, FRIDAY)
    calm.tick()
    assert on_record(calm) == {}


def test_somebody_who_is_deactivated_opens_it_and_activated_again_closes_it(calm: Desk) -> None:
    calm.away(KIM, THURSDAY, FRIDAY)
    calm.designate(KIM, DANA, THURSDAY, FRIDAY)
    calm.tick()
    deactivate_person(calm.office, OPERATOR, DANA)
    calm.tick()
    assert on_record(calm) == {1: of_days(THURSDAY)}
    activate_person(calm.office, OPERATOR, DANA)
    calm.tick()
    assert on_record(calm) == {}


def test_without_a_pio_everything_is_one_gap_of_which_the_ed_hears_at_once(calm: Desk) -> None:
    deactivate_person(calm.office, OPERATOR, KIM)
    calm.tick()
    (windows,) = on_record(calm).values()
    assert len(windows) == len({record.occasion.id for record in calm.windows(MONDAY, "2026-11-30")})
    assert told(calm) == [(Reason.GAP_ESCALATED, MORGAN.id)]


def with_holiday(day: str) -> Policy:
    return replace(SHORT, holidays=ListedHolidays({date.fromisoformat(day): "A new holiday"}))


def test_a_holiday_that_another_reading_adds_is_a_gap_and_one_it_takes_away_is_over(calm: Desk) -> None:
    other = calm.read_as(with_holiday(WEDNESDAY))
    other.tick()
    assert on_record(other) == {1: of_days(WEDNESDAY)}
    calm.tick()
    assert on_record(calm) == {}


def test_a_holiday_beside_the_gap_that_there_is_makes_that_grow(desk: Desk) -> None:
    desk.read_as(WHOLE).tick()
    grown = desk.read_as(
        replace(WHOLE, holidays=ListedHolidays({**HOLIDAYS.names, date(2026, 11, 27): "The day after"}))
    )
    grown.tick()
    assert on_record(grown) == {1: of_days(THURSDAY, FRIDAY)}
    assert (Reason.GAP_CHANGED, KIM.id) in told(grown)


# The horizon


def test_what_the_horizon_comes_to_is_told_as_found_or_not_at_all_but_never_as_a_change(
    calm: Desk,
) -> None:
    calm.away(KIM, "2026-11-30", "2026-12-05")
    calm.tick()
    assert on_record(calm) == {1: of_days("2026-11-30")}
    calm.at(f"{TUESDAY}T07:00")
    calm.tick()
    assert on_record(calm) == {1: of_days("2026-11-30", "2026-12-01")}
    assert Reason.GAP_CHANGED not in {reason for reason, _ in told(calm)}


def test_a_clock_that_is_set_back_past_midnight_ends_no_gap_at_the_end_of_the_horizon(
    calm: Desk,
) -> None:
    calm.away(KIM, "2026-11-30", "2026-12-01")
    calm.tick()
    before = entries(calm)
    calm.at("2026-11-22T23:00")
    calm.tick()
    calm.at(f"{MONDAY}T07:01")
    calm.tick()
    assert on_record(calm) == {1: of_days("2026-11-30")}
    assert entries(calm) == before
