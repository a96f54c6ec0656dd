"""One's own page: number, channels, quiet hours, proofs, sessions, duty and leave, and nobody else's."""

from __future__ import annotations

import pytest

from tests.standins.command import utc
from tests.web.outline import Outline, assert_sound, words
from tests.web.site import COOKIE, Site, Visitor
from watchbill.acts.deed import By
from watchbill.acts.leave import take_leave
from watchbill.core.checks import Way
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel, LeaveKind
from watchbill.web.browser_words import browser_words

OWN = {"mobile": "+14195550102", "channel-1": "email", "channel-2": "sms", "quiet": "21:00-07:00"}


@pytest.fixture
def lee(site: Site) -> Visitor:
    site.look()
    return site.sign_in("Lee")


def sent_code(site: Site) -> str:
    """Return the code of the newest proof that went out, as its message shows it."""
    rows = [row for row in site.dump()["notices"] if Reason.PROOF_ASKED in row]
    code = next(one for one in rows[-1] if isinstance(one, str) and len(one) == 4 and one.isupper())
    assert any(code in letter.message.text for letter in site.letters)
    return code


def test_it_says_who_one_is_and_what_is_asked_of_one(site: Site, lee: Visitor) -> None:
    page = lee.get("/me")
    assert_sound(page.text)
    said = words(page.text)
    assert "Lee Okafor Designee. You sign in as lee.okafor@example.org" in said
    assert "You are not responsible now." in said
    kim = site.sign_in("Kim")
    said = words(kim.get("/me").text)
    assert "Mon Nov 23, 8:30 AM-11:30 AM EST: upcoming" in said
    assert "You are responsible now." in said


def test_ones_own_leave_is_named_as_it_is(site: Site, lee: Visitor) -> None:
    person = site.person("Lee")
    span = utc("2026-12-01 00:00:00"), utc("2026-12-02 00:00:00")
    take_leave(site.office, By(person, Way.WEB), person, LeaveKind.SICK, *span)
    assert "Sick, Tue Dec 1" in words(lee.get("/me").text)
    assert "Sick" not in words(site.sign_in("Sam").get("/me").text)


def test_number_channels_and_quiet_hours_are_changed_and_nothing_else(site: Site, lee: Visitor) -> None:
    before = site.person("Lee")
    answer = lee.send("/me", "edit", **OWN, name="Boss", email="b@example.org", role="pio")
    assert answer.headers["location"] == f"/me?entry={site.entries()}"
    after = site.person("Lee")
    assert after.channels == (Channel.EMAIL, Channel.SMS)
    assert (after.name, after.email, after.roles) == (before.name, before.email, before.roles)
    assert 'value="21:00-07:00"' in lee.get("/me").text
    assert lee.send("/me", "edit", **OWN).headers["location"] == "/me?same=1"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mobile": "12"}, "mobile"),
        ({"mobile": "<script>"}, "mobile"),
        ({"mobile": "1" * 5000}, "mobile"),
        ({"mobile": "\u202e\x00😀"}, "mobile"),
        ({"mobile": ""}, "mobile"),
        ({"channel-2": "email"}, "channels"),
        ({"channel-1": "", "channel-2": ""}, "channels"),
        ({"channel-1": "😀"}, "channels"),
        ({"quiet": "21"}, "quiet"),
        ({"quiet": "<b>" * 900}, "quiet"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    site: Site, lee: Visitor, change: dict[str, str], field: str
) -> None:
    before = site.person("Lee")
    answer = lee.send("/me", "edit", **{**OWN, **change})
    assert answer.status_code in (400, 409)
    assert_sound(answer.text)
    assert f'id="{field}-problem"' in answer.text
    assert "<script>" not in answer.text
    assert site.person("Lee") == before


