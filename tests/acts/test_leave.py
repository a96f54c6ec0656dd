"""Taking and ending leave: recorded at once, opening gaps, and nobody else's to change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.acts.refusal import refused
from tests.cast import DANA, KIM, LEE, MORGAN, PAT, SAM, local
from tests.store.desk import AFTERNOON_ID, MONDAY, MORNING_ID, OPERATOR, Desk
from watchbill.acts.deed import By
from watchbill.acts.leave import Done, cancel_leave, take_leave
from watchbill.acts.roster import deactivate_person
from watchbill.core.checks import Way
from watchbill.core.instants import exact
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel, Leave, LeaveKind, Person
from watchbill.store import people
from watchbill.store.gaps import GapRecord, open_gaps

TUESDAY = "2026-11-24"


def leaves(desk: Desk) -> list[Leave]:
    with desk.store.read() as connection:
        return people.leaves(connection)


def known_gaps(desk: Desk) -> list[GapRecord]:
    with desk.store.read() as connection:
        return open_gaps(connection)


def take(desk: Desk, by: By, who: Person) -> Done:
    span = local(MONDAY), local(TUESDAY)
    return take_leave(desk.office, by, who, LeaveKind.OTHER, *span)


def test_leave_is_recorded_with_its_kind_beside_the_chain(desk: Desk) -> None:
    done = desk.away(KIM, MONDAY, TUESDAY, LeaveKind.SICK)
    entry, words = desk.entries()[done.entry - 1]
    assert (entry.number, entry.kind) == (done.entry, Kind.LEAVE_TAKEN)
    assert entry.facts == {
        "leave": 1,
        "person": KIM.id,
        "starts_at": exact(local(MONDAY)),
        "ends_at": exact(local(TUESDAY)),
    }
    assert words is not None
    assert words.text == {"kind": "sick"}
    (leave,) = leaves(desk)
    assert (leave.id, leave.person, leave.kind) == (done.id, KIM.id, LeaveKind.SICK)
    assert (leave.starts_at, leave.ends_at) == (local(MONDAY), local(TUESDAY))


MAIL_ALONE = replace(DANA, channels=(Channel.EMAIL,))
STOPPED = replace(DANA, sms_stopped_at=local("2026-11-22"))


@pytest.mark.parametrize(
    ("way", "who", "mailed"),
    [
        (Way.LINK, DANA, True),
        (Way.WEB, DANA, True),
        (Way.CLI, DANA, False),
        (Way.CLI, MAIL_ALONE, True),
        (Way.CLI, STOPPED, True),
        (Way.SMS, DANA, False),
        (Way.SMS, MAIL_ALONE, False),
    ],
)
def test_who_has_no_answer_by_text_gets_a_mail_about_their_leave(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, way: Way, who: Person, *, mailed: bool
) -> None:
    monkeypatch.setattr("watchbill.acts.deed.Deed.person", lambda *_: who)
    done = take(desk, By(KIM, way), who)
    found = [one for one in desk.notices() if one.reason is Reason.LEAVE_RECORDED]
    assert [(one.person, one.about, one.useful_until) for one in found] == (
        [(who.id, {"only": "email", "leave": done.id, "by": KIM.name}, local(TUESDAY))]
        if mailed
        else []
    )


def test_leave_that_is_over_when_it_is_entered_is_not_mailed(desk: Desk) -> None:
    desk.at(TUESDAY)
    desk.away(DANA, MONDAY, TUESDAY)
    assert desk.keys() == []


def test_whoever_takes_leave_is_told_what_it_leaves_uncovered(desk: Desk) -> None:
    assert desk.away(KIM, f"{MONDAY}T10:00", TUESDAY).opened == (AFTERNOON_ID,)
    assert desk.away(KIM, MONDAY, TUESDAY).opened == (MORNING_ID,)
    assert desk.away(KIM, MONDAY, TUESDAY).opened == ()
    assert desk.away(DANA, MONDAY, TUESDAY).opened == ()


def test_leave_of_somebody_designated_opens_the_gap_again(desk: Desk) -> None:
    desk.away(KIM, MONDAY, TUESDAY)
    desk.designate(KIM, DANA, MONDAY, TUESDAY)
    assert desk.away(DANA, f"{MONDAY}T13:00", TUESDAY).opened == (AFTERNOON_ID,)


def test_leave_may_have_begun_and_closed_windows_keep_what_they_have(desk: Desk) -> None:
    desk.at(f"{MONDAY}T12:00")
    desk.away(KIM, "2026-11-20", TUESDAY)
    assert desk.window(MORNING_ID).monitor == KIM.id
    assert desk.window(AFTERNOON_ID).monitor is None


@pytest.mark.parametrize(("first", "last"), [(MONDAY, MONDAY), (TUESDAY, MONDAY)])
def test_leave_ends_after_it_begins(desk: Desk, first: str, last: str) -> None:
    assert refused(desk, lambda: desk.away(KIM, first, last)).startswith("--to: ")


def test_somebody_deactivated_has_no_leave_to_take(desk: Desk) -> None:
    deactivate_person(desk.office, OPERATOR, DANA)
    assert "deactivated" in refused(desk, lambda: take(desk, OPERATOR, DANA))


@pytest.mark.parametrize(
    "by",
    [OPERATOR, By(DANA, Way.WEB), By(KIM, Way.WEB), By(MORGAN, Way.SMS)],
    ids=lambda by: by.name,
)
def test_the_person_the_pio_the_ed_and_the_operator_record_and_end_leave(desk: Desk, by: By) -> None:
    done = take(desk, by, DANA)
    cancel_leave(desk.office, by, done.id)
    entry, _ = desk.last_entry()
    assert (entry.kind, entry.actor) == (Kind.LEAVE_CANCELLED, by.actor)
    assert entry.facts == {"leave": done.id, "person": DANA.id}


@pytest.mark.parametrize("person", [LEE, PAT, SAM], ids=lambda p: p.name)
def test_nobody_else_may(desk: Desk, person: Person) -> None:
    by = By(person, Way.WEB)
    assert refused(desk, lambda: take(desk, by, DANA)).startswith(f"--by: {person.name} may not")
    done = take(desk, OPERATOR, DANA)
    assert refused(desk, lambda: cancel_leave(desk.office, by, done.id)).startswith("--by: ")


def test_an_office_does_not_outlast_its_holder(desk: Desk) -> None:
    gone = replace(KIM, deactivated_at=local("2026-11-22"))
    assert "may not change" in refused(desk, lambda: take(desk, By(gone, Way.WEB), DANA))
    own = replace(DANA, deactivated_at=local("2026-11-22"))
    assert "may not change" in refused(desk, lambda: take(desk, By(own, Way.WEB), DANA))


def test_leave_under_way_ends_now_and_leave_ahead_never_was(desk: Desk) -> None:
    running = desk.away(KIM, MONDAY, TUESDAY)
    ahead = desk.away(KIM, "2026-11-25", "2026-11-26")
    desk.tick()
    assert len(known_gaps(desk)) == 2
    desk.at(f"{MONDAY}T12:00")
    for done in (running, ahead):
        cancel_leave(desk.office, By(KIM, Way.WEB), done.id)
    first, second = leaves(desk)
    assert first.until == local(f"{MONDAY}T12:00")
    assert not second.touches(second.starts_at, second.ends_at)
    desk.tick()
    assert known_gaps(desk) == []


@pytest.mark.parametrize(
    ("number", "now", "words"),
    [
        (99, f"{MONDAY}T12:00", "leave 99: there is none"),
        (1, TUESDAY, "leave 1: it has ended already"),
        (1, "2026-11-30", "leave 1: it has ended already"),
    ],
)
def test_leave_that_is_not_there_or_is_over_cannot_be_ended(
    desk: Desk, number: int, now: str, words: str
) -> None:
    desk.away(KIM, MONDAY, TUESDAY)
    desk.at(now)
    assert words in refused(desk, lambda: cancel_leave(desk.office, OPERATOR, number))


def test_leave_is_ended_once(desk: Desk) -> None:
    done = desk.away(KIM, MONDAY, TUESDAY)
    cancel_leave(desk.office, OPERATOR, done.id)
    sentence = refused(desk, lambda: cancel_leave(desk.office, OPERATOR, done.id))
    assert "it is cancelled already" in sentence
