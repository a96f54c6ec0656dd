"""Who made a duty: whoever is told of what becomes of it."""

from __future__ import annotations

from watchbill.acts.deed import Deed
from watchbill.core.coverage import is_away
from watchbill.core.parties import recipients
from watchbill.core.reasons import Party
from watchbill.core.roster import Duty, DutyKind, Person
from watchbill.store import people


def makers_of(act: Deed, duty: Duty) -> list[Person]:
    """Return who made a duty, where that is a person who is there; else who holds that office now."""
    party = Party.EXECUTIVE_DIRECTOR if duty.kind is DutyKind.INTERIM else Party.PIO
    numbers = recipients(act.office.policy, act.roster, (party,), act.now)
    made_by = people.maker_of(act.connection, duty.id)
    if made_by is not None and made_by not in numbers:
        maker = act.person(made_by)
        if maker.active and not is_away(act.office.policy, act.roster, maker, act.now):
            numbers = (made_by, *numbers)
    return [act.person(number) for number in numbers if number != duty.person]
