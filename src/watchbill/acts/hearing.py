"""Who hears of an act at once: the same answer for the act that tells them, and for the preview of it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from watchbill.acts.deed import By
from watchbill.core.checks import Way
from watchbill.core.coverage import is_away
from watchbill.core.parties import recipients
from watchbill.core.policy import Policy
from watchbill.core.reasons import Party
from watchbill.core.roster import Duty, DutyKind, Leave, Roster
from watchbill.store import people


def is_own_hand(by: By, person: int) -> bool:
    """Whether somebody acts for themselves, and not the command line in their name."""
    return by.person is not None and by.person.id == person and by.way is not Way.CLI


def makers(
    connection: sa.Connection, policy: Policy, roster: Roster, duty: Duty, now: datetime
) -> tuple[int, ...]:
    """Return who made a duty, where that is a person who is there; and who holds that office now."""
    party = Party.EXECUTIVE_DIRECTOR if duty.kind is DutyKind.INTERIM else Party.PIO
    numbers = recipients(policy, roster, (party,), now)
    made_by = people.maker_of(connection, duty.id)
    if made_by is not None and made_by not in numbers:
        maker = roster.people[made_by]
        if maker.active and not is_away(policy, roster, maker, now):
            numbers = (made_by, *numbers)
    return tuple(number for number in numbers if number != duty.person)


def offices_told(
    policy: Policy, roster: Roster, by: By, holder: int, kind: DutyKind, now: datetime
) -> tuple[int, ...]:
    """Return the PIO and the ED, where an interim monitor is appointed by somebody else's hand."""
    if kind is not DutyKind.INTERIM:
        return ()
    known = {holder} | ({by.person.id} if by.person is not None else set())
    parties = (Party.PIO, Party.EXECUTIVE_DIRECTOR)
    return tuple(n for n in recipients(policy, roster, parties, now) if n not in known)


def opened_by_leave(roster: Roster, leave: Leave, now: datetime) -> tuple[Duty, ...]:
    """Return the duties that a leave takes from their holder (DOMAIN §3).

    A standing designation simply does not count while its holder is away.
    """
    return tuple(
        duty
        for duty in roster.duties
        if duty.person == leave.person
        and duty.kind is not DutyKind.STANDING
        and leave.touches(max(duty.starts_at, now), duty.until)
    )
