"""What a link about windows that nobody covers shows, and what its buttons do (DOMAIN §3, §5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.standins.command import utc
from tests.web.outline import Form, Outline, assert_sound, words
from tests.web.site import Site
from watchbill.acts.check import Viewing, record_check
from watchbill.acts.deed import By
from watchbill.acts.duty import Assignment, assign, cancel_duty, decline_duty
from watchbill.acts.leave import take_leave
from watchbill.acts.roster import deactivate_person
from watchbill.core.checks import Way
from watchbill.core.reasons import Reason
from watchbill.core.roster import Duty, DutyKind, LeaveKind, Role
from watchbill.store import people

HOLIDAY = "Thu Nov 26 to Fri Nov 27 (4 checks)"
FOUND, UNCOVERED, ESCALATED = Reason.GAP_FOUND, Reason.WINDOW_UNCOVERED, Reason.GAP_ESCALATED


def duties(site: Site) -> list[Duty]:
    with site.office.store.read() as connection:
        return people.duties(connection)


def away(site: Site, who: str, first: str, last: str, kind: LeaveKind = LeaveKind.VACATION) -> None:
    person = site.person(who)
    take_leave(site.office, By(person, Way.CLI), person, kind, utc(first), utc(last))


def forms(site: Site, path: str) -> list[Form]:
    page = site.ask("GET", path)
    assert page.status_code == 200, page.text
    assert_sound(page.text)
    return Outline(page.text).forms


def choose(site: Site, path: str, who: str, form: Form | None = None, **fields: Any) -> Any:
    """Press somebody's button in the first section, or in that of a form."""
    form = form or forms(site, path)[0]
    return site.ask("POST", path, data={**form.hidden, "who": site.person(who).id, **fields})


@pytest.fixture
def ahead(site: Site) -> str:
    """Find the PIO's link about the holidays that nobody covers, seen on a Monday."""
    site.look("08:30:00")
    return site.link(FOUND, "Kim")


@pytest.fixture
def open_now(site: Site) -> str:
    """Find the ED's link about a morning that has opened while the PIO is sick."""
    away(site, "Kim", "2026-11-23 07:00:00", "2026-11-24 00:00:00", LeaveKind.SICK)
    site.look("08:30:00")
    return site.link(UNCOVERED, "Dana")


# --- designating ---------------------------------------------------------------------------------


def test_the_pio_sees_what_nobody_covers_why_and_who_is_free(site: Site, ahead: str) -> None:
    page = site.ask("GET", ahead)
    said = words(page.text)
    for sentence in ("Kim Rivera , nobody covers", HOLIDAY, "Why: Kim Rivera is away (holiday)."):
        assert sentence in said
    assert "Thu Nov 26, 8:30 AM-11:30 AM EST" in said
    assert "The link is good until" in said
    first, *others = forms(site, ahead)
    assert [name for _, name in first.buttons] == [
        "Designate myself, Kim Rivera", "Designate Lee Okafor", "Designate Sam Novak",
    ]  # fmt: skip
    assert len(others) == 3
    assert {form.do for form in (first, *others)} == {"designate"}


def test_looking_changes_nothing(site: Site, ahead: str) -> None:
    before = site.dump()
    for method in ("GET", "HEAD", "OPTIONS", "GET", "PUT", "DELETE"):
        site.ask(method, ahead)
    assert (site.dump(), site.acted) == (before, 0)


@pytest.mark.parametrize("respond", [True, False])
def test_one_button_designates_for_the_whole_gap(site: Site, ahead: str, respond: bool) -> None:  # noqa: FBT001
    answer = choose(site, ahead, "Lee", respond="1" if respond else "")
    assert answer.status_code == 200
    (duty,) = duties(site)
    assert (duty.kind, duty.person, duty.respond) == (
        DutyKind.DESIGNATION,
        site.person("Lee").id,
        respond,
    )
    assert (duty.starts_at, duty.ends_at) == (utc("2026-11-26 08:00:00"), utc("2026-11-27 16:30:00"))
    may = "monitor and respond" if respond else "monitor"
    assert f"Lee Okafor is designated to {may}, Thu Nov 26" in answer.text
    assert f"{HOLIDAY}: Lee Okafor" in words(answer.text)
    assert (site.acted, len(Outline(answer.text).forms)) == (1, 3)
    assert f"person:{site.person('Kim').id}" in str(site.dump()["duties"])


