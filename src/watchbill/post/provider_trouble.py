"""When a failing provider is a technical failure: refused as a whole, or silent for five minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from watchbill.clock import Entropy
from watchbill.core.roster import Channel
from watchbill.errors import SendError
from watchbill.store import deliveries
from watchbill.store.columns import Trouble
from watchbill.trouble_register import clear, note

PATIENCE = timedelta(minutes=5)


def attempt_failed(
    connection: sa.Connection, entropy: Entropy, channel: Channel, error: SendError, at: datetime
) -> None:
    """Note a failing provider once it has failed for five minutes, or at once where it refuses us."""
    if error.permanent:
        return
    since = deliveries.failing_since(connection, channel)
    if error.whole_channel or (since is not None and at - since >= PATIENCE):
        note(connection, entropy, Trouble.PROVIDER, channel, error.message, at)


def attempt_worked(connection: sa.Connection, entropy: Entropy, channel: Channel, at: datetime) -> None:
    """Note that a provider takes messages again."""
    clear(connection, entropy, Trouble.PROVIDER, channel, at)
