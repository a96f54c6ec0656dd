"""The code of a text is no word, has no look-alikes, and is nobody else's."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from watchbill.core.codes import ALPHABET, AN_HOUR, DIGITS, LENGTH, carries, locked_until, new_code


def drawing(*values: int) -> Callable[[int], int]:
    """Return a source of bits that gives these values in turn."""
    rest = iter(values)
    return lambda _bits: next(rest)


def number_of(code: str) -> int:
    """Return the bits that make a code."""
    value = 0
    for character in reversed(code):
        value = value * len(ALPHABET) + ALPHABET.index(character)
    return value


def test_a_code_has_no_vowels_and_no_look_alikes() -> None:
    assert not set(ALPHABET) & set("AEIOUY01258BLSZ")
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_codes_have_four_characters_and_a_digit() -> None:
    draws = random.Random(1004)  # noqa: S311 - a played source
    codes = [new_code(draws.getrandbits, ()) for _ in range(2000)]
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in codes)
    assert all(set(code) & set(DIGITS) for code in codes)


def test_a_draw_without_a_digit_is_drawn_again() -> None:
    assert new_code(drawing(number_of("CDFG"), number_of("7K4P")), ()) == "7K4P"


def test_a_code_that_is_taken_is_drawn_again() -> None:
    assert new_code(drawing(number_of("7K4P"), number_of("7K4Q")), {"7K4P"}) == "7K4Q"


def test_one_digit_is_enough_at_either_end() -> None:
    assert new_code(drawing(number_of("3CCC")), ()) == "3CCC"
    assert new_code(drawing(number_of("CCC9")), ()) == "CCC9"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("LCCS: please view 2 pages. (7K4P)", True),
        ("7K4P", True),
        ("DONE 7K4P", True),
        ("DONE 7K4P.", True),
        ("DONE 7K4PX", False),
        ("DONE X7K4P", False),
        ("DONE 17K4P", False),
        ("https://example.org/c/a7K4Pb", False),
        ("DONE", False),
        ("", False),
    ],
)
def test_a_code_stands_alone_as_a_word(
    text: str,
    found: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert carries(text, "7K4P") is found


MINUTES = [datetime(2026, 11, 23, 12, minute, tzinfo=UTC) for minute in range(60)]


@pytest.mark.parametrize(
    ("wrong", "now", "expected"),
    [
        ((0, 1, 2, 3), 4, None),
        ((0, 1, 2, 3, 4), 4, 4),
        ((0, 1, 2, 3, 59), 59, 59),
        ((), 0, None),
    ],
)
def test_five_wrong_codes_within_an_hour_lock_for_an_hour(
    wrong: tuple[int, ...], now: int, expected: int | None
) -> None:
    found = locked_until([MINUTES[at] for at in wrong], MINUTES[now])
    assert found == (None if expected is None else MINUTES[expected] + AN_HOUR)


def test_the_lock_ends_after_its_hour_to_the_second() -> None:
    wrong, end = MINUTES[:5], MINUTES[4] + AN_HOUR
    assert locked_until(wrong, end - timedelta(seconds=1)) == end
    assert locked_until(wrong, end) is None
