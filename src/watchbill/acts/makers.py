"""Who made a duty: whoever is told of what becomes of it."""

from __future__ import annotations

from watchbill.acts.deed import Deed
from watchbill.acts.hearing import makers
from watchbill.core.roster import Duty, Person


def makers_of(act: Deed, duty: Duty) -> list[Person]:
    """Return who made a duty, where that is a person who is there; else who holds that office now."""
    numbers = makers(act.connection, act.office.policy, act.roster, duty, act.now)
    return [act.person(number) for number in numbers]