def test_a_form_that_is_sent_twice_designates_once(site: Site, ahead: str) -> None:
    form = forms(site, ahead)[0]
    first = choose(site, ahead, "Lee", form)
    before = site.dump()
    second = choose(site, ahead, "Sam", form)
    assert (first.status_code, second.status_code) == (200, 200)
    assert "Lee Okafor is designated" in second.text
    assert "counted once" in second.text
    assert site.dump() == before


def test_each_gap_has_a_form_of_its_own_and_the_link_is_spent_with_the_last(
    site: Site, ahead: str
) -> None:
    stale = forms(site, ahead)[0]
    for _ in range(4):
        assert choose(site, ahead, "Lee").status_code == 200
    page = site.ask("GET", ahead)
    assert (forms(site, ahead), "<h1>Covered</h1>" in page.text) == ([], True)
    assert words(page.text).count(": Lee Okafor") == 1
    before = site.dump()
    late = choose(site, ahead, "Sam", stale)
    assert (late.status_code, "Covered" in late.text) == (409, True)
    assert site.dump() == before


def test_of_two_devices_the_second_finds_that_it_has_changed(site: Site, ahead: str) -> None:
    phone, desk = forms(site, ahead)[0], forms(site, ahead)[0]
    choose(site, ahead, "Lee", phone)
    before = duties(site)
    answer = choose(site, ahead, "Sam", desk)
    assert (answer.status_code, "has changed since" in answer.text) == (409, True)
    assert duties(site) == before


def test_somebody_who_is_away_meanwhile_is_refused_with_who_is_free(site: Site, ahead: str) -> None:
    form = forms(site, ahead)[0]
    away(site, "Lee", "2026-11-27 00:00:00", "2026-11-28 00:00:00", LeaveKind.SICK)
    answer = choose(site, ahead, "Lee", form)
    assert (answer.status_code, duties(site), site.dump()["forms"]) == (409, [], [])
    assert "Lee Okafor is away Fri Nov 27, within that span" in answer.text
    assert "sick" not in answer.text
    assert site.tried() == 1
    assert [name for _, name in forms(site, ahead)[0].buttons] == [
        "Designate myself, Kim Rivera",
        "Designate Sam Novak",
    ]


@pytest.mark.parametrize("who", ["", "0", "99", "-1", "1.0", "٣", "9" * 30, "<b>", "\x00", "1 OR 1=1"])
def test_nobody_is_designated_by_a_name_that_is_none(site: Site, ahead: str, who: str) -> None:
    form = forms(site, ahead)[0]
    before = site.dump()
    answer = site.ask("POST", ahead, data={**form.hidden, "who": who})
    assert (answer.status_code, site.dump()) == (400, before)
    assert_sound(answer.text)


@pytest.mark.parametrize(
    "gap", ["", "..", "2026-11-26/weekday-morning", "<script>", "\x00", "x" * 5000]
)
def test_a_gap_that_is_none_is_refused(site: Site, ahead: str, gap: str) -> None:
    form = forms(site, ahead)[0]
    answer = choose(site, ahead, "Lee", form, gap=gap)
    assert (answer.status_code, duties(site)) == (409, [])
    assert_sound(answer.text)


@pytest.mark.parametrize("do", ["", "check", "appoint", "accept", "away", "<b>"])
def test_a_link_about_a_gap_does_nothing_else(site: Site, ahead: str, do: str) -> None:
    form = forms(site, ahead)[0]
    before = site.dump()
    assert choose(site, ahead, "Lee", form, do=do).status_code == 400
    assert site.dump() == before


def test_somebody_who_may_not_be_designated_is_refused(site: Site, ahead: str) -> None:
    answer = choose(site, ahead, "Pat")
    assert (answer.status_code, duties(site)) == (409, [])
    assert "may not be designated" in answer.text


def test_what_is_left_of_a_gap_that_was_split_is_on_the_same_link(site: Site, ahead: str) -> None:
    kim, lee = site.person("Kim"), site.person("Lee")
    span = utc("2026-11-26 13:00:00"), utc("2026-11-26 17:00:00")
    assign(site.office, By(kim, Way.CLI), lee, Assignment(DutyKind.DESIGNATION, *span))
    for looked in (False, True):
        said = words(site.ask("GET", ahead).text)
        assert "Thu Nov 26 8:30 AM-11:30 AM EST Why" in said
        assert "Fri Nov 27 (2 checks)" in said
        assert ("Thu Nov 26 1:30 PM-4:30 PM EST: Lee Okafor" in said) is not looked
        site.look("08:40:00")


