"""The main errand of each role behind the sign-in, on a phone and a desk, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Agencies
from tests.browser.measures import axe_faults, sideways
from tests.browser.scene import Scene
from tests.browser.tab import DESKTOP, PHONE, Look, Tab, tab
from watchbill.core.roster import DutyKind
from watchbill.core.windows import State
from watchbill.store import people, windows

SCREENS = ((PHONE, False), (DESKTOP, True), (PHONE, True), (DESKTOP, False))
Errand = Callable[[Tab], None]


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def follow(page: Page, words: str) -> None:
    page.get_by_role("link", name=words, exact=True).first.click()


def says(page: Page, words: str) -> None:
    expect(page.locator("main")).to_contain_text(words)


def afternoon(scene: Scene) -> State:
    with scene.office.store.read() as connection:
        return windows.windows_named(connection, ["2026-11-23/weekday-afternoon"])[0].state


def kinds_of_duties(scene: Scene, who: str) -> list[DutyKind]:
    person = scene.person(who).id
    with scene.office.store.read() as connection:
        return [duty.kind for duty in people.duties(connection) if duty.person == person]


def the_monitor_records_the_open_check_from_the_board(one: Tab) -> None:
    one.open("/")
    follow(one.page, "Check now")
    press(one.page, "All viewed, nothing found")
    says(one.page, "Thank you, Kim Rivera.")
    follow(one.page, "Board")
    says(one.page, "completed")
    assert afternoon(one.scene) is State.COMPLETED


def the_pio_designates_somebody_and_sees_first_what_it_does(one: Tab) -> None:
    before = kinds_of_duties(one.scene, "Sam").count(DutyKind.DESIGNATION)
    one.open("/coverage")
    follow(one.page, "Designate somebody")
    one.page.get_by_label("Who").select_option(label="Sam Novak")
    one.page.get_by_label("First day").fill("2026-12-28")
    one.page.get_by_label("Last day").fill("2026-12-29")
    press(one.page, "Show what it does")
    says(one.page, "Nothing is recorded yet.")
    assert kinds_of_duties(one.scene, "Sam").count(DutyKind.DESIGNATION) == before
    press(one.page, "Designate Sam Novak")
    says(one.page, "Recorded, entry")
    assert kinds_of_duties(one.scene, "Sam").count(DutyKind.DESIGNATION) == before + 1


def the_pio_closes_a_follow_up(one: Tab) -> None:
    one.open("/follow-ups")
    before = one.page.get_by_role("button", name="Close this follow-up").count()
    one.page.get_by_label("What was done in the end").first.select_option(
        label="Deleted (keep a copy first)"
    )
    one.page.get_by_role("button", name="Close this follow-up").first.click()
    says(one.page, "Recorded, entry")
    assert one.page.get_by_role("button", name="Close this follow-up").count() == before - 1


def the_director_appoints_an_interim_monitor(one: Tab) -> None:
    one.open("/coverage/appoint")
    one.page.get_by_label("Who").select_option(label="Pat Lindqvist")
    one.page.get_by_label("First day").fill("2026-12-30")
    one.page.get_by_label("Last day").fill("2026-12-30")
    press(one.page, "Show what it does")
    press(one.page, "Appoint Pat Lindqvist")
    says(one.page, "Recorded, entry")
    assert kinds_of_duties(one.scene, "Pat").count(DutyKind.INTERIM) == 2


def a_designee_says_that_they_will_be_away(one: Tab) -> None:
    one.open("/coverage")
    follow(one.page, "Record leave")
    one.page.get_by_label("First day").fill("2026-12-25")
    one.page.get_by_label("Last day").fill("2026-12-25")
    press(one.page, "Show what it does")
    says(one.page, "Nothing is recorded yet.")
    says(one.page, "Sam Novak")
    press(one.page, "Record this leave")
    says(one.page, "Recorded, entry")


def a_manager_finds_the_weekdays_with_fewer_than_two_checks_and_why(one: Tab) -> None:
    one.open("/")
    follow(one.page, "Log")
    follow(one.page, "This month")
    follow(one.page, "Weekdays with fewer than two checks")
    says(one.page, "Wed Nov 11")
    says(one.page, "away (holiday)")
    one.page.emulate_media(media="print")
    expect(one.page.locator("main")).to_contain_text("Wed Nov 11")
    expect(one.page.locator("nav").first).to_be_hidden()
    one.page.emulate_media(media="screen")


def information_services_corrects_a_number_and_sends_a_test(one: Tab) -> None:
    one.open("/people")
    follow(one.page, "Lee Okafor")
    one.page.get_by_label("Mobile number").fill("+14195550199")
    press(one.page, "Save")
    says(one.page, "Recorded, entry")
    assert one.scene.person("Lee").mobile == "+14195550199"
    follow(one.page, "Messages")
    one.page.locator("#who").select_option(label="Lee Okafor")
    one.page.locator("#channel").select_option(label="Mail")
    press(one.page, "Send the test")
    says(one.page, "The test to Lee Okafor")


ERRANDS: dict[str, tuple[str, Errand]] = {
    "monitor": ("Kim", the_monitor_records_the_open_check_from_the_board),
    "pio": ("Kim", the_pio_designates_somebody_and_sees_first_what_it_does),
    "pio-follow-up": ("Kim", the_pio_closes_a_follow_up),
    "director": ("Dana", the_director_appoints_an_interim_monitor),
    "designee": ("Lee", a_designee_says_that_they_will_be_away),
    "manager": ("Pat", a_manager_finds_the_weekdays_with_fewer_than_two_checks_and_why),
    "services": ("Jo", information_services_corrects_a_number_and_sends_a_test),
}


@pytest.mark.parametrize("errand", ERRANDS)
@pytest.mark.parametrize("number", range(len(SCREENS)))
def test_the_errand_of_a_role_is_done(
    browser: Browser, agencies: Agencies, axe: str, errand: str, number: int
) -> None:
    who, do = ERRANDS[errand]
    look, javascript = SCREENS[number]
    assert isinstance(look, Look)
    with tab(browser, agencies(f"rooms-{number}"), look, who, javascript=javascript) as one:
        do(one)
        one.page.wait_for_load_state("load")
        found = axe_faults(one.page, axe) if javascript else []
        assert [*found, *sideways(one.page), *one.faults] == []
