"""The coverage log: every window that has opened, with its checks; extra checks a day by themselves."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa

from watchbill.core.checks import DayWindow, tally
from watchbill.core.coverage import monitor_of
from watchbill.core.instants import day_end, iso
from watchbill.core.roster import Page, Person
from watchbill.core.windows import State
from watchbill.ledger import Office, active_pages, state_at
from watchbill.store import people, windows
from watchbill.store.windows import CheckRecord, WindowRecord

COLUMNS = (
    "window",
    "rule",
    "date",
    "opens_at",
    "closes_at",
    "state",
    "unattended",
    "monitor",
    "entry",
    "by",
    "viewed_at",
    "recorded_at",
    "pages",
    "findings",
    "way",
    "attested",
    "amends",
)


@dataclass(frozen=True, slots=True)
class LogRow:
    """A window with the checks that stand under it, or the extra checks of a day."""

    day: date
    record: WindowRecord | None
    state: State | None
    checks: tuple[CheckRecord, ...]


@dataclass(frozen=True, slots=True)
class CoverageLog:
    """The rows of some dates, oldest first, and the people that they name."""

    rows: tuple[LogRow, ...]
    people: dict[int, Person]
    now: datetime

    def email(self, person: int | None) -> str | None:
        """Return how a person is named in JSON and CSV."""
        return None if person is None else self.people[person].email

    def name(self, person: int | None) -> str:
        """Return how a person is named in a table."""
        return "nobody" if person is None else self.people[person].name

    def as_json(self) -> list[dict[str, object]]:
        """Return the log as the contract has it."""
        return [
            {**self._head(row), "checks": [self._check(check) for check in row.checks]}
            for row in self.rows
        ]

    def as_csv(self) -> str:
        """Return the log as CSV (RFC 4180): a line a check, and a line for a window without one."""
        out = io.StringIO()
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        for row in self.rows:
            head = self._head(row)
            for check in row.checks or (None,):
                values = {**head, **({} if check is None else self._flat(check))}
                writer.writerow({name: _plain(value) for name, value in values.items()})
        return out.getvalue()

    def _head(self, row: LogRow) -> dict[str, object]:
        record = row.record
        if record is None:
            empty = dict.fromkeys(("window", "rule"))
            return {
                **empty,
                "date": row.day.isoformat(),
                **dict.fromkeys(("opens_at", "closes_at", "state")),
                "unattended": False,
                "monitor": None,
            }
        return {
            "window": record.occasion.id,
            "rule": record.occasion.rule,
            "date": row.day.isoformat(),
            "opens_at": iso(record.occasion.opens_at),
            "closes_at": iso(record.occasion.closes_at),
            "state": row.state,
            "unattended": record.unattended,
            "monitor": self.email(record.monitor),
        }

    def _check(self, record: CheckRecord) -> dict[str, object]:
        check = record.check
        return {
            "entry": check.number,
            "by": self.email(check.person),
            "viewed_at": iso(check.viewed_at),
            "recorded_at": iso(record.recorded_at),
            "pages": sorted(check.pages),
            "findings": [
                {"page": found.page, "category": found.category, "action": found.action}
                for found in record.findings
            ],
            "way": record.way,
            "attested": record.attested,
            "amends": record.amends,
        }

    def _flat(self, record: CheckRecord) -> dict[str, object]:
        values = self._check(record)
        values["pages"] = " ".join(sorted(record.check.pages))
        values["findings"] = " ".join(":".join(found) for found in record.findings)
        return values


def coverage_log(office: Office, first: date, last: date) -> CoverageLog:
    """Return the log of the local dates, both included, oldest first."""
    with office.store.read() as connection:
        now = office.clock.now()
        records = [
            record
            for record in windows.windows_between(connection, first, last)
            if state_at(record, now) is not State.UPCOMING
        ]
        checks = windows.checks_between(connection, first, last)
        pages = people.all_pages(connection)
        everybody = people.all_people(connection)
        records = [_with_monitor(office, connection, record) for record in records]
        days = _days(office, records, checks)
        rows = [
            row
            for day, (of_day, viewed) in sorted(days.items())
            for row in _rows(office, day, of_day, viewed, pages, now)
        ]
        return CoverageLog(tuple(rows), everybody, now)


def _plain(value: object) -> object:
    """Return a value as CSV has it: ``true`` and ``false`` as in JSON."""
    return str(value).lower() if isinstance(value, bool) else value


def _with_monitor(office: Office, connection: sa.Connection, record: WindowRecord) -> WindowRecord:
    """Return a window with its monitor: as stored at closing, before that as the facts are now."""
    if record.spans is not None:
        return record
    roster = people.roster_since(connection, record.occasion.opens_at)
    return replace(record, monitor=monitor_of(office.policy, roster, record.occasion))


DayRecords = tuple[list[WindowRecord], list[CheckRecord]]


def _days(
    office: Office, records: Iterable[WindowRecord], checks: Iterable[CheckRecord]
) -> dict[date, DayRecords]:
    days: dict[date, DayRecords] = {}
    zone = office.policy.zone
    for record in records:
        days.setdefault(record.occasion.day, ([], []))[0].append(record)
    for check in checks:
        day = check.check.viewed_at.astimezone(zone).date()
        days.setdefault(day, ([], []))[1].append(check)
    return days


def _rows(
    office: Office,
    day: date,
    records: Sequence[WindowRecord],
    checks: Sequence[CheckRecord],
    pages: list[Page],
    now: datetime,
) -> Iterable[LogRow]:
    by_number = {record.check.number: record for record in checks}
    of_day = [
        DayWindow(
            record.occasion,
            frozenset(
                record.pages
                if record.pages is not None
                else active_pages(pages, record.occasion.opens_at)
            ),
        )
        for record in records
    ]
    result = tally(of_day, windows.viewings(checks), day_end(day, office.policy.zone))
    stands_under = {record.occasion.id: record for record in records}
    extra = [by_number[check.number] for check in result.extra]
    under: dict[str, list[CheckRecord]] = {record.occasion.id: [] for record in records}
    for entry in result.tallies:
        for check in (*entry.inside, *entry.late):
            under[entry.window.occasion.id].append(by_number[check.number])
    for check in result.afterwards:
        home = next((r for r in records if r.occasion.takes(check.viewed_at)), None)
        (extra if home is None else under[home.occasion.id]).append(by_number[check.number])
    for amending in (one for one in checks if one.amends is not None):
        places = (*under.values(), extra)
        place = next((p for p in places if any(r.check.number == amending.amends for r in p)), extra)
        place.append(amending)
    for name, record in stands_under.items():
        found = sorted(under[name], key=lambda r: (r.check.viewed_at, r.check.number))
        yield LogRow(day, record, state_at(record, now), tuple(found))
    if extra:
        yield LogRow(day, None, None, tuple(sorted(extra, key=lambda r: r.check.viewed_at)))
