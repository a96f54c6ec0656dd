"""The board: who has it, what is open, the week, the gaps, what is wrong; and that it refreshes itself."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.standins.command import utc
from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site
from watchbill.acts.check import Viewing, record_check
from watchbill.acts.deed import By
from watchbill.acts.duty import Assignment, assign
from watchbill.acts.leave import take_leave
from watchbill.core.checks import Way
from watchbill.core.roster import DutyKind, LeaveKind
from watchbill.core.world import NoticeState
from watchbill.store import journal, troubles
from watchbill.store.columns import Trouble
from watchbill.store.notices import NOTICES

TOMORROW = "2026-11-24"


def away(site: Site, who: str, kind: LeaveKind, first: str, last: str) -> None:
    person = site.person(who)
    take_leave(site.office, By(person, Way.WEB), person, kind, utc(first), utc(last))


def duty(site: Site, kind: DutyKind, who: str, by: str, first: str, last: str) -> None:
    what = Assignment(kind, utc(first), utc(last))
    assign(site.office, By(site.person(by), Way.WEB), site.person(who), what)


def board(site: Site, who: str = "Kim", path: str = "/") -> str:
    page = site.sign_in(who).get(path)
    assert page.status_code == 200, page.text
    return page.text


def part(text: str, heading: str) -> str:
    """Return the words of a section."""
    sections = re.findall(r"<section.*?</section>", text, re.DOTALL)
    return next(words(section) for section in sections if heading in section)


# Who


def test_it_says_who_has_it_why_and_until_when(site: Site) -> None:
    site.look("09:00:00")
    shown = words(board(site))
    assert "Kim Rivera As the PIO, until the end of Wed Nov 25 (EST); then nobody." in shown
    assert_sound(board(site))


@pytest.mark.parametrize(
    ("kind", "by", "says"),
    [
        (
            DutyKind.DESIGNATION,
            "Kim",
            "By a designation, until Mon Nov 23, 12:00 PM EST; then Kim Rivera",
        ),
        (DutyKind.INTERIM, "Dana", "By an interim appointment, until Mon Nov 23, 12:00 PM EST"),
    ],
)
def test_somebody_who_stands_in_is_named_with_the_act(
    site: Site, kind: DutyKind, by: str, says: str
) -> None:
    duty(site, kind, "Lee", by, "2026-11-23 08:00:00", "2026-11-23 12:00:00")
    site.look("09:00:00")
    assert f"Lee Okafor {says}" in words(board(site))


def test_a_standing_designee_is_named_as_one(site: Site) -> None:
    duty(site, DutyKind.STANDING, "Lee", "Kim", "2026-11-23 08:00:00", "2026-12-23 12:00:00")
    away(site, "Kim", LeaveKind.VACATION, "2026-11-23 08:00:00", "2026-11-24 00:00:00")
    site.look("09:00:00")
    assert "Lee Okafor As standing designee, while the PIO is away" in words(board(site))


def test_nobody_is_said_in_capitals(site: Site) -> None:
    away(site, "Kim", LeaveKind.SICK, "2026-11-23 08:00:00", "2026-11-24 00:00:00")
    site.look("09:00:00")
    shown = words(board(site))
    assert (
        "NOBODY Nobody is responsible now, until the end of Mon Nov 23 (EST); then Kim Rivera." in shown
    )
    assert "Nobody is responsible for the check that is open" in shown


# Open and next


def test_it_says_what_is_open_with_the_time_left_and_who_viewed_what(site: Site) -> None:
    site.look("08:30:00")
    lee = site.person("Lee")
    record_check(site.office, By(lee, Way.CLI), lee, Viewing(pages=("fb", "tw")))
    site.at("11:05:00")
    shown = part(board(site), 'id="open"')
    assert "8:30 AM-11:30 AM EST : until 11:30 AM EST, 25 minutes left" in shown
    assert "LCCS on Facebook: Lee Okafor, 8:30 AM EST" in shown
    assert "Not viewed yet: The LCCS blog, LCCS on LinkedIn, LCCS on YouTube." in shown
    assert "Next: Mon Nov 23, 1:30 PM-4:30 PM EST, in 2 hours 25 minutes; Kim Rivera." in shown


@pytest.mark.parametrize(("who", "may"), [("Kim", True), ("Lee", True), ("Dana", True), ("Pat", False), ("Jo", False)])  # fmt: skip
def test_check_now_is_there_for_those_who_may_while_a_window_is_open(
    site: Site, who: str, *, may: bool
) -> None:
    site.look("08:30:00")
    assert ('href="/check" id="check-now"' in board(site, who)) is may
    kim = site.person("Kim")
    record_check(site.office, By(kim, Way.CLI), kim, Viewing())
    assert 'id="check-now"' not in board(site, who)
    assert "completed" in part(board(site, who), 'id="open"')
    site.look("12:00:00")
    assert 'id="check-now"' not in board(site, who)


# The week


def test_the_week_stands_in_words_and_symbols_with_today_marked(site: Site) -> None:
    site.look("08:30:00")
    site.look("12:00:00")
    week = part(board(site), "<table")
    assert "Mon Nov 23 (today) 8:30 AM-11:30 AM EST \N{HEAVY BALLOT X} missed Kim Rivera" in week
    assert "1:30 PM-4:30 PM EST \N{WHITE CIRCLE} to come Kim Rivera" in week
    assert week.count("NOBODY") == 4
    assert "Sun Nov 29" in week
    assert "Mon Nov 30" not in week
    for symbol in re.findall(r"<span[^>]*>[^<a-z]+</span>", board(site)):
        assert "aria-hidden" in symbol


def test_the_days_of_the_week_that_have_passed_stay_in_it(site: Site) -> None:
    site.look("08:30:00")
    site.look("2026-11-25 09:00:00")
    week = part(board(site), "<table")
    assert "Mon Nov 23 8:30 AM" in week
    assert "Wed Nov 25 (today)" in week


def test_a_window_that_closed_before_the_record_began_is_nobodys_miss(empty_site: Site) -> None:
    site = empty_site
    site.at("13:00:00")
    site.furnish()
    site.look()
    week = part(board(site), "<table")
    assert "before the record began" in week
    assert "missed" not in week
    calendar = words(site.sign_in("Pat").get("/coverage").text)
    assert "before the record began" in calendar
    assert "missed" not in calendar


# Gaps


def test_gaps_stand_with_the_reason_and_with_who_was_told(site: Site) -> None:
    site.look("09:00:00")
    shown = part(board(site), 'id="gaps"')
    assert "Thu Nov 26 to Fri Nov 27 (4 checks)" in shown
    assert "Kim Rivera is away (holiday)" in shown
    assert "Known since Mon Nov 23, 9:00 AM EST" in shown
    assert "Kim Rivera was warned on Mon Nov 23, 9:00 AM EST" in shown


def test_what_waits_for_the_morning_or_reached_nobody_is_not_called_told(site: Site) -> None:
    site.look("21:30:00")
    waits = "Kim Rivera is yet to be warned: the message waits since Mon Nov 23, 9:30 PM EST"
    assert waits in part(board(site), 'id="gaps"')
    calendar = words(site.sign_in("Kim").get("/coverage").text)
    assert "Kim Rivera, Mon Nov 23, 9:30 PM EST: the message waits" in calendar
    with site.office.store.write() as connection:
        connection.execute(NOTICES.update().values(state=NoticeState.FAILED))
    lost = "Kim Rivera was to be warned on Mon Nov 23, 9:30 PM EST, and no channel reached them"
    assert lost in part(board(site), 'id="gaps"')
    calendar = words(site.sign_in("Kim").get("/coverage").text)
    assert "Kim Rivera, Mon Nov 23, 9:30 PM EST: no channel reached them" in calendar


@pytest.mark.parametrize(("who", "says"), [("Kim", "sick"), ("Dana", "sick"), ("Lee", "away"), ("Pat", "away"), ("Jo", "away")])  # fmt: skip
def test_sick_is_said_to_the_pio_and_the_director_alone(site: Site, who: str, says: str) -> None:
    away(site, "Kim", LeaveKind.SICK, f"{TOMORROW} 00:00:00", "2026-11-25 00:00:00")
    site.look("09:00:00")
    text = board(site, who)
    assert f"Kim Rivera is {says}" in words(text)
    if says == "away":
        assert "sick" not in text.lower()


def test_a_gap_that_no_tick_has_seen_yet_is_called_new(site: Site) -> None:
    site.look("09:00:00")
    away(site, "Kim", LeaveKind.OTHER, f"{TOMORROW} 00:00:00", "2026-11-25 00:00:00")
    assert "New: the watch tells of it at its next look" in words(board(site))


# Health


@pytest.mark.parametrize(("who", "detail"), [("Kim", True), ("Dana", True), ("Jo", True), ("Lee", False), ("Pat", False)])  # fmt: skip
def test_what_is_wrong_is_plain_for_everybody_and_technical_for_a_few(
    site: Site, who: str, *, detail: bool
) -> None:
    site.look("09:00:00")
    with site.office.store.write() as connection:
        troubles.begin(
            connection, Trouble.PROVIDER, "email", "connection refused <b>", site.clock.now()
        )
    text = board(site, who)
    assert "A technical failure is going on; Information Services is told." in text
    assert ("connection refused &lt;b&gt;" in text) is detail
    assert_sound(text)


def test_a_watch_that_stands_still_is_said_so(site: Site) -> None:
    site.look("09:00:00")
    assert "The watch itself works" in board(site)
    site.at("09:11:00")
    text = board(site, "Pat")
    assert "The watch is not running: nobody is reminded at the moment." in text
    assert "The watch itself works" not in text
    assert "`" not in text


def test_the_last_digest_stands_with_its_journal_number_and_short_hash(site: Site) -> None:
    site.look("07:00:00")
    assert "No digest has gone out" in board(site)
    site.look(f"{TOMORROW} 07:45:00")
    text = next(one.message.plain() for one in site.letters if "(checkpoint " in one.message.plain())
    number, short = re.findall(r"\(checkpoint (\d+):([0-9a-f]{10})\)", text)[-1]
    assert (
        f"The last digest, Tue Nov 24, 7:45 AM EST, carried journal entry {number}, {short}."
        in words(board(site))
    )
    with site.office.store.read() as connection:
        assert journal.entry_hash(connection, int(number))[:10] == short


# Refreshing


def test_the_part_that_refreshes_is_the_same_part(site: Site) -> None:
    site.look("09:00:00")
    whole, now = board(site), board(site, path="/board/now")
    assert now.strip() in whole
    assert "<html" not in now
    assert 'data-refreshed="9:00 AM EST"' in now
    assert "As of 9:00 AM EST." in now


def test_the_page_polls_every_thirty_seconds_and_has_a_plain_link(site: Site) -> None:
    site.look("09:00:00")
    outline = Outline(board(site))
    polled = next(a for a in outline.every("div") if "hx-get" in a)
    assert (polled["hx-get"], polled["hx-trigger"]) == ("/board/now", "every 30s")
    assert any(a.get("href") == "/" and a.get("id") == "refresh" for a in outline.every("a"))
    assert any(a.get("id") == "stale" and a.get("role") == "status" for a in outline.every("p"))
    assert [a["src"] for a in outline.every("script")] == [
        "/static/vendor/htmx-2.0.11.min.js",
        "/static/board.js",
    ]


def test_whoever_is_not_signed_in_any_more_is_led_to_the_sign_in(site: Site) -> None:
    answer = site.ask("GET", "/board/now", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


def test_hostile_names_are_shown_and_do_nothing(site: Site) -> None:
    kim = replace(site.person("Kim"), name="<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}")
    site.furnish(people=(kim,))
    site.look("09:00:00")
    text = board(site, "Dana")
    assert_sound(text)
    assert "<script>alert" not in text


def test_before_there_is_anything_it_says_so(empty_site: Site) -> None:
    empty_site.furnish()
    text = board(empty_site)
    assert "The watch has not begun" in text
    assert_sound(text)
