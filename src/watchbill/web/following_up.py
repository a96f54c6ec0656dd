"""Follow-ups: findings that ask for more than was done, until somebody says what was done in the end (§5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from watchbill.acts.follow_up import close_follow_up
from watchbill.core.checks import Action, Category
from watchbill.core.instants import clock_words, date_words, local_date
from watchbill.core.roster import Role
from watchbill.errors import RefusedError
from watchbill.store import follow_ups, people
from watchbill.store.follow_ups import FollowUp
from watchbill.web.check_shown import ACTIONS, label
from watchbill.web.doors import Door
from watchbill.web.filled import BadFormError, in_plain_words
from watchbill.web.link import BAD_REQUEST, CONFLICT, View
from watchbill.web.visit import Answer, Elsewhere, Route, Visit

PATH = "/follow-ups"
MOST_SHOWN = 50


def of_visitor(visit: Visit) -> list[FollowUp]:
    """Return the follow-ups that are somebody's to see: all for the PIO and the ED, else their own."""
    sees_all = visit.person.holds(Role.PIO, Role.EXECUTIVE_DIRECTOR)
    return follow_ups.open_follow_ups(visit.connection, None if sees_all else visit.person.id)


def lines(visit: Visit, found: list[FollowUp]) -> list[dict[str, Any]]:
    """Return follow-ups in words."""
    zone = visit.policy.zone
    names = {page.key: page for page in people.all_pages(visit.connection)}
    everybody = visit.roster().people
    return [
        {
            "finding": one.finding,
            "page": names[one.page].name,
            "url": names[one.page].url,
            "category": label(one.category),
            "action": ACTIONS[one.action],
            "by": everybody[one.person].name,
            "when": f"{date_words(local_date(one.found_at, zone))}, {clock_words(one.found_at, zone)}",
            "entry": one.check,
            "advertising": one.category is Category.ADVERTISING,
        }
        for one in found
    ]


def show(visit: Visit) -> View:
    """Return what is still to be followed up; reads only."""
    found = of_visitor(visit)
    values = {
        "lines": lines(visit, found[:MOST_SHOWN]),
        "more": max(0, len(found) - MOST_SHOWN),
        "all": visit.person.holds(Role.PIO, Role.EXECUTIVE_DIRECTOR),
        "actions": [(action, words) for action, words in ACTIONS.items() if action is not Action.NONE],
        "problem": "",
        "wrong": None,
    }
    return View("follow_ups.html", values)


def close(visit: Visit) -> Answer:
    """Close a follow-up with what was done in the end."""
    finding = visit.form.number("finding")
    if finding is None:
        raise BadFormError("There is no such follow-up.")
    try:
        action = Action(visit.form.text("action"))
    except ValueError:
        return _again(visit, finding, "Choose what was done in the end.", BAD_REQUEST)
    try:
        done = close_follow_up(visit.office, visit.by, finding, action)
    except RefusedError as error:
        return _again(visit, finding, in_plain_words(error.message), CONFLICT)
    return Elsewhere(PATH, done.entry)


def _again(visit: Visit, finding: int, problem: str, status: int) -> View:
    shown = show(visit)
    return replace(shown, values={**shown.values, "problem": problem, "wrong": finding}, status=status)


ROUTES = (Route(PATH, Door.EVERYBODY, show, {"close": close}, words="Follow-ups"),)
