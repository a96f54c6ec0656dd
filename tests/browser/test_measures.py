"""Each measure finds the fault that it is there for: a page that is sound is known from one that is not."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import axe as package
from tests.browser.measures import axe_faults as by_axe
from tests.browser.measures import moves, printed, shift, sideways, sideways_spaced_out, stops
from tests.browser.scene import Scene
from tests.browser.tab import SMALL, tab
from tests.store.test_leaving_out import run_pytest

FRAME = """<!doctype html><html lang="en"><title>A page</title>
<style>:focus-visible {{ outline: 3px solid red; }} @media print {{ form {{ display: none; }} }}</style>
<main><h1>A page</h1><p>Some words.</p>{}</main>"""
SOUND = '<p><a href="#one">One</a></p><form method="post"><p><button>Send</button></p></form>'
FAULTS: dict[str, tuple[Callable[[Page], list[str]], str, str]] = {
    "wide": (sideways, '<p style="width: 900px">Wide</p>', "of 320"),
    "cut": (sideways, '<p style="overflow: hidden; width: 50px">Unbreakablewordhere</p>', "cut off"),
    "tight": (
        sideways_spaced_out,
        '<p style="overflow: hidden; white-space: nowrap; width: 8.2ch">12345678</p>',
        "spaced out",
    ),
    "order": (
        lambda page: stops(page)[1],
        '<a href="#a" tabindex="2">Second</a> <a href="#b" tabindex="1">First</a>',
        "not in the order",
    ),
    "unseen": (
        lambda page: stops(page)[1],
        '<a href="#a" style="outline: none">A</a> <a href="#b">B</a>',
        "not to be seen",
    ),
    "covered": (
        lambda page: stops(page)[1],
        '<a href="#a">A</a> <a href="#b">B</a> <p style="position: fixed; inset: 0; margin: 0">Over</p>',
        "out of sight",
    ),
    "trap": (
        lambda page: stops(page)[1],
        '<a href="#a">A</a> <button onkeydown="event.preventDefault()">Trap</button> <a href="#b">B</a>',
        "not reached",
    ),
    "moving": (moves, '<p style="transition: color 1s">Moves</p>', "moves"),
    "form": (
        printed,
        '<form style="display: block !important"><button>Print</button></form>',
        "printed",
    ),
    "black": (
        printed,
        "<style>body { background: black; color: white; }</style><p>Much ink</p>",
        "printed as",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(browser: Browser, scenes: dict[str, Scene], name: str) -> None:
    measure, planted, words = FAULTS[name]
    with tab(browser, scenes["midday"], SMALL) as one:
        one.page.set_content(FRAME.format(SOUND))
        assert measure(one.page) == []
        one.page.set_content(FRAME.format(planted))
        assert words in str(measure(one.page))


def test_axe_finds_a_field_without_a_label(
    browser: Browser, scenes: dict[str, Scene], axe: str
) -> None:
    with tab(browser, scenes["midday"], SMALL) as one:
        one.page.set_content(FRAME.format(SOUND))
        assert by_axe(one.page, axe) == []
        one.page.set_content(FRAME.format('<p><input type="text"></p>'))
        assert "label: input" in str(by_axe(one.page, axe))


def test_a_jump_is_measured(browser: Browser, scenes: dict[str, Scene]) -> None:
    with tab(browser, scenes["midday"], SMALL) as one:
        one.page.set_content(FRAME.format("<p>" + "Many words. " * 40))
        one.page.wait_for_timeout(100)
        one.page.evaluate(
            "() => document.querySelector('h1').insertAdjacentHTML('afterend', '<hr>'.repeat(20))"
        )
        one.page.wait_for_timeout(100)
        assert shift(one.page) > 0.01


def test_what_goes_elsewhere_or_breaks_the_policy_is_heard_of(
    browser: Browser, scenes: dict[str, Scene]
) -> None:
    with tab(browser, scenes["midday"], SMALL) as one:
        one.open("/sign-in")
        assert one.faults == []
        one.page.evaluate(
            "() => { document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">Red</p>');"
            " document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'})); }"
        )
        one.page.wait_for_timeout(100)
        assert "style" in str(one.faults)
        assert "127.0.0.1:9" in str(one.faults)


def test_another_package_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "axe.tgz"
    with pytest.raises(package.MissingError, match="npm"):
        package.source(other)
    other.write_bytes(b"another")
    for use in (package.source, package.fetch):
        with pytest.raises(package.MissingError, match="pinned"):
            use(other)
    package.fetch(other, base64.b64encode(hashlib.sha512(b"another").digest()).decode())


def test_to_leave_them_out_is_said_and_refused_where_every_test_runs() -> None:
    own = "tests/browser/test_measures.py"
    ran = run_pytest("--without-browser", own, "-k", "pinned_one", ci=False)
    assert ran.returncode == 0, ran.stdout
    assert "NOT TESTED IN A BROWSER" in ran.stdout
    assert run_pytest("--without-browser", ci=True).returncode == pytest.ExitCode.USAGE_ERROR
