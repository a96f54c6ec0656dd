"""Opening, fetching ahead, framing and sending from elsewhere: nothing that is not a button of ours records."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.places import MIDDAY, ROLES, Place
from tests.browser.scene import Scene
from tests.browser.tab import PHONE, Tab, tab

LINKS = [name for name in MIDDAY if not name.startswith("sign-in-now")]
AHEAD = """([origin, paths]) => Promise.all(paths.flatMap(path => ['prefetch', 'prerender', 'preload'].map(how =>
  new Promise(done => {
    const link = document.createElement('link');
    Object.assign(link, {rel: how, href: origin + path, as: 'fetch'});
    link.onload = link.onerror = done;
    document.head.append(link);
    setTimeout(done, 300);
  })).concat(fetch(origin + path, {mode: 'no-cors', credentials: 'include'}).catch(() => null))))"""
FRAMED = """([origin, paths]) => Promise.all(paths.map(path => new Promise(done => {
  const frame = document.createElement('iframe');
  frame.onload = done;
  frame.src = origin + path;
  document.body.append(frame);
  setTimeout(done, 1000);
})))"""


def paths(scene: Scene) -> list[str]:
    return [address for name in LINKS for address in Place("midday", name).addresses(scene)]


def elsewhere(one: Tab) -> Tab:
    """Go to a page that is not ours."""
    one.page.route("http://mail.example/", lambda route: route.fulfill(body="<!doctype html><p>Mail"))
    one.page.goto("http://mail.example/")
    return one


def test_links_that_are_opened_in_every_way_record_nothing(
    browser: Browser, scenes: dict[str, Scene]
) -> None:
    scene = scenes["midday"]
    before = scene.entries()
    with tab(browser, scene, PHONE) as one:
        for path in paths(scene):
            one.open(path)
            one.page.reload()
        for _ in range(3):
            one.page.go_back()
            one.page.go_forward()
    with tab(browser, scene, PHONE) as one:
        one.page.context.set_extra_http_headers({"sec-purpose": "prefetch;prerender"})
        for path in paths(scene):
            one.open(path)
    assert scene.entries() == before


def test_links_that_are_fetched_ahead_or_framed_by_a_mail_program_record_nothing(
    browser: Browser, scenes: dict[str, Scene]
) -> None:
    scene = scenes["midday"]
    before = scene.entries()
    with tab(browser, scene, PHONE) as one:
        elsewhere(one)
        one.page.evaluate(AHEAD, [scene.origin, paths(scene)])
        one.page.evaluate(FRAMED, [scene.origin, paths(scene)])
    assert scene.entries() == before


@pytest.mark.parametrize("who", ROLES)
def test_walking_through_all_rooms_records_nothing(
    browser: Browser, scenes: dict[str, Scene], who: str
) -> None:
    scene = scenes["midday"]
    addresses = scene.addresses(who)
    before = scene.entries()
    with tab(browser, scene, PHONE, who) as one:
        for address in addresses:
            one.open(address)
            one.page.reload()
        one.page.go_back()
    assert scene.entries() == before


def test_a_form_of_another_site_records_nothing(browser: Browser, scenes: dict[str, Scene]) -> None:
    scene = scenes["midday"]
    with tab(browser, scene, PHONE, "Kim") as one:
        before = scene.entries()
        elsewhere(one)
        target = scene.origin + scene.links["check"]
        one.page.set_content(
            f'<form method="post" action="{target}"><input name="form" value="{"0" * 32}">'
            "<button>A picture of a cat</button></form>"
        )
        with one.page.expect_response(target) as answer:
            one.page.get_by_role("button").click()
        assert answer.value.status == 403
    assert scene.entries() == before
