"""Rows of the coverage log as the pages say them: names, local times, states in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from watchbill.core.checks import Category, Finding, Way
from watchbill.core.coverage import Span
from watchbill.core.instants import clock_words, local_date
from watchbill.core.policy import Policy
from watchbill.core.roster import Why
from watchbill.core.windows import State
from watchbill.core.wording import hours
from watchbill.reports.coverage_log import REDACTED, CoverageLog, LogRow
from watchbill.store.explanations import Explanation
from watchbill.store.windows import CheckRecord

BY = {
    Way.WEB: "signed in",
    Way.LINK: "by link",
    Way.SMS: "by text message",
    Way.CLI: "on the command line",
}
AS = {
    Why.PIO: "as PIO",
    Why.DESIGNATION: "designated",
    Why.INTERIM: "as interim monitor",
    Why.STANDING: "standing in",
}


@dataclass(frozen=True, slots=True)
class CheckWords:
    """One check: who, when, by which way, what was found, and what is particular about it."""

    entry: int
    who: str
    at: str
    way: str
    pages: str
    findings: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExplanationWords:
    """One explanation: its words, and who gave it when."""

    entry: int
    text: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class RowWords:
    """A window with its checks, or the extra checks of a day."""

    window: str | None
    day: str
    day_words: str
    hours: str
    state: str
    marks: tuple[str, ...]
    monitor: str
    spans: tuple[str, ...]
    checks: tuple[CheckWords, ...]
    explanations: tuple[ExplanationWords, ...]
    may_be_explained: bool


def full_date(day: date) -> str:
    """Return a date with its year: ``Mon Nov 23, 2026``."""
    return f"{day:%a %b} {day.day}, {day.year}"


def full_instant(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant with its date and zone: ``Mon Nov 23, 2026, 8:30 AM EST``."""
    return f"{full_date(local_date(at, zone))}, {clock_words(at, zone)}"


def row_words(policy: Policy, log: CoverageLog, row: LogRow) -> RowWords:
    """Return a row for a page."""
    checks = tuple(check_words(policy, log, check) for check in row.checks)
    day, words = row.day.isoformat(), full_date(row.day)
    record = row.record
    if record is None:
        return RowWords(None, day, words, "Outside any window", "extra", (), "", (), checks, (), False)  # noqa: FBT003
    needs_reason = row.state in (State.MISSED, State.LATE) or record.unattended
    return RowWords(
        window=record.occasion.id,
        day=day,
        day_words=words,
        hours=hours(record.occasion, policy.agency),
        state=str(row.state),
        marks=("unattended: watchbill was not running",) if record.unattended else (),
        monitor="Nobody" if record.monitor is None else log.name(record.monitor),
        spans=tuple(_span(policy.zone, log, span) for span in record.spans or ()),
        checks=checks,
        explanations=tuple(explanation_words(policy, log, one) for one in row.explanations),
        may_be_explained=needs_reason,
    )


def _span(zone: ZoneInfo, log: CoverageLog, span: Span) -> str:
    times = f"{clock_words(span.starts_at, zone)} to {clock_words(span.ends_at, zone)}"
    return f"{times}: {log.name(span.person)}" + (f", {AS[span.why]}" if span.why else "")


def check_words(policy: Policy, log: CoverageLog, record: CheckRecord) -> CheckWords:
    """Return a check for a page."""
    zone, check = policy.zone, record.check
    names = {page.key: page.name for page in log.pages}
    everything = {page.key for page in log.pages if page.active_at(check.viewed_at)}
    notes = []
    if record.attested:
        notes.append(f"entered afterwards, at {clock_words(record.recorded_at, zone)}")
    if local_date(record.recorded_at, zone) != local_date(check.viewed_at, zone):
        notes.append(f"recorded on {full_date(local_date(record.recorded_at, zone))}")
    if record.amends is not None:
        notes.append(f"amends entry {record.amends}")
    return CheckWords(
        entry=check.number,
        who=log.name(check.person),
        at=clock_words(check.viewed_at, zone),
        way=BY[record.way],
        pages="all pages" if everything <= check.pages else _names(names, check.pages),
        findings=tuple(
            finding_words(names, found) + _closed(log, check.number, found, zone)
            for found in record.findings
        ),
        notes=tuple(notes),
    )


def _closed(log: CoverageLog, check: int, found: Finding, zone: ZoneInfo) -> str:
    """Return what was done about a finding later, or nothing."""
    done = log.closings.get((check, found.page, found.category))
    if done is None:
        return ""
    return f"; {done.action} on {full_date(local_date(done.at, zone))} (entry {done.entry})"


def _names(names: Mapping[str, str], keys: Iterable[str]) -> str:
    return ", ".join(names.get(key, key) for key in sorted(keys))


def finding_words(names: dict[str, str], found: Finding) -> str:
    """Return a finding for a page."""
    return f"{names.get(found.page, found.page)}: {category_words(found.category)} ({found.action})"


def category_words(category: Category) -> str:
    """Return a category with the number that the policy gives it, where it has one."""
    return f"{category.value}. {category.words}" if category.value.isdigit() else category.words


def explanation_words(policy: Policy, log: CoverageLog, one: Explanation) -> ExplanationWords:
    """Return an explanation for a page."""
    who = "the operator" if one.person is None else log.name(one.person)
    return ExplanationWords(
        one.entry, one.text or REDACTED, who, full_instant(one.given_at, policy.zone)
    )
