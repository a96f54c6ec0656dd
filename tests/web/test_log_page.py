"""The coverage log for managers: three clicks to an answer; page, CSV and JSON with the same rows."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site, Visitor
from watchbill.acts.check import Viewing, parse_finding, record_check
from watchbill.acts.deed import By
from watchbill.acts.leave import take_leave
from watchbill.core.checks import Way
from watchbill.core.instants import parse_instant
from watchbill.core.roster import LeaveKind
from watchbill.reports.coverage_log import COLUMNS
from watchbill.reports.figures import Figures
from watchbill.web.log_paper import NEEDS_A_PACKAGE, can_print, own_file
from watchbill.web.log_year import percent

LINK = re.compile(r'<a href="([^"]+)"[^>]*>(?:<strong>)?([^<]+)<')
MONDAY, FRIDAY = "2026-11-23", "2026-11-27"
WEEK = f"from={MONDAY}&to=2026-11-29"


def links(page: httpx.Response) -> dict[str, str]:
    return {said: path.replace("&amp;", "&") for path, said in LINK.findall(page.text)}


def check(site: Site, who: str, local: str, *findings: str) -> None:
    site.at(local)
    person = site.person(who)
    found = tuple(parse_finding(text) for text in findings)
    record_check(site.office, By(person, Way.LINK), person, Viewing(findings=found))


@pytest.fixture
def week(site: Site) -> Site:
    """Give a week: Monday done, Tuesday missed once, Wednesday sick and uncovered, an extra check on Thursday."""
    site.look("08:00:00")
    for when in ("09:00:00", "14:00:00"):
        check(site, "Kim", when, *(("fb:4:hidden",) if when == "09:00:00" else ()))
    kim, zone = site.person("Kim"), site.office.policy.zone
    for at in ("08:30:00", "11:31:00", "13:30:00"):
        site.look(f"2026-11-24 {at}")
    check(site, "Kim", "2026-11-24 14:00:00")
    begins, ends = (parse_instant(f"2026-11-{day}T00:00", zone, "test") for day in (25, 26))
    take_leave(site.office, By(kim, Way.WEB), kim, LeaveKind.SICK, begins, ends)
    for at in ("08:30:00", "11:31:00", "13:30:00", "16:31:00"):
        site.look(f"2026-11-25 {at}")
    check(site, "Whitfield", "2026-11-26 07:00:00")
    site.look("2026-11-28 09:00:00")
    return site


@pytest.fixture
def manager(week: Site) -> Visitor:
    return week.sign_in("Pat")


def as_json(visitor: Visitor, query: str) -> list[dict[str, Any]]:
    answer = visitor.get(f"/log.json?{query}")
    assert answer.headers["content-type"] == "application/json"
    rows = json.loads(answer.text)
    assert isinstance(rows, list)
    return rows


def as_csv(visitor: Visitor, query: str) -> list[dict[str, str]]:
    body = visitor.get(f"/log.csv?{query}").content
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def page_rows(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the rows of the page's table: the day, and the entries of its checks."""
    body = text.partition('<table class="log')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        (
            re.findall(r"/log/day/([0-9-]+)", row)[0],
            tuple(re.findall(r"by (?:link|text)[^(]*\(<a href=\"/log/entry/(\d+)", row)),
        )
        for row in body.split("<tr>")[1:]
    ]


# Three clicks


def test_three_clicks_from_the_board_to_the_weekdays_of_last_quarter_with_fewer_than_two_checks(
    site: Site,
) -> None:
    site.at("2026-08-03 08:00:00")
    site.look()
    for day in ("2026-08-03", "2026-08-04"):
        for at in ("08:30:00", "11:31:00", "13:30:00", "16:31:00"):
            site.look(f"{day} {at}")
    site.look("2026-11-23 08:00:00")
    visitor = site.sign_in("Pat")
    board = visitor.get("/")
    log = visitor.get(links(board)["Log"])
    quarter = visitor.get(links(log)["Last quarter"])
    assert "Wed Jul 1, 2026 to Wed Sep 30, 2026" in words(quarter.text)
    answer = visitor.get(links(quarter)["Weekdays with fewer than two checks"])
    text = unescape(words(answer.text))
    assert_sound(answer.text)
    assert "Mon Aug 3, 2026" in text
    assert "0 of 2" in text
    assert "missed; it was Kim Rivera's to do" in text
    assert "watchbill was not running" in text
    assert "No explanation was given." in text
    assert "The record begins on Mon Aug 3, 2026: nothing is known of the days before." in text


