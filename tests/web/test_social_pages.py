"""The pages that are viewed: listed, added, retired, and nothing that could not be opened."""

from __future__ import annotations

import pytest

from tests.web.outline import assert_sound, words
from tests.web.site import Site, Visitor

NEW = {
    "name": "LCCS on Bluesky",
    "platform": "Bluesky",
    "url": "https://bsky.example.org/lccs",
    "key": "bsky",
    "since": "2026-11-24",
}


@pytest.fixture
def kim(site: Site) -> Visitor:
    site.look()
    return site.sign_in("Kim")


def test_a_page_is_added_and_retired(site: Site, kim: Visitor) -> None:
    assert_sound(kim.get("/pages").text)
    assert kim.send("/pages", "add", **NEW).headers["location"] == f"/pages?entry={site.entries()}"
    assert "LCCS on Bluesky Bluesky bsky Since Tue Nov 24, 2026" in words(kim.get("/pages").text)
    page = kim.get("/pages/bsky/retire")
    assert_sound(page.text)
    assert "only active page" not in page.text
    kim.send("/pages/fb/retire", "retire")
    assert "until Mon Nov 23, 2026" in kim.get("/pages").text
    again = {**kim.filled("/sign-out", "sign-out"), "do": "retire"}
    answer = kim.post("/pages/fb/retire", **again)
    assert (answer.status_code, "It is retired already." in answer.text) == (409, True)


def test_before_the_last_page_is_retired_the_page_says_what_that_means(kim: Visitor) -> None:
    for key in ("fb", "tw", "yt", "li"):
        kim.send(f"/pages/{key}/retire", "retire")
    assert "no check can be completed" in kim.get("/pages/blog/retire").text
    kim.send("/pages/blog/retire", "retire")
    assert "No page is active" in kim.get("/pages").text


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"key": "fb"}, "key", "There is a page with this key already"),
        ({"key": "F B"}, "key", "is not a key"),
        ({"key": "k" * 41}, "key", "The key has 41 characters"),
        ({"key": ""}, "key", "is not a key"),
        ({"name": ""}, "name", "The name is empty"),
        ({"platform": "\u202e"}, "platform", "The platform is empty or has control characters"),
        ({"url": "javascript:alert(1)"}, "url", "is not a web address"),
        ({"url": "https://a\x00b.org"}, "url", "is not a web address"),
        ({"url": "https://a.org/\u202e"}, "url", "is not a web address"),
        ({"url": "https://a.org/a b"}, "url", "is not a web address"),
        ({"url": "http://["}, "url", ""),
        ({"url": "https://a.org/" + "a" * 500}, "url", "The address has 514 characters"),
        ({"since": "tomorrow"}, "since", "The date"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    site: Site, kim: Visitor, change: dict[str, str], field: str, sentence: str
) -> None:
    before = site.dump()["pages"]
    answer = kim.send("/pages", "add", **{**NEW, **change})
    assert answer.status_code in (400, 409)
    assert_sound(answer.text)
    problem = answer.text.partition(f'id="{field}-problem">')[2].partition("</p>")[0]
    assert problem
    assert sentence in problem, problem
    assert site.dump()["pages"] == before


def test_a_page_without_a_date_is_viewed_from_today(kim: Visitor) -> None:
    kim.send("/pages", "add", **{**NEW, "since": ""})
    assert "LCCS on Bluesky Bluesky bsky Since Mon Nov 23, 2026" in words(kim.get("/pages").text)


@pytest.mark.parametrize("key", ["none", "%3Cb%3E", "%00", "..", "x" * 300])
def test_a_page_that_does_not_exist_is_said_to_be_none(kim: Visitor, key: str) -> None:
    assert kim.get(f"/pages/{key}/retire").status_code == 404
