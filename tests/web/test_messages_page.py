"""The messages of a day: who was told what, what waits, and a test to anybody."""

from __future__ import annotations

from datetime import time

import pytest

from tests.standins.command import utc
from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site, Visitor
from watchbill.acts.deed import By
from watchbill.acts.leave import take_leave
from watchbill.acts.message import ask_for_test
from watchbill.core.checks import Way
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel, LeaveKind
from watchbill.core.world import NoticeState
from watchbill.store.columns import DeliveryState
from watchbill.web.notice_words import ATTEMPT_WORDS, REASON_WORDS, STATE_WORDS, WHY_WORDS


@pytest.fixture
def kim(site: Site) -> Visitor:
    site.look("08:31:00")
    return site.sign_in("Kim")


def rows(page: str, name: str) -> str:
    """Return what one of the tables of the page says."""
    return words(page.partition(f'<caption id="{name}">')[2].partition("</table>")[0])


def test_every_message_of_the_day_is_listed_with_every_attempt(site: Site, kim: Visitor) -> None:
    page = kim.get("/notices")
    assert_sound(page.text)
    said = rows(page.text, "due")
    assert "Kim Rivera A check is due, at its opening 2026-11-23, weekday-morning" in said
    assert "Text to +14195550101, Mon Nov 23, 8:31 AM EST: delivered" in said
    assert "Nothing waits." in page.text
    codes = {one for row in site.dump()["notices"] for one in row if isinstance(one, str)}
    shown = {code for code in codes if len(code) == 4 and code.isupper() and code in page.text}
    assert not shown


def test_what_waits_stands_first_whatever_the_day(site: Site, kim: Visitor) -> None:
    ask_for_test(site.office, By(site.person("Kim"), Way.WEB), site.person("Lee"), Channel.SMS)
    for day in ("2026-11-23", "2025-01-01"):
        page = kim.get("/notices", params={"day": day})
        assert "Lee Okafor A test" in rows(page.text, "waiting")
        assert "Lee Okafor A test" not in rows(page.text, "due")
        assert page.text.index("Waiting to be sent") < page.text.index("The day before")


def test_messages_are_found_by_person_state_and_reason(site: Site, kim: Visitor) -> None:
    kim_id, lee_id = str(site.person("Kim").id), str(site.person("Lee").id)
    for asked, found in (
        ({"person": kim_id}, True),
        ({"person": lee_id}, False),
        ({"state": "delivered"}, True),
        ({"state": "failed"}, False),
        ({"reason": "check_due"}, True),
        ({"reason": "digest_due"}, False),
        ({"person": kim_id, "state": "delivered", "reason": "check_due"}, True),
        ({"day": "2026-11-22"}, False),
    ):
        page = kim.get("/notices", params=asked)
        assert_sound(page.text)
        assert ("at its opening" in rows(page.text, "due")) == found, asked


@pytest.mark.parametrize(
    "asked",
    [{"day": "soon"}, {"day": "9999-99-99"}, {"day": "2500-01-01"}, {"day": "2200-12-31"},
     {"day": "1990-01-01"}, {"person": "-1"}, {"person": "9" * 30}, {"person": "٣"},
     {"state": "<b>"}, {"reason": "\x00"}, {"reason": "next_step_due"}, {"test": "9" * 30},
     {"test": "999"}, {"test": "<script>"}, {"test": "1"}],
)  # fmt: skip
def test_what_is_no_day_person_state_or_reason_is_not_looked_for(
    kim: Visitor, asked: dict[str, str]
) -> None:
    page = kim.get("/notices", params=asked)
    assert page.status_code == 200
    assert_sound(page.text)
    assert "<script>" not in page.text
    assert "The test to" not in page.text


def test_a_test_goes_out_and_its_outcome_is_shown_when_the_page_is_loaded_again(
    site: Site, kim: Visitor
) -> None:
    lee = site.person("Lee")
    site.at("23:30:00")
    kim = site.sign_in("Kim")
    answer = kim.send("/notices", "test", who=str(lee.id), channel="email")
    place = answer.headers["location"]
    assert answer.status_code == 303
    assert "The test to Lee Okafor: Waiting." in words(kim.get(place).text)
    assert "Look again" in kim.get(place).text
    site.look()
    page = kim.get(place)
    assert "The test to Lee Okafor: Delivered." in words(page.text)
    assert "Mail to lee.okafor@example.org, Mon Nov 23, 11:30 PM EST: delivered" in words(page.text)
    assert "Look again" not in page.text


def test_a_test_to_a_number_that_is_not_there_is_refused_in_plain_words(
    site: Site, kim: Visitor
) -> None:
    sam = site.person("Sam")
    answer = kim.send("/notices", "test", who=str(sam.id), channel="sms")
    assert answer.status_code == 409
    assert_sound(answer.text)
    assert "Not recorded. Sam Novak has no mobile number." in words(answer.text)


@pytest.mark.parametrize("who", ["", "0", "999", "<b>", "1 OR 1", "9" * 30])
def test_a_test_to_nobody_is_refused(kim: Visitor, who: str) -> None:
    assert kim.send("/notices", "test", who=who, channel="email").status_code == 400
    assert kim.send("/notices", "test", who="1", channel="pigeon").status_code == 400


def test_what_quiet_hours_hold_back_is_shown_as_waiting_until_then(site: Site) -> None:
    site.look()
    dana, pat = site.sign_in("Dana"), site.person("Pat")
    own = {"name": pat.name, "email": pat.email, "role": "manager", "quiet": "17:30-19:30"}
    dana.send(f"/people/{pat.id}", "edit", **own, **{"channel-1": "email"})
    assert site.person("Pat").quiet == (time(17, 30), time(19, 30))
    site.at("18:00:00")
    boss = By(site.person("Dana"), Way.WEB)
    span = utc("2026-12-01 00:00:00"), utc("2026-12-02 00:00:00")
    take_leave(site.office, boss, site.person("Pat"), LeaveKind.SICK, *span)
    site.look()
    said = rows(dana.get("/notices").text, "waiting")
    assert "Pat Lindqvist Leave was recorded" in said
    assert "Waiting, not before Mon Nov 23, 7:30 PM EST" in said
    assert "ick" not in said
    site.look("19:30:00")
    assert "Leave was recorded" in rows(dana.get("/notices").text, "due")


def test_every_reason_and_state_has_its_words() -> None:
    assert set(REASON_WORDS) | set(WHY_WORDS) == set(Reason)
    assert set(STATE_WORDS) == set(NoticeState)
    assert set(ATTEMPT_WORDS) == set(DeliveryState)


def test_the_filter_is_a_form_that_changes_nothing(kim: Visitor) -> None:
    forms = Outline(kim.get("/notices").text).forms
    assert [form.method for form in forms] == ["get", "post"]
