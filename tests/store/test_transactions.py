"""Writers queue and lose nothing, readers see one state, and what fails leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.store.appender import COUNTER, begin, count_up
from watchbill.core.journal import verify
from watchbill.errors import UnavailableError
from watchbill.store import journal
from watchbill.store.engine import Store, connect

ROOT = Path(__file__).resolve().parents[2]
WRITERS, TIMES = 2, 200


def counted(store: Store) -> tuple[int, list[int]]:
    """Return the counter, and what the journal says it was before each raise; the chain must hold."""
    with store.read() as connection:
        entries = list(journal.entries(connection))
        assert list(verify(entries)) == []
        said = [int(entry.facts["reading"]) for entry, _ in entries]
        return int(connection.scalar(sa.select(COUNTER.c.digest)) or 0), said


def test_threads_that_write_at_once_lose_nothing(database_url: str) -> None:
    stores = [connect(database_url) for _ in range(WRITERS)]
    begin(stores[0])
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(count_up, stores, [TIMES] * WRITERS))
    assert counted(stores[0]) == (WRITERS * TIMES, list(range(WRITERS * TIMES)))
    for store in stores:
        store.close()


def test_threads_that_share_a_store_lose_nothing_either(store: Store) -> None:
    begin(store)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, [store] * 4, [25] * 4))
    assert counted(store) == (100, list(range(100)))


def test_programs_that_write_at_once_lose_nothing(database_url: str) -> None:
    store = connect(database_url)
    begin(store)
    command = [sys.executable, "-m", "tests.store.appender", database_url, str(TIMES)]
    programs = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(WRITERS)
    ]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    said = [program.communicate(timeout=60)[1] for program in programs]
    assert [program.returncode for program in programs] == [0] * WRITERS, said
    assert counted(store) == (WRITERS * TIMES, list(range(WRITERS * TIMES)))
    store.close()


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    begin(store)

    def fail() -> None:
        with store.write() as connection:
            connection.execute(COUNTER.update().values(digest="99"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert counted(store) == (0, [])


def test_a_reader_sees_one_state_while_somebody_writes(database_url: str) -> None:
    reading, writing = connect(database_url), connect(database_url)
    begin(writing)
    with reading.read() as connection:
        before = connection.scalar(sa.select(COUNTER.c.digest))
        with writing.write() as other:
            other.execute(COUNTER.update().values(digest="uncommitted"))
            assert connection.scalar(sa.select(COUNTER.c.digest)) == before
    assert before == "0"
    reading.close()
    writing.close()


def test_a_second_writer_waits_until_the_first_has_committed(database_url: str) -> None:
    first, second = connect(database_url), connect(database_url)
    begin(first)
    inside, committed = threading.Event(), threading.Event()
    seen: list[tuple[bool, str | None]] = []

    def follow() -> None:
        inside.wait(10)
        with second.write() as connection:
            seen.append((committed.is_set(), connection.scalar(sa.select(COUNTER.c.digest))))

    follower = threading.Thread(target=follow)
    follower.start()
    with first.write() as connection:
        connection.execute(COUNTER.update().values(digest="7"))
        inside.set()
        follower.join(0.2)
        assert seen == []
        committed.set()
    follower.join(10)
    assert seen == [(True, "7")]
    first.close()
    second.close()


def test_whoever_is_told_of_commits_is_told_before_and_after_each(database_url: str) -> None:
    told: list[str] = []
    store = connect(database_url, told.append)
    with store.write():
        told.append("inside")
    with store.read():
        pass
    assert told == ["inside", "before", "after"]
    store.close()


def test_to_die_before_the_commit_is_never_to_have_begun(database_url: str) -> None:
    def die(moment: str) -> None:
        if moment == "before":
            raise KeyboardInterrupt

    plain, dying = connect(database_url), connect(database_url, die)
    begin(plain)

    def write() -> None:
        with dying.write() as connection:
            connection.execute(COUNTER.update().values(digest="99"))

    with pytest.raises(KeyboardInterrupt):
        write()
    assert counted(plain) == (0, [])
    plain.close()
    dying.close()


def test_a_reading_transaction_writes_nothing(store: Store) -> None:
    """Reading takes no lock: while one reads, another writes at once."""
    begin(store)
    with store.read(), store.write() as connection:
        connection.execute(COUNTER.update().values(digest="1"))
    assert counted(store) == (1, [])


def test_what_the_database_refuses_is_one_sentence(store: Store) -> None:
    begin(store)
    with pytest.raises(UnavailableError) as caught, store.write() as connection:
        connection.execute(sa.text("INSERT INTO readings SELECT * FROM readings"))
    assert "\n" not in caught.value.message
    assert caught.value.message.startswith("The database refuses: ")
