"""What a check does to the windows of its day, who may make one, and what the day then amounts to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.cast import (
    DANA,
    DANA_ID,
    KIM,
    KIM_ID,
    LEE_ID,
    MORGAN,
    PAT,
    PAT_ID,
    SAM,
    SECOND,
    duty,
    local,
    person,
    roster,
    window,
)
from watchbill.core.checks import (
    KINDS_OF_CONTENT,
    Category,
    Check,
    Day,
    DayWindow,
    Tally,
    demand_can_be_met,
    may_check,
    needs_role,
    require_authority,
    tally,
    times_viewed,
    window_of,
)
from watchbill.core.roster import Duty, DutyKind, Person
from watchbill.core.windows import Occasion, State
from watchbill.errors import RefusedError

BOTH = frozenset({"FB", "YT"})
FB, YT = frozenset({"FB"}), frozenset({"YT"})
MORNING = window("2026-11-23", "weekday-morning")
AFTERNOON = window("2026-11-23", "weekday-afternoon")
MIDNIGHT = local("2026-11-24T00:00")
EVENING = local("2026-11-23T20:00")
HOUR = timedelta(hours=1)
UPCOMING, OPEN, COMPLETED = State.UPCOMING, State.OPEN, State.COMPLETED
LATE, MISSED = State.LATE, State.MISSED


def at(time: str, day: str = "2026-11-23") -> datetime:
    """Return an instant of the day."""
    return local(f"{day}T{time}")


def check(
    viewed: str,
    pages: frozenset[str] = BOTH,
    *,
    number: int = 1,
    by: int = KIM_ID,
    told: datetime | None = None,
) -> Check:
    """Return a check told when it was made, or at an instant of its own."""
    viewed_at = at(viewed)
    return Check(number, by, viewed_at, told or viewed_at, pages)


def day(*checks: Check, pages: frozenset[str] = BOTH) -> Day:
    """Return what these checks do to the day's two windows."""
    windows = [DayWindow(AFTERNOON, pages), DayWindow(MORNING, pages)]
    return tally(windows, checks, MIDNIGHT)


def states(found: Day, now: datetime = EVENING) -> tuple[State, State]:
    """Return what has become of the morning and the afternoon."""
    morning, afternoon = found.tallies
    return morning.state(now), afternoon.state(now)


@pytest.mark.parametrize(
    ("viewed", "expected", "extra"),
    [
        ("07:59:59", (MISSED, MISSED), 1),
        ("08:00", (COMPLETED, MISSED), 0),
        ("08:30", (COMPLETED, MISSED), 0),
        ("11:29:59", (COMPLETED, MISSED), 0),
        ("11:30", (LATE, MISSED), 0),
        ("12:59:59", (LATE, MISSED), 0),
        ("13:00", (MISSED, COMPLETED), 0),
        ("16:29:59", (MISSED, COMPLETED), 0),
        ("16:30", (MISSED, LATE), 0),
        ("23:59:59", (MISSED, LATE), 0),
    ],
)
def test_one_viewing_of_every_page_counts_once(
    viewed: str, expected: tuple[State, State], extra: int
) -> None:
    found = day(check(viewed))
    assert states(found, MIDNIGHT) == expected
    assert len(found.extra) == extra


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at("08:29:59"), (UPCOMING, UPCOMING)),
        (at("08:30"), (OPEN, UPCOMING)),
        (at("11:29:59"), (OPEN, UPCOMING)),
        (at("11:30"), (MISSED, UPCOMING)),
        (at("13:30"), (MISSED, OPEN)),
        (at("16:30"), (MISSED, MISSED)),
    ],
)
def test_an_unviewed_window_goes_from_upcoming_over_open_to_missed(
    now: datetime, expected: tuple[State, State]
) -> None:
    assert states(day(), now) == expected


def test_a_window_viewed_early_is_completed_before_it_opens() -> None:
    assert states(day(check("08:05")), at("08:06")) == (COMPLETED, UPCOMING)


def test_a_window_without_a_page_is_never_completed() -> None:
    found = day(check("09:00"), check("12:00", number=2), pages=frozenset())
    assert states(found) == (MISSED, MISSED)
    assert not found.tallies[0].made_up


def test_pages_beyond_those_of_the_window_do_no_harm() -> None:
    assert states(day(check("09:00", BOTH | {"X"}))) == (COMPLETED, MISSED)


def test_two_people_may_split_a_window() -> None:
    found = day(check("08:45", FB), check("11:00", YT, number=2, by=DANA_ID))
    assert states(found) == (COMPLETED, MISSED)
    assert [c.person for c in found.tallies[0].inside] == [KIM_ID, DANA_ID]


