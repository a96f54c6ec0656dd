"""Designating, appointing and ending a duty: by whom, of whom, and who is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.acts.refusal import refused
from tests.cast import DANA, KIM, LEE, MORGAN, PAT, SAM, THANKSGIVING, local
from tests.store.desk import AFTERNOON_ID, MONDAY, MORNING_ID, OPERATOR, WHOLE, Desk
from watchbill.acts.deed import By
from watchbill.acts.duty import Assignment, assign, cancel_duty
from watchbill.acts.leave import Done, cancel_leave
from watchbill.acts.roster import deactivate_person
from watchbill.core.checks import Way
from watchbill.core.coverage import responsible_at
from watchbill.core.instants import exact
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import Duty, DutyKind, Person
from watchbill.core.world import NoticeState
from watchbill.store import people
from watchbill.store.notices import NoticeRecord, update_notice

TUESDAY = "2026-11-24"
SPAN = (MONDAY, TUESDAY)
HOLIDAY = THANKSGIVING.isoformat()


def give(desk: Desk, by: By, who: Person, kind: DutyKind = DutyKind.DESIGNATION) -> Done:
    return assign(desk.office, by, who, Assignment(kind, local(MONDAY), local(TUESDAY)))


def duties(desk: Desk) -> list[Duty]:
    with desk.store.read() as connection:
        return people.duties(connection)


def told(desk: Desk, reason: Reason) -> list[NoticeRecord]:
    return [notice for notice in desk.notices() if notice.reason is reason]


@pytest.mark.parametrize(
    ("kind", "entry_kind"),
    [
        (DutyKind.DESIGNATION, Kind.DESIGNATED),
        (DutyKind.STANDING, Kind.DESIGNATED),
        (DutyKind.INTERIM, Kind.APPOINTED),
    ],
)
def test_a_duty_is_recorded_with_what_it_gives(desk: Desk, kind: DutyKind, entry_kind: Kind) -> None:
    what = Assignment(kind, local(MONDAY), local(TUESDAY), respond=True)
    done = assign(desk.office, By(MORGAN, Way.WEB), DANA, what)
    entry, _ = desk.entries()[done.entry - 1]
    assert (entry.kind, entry.actor.name) == (entry_kind, f"person:{MORGAN.id}")
    assert entry.facts == {
        "duty": done.id,
        "kind": kind,
        "person": DANA.id,
        "starts_at": exact(local(MONDAY)),
        "ends_at": exact(local(TUESDAY)),
        "respond": True,
    }
    (duty,) = duties(desk)
    assert (duty.id, duty.kind, duty.person, duty.respond) == (done.id, kind, DANA.id, True)
    assert (duty.entry, duty.recorded_at) == (done.entry, desk.clock.now())


def test_a_duty_counts_at_once(desk: Desk) -> None:
    desk.designate(KIM, DANA, *SPAN)
    desk.at(f"{MONDAY}T09:00")
    desk.tick()
    reminded = [n.person for n in desk.notices() if n.reason is Reason.CHECK_DUE]
    assert reminded == [DANA.id]


# Who may give what to whom


@pytest.mark.parametrize(
    ("kind", "by", "may"),
    [
        (DutyKind.DESIGNATION, KIM, True),
        (DutyKind.DESIGNATION, MORGAN, True),
        (DutyKind.DESIGNATION, DANA, False),
        (DutyKind.DESIGNATION, SAM, False),
        (DutyKind.STANDING, KIM, True),
        (DutyKind.STANDING, PAT, False),
        (DutyKind.INTERIM, MORGAN, True),
        (DutyKind.INTERIM, KIM, False),
        (DutyKind.INTERIM, DANA, False),
    ],
)
def test_the_pio_and_the_ed_designate_and_the_ed_alone_appoints(
    desk: Desk, *, kind: DutyKind, by: Person, may: bool
) -> None:
    if may:
        done = give(desk, By(by, Way.WEB), LEE, kind)
        cancel_duty(desk.office, By(by, Way.WEB), done.id)
        return
    sentence = refused(desk, lambda: give(desk, By(by, Way.WEB), LEE, kind))
    assert sentence.startswith(f"--by: {by.name} may not do this")
    done = give(desk, OPERATOR, LEE, kind)
    sentence = refused(desk, lambda: cancel_duty(desk.office, By(by, Way.WEB), done.id))
    assert sentence.startswith(f"--by: {by.name} may not end this duty")


def test_an_office_does_not_outlast_its_holder(desk: Desk) -> None:
    gone = By(replace(KIM, deactivated_at=local("2026-11-22")), Way.WEB)
    assert "may not do this" in refused(desk, lambda: give(desk, gone, LEE))


@pytest.mark.parametrize("person", [KIM, DANA, LEE, MORGAN], ids=lambda p: p.name)
def test_whoever_holds_an_office_of_the_watch_may_be_designated(desk: Desk, person: Person) -> None:
    assert give(desk, OPERATOR, person).id == 1


@pytest.mark.parametrize("person", [PAT, SAM], ids=lambda p: p.name)
def test_others_may_be_appointed_but_not_designated(desk: Desk, person: Person) -> None:
    for kind in (DutyKind.DESIGNATION, DutyKind.STANDING):
        assert "may not be designated" in refused(desk, lambda: give(desk, OPERATOR, person, kind))  # noqa: B023
    assert give(desk, OPERATOR, person, DutyKind.INTERIM).id == 1


@pytest.mark.parametrize("kind", DutyKind, ids=str)
def test_somebody_deactivated_is_given_nothing(desk: Desk, kind: DutyKind) -> None:
    deactivate_person(desk.office, OPERATOR, LEE)
    assert "Lee Park is deactivated" in refused(desk, lambda: give(desk, OPERATOR, LEE, kind))


# Spans


@pytest.mark.parametrize(("first", "last"), [(TUESDAY, TUESDAY), (TUESDAY, MONDAY)])
def test_a_duty_ends_after_it_begins(desk: Desk, first: str, last: str) -> None:
    sentence = refused(desk, lambda: desk.designate(KIM, DANA, first, last))
    assert sentence == "--to: the duty must end after it begins; give a later end."


@pytest.mark.parametrize(
    ("last", "may"),
    [(f"{MONDAY}T06:59:59", False), (f"{MONDAY}T07:00", False), (f"{MONDAY}T07:00:01", True)],
)
def test_a_span_that_is_over_is_refused(desk: Desk, *, last: str, may: bool) -> None:
    if may:
        desk.designate(KIM, DANA, "2026-11-20", last)
    else:
        sentence = refused(desk, lambda: desk.designate(KIM, DANA, "2026-11-20", last))
        assert sentence.startswith("--to: that span has ended already")


# Leave


@pytest.mark.parametrize("kind", [DutyKind.DESIGNATION, DutyKind.INTERIM], ids=str)
@pytest.mark.parametrize(
    ("first", "last", "may"),
    [
        ("T11:00", "T12:00", True),
        ("T11:00", "T12:00:01", False),
        ("T12:30", "T12:31", False),
        ("T13:59:59", "T15:00", False),
        ("T14:00", "T15:00", True),
    ],
)
def test_nobody_is_given_a_span_in_which_they_are_away_for_an_instant(
    desk: Desk, *, kind: DutyKind, first: str, last: str, may: bool
) -> None:
    desk.away(DANA, f"{MONDAY}T12:00", f"{MONDAY}T14:00")

    def act() -> Done:
        return desk.designate(MORGAN, DANA, MONDAY + first, MONDAY + last, kind)

    if may:
        act()
        return
    sentence = refused(desk, act)
    assert "Dana Okafor is away Mon Nov 23 12:00 PM EST to Mon Nov 23 2:00 PM EST" in sentence
    assert sentence.endswith("free for all of it: Kim Rivera, Lee Park.")


def test_where_nobody_is_free_that_is_said(desk: Desk) -> None:
    for person in (KIM, DANA, LEE):
        desk.away(person, *SPAN)
    sentence = refused(desk, lambda: give(desk, OPERATOR, DANA))
    assert sentence.endswith("free for all of it: nobody.")


def test_a_standing_designation_waits_out_its_holders_leave(desk: Desk) -> None:
    desk.away(DANA, *SPAN)
    give(desk, OPERATOR, DANA, DutyKind.STANDING)
    assert desk.away(KIM, *SPAN).opened != ()


def test_leave_that_was_cancelled_stands_in_nobodys_way(desk: Desk) -> None:
    done = desk.away(DANA, "2026-11-25", "2026-11-26")
    cancel_leave(desk.office, OPERATOR, done.id)
    desk.designate(KIM, DANA, "2026-11-25", "2026-11-26")


def test_a_pio_designated_by_their_own_hand_covers_a_holiday(desk: Desk) -> None:
    desk = desk.read_as(WHOLE)

    def who() -> int | None:
        with desk.store.read() as connection:
            roster = people.roster_since(connection, desk.clock.now())
        answer = responsible_at(desk.office.policy, roster, local(f"{HOLIDAY}T09:00"))
        return None if answer is None else answer.person

    assert who() is None
    desk.designate(KIM, KIM, HOLIDAY, "2026-11-27")
    assert who() == KIM.id


def test_duties_may_overlap_and_need_no_gap(desk: Desk) -> None:
    for person in (DANA, LEE):
        give(desk, OPERATOR, person)
        give(desk, OPERATOR, person, DutyKind.INTERIM)
    assert len(duties(desk)) == 4


# Who is told


def test_the_holder_is_told_urgently_with_the_span_and_by_whom(desk: Desk) -> None:
    done = desk.designate(KIM, DANA, *SPAN)
    (notice,) = told(desk, Reason.DUTY_ASSIGNED)
    assert (notice.person, notice.duty, notice.urgent) == (DANA.id, done.id, True)
    assert notice.about == {"by": "Kim Rivera", "duty": "designated", "person": DANA.id}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (DutyKind.INTERIM, "appointed as interim monitor"),
        (DutyKind.STANDING, "designated to stand in"),
    ],
)
def test_the_words_say_what_was_given(desk: Desk, kind: DutyKind, words: str) -> None:
    give(desk, OPERATOR, DANA, kind)
    (notice,) = told(desk, Reason.DUTY_ASSIGNED)
    assert (notice.about["duty"], notice.about["by"]) == (words, "the operator")


@pytest.mark.parametrize("way", [Way.WEB, Way.LINK, Way.SMS], ids=str)
def test_who_takes_a_duty_by_their_own_hand_is_not_told(desk: Desk, way: Way) -> None:
    give(desk, By(KIM, way), KIM)
    assert desk.notices() == []


def test_the_person_named_on_a_command_line_is_told_what_was_done_in_their_name(desk: Desk) -> None:
    done = give(desk, By(KIM, Way.CLI, account="root"), DANA)
    (notice,) = told(desk, Reason.ACT_IN_YOUR_NAME)
    assert (notice.person, notice.duty) == (KIM.id, done.id)
    assert [n.person for n in told(desk, Reason.DUTY_ASSIGNED)] == [DANA.id]
    words = desk.entries()[done.entry - 1][1]
    assert words is not None
    assert words.text == {"account": "root"}


def test_one_who_is_named_and_holds_it_is_told_once(desk: Desk) -> None:
    give(desk, By(KIM, Way.CLI), KIM)
    assert [(n.reason, n.person) for n in desk.notices()] == [(Reason.DUTY_ASSIGNED, KIM.id)]


@pytest.mark.parametrize("way", [Way.WEB, Way.SMS], ids=str)
def test_who_acts_by_their_own_hand_is_not_told_of_it(desk: Desk, way: Way) -> None:
    give(desk, By(KIM, way), DANA)
    assert told(desk, Reason.ACT_IN_YOUR_NAME) == []


def test_at_night_the_message_waits_for_the_morning(desk: Desk) -> None:
    desk.at(f"{MONDAY}T22:00")
    desk.designate(KIM, DANA, "2026-12-01", "2026-12-02")
    (notice,) = desk.notices()
    assert notice.try_at == local(f"{TUESDAY}T06:30")


# Ending


def test_a_duty_that_is_ended_ends_now_and_its_holder_is_told(desk: Desk) -> None:
    desk.away(KIM, *SPAN)
    done = desk.designate(KIM, DANA, *SPAN)
    desk.at(f"{MONDAY}T08:00")
    ended = cancel_duty(desk.office, By(KIM, Way.WEB), done.id)
    assert ended.opened == (MORNING_ID, AFTERNOON_ID)
    assert duties(desk)[0].until == local(f"{MONDAY}T08:00")
    assert desk.entries()[ended.entry - 1][0].facts == {"duty": done.id, "person": DANA.id}
    assert told(desk, Reason.DUTY_ENDED) == []
    (never_said,) = told(desk, Reason.DUTY_ASSIGNED)
    assert (never_said.state, never_said.why) == (NoticeState.WITHDRAWN, Reason.DUTY_ENDED)


def test_the_end_of_a_duty_is_told_where_its_beginning_was(desk: Desk) -> None:
    done = desk.designate(KIM, DANA, *SPAN)
    (assigned,) = told(desk, Reason.DUTY_ASSIGNED)
    with desk.office.store.write() as connection:
        update_notice(connection, assigned.id, state=NoticeState.DELIVERED)
    cancel_duty(desk.office, By(KIM, Way.WEB), done.id)
    (notice,) = told(desk, Reason.DUTY_ENDED)
    assert (notice.person, notice.duty, notice.about) == (DANA.id, done.id, {"by": "Kim Rivera"})


def test_who_ends_their_own_duty_or_is_gone_is_not_told(desk: Desk) -> None:
    own = give(desk, By(KIM, Way.WEB), KIM)
    theirs = give(desk, By(KIM, Way.WEB), LEE)
    deactivate_person(desk.office, OPERATOR, LEE)
    for done in (own, theirs):
        cancel_duty(desk.office, By(KIM, Way.WEB), done.id)
    assert told(desk, Reason.DUTY_ENDED) == []


@pytest.mark.parametrize(
    ("number", "now", "words"),
    [(99, MONDAY, "duty 99: there is none"), (1, TUESDAY, "duty 1: it has ended already")],
)
def test_a_duty_that_is_not_there_or_is_over_cannot_be_ended(
    desk: Desk, number: int, now: str, words: str
) -> None:
    give(desk, OPERATOR, DANA)
    desk.at(now)
    assert words in refused(desk, lambda: cancel_duty(desk.office, OPERATOR, number))


def test_a_duty_is_ended_once(desk: Desk) -> None:
    done = give(desk, OPERATOR, DANA)
    cancel_duty(desk.office, OPERATOR, done.id)
    assert "it is cancelled already" in refused(
        desk, lambda: cancel_duty(desk.office, OPERATOR, done.id)
    )
