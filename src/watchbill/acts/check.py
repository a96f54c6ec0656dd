"""Recording a check: one viewing of some or all pages by one person (DOMAIN §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from watchbill.acts.deed import By, Deed, check_words, deed, require
from watchbill.acts.words import why_not_kept
from watchbill.core.checks import Action, Category, Check, Day, Finding, require_authority
from watchbill.core.instants import clock_words, date_words, day_end, exact, local_date
from watchbill.core.journal import Entry, Kind
from watchbill.core.parties import recipients
from watchbill.core.reasons import Party, Reason, Step
from watchbill.core.roster import Person, Roster
from watchbill.core.windows import State
from watchbill.errors import RefusedError
from watchbill.ledger import Office, retally, tally_day
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
    ``lacking``: the pages that the window still lacks; viewed now, they count as late where it is
    missed. ``afterwards``: reported when its day had ended; it stands beside the row and changes no
    state.
    """

    number: int
    short: str
    viewed_at: datetime
    window: str | None
    state: State | None
    repeated: bool = False
    lacking: tuple[str, ...] = ()
    afterwards: bool = False


@dataclass(frozen=True, slots=True)
class Viewing:
    """What a person says that they have viewed.

    ``pages`` is empty for all pages; ``at`` is when, ``None`` for now; ``reported_at`` is when a
    provider received the word, where one did. ``note_refused``: why a note that came with it is not kept.
    """

    pages: tuple[str, ...] = ()
    at: datetime | None = None
    reported_at: datetime | None = None
    findings: tuple[Finding, ...] = ()
    note: str | None = None
    form: str | None = None
    note_refused: str | None = None

    def with_note(self, note: str | None) -> Viewing:
        """Return the viewing with a note, or with the reason why that one is not kept: the check counts."""
        refused = why_not_kept(note) if note else None
        return replace(self, note=None if refused else note or None, note_refused=refused)


def record_check(office: Office, by: By, person: Person, viewing: Viewing) -> Receipt:
    """Record a check and return its receipt once it is in the journal for good.

    Raises ``RefusedError`` for somebody without authority, unknown or retired pages, a time ahead of
    now, a note that looks like a Social Security number, and an action without its category.
    """
    check_words(viewing.note, "--note")
    with deed(office, by, Kind.CHECK_RECORDED) as act:
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
    number = act.connection.scalar(sa.select(FORMS.c.entry).where(FORMS.c.id == form))
    if number is None:
        return None
    row = act.connection.execute(
        sa.select(windows.CHECKS.c.viewed_at, windows.CHECKS.c.date).where(
            windows.CHECKS.c.number == number
        )
    ).first()
    require(row is not None, "That form has been used for something else; open the page again.")
    if row is None:  # pragma: no cover - require has raised
        raise AssertionError
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
    reported_at = _reported_at(act, viewing, viewed_at)
    return Check(number, person.id, viewed_at, reported_at, frozenset(named))


def _reported_at(act: Deed, viewing: Viewing, viewed_at: datetime) -> datetime:
    """Return when the check was reported: for a text, when the provider received it.

    A text that is read only after its day has ended, and was settled, changes no state any more.
    """
    if viewing.reported_at is None:
        return act.now
    day = local_date(viewed_at, act.office.policy.zone)
    over = act.now >= day_end(day, act.office.policy.zone)
    records = windows.windows_between(act.connection, day, day)
    final = over and all(record.settled_at is not None for record in records)
    return act.now if final else viewing.reported_at


def amend_action(office: Office, by: By, number: int, finding: Finding) -> tuple[int, str]:
    """Put down what was done about a finding of an earlier check; return the amending entry.

    The first entry stays: the amendment is a check of its own that points at it, with the same pages
    and times. Raises ``RefusedError`` for a check that is none of the person's, or has no such finding.
    """
    with deed(office, by, Kind.CHECK_RECORDED) as act:
        earlier = windows.check_numbered(act.connection, number)
        own = earlier is not None and by.person is not None and earlier.check.person == by.person.id
        require(own, f"entry {number}: there is no such check of yours.")
        if earlier is None:  # pragma: no cover - require has raised
            raise AssertionError
        _require_sense(finding, sorted(earlier.check.pages))
        rest = [f for f in earlier.findings if (f.page, f.category) != (finding.page, finding.category)]
        require(len(rest) < len(earlier.findings), f"entry {number}: it has no such finding.")
        check = replace(earlier.check, number=journal.head(act.connection)[0] + 1)
        entry = _record(act, check, (*rest, finding), attested=earlier.attested, amends=number)
        return entry.number, entry.short


def _all_pages(act: Deed, viewed_at: datetime) -> set[str]:
    """Return what *all pages* means then: the active ones, and those of the window that it counts for.

    That is the one that is open, or the closed ones of the day that have not been completed.
    """
    pages = {page.key for page in people.all_pages(act.connection) if page.active_at(viewed_at)}
    day = local_date(viewed_at, act.office.policy.zone)
    begun = [
        record
        for record in windows.windows_between(act.connection, day, day)
        if record.occasion.opens_at <= viewed_at and record.state is not State.COMPLETED
    ]
    is_open = [record for record in begun if viewed_at < record.occasion.closes_at]
    for record in is_open or begun:
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
    words = {"note": viewing.note, "note_refused": viewing.note_refused}
    entry = _record(act, check, viewing.findings, attested=attested, words=words)
    if viewing.form is not None:
        act.connection.execute(FORMS.insert().values(id=viewing.form, entry=check.number))
    return entry


def _record(
    act: Deed,
    check: Check,
    findings: Sequence[Finding],
    *,
    attested: bool,
    words: Mapping[str, str | None] | None = None,
    amends: int | None = None,
) -> Entry:
    way = act.by.way
    facts: dict[str, object] = {
        "person": check.person,
        "viewed_at": exact(check.viewed_at),
        "reported_at": exact(check.reported_at),
        "pages": sorted(check.pages),
        "findings": [list(found) for found in findings],
        "way": way,
        "attested": attested,
    }
    if amends is not None:
        facts["amends"] = amends
    entry = act.journal(Kind.CHECK_RECORDED, facts, act.by.words(**words or {}))
    record = CheckRecord(check, act.now, way, attested, amends, tuple(findings))
    windows.insert_check(act.connection, record, local_date(check.viewed_at, act.office.policy.zone))
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
    tallied = tally_day(policy, act.connection, day, records)
    window = _window_of(records, check, tallied)
    return Receipt(
        entry.number,
        entry.short,
        check.viewed_at,
        None if window is None else window.occasion.id,
        None if window is None else window.state,
        lacking=() if window is None else _lacking(window, tallied),
        afterwards=check.reported_at >= day_end(day, policy.zone),
    )


def _lacking(window: WindowRecord, day: Day) -> tuple[str, ...]:
    """Return the pages that nobody has viewed for a window yet: inside, or late once it is missed."""
    if window.state is State.COMPLETED:
        return ()
    own = next(one for one in day.tallies if one.window.occasion.id == window.occasion.id)
    return tuple(page for page in window.pages or () if page in own.lacking)


def _window_of(records: Sequence[WindowRecord], check: Check, day: Day) -> WindowRecord | None:
    """Return the window that a viewing falls in, or that it makes up for, be it for some of its pages."""
    inside = [record for record in records if record.occasion.takes(check.viewed_at)]
    if inside:
        return min(inside, key=lambda record: record.occasion.opens_at)
    late = {
        entry.window.occasion.id
        for entry in day.tallies
        if any(one.number == check.number for one in entry.late)
    }
    return next((record for record in reversed(records) if record.occasion.id in late), None)


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
