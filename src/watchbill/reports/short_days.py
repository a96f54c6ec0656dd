"""Weekdays with fewer than two checks, and why: who had it, who was away, what was viewed, what was said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from watchbill.core.candidates import why_uncovered
from watchbill.core.checks import Check
from watchbill.core.compliance import Viewed, in_time, viewed, weekday_demand
from watchbill.core.instants import clock_words, day_end, day_start
from watchbill.core.policy import Policy
from watchbill.core.roster import Person, Roster
from watchbill.core.windows import State
from watchbill.core.wording import hours, in_words
from watchbill.reports.coverage_log import CoverageLog, LogRow
from watchbill.store import people, windows
from watchbill.store.day_figures import separations
from watchbill.store.explanations import Explanation
from watchbill.store.windows import WindowRecord

TIMES = {0: "not viewed", 1: "viewed once"}


@dataclass(frozen=True, slots=True)
class ShortDay:
    """A weekday with fewer than two checks: how often all pages were viewed, and a sentence a reason."""

    day: date
    times: int
    needed: int
    reasons: tuple[str, ...]
    explanations: tuple[Explanation, ...]


@dataclass(frozen=True, slots=True)
class _Desk:
    policy: Policy
    log: CoverageLog
    roster: Roster
    reader: Person
    began_at: datetime | None


def short_days_of(
    policy: Policy, connection: sa.Connection, log: CoverageLog, days: Collection[date], reader: Person
) -> list[ShortDay]:
    """Return what is to be said of these dates of a log, in its order; *sick* only to who may read it."""
    wanted = sorted(days)
    if not wanted:
        return []
    zone = policy.zone
    span = day_start(wanted[0], zone), day_end(wanted[-1], zone)
    watch = windows.watch_record(connection)
    desk = _Desk(
        policy,
        log,
        people.roster_between(connection, *span),
        reader,
        None if watch is None else watch.began_at,
    )
    apart = separations(connection)
    rows: dict[date, list[LogRow]] = {day: [] for day in wanted}
    for row in log.rows:
        if row.day in rows:
            rows[row.day].append(row)
    order = dict.fromkeys(row.day for row in log.rows if row.day in rows)
    return [_short_day(desk, day, rows[day], apart) for day in order]


def _short_day(desk: _Desk, day: date, rows: list[LogRow], apart: Mapping[int, timedelta]) -> ShortDay:
    of_windows = sorted(
        (row for row in rows if row.record is not None), key=lambda row: _opening(row.record)
    )
    readings = [row.record.reading for row in of_windows if row.record is not None]
    separation = apart.get(max(readings, default=0), desk.policy.minimum_separation)
    found = seen_in(rows, separation, desk.policy)
    reasons = [
        *_about_the_record(desk, day, len(of_windows)),
        *(sentence for row in of_windows for sentence in _about_window(desk, row)),
        *_about_viewings(desk, rows, found, separation),
    ]
    given = tuple(one for row in of_windows for one in row.explanations)
    return ShortDay(day, found.times, found.needed, tuple(dict.fromkeys(reasons)), given)


def _opening(record: WindowRecord | None) -> datetime:
    return datetime.max.replace(tzinfo=UTC) if record is None else record.occasion.opens_at


def seen_in(rows: Iterable[LogRow], separation: timedelta, policy: Policy) -> Viewed:
    """Return how often the pages of a day were viewed, from the rows of the day."""
    kept = list(rows)
    pages = {page for row in kept if row.record is not None for page in row.record.pages or ()}
    checks = in_time(_checks(kept).values(), policy.zone)
    return viewed(pages, checks, weekday_demand(separation))


def _checks(rows: Iterable[LogRow]) -> dict[int, Check]:
    """Return the checks of some rows, each once, amendments left out."""
    return {
        record.check.number: record.check
        for row in rows
        for record in row.checks
        if record.amends is None
    }


def _about_the_record(desk: _Desk, day: date, laid: int) -> list[str]:
    if desk.began_at is None or laid >= 2:  # noqa: PLR2004 - the two windows of a weekday (§6)
        return []
    began = desk.began_at.astimezone(desk.policy.zone).date() == day
    return ["The record began on this day."] if began else [f"The day had {laid} window laid out."]


def _about_window(desk: _Desk, row: LogRow) -> list[str]:
    record = row.record
    if record is None or (row.state is State.COMPLETED and not record.unattended):
        return []
    when = hours(record.occasion, desk.policy.agency)
    said = [f"{when}: {row.state}{_whose(desk, row)}"]
    if record.unattended:
        said.append(f"{when}: watchbill was not running, so nobody was reminded.")
    return said


def _whose(desk: _Desk, row: LogRow) -> str:
    record = row.record
    if record is None or record.monitor is not None:
        return f"; it was {desk.log.name(None if record is None else record.monitor)}'s to do."
    why = why_uncovered(desk.policy, desk.roster, record.occasion, desk.reader)
    return f"; nobody covered it. {why}".rstrip()


def _about_viewings(desk: _Desk, rows: list[LogRow], found: Viewed, separation: timedelta) -> list[str]:
    names = {page.key: page.name for page in desk.log.pages}
    counts = {key: len(seen) for key, seen in found.viewings.items()}
    if not counts:
        return ["There was no page to view."]
    if set(counts.values()) == {0}:
        return ["No page was viewed."]
    if set(counts.values()) == {1}:
        return ["All pages were viewed once.", *_too_close(desk, rows, found, separation)]
    said = [f"{names.get(key, key)} was {TIMES[counts[key]]}." for key in found.lacking]
    return said + _too_close(desk, rows, found, separation)


def _too_close(desk: _Desk, rows: list[LogRow], found: Viewed, separation: timedelta) -> list[str]:
    """Say which viewings did not count because they lay too close together."""
    counted = {at for key in found.lacking for at in found.viewings[key]}
    checks = in_time(_checks(rows).values(), desk.policy.zone)
    others = [
        check.viewed_at
        for check in checks
        if check.pages & set(found.lacking) and check.viewed_at not in counted
    ]
    return [
        f"A viewing at {clock_words(at, desk.policy.zone)} came less than {in_words(separation)} after "
        "another, and counts as one with it."
        for at in sorted(set(others))
    ]
