"""Messages: who was told what and when, what waits, and a test to anybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from watchbill.acts.message import ask_for_test
from watchbill.core.instants import clock_words, date_words, local_date, parse_date
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel, Person
from watchbill.core.world import NoticeState
from watchbill.errors import RefusedError
from watchbill.reports.notice_list import Listed, day_of_notices, with_attempts
from watchbill.store import notice_search, notices, people
from watchbill.store.deliveries import DeliveryRecord
from watchbill.store.notice_search import Wanted
from watchbill.web.doors import Door
from watchbill.web.entry_form import CHANNEL_WORDS, Problem, by_field, entry_of, problem_of
from watchbill.web.filled import NUMBER, BadFormError
from watchbill.web.link import OK, View
from watchbill.web.notice_words import (
    ATTEMPT_WORDS,
    REASON_WORDS,
    STATE_WORDS,
    reason_words,
    why_words,
)
from watchbill.web.visit import Answer, Elsewhere, Route, Visit

PATH = "/notices"
MOST = 200
ONE_DAY = timedelta(days=1)
LONGEST_ERROR = 200
Word = TypeVar("Word", bound=StrEnum)
Everybody = Mapping[int, Person]


# --- showing ---------------------------------------------------------------------------------------


def show(visit: Visit) -> View:
    """Return the messages of a day, those that wait first."""
    return _page(visit, None)


def _page(visit: Visit, problem: Problem | None) -> View:
    day, wanted = _day(visit), _wanted(visit)
    everybody = people.all_people(visit.connection)
    found = day_of_notices(visit.policy, visit.connection, day, wanted)
    values = {
        "day": day.isoformat(),
        "day_words": f"{date_words(day)}, {day.year}",
        "before": (day - ONE_DAY).isoformat(),
        "after": (day + ONE_DAY).isoformat(),
        "waiting": [_row(visit, everybody, one) for one in found.waiting],
        "due": [_row(visit, everybody, one) for one in found.due],
        "most": MOST,
        "cut": max(len(found.waiting), len(found.due)) >= MOST,
        "people": sorted(
            ((str(one.id), _named(one)) for one in everybody.values()), key=lambda one: one[1].lower()
        ),
        "active": [(str(one.id), one.name) for one in _active(everybody)],
        "states": [(state.value, words) for state, words in STATE_WORDS.items()],
        "reasons": sorted(
            ((reason.value, words) for reason, words in REASON_WORDS.items()), key=lambda one: one[1]
        ),
        "channels": [(channel.value, CHANNEL_WORDS[channel]) for channel in Channel],
        "chosen": {
            "person": "" if wanted.person is None else str(wanted.person),
            "state": wanted.state or "",
            "reason": wanted.reason or "",
        },
        "test": _test(visit, everybody),
        "problems": by_field(problem),
    }
    return View("notices.html", values, OK if problem is None else problem.status)


def _active(everybody: Everybody) -> list[Person]:
    return sorted((one for one in everybody.values() if one.active), key=lambda one: one.name.lower())


def _named(person: Person) -> str:
    return person.name if person.active else f"{person.name} (deactivated)"


def _day(visit: Visit) -> date:
    """Return the local day that is asked for; today for anything that is no date."""
    try:
        return parse_date(visit.query.get("day", ""), "day")
    except RefusedError:
        return local_date(visit.now, visit.policy.zone)


def _wanted(visit: Visit) -> Wanted:
    """Return what is looked for; what is no person, state or reason is not looked for."""
    person = visit.query.get("person", "")
    return Wanted(
        person=int(person) if NUMBER.fullmatch(person) else None,
        state=_one_of(NoticeState, visit.query.get("state", "")),
        reason=_one_of(Reason, visit.query.get("reason", "")),
        most=MOST,
    )


def _one_of(words: type[Word], text: str) -> Word | None:
    return next((word for word in words if word.value == text), None)


def _row(visit: Visit, everybody: Everybody, one: Listed) -> dict[str, Any]:
    notice = one.notice
    held = notice.state is NoticeState.PENDING and notice.try_at > visit.now
    return {
        "person": everybody[notice.person].name,
        "reason": reason_words(notice.reason, notice.step),
        "window": (notice.window or "").replace("/", ", "),
        "due": _moment(visit, notice.due_at),
        "urgent": notice.urgent,
        "state": STATE_WORDS[notice.state],
        "why": "" if notice.why is None else why_words(notice.why),
        "held_until": _moment(visit, notice.try_at) if held else "",
        "attempts": [_attempt(visit, record) for record in one.attempts],
    }


def _attempt(visit: Visit, record: DeliveryRecord) -> dict[str, str]:
    return {
        "by": f"{CHANNEL_WORDS[record.channel]} to {record.address}",
        "at": _moment(visit, record.started_at),
        "state": ATTEMPT_WORDS[record.state],
        "error": (record.error or "")[:LONGEST_ERROR],
    }


def _moment(visit: Visit, instant: datetime) -> str:
    zone = visit.policy.zone
    return f"{date_words(local_date(instant, zone))}, {clock_words(instant, zone)}"


def _test(visit: Visit, everybody: Everybody) -> dict[str, Any] | None:
    """Return the test that was just asked for, as it stands now."""
    text = visit.query.get("test", "")
    notice = notice_search.with_id(visit.connection, int(text)) if NUMBER.fullmatch(text) else None
    if notice is None or notice.reason is not Reason.TEST_ASKED_FOR:
        return None
    (listed,) = with_attempts(visit.connection, [notice])
    waits = notice.state in notices.WAITING
    return {**_row(visit, everybody, listed), "id": notice.id, "waits": waits}


# --- acting ----------------------------------------------------------------------------------------


def send_test(visit: Visit) -> Answer:
    """Owe somebody a test by one channel, and go to where its outcome is shown."""
    number, named = visit.form.number("who"), visit.form.text("channel")
    person = people.all_people(visit.connection).get(number or 0)
    channel = next((one for one in Channel if one == named), None)
    if person is None or channel is None:
        raise BadFormError("Choose a person and a way from the lists.")
    try:
        key = ask_for_test(visit.office, visit.by, person, channel)
    except RefusedError as error:
        return _page(visit, problem_of(error, {}))
    notice = notices.notice_with_key(visit.connection, key)
    return Elsewhere(f"{PATH}?test={notice.id}", entry_of(visit, Kind.NOTICE_OWED))


ROUTES = (Route(PATH, Door.ROSTER, show, {"test": send_test}, words="Messages"),)
