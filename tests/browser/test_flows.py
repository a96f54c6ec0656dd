"""What people come for, each from its beginning to its end, on a phone and a desk, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Agencies
from tests.browser.measures import axe_faults, sideways
from tests.browser.scene import Scene
from tests.browser.tab import DESKTOP, PHONE, Look, Tab, tab
from watchbill.core.checks import Action, Category
from watchbill.core.coverage import responsible_at
from watchbill.core.instants import local_date
from watchbill.core.roster import Duty, DutyKind, Roster
from watchbill.core.windows import State
from watchbill.store import people, windows
from watchbill.store.windows import CheckRecord

LEE_MAIL = "lee.okafor@example.org"
SCREENS = ((PHONE, False), (DESKTOP, True), (PHONE, True), (DESKTOP, False))
FIRST, SECOND = "first", "second"
"""Two agencies, so that no errand is in the way of another: in the first, the afternoon becomes complete."""


def ways(agency: str | None = None, most: int = len(SCREENS)) -> list[ParameterSet]:
    """Return the screens with scripts and without; errands that are not a role's main one use fewer."""
    return [
        pytest.param(
            (look, javascript, f"{agency}-{number}"),
            id=f"{look.name}-{'with' if javascript else 'without'}-scripts",
        )
        for number, (look, javascript) in enumerate(SCREENS[:most])
    ]


in_the_first = pytest.mark.parametrize("hand", ways(FIRST), indirect=True)
in_the_second = pytest.mark.parametrize("hand", ways(SECOND), indirect=True)
also_in_the_first = pytest.mark.parametrize("hand", ways(FIRST, 2), indirect=True)
also_in_the_second = pytest.mark.parametrize("hand", ways(SECOND, 2), indirect=True)


@pytest.fixture
def hand(request: pytest.FixtureRequest, browser: Browser, agencies: Agencies) -> Iterator[Tab]:
    """Give somebody's browser, not signed in, on a scene that they may change."""
    look, javascript, agency = request.param
    assert isinstance(look, Look)
    with tab(browser, agencies(agency), look, javascript=javascript) as one:
        yield one


@pytest.fixture(params=ways())
def guest(request: pytest.FixtureRequest, browser: Browser, scenes: dict[str, Scene]) -> Iterator[Tab]:
    """Give somebody's browser for what changes nothing."""
    look, javascript, _ = request.param
    assert isinstance(look, Look)
    with tab(browser, scenes["midday"], look, javascript=javascript) as one:
        yield one


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def says(page: Page, words: str) -> None:
    expect(page.locator("main")).to_contain_text(words)


def sound(one: Tab, axe: str) -> None:
    """Fail where the page as it stands, after a form, is not as fit as it was before.

    axe-core needs scripts; what is the same page without them is looked at with them.
    """
    one.page.wait_for_load_state("load")
    found = axe_faults(one.page, axe) if one.javascript else []
    assert [*found, *sideways(one.page), *one.faults] == []


def checks(scene: Scene) -> list[CheckRecord]:
    day = local_date(scene.clock.now(), scene.office.policy.zone)
    with scene.office.store.read() as connection:
        return windows.checks_between(connection, day, day)


def afternoon(scene: Scene) -> State:
    with scene.office.store.read() as connection:
        return windows.windows_named(connection, ["2026-11-23/weekday-afternoon"])[0].state


def roster(scene: Scene) -> Roster:
    with scene.office.store.read() as connection:
        return people.roster_since(connection, scene.clock.now())


def duties(scene: Scene, kind: DutyKind) -> list[Duty]:
    with scene.office.store.read() as connection:
        return [duty for duty in people.duties(connection) if duty.kind is kind]


def duty_of_lee(scene: Scene) -> Duty:
    lee = scene.person("Lee").id
    return [duty for duty in duties(scene, DutyKind.DESIGNATION) if duty.person == lee][-1]


@in_the_first
def test_the_monitor_opens_the_reminder_and_records_in_one_tap(hand: Tab, axe: str) -> None:
    before = len(checks(hand.scene))
    hand.open(hand.scene.links["check"])
    press(hand.page, "All viewed, nothing found")
    says(hand.page, "Thank you, Kim Rivera.")
    says(hand.page, "is complete")
    sound(hand, axe)
    assert (len(checks(hand.scene)), afternoon(hand.scene)) == (before + 1, State.COMPLETED)
    hand.page.reload()
    hand.open(hand.scene.links["check"])
    says(hand.page, "There is nothing to do.")
    assert len(checks(hand.scene)) == before + 1


