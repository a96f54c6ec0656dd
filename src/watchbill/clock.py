"""The only door to the wall clock; everything else is handed a clock."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What tells the time: an aware UTC instant, to the microsecond."""

    def now(self) -> datetime:
        """Return the current instant in UTC."""
        ...  # pragma: no cover


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current instant in UTC."""
        return datetime.now(UTC)


class Entropy(Protocol):
    """Where random bits come from: the system's source, or a seeded one in a rehearsal."""

    def bits(self, count: int) -> int:
        """Return a non-negative integer of ``count`` random bits."""
        ...  # pragma: no cover


class SystemEntropy:
    """The operating system's source of random bits, fit for secrets."""

    def bits(self, count: int) -> int:
        """Return a non-negative integer of ``count`` random bits."""
        return secrets.randbits(count)


def monotonic() -> float:
    """Seconds on a clock that nobody sets: for measuring, never for dates."""
    return time.monotonic()
