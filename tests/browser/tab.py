"""A page as one person has it open: how big, how lit, signed in or not; and all that it asked for and said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests.browser.scene import COOKIE, Scene

ERRORS = ("error", "warning")
PATIENCE_MILLISECONDS = 20_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)


@dataclass(frozen=True)
class Look:
    """A screen, in CSS pixels. ``scale`` 4 with a quarter of the pixels is the browser's zoom of 400 %."""

    name: str
    width: int
    height: int
    dark: bool = False
    forced: bool = False
    scale: int = 1
    touch: bool = False

    @property
    def scheme(self) -> Literal["dark", "light"]:
        """Return the colour scheme that the person prefers."""
        return "dark" if self.dark else "light"


SMALL, LARGE = Look("320", 320, 640), Look("1280", 1280, 900)
LOOKS = (
    SMALL,
    Look("320-dark", 320, 640, dark=True),
    LARGE,
    Look("forced-colours", 320, 640, forced=True),
)
ZOOMED = Look("zoom-400", 320, 256, scale=4)
PHONE, DESKTOP = Look("phone", 390, 844, touch=True), LARGE


@dataclass
class Tab:
    """An open page. ``faults``: what it logged as wrong, and what it asked of anybody but us."""

    scene: Scene
    page: Page
    javascript: bool = True
    faults: list[str] = field(default_factory=list)

    def open(self, address: str) -> Tab:
        """Go to an address of ours."""
        self.page.goto(self.scene.origin + address, wait_until="load")
        return self

    def turn(self, look: Look) -> None:
        """Show the same page on another screen, with nothing else out of the ordinary."""
        self.page.set_viewport_size({"width": look.width, "height": look.height})
        self.page.emulate_media(
            media="screen",
            color_scheme=look.scheme,
            forced_colors="active" if look.forced else "none",
            reduced_motion="no-preference",
        )

    def watch(self) -> None:
        """Listen to what the page says and asks for from now on."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        own_status = (
            "Failed to load resource" in message.text and message.location["url"] == self.page.url
        )
        if message.type in ERRORS and not own_status:
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.scene.origin + "/", "data:")):
            self.faults.append(f"asked elsewhere: {request.url}")


@dataclass
class Tabs:
    """Pages that are used again and again, one for each person: for looking only."""

    browser: Browser
    _kept: dict[tuple[str, str | None, int], tuple[BrowserContext, Tab]] = field(default_factory=dict)

    def at(self, scene: Scene, look: Look, who: str | None = None) -> Tab:
        """Return an empty page on a screen, signed in where ``who`` is given."""
        key = (scene.origin, who, look.scale)
        if key not in self._kept:
            context = _context(self.browser, look, javascript=True)
            self._kept[key] = context, _first_page(context, scene, who)
        one = self._kept[key][1]
        one.page.goto("about:blank")
        one.turn(look)
        one.faults.clear()
        return one

    def close(self) -> None:
        """Close them all."""
        for context, _ in self._kept.values():
            context.close()


@contextmanager
def tab(
    browser: Browser, scene: Scene, look: Look, who: str | None = None, *, javascript: bool = True
) -> Iterator[Tab]:
    """Give a page of a browser that has never been here, signed in where ``who`` is given."""
    context = _context(browser, look, javascript=javascript)
    try:
        yield _first_page(context, scene, who, javascript=javascript)
    finally:
        context.close()


def _context(browser: Browser, look: Look, *, javascript: bool) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme=look.scheme,
        device_scale_factor=look.scale,
        has_touch=look.touch,
        is_mobile=look.touch,
        java_script_enabled=javascript,
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    return context


def _first_page(
    context: BrowserContext, scene: Scene, who: str | None, *, javascript: bool = True
) -> Tab:
    if who is not None:
        context.add_cookies([{"name": COOKIE, "value": scene.session(who), "url": scene.origin}])
    opened = Tab(scene, context.new_page(), javascript)
    opened.watch()
    return opened
