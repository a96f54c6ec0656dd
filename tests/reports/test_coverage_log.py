"""The coverage log: every window that has opened with its checks, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.cast import DANA, KIM, LEE, MORGAN, local
from tests.store.desk import AFTERNOON_ID, MONDAY, MORNING_ID, OPERATOR, Desk
from watchbill.acts.check import parse_finding
from watchbill.acts.roster import deactivate_person, load_roster
from watchbill.core.checks import Way
from watchbill.core.roster import Person
from watchbill.reports.coverage_log import COLUMNS, _plain, coverage_log

TUESDAY = "2026-11-24"
ROW_KEYS = {
    "window",
    "rule",
    "date",
    "opens_at",
    "closes_at",
    "state",
    "unattended",
    "monitor",
    "checks",
    "explanations",
}
CHECK_KEYS = {
    "entry",
    "by",
    "viewed_at",
    "recorded_at",
    "pages",
    "findings",
    "way",
    "attested",
    "amends",
}
BOTH_WAYS = pytest.mark.parametrize("ticked", [False, True], ids=["no tick", "a tick"])


def logged(desk: Desk, first: str = MONDAY, last: str | None = None) -> list[dict[str, Any]]:
    found = coverage_log(desk.office, date.fromisoformat(first), date.fromisoformat(last or first))
    return found.as_json()


def rows_of_csv(desk: Desk) -> list[dict[str, str]]:
    day = date.fromisoformat(MONDAY)
    text = coverage_log(desk.office, day, day).as_csv()
    assert text.count("\r\n") == len(text.splitlines())
    return list(csv.DictReader(io.StringIO(text, newline="")))


def maybe_tick(desk: Desk, *, ticked: bool) -> None:
    if ticked:
        desk.tick()


@BOTH_WAYS
@pytest.mark.parametrize(
    ("at", "windows"),
    [
        ("T08:29:59", []),
        ("T08:30", [(MORNING_ID, "open")]),
        ("T11:30", [(MORNING_ID, "missed")]),
        ("T13:30", [(MORNING_ID, "missed"), (AFTERNOON_ID, "open")]),
    ],
)
def test_windows_that_have_opened_are_in_the_log(
    desk: Desk, *, ticked: bool, at: str, windows: list[tuple[str, str]]
) -> None:
    desk.at(MONDAY + at)
    maybe_tick(desk, ticked=ticked)
    assert [(row["window"], row["state"]) for row in logged(desk)] == windows


def test_a_row_and_a_check_have_the_keys_of_the_contract(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00:00.999999")
    found = (parse_finding("FB:4:hidden"), parse_finding("YT:offensive"))
    receipt = desk.check(KIM, findings=found, way=Way.SMS)
    (row,) = logged(desk)
    assert set(row) == ROW_KEYS
    assert {key: row[key] for key in ROW_KEYS - {"checks", "explanations"}} == {
        "window": MORNING_ID,
        "rule": "weekday-morning",
        "date": MONDAY,
        "opens_at": "2026-11-23T13:30:00Z",
        "closes_at": "2026-11-23T16:30:00Z",
        "state": "completed",
        "unattended": False,
        "monitor": KIM.email,
    }
    (check,) = row["checks"]
    assert set(check) == CHECK_KEYS
    assert check == {
        "entry": receipt.number,
        "by": KIM.email,
        "viewed_at": "2026-11-23T14:00:00Z",
        "recorded_at": "2026-11-23T14:00:00Z",
        "pages": ["FB", "YT"],
        "findings": [
            {"page": "FB", "category": "4", "action": "hidden"},
            {"page": "YT", "category": "offensive", "action": "none"},
        ],
        "way": "sms",
        "attested": False,
        "amends": None,
    }


@pytest.mark.parametrize("who", [DANA, None], ids=["designated", "nobody"])
def test_an_open_window_names_its_monitor_as_the_facts_are_now(desk: Desk, who: Person | None) -> None:
    desk.at(f"{MONDAY}T09:00")
    desk.tick()
    desk.away(KIM, f"{MONDAY}T07:00", f"{MONDAY}T23:00")
    if who is not None:
        desk.designate(MORGAN, who, f"{MONDAY}T07:00", f"{MONDAY}T23:00")
    assert logged(desk)[0]["monitor"] == (None if who is None else who.email)


def test_a_closed_window_names_its_monitor_also_when_they_have_gone(desk: Desk) -> None:
    desk.at(f"{MONDAY}T12:00")
    desk.tick()
    deactivate_person(desk.office, OPERATOR, KIM)
    assert logged(desk)[0]["monitor"] == KIM.email


@BOTH_WAYS
def test_a_check_made_up_late_stands_under_the_window_that_it_makes_up(
    desk: Desk, *, ticked: bool
) -> None:
    desk.at(f"{MONDAY}T12:00")
    maybe_tick(desk, ticked=ticked)
    receipt = desk.check(KIM)
    (row,) = logged(desk)
    assert (row["state"], [c["entry"] for c in row["checks"]]) == ("late", [receipt.number])


@BOTH_WAYS
def test_extra_checks_stand_by_themselves_one_row_a_day(desk: Desk, *, ticked: bool) -> None:
    numbers = []
    for at in (f"{MONDAY}T07:10", f"{MONDAY}T07:20", f"{TUESDAY}T07:10"):
        desk.at(at)
        numbers.append(desk.check(KIM).number)
    maybe_tick(desk, ticked=ticked)
    extra = [row for row in logged(desk, MONDAY, TUESDAY) if row["window"] is None]
    assert [(row["date"], [c["entry"] for c in row["checks"]]) for row in extra] == [
        (MONDAY, numbers[:2]),
        (TUESDAY, numbers[2:]),
    ]
    nothing = ("rule", "opens_at", "closes_at", "state", "monitor")
    assert {key: extra[0][key] for key in nothing} == dict.fromkeys(nothing)
    assert set(extra[0]) == ROW_KEYS


@BOTH_WAYS
def test_an_attested_check_shows_both_times(desk: Desk, *, ticked: bool) -> None:
    desk.at(f"{MONDAY}T12:00")
    maybe_tick(desk, ticked=ticked)
    desk.check(KIM, at=local(f"{MONDAY}T09:00"))
    (row,) = logged(desk)
    (check,) = row["checks"]
    assert (row["state"], check["attested"]) == ("completed", True)
    assert (check["viewed_at"], check["recorded_at"]) == (
        "2026-11-23T14:00:00Z",
        "2026-11-23T17:00:00Z",
    )


@BOTH_WAYS
def test_what_was_entered_after_midnight_stands_beside_and_changes_no_state(
    desk: Desk, *, ticked: bool
) -> None:
    desk.at(f"{TUESDAY}T07:00")
    maybe_tick(desk, ticked=ticked)
    inside = desk.check(KIM, at=local(f"{MONDAY}T09:00"))
    outside = desk.check(KIM, at=local(f"{MONDAY}T06:00"))
    rows = {row["window"]: row for row in logged(desk)}
    assert rows[MORNING_ID]["state"] == "missed"
    assert [c["entry"] for c in rows[MORNING_ID]["checks"]] == [inside.number]
    assert [c["entry"] for c in rows[None]["checks"]] == [outside.number]


def test_two_who_split_a_window_both_stand_under_it_in_order(desk: Desk) -> None:
    desk.at(f"{MONDAY}T10:00")
    second = desk.check(LEE, "YT").number
    first = desk.check(DANA, "FB", at=local(f"{MONDAY}T09:00")).number
    (row,) = logged(desk)
    assert [c["entry"] for c in row["checks"]] == [first, second]
    assert row["state"] == "completed"


def test_windows_that_nobody_attended_say_so(desk: Desk) -> None:
    desk.at(f"{TUESDAY}T07:00")
    desk.tick()
    assert [(row["state"], row["unattended"]) for row in logged(desk)] == [("missed", True)] * 2


def test_the_log_is_the_oldest_first(desk: Desk) -> None:
    desk.at("2026-11-26T12:00")
    desk.tick()
    opened = [row["opens_at"] for row in logged(desk, MONDAY, "2026-11-30")]
    assert opened == sorted(opened)
    assert len(opened) == 7


def test_to_ask_changes_nothing_and_an_empty_record_is_an_empty_log(
    desk: Desk, bare_desk: Desk
) -> None:
    desk.at(f"{MONDAY}T12:00")
    before = desk.dump()
    logged(desk)
    assert desk.dump() == before
    assert logged(bare_desk) == []


def test_csv_has_a_line_a_check_and_a_line_for_a_window_without_one(desk: Desk) -> None:
    desk.at(f"{MONDAY}T07:10")
    extra = desk.check(KIM).number
    desk.at(f"{MONDAY}T09:00")
    numbers = [
        desk.check(DANA, "FB", findings=(parse_finding("FB:child"), parse_finding("FB:1"))).number,
        desk.check(LEE, "YT").number,
    ]
    desk.at(f"{MONDAY}T14:00")
    desk.tick()
    rows = rows_of_csv(desk)
    assert list(rows[0]) == list(COLUMNS)
    assert [(row["window"], row["entry"]) for row in rows] == [
        (MORNING_ID, str(numbers[0])),
        (MORNING_ID, str(numbers[1])),
        (AFTERNOON_ID, ""),
        ("", str(extra)),
    ]
    assert (rows[0]["findings"], rows[0]["pages"]) == ("FB:child:referred FB:1:none", "FB")
    assert (rows[0]["by"], rows[0]["state"], rows[0]["attested"]) == (DANA.email, "completed", "false")
    assert rows[3]["pages"] == "FB YT"


def test_csv_of_nothing_is_its_head(bare_desk: Desk) -> None:
    day = date.fromisoformat(MONDAY)
    assert coverage_log(bare_desk.office, day, day).as_csv() == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize("begins", ["=", "+", "-", "@"])
def test_what_a_spreadsheet_would_read_as_a_formula_is_text(desk: Desk, begins: str) -> None:
    person = replace(DANA, email=f"{begins}cmd|x@example.org")
    load_roster(desk.office, OPERATOR, (person,), ())
    found = next(p for p in (desk.person(n) for n in range(1, 8)) if p.email == person.email)
    desk.at(f"{MONDAY}T09:00")
    desk.check(found)
    (row,) = rows_of_csv(desk)
    assert row["by"] == f"'{begins}cmd|x@example.org"


@pytest.mark.parametrize(
    ("value", "cell"),
    [("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("a=1", "a=1"), ("", ""), (True, "true"), (-3, -3)],
)
def test_a_cell_is_text_where_it_could_be_a_formula(value: object, cell: object) -> None:
    assert _plain(value) == cell
