"""What all messages share: what they are about, one SMS segment, a mail in text and HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape

from watchbill.core.codes import carries
from watchbill.core.instants import clock_words
from watchbill.core.policy import Agency
from watchbill.core.reasons import Reason, Step
from watchbill.core.segments import segments, transliterate
from watchbill.core.windows import Occasion, State


@dataclass(frozen=True, slots=True)
class GapWords:
    """A gap in words: its windows that have not closed, and why nobody covers them."""

    windows: tuple[Occasion, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message is about, as facts are at the moment of sending.

    ``link``: where one tap records the check, ``None`` where links are off. ``outcomes``: windows
    with what became of them. ``can_be_met``: whether the policy's demand can still be met today, by
    ``lacking`` more viewings that lie ``separation`` apart. ``gaps``: what nobody covers;
    ``candidates``: who is free for it, each by a letter. ``replies``: whether answers by text are
    read. ``brief``: the paragraphs of the brief. ``title``, ``said``: the words of a mail that
    facts alone make, such as a digest.
    """

    agency: Agency
    reason: Reason
    step: Step
    recipient: str
    code: str
    now: datetime
    window: Occasion | None = None
    page_names: tuple[str, ...] = ()
    link: str | None = None
    responsible: str | None = None
    why_nobody: str | None = None
    outcomes: tuple[tuple[Occasion, State], ...] = ()
    can_be_met: bool | None = None
    lacking: int = 0
    separation: timedelta = timedelta(0)
    person: str | None = None
    by: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    duty: str | None = None
    gaps: tuple[GapWords, ...] = ()
    candidates: tuple[tuple[str, str], ...] = ()
    replies: bool = False
    brief: tuple[str, ...] = ()
    title: str = ""
    said: tuple[str, ...] = ()
    respond: bool = False
    is_responsible: bool = True


@dataclass(frozen=True, slots=True)
class Message:
    """A notice in words: what a phone shows, and what a mail says."""

    text: str
    subject: str
    paragraphs: tuple[str, ...]
    link: str | None = None
    link_label: str | None = None
    footer: tuple[str, ...] = field(default=())

    def plain(self) -> str:
        """Return the text part of the mail, lines ended by a line feed."""
        parts = list(self.paragraphs)
        if self.link is not None:
            parts.append(f"{self.link_label}:\n{self.link}")
        parts.append("\n".join(("--", *self.footer)))
        return "\n\n".join(parts) + "\n"

    def html(self) -> str:
        """Return the HTML part, which says the same as the text part."""
        body = [f"<p>{_lines(paragraph.splitlines())}</p>" for paragraph in self.paragraphs]
        if self.link is not None:
            body.append(f'<p><a href="{escape(self.link)}">{escape(self.link_label or "")}</a></p>')
        body.append(f"<hr>\n<p>{_lines(self.footer)}</p>")
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f"<title>{escape(self.subject)}</title></head>\n<body>\n"
            + "\n".join(body)
            + "\n</body></html>\n"
        )


def _lines(lines: Iterable[str]) -> str:
    """Return lines of text as HTML that keeps them lines."""
    return "<br>\n".join(escape(line) for line in lines)


def fit(short_name: str, candidates: Sequence[str], code: str, most: int = 1) -> str:
    """Return the first text that fits ``most`` segments, with the agency before it, and the code in it.

    Where a text does not show the code itself, it stands behind. Where none fits, the last is cut;
    the code is never cut.
    """
    before = transliterate(f"{short_name}: ")
    texts = [transliterate(text) for text in candidates]
    whole = [f"{before}{text}{'' if carries(text, code) else f' ({code})'}" for text in texts]
    chosen = next((text for text in whole if segments(text) <= most), None)
    if chosen is not None:
        return chosen
    cut, behind = texts[-1], f" ({code})"
    while cut and segments(f"{before}{cut}{behind}") > most:
        cut = cut[:-1]
    return f"{before}{cut}{behind}"


def hours(window: Occasion, agency: Agency) -> str:
    """Return a window's hours for a person: ``8:30 AM-11:30 AM EST``."""
    opens = clock_words(window.opens_at, agency.zone).rsplit(" ", 1)[0]
    return f"{opens}-{clock_words(window.closes_at, agency.zone)}"


def in_words(span: timedelta) -> str:
    """Return a span for a person, in whole minutes or hours: ``25 minutes``, ``3 hours``."""
    minutes = max(0, round(span.total_seconds() / 60))
    hours_left, rest = divmod(minutes, 60)
    if hours_left >= 2:  # noqa: PLR2004 - two hours and more are said in hours
        return f"{hours_left} hours" + (f" {rest} minutes" if rest else "")
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def _footer(subject: Subject) -> tuple[str, ...]:
    return (
        f"{subject.agency.name}, social media watch under {subject.agency.policy_name}",
        *subject.agency.contact_lines,
        f"Reference {subject.code}. Sent by watchbill; nobody reads replies to this address.",
    )


def page_count(subject: Subject, kind: str = "") -> str:
    """Return how many pages there are to view: ``3 pages``, ``3 social media pages``."""
    count = len(subject.page_names)
    if not count:
        return f"the {kind}pages"
    return f"1 {kind}page" if count == 1 else f"{count} {kind}pages"


def message(
    subject: Subject,
    texts: Sequence[str],
    title: str,
    paragraphs: Sequence[str],
    *,
    link_label: str = "Record the check",
    most: int = 1,
) -> Message:
    """Return a message from texts (the longest first), a title and the paragraphs of the mail.

    ``most``: how many segments the text may take.
    """
    short = subject.agency.short_name
    return Message(
        text=fit(short, texts, subject.code, most),
        subject=f"{short}: {title}",
        paragraphs=(f"{subject.recipient},", *paragraphs),
        link=subject.link,
        link_label=link_label if subject.link else None,
        footer=_footer(subject),
    )
