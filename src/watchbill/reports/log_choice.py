"""What is asked of the coverage log: which dates, and which rows of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from watchbill.core.checks import Category
from watchbill.reports.coverage_log import CoverageLog, LogRow


class Shown(StrEnum):
    """What a row can be asked for: the states of a window, *unattended*, and *extra* checks."""

    COMPLETED = "completed"
    LATE = "late"
    MISSED = "missed"
    OPEN = "open"
    UPCOMING = "upcoming"
    UNATTENDED = "unattended"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows are wanted: of the dates ``first`` to ``last``, both included.

    ``person``: whoever was the monitor or made a check; ``nobody``: windows without a monitor.
    ``page``: windows and checks of that page; with ``category``, a finding on it. ``short``: only
    weekdays with fewer than two checks.
    """

    first: date
    last: date
    newest_first: bool = False
    person: int | None = None
    nobody: bool = False
    state: Shown | None = None
    page: str | None = None
    category: Category | None = None
    short: bool = False

    @property
    def looks_ahead(self) -> bool:
        """Whether windows that have not opened are wanted."""
        return self.state is Shown.UPCOMING

    def takes(self, row: LogRow) -> bool:
        """Whether a row is wanted, the weekdays left aside."""
        return (
            self._by_person(row)
            and self._by_state(row)
            and self._by_page(row)
            and self._by_finding(row)
        )

    def _by_person(self, row: LogRow) -> bool:
        if self.nobody:
            return row.record is not None and row.record.monitor is None
        if self.person is None:
            return True
        monitor = None if row.record is None else row.record.monitor
        return self.person in {monitor, *(check.check.person for check in row.checks)}

    def _by_state(self, row: LogRow) -> bool:
        if self.state is None:
            return True
        if self.state is Shown.EXTRA:
            return row.record is None
        if row.record is None:
            return False
        if self.state is Shown.UNATTENDED:
            return row.record.unattended
        return str(row.state) == self.state.value

    def _by_page(self, row: LogRow) -> bool:
        if self.page is None or self.category is not None:
            return True
        to_view = () if row.record is None else row.record.pages or ()
        return self.page in to_view or any(self.page in check.check.pages for check in row.checks)

    def _by_finding(self, row: LogRow) -> bool:
        if self.category is None:
            return True
        return any(
            found.category is self.category and self.page in (None, found.page)
            for check in row.checks
            for found in check.findings
        )


def chosen(log: CoverageLog, choice: Choice, short_days: Collection[date]) -> CoverageLog:
    """Return a log with the rows that are wanted, in the order that is wanted."""
    rows = [
        row for row in log.rows if choice.takes(row) and (not choice.short or row.day in short_days)
    ]
    return replace(log, rows=tuple(reversed(rows) if choice.newest_first else rows))
