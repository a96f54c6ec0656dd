"""The words of each message about a window: one SMS segment, and a mail that says the same.

No message carries case content (Statement 4); reminders fit one GSM-7 segment (DOMAIN §5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from watchbill.core import duty_phrases, gap_phrases, house_phrases
from watchbill.core.instants import clock_words, date_words, local_date
from watchbill.core.reasons import Reason, Step
from watchbill.core.windows import Occasion, State
from watchbill.core.wording import Message, Subject, hours, in_words, message, page_count

ENTER_IT_STILL = (
    "Somebody who did view the pages in time can still enter it, with its time, until midnight. A check "
    "made now counts as late."
)


def compose(subject: Subject) -> Message:
    """Return the message for a notice; every reason has its sentence."""
    return COMPOSERS[subject.reason](subject)


def _reminder(subject: Subject) -> Message:
    window, agency = _window(subject), subject.agency
    until = clock_words(window.closes_at, agency.zone)
    left = in_words(window.closes_at - subject.now)
    if not subject.is_responsible:
        return _last_call_copy(subject, until, left)
    lead = {
        Step.OPENING: f"please view {page_count(subject)} by {until}",
        Step.NUDGE: f"the check of {page_count(subject)} is still open, please view by {until}",
    }.get(subject.step, f"LAST CALL, {left} left: view {page_count(subject)} by {until}")
    whole = f"our {page_count(subject, 'social media ')}".replace("our the", "our")
    wide = lead.replace(page_count(subject), whole)
    texts = [f"{words}.{answer}" for answer in _ways_to_answer(subject) for words in (wide, lead)]
    if subject.link:
        reply = f" or reply DONE {subject.code}" if subject.replies else ""
        texts += [f"view by {until}: {subject.link}{reply}", f"{subject.link}{reply}", subject.link]
    title = {
        Step.OPENING: f"social media check, due by {until}",
        Step.NUDGE: f"social media check still open, due by {until}",
    }.get(subject.step, f"LAST CALL: social media check, {left} left")
    paragraphs = [
        (
            f"You are responsible for the social media check of {date_words(window.day)}, "
            f"{hours(window, agency)}. It is due by {until}, in {left}."
        ),
        f"Pages to view: {', '.join(subject.page_names) or 'none; please tell Information Services'}.",
    ]
    if subject.link:
        paragraphs.append("When you have viewed them, open the link below and press the one button.")
    return message(subject, texts, title, paragraphs)


def _ways_to_answer(subject: Subject) -> list[str]:
    """Return how a check can be recorded from a phone, the fullest way first."""
    reply = f"DONE {subject.code}"
    ways = []
    if subject.link and subject.replies:
        ways.append(f" Then tap {subject.link} or reply {reply}")
    if subject.link:
        ways.append(f" Then tap {subject.link}")
    if subject.replies:
        ways.append(f" Then reply {reply}")
    return ways or [""]


def _last_call_copy(subject: Subject, until: str, left: str) -> Message:
    window = _window(subject)
    who = subject.responsible or "nobody"
    return message(
        subject,
        [
            f"the social media check until {until} is not done yet, {left} left. Responsible: {who}.",
            f"check until {until} not done, {left} left.",
        ],
        f"LAST CALL: social media check not done, {left} left",
        [
            (
                f"The social media check of {date_words(window.day)}, {hours(window, subject.agency)}, is "
                f"not done yet. Responsible is {who}, who has been told as well. "
                f"It is due by {until}, in {left}."
            )
        ],
    )


def _outcome(subject: Subject, window: Occasion, state: State) -> str:
    became = {
        State.LATE: "was missed, and made up late",
        State.COMPLETED: "was completed",
    }.get(state, "was missed")
    return f"{date_words(window.day)}, {hours(window, subject.agency)} ({window.rule}) {became}"


def _missed(subject: Subject) -> Message:
    window = _window(subject)
    state = subject.outcomes[0][1] if subject.outcomes else State.MISSED
    who = subject.responsible or "nobody was assigned"
    made_up = " It was made up late." if state is State.LATE else ""
    still = _still(subject)
    still_brief = _still_briefly(subject)
    brief = f"MISSED: social media check {date_words(window.day)} {hours(window, subject.agency)}"
    return message(
        subject,
        [
            f"{brief}. Responsible: {who}.{made_up} {still}",
            f"{brief}. Responsible: {who}.{made_up} {still_brief}",
            f"{brief}, {who}.{made_up} {still_brief}",
            f"{brief}.{made_up} {still_brief}",
            f"{brief}. Responsible: {who}.{made_up}",
            f"{brief}.{made_up}",
        ],
        f"MISSED: social media check of {date_words(window.day)}, {hours(window, subject.agency)}",
        [
            f"The social media check of {_outcome(subject, window, state)}. Responsible: {who}.",
            still,
            *([] if _is_over(subject) else [ENTER_IT_STILL]),
        ],
    )


def _is_over(subject: Subject) -> bool:
    """Whether the window's local day has ended: its states are final, and nothing can be entered."""
    return local_date(subject.now, subject.agency.zone) > _window(subject).day


