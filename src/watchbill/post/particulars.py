"""What a notice says, as facts are at the moment of sending: looked up, never remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from watchbill.core.brief import brief
from watchbill.core.candidates import free_for, lettered, why_uncovered
from watchbill.core.checks import Category, demand_can_be_met, times_viewed, viewings_lacking
from watchbill.core.coverage import responsible_at
from watchbill.core.gaps import GapFacts
from watchbill.core.instants import day_end, local_date
from watchbill.core.policy import WINDOWS_A_WEEKDAY, Policy
from watchbill.core.reasons import Reason
from watchbill.core.roster import Duty, Role, Roster
from watchbill.core.windows import occasions
from watchbill.core.wording import GapWords
from watchbill.ledger import active_pages, state_at
from watchbill.post import digest
from watchbill.store import gaps, journal, people, troubles, windows
from watchbill.store.notices import NoticeRecord, update_notice
from watchbill.store.windows import WindowRecord

LONGEST_BRIEF = timedelta(days=60)
TROUBLE_WORDS = {
    "provider": "messages cannot be handed over",
    "clock": "the clock was set",
    "disk": "the disk is nearly full",
    "journal": "the journal does not verify",
}


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a message is about: values for its ``Subject``, and until when a link in it would be good."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    link_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the facts of one notice are looked up with."""

    policy: Policy
    connection: sa.Connection
    notice: NoticeRecord
    roster: Roster
    now: datetime


def particulars(
    policy: Policy, connection: sa.Connection, notice: NoticeRecord, roster: Roster, now: datetime
) -> Particulars:
    """Return what a notice says; for an escalation, the letters of those who are free are kept with it."""
    desk = _Desk(policy, connection, notice, roster, now)
    return LOOK_UP.get(notice.reason, _plain)(desk)


def _plain(desk: _Desk) -> Particulars:
    """Return what a notice about a person or a duty says."""
    about, roster = desk.notice.about, desk.roster
    facts: dict[str, Any] = {"by": about.get("by"), "duty": about.get("duty")}
    if (number := about.get("person")) is not None:
        facts["person"] = roster.people[number].name
    if desk.notice.duty is None:
        return Particulars(facts)
    duty = _duty(desk)
    facts |= {
        "starts_at": duty.starts_at,
        "ends_at": duty.ends_at,
        "respond": duty.respond,
        "brief": _brief(desk, duty, duty.starts_at),
    }
    asks = desk.notice.reason is Reason.DUTY_ASSIGNED and duty.until > desk.now
    return Particulars(facts, duty.ends_at if asks else None)


def _duty(desk: _Desk) -> Duty:
    return next(duty for duty in people.duties(desk.connection) if duty.id == desk.notice.duty)


def _brief(desk: _Desk, duty: Duty, since: datetime) -> tuple[str, ...]:
    policy = desk.policy
    first = local_date(since, policy.zone)
    last = min(local_date(duty.ends_at, policy.zone), first + LONGEST_BRIEF)
    ahead = [
        window
        for window in occasions(policy, first, last)
        if window.opens_at < duty.ends_at and window.closes_at > max(since, desk.now)
    ]
    pages = [page for page in people.all_pages(desk.connection) if page.active_at(max(since, desk.now))]
    return brief(policy.agency, ahead, pages, respond=duty.respond)


def _hand_over(desk: _Desk) -> Particulars:
    about, everybody = desk.notice.about, desk.roster.people
    at = datetime.fromisoformat(str(about["at"]))
    on, off = about.get("on"), about.get("off")
    duty = _duty(desk)
    comes_on = on == desk.notice.person
    return Particulars(
        {
            "starts_at": at,
            "ends_at": duty.ends_at,
            "responsible": None if on is None else everybody[on].name,
            "by": None if off is None else everybody[off].name,
            "brief": _brief(desk, duty, at) if comes_on and duty.person == on else (),
        }
    )


# --- windows ---------------------------------------------------------------------------------------


