"""A reason attached to a window: with name and date, the state stays (DOMAIN §4)."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.acts.refusal import refused, refused_unheard
from tests.cast import DANA, KIM, LEE, MORGAN, PAT, SAM, local
from tests.store.desk import AFTERNOON_ID, MONDAY, MORNING_ID, OPERATOR, Desk
from watchbill.acts.deed import By
from watchbill.acts.explain import Explained, explain_window
from watchbill.core.checks import Way
from watchbill.core.journal import Kind, verify
from watchbill.core.roster import Person
from watchbill.core.windows import State
from watchbill.reports.coverage_log import coverage_log
from watchbill.store import journal
from watchbill.store.journal import WORDS

WHY = "The office was closed by snow; nobody could reach a computer."
DAY = date.fromisoformat(MONDAY)


@pytest.fixture
def missed(desk: Desk) -> Desk:
    desk.at(f"{MONDAY}T09:00")
    desk.tick()
    desk.at(f"{MONDAY}T12:00")
    desk.tick()
    return desk


def explain(desk: Desk, who: Person | None, text: str = WHY, window: str = MORNING_ID) -> Explained:
    by = OPERATOR if who is None else By(who, Way.WEB)
    return explain_window(desk.office, by, window, text)


def explanations(desk: Desk) -> list[object]:
    rows = coverage_log(desk.office, DAY, DAY).as_json()
    found = next(row for row in rows if row["window"] == MORNING_ID)["explanations"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("who", [PAT, KIM, MORGAN, None], ids=["manager", "pio", "ed", "operator"])
def test_a_reason_stands_beside_the_window_with_name_and_date(missed: Desk, who: Person | None) -> None:
    done = explain(missed, who)
    assert explanations(missed) == [
        {
            "entry": done.entry,
            "by": None if who is None else who.email,
            "given_at": "2026-11-23T17:00:00Z",
            "text": WHY,
        }
    ]
    assert missed.states() == [State.MISSED, State.UPCOMING]
    entry, words = missed.last_entry()
    assert (entry.kind, entry.facts, done.short) == (
        Kind.WINDOW_EXPLAINED,
        {"window": MORNING_ID},
        entry.hash[:10],
    )
    assert words is not None
    assert words.text is not None
    assert words.text["text"] == WHY
    assert list(verify(missed.entries())) == []


@pytest.mark.parametrize("who", [DANA, SAM], ids=["a designee", "information services"])
def test_nobody_else_gives_a_reason(missed: Desk, who: Person) -> None:
    assert "only a manager, the PIO or the ED may" in refused(missed, lambda: explain(missed, who))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("   ", "empty"),
    ],
)
def test_a_reason_has_words(missed: Desk, text: str, says: str) -> None:
    assert says in refused(missed, lambda: explain(missed, PAT, text))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x" * 501, "501 characters"),
        ("about 123-45-6789", "Social Security"),
        ("two\nlines", "control characters"),
        ("turned \u202e round", "control characters"),
    ],
)
def test_words_that_must_not_be_kept_are_nowhere(missed: Desk, text: str, says: str) -> None:
    assert says in refused_unheard(missed, lambda: explain(missed, PAT, text))


@pytest.mark.parametrize("text", ["x" * 500, "Café 😀 <b>bold</b> =1+1"])
def test_a_reason_may_be_as_long_as_a_note_and_in_any_plain_words(missed: Desk, text: str) -> None:
    explain(missed, PAT, text)
    assert json.dumps(explanations(missed)).count('"text"') == 1


def test_only_a_window_that_needs_a_reason_gets_one(missed: Desk) -> None:
    assert "it is upcoming" in refused(missed, lambda: explain(missed, PAT, window=AFTERNOON_ID))
    assert "no such window" in refused(missed, lambda: explain(missed, PAT, window="2026-11-23/none"))
    missed.at(f"{MONDAY}T14:00")
    missed.check(LEE)
    assert "it is completed" in refused(missed, lambda: explain(missed, PAT, window=AFTERNOON_ID))


def test_a_late_and_an_unattended_window_may_be_explained(desk: Desk) -> None:
    desk.at(f"{MONDAY}T12:00")
    desk.tick()
    desk.check(KIM, at=local(f"{MONDAY}T09:00"))
    assert desk.states()[0] is State.COMPLETED
    assert desk.window(MORNING_ID).unattended
    explain(desk, PAT)
    desk.at(f"{MONDAY}T18:00")
    desk.tick()
    desk.check(KIM)
    assert desk.states()[1] is State.LATE
    explain(desk, PAT, window=AFTERNOON_ID)


def test_several_reasons_stand_in_order_and_redacted_words_say_so(missed: Desk) -> None:
    first, second = explain(missed, PAT, "First."), explain(missed, MORGAN, "Second.")
    with missed.store.write() as connection:
        connection.execute(
            WORDS.update().where(WORDS.c.number == first.entry).values(salt=None, text=None)
        )
        assert journal.words_of(connection, first.entry) == {}
    found = coverage_log(missed.office, DAY, DAY)
    (row, *_) = found.rows
    assert [(one.entry, one.text) for one in row.explanations] == [
        (first.entry, None),
        (second.entry, "Second."),
    ]
    assert "(redacted) | " in found.as_csv()
    assert list(verify(missed.entries())) == []