def test_half_of_a_split_window_leaves_it_open_with_what_it_lacks() -> None:
    found = day(check("08:45", FB))
    assert states(found, at("09:00")) == (OPEN, UPCOMING)
    assert found.tallies[0].lacking == YT


def test_a_window_may_be_made_up_page_by_page() -> None:
    half, rest = check("09:00", FB), check("12:00", YT, number=2)
    assert states(day(half)) == (MISSED, MISSED)
    found = day(half, rest)
    assert states(found) == (LATE, MISSED)
    assert found.tallies[0].late == [rest]


def test_a_late_viewing_makes_up_the_latest_missed_window_first_and_then_the_one_before() -> None:
    first, second, third = (check(f"{17 + n}:00", number=n) for n in range(3))
    assert states(day(first)) == (MISSED, LATE)
    assert states(day(first, second)) == (LATE, LATE)
    found = day(first, second, third)
    assert states(found) == (LATE, LATE)
    assert found.extra == (third,)


def test_a_viewing_outside_makes_up_the_missed_window_and_not_the_completed_one() -> None:
    assert states(day(check("14:00", number=1), check("17:00", number=2))) == (LATE, COMPLETED)


def test_a_viewing_between_completed_windows_is_extra() -> None:
    between = check("12:00", number=2)
    found = day(check("09:00"), between, check("14:00", number=3))
    assert states(found) == (COMPLETED, COMPLETED)
    assert found.extra == (between,)


def test_a_viewing_inside_a_window_counts_for_no_other() -> None:
    found = day(check("14:00", number=1), check("15:00", number=2))
    assert states(found) == (MISSED, COMPLETED)
    assert found.tallies[0].late == []


@pytest.mark.parametrize(
    ("told", "expected", "afterwards"),
    [
        (MIDNIGHT - SECOND, COMPLETED, 0),
        (MIDNIGHT, MISSED, 1),
        (MIDNIGHT + SECOND, MISSED, 1),
    ],
)
def test_what_is_told_after_local_midnight_changes_no_state(
    told: datetime, expected: State, afterwards: int
) -> None:
    found = day(check("09:00", told=told))
    assert states(found, MIDNIGHT)[0] is expected
    assert len(found.afterwards) == afterwards
    assert found.extra == ()


def test_an_attested_viewing_turns_a_missed_window_into_a_completed_one() -> None:
    attested = check("11:00", number=2, told=at("15:00"))
    assert states(day()) == (MISSED, MISSED)
    assert states(day(attested)) == (COMPLETED, MISSED)


def test_an_attested_viewing_turns_a_late_window_into_a_completed_one() -> None:
    late, attested = check("12:00", number=1), check("11:00", number=2, told=at("15:00"))
    assert states(day(late)) == (LATE, MISSED)
    found = day(late, attested)
    assert states(found) == (COMPLETED, MISSED)
    assert found.extra == (late,)


def test_the_order_in_which_checks_are_given_does_not_matter() -> None:
    checks = [check("09:00", FB), check("12:00", YT, number=2), check("17:00", number=3)]
    assert states(day(*checks)) == states(day(*reversed(checks))) == (LATE, LATE)


def test_an_open_window_goes_before_the_early_span_of_the_next() -> None:
    close_by = replace(AFTERNOON, opens_at=MORNING.closes_at, counts_from=at("11:00"))
    tallies = [Tally(DayWindow(w, BOTH)) for w in (close_by, MORNING)]
    inside = window_of(tallies, at("11:15"))
    behind = window_of(tallies, at("11:30"))
    assert inside is tallies[1]
    assert behind is tallies[0]


def test_a_local_day_without_windows_has_only_extra_checks() -> None:
    only = check("12:00")
    assert tally([], [only], MIDNIGHT) == Day((), (only,), ())


SPAN = ("2026-11-23T00:00", "2026-11-24T00:00")


