"""By which channel a notice goes next, and how long a failed attempt rests."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import SECOND, local
from watchbill.core.channels import Attempt, choose, may_repeat, order, rest
from watchbill.core.roster import Channel

SMS, EMAIL = Channel.SMS, Channel.EMAIL
BOTH = (SMS, EMAIL)
NOW = local("2026-11-23T12:00")
PATIENCE = timedelta(minutes=5)


def attempt(channel: Channel, seconds_ago: int = 30, *, how: str = "put off") -> Attempt:
    """Return an attempt that failed for good, was accepted, or was put off."""
    started_at = NOW - seconds_ago * SECOND
    return Attempt(channel, started_at, failed=how == "failed", accepted=how == "accepted")


@pytest.mark.parametrize(
    ("channels", "following", "expected"),
    [
        (BOTH, False, (SMS, EMAIL)),
        (BOTH, True, (EMAIL, SMS)),
        ((EMAIL,), True, (EMAIL,)),
        ((), True, ()),
    ],
)
def test_the_next_channel_is_the_second_where_there_is_one(
    channels: tuple[Channel, ...],
    following: bool,  # noqa: FBT001 - a row of the table
    expected: tuple[Channel, ...],
) -> None:
    assert order(channels, next_channel=following) == expected


@pytest.mark.parametrize(
    ("attempts", "urgent", "expected"),
    [
        ((), True, SMS),
        ((attempt(SMS),), False, SMS),
        ((attempt(SMS, how="failed"),), False, EMAIL),
        ((attempt(SMS, how="failed"), attempt(EMAIL, how="failed")), True, None),
        ((attempt(SMS, how="accepted"),), True, EMAIL),
        ((attempt(SMS, how="accepted"), attempt(EMAIL, how="accepted")), True, SMS),
        ((attempt(SMS, 299),), True, SMS),
        ((attempt(SMS, 300),), True, EMAIL),
        ((attempt(SMS, 301),), True, EMAIL),
        ((attempt(SMS, 301),), False, SMS),
    ],
)
def test_a_notice_goes_by_the_channel_that_is_likeliest_to_reach(
    attempts: tuple[Attempt, ...],
    urgent: bool,  # noqa: FBT001 - a row of the table
    expected: Channel | None,
) -> None:
    assert choose(BOTH, attempts, urgent=urgent, patience=PATIENCE, now=NOW) is expected


@pytest.mark.parametrize(
    ("channels", "accepted", "again"),
    [((SMS,), 1, True), ((SMS,), 2, False), (BOTH, 1, True), (BOTH, 2, False)],
)
def test_an_unconfirmed_text_is_followed_by_one_more_attempt(
    channels: tuple[Channel, ...],
    accepted: int,
    again: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert may_repeat(channels, [attempt(SMS, how="accepted")] * accepted) is again


@pytest.mark.parametrize(
    ("put_off", "asked", "seconds"),
    [
        (0, None, 15),
        (1, None, 15),
        (2, None, 30),
        (5, None, 240),
        (6, None, 300),
        (1000, None, 300),
        (1, 14.0, 15),
        (1, 16.0, 16),
        (6, 3600.0, 3600),
    ],
)
def test_a_rest_doubles_up_to_five_minutes_or_as_the_provider_asks(
    put_off: int, asked: float | None, seconds: float
) -> None:
    assert rest(put_off, asked) == timedelta(seconds=seconds)
