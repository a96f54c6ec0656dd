"""To whom a rung speaks, and at what hours it may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from watchbill.core.coverage import is_away
from watchbill.core.instants import local_date, local_instant
from watchbill.core.policy import Policy
from watchbill.core.quiet_hours import Quiet, quiet_until
from watchbill.core.reasons import Party
from watchbill.core.roster import Person, Role, Roster
from watchbill.core.windows import Occasion

BEFORE_AN_OPENING = timedelta(hours=2)
UNHEARD = (
    "nobody has the role information_services: nobody would hear of a technical failure "
    "(watchbill person add --role information_services)"
)
"""What is said to whoever sets the program up, where ``failures_are_heard`` is not so."""


def present_pio(policy: Policy, roster: Roster, now: datetime) -> Person | None:
    """Return the PIO where there is one and they are not away."""
    pio = roster.pio
    return None if pio is None or is_away(policy, roster, pio, now) else pio


def recipients(
    policy: Policy,
    roster: Roster,
    parties: Iterable[Party],
    now: datetime,
    *,
    responsible: int | None = None,
    monitor: int | None = None,
) -> tuple[int, ...]:
    """Return the ids of the people meant, each once.

    While the PIO is away or the place is vacant, the ED stands in for them (DOMAIN §5). A monitor who
    is away now is left in peace.
    """

    def people(party: Party) -> Iterator[int]:
        if party is Party.RESPONSIBLE and responsible is not None:
            yield responsible
        elif party is Party.MONITOR and monitor is not None:
            person = roster.people[monitor]
            if person.active and not is_away(policy, roster, person, now):
                yield monitor
        elif party is Party.PIO and (pio := present_pio(policy, roster, now)) is not None:
            yield pio.id
        elif party in (Party.PIO, Party.EXECUTIVE_DIRECTOR):
            yield from (p.id for p in roster.holding(Role.EXECUTIVE_DIRECTOR))
        elif party is Party.INFORMATION_SERVICES:
            yield from (p.id for p in roster.holding(Role.INFORMATION_SERVICES))

    return tuple(dict.fromkeys(person for party in parties for person in people(party)))


def failures_are_heard(policy: Policy, roster: Roster, now: datetime) -> bool:
    """Whether there is anybody at all who would be told of a technical failure (DOMAIN §5, health)."""
    return bool(recipients(policy, roster, policy.ladders.health.to, now))


def may_speak_from(
    policy: Policy,
    ahead: Iterable[Occasion],
    instant: datetime,
    to: Person | None = None,
    useful_until: datetime | None = None,
) -> datetime:
    """Return the first instant from ``instant`` on at which messages may be sent.

    Outside the waking hours they wait, unless a window is open or opens within two hours. ``to``: the
    person whose own quiet hours count as well, unless the message would be of no use then
    (``useful_until``); given for what is neither urgent nor about a window.
    """
    near = [max(instant, w.opens_at - BEFORE_AN_OPENING) for w in ahead if w.closes_at > instant]
    at = instant.astimezone(policy.zone).time()
    day = local_date(instant, policy.zone)
    wakes = local_instant(day, policy.waking_from, policy.zone)
    if at >= policy.waking_from:
        wakes = local_instant(day + timedelta(days=1), policy.waking_from, policy.zone)
    if not policy.waking_from <= at < policy.waking_until:
        return min(wakes, *near, wakes)
    if to is None or to.quiet is None:
        return instant
    later = min(_left_in_peace_until(policy, to.quiet, instant), wakes, *near)
    return later if useful_until is None or later < useful_until else instant


def _left_in_peace_until(policy: Policy, quiet: Quiet, instant: datetime) -> datetime:
    """Return when somebody's own quiet hours end; where that is at night, when the agency wakes."""
    until = quiet_until(quiet, instant, policy.zone)
    return instant if until is None else may_speak_from(policy, (), until)
