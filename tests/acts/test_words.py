"""What may stand on record in a person's own words, and what may not (Policy 1004, Statement 4)."""

from __future__ import annotations

import pytest

from watchbill.acts.words import LONGEST_TEXT, check_words, why_not_kept
from watchbill.errors import RefusedError


@pytest.mark.parametrize(
    "text",
    [
        "case 123456",
        "Case No. 12-3456",
        "CASE NUMBER 1234",
        "case number is 98765",
        "case #: 44321",
        "case#123456",
        "CPS-123456",
        "cps 12 34 56",
        "intake 2026001234",
        "file: 1234567",
        "cases 123456 and 123457",
        "see case ID 4711-22",
        "referral AB-123456",
        "docket no 1234/5678",
        "about case \N{FULLWIDTH DIGIT ONE}23456",
        "case 123\N{ZERO WIDTH SPACE}456",
    ],
)
def test_what_looks_like_a_case_number_is_not_kept(text: str) -> None:
    assert "looks like a case number" in str(why_not_kept(text))


@pytest.mark.parametrize(
    "text",
    [
        "123-45-6789",
        "123456789",
        "ssn 123 45 6789",
        "123\N{ZERO WIDTH SPACE}45\N{ZERO WIDTH SPACE}6789",
    ],
)
def test_what_looks_like_a_social_security_number_is_not_kept(text: str) -> None:
    assert "Social Security number" in str(why_not_kept(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The page loaded slowly.",
        "in case it matters: 12 comments",
        "case 12345",
        "case no. 123",
        "Just in case 2026-11-24 is a holiday",
        "the showcase had 123456 views",
        "a casework video, 123456 views",
        "profile 123456",
        "123456 views",
        "call 419-213-2273",
        "in 10 of 12 files",
        "\N{SMILING FACE WITH OPEN MOUTH} all fine",
    ],
)
def test_other_words_are_kept(text: str) -> None:
    assert why_not_kept(text) is None


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "a\N{RIGHT-TO-LEFT OVERRIDE}b"])
def test_control_characters_are_not_kept(text: str) -> None:
    assert "control characters" in str(why_not_kept(text))


@pytest.mark.parametrize(("length", "kept"), [(LONGEST_TEXT, True), (LONGEST_TEXT + 1, False)])
def test_a_text_may_be_so_long_and_no_longer(length: int, *, kept: bool) -> None:
    assert (why_not_kept("x" * length) is None) is kept


def test_the_refusal_names_the_field_and_says_nothing_of_the_text() -> None:
    with pytest.raises(RefusedError) as raised:
        check_words("case 123456", "--note")
    assert raised.value.message.startswith("--note: this looks like a case number")
    assert "123456" not in raised.value.message
