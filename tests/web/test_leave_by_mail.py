"""Leave by the links in the mail: entered ahead from a digest, ended from the mail that confirms it."""

from __future__ import annotations

import pytest

from tests.standins.command import utc
from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site
from tests.web.test_away_form import away_at_nine, leaves
from watchbill.acts.deed import By
from watchbill.acts.leave import cancel_leave, take_leave
from watchbill.core.checks import Way
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel, LeaveKind

AHEAD = {"kind": "vacation", "from": "2026-12-24", "until": "2026-12-31"}


@pytest.fixture
def digest(site: Site) -> str:
    """Find the link in the ED's digest of the Monday."""
    site.look("07:00:00")
    site.look("08:30:00")
    return site.link(Reason.DIGEST_DUE, "Dana")


def offered(site: Site, path: str) -> list[str]:
    page = site.ask("GET", path)
    assert page.status_code == 200, page.text
    assert_sound(page.text)
    return [form.do for form in Outline(page.text).forms]


def confirmed(site: Site, path: str) -> str:
    """Enter leave ahead by a digest; return the link in the mail that confirms it."""
    assert site.send_form(path, "away", **AHEAD).status_code == 200
    site.look()
    return site.link(Reason.LEAVE_RECORDED, "Dana")


def test_a_digest_takes_leave_ahead_once(site: Site, digest: str) -> None:
    assert "no leave of yours is on record" in site.ask("GET", digest).text
    form = site.form(digest)
    answer = site.send_form(digest, "away", form, **AHEAD)
    assert "Recorded: you are away Thu Dec 24 to Thu Dec 31. Entry" in answer.text
    before = site.dump()
    assert "counted once" in site.send_form(digest, "away", form, **AHEAD).text
    assert (site.dump(), offered(site, digest)) == (before, ["away"])
    (leave,) = leaves(site)
    assert (leave.person, leave.kind) == (site.person("Dana").id, LeaveKind.VACATION)
    later = site.ask("GET", digest).text
    assert "Thu Dec 24 to Thu Dec 31" in later
    assert "Recorded" not in later


def test_a_digest_offers_leave_until_the_end_of_its_day(site: Site, digest: str) -> None:
    form = site.form(digest)
    assert [one.message.link_label for one in site.letters if "Dana" in one.name][-1] == (
        "Say that you will be away"
    )
    site.at("2026-11-23 23:59:59")
    assert site.ask("GET", digest).status_code == 200
    site.at("2026-11-24 00:00:00")
    assert site.send_form(digest, "away", form, **AHEAD).status_code == 410
    assert leaves(site) == []


@pytest.mark.parametrize("do", ["", "check", "back", "designate", "appoint", "accept"])
def test_a_digest_does_nothing_else(site: Site, digest: str, do: str) -> None:
    form = site.form(digest)
    before = site.dump()
    assert site.send_form(digest, do, form).status_code == 400
    assert site.dump() == before


def test_the_mail_says_from_when_until_when_and_not_why(site: Site) -> None:
    away_at_nine(site, until="2026-11-27")
    site.look()
    (letter,) = [one for one in site.letters if "you are recorded as away" in one.message.subject]
    assert (letter.name, letter.channel) == ("Kim Rivera", Channel.EMAIL)
    plain = letter.message.plain()
    assert "Mon Nov 23 9:00 AM EST to Sat Nov 28 12:00 AM EST" in plain
    assert "End it early: I am back" in plain
    assert "sick" not in plain.lower()


def test_leave_is_ended_on_a_later_day_by_its_mail(site: Site) -> None:
    away_at_nine(site, until="2026-11-27")
    site.look()
    path = site.link(Reason.LEAVE_RECORDED, "Kim")
    site.at("2026-11-25 10:00:00")
    assert "You are away" in site.ask("GET", path).text
    assert offered(site, path) == ["back"]
    form, other = site.form(path), site.form(path)
    answer = site.send_form(path, "back", form)
    assert "This leave is over" in answer.text
    assert "You are responsible now." in answer.text
    assert leaves(site)[0].until == utc("2026-11-25 10:00:00")
    before = site.dump()
    assert "counted once" in site.send_form(path, "back", form).text
    assert site.send_form(path, "back", other).status_code == 409
    assert (site.dump(), offered(site, path)) == (before, [])


def test_leave_ahead_is_taken_back_by_its_mail(site: Site, digest: str) -> None:
    path = confirmed(site, digest)
    page = site.ask("GET", path).text
    assert "You will be away" in page
    assert "Take this leave back" in page
    assert site.send_form(path, "back").status_code == 200
    assert leaves(site)[0].cancelled_at is not None


def test_only_the_leave_of_the_mail_ends_and_what_remains_is_said(site: Site) -> None:
    kim = site.person("Kim")
    away_at_nine(site)
    site.look()
    span = utc("2026-11-23 00:00:00"), utc("2026-11-26 00:00:00")
    take_leave(site.office, By(kim, Way.CLI), kim, LeaveKind.OTHER, *span)
    answer = site.send_form(site.link(Reason.LEAVE_RECORDED, "Kim"), "back")
    assert "still away by other leave: Mon Nov 23 to Wed Nov 25" in words(answer.text)
    assert [one.cancelled_at is None for one in leaves(site)] == [False, True]


def test_leave_that_was_ended_elsewhere_is_not_ended_again(site: Site, digest: str) -> None:
    path = confirmed(site, digest)
    form = site.form(path)
    cancel_leave(site.office, By(site.person("Dana"), Way.CLI), leaves(site)[0].id)
    before = site.dump()
    assert (site.send_form(path, "back", form).status_code, offered(site, path)) == (409, [])
    assert site.dump() == before


def test_the_way_back_lasts_as_long_as_the_leave(site: Site, digest: str) -> None:
    path = confirmed(site, digest)
    site.at("2026-12-31 23:59:59")
    assert offered(site, path) == ["back"]
    site.at("2027-01-01 00:00:00")
    assert site.ask("GET", path).status_code == 410
