"""What the page of a check says: who, which window, until when, what a viewing counts for, the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from watchbill.core.checks import Action, Category, Tally
from watchbill.core.instants import clock_words, date_words, local_date
from watchbill.core.roster import Page
from watchbill.core.windows import State
from watchbill.core.wording import hours, in_words
from watchbill.store import journal, people, windows
from watchbill.store.windows import CheckRecord
from watchbill.web.check_asked import TRIAL, Caller, Checking, tallied
from watchbill.web.check_form import Entered
from watchbill.web.filled import BadFormError
from watchbill.web.link import View

ACTIONS = {
    Action.NONE: "nothing yet",
    Action.HIDDEN: "hidden (keep a copy first)",
    Action.DELETED: "deleted (keep a copy first)",
    Action.ANSWERED: "answered",
    Action.REPORTED: "reported to the provider",
    Action.REFERRED: "referred",
}
SHORT = 10


def label(category: Category) -> str:
    """Return a category in the policy's words, the nine with their numbers (Policy 1004 §8)."""
    words = category.words
    return f"{category}. {words}" if category.isdigit() else words[:1].upper() + words[1:]


# --- the page that asks ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A page to view, and who has viewed it so far, in words."""

    page: Page
    viewed: str


def about(asked: Checking) -> dict[str, Any]:
    """Return who is asked for what, and until when."""
    window, agency, now = asked.record.occasion, asked.caller.policy.agency, asked.caller.now
    values = {
        "person": asked.caller.person.name,
        "number": asked.caller.person.id,
        "window_id": window.id,
        "today": local_date(now, agency.zone).isoformat(),
        "day": date_words(window.day),
        "hours": hours(window, agency),
        "until": clock_words(window.closes_at, agency.zone),
        "late": now >= window.closes_at,
    }
    return values if asked.good_until is None else {**values, "good_until": asked.good_until}


def asking(
    asked: Checking, entered: Entered | None = None, error: BadFormError | None = None
) -> dict[str, Any]:
    """Return the values of the page that asks, with what was entered and what is wrong with it."""
    others = [category for category in Category if category is not Category.CHILD]
    local = asked.caller.now.astimezone(asked.caller.policy.zone)
    return {
        **about(asked),
        "lines": _lines(asked),
        "counts_for": _counts_for(asked),
        "child": Category.CHILD,
        "categories": [(category, label(category)) for category in others],
        "actions": list(ACTIONS.items()),
        "now": clock_words(asked.caller.now, asked.caller.policy.zone),
        "latest": f"{local:%H:%M}",
        "zone": f"{local:%Z}",
        "entered": entered or Entered(),
        "done": asked.done,
        "problem": "" if error is None else str(error),
        "wrong": getattr(error, "field", ""),
    }


def _lines(asked: Checking) -> list[Line]:
    everybody, zone = asked.caller.roster().people, asked.caller.policy.zone
    own = asked.own(asked.tallied())
    viewed = {
        key: f"{everybody[check.person].name} viewed it at {clock_words(check.viewed_at, zone)}"
        for check in reversed((*own.inside, *own.late))
        for key in check.pages
    }
    return [Line(page, viewed.get(page.key, "")) for page in asked.pages]


def _counts_for(asked: Checking) -> str:
    """Return in a sentence for which window a viewing of all pages counts that is made now."""
    own, now = asked.record.occasion, asked.caller.now
    agency = asked.caller.policy.agency
    until, left = clock_words(own.closes_at, agency.zone), in_words(own.closes_at - now)
    if own.opens_at <= now < own.closes_at:
        return f"Due by {until}, in {left}."
    if own.takes(now):
        opens = clock_words(own.opens_at, agency.zone)
        return f"It opens at {opens}; what you view now counts already. Due by {until}, in {left}."
    closed = f"The window has closed at {until}"
    found = [entry for entry in asked.tallied(with_one_now=True).tallies if _has(entry, TRIAL)]
    if not found:
        return (
            f"{closed}; all of today's closed checks are made up, so a check made now is an extra one."
        )
    inside = next((entry for entry in found if _inside(entry, TRIAL)), None)
    if inside is not None:
        other = inside.window.occasion
        due = (
            f"due by {clock_words(other.closes_at, agency.zone)}, in {in_words(other.closes_at - now)}"
        )
        state = "which is complete already" if _complete_without(inside, TRIAL) else due
        return f"{closed}. A check made now counts for the window of {hours(other, agency)}, {state}."
    named = {entry.window.occasion.id for entry in found}
    if own.id in named:
        return f"{closed}; a check made now counts as late."
    return f"{closed}; a check made now counts as late for {hours(found[-1].window.occasion, agency)}."


