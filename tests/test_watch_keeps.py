"""What a watch keeps from tick to tick is what it would read: nothing that changes is missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.cast import DANA, KIM, LEE, PAGES, PAT, local
from tests.store.desk import MONDAY, OPERATOR, Desk
from watchbill.acts.duty import accept_duty, cancel_duty, decline_duty
from watchbill.acts.leave import cancel_leave
from watchbill.acts.roster import (
    activate_person,
    add_person,
    deactivate_person,
    load_roster,
    retire_page,
)
from watchbill.acts.texting import hear
from watchbill.core.world import World
from watchbill.store.inbound import Received
from watchbill.watch import ALWAYS, Watch

Change = Callable[[Desk], object]


def text(words: str) -> Change:
    def change(desk: Desk) -> None:
        hear(desk.office, Received(words, str(DANA.mobile), words, desk.clock.now()))

    return change


def retire_every_page(desk: Desk) -> None:
    for page in PAGES:
        retire_page(desk.office, OPERATOR, page.key)


CHANGES: dict[str, Change] = {
    "a leave": lambda desk: desk.away(KIM, "2026-11-27", "2026-11-28"),
    "a leave that is cancelled": lambda desk: cancel_leave(desk.office, OPERATOR, 1),
    "a designation": lambda desk: desk.designate(KIM, DANA, "2026-12-01", "2026-12-02"),
    "a duty that is accepted": lambda desk: accept_duty(desk.office, OPERATOR, DANA, 1),
    "another designation": lambda desk: desk.designate(KIM, LEE, "2026-12-03", "2026-12-04"),
    "a duty that is declined": lambda desk: decline_duty(desk.office, OPERATOR, LEE, 2),
    "a duty that is cancelled": lambda desk: cancel_duty(desk.office, OPERATOR, 1),
    "texts that are stopped": text("STOP"),
    "texts that are not": text("START"),
    "another PIO": lambda desk: load_roster(
        desk.office, OPERATOR, (replace(KIM, roles=PAT.roles), replace(PAT, roles=KIM.roles)), ()
    ),
    "somebody new": lambda desk: add_person(
        desk.office, OPERATOR, replace(LEE, id=0, name="Jo Quinn", email="jo@example.org")
    ),
    "somebody who leaves": lambda desk: deactivate_person(desk.office, OPERATOR, LEE),
    "somebody who is back": lambda desk: activate_person(desk.office, OPERATOR, LEE),
    "no page any more": retire_every_page,
}


def gathered(watch: Watch) -> World:
    return watch._gather(watch.office.clock.now(), ALWAYS)


def test_a_watch_that_goes_on_sees_every_change_as_a_fresh_one_does(desk: Desk) -> None:
    watch = Watch(desk.office)
    watch.tick()
    for name, change in CHANGES.items():
        desk.later(minutes=1)
        before = gathered(watch)
        change(desk)
        after = gathered(watch)
        assert (after.roster, after.no_page) != (before.roster, before.no_page), name
        fresh = gathered(Watch(desk.office))
        assert (after.roster, after.no_page) == (fresh.roster, fresh.no_page), name


@pytest.mark.parametrize("at", [f"{MONDAY}T09:00", "2026-11-28T12:00", "2026-12-10", "2026-11-20"])
def test_what_has_ended_is_left_out_whichever_way_the_clock_goes(desk: Desk, at: str) -> None:
    desk.away(KIM, "2026-11-24", "2026-11-28")
    desk.designate(KIM, DANA, "2026-11-25", "2026-12-02")
    watch = Watch(desk.office)
    for moment in ("2026-11-26", at, "2026-11-29"):
        desk.clock.set(local(moment))
        assert gathered(watch).roster == gathered(Watch(desk.office)).roster
