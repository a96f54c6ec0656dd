"""Taking and ending leave (Policy 1004 §6: vacations, leaves or other interruptions)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.acts.deed import By, Deed, deed, require
from watchbill.acts.hearing import opened_by_leave
from watchbill.acts.makers import makers_of
from watchbill.core.checks import Way
from watchbill.core.instants import exact
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Channel, Duty, Leave, LeaveKind, Person, Role
from watchbill.ledger import Office
from watchbill.store import people


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did: the id of what it made or ended, its entry, and what it left uncovered."""

    id: int
    entry: int
    opened: tuple[str, ...] = ()


def take_leave(
    office: Office,
    by: By,
    person: Person,
    kind: LeaveKind,
    starts_at: datetime,
    ends_at: datetime,
) -> Done:
    """Record that a person is away in ``[starts_at, ends_at)``.

    It may overlap other leave and may have begun earlier; closed windows keep what they have. Whoever
    made a duty that this leaves open is told, and so is its holder. Raises ``RefusedError`` for an
    empty span, somebody deactivated, and somebody who may not record it.
    """
    with deed(office, by, Kind.LEAVE_TAKEN, watch_cover=True) as act:
        fresh = act.person(person.id)
        require_takeable(by, fresh, starts_at, ends_at)
        number = people.next_id(act.connection, people.LEAVES)
        entry = act.journal(
            Kind.LEAVE_TAKEN,
            {
                "leave": number,
                "person": fresh.id,
                "starts_at": exact(starts_at),
                "ends_at": exact(ends_at),
            },
            by.words(kind=kind),
        )
        leave = Leave(number, fresh.id, kind, starts_at, ends_at, recorded_at=act.now)
        people.insert_leave(act.connection, leave, entry.number)
        _tell_of_duties(act, fresh, leave)
        _tell_of_leave(act, fresh, leave)
        return Done(number, entry.number, act.opened())


def cancel_leave(office: Office, by: By, number: int) -> Done:
    """End a leave from now on; one that has not begun is as if it had never been.

    Raises ``RefusedError`` for an unknown, ended or cancelled leave.
    """
    with deed(office, by, Kind.LEAVE_CANCELLED, watch_cover=True) as act:
        leave = next((x for x in people.leaves(act.connection) if x.id == number), None)
        require(leave is not None, f"leave {number}: there is none; see `watchbill leave list`.")
        if leave is None:  # pragma: no cover - require has raised
            raise AssertionError
        require_endable(by, leave, act.now)
        entry = act.journal(Kind.LEAVE_CANCELLED, {"leave": number, "person": leave.person}, by.words())
        people.cancel(act.connection, people.LEAVES, number, act.now)
        return Done(number, entry.number, act.opened())


def require_takeable(by: By, person: Person, starts_at: datetime, ends_at: datetime) -> None:
    """Raise ``RefusedError`` for leave that ``take_leave`` refuses."""
    require(starts_at < ends_at, "--to: the leave must end after it begins; give a later end.")
    require(person.active, f"{person.name} is deactivated; there is no leave to record.")
    _require_say(by, person.id)


def require_endable(by: By, leave: Leave, now: datetime) -> None:
    """Raise ``RefusedError`` for leave that ``cancel_leave`` refuses."""
    require(leave.cancelled_at is None, f"leave {leave.id}: it is cancelled already.")
    require(leave.ends_at > now, f"leave {leave.id}: it has ended already.")
    _require_say(by, leave.person)


def _require_say(by: By, person: int) -> None:
    own = by.person is not None and by.person.active and by.person.id == person
    require(
        own or by.may(Role.PIO, Role.EXECUTIVE_DIRECTOR),
        f"--by: {by.name} may not change somebody else's leave; only they, the PIO or the ED may.",
    )


def _tell_of_leave(act: Deed, person: Person, leave: Leave) -> None:
    """Mail somebody that they are away, with the way back; who texted it has an answer by text."""
    by = act.by
    texts = Channel.SMS in person.reachable_by()
    if by.way is Way.SMS or (by.way is Way.CLI and texts) or leave.ends_at <= act.now:
        return
    act.tell(
        person,
        Reason.LEAVE_RECORDED,
        Step.LEAVE,
        f"leave-{leave.id}",
        at_once=by.person is not None and by.person.id == person.id,
        about={"only": Channel.EMAIL.value, "leave": leave.id, "by": by.name},
        useful_until=leave.ends_at,
    )


def _tell_of_duties(act: Deed, holder: Person, leave: Leave) -> None:
    """Tell the holder of a duty that leave opens, and whoever made it (DOMAIN §3)."""
    for duty in opened_by_leave(act.roster, leave, act.now):
        for person in _concerned(act, duty, holder):
            act.tell(
                person,
                Reason.HOLDER_AWAY,
                Step.HOLDER_AWAY,
                f"duty-{duty.id}@leave-{leave.id}",
                duty=duty.id,
                urgent=True,
                about={"person": holder.id, "leave": leave.id},
            )


def _concerned(act: Deed, duty: Duty, holder: Person) -> list[Person]:
    """Return the holder and whoever made the duty, or who stands in their place while they are away."""
    return [holder, *makers_of(act, duty)]
