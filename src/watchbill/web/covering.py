"""The page of windows that nobody covers: who is free, and a button for each (DOMAIN §3, §5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from watchbill.acts.duty import Assignment, assign
from watchbill.core.candidates import free_for, why_uncovered
from watchbill.core.coverage import gaps as runs_of
from watchbill.core.coverage import monitor, monitor_of, spans
from watchbill.core.gap_phrases import span_of
from watchbill.core.instants import date_words, span_words
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.core.reminders import is_uncovered
from watchbill.core.roster import DutyKind, Person, Role, Roster
from watchbill.core.windows import Occasion, State
from watchbill.core.wording import hours
from watchbill.core.world import World
from watchbill.errors import RefusedError
from watchbill.store import gaps, people, windows
from watchbill.store.gaps import GAPS, NOTICE_GAPS
from watchbill.store.windows import WindowRecord
from watchbill.web.filled import BadFormError, Filled
from watchbill.web.link import Accepted, Link, View

APPOINTING = (Reason.GAP_ESCALATED, Reason.WINDOW_UNCOVERED)
CHANGED = "What nobody covers has changed since you opened the page; open the link again."


@dataclass(frozen=True, slots=True)
class Need:
    """A run of windows that nobody covers; a duty for it begins where a viewing counts, or now."""

    windows: tuple[Occasion, ...]
    starts_at: datetime

    @property
    def key(self) -> str:
        """Return what a form names it by: a run that has grown or shrunk is another."""
        return f"{self.windows[0].id}..{self.windows[-1].id}"

    @property
    def ends_at(self) -> datetime:
        """Return the last closing."""
        return self.windows[-1].closes_at


def show(link: Link, accepted: Accepted | None) -> View:
    """Return what nobody covers as of now, why, and who is free; or who covers it."""
    roster = link.roster()
    open_needs = _needs(link, roster)
    values = {
        "person": link.person.name,
        "reader": link.person.id,
        "appointing": _appoints(link),
        "needs": [
            {"place": place, **_section(link, roster, need)}
            for place, need in enumerate(open_needs, start=1)
        ],
        "covered": _covered(link, roster),
        "may_act": link.person.holds(*_offices(link)),
        "good_until": link.good_until,
        "banner": _banner(link, roster, accepted),
        "repeated": accepted is not None and accepted.repeated,
    }
    return View("cover.html", values)


def spent(link: Link, _: Filled) -> bool:
    """Whether somebody covers all of it by now."""
    return not _needs(link, link.roster())


def give(link: Link, sent: Filled) -> Accepted:
    """Designate or appoint the person whose button was pressed, for the windows that it stood under."""
    roster = link.roster()
    who = roster.people.get(sent.number("who") or 0)
    if who is None:
        raise BadFormError("Nobody was chosen: press the button of one of the people.")
    need = next((one for one in _needs(link, roster) if one.key == sent.text("gap")), None)
    if need is None:
        raise RefusedError(CHANGED)
    kind = DutyKind.INTERIM if _appoints(link) else DutyKind.DESIGNATION
    respond = bool(sent.text("respond"))
    done = assign(
        link.office, link.by, who, Assignment(kind, need.starts_at, need.ends_at, respond=respond)
    )
    return Accepted(done.entry, Kind.APPOINTED if _appoints(link) else Kind.DESIGNATED)


def _appoints(link: Link) -> bool:
    return link.notice.reason in APPOINTING


def _offices(link: Link) -> tuple[Role, ...]:
    if _appoints(link):
        return (Role.EXECUTIVE_DIRECTOR,)
    return (Role.PIO, Role.EXECUTIVE_DIRECTOR)


# --- what nobody covers ------------------------------------------------------------------------------


def _needs(link: Link, roster: Roster) -> list[Need]:
    """Return the runs that nobody covers and that share a window with what the notice told of.

    Found from the facts, not from the register of gaps, which is brought in line by the next tick.
    """
    own = {record.occasion.id for record in _told_of(link)}
    runs = runs_of((r.occasion, _covers(link, roster, r) is not None) for r in _around(link))
    return [
        Need(run.windows, max(run.windows[0].counts_from, link.now))
        for run in runs
        if any(window.id in own for window in run.windows)
    ]


def _told_of(link: Link) -> list[WindowRecord]:
    """Return the windows that the notice told of and that have not closed."""
    records = gaps.gaps_named(link.connection, _family(link))
    names = {name for record in records for name in record.windows}
    names |= {window.id for record in records for window in record.told}
    if link.notice.window is not None:
        names.add(link.notice.window)
    return _ahead(link, windows.windows_named(link.connection, names))


def _family(link: Link) -> set[int]:
    """Return the gaps that the notice is about, and those that have split off from them since."""
    query = sa.select(NOTICE_GAPS.c.gap_id).where(NOTICE_GAPS.c.notice_id == link.notice.id)
    found, fresh = set[int](), set(link.connection.scalars(query))
    while fresh:
        found |= fresh
        split_off = sa.select(GAPS.c.id).where(GAPS.c.parent_id.in_(fresh), GAPS.c.id.not_in(found))
        fresh = set(link.connection.scalars(split_off))
    return found


def _ahead(link: Link, records: Iterable[WindowRecord]) -> list[WindowRecord]:
    return [record for record in records if record.occasion.closes_at > link.now]


def _around(link: Link) -> list[WindowRecord]:
    """Return every window of the dates that the notice told of: a run ends where somebody covers."""
    days = [record.occasion.day for record in _told_of(link)]
    if not days:
        return []
    return _ahead(link, windows.windows_between(link.connection, min(days), max(days)))


def _covers(link: Link, roster: Roster, record: WindowRecord) -> str | None:
    """Return who covers a window, or what is left of it; ``None`` for nobody.

    By the rule of the ladder that told of it: who was there at first and has left covers nothing.
    """
    if record.state is State.COMPLETED:
        return "viewed already"
    policy, occasion = link.policy, record.occasion
    if is_uncovered(policy, World(roster), occasion, link.now):
        return None
    rest = spans(policy, roster, max(occasion.opens_at, link.now), occasion.closes_at)
    number = monitor(policy.minimum_cover, rest) or monitor_of(policy, roster, occasion)
    return None if number is None else roster.people[number].name


def _covered(link: Link, roster: Roster) -> list[tuple[str, str]]:
    """Return who covers what of it by now, neighbours of one person together."""
    who = [(record.occasion, _covers(link, roster, record)) for record in _told_of(link)]
    return [
        (span_of(tuple(window for window, _ in run), link.policy.agency), name)
        for name, run in groupby(who, key=lambda one: one[1])
        if name is not None
    ]


# --- what is shown -----------------------------------------------------------------------------------


def _section(link: Link, roster: Roster, need: Need) -> dict[str, Any]:
    agency = link.policy.agency
    first, others = _free(link, roster, need)
    return {
        "key": need.key,
        "title": span_of(need.windows, agency),
        "windows": [f"{date_words(w.day)}, {hours(w, agency)}" for w in need.windows],
        "why": why_uncovered(link.policy, roster, need.windows[0], link.person),
        "span": span_words(need.starts_at, need.ends_at, agency.zone),
        "first": first,
        "others": others,
    }


def _free(
    link: Link, roster: Roster, need: Need
) -> tuple[list[tuple[str, Person]], list[tuple[str, Person]]]:
    """Return who is free for all of it: those whom the message named, by their letters, and the others.

    Whoever has gone away or declined since the message is not offered any more.
    """
    appointing = _appoints(link)
    free = free_for(
        roster,
        need.starts_at,
        need.ends_at,
        people.stood_in(link.connection, link.now),
        leave_out=(link.person.id,) if appointing else (),
        anybody=appointing,
    )
    letters = {number: letter for letter, number in link.notice.about.get("letters", {}).items()}
    named = sorted((letters[person.id], person) for person in free if person.id in letters)
    rest = [("", person) for person in free if person.id not in letters]
    return (named, rest) if named else (rest, [])


def _banner(link: Link, roster: Roster, accepted: Accepted | None) -> str | None:
    if accepted is None:
        return None
    duty = next((one for one in roster.duties if one.entry == accepted.entry), None)
    if duty is None:
        return None
    words = "appointed as interim monitor" if duty.kind is DutyKind.INTERIM else "designated"
    may = "monitor and respond" if duty.respond else "monitor"
    span = span_words(duty.starts_at, duty.ends_at, link.policy.zone)
    who = "You are" if duty.person == link.person.id else f"{roster.people[duty.person].name} is"
    told = "" if duty.person == link.person.id else " They are told."
    return f"{who} {words} to {may}, {span}.{told} Duty {duty.id}, entry {accepted.entry}."
