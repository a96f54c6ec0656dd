"""Why a weekday had fewer than two checks: whose it was, who was away, what was viewed, what was said."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cast import DANA, KIM, LEE, MORGAN, PAT, SAM, local
from tests.store.desk import MONDAY, MORNING_ID, Desk
from watchbill.acts.deed import By
from watchbill.acts.explain import explain_window
from watchbill.core.checks import Way
from watchbill.core.roster import LeaveKind, Person
from watchbill.reports.coverage_log import log_within
from watchbill.reports.log_choice import Choice, chosen
from watchbill.reports.short_days import ShortDay, short_days_of

DAY = date.fromisoformat(MONDAY)
TUESDAY = "2026-11-24"


def begin(desk: Desk) -> None:
    desk.at("2026-11-22T12:00")
    desk.tick()


def said(desk: Desk, reader: Person = PAT) -> ShortDay:
    desk.at(f"{TUESDAY}T07:00")
    desk.tick()
    with desk.store.read() as connection:
        log = log_within(desk.office.policy, connection, DAY, DAY, desk.clock.now())
        (one,) = short_days_of(desk.office.policy, connection, log, [DAY], reader)
    return one


def through(desk: Desk, *times: str) -> None:
    for at in times:
        desk.at(f"{MONDAY}T{at}")
        desk.tick()


def test_a_missed_window_says_whose_it_was_and_how_often_the_pages_were_viewed(desk: Desk) -> None:
    begin(desk)
    through(desk, "08:30", "11:31", "13:30")
    desk.check(LEE)
    through(desk, "16:31")
    one = said(desk)
    assert (one.day, one.times, one.needed) == (DAY, 1, 2)
    assert one.reasons == (
        "8:30 AM-11:30 AM EST: missed; it was Kim Rivera's to do.",
        "All pages were viewed once.",
    )


@pytest.mark.parametrize(
    ("reader", "word"),
    [(KIM, "sick"), (MORGAN, "sick"), (PAT, "away"), (SAM, "away"), (DANA, "away")],
    ids=lambda one: getattr(one, "name", one),
)
def test_sick_is_said_to_those_who_may_read_it_alone(desk: Desk, reader: Person, word: str) -> None:
    begin(desk)
    desk.away(KIM, f"{MONDAY}T00:00", f"{TUESDAY}T00:00", LeaveKind.SICK)
    through(desk, "08:30", "11:31", "13:30", "16:31")
    text = " ".join(said(desk, reader).reasons)
    assert f"8:30 AM-11:30 AM EST: missed; nobody covered it. Kim Rivera is {word}." in text
    assert ("sick" in text) is (word == "sick")
    assert "No page was viewed." in text


def test_a_program_that_was_not_running_says_so(desk: Desk) -> None:
    begin(desk)
    text = " ".join(said(desk).reasons)
    assert text.count("watchbill was not running, so nobody was reminded") == 2


def test_viewings_too_close_together_are_named(desk: Desk) -> None:
    begin(desk)
    through(desk, "08:30", "11:29")
    desk.check(LEE)
    through(desk, "12:05")
    desk.check(LEE)
    through(desk, "13:30", "16:31")
    one = said(desk)
    assert one.times == 1
    assert (
        "A viewing at 12:05 PM EST came less than 60 minutes after another, and counts as one with it."
        in one.reasons
    )


def test_the_page_that_was_left_out_is_named(desk: Desk) -> None:
    begin(desk)
    through(desk, "09:00")
    desk.check(LEE)
    through(desk, "14:00")
    desk.check(LEE, "FB")
    through(desk, "16:31")
    one = said(desk)
    assert "LCCS on YouTube was viewed once." in one.reasons
    assert not any("Facebook" in reason for reason in one.reasons)


def test_the_day_on_which_the_record_began_says_so(desk: Desk) -> None:
    desk.at(f"{MONDAY}T12:00")
    desk.tick()
    through(desk, "13:30", "16:31")
    assert said(desk).reasons[0] in {
        "The record began on this day.",
        "8:30 AM-11:30 AM EST: missed; it was Kim Rivera's to do.",
    }


def test_what_was_explained_stands_with_the_day(desk: Desk) -> None:
    begin(desk)
    through(desk, "08:30", "11:31", "13:30", "16:31")
    explain_window(desk.office, By(PAT, Way.WEB), MORNING_ID, "Snow.")
    (one,) = said(desk).explanations
    assert (one.person, one.text, one.given_at) == (PAT.id, "Snow.", local(f"{MONDAY}T16:31"))


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_windows_of_a_day_stand_in_their_order_whichever_day_is_first(
    desk: Desk, *, newest_first: bool
) -> None:
    begin(desk)
    through(desk, "08:30", "11:31", "13:30", "16:31")
    desk.at(f"{TUESDAY}T07:00")
    with desk.store.read() as connection:
        log = log_within(desk.office.policy, connection, DAY, DAY, desk.clock.now())
        log = chosen(log, Choice(DAY, DAY, newest_first=newest_first), ())
        (one,) = short_days_of(desk.office.policy, connection, log, [DAY], PAT)
    assert [reason[:4] for reason in one.reasons] == ["8:30", "1:30", "No p"]
