"""The coverage calendar: a month of windows with their monitors; below it gaps, duties and leave."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from watchbill.core.gap_phrases import span_of
from watchbill.core.instants import clock_words, date_words, local_date, parse_date
from watchbill.core.preview import standing
from watchbill.core.roster import Duty, DutyKind, Leave, Roster
from watchbill.core.windows import State
from watchbill.core.wording import hours
from watchbill.errors import RefusedError
from watchbill.reports.cover_ahead import OpenGap, horizon, open_gaps
from watchbill.reports.month import EARLIEST, LATEST, Day, Month, month_of, month_within
from watchbill.reports.plan import Plan, Planned
from watchbill.web import coverage_assign, coverage_duty, coverage_leave, coverage_order
from watchbill.web.coverage_words import (
    BEFORE_THE_RECORD,
    DUTY_WORDS,
    STATES,
    dated_span,
    duty_state,
    leave_words,
    may_words,
)
from watchbill.web.doors import Door
from watchbill.web.entering import today
from watchbill.web.link import BAD_REQUEST, OK, View
from watchbill.web.outlooks import horizon_words, may_appoint, may_designate
from watchbill.web.visit import Route, Visit

MOST_FREE = 12
MONTH = "%Y-%m"


def show(visit: Visit) -> View:
    """Return a month, by default this one; and what is ahead, whatever the month."""
    text = visit.query.get("month", "")
    asked = _month_asked(text)
    first = asked or month_of(today(visit))
    month = month_within(visit.policy, visit.connection, first, visit.now)
    ahead = horizon(visit.policy, visit.connection, visit.now)
    found = open_gaps(visit.policy, visit.connection, ahead, visit.person)
    bad = bool(text) and asked is None
    values = {
        **_calendar(visit, month),
        "bad_month": bad,
        "gaps": [_gap(visit, ahead, gap) for gap in found],
        "until": horizon_words(visit),
        **_facts(visit, ahead.roster),
        "may_designate": may_designate(visit.person),
        "may_appoint": may_appoint(visit.person),
    }
    return View("coverage.html", values, BAD_REQUEST if bad else OK)


def _month_asked(text: str) -> date | None:
    try:
        first = parse_date(f"{text}-01", "month") if len(text) == len("2026-11") else None
    except RefusedError:
        return None
    return first if first is not None and EARLIEST <= first <= LATEST else None


# --- the calendar ------------------------------------------------------------------------------------


def _calendar(visit: Visit, month: Month) -> dict[str, Any]:
    return {
        "month": f"{month.first:%B %Y}",
        "before": None
        if month.before is None
        else (f"{month.before:{MONTH}}", f"{month.before:%B %Y}"),
        "after": None if month.after is None else (f"{month.after:{MONTH}}", f"{month.after:%B %Y}"),
        "this_month": month.first == month_of(today(visit)),
        "weeks": [
            (_week_words(week), [None if day is None else _day(visit, month.plan, day) for day in week])
            for week in month.weeks
        ],
    }


def _week_words(week: tuple[Day | None, ...]) -> str:
    days = [day.date for day in week if day is not None]
    first, last = days[0], days[-1]
    month = f"{first:%b} {first.day}"
    return month if first == last else f"{month}\u2013{last.day}"


def _day(visit: Visit, plan: Plan, day: Day) -> dict[str, Any]:
    return {
        "number": day.date.day,
        "weekday": f"{day.date:%a}",
        "month": f"{day.date:%b}",
        "today": day.date == today(visit),
        "empty": not (day.windows or day.holiday or day.away or day.date == today(visit)),
        "holiday": day.holiday,
        "windows": [_window(visit, plan, planned) for planned in day.windows],
        "away": [f"{one.name}{'' if one.whole else ' (part of the day)'}" for one in day.away],
    }


def _window(visit: Visit, plan: Plan, planned: Planned) -> dict[str, Any]:
    before = plan.before_the_record(planned)
    symbol, words = BEFORE_THE_RECORD if before else STATES[planned.state]
    nobody = planned.monitor is None and planned.state is not State.COMPLETED and not before
    others = dict.fromkeys(s.person for s in planned.spans if s.person not in (None, planned.monitor))
    return {
        "hours": hours(planned.occasion, visit.policy.agency),
        "symbol": symbol,
        "state": words,
        "nobody": nobody,
        "who": "nobody was set" if planned.monitor is None else plan.name(planned.monitor),
        "others": [plan.name(person) for person in others],
    }


# --- gaps --------------------------------------------------------------------------------------------


def _gap(visit: Visit, ahead: Plan, gap: OpenGap) -> dict[str, Any]:
    agency = visit.policy.agency
    return {
        "title": span_of(gap.windows, agency),
        "windows": [f"{date_words(w.day)}, {hours(w, agency)}" for w in gap.windows],
        "why": gap.why,
        "told": _told(visit, ahead, gap),
        "free": [person.name for person in gap.free],
        "choices": list(gap.free[:MOST_FREE]),
        "appointable": [*gap.free, *gap.others][:MOST_FREE],
        "span": _span_fields(visit, gap),
        "address": urlencode(_span_fields(visit, gap)),
    }


def _told(visit: Visit, ahead: Plan, gap: OpenGap) -> list[str]:
    """Return who was told and when; not by which step, which would say that the PIO is sick."""
    zone = visit.policy.zone
    return [
        f"{ahead.name(one.person)}, {date_words(local_date(one.at, zone))}, {clock_words(one.at, zone)}"
        + (": the message waits" if one.waits else ": no channel reached them" if one.failed else "")
        for one in gap.gap.told
    ]


def _span_fields(visit: Visit, gap: OpenGap) -> dict[str, str]:
    """Return the span of a gap as the fields of the form: local dates, and times of day in minutes."""
    starts, ends = (at.astimezone(visit.policy.zone) for at in (gap.starts_at, gap.ends_at))
    return {
        "from": f"{starts:%Y-%m-%d}",
        "from_time": "" if gap.starts_at == visit.now else f"{starts:%H:%M}",
        "to": f"{ends:%Y-%m-%d}",
        "to_time": f"{ends:%H:%M}",
    }


# --- duties and leave --------------------------------------------------------------------------------


def _facts(visit: Visit, roster: Roster) -> dict[str, Any]:
    now = visit.now
    duties = [d for d in roster.duties if d.ends_at > now and d.cancelled_at is None]
    leaves = [leave for leave in roster.leaves if leave.until > now]
    in_order = standing(roster, now)
    return {
        "duties": [
            _duty(visit, roster, duty)
            for duty in sorted(duties, key=lambda duty: (duty.starts_at, duty.entry))
            if duty not in in_order
        ],
        "standing": [_duty(visit, roster, duty) for duty in in_order],
        "leaves": [
            _leave(visit, roster, leave)
            for leave in sorted(leaves, key=lambda leave: (leave.starts_at, leave.id))
        ],
    }


def _duty(visit: Visit, roster: Roster, duty: Duty) -> dict[str, Any]:
    return {
        "id": duty.id,
        "who": roster.people[duty.person].name,
        "what": DUTY_WORDS[duty.kind],
        "interim": duty.kind is DutyKind.INTERIM,
        "span": dated_span(duty.starts_at, duty.ends_at, visit.policy.zone, visit.now),
        "state": duty_state(duty, visit.now),
        "may": may_words(duty),
        "own": duty.person == visit.person.id,
    }


def _leave(visit: Visit, roster: Roster, leave: Leave) -> dict[str, Any]:
    return {
        "id": leave.id,
        "who": roster.people[leave.person].name,
        "kind": leave_words(visit.person, leave),
        "span": dated_span(leave.starts_at, leave.ends_at, visit.policy.zone, visit.now),
        "begun": leave.starts_at <= visit.now,
    }


ROUTES = (
    Route("/coverage", Door.EVERYBODY, show, words="Coverage"),
    *coverage_leave.ROUTES,
    *coverage_assign.ROUTES,
    *coverage_duty.ROUTES,
    *coverage_order.ROUTES,
)
