"""The daily digest: who covers what today, what was done since the last one, what lies ahead (DOMAIN §5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from watchbill.core.candidates import why_uncovered
from watchbill.core.coverage import monitor_of
from watchbill.core.gap_phrases import span_of
from watchbill.core.instants import clock_words, date_words, local_date, span_words
from watchbill.core.policy import Policy
from watchbill.core.roster import Person, Roster
from watchbill.core.windows import State, occasions
from watchbill.core.wording import hours
from watchbill.ledger import state_at
from watchbill.store import follow_ups, gaps, journal, people, reach, windows
from watchbill.store.windows import CheckRecord, WindowRecord

ONE_DAY = timedelta(days=1)
SATURDAY = 5
SHORT_HASH = 10
MOST_LISTED = 10


def write(
    policy: Policy, connection: sa.Connection, roster: Roster, reader: Person, now: datetime
) -> tuple[str, tuple[str, ...]]:
    """Return the title and the paragraphs of the digest, as facts are now; *sick* only for who may read it."""
    today = local_date(now, policy.zone)
    paragraphs = (
        _today(policy, roster, today),
        _done(policy, connection, roster, last_digest(today), today, now),
        _ahead(policy, connection, roster, reader, now),
        _unanswered(policy, roster, now),
        _follow_ups(policy, connection),
        _stopped(connection, roster, now),
        _journal(connection),
        (
            f"This mail comes every weekday at {policy.ladders.digest.at:%H:%M}. If it does not come, the watch "
            "is not kept: tell Information Services. Its absence is the alarm."
        ),
    )
    return f"social media watch of {date_words(today)}", tuple(text for text in paragraphs if text)


def last_digest(day: date) -> date:
    """Return the local date of the digest before: the weekday before."""
    day -= ONE_DAY
    while day.weekday() >= SATURDAY:
        day -= ONE_DAY
    return day


def _today(policy: Policy, roster: Roster, today: date) -> str:
    lines = []
    for window in occasions(policy, today, today):
        monitor = monitor_of(policy, roster, window)
        lines.append(
            f"- {hours(window, policy.agency)}: {'NOBODY' if monitor is None else roster.people[monitor].name}"
        )
    holiday = policy.holidays.name_on(today)
    note = f" ({holiday})" if holiday else ""
    return f"Today, {date_words(today)}{note}:\n" + "\n".join(lines or ["- no check"])


def _done(
    policy: Policy, connection: sa.Connection, roster: Roster, first: date, today: date, now: datetime
) -> str:
    last = today - ONE_DAY
    records = windows.windows_between(connection, first, last)
    checks = windows.checks_between(connection, first, last)
    since = date_words(first) if first == last else f"{date_words(first)} to {date_words(last)}"
    lines = [_outcome(policy, roster, record, checks, now) for record in records]
    return f"Done and missed, {since}:\n" + "\n".join(lines or ["- no check was due"])


def _outcome(
    policy: Policy, roster: Roster, record: WindowRecord, checks: Sequence[CheckRecord], now: datetime
) -> str:
    window, state = record.occasion, state_at(record, now)
    inside = [c for c in checks if c.amends is None and window.takes(c.check.viewed_at)]
    who = ", ".join(
        f"{roster.people[c.check.person].name} {clock_words(c.check.viewed_at, policy.zone)}"
        for c in inside
    )
    word = state.upper() if state in (State.MISSED, State.LATE) else str(state)
    monitor = "nobody" if record.monitor is None else roster.people[record.monitor].name
    unattended = ", watchbill was not running" if record.unattended else ""
    behind = f" by {who}" if who else f" (responsible: {monitor}{unattended})"
    return f"- {date_words(window.day)}, {hours(window, policy.agency)}: {word}{behind}"


def _ahead(
    policy: Policy, connection: sa.Connection, roster: Roster, reader: Person, now: datetime
) -> str:
    found = gaps.gap_facts(connection, now)
    if not found:
        return f"Every check of the next {policy.horizon_days} days is covered."
    lines = [
        f"- {span_of(gap.windows, policy.agency)} {why_uncovered(policy, roster, gap.windows[0], reader)}".rstrip()
        for gap in found
    ]
    return "Nobody covers yet:\n" + "\n".join(lines)


def _unanswered(policy: Policy, roster: Roster, now: datetime) -> str:
    lines = [
        f"- {roster.people[duty.person].name}, {span_words(duty.starts_at, duty.ends_at, policy.zone)}"
        for duty in roster.duties
        if duty.until > now and duty.awaits_answer
    ]
    return "Designated, and not accepted yet:\n" + "\n".join(lines) if lines else ""


def _follow_ups(policy: Policy, connection: sa.Connection) -> str:
    names = {page.key: page.name for page in people.all_pages(connection)}
    found = follow_ups.open_follow_ups(connection)
    lines = [
        f"- {names[one.page]}: {one.category.words}, since {date_words(local_date(one.found_at, policy.zone))}"
        for one in found[:MOST_LISTED]
    ]
    if len(found) > MOST_LISTED:
        lines.append(f"- and {len(found) - MOST_LISTED} more")
    return "Found, and still to be followed up:\n" + "\n".join(lines) if lines else ""


def _stopped(connection: sa.Connection, roster: Roster, now: datetime) -> str:
    silent = reach.silent_people(
        connection, [p for p in roster.people.values() if p.active and p.roles], now
    )
    names = ", ".join(roster.people[one.person].name for one in silent)
    return f"No channel reaches: {names}." if names else ""


def _journal(connection: sa.Connection) -> str:
    number, digest = journal.head(connection)
    return (
        f"Journal: entry {number}, {digest[:SHORT_HASH]} (checkpoint {number}:{digest[:SHORT_HASH]})."
    )
