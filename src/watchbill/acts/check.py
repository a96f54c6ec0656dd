"""Recording a check: one viewing of some or all pages by one person (DOMAIN §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from watchbill.acts.deed import By, Deed, check_words, deed, require
from watchbill.core.checks import Action, Category, Check, Finding, require_authority
from watchbill.core.instants import clock_words, date_words, exact, local_date
from watchbill.core.journal import Entry, Kind
from watchbill.core.parties import recipients
from watchbill.core.reasons import Party, Reason, Step
from watchbill.core.roster import Person, Roster
from watchbill.core.windows import State
from watchbill.errors import RefusedError
from watchbill.ledger import Office, retally
from watchbill.store import journal, owing, people, windows
from watchbill.store.tables import FormRow, table
from watchbill.store.windows import CheckRecord, WindowRecord

FORMS = table(FormRow)
WITHDRAWN_WHEN_COMPLETED = (Reason.CHECK_DUE, Reason.WINDOW_UNCOVERED, Reason.WINDOW_MISSED)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is acknowledged to the person who made a check.

    ``window`` is the one that it counts for, with its state after the check; ``None`` for an extra
    check. ``repeated``: the same form had been accepted before, nothing was recorded again.
    """

    number: int
    short: str
    viewed_at: datetime
    window: str | None
    state: State | None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Viewing:
    """What a person says that they have viewed.

    ``pages`` is empty for all pages; ``at`` is when, ``None`` for now; ``reported_at`` is when a
    provider received the word, where one did.
    """

    pages: tuple[str, ...] = ()
    at: datetime | None = None
    reported_at: datetime | None = None
    findings: tuple[Finding, ...] = ()
    note: str | None = None
    form: str | None = None


def record_check(office: Office, by: By, person: Person, viewing: Viewing) -> Receipt:
    """Record a check and return its receipt once it is in the journal for good.

    Raises ``RefusedError`` for somebody without authority, unknown or retired pages, a time ahead of
    now, a note that looks like a Social Security number, and an action without its category.
    """
    check_words(viewing.note, "--note")
    with deed(office, by) as act:
        again = _accepted_before(act, viewing.form)
        if again is not None:
            return again
        fresh = act.person(person.id)
        viewed_at, zone = viewing.at or viewing.reported_at or act.now, office.policy.zone
        require(
            viewed_at <= act.now,
            f"--at: {date_words(local_date(viewed_at, zone))} {clock_words(viewed_at, zone)} is ahead of "
            "now; enter a time that has been.",
        )
        require_authority(_roster_then(act, viewed_at), fresh, viewed_at)
        check = _check(act, fresh, viewing, viewed_at)
        entry = _write(act, check, viewing)
        _tell_of_child(act, check, viewing.findings)
        return _receipt(act, entry, check)


def _roster_then(act: Deed, viewed_at: datetime) -> Roster:
    return act.roster if viewed_at >= act.now else people.roster_since(act.connection, viewed_at)


def _accepted_before(act: Deed, form: str | None) -> Receipt | None:
    if form is None:
        return None
    number = act.connection.scalar(sa.select(FORMS.c.check_number).where(FORMS.c.id == form))
    if number is None:
        return None
    row = act.connection.execute(
        sa.select(windows.CHECKS.c.viewed_at, windows.CHECKS.c.date).where(
            windows.CHECKS.c.number == number
        )
    ).one()
    short = journal.entry_hash(act.connection, number)[:10]
    return Receipt(number, short, row.viewed_at, None, None, repeated=True)


def _check(act: Deed, person: Person, viewing: Viewing, viewed_at: datetime) -> Check:
    active = _viewable(act, viewed_at)
    named = viewing.pages or tuple(sorted(_all_pages(act, viewed_at)))
    require(named, "There is no active page to check: add one with `watchbill page add`.")
    for page in (*named, *(found.page for found in viewing.findings)):
        require(
            page in active,
            f"--page: {page!r} is not an active page; active are: {', '.join(sorted(active)) or 'none'}.",
        )
    for found in viewing.findings:
        _require_sense(found, named)
    number = journal.head(act.connection)[0] + 1
    reported_at = viewing.reported_at or act.now
    return Check(number, person.id, viewed_at, reported_at, frozenset(named))


def _all_pages(act: Deed, viewed_at: datetime) -> set[str]:
    """Return what *all pages* means then: the active ones, and those of the window that is open."""
    pages = {page.key for page in people.all_pages(act.connection) if page.active_at(viewed_at)}
    day = local_date(viewed_at, act.office.policy.zone)
    for record in windows.windows_between(act.connection, day, day):
        if record.occasion.opens_at <= viewed_at < record.occasion.closes_at:
            pages.update(record.pages or ())
    return pages


