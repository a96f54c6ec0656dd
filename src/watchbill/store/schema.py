"""Which revision the database has, and bringing it to ours."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from watchbill.errors import UnavailableError
from watchbill.store.engine import Store, explain

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0004"
MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x6D696772


def revision(store: Store) -> str | None:
    """Return the revision that the database has, or ``None`` for an empty one."""
    with store.read() as connection:
        return _revision_within(connection)


def upgrade(store: Store) -> bool:
    """Bring the database to our revision; return whether there was anything to do.

    Of several programs that try at once, one does it and the others find it done. Raises
    ``UnavailableError`` for a database that is newer than this program.
    """
    if revision(store) == HEAD:
        return False
    from alembic import command  # noqa: PLC0415 - heavy: loaded before others wait for our lock

    if store.dialect == "sqlite":
        _keep_a_write_ahead_log(store)
    with store.migrate() as connection:
        if store.dialect == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        found = _revision_within(connection)
        if found == HEAD:
            return False
        _require_known(found)
        command.upgrade(_config(connection), "head")
    return True


def _keep_a_write_ahead_log(store: Store) -> None:
    with store.engine.connect() as connection:
        raw = connection.connection.driver_connection
        if raw is None:
            return
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.Error as error:
            raise UnavailableError(explain(DBAPIError(None, None, error))) from error


def _revision_within(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def require_head(store: Store) -> None:
    """Raise ``UnavailableError`` where the database is not at our revision."""
    found = revision(store)
    if found == HEAD:
        return
    _require_known(found)
    state = "is empty" if found is None else f"is at revision {found}, this program needs {HEAD}"
    raise UnavailableError(f"The database {state}: run `watchbill db upgrade` first.")


def _require_known(found: str | None) -> None:
    if found is not None and found > HEAD:
        raise UnavailableError(
            f"The database is at revision {found}, newer than this program ({HEAD}): install the "
            "watchbill that wrote it."
        )


def _config(connection: sa.Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - heavy, and needed only to migrate

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
