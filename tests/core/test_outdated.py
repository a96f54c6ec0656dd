"""A step that is no longer true is not sent; one that is stale is recorded as skipped (DOMAIN §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import pytest

from tests.cast import (
    DANA_ID,
    KIM,
    KIM_ID,
    LEE_ID,
    MORGAN,
    MORGAN_ID,
    POLICY,
    SAM_ID,
    duty,
    leave,
    local,
    person,
    roster,
)
from watchbill.core.gaps import GapFacts
from watchbill.core.outdated import outdated
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Duty, DutyKind, Role, Roster
from watchbill.core.windows import occasions
from watchbill.core.world import Drop, NoticeFacts, NoticeState, Owe, TroubleFacts, World

NOW = local("2026-12-01T12:00")
GAP = GapFacts(1, NOW, tuple(occasions(POLICY, date(2026, 12, 16), date(2026, 12, 16))))
OTHER = replace(GAP, id=2)
OF_GAPS = [Reason.GAP_FOUND, Reason.GAP_AHEAD, Reason.GAP_CHANGED, Reason.GAP_ESCALATED]


def notice(
    reason: Reason,
    person: int = KIM_ID,
    *,
    key: str = "a-key",
    about: Mapping[str, object] | None = None,
    duty: int | None = None,
    useful_until: datetime | None = None,
    state: NoticeState = NoticeState.PENDING,
) -> NoticeFacts:
    step = Step.ASSIGNED if reason is Reason.DUTY_ASSIGNED else Step.WARNING
    return NoticeFacts(
        key, reason, step, None, person, state, useful_until, about=about or {}, duty=duty
    )


def look(one: NoticeFacts, facts: Roster | None = None, **changes: object) -> list[tuple[str, str]]:
    """Return what becomes of a notice: the state and the reason, nothing where it stands."""
    world = World(facts or roster(), notices={one.key: one}, **changes)  # type: ignore[arg-type]
    steps = list(outdated(POLICY, world, NOW))
    assert all(isinstance(step, Drop) and step.key == one.key for step in steps)
    return [(str(step.state), str(step.why)) for step in steps if isinstance(step, Drop)]


# Gaps


@pytest.mark.parametrize("reason", OF_GAPS, ids=str)
@pytest.mark.parametrize(
    ("left", "dropped"),
    [
        ((GAP,), []),
        ((GAP, OTHER), []),
        ((OTHER,), [("withdrawn", "gap_covered")]),
        ((), [("withdrawn", "gap_covered")]),
    ],
    ids=["still there", "beside another", "only another", "covered"],
)
def test_the_word_of_a_gap_that_is_covered_is_taken_back(
    reason: Reason, left: tuple[GapFacts, ...], dropped: list[tuple[str, str]]
) -> None:
    person = MORGAN_ID if reason is Reason.GAP_ESCALATED else KIM_ID
    assert look(notice(reason, person, about={"gaps": [1]}), gaps=left) == dropped


def test_the_word_of_several_gaps_stands_while_one_of_them_does() -> None:
    assert look(notice(Reason.GAP_FOUND, about={"gaps": [1, 2]}), gaps=(OTHER,)) == []


def test_a_warning_does_not_follow_a_pio_into_their_leave_but_goes_to_who_stands_in() -> None:
    away = roster(leave(KIM_ID, "2026-12-01", "2026-12-05"))
    key = f"gap_ahead/gap-1@2026-12-01/warning/{KIM_ID}"
    waiting = notice(Reason.GAP_AHEAD, key=key, about={"gaps": [1]})
    world = World(away, notices={key: waiting}, gaps=(GAP,))
    dropped, owed = outdated(POLICY, world, NOW)
    assert dropped == Drop(key, NoticeState.WITHDRAWN, Reason.PERSON_AWAY)
    assert isinstance(owed, Owe)
    assert (owed.person, owed.gaps, owed.reason) == (MORGAN_ID, (1,), Reason.GAP_AHEAD)


# Duties


def asked(**changes: str | None) -> Duty:
    facts = {"accepted": None, **changes}
    return duty(DutyKind.DESIGNATION, DANA_ID, "2026-12-16", "2026-12-18", **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reason", "key"),
    [
        (Reason.DUTY_ASSIGNED, "duty_assigned/duty-10@again/assigned/2"),
        (Reason.DUTY_UNCONFIRMED, "duty_unconfirmed/duty-10/unconfirmed/1"),
    ],
    ids=["asked again", "unconfirmed"],
)
@pytest.mark.parametrize(
    ("made", "dropped"),
    [
        (asked(), []),
        (asked(accepted="2026-12-01T11:00"), [("withdrawn", "duty_answered")]),
        (asked(declined="2026-12-01T11:00"), [("withdrawn", "duty_answered")]),
    ],
    ids=["not answered", "accepted", "declined"],
)
def test_who_has_answered_is_not_asked_and_nobody_is_told_otherwise(
    reason: Reason, key: str, made: Duty, dropped: list[tuple[str, str]]
) -> None:
    assert look(notice(reason, DANA_ID, key=key, duty=10), roster(made)) == dropped


def test_the_first_word_of_a_duty_is_for_the_holder_whatever_was_answered() -> None:
    first = notice(Reason.DUTY_ASSIGNED, DANA_ID, key="duty_assigned/duty-10/assigned/2", duty=10)
    assert look(first, roster(asked(accepted="2026-12-01T11:00"))) == []


# Failures, staleness, people


@pytest.mark.parametrize(
    ("going_on", "dropped"),
    [
        ((4,), []),
        ((4, 5), []),
        ((5,), [("withdrawn", "trouble_over")]),
        ((), [("withdrawn", "trouble_over")]),
    ],
)
def test_a_failure_that_is_over_is_not_told(
    going_on: tuple[int, ...], dropped: list[tuple[str, str]]
) -> None:
    troubles = tuple(TroubleFacts(number, "disk", "") for number in going_on)
    one = notice(Reason.TECHNICAL_FAILURE, SAM_ID, about={"trouble": 4})
    assert look(one, troubles=troubles) == dropped


@pytest.mark.parametrize(
    ("cancelled", "dropped"),
    [(None, []), ("2026-12-01T11:59", [("withdrawn", "no_longer_useful")])],
)
def test_leave_that_was_ended_is_not_confirmed(
    cancelled: str | None, dropped: list[tuple[str, str]]
) -> None:
    facts = roster(leave(KIM.id, "2026-11-30", "2026-12-05", cancelled=cancelled))
    assert look(notice(Reason.LEAVE_RECORDED, about={"leave": 1}), facts) == dropped


@pytest.mark.parametrize(
    ("until", "dropped"),
    [
        ("2026-12-01T12:00:01", []),
        ("2026-12-01T12:00", [("skipped", "no_longer_useful")]),
        ("2026-12-01T11:59:59", [("skipped", "no_longer_useful")]),
        (None, []),
    ],
)
def test_what_is_of_no_more_use_is_skipped(until: str | None, dropped: list[tuple[str, str]]) -> None:
    useful_until = None if until is None else local(until)
    assert look(notice(Reason.DIGEST_DUE, useful_until=useful_until)) == dropped


@pytest.mark.parametrize(
    "state", [state for state in NoticeState if state is not NoticeState.PENDING], ids=str
)
def test_only_what_waits_is_taken_back(state: NoticeState) -> None:
    assert look(notice(Reason.GAP_FOUND, about={"gaps": [1]}, state=state)) == []


def test_nothing_is_sent_to_somebody_who_has_left() -> None:
    gone = roster(people=(replace(KIM, deactivated_at=NOW),))
    found = look(notice(Reason.DIGEST_DUE), gone)
    assert found == [("withdrawn", "person_deactivated")]


def test_what_an_ed_who_left_was_to_hear_of_a_miss_is_for_the_one_there_is() -> None:
    alex = person(7, "Alex Reyes", Role.EXECUTIVE_DIRECTOR)
    gone = replace(MORGAN, deactivated_at=NOW)
    left = NoticeFacts(
        f"window_missed/w/missed/{MORGAN_ID}",
        Reason.WINDOW_MISSED,
        Step.MISSED,
        "w",
        MORGAN_ID,
        NoticeState.PENDING,
    )
    world = World(roster(people=(gone, alex)), notices={left.key: left})
    drop, owe = outdated(POLICY, world, NOW)
    assert isinstance(drop, Drop)
    assert isinstance(owe, Owe)
    assert (owe.person, owe.key, owe.window) == (alex.id, f"window_missed/w/missed/{alex.id}", "w")


def test_a_test_that_was_asked_for_goes_out() -> None:
    assert look(notice(Reason.TEST_ASKED_FOR, LEE_ID, useful_until=local("2026-12-01T11:00"))) == []
