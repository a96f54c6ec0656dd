"""The journal's rows: appended under the writer's lock, read in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from watchbill.clock import Entropy
from watchbill.core.journal import GENESIS, Actor, Entry, Words, commit, seal
from watchbill.store.tables import JournalRow, JournalWordsRow, table

JOURNAL = table(JournalRow)
WORDS = table(JournalWordsRow)
SALT_BITS = 128
CHUNK = 1000

# What every tick and every act asks stands ready here: building a statement takes longer than asking it.
WITH_WORDS = sa.select(JOURNAL, WORDS.c.number.label("words"), WORDS.c.salt, WORDS.c.text).join(
    WORDS, WORDS.c.number == JOURNAL.c.number, isouter=True
)
APPEND = JOURNAL.insert()
LAST = sa.select(JOURNAL.c.number, JOURNAL.c.hash).order_by(JOURNAL.c.number.desc()).limit(1)


def append(
    connection: sa.Connection,
    entropy: Entropy,
    at: datetime,
    kind: str,
    actor: Actor,
    facts: Mapping[str, Any],
    words: Mapping[str, Any] | None = None,
) -> Entry:
    """Append an entry and return it; to be called in a writing transaction.

    ``facts`` holds ids, instants (as text) and codes alone; names, numbers, leave kinds and free text
    go into ``words``, which the chain covers by a salted commitment.
    """
    number, previous = head(connection)
    salt, commitment = None, None
    if words:
        salt = f"{entropy.bits(SALT_BITS):032x}"
        commitment = commit(salt, words)
    entry = seal(previous, number + 1, at, kind, actor, facts, commitment)
    row = {
        "number": entry.number,
        "at": entry.at,
        "kind": entry.kind,
        "actor": actor.name,
        "way": actor.way,
        "facts": dict(facts),
        "commitment": commitment,
        "previous": previous,
        "hash": entry.hash,
    }
    connection.execute(APPEND, row)
    if words:
        connection.execute(WORDS.insert().values(number=entry.number, salt=salt, text=dict(words)))
    return entry


def head(connection: sa.Connection) -> tuple[int, str]:
    """Return the number and the hash of the last entry; ``(0, GENESIS)`` of an empty journal."""
    row = connection.execute(LAST).first()
    return (0, GENESIS) if row is None else (row.number, row.hash)


def last_of(connection: sa.Connection, kinds: tuple[str, ...]) -> int:
    """Return the highest number among entries of the kinds, 0 where there is none."""
    numbers = connection.execute(_newest(kinds)).one()
    return max((number for number in numbers if number is not None), default=0)


@cache
def _newest(kinds: tuple[str, ...]) -> sa.Select[Any]:
    newest = (sa.select(sa.func.max(JOURNAL.c.number)).where(JOURNAL.c.kind == kind) for kind in kinds)
    return sa.select(*[one.scalar_subquery().label(f"n{i}") for i, one in enumerate(newest)])


def entries(connection: sa.Connection) -> Iterator[tuple[Entry, Words | None]]:
    """Yield every entry in order, each with the words beside it; memory stays small."""
    after = 0
    while rows := connection.execute(_chunk(after)).all():
        for row in rows:
            yield _entry(row), _words(row)
        after = rows[-1].number


def entry_numbered(connection: sa.Connection, number: int) -> tuple[Entry, Words | None] | None:
    """Return one entry with the words beside it, or ``None`` for a number that there is not."""
    row = connection.execute(WITH_WORDS.where(JOURNAL.c.number == number)).first()
    return None if row is None else (_entry(row), _words(row))


def _chunk(after: int) -> sa.Select[Any]:
    return WITH_WORDS.where(JOURNAL.c.number > after).order_by(JOURNAL.c.number).limit(CHUNK)


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(
        number=row.number,
        at=row.at,
        kind=row.kind,
        actor=Actor(row.actor, row.way),
        facts=row.facts,
        commitment=row.commitment,
        previous=row.previous,
        hash=row.hash,
    )


def _words(row: sa.Row[Any]) -> Words | None:
    return None if row.words is None else Words(row.salt, row.text)


def entry_hash(connection: sa.Connection, number: int) -> str:
    """Return the hash of an entry that is known to exist."""
    return str(connection.scalar(sa.select(JOURNAL.c.hash).where(JOURNAL.c.number == number)))


def words_of(connection: sa.Connection, number: int) -> Mapping[str, Any]:
    """Return the words beside an entry; empty where there are none or they were redacted."""
    text = connection.scalar(sa.select(WORDS.c.text).where(WORDS.c.number == number))
    return text or {}
