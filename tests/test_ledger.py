"""What time alone does to the record: readings, windows laid out, opened and closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from tests.cast import KIM, MORNING, PAGES, RULES, local
from tests.store.desk import AFTERNOON_ID, MONDAY, MORNING_ID, OPERATOR, SHORT, Desk, desk_on
from watchbill.acts.roster import add_page, add_person, deactivate_person, retire_page
from watchbill.core.journal import Kind
from watchbill.core.policy import Policy
from watchbill.core.roster import Page
from watchbill.core.windows import State
from watchbill.ledger import advance
from watchbill.store import windows
from watchbill.store.engine import Store

TUESDAY = "2026-11-24"
LATER = replace(MORNING, opens=time(9))
MOVED = replace(SHORT, rules=(LATER, *RULES[1:]))
BLOG = Page("blog", "Blog", "The blog", "https://blog.example.org/", local("2020-01-01"))


def bring(desk: Desk, *, ticking: bool = True) -> None:
    """Bring the record to the clock's now."""
    with desk.store.write() as connection:
        advance(desk.office, connection, desk.clock.now(), ticking=ticking)


def days(desk: Desk) -> list[date]:
    """Return the local dates that have windows."""
    found = desk.windows("2026-11-01", "2027-03-01")
    return sorted({record.occasion.day for record in found})


def record_of(desk: Desk) -> windows.WatchRecord:
    with desk.store.read() as connection:
        found = windows.watch_record(connection)
    assert found is not None
    return found


def opening(desk: Desk, window: str) -> datetime:
    return desk.window(window).occasion.opens_at


# Where the record begins


def test_without_people_and_pages_nothing_begins_by_itself(bare_desk: Desk) -> None:
    bring(bare_desk, ticking=False)
    assert all(rows == [] for rows in bare_desk.dump().values())


def test_an_act_does_not_begin_it_before_there_are_people_and_pages(bare_desk: Desk) -> None:
    add_person(bare_desk.office, OPERATOR, KIM)
    assert bare_desk.dump()["watch"] == []
    add_page(bare_desk.office, OPERATOR, PAGES[0])
    assert record_of(bare_desk).began_at == bare_desk.clock.now()
    assert bare_desk.states() == [State.UPCOMING, State.UPCOMING]


def test_a_tick_begins_it_without_pages_too(bare_desk: Desk) -> None:
    add_person(bare_desk.office, OPERATOR, KIM)
    bring(bare_desk)
    assert len(bare_desk.windows()) == 2


@pytest.mark.parametrize(
    ("at", "demanded"),
    [
        ("T07:00", [MORNING_ID, AFTERNOON_ID]),
        ("T11:29:59", [MORNING_ID, AFTERNOON_ID]),
        ("T11:30", [AFTERNOON_ID]),
        ("T16:29:59", [AFTERNOON_ID]),
        ("T16:30", []),
    ],
)
def test_windows_that_closed_before_the_record_began_are_not_demanded(
    store: Store, at: str, demanded: list[str]
) -> None:
    desk = desk_on(store, at=MONDAY + at)
    desk.furnish()
    assert [record.occasion.id for record in desk.windows()] == demanded


# Laying out


def test_every_window_of_the_horizon_is_laid_out_once(desk: Desk) -> None:
    last = local(MONDAY).date() + timedelta(days=SHORT.horizon_days)
    assert days(desk) == [local(MONDAY).date() + timedelta(days=n) for n in range(8)]
    assert len(desk.windows(MONDAY, last.isoformat())) == 6 * 2 + 2
    assert record_of(desk).laid_until == last


def test_the_horizon_moves_with_the_local_date(desk: Desk) -> None:
    desk.at(f"{MONDAY}T23:59:59")
    bring(desk)
    assert days(desk)[-1] == date(2026, 11, 30)
    desk.at(TUESDAY)
    bring(desk)
    assert days(desk)[-1] == date(2026, 12, 1)


