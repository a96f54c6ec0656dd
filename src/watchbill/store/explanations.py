"""Why windows were not completed, as people gave it later: rows, with their words beside the journal."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from watchbill.store.base import table
from watchbill.store.journal import WORDS
from watchbill.store.tables import WindowRow
from watchbill.store.visitor_tables import ExplanationRow

EXPLANATIONS, WINDOWS = table(ExplanationRow), table(WindowRow)
BETWEEN = (
    sa.select(EXPLANATIONS, WORDS.c.text)
    .join(WINDOWS, WINDOWS.c.id == EXPLANATIONS.c.window_id)
    .join(WORDS, WORDS.c.number == EXPLANATIONS.c.entry, isouter=True)
    .where(WINDOWS.c.date.between(sa.bindparam("first"), sa.bindparam("last")))
    .order_by(EXPLANATIONS.c.entry)
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reason attached to a window: its journal entry, who gave it and when.

    ``person`` is ``None`` for the operator; ``text`` is ``None`` where the words were redacted.
    """

    entry: int
    window: str
    person: int | None
    given_at: datetime
    text: str | None


def insert_explanation(
    connection: sa.Connection, entry: int, window: str, person: int | None, given_at: datetime
) -> None:
    """Keep that a journal entry explains a window."""
    values = {"entry": entry, "window_id": window, "person_id": person, "given_at": given_at}
    connection.execute(EXPLANATIONS.insert().values(**values))


def explanations_between(
    connection: sa.Connection, first: date, last: date
) -> dict[str, tuple[Explanation, ...]]:
    """Return what explains the windows of the local dates, both included, oldest first, by window."""
    found: dict[str, list[Explanation]] = defaultdict(list)
    for row in connection.execute(BETWEEN, {"first": first, "last": last}):
        text = (row.text or {}).get("text")
        found[row.window_id].append(
            Explanation(row.entry, row.window_id, row.person_id, row.given_at, text)
        )
    return {window: tuple(given) for window, given in found.items()}
