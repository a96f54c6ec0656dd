"""The order in which the standing designees are asked; the PIO can change it (DOMAIN §3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watchbill.acts.duty import makers_roles
from watchbill.acts.leave import Done
from watchbill.acts.order import order_standing, require_orderable
from watchbill.core.preview import standing, with_order
from watchbill.core.roster import Duty, DutyKind
from watchbill.web.acting import Form
from watchbill.web.coverage_words import dated_span
from watchbill.web.doors import Door
from watchbill.web.entering import Entered
from watchbill.web.filled import FieldError
from watchbill.web.outlooks import Outlook, outlook
from watchbill.web.visit import Route, Visit

FIELDS = ("order",)
SEPARATOR = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """The order that somebody is about to set, by the ids of the duties."""

    numbers: tuple[int, ...]


def _present(visit: Visit) -> tuple[Duty, ...]:
    return standing(visit.roster(), visit.now)


def _read(_: Visit, given: Entered) -> Asked:
    parts = given.text("order").split(SEPARATOR)
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise FieldError("form", "That is not an order; use the links of the list.")
    return Asked(tuple(int(part) for part in parts))


def _check(visit: Visit, asked: Asked) -> None:
    require_orderable(visit.by, _present(visit), asked.numbers)


def _look(visit: Visit, asked: Asked) -> Outlook:
    before = visit.roster()
    return outlook(visit, before, with_order(before, asked.numbers, visit.now))


def _act(visit: Visit, asked: Asked) -> Done:
    return order_standing(visit.office, visit.by, asked.numbers)


def _values(visit: Visit, _: Entered, asked: Asked | None) -> Mapping[str, Any]:
    roster, present = visit.roster(), {duty.id: duty for duty in _present(visit)}
    numbers = list(present) if asked is None else list(asked.numbers)
    return {
        "may": visit.by.may(*makers_roles(DutyKind.STANDING)),
        "rows": [
            {
                "who": roster.people[present[number].person].name,
                "span": dated_span(
                    present[number].starts_at, present[number].ends_at, visit.policy.zone, visit.now
                ),
                "earlier": _swapped(numbers, place - 1),
                "later": _swapped(numbers, place),
            }
            for place, number in enumerate(numbers)
        ],
        "sentence": "They stand in, while the PIO is away, in the order of this list.",
    }


def _swapped(numbers: list[int], place: int) -> str | None:
    """Return the order in which the one at a place has changed with the next; ``None`` at an end."""
    if not 0 <= place < len(numbers) - 1:
        return None
    changed = [*numbers[:place], numbers[place + 1], numbers[place], *numbers[place + 2 :]]
    return SEPARATOR.join(str(number) for number in changed)


ORDERING = Form("coverage_order.html", "order", FIELDS, _read, _check, _look, _act, _values)
ROUTES = (Route("/coverage/order", Door.EVERYBODY, ORDERING.show, {ORDERING.do: ORDERING.submit}),)
