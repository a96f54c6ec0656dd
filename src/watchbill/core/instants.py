"""Local dates and times to UTC instants and back; the one place where the two meet.

Sums on calendars are done on dates, durations are measured in UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from watchbill.errors import RefusedError

MIDNIGHT = time(0)
SECOND = timedelta(seconds=1)
FIRST_YEAR, LAST_YEAR = 1990, 2200
REMEMBERED = 4096
"""How many local times are kept with their instants: every tick asks for those of the same few days."""


def aware(instant: datetime) -> datetime:
    """Return the instant in UTC; raise ``ValueError`` for a time without a zone."""
    if instant.tzinfo is None:
        message = f"{instant.isoformat()} has no time zone"
        raise ValueError(message)
    return instant.astimezone(UTC)


@lru_cache(maxsize=REMEMBERED)
def local_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a local time of day.

    A time that the clock repeats is its first occurrence; one that it skips is the instant of the
    jump.
    """
    wall = datetime.combine(day, at)
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    return _jump(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first, zone)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant in ``(before, after]`` with the offset that ``after`` has."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + timedelta(seconds=(after - before) // SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """Return the local calendar date of an instant."""
    return instant.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local day begins."""
    return local_instant(day, MIDNIGHT, zone)


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local day ends: the beginning of the next."""
    return day_start(day + timedelta(days=1), zone)


def dates(first: date, last: date) -> list[date]:
    """Return every date from ``first`` to ``last``, both included."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def iso(instant: datetime) -> str:
    """Return an instant as the contract writes it: UTC, whole seconds, ``2026-11-23T13:30:00Z``."""
    return aware(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


def exact(instant: datetime) -> str:
    """Return an instant in UTC with microseconds: the form that the journal's chain covers."""
    return aware(instant).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_date(text: str, field: str) -> date:
    """Read ``2026-12-24``; raise ``RefusedError`` that names the field."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        message = f"{field}: {text!r} is not a date; write it as 2026-12-24."
        raise RefusedError(message) from None
    _require_sensible(day, text, field)
    return day


def _require_sensible(day: date, text: str, field: str) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = f"{field}: {text!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR}; correct it."
        raise RefusedError(message)


def parse_instant(text: str, zone: ZoneInfo, field: str) -> datetime:
    """Read ``2026-12-24T12:00`` as local time, or with an offset or ``Z`` as it says."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        message = f"{field}: {text!r} is neither a date (2026-12-24) nor a time (2026-12-24T12:00)."
        raise RefusedError(message) from None
    _require_sensible(value.date(), text, field)
    if value.tzinfo is None:
        local = local_instant(value.date(), value.time().replace(microsecond=0), zone)
        return local + timedelta(microseconds=value.microsecond)
    return value.astimezone(UTC)


def parse_span(first: str, last: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Read ``--from`` and ``--to``: dates (``--to`` included) or instants (``--to`` excluded).

    Raises ``RefusedError`` for what cannot be read. Whether the span ends after it begins is for the
    act to say, which keeps on record what it refuses.
    """
    starts = (
        day_start(parse_date(first, "--from"), zone)
        if _is_date(first)
        else parse_instant(first, zone, "--from")
    )
    ends = (
        day_end(parse_date(last, "--to"), zone) if _is_date(last) else parse_instant(last, zone, "--to")
    )
    return starts, ends


def _is_date(text: str) -> bool:
    return "T" not in text and ":" not in text and " " not in text.strip()


def clock_words(instant: datetime, zone: ZoneInfo) -> str:
    """Return a time of day for a person: ``11:30 AM EST``."""
    local = instant.astimezone(zone)
    return f"{local:%I:%M %p %Z}".lstrip("0")


def date_words(day: date) -> str:
    """Return a date for a person: ``Mon Nov 23``."""
    return f"{day:%a %b} {day.day}"


def span_words(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """Return a span for a person: whole days as dates, both included; else with times of day.

    ``Thu Dec 24 to Sat Dec 26``, ``Thu Dec 24``, ``Thu Dec 24 12:00 PM EST to Fri Dec 25 8:00 AM EST``.
    """
    first, end = local_date(starts_at, zone), local_date(ends_at, zone)
    if starts_at == day_start(first, zone) and ends_at == day_start(end, zone):
        last = end - timedelta(days=1)
        return date_words(first) if first == last else f"{date_words(first)} to {date_words(last)}"
    return (
        f"{date_words(first)} {clock_words(starts_at, zone)} to "
        f"{date_words(end)} {clock_words(ends_at, zone)}"
    )
