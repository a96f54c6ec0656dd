"""Signing in: a mail with a link, one button, once, a quarter of an hour; nothing learned, nothing lasting."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.web.outline import assert_sound, words
from tests.web.site import COOKIE, ORIGIN, Site
from watchbill.acts.deed import By
from watchbill.acts.roster import deactivate_person
from watchbill.acts.sign_in import MOST_A_DAY, MOST_ASKED, make_sign_in_link
from watchbill.core.checks import Way
from watchbill.core.journal import PROGRAM, Kind
from watchbill.core.roster import Channel
from watchbill.store import journal

OPERATOR = By(None, Way.CLI, account="root")
SIGN_IN = re.compile(re.escape(ORIGIN) + r"(/sign-in/[A-Za-z0-9_-]+)")
FORM = "0" * 32
KIM = "kim.rivera@example.org"


def ask(site: Site, email: str) -> str:
    """Ask for a link, let the program look, and return what the page said."""
    answer = site.ask("POST", "/sign-in", data={"form": FORM, "email": email})
    assert answer.status_code == 200
    site.look()
    return words(answer.text)


def links(site: Site) -> list[str]:
    """Return the paths of the links that were mailed."""
    return [path for letter in site.letters for path in SIGN_IN.findall(letter.message.plain())]


def press(site: Site, path: str) -> tuple[int, dict[str, str]]:
    """Press the button, and return the status and the cookies."""
    answer = site.ask("POST", path, data={"form": FORM})
    return answer.status_code, dict(answer.cookies)


def kinds(site: Site) -> list[str]:
    return [row[2] for row in site.dump()["journal"]]


def test_a_mail_a_link_a_button_and_somebody_is_signed_in(site: Site) -> None:
    ask(site, KIM)
    (path,) = links(site)
    assert [letter.channel for letter in site.letters if path in letter.message.plain()] == [
        Channel.EMAIL
    ]
    page = site.ask("GET", path)
    assert_sound(page.text)
    assert "Kim Rivera" in page.text
    answer = site.ask("POST", path, data={"form": FORM})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    (cookie,) = answer.headers.get_list("set-cookie")
    for part in ("__Host-watchbill=", "HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part.lower() in cookie.lower()
    assert "domain" not in cookie.lower()
    board = site.ask("GET", "/", cookies=dict(answer.cookies))
    assert board.status_code == 200
    assert Kind.SIGNED_IN in kinds(site)


def test_what_is_asked_for_an_address_that_is_nobodys_looks_the_same(site: Site) -> None:
    assert ask(site, KIM) == ask(site, "nobody@example.org")
    assert len(links(site)) == 1


def test_opening_the_link_signs_nobody_in(site: Site) -> None:
    ask(site, KIM)
    (path,) = links(site)
    before = site.dump()
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        assert "set-cookie" not in site.ask(method, path).headers
    assert site.dump() == before


def test_a_link_is_good_once(site: Site) -> None:
    ask(site, KIM)
    (path,) = links(site)
    assert press(site, path)[0] == 303
    status, cookies = press(site, path)
    assert (status, cookies) == (410, {})
    assert site.ask("GET", path).status_code == 410


@pytest.mark.parametrize(("seconds", "status"), [(899, 303), (900, 410), (901, 410)])
def test_a_link_is_good_for_a_quarter_of_an_hour(site: Site, seconds: int, status: int) -> None:
    ask(site, KIM)
    (path,) = links(site)
    site.clock.set(site.clock.now() + timedelta(seconds=seconds))
    assert press(site, path)[0] == status


def test_a_link_that_was_never_given_out_is_not_known(site: Site) -> None:
    assert press(site, "/sign-in/" + "A" * 22)[0] == 404


def test_three_mails_a_quarter_of_an_hour_and_no_more(site: Site) -> None:
    for _ in range(MOST_ASKED + 2):
        ask(site, KIM)
    assert len(links(site)) == MOST_ASKED
    site.clock.set(site.clock.now() + timedelta(minutes=15, seconds=1))
    ask(site, KIM)
    assert len(links(site)) == MOST_ASKED + 1


def test_twelve_mails_a_day_and_no_more(site: Site) -> None:
    for _ in range(MOST_A_DAY + 3):
        ask(site, KIM)
        site.clock.set(site.clock.now() + timedelta(minutes=20))
    assert len(links(site)) == MOST_A_DAY


def test_who_asks_is_not_said_to_be_the_one_who_is_sent_the_link(site: Site) -> None:
    ask(site, KIM)
    with site.office.store.read() as connection:
        owed = [entry for entry, _ in journal.entries(connection) if entry.kind == Kind.NOTICE_OWED]
    assert {entry.actor for entry in owed} == {PROGRAM}


@pytest.mark.parametrize("email", ["", "kim", "kim@", "@example.org", "a" * 250 + "@example.org"])
def test_what_is_no_address_is_said(site: Site, email: str) -> None:
    answer = site.ask("POST", "/sign-in", data={"form": FORM, "email": email})
    assert answer.status_code == 400
    assert "not an email address" in answer.text
    assert_sound(answer.text)


@pytest.mark.parametrize(("hours", "status"), [(11.99, 200), (12, 303), (13, 303)])
def test_a_session_lasts_for_twelve_hours(site: Site, hours: float, status: int) -> None:
    kim = site.sign_in("Kim")
    site.clock.set(site.clock.now() + timedelta(hours=hours))
    answer = kim.get("/")
    assert answer.status_code == status
    if status == 303:
        assert answer.headers["location"] == "/sign-in"


def test_somebody_who_is_deactivated_is_signed_out_at_once(site: Site) -> None:
    sam = site.sign_in("Sam")
    assert sam.get("/").status_code == 200
    deactivate_person(site.office, OPERATOR, site.person("Sam"))
    assert sam.get("/").headers["location"] == "/sign-in"


def test_signing_out_ends_this_session_and_no_other(site: Site) -> None:
    here, elsewhere = site.sign_in("Kim"), site.sign_in("Kim")
    answer = here.send("/sign-out", "sign-out")
    assert answer.headers["location"].startswith("/sign-in")
    assert here.get("/").status_code == 303
    assert elsewhere.get("/").status_code == 200
    assert Kind.SIGNED_OUT in kinds(site)


def test_an_invented_session_is_none(site: Site) -> None:
    answer = site.ask("GET", "/", cookies={COOKIE: "A" * 22})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    part = site.ask("GET", "/", cookies={COOKIE: "A" * 22}, headers={"hx-request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/sign-in")


def test_nothing_that_signs_in_is_kept_in_the_open(site: Site) -> None:
    token = make_sign_in_link(site.office, OPERATOR, site.person("Kim"))
    kim = site.sign_in("Kim")
    kept = repr(site.dump())
    assert token not in kept
    assert kim.cookies[COOKIE] not in kept


# Forms of those who are signed in


def test_a_form_without_its_proof_or_with_that_of_another_session_does_nothing(site: Site) -> None:
    kim, sam = site.sign_in("Kim"), site.sign_in("Sam")
    fields = kim.filled("/sign-out", "sign-out")
    before = site.dump()
    assert kim.post("/sign-out", **{**fields, "proof": ""}).status_code == 403
    assert kim.post("/sign-out", **{**fields, "form": "f" * 32}).status_code == 403
    assert sam.post("/sign-out", **fields).status_code == 403
    assert kim.post("/sign-out", **{**fields, "do": "elsewhere"}).status_code == 400
    assert site.dump() == before
    assert kim.post("/sign-out", **fields).status_code == 303


def test_what_was_entered_is_given_back_where_the_sign_in_is_over(site: Site) -> None:
    answer = site.ask(
        "POST", "/people/add", data={"form": FORM, "do": "add", "proof": "x", "name": "Robin <b>"}
    )
    assert answer.status_code == 401
    assert_sound(answer.text)
    assert "Nothing was recorded." in words(answer.text)
    assert "Robin &lt;b&gt;" in answer.text
    assert "proof" not in words(answer.text)


def test_a_form_of_nobody_leads_to_the_sign_in(site: Site) -> None:
    answer = site.ask("POST", "/sign-out", data={"form": FORM, "do": "sign-out"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
