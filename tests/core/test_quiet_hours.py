"""Quiet hours: what they are, when they end, and what they hold back, which is never the watch itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from tests.cast import KIM, MORGAN, MORGAN_ID, NEW_YORK, POLICY, leave, local, roster, window
from watchbill.core.gap_ladder import gap_steps
from watchbill.core.gaps import GapFacts
from watchbill.core.parties import may_speak_from
from watchbill.core.quiet_hours import Quiet, parse_quiet, quiet_text, quiet_until, quiet_words
from watchbill.core.roster import LeaveKind
from watchbill.core.windows import Occasion, occasions
from watchbill.core.world import Announce, Owe, World
from watchbill.errors import RefusedError

NIGHT: Quiet = (time(21), time(7))
EVENING: Quiet = (time(19), time(7))
NOON: Quiet = (time(12), time(14))
AFTERNOON = window("2026-11-23", "weekday-afternoon")
MORNING = window("2026-11-24", "weekday-morning")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("21:00-07:00", NIGHT),
        (" 21:00 - 07:00 ", NIGHT),
        ("00:00-12:00", (time(0), time(12))),
        ("23:59-00:00", (time(23, 59), time(0))),
        ("", None),
        ("   ", None),
    ],
)
def test_quiet_hours_are_read_as_they_are_written(text: str, expected: Quiet | None) -> None:
    assert parse_quiet(text, "quiet") == expected
    assert parse_quiet(quiet_text(expected), "quiet") == expected


@pytest.mark.parametrize(
    "text",
    ["21-7", "24:00-07:00", "21:60-07:00", "21:00", "07:00-07:00", "07:00-19:01", "00:00-23:59",
     "21:00-07:00\x00", "\u0662\u0661:00-07:00", "<b>21:00-07:00</b>", "9" * 5000],
)  # fmt: skip
def test_what_is_no_span_of_at_most_twelve_hours_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match=r"^--quiet: .*21:00-07:00\.$") as caught:
        parse_quiet(text, "--quiet")
    assert len(caught.value.message) < 120


def test_quiet_hours_in_words() -> None:
    assert (quiet_words(NIGHT), quiet_words(None)) == ("9:00 PM to 7:00 AM", "none")


@pytest.mark.parametrize(
    ("quiet", "now", "expected"),
    [
        (NIGHT, "2026-11-23T20:59:59", None),
        (NIGHT, "2026-11-23T21:00", "2026-11-24T07:00"),
        (NIGHT, "2026-11-24T00:00", "2026-11-24T07:00"),
        (NIGHT, "2026-11-24T06:59:59", "2026-11-24T07:00"),
        (NIGHT, "2026-11-24T07:00", None),
        (NOON, "2026-11-23T11:59:59", None),
        (NOON, "2026-11-23T12:00", "2026-11-23T14:00"),
        (NOON, "2026-11-23T14:00", None),
        (NIGHT, "2026-10-31T22:00", "2026-11-01T07:00"),
        (NIGHT, "2026-03-07T22:00", "2026-03-08T07:00"),
        ((time(21), time(2, 30)), "2026-03-07T22:00", "2026-03-08T03:00"),
        ((time(22), time(1, 30)), "2026-11-01T00:59", "2026-11-01T01:30"),
    ],
)
def test_quiet_hours_end_at_a_local_time(quiet: Quiet, now: str, expected: str | None) -> None:
    wanted = None if expected is None else local(expected)
    assert quiet_until(quiet, local(now), NEW_YORK) == wanted


def test_in_an_hour_that_the_clock_repeats_they_never_end_before_now() -> None:
    repeated = local("2026-11-01T06:10+00:00")  # 1:10 AM for the second time
    assert quiet_until((time(22), time(1, 30)), repeated, NEW_YORK) == repeated


@pytest.mark.parametrize(
    ("quiet", "ahead", "now", "expected"),
    [
        (None, (), "2026-11-23T19:30", "2026-11-23T19:30"),
        (EVENING, (), "2026-11-23T18:59:59", "2026-11-23T18:59:59"),
        # at the evening they wait until the agency wakes, and not longer
        (EVENING, (), "2026-11-23T19:00", "2026-11-24T07:00"),
        ((time(21, 30), time(9)), (), "2026-11-23T22:00", "2026-11-24T07:00"),
        ((time(21), time(9)), (), "2026-11-24T07:30", "2026-11-24T09:00"),
        (NOON, (), "2026-11-23T12:00", "2026-11-23T14:00"),
        # an end in the night is no end: the night of the agency counts as well
        ((time(18), time(22)), (), "2026-11-23T18:00", "2026-11-24T07:00"),
        # a window that is open, or opens within two hours, lets everything through
        (NOON, (AFTERNOON,), "2026-11-23T12:00", "2026-11-23T12:00"),
        (NOON, (AFTERNOON,), "2026-11-23T13:30", "2026-11-23T13:30"),
        ((time(10), time(14)), (AFTERNOON,), "2026-11-23T11:29:59", "2026-11-23T11:30"),
        ((time(10), time(14)), (AFTERNOON,), "2026-11-23T11:30", "2026-11-23T11:30"),
        ((time(16), time(20)), (AFTERNOON,), "2026-11-23T16:29:59", "2026-11-23T16:29:59"),
        ((time(16), time(20)), (AFTERNOON,), "2026-11-23T16:30", "2026-11-23T20:00"),
        ((time(19), time(7)), (MORNING,), "2026-11-23T19:30", "2026-11-24T06:30"),
    ],
)
def test_own_quiet_hours_hold_back_what_is_neither_urgent_nor_near_a_window(
    quiet: Quiet | None, ahead: tuple[Occasion, ...], now: str, expected: str
) -> None:
    person = replace(KIM, quiet=quiet)
    assert may_speak_from(POLICY, ahead, local(now), person) == local(expected)
    assert may_speak_from(POLICY, ahead, local(now)) <= local(expected)


def test_a_warning_waits_and_an_escalation_does_not() -> None:
    now = local("2026-12-01T12:00")
    days = date(2026, 12, 10), date(2026, 12, 11)
    gap = GapFacts(1, now, tuple(occasions(POLICY, *days)))
    people = (replace(KIM, quiet=NOON), replace(MORGAN, quiet=NOON))
    (announced,) = gap_steps(POLICY, World(roster(people=people), gaps=(gap,)), now)
    assert isinstance(announced, Announce)
    (warning,) = announced.notices
    assert (warning.urgent, warning.not_before) == (False, local("2026-12-01T14:00"))
    sick = leave(KIM.id, "2026-12-01T00:00", "2026-12-20T00:00", kind=LeaveKind.SICK)
    steps = gap_steps(POLICY, World(roster(sick, people=people), gaps=(gap,)), now)
    (escalation,) = (step for step in steps if isinstance(step, Owe))
    assert (escalation.person, escalation.urgent) == (MORGAN_ID, True)
    assert escalation.not_before == now
