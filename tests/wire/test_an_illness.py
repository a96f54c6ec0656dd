"""An illness and a vacation of the shipped example, by text and mail, through a restart at every step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.standins.command import Daemon, utc, wait_until
from tests.standins.mail_server import Mail
from tests.wire.agency import DANA, KIM, LEE, LINK, SAM_MAIL, Agency
from tests.wire.test_a_weekday import FORM, link_in
from watchbill.core.roster import Channel
from watchbill.store import deliveries, journal

MORNING = "2026-11-23/weekday-morning"
REPLY = re.compile(r"reply: (.+)$")
LETTER = re.compile(r"Reply e\.g\. [A-F] ([A-Z0-9]{4})")


@pytest.fixture
def by_text(agency: Agency) -> Agency:
    """Give the agency, with an Executive Director who is texted first."""
    roster = agency.config.with_name("roster.toml")
    text = roster.read_text(encoding="utf-8")
    assert text.count('channels = ["email", "sms"]') == 2
    roster.write_text(text.replace('channels = ["email", "sms"]', 'channels = ["sms", "email"]', 1))
    return agency


@contextmanager
def running(agency: Agency) -> Iterator[Daemon]:
    """Run the daemon for one step, and kill it behind it.

    Not while a mail is on the wire: after that it may come twice, with one Message-ID.
    """
    with agency.daemon() as daemon:
        yield daemon.ready()
        wait_until(lambda: not _under_way(agency), "what is on the wire to end")


def _under_way(agency: Agency) -> list[object]:
    with agency.office.store.read() as connection:
        return [one for one in deliveries.in_doubt(connection) if one.channel is Channel.EMAIL]


def say(agency: Agency, number: str, words: str) -> None:
    """Let somebody text the agency now."""
    agency.twilio.receive(number, words, agency.clock.now())


def told(agency: Agency, number: str, words: str) -> str:
    """Return the text to a number that has these words, once it has come."""
    wait_until(lambda: any(words in t for t in agency.texts(number)), f"{words!r} for {number}")
    (found,) = [text for text in agency.texts(number) if words in text]
    return found


def mailed(agency: Agency, address: str, words: str) -> Mail:
    """Return the mail to an address with these words in its subject, once it has come."""
    wait_until(lambda: agency.mails(address, words), f"{words!r} for {address}")
    (found,) = agency.mails(address, words)
    return found


def reply_in(text: str) -> str:
    """Return the reply that a text asks for."""
    found = REPLY.search(text)
    assert found is not None, text
    return found[1]


def entries(agency: Agency) -> list[str]:
    """Return what the journal records, in order."""
    with agency.office.store.read() as connection:
        return [entry.kind for entry, _ in journal.entries(connection)]


def test_from_sick_to_back_by_text_with_a_restart_at_every_step(by_text: Agency) -> None:
    agency = by_text
    with running(agency):
        told(agency, KIM, "nobody covers the checks Nov 26-27")
        agency.clock.set("2026-11-23 08:30:01")
        told(agency, KIM, "by 11:30 AM EST")
        agency.clock.set("2026-11-23 08:35:00")
        say(agency, KIM, "Sick.")
        asked = told(agency, KIM, "you are away Mon Nov 23")
    with running(agency):
        agency.clock.set("2026-11-23 08:36:00")
        assert reply_in(asked).startswith("SICK ")
        say(agency, KIM, reply_in(asked).lower())
        answer = told(agency, KIM, "Nobody covers 2 checks of it yet")
        escalation = told(agency, DANA, "NOBODY")
    assert "Kim Rivera is sick." in escalation
    assert "A Lee Okafor, B Sam Novak" in escalation
    code = LETTER.search(escalation)
    assert code is not None
    with running(agency):
        agency.clock.set("2026-11-23 08:40:00")
        say(agency, DANA, f"b {code[1]}")
        told(agency, DANA, "Sam Novak is appointed")
        brief = mailed(agency, SAM_MAIL, "appointed").text
        reminder = mailed(agency, SAM_MAIL, "due by 11:30").text
    for words in (
        "When to look:",
        "LCCS on Facebook",
        "What to look for",
        "419-213-CARE",
        "You may monitor;",
    ):
        assert words in brief
    with running(agency):
        agency.clock.set("2026-11-23 08:50:00")
        link = link_in(reminder)
        page = httpx.get(link, trust_env=False)
        form = FORM.findall(page.text)[0]
        assert "Recorded" in httpx.post(link, data={"form": form}, trust_env=False).text
    assert agency.log()[MORNING]["state"] == "completed"
    assert agency.log()[MORNING]["checks"][0]["by"] == SAM_MAIL
    with running(agency):
        agency.clock.set("2026-11-23 09:00:00")
        back = re.search(r"BACK ([A-Z0-9]{4})", answer)
        assert back is not None
        say(agency, KIM, back[0])
        assert "Sam Novak is responsible (appointed)" in told(agency, KIM, "welcome back")
    kinds = entries(agency)
    for kind in (
        "leave_taken",
        "gap_found",
        "appointed",
        "check_recorded",
        "leave_cancelled",
        "act_refused",
    ):
        assert kind in kinds
    agency.nothing_came_twice(killed=True)
    agency.the_journal_holds()


def test_a_planned_vacation_with_nobody_set_warns_the_pio_and_then_the_ed(by_text: Agency) -> None:
    agency = by_text
    env = {"WATCHBILL_HOLIDAYS__PIO_IS_AWAY": "false"}
    assert agency.command("load", str(agency.config.with_name("roster.toml")), **env).code == 0
    added = agency.command("leave", "add", "kim", "--from", "2026-12-14", "--to", "2026-12-15", **env)
    assert added.code == 0
    days: dict[str, list[str]] = {}
    seen = 0
    for day in (
        "2026-11-23",
        "2026-12-06",
        "2026-12-07",
        "2026-12-10",
        "2026-12-11",
        "2026-12-12",
        "2026-12-13",
    ):
        agency.clock.set(f"{day} 09:00:30")
        assert agency.command("tick", **env).code == 0
        texts = [m for m in agency.twilio.messages[seen:] if "nobody covers" in m.body.lower()]
        days[day] = sorted("kim" if m.to == KIM else "dana" for m in texts)
        seen = len(agency.twilio.messages)
    assert days == {
        "2026-11-23": ["kim"],
        "2026-12-06": [],
        "2026-12-07": ["kim"],
        "2026-12-10": [],
        "2026-12-11": ["dana", "kim"],
        "2026-12-12": [],
        "2026-12-13": ["dana", "kim"],
    }


def test_a_forged_sender_a_stranger_and_nonsense_change_nothing(agency: Agency) -> None:
    with running(agency):
        told(agency, KIM, "nobody covers")
        agency.clock.set("2026-11-23 08:31:00")
        for words in ("DONE", "DONE 9999", "hello there", "APPOINT LEE 7777"):
            say(agency, KIM, words)
        say(agency, "+14195559999", "who are you?")
        say(agency, "+14195559999", "hello?")
        told(agency, KIM, "you viewed all pages")
        told(agency, KIM, "not understood")
        told(agency, "+14195559999", "nobody reads this number")
        agency.looks("2026-11-23 08:33:00")
        assert len(agency.texts("+14195559999")) == 1
    assert agency.log()[MORNING]["checks"] == []
    assert agency.texts(LEE) == []
    assert utc("2026-11-23 08:33:00") <= agency.clock.now()
    assert "hello there" not in (agency.folder / "watchbill.db").read_bytes().decode("latin-1")
    agency.the_journal_holds()


def test_a_check_by_text_counts_when_the_provider_received_it(agency: Agency) -> None:
    with running(agency):
        agency.clock.set("2026-11-23 08:30:01")
        reminder = told(agency, KIM, "by 11:30 AM EST")
        assert LINK.search(reminder)
        done = re.search(r"reply (DONE [A-Z0-9]{4})", reminder)
        assert done is not None, reminder
    agency.clock.set("2026-11-23 11:29:30")
    say(agency, KIM, f"{done[1]}.")
    agency.clock.set("2026-11-23 12:10:00")
    with running(agency):
        told(agency, KIM, "The window is complete")
    row = agency.log()[MORNING]
    assert row["state"] == "completed"
    assert [(c["viewed_at"], c["way"]) for c in row["checks"]] == [("2026-11-23T16:29:30Z", "sms")]