def _viewable(act: Deed, viewed_at: datetime) -> set[str]:
    """Return the pages active then, and those that a window of the day so far was frozen with."""
    pages = {page.key for page in people.all_pages(act.connection) if page.active_at(viewed_at)}
    day = local_date(viewed_at, act.office.policy.zone)
    for record in windows.windows_between(act.connection, day, day):
        if record.occasion.opens_at <= viewed_at:
            pages.update(record.pages or ())
    return pages


def _require_sense(found: Finding, named: Sequence[str]) -> None:
    require(
        found.page in named, f"--finding: {found.page!r} is not among the pages of this check; add it."
    )
    if found.category is Category.CHILD:
        require(
            found.action is Action.REFERRED,
            "--finding: a child at risk is referred; call the contact lines first, then enter "
            f"{found.page}:child:referred.",
        )
    if found.category is Category.NOTICE_MISSING:
        require(
            found.action not in (Action.HIDDEN, Action.DELETED),
            "--finding: a missing notice cannot be hidden or deleted; enter none or reported.",
        )


def _write(act: Deed, check: Check, viewing: Viewing) -> Entry:
    attested = viewing.at is not None and viewing.at < act.now
    way = act.by.way
    facts = {
        "person": check.person,
        "viewed_at": exact(check.viewed_at),
        "reported_at": exact(check.reported_at),
        "pages": sorted(check.pages),
        "findings": [list(found) for found in viewing.findings],
        "way": way,
        "attested": attested,
    }
    entry = act.journal(Kind.CHECK_RECORDED, facts, act.by.words(note=viewing.note))
    record = CheckRecord(check, act.now, way, attested, None, tuple(viewing.findings))
    windows.insert_check(act.connection, record, local_date(check.viewed_at, act.office.policy.zone))
    if viewing.form is not None:
        act.connection.execute(FORMS.insert().values(id=viewing.form, check_number=check.number))
    return entry


def _tell_of_child(act: Deed, check: Check, findings: Sequence[Finding]) -> None:
    """Tell the PIO and the ED at once that a child at risk was referred; nothing of the content."""
    if not any(found.category is Category.CHILD for found in findings):
        return
    parties = (Party.PIO, Party.EXECUTIVE_DIRECTOR)
    for number in recipients(act.office.policy, act.roster, parties, act.now):
        act.tell(
            act.person(number),
            Reason.CHILD_REFERRED,
            Step.REFERRED,
            f"entry-{check.number}",
            urgent=True,
            at_once=True,
            about={"person": check.person, "entry": check.number},
        )


def _receipt(act: Deed, entry: Entry, check: Check) -> Receipt:
    policy = act.office.policy
    day = local_date(check.viewed_at, policy.zone)
    changed = retally(policy, act.connection, day, act.now)
    records = windows.windows_between(act.connection, day, day)
    for record in records:
        if record.state is State.COMPLETED and record.occasion.id in changed:
            owing.drop_for_window(
                act.connection,
                act.office.entropy,
                record.occasion.id,
                WITHDRAWN_WHEN_COMPLETED,
                Reason.WINDOW_COMPLETED,
                act.now,
            )
    window = _window_of(records, check, changed)
    return Receipt(
        entry.number,
        entry.short,
        check.viewed_at,
        None if window is None else window.occasion.id,
        None if window is None else window.state,
    )


def _window_of(
    records: Sequence[WindowRecord], check: Check, changed: Sequence[str]
) -> WindowRecord | None:
    inside = [record for record in records if record.occasion.takes(check.viewed_at)]
    if inside:
        return min(inside, key=lambda record: record.occasion.opens_at)
    made_up = [r for r in records if r.occasion.id in changed and r.state is State.LATE]
    return made_up[-1] if made_up else None


def parse_finding(text: str) -> Finding:
    """Read ``fb:4:hidden`` or ``fb:4``; raise ``RefusedError`` that says what there is."""
    page, _, rest = text.partition(":")
    category, _, action = rest.partition(":")
    try:
        kind = Category(category.lower())
    except ValueError:
        known = ", ".join(member.value for member in Category)
        raise RefusedError(
            f"--finding: {category!r} is not a category; write PAGE:CATEGORY[:ACTION] with one of {known}."
        ) from None
    default = Action.REFERRED if kind is Category.CHILD else Action.NONE
    try:
        done = Action(action.lower()) if action else default
    except ValueError:
        known = ", ".join(member.value for member in Action)
        raise RefusedError(f"--finding: {action!r} is not an action; use one of {known}.") from None
    return Finding(page, kind, done)
