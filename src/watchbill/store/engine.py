"""Connections and transactions, on SQLite and on PostgreSQL.

Every writing transaction begins by becoming the only one (``BEGIN IMMEDIATE``, or an advisory lock on
PostgreSQL): writers queue, so that the journal has one order and no update is lost.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from watchbill.errors import UnavailableError

WRITE_LOCK = 0x7761746368
BUSY_MILLISECONDS = 5000
CONNECT_SECONDS = 5
CONNECTIONS = 40
STATEMENT_MILLISECONDS = 30_000
BEGIN_WRITING = "BEGIN IMMEDIATE"


class Store:
    """The database: ``read()`` and ``write()`` are the only ways in.

    ``around_commit`` is called with ``"before"`` and ``"after"`` at every commit of a writing
    transaction; a rehearsal with faults hands one in to die there.
    """

    def __init__(self, engine: sa.Engine, around_commit: Callable[[str], None] | None = None) -> None:
        self.engine = engine
        self._around_commit = around_commit
        self._sqlite = self.dialect == "sqlite"
        self._queue = threading.Lock() if self._sqlite else nullcontext()

    @property
    def dialect(self) -> str:
        """Return ``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one consistent state and writes nothing."""
        with _sentences(), self.engine.connect() as connection, connection.begin():
            if self._sqlite:
                _begin_reading(connection)
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Give a connection in a transaction that no other writer shares; commits at the end.

        Raises ``UnavailableError`` where the database is locked, full, read-only or gone; then
        nothing of the transaction stays.
        """
        with _sentences():
            with self._queue, self.engine.connect() as connection, connection.begin() as transaction:
                if self._sqlite:
                    connection.exec_driver_sql(BEGIN_WRITING)
                else:
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITE_LOCK)))
                yield connection
                if self._around_commit is not None:
                    self._around_commit("before")
                transaction.commit()
            if self._around_commit is not None:
                self._around_commit("after")

    @contextmanager
    def migrate(self) -> Iterator[sa.Connection]:
        """Give a connection in a writing transaction in which tables may be put in place of others.

        SQLite does that by copying a table under its own name, which foreign keys would forbid while
        it is away; they are checked as a whole before the end.
        """
        if self.dialect != "sqlite":
            with self.write() as connection:
                yield connection
            return
        with _sentences(), self._queue, self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is None:
                raise RuntimeError("a connection without a driver")
            raw.execute("PRAGMA foreign_keys=OFF")  # within a transaction it would do nothing
            try:
                with connection.begin():
                    connection.exec_driver_sql(BEGIN_WRITING)
                    yield connection
                    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                        raise UnavailableError(
                            "The database cannot be migrated: rows are missing that others need; "
                            "restore it from a backup."
                        )
            finally:
                raw.execute("PRAGMA foreign_keys=ON")

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise UnavailableError(explain(error)) from error
    except SQLAlchemyError as error:
        raise UnavailableError(f"The database cannot be used: {_first_line(error)}") from error


CURES = (
    (("database is locked", "database table is locked"),
     "The database is locked by another program; stop it, or try again in a moment."),
    (("readonly", "read-only", "read only"),
     ("The database cannot be written: give the user that runs watchbill write permission to the file "
     "and its folder.")),
    (("disk is full", "no space left", "disk full", "disk i/o error"),
     "The disk is full or fails: free some space, or see to it; nothing that was acknowledged is lost."),
    (("unable to open database file",),
     ("The database file cannot be opened: database.url must name a folder that exists and may be "
     "written.")),
    (("not a database", "malformed"),
     "The database file is damaged or is not a database: restore it from a backup."),
    (("password authentication", "no password supplied"),
     "PostgreSQL refuses the password: correct database.url, or its user's password."),
    (("does not exist",),
     ("The database lacks something it should have: create the database that database.url names, then "
     "run `watchbill db upgrade`.")),
    (("connection refused", "could not translate host", "failed to resolve", "connection failed",
      "connection timeout", "server closed the connection", "terminating connection"),
     "PostgreSQL does not answer: start it, or correct the host and port in database.url."),
)  # fmt: skip


def explain(error: DBAPIError) -> str:
    """Return one sentence that says what the database refuses, and the cure."""
    text = str(error.orig).lower()
    for signs, sentence in CURES:
        if any(sign in text for sign in signs):
            return sentence
    return f"The database refuses: {_first_line(error)}"


def _first_line(error: Exception) -> str:
    original = getattr(error, "orig", None) or error
    return str(original).strip().splitlines()[0] if str(original).strip() else type(error).__name__


def connect(url: str, around_commit: Callable[[str], None] | None = None) -> Store:
    """Return a store on the database at an SQLAlchemy URL; nothing is opened yet."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return Store(_sqlite(parsed), around_commit)
    return Store(_postgresql(parsed), around_commit)


def _sqlite(url: sa.URL) -> sa.Engine:
    options: dict[str, Any] = {"pool_size": CONNECTIONS}
    if url.database in (None, "", ":memory:"):
        options = {"poolclass": sa.StaticPool, "connect_args": {"check_same_thread": False}}
    engine = sa.create_engine(url, **options)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "foreign_keys=ON",
        "synchronous=FULL",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_reading(connection: sa.Connection) -> None:
    """Begin what takes no lock, so that nothing can fail that would need a sentence.

    Said here and in ``write``, not by a listener to the engine: one listener makes every statement slower.
    """
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute("BEGIN")


def _postgresql(url: sa.URL) -> sa.Engine:
    try:
        return sa.create_engine(
            url,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "options": f"-c statement_timeout={STATEMENT_MILLISECONDS}",
            },
        )
    except ModuleNotFoundError as error:
        raise UnavailableError(
            "database.url names PostgreSQL, but its driver is not installed: "
            'pip install "watchbill[postgres]".'
        ) from error


def absolute(url: str, folder: Path) -> str:
    """Return the URL with a relative SQLite path made absolute from ``folder``."""
    parsed = sa.make_url(url)
    name = parsed.database
    if parsed.get_backend_name() != "sqlite" or name in (None, "", ":memory:"):
        return url
    return parsed.set(database=str((folder / str(name)).resolve())).render_as_string(
        hide_password=False
    )