def _still_briefly(subject: Subject) -> str:
    if _is_over(subject):
        met = subject.can_be_met and not subject.lacking
        return "That day's viewings are complete all the same." if met else "That day is over."
    if not subject.can_be_met:
        return "Today's viewings can no longer be made up."
    if not subject.lacking:
        return "Today's viewings are complete all the same."
    return f"Still possible today: {subject.lacking} more viewing{'' if subject.lacking == 1 else 's'}."


def _still(subject: Subject) -> str:
    if _is_over(subject):
        met = subject.can_be_met and not subject.lacking
        ending = "met all the same" if met else "not met"
        return f"That day has ended, and its record is final. The demand of the policy was {ending}."
    if not subject.can_be_met:
        return "Today's demand of the policy can no longer be met."
    if not subject.lacking:
        return "Today's demand of the policy is met all the same."
    if subject.lacking == 1:
        return "Today's demand of the policy can still be met: 1 more viewing of the pages today."
    return (
        f"Today's demand of the policy can still be met: {subject.lacking} more viewings of the pages "
        f"today, {in_words(subject.separation)} apart."
    )


def _unattended(subject: Subject) -> Message:
    count = len(subject.outcomes)
    missed = sum(state is not State.COMPLETED for _, state in subject.outcomes)
    windows = "1 check window" if count == 1 else f"{count} check windows"
    listing = [f"- {_outcome(subject, window, state)}" for window, state in subject.outcomes]
    return message(
        subject,
        [
            (
                f"watchbill was not running for {windows}, nobody was reminded; {missed} not completed. "
                f"See mail or log."
            )
        ],
        f"watchbill was not running for {windows}; {missed} not completed",
        [
            (
                f"The program was not running while {windows} opened and closed, so nobody was reminded. "
                f"This is not the fault of whoever was responsible. {missed} not completed:"
            ),
            "\n".join(listing),
            "Information Services: please find out why it was not running.",
        ],
    )


def _window(subject: Subject) -> Occasion:
    if subject.window is None:
        message = f"a notice of {subject.reason} is about a window"
        raise ValueError(message)
    return subject.window


COMPOSERS: Mapping[Reason, Callable[[Subject], Message]] = {
    Reason.CHECK_DUE: _reminder,
    Reason.WINDOW_MISSED: _missed,
    Reason.WINDOW_UNCOVERED: gap_phrases.uncovered,
    Reason.WINDOWS_UNATTENDED: _unattended,
    Reason.PERSON_UNREACHABLE: duty_phrases.unreachable,
    Reason.DUTY_ASSIGNED: duty_phrases.assigned,
    Reason.DUTY_ENDED: duty_phrases.relieved,
    Reason.ACT_IN_YOUR_NAME: duty_phrases.in_your_name,
    Reason.CHILD_REFERRED: duty_phrases.child,
    Reason.TEST_ASKED_FOR: duty_phrases.test,
    Reason.GAP_FOUND: gap_phrases.warning,
    Reason.GAP_AHEAD: gap_phrases.warning,
    Reason.GAP_CHANGED: gap_phrases.changed,
    Reason.GAP_ESCALATED: gap_phrases.escalation,
    Reason.DUTY_UNCONFIRMED: duty_phrases.unconfirmed,
    Reason.DUTY_DECLINED: duty_phrases.declined,
    Reason.DUTY_ARRANGED: duty_phrases.arranged,
    Reason.HOLDER_AWAY: duty_phrases.holder_away,
    Reason.HAND_OVER: duty_phrases.hand_over,
    Reason.NO_WORKING_CHANNEL: house_phrases.no_working_channel,
    Reason.CHANNEL_STOPPED: house_phrases.channel_stopped,
    Reason.CODES_LOCKED: house_phrases.codes_locked,
    Reason.PLACE_VACANT: house_phrases.vacant,
    Reason.TECHNICAL_FAILURE: house_phrases.technical,
    Reason.DIGEST_DUE: house_phrases.digest,
    Reason.ANSWER: house_phrases.answer,
    Reason.LEAVE_RECORDED: house_phrases.leave,
    Reason.SIGN_IN_ASKED: house_phrases.sign_in,
    Reason.PROOF_ASKED: house_phrases.proof,
}
