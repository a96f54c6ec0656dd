"""A database that cannot be used is one sentence with the cure, never a traceback."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import database
from tests.standins.ports import free_port
from tests.standins.postgresql import PostgreSQL
from tests.store.appender import begin
from tests.store.databases import Shelf
from watchbill.errors import UnavailableError
from watchbill.store import schema
from watchbill.store.engine import Store, absolute, connect, explain

LOCKED = "The database is locked by another program; stop it, or try again in a moment."
READ_ONLY = (
    "The database cannot be written: give the user that runs watchbill write permission to the file "
    "and its folder."
)
FULL = (
    "The disk is full or fails: free some space, or see to it; nothing that was acknowledged is lost."
)
NOT_OPENED = "The database file cannot be opened: database.url must name a folder that exists and may be written."
DAMAGED = "The database file is damaged or is not a database: restore it from a backup."
PASSWORD = "PostgreSQL refuses the password: correct database.url, or its user's password."
SILENT = "PostgreSQL does not answer: start it, or correct the host and port in database.url."
LACKS = (
    "The database lacks something it should have: create the database that database.url names, then "
    "run `watchbill db upgrade`."
)
NOBODY = 65534


def sentence(url: str, use: Callable[[Store], Any]) -> str:
    """Return the one sentence with which a use of a database is refused."""
    store = connect(url)
    with closing(store), pytest.raises(UnavailableError) as caught:
        use(store)
    assert caught.value.exit_code == 3
    assert "\n" not in caught.value.message
    return caught.value.message


def read(store: Store) -> None:
    with store.read() as connection:
        connection.scalar(sa.text("SELECT count(*) FROM people"))


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def file(sqlite_shelf: Shelf) -> Iterator[Path]:
    """Give a fresh, migrated SQLite file in a folder that anybody may enter."""
    folder = Path(tempfile.mkdtemp(prefix="watchbill-"))
    with database(sqlite_shelf) as url:
        shutil.copy(path_of(url), folder / "watchbill.db")
    folder.chmod(0o755)
    yield folder / "watchbill.db"
    folder.chmod(0o755)
    shutil.rmtree(folder)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be somebody whom file permissions hold for: they do not hold for root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def be_impatient(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout=50")


def test_a_sqlite_file_that_another_program_holds_is_said_to_be_locked(file: Path) -> None:
    store = connect(f"sqlite:///{file}")
    sa.event.listen(store.engine, "connect", be_impatient)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError) as caught:
            begin(store)
        assert caught.value.message == LOCKED
        other.execute("ROLLBACK")
    begin(store)
    store.close()


def test_a_sqlite_file_that_another_program_is_making_is_said_to_be_locked(tmp_path: Path) -> None:
    store = connect(f"sqlite:///{tmp_path / 'watchbill.db'}")
    sa.event.listen(store.engine, "connect", be_impatient)
    with closing(sqlite3.connect(tmp_path / "watchbill.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError) as caught:
            schema.upgrade(store)
        assert caught.value.message == LOCKED
        other.execute("ROLLBACK")
    assert schema.upgrade(store) is True
    store.close()


def test_a_sqlite_file_held_for_a_moment_is_waited_for(file: Path) -> None:
    store = connect(f"sqlite:///{file}")
    trying = threading.Event()
    sa.event.listen(store.engine, "connect", lambda *_: trying.set())
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")

        def let_go() -> None:
            trying.wait(10)
            time.sleep(0.05)
            other.execute("ROLLBACK")

        holder = threading.Thread(target=let_go)
        holder.start()
        begin(store)
        holder.join()
    store.close()


def test_a_file_that_may_not_be_written_is_said_to_be_so(file: Path) -> None:
    file.chmod(0o444)
    with as_nobody():
        assert sentence(f"sqlite:///{file}", begin) == READ_ONLY


def test_an_empty_file_that_may_not_be_written_is_said_to_be_so(file: Path) -> None:
    file.write_bytes(b"")
    file.chmod(0o444)
    with as_nobody():
        assert sentence(f"sqlite:///{file}", schema.upgrade) == READ_ONLY


def test_a_folder_that_may_not_be_written_is_said_to_be_so(file: Path) -> None:
    file.chmod(0o666)
    file.parent.chmod(0o555)
    with as_nobody():
        assert sentence(f"sqlite:///{file}", begin) in (READ_ONLY, NOT_OPENED)


def test_a_new_file_in_a_folder_that_may_not_be_written_is_not_opened(file: Path) -> None:
    file.parent.chmod(0o555)
    with as_nobody():
        assert sentence(f"sqlite:///{file.parent / 'new.db'}", schema.upgrade) == NOT_OPENED


def test_a_folder_that_does_not_exist_is_said_to_be_so(tmp_path: Path) -> None:
    assert sentence(f"sqlite:///{tmp_path / 'nowhere' / 'watchbill.db'}", schema.upgrade) == NOT_OPENED


@pytest.mark.parametrize("use", [read, begin, schema.upgrade, schema.require_head])
def test_a_file_that_is_no_database_is_said_to_be_damaged(
    tmp_path: Path, use: Callable[[Store], Any]
) -> None:
    (tmp_path / "watchbill.db").write_bytes(b"This is a letter, and no database at all. " * 100)
    assert sentence(f"sqlite:///{tmp_path / 'watchbill.db'}", use) == DAMAGED


def test_a_file_whose_pages_were_overwritten_is_said_to_be_damaged(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[100:] = b"\xa5" * (len(content) - 100)
    file.write_bytes(content)
    assert sentence(f"sqlite:///{file}", read) == DAMAGED


def fill(store: Store) -> None:
    row = "INSERT INTO people (name, email, channels) VALUES (:long, :email, '[]')"
    with store.write() as connection:
        for number in range(1000):
            connection.execute(sa.text(row), {"long": "x" * 4000, "email": str(number)})


def test_a_disk_without_space_is_said_to_be_full(file: Path) -> None:
    store = connect(f"sqlite:///{file}")

    def leave_no_room(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=1")

    sa.event.listen(store.engine, "connect", leave_no_room)
    with closing(store), pytest.raises(UnavailableError) as caught:
        fill(store)
    assert caught.value.message == FULL


def test_a_postgresql_database_that_does_not_exist_is_to_be_created(postgresql: PostgreSQL) -> None:
    assert sentence(postgresql.missing(), schema.upgrade) == LACKS


def test_a_postgresql_database_without_tables_lacks_them(
    postgresql: PostgreSQL,
) -> None:
    url = postgresql.empty()
    assert sentence(url, read) == LACKS
    postgresql.drop(url)


def test_a_postgresql_server_that_is_not_there_does_not_answer() -> None:
    url = f"postgresql+psycopg://anybody@127.0.0.1:{free_port()}/watchbill"
    assert sentence(url, read) == SILENT


def test_a_postgresql_connection_that_was_ended_is_replaced_unseen(postgresql_shelf: Shelf) -> None:
    with database(postgresql_shelf) as url, closing(connect(url)) as store:
        read(store)
        with closing(connect(url)) as other, other.write() as connection:
            connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        read(store)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("database is locked", LOCKED),
        ("database table is locked: journal", LOCKED),
        ("attempt to write a readonly database", READ_ONLY),
        ("cannot execute INSERT in a read-only transaction", READ_ONLY),
        ("database or disk is full", FULL),
        ("could not extend file: No space left on device", FULL),
        ("unable to open database file", NOT_OPENED),
        ("file is not a database", DAMAGED),
        ("database disk image is malformed", DAMAGED),
        ('FATAL:  password authentication failed for user "watchbill"', PASSWORD),
        ("fe_sendauth: no password supplied", PASSWORD),
        ('connection to server at "127.0.0.1", port 5432 failed: Connection refused', SILENT),
        ('could not translate host name "nowhere" to address', SILENT),
        ("failed to resolve host 'nowhere'", SILENT),
        ("connection timeout expired", SILENT),
        ("server closed the connection unexpectedly", SILENT),
        ("terminating connection due to administrator command", SILENT),
        ('connection failed: FATAL:  database "watchbill" does not exist', LACKS),
        ('relation "people" does not exist\nLINE 1: SELECT', LACKS),
        ("something else\nwith more lines", "The database refuses: something else"),
        ("  \n ", "The database refuses: OperationalError"),
    ],
)
def test_what_a_database_says_becomes_one_sentence(words: str, expected: str) -> None:
    error = sa.exc.OperationalError("SELECT 1", {}, sqlite3.Error(words))
    assert explain(error) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///watchbill.db", "sqlite:////etc/watchbill/watchbill.db"),
        ("sqlite:///../watchbill.db", "sqlite:////etc/watchbill.db"),
        ("sqlite:////var/lib/watchbill.db", "sqlite:////var/lib/watchbill.db"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql+psycopg://a:b@host/name", "postgresql+psycopg://a:b@host/name"),
    ],
)
def test_a_relative_path_starts_from_the_folder_of_the_configuration(url: str, expected: str) -> None:
    assert absolute(url, Path("/etc/watchbill")) == expected
