"""Whatever is recorded and whenever the ticks come, the promises of DOMAIN §7 hold for a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.cast import MORGAN_ID, SECOND
from tests.core.applying import applied, owed, sent, settlements, world
from tests.core.test_coverage_by_hand import Case, by_hand, cases, read, week_windows
from watchbill.core.coverage import is_away, monitor_of, responsible_at
from watchbill.core.decide import decide
from watchbill.core.policy import Policy
from watchbill.core.reasons import Reason, Step
from watchbill.core.reminders import will_be_covered
from watchbill.core.roster import Roster
from watchbill.core.windows import Occasion, State
from watchbill.core.world import Drop, NoticeState, Owe, WindowFacts, World

UNHEARD = {NoticeState.WITHDRAWN, NoticeState.SKIPPED}


def as_recorded(facts: Roster, now: datetime) -> Roster:
    """Return the facts that had been recorded by an instant."""

    def by_now(at: datetime | None) -> datetime | None:
        return at if at is not None and at <= now else None

    return Roster(
        {n: replace(p, deactivated_at=by_now(p.deactivated_at)) for n, p in facts.people.items()},
        tuple(
            replace(one, cancelled_at=by_now(one.cancelled_at))
            for one in facts.leaves
            if one.recorded_at <= now
        ),
        tuple(
            replace(one, cancelled_at=by_now(one.cancelled_at), declined_at=by_now(one.declined_at))
            for one in facts.duties
            if one.recorded_at <= now
        ),
    )


def heard(found: World, reason: Reason) -> set[int]:
    """Return who has been told, or is about to be."""
    return {n.person for n in found.notices.values() if n.reason is reason and n.state not in UNHEARD}


def tick(policy: Policy, before: World, now: datetime) -> World:
    """Decide and apply, and hold what every single tick must hold."""
    decision = decide(policy, before, now)
    for one in owed(decision):
        assert one.reason is not Reason.CHECK_DUE or _may_be_told(policy, before.roster, one, now)
        assert one.not_before >= one.due_at
    after = applied(before, decision)
    assert decide(policy, after, now).steps == ()
    assert decide(policy, sent(after), now).steps == ()
    assert decision.next_at is None or decision.next_at > now
    return after


def _may_be_told(policy: Policy, facts: Roster, one: Owe, now: datetime) -> bool:
    """Nobody away is asked; an ED who stands in for the PIO gets their copy of a last call."""
    if not is_away(policy, facts, facts.people[one.person], now):
        return True
    answer = responsible_at(policy, facts, now)
    asked = answer is not None and answer.person == one.person
    return one.person == MORGAN_ID and one.step is Step.LAST_CALL and not asked


@by_hand
@given(cases(), st.integers(0, 11), st.lists(st.integers(0, 180), max_size=6))
def test_whoever_is_responsible_at_a_tick_has_been_asked_and_a_miss_is_told(
    case: Case, number: int, minutes: list[int]
) -> None:
    window = week_windows(case.monday)[number]
    found = world(WindowFacts(window, State.OPEN, attended=True))
    for minute in sorted({0, *minutes}):
        now = window.opens_at + timedelta(minutes=minute)
        if now >= window.closes_at:
            break
        found = tick(case.policy, replace(found, roster=as_recorded(case.facts, now)), now)
        _hold_while_open(case, found, window, now)
        found = sent(found)
    _hold_when_closed(case, found, window)


def _hold_while_open(case: Case, found: World, window: Occasion, now: datetime) -> None:
    seen = Case(case.monday, case.policy, found.roster)
    who, _ = read(seen, now)
    if who is not None:
        assert who in heard(found, Reason.CHECK_DUE)
    elif not will_be_covered(case.policy, found, window, now):
        assert MORGAN_ID in heard(found, Reason.WINDOW_UNCOVERED)


def _hold_when_closed(case: Case, found: World, window: Occasion) -> None:
    now = window.closes_at + SECOND
    facts = as_recorded(case.facts, now)
    closed = WindowFacts(
        window, State.MISSED, attended=True, monitor=monitor_of(case.policy, facts, window)
    )
    before = replace(found, roster=facts, windows=(closed,), ahead=())
    assert settlements(decide(case.policy, before, now))[window.id].state is State.MISSED
    after = tick(case.policy, before, now)
    told = heard(after, Reason.WINDOW_MISSED) | heard(after, Reason.WINDOW_UNCOVERED)
    assert MORGAN_ID in told
    assert not [s for s in decide(case.policy, after, now).steps if isinstance(s, Drop)]
