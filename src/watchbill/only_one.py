"""One daemon on one SQLite file: the second is refused (DOMAIN §7, promise 5)."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from watchbill.errors import UnavailableError
from watchbill.store.engine import Store


def only_one(store: Store) -> IO[bytes] | None:
    """Return what holds the place of the one daemon; it is given up when closed, or when the process ends.

    Raises ``UnavailableError`` where another daemon has it. A database in memory needs no place.
    """
    database = store.engine.url.database
    if not database:
        return None
    path = Path(f"{database}.run")
    try:
        held = path.open("ab")
    except OSError as error:
        raise UnavailableError(
            f"{path}: cannot be written ({error.strerror}); give the user that runs watchbill write "
            "permission to the folder of the database."
        ) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise UnavailableError(
            f"Another `watchbill run` keeps the record {database}; stop it first, or use PostgreSQL for several."
        ) from error
    return held
