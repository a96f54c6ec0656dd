"""Explaining a window that was not completed: a reason with name and date; the state stays (DOMAIN §4)."""

from __future__ import annotations

from dataclasses import dataclass

from watchbill.acts.deed import By, Deed, check_words, deed, require
from watchbill.core.journal import Kind
from watchbill.core.roster import Role
from watchbill.core.windows import State
from watchbill.ledger import Office, state_at
from watchbill.store import windows
from watchbill.store.explanations import insert_explanation
from watchbill.store.windows import WindowRecord

MAY_EXPLAIN = (Role.MANAGER, Role.PIO, Role.EXECUTIVE_DIRECTOR)
WANTS_EXPLAINING = (State.MISSED, State.LATE)


@dataclass(frozen=True, slots=True)
class Explained:
    """The journal entry of an explanation."""

    entry: int
    short: str


def explain_window(office: Office, by: By, window: str, text: str) -> Explained:
    """Attach a reason to a window that was missed, late or unattended; its state stays as it is.

    Raises ``RefusedError`` for somebody who is neither a manager, the PIO nor the ED, a window that is
    none or needs no reason, and a text that is empty, too long or looks like a Social Security number.
    """
    said = text.strip()
    check_words(said, "--text")
    with deed(office, by, Kind.WINDOW_EXPLAINED) as act:
        require(
            by.may(*MAY_EXPLAIN),
            f"--by: {by.name} may not explain a window; only a manager, the PIO or the ED may.",
        )
        require(said, "--text: it is empty; say in a sentence why the window was not completed.")
        record = _explainable(act, window)
        entry = act.journal(
            Kind.WINDOW_EXPLAINED, {"window": record.occasion.id}, {**by.words(), "text": said}
        )
        person = None if by.person is None else by.person.id
        insert_explanation(act.connection, entry.number, record.occasion.id, person, act.now)
        return Explained(entry.number, entry.short)


def _explainable(act: Deed, window: str) -> WindowRecord:
    found = windows.windows_named(act.connection, [window]) if window.isprintable() else []
    require(found, f"{window!r}: there is no such window; write it as 2026-11-23/weekday-morning.")
    record = found[0]
    state = state_at(record, act.now)
    require(
        state in WANTS_EXPLAINING or record.unattended,
        f"{window}: it is {state}; only a window that was missed, late or unattended has a reason.",
    )
    return record
