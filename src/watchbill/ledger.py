"""What time alone does to the record: readings adopted, windows laid out, opened and closed.

Run before every tick and before every act, in its transaction, so that what was true when a window
opened or closed is on record before anything changes it: today's roster never rewrites yesterday.
Called by acts and watch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from watchbill.clock import Clock, Entropy
from watchbill.core import coverage
from watchbill.core.checks import Check, Day, DayWindow, tally
from watchbill.core.instants import day_end, exact, local_date
from watchbill.core.journal import PROGRAM, Kind
from watchbill.core.policy import Policy
from watchbill.core.roster import Page
from watchbill.core.windows import State, lay_out, occasions
from watchbill.store import journal, people, windows
from watchbill.store.engine import Store
from watchbill.store.windows import WatchRecord, WindowRecord

CLOCK_WAS_AHEAD = timedelta(hours=1)
STEADY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Office:
    """What every act and every tick needs: the record, the agency's reading, the time, chance.

    ``within``: the writing transaction that an act is a part of; ``None`` where it opens its own.
    """

    store: Store
    policy: Policy
    clock: Clock
    entropy: Entropy
    adopted_by: str = "operator"
    within: sa.Connection | None = None

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Give a writing transaction: a part of the one that is open, undone by itself, or a new one."""
        if self.within is None:
            with self.store.write() as connection:
                yield connection
        else:
            with self.within.begin_nested():
                yield self.within


def advance(office: Office, connection: sa.Connection, now: datetime, *, ticking: bool = False) -> None:
    """Bring the record to ``now``; a second call with the same or an earlier instant changes nothing.

    The record begins when there are people and pages to watch; with the first tick, also without pages.
    """
    policy = office.policy
    watch = windows.watch_record(connection)
    if watch is None and not _can_begin(connection, ticking=ticking):
        return
    if watch is None:
        windows.begin_watch(connection, now)
    elif now < watch.began_at:
        if watch.ticked_at is not None:
            return
        windows.update_watch(connection, began_at=now)
    reading, is_new = _reading(office, connection, now)
    today = local_date(now, policy.zone)
    horizon = today + timedelta(days=policy.horizon_days)
    laid_until = None if watch is None else watch.laid_until
    if is_new or laid_until is None or laid_until < horizon or watch is None or now < watch.began_at:
        _lay_out(office, connection, reading, laid_until, now)
    if is_steady(watch, now):
        _reopen(office, connection, now)
    _freeze(office, connection, now)


def is_steady(watch: WatchRecord | None, now: datetime) -> bool:
    """Whether the clock has gone on for a minute since a tick looked at it.

    One look by a clock that was set back opens nothing again (DOMAIN §7, promise 9): it may be that
    clock that is wrong.
    """
    return watch is not None and watch.ticked_at is not None and now - watch.ticked_at >= STEADY


def _reopen(office: Office, connection: sa.Connection, now: datetime) -> None:
    """Open the windows of now once more that a clock far ahead has settled, when no tick had seen them."""
    for record in windows.windows_settled_ahead(connection, now, now + CLOCK_WAS_AHEAD):
        window = record.occasion.id
        fresh = {"state": State.UPCOMING, "unattended": False, "monitor_id": None}
        empty = dict.fromkeys(("settled_at", "spans", "pages"))
        windows.update_window(connection, window, **fresh, **empty)
        facts = {"window": window}
        journal.append(connection, office.entropy, now, Kind.WINDOW_REOPENED, PROGRAM, facts)


def _can_begin(connection: sa.Connection, *, ticking: bool) -> bool:
    if not people.all_people(connection):
        return False
    return ticking or bool(people.all_pages(connection))


def _reading(office: Office, connection: sa.Connection, now: datetime) -> tuple[int, bool]:
    latest = windows.latest_reading(connection)
    digest = office.policy.digest()
    if latest is not None and latest[1] == digest:
        return latest[0], False
    meaning = office.policy.meaning()
    number = windows.insert_reading(connection, digest, meaning, now, office.adopted_by)
    facts = {"reading": number, "digest": digest}
    words = {"adopted_by": office.adopted_by}
    journal.append(connection, office.entropy, now, Kind.READING_ADOPTED, PROGRAM, facts, words)
    return number, True