def _has(entry: Tally, number: int) -> bool:
    return any(check.number == number for check in (*entry.inside, *entry.late))


def _inside(entry: Tally, number: int) -> bool:
    return any(check.number == number for check in entry.inside)


def _complete_without(entry: Tally, number: int) -> bool:
    viewed = {page for check in entry.inside if check.number != number for page in check.pages}
    return entry.window.pages <= viewed


# --- already done ------------------------------------------------------------------------------------


def viewers(asked: Checking) -> list[tuple[str, str, int]]:
    """Return who viewed pages for the window, when, and the entry that says so."""
    everybody, zone = asked.caller.roster().people, asked.caller.policy.zone
    return [
        (everybody[check.person].name, clock_words(check.viewed_at, zone), check.number)
        for check in asked.own(asked.tallied()).inside
    ]


# --- the receipt -------------------------------------------------------------------------------------


def receipt(caller: Caller, made: CheckRecord, window: str | None, *, repeated: bool) -> View:
    """Return the receipt of a check: what it is, what it counts for, what became of its note.

    ``window``: the one that it was asked for, which goes first where it counts for several.
    """
    entry, agency = made.check.number, caller.policy.agency
    counted = _counted(caller, made, window)
    names = {page.key: page.name for page in people.all_pages(caller.connection)}
    words = journal.words_of(caller.connection, entry)
    values = {
        "person": caller.person.name,
        "number": caller.person.id,
        "window_id": window or (counted.window.occasion.id if counted else ""),
        "day": date_words(local_date(made.check.viewed_at, agency.zone)),
        "viewed": clock_words(made.check.viewed_at, agency.zone),
        "attested": made.attested,
        "entry": entry,
        "short": journal.entry_hash(caller.connection, entry)[:SHORT],
        "repeated": repeated,
        "findings": [(names[f.page], label(f.category), ACTIONS[f.action]) for f in made.findings],
        "child": any(f.category is Category.CHILD for f in made.findings),
        "counts": _counts(caller, counted, made),
        "window": None if counted is None else hours(counted.window.occasion, agency),
        "lacking": [] if counted is None else sorted(names[key] for key in counted.lacking),
        "noted": "note" in words,
        "note_refused": words.get("note_refused", ""),
    }
    return View("receipt.html", values)


def own_check(caller: Caller, number: int) -> CheckRecord | None:
    """Return a check by the number of its entry, where the caller made it."""
    made = windows.check_numbered(caller.connection, number)
    return made if made is not None and made.check.person == caller.person.id else None


def _counted(caller: Caller, made: CheckRecord, window: str | None) -> Tally | None:
    """Return the window of its day that a check counts for, or makes up; ``None`` for an extra one."""
    found = tallied(caller, local_date(made.check.viewed_at, caller.policy.zone))
    own = [entry for entry in found.tallies if _has(entry, made.check.number)]
    return next((e for e in own if e.window.occasion.id == window), own[0] if own else None)


def _counts(caller: Caller, counted: Tally | None, made: CheckRecord) -> str:
    if counted is None:
        return "extra"
    if counted.completed:
        return "completed"
    inside = _inside(counted, made.check.number)
    if inside or counted.state(caller.now) is not State.LATE:
        return "part" if inside else "late_part"
    return "late"
