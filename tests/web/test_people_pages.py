"""The pages of people: who is there, what reaches them, and every change refused in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site, Visitor
from watchbill.core.journal import Kind
from watchbill.core.roster import Channel, Role
from watchbill.store import reach

NEW: dict[str, Any] = {
    "name": "Robin Vale",
    "email": "robin.vale@example.org",
    "mobile": "419-555-0155",
    "role": ["designee", "manager"],
    "channel-1": "sms",
    "channel-2": "email",
    "quiet": "21:00-06:00",
}
HOSTILE = ["<script>alert(1)</script>", "\u202egnp.exe", "a\x00b", "x" * 5000, "'; DROP TABLE people"]


@pytest.fixture
def kim(site: Site) -> Visitor:
    site.look()
    return site.sign_in("Kim")


def test_everybody_is_listed_with_roles_channels_and_what_is_known_of_them(
    site: Site, kim: Visitor
) -> None:
    with site.office.store.write() as connection:
        reach.stop_texts(connection, site.person("Lee").id, site.clock.now())
    page = kim.get("/people")
    assert_sound(page.text)
    said = words(page.text)
    assert "Lee Okafor Designee Active" in said
    assert "+14195550102 : stopped by STOP since Mon Nov 23, 2026; not proven." in said
    assert "+14195550101 : no failure known; not proven." in said
    assert "6 active people" in said
    with site.office.store.write() as connection:
        reach.stop_texts(connection, site.person("Lee").id, None)


def test_somebody_whom_no_channel_reaches_is_said_to_be(site: Site, kim: Visitor) -> None:
    lee = site.person("Lee")
    kim.send(f"/people/{lee.id}", "edit", **fields_of(kim, lee.id), **{"channel-2": ""})
    with site.office.store.write() as connection:
        reach.stop_texts(connection, lee.id, site.clock.now())
    assert "No channel reaches them" in kim.get("/people").text
    assert "No channel reaches them" in kim.get(f"/people/{lee.id}").text


def fields_of(visitor: Visitor, number: int) -> dict[str, Any]:
    """Return what the form of a person would send as it stands."""
    outline = Outline(visitor.get(f"/people/{number}").text)
    texts = {
        str(a["name"]): a.get("value") or ""
        for a in outline.every("input")
        if a.get("type") in ("text", "email", "tel")
    }
    roles = [a["value"] for a in outline.every("input") if a.get("name") == "role" and "checked" in a]
    return {**texts, "role": roles, "channel-1": "sms"}


def test_a_person_is_added_and_the_page_says_so(site: Site, kim: Visitor) -> None:
    assert_sound(kim.get("/people/add").text)
    answer = kim.send("/people/add", "add", **NEW)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/people?entry={site.entries()}"
    robin = site.person("Robin")
    assert robin.mobile == "+14195550155"
    assert robin.roles == {Role.DESIGNEE, Role.MANAGER}
    assert robin.channels == (Channel.SMS, Channel.EMAIL)
    page = kim.get(answer.headers["location"])
    assert "Recorded, entry" in page.text
    assert "Quiet hours: 9:00 PM to 6:00 AM" in page.text
    assert site.dump()["journal"][-1][2] == Kind.PERSON_ADDED


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"name": ""}, "name", "The name is empty or has control characters"),
        ({"name": "x" * 101}, "name", "The name has 101 characters"),
        ({"name": "a\x00b"}, "name", "The name is empty or has control characters"),
        ({"name": "a\u202eb"}, "name", "The name is empty or has control characters"),
        ({"email": "robin"}, "email", "is not an email address"),
        ({"email": "a\x00b@example.org"}, "email", "is not an email address"),
        ({"email": "r" * 250 + "@example.org"}, "email", "The work email has 262 characters"),
        ({"email": "KIM.Rivera@Example.org"}, "email", "There is a person with this email already"),
        ({"mobile": "12"}, "mobile", "is not a phone number"),
        ({"mobile": "<b>1</b>"}, "mobile", "is not a phone number"),
        ({"mobile": ""}, "mobile", "The mobile number is missing"),
        ({"role": ["pio"]}, "roles", "There would be 2 active people with the role pio"),
        ({"role": ["emperor"]}, "roles", "is not one of"),
        ({"channel-1": "sms", "channel-2": "sms"}, "channels", "The choice names a channel twice"),
        ({"channel-1": "", "channel-2": ""}, "channels", "The choice is empty"),
        ({"channel-1": "fax"}, "channels", "is not one of"),
        ({"quiet": "all day"}, "quiet", "is not a span of hours"),
        ({"quiet": "06:00-21:00"}, "quiet", "Quiet hours last at most 12 hours"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_with_what_was_entered(
    site: Site, kim: Visitor, change: dict[str, Any], field: str, sentence: str
) -> None:
    before = site.dump()["people"]
    answer = kim.send("/people/add", "add", **{**NEW, **change})
    assert answer.status_code in (400, 409), answer.text
    assert_sound(answer.text)
    problem = answer.text.partition(f'id="{field}-problem">')[2].partition("</p>")[0]
    assert sentence in problem, answer.text
    assert "watchbill" not in problem
    assert 'value="Robin Vale"' in answer.text or field == "name"
    assert site.dump()["people"] == before


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_input_is_words_and_no_more(kim: Visitor, text: str) -> None:
    for place, field in enumerate(NEW):
        mine = {**NEW, "email": f"r{place}@example.org", field: text}
        answer = kim.send("/people/add", "add", **mine)
        assert answer.status_code in (303, 400, 409)
        page = answer if answer.status_code != 303 else kim.get("/people")
        assert_sound(page.text)
        assert "<script>" not in page.text
        assert len(page.text) < 30_000


def test_an_edit_replaces_and_the_same_again_changes_nothing(site: Site, kim: Visitor) -> None:
    lee = site.person("Lee")
    path = f"/people/{lee.id}"
    assert_sound(kim.get(path).text)
    sent = {**fields_of(kim, lee.id), "name": "Lee Okafor-Diaz", "channel-2": "email"}
    answer = kim.send(path, "edit", **sent)
    assert answer.headers["location"] == f"{path}?entry={site.entries()}"
    entries = site.entries()
    assert site.person("Lee").name == "Lee Okafor-Diaz"
    again = kim.send(path, "edit", **sent)
    assert again.headers["location"] == f"{path}?same=1"
    assert "Nothing was changed" in kim.get(again.headers["location"]).text
    assert site.entries() == entries


def test_the_last_director_keeps_the_role_and_the_place(site: Site, kim: Visitor) -> None:
    dana = site.person("Dana")
    path = f"/people/{dana.id}"
    herself = site.sign_in("Dana")
    answer = herself.send(path, "edit", **{**fields_of(herself, dana.id), "role": ["manager"]})
    assert answer.status_code == 409
    assert "There would be no Executive Director" in words(answer.text)
    page = kim.get(f"{path}/deactivate")
    assert "is the only Executive Director" in page.text
    assert not Outline(page.text).forms
    fields = {**kim.filled("/sign-out", "sign-out"), "do": "deactivate"}
    answer = kim.post(f"{path}/deactivate", **fields)
    assert answer.status_code == 409
    assert "There would be no Executive Director" in words(answer.text)
    assert site.person("Dana") == dana


@pytest.mark.parametrize("who", ["Kim", "Jo"])
@pytest.mark.parametrize(
    ("whose", "change"),
    [
        ("Jo", {"role": ["information_services", "executive_director"]}),
        ("Dana", {"email": "evil@example.net"}),
        ("Dana", {"role": ["manager"]}),
    ],
)
def test_nobody_else_makes_an_executive_director_or_takes_over_their_sign_in(
    site: Site, who: str, whose: str, change: dict[str, Any]
) -> None:
    visitor, person = site.sign_in(who), site.person(whose)
    answer = visitor.send(f"/people/{person.id}", "edit", **{**fields_of(visitor, person.id), **change})
    assert answer.status_code == 409
    assert "may not change who is Executive Director, nor their email" in words(answer.text)
    assert (site.person(whose), site.tried()) == (person, 1)


def test_the_executive_director_makes_another(site: Site) -> None:
    dana, pat = site.sign_in("Dana"), site.person("Pat")
    change = {"role": ["manager", "executive_director"], "channel-1": "email"}
    answer = dana.send(f"/people/{pat.id}", "edit", **{**fields_of(dana, pat.id), **change})
    assert answer.status_code == 303
    assert site.person("Pat").holds(Role.EXECUTIVE_DIRECTOR)


def test_a_new_email_ends_the_sign_ins_of_the_old_one(site: Site, kim: Visitor) -> None:
    lee, theirs = site.person("Lee"), site.sign_in("Lee")
    change = {"email": "lee@example.org"}
    assert (
        kim.send(f"/people/{lee.id}", "edit", **{**fields_of(kim, lee.id), **change}).status_code == 303
    )
    assert theirs.get("/me").status_code == 303


def test_of_two_who_change_a_person_the_second_is_told(site: Site, kim: Visitor) -> None:
    lee = site.person("Lee")
    path = f"/people/{lee.id}"
    late = {**fields_of(kim, lee.id), **kim.filled(path, "edit")}
    first = {**fields_of(kim, lee.id), "mobile": "+14195550177"}
    assert kim.send(path, "edit", **first).status_code == 303
    answer = kim.post(path, **late)
    assert answer.status_code == 409
    assert "Somebody has changed Lee Okafor since you opened this page." in words(answer.text)
    assert "the mobile number" in answer.text
    assert site.person("Lee").mobile == "+14195550177"


def test_before_somebody_is_deactivated_the_page_says_what_that_leaves(
    site: Site, kim: Visitor
) -> None:
    me = site.person("Kim")
    before = site.dump()
    page = kim.get(f"/people/{me.id}/deactivate")
    assert_sound(page.text)
    assert "would be covered by nobody: Mon Nov 23, 8:30 AM-11:30 AM EST" in words(page.text)
    assert "There would be no PIO" in page.text
    assert "This is you" in page.text
    assert site.dump() == before
    lee = site.person("Lee")
    page = kim.get(f"/people/{lee.id}/deactivate")
    assert "Every check that somebody covers now stays covered." in page.text


def test_who_is_deactivated_is_signed_out_and_can_be_activated_again(site: Site, kim: Visitor) -> None:
    lee, theirs = site.person("Lee"), site.sign_in("Lee")
    answer = kim.send(f"/people/{lee.id}/deactivate", "deactivate")
    assert answer.headers["location"] == f"/people?entry={site.entries()}"
    assert theirs.get("/me").status_code == 303
    page = kim.get("/people")
    assert "Deactivated Mon Nov 23, 2026" in page.text
    assert_sound(page.text)
    assert kim.send(f"/people/{lee.id}", "activate").status_code == 303
    assert site.person("Lee").active
    stale = kim.post(f"/people/{lee.id}", **kim.filled("/sign-out", "sign-out") | {"do": "activate"})
    assert (stale.status_code, "is active already" in stale.text) == (409, True)


def test_deactivating_the_pio_says_how_many_checks_nobody_covers(site: Site, kim: Visitor) -> None:
    me, jo = site.person("Kim"), site.sign_in("Jo")
    answer = jo.send(f"/people/{me.id}/deactivate", "deactivate")
    place = answer.headers["location"]
    assert place.startswith("/people?uncovered=")
    assert "Arrange cover" in jo.get(place).text
    assert kim.get("/people").status_code == 303


@pytest.mark.parametrize("number", ["0", "999", "1e3", "-1", "%00", "٣", "9" * 30, "1%2F..%2F2"])
def test_somebody_who_does_not_exist_is_a_page_that_says_so(kim: Visitor, number: str) -> None:
    for path in (f"/people/{number}", f"/people/{number}/deactivate"):
        assert kim.get(path).status_code == 404
    sent = {**kim.filled("/sign-out", "sign-out"), "do": "edit", **NEW}
    assert kim.post(f"/people/{number}", **sent).status_code == 404


@pytest.mark.parametrize("who", ["Lee", "Pat"])
def test_who_may_not_change_people_is_let_in_nowhere(site: Site, who: str) -> None:
    visitor = site.sign_in(who)
    before = site.dump()["people"]
    sent = {**visitor.filled("/sign-out", "sign-out"), "do": "add", **NEW}
    assert visitor.post("/people/add", **sent).status_code == 403
    for path in ("/people", "/people/1", "/people/1/deactivate", "/pages", "/notices"):
        assert visitor.get(path).status_code == 403
    assert site.dump()["people"] == before


@pytest.mark.parametrize("text", ["<b>", "-1", "1e9", "9" * 40])
def test_what_an_address_says_of_checks_is_a_number_or_nothing(kim: Visitor, text: str) -> None:
    page = kim.get("/people", params={"uncovered": text, "entry": text})
    assert page.status_code == 200
    assert "Nobody covers" not in page.text
