"""The bell: APScheduler says only «look now»; what is to be done is found out by the look.

Rings at the instant last asked for, every 30 seconds whatever happens, and when somebody acts. A guard
on a monotonic clock rings it where the wall clock was set back or the scheduler fell asleep.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from watchbill.clock import Clock, monotonic

PERIOD = timedelta(seconds=30)
GUARD_SECONDS = 1.0
STOP_SECONDS = 10.0
LOOKS = 3
"""A look that asks for the next one is still counted as running; the lock keeps it to one at a time."""


class Every(BaseTrigger):  # type: ignore[misc]  # apscheduler has no types
    """Rings a period after now, whatever was before: a clock that jumps costs one period at most."""

    def __init__(self, period: timedelta) -> None:
        self._period = period

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Return the instant a period from now."""
        return now + self._period


class Bell:
    """Calls ``look`` in one thread at a time.

    The guard looks every ``guard_seconds``, and rings where the bell is twice as long overdue.
    """

    def __init__(
        self,
        look: Callable[[], datetime | None],
        clock: Clock,
        *,
        period: timedelta = PERIOD,
        guard_seconds: float = GUARD_SECONDS,
    ) -> None:
        self._look = look
        self._clock = clock
        self._period = period
        self._guard_seconds = guard_seconds
        self._rung_at = monotonic()
        self._stopped = threading.Event()
        self._again = threading.Event()
        self._running = threading.Lock()
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone="UTC",
        )
        self._job: Any = None
        self._others: dict[str, tuple[timedelta, float]] = {}
        self._guard = threading.Thread(target=self._watch_over, name="bell-guard", daemon=True)

    def start(self, first: datetime | None) -> None:
        """Begin to ring; ``first`` is when something is due next."""
        self._job = self._scheduler.add_job(
            self._ring, Every(self._period), id="look", max_instances=LOOKS
        )
        self._scheduler.start()
        self._aim(first)
        self._guard.start()

    def also(self, name: str, work: Callable[[], None], period: timedelta) -> None:
        """Let other work be done at a period, in a thread of its own."""

        def timely() -> None:
            work()
            self._others[name] = (period, monotonic())

        self._others[name] = (period, monotonic())
        self._scheduler.add_job(timely, Every(period), id=name)

    def ring_soon(self) -> None:
        """Let a look be taken at once; where one is under way, another after it."""
        self._again.set()
        if not self._stopped.is_set() and not self._running.locked():
            self._modify(self._clock.now())

    def stop(self) -> None:
        """Ring no more, and wait for the look that is under way, ten seconds at most."""
        self._stopped.set()
        self._scheduler.pause()
        if self._running.acquire(timeout=STOP_SECONDS):
            self._running.release()
        self._scheduler.shutdown(wait=False)

    def _ring(self) -> None:
        with self._running:
            if self._stopped.is_set():
                return
            self._again.clear()
            wanted = self._look()
            self._rung_at = monotonic()
        self._aim(wanted)

    def _aim(self, wanted: datetime | None) -> None:
        now = self._clock.now()
        latest = now + self._period
        if self._again.is_set():
            wanted = now
        self._modify(max(now, min(wanted, latest)) if wanted is not None else latest)

    def _modify(self, instant: datetime) -> None:
        if self._job is not None and not self._stopped.is_set():
            self._scheduler.modify_job("look", next_run_time=instant)

    def _watch_over(self) -> None:
        """Wake the scheduler each second, and ring where it has been silent for too long."""
        late = self._period.total_seconds() + 2 * self._guard_seconds
        while not self._stopped.wait(self._guard_seconds):
            if monotonic() - self._rung_at > late:
                self._rung_at = monotonic()
                self._modify(self._clock.now())
            self._hurry_others()
            self._scheduler.wakeup()

    def _hurry_others(self) -> None:
        for name, (period, done_at) in list(self._others.items()):
            late = period.total_seconds() + 2 * self._guard_seconds
            if monotonic() - done_at > late and not self._stopped.is_set():
                self._others[name] = (period, monotonic())
                self._scheduler.modify_job(name, next_run_time=self._clock.now())
