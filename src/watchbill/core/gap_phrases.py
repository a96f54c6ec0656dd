"""The words of each message about windows that nobody covers; the ED's may take three segments."""

from __future__ import annotations

from watchbill.core.instants import clock_words, date_words
from watchbill.core.policy import Agency
from watchbill.core.reasons import Step
from watchbill.core.windows import Occasion
from watchbill.core.wording import GapWords, Message, Subject, hours, message

MOST_SEGMENTS = 3
MOST_LISTED = 12
MOST_DATES = 5


def span_of(windows: tuple[Occasion, ...], agency: Agency) -> str:
    """Return a run of windows for a person: ``Thu Dec 24 to Sat Dec 26 (5 checks)``."""
    first, last = windows[0], windows[-1]
    if first is last:
        return f"{date_words(first.day)} {hours(first, agency)}"
    days = (
        date_words(first.day)
        if first.day == last.day
        else f"{date_words(first.day)} to {date_words(last.day)}"
    )
    return f"{days} ({len(windows)} checks)"


def _listed(gap: GapWords, agency: Agency) -> str:
    lines = [f"- {date_words(w.day)}, {hours(w, agency)}" for w in gap.windows[:MOST_LISTED]]
    more = len(gap.windows) - MOST_LISTED
    if more > 0:
        lines.append(f"- and {more} more, the last on {date_words(gap.windows[-1].day)}")
    return "\n".join([f"Why: {gap.why}" if gap.why else "", *lines]).strip()


def _spans(subject: Subject) -> str:
    """Return where the gaps lie, short enough for a text: one in full, several by their dates."""
    if len(subject.gaps) == 1:
        return span_of(subject.gaps[0].windows, subject.agency)
    count = sum(len(gap.windows) for gap in subject.gaps)
    dates = [_dates(gap.windows) for gap in subject.gaps]
    more = len(dates) - MOST_DATES
    shown = ", ".join(dates[:MOST_DATES]) + (f" and {more} more times" if more > 0 else "")
    return f"{shown} ({count} checks)" if dates else "some windows"


def _dates(windows: tuple[Occasion, ...]) -> str:
    first, last = windows[0].day, windows[-1].day
    if first == last:
        return f"{first:%b} {first.day}"
    end = (
        f"{last.day}"
        if (first.year, first.month) == (last.year, last.month)
        else f"{last:%b} {last.day}"
    )
    return f"{first:%b} {first.day}-{end}"


def _designate(subject: Subject) -> str:
    if subject.link:
        return f" Designate somebody: {subject.link}"
    if subject.replies:
        return f" Reply COVER name {subject.code}"
    return " Please designate somebody."


def warning(subject: Subject) -> Message:
    """Tell the PIO of gaps, and ask for a designee."""
    spans, why = _spans(subject), subject.gaps[0].why if subject.gaps else ""
    how = _designate(subject)
    return message(
        subject,
        [
            f"nobody covers the social media checks {spans}. {why}{how}",
            f"nobody covers the checks {spans}.{how}",
            f"nobody covers {spans}.{how}",
            f"nobody covers {spans}.",
        ],
        f"nobody covers the social media checks {_title(subject)}",
        [
            "Nobody covers these social media checks:",
            *(_listed(gap, subject.agency) for gap in subject.gaps),
            (
                f"Under {subject.agency.policy_name} the PIO ensures that there is coverage. Please designate "
                "somebody; the Executive Director is told before the first of them opens."
            ),
        ],
        link_label="Designate somebody",
    )


def changed(subject: Subject) -> Message:
    """Tell that a gap is another than was told."""
    spans = _spans(subject)
    return message(
        subject,
        [
            f"CHANGED: what nobody covers is now {spans}.{_designate(subject)}",
            f"CHANGED: nobody covers {spans}.",
        ],
        f"changed: nobody covers the social media checks {_title(subject)}",
        [
            "You were told that nobody covers some social media checks. That has changed; they are now:",
            *(_listed(gap, subject.agency) for gap in subject.gaps),
        ],
        link_label="Designate somebody",
    )


