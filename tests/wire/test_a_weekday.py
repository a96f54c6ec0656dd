"""One Monday of the shipped example, with the real daemon, over the real wires."""

from __future__ import annotations

import re
from functools import partial

import httpx
import pytest

from tests.standins.command import Daemon, wait_until
from tests.wire.agency import DANA_MAIL, KIM, KIM_MAIL, LINK, SAM_MAIL, Agency

MORNING, AFTERNOON = "2026-11-23/weekday-morning", "2026-11-23/weekday-afternoon"
FORM = re.compile(r'name="form" value="([0-9a-f]{32})"')


@pytest.fixture(autouse=True)
def no_gaps(agency: Agency) -> None:
    """Let nothing be uncovered, so that nothing is said but of the windows."""
    agency.work_on_holidays()


def press_the_button(link: str) -> httpx.Response:
    page = httpx.get(link, trust_env=False)
    assert page.status_code == 200
    form = FORM.findall(page.text)[0]
    return httpx.post(link, data={"form": form}, trust_env=False)


def link_in(text: str) -> str:
    found = LINK.search(text)
    assert found is not None, text
    return found[0]


def step_states(agency: Agency, window: str) -> dict[tuple[str, str], str]:
    return {
        (n["step"], n["person"].partition("@")[0]): n["state"]
        for n in agency.notices()
        if n["window"] == window
    }


def attempts_ended(agency: Agency, count: int) -> bool:
    states = [attempt["state"] for notice in agency.notices() for attempt in notice["attempts"]]
    return len(states) - states.count("sending") >= count


def the_morning_is_checked_by_its_link(agency: Agency) -> None:
    agency.clock.set("2026-11-23 08:30:01")
    wait_until(lambda: agency.texts(KIM), "the opening reminder")
    [text] = agency.texts(KIM)
    assert text.startswith("LCCS: ")
    assert "by 11:30 AM EST" in text
    link = link_in(text)
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        httpx.request(method, link, trust_env=False)
    assert agency.log()[MORNING]["checks"] == []
    answer = press_the_button(link)
    assert (answer.status_code, "Recorded" in answer.text) == (200, True)
    row = agency.log()[MORNING]
    assert row["state"] == "completed"
    [check] = row["checks"]
    assert (check["by"], check["way"], check["attested"]) == (KIM_MAIL, "link", False)
    assert check["pages"] == ["blog", "fb", "li", "tw", "yt"]
    assert f"entry {check['entry']}," in answer.text
    spent = press_again(link)
    assert "Already done" in spent.text
    count = agency.count()
    for at in ("2026-11-23 10:00:01", "2026-11-23 11:00:01", "2026-11-23 11:30:01"):
        agency.looks(at)
    assert agency.count() == count


def press_again(link: str) -> httpx.Response:
    page = httpx.get(link, trust_env=False)
    assert not FORM.search(page.text)
    return httpx.post(link, data={"form": "0" * 32}, trust_env=False)


def a_text_whose_answer_was_lost_is_adopted(agency: Agency) -> None:
    agency.twilio.faults.lose_answer()
    agency.clock.set("2026-11-23 13:30:01")
    wait_until(lambda: len(agency.texts(KIM)) == 2, "the reminder of the afternoon")
    agency.looks("2026-11-23 13:31:10")
    wait_until(
        lambda: step_states(agency, AFTERNOON).get(("opening", "kim.rivera")) == "delivered",
        "the lost answer to be made up for",
    )
    assert len(agency.texts(KIM)) == 2


def the_nudge_waits_for_a_mail_server_that_is_away(agency: Agency) -> None:
    agency.mail.stop()
    agency.clock.set("2026-11-23 15:00:01")
    wait_until(lambda: "nudge" in str(agency.notices()), "the nudge to be owed")
    agency.looks("2026-11-23 15:30:00")
    assert agency.mails(KIM_MAIL) == []
    agency.mail.start()
    agency.looks("2026-11-23 15:45:00")
    wait_until(lambda: agency.mails(KIM_MAIL, "still open"), "the nudge")


def the_daemon_is_killed_while_the_last_call_goes_out(agency: Agency, daemon: Daemon) -> None:
    agency.twilio.faults.delay(20)
    agency.clock.set("2026-11-23 16:00:01")
    wait_until(lambda: len(agency.texts(KIM)) == 3, "the last call")
    daemon.kill()


def the_afternoon_is_missed_and_told(agency: Agency) -> None:
    agency.looks("2026-11-23 16:03:00")
    wait_until(
        lambda: step_states(agency, AFTERNOON).get(("last_call", "kim.rivera")) == "delivered",
        "the last call to be adopted",
    )
    assert len(agency.texts(KIM)) == 3
    assert "LAST CALL" in agency.texts(KIM)[2]
    agency.clock.set("2026-11-23 16:30:01")
    wait_until(lambda: agency.mails(DANA_MAIL), "the missed notice to the ED")
    wait_until(lambda: len(agency.texts(KIM)) == 4, "the missed notice to the PIO")
    wait_until(
        lambda: set(step_states(agency, AFTERNOON).values()) == {"delivered"}, "every confirmation"
    )
    agency.looks("2026-11-23 17:00:00")


