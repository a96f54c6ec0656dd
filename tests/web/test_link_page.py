"""What a check's link shows, and what its one big button does, in every state of its window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.standins.command import utc
from tests.web.outline import Outline, assert_sound
from tests.web.site import Site
from watchbill.acts.check import Viewing, record_check
from watchbill.acts.deed import By
from watchbill.acts.roster import deactivate_person
from watchbill.core.checks import Way
from watchbill.core.roster import Page

CONTACT = "If a child may be in danger: 419-213-CARE (2273) or 911"
MINUTE_PAST = "08:31:00"


def checks(site: Site, who: str, *pages: str) -> None:
    person = site.person(who)
    record_check(site.office, By(person, Way.CLI), person, Viewing(pages=pages))


def test_a_fresh_link_shows_who_what_and_until_when_with_one_big_button(site: Site) -> None:
    page = site.ask("GET", site.remind())
    assert page.status_code == 200
    for words in ("Kim Rivera", "Mon Nov 23", "8:30 AM-11:30 AM EST", "Due by 11:30 AM EST", CONTACT):
        assert words in page.text
    outline = Outline(page.text)
    assert [a["href"] for a in outline.every("a")] == [
        "https://blog.example.org/",
        "https://www.facebook.com/example",
        "https://www.linkedin.com/company/example",
        "https://twitter.com/example",
        "https://www.youtube.com/@example",
    ]
    assert [form.do for form in outline.forms] == ["check", "away"]
    big = [button for button in outline.every("button") if "class" not in button]
    assert len(big) == 1
    assert outline.forms[0].buttons == [
        (None, "All viewed, nothing found"),
        ("1", "Record what I ticked and found"),
    ]
    assert_sound(page.text)


def test_looking_changes_nothing_however_often(site: Site) -> None:
    path = site.remind()
    before = site.dump()
    for method in ("GET", "HEAD", "OPTIONS", "GET", "PUT", "DELETE", "PATCH"):
        site.ask(method, path)
    assert (site.dump(), site.acted) == (before, 0)


def test_the_button_records_the_check_and_shows_its_receipt(site: Site) -> None:
    path = site.remind()
    site.at(MINUTE_PAST)
    answer = site.press(path, site.form(path))
    assert answer.status_code == 200
    assert "Thank you, <strong>Kim Rivera</strong>" in answer.text
    assert "viewed at 8:31 AM EST" in answer.text
    assert f"Receipt: entry {site.entries()}," in answer.text
    assert site.acted == 1


def test_a_form_that_is_sent_twice_counts_once(site: Site) -> None:
    path = site.remind()
    form = site.form(path)
    first = site.press(path, form)
    before = site.entries()
    second = site.press(path, form)
    assert (first.status_code, second.status_code) == (200, 200)
    assert "counted once" in second.text
    assert site.entries() == before


def test_of_two_devices_the_second_is_told_that_it_is_done(site: Site) -> None:
    path = site.remind()
    phone, desk = site.form(path), site.form(path)
    assert phone != desk
    assert site.press(path, phone).status_code == 200
    before = site.entries()
    answer = site.press(path, desk)
    assert (answer.status_code, "Already done" in answer.text) == (409, True)
    assert "Kim Rivera viewed pages at" in answer.text
    assert site.entries() == before


def test_what_somebody_else_has_done_is_said_so(site: Site) -> None:
    path = site.remind()
    form = site.form(path)
    checks(site, "Lee")
    page = site.ask("GET", path)
    assert (page.status_code, "Lee Okafor viewed pages at" in page.text) == (200, True)
    assert Outline(page.text).every("form") == []
    answer = site.press(path, form)
    assert (answer.status_code, "Already done" in answer.text) == (409, True)


def test_a_window_that_is_done_in_part_still_asks_for_the_rest(site: Site) -> None:
    path = site.remind()
    checks(site, "Lee", "fb", "tw")
    assert site.press(path, site.form(path)).status_code == 200
    assert "Already done" in site.ask("GET", path).text


def test_after_closing_the_page_says_late_and_records_late(site: Site) -> None:
    path = site.remind()
    site.at("12:00:00")
    page = site.ask("GET", path)
    assert "counts as late" in page.text
    answer = site.press(path, site.form(path))
    assert (answer.status_code, "the check counts as late" in answer.text) == (200, True)


def test_a_link_is_good_until_the_midnight_of_its_day(site: Site) -> None:
    path = site.remind()
    form = site.form(path)
    site.at("23:59:59")
    assert site.ask("GET", path).status_code == 200
    site.at("2026-11-24 00:00:00")
    before = site.entries()
    for answer in (site.ask("GET", path), site.press(path, form)):
        assert (answer.status_code, "has expired" in answer.text) == (410, True)
    assert site.entries() == before


@pytest.mark.parametrize(
    "path",
    [
        "/c/AAAAAAAAAAAAAAAAAAAAAA",
        "/c/short",
        "/c/" + "a" * 65,
        "/c/%00%00%00%00%00%00%00%00%00%00",
        "/c/'%20OR%201=1%20--%20aaaaaaaaa",
        "/c/..%2f..%2fetc%2fpasswd",
        "/c/ＡＡＡＡＡＡＡＡＡＡＡＡ",  # noqa: RUF001 - wide letters are not ours
    ],
)
def test_a_link_that_was_never_given_out_is_not_known(site: Site, path: str) -> None:
    site.remind()
    before = site.entries()
    for answer in (site.ask("GET", path), site.press(path, "0" * 32)):
        assert answer.status_code == 404
        assert CONTACT in answer.text
    assert site.entries() == before


def test_a_link_of_somebody_deactivated_is_no_longer_good(site: Site) -> None:
    path = site.remind()
    form = site.form(path)
    deactivate_person(site.office, By(None, Way.CLI), site.person("Kim"))
    before = site.entries()
    for answer in (site.ask("GET", path), site.press(path, form)):
        assert (answer.status_code, "is no longer good" in answer.text) == (403, True)
    assert site.entries() == before


@pytest.mark.parametrize("form", ["", "0" * 31, "g" * 32, "0" * 32 + "\n", "' OR 1=1", "0" * 5000])
def test_a_form_that_is_not_ours_records_nothing(site: Site, form: str) -> None:
    path = site.remind()
    before = site.entries()
    answer = site.press(path, form)
    assert answer.status_code == 400
    assert site.entries() == before


def test_an_empty_post_records_nothing(site: Site) -> None:
    path = site.remind()
    before = site.entries()
    for options in ({}, {"json": {"form": "0" * 32}}, {"content": b"\xff\xfe"}):
        assert site.ask("POST", path, **options).status_code == 400
    assert site.entries() == before


def test_a_link_acts_for_its_own_person_and_window_alone(site: Site) -> None:
    morning = site.remind()
    afternoon = site.remind("13:30:00")
    assert morning != afternoon
    site.press(afternoon, site.form(afternoon))
    assert "Already done" in site.ask("GET", afternoon).text
    says = "A check made now counts for the window of 1:30 PM-4:30 PM EST, which is complete already."
    assert says in site.ask("GET", morning).text


def test_hostile_words_are_shown_and_do_nothing(empty_site: Site) -> None:
    site = empty_site
    site.furnish()
    kim = replace(site.person("Kim"), name="Kim <script>alert(1)</script>\" onload='x'")
    began = datetime(2011, 5, 23, tzinfo=UTC)
    hostile = Page("zz", "X", "<img src=x onerror=alert(2)>", 'https://x.org/"><b>', began)
    site.furnish(people=(kim,), pages=(hostile,))
    path = site.remind()
    texts = [site.ask("GET", path).text, site.press(path, site.form(path)).text]
    for text in [*texts, site.ask("GET", path).text]:
        assert_sound(text)
        assert Outline(text).every("b") == []
        assert "<script>" not in text


def test_the_page_counts_down_to_the_closing(site: Site) -> None:
    path = site.remind()
    site.at("11:05:00")
    assert "in 25 minutes" in site.ask("GET", path).text
    assert site.clock.now() == utc("2026-11-23 11:05:00")
