"""Why watchbill does what it does: one enum that reaches journal, page and message."""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """A rung of a ladder (DOMAIN §5): what is said when its moment has come."""

    OPENING = "opening"
    NUDGE = "nudge"
    LAST_CALL = "last_call"
    MISSED = "missed"
    UNCOVERED = "uncovered"
    UNATTENDED = "unattended"
    UNREACHABLE = "unreachable"
    ASSIGNED = "assigned"
    RELIEVED = "relieved"
    WARNING = "warning"
    CHANGED = "changed"
    ESCALATION = "escalation"
    UNCONFIRMED = "unconfirmed"
    HAND_OVER = "hand_over"
    DECLINED = "declined"
    HOLDER_AWAY = "holder_away"
    COVERED = "covered"
    TECHNICAL = "technical"
    DIGEST = "digest"
    ANSWER = "answer"
    IN_YOUR_NAME = "in_your_name"
    REFERRED = "referred"
    TEST = "test"
    LEAVE = "leave"


class Reason(StrEnum):
    """Why a message is owed, was held back or was taken back."""

    CHECK_DUE = "check_due"
    WINDOW_MISSED = "window_missed"
    WINDOW_UNCOVERED = "window_uncovered"
    WINDOWS_UNATTENDED = "windows_unattended"
    PERSON_UNREACHABLE = "person_unreachable"
    DUTY_ASSIGNED = "duty_assigned"
    DUTY_ENDED = "duty_ended"
    ACT_IN_YOUR_NAME = "act_in_your_name"
    CHILD_REFERRED = "child_referred"
    TEST_ASKED_FOR = "test_asked_for"
    GAP_FOUND = "gap_found"
    GAP_AHEAD = "gap_ahead"
    GAP_CHANGED = "gap_changed"
    GAP_ESCALATED = "gap_escalated"
    DUTY_UNCONFIRMED = "duty_unconfirmed"
    DUTY_DECLINED = "duty_declined"
    DUTY_ARRANGED = "duty_arranged"
    HOLDER_AWAY = "holder_away"
    HAND_OVER = "hand_over"
    NO_WORKING_CHANNEL = "no_working_channel"
    CHANNEL_STOPPED = "channel_stopped"
    CODES_LOCKED = "codes_locked"
    PLACE_VACANT = "place_vacant"
    TECHNICAL_FAILURE = "technical_failure"
    DIGEST_DUE = "digest_due"
    ANSWER = "answer"
    LEAVE_RECORDED = "leave_recorded"

    NEXT_STEP_DUE = "next_step_due"
    WINDOW_CLOSED = "window_closed"
    WINDOW_COMPLETED = "window_completed"
    SOMEBODY_ELSE_RESPONSIBLE = "somebody_else_responsible"
    WINDOW_COVERED = "window_covered"
    PERSON_DEACTIVATED = "person_deactivated"
    GAP_COVERED = "gap_covered"
    DUTY_ANSWERED = "duty_answered"
    PERSON_AWAY = "person_away"
    NO_LONGER_USEFUL = "no_longer_useful"
    TROUBLE_OVER = "trouble_over"
    PLACE_FILLED = "place_filled"


class Party(StrEnum):
    """To whom a rung speaks; who that is, is looked up at the moment of sending."""

    RESPONSIBLE = "responsible"
    MONITOR = "monitor"
    PIO = "pio"
    EXECUTIVE_DIRECTOR = "executive_director"
    INFORMATION_SERVICES = "information_services"
