"""What the daemon looks after beside the watch: the clock, the disk, the journal (DOMAIN §5, health).

What fails is noted, and the next tick tells Information Services.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from watchbill.assembly import House
from watchbill.clock import monotonic
from watchbill.core.journal import verify
from watchbill.errors import WatchbillError
from watchbill.store import journal, troubles
from watchbill.store.columns import Trouble

logger = logging.getLogger(__name__)
HOUSEKEEPING_PERIOD = timedelta(minutes=1)
LEAST_FREE_BYTES = 100 * 1024 * 1024
CLOCK_JUMP = timedelta(seconds=90)
JUMP_IS_NEWS = timedelta(hours=1)
VERIFIED_EVERY_SECONDS = 24 * 3600.0


@dataclass(slots=True)
class Housekeeping:
    """Looks once a minute; what it keeps is lost with the process, and found out again."""

    house: Callable[[], House]
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    ticks: Callable[[], float] = monotonic
    _seen: tuple[datetime, float] | None = field(default=None)
    _verified_at: float | None = field(default=None)

    def look(self) -> None:
        """Look at clock, disk and journal; what cannot be looked at is one line in the log."""
        house = self.house()
        for work in (self._clock, self._disk, self._journal):
            try:
                work(house)
            except WatchbillError as error:
                logger.error("housekeeping: %s", error.message)
            except OSError as error:
                logger.error("housekeeping: %s", error.strerror or error)

    def _clock(self, house: House) -> None:
        """Note a clock that went another way than time did since the last look."""
        now, ticks = house.office.clock.now(), self.ticks()
        before, self._seen = self._seen, (now, ticks)
        if before is not None:
            jump = (now - before[0]) - timedelta(seconds=ticks - before[1])
            if abs(jump) >= CLOCK_JUMP:
                seconds = round(jump.total_seconds())
                detail = f"the server's clock was set by {seconds:+d} seconds; see to its time service."
                house.over(Trouble.CLOCK, "")  # each jump is one of its own
                house.trouble(Trouble.CLOCK, "", detail)
                return
        with house.office.store.read() as connection:
            noted = [one for one in troubles.going_on(connection) if one.kind == Trouble.CLOCK]
        if any(abs(now - one.seen_at) > JUMP_IS_NEWS for one in noted):
            house.over(Trouble.CLOCK, "")

    def _disk(self, house: House) -> None:
        """Note a disk with less than 100 MB left where an SQLite record is kept."""
        database = sa.make_url(str(house.office.store.engine.url)).database
        if house.office.store.dialect != "sqlite" or not database:
            return
        free = self.free_bytes(Path(database).parent)
        if free < LEAST_FREE_BYTES:
            detail = f"{free // (1024 * 1024)} MB are left where the record is kept; free some space."
            house.trouble(Trouble.DISK, "", detail)
        else:
            house.over(Trouble.DISK, "")

    def _journal(self, house: House) -> None:
        """Verify the whole journal once a day."""
        ticks = self.ticks()
        if self._verified_at is not None and ticks - self._verified_at < VERIFIED_EVERY_SECONDS:
            return
        self._verified_at = ticks
        with house.office.store.read() as connection:
            fault = next(verify(journal.entries(connection)), None)
        if fault is not None:
            house.trouble(Trouble.JOURNAL, "", f"{fault} Keep the file as it is, and restore a backup.")
        else:
            house.over(Trouble.JOURNAL, "")
