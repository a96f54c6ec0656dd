"""What scripts add: a board that says when it is stale, a half-finished check that outlives a lost connection."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.scene import Scene
from tests.browser.tab import DESKTOP, PHONE, Tab, tab
from watchbill.core.checks import Category

REFRESHED = "**/board/now"
ONE_TURN = "00:31"


@pytest.fixture
def board(browser: Browser, scenes: dict[str, Scene]) -> Iterator[Tab]:
    """Give the board on a desk, its clock in the test's hand."""
    with tab(browser, scenes["midday"], DESKTOP, "Kim") as one:
        one.page.clock.install()
        one.open("/")
        yield one


@pytest.fixture
def check(browser: Browser, scenes: dict[str, Scene]) -> Iterator[Tab]:
    """Give the page of a reminder on a phone."""
    with tab(browser, scenes["midday"], PHONE) as one:
        yield one.open(scenes["midday"].links["check"])


def turn(page: Page) -> None:
    """Let half a minute pass, and the board ask once."""
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/board/now")):
        page.clock.run_for(ONE_TURN)


def turn_in_vain(page: Page) -> None:
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/board/now")):
        page.clock.run_for(ONE_TURN)


def tick_two_pages(page: Page) -> None:
    page.get_by_text("I found something, viewed only some pages").click()
    for name in ("LCCS on Facebook", "LCCS on YouTube"):
        page.get_by_label(f"Viewed {name}", exact=True).check()


def test_the_board_turns_stale_when_the_server_is_gone_and_fresh_again(board: Tab) -> None:
    page, stale = board.page, board.page.locator("#stale")
    turn(page)
    expect(stale).to_be_empty()
    page.route(REFRESHED, lambda route: route.abort())
    turn_in_vain(page)
    turn_in_vain(page)
    expect(stale).to_contain_text("Not refreshed since")
    expect(stale).to_contain_text("the server does not answer")
    expect(page.locator("#board")).to_have_class("board is-stale")
    page.unroute(REFRESHED)
    turn(page)
    expect(stale).to_be_empty()


def test_the_board_stands_still_for_whoever_wants_it_to(board: Tab) -> None:
    page, asked = board.page, []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Stop refreshing by itself").click()
    page.clock.run_for("02:00")
    assert asked == []
    page.get_by_role("button", name="Refresh every 30 seconds again").click()
    turn(page)


def test_a_half_finished_check_is_there_again(check: Tab) -> None:
    page = check.page
    tick_two_pages(page)
    facebook = page.get_by_role("group", name="LCCS on Facebook")
    facebook.get_by_label("What I found").select_option(Category.SPAM)
    page.get_by_label("Note").first.fill("not for this device")
    page.reload()
    expect(page.get_by_text("Your ticks and choices are here again")).to_be_visible()
    for name in ("LCCS on Facebook", "LCCS on YouTube"):
        expect(page.get_by_label(f"Viewed {name}", exact=True)).to_be_checked()
    expect(facebook.get_by_label("What I found")).to_have_value(Category.SPAM)
    kept = page.evaluate("JSON.stringify({...localStorage})")
    assert "not for this device" not in kept
    assert check.scene.links["check"] not in kept


def test_a_lost_connection_is_said_and_the_check_is_kept(check: Tab) -> None:
    page, before = check.page, check.scene.entries()
    tick_two_pages(page)
    page.context.set_offline(True)
    for button in ("Record what I ticked and found", "All viewed, nothing found"):
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_text("There is no connection. Nothing is recorded yet.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("The connection is back.")).to_be_visible()
    expect(page.get_by_label("Viewed LCCS on YouTube", exact=True)).to_be_checked()
    assert check.scene.entries() == before
