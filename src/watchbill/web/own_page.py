"""Somebody's own page: number, channels and quiet hours, proofs, sessions, own duty and leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from watchbill.acts.proof import CODE_LASTS, ask_for_proof, prove
from watchbill.acts.roster import edit_own
from watchbill.acts.sign_in import sign_out
from watchbill.core.coverage import responsible_at
from watchbill.core.instants import clock_words, date_words, local_date, span_words
from watchbill.core.journal import Kind
from watchbill.core.quiet_hours import parse_quiet, quiet_text
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel, DutyKind, LeaveKind, Person
from watchbill.core.wording import hours
from watchbill.errors import ConfigurationError, RefusedError
from watchbill.reports.plan import plan_within
from watchbill.reports.roster_list import roster_list
from watchbill.roster_file import read_person
from watchbill.store import notice_search, sessions
from watchbill.store.sessions import Session
from watchbill.web.browser_words import browser_words
from watchbill.web.doors import Door
from watchbill.web.entry_form import (
    CHANNEL_WORDS,
    Problem,
    by_field,
    channels_sent,
    entry_of,
    problem_of,
)
from watchbill.web.filled import BadFormError
from watchbill.web.link import NOT_FOUND, OK, View, said
from watchbill.web.people import LABELS, row
from watchbill.web.visit import Answer, Elsewhere, Route, Visit

PATH = "/me"
LOOK_AHEAD = timedelta(days=7)
MOST_CHECKS = 5
SHOWN_OF_A_HASH = 16
DUTY_WORDS = {
    DutyKind.INTERIM: "Interim monitor",
    DutyKind.DESIGNATION: "Designated",
    DutyKind.STANDING: "Standing in when the PIO is away",
}
LEAVE_WORDS = {
    LeaveKind.SICK: "Sick",
    LeaveKind.VACATION: "Vacation",
    LeaveKind.OTHER: "Other leave",
    LeaveKind.HOLIDAY: "Holiday",
}
OVER = said(
    "That session has ended already", "Load your page again to see where you are signed in.", NOT_FOUND
)


# --- showing ---------------------------------------------------------------------------------------


def show(visit: Visit) -> View:
    """Return the page of whoever is signed in."""
    return _page(visit, _values(visit.person), None)


def _values(person: Person) -> dict[str, Any]:
    first, second, *_ = (*person.channels, "", "")
    quiet = quiet_text(person.quiet)
    return {"mobile": person.mobile or "", "first": first, "second": second, "quiet": quiet}


def _page(visit: Visit, given: Mapping[str, Any], problem: Problem | None) -> View:
    (listed,) = roster_list(visit.connection, [visit.person], visit.now)
    values = {
        "person": row(visit, listed),
        "given": given,
        "problems": by_field(problem),
        "channels": [(channel.value, CHANNEL_WORDS[channel]) for channel in Channel],
        "codes_out": _codes_out(visit),
        "sessions": [_session(visit, one) for one in _sessions(visit)],
        "same": visit.query.get("same") == "1" and problem is None,
        **_at_a_glance(visit),
    }
    return View("own_page.html", values, OK if problem is None else problem.status)


def _codes_out(visit: Visit) -> set[str]:
    """Return the channels by which a code went, or is going, that may still be typed in."""
    since = visit.now - CODE_LASTS
    asked = notice_search.for_reason_since(visit.connection, visit.person.id, Reason.PROOF_ASKED, since)
    return {str(one.about.get("only")) for one in asked if one.spent_at is None}


def _sessions(visit: Visit) -> list[Session]:
    return sessions.sessions_of(visit.connection, visit.person.id, visit.now)


def _session(visit: Visit, session: Session) -> dict[str, Any]:
    return {
        "which": session.hash[:SHOWN_OF_A_HASH],
        "browser": browser_words(session.browser),
        "since": _moment(visit, session.began_at),
        "until": _moment(visit, session.expires_at),
        "this": session.hash == visit.session.hash,
    }


def _moment(visit: Visit, instant: datetime) -> str:
    zone = visit.policy.zone
    return f"{date_words(local_date(instant, zone))}, {clock_words(instant, zone)}"


def _at_a_glance(visit: Visit) -> dict[str, Any]:
    """Return in words what is asked of the person soon, and when they are away."""
    policy, me, zone = visit.policy, visit.person.id, visit.policy.zone
    today = local_date(visit.now, zone)
    plan = plan_within(policy, visit.connection, today, today + LOOK_AHEAD, visit.now)
    now = responsible_at(policy, plan.roster, visit.now)
    mine = [p for p in plan.windows if p.monitor == me and p.occasion.closes_at > visit.now]
    roster = visit.roster()
    duties = [one for one in roster.duties if one.person == me and one.until > visit.now]
    leaves = [one for one in roster.leave_of(me) if one.until > visit.now]
    return {
        "responsible": now is not None and now.person == me,
        "checks": [
            f"{date_words(p.occasion.day)}, {hours(p.occasion, policy.agency)}: {p.state}"
            for p in mine[:MOST_CHECKS]
        ],
        "more_checks": max(0, len(mine) - MOST_CHECKS),
        "duties": [
            f"{DUTY_WORDS[one.kind]}, {span_words(one.starts_at, one.until, zone)}"
            f"{', not accepted yet' if one.awaits_answer else ''}"
            for one in duties
        ],
        "leaves": [
            f"{LEAVE_WORDS[one.kind]}, {span_words(one.starts_at, one.until, zone)}" for one in leaves
        ],
    }


# --- acting ----------------------------------------------------------------------------------------


def edit(visit: Visit) -> Answer:
    """Change own number, channels and quiet hours, or show the form again with what is wrong."""
    me, form, channels = visit.person, visit.form, channels_sent(visit)
    first, second, *_ = (*channels, "", "")
    given = {
        "mobile": form.text("mobile"),
        "first": first,
        "second": second,
        "quiet": form.text("quiet"),
    }
    try:
        wanted = replace(
            read_person(
                {
                    "email": me.email,
                    "name": me.name,
                    "mobile": given["mobile"] or None,
                    "channels": channels,
                }
            ),
            quiet=parse_quiet(given["quiet"], "quiet"),
        )
        changed = edit_own(visit.office, visit.by, wanted)
    except (ConfigurationError, RefusedError) as error:
        return _page(visit, given, problem_of(error, LABELS))
    if not changed:
        return Elsewhere(f"{PATH}?same=1")
    return Elsewhere(PATH, entry_of(visit, Kind.PERSON_CHANGED))


def _channel(visit: Visit) -> Channel:
    """Return the channel that a form names, one of the person's own."""
    name = visit.form.text("channel")
    found = next((channel for channel in visit.person.channels if channel == name), None)
    if found is None:
        raise BadFormError("That is not one of your channels.")
    return found


