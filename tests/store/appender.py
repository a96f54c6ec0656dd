"""A program that raises a counter and appends to the journal, again and again: run two at once.

``python -m tests.store.appender URL COUNT`` begins when it is told to on its standard input.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import sqlalchemy as sa

from watchbill.core.journal import OPERATOR, Kind
from watchbill.rehearsal import SeededEntropy
from watchbill.store import journal, windows
from watchbill.store.engine import Store, connect

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
COUNTER = windows.READINGS


def begin(store: Store) -> None:
    """Set the counter to nought."""
    with store.write() as connection:
        windows.insert_reading(connection, "0", {}, NOON, "operator")


def count_up(store: Store, times: int) -> None:
    """Raise the counter by reading it and writing it back, each time with an entry in the journal."""
    entropy = SeededEntropy(0)
    for _ in range(times):
        with store.write() as connection:
            value = int(connection.scalar(sa.select(COUNTER.c.digest)) or 0)
            connection.execute(COUNTER.update().values(digest=str(value + 1)))
            journal.append(
                connection, entropy, NOON, Kind.READING_ADOPTED, OPERATOR, {"reading": value}
            )


if __name__ == "__main__":
    opened = connect(sys.argv[1])
    sys.stdin.readline()
    count_up(opened, int(sys.argv[2]))
    opened.close()
