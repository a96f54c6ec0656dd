"""How many SMS segments a text takes, and how a name is written so that it takes few (GSM 03.38)."""

from __future__ import annotations

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€")
ONE_SEGMENT, EACH_OF_SEVERAL = 160, 153
ONE_WIDE_SEGMENT, EACH_OF_SEVERAL_WIDE = 70, 67
SPELLINGS = {  # the look-alikes are the very characters that are respelled
    "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Þ": "Th", "þ": "th", "Œ": "Oe",
    "œ": "oe", "ı": "i", "Ħ": "H", "ħ": "h", "Ŧ": "T", "ŧ": "t", "ĸ": "k", "Ŋ": "N", "ŋ": "n",
    "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-",
    "…": "...", "\u00a0": " ", "\t": " ",
}  # fmt: skip


def transliterate(text: str) -> str:
    """Return the text in the GSM-7 alphabet; what has no spelling in it becomes ``?``."""
    return "".join(_spelling(character) for character in text)


def _spelling(character: str) -> str:
    if character in BASIC or character in EXTENDED:
        return character
    if character in SPELLINGS:
        return SPELLINGS[character]
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if c in BASIC)
    return plain or ("" if unicodedata.combining(character) else "?")


def septets(text: str) -> int:
    """Return the length of a GSM-7 text in septets; extended characters take two."""
    return sum(2 if character in EXTENDED else 1 for character in text)


def segments(text: str) -> int:
    """Return how many segments the text is sent and billed as."""
    if all(character in BASIC or character in EXTENDED for character in text):
        length, one, several = septets(text), ONE_SEGMENT, EACH_OF_SEVERAL
    else:
        length = len(text.encode("utf-16-be")) // 2
        one, several = ONE_WIDE_SEGMENT, EACH_OF_SEVERAL_WIDE
    if length <= one:
        return 1
    return _gsm_parts(text) if one == ONE_SEGMENT else -(-length // several)


def _gsm_parts(text: str) -> int:
    """Return the parts of a long GSM-7 text: an extended character does not straddle two."""
    parts, used = 1, 0
    for character in text:
        width = 2 if character in EXTENDED else 1
        if used + width > EACH_OF_SEVERAL:
            parts, used = parts + 1, 0
        used += width
    return parts
