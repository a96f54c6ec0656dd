"""The page of a check: one big button, and below it what else there is to say (DOMAIN §4)."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from watchbill.acts.check import Viewing, record_check
from watchbill.core.checks import Action, Category, DayWindow, Finding, Tally, tally
from watchbill.core.instants import clock_words, date_words, day_end, local_instant
from watchbill.core.journal import Kind
from watchbill.core.roster import Page
from watchbill.core.windows import State
from watchbill.core.wording import hours, in_words
from watchbill.ledger import active_pages, state_at
from watchbill.store import journal, people, windows
from watchbill.store.windows import CheckRecord, WindowRecord
from watchbill.web import away
from watchbill.web.filled import BadFormError, Filled
from watchbill.web.link import Accepted, Link, View

ACTIONS = {
    Action.NONE: "nothing yet",
    Action.HIDDEN: "hidden (keep a copy first)",
    Action.DELETED: "deleted (keep a copy first)",
    Action.ANSWERED: "answered",
    Action.REPORTED: "reported to the provider",
    Action.REFERRED: "referred",
}
SHORT = 10


def show(link: Link, accepted: Accepted | None) -> View:
    """Return what there is to say: the receipt of a check, who is away, what is done, what is asked."""
    if accepted is not None and accepted.kind is Kind.CHECK_RECORDED:
        return _receipt(link, accepted)
    record = _record(link)
    about = _about(link, record)
    if accepted is not None and accepted.kind is Kind.LEAVE_CANCELLED:
        about["banner"] = f"Welcome back: your leave has ended. {away.who_has_it(link)}"
    if link.running_leave():
        return away.show(link, about, accepted)
    if accepted is not None and accepted.kind is Kind.LEAVE_TAKEN:
        about["banner"] = away.told(link, accepted)
        about["repeated"] = accepted.repeated
    if state_at(record, link.now) is State.COMPLETED:
        return View("done.html", {**about, "done": _viewers(link, record)})
    return View("check.html", {**about, **_choices(link)})


def spent(link: Link, do: str) -> bool:
    """Whether a form has nothing more to do: the window is completed, or who says so is away, or back."""
    if do == "back":
        return not link.running_leave()
    completed = state_at(_record(link), link.now) is State.COMPLETED
    return completed or (do == "away" and bool(link.running_leave()))


def record(link: Link, sent: Filled) -> Accepted:
    """Record that the person of the link has viewed the pages: all, or in part and with findings."""
    receipt = record_check(link.office, link.by, link.person, _viewing(link, sent))
    return Accepted(receipt.number, Kind.CHECK_RECORDED)


# --- what was said -----------------------------------------------------------------------------------


def _viewing(link: Link, sent: Filled) -> Viewing:
    if not sent.text("detailed"):
        return Viewing()
    pages = sent.texts("page")
    known = {page.key: page for page in _pages(link, _record(link))}
    if not pages:
        raise BadFormError("No page is ticked.")
    if not known.keys() >= set(pages):
        raise BadFormError("One of the pages is not of this check.")
    findings = [finding for page in known.values() if (finding := _finding(sent, page, pages))]
    return Viewing(pages=pages, at=_at(link, sent.text("at")), findings=tuple(findings))


def _at(link: Link, text: str) -> datetime | None:
    """Return when the pages were viewed, earlier today by the agency's clock; nothing for now."""
    if not text:
        return None
    try:
        at = time.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None:
        raise BadFormError("The time is not one: write it as 10:05.")
    viewed_at = local_instant(away.today(link), at.replace(second=0, microsecond=0), link.policy.zone)
    if viewed_at > link.now:
        said = clock_words(viewed_at, link.policy.zone)
        sentence = f"{said} is still ahead: enter a time that has been."
        raise BadFormError(sentence)
    return viewed_at


def _finding(sent: Filled, page: Page, viewed: tuple[str, ...]) -> Finding | None:
    found, done = sent.text(f"found-{page.key}"), sent.text(f"action-{page.key}")
    try:
        category = Category(found) if found else None
        action = Action(done) if done else None
    except ValueError:
        raise BadFormError("What was found or done is not one of the choices.") from None
    if category is None:
        if action is not None:
            sentence = f"{page.name}: say what you found, not only what was done."
            raise BadFormError(sentence)
        return None
    if page.key not in viewed:
        sentence = f"{page.name}: you found something, but it is not ticked as viewed."
        raise BadFormError(sentence)
    if category is not Category.CHILD:
        return Finding(page.key, category, action or Action.NONE)
    if action not in (None, Action.REFERRED):
        sentence = f"{page.name}: a child at risk is referred. Call first, then choose Referred."
        raise BadFormError(sentence)
    return Finding(page.key, category, Action.REFERRED)


