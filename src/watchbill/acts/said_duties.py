"""What texts about duties do: COVER, APPOINT and its letters, ACCEPT, DECLINE."""

from __future__ import annotations

from datetime import datetime, timedelta

from watchbill.acts.deed import require
from watchbill.acts.duty import Assignment, accept_duty, assign, decline_duty
from watchbill.acts.saying import WEEK, Answer, Said
from watchbill.core.commands import Verb
from watchbill.core.coverage import responsible_at
from watchbill.core.instants import day_end, day_start, local_date
from watchbill.core.roster import DutyKind, Person, Role
from watchbill.errors import RefusedError
from watchbill.store import gaps, notices, windows
from watchbill.store.notices import NoticeRecord


def give_duty(said: Said) -> Answer:
    """Designate or appoint; by letter it is the person that our text named so, for the gap it told of."""
    who = chosen(said)
    kind = DutyKind.INTERIM if said.command.verb is Verb.APPOINT else DutyKind.DESIGNATION
    starts_at, ends_at = _span(said)
    done = assign(said.office, said.by, who, Assignment(kind, starts_at, ends_at))
    words = "appointed" if kind is DutyKind.INTERIM else "designated"
    zone = said.office.policy.zone
    until = f"{said.day(local_date(ends_at - timedelta(seconds=1), zone))}"
    return Answer(
        f"{who.name} is {words} from {said.day(local_date(starts_at, zone))} to {until}, and is told. "
        f"Duty {done.id}, entry {done.entry}."
    )


def _asking(said: Said) -> NoticeRecord | None:
    """Return our text that is being answered: the one whose code it has, else the last that named people."""
    if said.notice is not None and (said.notice.about.get("letters") or said.notice.about.get("gaps")):
        return said.notice
    return notices.latest_lettered(said.connection, said.person.id, said.now - WEEK)


def chosen(said: Said) -> Person:
    """Return who is to be given a duty: by the letter that our text gave them, or by name."""
    command, roster = said.command, said.roster
    if command.letter is not None:
        asking = _asking(said)
        letters: dict[str, int] = {} if asking is None else asking.about.get("letters", {})
        known = ", ".join(f"{one} {roster.people[n].name}" for one, n in letters.items()) or "none"
        require(command.letter in letters, f"{command.letter} names nobody; the letters are: {known}.")
        return roster.people[letters[command.letter]]
    wanted = (command.name or "").casefold()
    active = [p for p in roster.people.values() if p.active]
    words = [p for p in active if wanted in (p.email.casefold(), *_name_words(p))]
    found = words or [p for p in active if wanted and wanted in p.name.casefold()]
    names = ", ".join(p.name for p in (found or roster.holding(Role.DESIGNEE))) or "nobody"
    # What was texted is not said again: it may be no name at all, and this goes into the journal.
    require(len(found) == 1, f"that name could be several or nobody; write one of: {names}.")
    return found[0]


def _name_words(person: Person) -> tuple[str, ...]:
    name = person.name.casefold()
    return name, *name.split()


def _span(said: Said) -> tuple[datetime, datetime]:
    """Return what the duty spans: the dates said; else the gap that our text told of, or the next one."""
    zone, days = said.office.policy.zone, said.command.days
    if days is not None:
        starts_at = said.at if days.first == local_date(said.at, zone) else day_start(days.first, zone)
        return starts_at, day_end(days.last, zone)
    asking = _asking(said)
    named = asking is not None and (said.command.letter is not None or asking == said.notice)
    if asking is not None and named:
        found = gaps.facts_of(said.connection, gaps.going_on_of(said.connection, asking.id), said.now)
        if not found and asking.window is not None:
            return _rest_of(said, asking.window)
        require(found, "what that text told of is covered by now; nothing was done.")
    else:
        found = gaps.facts_of(said.connection, gaps.open_gaps(said.connection), said.now)
        require(found, "there is no window that nobody covers. Say when: COVER KIM 12/24-12/31.")
    first = min(found, key=lambda gap: gap.windows[0].opens_at)
    return max(first.windows[0].counts_from, said.now), first.ends_at


def _rest_of(said: Said, window: str) -> tuple[datetime, datetime]:
    """Return what is left of an open window that nobody has; refuse where it is covered or over."""
    occasion = windows.windows_named(said.connection, [window])[0].occasion
    nobody = responsible_at(said.office.policy, said.roster, said.now) is None
    require(
        nobody and said.now < occasion.closes_at,
        "what that text told of is covered by now; nothing was done.",
    )
    return said.now, occasion.closes_at


def accept(said: Said) -> Answer:
    """Accept the duty that is meant."""
    done = accept_duty(said.office, said.by, said.person, _own_duty(said))
    return Answer(f"thank you, you have accepted. Entry {done.entry}.")


def decline(said: Said) -> Answer:
    """Decline the duty that is meant."""
    done = decline_duty(said.office, said.by, said.person, _own_duty(said))
    return Answer(f"you have declined; whoever asked you is told. Entry {done.entry}.")


def _own_duty(said: Said) -> int:
    """Return the duty that is meant: the one of the text that asked, else the only one there is.

    Accepted is what waits for an answer; declined, whatever has not ended.
    """
    if said.notice is not None and said.notice.duty is not None:
        return said.notice.duty
    declining = said.command.verb is Verb.DECLINE
    mine = [
        duty
        for duty in said.roster.duties
        if duty.person == said.person.id and duty.until > said.now and (declining or duty.awaits_answer)
    ]
    if len(mine) != 1:
        raise RefusedError(
            "nothing waits for your answer."
            if not mine
            else "reply with the code of the text that asked you."
        )
    return mine[0].id


def duty_meant(said: Said) -> int | None:
    """Return the duty that a yes or a no is about, so that its read-back keeps it; else nothing.

    Raises ``RefusedError`` where that is not plain.
    """
    return _own_duty(said) if said.command.verb in (Verb.ACCEPT, Verb.DECLINE) else None
