"""The check for somebody signed in, what both ways share, and what becomes of notes (DOMAIN §4, §6)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.standins.command import utc
from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site, Visitor
from watchbill.acts.check import Viewing, record_check
from watchbill.acts.deed import By
from watchbill.acts.leave import take_leave
from watchbill.core.checks import Way
from watchbill.core.journal import Kind
from watchbill.core.roster import LeaveKind
from watchbill.core.windows import State
from watchbill.store import journal, windows

ALL = ["blog", "fb", "li", "tw", "yt"]
MORNING, AFTERNOON = "2026-11-23/weekday-morning", "2026-11-23/weekday-afternoon"
CHOSEN = "/check?window=2026-11-23%2Fweekday-morning"
CASE = "case no. 12-3456"


@pytest.fixture
def open_site(site: Site) -> Site:
    site.look("08:30:00")
    return site


def checks(site: Site) -> list[tuple[Any, ...]]:
    return site.dump()["checks"]


def state(site: Site, name: str = MORNING) -> State:
    with site.office.store.read() as connection:
        return windows.windows_named(connection, [name])[0].state


def note_words(site: Site) -> dict[str, Any]:
    with site.office.store.read() as connection:
        number = max(row[0] for row in site.dump()["checks"])
        return dict(journal.words_of(connection, number))


def detailed(visitor: Visitor, path: str = "/check", **fields: Any) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    hidden = visitor.filled(path, "check")
    return visitor.post(path, **{**hidden, "detailed": "1", "page": ALL, **named})


def followed(visitor: Visitor, answer: httpx.Response) -> httpx.Response:
    assert answer.status_code == 303, answer.text
    return visitor.get(answer.headers["location"])


# Two taps


def test_two_taps_lead_from_the_page_to_the_receipt(open_site: Site) -> None:
    kim = open_site.sign_in("Kim")
    page = kim.get("/check")
    assert_sound(page.text)
    for said in ("Kim Rivera", "Mon Nov 23", "8:30 AM-11:30 AM EST", "Due by 11:30 AM EST, in 3 hours"):
        assert said in page.text
    big = [b for b in Outline(page.text).every("button") if "class" not in b]
    assert len(big) == 1
    receipt = followed(kim, kim.send("/check", "check"))
    assert_sound(receipt.text)
    assert "The check of 8:30 AM-11:30 AM EST is complete" in receipt.text
    with open_site.office.store.read() as connection:
        number, digest = journal.head(connection)
    assert f"Receipt: entry {number}, {digest[:10]}." in receipt.text
    assert (state(open_site), [row[6] for row in checks(open_site)]) == (State.COMPLETED, ["web"])


def test_each_page_opens_in_a_new_tab_and_has_a_tick_of_its_own(open_site: Site) -> None:
    outline = Outline(open_site.sign_in("Kim").get("/check").text)
    opened = [a for a in outline.every("a") if a.get("target") == "_blank"]
    ticks = [a for a in outline.every("input") if a.get("type") == "checkbox"]
    assert [a["rel"] for a in opened] == ["noopener noreferrer"] * len(ALL)
    assert [a["value"] for a in ticks] == ALL
    assert not any("checked" in a for a in ticks)


def test_whom_to_call_stands_before_the_form_and_at_every_choice(open_site: Site) -> None:
    text = open_site.sign_in("Kim").get("/check").text
    call = "419-213-CARE"
    assert text.index(call) < text.index("<h1>")
    for select in re.finditer(r'<select id="found-(\w+)"[^>]*aria-describedby="child-\1"', text):
        assert call in text[: select.start()].rsplit("<label", 1)[1]
    assert len(re.findall(r'aria-describedby="child-', text)) == len(ALL)


def test_a_child_at_risk_shows_whom_to_call_first_on_the_receipt(open_site: Site) -> None:
    kim = open_site.sign_in("Kim")
    receipt = followed(kim, detailed(kim, found_fb="child")).text
    shown = words(receipt)
    assert shown.index("if you have not called yet, call now") < shown.index("Thank you")
    assert "told at once" in shown


# Which window


def test_without_a_window_that_is_open_or_missed_there_is_nothing_to_record(site: Site) -> None:
    site.look("07:00:00")
    kim = site.sign_in("Kim")
    page = kim.get("/check")
    assert (page.status_code, "No check is due now" in page.text) == (200, True)
    assert "The next one is Mon Nov 23, 8:30 AM-11:30 AM EST" in page.text
    assert_sound(page.text)


def test_a_form_of_a_check_that_is_not_due_any_more_records_nothing(open_site: Site) -> None:
    kim = open_site.sign_in("Kim")
    hidden = kim.filled("/check", "check")
    open_site.look("2026-11-24 07:00:00")
    kim = Visitor(open_site, kim.cookies)
    answer = kim.post("/check", **hidden)
    assert (answer.status_code, checks(open_site)) in ((409, []), (303, []))


def test_the_window_that_is_open_goes_before_one_that_was_missed(open_site: Site) -> None:
    open_site.look("13:40:00")
    kim = open_site.sign_in("Kim")
    page = kim.get("/check").text
    assert "1:30 PM-4:30 PM EST" in page
    assert f'href="{CHOSEN}"' in page
    kim.send("/check", "check")
    assert (state(open_site), state(open_site, AFTERNOON)) == (State.MISSED, State.COMPLETED)


def test_todays_missed_window_can_be_made_up_late(open_site: Site) -> None:
    open_site.look("12:00:00")
    kim = open_site.sign_in("Kim")
    assert "a check made now counts as late" in kim.get("/check").text
    receipt = followed(kim, kim.send("/check", "check"))
    assert "The window of 8:30 AM-11:30 AM EST had closed; the check counts as late" in receipt.text
    assert state(open_site) is State.LATE


def test_an_earlier_time_completes_the_earlier_window_that_was_chosen(open_site: Site) -> None:
    open_site.look("13:40:00")
    kim = open_site.sign_in("Kim")
    receipt = followed(kim, detailed(kim, CHOSEN, at="09:10"))
    assert "The check of 8:30 AM-11:30 AM EST is complete" in receipt.text
    assert (state(open_site), state(open_site, AFTERNOON)) == (State.COMPLETED, State.OPEN)


def test_the_page_of_a_closed_window_says_which_window_a_check_made_now_counts_for(
    open_site: Site,
) -> None:
    open_site.look("13:40:00")
    kim = open_site.sign_in("Kim")
    says = "counts for the window of 1:30 PM-4:30 PM EST, due by 4:30 PM EST"
    assert says in kim.get(CHOSEN).text
    receipt = followed(kim, kim.send(CHOSEN, "check"))
    assert "The check of 1:30 PM-4:30 PM EST is complete" in receipt.text


def test_of_two_closed_windows_the_page_says_which_one_is_made_up(open_site: Site) -> None:
    open_site.look("17:00:00")
    kim = open_site.sign_in("Kim")
    page = kim.get(CHOSEN)
    assert "a check made now counts as late for 1:30 PM-4:30 PM EST" in page.text
    receipt = followed(kim, kim.send(CHOSEN, "check"))
    assert "The window of 1:30 PM-4:30 PM EST had closed" in receipt.text


@pytest.mark.parametrize(
    "window", ["", "nowhere", "2026-11-24/weekday-morning", "2026-11-22/weekend", "<b>", "'--", "%00"]
)
def test_a_window_that_is_none_of_today_has_nothing_to_record(open_site: Site, window: str) -> None:
    page = open_site.sign_in("Kim").get(f"/check?window={window}")
    assert (page.status_code, "No check is due now" in page.text) == (200, True)


def test_before_it_opens_what_is_viewed_early_counts_already(site: Site) -> None:
    rules = tuple(replace(rule, early=timedelta(minutes=30)) for rule in site.office.policy.rules)
    site.office = replace(site.office, policy=replace(site.office.policy, rules=rules))
    kim = site.sign_in("Kim")
    for local, due in (("07:59:59", False), ("08:00:00", True)):
        site.look(local)
        says = "It opens at 8:30 AM EST; what you view now counts already. Due by 11:30 AM EST"
        assert (says in kim.get("/check").text) is due
    followed(kim, kim.send("/check", "check"))
    assert state(site) is State.COMPLETED


def test_when_all_closed_checks_are_made_up_one_more_is_an_extra_one(open_site: Site) -> None:
    open_site.look("17:00:00")
    kim = open_site.sign_in("Kim")
    for _ in range(2):
        followed(kim, kim.send("/check", "check"))
    assert state(open_site) is State.LATE
    assert "No check is due now" in kim.get("/check").text
    assert "a check made now is an extra one" in kim.get(CHOSEN).text
    receipt = followed(kim, kim.send(CHOSEN, "check"))
    assert "counts as an extra check" in receipt.text


# Who


def test_somebody_without_authority_is_told_so_plainly(open_site: Site) -> None:
    for who in ("Pat", "Jo"):
        visitor = open_site.sign_in(who)
        page = visitor.get("/check")
        assert (page.status_code, "You may not record a check" in page.text) == (200, True)
        assert Outline(page.text).forms == []
        hidden = visitor.filled("/sign-out", "sign-out")
        answer = visitor.post("/check", **{**hidden, "do": "check"})
        assert (answer.status_code, "may not complete a check" in answer.text) == (409, True)
    assert checks(open_site) == []


def test_somebody_away_is_not_asked_and_may_all_the_same(open_site: Site) -> None:
    kim = open_site.person("Kim")
    until = utc("2026-11-24 00:00:00")
    now = open_site.clock.now()
    take_leave(open_site.office, By(kim, Way.WEB), kim, LeaveKind.SICK, now, until)
    visitor = open_site.sign_in("Kim")
    page = visitor.get("/check").text
    assert "away until the end of Mon Nov 23 (EST): nothing is asked of you" in page
    followed(visitor, visitor.send("/check", "check"))
    assert state(open_site) is State.COMPLETED


def test_what_somebody_else_has_viewed_stands_beside_the_page(open_site: Site) -> None:
    lee = open_site.person("Lee")
    record_check(open_site.office, By(lee, Way.CLI), lee, Viewing(pages=("fb",)))
    shown = words(open_site.sign_in("Kim").get("/check").text)
    assert shown.count("Lee Okafor viewed it at 8:30 AM EST") == 1


def test_what_somebody_else_has_done_is_said_with_who_and_when(open_site: Site) -> None:
    kim = open_site.sign_in("Kim")
    hidden = kim.filled("/check", "check")
    lee = open_site.person("Lee")
    record_check(open_site.office, By(lee, Way.CLI), lee, Viewing())
    for page, status in ((kim.get("/check"), 200), (kim.post("/check", **hidden), 409)):
        assert (page.status_code, "Already done" in page.text) == (status, True)
        assert "Lee Okafor viewed pages at 8:30 AM EST (entry" in page.text
        assert_sound(page.text)


# Once


def test_a_form_that_is_sent_twice_counts_once_and_says_so(open_site: Site) -> None:
    kim = open_site.sign_in("Kim")
    hidden = kim.filled("/check", "check")
    first = followed(kim, kim.post("/check", **hidden))
    before = open_site.dump()
    second = followed(kim, kim.post("/check", **hidden))
    assert "counted once" not in first.text
    assert "counted once" in second.text
    assert open_site.dump() == before


def test_of_two_devices_the_second_is_told_that_it_is_done(open_site: Site) -> None:
    phone, desk = open_site.sign_in("Kim"), open_site.sign_in("Kim")
    hidden = desk.filled("/check", "check")
    phone.send("/check", "check")
    answer = desk.post("/check", **hidden)
    assert (answer.status_code, "Already done" in answer.text) == (409, True)
    assert len(checks(open_site)) == 1


@pytest.mark.parametrize("entry", ["1", "0", "99999999999", "abc", "%00", "-1"])
def test_a_receipt_is_shown_to_nobody_but_who_made_the_check(open_site: Site, entry: str) -> None:
    kim = open_site.sign_in("Kim")
    kim.send("/check", "check")
    page = open_site.sign_in("Lee").get(f"/check?entry={entry}")
    assert (page.status_code, "Receipt" in page.text) == (200, False)
    number = checks(open_site)[0][0]
    assert "Receipt" not in open_site.sign_in("Lee").get(f"/check?entry={number}").text
    assert "Receipt" in kim.get(f"/check?entry={number}").text


# The form again


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"at": "23:59"}, "at", "still ahead"),
        ({"action_fb": "hidden"}, "found-fb", "say what you found"),
        ({"found_fb": "child", "action_fb": "deleted"}, "action-fb", "is referred"),
        ({"found_fb": "42"}, "found-fb", "not one of the choices"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_the_rest_is_kept(
    open_site: Site, fields: dict[str, Any], field: str, says: str
) -> None:
    kim = open_site.sign_in("Kim")
    given = {
        "page": ["fb", "tw"],
        "found_tw": "4",
        "action_tw": "hidden",
        "note": "Slow <today>",
        **fields,
    }
    answer = detailed(kim, **given)
    assert (answer.status_code, checks(open_site)) == (400, [])
    assert "Nothing is recorded yet" in answer.text
    assert_sound(answer.text)
    outline = Outline(answer.text)
    marked = [a for _, a in outline.tags if "aria-invalid" in a]
    assert [a["id"] for a in marked] == ([field] if field else [])
    assert says in answer.text
    if field:
        assert f"{field}-problem" in str(marked[0]["aria-describedby"])
    selected = [a["value"] for a in outline.every("option") if "selected" in a]
    assert {"4", "hidden"} <= set(selected)
    assert "Slow &lt;today&gt;</textarea>" in answer.text
    ticked = [a["value"] for a in outline.every("input") if "checked" in a]
    assert ticked == given["page"]
    (again,) = outline.does("check")
    fixed = {"detailed": "1", "page": ["fb", "tw"], "found-tw": "4", "action-tw": "hidden"}
    assert kim.post("/check", **again.hidden, **fixed).status_code == 303


def test_what_the_rules_refuse_is_said_on_the_form(open_site: Site) -> None:
    kim = open_site.sign_in("Kim")
    answer = detailed(kim, found_fb="notice", action_fb="deleted")
    assert (answer.status_code, checks(open_site)) == (409, [])
    assert "A missing notice cannot be hidden or deleted" in answer.text
    assert open_site.tried() == 1


def test_the_link_gives_the_form_again_too(site: Site) -> None:
    path = site.remind()
    answer = site.send_form(path, "check", detailed="1", page=["fb"], at="99:99", note="Slow")
    assert (answer.status_code, ">Slow</textarea>" in answer.text) == (400, True)
    assert_sound(answer.text)


# Notes


def test_a_note_is_kept_with_the_check(open_site: Site) -> None:
    kim = open_site.sign_in("Kim")
    receipt = followed(kim, detailed(kim, note="  The page\r\nloaded slowly. "))
    assert "Your note is kept with the check" in receipt.text
    assert note_words(open_site) == {"note": "The page loaded slowly."}


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (CASE, "this looks like a case number"),
        ("123-45-6789", "this looks like a Social Security number"),
        ("x" * 501, "501 characters"),
        ("turned \N{RIGHT-TO-LEFT OVERRIDE} round", "it has control characters"),
    ],
)
def test_a_note_that_may_not_stand_is_left_out_and_the_check_is_kept(
    site: Site, note: str, why: str
) -> None:
    path = site.remind()
    kim = site.sign_in("Kim")
    by_web = followed(kim, detailed(kim, page=["fb"], note=note))
    fields: dict[str, Any] = {"detailed": "1", "page": ALL, "note": note}
    by_link = site.send_form(path, "check", **fields)
    for receipt in (by_web, by_link):
        assert receipt.status_code == 200
        assert f"Your note was not kept: {why}" in receipt.text
        assert "The check itself is on record" in receipt.text
        assert_sound(receipt.text)
    assert (state(site), len(checks(site))) == (State.COMPLETED, 2)
    assert list(note_words(site)) == ["note_refused"]
    assert note not in repr(site.dump())


def test_a_note_of_hostile_words_is_kept_as_text_and_shown_nowhere(open_site: Site) -> None:
    kim = open_site.sign_in("Kim")
    hostile = "<script>alert(1)</script> \N{PILE OF POO} ' OR 1=1 --"
    receipt = followed(kim, detailed(kim, note=hostile))
    assert "alert(1)" not in receipt.text
    assert note_words(open_site) == {"note": hostile}


# What the browser keeps


def test_the_page_names_the_window_and_the_person_for_what_the_browser_keeps(site: Site) -> None:
    path = site.remind()
    kim = site.person("Kim")
    visitor = site.sign_in("Kim")
    here = {"data-window": MORNING, "data-person": str(kim.id)}
    for page in (site.ask("GET", path).text, visitor.get("/check").text):
        form = next(a for a in Outline(page).every("form") if a.get("id") == "details")
        assert {name: form[name] for name in here} == here
        assert form["data-today"] == "2026-11-23"
    by_web = followed(visitor, visitor.send("/check", "check")).text
    recorded = next(a for _, a in Outline(by_web).tags if "data-recorded" in a)
    assert {name: recorded[name] for name in here} == here
    done_by_somebody = site.ask("GET", path).text
    assert not any("data-recorded" in a for _, a in Outline(done_by_somebody).tags)


def test_every_tick_and_choice_has_a_name_and_the_journal_has_one_entry_a_check(
    open_site: Site,
) -> None:
    kim = open_site.sign_in("Kim")
    detailed(kim, page=["fb"])
    detailed(kim, page=["blog", "li", "tw", "yt"])
    kinds = [row for row in open_site.dump()["journal"] if Kind.CHECK_RECORDED in row]
    assert (len(kinds), state(open_site)) == (2, State.COMPLETED)
