"""Who is free to stand in, and why nobody covers a window (DOMAIN §3, §5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from watchbill.core.coverage import away_during
from watchbill.core.instants import local_date
from watchbill.core.policy import Policy
from watchbill.core.roster import Duty, DutyKind, LeaveKind, Person, Role, Roster
from watchbill.core.windows import Occasion

LETTERS = "ABCDEF"
NEVER = datetime(1, 1, 1, tzinfo=UTC)


def free_for(
    roster: Roster,
    starts_at: datetime,
    ends_at: datetime,
    stood_in: Mapping[int, datetime],
    *,
    leave_out: Collection[int] = (),
    anybody: bool = True,
) -> tuple[Person, ...]:
    """Return who is free for a whole span: those who may be designated first, the last to stand in first.

    ``stood_in``: when each stood in last. ``anybody``: whether people without the role come after
    them, for an appointment may be of any active person. Whoever declined a duty of that span is not
    asked again.
    """
    declined = {duty.person for duty in _touching(roster, starts_at, ends_at) if duty.declined_at}
    able = [
        person
        for person in roster.people.values()
        if person.active
        and person.id not in declined
        and person.id not in leave_out
        and away_during(roster, person, starts_at, ends_at) is None
        and (anybody or person.holds(Role.DESIGNEE, Role.PIO))
    ]

    def place(person: Person) -> tuple[bool, float, str]:
        last = stood_in.get(person.id, NEVER)
        return not person.holds(Role.DESIGNEE, Role.PIO), -(last - NEVER).total_seconds(), person.name

    return tuple(sorted(able, key=place))


def _touching(roster: Roster, starts_at: datetime, ends_at: datetime) -> list[Duty]:
    return [duty for duty in roster.duties if duty.starts_at < ends_at and duty.ends_at > starts_at]


def lettered(people: Collection[Person]) -> dict[str, int]:
    """Return a letter for each of the first six people."""
    return {letter: person.id for letter, person in zip(LETTERS, people, strict=False)}


def why_uncovered(policy: Policy, roster: Roster, window: Occasion, reader: Person) -> str:
    """Return why nobody covers a window: who is away, who declined.

    *Sick* is for the PIO, the ED and the person to read (Statement 4); everybody else reads *away*.
    """
    reasons = [_about_pio(policy, roster, window, reader)]
    for duty in _touching(roster, window.opens_at, window.closes_at):
        holder = roster.people[duty.person]
        if duty.cancelled_at is not None and duty.cancelled_at <= window.opens_at:
            continue
        if duty.declined_at is not None:
            reasons.append(f"{holder.name} declined.")
        elif away_during(roster, holder, window.opens_at, window.closes_at) is not None:
            standing = " (standing in)" if duty.kind is DutyKind.STANDING else ""
            reasons.append(f"{holder.name}{standing} is away.")
    return " ".join(dict.fromkeys(reason for reason in reasons if reason))


def _about_pio(policy: Policy, roster: Roster, window: Occasion, reader: Person) -> str:
    pio = roster.pio_at(window.opens_at)
    if pio is None:
        return "There is no PIO."
    kinds = {
        leave.kind
        for leave in roster.leave_of(pio.id)
        if leave.touches(window.opens_at, window.closes_at)
    }
    entitled = reader.id == pio.id or reader.holds(Role.EXECUTIVE_DIRECTOR, Role.PIO)
    if LeaveKind.SICK in kinds and entitled:
        return f"{pio.name} is sick."
    if kinds:
        return f"{pio.name} is away."
    if policy.pio_is_away(local_date(window.opens_at, policy.zone)):
        return f"{pio.name} is away (holiday)."
    return ""
