"""Fresh databases of each kind: empty, migrated, or with the standing cast at work in them."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterable
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from tests.store.desk import desk_on
from watchbill.store.engine import connect
from watchbill.store.schema import upgrade
from watchbill.store.tables import metadata


class Databases(Protocol):
    """A kind of database."""

    def empty(self) -> str:
        """Return the URL of a new database with nothing in it."""
        ...

    def copy(self, url: str) -> str:
        """Return the URL of a new database like another, which nobody may be connected to."""
        ...

    def drop(self, url: str) -> None:
        """Remove a database."""
        ...


class SqliteFiles:
    """SQLite files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    def empty(self) -> str:
        """Return the URL of a file that does not exist yet."""
        return f"sqlite:///{self._folder / f'{next(self._numbers)}.db'}"

    def copy(self, url: str) -> str:
        """Return the URL of a copy of a file."""
        made = self.empty()
        shutil.copy(self._path(url), self._path(made))
        return made

    def drop(self, url: str) -> None:
        """Remove a file, and what stands beside it."""
        for suffix in ("", "-wal", "-shm"):
            self._path(url + suffix).unlink(missing_ok=True)

    def _path(self, url: str) -> Path:
        return Path(url.removeprefix("sqlite:///"))


class Contents(StrEnum):
    """What a fresh database has in it."""

    NOTHING = "nothing"
    TABLES = "tables"
    CAST = "cast"


class Source(Protocol):
    """Where fresh databases come from."""

    def fresh(self, contents: Contents) -> str:
        """Return the URL of a fresh database; ``drop`` it when done."""
        ...

    def drop(self, url: str) -> None:
        """Take a database back."""
        ...


class Shelf:
    """Fresh databases of one kind, each a copy of one that was filled once."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._filled: dict[Contents, str] = {}

    def fresh(self, contents: Contents) -> str:
        """Return the URL of a fresh database; ``drop`` it when done."""
        if contents is Contents.NOTHING:
            return self._databases.empty()
        return self._databases.copy(self.filled(contents))

    def copy(self, url: str) -> str:
        """Return the URL of a copy of a database."""
        return self._databases.copy(url)

    def drop(self, url: str) -> None:
        """Remove a database."""
        self._databases.drop(url)

    def filled(self, contents: Contents) -> str:
        """Return the URL of the database that fresh ones are copied from."""
        if contents not in self._filled:
            before = Contents.NOTHING if contents is Contents.TABLES else Contents.TABLES
            url = self.fresh(before)
            with closing(connect(url)) as store:
                if contents is Contents.TABLES:
                    upgrade(store)
                else:
                    desk_on(store).furnish()
            self._filled[contents] = url
        return self._filled[contents]


class UsedAgain:
    """Databases of PostgreSQL, where a new one is slow: one given back is emptied and given out again.

    Not for tests that change more than rows.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._free: list[str] = []
        self._template: str | None = None

    def fresh(self, contents: Contents) -> str:
        """Return the URL of a database with these rows in it."""
        if self._template is None:
            self._template = self._shelf.fresh(Contents.CAST)
            _keep_rows(self._template)
        url = self._free.pop() if self._free else self._shelf.copy(self._template)
        _put_rows_back(url, contents)
        return url

    def drop(self, url: str) -> None:
        """Take a database back."""
        self._free.append(url)


TABLES = [table.name for table in metadata.sorted_tables]
KEEP = ["CREATE SCHEMA kept", *(f"CREATE TABLE kept.{name} AS TABLE public.{name}" for name in TABLES)]
EMPTY = ["SET session_replication_role = replica", *(f"DELETE FROM {name}" for name in TABLES)]  # noqa: S608
REFILL = [f"INSERT INTO public.{name} SELECT * FROM kept.{name}" for name in TABLES]  # noqa: S608


def _keep_rows(url: str) -> None:
    _execute(url, KEEP)


def _put_rows_back(url: str, contents: Contents) -> None:
    numbered = [
        f"SELECT setval('{sequence}', coalesce(max(id), 0) + 1, false) FROM {name}"  # noqa: S608
        for name, sequence in _sequences().items()
    ]
    refill = REFILL if contents is Contents.CAST else []
    _execute(url, [*EMPTY, *refill, *numbered])


def _sequences() -> dict[str, str]:
    """Return the tables whose ids the database counts."""
    return {
        name: f"{name}_id_seq"
        for name, table in metadata.tables.items()
        if table.autoincrement_column is not None and table.autoincrement_column.default is None
    }


def _execute(url: str, statements: Iterable[str]) -> None:
    with closing(connect(url)) as store, store.engine.begin() as connection:
        connection.exec_driver_sql("; ".join(statements))