def the_record_shows_it_all(agency: Agency) -> None:
    log = agency.log()
    assert list(log) == [MORNING, AFTERNOON]
    assert log[AFTERNOON] == {
        "window": AFTERNOON,
        "rule": "weekday-afternoon",
        "date": "2026-11-23",
        "opens_at": "2026-11-23T18:30:00Z",
        "closes_at": "2026-11-23T21:30:00Z",
        "state": "missed",
        "unattended": False,
        "monitor": KIM_MAIL,
        "checks": [],
        "explanations": [],
    }
    assert log[MORNING]["state"] == "completed"
    assert step_states(agency, MORNING) == {("opening", "kim.rivera"): "delivered"}
    assert step_states(agency, AFTERNOON).keys() == {
        ("opening", "kim.rivera"),
        ("nudge", "kim.rivera"),
        ("last_call", "kim.rivera"),
        ("missed", "kim.rivera"),
        ("missed", "dana.whitfield"),
    }
    days = ("--from", "2026-11-23", "--to", "2026-11-23")
    printed = agency.command("log", *days, "--format", "json")
    assert (printed.code, printed.json) == (0, list(log.values()))
    verified = agency.command("verify")
    assert (verified.code, "The journal holds" in verified.out) == (0, True)
    agency.nothing_came_twice(killed=True)
    assert (len(agency.texts(KIM)), agency.count()) == (4, (4, 2))


def test_a_monday_is_carried_from_its_first_reminder_to_its_missed_notice(agency: Agency) -> None:
    """Through a lost answer, a mail server that is away, and a kill in the middle of a text."""
    with agency.daemon() as daemon:
        daemon.ready()
        assert agency.count() == (0, 0)
        the_morning_is_checked_by_its_link(agency)
        a_text_whose_answer_was_lost_is_adopted(agency)
        the_nudge_waits_for_a_mail_server_that_is_away(agency)
        the_daemon_is_killed_while_the_last_call_goes_out(agency, daemon)
    with agency.daemon() as second:
        second.ready()
        the_afternoon_is_missed_and_told(agency)
        the_record_shows_it_all(agency)
        assert second.stop() == 0
    assert agency.secrets_in(daemon.log + second.log) == set()


def test_a_mail_server_that_is_away_for_an_hour_loses_no_mail(agency: Agency) -> None:
    """Sam has no mobile number: there is no other way to reach them."""
    agency.clock.set("2026-11-23 12:00:00")
    with agency.daemon() as daemon:
        daemon.ready()
        agency.mail.stop()
        agency.designate_sam()
        agency.looks("2026-11-23 12:03:00")
        wait_until(partial(attempts_ended, agency, 1), "a first attempt that failed")
        agency.looks("2026-11-23 13:01:00")
        agency.mail.start()
        agency.looks("2026-11-23 13:10:00")
        wait_until(lambda: agency.mails(SAM_MAIL), "the mail to Sam")
        assert daemon.stop() == 0
    agency.nothing_came_twice()
    [mail] = agency.mails(SAM_MAIL)
    assert "you are designated" in str(mail.message["Subject"])
    [told] = [n for n in agency.notices() if n["person"] == SAM_MAIL]
    assert told["state"] == "delivered"
    assert [a["state"] for a in told["attempts"]][-1] == "delivered"
    assert len(told["attempts"]) >= 2


def test_a_mail_that_was_cut_off_comes_again_with_its_message_id(agency: Agency) -> None:
    """Whether the server had kept it or lost it: once is certain, twice is one mail."""
    agency.mail.faults.cut_before_data(to=SAM_MAIL)
    agency.mail.faults.cut_after_data(to=SAM_MAIL)
    agency.clock.set("2026-11-23 12:00:00")
    with agency.daemon() as daemon:
        daemon.ready()
        agency.designate_sam()
        for attempt, at in enumerate(("12:05:00", "12:10:00"), 1):
            wait_until(partial(attempts_ended, agency, attempt), f"attempt {attempt}")
            agency.clock.set(f"2026-11-23 {at}")
        wait_until(lambda: {n["state"] for n in agency.notices()} == {"delivered"}, "the mail")
        assert daemon.stop() == 0
    mails = agency.mails(SAM_MAIL)
    assert len(mails) == 2
    assert len({str(mail.message["Message-ID"]) for mail in mails}) == 1
    [notice] = agency.notices()
    assert [a["state"] for a in notice["attempts"]] == ["deferred", "deferred", "delivered"]


def test_the_same_monday_is_driven_by_tick_alone(agency: Agency) -> None:
    """As cron would, with processes that keep nothing between them."""

    def tick(at: str) -> None:
        agency.clock.set(f"2026-11-23 {at}")
        ended = agency.command("tick")
        assert ended.code == 0, ended.err

    assert agency.command("load", str(agency.folder / "config" / "roster.toml")).code == 0
    tick("08:30:01")
    assert len(agency.texts(KIM)) == 1
    assert agency.command("check", "--by", "kim").code == 0
    assert agency.log()[MORNING]["state"] == "completed"
    agency.twilio.faults.lose_answer()
    tick("13:30:01")
    tick("13:30:10")
    agency.mail.stop()
    tick("15:00:01")
    agency.mail.start()
    tick("15:40:00")
    assert len(agency.mails(KIM_MAIL, "still open")) == 1
    tick("16:00:01")
    tick("16:30:01")
    assert agency.log()[AFTERNOON]["state"] == "missed"
    assert len(agency.texts(KIM)) == 4
    [told] = agency.mails(DANA_MAIL)
    assert "MISSED" in str(told.message["Subject"])
    assert agency.count() == (4, 2)
    agency.nothing_came_twice()
    agency.the_journal_holds()
