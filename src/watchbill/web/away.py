"""The forms "I am away" and "I am back" of a check's link: leave by the person's own hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from watchbill.acts.leave import cancel_leave, take_leave
from watchbill.core.coverage import responsible_at
from watchbill.core.instants import day_end, local_date, parse_date
from watchbill.core.journal import Kind
from watchbill.core.roster import LeaveKind
from watchbill.errors import RefusedError
from watchbill.web.filled import BadFormError, Filled
from watchbill.web.link import Accepted, Link, View, moment_words

LONGEST = timedelta(days=366)


def today(link: Link) -> date:
    """Return the local date."""
    return local_date(link.now, link.policy.zone)


def last_day(link: Link) -> date:
    """Return the last date that may be entered: a slip of the finger is not a leave of a century."""
    return today(link) + LONGEST


def leave(link: Link, sent: Filled) -> Accepted:
    """Record that the person is away, sick, from now to the end of a date; today where none is said."""
    until = _until(link, sent.text("until"))
    ends_at = day_end(until, link.policy.zone)
    done = take_leave(link.office, link.by, link.person, LeaveKind.SICK, link.now, ends_at)
    return Accepted(done.entry, Kind.LEAVE_TAKEN)


def _until(link: Link, text: str) -> date:
    if not text:
        return today(link)
    try:
        day = parse_date(text, "The date")
    except RefusedError as error:
        raise BadFormError(error.message) from None
    if not today(link) <= day <= last_day(link):
        sentence = f"The date must be today ({today(link)}) or later, by a year at most."
        raise BadFormError(sentence)
    return day


def back(link: Link, _: Filled) -> Accepted:
    """End the leave of the person that is running."""
    entries = [cancel_leave(link.office, link.by, one.id).entry for one in link.running_leave()]
    return Accepted(entries[-1], Kind.LEAVE_CANCELLED)


def who_has_it(link: Link) -> str:
    """Return in a sentence who is responsible now."""
    roster = link.roster()
    answer = responsible_at(link.policy, roster, link.now)
    if answer is None:
        return (
            "Nobody is responsible right now. Whoever arranges cover, the PIO or the Executive "
            "Director, is told."
        )
    if answer.person == link.person.id:
        return "You are responsible now."
    return f"{roster.people[answer.person].name} is responsible now."


def show(link: Link, about: dict[str, Any], accepted: Accepted | None) -> View:
    """Return the page of somebody who is away, with the way back."""
    until = max(one.until for one in link.running_leave())
    values = {
        **about,
        "until_when": moment_words(until, link.policy.zone),
        "who": who_has_it(link),
        "entry": None if accepted is None else accepted.entry,
        "repeated": accepted is not None and accepted.repeated,
    }
    return View("away.html", values)
