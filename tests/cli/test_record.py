"""What was done and said: `check`, `log`, `notices`, `verify`, `tick`, `rehearse`, `test-message`."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections import Counter

import pytest

from tests.cli.terminal import DANA, KIM, LEE, WIDTH, Terminal
from tests.standins.ports import free_port

TODAY = ("--from", "2026-11-23", "--to", "2026-11-23")
RECEIPT = re.compile(
    r"Receipt: entry (\d+) ([0-9a-f]{10})\. The check by (.+) (counts for|is an extra)"
)
LADDER = ("opening", "nudge", "last_call", "missed")
CONTACT = "If a child may be in danger: 419-213-CARE (2273) or 911\n"


def during_the_morning(terminal: Terminal) -> None:
    terminal.does("tick")
    terminal.at("2026-11-23 09:00:00")
    terminal.does("tick")


def test_a_check_prints_its_receipt_and_stands_in_the_log(terminal: Terminal) -> None:
    during_the_morning(terminal)
    terminal.at("2026-11-23 09:15:00")
    receipt = RECEIPT.match(terminal.does("check", "--by", "kim", "--finding", "fb:4:hidden"))
    assert receipt is not None
    [row] = terminal.json("log", *TODAY, "--format", "json")
    assert row == {
        "window": "2026-11-23/weekday-morning",
        "rule": "weekday-morning",
        "date": "2026-11-23",
        "opens_at": "2026-11-23T13:30:00Z",
        "closes_at": "2026-11-23T16:30:00Z",
        "state": "completed",
        "unattended": False,
        "monitor": KIM,
        "checks": [
            {
                "entry": int(receipt[1]),
                "by": KIM,
                "viewed_at": "2026-11-23T14:15:00Z",
                "recorded_at": "2026-11-23T14:15:00Z",
                "pages": ["blog", "fb", "li", "tw", "yt"],
                "findings": [{"page": "fb", "category": "4", "action": "hidden"}],
                "way": "cli",
                "attested": False,
                "amends": None,
            }
        ],
        "explanations": [],
    }
    assert "fb: 4 (hidden)" in terminal.table("log", *TODAY)


def test_two_people_may_split_the_pages(terminal: Terminal) -> None:
    during_the_morning(terminal)
    said = terminal.does("check", "--by", "kim", "--page", "fb", "--page", "tw", "--page", "yt")
    assert "(open)" in said
    said = terminal.does("check", "--by", "lee", "--page", "li", "--page", "blog")
    assert "counts for 2026-11-23/weekday-morning (completed)" in said
    [row] = terminal.json("log", *TODAY, "--json")
    assert [check["by"] for check in row["checks"]] == [KIM, LEE]


def test_a_time_entered_afterwards_is_marked_attested(terminal: Terminal) -> None:
    during_the_morning(terminal)
    terminal.at("2026-11-23 12:00:00")
    terminal.does("tick")
    assert terminal.json("log", *TODAY, "--json")[0]["state"] == "missed"
    said = terminal.does("check", "--by", "kim", "--at", "2026-11-23T09:40")
    assert "counts for 2026-11-23/weekday-morning (completed)" in said
    [row] = terminal.json("log", *TODAY, "--json")
    [check] = row["checks"]
    assert (check["attested"], check["viewed_at"]) == (True, "2026-11-23T14:40:00Z")
    assert check["recorded_at"] == "2026-11-23T17:00:00Z"
    assert "attested" in terminal.table("log", *TODAY)


def test_a_check_after_closing_makes_the_window_late_and_the_next_is_extra(terminal: Terminal) -> None:
    during_the_morning(terminal)
    terminal.at("2026-11-23 12:00:00")
    terminal.does("tick")
    assert "counts for 2026-11-23/weekday-morning (late)" in terminal.does("check", "--by", "kim")
    terminal.at("2026-11-23 12:30:00")
    assert "is an extra check" in terminal.does("check", "--by", "kim")
    rows = terminal.json("log", *TODAY, "--json")
    assert [(row["window"], row["state"], len(row["checks"])) for row in rows] == [
        ("2026-11-23/weekday-morning", "late", 1),
        (None, None, 1),
    ]
    assert "extra" in terminal.table("log", *TODAY)


def test_some_pages_viewed_late_count_for_the_window_and_what_it_lacks_is_said(
    terminal: Terminal,
) -> None:
    during_the_morning(terminal)
    terminal.at("2026-11-23 12:00:00")
    terminal.does("tick")
    said = terminal.does("check", "--by", "kim", "--page", "fb", "--page", "tw", "--page", "li")
    assert "counts late for 2026-11-23/weekday-morning (missed), which still lacks blog, yt" in said
    said = terminal.does("check", "--by", "kim", "--page", "yt", "--page", "blog")
    assert "counts for 2026-11-23/weekday-morning (late)" in said
    assert "is an extra check" in terminal.does("check", "--by", "kim", "--page", "fb")


def test_a_window_that_no_tick_saw_is_unattended_in_the_log_before_the_next_one(
    terminal: Terminal,
) -> None:
    terminal.does("tick")
    terminal.at("2026-11-23 10:00:00")
    assert [row["unattended"] for row in terminal.json("log", *TODAY, "--json")] == [False]
    terminal.at("2026-11-23 12:00:00")
    before = terminal.json("log", *TODAY, "--json")
    assert [(row["state"], row["unattended"]) for row in before] == [("missed", True)]
    terminal.does("tick")
    assert terminal.json("log", *TODAY, "--json") == before


def test_the_log_as_csv_has_a_line_a_check(terminal: Terminal) -> None:
    during_the_morning(terminal)
    terminal.does("check", "--by", "kim", "--page", "fb")
    terminal.does("check", "--by", "lee", "--page", "tw")
    said = terminal.does("log", *TODAY, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said)))
    assert [(row["by"], row["pages"]) for row in rows] == [(KIM, "fb"), (LEE, "tw")]


def test_a_child_at_risk_shows_the_contact_lines_first_and_tells_pio_and_ed(terminal: Terminal) -> None:
    during_the_morning(terminal)
    said = terminal.does("check", "--by", "lee", "--finding", "fb:child")
    assert said.startswith(CONTACT)
    terminal.does("tick")
    told = {n["person"] for n in terminal.json("notices", "--json") if n["reason"] == "child_referred"}
    assert told == {KIM, DANA}
    [row] = terminal.json("log", *TODAY, "--json")
    assert row["checks"][0]["findings"] == [{"page": "fb", "category": "child", "action": "referred"}]


def test_a_child_who_was_not_referred_shows_the_contact_lines_all_the_same(terminal: Terminal) -> None:
    ended = terminal.type("check", "--by", "lee", "--finding", "fb:child:hidden")
    assert (ended.code, ended.out) == (2, CONTACT)
    assert "call the contact lines first" in ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--by", "pat"), "Pat Lindqvist may not complete a check"),
        (("--by", "kim", "--page", "myspace"), "--page: 'myspace' is not an active page"),
        (("--by", "kim", "--page", "tw", "--finding", "fb:4"), "'fb' is not among the pages"),
        (("--by", "kim", "--finding", "fb:notice:deleted"), "cannot be hidden or deleted"),
        (("--by", "kim", "--at", "2026-11-23T23:00"), "--at: "),
    ],
)
def test_a_refused_check_records_nothing_but_that_it_was_tried(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    assert words in terminal.refuses_the_act("check", *arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--by", "kim", "--finding", "fb:10"), "--finding: '10' is not a category"),
        (("--by", "kim", "--finding", "fb:1:burned"), "--finding: 'burned' is not an action"),
        (("--by", "kim", "--finding", "fb"), "--finding: '' is not a category"),
        (("--by", "kim", "--at", "yesterday"), "--at: 'yesterday' is neither"),
        (("--by", "kim", "--note", "her number is 123-45-6789"), "--note: this looks like a Social"),
        (("--by", "kim", "--note", "x" * 501), "--note: 501 characters"),
        (("--by", "nobody"), "--by: 'nobody' is nobody"),
        ((), "Missing option '--by'"),
    ],
)
def test_a_check_that_cannot_be_read_records_nothing(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    before = terminal.rows()
    assert words in terminal.refuses("check", *arguments)
    assert terminal.rows() == before


def test_a_deactivated_person_does_not_complete_a_check(terminal: Terminal) -> None:
    terminal.does("person", "deactivate", "lee")
    assert "Lee Okafor is deactivated" in terminal.refuses("check", "--by", LEE)
    assert "--by: Lee Okafor is deactivated" in terminal.refuses("leave", "cancel", "1", "--by", LEE)


def test_a_tick_reminds_once_and_a_second_tick_does_nothing(terminal: Terminal) -> None:
    terminal.does("tick")
    terminal.at("2026-11-23 07:45:00")
    said = terminal.does("tick")
    assert "MAIL to Kim Rivera <kim.rivera@example.org>" in said
    assert said.rstrip().endswith("2 steps, next due 2026-11-23T13:30:00Z.")
    terminal.at("2026-11-23 08:30:00")
    said = terminal.does("tick")
    assert "TEXT to Kim Rivera <+14195550101>" in said
    assert said.rstrip().endswith("1 steps, next due 2026-11-23T14:00:00Z.")
    again = terminal.does("tick")
    assert again == "Ticked at 2026-11-23T13:30:00Z: 0 steps, next due 2026-11-23T14:00:00Z.\n"


def test_notices_names_each_message_with_its_attempts(terminal: Terminal) -> None:
    terminal.does("tick")
    terminal.at("2026-11-23 08:30:00")
    terminal.does("tick")
    found = terminal.json("notices", *TODAY, "--json")
    assert [(one["step"], one["person"], one["channel"]) for one in found] == [
        ("warning", KIM, "sms"),
        ("digest", KIM, "email"),
        ("digest", DANA, "email"),
        ("opening", KIM, "sms"),
    ]
    notice = found[-1]
    contract = ("key", "reason", "step", "window", "person", "channel", "due_at", "state")
    assert [notice[name] for name in contract] == [
        "check_due/2026-11-23/weekday-morning/opening/1",
        "check_due",
        "opening",
        "2026-11-23/weekday-morning",
        KIM,
        "sms",
        "2026-11-23T13:30:00Z",
        "delivered",
    ]
    [attempt] = notice["attempts"]
    assert (attempt["channel"], attempt["state"]) == ("sms", "delivered")
    assert "opening" in terminal.table("notices", *TODAY)


def test_a_window_that_no_tick_saw_is_unattended_and_told_in_one_summary(terminal: Terminal) -> None:
    terminal.does("tick")
    terminal.at("2026-11-23 20:00:00")
    terminal.does("tick")
    rows = terminal.json("log", *TODAY, "--json")
    assert [(row["state"], row["unattended"]) for row in rows] == [("missed", True)] * 2
    told = {(n["step"], n["person"]) for n in terminal.json("notices", *TODAY, "--json")}
    summary = {("unattended", who) for who in (KIM, DANA, "jo.haddad@example.org")}
    assert told == summary | {("warning", KIM), ("digest", KIM), ("digest", DANA)}
    assert "unattended" in terminal.table("log", *TODAY)


def test_verify_holds_until_an_entry_is_changed(terminal: Terminal) -> None:
    said = terminal.does("verify")
    checkpoint = said.split()[-1]
    assert terminal.does("verify", "--checkpoint", checkpoint) == said
    wrong = terminal.type("verify", "--checkpoint", "3:" + "0" * 64)
    assert (wrong.code, "does NOT hold" in wrong.out, wrong.err) == (1, True, "")
    record = sqlite3.connect(terminal.folder / "watchbill.db")
    with record:
        record.execute("DROP TRIGGER journal_no_update")
        record.execute("UPDATE journal SET actor = 'person:2' WHERE number = 3")
    record.close()
    changed = terminal.type("verify")
    assert (changed.code, "does NOT hold" in changed.out) == (1, True)
    assert "3" in changed.out


def test_verify_refuses_a_checkpoint_that_is_none(terminal: Terminal) -> None:
    assert "--checkpoint: 'x' is not" in terminal.refuses("verify", "--checkpoint", "x")


def test_a_test_message_goes_out_by_the_channel_asked_for(terminal: Terminal) -> None:
    said = terminal.does("test-message", "kim", "--channel", "email")
    assert "MAIL to Kim Rivera <kim.rivera@example.org>" in said
    assert said.endswith("The test to Kim Rivera by email is delivered.\n")
    assert "TEXT to Kim Rivera" in terminal.does("test-message", "kim")
    assert "no mobile number" in terminal.refuses("test-message", "sam", "--channel", "sms")


def test_a_test_message_that_does_not_go_out_exits_3(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHBILL_EMAIL__PROVIDER", "smtp")
    monkeypatch.setenv("WATCHBILL_EMAIL__HOST", "127.0.0.1")
    monkeypatch.setenv("WATCHBILL_EMAIL__PORT", str(free_port()))
    sentence = terminal.refuses("test-message", "sam", code=3)
    assert sentence.startswith("The test to Sam Novak by email did not go out: mail server: ")


@pytest.mark.parametrize("assume", ["done", "missed"])
def test_a_rehearsal_tells_what_would_be_sent_and_changes_nothing(
    terminal: Terminal, assume: str
) -> None:
    terminal.does("designate", "lee", "--from", "2026-11-26", "--to", "2026-11-26")
    terminal.does("check", "--by", "kim")
    terminal.does("tick")
    before = terminal.entries(), terminal.json("notices", "--json")
    span = ("--from", "2026-11-23", "--to", "2026-11-27", "--assume", assume)
    told = terminal.json("rehearse", *span, "--json")
    assert (terminal.entries(), terminal.json("notices", "--json")) == before
    steps = {one["step"] for one in told}
    assert ("missed" in steps) == (assume == "missed")
    assert {"opening", "uncovered"} <= steps
    of_windows = {"opening": 2} if assume == "done" else dict.fromkeys(LADDER, 2)
    of_lee = Counter(one["step"] for one in told if one["person"] == LEE)
    assert of_lee == {"assigned": 1, "hand_over": 2, **of_windows}
    heading, *rest = terminal.does("rehearse", *span).splitlines()
    assert f"{len(told)} messages, if checks are {assume}" in heading
    assert max(map(len, rest)) <= WIDTH


def test_a_rehearsal_says_how_to_answer_where_answers_are_read(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    span = ("--from", "2026-11-23", "--to", "2026-11-24")

    def openings() -> list[str]:
        told = terminal.json("rehearse", *span, "--json")
        return [one["text"] for one in told if one["step"] == "opening"]

    said = openings()
    assert said
    assert not any("eply DONE" in text for text in said)
    monkeypatch.setenv("WATCHBILL_SMS__PROVIDER", "twilio")
    monkeypatch.setenv("WATCHBILL_SMS__ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("WATCHBILL_SMS__AUTH_TOKEN", "secret")
    answered = openings()
    assert len(answered) == len(said)
    assert all("eply DONE" in text for text in answered)


def test_the_log_names_the_monitor_of_a_window_that_is_open(terminal: Terminal) -> None:
    during_the_morning(terminal)
    terminal.does("check", "--by", "kim")
    [row, *_] = terminal.json("log", *TODAY, "--format", "json")
    assert row["monitor"] == KIM
    [line] = [one for one in terminal.table("log", *TODAY).splitlines() if "completed" in one]
    assert line.count("Kim Rivera") == 2


def test_people_are_added_edited_and_deactivated(terminal: Terminal) -> None:
    mia = ("--email", "mia.chen@example.org", "--name", "Mia  Chen", "--mobile", "419-555-0105")
    said = terminal.does("person", "add", *mia, "--role", "designee")
    assert said == "Person 7: Mia Chen <mia.chen@example.org> is added.\n"
    terminal.does("person", "edit", "mia", "--name", "Mia Chen-Roy", "--channel", "email")
    terminal.does("person", "deactivate", "mia", "--by", DANA, "--reason", "moved on")
    found = terminal.json("person", "list", "--json")[-1]
    assert found == {
        "email": "mia.chen@example.org",
        "name": "Mia Chen-Roy",
        "mobile": "+14195550105",
        "roles": ["designee"],
        "channels": ["email"],
        "active": False,
        "quiet": None,
    }
    assert "deactivat" in terminal.table("person", "list")
    terminal.does("person", "activate", "mia")


def test_without_the_pio_everything_is_uncovered_and_said_so(terminal: Terminal) -> None:
    ended = terminal.type("person", "deactivate", "kim")
    assert ended.code == 0
    assert "there is no PIO now" in ended.err
    assert "nobody covers" in ended.err
    assert any("Nobody is the PIO" in x for x in terminal.json("status", "--json", code=1)["unhealthy"])


def test_pages_are_added_and_retired(terminal: Terminal) -> None:
    page = ("--platform", "Bluesky", "--name", "LCCS on Bluesky", "--url", "https://bsky.app/x")
    terminal.does("page", "add", "--key", "bsky", *page)
    assert terminal.does("page", "retire", "bsky") == "Page bsky is retired.\n"
    found = {page["key"]: page for page in terminal.json("page", "list", "--json")}
    assert found["bsky"] == {
        "key": "bsky",
        "platform": "Bluesky",
        "name": "LCCS on Bluesky",
        "url": "https://bsky.app/x",
        "active_from": "2026-11-23T05:00:00Z",
        "active_until": "2026-11-23T12:00:00Z",
    }
    assert found["fb"]["active_until"] is None
    assert "bsky" in terminal.table("page", "list")
    assert "retired already" in terminal.refuses("page", "retire", "bsky")
    for key in ("fb", "tw", "yt", "li"):
        terminal.does("page", "retire", key)
    terminal.does("page", "retire", "blog", warning="Warning: no page is active")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("person", "add", "--email", KIM.upper(), "--name", "K"), "a person with this email already"),
        (("person", "add", "--email", "a@b.org", "--name", "A", "--role", "pio"), "2 active people"),
        (("person", "edit", "lee", "--email", KIM), "--email: kim.rivera@example.org belongs to"),
        (("person", "edit", "dana", "--role", "manager"), "no Executive Director"),
        (("person", "deactivate", "dana"), "no Executive Director"),
        (("person", "activate", "lee"), "Lee Okafor is active already"),
        (("page", "retire", "myspace"), "myspace: there is no such page; there are: blog, fb"),
        (
            ("page", "add", "--key", "fb", "--platform", "F", "--name", "F", "--url", "https://a.org"),
            "--key: there is a page with this key already, fb",
        ),
    ],
)
def test_a_refused_person_or_page_changes_nothing_and_is_on_record(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    assert words in terminal.refuses_the_act(*arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("person", "add", "--email", "kim", "--name", "Kim"), "email: 'kim' is not an email address"),
        (("person", "add", "--email", "a@b.org", "--name", " "), "name: is empty"),
        (("person", "add", "--email", "a@b.org", "--name", "A", "--mobile", "12"), "mobile: '12'"),
        (
            ("person", "add", "--email", "a@b.org", "--name", "A", "--channel", "sms"),
            "mobile: is missing",
        ),
        (("person", "add", "--email", "a@b.org", "--name", "A", "--role", "king"), "'--role': 'king'"),
        (
            ("page", "add", "--key", "F B", "--platform", "F", "--name", "F", "--url", "https://a.org"),
            "key: 'F B' is not a key",
        ),
        (
            ("page", "add", "--key", "x", "--platform", "F", "--name", "F", "--url", "javascript:x"),
            "url: 'javascript:x' is not a web address",
        ),
    ],
)
def test_a_person_or_page_that_cannot_be_read_changes_nothing(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    before = terminal.rows()
    assert words in terminal.refuses(*arguments)
    assert terminal.rows() == before


def test_quiet_hours_are_set_shown_and_taken_away(terminal: Terminal) -> None:
    def quiet() -> object:
        return next(p["quiet"] for p in terminal.json("person", "list", "--json") if p["email"] == KIM)

    assert quiet() is None
    terminal.does("person", "edit", "kim", "--quiet", "21:00-07:00")
    assert quiet() == "21:00-07:00"
    terminal.does("person", "edit", "kim", "--name", "Kim Rivera-Diaz")
    assert quiet() == "21:00-07:00"
    assert "--quiet: '9pm'" in terminal.refuses("person", "edit", "kim", "--quiet", "9pm")
    terminal.does("person", "edit", "kim", "--quiet", "")
    assert quiet() is None