def test_who_declined_is_not_offered_again(site: Site, ahead: str) -> None:
    choose(site, ahead, "Lee")
    lee = site.person("Lee")
    decline_duty(site.office, By(lee, Way.LINK), lee, duties(site)[0].id)
    page = site.ask("GET", ahead)
    assert "Lee Okafor declined." in page.text
    assert "Designate Lee Okafor" not in str(forms(site, ahead)[0].buttons)
    assert "Designate Sam Novak" in str(forms(site, ahead)[0].buttons)


def test_where_nobody_is_free_the_page_says_so(site: Site, ahead: str) -> None:
    for who in ("Kim", "Lee", "Sam"):
        away(site, who, "2026-11-26 00:00:00", "2027-03-01 00:00:00")
    page = site.ask("GET", ahead)
    assert "Nobody is free for all of it" in page.text
    assert forms(site, ahead) == []


def test_a_link_about_a_gap_is_good_until_its_last_closing(site: Site, ahead: str) -> None:
    site.at("2027-01-18 16:29:59")
    assert site.ask("GET", ahead).status_code == 200
    site.at("2027-01-18 16:30:00")
    before = site.dump()
    for answer in (site.ask("GET", ahead), site.press(ahead, "0" * 32)):
        assert (answer.status_code, "has expired" in answer.text) == (410, True)
    assert site.dump() == before


def test_a_link_of_a_director_who_was_deactivated_is_no_longer_good(empty_site: Site) -> None:
    site = empty_site
    site.furnish()
    other = replace(site.person("Dana"), id=0, name="Alex Reyes", email="alex@example.org")
    site.furnish(people=(other,))
    away(site, "Kim", "2026-11-23 07:00:00", "2026-11-25 00:00:00", LeaveKind.SICK)
    site.look("08:30:00")
    path = site.link(UNCOVERED, "Dana")
    form = forms(site, path)[0]
    deactivate_person(site.office, By(None, Way.CLI), site.person("Dana"))
    for answer in (site.ask("GET", path), choose(site, path, "Lee", form)):
        assert (answer.status_code, "is no longer good" in answer.text) == (403, True)
    assert duties(site) == []


def test_a_warning_that_comes_closer_and_one_that_has_changed_lead_to_the_same_page(
    site: Site, ahead: str
) -> None:
    site.look("09:00:00")
    closer = site.link(Reason.GAP_AHEAD, "Kim")
    assert [form.do for form in forms(site, closer)] == ["designate"]
    kim, lee = site.person("Kim"), site.person("Lee")
    span = utc("2026-11-26 08:00:00"), utc("2026-11-26 17:00:00")
    assign(site.office, By(kim, Way.CLI), lee, Assignment(DutyKind.DESIGNATION, *span))
    site.look("09:01:00")
    changed = site.link(Reason.GAP_CHANGED, "Kim")
    assert "Fri Nov 27 (2 checks)" in site.ask("GET", changed).text
    assert choose(site, changed, "Sam").status_code == 200
    for path in (closer, changed):
        assert "<h1>Covered</h1>" in site.ask("GET", path).text
    assert ahead not in (closer, changed)


# --- appointing ----------------------------------------------------------------------------------


def test_the_ed_sees_the_letters_of_the_message_and_may_view_the_pages(
    site: Site, open_now: str
) -> None:
    page = site.ask("GET", open_now)
    said = words(page.text)
    assert "Appoint an interim monitor" in said
    assert "Why: Kim Rivera is sick." in said
    assert "You may also view the pages yourself" in said
    (form, *_) = Outline(page.text).does("appoint")
    letter = next(one for one in site.letters if "NOBODY is assigned" in one.message.subject)
    named = [line.split("  ") for line in letter.message.plain().splitlines() if "  " in line]
    assert [name for _, name in form.buttons] == [f"{letter}: Appoint {name}" for letter, name in named]
    assert "Dana" not in str(form.buttons)


def test_the_ed_appoints_from_now_on_to_the_last_closing(site: Site, open_now: str) -> None:
    site.at("09:15:00")
    before = site.dump()
    form = forms(site, open_now)[0]
    assert site.dump() == before
    answer = choose(site, open_now, "Pat", form)
    assert answer.status_code == 200
    (duty,) = duties(site)
    assert (duty.kind, duty.person) == (DutyKind.INTERIM, site.person("Pat").id)
    assert duty.starts_at == utc("2026-11-23 09:15:00")
    assert duty.ends_at.astimezone(site.office.policy.zone).hour == 16
    assert "Pat Lindqvist is appointed as interim monitor to monitor" in answer.text
    assert "<h1>Covered</h1>" in answer.text
    again = choose(site, open_now, "Lee", form)
    assert "Pat Lindqvist is appointed" in again.text
    assert len(duties(site)) == 1