def send_code(visit: Visit) -> Answer:
    """Send a code by a channel, or say beside it why not."""
    channel = _channel(visit)
    try:
        ask_for_proof(visit.office, visit.by, channel)
    except RefusedError as error:
        return _page(visit, _values(visit.person), _beside(channel, error))
    return Elsewhere(PATH, entry_of(visit, Kind.NOTICE_OWED))


def type_code(visit: Visit) -> Answer:
    """Take the code that a channel brought, or say beside it why not."""
    channel = _channel(visit)
    try:
        entry = prove(visit.office, visit.by, channel, visit.form.text("code"))
    except RefusedError as error:
        return _page(visit, _values(visit.person), _beside(channel, error))
    return Elsewhere(PATH, entry)


def _beside(channel: Channel, error: RefusedError) -> Problem:
    return replace(problem_of(error, {}), field=f"code-{channel}")


def end(visit: Visit) -> Answer:
    """End one of the own sessions; where it is this one, go to the sign-in."""
    which = visit.form.text("which")
    found = next((o for o in _sessions(visit) if o.hash[:SHOWN_OF_A_HASH] == which), None)
    if found is None:
        return OVER
    sign_out(visit.office, visit.by, visit.person, found.hash)
    if found.hash == visit.session.hash:
        return Elsewhere("/sign-in")
    return Elsewhere(PATH, entry_of(visit, Kind.SIGNED_OUT))


def end_others(visit: Visit) -> Answer:
    """End every session of the person but this one."""
    if not sign_out(visit.office, visit.by, visit.person, but=visit.session.hash):
        return OVER
    return Elsewhere(PATH, entry_of(visit, Kind.SIGNED_OUT))


DEEDS = {
    "edit": edit,
    "send-code": send_code,
    "prove": type_code,
    "end": end,
    "end-others": end_others,
}
ROUTES = (Route(PATH, Door.EVERYBODY, show, DEEDS, words="You"),)
