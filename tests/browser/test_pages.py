"""Every page in every state: fit for everybody, on any screen, by the keyboard, on paper, and light."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.measures import (
    MOST_SHIFT,
    Wire,
    axe_faults,
    moves,
    open_everything,
    printed,
    shift,
    sideways,
    sideways_spaced_out,
    stops,
)
from tests.browser.places import OTHERS, PLACES, Place
from tests.browser.scene import Scene
from tests.browser.tab import LARGE, LOOKS, SMALL, ZOOMED, Look, Tab, Tabs, tab

Scenes = dict[str, Scene]
everywhere = pytest.mark.parametrize("place", PLACES, ids=str)


def opened(tabs: Tabs, scenes: Scenes, place: Place, look: Look) -> Iterator[Tab]:
    """Yield a tab on each address of a place."""
    scene = scenes[place.time]
    for address in place.addresses(scene):
        yield tabs.at(scene, look, place.who).open(address)


def told(one: Tab, faults: list[str], about: str = "") -> list[str]:
    """Return faults with the page that has them."""
    return [f"{one.page.url} {about}: {fault}" for fault in faults]


@everywhere
def test_axe_finds_nothing_on_any_screen(tabs: Tabs, scenes: Scenes, axe: str, place: Place) -> None:
    faults: list[str] = []
    for one in opened(tabs, scenes, place, SMALL):
        faults += told(one, axe_faults(one.page, axe), "folded")
        open_everything(one.page)
        for look in LOOKS:
            one.turn(look)
            colours_alone = look not in (SMALL, LARGE)
            found = axe_faults(one.page, axe, colours_alone=colours_alone)
            faults += told(one, found, look.name)
        faults += told(one, one.faults)
    assert faults == []


@everywhere
def test_nothing_scrolls_sideways_however_large_it_is_shown(
    tabs: Tabs, scenes: Scenes, screenshots: Path, place: Place
) -> None:
    faults: list[str] = []
    for look in (SMALL, LARGE, ZOOMED):
        for number, one in enumerate(opened(tabs, scenes, place, look)):
            faults += told(one, sideways(one.page), look.name)
            open_everything(one.page)
            faults += told(one, sideways(one.page), f"{look.name} unfolded")
            if look is not ZOOMED:
                one.page.screenshot(path=screenshots / picture(place, number, look), full_page=True)
            faults += told(one, sideways_spaced_out(one.page), look.name)
    assert faults == []


def picture(place: Place, number: int, look: Look) -> str:
    """Return the name of a picture."""
    room = place.name.strip("/").replace("/", "-").replace("{", "").replace("}", "") or "board"
    parts = (place.time, place.who or "link", room, str(number + 1) if number else "", look.name)
    return "_".join(part for part in parts if part) + ".png"


@everywhere
def test_it_is_light_and_calm_keeps_to_itself_and_is_reached_by_the_keyboard(
    tabs: Tabs, scenes: Scenes, place: Place
) -> None:
    scene, faults = scenes[place.time], list[str]()
    for address in place.addresses(scene):
        one = tabs.at(scene, SMALL, place.who)
        wire = Wire(one.page)
        one.open(address)
        jumped = shift(one.page)
        wire.close()
        faults += told(one, wire.faults(one.page.url))
        faults += told(one, [f"jumped by {jumped}"] if jumped >= MOST_SHIFT else [])
        faults += told(one, moves(one.page))
        open_everything(one.page)
        _, found = stops(one.page)
        faults += told(one, found)
        one.turn(LARGE)
        faults += told(one, [*printed(one.page), *one.faults])
    assert faults == []


@pytest.mark.parametrize("place", OTHERS, ids=str)
def test_what_others_see_of_it_is_as_fit(tabs: Tabs, scenes: Scenes, axe: str, place: Place) -> None:
    faults: list[str] = []
    for one in opened(tabs, scenes, place, SMALL):
        open_everything(one.page)
        faults += told(one, [*axe_faults(one.page, axe), *sideways(one.page), *one.faults])
    assert faults == []


def test_the_first_stop_inside_leads_past_the_menu(browser: Browser, scenes: Scenes) -> None:
    with tab(browser, scenes["midday"], SMALL, "Kim") as one:
        one.open("/sign-out")
        one.page.keyboard.press("Tab")
        skip = one.page.locator(":focus")
        assert skip.inner_text() == "Skip to the content"
        box = skip.bounding_box()
        assert box is not None
        assert (box["x"] >= 0, box["y"] >= 0) == (True, True)
        one.page.keyboard.press("Enter")
        one.page.keyboard.press("Tab")
        assert one.page.locator("main :focus").inner_text() == "Sign out on this device"