def _window(desk: _Desk) -> Particulars:
    policy, notice, roster, now = desk.policy, desk.notice, desk.roster, desk.now
    if notice.window is None:
        return _plain(desk)
    (record,) = windows.windows_named(desk.connection, [notice.window])
    occasion = record.occasion
    named = windows.windows_named(desk.connection, notice.about.get("windows", [notice.window]))
    answer = responsible_at(policy, roster, min(now, occasion.closes_at))
    responsible = record.monitor
    if record.spans is None and answer is not None:
        responsible = answer.person
    owes_it = answer is not None and answer.person == notice.person
    facts: dict[str, Any] = {
        "window": occasion,
        "page_names": _page_names(desk.connection, record),
        "outcomes": tuple((r.occasion, state_at(r, now)) for r in named),
        "responsible": None if responsible is None else roster.people[responsible].name,
        "is_responsible": owes_it,
    }
    midnight = day_end(occasion.day, policy.zone)
    if notice.reason is Reason.WINDOW_MISSED:
        return Particulars({**facts, **_demand(desk, record)})
    if notice.reason is Reason.WINDOW_UNCOVERED:
        span = (max(now, occasion.opens_at), max(occasion.closes_at, *_gap_ends(desk)))
        facts["why_nobody"] = why_uncovered(policy, roster, occasion, roster.people[notice.person])
        facts["candidates"] = _candidates(desk, *span)
        facts["gaps"] = _gap_words(desk, _gaps_of(desk))
        return Particulars(facts, midnight)
    due = notice.reason is Reason.CHECK_DUE and owes_it
    return Particulars(facts, midnight if due else None)


def _page_names(connection: sa.Connection, record: WindowRecord) -> tuple[str, ...]:
    pages = people.all_pages(connection)
    keys = record.pages
    if keys is None:
        keys = active_pages(pages, record.occasion.opens_at)
    return tuple(page.name for page in pages if page.key in keys)


def _demand(desk: _Desk, record: WindowRecord) -> dict[str, Any]:
    policy, day = desk.policy, record.occasion.day
    checks = windows.viewings(windows.checks_between(desk.connection, day, day))
    viewed = times_viewed(checks, frozenset(record.pages or ()), policy.minimum_separation)
    weekday = day.weekday() < 5  # noqa: PLR2004 - Monday to Friday
    needed = WINDOWS_A_WEEKDAY if weekday else policy.weekend_checks
    if not viewed:
        return {"can_be_met": False}
    seen, apart = list(viewed.values()), policy.minimum_separation
    return {
        "can_be_met": demand_can_be_met(seen, needed, apart, desk.now, day_end(day, policy.zone)),
        "lacking": viewings_lacking(seen, needed),
        "separation": apart,
    }


# --- gaps ------------------------------------------------------------------------------------------


def _gaps_of(desk: _Desk) -> tuple[GapFacts, ...]:
    """Return the gaps that a notice is about and that still have windows ahead."""
    records = gaps.gaps_of_notice(desk.connection, desk.notice.id)
    return gaps.facts_of(desk.connection, records, desk.now)


def _gap_ends(desk: _Desk) -> tuple[datetime, ...]:
    return tuple(gap.ends_at for gap in _gaps_of(desk)) or (desk.now,)


def _gap_words(desk: _Desk, found: Sequence[GapFacts]) -> tuple[GapWords, ...]:
    reader = desk.roster.people[desk.notice.person]
    return tuple(
        GapWords(gap.windows, why_uncovered(desk.policy, desk.roster, gap.windows[0], reader))
        for gap in found
    )


def _gap(desk: _Desk) -> Particulars:
    found = _gaps_of(desk)
    reader = desk.roster.people[desk.notice.person]
    words = _gap_words(desk, found)
    facts: dict[str, Any] = {"gaps": words}
    if not found:
        return Particulars(facts)
    if desk.notice.reason is Reason.GAP_ESCALATED:
        facts["candidates"] = _candidates(
            desk, max(desk.now, found[0].windows[0].opens_at), found[0].ends_at
        )
    may_act = reader.holds(Role.PIO, Role.EXECUTIVE_DIRECTOR)
    return Particulars(facts, max(gap.ends_at for gap in found) if may_act else None)


