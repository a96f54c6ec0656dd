"""The register of gaps: brought in line with the facts whenever these have changed.

Called by watch, in a writing transaction; everything about what a gap is stands in core.gaps.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from watchbill.core.coverage import gaps as runs_of
from watchbill.core.coverage import monitor_of
from watchbill.core.gaps import Found, recognise
from watchbill.core.instants import local_date
from watchbill.core.journal import PROGRAM, Kind
from watchbill.core.windows import Occasion
from watchbill.ledger import Office
from watchbill.store import gaps, journal, people, windows
from watchbill.store.gaps import GapRecord


def look_for_gaps(office: Office, connection: sa.Connection, now: datetime) -> None:
    """Note which windows of the horizon nobody covers, as gaps that keep their identity.

    A second look at the same facts writes nothing.
    """
    known = {record.id: record for record in gaps.open_gaps(connection)}
    recognised = recognise(
        _uncovered(office, connection, now), {g: r.windows for g, r in known.items()}
    )
    for found in recognised.found:
        _keep(office, connection, found, known, now)
    for gap in sorted(recognised.ended):
        gaps.update_gap(connection, gap, ended_at=now)
        facts = {"gap": gap, "covered": _still_ahead(connection, known[gap], now)}
        journal.append(connection, office.entropy, now, Kind.GAP_ENDED, PROGRAM, facts)


def _uncovered(office: Office, connection: sa.Connection, now: datetime) -> list[tuple[Occasion, ...]]:
    policy = office.policy
    today = local_date(now, policy.zone)
    last = today + timedelta(days=policy.horizon_days)
    watch = windows.watch_record(connection)
    if watch is not None and watch.laid_until is not None:
        last = max(last, watch.laid_until)  # a clock that is set back sees no less than before
    roster = people.roster_since(connection, now - timedelta(days=1))
    ahead = [
        window
        for window in windows.occasions_between(connection, today, last)
        if window.closes_at > now
    ]
    return [
        run.windows for run in runs_of((w, monitor_of(policy, roster, w) is not None) for w in ahead)
    ]


def _keep(
    office: Office,
    connection: sa.Connection,
    found: Found,
    known: dict[int, GapRecord],
    now: datetime,
) -> None:
    members = [window.id for window in found.windows]
    if found.gap is None:
        parent = None if found.parent is None else known[found.parent]
        number = gaps.insert_gap(connection, now, found.windows, parent)
        facts = {"gap": number, "windows": members, "parent": found.parent}
        journal.append(connection, office.entropy, now, Kind.GAP_FOUND, PROGRAM, facts)
        return
    before = known[found.gap].windows
    closed = [
        w.occasion.id for w in windows.windows_named(connection, before) if w.occasion.closes_at <= now
    ]
    present = [*_next_before(connection, closed, found), *members]
    if tuple(present) != before:
        gaps.update_gap(connection, found.gap, windows=present)
        facts = {"gap": found.gap, "windows": present}
        journal.append(connection, office.entropy, now, Kind.GAP_CHANGED, PROGRAM, facts)


def _next_before(connection: sa.Connection, closed: list[str], found: Found) -> list[str]:
    """Return the closed windows that the run goes on from; none where another window lies between."""
    before = windows.windows_named(connection, closed)
    if not before:
        return []
    last, first = before[-1].occasion, found.windows[0]
    between = windows.occasions_between(connection, last.day, first.day)
    broken = any(last.opens_at < one.opens_at < first.opens_at for one in between)
    return [] if broken else closed


def _still_ahead(connection: sa.Connection, record: GapRecord, now: datetime) -> bool:
    """Whether a gap that is over ended by cover: one of its windows has not closed yet."""
    return any(w.occasion.closes_at > now for w in windows.windows_named(connection, record.windows))
