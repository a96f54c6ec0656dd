"""One duty: what it is, and accepting, declining or ending it, each with what it would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from watchbill.acts.duty import (
    accept_duty,
    cancel_duty,
    decline_duty,
    require_answerable,
    require_endable,
)
from watchbill.acts.hearing import makers
from watchbill.acts.leave import Done
from watchbill.core.preview import without_duty
from watchbill.core.roster import Duty, DutyKind, Roster
from watchbill.errors import RefusedError
from watchbill.store import people
from watchbill.web.acting import THERE
from watchbill.web.coverage_words import DUTY_WORDS, dated_span, duty_state, may_words
from watchbill.web.doors import Door
from watchbill.web.entering import beside
from watchbill.web.filled import NUMBER, FieldError
from watchbill.web.link import CONFLICT, NOT_FOUND, OK, View, said
from watchbill.web.outlooks import outlook
from watchbill.web.visit import Answer, Elsewhere, Handler, Route, Visit

PATH = "/coverage/duty/{number}"
UNKNOWN = said(
    "There is no such duty", "Go to the coverage calendar, and open it from there.", NOT_FOUND
)


@dataclass(frozen=True, slots=True)
class Answering:
    """What may be done about a duty. ``words``: its button; ``then``: what it comes to, in a sentence."""

    words: str
    then: str
    check: Callable[[Visit, Duty], None]
    act: Callable[[Visit, Duty], Done]
    ends: bool
    told: Callable[[Visit, Roster, Duty], tuple[int, ...]]


def _check_answer(visit: Visit, duty: Duty) -> None:
    require_answerable(visit.by, visit.roster().people[duty.person], duty, visit.now)


def _check_accept(visit: Visit, duty: Duty) -> None:
    _check_answer(visit, duty)
    if duty.kind is DutyKind.INTERIM:
        raise RefusedError("An appointment needs no yes: it counts already.")
    if duty.accepted_at is not None:
        raise RefusedError("It is accepted already.")


def _accept(visit: Visit, duty: Duty) -> Done:
    _check_accept(visit, duty)
    return accept_duty(visit.office, visit.by, visit.person, duty.id)


def _decline(visit: Visit, duty: Duty) -> Done:
    holder = visit.roster().people[duty.person]
    return decline_duty(visit.office, visit.by, holder, duty.id)


def _makers(visit: Visit, roster: Roster, duty: Duty) -> tuple[int, ...]:
    return makers(visit.connection, visit.policy, roster, duty, visit.now)


def _holder(visit: Visit, _: Roster, duty: Duty) -> tuple[int, ...]:
    return () if duty.person == visit.person.id else (duty.person,)


ANSWERS: Mapping[str, Answering] = {
    "accept": Answering(
        "Accept",
        "You say that you will do it. The duty counts already; nothing else changes.",
        _check_accept,
        _accept,
        ends=False,
        told=lambda *_: (),
    ),
    "decline": Answering(
        "Decline",
        "You say that you cannot do it. The duty ends now.",
        _check_answer,
        _decline,
        ends=True,
        told=_makers,
    ),
    "cancel": Answering(
        "End this duty",
        "The duty ends now.",
        lambda visit, duty: require_endable(visit.by, duty, visit.now),
        lambda visit, duty: cancel_duty(visit.office, visit.by, duty.id),
        ends=True,
        told=_holder,
    ),
}


def show(visit: Visit) -> View:
    """Return a duty, and where an act is named in the address what it would do; changes nothing."""
    duty = _duty(visit)
    if duty is None:
        return UNKNOWN
    do = visit.query.get("act", "")
    if do not in ANSWERS:
        return _page(visit, duty)
    try:
        ANSWERS[do].check(visit, duty)
    except RefusedError as error:
        return _page(visit, duty, problem=beside(error), status=CONFLICT)
    return _page(visit, duty, do)


def _handler(do: str) -> Handler:
    def handle(visit: Visit) -> Answer:
        duty = _duty(visit)
        if duty is None:
            return UNKNOWN
        try:
            done = ANSWERS[do].act(visit, duty)
        except RefusedError as error:
            return _page(visit, duty, problem=beside(error), status=CONFLICT)
        return Elsewhere(THERE, done.entry)

    return handle


def _duty(visit: Visit) -> Duty | None:
    number = visit.path.get("number", "")
    return people.duty_numbered(visit.connection, int(number)) if NUMBER.fullmatch(number) else None


def _page(
    visit: Visit, duty: Duty, do: str | None = None, problem: FieldError | None = None, status: int = OK
) -> View:
    roster = visit.roster()
    maker = people.maker_of(visit.connection, duty.id)
    values = {
        "who": roster.people[duty.person].name,
        "own": duty.person == visit.person.id,
        "what": DUTY_WORDS[duty.kind],
        "span": dated_span(duty.starts_at, duty.ends_at, visit.policy.zone, visit.now),
        "may": may_words(duty),
        "state": duty_state(duty, visit.now),
        "by": "the operator" if maker is None else roster.people[maker].name,
        "choices": [(name, one.words) for name, one in ANSWERS.items() if _possible(visit, duty, one)],
        "problem": None if problem is None else str(problem),
        "do": do,
        **_previewed(visit, roster, duty, do),
    }
    return View("coverage_duty.html", values, status)


def _previewed(visit: Visit, roster: Roster, duty: Duty, do: str | None) -> dict[str, Any]:
    if do is None:
        return {"outlook": None, "sentence": None, "button": None}
    answer = ANSWERS[do]
    after = without_duty(roster, duty.id, visit.now) if answer.ends else roster
    told = answer.told(visit, roster, duty)
    found = outlook(visit, roster, after, told)
    return {"outlook": found.values(), "sentence": answer.then, "button": answer.words}


def _possible(visit: Visit, duty: Duty, answer: Answering) -> bool:
    try:
        answer.check(visit, duty)
    except RefusedError:
        return False
    return True


ROUTES = (Route(PATH, Door.EVERYBODY, show, {do: _handler(do) for do in ANSWERS}),)
