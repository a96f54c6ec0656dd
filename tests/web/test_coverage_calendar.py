"""The coverage calendar: months, gaps with what was told and who is free, duties, leave; sick for few."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site, Visitor
from watchbill.acts.deed import By
from watchbill.acts.duty import Assignment, accept_duty, assign, decline_duty
from watchbill.acts.leave import take_leave
from watchbill.acts.order import order_standing
from watchbill.core.checks import Way
from watchbill.core.instants import parse_span
from watchbill.core.roster import DutyKind, LeaveKind, Person

EVERYBODY = ("Kim", "Lee", "Sam", "Dana", "Pat", "Jo")


@pytest.fixture
def looked(site: Site) -> Site:
    site.look("07:50:00")
    return site


def away(site: Site, who: str, first: str, last: str, kind: LeaveKind = LeaveKind.SICK) -> None:
    person = site.person(who)
    span = parse_span(first, last, site.office.policy.zone)
    take_leave(site.office, By(person, Way.WEB), person, kind, *span)


def give(site: Site, who: str, first: str, last: str, kind: DutyKind = DutyKind.DESIGNATION) -> int:
    by = site.person("Dana" if kind is DutyKind.INTERIM else "Kim")
    span = parse_span(first, last, site.office.policy.zone)
    return assign(site.office, By(by, Way.WEB), site.person(who), Assignment(kind, *span)).id


def own(person: Person) -> By:
    return By(person, Way.WEB)


def cells(text: str) -> list[str]:
    return [words(cell) for cell in re.findall(r'<td role="cell".*?</td>', text, re.DOTALL)]


def cell(text: str, number: int) -> str:
    return next(one for one in cells(text) if re.match(rf"\w{{3}} \w{{3}} {number}\b", one))


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_reads_the_calendar(looked: Site, who: str) -> None:
    page = looked.sign_in(who).get("/coverage")
    assert page.status_code == 200
    assert_sound(page.text)
    assert "NOBODY 8:30" not in cell(page.text, 23)
    assert cell(page.text, 23).startswith("Mon Nov 23 today 8:30 AM-11:30 AM EST Kim Rivera")
    assert "Thanksgiving Day 8:30 AM-11:30 AM EST ! NOBODY" in cell(page.text, 26)
    assert "Day after Thanksgiving" in cell(page.text, 27)
    assert words(page.text).count("NOBODY: Thu Nov 26 to Fri Nov 27 (4 checks)") == 1


def test_the_calendar_is_a_table_with_a_caption_and_headings(looked: Site) -> None:
    outline = Outline(looked.sign_in("Pat").get("/coverage").text)
    scopes = [one.get("scope") for one in outline.every("th")]
    assert None not in scopes
    assert scopes.count("col") >= 8
    assert outline.every("caption")


@pytest.mark.parametrize(
    ("month", "before", "after", "days"),
    [
        ("2026-11", "2026-10", "2026-12", 30),
        ("2026-12", "2026-11", "2027-01", 31),
        ("2027-01", "2026-12", "2027-02", 31),
        ("2028-02", "2028-01", "2028-03", 29),
    ],
)
def test_months_lead_to_their_neighbours_over_the_turn_of_the_year(
    looked: Site, month: str, before: str, after: str, days: int
) -> None:
    text = looked.sign_in("Pat").get(f"/coverage?month={month}").text
    links = [parse_qs(urlsplit(str(a.get("href"))).query) for a in Outline(text).every("a")]
    assert [one["month"][0] for one in links if "month" in one] == [before, after]
    assert len([one for one in cells(text) if one]) == days


@pytest.mark.parametrize(
    ("month", "day", "zone"),
    [("2027-03", 12, "EST"), ("2027-03", 14, "EDT"), ("2027-11", 6, "EDT"), ("2027-11", 7, "EST")],
)
def test_hours_have_the_zone_of_their_day_round_the_clock_changes(
    looked: Site, month: str, day: int, zone: str
) -> None:
    assert zone in cell(looked.sign_in("Pat").get(f"/coverage?month={month}").text, day)


@pytest.mark.parametrize(
    "month",
    [
        "2026-13",
        "1989-12",
        "2201-01",
        "x",
        "2026-11-01",
        "<b>",
        "2026-1\u0661",
        "9" * 4000,
        "%00",
        "\u202e",
    ],
)
def test_what_is_no_month_is_said_and_this_one_is_shown(looked: Site, month: str) -> None:
    page = looked.sign_in("Pat").get("/coverage", params={"month": month})
    assert page.status_code == 400
    assert "That is not a month" in page.text
    assert cell(page.text, 23)
    assert "<b>" not in page.text


def test_what_became_of_windows_is_said_in_words(looked: Site) -> None:
    looked.look("08:30:00")
    assert "open now" in cell(looked.sign_in("Pat").get("/coverage").text, 23)
    looked.look("2026-11-24 00:10:00")
    assert cell(looked.sign_in("Pat").get("/coverage").text, 23).count("missed") == 2


# Gaps


def test_a_gap_says_why_who_was_told_and_who_is_free(looked: Site) -> None:
    text = words(looked.sign_in("Pat").get("/coverage").text)
    assert "Why: Kim Rivera is away (holiday)." in text
    assert "Told so far: Kim Rivera, Mon Nov 23" in text
    assert "Free for all of it: Kim Rivera, Lee Okafor, Sam Novak." in text


def test_who_is_away_or_declined_is_not_free(looked: Site) -> None:
    away(looked, "Lee", "2026-11-26", "2026-11-26")
    number = give(looked, "Sam", "2026-11-26", "2026-11-27")
    decline_duty(looked.office, own(looked.person("Sam")), looked.person("Sam"), number)
    text = words(looked.sign_in("Pat").get("/coverage").text)
    assert "Free for all of it: Kim Rivera." in text
    assert "Sam Novak declined." in text
    assert "Thu Nov 26 to Fri Nov 27 designated monitor declined" in text


@pytest.mark.parametrize(
    ("who", "buttons"),
    [
        ("Kim", ["Designate Kim Rivera (yourself)", "Designate Lee Okafor", "Designate Sam Novak"]),
        ("Dana", ["Appoint Kim Rivera", "Appoint Lee Okafor", "Appoint Sam Novak",
                  "Appoint Dana Whitfield (yourself)", "Appoint Jo Haddad", "Appoint Pat Lindqvist"]),
        ("Lee", []), ("Pat", []), ("Jo", []),
    ],
)  # fmt: skip
def test_only_those_who_may_have_buttons(looked: Site, who: str, buttons: list[str]) -> None:
    found = Outline(looked.sign_in(who).get("/coverage").text).forms[:1]
    assert [label for form in found for _, label in form.buttons] == buttons


def test_a_button_of_a_gap_leads_to_the_preview_of_exactly_that_gap(looked: Site) -> None:
    kim = looked.sign_in("Kim")
    form = Outline(kim.get("/coverage").text).forms[0]
    lee = looked.person("Lee").id
    page = kim.get("/coverage/designate", params={**form.hidden, "who": lee})
    text = words(page.text)
    assert (
        "Lee Okafor is designated, to monitor, Thu Nov 26 8:00 AM EST to Fri Nov 27 4:30 PM EST."
        in text
    )
    assert "4 checks that nobody covers would be covered." in text


def test_when_everything_is_covered_it_says_so(looked: Site) -> None:
    give(looked, "Lee", "2026-11-24", "2027-03-01")
    assert "Somebody covers every check." in looked.sign_in("Pat").get("/coverage").text


def test_an_open_window_whose_monitor_has_left_is_a_gap(looked: Site) -> None:
    looked.look("08:30:00")
    looked.at("10:50:00")
    away(looked, "Kim", "2026-11-23T10:50", "2026-11-23T12:00")
    text = words(looked.sign_in("Dana").get("/coverage").text)
    assert "NOBODY: Mon Nov 23 8:30 AM-11:30 AM EST" in text


# Duties and leave


def test_duties_say_what_they_give_and_what_was_answered(looked: Site) -> None:
    give(looked, "Lee", "2026-11-26", "2026-11-26")
    number = give(looked, "Sam", "2026-11-27", "2026-11-27")
    accept_duty(looked.office, own(looked.person("Sam")), looked.person("Sam"), number)
    give(looked, "Jo", "2026-11-28", "2026-11-28", DutyKind.INTERIM)
    text = words(looked.sign_in("Lee").get("/coverage").text)
    assert "Lee Okafor Thu Nov 26 designated monitor unconfirmed Answer duty 1" in text
    assert "Sam Novak Fri Nov 27 designated monitor accepted Open duty 2" in text
    assert "Jo Haddad Sat Nov 28 appointed as interim monitor monitor appointed Open duty 3" in text


def test_standing_designees_stand_in_order(looked: Site) -> None:
    for who in ("Lee", "Sam"):
        give(looked, who, "2026-11-24", "2027-11-24", DutyKind.STANDING)
    kim = looked.sign_in("Kim")
    in_order = r"<li><strong>(\w+ \w+)</strong>"
    assert re.findall(in_order, kim.get("/coverage").text) == ["Lee Okafor", "Sam Novak"]
    order_standing(looked.office, own(looked.person("Kim")), (2, 1))
    assert re.findall(in_order, kim.get("/coverage").text) == ["Sam Novak", "Lee Okafor"]
    assert "Change the order" in kim.get("/coverage").text
    assert "Change the order" not in looked.sign_in("Pat").get("/coverage").text


@pytest.mark.parametrize(
    ("who", "sees"),
    [("Kim", True), ("Dana", True), ("Lee", True), ("Sam", False), ("Pat", False), ("Jo", False)],
)
def test_sick_is_for_the_pio_the_ed_and_the_person(looked: Site, who: str, *, sees: bool) -> None:
    away(looked, "Lee", "2026-11-24", "2026-11-26")
    visitor = looked.sign_in(who)
    pages = [visitor.get(path).text for path in ("/coverage", "/coverage/leave/1")]
    assert all(("sick" in words(page)) == sees for page in pages)
    assert ("Lee Okafor Tue Nov 24 to Thu Nov 26 away" in words(pages[0])) != sees
    assert "Away: Lee Okafor" in cell(pages[0], 25)


@pytest.mark.parametrize("who", ["Lee", "Pat", "Jo"])
def test_that_the_pio_is_sick_shows_nowhere_to_others(looked: Site, who: str) -> None:
    away(looked, "Kim", "2026-12-01", "2026-12-04")
    looked.look("07:55:00")
    visitor: Visitor = looked.sign_in(who)
    for path in ("/coverage", "/coverage?month=2026-12", "/coverage/leave/1"):
        text = words(visitor.get(path).text).lower()
        assert "sick" not in text
        assert "escalation" not in text
    assert "Why: Kim Rivera is away." in words(visitor.get("/coverage").text)


def test_names_are_shown_as_text(site: Site) -> None:
    hostile = Person(0, "<script>alert(1)</script> \u202e \U0001f600", "x@example.org")
    site.furnish(people=(hostile,))
    site.look("07:50:00")
    away(site, "<script>", "2026-11-24", "2026-11-25")
    for who in ("Kim", "Dana"):
        text = site.sign_in(who).get("/coverage").text
        assert "<script>" not in text
        assert "&lt;script&gt;" in text