def test_a_stretch_in_which_nothing_ran_is_laid_out_afterwards(desk: Desk) -> None:
    desk.at("2026-12-20T12:00")
    bring(desk)
    found = days(desk)
    assert found == [date(2026, 11, 23) + timedelta(days=n) for n in range(len(found))]
    assert found[-1] == date(2026, 12, 27)
    assert desk.window("2026-12-15/weekday-morning").pages == ("FB", "YT")


@pytest.mark.parametrize("at", [f"{MONDAY}T07:00", f"{MONDAY}T09:00", f"{MONDAY}T12:00", TUESDAY])
def test_to_be_brought_to_the_same_instant_again_changes_nothing(desk: Desk, at: str) -> None:
    desk.at(at)
    bring(desk)
    before = desk.dump()
    bring(desk)
    bring(desk, ticking=False)
    assert desk.dump() == before


@pytest.mark.parametrize("earlier", [f"{MONDAY}T08:59", f"{MONDAY}T07:00", "2026-11-22T12:00"])
def test_an_earlier_clock_drops_and_moves_nothing(desk: Desk, earlier: str) -> None:
    desk.at(f"{MONDAY}T12:00")
    bring(desk)
    before = {record.occasion.id: record for record in desk.windows(MONDAY, "2026-11-30")}
    desk.at(earlier)
    bring(desk)
    bring(desk)
    after = {record.occasion.id: record for record in desk.windows(MONDAY, "2026-11-30")}
    assert after == before
    desk.at(f"{MONDAY}T12:01")
    bring(desk)
    assert {r.occasion.id: r for r in desk.windows(MONDAY, "2026-11-30")} == before


def test_a_clock_that_was_set_ahead_and_back_leaves_the_demand_whole(desk: Desk) -> None:
    desk.at("2027-01-15")
    bring(desk)
    desk.at(f"{MONDAY}T07:30")
    bring(desk)
    assert opening(desk, MORNING_ID) == local(f"{MONDAY}T08:30")
    assert days(desk)[0] == date(2026, 11, 23)


# Readings


def test_a_reading_is_adopted_once_with_its_meaning_and_by_whom(desk: Desk) -> None:
    bring(desk)
    ((number, digest, adopted_at, adopted_by, meaning),) = desk.dump()["readings"]
    assert (number, digest, adopted_by) == (1, SHORT.digest(), "operator")
    assert adopted_at == local(f"{MONDAY}T07:00")
    assert meaning == SHORT.meaning()
    assert desk.kinds().count(Kind.READING_ADOPTED) == 1


def test_a_new_reading_moves_only_what_has_not_opened(desk: Desk) -> None:
    desk.at(f"{MONDAY}T08:30")
    bring(desk)
    changed = desk.read_as(MOVED)
    bring(changed)
    assert opening(desk, MORNING_ID) == local(f"{MONDAY}T08:30")
    assert opening(desk, f"{TUESDAY}/weekday-morning") == local(f"{TUESDAY}T09:00")
    assert [desk.window(w).reading for w in (MORNING_ID, f"{TUESDAY}/weekday-morning")] == [1, 2]
    assert desk.kinds().count(Kind.READING_ADOPTED) == 2


@pytest.mark.parametrize(
    ("at", "opens"), [("T08:29:59", "T09:00"), ("T08:30", "T08:30"), ("T08:31", "T08:30")]
)
def test_the_limit_is_the_opening_itself(desk: Desk, at: str, opens: str) -> None:
    desk.at(MONDAY + at)
    bring(desk.read_as(MOVED))
    assert opening(desk, MORNING_ID) == local(MONDAY + opens)


def test_a_window_that_a_reading_no_longer_demands_is_dropped_before_it_opens(desk: Desk) -> None:
    renamed = replace(SHORT, rules=(replace(MORNING, name="early"), *RULES[1:]))
    desk.at(f"{MONDAY}T09:00")
    bring(desk.read_as(renamed))
    assert [record.occasion.id for record in desk.windows()] == [MORNING_ID, AFTERNOON_ID]
    assert [record.occasion.rule for record in desk.windows(TUESDAY)] == ["early", "weekday-afternoon"]


