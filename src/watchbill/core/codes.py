"""The four-character code of a text: what an answer must carry (DOMAIN §6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from datetime import datetime, timedelta

ALPHABET = "CDFGHJKMNPQRTVWX34679"
"""No vowels, and nothing that looks like something else (0 O, 1 I L, 2 Z, 5 S, 8 B)."""
DIGITS = "34679"
LENGTH = 4
WORD = re.compile(r"[A-Za-z0-9]+")
BITS = 64
MOST_WRONG = 5
AN_HOUR = timedelta(hours=1)


def new_code(bits: Callable[[int], int], taken: Container[str]) -> str:
    """Return a code with at least one digit, so that it is never a word, and that is not taken."""
    while True:
        value = bits(BITS)
        characters = []
        for _ in range(LENGTH):
            value, index = divmod(value, len(ALPHABET))
            characters.append(ALPHABET[index])
        code = "".join(characters)
        if code not in taken and any(digit in code for digit in DIGITS):
            return code


def carries(text: str, code: str) -> bool:
    """Whether the code stands alone as a word in the text."""
    return code in WORD.findall(text)


def locked_until(wrong: Sequence[datetime], now: datetime) -> datetime | None:
    """Return until when codes are not taken: an hour after five wrong ones within one; ``wrong`` in order."""
    for first, last in zip(wrong, wrong[MOST_WRONG - 1 :], strict=False):
        if last - first <= AN_HOUR and now < last + AN_HOUR:
            return last + AN_HOUR
    return None
