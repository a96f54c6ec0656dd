"""Designating, appointing, and ending a duty (Policy 1004 §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.acts.deed import By, Deed, deed, require
from watchbill.acts.hearing import is_own_hand, offices_told
from watchbill.acts.leave import Done
from watchbill.acts.makers import makers_of
from watchbill.core.checks import Way, needs_role
from watchbill.core.coverage import away_during
from watchbill.core.instants import exact, span_words
from watchbill.core.journal import Kind
from watchbill.core.policy import Policy
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Duty, DutyKind, Person, Role, Roster
from watchbill.ledger import Office
from watchbill.store import owing, people

ASKING = (Reason.DUTY_ASSIGNED, Reason.DUTY_UNCONFIRMED)
OF_THE_HOLDER = (*ASKING, Reason.HAND_OVER)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What somebody is to be given: ``[starts_at, ends_at)``; ``respond`` as well as monitor (§1)."""

    kind: DutyKind
    starts_at: datetime
    ends_at: datetime
    respond: bool = False


def assign(office: Office, by: By, person: Person, what: Assignment) -> Done:
    """Designate or appoint somebody; it counts at once, and they are told.

    Raises ``RefusedError`` for an empty or past span, a holder who is deactivated, may not be
    designated or is on leave (with who is free), and somebody who may not do it.
    """
    kind = Kind.APPOINTED if what.kind is DutyKind.INTERIM else Kind.DESIGNATED
    with deed(office, by, kind, watch_cover=True) as act:
        fresh = act.person(person.id)
        require_assignable(office.policy, act.roster, by, fresh, what, act.now)
        number = people.next_id(act.connection, people.DUTIES)
        facts = {
            "duty": number,
            "kind": what.kind,
            "person": fresh.id,
            "starts_at": exact(what.starts_at),
            "ends_at": exact(what.ends_at),
            "respond": what.respond,
        }
        entry = act.journal(kind, facts, by.words())
        duty = Duty(
            id=number,
            kind=what.kind,
            person=fresh.id,
            starts_at=what.starts_at,
            ends_at=what.ends_at,
            entry=entry.number,
            recorded_at=act.now,
            respond=what.respond,
            accepted_at=act.now if _own_hand(by, fresh.id) else None,
        )
        people.insert_duty(act.connection, duty, by.actor.name)
        _tell_holder(act, fresh, duty)
        _tell_namesake(act, fresh, duty)
        _tell_offices(act, fresh, duty)
        return Done(number, entry.number, act.opened())


def accept_duty(office: Office, by: By, person: Person, number: int) -> Done:
    """Record that a designee accepts; a second yes changes nothing.

    Raises ``RefusedError`` for a duty that is none, not theirs, over, cancelled or declined.
    """
    with deed(office, by, Kind.DUTY_ACCEPTED) as act:
        duty = _answerable(act, by, person, number)
        if duty.accepted_at is not None:
            return Done(number, duty.entry)
        entry = act.journal(Kind.DUTY_ACCEPTED, {"duty": number, "person": duty.person}, by.words())
        people.answer_duty(act.connection, number, accepted_at=act.now)
        _withdraw(act, number, ASKING, Reason.DUTY_ANSWERED)
        return Done(number, entry.number)


def decline_duty(office: Office, by: By, person: Person, number: int) -> Done:
    """Record that the holder of a duty declines: it ends now, and whoever made it is told.

    Raises ``RefusedError`` for a duty that is none, not theirs, over, cancelled or declined.
    """
    with deed(office, by, Kind.DUTY_DECLINED, watch_cover=True) as act:
        duty = _answerable(act, by, person, number)
        entry = act.journal(Kind.DUTY_DECLINED, {"duty": number, "person": duty.person}, by.words())
        people.answer_duty(act.connection, number, declined_at=act.now)
        _withdraw(act, number, OF_THE_HOLDER, Reason.DUTY_ANSWERED)
        for maker in makers_of(act, duty):
            act.tell(
                maker,
                Reason.DUTY_DECLINED,
                Step.DECLINED,
                f"duty-{number}",
                duty=number,
                urgent=True,
                about={"person": duty.person},
            )
        return Done(number, entry.number, act.opened())


def _answerable(act: Deed, by: By, person: Person, number: int) -> Duty:
    """Return a duty that the person may accept or decline now."""
    duty = next((x for x in people.duties(act.connection) if x.id == number), None)
    require(
        duty is not None and duty.person == person.id,
        f"duty {number}: {person.name} has no such duty; see `watchbill duty list`.",
    )
    if duty is None:  # pragma: no cover - require has raised
        raise AssertionError
    require_answerable(by, person, duty, act.now)
    return duty


def require_answerable(by: By, holder: Person, duty: Duty, now: datetime) -> None:
    """Raise ``RefusedError`` for a duty that the actor may not accept or decline now."""
    own = by.person is None or by.person.id == duty.person
    require(own, f"--by: {by.name} may not answer for {holder.name}; only they themselves may.")
    require(duty.cancelled_at is None, f"duty {duty.id}: it is cancelled already.")
    require(duty.declined_at is None, f"duty {duty.id}: it is declined already.")
    require(duty.ends_at > now, f"duty {duty.id}: it has ended already.")


def _withdraw(act: Deed, duty: int, reasons: tuple[Reason, ...], why: Reason) -> bool:
    return owing.withdraw_for_duty(act.connection, act.office.entropy, duty, reasons, act.now, why)


