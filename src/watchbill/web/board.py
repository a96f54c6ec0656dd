"""The board: who has it now and until when, what is open, what is next, and what is wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from watchbill.core.candidates import why_uncovered
from watchbill.core.checks import Tally, may_check
from watchbill.core.gap_phrases import span_of
from watchbill.core.instants import clock_words, date_words, local_date
from watchbill.core.reasons import Step
from watchbill.core.roster import Why
from watchbill.core.windows import State
from watchbill.core.wording import hours, in_words
from watchbill.reports.board import Board, board_within
from watchbill.reports.plan import Planned, PlannedGap
from watchbill.store import people
from watchbill.store.gaps import Telling
from watchbill.web import following_up
from watchbill.web.coverage_words import BEFORE_THE_RECORD, STATES
from watchbill.web.doors import Door
from watchbill.web.link import View, moment_words
from watchbill.web.visit import Route, Visit

WHY = {
    Why.PIO: "as the PIO",
    Why.DESIGNATION: "by a designation",
    Why.INTERIM: "by an interim appointment",
    Why.STANDING: "as standing designee, while the PIO is away",
}
STEPS = {
    Step.WARNING: "warned",
    Step.CHANGED: "told that it changed",
    Step.ESCALATION: "asked to appoint somebody",
    Step.UNCOVERED: "told that it opened with nobody",
}
MOST_GAPS, MOST_TOLD, MOST_FOLLOW_UPS = 10, 4, 5


def show(visit: Visit) -> View:
    """Return the board as things stand."""
    return View("board.html", _values(visit))


def show_now(visit: Visit) -> View:
    """Return the part of the board that refreshes itself."""
    return View("board_now.html", _values(visit))


def _values(visit: Visit) -> dict[str, Any]:
    board = board_within(visit.policy, visit.connection, visit.now)
    found = following_up.of_visitor(visit)
    return {
        "refreshed": clock_words(visit.now, visit.policy.zone),
        "who": _who(visit, board),
        "open": [_open(visit, board, one) for one in board.open],
        "may_check": may_check(board.plan.roster, visit.person, visit.now),
        "next": _next(visit, board),
        "week": [_row(visit, board, planned) for planned in board.week],
        "gaps": [_gap(visit, board, gap) for gap in board.gaps[:MOST_GAPS]],
        "more_gaps": max(0, len(board.gaps) - MOST_GAPS),
        "horizon": visit.policy.horizon_days,
        "follow_ups": following_up.lines(visit, found[:MOST_FOLLOW_UPS]),
        "more_follow_ups": max(0, len(found) - MOST_FOLLOW_UPS),
        "faults": [
            (fault.words, fault.cure if visit.may(Door.ROSTER) else "") for fault in board.status.faults
        ],
        "looked": _looked(visit, board),
        "checkpoint": _checkpoint(visit, board),
    }


def _when(visit: Visit, instant: datetime) -> str:
    zone = visit.policy.zone
    return f"{date_words(local_date(instant, zone))}, {clock_words(instant, zone)}"


def _who(visit: Visit, board: Board) -> dict[str, Any]:
    status = board.status
    until = None if board.until is None else moment_words(board.until, visit.policy.zone)
    return {
        "name": None if status.responsible is None else status.responsible_name,
        "why": "" if status.why is None else WHY[status.why],
        "until": until,
        "then": board.plan.name(board.then),
    }


def _open(visit: Visit, board: Board, one: Tally) -> dict[str, Any]:
    window, zone = one.window.occasion, visit.policy.zone
    names = {page.key: page.name for page in people.all_pages(visit.connection)}
    everybody = board.plan.roster.people
    viewed = {
        key: f"{names[key]}: {everybody[check.person].name}, {clock_words(check.viewed_at, zone)}"
        for check in reversed(one.inside)
        for key in check.pages & one.window.pages
    }
    return {
        "hours": hours(window, visit.policy.agency),
        "until": clock_words(window.closes_at, zone),
        "left": in_words(window.closes_at - visit.now),
        "completed": one.completed,
        "viewed": [viewed[key] for key in sorted(viewed)],
        "lacking": [names[key] for key in sorted(one.lacking)],
    }


def _next(visit: Visit, board: Board) -> dict[str, Any] | None:
    ahead = board.status.next
    if ahead is None:
        return None
    window = ahead.occasion
    return {
        "when": f"{date_words(window.day)}, {hours(window, visit.policy.agency)}",
        "left": in_words(window.opens_at - visit.now),
        "monitor": board.plan.name(ahead.monitor),
    }


def _row(visit: Visit, board: Board, planned: Planned) -> dict[str, Any]:
    before = board.plan.before_the_record(planned)
    symbol, words = BEFORE_THE_RECORD if before else STATES[planned.state]
    uncovered = planned.monitor is None and planned.state in (State.UPCOMING, State.OPEN)
    return {
        "day": date_words(planned.occasion.day),
        "today": planned.occasion.day == local_date(visit.now, visit.policy.zone),
        "hours": hours(planned.occasion, visit.policy.agency),
        "symbol": symbol,
        "state": words,
        "monitor": board.plan.name(planned.monitor),
        "uncovered": uncovered,
    }


def _gap(visit: Visit, board: Board, gap: PlannedGap) -> dict[str, Any]:
    roster = board.plan.roster
    told = [_told(visit, roster.people[telling.person].name, telling) for telling in gap.told]
    return {
        "span": span_of(gap.windows, visit.policy.agency),
        "why": why_uncovered(visit.policy, roster, gap.windows[0], visit.person),
        "since": None if gap.known_since is None else _when(visit, gap.known_since),
        "told": told[-MOST_TOLD:],
        "earlier": max(0, len(told) - MOST_TOLD),
    }


def _told(visit: Visit, name: str, telling: Telling) -> str:
    what, at = STEPS.get(telling.step, "told"), _when(visit, telling.at)
    if telling.failed:
        return f"{name} was to be {what} on {at}, and no channel reached them"
    if telling.waits:
        return f"{name} is yet to be {what}: the message waits since {at}"
    return f"{name} was {what} on {at}"


def _looked(visit: Visit, board: Board) -> str | None:
    at = board.status.ticked_at
    return None if at is None else _when(visit, at)


def _checkpoint(visit: Visit, board: Board) -> dict[str, Any] | None:
    one = board.checkpoint
    if one is None:
        return None
    return {"when": _when(visit, one.sent_at), "number": one.number, "short": one.short}


ROUTES = (
    Route("/", Door.EVERYBODY, show, words="Board"),
    Route("/board/now", Door.EVERYBODY, show_now),
)
