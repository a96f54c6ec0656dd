"""Why a message was owed, how far it has come and what became of an attempt, in words for a page."""

from __future__ import annotations

from watchbill.core.reasons import Reason, Step
from watchbill.core.world import NoticeState
from watchbill.store.columns import DeliveryState

REASON_WORDS = {
    Reason.CHECK_DUE: "A check is due",
    Reason.WINDOW_MISSED: "A check was missed",
    Reason.WINDOW_UNCOVERED: "Nobody has an open check",
    Reason.WINDOWS_UNATTENDED: "The program was not running",
    Reason.PERSON_UNREACHABLE: "Somebody could not be reached",
    Reason.DUTY_ASSIGNED: "A duty was given",
    Reason.DUTY_ENDED: "A duty was ended",
    Reason.ACT_IN_YOUR_NAME: "Something was done in their name",
    Reason.CHILD_REFERRED: "A child at risk was referred",
    Reason.TEST_ASKED_FOR: "A test",
    Reason.GAP_FOUND: "Checks that nobody covers",
    Reason.GAP_AHEAD: "Checks that nobody covers come closer",
    Reason.GAP_CHANGED: "What nobody covers has changed",
    Reason.GAP_ESCALATED: "Somebody must be appointed",
    Reason.DUTY_UNCONFIRMED: "A designee has not accepted",
    Reason.DUTY_DECLINED: "A duty was declined",
    Reason.DUTY_ARRANGED: "Cover was arranged",
    Reason.HOLDER_AWAY: "Whoever holds a duty is away",
    Reason.HAND_OVER: "The duty changes hands",
    Reason.NO_WORKING_CHANNEL: "No channel reaches somebody",
    Reason.CHANNEL_STOPPED: "Somebody stopped our texts",
    Reason.CODES_LOCKED: "Wrong codes by text",
    Reason.PLACE_VACANT: "No PIO, or no page",
    Reason.TECHNICAL_FAILURE: "A technical failure",
    Reason.DIGEST_DUE: "The daily digest",
    Reason.ANSWER: "An answer to a text",
    Reason.LEAVE_RECORDED: "Leave was recorded",
    Reason.SIGN_IN_ASKED: "A way to sign in",
    Reason.PROOF_ASKED: "A code to prove a channel",
}
"""Every reason for which a message is owed."""
WHY_WORDS = {
    Reason.NEXT_STEP_DUE: "its next step was due",
    Reason.WINDOW_CLOSED: "the window had closed",
    Reason.WINDOW_COMPLETED: "the check was done",
    Reason.SOMEBODY_ELSE_RESPONSIBLE: "somebody else is responsible",
    Reason.WINDOW_COVERED: "somebody covers it",
    Reason.PERSON_DEACTIVATED: "the person is not active any more",
    Reason.GAP_COVERED: "it is covered",
    Reason.DUTY_ANSWERED: "the duty was answered",
    Reason.PERSON_AWAY: "the person is away",
    Reason.NO_LONGER_USEFUL: "it was of no use any more",
    Reason.TROUBLE_OVER: "the failure is over",
    Reason.PLACE_FILLED: "the place is filled",
    Reason.WINDOW_UNCOVERED: "it was told as an open check that nobody has",
}
"""Every reason for which a message is held back or taken back."""
STEP_WORDS = {
    Step.OPENING: "at its opening",
    Step.NUDGE: "half-way",
    Step.LAST_CALL: "last call",
    Step.ESCALATION: "escalation",
}
"""The steps that say more than the reason does."""
STATE_WORDS = {
    NoticeState.PENDING: "Waiting",
    NoticeState.SENDING: "Being sent",
    NoticeState.UNKNOWN: "Perhaps sent, being looked up",
    NoticeState.SENT: "Sent",
    NoticeState.DELIVERED: "Delivered",
    NoticeState.FAILED: "Reached nobody",
    NoticeState.SKIPPED: "Not sent: too late to be of use",
    NoticeState.WITHDRAWN: "Not sent: no longer true",
}
ATTEMPT_WORDS = {
    DeliveryState.SENDING: "being sent",
    DeliveryState.UNKNOWN: "perhaps sent, being looked up",
    DeliveryState.SENT: "accepted by the provider",
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.DEFERRED: "put off by the provider",
    DeliveryState.FAILED: "failed",
}


def reason_words(reason: Reason, step: Step) -> str:
    """Return why a message was owed, with its step where that says more."""
    words = REASON_WORDS.get(reason, reason.replace("_", " "))
    return f"{words}, {STEP_WORDS[step]}" if step in STEP_WORDS else words


def why_words(why: Reason) -> str:
    """Return why a message was held back or taken back."""
    return WHY_WORDS.get(why, why.replace("_", " "))
