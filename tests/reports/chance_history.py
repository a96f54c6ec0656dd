"""A history made by chance: windows settled as their checks say, with every kind of check in it."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from tests.cast import DANA, KIM, PAGE_KEYS
from tests.store.desk import Desk
from watchbill.core.checks import Action, Category, Check, DayWindow, Finding, Way, tally
from watchbill.core.coverage import Span
from watchbill.core.instants import dates, day_end, day_start
from watchbill.core.journal import Actor, Kind
from watchbill.core.roster import Why
from watchbill.core.windows import Layout, Occasion, occasions
from watchbill.store import journal, windows
from watchbill.store.windows import CheckRecord

PAGES = tuple(sorted(PAGE_KEYS))
EVER_AFTER = timedelta(days=3)


def write_by_chance(desk: Desk, first: date, last: date, seed: int) -> None:
    """Fill the dates, whose ends have passed, with windows and checks; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - the same for the same seed, on purpose
    with desk.store.write() as connection:
        reading = windows.latest_reading(connection)
        assert reading is not None
        for day in dates(first, last):
            laid = occasions(desk.office.policy, day, day)
            windows.apply_layout(connection, Layout(tuple(laid), ()), reading[0])
            records = [record for one in laid for record in _checks(desk, connection, chance, day, one)]
            _settle(desk, connection, chance, day, laid, records)


def _checks(
    desk: Desk, connection: sa.Connection, chance: random.Random, day: date, window: Occasion
) -> list[CheckRecord]:
    how = chance.choices(["inside", "split", "late", "edge", "none", "extra"], [12, 3, 3, 2, 3, 2])[0]
    at = window.opens_at + timedelta(minutes=chance.randrange(180))
    if how == "edge":
        at = window.closes_at - timedelta(microseconds=1)
    if how == "late":
        at = window.closes_at + timedelta(minutes=chance.randrange(61))
    if how == "extra":
        at = window.counts_from - timedelta(minutes=chance.randrange(1, 90))
    if how == "none":
        return []
    shares = [PAGES[:1], PAGES[1:]] if how == "split" else [PAGES]
    return [
        _check(desk, connection, chance, day, at + timedelta(minutes=20 * place), share)
        for place, share in enumerate(shares)
    ]


def _check(
    desk: Desk,
    connection: sa.Connection,
    chance: random.Random,
    day: date,
    at: datetime,
    pages: tuple[str, ...],
) -> CheckRecord:
    attested = chance.random() < 0.2
    reported_at = at + timedelta(minutes=30) if attested else at
    if chance.random() < 0.05:
        attested, reported_at = True, at + EVER_AFTER
    zone = desk.office.policy.zone
    at = max(day_start(day, zone), min(at, day_end(day, zone) - timedelta(seconds=1)))
    who = chance.choice([KIM, DANA])
    entry = journal.append(
        connection,
        desk.office.entropy,
        reported_at,
        Kind.CHECK_RECORDED,
        Actor("program", "program"),
        {},
    )
    found = (Finding(pages[0], Category.SPAM, Action.HIDDEN),) if chance.random() < 0.1 else ()
    check = Check(entry.number, who.id, at, reported_at, frozenset(pages))
    record = CheckRecord(check, reported_at, Way.WEB, attested, None, found)
    windows.insert_check(connection, record, day)
    return record


def _settle(
    desk: Desk,
    connection: sa.Connection,
    chance: random.Random,
    day: date,
    laid: list[Occasion],
    records: list[CheckRecord],
) -> None:
    ends_at = day_end(day, desk.office.policy.zone)
    found = tally([DayWindow(one, PAGE_KEYS) for one in laid], windows.viewings(records), ends_at)
    for entry in found.tallies:
        window = entry.window.occasion
        halfway = window.opens_at + (window.closes_at - window.opens_at) / 3
        spans = [
            Span(window.opens_at, halfway, DANA.id, Why.INTERIM),
            Span(halfway, window.closes_at, KIM.id, Why.PIO),
        ][chance.randrange(2) :]
        monitor = chance.choice([KIM.id, KIM.id, None])
        windows.update_window(
            connection,
            window.id,
            pages=list(PAGES),
            state=entry.state(ends_at),
            settled_at=ends_at,
            unattended=chance.random() < 0.1,
            monitor_id=monitor,
            spans=windows.span_values(spans),
        )