def _lay_out(
    office: Office,
    connection: sa.Connection,
    reading: int,
    laid_until: date | None,
    now: datetime,
) -> None:
    policy = office.policy
    watch = windows.watch_record(connection)
    if watch is None:
        raise RuntimeError("windows are laid out after the record has begun")
    today = local_date(now, policy.zone)
    first = today if laid_until is None else min(today, laid_until + timedelta(days=1))
    last = max(today + timedelta(days=policy.horizon_days), laid_until or today)
    wanted = occasions(policy, first, last)
    records = windows.windows_between(connection, first, last)
    laid = {record.occasion.id: record.occasion for record in records}
    opened = {record.occasion.id for record in records if record.pages is not None}
    layout = lay_out(wanted, laid, laid_until, watch.began_at, now, opened=opened)
    windows.apply_layout(connection, layout, reading)
    windows.update_watch(connection, laid_until=last)
    changed = {window.day for window in layout.put} | {laid[name].day for name in layout.drop}
    for day in sorted(changed):
        if windows.checks_between(connection, day, day):
            retally(policy, connection, day, now)


def _freeze(office: Office, connection: sa.Connection, now: datetime) -> None:
    begun = windows.windows_begun(connection, now)
    opened = [record for record in begun if record.pages is None]
    if opened:
        pages = people.all_pages(connection)
        for record in opened:
            windows.update_window(
                connection,
                record.occasion.id,
                pages=list(active_pages(pages, record.occasion.opens_at)),
                state=State.OPEN,
            )
        for day in sorted({record.occasion.day for record in opened}):
            retally(office.policy, connection, day, now)
    for record in begun:
        if record.spans is None and record.occasion.closes_at <= now:
            _close(office, connection, record)


def _close(office: Office, connection: sa.Connection, record: WindowRecord) -> None:
    occasion = record.occasion
    roster = people.roster_since(connection, occasion.opens_at)
    spans = coverage.spans(office.policy, roster, occasion.opens_at, occasion.closes_at)
    windows.update_window(
        connection,
        occasion.id,
        monitor_id=coverage.monitor(office.policy.minimum_cover, spans),
        spans=windows.span_values(spans),
    )


def active_pages(pages: list[Page], instant: datetime) -> tuple[str, ...]:
    """Return the keys of the pages that are active at an instant."""
    return tuple(page.key for page in pages if page.active_at(instant))


def retally(policy: Policy, connection: sa.Connection, day: date, now: datetime) -> list[str]:
    """Compute anew what the checks of a local day make of its windows; return those that changed."""
    records = windows.windows_between(connection, day, day)
    result = tally_day(policy, connection, day, records)
    before = {record.occasion.id: record for record in records}
    changed = []
    for entry in result.tallies:
        window = entry.window.occasion.id
        state = entry.state(now)
        if before[window].settled_at is not None and state in (State.UPCOMING, State.OPEN):
            continue
        if before[window].state is not state:
            windows.update_window(connection, window, state=state)
            changed.append(window)
    return changed


def tally_day(
    policy: Policy,
    connection: sa.Connection,
    day: date,
    records: Sequence[WindowRecord],
    *beside: Check,
) -> Day:
    """Return what the checks of a local day, and those ``beside``, make of the windows of that day."""
    pages = people.all_pages(connection)
    checks = windows.viewings(windows.checks_between(connection, day, day))
    laid = [_day_window(record, pages) for record in records]
    return tally(laid, [*checks, *beside], day_end(day, policy.zone))


def pages_of(record: WindowRecord, pages: list[Page]) -> tuple[str, ...]:
    """Return the keys of a window's pages: those it was opened with, or would open with."""
    return active_pages(pages, record.occasion.opens_at) if record.pages is None else record.pages


def _day_window(record: WindowRecord, pages: list[Page]) -> DayWindow:
    return DayWindow(record.occasion, frozenset(pages_of(record, pages)))


def state_at(record: WindowRecord, now: datetime) -> State:
    """Return what a window is at ``now``, whether or not a tick has run since it opened or closed."""
    if record.state in (State.COMPLETED, State.LATE, State.MISSED):
        return record.state
    if now < record.occasion.opens_at:
        return State.UPCOMING
    return State.OPEN if now < record.occasion.closes_at else State.MISSED


def unattended_at(record: WindowRecord, now: datetime) -> bool:
    """Whether no tick ran between a window's opening and its closing, whether or not it is settled yet."""
    closed = record.settled_at is None and record.occasion.closes_at <= now
    return record.unattended or (closed and not record.attended)


def settle(
    office: Office,
    connection: sa.Connection,
    record: WindowRecord,
    state: State,
    now: datetime,
    *,
    unattended: bool,
) -> bool:
    """Settle a window and say so in the journal; return whether this call did it."""
    window = record.occasion.id
    if not windows.settle_window(connection, window, state, now, unattended=unattended):
        return False
    facts = {
        "window": window,
        "opens_at": exact(record.occasion.opens_at),
        "closes_at": exact(record.occasion.closes_at),
        "pages": list(record.pages or ()),
        "state": state,
        "monitor": record.monitor,
        "unattended": unattended,
        "reading": record.reading,
    }
    journal.append(connection, office.entropy, now, Kind.WINDOW_SETTLED, PROGRAM, facts)
    return True