@in_the_second
def test_the_monitor_records_what_was_found(hand: Tab, axe: str) -> None:
    hand.open(hand.scene.links["check"])
    hand.page.get_by_text("I found something, viewed only some pages").click()
    facebook = hand.page.get_by_role("group", name="LCCS on Facebook")
    facebook.get_by_label("What I found").select_option(Category.SPAM)
    facebook.get_by_label("What was done about it").select_option(Action.HIDDEN)
    for name in ("LCCS on Facebook", "LCCS on YouTube"):
        hand.page.get_by_label(f"Viewed {name}", exact=True).check()
    press(hand.page, "Record what I ticked and found")
    says(hand.page, "What you found")
    says(hand.page, "Still to view")
    sound(hand, axe)
    made = checks(hand.scene)[-1]
    assert [(f.page, f.category, f.action) for f in made.findings] == [
        ("fb", Category.SPAM, Action.HIDDEN)
    ]
    assert "blog" not in made.check.pages


def test_a_form_that_is_filled_in_wrongly_is_said_and_nothing_is_recorded(guest: Tab, axe: str) -> None:
    before = guest.scene.entries()
    guest.open(guest.scene.links["check"])
    guest.page.get_by_text("I found something, viewed only some pages").click()
    press(guest.page, "Record what I ticked and found")
    says(guest.page, "No page is ticked: tick those that you viewed.")
    sound(guest, axe)
    assert guest.scene.entries() == before


@in_the_first
def test_somebody_signs_in_by_the_mailed_link_sees_the_board_and_signs_out(hand: Tab, axe: str) -> None:
    page = hand.open("/sign-in").page
    page.get_by_label("Work email").fill(LEE_MAIL)
    press(page, "Send me the link")
    says(page, "a mail is on its way")
    sound(hand, axe)
    hand.open(hand.scene.mailed_way_in(LEE_MAIL))
    says(page, "Lee Okafor")
    press(page, "Sign in")
    expect(page).to_have_url(f"{hand.scene.origin}/")
    says(page, "Kim Rivera")
    sound(hand, axe)
    page.get_by_role("link", name="Sign out (Lee Okafor)").click()
    press(page, "Sign out on this device")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    hand.open("/")
    expect(page).to_have_url(f"{hand.scene.origin}/sign-in")


def test_what_is_no_address_is_said_beside_the_field(guest: Tab, axe: str) -> None:
    page = guest.open("/sign-in").page
    page.get_by_label("Work email").fill("kim")
    page.get_by_label("Work email").evaluate("field => { field.form.noValidate = true; }")
    press(page, "Send me the link")
    expect(page.get_by_role("alert")).to_contain_text("not an email address")
    sound(guest, axe)


@in_the_second
def test_somebody_who_is_sick_says_so_by_the_link_and_comes_back(hand: Tab, axe: str) -> None:
    kim = hand.scene.person("Kim")
    hand.open(hand.scene.links["check"])
    hand.page.get_by_text("I am away", exact=True).click()
    press(hand.page, "I am away: somebody else must do it")
    says(hand.page, "you are recorded as away")
    sound(hand, axe)
    now = hand.scene.clock.now()
    assert [leave for leave in roster(hand.scene).leave_of(kim.id) if leave.covers(now)]
    press(hand.page, "I am back")
    says(hand.page, "Welcome back")
    sound(hand, axe)
    facts = roster(hand.scene)
    answer = responsible_at(hand.scene.office.policy, facts, hand.scene.clock.now())
    assert answer is not None
    assert answer.person == kim.id


@in_the_first
def test_the_director_appoints_by_the_link(hand: Tab, axe: str) -> None:
    before = duties(hand.scene, DutyKind.INTERIM)
    hand.open(hand.scene.links["appoint"])
    hand.page.get_by_role("button", name="Appoint Lee Okafor").first.click()
    says(hand.page, "Lee Okafor is appointed as interim monitor to monitor")
    sound(hand, axe)
    (made,) = [duty for duty in duties(hand.scene, DutyKind.INTERIM) if duty not in before]
    assert made.person == hand.scene.person("Lee").id


@also_in_the_second
def test_the_pio_designates_by_the_link(hand: Tab, axe: str) -> None:
    hand.open(hand.scene.links["cover"])
    hand.page.get_by_label("May respond to comments as well as monitor").first.check()
    hand.page.get_by_role("button", name="Designate Sam Novak").first.click()
    says(hand.page, "Sam Novak is designated to monitor and respond")
    sound(hand, axe)
    assert duties(hand.scene, DutyKind.DESIGNATION)[-1].respond


@in_the_first
def test_a_designee_accepts_by_the_link(hand: Tab, axe: str) -> None:
    hand.open(hand.scene.links["duty"])
    press(hand.page, "Accept")
    says(hand.page, "You accepted this duty")
    sound(hand, axe)
    assert duty_of_lee(hand.scene).accepted_at is not None


@also_in_the_second
def test_a_designee_declines_by_the_link(hand: Tab, axe: str) -> None:
    hand.open(hand.scene.links["duty"])
    press(hand.page, "Decline")
    says(hand.page, "You declined this duty")
    sound(hand, axe)
    assert duty_of_lee(hand.scene).declined_at is not None
