"""The journal's rows: kept exactly, guarded by the database, and found out where it was deceived."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.conftest import opened
from tests.store.databases import Shelf
from watchbill.core.journal import GENESIS, OPERATOR, Actor, Checkpoint, Entry, Kind, verify
from watchbill.rehearsal import SeededEntropy
from watchbill.store import journal
from watchbill.store.engine import Store

NOON = datetime(2026, 11, 23, 17, 0, 0, 123457, UTC)
FACTS = {"person": 1, "pages": ["FB", "YT"], "attested": False, "nothing": None, "nested": {"a": [1]}}
WORDS = {"name": "Zoë Ångström", "note": 'quotes " and \\ and\nlines', "kind": "sick"}
APPEND_ONLY = "the journal is append-only"
ONLY_REDACTED = "words of the journal can only be redacted"


def append(store: Store, count: int = 1, *, words: bool = True) -> list[Entry]:
    """Append entries in one transaction."""
    entropy = SeededEntropy(7)
    with store.write() as connection:
        return [
            journal.append(
                connection,
                entropy,
                NOON + timedelta(microseconds=number),
                Kind.CHECK_RECORDED,
                Actor("person:1", "web"),
                FACTS,
                WORDS if words else None,
            )
            for number in range(count)
        ]


def faults(store: Store, *checkpoints: Checkpoint) -> list[str]:
    """Return what verifying finds."""
    with store.read() as connection:
        return list(verify(journal.entries(connection), checkpoints))


def execute(store: Store, *statements: str) -> None:
    """Do something that the program never does."""
    with store.engine.connect() as connection, connection.begin():
        for statement in statements:
            connection.execute(sa.text(statement))


def unguarded(store: Store) -> tuple[str, ...]:
    """Return the statements by which a thief with a connection of their own takes the guards away."""
    if store.dialect == "sqlite":
        names = ("journal_no_update", "journal_no_delete")
        words = ("journal_words_only_redacted", "journal_words_no_delete")
        return tuple(f"DROP TRIGGER {name}" for name in (*names, *words))
    off = "ALTER TABLE {} DISABLE TRIGGER ALL"
    return tuple(off.format(table) for table in ("journal", "journal_words", "checks"))


def test_an_empty_journal_begins_with_the_first_hash_and_verifies(store: Store) -> None:
    with store.read() as connection:
        assert journal.head(connection) == (0, GENESIS)
        assert journal.last_of(connection, (Kind.CHECK_RECORDED,)) == 0
    assert faults(store) == []


def test_entries_come_back_as_they_were_appended_to_the_microsecond(store: Store) -> None:
    written = append(store, 3)
    with store.read() as connection:
        read = list(journal.entries(connection))
    assert [entry for entry, _ in read] == written
    assert [entry.at.microsecond for entry, _ in read] == [123457, 123458, 123459]
    assert [words.text for _, words in read if words is not None] == [WORDS] * 3
    assert len({words.salt for _, words in read if words is not None}) == 3
    assert faults(store) == []


def test_an_entry_without_words_has_none_beside_it(store: Store) -> None:
    (entry,) = append(store, words=False)
    with store.read() as connection:
        assert list(journal.entries(connection)) == [(entry, None)]
        assert journal.words_of(connection, entry.number) == {}
    assert faults(store) == []


def test_a_journal_longer_than_a_chunk_is_read_whole_and_in_order(store: Store) -> None:
    append(store, journal.CHUNK + 1, words=False)
    with store.read() as connection:
        numbers = [entry.number for entry, _ in journal.entries(connection)]
    assert numbers == list(range(1, journal.CHUNK + 2))
    assert faults(store) == []


def test_the_head_and_the_newest_of_some_kinds_are_known(store: Store) -> None:
    append(store, 2)
    with store.write() as connection:
        last = journal.append(connection, SeededEntropy(1), NOON, Kind.LEAVE_TAKEN, OPERATOR, {})
    with store.read() as connection:
        assert journal.head(connection) == (3, last.hash)
        assert journal.entry_hash(connection, 3) == last.hash
        assert journal.last_of(connection, (Kind.LEAVE_TAKEN, Kind.APPOINTED)) == 3
        assert journal.last_of(connection, (Kind.CHECK_RECORDED,)) == 2


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE journal SET actor = 'person:2'", APPEND_ONLY),
        ("UPDATE journal SET at = at WHERE number = 1", APPEND_ONLY),
        ("DELETE FROM journal WHERE number = 2", APPEND_ONLY),
        ("DELETE FROM journal", APPEND_ONLY),
        ("UPDATE journal_words SET text = '{}'", ONLY_REDACTED),
        ("UPDATE journal_words SET salt = NULL", ONLY_REDACTED),
        ("UPDATE journal_words SET text = NULL", ONLY_REDACTED),
        ("UPDATE journal_words SET salt = NULL, text = NULL, number = number + 10", ONLY_REDACTED),
        ("DELETE FROM journal_words", ONLY_REDACTED),
    ],
)
def test_the_database_itself_refuses_to_change_the_journal(
    store: Store, statement: str, words: str
) -> None:
    append(store, 2)
    with pytest.raises(sa.exc.DBAPIError, match=words):
        execute(store, statement)
    assert faults(store) == []


@pytest.mark.parametrize("table", ["journal", "journal_words", "journal, journal_words"])
def test_postgresql_refuses_to_truncate_the_journal(postgresql_shelf: Shelf, table: str) -> None:
    with opened(postgresql_shelf) as store:
        append(store, 2)
        with pytest.raises(sa.exc.DBAPIError, match=APPEND_ONLY):
            execute(store, f"TRUNCATE {table} CASCADE")
        assert faults(store) == []


def test_words_can_be_redacted_and_the_chain_still_verifies(store: Store) -> None:
    append(store, 2)
    execute(store, "UPDATE journal_words SET salt = NULL, text = NULL WHERE number = 1")
    assert faults(store) == []
    with store.read() as connection:
        assert journal.words_of(connection, 1) == {}
        assert journal.words_of(connection, 2) == WORDS


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (["UPDATE journal SET actor = 'person:2' WHERE number = 2"], "entry 2 was changed"),
        (["UPDATE journal SET way = 'cli' WHERE number = 2"], "entry 2 was changed"),
        (["UPDATE journal SET kind = 'appointed' WHERE number = 2"], "entry 2 was changed"),
        (["""UPDATE journal SET facts = '{"person": 2}' WHERE number = 2"""], "entry 2 was changed"),
        (["UPDATE journal SET commitment = NULL WHERE number = 2"], "entry 2 was changed"),
        (["UPDATE journal SET hash = 'ab' WHERE number = 2"], "entry 2 was changed"),
        (["UPDATE journal SET previous = 'ab' WHERE number = 2"], "entry 2 does not follow"),
        (
            [
                "UPDATE journal_words SET number = 90 WHERE number = 2",
                "UPDATE journal SET number = 90 WHERE number = 2",
                "UPDATE journal SET number = 2 WHERE number = 3",
                "UPDATE journal SET number = 3 WHERE number = 90",
            ],
            "entry 2 does not follow",
        ),
        (
            ["DELETE FROM journal_words WHERE number = 2", "DELETE FROM journal WHERE number = 2"],
            "entry 2 is missing",
        ),
        (
            ["""UPDATE journal_words SET text = '{"name": "X"}' WHERE number = 2"""],
            "words of entry 2 were changed",
        ),
        (["DELETE FROM journal_words WHERE number = 2"], "words of entry 2 were removed"),
    ],
)
def test_what_was_done_behind_the_guards_is_found(
    own_store: Store, statements: list[str], sentence: str
) -> None:
    append(own_store, 4)
    off = "PRAGMA foreign_keys=OFF"
    with own_store.engine.connect() as connection:
        raw = connection.connection.driver_connection
        if raw is not None and own_store.dialect == "sqlite":
            raw.execute(off)
        with connection.begin():
            for statement in (*unguarded(own_store), *statements):
                connection.execute(sa.text(statement))
    assert any(sentence in fault for fault in faults(own_store))


def instant_moved(store: Store) -> str:
    if store.dialect == "sqlite":
        return "UPDATE journal SET at = '2026-11-23 17:00:00.123458' WHERE number = 1"
    return "UPDATE journal SET at = at + interval '1 microsecond' WHERE number = 1"


def test_an_instant_moved_by_a_microsecond_is_found(own_store: Store) -> None:
    append(own_store)
    execute(own_store, *unguarded(own_store), instant_moved(own_store))
    assert faults(own_store) == ["entry 1 was changed: its content does not match its hash."]


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_journal_cut_off_at_its_end_is_found_by_a_checkpoint_alone(
    own_store: Store, left: int
) -> None:
    entries = append(own_store, 3)
    cut = "DELETE FROM {} WHERE number > {}"
    tables = ("journal_words", "journal")
    execute(own_store, *unguarded(own_store), *(cut.format(table, left) for table in tables))
    assert faults(own_store) == []
    held = Checkpoint(3, entries[2].hash)
    assert faults(own_store, held) == [
        f"entry 3 of the checkpoint is missing: the journal was cut after {left}."
    ]
