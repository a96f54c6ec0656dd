"""The words of each message about a person or a duty: one SMS segment, and a mail that says the same."""

from __future__ import annotations

from watchbill.core.instants import clock_words, date_words, local_date, span_words
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


def assigned(subject: Subject) -> Message:
    """Tell somebody that the duty is theirs, and ask a designee to accept."""
    duty, span, code = subject.duty or "designated", _span(subject), subject.code
    appointed = duty.startswith("appointed")
    reply = (
        f" Reply DECLINE {code} if you cannot."
        if appointed
        else f" Reply ACCEPT {code} or DECLINE {code}"
    )
    link = f" {subject.link}" if subject.link else ""
    answers = [reply if subject.replies else "", ""]
    words = f"you are {duty} to check our pages {span}."
    by, maker = (f" Set by {subject.by}.", f" (set by {subject.by})") if subject.by else ("", "")
    texts = [f"{words}{by}{link}{answers[0]}", f"{words}{link}{answers[0]}"]
    asked = (
        "The appointment counts already. If you cannot do it, say so at once."
        if appointed
        else "It counts already. Please accept, or decline, so that somebody else can be asked."
    )
    return message(
        subject,
        [*texts, f"{words}{answers[0]}", words],
        f"you are {duty} to check the agency's pages",
        [
            f"You are {duty} to view the agency's social networking pages, {span}{maker}. {asked}",
            *subject.brief,
            "You will be reminded when each check is due.",
        ],
        link_label="Say that you cannot" if appointed else "Accept or decline",
    )


def unconfirmed(subject: Subject) -> Message:
    """Tell the PIO that a designee has not accepted."""
    who, span = subject.person or "somebody", _span(subject)
    return message(
        subject,
        [f"{who} has not accepted the duty {span} yet. Please ask, or designate somebody else."],
        f"{who} has not accepted the duty yet",
        [
            (
                f"{who} was designated to view the agency's social networking pages, {span}, and has neither "
                "accepted nor declined. The designation counts all the same. Please ask in person, or "
                "designate somebody else."
            )
        ],
    )


def declined(subject: Subject) -> Message:
    """Tell whoever made a duty that its holder declined."""
    who, span = subject.person or "somebody", _span(subject)
    return message(
        subject,
        [
            f"{who} DECLINED the duty to check our pages {span}. Please designate somebody else.",
            f"{who} DECLINED the duty {span}.",
        ],
        f"{who} declined the duty",
        [
            (
                f"{who} declined to view the agency's social networking pages, {span}. Who covers it now is "
                "found out anew; you are told if nobody does."
            )
        ],
    )


def arranged(subject: Subject) -> Message:
    """Tell the PIO and the ED that an interim monitor was appointed."""
    who, span = subject.person or "somebody", _span(subject)
    return message(
        subject,
        [f"{who} is {subject.duty} {span}, by {subject.by}.", f"{who} is {subject.duty} {span}."],
        f"{who} is {subject.duty}",
        [f"{who} is {subject.duty} for the agency's social networking pages, {span}, by {subject.by}."],
    )


def holder_away(subject: Subject) -> Message:
    """Tell the holder of a duty, and whoever made it, that leave opens it again."""
    who, span = subject.person or "somebody", _span(subject)
    own = subject.person == subject.recipient
    lead = "you are away" if own else f"{who} is away"
    return message(
        subject,
        [
            f"{lead} within the duty to check our pages {span}. It passes to whoever is next; see the plan.",
            f"{lead} within the duty {span}.",
        ],
        f"{lead} within a duty to check the agency's pages",
        [
            (
                f"{lead[0].upper()}{lead[1:]} for a part of the duty to view the agency's social networking "
                f"pages, {span}. For that part the duty passes to whoever is next in line; where that is "
                "nobody, it is a gap, and the PIO and the Executive Director are told."
            )
        ],
    )


def hand_over(subject: Subject) -> Message:
    """Tell the one who comes on and the one who goes off; the brief is for the one who comes on."""
    when = ""
    if subject.starts_at is not None:
        day = local_date(subject.starts_at, subject.agency.zone)
        when = f"{date_words(day)}, {clock_words(subject.starts_at, subject.agency.zone)}"
    comes_on = subject.responsible == subject.recipient
    other = subject.by or "nobody"
    lead = (
        f"From {when} on you are responsible for viewing the agency's social networking pages; until then "
        f"it is {other}."
        if comes_on
        else f"From {when} on {subject.responsible or 'nobody'} is responsible for viewing the agency's "
        "social networking pages, and you are not."
    )
    return message(
        subject,
        [f"hand-over {when}: {subject.responsible or 'nobody'} comes on."],
        f"hand-over of the social media watch, {when}",
        [lead, *(subject.brief if comes_on else ())],
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
    """Tell that a child at risk was referred, on which page and when; nothing of the content."""
    who, where = subject.person or "Somebody", ", ".join(subject.page_names)
    where = f" on {where}" if where else ""
    at = "" if subject.starts_at is None else f", {clock_words(subject.starts_at, subject.agency.zone)}"
    found = "a post about a child at risk"
    return message(
        subject,
        [
            f"CHILD: {who} found {found}{where}{at}. Referred; please see that the call was made.",
            f"CHILD: {who} found {found}{where}. See that the call was made.",
            f"CHILD: {who} found {found} and referred it. See that the call was made.",
            f"CHILD: {found} was found and referred. See that the call was made.",
        ],
        f"{found} was found and referred",
        [
            (
                f"{who} found{where}{at}, that somebody reports or describes a child at risk, and referred "
                "it. Nothing of what it says is kept here. Please see that the call was made."
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