def test_a_code_goes_out_comes_back_and_proves_the_channel(site: Site, lee: Visitor) -> None:
    assert not Outline(lee.get("/me").text).does("prove")
    answer = lee.send("/me", "send-code", channel="sms")
    assert answer.status_code == 303
    site.look()
    assert [letter.channel for letter in site.letters][-1] is Channel.SMS
    page = lee.get("/me")
    assert_sound(page.text)
    assert len(Outline(page.text).does("prove")) == 1
    assert sent_code(site) not in page.text
    answer = lee.send("/me", "prove", code=sent_code(site))
    assert answer.headers["location"] == f"/me?entry={site.entries()}"
    assert "proven Mon Nov 23, 2026" in lee.get("/me").text
    assert "proven Mon Nov 23, 2026" in site.sign_in("Kim").get("/people").text
    lee.send("/me", "edit", **{**OWN, "mobile": "+14195550166"})
    assert "proven Mon Nov 23, 2026" not in lee.get("/me").text


@pytest.mark.parametrize("code", ["XXXX", "", "<b>", "\u202e", "1" * 4000])
def test_a_wrong_code_is_said_beside_its_field(site: Site, lee: Visitor, code: str) -> None:
    lee.send("/me", "send-code", channel="sms")
    site.look()
    answer = lee.send("/me", "prove", code=code)
    assert answer.status_code == 409
    assert_sound(answer.text)
    problem = answer.text.partition('id="code-sms-problem">')[2].partition("</p>")[0]
    assert problem.startswith("That is not the code of the newest message")
    assert site.dump()["proofs"] == []


def test_after_five_wrong_codes_no_code_is_taken_and_after_five_codes_none_goes_out(
    site: Site, lee: Visitor
) -> None:
    for _ in range(5):
        lee.send("/me", "send-code", channel="sms")
    site.look()
    assert "5 codes were sent within the hour" in lee.send("/me", "send-code", channel="email").text
    for _ in range(5):
        lee.send("/me", "prove", code="XXXX")
    answer = lee.send("/me", "prove", code=sent_code(site))
    assert answer.status_code == 409
    assert "Five codes were wrong; none is taken until 9:00 AM EST." in words(answer.text)
    assert site.dump()["proofs"] == []


@pytest.mark.parametrize("channel", ["", "fax", "<b>", "sms\x00"])
def test_a_channel_that_is_not_ones_own_is_none(site: Site, channel: str) -> None:
    sam = site.sign_in("Sam")
    for do in ("send-code", "prove"):
        sent = {**sam.filled("/me", "send-code"), "do": do, "channel": channel, "code": "XXXX"}
        assert sam.post("/me", **sent).status_code == 400
    assert sam.send("/me", "send-code", channel="sms").status_code == 400


def test_sessions_are_listed_and_ended(site: Site, lee: Visitor) -> None:
    other, third, kim = site.sign_in("Lee"), site.sign_in("Lee"), site.sign_in("Kim")
    page = lee.get("/me")
    assert page.text.count("(this one)") == 1
    assert "Mon Nov 23, 8:00 PM EST" in page.text
    assert lee.cookies[COOKIE] not in page.text
    assert other.cookies[COOKIE] not in page.text
    theirs = [form.hidden["which"] for form in Outline(kim.get("/me").text).does("end")]
    assert lee.send("/me", "end", which=theirs[0]).status_code == 404
    assert kim.get("/me").status_code == 200
    assert lee.send("/me", "end-others").status_code == 303
    assert (lee.get("/me").status_code, kim.get("/me").status_code) == (200, 200)
    assert {other.get("/me").status_code, third.get("/me").status_code} == {303}
    answer = lee.send("/me", "end")
    assert answer.headers["location"] == "/sign-in"
    assert lee.get("/me").status_code == 303


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
         "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            "Safari on an iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0",
         "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36",
         "Chrome on Android"),
        ("curl/8.0", "curl/8.0"),
        ("\u202e\x00", "a browser that does not say what it is"),
        ("", "a browser that does not say what it is"),
        ("x" * 200, "x" * 60),
    ],
)  # fmt: skip
def test_a_browser_is_named_so_that_its_owner_knows_it(named: str, expected: str) -> None:
    assert browser_words(named) == expected
