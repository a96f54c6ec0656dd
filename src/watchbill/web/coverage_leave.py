"""Recording leave, and ending it: for oneself; the PIO and the ED for anybody (DOMAIN §3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbill.acts.hearing import makers, opened_by_leave
from watchbill.acts.leave import (
    Done,
    cancel_leave,
    require_endable,
    require_takeable,
    take_leave,
)
from watchbill.core.preview import with_leave, without_leave
from watchbill.core.roster import Leave, LeaveKind, Person, Role
from watchbill.errors import RefusedError
from watchbill.store import people
from watchbill.web.acting import THERE, Form
from watchbill.web.coverage_words import KINDS, LEAVE_WORDS, dated_span, leave_words
from watchbill.web.doors import Door
from watchbill.web.entering import Entered, beside, reach, span, today
from watchbill.web.filled import NUMBER, FieldError
from watchbill.web.link import CONFLICT, NOT_FOUND, OK, View, said
from watchbill.web.outlooks import Outlook, outlook
from watchbill.web.visit import Answer, Elsewhere, Route, Visit

LOOK = "look"
"""A preview by POST: why somebody is away has no place in an address, which proxies write down."""
PATH, ONE = "/coverage/leave", "/coverage/leave/{number}"
BACK, AHEAD = 366, 731
UNKNOWN = said(
    "There is no such leave", "Go to the coverage calendar, and open it from there.", NOT_FOUND
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Leave that somebody is about to record."""

    person: Person
    kind: LeaveKind
    starts_at: datetime
    ends_at: datetime


def _read(visit: Visit, given: Entered) -> Asked:
    everybody = people.all_people(visit.connection)
    number = given.number("who") if given.text("who") else visit.person.id
    person = everybody.get(number or 0)
    if person is None:
        raise FieldError("who", "Choose somebody of the list.")
    kind = given.text("kind") or LeaveKind.VACATION
    if kind not in KINDS:
        raise FieldError("kind", "Choose one of the kinds.")
    within = reach(visit, back=BACK, ahead=AHEAD)
    starts_at, ends_at = span(visit, given, within, from_now=kind == LeaveKind.SICK)
    return Asked(person, LeaveKind(kind), starts_at, ends_at)


def _check(visit: Visit, asked: Asked) -> None:
    require_takeable(visit.by, asked.person, asked.starts_at, asked.ends_at)


def _look(visit: Visit, asked: Asked) -> Outlook:
    before = visit.roster()
    after = with_leave(before, asked.person.id, asked.kind, asked.starts_at, asked.ends_at, visit.now)
    fresh = after.leaves[-1]
    told = [asked.person.id] if fresh.ends_at > visit.now else []
    for duty in opened_by_leave(before, fresh, visit.now):
        told += makers(visit.connection, visit.policy, before, duty, visit.now)
    return outlook(visit, before, after, told)


def _act(visit: Visit, asked: Asked) -> Done:
    return take_leave(visit.office, visit.by, asked.person, asked.kind, asked.starts_at, asked.ends_at)


def _values(visit: Visit, given: Entered, asked: Asked | None) -> Mapping[str, Any]:
    may_for_others = visit.person.holds(Role.PIO, Role.EXECUTIVE_DIRECTOR)
    return {
        "people": [p for p in visit.roster().people.values() if p.active] if may_for_others else [],
        "today": today(visit).isoformat(),
        "look": LOOK,
        "chosen": given.number("who") or visit.person.id,
        "kinds": [(kind.value, words) for kind, words in KINDS.items()],
        "sentence": None if asked is None else _sentence(visit, asked),
    }


def _sentence(visit: Visit, asked: Asked) -> str:
    when = dated_span(asked.starts_at, asked.ends_at, visit.policy.zone, visit.now)
    who = "You are" if asked.person.id == visit.person.id else f"{asked.person.name} is"
    return f"{who} away ({LEAVE_WORDS[asked.kind]}), {when}."


TAKING = Form(
    "coverage_leave.html",
    "take-leave",
    ("from", "from_time", "to", "to_time", "who", "kind"),
    _read,
    _check,
    _look,
    _act,
    _values,
)


# --- one leave, and its end --------------------------------------------------------------------------


def show(visit: Visit) -> View:
    """Return a leave, and what ending it now would do; changes nothing."""
    leave = _leave(visit)
    return UNKNOWN if leave is None else _page(visit, leave)


def end(visit: Visit) -> Answer:
    """End a leave from now on; one that lies ahead is as if it had never been."""
    leave = _leave(visit)
    if leave is None:
        return UNKNOWN
    try:
        done = cancel_leave(visit.office, visit.by, leave.id)
    except RefusedError as error:
        return _page(visit, leave, beside(error), CONFLICT)
    return Elsewhere(THERE, done.entry)


def _leave(visit: Visit) -> Leave | None:
    number = visit.path.get("number", "")
    return people.leave_numbered(visit.connection, int(number)) if NUMBER.fullmatch(number) else None


def _page(visit: Visit, leave: Leave, problem: FieldError | None = None, status: int = OK) -> View:
    roster = visit.roster()
    may_end = problem is None and _may_end(visit, leave)
    after = without_leave(roster, leave.id, visit.now)
    values = {
        "who": people.all_people(visit.connection)[leave.person].name,
        "own": leave.person == visit.person.id,
        "kind": leave_words(visit.person, leave),
        "span": dated_span(leave.starts_at, leave.ends_at, visit.policy.zone, visit.now),
        "over": leave.until <= visit.now,
        "begun": leave.starts_at <= visit.now,
        "may_end": may_end,
        "outlook": outlook(visit, roster, after).values() if may_end else None,
        "problems": {} if problem is None else {problem.field: str(problem)},
    }
    return View("coverage_leave_one.html", values, status)


def _may_end(visit: Visit, leave: Leave) -> bool:
    try:
        require_endable(visit.by, leave, visit.now)
    except RefusedError:
        return False
    return True


ROUTES = (
    Route(PATH, Door.EVERYBODY, TAKING.show, {TAKING.do: TAKING.submit, LOOK: TAKING.preview}),
    Route(ONE, Door.EVERYBODY, show, {"end-leave": end}),
)
