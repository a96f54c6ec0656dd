"""A day, its explanations, an entry of the journal, and the year at a glance."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site, Visitor
from watchbill.acts.deed import By
from watchbill.acts.leave import take_leave
from watchbill.core.checks import Way
from watchbill.core.instants import parse_instant
from watchbill.core.journal import Kind
from watchbill.core.roster import LeaveKind

DAY = "/log/day/2026-11-23"
MORNING = "2026-11-23/weekday-morning"
WHY = "Snow closed the office."


@pytest.fixture
def missed(site: Site) -> Site:
    site.look("08:00:00")
    for at in ("08:30:00", "11:31:00"):
        site.look(at)
    return site


def explain(visitor: Visitor, text: str = WHY, **changes: str) -> httpx.Response:
    fields = {**visitor.filled(DAY, "explain"), "text": text, **changes}
    return visitor.post(DAY, **fields)


@pytest.mark.parametrize("who", ["Pat", "Kim", "Whitfield"])
def test_a_missed_window_is_explained_on_its_day_and_shown_wherever_it_stands(
    missed: Site, who: str
) -> None:
    visitor = missed.sign_in(who)
    answer = explain(visitor)
    entry = missed.entries()
    assert (answer.status_code, answer.headers["location"]) == (303, f"{DAY}?entry={entry}")
    page = visitor.get(answer.headers["location"])
    assert_sound(page.text)
    assert f"Recorded, entry {entry}." in words(page.text)
    name = missed.person(who).name
    for path in (DAY, "/log?from=2026-11-23&to=2026-11-23"):
        text = words(visitor.get(path).text)
        assert f"Explained by {name}, Mon Nov 23, 2026, 11:31 AM EST" in text
        assert WHY in text
    assert WHY in visitor.get("/log.csv?from=2026-11-23&to=2026-11-23").text
    assert WHY in visitor.get("/log.json?from=2026-11-23&to=2026-11-23").text
    assert "Missed" in words(visitor.get(DAY).text)
    assert WHY in words(visitor.get(f"/log/entry/{entry}").text)


def test_the_same_form_is_accepted_once(missed: Site) -> None:
    visitor = missed.sign_in("Pat")
    fields = {**visitor.filled(DAY, "explain"), "text": WHY}
    first, second = visitor.post(DAY, **fields), visitor.post(DAY, **fields)
    assert second.headers["location"].startswith(first.headers["location"])
    kinds = [row[2] for row in missed.dump()["journal"]]
    assert kinds.count(Kind.WINDOW_EXPLAINED) == 1


def test_information_services_reads_and_has_no_form(missed: Site) -> None:
    jo, pat = missed.sign_in("Jo"), missed.sign_in("Pat")
    page = jo.get(DAY)
    assert page.status_code == 200
    assert Outline(page.text).does("explain") == []
    fields = {**jo.filled("/sign-out", "sign-out"), "do": "explain", "window": MORNING, "text": WHY}
    answer = jo.post(DAY, **fields)
    assert answer.status_code == 409
    assert "only a manager, the PIO or the ED may" in words(answer.text)
    assert WHY not in pat.get(DAY).text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "It is empty"),
        ("x" * 501, "501 characters"),
        ("See 123-45-6789.", "Social Security number"),
        ("turned \u202e round", "control characters"),
    ],
)
def test_what_is_refused_shows_the_form_again_with_the_words(
    missed: Site, text: str, says: str
) -> None:
    visitor = missed.sign_in("Pat")
    answer = explain(visitor, text)
    assert answer.status_code == 409
    assert_sound(answer.text)
    assert says in words(answer.text)
    (area,) = Outline(answer.text).every("textarea")
    assert area["aria-invalid"] == "true"
    assert "problem-1" in str(area["aria-describedby"])
    assert not [row for row in missed.dump()["journal"] if Kind.WINDOW_EXPLAINED in row]


def test_lines_are_joined_and_markup_is_text(missed: Site) -> None:
    visitor = missed.sign_in("Pat")
    explain(visitor, "<b>Snow</b>\r\n  and ice 😀")
    text = visitor.get(DAY).text
    assert_sound(text)
    assert "&lt;b&gt;Snow&lt;/b&gt; and ice 😀" in text


@pytest.mark.parametrize(
    "window", ["", "1", "2026-11-23/weekday-afternoon", "2026-11-22/weekend", "../etc", "x\r\ny: z"]
)
def test_a_window_that_is_none_or_needs_no_reason_is_refused(missed: Site, window: str) -> None:
    visitor = missed.sign_in("Pat")
    answer = explain(visitor, window=window)
    assert answer.status_code == 409
    assert "location" not in answer.headers
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    ("date", "status"),
    [
        ("2026-11-23", 200),
        ("2031-01-01", 200),
        ("1990-01-01", 200),
        ("2200-12-31", 200),
        ("1989-12-31", 400),
        ("tomorrow", 400),
        ("2026-02-30", 400),
        ("%3Cscript%3E", 400),
        ("9" * 3000, 400),
    ],
)
def test_a_day_is_a_page_or_says_how_to_write_it(missed: Site, date: str, status: int) -> None:
    answer = missed.sign_in("Pat").get(f"/log/day/{date}")
    assert answer.status_code == status
    assert_sound(answer.text)
    if status == 400:
        assert re.search("write it as 2026-12-24|outside the years", answer.text)


# An entry


def test_every_entry_is_a_page_with_its_neighbours(missed: Site) -> None:
    visitor = missed.sign_in("Pat")
    last = missed.entries()
    for number in range(1, last + 1):
        page = visitor.get(f"/log/entry/{number}")
        assert page.status_code == 200
        assert_sound(page.text)
        assert (f'href="/log/entry/{number - 1}"' in page.text) is (number > 1)
        assert (f'href="/log/entry/{number + 1}"' in page.text) is (number < last)
        assert "watchbill verify" in page.text


@pytest.mark.parametrize("number", ["0", "999999", "-1", "1e3", "a", "9" * 13, "%00", "٣", "1.0"])
def test_an_entry_that_there_is_not_is_not_found(missed: Site, number: str) -> None:
    answer = missed.sign_in("Pat").get(f"/log/entry/{number}")
    assert answer.status_code == 404
    assert_sound(answer.text)


def test_sick_leave_is_away_to_a_manager(site: Site) -> None:
    kim, zone = site.person("Kim"), site.office.policy.zone
    span = (parse_instant(f"2026-11-{day}T00:00", zone, "test") for day in (25, 26))
    number = take_leave(site.office, By(kim, Way.WEB), kim, LeaveKind.SICK, *span).entry
    shown = {who: words(site.sign_in(who).get(f"/log/entry/{number}").text) for who in ("Pat", "Kim")}
    assert "sick" not in shown["Pat"].lower()
    assert "sick" in shown["Kim"].lower()


# The year


def test_the_year_is_a_table_that_reads_aloud(missed: Site) -> None:
    missed.look("2026-11-25 08:00:00")
    page = missed.sign_in("Pat").get("/log/year?year=2026")
    assert_sound(page.text)
    outline = Outline(page.text)
    scopes = [one.get("scope") for one in outline.every("th")]
    assert scopes.count("row") >= 12
    assert None not in scopes
    cells = [one for one in outline.every("a") if str(one.get("href")).startswith("/log/day/2026-")]
    assert len(cells) == 365
    text = words(page.text)
    assert "0/2 M U! Mon Nov 23, 2026: 0 of 2, 2 missed, 1 unattended, fewer than two checks" in text
    assert "Tue Nov 24, 2026: 0 of 2, 2 missed, 2 unattended, fewer than two checks" in text
    assert "Wed Nov 25, 2026: 2 windows ahead" in text
    assert "Sun Nov 22, 2026: no window" in text
    assert len(outline.every("svg")) == 2
    for one in outline.every("svg"):
        assert one["role"] == "img"
        assert one["aria-labelledby"]
    assert "Kim Rivera, as PIO" in text
    assert "0 of 2 (0 %)" in text


@pytest.mark.parametrize(
    ("year", "status"),
    [
        ("2026", 200),
        ("1990", 200),
        ("2200", 200),
        ("1989", 400),
        ("2201", 400),
        ("x", 400),
        ("٢٠٢٦", 400),
    ],
)
def test_a_year_is_four_digits(missed: Site, year: str, status: int) -> None:
    answer = missed.sign_in("Pat").get(f"/log/year?year={year}")
    assert answer.status_code == status
    assert_sound(answer.text)


def test_all_months_lead_to_their_logs(missed: Site) -> None:
    missed.look("2026-12-02 08:00:00")
    visitor = missed.sign_in("Pat")
    page = visitor.get("/log/months")
    assert_sound(page.text)
    assert "November 2026" in words(page.text)
    assert "/log?from=2026-11-01&amp;to=2026-11-30" in page.text
    assert visitor.get("/log?from=2026-11-01&to=2026-11-30").status_code == 200


def test_a_year_without_windows_says_so(site: Site) -> None:
    assert "There is no window in this year." in site.sign_in("Pat").get("/log/year?year=2019").text


# The door


@pytest.mark.parametrize(
    "path", ["/log", "/log.csv", "/log.json", "/log/year", "/log/months", DAY, "/log/entry/1"]
)
def test_a_designee_does_not_read_the_log(missed: Site, path: str) -> None:
    designee = missed.sign_in("Lee")
    assert designee.get(path).status_code == 403
    assert 'href="/log"' not in designee.get("/").text
