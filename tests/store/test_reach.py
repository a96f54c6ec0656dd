"""Whether the channels of a person work: what was refused, what was stopped, what did not arrive."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.cast import DANA, KIM, LEE, local
from tests.store.desk import MONDAY, OPERATOR, Desk
from watchbill.acts.message import ask_for_test
from watchbill.core.roster import Channel, Person
from watchbill.core.world import Silent
from watchbill.store import deliveries, notices, people, reach
from watchbill.store.columns import DeliveryState

NOW = local(f"{MONDAY}T12:00")
HOUR = timedelta(hours=1)
FAILED, SENT, DELIVERED = DeliveryState.FAILED, DeliveryState.SENT, DeliveryState.DELIVERED


def attempt(
    desk: Desk,
    channel: Channel,
    state: DeliveryState,
    at: datetime,
    *,
    who: Person = DANA,
    for_good: bool = False,
    address: str | None = None,
) -> None:
    """Put an attempt to reach somebody on record."""
    notice = ask_for_test(desk.office, OPERATOR, who, channel)
    where = address or (who.email if channel is Channel.EMAIL else who.mobile) or ""
    with desk.store.write() as connection:
        found = notices.notice_with_key(connection, notice)
        number = deliveries.begin_delivery(connection, found, channel, where, at, HOUR)
        deliveries.update_delivery(connection, number, state=state, for_good=for_good, finished_at=at)


def broken(
    desk: Desk, channel: Channel = Channel.SMS, who: Person = DANA, now: datetime = NOW
) -> datetime | None:
    found = silent(desk, replace(who, channels=(channel,)), now=now)
    return found[0].since if found else None


def silent(desk: Desk, *who: Person, now: datetime = NOW) -> tuple[Silent, ...]:
    with desk.store.read() as connection:
        return reach.silent_people(connection, who or (DANA,), now)


def test_a_channel_of_which_nothing_is_known_works(desk: Desk) -> None:
    assert broken(desk) is None
    assert silent(desk, KIM, DANA, LEE) == ()


@pytest.mark.parametrize(
    ("history", "is_broken"),
    [
        ([SENT], False),
        ([DELIVERED], False),
        ([FAILED], False),
        ([FAILED, FAILED], True),
        ([FAILED, FAILED, FAILED], True),
        ([FAILED, DELIVERED, FAILED], False),
        ([FAILED, FAILED, SENT], False),
        ([SENT, FAILED, FAILED], True),
        ([FAILED, DeliveryState.DEFERRED], False),
        ([DeliveryState.DEFERRED, DeliveryState.DEFERRED], False),
        ([DeliveryState.UNKNOWN, DeliveryState.UNKNOWN], False),
    ],
)
def test_two_notices_in_a_row_that_did_not_arrive_break_it(
    desk: Desk, history: list[DeliveryState], *, is_broken: bool
) -> None:
    for place, state in enumerate(history):
        attempt(desk, Channel.SMS, state, NOW - HOUR * (10 - place))
    assert (broken(desk) is not None) is is_broken


def test_one_refusal_for_good_breaks_it_until_something_arrives(desk: Desk) -> None:
    attempt(desk, Channel.SMS, FAILED, NOW - 2 * HOUR, for_good=True)
    assert broken(desk) == NOW - 2 * HOUR
    attempt(desk, Channel.SMS, DELIVERED, NOW - HOUR)
    assert broken(desk) is None


def test_it_is_broken_since_the_first_failure_in_a_row(desk: Desk) -> None:
    attempt(desk, Channel.SMS, DELIVERED, NOW - 5 * HOUR)
    for hours in (4, 3, 2):
        attempt(desk, Channel.SMS, FAILED, NOW - hours * HOUR)
    assert broken(desk) == NOW - 4 * HOUR


def test_each_channel_and_each_address_stands_for_itself(desk: Desk) -> None:
    for hours in (2, 1):
        attempt(desk, Channel.SMS, FAILED, NOW - hours * HOUR)
    assert broken(desk, Channel.EMAIL) is None
    assert broken(desk, who=LEE) is None
    assert broken(desk, who=replace(DANA, mobile="+14195550999")) is None


def test_a_number_that_was_stopped_is_broken_since_then(desk: Desk) -> None:
    stopped = replace(DANA, sms_stopped_at=NOW - HOUR)
    attempt(desk, Channel.SMS, DELIVERED, NOW - 2 * HOUR)
    assert broken(desk, who=stopped) == NOW - HOUR
    assert broken(desk, Channel.EMAIL, who=stopped) is None


def test_without_a_number_there_is_no_such_channel(desk: Desk) -> None:
    assert broken(desk, who=replace(DANA, mobile=None)) is not None


@pytest.mark.parametrize(("days", "is_broken"), [(89, True), (91, False)])
def test_what_failed_long_ago_is_forgotten(desk: Desk, days: int, *, is_broken: bool) -> None:
    attempt(desk, Channel.SMS, FAILED, NOW - timedelta(days=days), for_good=True)
    assert (broken(desk) is not None) is is_broken


def test_somebody_is_silent_only_where_no_channel_of_theirs_works(desk: Desk) -> None:
    for hours in (4, 3):
        attempt(desk, Channel.SMS, FAILED, NOW - hours * HOUR)
    assert silent(desk) == ()
    attempt(desk, Channel.EMAIL, FAILED, NOW - 2 * HOUR, for_good=True)
    assert silent(desk) == (Silent(DANA.id, NOW - 2 * HOUR),)
    attempt(desk, Channel.EMAIL, SENT, NOW - HOUR)
    assert silent(desk) == ()


def test_who_has_one_channel_is_silent_with_that(desk: Desk) -> None:
    only_texts = replace(DANA, channels=(Channel.SMS,), sms_stopped_at=NOW - HOUR)
    assert silent(desk, only_texts, KIM) == (Silent(DANA.id, NOW - HOUR),)


def test_a_stop_is_kept_and_taken_back(desk: Desk) -> None:
    for at in (NOW, None):
        with desk.store.write() as connection:
            reach.stop_texts(connection, DANA.id, at)
        with desk.store.read() as connection:
            kept = people.all_people(connection)
        assert kept[DANA.id].sms_stopped_at == at
        assert kept[KIM.id].sms_stopped_at is None