@pytest.mark.parametrize(
    ("who", "facts", "entitled"),
    [
        (KIM, (), True),
        (DANA, (), True),
        (MORGAN, (), True),
        (PAT, (), False),
        (SAM, (), False),
        (PAT, (duty(DutyKind.INTERIM, PAT_ID, *SPAN),), True),
        (PAT, (duty(DutyKind.INTERIM, LEE_ID, *SPAN),), False),
        (PAT, (duty(DutyKind.INTERIM, PAT_ID, *SPAN, cancelled="2026-11-23T09:00"),), False),
        (PAT, (duty(DutyKind.INTERIM, PAT_ID, *SPAN, cancelled="2026-11-23T09:00:01"),), True),
        (PAT, (duty(DutyKind.INTERIM, PAT_ID, "2026-11-23T09:00:01", SPAN[1]),), False),
        (PAT, (duty(DutyKind.INTERIM, PAT_ID, SPAN[0], "2026-11-23T09:00"),), False),
    ],
)
def test_entitled_are_the_ed_the_pio_designees_and_whoever_is_appointed_then(
    who: Person,
    facts: tuple[Duty, ...],
    entitled: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert may_check(roster(*facts), who, at("09:00")) is entitled


def test_somebody_without_authority_is_refused_by_name() -> None:
    with pytest.raises(RefusedError, match="Pat Novak may not complete a check"):
        require_authority(roster(), PAT, at("09:00"))


def test_somebody_deactivated_is_refused_by_name() -> None:
    gone = person(KIM_ID, "Kim Rivera", *KIM.roles, deactivated="2026-11-23T08:00")
    with pytest.raises(RefusedError, match="Kim Rivera is deactivated"):
        require_authority(roster(people=(gone,)), gone, at("09:00"))


def test_somebody_with_authority_is_let_through() -> None:
    require_authority(roster(), DANA, at("09:00"))
    require_authority(roster(duty(DutyKind.INTERIM, PAT_ID, *SPAN)), PAT, at("09:00"))


@pytest.mark.parametrize(("kind", "free"), [(kind, kind is DutyKind.INTERIM) for kind in DutyKind])
def test_an_appointment_asks_for_no_role_and_a_designation_for_one(
    kind: DutyKind,
    free: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert (needs_role(kind) == ()) is free


@pytest.mark.parametrize(
    ("second", "times"), [("09:59:59", 1), ("10:00", 2), ("10:00:01", 2), ("09:00", 1)]
)
def test_viewings_count_when_they_lie_the_separation_apart(second: str, times: int) -> None:
    found = times_viewed([check("09:00"), check(second, number=2)], BOTH, HOUR)
    assert {page: len(viewings) for page, viewings in found.items()} == {"FB": times, "YT": times}


def test_a_viewing_that_came_too_soon_does_not_push_the_next_away() -> None:
    checks = [check(time, number=n) for n, time in enumerate(("09:00", "09:59", "10:00"))]
    assert times_viewed(checks, FB, HOUR) == {"FB": [at("09:00"), at("10:00")]}


def test_each_page_counts_for_itself_and_others_not_at_all() -> None:
    checks = [check("09:00", FB), check("12:00", BOTH | {"X"}, number=2)]
    assert times_viewed(checks, BOTH, HOUR) == {
        "FB": [at("09:00"), at("12:00")],
        "YT": [at("12:00")],
    }


def test_the_order_of_entry_does_not_matter_for_how_often_a_page_was_viewed() -> None:
    checks = [check("12:00", number=1), check("09:00", number=2, told=at("13:00"))]
    assert times_viewed(checks, FB, HOUR) == {"FB": [at("09:00"), at("12:00")]}


@pytest.mark.parametrize(
    ("seen", "now", "possible"),
    [
        ((), "22:59:59", True),
        ((), "23:00", False),
        (("09:00",), "23:59:59", True),
        (("22:59:59",), "23:30", True),
        (("23:00",), "23:30", False),
        (("09:00", "10:00"), "23:59:59", True),
    ],
)
def test_the_demand_can_be_met_while_the_last_viewing_fits_into_the_day(
    seen: tuple[str, ...],
    now: str,
    possible: bool,  # noqa: FBT001 - a row of the table
) -> None:
    viewings = [[at(time) for time in seen]]
    assert demand_can_be_met(viewings, 2, HOUR, at(now), MIDNIGHT) is possible


def test_the_demand_can_be_met_only_if_every_page_can_be_viewed_often_enough() -> None:
    done, never = [at("09:00"), at("10:00")], list[datetime]()
    assert not demand_can_be_met([done, never], 2, HOUR, at("23:30"), MIDNIGHT)
    assert demand_can_be_met([done, done], 2, HOUR, at("23:30"), MIDNIGHT)


def test_the_nine_kinds_stand_in_the_order_of_the_policy() -> None:
    nine = [category for category in Category if category.value.isdigit()]
    assert [category.words for category in nine] == list(KINDS_OF_CONTENT)
    assert len(nine) == 9


def test_every_category_has_words() -> None:
    words = [category.words for category in Category]
    assert len(set(words)) == len(words) == 13


def test_a_window_takes_its_checks_from_its_own_day() -> None:
    other: Occasion = window("2026-11-24", "weekday-morning")
    found = tally([DayWindow(other, BOTH)], [check("09:00")], local("2026-11-25T00:00"))
    assert found.tallies[0].state(local("2026-11-24T12:00")) is MISSED


def test_one_late_check_makes_up_page_by_page_what_two_windows_lack() -> None:
    found = day(
        check("09:00", number=1, pages=frozenset({"FB"})),
        check("14:00", number=2, pages=frozenset({"YT"})),
        check("17:00", number=3),
    )
    assert states(found) == (LATE, LATE)
