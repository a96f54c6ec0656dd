"""Reading what people text to us: values for whoever acts on them, oldest first, each at least once.

The provider lists the same messages again at every look, late ones among them; that each is acted on
once is the reader's promise (a row for each message), not this one's.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from watchbill.clock import Clock
from watchbill.errors import SendError, WatchbillError
from watchbill.store import inbound
from watchbill.store.engine import Store
from watchbill.store.inbound import Received
from watchbill.store.windows import update_watch, watch_record

logger = logging.getLogger(__name__)
OVERLAP = timedelta(days=1)
"""So far back a listing is read again: what was received earlier may be listed later."""
MOST_READ = 1000


class InboundSource(Protocol):
    """What can be asked for the texts that people have sent to us."""

    def received(self, since: datetime) -> Iterable[Received]:
        """Yield those received since an instant, newest first.

        Raises ``SendError`` where the provider does not answer.
        """
        ...  # pragma: no cover


@dataclass(slots=True)
class Inbox:
    """Hands every new text to ``act``. Keeps nothing but up to when replies have been read."""

    store: Store
    clock: Clock
    source: InboundSource | None
    act: Callable[[Received], None]
    _read_until: datetime | None = None
    _looking: threading.Lock = field(default_factory=threading.Lock)

    @property
    def read_until(self) -> datetime | None:
        """Return up to which instant replies have been read; now where there are none to read."""
        return self.clock.now() if self.source is None else self._read_until

    @property
    def failing_for(self) -> timedelta:
        """Return for how long replies could not be read, by whichever process tried."""
        with self.store.read() as connection:
            watch = watch_record(connection)
        since = None if watch is None else watch.replies_failing_since
        return timedelta(0) if since is None else self.clock.now() - since

    def look(self) -> int:
        """Read what is new and let it be acted on; return how many texts that were.

        Raises ``SendError`` where the provider does not answer, and ``UnavailableError`` where the
        record does not; what was not acted on is read again at the next look. A text that cannot be
        acted on is one line in the log, and stops no other.
        """
        if self.source is None:
            return 0
        with self._looking:
            asked_at = self.clock.now()
            try:
                fresh, failed_before = self._fresh(self.source)
            except SendError:
                self._failing(since=asked_at)
                raise
            failed = sum(not self._act_on(received) for received in reversed(fresh))
            if not failed:
                self._read_until = asked_at
            if failed_before or fresh:
                self._failing(since=None)
            return len(fresh)

    def _act_on(self, received: Received) -> bool:
        try:
            self.act(received)
        except WatchbillError:
            raise
        except Exception as error:  # noqa: BLE001 - one text that cannot be acted on stops no other
            logger.error("a text could not be acted on: %s: %s", type(error).__name__, error)
            return False
        return True

    def _failing(self, *, since: datetime | None) -> None:
        """Keep on record since when replies cannot be read; nothing is written where that is known."""
        with self.store.read() as connection:
            watch = watch_record(connection)
        if watch is not None and (watch.replies_failing_since is None) != (since is None):
            with self.store.write() as connection:
                update_watch(connection, replies_failing_since=since)

    def _fresh(self, source: InboundSource) -> tuple[list[Received], bool]:
        """Return the texts that are not on record yet, newest first, and whether reading failed before."""
        with self.store.read() as connection:
            floor, failed_before = inbound.read_from(connection, OVERLAP)
            known = frozenset() if floor is None else inbound.known_since(connection, floor)
        if floor is None:
            return [], failed_before
        fresh: list[Received] = []
        for count, received in enumerate(source.received(floor)):
            if received.at < floor or count >= MOST_READ:
                break
            if received.id not in known:
                fresh.append(received)
        return fresh, failed_before
