"""The words of each message about a person or a duty: one SMS segment, and a mail that says the same."""

from __future__ import annotations

from watchbill.core.instants import span_words
from watchbill.core.wording import Message, Subject, message


def unreachable(subject: Subject) -> Message:
    """Tell others that no message reaches somebody."""
    who = subject.person or "somebody"
    return message(
        subject,
        [
            f"no message reaches {who}: every channel failed. Please tell them in person.",
            f"no message reaches {who}.",
        ],
        f"no message reaches {who}",
        [
            (
                f"A message to {who} could not be delivered by any channel. What it said is in the log of "
                "notices. Please tell them in person, and correct the number or address."
            ),
        ],
    )


def _span(subject: Subject) -> str:
    if subject.starts_at is None or subject.ends_at is None:
        return ""
    return span_words(subject.starts_at, subject.ends_at, subject.agency.zone)


def _authority(subject: Subject) -> str:
    if subject.respond:
        return "You may monitor and respond."
    return "You may monitor; responses stay with the PIO and the ED."


def assigned(subject: Subject) -> Message:
    """Tell somebody that the duty is theirs."""
    duty = subject.duty or "designated"
    return message(
        subject,
        [
            f"you are {duty} to check our pages {_span(subject)}. Set by {subject.by}.",
            f"you are {duty} to check our pages {_span(subject)}.",
        ],
        f"you are {duty} to check the agency's pages",
        [
            (
                f"You are {duty} to view the agency's social networking pages, {_span(subject)} (set by "
                f"{subject.by}). {_authority(subject)}"
            ),
            f"Pages: {', '.join(subject.page_names) or 'none yet'}.",
            "You will be reminded when each check is due.",
        ],
    )


def relieved(subject: Subject) -> Message:
    """Tell somebody that their duty was ended."""
    return message(
        subject,
        [
            f"your duty to check our pages {_span(subject)} was ended by {subject.by}.",
            "your duty to check our pages was ended.",
        ],
        "your duty to check the agency's pages was ended",
        [
            (
                f"Your duty to view the agency's social networking pages, {_span(subject)}, was ended by "
                f"{subject.by}."
            )
        ],
    )


def in_your_name(subject: Subject) -> Message:
    """Tell somebody what was done in their name."""
    return message(
        subject,
        [
            (
                f"in your name {subject.person} was {subject.duty} to check our pages {_span(subject)}. "
                f"Not you? Tell Information Services."
            ),
            f"in your name {subject.person} was {subject.duty}, {_span(subject)}.",
        ],
        f"{subject.person} was {subject.duty} in your name",
        [
            (
                f"In your name {subject.person} was {subject.duty} to view the agency's social networking "
                f"pages, {_span(subject)}. It was entered on the server's command line."
            ),
            "If that was not your wish, tell Information Services.",
        ],
    )


def child(subject: Subject) -> Message:
    """Tell that a child at risk was referred; nothing of the content."""
    return message(
        subject,
        [
            f"CHILD: {subject.person} found a post about a child at risk and referred it. Please follow up.",
            "CHILD: a post about a child at risk was found and referred. Please follow up.",
        ],
        "a post about a child at risk was found and referred",
        [
            (
                f"{subject.person} found on the agency's pages that somebody reports or describes a child at "
                "risk, and referred it. Nothing of what it says is kept here."
            ),
            *subject.agency.contact_lines,
        ],
    )


def test(subject: Subject) -> Message:
    """Prove that a channel works."""
    return message(
        subject,
        ["this is a test of watchbill. If you read it, this channel works."],
        "a test of watchbill",
        ["This is a test. If you read it, this channel works; there is nothing to do."],
    )
