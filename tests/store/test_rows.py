"""Rows and values: what is put in comes out again, and keys are let in once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.cast import CAST, KIM, PAGES, PAT, duty, leave, local
from tests.store.desk import MONDAY, MORNING_ID, Desk
from watchbill.core.checks import Action, Category, Finding, Way
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Channel, DutyKind, Role
from watchbill.core.windows import State
from watchbill.core.world import NoticeState, Owe
from watchbill.rehearsal import SeededEntropy
from watchbill.store import deliveries, notices, owing, people, windows

ENTROPY = SeededEntropy(3)


def a_notice(key: str = "a-key", person: int = KIM.id, **changes: object) -> Owe:
    """Return a notice that is owed to somebody from seven on."""
    seven = local(f"{MONDAY}T07:00")
    made = Owe(key, Reason.CHECK_DUE, Step.OPENING, person, due_at=seven, not_before=seven)
    return replace(made, **changes)  # type: ignore[arg-type]


def owe(desk: Desk, notice: Owe, now: str = f"{MONDAY}T07:00") -> bool:
    with desk.store.write() as connection:
        person = people.all_people(connection)[notice.person]
        return owing.owe(connection, ENTROPY, notice, person, local(now))


def drop(desk: Desk, key: str, state: NoticeState = NoticeState.WITHDRAWN) -> bool:
    with desk.store.write() as connection:
        why = Reason.WINDOW_COMPLETED
        return owing.drop(connection, ENTROPY, key, state, why, local(f"{MONDAY}T08:00"))


# People, leave, duties


def test_the_cast_comes_back_as_it_was_put_in(desk: Desk) -> None:
    with desk.store.read() as connection:
        assert tuple(people.all_people(connection).values()) == CAST
        assert people.all_pages(connection) == sorted(PAGES, key=lambda page: page.key)


def test_a_person_becomes_what_the_value_says_roles_included(desk: Desk) -> None:
    other = replace(
        PAT,
        name="Patricia Novák",
        mobile=None,
        channels=(Channel.EMAIL,),
        roles=frozenset({Role.DESIGNEE, Role.MANAGER}),
        deactivated_at=local("2026-12-01T00:00:00.000001"),
    )
    with desk.store.write() as connection:
        people.update_person(connection, other, local(MONDAY))
    assert desk.person(PAT.id) == other


def test_leave_and_duties_come_back_under_their_ids(desk: Desk) -> None:
    away = leave(KIM.id, "2026-12-01", "2026-12-05", number=4)
    stands_in = replace(duty(DutyKind.STANDING, PAT.id, "2026-12-01", "2026-12-05"), id=9, entry=1)
    with desk.store.write() as connection:
        people.insert_leave(connection, away, entry=1)
        people.insert_duty(connection, stands_in, by="person:1")
        assert people.next_id(connection, people.LEAVES) == 5
        assert people.next_id(connection, people.DUTIES) == 10
    with desk.store.read() as connection:
        assert people.leaves(connection) == [away]
        assert people.duties(connection) == [stands_in]


@pytest.mark.parametrize(
    ("since", "found"), [("2026-12-04T23:59:59", 1), ("2026-12-05T00:00", 0), ("2026-12-06", 0)]
)
def test_what_has_ended_by_an_instant_is_left_out_where_asked(
    desk: Desk, since: str, found: int
) -> None:
    with desk.store.write() as connection:
        people.insert_leave(connection, leave(KIM.id, "2026-12-01", "2026-12-05"), entry=1)
        made = replace(duty(DutyKind.INTERIM, PAT.id, "2026-12-01", "2026-12-05"), entry=1)
        people.insert_duty(connection, made, by="operator")
        roster = people.roster_since(connection, local(since))
    assert (len(roster.leaves), len(roster.duties)) == (found, found)


# Windows and checks


def test_a_window_is_settled_once(desk: Desk) -> None:
    now = local(f"{MONDAY}T12:00")
    with desk.store.write() as connection:
        settle = windows.settle_window
        assert settle(connection, MORNING_ID, State.MISSED, now, unattended=True) is True
        assert settle(connection, MORNING_ID, State.COMPLETED, now, unattended=False) is False
    record = desk.window(MORNING_ID)
    assert (record.state, record.settled_at, record.unattended) == (State.MISSED, now, True)


def test_of_two_that_settle_a_window_at_once_one_does_it(desk: Desk) -> None:
    def settle(_: int) -> bool:
        with desk.store.write() as connection:
            now = desk.clock.now()
            return windows.settle_window(connection, MORNING_ID, State.MISSED, now, unattended=False)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(settle, range(4))) == [False, False, False, True]


def test_a_check_comes_back_with_its_pages_and_findings_in_their_order(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00:00.654321")
    found = (
        Finding("YT", Category.SPAM, Action.HIDDEN),
        Finding("FB", Category.OFFENSIVE, Action.DELETED),
        Finding("YT", Category.SPAM, Action.NONE),
    )
    number = desk.check(KIM, findings=found).number
    day = local(f"{MONDAY}T12:00").date()
    with desk.store.read() as connection:
        (record,) = windows.checks_between(connection, day, day)
        assert windows.checks_between(connection, day + timedelta(1), day + timedelta(9)) == []
    now = local(f"{MONDAY}T09:00:00.654321")
    assert record.check.number == number
    assert (record.check.viewed_at, record.recorded_at) == (now, now)
    assert (record.check.pages, record.findings) == (frozenset({"FB", "YT"}), found)
    assert (record.way, record.attested, record.amends) == (Way.WEB, False, None)


# Notices


def test_a_key_is_let_in_once(desk: Desk) -> None:
    assert owe(desk, a_notice()) is True
    assert owe(desk, a_notice()) is False
    assert owe(desk, a_notice(person=PAT.id)) is False
    assert desk.keys() == ["a-key"]
    assert desk.kinds().count(Kind.NOTICE_OWED) == 1


def test_a_key_that_many_bring_at_once_is_let_in_once(desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        let_in = list(pool.map(lambda _: owe(desk, a_notice()), range(8)))
    assert sum(let_in) == 1
    assert desk.kinds().count(Kind.NOTICE_OWED) == 1


def test_a_notice_taken_back_unsent_is_owed_again_under_its_key_and_code(desk: Desk) -> None:
    owe(desk, a_notice())
    (before,) = desk.notices()
    assert drop(desk, "a-key") is True
    assert drop(desk, "a-key") is False
    (withdrawn,) = desk.notices()
    assert (withdrawn.state, withdrawn.why) == (NoticeState.WITHDRAWN, Reason.WINDOW_COMPLETED)
    later = a_notice(not_before=local(f"{MONDAY}T09:00"))
    assert owe(desk, later) is True
    (after,) = desk.notices()
    assert (after.state, after.why) == (NoticeState.PENDING, None)
    assert (after.code, after.message_id, after.id) == (before.code, before.message_id, before.id)
    assert after.try_at == local(f"{MONDAY}T09:00")


@pytest.mark.parametrize("state", [s for s in NoticeState if s is not NoticeState.WITHDRAWN])
def test_a_notice_that_was_not_taken_back_is_never_owed_again(desk: Desk, state: NoticeState) -> None:
    owe(desk, a_notice())
    (notice,) = desk.notices()
    with desk.store.write() as connection:
        notices.update_notice(connection, notice.id, state=state)
    assert owe(desk, a_notice()) is False
    assert [n.state for n in desk.notices()] == [state]


@pytest.mark.parametrize("state", [s for s in NoticeState if s is not NoticeState.PENDING])
def test_none_but_a_waiting_notice_can_be_held_back(desk: Desk, state: NoticeState) -> None:
    owe(desk, a_notice())
    (notice,) = desk.notices()
    with desk.store.write() as connection:
        notices.update_notice(connection, notice.id, state=state)
    before = desk.dump()
    assert drop(desk, "a-key") is False
    assert desk.dump() == before


def test_a_notice_that_a_provider_has_accepted_stays_sent_when_its_second_way_is_given_up(
    desk: Desk,
) -> None:
    owe(desk, a_notice())
    (notice,) = desk.notices()
    now, lease = desk.clock.now(), timedelta(seconds=60)
    with desk.store.write() as connection:
        number = deliveries.begin_delivery(connection, notice, Channel.SMS, "+1", now, lease)
        deliveries.update_delivery(connection, number, state="sent")
        notices.update_notice(connection, notice.id, state=NoticeState.PENDING)
    assert drop(desk, "a-key") is True
    assert [n.state for n in desk.notices()] == [NoticeState.SENT]


def test_a_step_that_came_too_late_is_recorded_once_and_never_sent(desk: Desk) -> None:
    def skip() -> bool:
        with desk.store.write() as connection:
            person = people.all_people(connection)[KIM.id]
            why = Reason.NEXT_STEP_DUE
            return owing.skip(connection, ENTROPY, a_notice(), person, desk.clock.now(), why)

    assert [skip(), skip()] == [True, False]
    (notice,) = desk.notices()
    assert (notice.state, notice.why) == (NoticeState.SKIPPED, Reason.NEXT_STEP_DUE)
    assert owe(desk, a_notice()) is False
    with desk.store.read() as connection:
        assert notices.next_try(connection, local("2020-01-01")) is None


def test_every_notice_has_a_code_of_its_own(desk: Desk) -> None:
    for number in range(50):
        owe(desk, a_notice(f"key-{number}"))
    codes = [notice.code for notice in desk.notices()]
    assert len(set(codes)) == 50


def test_codes_that_repeat_by_chance_are_passed_over_for_ninety_days(desk: Desk) -> None:
    def with_the_same_chance(key: str, now: str) -> str:
        with desk.store.write() as connection:
            person = people.all_people(connection)[KIM.id]
            owing.owe(connection, SeededEntropy(5), a_notice(key), person, local(now))
            return notices.notice_with_key(connection, key).code

    first = with_the_same_chance("first", "2026-11-23T07:00")
    assert with_the_same_chance("soon", "2027-02-21T06:59:59") != first
    assert with_the_same_chance("later", "2027-02-21T07:00:01") == first


def test_the_urgent_go_first_and_then_the_longest_due(desk: Desk) -> None:
    owe(desk, a_notice("second", due_at=local(f"{MONDAY}T06:30")))
    owe(desk, a_notice("third"))
    owe(desk, a_notice("first", urgent=True))
    owe(desk, a_notice("not yet", not_before=local(f"{MONDAY}T07:00:01")))
    owe(desk, a_notice("by mail", next_channel=True))
    with desk.store.read() as connection:
        now = local(f"{MONDAY}T07:00")
        found = notices.due(connection, Channel.SMS, now, 10, [])
        assert [notice.key for notice in found] == ["first", "second", "third"]
        passed = [found[0].id]
        few = notices.due(connection, Channel.SMS, now, 1, passed)
        assert [notice.key for notice in few] == ["second"]
        assert notices.count_due(connection, now) == {Channel.SMS: 3, Channel.EMAIL: 1}
        assert notices.next_try(connection, now - timedelta(seconds=1)) == now
        assert notices.next_try(connection, now) == now + timedelta(seconds=1)


def test_the_first_channel_is_the_preferred_one_and_next_the_second(desk: Desk) -> None:
    owe(desk, a_notice("first"))
    owe(desk, a_notice("next", next_channel=True))
    owe(desk, a_notice("only", about={"only": "email"}))
    assert [n.channel for n in desk.notices()] == [Channel.SMS, Channel.EMAIL, Channel.EMAIL]


def test_attempts_are_numbered_and_a_claim_is_a_lease(desk: Desk) -> None:
    owe(desk, a_notice())
    (notice,) = desk.notices()
    now, lease = desk.clock.now(), timedelta(seconds=60)
    with desk.store.write() as connection:
        for channel in (Channel.SMS, Channel.EMAIL):
            deliveries.begin_delivery(connection, notice, channel, "somewhere", now, lease)
    with desk.store.read() as connection:
        attempts = deliveries.deliveries_of(connection, [notice.id])[notice.id]
        assert [(a.number, a.channel, a.lease_until) for a in attempts] == [
            (1, Channel.SMS, now + lease),
            (2, Channel.EMAIL, now + lease),
        ]
        assert deliveries.in_doubt(connection) == attempts
        assert notices.notice_with_id(connection, notice.id).state is NoticeState.SENDING
    with desk.store.write() as connection:
        deliveries.end_leases(connection, now)
        assert {a.lease_until for a in deliveries.in_doubt(connection)} == {now}


def test_what_rests_is_hurried_but_nothing_before_its_hour(desk: Desk) -> None:
    owe(desk, a_notice("rests"))
    owe(desk, a_notice("at night", not_before=local(f"{MONDAY}T23:00")))
    resting, _ = desk.notices()
    now = desk.clock.now()
    with desk.store.write() as connection:
        notices.update_notice(connection, resting.id, try_at=now + timedelta(minutes=5))
        notices.hurry(connection, now)
    assert [notice.try_at for notice in desk.notices()] == [now, local(f"{MONDAY}T23:00")]


def test_the_failure_of_a_notice_is_told_by_one(desk: Desk) -> None:
    owe(desk, a_notice())

    def mark(_: int) -> bool:
        with desk.store.write() as connection:
            return notices.mark_failure_told(connection, "a-key")

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(mark, range(4))) == [False, False, False, True]
