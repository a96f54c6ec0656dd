"""The brief for whoever comes on: windows, pages, what to look for, whom to call, what they may do."""

from __future__ import annotations

from collections.abc import Sequence

from watchbill.core.checks import KINDS_OF_CONTENT, Category
from watchbill.core.instants import date_words
from watchbill.core.policy import Agency
from watchbill.core.roster import Page
from watchbill.core.windows import Occasion
from watchbill.core.wording import hours

MOST_WINDOWS = 12


def brief(
    agency: Agency, windows: Sequence[Occasion], pages: Sequence[Page], *, respond: bool
) -> tuple[str, ...]:
    """Return the paragraphs of the brief (Policy 1004 §1, §5, §6, §8)."""
    found = [f"{number}. {words}" for number, words in enumerate(KINDS_OF_CONTENT, start=1)]
    others = [Category.OFFENSIVE.words, Category.ADVERTISING.words, Category.NOTICE_MISSING.words]
    may = (
        "You may monitor and respond on the agency's pages."
        if respond
        else "You may monitor; responses stay with the PIO and the Executive Director."
    )
    return (
        "When to look:\n" + "\n".join(_window_lines(agency, windows)),
        "Pages:\n" + "\n".join(f"- {page.name}: {page.url}" for page in pages)
        if pages
        else "Pages: none yet.",
        "What to look for, by number:\n" + "\n".join(found),
        "Also: " + "; ".join(others) + ".",
        "\n".join(
            (
                "If somebody reports or describes a child at risk, call first, before anything else:",
                *(agency.contact_lines or ("the agency's own lines",)),
            )
        ),
        f"{may} What is hidden or deleted may be a public record: keep a copy first.",
    )


def _window_lines(agency: Agency, windows: Sequence[Occasion]) -> list[str]:
    lines = [f"- {date_words(w.day)}, {hours(w, agency)}" for w in windows[:MOST_WINDOWS]]
    more = len(windows) - MOST_WINDOWS
    return (
        [*lines, f"- and {more} more"] if more > 0 else (lines or ["- no check falls into this time"])
    )