def _candidates(desk: _Desk, starts_at: datetime, ends_at: datetime) -> tuple[tuple[str, str], ...]:
    """Return who is free for a span, each by a letter; the letters stay as they were first sent."""
    letters = desk.notice.about.get("letters")
    if letters is None:
        stood_in = people.stood_in(desk.connection, desk.now)
        free = free_for(desk.roster, starts_at, ends_at, stood_in, leave_out=(desk.notice.person,))
        letters = lettered(free)
        update_notice(desk.connection, desk.notice.id, about={**desk.notice.about, "letters": letters})
    return tuple((letter, desk.roster.people[number].name) for letter, number in letters.items())


# --- the house -------------------------------------------------------------------------------------


def _digest(desk: _Desk) -> Particulars:
    reader = desk.roster.people[desk.notice.person]
    title, said = digest.write(desk.policy, desk.connection, desk.roster, reader, desk.now)
    number, digest_of_head = journal.head(desk.connection)
    checkpoint = [number, digest_of_head[: digest.SHORT_HASH]]
    about = {**desk.notice.about, "journal": checkpoint}
    update_notice(desk.connection, desk.notice.id, about=about)
    midnight = day_end(date.fromisoformat(str(about["day"])), desk.policy.zone)
    return Particulars({"title": title, "said": said}, midnight)


def _leave(desk: _Desk) -> Particulars:
    about = desk.notice.about
    leave = next(one for one in people.leaves(desk.connection) if one.id == about["leave"])
    facts = {"by": about.get("by"), "starts_at": leave.starts_at, "ends_at": leave.ends_at}
    return Particulars(facts, leave.ends_at if leave.until > desk.now else None)


def _sign_in(desk: _Desk) -> Particulars:
    return Particulars(link_until=desk.notice.useful_until)


def _technical(desk: _Desk) -> Particulars:
    kind, subject, detail, _ = troubles.detail_of(desk.connection, int(desk.notice.about["trouble"]))
    title = f"{TROUBLE_WORDS[kind]}{f' ({subject})' if subject else ''}"
    return Particulars({"title": title, "said": (f"{title}: {detail}",)})


def _child(desk: _Desk) -> Particulars:
    facts = {"person": desk.roster.people[desk.notice.about["person"]].name}
    check = windows.check_numbered(desk.connection, int(desk.notice.about["entry"]))
    if check is None:
        return Particulars(facts)
    names = {page.key: page.name for page in people.all_pages(desk.connection)}
    found = [names[one.page] for one in check.findings if one.category is Category.CHILD]
    return Particulars({**facts, "page_names": tuple(found), "starts_at": check.check.viewed_at})


def _answer(desk: _Desk) -> Particulars:
    return Particulars({"said": (str(desk.notice.about["text"]),)})


def _vacant(desk: _Desk) -> Particulars:
    return Particulars({"title": str(desk.notice.about["what"])})


LOOK_UP: Mapping[Reason, Callable[[_Desk], Particulars]] = {
    Reason.CHECK_DUE: _window,
    Reason.WINDOW_MISSED: _window,
    Reason.WINDOW_UNCOVERED: _window,
    Reason.WINDOWS_UNATTENDED: _window,
    Reason.GAP_FOUND: _gap,
    Reason.GAP_AHEAD: _gap,
    Reason.GAP_CHANGED: _gap,
    Reason.GAP_ESCALATED: _gap,
    Reason.HAND_OVER: _hand_over,
    Reason.DIGEST_DUE: _digest,
    Reason.PLACE_VACANT: _vacant,
    Reason.TECHNICAL_FAILURE: _technical,
    Reason.ANSWER: _answer,
    Reason.CHILD_REFERRED: _child,
    Reason.LEAVE_RECORDED: _leave,
    Reason.SIGN_IN_ASKED: _sign_in,
}
