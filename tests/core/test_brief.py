"""The brief for whoever comes on: windows, pages, what to look for, whom to call, what they may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.cast import AGENCY, PAGES, POLICY
from watchbill.core.brief import brief
from watchbill.core.checks import KINDS_OF_CONTENT
from watchbill.core.windows import occasions

WEEK = occasions(POLICY, date(2026, 12, 14), date(2026, 12, 20))


def text(*, respond: bool = False, days: int = 7, pages: bool = True, lines: bool = True) -> str:
    agency = AGENCY if lines else replace(AGENCY, contact_lines=())
    ahead = occasions(POLICY, date(2026, 12, 14), date(2026, 12, 13 + days))
    return "\n\n".join(brief(agency, ahead, PAGES if pages else (), respond=respond))


@pytest.mark.parametrize(
    "line",
    [
        "- Mon Dec 14, 8:30 AM-11:30 AM EST",
        "- Mon Dec 14, 1:30 PM-4:30 PM EST",
        "- Sun Dec 20, 10:00 AM-6:00 PM EST",
    ],
)
def test_every_window_stands_in_it_with_its_local_hours(line: str) -> None:
    assert line in text().split("\n")


def test_hours_are_those_of_their_own_day_where_the_clocks_change() -> None:
    around = occasions(POLICY, date(2026, 10, 31), date(2026, 11, 1))
    (when, *_) = brief(AGENCY, around, PAGES, respond=False)
    assert "- Sat Oct 31, 10:00 AM-6:00 PM EDT" in when
    assert "- Sun Nov 1, 10:00 AM-6:00 PM EST" in when


@pytest.mark.parametrize(("count", "more"), [(12, None), (13, "- and 1 more"), (40, "- and 28 more")])
def test_a_long_duty_lists_twelve_windows_and_counts_the_others(count: int, more: str | None) -> None:
    ahead = occasions(POLICY, date(2026, 12, 14), date(2027, 1, 31))[:count]
    (when, *_) = brief(AGENCY, ahead, PAGES, respond=False)
    lines = when.split("\n")[1:]
    assert len(lines) == (12 if more is None else 13)
    assert ("more" in lines[-1]) == (more is not None)
    assert more is None or lines[-1] == more


def test_every_page_stands_in_it_with_its_address() -> None:
    for page in PAGES:
        assert f"{page.name}: {page.url}" in text()
    assert "none yet" in text(pages=False)


def test_the_nine_kinds_stand_in_the_policys_order_and_words() -> None:
    found = [
        text().index(f"{number}. {words}") for number, words in enumerate(KINDS_OF_CONTENT, start=1)
    ]
    assert len(found) == 9
    assert found == sorted(found)
    assert "inappropriate advertising" in text()
    assert "disparagement of a group" in text()


@pytest.mark.parametrize(
    ("respond", "may", "may_not"),
    [
        (False, "You may monitor; responses stay with", "You may monitor and respond"),
        (True, "You may monitor and respond", "responses stay with"),
    ],
)
def test_it_says_whether_they_may_respond_or_only_monitor(
    may: str, may_not: str, *, respond: bool
) -> None:
    assert may in text(respond=respond)
    assert may_not not in text(respond=respond)


def test_whom_to_call_for_a_child_at_risk_comes_with_the_lines() -> None:
    said = text()
    assert said.index("child at risk") < said.index(AGENCY.contact_lines[0])
    assert "first" in said
    assert "the agency's own lines" in text(lines=False)


def test_what_is_hidden_or_deleted_may_be_a_public_record() -> None:
    assert "keep a copy first" in text()


def test_a_duty_without_a_window_says_so() -> None:
    (when, *_) = brief(AGENCY, [], PAGES, respond=False)
    assert "no check falls into this time" in when
    assert len(WEEK) == 12
