"""The plan and its gaps: answered from the facts, whether or not a tick has run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from tests.cast import DANA, KIM, MORGAN, MORNING, RULES, SAM, THANKSGIVING
from tests.store.desk import AFTERNOON_ID, MONDAY, MORNING_ID, OPERATOR, SHORT, WHOLE, Desk
from watchbill.acts.roster import add_person, deactivate_person
from watchbill.core.roster import DutyKind
from watchbill.reports.plan import gaps, gaps_as_json, plan

TUESDAY = "2026-11-24"
SEVEN_UTC = "2026-11-23T12:00:00Z"
WINDOW_KEYS = {"id", "rule", "date", "opens_at", "closes_at", "state", "monitor", "spans"}
BOTH_WAYS = pytest.mark.parametrize("ticked", [False, True], ids=["no tick", "a tick"])


def planned(desk: Desk, first: str = MONDAY, last: str | None = None) -> list[dict[str, Any]]:
    found = plan(desk.office, date.fromisoformat(first), date.fromisoformat(last or first))
    return found.as_json()


def gaps_of(desk: Desk, first: str = MONDAY, last: str = "2026-11-30") -> list[dict[str, Any]]:
    return gaps_as_json(*gaps(desk.office, date.fromisoformat(first), date.fromisoformat(last)))


def maybe_tick(desk: Desk, *, ticked: bool) -> None:
    if ticked:
        desk.tick()


@BOTH_WAYS
def test_a_window_of_the_plan_has_the_keys_of_the_contract(desk: Desk, *, ticked: bool) -> None:
    maybe_tick(desk, ticked=ticked)
    morning, afternoon = planned(desk)
    assert set(afternoon) == WINDOW_KEYS
    assert morning == {
        "id": MORNING_ID,
        "rule": "weekday-morning",
        "date": MONDAY,
        "opens_at": "2026-11-23T13:30:00Z",
        "closes_at": "2026-11-23T16:30:00Z",
        "state": "upcoming",
        "monitor": KIM.email,
        "spans": [
            {
                "from": "2026-11-23T13:30:00Z",
                "until": "2026-11-23T16:30:00Z",
                "person": KIM.email,
                "why": "pio",
            }
        ],
    }


@BOTH_WAYS
@pytest.mark.parametrize(
    ("at", "states"),
    [
        ("T07:00", ["upcoming", "upcoming"]),
        ("T08:30", ["open", "upcoming"]),
        ("T11:29:59", ["open", "upcoming"]),
        ("T11:30", ["missed", "upcoming"]),
        ("T16:30", ["missed", "missed"]),
    ],
)
def test_states_are_those_of_now(desk: Desk, *, ticked: bool, at: str, states: list[str]) -> None:
    desk.at(MONDAY + at)
    maybe_tick(desk, ticked=ticked)
    assert [window["state"] for window in planned(desk)] == states


@BOTH_WAYS
def test_checks_show_whether_or_not_a_tick_has_run(desk: Desk, *, ticked: bool) -> None:
    desk.at(f"{MONDAY}T09:00")
    desk.check(KIM)
    desk.at(f"{MONDAY}T17:00")
    desk.check(KIM)
    maybe_tick(desk, ticked=ticked)
    assert [window["state"] for window in planned(desk)] == ["completed", "late"]


@BOTH_WAYS
def test_spans_cover_the_window_without_overlap_and_neighbours_differ(
    desk: Desk, *, ticked: bool
) -> None:
    desk.away(KIM, f"{MONDAY}T09:00", f"{MONDAY}T10:00")
    desk.designate(MORGAN, SAM, f"{MONDAY}T09:30", f"{MONDAY}T11:00", DutyKind.INTERIM)
    maybe_tick(desk, ticked=ticked)
    window = planned(desk)[0]
    spans = window["spans"]
    assert [(span["person"], span["why"]) for span in spans] == [
        (KIM.email, "pio"),
        (None, None),
        (SAM.email, "interim"),
        (KIM.email, "pio"),
    ]
    assert (spans[0]["from"], spans[-1]["until"]) == (window["opens_at"], window["closes_at"])
    assert [span["until"] for span in spans[:-1]] == [span["from"] for span in spans[1:]]
    assert window["monitor"] == SAM.email


@BOTH_WAYS
def test_a_holiday_without_a_designee_is_nobodys(desk: Desk, *, ticked: bool) -> None:
    desk = desk.read_as(WHOLE)
    maybe_tick(desk, ticked=ticked)
    windows = planned(desk, THANKSGIVING.isoformat())
    assert [window["monitor"] for window in windows] == [None, None]
    assert [span["why"] for window in windows for span in window["spans"]] == [None, None]


def test_the_plan_goes_beyond_the_horizon(desk: Desk) -> None:
    found = planned(desk, "2027-06-07", "2027-06-13")
    assert len(found) == 12
    assert found[0]["id"] == "2027-06-07/weekday-morning"
    assert found[0]["opens_at"] == "2027-06-07T12:30:00Z"


def test_a_plan_can_be_asked_for_before_the_record_begins(bare_desk: Desk) -> None:
    assert [window["monitor"] for window in planned(bare_desk)] == [None, None]
    add_person(bare_desk.office, OPERATOR, KIM)
    assert [window["monitor"] for window in planned(bare_desk)] == [KIM.email, KIM.email]


@BOTH_WAYS
def test_closed_windows_show_what_was_stored_at_closing(desk: Desk, *, ticked: bool) -> None:
    desk.at(f"{MONDAY}T12:00")
    maybe_tick(desk, ticked=ticked)
    deactivate_person(desk.office, OPERATOR, KIM)
    morning, afternoon = planned(desk)
    assert (morning["monitor"], afternoon["monitor"]) == (KIM.email, None)
    assert morning["spans"][0]["why"] == "pio"


@BOTH_WAYS
def test_the_plan_follows_the_reading_of_now_for_what_has_not_opened(
    desk: Desk, *, ticked: bool
) -> None:
    desk.at(f"{MONDAY}T09:00")
    desk.tick()
    changed = desk.read_as(replace(SHORT, rules=(replace(MORNING, opens=time(9, 30)), *RULES[1:])))
    maybe_tick(changed, ticked=ticked)
    assert planned(changed)[0]["opens_at"] == "2026-11-23T13:30:00Z"
    assert planned(changed, TUESDAY)[0]["opens_at"] == "2026-11-24T14:30:00Z"


def test_to_ask_changes_nothing(desk: Desk) -> None:
    desk.at(f"{MONDAY}T12:00")
    before = desk.dump()
    planned(desk, MONDAY, "2027-02-01")
    gaps_of(desk)
    assert desk.dump() == before


# Gaps


@BOTH_WAYS
def test_a_gap_is_a_run_of_windows_from_the_first_opening_to_the_last_closing(
    desk: Desk, *, ticked: bool
) -> None:
    desk.away(KIM, f"{MONDAY}T12:00", f"{TUESDAY}T12:00")
    maybe_tick(desk, ticked=ticked)
    found = gaps_of(desk, MONDAY, TUESDAY)
    assert found == [
        {
            "from": "2026-11-23T18:30:00Z",
            "until": "2026-11-24T16:30:00Z",
            "windows": [AFTERNOON_ID, f"{TUESDAY}/weekday-morning"],
            "known_since": SEVEN_UTC if ticked else None,
            "told": [
                {"person": KIM.email, "at": SEVEN_UTC, "step": "warning", "state": "pending"},
                {"person": MORGAN.email, "at": SEVEN_UTC, "step": "escalation", "state": "pending"},
            ]
            if ticked
            else [],
        }
    ]


def test_who_was_told_of_a_gap_and_when_stands_with_it(desk: Desk) -> None:
    desk.away(KIM, MONDAY, TUESDAY)
    desk.tick()
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    (gap,) = gaps_of(desk, MONDAY, TUESDAY)
    assert gap["known_since"] == SEVEN_UTC
    assert gap["told"] == [
        {"person": MORGAN.email, "at": SEVEN_UTC, "step": "escalation", "state": "pending"},
        {"person": MORGAN.email, "at": "2026-11-23T13:30:00Z", "step": "uncovered", "state": "pending"},
    ]


@BOTH_WAYS
def test_closed_windows_are_no_gap_any_more(desk: Desk, *, ticked: bool) -> None:
    desk.away(KIM, MONDAY, TUESDAY)
    for at, left in (
        ("T11:29:59", [MORNING_ID, AFTERNOON_ID]),
        ("T11:30", [AFTERNOON_ID]),
        ("T16:30", []),
    ):
        desk.at(MONDAY + at)
        maybe_tick(desk, ticked=ticked)
        assert [w for gap in gaps_of(desk, MONDAY, TUESDAY) for w in gap["windows"]] == left


@BOTH_WAYS
def test_a_gap_is_cut_to_the_dates_asked_for(desk: Desk, *, ticked: bool) -> None:
    desk.away(KIM, MONDAY, "2026-11-26")
    maybe_tick(desk, ticked=ticked)
    (gap,) = gaps_of(desk, TUESDAY, TUESDAY)
    assert gap["windows"] == [f"{TUESDAY}/weekday-morning", f"{TUESDAY}/weekday-afternoon"]


@BOTH_WAYS
def test_a_gap_that_is_filled_is_gone(desk: Desk, *, ticked: bool) -> None:
    desk.away(KIM, MONDAY, TUESDAY)
    maybe_tick(desk, ticked=ticked)
    desk.designate(KIM, DANA, MONDAY, TUESDAY)
    assert gaps_of(desk, MONDAY, TUESDAY) == []


@pytest.mark.parametrize(
    ("leaves_at", "covered"), [("T08:59:59", False), ("T09:00", True), ("T09:00:01", True)]
)
def test_a_window_is_covered_by_one_person_for_half_an_hour(
    desk: Desk, *, leaves_at: str, covered: bool
) -> None:
    desk.away(KIM, MONDAY + leaves_at, TUESDAY)
    uncovered = [w for gap in gaps_of(desk, MONDAY, TUESDAY) for w in gap["windows"]]
    assert (MORNING_ID not in uncovered) is covered


def test_in_an_empty_database_everything_is_a_gap(bare_desk: Desk) -> None:
    (gap,) = gaps_of(bare_desk, MONDAY, TUESDAY)
    assert (len(gap["windows"]), gap["known_since"], gap["told"]) == (4, None, [])
