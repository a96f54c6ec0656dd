"""Texts that people give with an act: what may stand on record, and what identifies a person and may not.

Confidentiality (Policy 1004, Statement 4): persons served are never disclosed, and a record that is kept
for good is no place for them.
"""

from __future__ import annotations

import re
import unicodedata

from watchbill.errors import RefusedError

LONGEST_TEXT = 500
SPACE = 0x20
TURNS_TEXT_ROUND = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLE = "Cf"
SOCIAL_SECURITY_NUMBER = re.compile(r"(?<!\d)\d{3}\W{0,3}\d{2}\W{0,3}\d{4}(?!\d)")
CASE_NUMBER = re.compile(
    r"""(?ix)
    (?<! [a-z] ) (?: case | file | intake | referral | docket | cps | sacwis ) s? (?! [a-z] )
    (?:
        [\s:.,_-]* (?: (?:is|was|id) \b [\s:.,_-]* )?
        (?! \d{4} - \d\d - \d\d \b )            # a date is none
        (?: [a-z]{1,4} [\s_-]? )? \d (?: [\s./_-]? \d ){5,}
      |
        [\s:.,_-]* (?: id \b | no s? \b | nr \b | num \b | numbers? \b | \# ) [\s:.,\#_-]*
        (?: (?:is|was) \b \s* )?
        (?: [a-z]{1,4} [\s_-]? )? \d (?: [\s./_-]? \d ){3,}
    )
    """
)
"""Six digits behind such a word, or four where it says that a number follows."""


def check_words(text: str | None, field: str) -> None:
    """Raise ``RefusedError`` for a text that is too long or names a person by a number."""
    fault = None if text is None else why_not_kept(text)
    if fault is not None:
        message = f"{field}: {fault}."
        raise RefusedError(message)


def why_not_kept(text: str) -> str | None:
    """Return why a text may not stand on record, with the cure; ``None`` where it may."""
    if len(text) > LONGEST_TEXT:
        return f"{len(text)} characters; keep it to {LONGEST_TEXT}, without case content"
    if any(ord(c) < SPACE or c in TURNS_TEXT_ROUND for c in text):
        return "it has control characters; write it in one line of plain text"
    plain = _plain(text)
    if SOCIAL_SECURITY_NUMBER.search(plain):
        return "this looks like a Social Security number; leave out whatever identifies a person"
    if CASE_NUMBER.search(plain):
        return "this looks like a case number; leave out whatever identifies a case"
    return None


def _plain(text: str) -> str:
    """Return a text as it is read: wide digits as digits, and nothing invisible between them."""
    spelt = unicodedata.normalize("NFKC", text)
    return "".join(character for character in spelt if unicodedata.category(character) != INVISIBLE)


def require(condition: object, sentence: str) -> None:
    """Raise ``RefusedError`` with the sentence where the condition does not hold."""
    if not condition:
        raise RefusedError(sentence)
