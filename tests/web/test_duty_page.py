"""What a designee's link shows, and what accepting and declining do (DOMAIN §3, §5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.standins.command import utc
from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site
from watchbill.acts.deed import By
from watchbill.acts.duty import Assignment, assign, cancel_duty
from watchbill.acts.roster import deactivate_person
from watchbill.core.checks import Way
from watchbill.core.reasons import Reason
from watchbill.core.roster import Duty, DutyKind, Page
from watchbill.store import people

SPAN = utc("2026-11-26 08:30:00"), utc("2026-11-27 16:30:00")


def give(site: Site, kind: DutyKind = DutyKind.DESIGNATION, *, respond: bool = False) -> str:
    """Give Lee a duty on the holidays; return the link in the message that tells of it."""
    maker = site.person("Dana" if kind is DutyKind.INTERIM else "Kim")
    site.at("08:00:00")
    assign(site.office, By(maker, Way.CLI), site.person("Lee"), Assignment(kind, *SPAN, respond))
    site.look()
    return site.link(Reason.DUTY_ASSIGNED, "Lee")


def duty(site: Site) -> Duty:
    with site.office.store.read() as connection:
        return people.duties(connection)[0]


def offered(site: Site, path: str) -> list[str]:
    page = site.ask("GET", path)
    assert page.status_code == 200, page.text
    assert_sound(page.text)
    return [form.do for form in Outline(page.text).forms]


@pytest.mark.parametrize(
    ("respond", "says"),
    [(False, "You may monitor; responses stay"), (True, "You may monitor and respond")],
)
def test_a_designee_sees_the_brief_and_two_buttons(site: Site, respond: bool, says: str) -> None:  # noqa: FBT001
    path = give(site, respond=respond)
    page = site.ask("GET", path)
    said = words(page.text)
    for sentence in (
        "Lee Okafor , you are designated", "(set by Kim Rivera)", "Please accept, or decline",
        "Thu Nov 26, 8:30 AM-11:30 AM EST", "4. spam", says, "The link is good until Fri Nov 27, 4:30 PM",
    ):  # fmt: skip
        assert sentence in said
    assert offered(site, path) == ["accept", "decline"]
    assert "https://www.facebook.com/example" in [a["href"] for a in Outline(page.text).every("a")]


def test_looking_changes_nothing(site: Site) -> None:
    path = give(site)
    before = site.dump()
    for method in ("GET", "HEAD", "OPTIONS", "GET", "PUT", "DELETE"):
        site.ask(method, path)
    assert (site.dump(), site.acted) == (before, 0)


def test_accepting_is_recorded_once_and_leaves_declining_possible(site: Site) -> None:
    path = give(site)
    form, other = site.form(path), site.form(path)
    answer = site.send_form(path, "accept", form)
    assert (answer.status_code, site.acted) == (200, 1)
    assert "You accepted this duty on Mon Nov 23 at 8:00 AM EST." in answer.text
    assert duty(site).accepted_at == site.clock.now()
    before = site.dump()
    assert "counted once" in site.send_form(path, "accept", form).text
    again = site.send_form(path, "accept", other)
    assert (again.status_code, "You accepted" in again.text) == (409, True)
    assert site.dump() == before
    assert offered(site, path) == ["decline"]
    assert site.send_form(path, "decline").status_code == 200
    assert duty(site).declined_at is not None


def test_declining_ends_it_and_tells_whoever_made_it(site: Site) -> None:
    path = give(site)
    form, other = site.form(path), site.form(path)
    answer = site.send_form(path, "decline", form)
    assert (answer.status_code, "You declined this duty on" in answer.text) == (200, True)
    before = site.dump()
    assert "counted once" in site.send_form(path, "decline", form).text
    for do in ("decline", "accept"):
        late = site.send_form(path, do, other)
        assert (late.status_code, "You declined" in late.text) == (409, True)
    assert (site.dump(), offered(site, path)) == (before, [])
    site.look("08:01:00")
    assert any("declined the duty" in letter.message.subject for letter in site.letters)


def test_an_appointment_can_be_declined_and_needs_no_yes(site: Site) -> None:
    path = give(site, DutyKind.INTERIM)
    assert "appointed as interim monitor" in site.ask("GET", path).text
    assert offered(site, path) == ["decline"]
    form = site.form(path)
    before = site.dump()
    answer = site.send_form(path, "accept", form)
    assert (answer.status_code, "needs no yes" in answer.text) == (400, True)
    assert site.dump() == before
    assert site.send_form(path, "decline", form).status_code == 200
    assert duty(site).declined_at is not None


def test_a_duty_that_was_cancelled_says_so(site: Site) -> None:
    path = give(site)
    form = site.form(path)
    cancel_duty(site.office, By(site.person("Kim"), Way.CLI), duty(site).id)
    assert "This duty was ended on Mon Nov 23" in site.ask("GET", path).text
    assert offered(site, path) == []
    for do in ("accept", "decline"):
        assert site.send_form(path, do, form).status_code == 409
    assert (duty(site).accepted_at, duty(site).declined_at) == (None, None)


def test_a_link_is_good_until_the_end_of_its_duty(site: Site) -> None:
    path = give(site)
    form = site.form(path)
    site.at("2026-11-27 16:29:59")
    assert site.ask("GET", path).status_code == 200
    site.at("2026-11-27 16:30:00")
    before = site.dump()
    for answer in (site.ask("GET", path), site.send_form(path, "accept", form)):
        assert (answer.status_code, "has expired" in answer.text) == (410, True)
    assert site.dump() == before


def test_a_holder_who_was_deactivated_cannot_answer(site: Site) -> None:
    path = give(site)
    form = site.form(path)
    deactivate_person(site.office, By(None, Way.CLI), site.person("Lee"))
    before = site.dump()
    for answer in (site.ask("GET", path), site.send_form(path, "accept", form)):
        assert (answer.status_code, "is no longer good" in answer.text) == (403, True)
    assert site.dump() == before


def test_a_form_that_somebody_else_has_used_does_nothing_and_tells_nothing(site: Site) -> None:
    reminder = site.remind()
    used = site.form(reminder)
    site.press(reminder, used)
    path = give(site)
    before = site.dump()
    answer = site.send_form(path, "accept", used)
    assert (answer.status_code, "Kim" in answer.text) == (400, False)
    assert site.dump() == before


def test_a_form_of_another_page_of_ones_own_is_not_of_this_one(site: Site) -> None:
    path = give(site)
    used = site.form(path)
    site.send_form(path, "accept", used)
    assign(
        site.office, By(site.person("Dana"), Way.CLI), site.person("Lee"),
        Assignment(DutyKind.INTERIM, utc("2026-11-23 08:10:00"), utc("2026-11-24 00:00:00")),
    )  # fmt: skip
    reminder = site.remind()
    assert "Lee Okafor" in site.ask("GET", reminder).text
    before = site.dump()
    assert site.press(reminder, used).status_code == 400
    assert site.dump() == before


@pytest.mark.parametrize("do", ["", "check", "designate", "appoint", "away", "back", "ACCEPT", "\x00"])
def test_a_link_about_a_duty_does_nothing_else(site: Site, do: str) -> None:
    path = give(site)
    form = site.form(path)
    before = site.dump()
    assert site.send_form(path, do, form).status_code == 400
    assert site.dump() == before


def test_hostile_words_in_the_brief_are_shown_and_do_nothing(empty_site: Site) -> None:
    site = empty_site
    site.furnish()
    page = replace(_a_page(site), name="<img src=x onerror=alert(1)>", url='https://x.org/"><b>')
    site.furnish(pages=(page,))
    text = site.ask("GET", give(site)).text
    assert_sound(text)
    assert Outline(text).every("b") == []


def _a_page(site: Site) -> Page:
    with site.office.store.read() as connection:
        return people.all_pages(connection)[0]
