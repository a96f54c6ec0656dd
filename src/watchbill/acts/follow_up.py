"""Closing a follow-up: what a finding asked for has been done in the end (Policy 1004 §5)."""

from __future__ import annotations

from dataclasses import dataclass

from watchbill.acts.deed import By, deed, require
from watchbill.core.checks import Action, Category
from watchbill.core.journal import Kind
from watchbill.core.roster import Role
from watchbill.ledger import Office
from watchbill.store import follow_ups
from watchbill.store.follow_ups import FollowUp


@dataclass(frozen=True, slots=True)
class Closed:
    """A follow-up that was closed, and the journal entry that says so."""

    entry: int
    short: str


def close_follow_up(office: Office, by: By, finding: int, action: Action) -> Closed:
    """Close the follow-up of a finding with what was done in the end.

    The PIO, the ED and whoever recorded the finding may. Raises ``RefusedError`` for anybody else, for a
    finding without a follow-up or one that is closed, and where still nothing was done.
    """
    with deed(office, by, Kind.FOLLOW_UP_CLOSED) as act:
        found = follow_ups.follow_up_of(act.connection, finding)
        require(found, "There is no such follow-up.")
        if found is None:  # pragma: no cover - require has raised
            raise AssertionError
        require(
            may_close(by, found),
            f"--by: {by.name} may not close this follow-up: the PIO, the Executive Director and whoever "
            "recorded the finding may.",
        )
        require(found.closed_at is None, "This follow-up is closed already.")
        _require_sense(found, action)
        facts = {
            "finding": finding,
            "check": found.check,
            "page": found.page,
            "category": found.category,
            "action": action,
        }
        entry = act.journal(Kind.FOLLOW_UP_CLOSED, facts, by.words())
        follow_ups.close(act.connection, finding, act.now, entry.number)
        return Closed(entry.number, entry.short)


def may_close(by: By, found: FollowUp) -> bool:
    """Whether somebody may close a follow-up."""
    own = by.person is not None and by.person.active and by.person.id == found.person
    return own or by.may(Role.PIO, Role.EXECUTIVE_DIRECTOR)


def _require_sense(found: FollowUp, action: Action) -> None:
    require(
        action is not Action.NONE,
        "--action: say what was done in the end; until something is done the follow-up stays open.",
    )
    impossible = found.category is Category.NOTICE_MISSING and action in (Action.HIDDEN, Action.DELETED)
    require(
        not impossible,
        "--action: a missing notice cannot be hidden or deleted; say what was done about it.",
    )