def test_going_back_to_a_reading_adopts_it_again(desk: Desk) -> None:
    for policy in (MOVED, SHORT):
        bring(desk.read_as(policy))
    assert opening(desk, MORNING_ID) == local(f"{MONDAY}T08:30")
    assert len(desk.dump()["readings"]) == 3


def test_a_check_before_a_window_was_moved_counts_by_the_new_hours(desk: Desk) -> None:
    desk.at(f"{MONDAY}T07:45")
    assert desk.check(KIM).window is None
    earlier: Policy = replace(SHORT, rules=(replace(MORNING, opens=time(8)), *RULES[1:]))
    bring(desk.read_as(earlier))
    assert desk.states() == [State.COMPLETED, State.UPCOMING]


def test_a_longer_horizon_is_laid_out_at_once(desk: Desk) -> None:
    bring(desk.read_as(replace(SHORT, horizon_days=30)))
    assert days(desk)[-1] == date(2026, 12, 23)
    bring(desk)
    assert days(desk)[-1] == date(2026, 12, 23)


# What opens is frozen, what closes is stored


def test_pages_are_frozen_at_the_opening(desk: Desk) -> None:
    assert desk.window(MORNING_ID).pages is None
    desk.at(f"{MONDAY}T08:30")
    bring(desk)
    record = desk.window(MORNING_ID)
    assert (record.pages, record.state, record.spans) == (("FB", "YT"), State.OPEN, None)
    desk.at(f"{MONDAY}T09:00")
    add_page(desk.office, OPERATOR, BLOG)
    retire_page(desk.office, OPERATOR, "FB")
    bring(desk)
    assert desk.window(MORNING_ID).pages == ("FB", "YT")
    desk.at(f"{MONDAY}T13:30")
    bring(desk)
    assert desk.window(AFTERNOON_ID).pages == ("YT", "blog")


def test_pages_are_those_of_the_opening_even_if_nobody_looked_until_later(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    retire_page(desk.office, OPERATOR, "FB")
    assert desk.window(MORNING_ID).pages == ("FB", "YT")


def test_who_was_responsible_is_stored_at_the_closing_and_never_rewritten(desk: Desk) -> None:
    desk.at(f"{MONDAY}T11:30")
    bring(desk)
    record = desk.window(MORNING_ID)
    assert record.monitor == KIM.id
    assert [(s.starts_at, s.ends_at, s.person) for s in record.spans or ()] == [
        (local(f"{MONDAY}T08:30"), local(f"{MONDAY}T11:30"), KIM.id)
    ]
    desk.away(KIM, MONDAY, TUESDAY)
    deactivate_person(desk.office, OPERATOR, KIM)
    bring(desk)
    assert desk.window(MORNING_ID) == record


def test_leave_inside_a_window_shows_in_its_spans(desk: Desk) -> None:
    desk.away(KIM, f"{MONDAY}T09:00", f"{MONDAY}T10:00")
    desk.at(f"{MONDAY}T11:30")
    bring(desk)
    spans = desk.window(MORNING_ID).spans or ()
    assert [span.person for span in spans] == [KIM.id, None, KIM.id]


def test_a_window_without_a_page_is_never_completed(desk: Desk) -> None:
    for page in ("FB", "YT"):
        retire_page(desk.office, OPERATOR, page)
    desk.at(f"{MONDAY}T08:30")
    bring(desk)
    assert desk.window(MORNING_ID).pages == ()
    assert desk.states()[0] is State.OPEN


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        ("2026-11-01", "2026-11-01T15:00:00+00:00", "2026-11-01T23:00:00+00:00"),
        ("2026-10-31", "2026-10-31T14:00:00+00:00", "2026-10-31T22:00:00+00:00"),
    ],
)
def test_the_hours_are_local_across_a_change_of_the_clock(
    store: Store, day: str, opens: str, closes: str
) -> None:
    desk = desk_on(store, at="2026-10-30T07:00")
    desk.furnish()
    window = desk.window(f"{day}/weekend").occasion
    assert (window.opens_at, window.closes_at) == (
        datetime.fromisoformat(opens),
        datetime.fromisoformat(closes),
    )
