"""The register of technical failures: noted once while they go on, told to Information Services.

Called by post (what a provider does) and by assembly and daemon (clock, disk, journal), in a writing
transaction; who is told, and when, stands in core.standing_ladders.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from watchbill.clock import Entropy
from watchbill.core.journal import PROGRAM, Kind
from watchbill.store import journal, troubles
from watchbill.store.columns import Trouble

LONGEST_DETAIL = 300


def note(
    connection: sa.Connection, entropy: Entropy, kind: Trouble, subject: str, detail: str, now: datetime
) -> bool:
    """Note that something fails; return whether that is new. ``subject`` is a channel where one fails."""
    number = troubles.begin(connection, kind, subject, detail[:LONGEST_DETAIL], now)
    if number is None:
        return False
    facts = {"trouble": number, "kind": kind, "subject": subject}
    words = {"detail": detail[:LONGEST_DETAIL]}
    journal.append(connection, entropy, now, Kind.TROUBLE_BEGAN, PROGRAM, facts, words)
    return True


def clear(
    connection: sa.Connection, entropy: Entropy, kind: Trouble, subject: str, now: datetime
) -> bool:
    """Note that something works again; return whether it had failed."""
    number = troubles.end(connection, kind, subject, now)
    if number is None:
        return False
    facts = {"trouble": number, "kind": kind, "subject": subject}
    journal.append(connection, entropy, now, Kind.TROUBLE_ENDED, PROGRAM, facts)
    return True