def _title(subject: Subject) -> str:
    spans = [span_of(gap.windows, subject.agency) for gap in subject.gaps]
    more = f" and {len(spans) - 1} more times" if len(spans) > 1 else ""
    return f"{spans[0] if spans else ''}{more}"


def _names(subject: Subject) -> str:
    return ", ".join(f"{letter} {name}" for letter, name in subject.candidates)


def _appoint(subject: Subject) -> list[str]:
    """Return how the ED can appoint from a phone, the fullest way first."""
    if not subject.candidates:
        return [" Nobody is free for all of it. Please find somebody, or view the pages yourself."]
    names, letter = _names(subject), subject.candidates[0][0]
    reply = f" Reply e.g. {letter} {subject.code}"
    ways = []
    if subject.replies and subject.link:
        ways.append(f" Appoint: {names}.{reply} or tap {subject.link}")
    if subject.replies:
        ways.append(f" Appoint: {names}.{reply}")
    elif subject.link:
        ways.append(f" Free: {names}. Appoint: {subject.link}")
    return [*ways, f" Free: {names}. Please appoint an interim monitor."]


def _longest_first(subject: Subject, full: str, short: str) -> list[str]:
    """Return the texts to choose from: rather fewer words about the gap than no way to answer."""
    *ways, plain = _appoint(subject)
    ends = [[*ways], [plain], [" Please appoint an interim monitor."]]
    return [f"{words}{how}" for hows in ends for words in (full, short) for how in hows]


def _free_lines(subject: Subject) -> list[str]:
    if not subject.candidates:
        return ["Nobody is free for all of it. You may view the pages yourself: a check by you counts."]
    listing = "\n".join(f"{letter}  {name}" for letter, name in subject.candidates)
    return [f"Free for all of it, those who stood in last first:\n{listing}"]


def escalation(subject: Subject) -> Message:
    """Tell the ED of a gap, why it is one, and who is free."""
    spans, why = _spans(subject), subject.gaps[0].why if subject.gaps else ""
    news = "CHANGED: " if subject.step is Step.CHANGED else ""
    lead = f"{news}NOBODY covers the social media checks {spans}."
    short = f"{news}NOBODY covers {spans}."
    return message(
        subject,
        _longest_first(subject, f"{lead} {why}", short),
        f"{news}NOBODY covers the social media checks {_title(subject)}",
        [
            "Nobody covers these social media checks:",
            *(_listed(gap, subject.agency) for gap in subject.gaps),
            *_free_lines(subject),
            (
                f"Under {subject.agency.policy_name} the Executive Director appoints an interim monitor. You "
                "are told again, twice a day, until somebody covers."
            ),
        ],
        link_label="Appoint an interim monitor",
        most=MOST_SEGMENTS,
    )


def uncovered(subject: Subject) -> Message:
    """Tell the ED that a window has opened, and that nobody has it."""
    window = subject.window
    if window is None:
        raise ValueError("a notice of an uncovered window is about a window")
    agency = subject.agency
    why = f" {subject.why_nobody}" if subject.why_nobody else ""
    more = _more(subject)
    lead = f"NOBODY is assigned to the social media check {date_words(window.day)} {hours(window, agency)}."
    lead += more
    short = f"NOBODY covers the check until {clock_words(window.closes_at, agency.zone)}.{more}"
    return message(
        subject,
        _longest_first(subject, f"{lead}{why}", short),
        f"NOBODY is assigned to the social media check of {date_words(window.day)}, {hours(window, agency)}",
        [
            f"{lead}{why}",
            *_free_lines(subject),
            (
                f"Under {agency.policy_name} the Executive Director appoints an interim monitor. Until then "
                "you may view the pages yourself: a check by you counts."
            ),
        ],
        link_label="Appoint an interim monitor",
        most=MOST_SEGMENTS,
    )


def _more(subject: Subject) -> str:
    """Return how far the gap goes that an open window is a part of."""
    ahead = [w for gap in subject.gaps for w in gap.windows if w != subject.window]
    if not ahead:
        return ""
    checks = "check" if len(ahead) == 1 else "checks"
    return f" Nor to {len(ahead)} more {checks} until {date_words(ahead[-1].day)}."
