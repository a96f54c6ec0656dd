"""Designating somebody, and appointing an interim monitor (Policy 1004 §6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from watchbill.acts.duty import Assignment, assign, makers_roles, require_assignable
from watchbill.acts.hearing import is_own_hand, offices_told
from watchbill.acts.leave import Done
from watchbill.core.candidates import free_for
from watchbill.core.checks import needs_role
from watchbill.core.preview import with_duty
from watchbill.core.roster import DutyKind, Person
from watchbill.store import people
from watchbill.web.acting import Form
from watchbill.web.coverage_words import DUTY_WORDS, dated_span
from watchbill.web.doors import Door
from watchbill.web.entering import Entered, reach, span, today
from watchbill.web.filled import FieldError
from watchbill.web.outlooks import Outlook, outlook
from watchbill.web.visit import Route, Visit

AHEAD = 3653
FIELDS = ("who", "from", "from_time", "to", "to_time", "standing", "respond")


@dataclass(frozen=True, slots=True)
class Asked:
    """A duty that somebody is about to give."""

    person: Person
    what: Assignment


def _reader(*, appointing: bool) -> Callable[[Visit, Entered], Asked]:
    def read(visit: Visit, given: Entered) -> Asked:
        starts_at, ends_at = _span(visit, given)
        person = people.all_people(visit.connection).get(given.number("who") or 0)
        if person is None:
            raise FieldError("who", "Choose somebody of the list.")
        kind = DutyKind.STANDING if given.text("standing") else DutyKind.DESIGNATION
        kind = DutyKind.INTERIM if appointing else kind
        return Asked(person, Assignment(kind, starts_at, ends_at, respond=bool(given.text("respond"))))

    return read


def _span(visit: Visit, given: Entered) -> tuple[datetime, datetime]:
    return span(visit, given, reach(visit, back=0, ahead=AHEAD), from_now=True)


def _free(visit: Visit, given: Entered, *, appointing: bool) -> list[tuple[str, str]]:
    """Return who is free for the whole span that was entered, each with the address of that form."""
    try:
        starts_at, ends_at = _span(visit, given)
    except FieldError:
        return []
    stood_in = people.stood_in(visit.connection, visit.now)
    free = free_for(visit.roster(), starts_at, ends_at, stood_in, anybody=appointing)
    kept = {name: text for name in FIELDS if (text := given.text(name)) and name != "who"}
    return [(one.name, urlencode({"who": one.id, **kept})) for one in free]


def _check(visit: Visit, asked: Asked) -> None:
    require_assignable(visit.policy, visit.roster(), visit.by, asked.person, asked.what, visit.now)


def _look(visit: Visit, asked: Asked) -> Outlook:
    before, what, holder = visit.roster(), asked.what, asked.person.id
    after = with_duty(before, what.kind, holder, what.starts_at, what.ends_at, visit.now)
    told = () if is_own_hand(visit.by, holder) else (holder,)
    offices = offices_told(visit.policy, before, visit.by, holder, what.kind, visit.now)
    return outlook(visit, before, after, (*told, *offices))


def _act(visit: Visit, asked: Asked) -> Done:
    return assign(visit.office, visit.by, asked.person, asked.what)


def _viewer(*, appointing: bool) -> Callable[[Visit, Entered, Asked | None], Mapping[str, Any]]:
    kind = DutyKind.INTERIM if appointing else DutyKind.DESIGNATION
    roles = needs_role(kind)

    def values(visit: Visit, given: Entered, asked: Asked | None) -> Mapping[str, Any]:
        roster = visit.roster()
        return {
            "appointing": appointing,
            "may": visit.by.may(*makers_roles(kind)),
            "people": [
                p for p in roster.people.values() if p.active and (not roles or p.holds(*roles))
            ],
            "chosen": given.number("who"),
            "holder": None if asked is None else asked.person.name,
            "free": _free(visit, given, appointing=appointing),
            "today": today(visit).isoformat(),
            "sentence": None if asked is None else _sentence(visit, asked),
        }

    return values


def _sentence(visit: Visit, asked: Asked) -> str:
    what = asked.what
    who = "You are" if asked.person.id == visit.person.id else f"{asked.person.name} is"
    may = "to monitor and respond" if what.respond else "to monitor"
    when = dated_span(what.starts_at, what.ends_at, visit.policy.zone, visit.now)
    return f"{who} {DUTY_WORDS[what.kind]}, {may}, {when}."


def _form(do: str, *, appointing: bool) -> Form[Asked]:
    return Form(
        "coverage_assign.html",
        do,
        FIELDS,
        _reader(appointing=appointing),
        _check,
        _look,
        _act,
        _viewer(appointing=appointing),
    )


DESIGNATING, APPOINTING = _form("designate", appointing=False), _form("appoint", appointing=True)
ROUTES = (
    Route(
        "/coverage/designate", Door.EVERYBODY, DESIGNATING.show, {DESIGNATING.do: DESIGNATING.submit}
    ),
    Route("/coverage/appoint", Door.EVERYBODY, APPOINTING.show, {APPOINTING.do: APPOINTING.submit}),
)
