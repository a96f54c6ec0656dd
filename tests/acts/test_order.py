"""Putting the standing designees in another order: by whom, and what it does."""

from __future__ import annotations

import pytest

from tests.acts.refusal import refused
from tests.cast import DANA, KIM, LEE, MORGAN, PAT
from tests.store.desk import MONDAY, Desk
from watchbill.acts.deed import By
from watchbill.acts.duty import cancel_duty
from watchbill.acts.order import order_standing
from watchbill.core.checks import Way
from watchbill.core.coverage import responsible_at
from watchbill.core.journal import COVERAGE_FACTS, Kind
from watchbill.core.preview import standing
from watchbill.core.roster import DutyKind, Person
from watchbill.store import people

FRIDAY = "2026-11-27"


@pytest.fixture
def stood(desk: Desk) -> Desk:
    """Dana and then Lee stand in for Kim, who is away."""
    for who in (DANA, LEE):
        desk.designate(KIM, who, MONDAY, FRIDAY, DutyKind.STANDING)
    desk.away(KIM, MONDAY, FRIDAY)
    return desk


def responsible(desk: Desk) -> int | None:
    with desk.store.read() as connection:
        facts = people.roster_since(connection, desk.clock.now())
    answer = responsible_at(desk.office.policy, facts, desk.clock.now())
    return None if answer is None else answer.person


def order(desk: Desk) -> list[int]:
    with desk.store.read() as connection:
        facts = people.roster_since(connection, desk.clock.now())
    return [duty.person for duty in standing(facts, desk.clock.now())]


def by(person: Person) -> By:
    return By(person, Way.WEB)


def test_the_order_counts_at_once_and_is_in_the_journal(stood: Desk) -> None:
    assert responsible(stood) == DANA.id
    done = order_standing(stood.office, by(KIM), (2, 1))
    assert responsible(stood) == LEE.id
    assert order(stood) == [LEE.id, DANA.id]
    entry, _ = stood.entries()[done.entry - 1]
    assert (entry.kind, entry.facts) == (Kind.STANDING_ORDERED, {"duties": [2, 1]})
    assert entry.actor.name == f"person:{KIM.id}"
    assert Kind.STANDING_ORDERED in COVERAGE_FACTS


def test_the_order_can_be_changed_again(stood: Desk) -> None:
    order_standing(stood.office, by(KIM), (2, 1))
    order_standing(stood.office, by(MORGAN), (1, 2))
    assert order(stood) == [DANA.id, LEE.id]


def test_one_that_is_set_later_comes_last(stood: Desk) -> None:
    order_standing(stood.office, by(KIM), (2, 1))
    stood.designate(KIM, MORGAN, MONDAY, FRIDAY, DutyKind.STANDING)
    assert order(stood) == [LEE.id, DANA.id, MORGAN.id]


def test_whoever_comes_to_be_responsible_is_reminded_from_then_on(stood: Desk) -> None:
    stood.at(f"{MONDAY}T09:00")
    stood.tick()
    order_standing(stood.office, by(KIM), (2, 1))
    stood.later(minutes=1)
    stood.tick()
    assert [n.person for n in stood.notices() if n.reason == "check_due"] == [DANA.id, LEE.id]


@pytest.mark.parametrize("person", [DANA, PAT], ids=lambda p: p.name)
def test_the_pio_and_the_ed_alone_change_the_order(stood: Desk, person: Person) -> None:
    sentence = refused(stood, lambda: order_standing(stood.office, by(person), (2, 1)))
    assert sentence == f"--by: {person.name} may not change the order; only the PIO or the ED may."


@pytest.mark.parametrize("numbers", [(1,), (1, 1), (1, 2, 3), (), (1, 2, 2)])
def test_every_one_must_be_named_once(stood: Desk, numbers: tuple[int, ...]) -> None:
    assert "have changed" in refused(stood, lambda: order_standing(stood.office, by(KIM), numbers))


def test_the_order_that_stands_is_no_change(stood: Desk) -> None:
    assert "already" in refused(stood, lambda: order_standing(stood.office, by(KIM), (1, 2)))


def test_one_that_has_ended_is_not_in_the_order(stood: Desk) -> None:
    stood.designate(KIM, MORGAN, MONDAY, FRIDAY, DutyKind.STANDING)
    cancel_duty(stood.office, by(KIM), 1)
    order_standing(stood.office, by(KIM), (3, 2))
    assert order(stood) == [MORGAN.id, LEE.id]


def test_closed_windows_keep_whom_they_had(stood: Desk) -> None:
    stood.at(f"{MONDAY}T12:00")
    stood.tick()
    order_standing(stood.office, by(KIM), (2, 1))
    stood.at(f"{MONDAY}T17:00")
    stood.tick()
    assert [w.monitor for w in stood.windows()] == [DANA.id, LEE.id]
