"""What leave, duties and windows are called on the pages; *sick* is not for everybody (Statement 4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watchbill.core.instants import local_date, span_words
from watchbill.core.roster import Duty, DutyKind, Leave, LeaveKind, Person, Role
from watchbill.core.windows import State

KINDS = {LeaveKind.VACATION: "Vacation", LeaveKind.SICK: "Sick", LeaveKind.OTHER: "Something else"}
AWAY = "away"
LEAVE_WORDS = {
    LeaveKind.VACATION: "vacation",
    LeaveKind.SICK: "sick",
    LeaveKind.OTHER: "other leave",
    LeaveKind.HOLIDAY: "holiday",
}
DUTY_WORDS = {
    DutyKind.INTERIM: "appointed as interim monitor",
    DutyKind.DESIGNATION: "designated",
    DutyKind.STANDING: "designated to stand in while the PIO is away",
}
STATES = {
    State.COMPLETED: ("\N{HEAVY CHECK MARK}", "completed"),
    State.LATE: ("\N{CIRCLE WITH LEFT HALF BLACK}", "made up late"),
    State.MISSED: ("\N{HEAVY BALLOT X}", "missed"),
    State.OPEN: ("\N{BLACK RIGHT-POINTING TRIANGLE}", "open now"),
    State.UPCOMING: ("\N{WHITE CIRCLE}", "to come"),
}
"""Each state as a symbol and in words."""
BEFORE_THE_RECORD = ("\u2013", "before the record began")
"""What stands for a window that closed on the first day before the program was there to remind anybody."""


def sees_kind(reader: Person, leave: Leave) -> bool:
    """Whether somebody may read why a person is away: the PIO, the ED and the person."""
    return reader.id == leave.person or reader.holds(Role.PIO, Role.EXECUTIVE_DIRECTOR)


def leave_words(reader: Person, leave: Leave) -> str:
    """Return why somebody is away, as far as the reader may know."""
    return LEAVE_WORDS[leave.kind] if sees_kind(reader, leave) else AWAY


def duty_state(duty: Duty, now: datetime) -> str:
    """Return what has become of a duty."""
    if duty.declined_at is not None:
        return "declined"
    if duty.cancelled_at is not None:
        return "cancelled"
    if duty.ends_at <= now:
        return "over"
    if duty.awaits_answer:
        return "unconfirmed"
    return "appointed" if duty.kind is DutyKind.INTERIM else "accepted"


def may_words(duty: Duty) -> str:
    """Return what a duty gives (Policy 1004 §1)."""
    return "monitor and respond" if duty.respond else "monitor"


def dated_span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return a span for a person, with the year of its end where that is another than now's."""
    words = span_words(starts_at, ends_at, zone)
    year = local_date(ends_at - timedelta(microseconds=1), zone).year
    return words if year == local_date(now, zone).year else f"{words}, {year}"
