"""The check: by the link of a message, or by somebody signed in; one page, one set of rules (DOMAIN §4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from watchbill.acts.check import record_check
from watchbill.core.checks import may_check
from watchbill.core.instants import date_words, local_date
from watchbill.core.journal import Kind
from watchbill.core.windows import State
from watchbill.core.wording import hours
from watchbill.errors import RefusedError
from watchbill.ledger import state_at
from watchbill.store import windows
from watchbill.store.windows import WindowRecord
from watchbill.web import away
from watchbill.web.check_asked import Caller, Checking
from watchbill.web.check_form import entered, is_detailed, viewing
from watchbill.web.check_shown import about, asking, own_check, receipt, viewers
from watchbill.web.doors import Door
from watchbill.web.filled import NUMBER, BadFormError, Filled, in_plain_words
from watchbill.web.link import BAD_REQUEST, CONFLICT, OK, Accepted, Link, View, moment_words, said
from watchbill.web.visit import Answer, Elsewhere, Route, Visit

PATH = "/check"
LOOK_AHEAD = timedelta(days=14)


# --- both ways ---------------------------------------------------------------------------------------


def _page(asked: Checking, **values: Any) -> View:  # noqa: ANN401 - for a template
    """Return what is done, or what is asked, or the form for what was found all the same."""
    if asked.done and not asked.caller.more:
        return View("done.html", {**about(asked), "done": viewers(asked), **values})
    return View("check.html", {**asking(asked), **values})


def _record(asked: Checking, sent: Filled) -> int:
    """Record that the person has viewed the pages: all, or in part and with findings."""
    caller = asked.caller
    return record_check(caller.office, caller.by, caller.person, viewing(asked, sent)).number


def _again(asked: Checking, sent: Filled, error: BadFormError, status: int, **values: Any) -> View:  # noqa: ANN401 - for a template
    """Return the form with what was entered, and what is wrong with it beside the field."""
    shown = asking(asked, entered(asked, sent), error)
    return View("check.html", {**shown, **values}, status)


# --- by a link ---------------------------------------------------------------------------------------


def show(link: Link, accepted: Accepted | None) -> View:
    """Return what there is to say: the receipt of a check, who is away, what is done, what is asked."""
    if accepted is not None and accepted.kind is Kind.CHECK_RECORDED:
        return _receipt(link, accepted)
    asked = _asked(link)
    values: dict[str, Any] = away.choices(link)
    if accepted is not None and accepted.kind is Kind.LEAVE_CANCELLED:
        values["banner"] = f"Welcome back: your leave has ended. {away.who_has_it(link)}"
    if link.running_leave():
        return away.show(link, about(asked), accepted)
    if accepted is not None and accepted.kind is Kind.LEAVE_TAKEN:
        values["banner"] = away.told(link, accepted)
        values["repeated"] = accepted.repeated
    return _page(asked, **values)


def spent(link: Link, sent: Filled) -> bool:
    """Whether a form has nothing more to do: the window is completed, or who says so is away, or back.

    What somebody found is kept also where somebody else was first: it is a further check.
    """
    if sent.do == "back":
        return not link.running_leave()
    if is_detailed(sent):
        return False
    return _asked(link).done or (sent.do == "away" and bool(link.running_leave()))


def record(link: Link, sent: Filled) -> Accepted:
    """Record that the person of the link has viewed the pages."""
    return Accepted(_record(_asked(link), sent), Kind.CHECK_RECORDED)


def again(link: Link, sent: Filled, error: BadFormError, status: int) -> View | None:
    """Return the form of a check once more, with what is wrong; ``None`` for another form."""
    if sent.do != "check":
        return None
    return _again(_asked(link), sent, error, status, **away.choices(link))


def _asked(link: Link) -> Checking:
    named = windows.windows_named(link.connection, [str(link.notice.window)])
    return Checking(link, named[0], link.good_until)


def _receipt(link: Link, accepted: Accepted) -> View:
    made = own_check(link, accepted.entry)
    if made is None:
        raise LookupError(accepted.entry)
    shown = receipt(link, made, link.notice.window, repeated=accepted.repeated)
    return replace(shown, values={**shown.values, "good_until": link.good_until})


# --- signed in ---------------------------------------------------------------------------------------


def show_due(visit: Visit) -> View:
    """Return the receipt of a check just made, or the check that is due now; reads only."""
    number = visit.query.get("entry", "")
    made = own_check(visit, int(number)) if NUMBER.fullmatch(number) else None
    if made is not None:
        again_sent = "again" in visit.query
        shown = receipt(visit, made, visit.query.get("window"), repeated=again_sent)
        return replace(shown, values={**shown.values, "recorded": None})
    if not may_check(visit.roster(), visit.person, visit.now):
        return NOT_YOURS
    due = _due(visit)
    return _nothing_due(visit) if due is None else _page(Checking(visit, due), **_beside(visit, due))


def record_due(visit: Visit) -> Answer:
    """Record that somebody signed in has viewed the pages of the check that is due."""
    due = _due(visit)
    if due is None:
        return replace(_nothing_due(visit), status=CONFLICT)
    asked = Checking(visit, due)
    if asked.done and not is_detailed(visit.form):
        return replace(_page(asked, **_beside(visit, due)), status=CONFLICT)
    try:
        number = _record(asked, visit.form)
    except BadFormError as error:
        return _again(asked, visit.form, error, BAD_REQUEST, **_beside(visit, due))
    except RefusedError as error:
        if not may_check(visit.roster(), visit.person, visit.now):
            raise
        refused = BadFormError(in_plain_words(error.message))
        return _again(asked, visit.form, refused, CONFLICT, **_beside(visit, due))
    return Elsewhere(_address(due), number)


NOT_YOURS = said(
    "You may not record a check",
    "The PIO, the Executive Director, those who may be designated and an appointed interim monitor may. "
    "If you view the pages for somebody, let the Executive Director appoint you.",
    OK,
)


def _address(record: WindowRecord) -> str:
    return f"{PATH}?window={quote(record.occasion.id, safe='')}"


def _of_today(caller: Caller) -> list[WindowRecord]:
    """Return the windows of today that a viewing can count for: open, in their early span, or closed."""
    today = local_date(caller.now, caller.policy.zone)
    found = windows.windows_between(caller.connection, today, today)
    return [record for record in found if record.occasion.counts_from <= caller.now]


def _due(visit: Visit) -> WindowRecord | None:
    """Return the window that was chosen, or is open now, or was missed last today."""
    found = _of_today(visit)
    chosen = visit.query.get("window")
    if chosen is not None:
        return next((record for record in found if record.occasion.id == chosen), None)
    taking = [record for record in found if record.occasion.takes(visit.now)]
    if taking:
        return taking[0]
    missed = [record for record in found if state_at(record, visit.now) is State.MISSED]
    return missed[-1] if missed else None


def _beside(visit: Visit, due: WindowRecord) -> dict[str, Any]:
    """Return what else the page says to somebody signed in: today's other checks, whether they are away."""
    others = [
        (_address(record), hours(record.occasion, visit.policy.agency))
        for record in _of_today(visit)
        if record != due and state_at(record, visit.now) in (State.OPEN, State.MISSED)
    ]
    leaves = [one for one in visit.roster().leave_of(visit.person.id) if one.covers(visit.now)]
    until = max((one.until for one in leaves), default=None)
    away_until = None if until is None else moment_words(until, visit.policy.zone)
    return {"others": others, "away_until": away_until}


def _nothing_due(visit: Visit) -> View:
    today = local_date(visit.now, visit.policy.zone)
    found = windows.windows_between(visit.connection, today, today + LOOK_AHEAD)
    ahead = next((one.occasion for one in found if one.occasion.opens_at > visit.now), None)
    following = (
        ""
        if ahead is None
        else f" The next one is {date_words(ahead.day)}, {hours(ahead, visit.policy.agency)}."
    )
    return said("No check is due now", f"There is nothing to record.{following}", OK)


ROUTES = (Route(PATH, Door.EVERYBODY, show_due, {"check": record_due}, words="Check"),)
