"""What somebody entered on a form, in its address or as it was sent: read by name, refused beside the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchbill.core.instants import day_end, day_start, local_date, local_instant, parse_date
from watchbill.errors import RefusedError
from watchbill.web.filled import NUMBER, FieldError, in_plain_words, time_of_day
from watchbill.web.visit import Visit

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Entered:
    """The fields of a form; nothing longer than a line is read."""

    get: Callable[[str], str]

    def text(self, name: str) -> str:
        """Return a field, or nothing."""
        return self.get(name).strip()[:LONGEST]

    def number(self, name: str) -> int | None:
        """Return a field that is an id, or ``None``."""
        value = self.text(name)
        return int(value) if NUMBER.fullmatch(value) else None


@dataclass(frozen=True, slots=True)
class Reach:
    """Between which local dates a span may lie: a slip of the finger is not a leave of a century."""

    earliest: date
    latest: date


def entered(visit: Visit) -> Entered:
    """Return what was entered: the form that was sent, or the address that was opened."""
    if visit.sent is not None:
        return Entered(visit.sent.text)
    return Entered(lambda name: visit.query.get(name, ""))


def today(visit: Visit) -> date:
    """Return the local date."""
    return local_date(visit.now, visit.policy.zone)


def reach(visit: Visit, *, back: int, ahead: int) -> Reach:
    """Return the dates from so many days back to so many days ahead."""
    return Reach(today(visit) - timedelta(days=back), today(visit) + timedelta(days=ahead))


def span(visit: Visit, given: Entered, within: Reach, *, from_now: bool) -> tuple[datetime, datetime]:
    """Return the span that was entered, in local dates; ``to`` is included, unless it has a time of day.

    Without a time of day, a span from today on begins now where ``from_now``, else with the day.
    Raises ``FieldError``.
    """
    zone = visit.policy.zone
    first = _date(given, "from", within)
    last = _date(given, "to", within) if given.text("to") else first
    opens, closes = _time(given, "from_time"), _time(given, "to_time")
    starts_at = day_start(first, zone) if opens is None else local_instant(first, opens, zone)
    if opens is None and from_now and first == today(visit):
        starts_at = visit.now
    return starts_at, _end(last, closes, zone)


def _end(last: date, closes: time | None, zone: ZoneInfo) -> datetime:
    return day_end(last, zone) if closes is None else local_instant(last, closes, zone)


def _date(given: Entered, field: str, within: Reach) -> date:
    text = given.text(field)
    if not text:
        raise FieldError(field, "Give a date.")
    try:
        day = parse_date(text, "The date")
    except RefusedError:
        raise FieldError(field, "This is not a date; write it as 2026-12-24.") from None
    if not within.earliest <= day <= within.latest:
        sentence = f"Give a date from {within.earliest} to {within.latest}."
        raise FieldError(field, sentence)
    return day


def _time(given: Entered, field: str) -> time | None:
    text = given.text(field)
    if not text:
        return None
    value = time_of_day(text)
    if value is None:
        raise FieldError(field, "This is not a time of day; write it as 13:30.")
    return value


def beside(error: RefusedError) -> FieldError:
    """Return a refusal as it stands beside the field that it is about."""
    field = "who"
    if error.message.startswith("--to: "):
        field = "to"
    elif error.message.startswith("--by: "):
        field = "form"
    return FieldError(field, in_plain_words(error.message))