def _own_hand(by: By, person: int) -> bool:
    return by.person is not None and by.person.id == person


def cancel_duty(office: Office, by: By, number: int) -> Done:
    """End a duty from now on; raises ``RefusedError`` where there is nothing to end or no authority."""
    with deed(office, by, Kind.DUTY_CANCELLED, watch_cover=True) as act:
        duty = next((x for x in people.duties(act.connection) if x.id == number), None)
        require(duty is not None, f"duty {number}: there is none; see `watchbill duty list`.")
        if duty is None:  # pragma: no cover - require has raised
            raise AssertionError
        require_endable(by, duty, act.now)
        facts = {"duty": number, "person": duty.person}
        entry = act.journal(Kind.DUTY_CANCELLED, facts, by.words())
        people.cancel(act.connection, people.DUTIES, number, act.now)
        holder = act.person(duty.person)
        heard = _withdraw(act, number, OF_THE_HOLDER, Reason.DUTY_ENDED)
        if (heard or duty.accepted_at is not None) and holder.active and holder != by.person:
            act.tell(
                holder,
                Reason.DUTY_ENDED,
                Step.RELIEVED,
                f"duty-{number}",
                duty=number,
                about={"by": by.name},
            )
        return Done(number, entry.number, act.opened())


def require_endable(by: By, duty: Duty, now: datetime) -> None:
    """Raise ``RefusedError`` for a duty that ``cancel_duty`` refuses."""
    require(duty.cancelled_at is None, f"duty {duty.id}: it is cancelled already.")
    require(duty.ends_at > now, f"duty {duty.id}: it has ended already.")
    allowed = by.may(*makers_roles(duty.kind))
    require(allowed, f"--by: {by.name} may not end this duty; {_who_may(duty.kind)} may.")


def makers_roles(kind: DutyKind) -> tuple[Role, ...]:
    """Return the offices that may give and end a duty of a kind (Policy 1004 §6)."""
    if kind is DutyKind.INTERIM:
        return (Role.EXECUTIVE_DIRECTOR,)
    return (Role.PIO, Role.EXECUTIVE_DIRECTOR)


def _who_may(kind: DutyKind) -> str:
    return "only the Executive Director" if kind is DutyKind.INTERIM else "only the PIO or the ED"


def require_assignable(
    policy: Policy, roster: Roster, by: By, person: Person, what: Assignment, now: datetime
) -> None:
    """Raise ``RefusedError`` for a duty that ``assign`` refuses, with who is free instead."""
    require(what.starts_at < what.ends_at, "--to: the duty must end after it begins; give a later end.")
    require(what.ends_at > now, "--to: that span has ended already; give one that is still ahead.")
    require(
        by.may(*makers_roles(what.kind)),
        f"--by: {by.name} may not do this; {_who_may(what.kind)} may.",
    )
    require(person.active, f"{person.name} is deactivated; name somebody who is active.")
    roles = needs_role(what.kind)
    require(
        not roles or person.holds(*roles),
        f"{person.name} may not be designated; give them the role `designee`, or let the ED appoint them.",
    )
    if what.kind is DutyKind.STANDING:
        return
    leave = away_during(roster, person, what.starts_at, what.ends_at)
    if leave is not None:
        free = ", ".join(p.name for p in free_people(roster, what)) or "nobody"
        away = span_words(leave.starts_at, leave.until, policy.zone)
        require(
            condition=False,
            sentence=f"{person.name} is away {away}, within that span; free for all of it: {free}.",
        )


def free_people(roster: Roster, what: Assignment) -> list[Person]:
    """Return the active people who may be designated and are there for the whole span."""
    return [
        person
        for person in roster.holding(Role.DESIGNEE, Role.PIO)
        if away_during(roster, person, what.starts_at, what.ends_at) is None
    ]


def _about(duty: Duty, by: By) -> dict[str, object]:
    words = {
        DutyKind.INTERIM: "appointed as interim monitor",
        DutyKind.DESIGNATION: "designated",
        DutyKind.STANDING: "designated to stand in",
    }
    return {"by": by.name, "duty": words[duty.kind], "person": duty.person}


def _tell_holder(act: Deed, holder: Person, duty: Duty) -> None:
    if is_own_hand(act.by, holder.id):
        return
    act.tell(
        holder,
        Reason.DUTY_ASSIGNED,
        Step.ASSIGNED,
        f"duty-{duty.id}",
        duty=duty.id,
        urgent=True,
        useful_until=duty.ends_at,
        about=_about(duty, act.by),
    )


def _tell_namesake(act: Deed, holder: Person, duty: Duty) -> None:
    """Tell the person in whose name the command line was used, who may know nothing of it."""
    named = act.by.person
    if named is None or act.by.way is not Way.CLI or named.id == holder.id:
        return
    act.tell(
        named,
        Reason.ACT_IN_YOUR_NAME,
        Step.IN_YOUR_NAME,
        f"duty-{duty.id}",
        duty=duty.id,
        about=_about(duty, act.by),
    )


def _tell_offices(act: Deed, holder: Person, duty: Duty) -> None:
    """Tell the PIO and the ED that an interim monitor was appointed, where they did not do it."""
    told = offices_told(act.office.policy, act.roster, act.by, holder.id, duty.kind, act.now)
    for number in told:
        act.tell(
            act.person(number),
            Reason.DUTY_ARRANGED,
            Step.COVERED,
            f"duty-{duty.id}",
            duty=duty.id,
            about=_about(duty, act.by),
        )
