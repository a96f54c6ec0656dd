"""How many segments a text takes, and how names are spelled so that it takes one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbill.core.segments import BASIC, EXTENDED, segments, septets, transliterate


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 159, 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 158 + "€", 1),
        ("a" * 159 + "€", 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ł" * 69, 1),
        ("ł" * 70, 1),
        ("ł" * 71, 2),
        ("ł" * 134, 2),
        ("ł" * 135, 3),
        ("\N{FACE WITH TEARS OF JOY}" * 35, 1),
        ("\N{FACE WITH TEARS OF JOY}" * 36, 2),
    ],
)
def test_a_text_takes_as_many_segments_as_the_carrier_bills(text: str, count: int) -> None:
    assert segments(text) == count


@pytest.mark.parametrize("character", sorted(EXTENDED))
def test_an_extension_character_takes_two_septets(character: str) -> None:
    assert septets(character) == 2
    assert septets(f"a{character}") == 3


def test_a_basic_character_takes_one_septet() -> None:
    assert len(BASIC) == 127
    assert all(septets(character) == 1 for character in BASIC)


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("Kim Rivera", "Kim Rivera"),
        ("Zoë Łukasiewicz", "Zoe Lukasiewicz"),
        ("Şükrü Çelik", "Sükrü Çelik"),
        ("façade", "facade"),
        ("O\u2019Brien \u2013 \u201cPat\u201d\u2026", 'O\'Brien - "Pat"...'),
        ("Þór Ðorđe", "Thor Dorde"),
        ("Müller", "Müller"),
        ("e\u0301", "e"),
        ("\ufb01n", "fin"),
        ("李", "?"),
        ("\N{FACE WITH TEARS OF JOY}!", "?!"),
        ("a\u00a0b\tc", "a b c"),
    ],
)
def test_a_name_is_spelled_in_the_alphabet_of_texts(name: str, spelled: str) -> None:
    assert transliterate(name) == spelled


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(st.text())
def test_whatever_is_transliterated_can_be_sent_in_seven_bits(text: str) -> None:
    spelled = transliterate(text)
    assert set(spelled) <= BASIC | EXTENDED
    assert transliterate(spelled) == spelled
