"""The page of follow-ups: who sees which, and how they are closed (Policy 1004 §5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site, Visitor
from watchbill.acts.check import Viewing, record_check
from watchbill.acts.deed import By
from watchbill.core.checks import Action, Category, Finding, Way
from watchbill.core.journal import Kind

PATH = "/follow-ups"


@pytest.fixture
def found(site: Site) -> Site:
    """Give a site on which Lee has found advertising and Sam has found spam."""
    site.look("08:30:00")
    for who, finding in (
        ("Lee", Finding("fb", Category.ADVERTISING, Action.REPORTED)),
        ("Sam", Finding("yt", Category.SPAM, Action.NONE)),
    ):
        person = site.person(who)
        record_check(site.office, By(person, Way.CLI), person, Viewing(findings=(finding,)))
    return site


def closed(site: Site) -> list[tuple[Any, ...]]:
    return site.dump()["follow_ups_closed"]


def close(visitor: Visitor, action: str = "deleted", **fields: str) -> Any:
    form = Outline(visitor.get(PATH).text).does("close")[0]
    return visitor.post(PATH, **{**form.hidden, "action": action, **fields})


@pytest.mark.parametrize(
    ("who", "sees"),
    [("Kim", {"fb", "yt"}), ("Dana", {"fb", "yt"}), ("Lee", {"fb"}), ("Sam", {"yt"}), ("Pat", set()), ("Jo", set())],
)  # fmt: skip
def test_the_pio_and_the_director_see_all_and_others_their_own(
    found: Site, who: str, sees: set[str]
) -> None:
    page = found.sign_in(who).get(PATH)
    assert_sound(page.text)
    shown = {"fb": "LCCS on Facebook: Inappropriate advertising", "yt": "LCCS on YouTube: 4. spam"}
    assert {key for key, said in shown.items() if said in page.text} == sees
    assert ("Nothing is open" in page.text) is (not sees)


def test_one_is_closed_with_what_was_done_and_leaves_the_list(found: Site) -> None:
    kim = found.sign_in("Kim")
    answer = close(kim)
    assert answer.status_code == 303
    page = kim.get(answer.headers["location"])
    assert f"Recorded, entry {found.entries()}." in page.text
    assert len(Outline(page.text).does("close")) == 1
    assert "Inappropriate advertising, found" not in words(kim.get("/").text)


def test_the_log_says_what_was_done_in_the_end(found: Site) -> None:
    before = words(found.sign_in("Pat").get("/log/day/2026-11-23").text)
    assert "deleted on" not in before
    entry = close(found.sign_in("Kim")).headers["location"].rpartition("=")[2]
    for path in ("/log", "/log/day/2026-11-23"):
        text = words(found.sign_in("Pat").get(path).text)
        assert f"deleted on Mon Nov 23, 2026 (entry {entry})" in text


def test_a_form_that_is_sent_twice_closes_once(found: Site) -> None:
    kim = found.sign_in("Kim")
    hidden = Outline(kim.get(PATH).text).does("close")[0].hidden
    for _ in range(2):
        assert kim.post(PATH, **hidden, action="deleted").status_code == 303
    assert len(closed(found)) == 1


@pytest.mark.parametrize(
    ("action", "status", "says"),
    [
        ("", 400, "Choose what was done in the end"),
        ("burnt", 400, "Choose what was done in the end"),
        ("none", 409, "Say what was done in the end"),
    ],
)
def test_without_what_was_done_nothing_is_closed(
    found: Site, action: str, status: int, says: str
) -> None:
    answer = close(found.sign_in("Kim"), action)
    assert (answer.status_code, says in answer.text, closed(found)) == (status, True, [])
    marked = [a for a in Outline(answer.text).every("select") if "aria-invalid" in a]
    assert len(marked) == 1
    assert_sound(answer.text)


def test_nobody_closes_what_is_somebody_elses(found: Site) -> None:
    foreign = Outline(found.sign_in("Sam").get(PATH).text).does("close")[0].hidden["finding"]
    answer = close(found.sign_in("Lee"), finding=foreign)
    assert (answer.status_code, "may not close" in answer.text, closed(found)) == (409, True, [])
    assert [row for row in found.dump()["journal"] if Kind.ACT_REFUSED in row]


@pytest.mark.parametrize("finding", ["", "0", "999999", "-1", "1 OR 1=1", "9" * 30, "<b>"])
def test_what_does_not_exist_is_not_closed(found: Site, finding: str) -> None:
    answer = close(found.sign_in("Kim"), finding=finding)
    assert (answer.status_code in (400, 409), closed(found)) == (True, [])
