"""Accepting and declining a duty: by whom, until when, and who hears of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.acts.refusal import refused
from tests.cast import DANA, KIM, LEE, MORGAN, PAT, SAM, SECOND, local
from tests.store.desk import MONDAY, OPERATOR, Desk
from watchbill.acts.deed import By
from watchbill.acts.duty import Assignment, accept_duty, assign, cancel_duty, decline_duty
from watchbill.acts.leave import Done
from watchbill.acts.roster import deactivate_person
from watchbill.core.checks import Way
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import Duty, DutyKind, Person
from watchbill.core.world import NoticeState
from watchbill.ledger import Office
from watchbill.store import people
from watchbill.store.notices import NoticeRecord, update_notice

WEDNESDAY, THURSDAY, FRIDAY = (f"2026-11-{day}" for day in (25, 26, 27))
SPAN = (WEDNESDAY, THURSDAY)
Answering = Callable[[Office, By, Person, int], Done]
both = pytest.mark.parametrize("answer", [accept_duty, decline_duty])


def duty(desk: Desk, number: int = 1) -> Duty:
    with desk.store.read() as connection:
        return next(one for one in people.duties(connection) if one.id == number)


def told(desk: Desk, reason: Reason) -> list[NoticeRecord]:
    return [notice for notice in desk.notices() if notice.reason is reason]


def own(who: Person, way: Way = Way.WEB) -> By:
    return By(who, way)


def delivered(desk: Desk) -> None:
    """Let everything that waits have arrived."""
    with desk.store.write() as connection:
        for notice in desk.notices():
            if notice.state is NoticeState.PENDING:
                update_notice(connection, notice.id, state=NoticeState.DELIVERED)


# By whom


@pytest.mark.parametrize("way", Way, ids=str)
def test_a_designee_accepts_by_their_own_hand(desk: Desk, way: Way) -> None:
    made = desk.designate(KIM, DANA, *SPAN)
    assert duty(desk).awaits_answer
    desk.later(hours=1)
    done = accept_duty(desk.office, own(DANA, way), DANA, made.id)
    assert duty(desk).accepted_at == desk.clock.now()
    assert not duty(desk).awaits_answer
    entry, _ = desk.entries()[done.entry - 1]
    assert (entry.kind, entry.actor.name, entry.actor.way) == (
        Kind.DUTY_ACCEPTED,
        f"person:{DANA.id}",
        way,
    )
    assert entry.facts == {"duty": made.id, "person": DANA.id}


@pytest.mark.parametrize("way", Way, ids=str)
def test_a_designee_declines_by_their_own_hand_and_the_duty_ends_there(desk: Desk, way: Way) -> None:
    desk.away(KIM, *SPAN)
    made = desk.designate(KIM, DANA, *SPAN)
    desk.later(hours=1)
    done = decline_duty(desk.office, own(DANA, way), DANA, made.id)
    assert duty(desk).declined_at == duty(desk).until == desk.clock.now()
    assert done.opened == (f"{WEDNESDAY}/weekday-morning", f"{WEDNESDAY}/weekday-afternoon")
    assert desk.entries()[done.entry - 1][0].kind == Kind.DUTY_DECLINED


@both
def test_the_operator_answers_on_behalf_of_the_holder(desk: Desk, answer: Answering) -> None:
    made = desk.designate(KIM, DANA, *SPAN)
    done = answer(desk.office, OPERATOR, DANA, made.id)
    assert desk.entries()[done.entry - 1][0].actor.name == "operator"


@both
@pytest.mark.parametrize("by", [KIM, MORGAN, LEE], ids=lambda who: who.name)
def test_nobody_else_answers_for_them(desk: Desk, answer: Answering, by: Person) -> None:
    made = desk.designate(KIM, DANA, *SPAN)
    sentence = refused(desk, lambda: answer(desk.office, own(by), DANA, made.id))
    assert sentence == f"--by: {by.name} may not answer for Dana Okafor; only they themselves may."


@both
def test_a_duty_of_somebody_else_or_of_nobody_is_not_theirs_to_answer(
    desk: Desk, answer: Answering
) -> None:
    made = desk.designate(KIM, DANA, *SPAN)
    for number in (made.id, 99):
        sentence = refused(desk, lambda n=number: answer(desk.office, own(LEE), LEE, n))  # type: ignore[misc]
        assert sentence.startswith(f"duty {number}: Lee Park has no such duty")


# Until when


def test_a_second_yes_changes_nothing(desk: Desk) -> None:
    made = desk.designate(KIM, DANA, *SPAN)
    accept_duty(desk.office, own(DANA), DANA, made.id)
    desk.later(minutes=1)
    before = desk.dump()
    accept_duty(desk.office, own(DANA), DANA, made.id)
    assert desk.dump() == before


@both
def test_after_a_no_there_is_nothing_to_answer(desk: Desk, answer: Answering) -> None:
    made = desk.designate(KIM, DANA, *SPAN)
    decline_duty(desk.office, own(DANA), DANA, made.id)
    sentence = refused(desk, lambda: answer(desk.office, own(DANA), DANA, made.id))
    assert sentence == f"duty {made.id}: it is declined already."


def test_who_has_accepted_may_still_decline(desk: Desk) -> None:
    made = desk.designate(KIM, DANA, *SPAN)
    accept_duty(desk.office, own(DANA), DANA, made.id)
    decline_duty(desk.office, own(DANA), DANA, made.id)
    assert duty(desk).declined_at is not None


@both
def test_what_was_cancelled_cannot_be_answered(desk: Desk, answer: Answering) -> None:
    made = desk.designate(KIM, DANA, *SPAN)
    cancel_duty(desk.office, own(KIM), made.id)
    sentence = refused(desk, lambda: answer(desk.office, own(DANA), DANA, made.id))
    assert sentence == f"duty {made.id}: it is cancelled already."


@both
@pytest.mark.parametrize(("off", "may"), [(-1, True), (0, False), (1, False)])
def test_what_has_ended_cannot_be_answered(
    desk: Desk, answer: Answering, off: int, *, may: bool
) -> None:
    made = desk.designate(KIM, DANA, *SPAN)
    desk.clock.set(local(THURSDAY) + off * SECOND)
    if may:
        answer(desk.office, own(DANA), DANA, made.id)
        return
    sentence = refused(desk, lambda: answer(desk.office, own(DANA), DANA, made.id))
    assert sentence == f"duty {made.id}: it has ended already."


def test_an_appointment_asks_for_no_yes_and_may_be_declined(desk: Desk) -> None:
    made = desk.designate(MORGAN, PAT, *SPAN, DutyKind.INTERIM)
    assert not duty(desk).awaits_answer
    decline_duty(desk.office, own(PAT), PAT, made.id)
    assert [n.person for n in told(desk, Reason.DUTY_DECLINED)] == [MORGAN.id]


def test_who_designates_themselves_has_said_yes(desk: Desk) -> None:
    desk.designate(KIM, KIM, *SPAN)
    assert not duty(desk).awaits_answer


# Who hears of it


@pytest.mark.parametrize(
    ("by", "kind", "hears"),
    [
        (KIM, DutyKind.DESIGNATION, {KIM.id}),
        (KIM, DutyKind.STANDING, {KIM.id}),
        (MORGAN, DutyKind.DESIGNATION, {MORGAN.id, KIM.id}),
        (MORGAN, DutyKind.INTERIM, {MORGAN.id}),
    ],
)
def test_whoever_made_the_duty_is_told_of_a_no_at_once(
    desk: Desk, by: Person, kind: DutyKind, hears: set[int]
) -> None:
    made = desk.designate(by, DANA, *SPAN, kind)
    decline_duty(desk.office, own(DANA), DANA, made.id)
    notices = told(desk, Reason.DUTY_DECLINED)
    assert {n.person for n in notices} == hears
    assert all((n.urgent, n.about, n.duty) == (True, {"person": DANA.id}, made.id) for n in notices)


def test_of_a_no_to_a_pio_who_is_away_the_ed_hears(desk: Desk) -> None:
    made = desk.designate(KIM, DANA, *SPAN)
    desk.away(KIM, MONDAY, FRIDAY)
    decline_duty(desk.office, own(DANA), DANA, made.id)
    assert [n.person for n in told(desk, Reason.DUTY_DECLINED)] == [MORGAN.id]


def test_a_yes_is_told_to_nobody(desk: Desk) -> None:
    made = desk.designate(KIM, DANA, *SPAN)
    delivered(desk)
    before = desk.keys()
    accept_duty(desk.office, own(DANA), DANA, made.id)
    assert desk.keys() == before


def test_an_answer_takes_back_what_was_still_to_be_asked(desk: Desk) -> None:
    desk.designate(KIM, DANA, "2026-12-01", "2026-12-02")
    delivered(desk)
    desk.at("2026-11-24T07:01")
    desk.tick()
    assert len(told(desk, Reason.DUTY_ASSIGNED)) == 2
    accept_duty(desk.office, own(DANA), DANA, 1)
    again = told(desk, Reason.DUTY_ASSIGNED)[-1]
    assert (again.state, again.why) == (NoticeState.WITHDRAWN, Reason.DUTY_ANSWERED)


def test_after_a_no_the_gap_ladder_starts_again(desk: Desk) -> None:
    desk.away(KIM, *SPAN)
    made = desk.designate(KIM, DANA, *SPAN)
    desk.tick()
    assert told(desk, Reason.GAP_FOUND) == []
    decline_duty(desk.office, own(DANA), DANA, made.id)
    desk.tick()
    (found,) = told(desk, Reason.GAP_FOUND)
    assert found.person == KIM.id
    desk.at("2026-11-24T09:00")
    desk.tick()
    assert [n.person for n in told(desk, Reason.GAP_AHEAD)] == [KIM.id]


def test_a_no_within_a_day_of_the_beginning_goes_to_the_ed_within_one_tick(desk: Desk) -> None:
    desk.away(KIM, "2026-11-24", WEDNESDAY)
    made = desk.designate(KIM, DANA, "2026-11-24", WEDNESDAY)
    desk.at(f"{MONDAY}T12:00")
    desk.tick()
    assert told(desk, Reason.GAP_ESCALATED) == []
    decline_duty(desk.office, own(DANA), DANA, made.id)
    desk.tick()
    assert [n.person for n in told(desk, Reason.GAP_ESCALATED)] == [MORGAN.id]


@pytest.mark.parametrize(
    ("by", "kind", "hears"),
    [
        (KIM, DutyKind.DESIGNATION, {DANA.id, KIM.id}),
        (MORGAN, DutyKind.INTERIM, {DANA.id, MORGAN.id}),
    ],
)
def test_a_holder_who_goes_away_and_whoever_made_the_duty_are_told(
    desk: Desk, by: Person, kind: DutyKind, hears: set[int]
) -> None:
    made = desk.designate(by, DANA, *SPAN, kind)
    left = desk.away(DANA, *SPAN)
    notices = told(desk, Reason.HOLDER_AWAY)
    assert {n.person for n in notices} == hears
    assert {n.duty for n in notices} == {made.id}
    assert all(n.about == {"person": DANA.id, "leave": left.id} for n in notices)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (MONDAY, WEDNESDAY, 0),
        (MONDAY, f"{WEDNESDAY}T00:00:01", 2),
        (f"{WEDNESDAY}T23:59:59", FRIDAY, 2),
        (THURSDAY, FRIDAY, 0),
    ],
)
def test_leave_beside_the_duty_is_told_to_nobody(desk: Desk, first: str, last: str, count: int) -> None:
    desk.designate(KIM, DANA, *SPAN)
    desk.away(DANA, first, last)
    assert len(told(desk, Reason.HOLDER_AWAY)) == count


def test_a_standing_designee_who_goes_away_is_no_news(desk: Desk) -> None:
    desk.designate(KIM, DANA, *SPAN, DutyKind.STANDING)
    desk.away(DANA, *SPAN)
    assert told(desk, Reason.HOLDER_AWAY) == []


@pytest.mark.parametrize(
    ("by", "holder", "hears"),
    [
        (own(MORGAN), PAT, {KIM.id}),
        (OPERATOR, PAT, {KIM.id, MORGAN.id}),
        (own(MORGAN), KIM, set()),
        (OPERATOR, MORGAN, {KIM.id}),
    ],
)
def test_of_an_appointment_the_pio_and_the_ed_are_told_but_for_who_did_it_or_holds_it(
    desk: Desk, by: By, holder: Person, hears: set[int]
) -> None:
    what = Assignment(DutyKind.INTERIM, local(WEDNESDAY), local(THURSDAY))
    made = assign(desk.office, by, holder, what)
    assert {(n.person, n.duty) for n in told(desk, Reason.DUTY_ARRANGED)} == {
        (number, made.id) for number in hears
    }


def test_a_designation_is_arranged_by_the_pio_and_told_to_the_designee_alone(desk: Desk) -> None:
    desk.designate(KIM, DANA, *SPAN)
    assert [(n.reason, n.person) for n in desk.notices()] == [(Reason.DUTY_ASSIGNED, DANA.id)]


def test_an_appointment_while_the_pio_is_away_leaves_them_in_peace(desk: Desk) -> None:
    desk.away(KIM, MONDAY, FRIDAY)
    desk.designate(MORGAN, SAM, *SPAN, DutyKind.INTERIM)
    assert KIM.id not in {n.person for n in desk.notices()}


def test_a_maker_who_has_left_is_not_told_of_a_no(desk: Desk) -> None:
    made = desk.designate(KIM, DANA, *SPAN)
    deactivate_person(desk.office, OPERATOR, KIM)
    decline_duty(desk.office, own(DANA), DANA, made.id)
    assert [n.person for n in told(desk, Reason.DUTY_DECLINED)] == [MORGAN.id]


@both
def test_an_answer_takes_back_nothing_that_others_are_to_hear(desk: Desk, answer: Answering) -> None:
    desk.at("2026-11-23T21:30")
    what = Assignment(DutyKind.INTERIM, local(f"{WEDNESDAY}T00:00"), local(f"{THURSDAY}T00:00"))
    assign(desk.office, By(MORGAN, Way.CLI), LEE, what)
    waiting = (Reason.ACT_IN_YOUR_NAME, Reason.DUTY_ARRANGED)
    assert [notice.state for reason in waiting for notice in told(desk, reason)] == [
        NoticeState.PENDING
    ] * 2
    answer(desk.office, own(LEE), LEE, 1)
    assert [notice.state for reason in waiting for notice in told(desk, reason)] == [
        NoticeState.PENDING
    ] * 2