# --- what is shown -----------------------------------------------------------------------------------


def _record(link: Link) -> WindowRecord:
    return windows.windows_named(link.connection, [str(link.notice.window)])[0]


def _keys(link: Link, record: WindowRecord) -> tuple[str, ...]:
    if record.pages is not None:
        return record.pages
    return active_pages(people.all_pages(link.connection), record.occasion.opens_at)


def _pages(link: Link, record: WindowRecord) -> list[Page]:
    keys = _keys(link, record)
    return [page for page in people.all_pages(link.connection) if page.key in keys]


def _about(link: Link, record: WindowRecord) -> dict[str, Any]:
    window, agency = record.occasion, link.policy.agency
    return {
        "person": link.person.name,
        "day": date_words(window.day),
        "hours": hours(window, agency),
        "until": clock_words(window.closes_at, agency.zone),
        "left": in_words(window.closes_at - link.now),
        "late": link.now >= window.closes_at,
        "pages": _pages(link, record),
        "good_until": link.good_until,
    }


def _choices(link: Link) -> dict[str, Any]:
    others = [category for category in Category if category is not Category.CHILD]
    local = link.now.astimezone(link.policy.zone)
    return {
        "child": Category.CHILD,
        "categories": [(category, _label(category)) for category in others],
        "actions": list(ACTIONS.items()),
        "now": clock_words(link.now, link.policy.zone),
        "latest": f"{local:%H:%M}",
        "zone": f"{local:%Z}",
        **away.choices(link),
    }


def _label(category: Category) -> str:
    words = category.words
    return f"{category}. {words}" if category.isdigit() else words[:1].upper() + words[1:]


def _viewers(link: Link, record: WindowRecord) -> list[tuple[str, str, int]]:
    day, everybody = record.occasion.day, link.roster().people
    return [
        (
            everybody[one.check.person].name,
            clock_words(one.check.viewed_at, link.policy.zone),
            one.check.number,
        )
        for one in windows.checks_between(link.connection, day, day)
        if one.amends is None and record.occasion.takes(one.check.viewed_at)
    ]


# --- the receipt -------------------------------------------------------------------------------------


def _receipt(link: Link, accepted: Accepted) -> View:
    made = windows.check_numbered(link.connection, accepted.entry)
    if made is None:
        raise LookupError(accepted.entry)
    record = _record(link)
    counted = _counted(link, made, record)
    names = {page.key: page.name for page in people.all_pages(link.connection)}
    values = {
        "viewed": clock_words(made.check.viewed_at, link.policy.zone),
        "attested": made.attested,
        "entry": accepted.entry,
        "short": journal.entry_hash(link.connection, accepted.entry)[:SHORT],
        "repeated": accepted.repeated,
        "findings": [(names[f.page], _label(f.category), ACTIONS[f.action]) for f in made.findings],
        "child": any(f.category is Category.CHILD for f in made.findings),
        "counts": _counts(link, counted, made),
        "window": None if counted is None else hours(counted.window.occasion, link.policy.agency),
        "lacking": [] if counted is None else sorted(names[key] for key in counted.lacking),
    }
    return View("receipt.html", {**_about(link, record), **values})


def _counted(link: Link, made: CheckRecord, record: WindowRecord) -> Tally | None:
    """Return the window of its day that a check counts for, or makes up; ``None`` for an extra one."""
    day = record.occasion.day
    records = windows.windows_between(link.connection, day, day)
    checks = windows.viewings(windows.checks_between(link.connection, day, day))
    laid = [DayWindow(one.occasion, frozenset(_keys(link, one))) for one in records]
    found = tally(laid, checks, day_end(day, link.policy.zone))
    own = [
        entry
        for entry in found.tallies
        if any(check.number == made.check.number for check in (*entry.inside, *entry.late))
    ]
    return next((e for e in own if e.window.occasion.id == record.occasion.id), own[0] if own else None)


def _counts(link: Link, counted: Tally | None, made: CheckRecord) -> str:
    if counted is None:
        return "extra"
    if counted.completed:
        return "completed"
    inside = any(check.number == made.check.number for check in counted.inside)
    if inside or counted.state(link.now) is not State.LATE:
        return "part" if inside else "late_part"
    return "late"
