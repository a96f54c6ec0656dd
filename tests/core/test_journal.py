"""The chain shows every change, and words can lawfully go while it still holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.cast import MINUTE
from watchbill.core.journal import (
    GENESIS,
    OPERATOR,
    PROGRAM,
    Actor,
    Checkpoint,
    Entry,
    Kind,
    Words,
    canonical,
    commit,
    seal,
    verify,
)
from watchbill.errors import RefusedError

START = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
SALT = "5a" * 16
Row = tuple[Entry, Words | None]


def chain(length: int = 5) -> list[Row]:
    """Return a sound chain; every second entry has words beside it."""
    rows: list[Row] = []
    previous = GENESIS
    for number in range(1, length + 1):
        words = Words(SALT, {"note": f"words of {number}"}) if number % 2 == 0 else None
        commitment = None if words is None else commit(SALT, {"note": f"words of {number}"})
        entry = seal(
            previous,
            number,
            START + number * MINUTE,
            Kind.CHECK_RECORDED,
            Actor("person:1", "web"),
            {"pages": ["FB"], "number": number},
            commitment,
        )
        rows.append((entry, words))
        previous = entry.hash
    return rows


def faults(rows: list[Row], *checkpoints: Checkpoint) -> list[str]:
    """Return what is wrong with the chain."""
    return list(verify(rows, checkpoints))


def test_a_sound_chain_has_no_fault() -> None:
    rows = chain()
    assert faults(rows) == []
    assert faults(rows, *(Checkpoint(e.number, e.short) for e, _ in rows)) == []
    assert faults([]) == []


def test_an_entry_is_known_by_its_number_instant_actor_and_facts() -> None:
    first, _ = chain()[0]
    assert (first.number, first.kind, first.previous) == (1, "check_recorded", GENESIS)
    assert first.hash.startswith(first.short)
    assert len(first.short) == 10


CHANGES: dict[str, Any] = {
    "number": 30,
    "at": START,
    "kind": "leave_taken",
    "actor": PROGRAM,
    "facts": {"pages": ["YT"], "number": 3},
    "commitment": "0" * 64,
    "previous": "1" * 64,
    "hash": "2" * 64,
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_change_of_any_field_is_found(field: str) -> None:
    rows = chain()
    rows[2] = (replace(rows[2][0], **{field: CHANGES[field]}), rows[2][1])
    assert faults(rows)


@pytest.mark.parametrize("actor", [Actor("person:2", "web"), Actor("person:1", "sms"), OPERATOR])
def test_a_change_of_who_acted_or_how_is_found(actor: Actor) -> None:
    rows = chain()
    rows[2] = (replace(rows[2][0], actor=actor), None)
    assert faults(rows) == ["entry 3 was changed: its content does not match its hash."]


def test_a_microsecond_is_a_change() -> None:
    rows = chain()
    entry = rows[2][0]
    rows[2] = (replace(entry, at=entry.at + timedelta(microseconds=1)), None)
    assert faults(rows) == ["entry 3 was changed: its content does not match its hash."]


def test_the_same_instant_in_another_zone_is_no_change() -> None:
    rows = chain()
    entry = rows[2][0]
    eastern = timezone(timedelta(hours=-5))
    rows[2] = (replace(entry, at=entry.at.astimezone(eastern)), None)
    assert faults(rows) == []


def test_a_resealed_entry_breaks_with_the_one_behind_it() -> None:
    rows = chain()
    old = rows[2][0]
    forged = seal(old.previous, 3, old.at, old.kind, old.actor, {"pages": []}, None)
    rows[2] = (forged, None)
    assert faults(rows) == ["entry 4 does not follow the entry before it."]


def test_a_chain_rewritten_to_its_end_is_found_by_a_checkpoint() -> None:
    checkpoint = Checkpoint(4, chain()[3][0].short)
    previous, rewritten = chain()[1][0].hash, chain()[:2]
    for old, _ in chain()[2:]:
        entry = seal(previous, old.number, old.at, old.kind, old.actor, {"pages": []}, None)
        rewritten.append((entry, None))
        previous = entry.hash
    assert faults(rewritten) == []
    assert faults(rewritten, checkpoint) == [
        "entry 4 is not the one of the checkpoint: the chain was rewritten."
    ]


@pytest.mark.parametrize("place", range(4))
def test_the_removal_of_an_entry_is_found(place: int) -> None:
    rows = chain()
    del rows[place]
    found = faults(rows)
    assert found[0].startswith(f"entry {place + 1} is missing")
    assert found[1] == f"entry {place + 2} does not follow the entry before it."


@pytest.mark.parametrize("place", range(4))
def test_two_entries_that_changed_places_are_found(place: int) -> None:
    rows = chain()
    rows[place], rows[place + 1] = rows[place + 1], rows[place]
    assert faults(rows)


def test_an_entry_that_stands_twice_is_found() -> None:
    rows = chain()
    rows.insert(2, rows[2])
    assert faults(rows)


@pytest.mark.parametrize(("kept", "cut"), [(5, False), (4, True), (1, True), (0, True)])
def test_a_cut_chain_holds_by_itself_and_not_against_a_checkpoint(
    kept: int,
    cut: bool,  # noqa: FBT001 - a row of the table
) -> None:
    rows = chain()
    checkpoint = Checkpoint(5, rows[4][0].hash)
    assert faults(rows[:kept]) == []
    expected = f"entry 5 of the checkpoint is missing: the journal was cut after {kept}."
    assert faults(rows[:kept], checkpoint) == ([expected] if cut else [])


def test_changed_words_are_found() -> None:
    rows = chain()
    rows[1] = (rows[1][0], Words(SALT, {"note": "other words"}))
    assert faults(rows) == ["the words of entry 2 were changed."]


def test_another_salt_is_found() -> None:
    rows = chain()
    rows[1] = (rows[1][0], Words("00" * 16, {"note": "words of 2"}))
    assert faults(rows) == ["the words of entry 2 were changed."]


def test_removed_words_are_found() -> None:
    rows = chain()
    rows[1] = (rows[1][0], None)
    assert faults(rows) == ["the words of entry 2 were removed without a redaction."]


def test_redacted_words_leave_the_chain_whole() -> None:
    rows = chain()
    rows[1] = (rows[1][0], Words(None, None))
    assert faults(rows) == []


def test_words_that_were_put_beside_an_entry_are_found() -> None:
    rows = chain()
    rows[0] = (rows[0][0], Words(SALT, {"note": "never said"}))
    assert faults(rows) == ["entry 1 has words beside it that it does not answer for."]


def test_a_value_has_one_way_to_be_written() -> None:
    assert canonical({"b": 1, "a": "ü"}) == canonical({"a": "ü", "b": 1}) == b'{"a":"\\u00fc","b":1}'


def test_a_commitment_tells_nothing_without_its_salt() -> None:
    text = {"kind": "sick"}
    assert commit(SALT, text) == commit(SALT, dict(text))
    assert commit(SALT, text) != commit("00" * 16, text)


@pytest.mark.parametrize(
    ("text", "number", "digest"),
    [
        ("120:3fa9c2d41e", 120, "3fa9c2d41e"),
        (" 7: 3FA9C2D41E \n", 7, "3fa9c2d41e"),
        ("1:" + "a" * 64, 1, "a" * 64),
    ],
)
def test_a_checkpoint_is_read_from_a_receipt(text: str, number: int, digest: str) -> None:
    assert Checkpoint.parse(text) == Checkpoint(number, digest)


@pytest.mark.parametrize(
    "text",
    ["", ":", "120", "120:", "120:3fa9c2d41", "x:3fa9c2d41e", "-1:3fa9c2d41e", "1:3fa9c2d41g"],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match=r"^--checkpoint: .*NUMBER:HASH"):
        Checkpoint.parse(text)
