"""Putting the standing designees in another order (DOMAIN §3, 4)."""

from __future__ import annotations

from collections.abc import Sequence

from watchbill.acts.deed import By, deed, require
from watchbill.acts.duty import makers_roles
from watchbill.acts.leave import Done
from watchbill.core.journal import Kind
from watchbill.core.preview import moved, standing
from watchbill.core.roster import Duty, DutyKind
from watchbill.ledger import Office
from watchbill.store import people


def order_standing(office: Office, by: By, numbers: Sequence[int]) -> Done:
    """Put the standing designations in the order in which their ids are given; it counts at once.

    One that is set later comes after them. Raises ``RefusedError`` unless every one that has not ended
    is named once, for the order that stands already, and for somebody who may not do it.
    """
    with deed(office, by, Kind.STANDING_ORDERED, watch_cover=True) as act:
        present = standing(act.roster, act.now)
        require_orderable(by, present, numbers)
        fresh = moved(present, numbers)
        entry = act.journal(Kind.STANDING_ORDERED, {"duties": list(numbers)}, by.words())
        for place, number in enumerate(numbers, start=1):
            people.place_duty(act.connection, number, place, act.now if number in fresh else None)
        return Done(numbers[0], entry.number, act.opened())


def require_orderable(by: By, present: Sequence[Duty], numbers: Sequence[int]) -> None:
    """Raise ``RefusedError`` for an order that ``order_standing`` refuses."""
    require(
        by.may(*makers_roles(DutyKind.STANDING)),
        f"--by: {by.name} may not change the order; only the PIO or the ED may.",
    )
    known = [duty.id for duty in present]
    require(
        sorted(numbers) == sorted(known),
        "The standing designations have changed, or one is named twice; look at them again.",
    )
    require(list(numbers) != known, "They stand in that order already; there is nothing to change.")
