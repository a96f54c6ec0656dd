"""The coverage log: every window that has opened, with its checks; extra checks a day by themselves."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import sqlalchemy as sa

from watchbill.core.checks import Category, DayWindow, tally
from watchbill.core.coverage import monitor_of
from watchbill.core.instants import day_end, iso
from watchbill.core.policy import Policy
from watchbill.core.roster import Page, Person
from watchbill.core.windows import State
from watchbill.ledger import Office, active_pages, state_at, unattended_at
from watchbill.store import people, windows
from watchbill.store.explanations import Explanation, explanations_between
from watchbill.store.follow_ups import Closing, closings
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
    "explanations",
)
READ_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
REDACTED = "(redacted)"


@dataclass(frozen=True, slots=True)
class LogRow:
    """A window with the checks that stand under it, or the extra checks of a day."""

    day: date
    record: WindowRecord | None
    state: State | None
    checks: tuple[CheckRecord, ...]
    explanations: tuple[Explanation, ...] = ()


@dataclass(frozen=True, slots=True)
class CoverageLog:
    """The rows of some dates, oldest first, and the people and pages that they name."""

    rows: tuple[LogRow, ...]
    people: dict[int, Person]
    now: datetime
    pages: tuple[Page, ...] = ()
    closings: Mapping[tuple[int, str, Category], Closing] = field(default_factory=dict)

    def email(self, person: int | None) -> str | None:
        """Return how a person is named in JSON and CSV."""
        return None if person is None else self.people[person].email

    def name(self, person: int | None) -> str:
        """Return how a person is named in a table."""
        return "nobody" if person is None else self.people[person].name

    def as_json(self) -> list[dict[str, object]]:
        """Return the log as the contract has it."""
        return [
            {
                **self._head(row),
                "checks": [self._check(check) for check in row.checks],
                "explanations": [self._explanation(one) for one in row.explanations],
            }
            for row in self.rows
        ]

    def as_csv(self) -> str:
        """Return the log as CSV (RFC 4180): a line a check, and a line for a window without one.

        A cell that a spreadsheet would read as a formula begins with an apostrophe (OWASP CSV injection).
        """
        out = io.StringIO()
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        for row in self.rows:
            head = {**self._head(row), "explanations": self._explained(row)}
            for check in row.checks or (None,):
                values = {**head, **({} if check is None else self._flat(check))}
                writer.writerow({name: _plain(value) for name, value in values.items()})
        return out.getvalue()

    def _explanation(self, one: Explanation) -> dict[str, object]:
        return {
            "entry": one.entry,
            "by": self.email(one.person),
            "given_at": iso(one.given_at),
            "text": one.text,
        }

    def _explained(self, row: LogRow) -> str:
        return " | ".join(
            f"{self.email(one.person) or 'operator'} {iso(one.given_at)}: {one.text or REDACTED}"
            for one in row.explanations
        )

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
        return log_within(office.policy, connection, first, last, office.clock.now())


def log_within(
    policy: Policy,
    connection: sa.Connection,
    first: date,
    last: date,
    now: datetime,
    *,
    ahead: bool = False,
) -> CoverageLog:
    """Return the log over a connection that is open already; ``ahead``: with windows that have not opened."""
    records = [
        replace(record, unattended=unattended_at(record, now))
        for record in windows.windows_between(connection, first, last)
        if ahead or state_at(record, now) is not State.UPCOMING
    ]
    checks = windows.checks_between(connection, first, last)
    pages = people.all_pages(connection)
    days = _days(policy, _with_monitors(policy, connection, records), checks)
    given = explanations_between(connection, first, last)
    rows = [
        row if row.record is None else replace(row, explanations=given.get(row.record.occasion.id, ()))
        for day, (of_day, viewed) in sorted(days.items())
        for row in _rows(policy, day, of_day, viewed, pages, now)
    ]
    with_findings = [record.check.number for record in checks if record.findings]
    done = closings(connection, with_findings)
    return CoverageLog(tuple(rows), people.all_people(connection), now, tuple(pages), done)


def _plain(value: object) -> object:
    """Return a value as CSV has it: ``true`` and ``false`` as in JSON, nothing that is a formula."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(READ_AS_FORMULA):
        return f"'{value}"
    return value


def _with_monitors(
    policy: Policy, connection: sa.Connection, records: Sequence[WindowRecord]
) -> list[WindowRecord]:
    """Return windows with their monitors: as stored at closing, before that as the facts are now."""
    live = [record.occasion.opens_at for record in records if record.spans is None]
    if not live:
        return list(records)
    roster = people.roster_since(connection, min(live))
    return [
        record
        if record.spans is not None
        else replace(record, monitor=monitor_of(policy, roster, record.occasion))
        for record in records
    ]


DayRecords = tuple[list[WindowRecord], list[CheckRecord]]


def _days(
    policy: Policy, records: Iterable[WindowRecord], checks: Iterable[CheckRecord]
) -> dict[date, DayRecords]:
    days: dict[date, DayRecords] = {}
    zone = policy.zone
    for record in records:
        days.setdefault(record.occasion.day, ([], []))[0].append(record)
    for check in checks:
        day = check.check.viewed_at.astimezone(zone).date()
        days.setdefault(day, ([], []))[1].append(check)
    return days


def _rows(
    policy: Policy,
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
    result = tally(of_day, windows.viewings(checks), day_end(day, policy.zone))
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