def test_dates_before_the_record_began_are_not_called_clean(manager: Visitor) -> None:
    text = words(manager.get("/log?from=2026-07-01&to=2026-09-30&short=1").text)
    assert "The record begins on Mon Nov 23, 2026" in text
    assert "There is no such weekday since the record began." in text
    assert "The record begins" not in words(manager.get(f"/log?{WEEK}").text)


def test_each_check_says_which_pages_were_viewed(week: Site) -> None:
    kim = week.person("Kim")
    record_check(week.office, By(kim, Way.LINK), kim, Viewing(pages=("fb", "tw")))
    text = words(week.sign_in("Pat").get("/log?from=2026-11-23&to=2026-11-28").text)
    assert "Viewed: all pages" in text
    assert "Viewed: LCCS on Facebook" in text


def test_the_answer_says_who_was_away_to_each_reader_in_their_words(week: Site) -> None:
    path = f"/log?{WEEK}&short=1"
    for who, word in (("Pat", "away"), ("Kim", "sick"), ("Whitfield", "sick"), ("Jo", "away")):
        text = words(week.sign_in(who).get(path).text)
        assert f"nobody covered it. Kim Rivera is {word}." in text
        assert ("sick" in text) is (word == "sick")
    assert "Kim Rivera is away (holiday)" in text


# The same rows everywhere

QUERIES = (
    WEEK,
    f"{WEEK}&order=oldest",
    f"{WEEK}&state=missed",
    f"{WEEK}&state=extra",
    f"{WEEK}&state=upcoming",
    f"{WEEK}&short=1",
    f"{WEEK}&person=nobody",
    f"{WEEK}&person=kim.rivera@example.org",
    f"{WEEK}&category=4&page=fb",
    f"{WEEK}&page=fb",
    "from=2026-01-01&to=2026-01-31",
)


def test_page_csv_and_json_have_the_same_rows(manager: Visitor) -> None:
    for query in QUERIES:
        rows = as_json(manager, query)
        lines = as_csv(manager, query)
        assert [(line["window"], line["entry"]) for line in lines] == [
            (row["window"] or "", str(check["entry"]) if check else "")
            for row in rows
            for check in row["checks"] or [None]
        ], query
        page = manager.get(f"/log?{query}")
        assert_sound(page.text)
        shown = page_rows(page.text)
        if "short=1" in query:
            assert [day for day, _ in shown] == list(dict.fromkeys(row["date"] for row in rows))
        else:
            expected = [(row["date"], tuple(str(c["entry"]) for c in row["checks"])) for row in rows]
            assert shown == expected, query


def test_the_csv_has_its_head_also_without_a_row(manager: Visitor) -> None:
    answer = manager.get("/log.csv?from=2020-01-01&to=2020-01-31")
    assert answer.content.decode("utf-8-sig") == ",".join(COLUMNS) + "\r\n"
    disposition = answer.headers["content-disposition"]
    assert disposition == 'attachment; filename="coverage-log-2020-01-01-2020-01-31.csv"'


def test_the_parts_of_a_long_span_make_up_its_csv(manager: Visitor) -> None:
    query = "from=2026-01-01&to=2026-12-31"
    parts = [manager.get(f"/log?{query}&part={part}") for part in (4, 3, 2, 1)]
    shown = [row for page in parts for row in page_rows(page.text)]
    assert [day for day, _ in shown] == [row["date"] for row in as_json(manager, query)]
    assert "a part of Thu Jan 1, 2026 to Thu Dec 31, 2026" in words(parts[0].text)
    assert page_rows(manager.get(f"/log?{query}").text) == page_rows(parts[0].text)


# Filters at their limits


LIMITS = {
    "from=2026-11-23&to=2026-11-23": {"2026-11-23"},
    "from=2026-11-24&to=2026-11-25": {"2026-11-24", "2026-11-25"},
    "from=2026-11-22&to=2026-11-22": set(),
    "to=2026-11-23": {"2026-11-23"},
    "from=2026-11-27": {"2026-11-27"},
}


