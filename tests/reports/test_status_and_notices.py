"""How things stand, and every notice with its attempts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.cast import DANA, KIM, MORGAN
from tests.post.rig import Fake, passing, permanent, with_fakes
from tests.store.desk import AFTERNOON_ID, MONDAY, MORNING_ID, OPERATOR, Desk
from watchbill.acts.roster import deactivate_person, retire_page
from watchbill.post.letters import Receipt
from watchbill.reports.notice_list import notice_list
from watchbill.reports.status import TICK_IS_FRESH, Status, status

TUESDAY = "2026-11-24"
NOTICE_KEYS = {"key", "reason", "step", "window", "person", "channel", "due_at", "state", "attempts"}


def stands(desk: Desk) -> dict[str, Any]:
    return status(desk.office).as_json()


def unhealthy(desk: Desk) -> tuple[str, ...]:
    found: Status = status(desk.office)
    assert found.as_json()["healthy"] is (not found.unhealthy)
    return found.unhealthy


def listed(desk: Desk, first: str = MONDAY, last: str | None = None) -> list[dict[str, Any]]:
    return notice_list(desk.office, date.fromisoformat(first), date.fromisoformat(last or first))


# How things stand


def test_a_healthy_morning(desk: Desk) -> None:
    tested = with_fakes(desk, Fake(), Fake())
    desk.tick()
    tested.deliver()
    desk.at(f"{MONDAY}T09:00")
    desk.tick()
    found = stands(desk)
    entry, _ = desk.last_entry()
    assert found == {
        "now": "2026-11-23T14:00:00Z",
        "responsible": KIM.email,
        "why": "pio",
        "open": [
            {
                "id": MORNING_ID,
                "opens_at": "2026-11-23T13:30:00Z",
                "closes_at": "2026-11-23T16:30:00Z",
                "state": "open",
                "monitor": KIM.email,
            }
        ],
        "next": {
            "id": AFTERNOON_ID,
            "opens_at": "2026-11-23T18:30:00Z",
            "closes_at": "2026-11-23T21:30:00Z",
            "state": "upcoming",
            "monitor": KIM.email,
        },
        "healthy": True,
        "unhealthy": [],
        "ticked_at": "2026-11-23T14:00:00Z",
        "journal": {"entry": entry.number, "hash": entry.hash[:10]},
    }


def test_who_stands_in_is_named_with_the_reason(desk: Desk) -> None:
    desk.designate(KIM, DANA, MONDAY, TUESDAY)
    found = stands(desk)
    assert (found["responsible"], found["why"], found["open"]) == (DANA.email, "designation", [])


def test_an_empty_database_is_unhealthy_and_says_what_to_do(bare_desk: Desk) -> None:
    found = unhealthy(bare_desk)
    assert [sentence.split(":")[0] for sentence in found] == [
        "There is nobody to watch",
        "Nobody is the PIO",
        "Nobody is the Executive Director",
        "No page is active",
    ]
    assert stands(bare_desk)["journal"] == {"entry": 0, "hash": "0000000000"}
    assert stands(bare_desk)["ticked_at"] is None


@pytest.mark.parametrize(("seconds", "fresh"), [(-1, True), (0, True), (1, False)])
def test_a_tick_is_fresh_for_so_long(desk: Desk, *, seconds: int, fresh: bool) -> None:
    desk.tick()
    desk.clock.set(desk.clock.now() + TICK_IS_FRESH)
    desk.later(seconds=seconds)
    assert (unhealthy(desk) == ()) is fresh


def test_a_tick_of_the_future_is_as_suspect_as_one_of_the_past(desk: Desk) -> None:
    desk.tick()
    desk.clock.set(desk.clock.now() - 2 * TICK_IS_FRESH)
    assert unhealthy(desk)[0].startswith("The last tick ran at ")


FAULTS: dict[str, Callable[[Desk], object]] = {
    "Nobody is the PIO": lambda desk: deactivate_person(desk.office, OPERATOR, KIM),
    "No page is active": lambda desk: [retire_page(desk.office, OPERATOR, key) for key in ("FB", "YT")],
    f"Nobody is responsible for the open window {MORNING_ID}": lambda desk: desk.away(
        KIM, MONDAY, TUESDAY
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_one_sentence_with_the_cure(desk: Desk, fault: str) -> None:
    desk.at(f"{MONDAY}T09:00")
    FAULTS[fault](desk)
    desk.tick()
    assert any(sentence.startswith(f"{fault}: ") for sentence in unhealthy(desk))


def test_a_window_that_is_done_needs_nobody_any_more(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    desk.check(DANA)
    desk.away(KIM, MONDAY, TUESDAY)
    desk.tick()
    assert unhealthy(desk) == ()


@pytest.mark.parametrize(("minutes", "late"), [(14, False), (15, False), (16, True)])
def test_messages_that_wait_too_long_are_a_fault(desk: Desk, *, minutes: int, late: bool) -> None:
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    desk.later(minutes=minutes)
    desk.tick()
    assert any("waiting for 15 minutes" in sentence for sentence in unhealthy(desk)) is late


def test_messages_that_reached_nobody_are_a_fault_for_a_day(desk: Desk) -> None:
    tested = with_fakes(desk, Fake([permanent()]), Fake([permanent()]))
    desk.tick()
    tested.deliver()
    assert "Messages reached nobody in the last day (1): see `watchbill notices`." in unhealthy(desk)
    desk.later(days=1, seconds=1)
    assert not any("reached nobody" in sentence for sentence in unhealthy(desk))


def test_to_ask_changes_nothing(desk: Desk) -> None:
    desk.at(f"{MONDAY}T12:00")
    before = desk.dump()
    stands(desk)
    listed(desk)
    assert desk.dump() == before


# Notices


def test_a_notice_and_its_attempts_have_the_keys_of_the_contract(desk: Desk) -> None:
    tested = with_fakes(desk, Fake([passing("busy"), Receipt("SM1")]), Fake())
    desk.tick()
    tested.deliver()
    desk.later(seconds=15)
    tested.deliver()
    (notice,) = listed(desk)
    assert set(notice) >= NOTICE_KEYS
    attempts = notice.pop("attempts")
    assert {key: notice[key] for key in NOTICE_KEYS - {"attempts"}} == {
        "key": f"check_due/{MORNING_ID}/opening/{KIM.id}",
        "reason": "check_due",
        "step": "opening",
        "window": MORNING_ID,
        "person": KIM.email,
        "channel": "sms",
        "due_at": "2026-11-23T13:30:00Z",
        "state": "sent",
    }
    assert attempts == [
        {
            "channel": "sms",
            "at": "2026-11-23T13:30:00Z",
            "state": "deferred",
            "finished_at": "2026-11-23T13:30:00Z",
            "provider_id": None,
            "error": "busy",
        },
        {
            "channel": "sms",
            "at": "2026-11-23T13:30:15Z",
            "state": "sent",
            "finished_at": "2026-11-23T13:30:15Z",
            "provider_id": "SM1",
            "error": None,
        },
    ]


def test_a_notice_without_an_attempt_and_without_a_window_is_listed_too(desk: Desk) -> None:
    desk.designate(KIM, DANA, MONDAY, TUESDAY)
    (notice,) = listed(desk)
    assert (notice["window"], notice["attempts"], notice["state"]) == (None, [], "pending")


def test_what_was_skipped_says_why(desk: Desk) -> None:
    desk.at(f"{MONDAY}T11:00")
    desk.tick()
    assert [(n["step"], n["state"], n["why"]) for n in listed(desk)] == [
        ("opening", "skipped", "next_step_due"),
        ("nudge", "skipped", "next_step_due"),
        ("last_call", "pending", None),
    ]


def test_notices_are_listed_by_the_local_date_on_which_they_were_due(desk: Desk) -> None:
    desk.away(KIM, MONDAY, "2026-11-26")
    for at in (f"{MONDAY}T09:00", f"{TUESDAY}T09:00"):
        desk.at(at)
        desk.tick()
    days = [
        [n["window"] for n in listed(desk, day) if n["step"] == "uncovered"]
        for day in (MONDAY, TUESDAY)
    ]
    assert days == [[MORNING_ID], [f"{TUESDAY}/weekday-morning"]]
    assert listed(desk, "2026-11-25", "2026-12-31") == []
    due = [n["due_at"] for n in listed(desk, MONDAY, TUESDAY)]
    assert due == sorted(due)
    assert {n["person"] for n in listed(desk, MONDAY)} >= {MORGAN.email}
