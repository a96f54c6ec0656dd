"""What else can be said of a check: findings, some of the pages, an earlier time (DOMAIN §1, §4)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.standins.command import utc
from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site
from watchbill.acts.check import Viewing, record_check
from watchbill.acts.deed import By
from watchbill.core.checks import Action, Category, Finding, Way
from watchbill.core.reasons import Reason
from watchbill.core.windows import State
from watchbill.store import windows
from watchbill.store.notices import NOTICES

ALL = ["blog", "fb", "li", "tw", "yt"]
MORNING = "2026-11-23/weekday-morning"
MONDAY = date(2026, 11, 23)


def detailed(site: Site, path: str, form: str | None = None, **fields: Any) -> Any:
    """Send the second form: all pages ticked where none are named."""
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return site.send_form(path, "check", form, **{"detailed": "1", "page": ALL, **named})


def newest(site: Site) -> windows.CheckRecord:
    with site.office.store.read() as connection:
        found = windows.check_numbered(connection, max(n for n, *_ in site.dump()["checks"]))
    assert found is not None
    return found


def state(site: Site) -> State:
    with site.office.store.read() as connection:
        return windows.windows_named(connection, [MORNING])[0].state


def nothing_is_recorded(site: Site, answer: Any, *, status: int = 400) -> None:
    assert (answer.status_code, site.dump()["checks"]) == (status, [])
    assert "Not recorded" in answer.text
    assert_sound(answer.text)


def test_the_categories_stand_in_the_policys_words_with_the_child_first_and_whom_to_call(
    site: Site,
) -> None:
    page = site.ask("GET", site.remind())
    outline = Outline(page.text)
    named = [select["name"] for select in outline.every("select")]
    selects = [name for name in named if name != "kind"]  # the kind of leave is further down
    assert selects == [f"{what}-{key}" for key in ALL for what in ("found", "action")]
    values = [option["value"] for option in outline.every("option")]
    assert values[: len(Category) + 1] == [
        "", "child", "1", "2", "3", "4", "5", "6", "7", "8", "9", "offensive", "advertising", "notice",
    ]  # fmt: skip
    for category in Category:
        assert category.words in page.text.lower().replace("&#39;", "'")
    second = page.text[page.text.index("<details") :]
    assert second.index("419-213-CARE") < second.index("<select")


def test_a_finding_is_recorded_as_page_category_and_action(site: Site) -> None:
    path = site.remind()
    answer = detailed(site, path, found_fb="4", action_fb="hidden", found_yt="notice")
    assert answer.status_code == 200
    assert "4. spam or the inclusion of links to other sites; hidden" in words(answer.text)
    assert "keep a copy" in answer.text
    assert newest(site).findings == (
        Finding("fb", Category.SPAM, Action.HIDDEN),
        Finding("yt", Category.NOTICE_MISSING, Action.NONE),
    )
    assert state(site) is State.COMPLETED
    assert_sound(answer.text)


@pytest.mark.parametrize("action", ["", "referred"])
def test_a_child_at_risk_is_referred_and_those_in_charge_are_told(site: Site, action: str) -> None:
    path = site.remind()
    answer = detailed(site, path, found_fb="child", action_fb=action)
    assert newest(site).findings == (Finding("fb", Category.CHILD, Action.REFERRED),)
    assert "told at once" in answer.text
    site.look()
    assert [one.name for one in site.letters if "child" in one.message.subject] == [
        "Kim Rivera",
        "Dana Whitfield",
    ]


def test_some_of_the_pages_leave_the_rest_to_be_viewed_by_the_same_link(site: Site) -> None:
    path = site.remind()
    answer = detailed(site, path, page=["fb", "tw"])
    assert (
        "Still to view for 8:30 AM-11:30 AM EST: LCCS on LinkedIn, LCCS on YouTube, The LCCS blog"
        in (words(answer.text))
    )
    assert (newest(site).check.pages, state(site)) == (frozenset({"fb", "tw"}), State.OPEN)
    rest = detailed(site, path, page=["li", "yt", "blog"])
    assert "is complete" in rest.text
    assert state(site) is State.COMPLETED


def test_an_earlier_time_is_recorded_for_that_time_and_marked(site: Site) -> None:
    path = site.remind()
    site.at("12:00:00")
    assert "Late check" in site.ask("GET", path).text
    answer = detailed(site, path, at="10:05")
    assert "viewed at 10:05 AM EST, is on record for that time" in answer.text
    assert "is complete" in answer.text
    made = newest(site)
    assert (made.check.viewed_at, made.attested) == (utc("2026-11-23 10:05:00"), True)
    assert state(site) is State.COMPLETED


def test_some_pages_viewed_after_closing_count_as_late_page_by_page(site: Site) -> None:
    path = site.remind()
    site.at("12:00:00")
    answer = detailed(site, path, page=["fb"])
    assert "what was viewed counts as late" in answer.text
    assert "Still to view" in answer.text
    assert "counts as late" in detailed(site, path, page=["blog", "li", "tw", "yt"]).text
    assert state(site) is State.LATE


def test_a_check_in_the_next_window_says_for_which_one_it_counts(site: Site) -> None:
    path = site.remind()
    site.remind("13:30:00")
    answer = site.press(path, site.form(path))
    assert "The check of 1:30 PM-4:30 PM EST is complete" in answer.text


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("25:99", "write it as 10:05"),
        ("soon", "write it as 10:05"),
        ("10:05+00:00", "write it as 10:05"),
        ("-1", "write it as 10:05"),
        ("' OR 1=1", "write it as 10:05"),
        ("09:01", "still ahead"),
        ("23:59", "still ahead"),
    ],
)
def test_a_bad_time_records_nothing(site: Site, at: str, says: str) -> None:
    path = site.remind()
    site.at("09:00:00")
    answer = detailed(site, path, at=at)
    nothing_is_recorded(site, answer)
    assert says in answer.text


def test_the_minute_that_is_running_has_been(site: Site) -> None:
    path = site.remind()
    site.at("09:00:30")
    assert detailed(site, path, at="09:00").status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"page": []},
        {"page": ["fb", "nowhere"]},
        {"page": ["fb", "<script>alert(1)</script>"]},
        {"page": ["\x00"]},
        {"found_fb": "42"},
        {"found_fb": "Child"},
        {"found_fb": "4", "action_fb": "burnt"},
        {"action_fb": "hidden"},
        {"found_fb": "child", "action_fb": "deleted"},
    ],
)
def test_what_makes_no_sense_records_nothing(site: Site, fields: dict[str, Any]) -> None:
    nothing_is_recorded(site, detailed(site, site.remind(), **fields))


def test_a_page_on_which_something_was_found_was_viewed(site: Site) -> None:
    answer = detailed(site, site.remind(), page=["tw"], found_fb="child")
    assert answer.status_code == 200
    with site.office.store.read() as connection:
        (made,) = windows.checks_between(connection, MONDAY, MONDAY)
    assert made.check.pages == {"fb", "tw"}
    assert [(one.page, one.category) for one in made.findings] == [("fb", Category.CHILD)]


@pytest.mark.parametrize(
    "more", [{"found-fb": "child"}, {"action-fb": "hidden"}, {"at": "08:31"}, {"note": "Slow"}]
)
def test_nothing_found_is_not_taken_from_somebody_who_says_what_they_found(
    site: Site, more: dict[str, str]
) -> None:
    path = site.remind()
    answer = site.send_form(path, "check", page=["fb"], **more)
    nothing_is_recorded(site, answer)
    assert "there is a finding, a time or a note further down" in answer.text
    assert_sound(answer.text)
    assert all(value in answer.text for value in more.values())
    assert site.send_form(path, "check", page=["fb"]).status_code == 200


def test_what_was_found_is_kept_where_somebody_else_was_first(site: Site) -> None:
    path = site.remind()
    form = site.form(path)
    sam = site.person("Sam")
    record_check(site.office, By(sam, Way.CLI), sam, Viewing())
    assert site.press(path, "0" * 32).status_code == 409
    answer = detailed(site, path, form, page=["fb"], found_fb="child", note="Called at 9")
    assert answer.status_code == 200
    site.look()
    with site.office.store.read() as connection:
        told = connection.execute(sa.select(NOTICES.c.reason)).scalars().all()
    assert Reason.CHILD_REFERRED in told
    said = {letter.message.text[:-7] for letter in site.letters if "CHILD" in letter.message.text}
    (text,) = said
    assert text.startswith(
        "LCCS: CHILD: Kim Rivera found a post about a child at risk on LCCS on Facebook"
    )
    assert text.endswith(", 8:30 AM EST. Referred; please see that the call was made.")


def test_what_is_found_after_the_check_is_added_to_it(site: Site) -> None:
    path = site.remind()
    assert site.send_form(path, "check").status_code == 200
    done = site.ask("GET", path).text
    assert Outline(done).forms == []
    assert "Did you find something all the same?" in done
    more = site.ask("GET", f"{path}?more=1")
    assert_sound(more.text)
    assert "Something found after all" in more.text
    assert "All viewed, nothing found" not in more.text
    (form,) = Outline(more.text).does("check")
    assert detailed(site, path, form.hidden["form"], page=[], found_yt="4").status_code == 200
    with site.office.store.read() as connection:
        made = windows.checks_between(connection, MONDAY, MONDAY)
    assert [sorted(one.check.pages) for one in made] == [ALL, ["yt"]]


def test_what_the_rules_refuse_is_said_in_plain_words_and_kept_in_the_journal(site: Site) -> None:
    path = site.remind()
    answer = detailed(site, path, found_fb="notice", action_fb="deleted")
    nothing_is_recorded(site, answer, status=403)
    assert "A missing notice cannot be hidden or deleted" in answer.text
    assert "--finding" not in answer.text
    assert (site.tried(), site.dump()["forms"]) == (1, [])


def test_a_detailed_form_that_is_sent_twice_counts_once_and_shows_the_same(site: Site) -> None:
    path = site.remind()
    form = site.form(path)
    first = detailed(site, path, form, found_fb="4")
    before = site.dump()
    second = detailed(site, path, form, found_fb="4")
    assert (first.status_code, second.status_code) == (200, 200)
    assert "counted once" in second.text
    assert "4. spam" in second.text
    assert site.dump() == before


def test_a_done_that_the_page_does_not_have_records_nothing(site: Site) -> None:
    path = site.remind()
    form = site.form(path)
    before = site.dump()
    for do in ("accept", "designate", "appoint", "<b>", "CHECK", "\x00"):
        answer = site.send_form(path, do, form)
        assert (answer.status_code, "not of this page" in answer.text) == (400, True)
    assert site.dump() == before


def test_a_file_in_the_place_of_a_field_records_nothing(site: Site) -> None:
    path = site.remind()
    before = site.dump()
    files = {"form": ("x.txt", b"0" * 32)}
    answer = site.ask("POST", path, files=files)
    assert answer.status_code == 400
    assert site.dump() == before