def test_the_first_and_the_last_day_are_included(manager: Visitor) -> None:
    for query, days in LIMITS.items():
        assert {row["date"] for row in as_json(manager, query)} == days


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("from=yesterday", "write it as 2026-12-24"),
        ("from=2026-02-30", "write it as 2026-12-24"),
        ("from=0001-01-01", "outside the years"),
        ("to=9999-12-31", "outside the years"),
        ("from=2026-11-24&to=2026-11-23", "give a later date"),
        ("from=1990-01-01&to=2190-01-01", "at most 60 years"),
        ("person=nobody@else.example.org", "person: 'nobody@else.example.org' is not known here"),
        ("person=1", "is not known here"),
        ("state=lost", "use one of: completed, late, missed, open, upcoming, unattended, extra"),
        ("page=nowhere", "is not known here"),
        ("category=10", "is not known here"),
        ("order=up", "is not known here"),
        ("short=yes", "is not known here"),
        ("part=2", "there are 1 to 1"),
        ("part=-1", "there are 1 to 1"),
        ("from=" + "9" * 5000, "write it as"),
        ("from=%00", "write it as"),
    ],
)
def test_nonsense_is_answered_with_how_to_write_it(site: Site, query: str, says: str) -> None:
    manager = site.sign_in("Pat")
    for path in ("/log", "/log.csv", "/log.json"):
        answer = manager.get(f"{path}?{query}")
        assert answer.status_code == 400, path
        assert says in words(answer.text).replace("&#39;", "'")
        assert_sound(answer.text)
        assert len(answer.text) < 4000


HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=y>', "\u202eevil", "😀", "' OR 1=1 --")


@pytest.mark.parametrize("name", ["from", "to", "person", "state", "page", "category", "order", "part"])
def test_hostile_words_in_an_address_are_text_and_nothing_else(site: Site, name: str) -> None:
    manager = site.sign_in("Pat")
    for text in HOSTILE:
        answer = manager.get(f"/log?{name}={quote(text)}")
        assert answer.status_code == 400
        assert_sound(answer.text)
        assert "<img" not in answer.text


def test_the_form_sends_what_is_chosen_and_keeps_it(manager: Visitor) -> None:
    page = manager.get(f"/log?{WEEK}&state=missed&person=kim.rivera@example.org")
    outline = Outline(page.text)
    (form,) = [form for form in outline.every("form") if form.get("method") == "get"]
    assert form.get("action") == "/log"
    chosen = {one.get("value") for one in outline.every("option") if "selected" in one}
    assert chosen == {"missed", "kim.rivera@example.org"}
    assert "Only: Kim Rivera; Missed." in words(page.text)
    for said, path in links(page).items():
        if path.startswith("/log?") and said != "All windows and checks":
            assert "state=missed" in path


def test_the_sentence_above_the_rows_counts_what_is_over(manager: Visitor) -> None:
    text = words(manager.get(f"/log?{WEEK}").text)
    assert "1 of 5 weekdays that are over had two checks" in text


def test_a_record_without_windows_has_an_empty_log(site: Site) -> None:
    page = site.sign_in("Pat").get("/log?from=2026-01-01&to=2026-01-02")
    assert "There is nothing of that kind in these dates." in page.text


# PDF


def test_without_the_extra_there_is_no_link_and_the_address_says_what_to_install(
    manager: Visitor,
) -> None:
    answer = manager.get(f"/log.pdf?{WEEK}")
    if can_print():
        assert answer.content.startswith(b"%PDF-")
        assert "/log.pdf" in manager.get("/log").text
    else:
        assert answer.status_code == 404
        assert NEEDS_A_PACKAGE.partition(":")[0] in answer.text
        assert "/log.pdf" not in manager.get("/log").text


@pytest.mark.parametrize(
    "url",
    [
        "https://watch.example.org/static/../board.py.css",
        "https://watch.example.org/static/vendor/htmx-2.0.11.min.js",
        "https://evil.example.org/static/style.css",
        "https://watch.example.org/static/%2e%2e/x.txt",
        "file:///etc/passwd",
    ],
)
def test_paper_reads_our_styles_and_nothing_else(url: str) -> None:
    with pytest.raises(ValueError, match="not a style of ours"):
        own_file(url, "https://watch.example.org")
    assert b"--ink" in own_file(
        "https://watch.example.org/static/style.css", "https://watch.example.org"
    )


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 0, "none yet"), (0, 5, "0 %"), (1, 3, "33 %"), (999, 1000, "99 %"), (1000, 1000, "100 %")],
)
def test_a_share_is_whole_only_where_all_of_it_is(part: int, whole: int, said: str) -> None:
    assert percent(part, whole) == said
    assert Figures().windows == 0
