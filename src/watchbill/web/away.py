"""The forms "I am away" and "I am back": leave by the person's own hand, on whichever page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from watchbill.acts.leave import cancel_leave, take_leave
from watchbill.core.coverage import responsible_at
from watchbill.core.instants import day_end, day_start, local_date, parse_date, span_words
from watchbill.core.journal import Kind
from watchbill.core.roster import Leave, LeaveKind
from watchbill.errors import RefusedError
from watchbill.store import people
from watchbill.web.filled import BadFormError, Filled
from watchbill.web.link import Accepted, Link, View, moment_words

LONGEST = timedelta(days=366)
KINDS = {LeaveKind.SICK: "Sick", LeaveKind.VACATION: "Vacation", LeaveKind.OTHER: "Something else"}


def today(link: Link) -> date:
    """Return the local date."""
    return local_date(link.now, link.policy.zone)


def last_day(link: Link) -> date:
    """Return the last date that may be entered: a slip of the finger is not a leave of a century."""
    return today(link) + LONGEST


def leave(link: Link, sent: Filled) -> Accepted:
    """Record that the person is away, by default sick and for today.

    Who is sick from today on is away from now; other leave is whole local days.
    """
    kind = _kind(sent.text("kind"))
    first = _day(link, sent.text("from"), today(link))
    last = _day(link, sent.text("until"), first)
    if last < first:
        raise BadFormError("The last day comes before the first.")
    zone = link.policy.zone
    from_now = kind is LeaveKind.SICK and first == today(link)
    starts_at = link.now if from_now else day_start(first, zone)
    done = take_leave(link.office, link.by, link.person, kind, starts_at, day_end(last, zone))
    return Accepted(done.entry, Kind.LEAVE_TAKEN)


def _kind(text: str) -> LeaveKind:
    if text and text not in KINDS:
        raise BadFormError("The kind of leave is not one of the choices.")
    return LeaveKind(text) if text else LeaveKind.SICK


def _day(link: Link, text: str, otherwise: date) -> date:
    if not text:
        return otherwise
    try:
        day = parse_date(text, "The date")
    except RefusedError as error:
        raise BadFormError(error.message) from None
    if not today(link) <= day <= last_day(link):
        sentence = f"The date must be today ({today(link)}) or later, by a year at most."
        raise BadFormError(sentence)
    return day


def choices(link: Link) -> dict[str, Any]:
    """Return what the form offers."""
    days = {"today": today(link).isoformat(), "last_day": last_day(link).isoformat()}
    return {"kinds": list(KINDS.items()), **days}


def told(link: Link, accepted: Accepted) -> str:
    """Return in a sentence what became of the form that took a leave."""
    leave = next(one for one in people.leaves(link.connection) if one.id == _number(link, accepted))
    if leave.until <= link.now:
        return "This form had been accepted before; that leave has ended since."
    return f"Recorded: you are away {_when(link, leave)}. Entry {accepted.entry}."


def _number(link: Link, accepted: Accepted) -> int | None:
    query = sa.select(people.LEAVES.c.id).where(people.LEAVES.c.entry == accepted.entry)
    return link.connection.scalar(query)


def _when(link: Link, leave: Leave) -> str:
    return span_words(leave.starts_at, leave.ends_at, link.policy.zone)


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


# --- the page of a digest: leave ahead ---------------------------------------------------------------


def plan(link: Link, accepted: Accepted | None) -> View:
    """Return the page on which leave is entered ahead, with what leave is on record."""
    ahead = [one for one in link.roster().leave_of(link.person.id) if one.until > link.now]
    values = {
        "person": link.person.name,
        "good_until": link.good_until,
        "banner": None if accepted is None else told(link, accepted),
        "repeated": accepted is not None and accepted.repeated,
        "spans": [_when(link, one) for one in ahead],
        **choices(link),
    }
    return View("plan.html", values)


# --- the page of a leave: the way back ---------------------------------------------------------------


def show_leave(link: Link, accepted: Accepted | None) -> View:
    """Return a leave, with the one button that ends it while it lasts or lies ahead."""
    leave = _leave_of(link)
    values = {
        "person": link.person.name,
        "good_until": link.good_until,
        "when": _when(link, leave),
        "over": leave.until <= link.now,
        "begun": leave.starts_at <= link.now,
        "still": [_when(link, one) for one in link.running_leave()],
        "who": who_has_it(link),
        "entry": None if accepted is None else accepted.entry,
        "repeated": accepted is not None and accepted.repeated,
    }
    return View("leave.html", values)


def over(link: Link, _: Filled) -> bool:
    """Whether the leave of the link is cancelled or has passed."""
    return _leave_of(link).until <= link.now


def end(link: Link, _: Filled) -> Accepted:
    """End the leave of the link, or take it back where it lies ahead."""
    done = cancel_leave(link.office, link.by, _leave_of(link).id)
    return Accepted(done.entry, Kind.LEAVE_CANCELLED)


def _leave_of(link: Link) -> Leave:
    number = link.notice.about["leave"]
    return next(one for one in people.leaves(link.connection) if one.id == number)
