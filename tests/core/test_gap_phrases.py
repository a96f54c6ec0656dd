"""The words about windows that nobody covers: short enough for a phone, and always with the code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.cast import AGENCY, POLICY, local, window
from watchbill.core.candidates import LETTERS
from watchbill.core.codes import carries
from watchbill.core.gap_phrases import span_of
from watchbill.core.phrases import compose
from watchbill.core.reasons import Reason, Step
from watchbill.core.segments import segments
from watchbill.core.windows import occasions
from watchbill.core.wording import GapWords, Subject

CODE = "7K4P"
LINK = "https://watch.example.org/c/" + "aB3-_x" * 4
MORNING = window("2026-12-16", "weekday-morning")
NAMES = ("Dana Okafor", "Lee Park", "Pat Novak", "Sam Ito", "Alex Reyes", "Chris Doe")
LONG = tuple(f"{name} {'Wolfeschlegelsteinhausen' * 2}-{place}" for place, name in enumerate(NAMES))
HOSTILE = (
    "李小龙 \N{FACE WITH TEARS OF JOY} " * 6,
    "€{}[]~|^\\" * 8,
    "",
    "(7K4Q)",
    "X" * 300,
    "Łukasz Ðorđe",
)


def run(first: str, last: str, why: str = "Kim Rivera is sick.") -> GapWords:
    return GapWords(tuple(occasions(POLICY, date.fromisoformat(first), date.fromisoformat(last))), why)


WEEK = run("2026-12-14", "2026-12-18")


def subject(reason: Reason, **changes: Any) -> Subject:
    steps = {
        Reason.GAP_CHANGED: Step.CHANGED,
        Reason.GAP_ESCALATED: Step.ESCALATION,
        Reason.WINDOW_UNCOVERED: Step.UNCOVERED,
    }
    plain = Subject(
        agency=AGENCY,
        reason=reason,
        step=steps.get(reason, Step.WARNING),
        recipient="Morgan Hale",
        code=CODE,
        now=local("2026-12-14T09:00"),
        window=MORNING,
        why_nobody="Kim Rivera is sick.",
        gaps=(WEEK,),
    )
    return replace(plain, **changes)


def candidates(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(zip(LETTERS, names, strict=False))


with_and_without = pytest.mark.parametrize(
    ("link", "replies"),
    [(None, False), (None, True), (LINK, False), (LINK, True)],
    ids=["neither", "replies", "link", "both"],
)
to_the_ed = pytest.mark.parametrize("reason", [Reason.GAP_ESCALATED, Reason.WINDOW_UNCOVERED], ids=str)
to_the_pio = pytest.mark.parametrize(
    "reason", [Reason.GAP_FOUND, Reason.GAP_AHEAD, Reason.GAP_CHANGED], ids=str
)


# Length and code


@with_and_without
@to_the_ed
@pytest.mark.parametrize(
    "names", [(), NAMES[:1], NAMES, LONG, HOSTILE], ids=["none", "one", "six", "long", "hostile"]
)
@pytest.mark.parametrize("why", ["", "Kim Rivera is sick. Dana Okafor declined.", "Z" * 400])
def test_the_eds_text_takes_at_most_three_segments_and_has_its_code(
    reason: Reason, link: str | None, names: tuple[str, ...], why: str, *, replies: bool
) -> None:
    gap = replace(WEEK, why=why)
    one = subject(
        reason, link=link, replies=replies, candidates=candidates(names), gaps=(gap,), why_nobody=why
    )
    text = compose(one).text
    assert segments(text) <= 3
    assert carries(text, CODE)
    assert text.startswith("LCCS: ")
    assert "NOBODY" in text


@with_and_without
@to_the_pio
@pytest.mark.parametrize("why", ["", "Kim Rivera is away. Dana Okafor declined.", "Z" * 400])
@pytest.mark.parametrize("count", [1, 2, 30])
def test_the_pios_text_is_one_segment_with_its_code(
    reason: Reason, link: str | None, why: str, count: int, *, replies: bool
) -> None:
    gaps = tuple(run(f"2026-12-{day:02d}", f"2026-12-{day:02d}", why) for day in range(1, count + 1))
    text = compose(subject(reason, link=link, replies=replies, gaps=gaps)).text
    assert segments(text) == 1
    assert carries(text, CODE)
    assert text.startswith("LCCS: ")


# What it says


@with_and_without
@to_the_ed
def test_with_ordinary_names_all_six_stand_by_their_letters_and_why_is_said(
    reason: Reason, link: str | None, *, replies: bool
) -> None:
    text = compose(subject(reason, link=link, replies=replies, candidates=candidates(NAMES))).text
    assert all(f"{letter} {name}" in text for letter, name in candidates(NAMES))
    assert "Kim Rivera is sick." in text
    assert (LINK in text) == (link is not None)
    assert (f"A {CODE}" in text) == replies


@with_and_without
@to_the_ed
def test_long_names_do_not_push_out_how_to_answer(
    reason: Reason, link: str | None, *, replies: bool
) -> None:
    names = tuple(f"Maria-Alexandra van der Featherstone-{place}" for place in range(6))
    text = compose(subject(reason, link=link, replies=replies, candidates=candidates(names))).text
    assert segments(text) <= 3
    assert all(f"{letter} {name}" in text for letter, name in candidates(names))
    assert (f"A {CODE}" in text) == replies
    assert LINK in text or link is None or replies


@to_the_ed
def test_the_mail_lists_those_who_are_free_in_their_order(reason: Reason) -> None:
    plain = compose(subject(reason, candidates=candidates(NAMES), link=LINK)).plain()
    places = [plain.index(f"{letter}  {name}") for letter, name in candidates(NAMES)]
    assert places == sorted(places)
    assert LINK in plain


@to_the_ed
def test_where_nobody_is_free_that_is_said(reason: Reason) -> None:
    message = compose(subject(reason, link=LINK, replies=True))
    assert "Nobody is free" in message.text
    assert "a check by you counts" in message.plain()


def test_the_windows_are_named_in_full_in_the_mail_and_by_their_span_in_the_text() -> None:
    message = compose(subject(Reason.GAP_ESCALATED))
    assert "Mon Dec 14 to Fri Dec 18 (10 checks)" in message.text
    for one in WEEK.windows:
        assert f"- {one.day:%a %b} {one.day.day}, " in message.plain()


@pytest.mark.parametrize(
    ("first", "last", "count", "shown"),
    [
        ("2026-12-16", "2026-12-16", 1, "Wed Dec 16 8:30 AM-11:30 AM EST"),
        ("2026-12-16", "2026-12-16", 2, "Wed Dec 16 (2 checks)"),
        ("2026-12-30", "2027-01-02", 7, "Wed Dec 30 to Sat Jan 2 (7 checks)"),
    ],
)
def test_a_run_is_named_by_its_days(first: str, last: str, count: int, shown: str) -> None:
    windows = run(first, last).windows[:count]
    assert len(windows) == count
    assert span_of(windows, AGENCY) == shown


@to_the_pio
def test_several_gaps_are_one_text_that_counts_all_their_checks(reason: Reason) -> None:
    gaps = (run("2026-12-14", "2026-12-15"), run("2026-12-18", "2026-12-18"))
    message = compose(subject(reason, gaps=gaps))
    assert "Dec 14-15, Dec 18 (6 checks)" in message.text
    assert "Fri Dec 18" in message.plain()


def test_a_change_says_that_it_is_one() -> None:
    assert "CHANGED" in compose(subject(Reason.GAP_CHANGED)).text
    assert "CHANGED" in compose(replace(subject(Reason.GAP_ESCALATED), step=Step.CHANGED)).text
    assert "CHANGED" not in compose(subject(Reason.GAP_ESCALATED)).text


@pytest.mark.parametrize(
    ("link", "replies", "shown"),
    [
        (LINK, True, LINK),
        (LINK, False, LINK),
        (None, True, "COVER"),
        (None, False, "designate somebody"),
    ],
)
def test_the_pio_is_told_how_to_designate(link: str | None, shown: str, *, replies: bool) -> None:
    gaps = (run("2026-12-16", "2026-12-16", "Kim Rivera is away."),)
    text = compose(subject(Reason.GAP_FOUND, link=link, replies=replies, gaps=gaps)).text
    assert shown in text
