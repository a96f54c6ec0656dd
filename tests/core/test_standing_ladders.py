"""What is said whatever the windows do: the digest, technical failures, who cannot be reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.cast import (
    DANA,
    DANA_ID,
    KIM,
    KIM_ID,
    MORGAN,
    MORGAN_ID,
    POLICY,
    QUIET,
    SAM,
    SAM_ID,
    SECOND,
    leave,
    local,
    person,
    roster,
)
from tests.core.applying import applied, owed
from watchbill.core.policy import Policy
from watchbill.core.reasons import Reason
from watchbill.core.roster import Role, Roster
from watchbill.core.standing_ladders import digest_at, standing_moments, standing_steps
from watchbill.core.world import Decision, Owe, Silent, TroubleFacts, World

BEGAN = local("2026-11-01T12:00")
NOON = "2026-11-23T12:00"


def world(facts: Roster | None = None, **changes: object) -> World:
    return replace(World(facts or roster(), began_at=BEGAN), **changes)  # type: ignore[arg-type]


def look(facts: World, now: str, off: timedelta = timedelta(0), policy: Policy = QUIET) -> list[Owe]:
    return owed(Decision(tuple(standing_steps(policy, facts, local(now) + off)), None))


def people(found: Iterable[Owe]) -> list[int]:
    return sorted(notice.person for notice in found)


# The digest


@pytest.mark.parametrize(
    ("now", "to"),
    [
        ("2026-11-23T07:44:59", []),
        ("2026-11-23T07:45", [KIM_ID, MORGAN_ID]),
        ("2026-11-23T07:45:01", [KIM_ID, MORGAN_ID]),
        ("2026-11-23T23:59:59", [KIM_ID, MORGAN_ID]),
        ("2026-11-28T07:45", []),
        ("2026-11-29T12:00", []),
        ("2026-11-02T07:45", [KIM_ID, MORGAN_ID]),
        ("2027-03-15T07:45", [KIM_ID, MORGAN_ID]),
    ],
)
def test_the_digest_goes_to_the_pio_and_the_ed_each_weekday_at_a_quarter_to_eight(
    now: str, to: list[int]
) -> None:
    assert people(look(world(), now, policy=POLICY)) == to


def test_the_digest_is_a_mail_of_that_day_and_nothing_else() -> None:
    for notice in look(world(), "2026-11-23T09:00", policy=POLICY):
        assert notice.about == {"day": "2026-11-23", "only": "email"}
        assert notice.due_at == local("2026-11-23T07:45")
        assert notice.useful_until == local("2026-11-24")
        assert not notice.urgent


def test_on_a_holiday_it_goes_to_the_ed_who_is_told_once() -> None:
    assert people(look(world(), "2026-11-26T07:45", policy=POLICY)) == [MORGAN_ID]


def test_a_pio_who_is_away_gets_no_digest() -> None:
    away = roster(leave(KIM_ID, "2026-11-23", "2026-11-24"))
    assert people(look(world(away), NOON, policy=POLICY)) == [MORGAN_ID]


def test_two_executive_directors_both_get_it() -> None:
    alex = person(7, "Alex Reyes", Role.EXECUTIVE_DIRECTOR)
    found = look(world(roster(people=(alex,))), NOON, policy=POLICY)
    assert people(found) == [KIM_ID, MORGAN_ID, 7]


@pytest.mark.parametrize(("off", "count"), [(-SECOND, 2), (0 * SECOND, 2), (SECOND, 0)])
def test_there_is_no_digest_of_before_the_record_began(off: timedelta, count: int) -> None:
    began = local("2026-11-23T07:45") + off
    assert len(look(world(began_at=began), NOON, policy=POLICY)) == count
    assert look(world(began_at=None), NOON, policy=POLICY) == []


@pytest.mark.parametrize(
    ("now", "following"),
    [
        ("2026-11-23T07:00", "2026-11-23T07:45"),
        ("2026-11-23T07:45", "2026-11-24T07:45"),
        ("2026-11-27T08:00", "2026-11-30T07:45"),
    ],
)
def test_the_next_digest_is_known(now: str, following: str) -> None:
    assert min(standing_moments(POLICY, local(now))) == local(following)
    assert digest_at(POLICY, date(2026, 11, 28)) is None


# Technical failures


def test_a_failure_is_told_to_information_services_alone_and_urgently() -> None:
    facts = world(troubles=(TroubleFacts(4, "provider", "sms"),))
    (notice,) = look(facts, NOON)
    assert (notice.person, notice.reason, notice.urgent) == (SAM_ID, Reason.TECHNICAL_FAILURE, True)


def test_the_channel_that_fails_is_tried_last() -> None:
    (notice,) = look(world(troubles=(TroubleFacts(4, "provider", "sms"),)), NOON)
    assert notice.about == {"trouble": 4, "avoid": "sms"}


def test_each_failure_is_told_once() -> None:
    facts = world(troubles=(TroubleFacts(4, "disk", ""), TroubleFacts(5, "clock", "")))
    decision = Decision(tuple(standing_steps(QUIET, facts, local(NOON))), None)
    assert len(owed(decision)) == 2
    assert look(applied(facts, decision), "2026-11-23T18:00") == []


# Who cannot be reached


def test_somebody_soon_responsible_who_cannot_be_reached_is_told_to_pio_and_information_services() -> (
    None
):
    facts = world(silent=(Silent(DANA_ID, local("2026-11-20T12:00")),))
    found = look(facts, NOON)
    assert people(found) == [KIM_ID, SAM_ID]
    assert {(n.reason, n.about["person"]) for n in found} == {(Reason.NO_WORKING_CHANNEL, DANA_ID)}


def test_nobody_is_told_by_the_channels_that_do_not_work_that_they_do_not() -> None:
    assert people(look(world(silent=(Silent(KIM_ID, BEGAN),)), NOON)) == [SAM_ID]


def test_it_is_told_again_only_where_it_broke_anew() -> None:
    facts = world(silent=(Silent(DANA_ID, BEGAN),))
    after = applied(facts, Decision(tuple(standing_steps(QUIET, facts, local(NOON))), None))
    assert look(after, "2026-11-24T12:00") == []
    anew = replace(after, silent=(Silent(DANA_ID, local("2026-11-24T11:00")),))
    assert people(look(anew, "2026-11-24T12:00")) == [KIM_ID, SAM_ID]


@pytest.mark.parametrize(
    ("off", "count"), [(-SECOND, 2), (0 * SECOND, 2), (SECOND, 0)], ids=["before", "at", "after"]
)
def test_a_stop_is_news_for_a_week(off: timedelta, count: int) -> None:
    stopped = replace(DANA, sms_stopped_at=local("2026-11-16T12:00"))
    found = look(world(roster(people=(stopped,))), NOON, off)
    assert people(found) == [KIM_ID, SAM_ID][:count]
    assert all(n.reason is Reason.CHANNEL_STOPPED for n in found)


@pytest.mark.parametrize(
    ("who", "to"),
    [(KIM, [SAM_ID]), (SAM, [KIM_ID]), (MORGAN, [KIM_ID, SAM_ID])],
    ids=["pio", "is", "ed"],
)
def test_of_their_own_stop_nobody_hears(who: object, to: list[int]) -> None:
    stopped = replace(who, sms_stopped_at=local("2026-11-23T11:00"))  # type: ignore[type-var]
    assert people(look(world(roster(people=(stopped,))), NOON)) == to  # type: ignore[arg-type]


def test_of_a_stop_while_the_pio_is_away_the_ed_hears() -> None:
    stopped = replace(DANA, sms_stopped_at=local("2026-11-23T11:00"))
    away = leave(KIM_ID, "2026-11-23", "2026-11-24")
    assert people(look(world(roster(away, people=(stopped,))), NOON)) == [MORGAN_ID, SAM_ID]


def test_the_stop_of_somebody_who_has_left_is_no_news() -> None:
    gone = replace(
        DANA, sms_stopped_at=local("2026-11-23T11:00"), deactivated_at=local("2026-11-23T11:30")
    )
    assert look(world(roster(people=(gone,))), NOON) == []


def test_a_second_stop_is_told_again() -> None:
    stopped = replace(DANA, sms_stopped_at=local("2026-11-23T09:00"))
    facts = world(roster(people=(stopped,)))
    after = applied(facts, Decision(tuple(standing_steps(QUIET, facts, local(NOON))), None))
    again = replace(DANA, sms_stopped_at=local("2026-11-23T11:00"))
    assert len(look(replace(after, roster=roster(people=(again,))), NOON)) == 2
