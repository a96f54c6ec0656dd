"""The hours at which somebody wants to be left in peace: what is neither urgent nor about a window waits."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchbill.core.instants import local_date, local_instant
from watchbill.errors import RefusedError

TIMES = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)")
LONGEST = timedelta(hours=12)
DAY = timedelta(days=1)

Quiet = tuple[time, time]
"""From a local time of day to another, past midnight where the second is not later."""


def parse_quiet(text: str, field: str) -> Quiet | None:
    """Read ``21:00-07:00``; nothing for an empty text.

    Raises ``RefusedError`` that names the field for what is no span of at most 12 hours: a message
    that waits for longer would be as good as lost.
    """
    bare = text.strip()
    if not bare:
        return None
    found = TIMES.fullmatch(bare)
    if found is None:
        raise RefusedError(f"{field}: {bare[:20]!r} is not a span of hours; write it as 21:00-07:00.")
    first, second, third, fourth = (int(part) for part in found.groups())
    quiet = time(first, second), time(third, fourth)
    if not timedelta(0) < _length(quiet) <= LONGEST:
        raise RefusedError(f"{field}: quiet hours last at most 12 hours; write them as 21:00-07:00.")
    return quiet


def _length(quiet: Quiet) -> timedelta:
    first, last = (timedelta(hours=at.hour, minutes=at.minute) for at in quiet)
    return (last - first) % DAY


def quiet_text(quiet: Quiet | None) -> str:
    """Return quiet hours as they are written, ``21:00-07:00``; empty where there are none."""
    return "" if quiet is None else f"{quiet[0]:%H:%M}-{quiet[1]:%H:%M}"


def quiet_words(quiet: Quiet | None) -> str:
    """Return quiet hours for a person: ``9:00 PM to 7:00 AM``; ``none``."""
    if quiet is None:
        return "none"
    return " to ".join(f"{at:%I:%M %p}".lstrip("0") for at in quiet)


def quiet_until(quiet: Quiet, instant: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the quiet hours that an instant lies in end; ``None`` outside of them."""
    begins, ends = quiet
    at, day = instant.astimezone(zone).time(), local_date(instant, zone)
    if begins < ends:
        within = begins <= at < ends
    else:
        within = at >= begins or at < ends
        day += DAY if at >= begins else timedelta(0)
    return max(instant, local_instant(day, ends, zone)) if within else None