def test_who_had_the_first_half_hour_and_left_does_not_cover_the_rest(site: Site) -> None:
    reminder = site.remind()
    site.at("09:00:00")
    site.send_form(reminder, "away")
    site.look("09:00:01")
    path = site.link(UNCOVERED, "Dana")
    assert "Mon Nov 23 (2 checks)" in site.ask("GET", path).text
    choose(site, path, "Lee")
    assert duties(site)[0].starts_at == utc("2026-11-23 09:00:01")
    assert "Mon Nov 23 8:30 AM-11:30 AM EST: Lee Okafor" in words(site.ask("GET", path).text)


def test_an_escalation_spans_from_when_a_viewing_counts_for_the_next_window(
    site: Site, open_now: str
) -> None:
    choose(site, open_now, "Lee")
    site.look("09:00:00")
    with site.office.store.read() as connection:
        duty = people.duties(connection)[0]
    cancel_duty(site.office, By(site.person("Dana"), Way.CLI), duty.id)
    site.look("12:00:00")
    path = site.link(ESCALATED, "Dana")
    choose(site, path, "Sam")
    assert duties(site)[-1].starts_at == utc("2026-11-23 13:00:00")


def test_shortly_before_closing_an_appointment_still_covers_what_is_left(
    site: Site, open_now: str
) -> None:
    site.at("11:20:00")
    answer = choose(site, open_now, "Lee")
    assert "<h1>Covered</h1>" in answer.text
    assert "Lee Okafor" in answer.text


def test_who_is_away_since_the_message_keeps_no_button(site: Site, open_now: str) -> None:
    form = forms(site, open_now)[0]
    away(site, "Lee", "2026-11-23 08:00:00", "2026-11-24 00:00:00")
    assert "Lee" not in str(forms(site, open_now)[0].buttons)
    answer = choose(site, open_now, "Lee", form)
    assert (answer.status_code, duties(site)) == (409, [])
    assert "Lee Okafor is away" in answer.text


def test_a_window_that_was_viewed_needs_nobody(site: Site, open_now: str) -> None:
    dana = site.person("Dana")
    record_check(site.office, By(dana, Way.CLI), dana, Viewing())
    assert "Mon Nov 23 8:30 AM-11:30 AM EST: viewed already" in words(site.ask("GET", open_now).text)


def test_when_the_windows_have_passed_there_is_nothing_to_do_any_more(
    site: Site, open_now: str
) -> None:
    stale = forms(site, open_now)[0]
    site.at("23:00:00")
    page = site.ask("GET", open_now)
    assert (page.status_code, Outline(page.text).forms) == (200, [])
    assert choose(site, open_now, "Lee", stale).status_code == 409
    assert duties(site) == []


def test_a_director_no_longer_in_office_is_offered_nothing_and_refused(
    empty_site: Site,
) -> None:
    site = empty_site
    site.furnish()
    dana = site.person("Dana")
    away(site, "Kim", "2026-11-23 07:00:00", "2026-11-25 00:00:00", LeaveKind.SICK)
    site.look("08:30:00")
    path = site.link(UNCOVERED, "Dana")
    form = forms(site, path)[0]
    successor = replace(dana, id=0, name="Alex Reyes", email="alex@example.org")
    site.furnish(people=(successor, replace(dana, roles=frozenset({Role.MANAGER}))))
    assert "You no longer hold the office" in site.ask("GET", path).text
    assert forms(site, path) == []
    answer = choose(site, path, "Lee", form)
    assert (answer.status_code, duties(site)) == (409, [])


def test_hostile_names_are_shown_and_do_nothing(empty_site: Site) -> None:
    site = empty_site
    site.furnish()
    lee = replace(site.person("Lee"), name="Lee <script>alert(1)</script>\" onfocus='x'")
    site.furnish(people=(lee,))
    site.look("08:30:00")
    path = site.link(FOUND, "Kim")
    answer = choose(site, path, "Lee")
    for text in (answer.text, site.ask("GET", path).text):
        assert_sound(text)
        assert "<script>" not in text
