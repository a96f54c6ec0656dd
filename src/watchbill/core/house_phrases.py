"""The words of what is said whatever the windows do: digests, failures, answers to texts."""

from __future__ import annotations

from watchbill.core.instants import span_words
from watchbill.core.wording import Message, Subject, message

MOST_SEGMENTS = 3


def digest(subject: Subject) -> Message:
    """Say what is covered today, and what was done; its absence is the alarm."""
    return message(
        subject,
        ["today's digest is in the mail."],
        subject.title,
        subject.said,
        link_label="Say that you will be away",
    )


def leave(subject: Subject) -> Message:
    """Confirm somebody's leave to them, without its kind, and offer the way back."""
    when = ""
    if subject.starts_at is not None and subject.ends_at is not None:
        when = span_words(subject.starts_at, subject.ends_at, subject.agency.zone)
    by = f" (entered by {subject.by})" if subject.by and subject.by != subject.recipient else ""
    paragraphs = [
        (
            f"You are recorded as away from the social media watch, {when}{by}. Nothing is asked of you in "
            "that time."
        )
    ]
    if subject.link:
        paragraphs.append("If you are back earlier, open the link below and press the one button.")
    return message(
        subject,
        [f"you are recorded as away, {when}."],
        f"you are recorded as away, {when}",
        paragraphs,
        link_label="End it early: I am back",
    )


def sign_in(subject: Subject) -> Message:
    """Give somebody the way to sign in that they asked for; good for a quarter of an hour, once."""
    return message(
        subject,
        ["the way to sign in is in the mail."],
        "sign in to the social media watch",
        [
            (
                "Somebody, you most likely, asked to sign in to the social media watch with this address. "
                "Open the link and press the one button; it is good for 15 minutes, and once."
                if subject.link
                else "Somebody, you most likely, asked to sign in to the social media watch. Messages of this "
                "agency carry no links: ask Information Services, who can make one (`watchbill login-link`)."
            ),
            "If it was not you, there is nothing to do: without this mail nobody can sign in as you.",
        ],
        link_label="Sign in",
    )


def proof(subject: Subject) -> Message:
    """Give somebody the code by which they show that this channel reaches them."""
    return message(
        subject,
        [f"your code to prove that texts reach you: {subject.code}. Enter it on your page."],
        "the code that proves that mail reaches you",
        [
            (
                f"Your code is {subject.code}. Enter it on your page of the social media watch, where you asked "
                "for it; it proves that messages by this way reach you."
            )
        ],
    )


def answer(subject: Subject) -> Message:
    """Answer what somebody texted; ``{code}`` stands for the code of the answer."""
    words = " ".join(subject.said).replace("{code}", subject.code)
    return message(subject, [words], "your text to the agency", [words], most=MOST_SEGMENTS)


def technical(subject: Subject) -> Message:
    """Tell Information Services what fails."""
    words = " ".join(subject.said)
    return message(
        subject,
        [f"technical: {words}", f"technical: {words[:100]}"],
        f"technical failure: {subject.title}",
        [words, "`watchbill status` and the log of the service say more."],
        most=MOST_SEGMENTS,
    )


def no_working_channel(subject: Subject) -> Message:
    """Warn that somebody who is soon to be responsible cannot be reached."""
    who = subject.person or "somebody"
    return message(
        subject,
        [
            f"{who} is to check our pages within days and no channel reaches them. Please correct it.",
            f"no channel reaches {who}, who is soon responsible.",
        ],
        f"no channel reaches {who}, who is soon responsible",
        [
            (
                f"{who} is to be responsible for the agency's social networking pages soon, and no channel "
                "reaches them: texts were stopped, an address was refused, or the last messages were not "
                "delivered. Please correct the number or address, or designate somebody else; "
                "`watchbill test-message` proves a channel."
            )
        ],
    )


def channel_stopped(subject: Subject) -> Message:
    """Tell that somebody has stopped our texts."""
    who = subject.person or "somebody"
    return message(
        subject,
        [f"{who} texted STOP: no text reaches them until they text START to our number."],
        f"{who} has stopped our texts",
        [
            (
                f"{who} texted STOP to the agency's number. Their carrier lets no text of ours through until "
                "they text START. Messages go by their other channels, if they have any."
            )
        ],
    )


def codes_locked(subject: Subject) -> Message:
    """Tell Information Services that five wrong codes came from one number."""
    who = subject.person or "somebody"
    return message(
        subject,
        [f"five wrong codes came from the number of {who}; its texts do nothing for an hour."],
        f"five wrong codes from the number of {who}",
        [
            (
                f"Five texts with wrong codes came from the number of {who}. Acts by text from it are locked "
                "for an hour. If it was not them, somebody is forging their number."
            )
        ],
    )


def vacant(subject: Subject) -> Message:
    """Tell that there is no PIO, or no page to watch."""
    if subject.title == "pio":
        words = "there is no active Public Information Officer, so nobody has the social media watch."
        cure = "Give one person the role `pio`, and appoint an interim monitor until then."
    else:
        words = "no social networking page is active, so there is nothing that could be viewed."
        cure = "Add the agency's pages with `watchbill page add`."
    return message(
        subject, [f"{words} {cure}", words], words.rstrip("."), [f"{words[0].upper()}{words[1:]}", cure]
    )
