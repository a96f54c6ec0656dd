"""The grammar of text replies: what a person can say from a phone (DOMAIN §6).

A text is understood whole or not at all: a word without a meaning makes it not understood, for a
half-understood text must not act. A question never acts. The words that carriers eat never have a
meaning of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from watchbill.core.checks import Action, Category
from watchbill.core.codes import ALPHABET, DIGITS, LENGTH
from watchbill.core.spoken_dates import DATE_WORDS, Days, read_days

__all__ = ["Carrier", "Command", "Days", "SpokenFinding", "Verb", "carrier_word", "codes_in", "read"]

LONGEST_TEXT = 320
"""Characters; a longer text is a letter, not a reply."""


class Verb(StrEnum):
    """What a text asks for."""

    DONE = "done"
    WHO = "who"
    SICK = "sick"
    LEAVE = "leave"
    BACK = "back"
    COVER = "cover"
    APPOINT = "appoint"
    ACCEPT = "accept"
    DECLINE = "decline"
    ACTION = "action"
    HELP = "?"


class Carrier(StrEnum):
    """What a carrier does with a text that is one of its own words."""

    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class SpokenFinding:
    """A finding as a text reports it.

    ``page`` is one of the given keys in its own spelling. ``action`` is ``None`` where it was not
    said, and is to be asked for.
    """

    page: str
    category: Category
    action: Action | None


@dataclass(frozen=True, slots=True)
class Command:
    """A text that was understood.

    ``code`` is in upper case. ``pages`` are given keys in their own spelling, each once, those with
    findings among them; none means all. ``action`` answers "what was done?". ``days`` is always set
    for ``SICK`` and ``LEAVE``; for ``COVER`` and ``APPOINT`` it is ``None`` where no days were said.
    ``name`` is the words of a name as written, apart by one space: whoever looks for the person
    matches all of them. ``letter`` is one of A to F.
    """

    verb: Verb
    code: str | None = None
    pages: tuple[str, ...] = ()
    findings: tuple[SpokenFinding, ...] = ()
    action: Action | None = None
    days: Days | None = None
    name: str | None = None
    letter: str | None = None


class _Word(NamedTuple):
    """A word of a text: as written, and as words are compared."""

    written: str
    plain: str


class _Said(NamedTuple):
    """What stands after a verb, and what it is read against; ``keys`` go from plain to own spelling."""

    words: Sequence[_Word]
    today: date
    keys: Mapping[str, str]

    @property
    def plain(self) -> list[str]:
        return [word.plain for word in self.words]


_CARRIER_WORDS = {
    word: carrier
    for carrier, words in {
        Carrier.STOP: ("STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"),
        Carrier.START: ("START", "YES", "UNSTOP"),
        Carrier.HELP: ("HELP", "INFO"),
    }.items()
    for word in words
}
_CATEGORIES = {category.value.upper(): category for category in Category}
_ACTIONS = {action.value.upper(): action for action in Action}
_LETTERS = frozenset("ABCDEF")
_SIGNS = frozenset(("-", "&", "+"))
_COURTESY = frozenset(("PLEASE", "PLS", "THANKS", "THANK"))
_FILLERS = frozenset(("I", "IM", "I'M", "AM", "REPLY", "THE"))
_PHRASES = {
    "WHO": Command(Verb.WHO),
    "WHOS ON": Command(Verb.WHO),
    "WHO'S ON": Command(Verb.WHO),
    "WHO IS ON": Command(Verb.WHO),
    "BACK": Command(Verb.BACK),
    "ACCEPT": Command(Verb.ACCEPT),
    "DECLINE": Command(Verb.DECLINE),
    "ALL DONE": Command(Verb.DONE),
    "ALL PAGES DONE": Command(Verb.DONE),
    **{word: Command(Verb.ACTION, action=action) for word, action in _ACTIONS.items()},
}
_WORDS_OF_DONE = frozenset((*_CATEGORIES, *_ACTIONS, *_COURTESY, *_FILLERS, "ALL", "PAGES", "YOU"))
"""Words that stand in a ``DONE`` beside the pages; a page key spelled so would have two meanings."""
_KINDS_OF_PAGES = re.compile("(?:P(?:CA?)*)*")
_KINDS_AFTER_ALL = re.compile("(?:P(?:CA?)+)*")
"""Page, category, action. Beside ``ALL`` a page is named only for what was found on it."""

# Quotation marks and dashes are what a phone makes of ' and - by itself.
_AS_TYPED = str.maketrans(
    "\u2018\u2019\u201b`\u00b4\u2010\u2011\u2012\u2013\u2014\u2212", "'''''------"
)
_MARKS = r"\u0300-\u036f"
_WORD = re.compile(
    rf"[^\W_](?:(?:[\w'@/+{_MARKS}-]|\.(?!\.))*(?:[^\W_]|[{_MARKS}]))?"
    r"|(?<![^\s\w])(?:-+|[&+])(?![^\s\w])"  # a sign on its own, but no part of a :-)
)
_NAME = re.compile(rf"[^\W\d_](?:['.-]?[^\W\d_]|[{_MARKS}])*|[^@/]+@[^@/]+\.[^@/]+")
_CODE = re.compile(rf"(?=.*[{DIGITS}])[{ALPHABET}]{{{LENGTH}}}")


def carrier_word(text: str) -> Carrier | None:
    """Return what the carrier does with the text: it is one of the carrier's words and nothing else."""
    plain = [word.plain for word in _words(text) if word.plain not in _SIGNS]
    return _CARRIER_WORDS.get(plain[0]) if len(plain) == 1 else None


def codes_in(text: str) -> tuple[str, ...]:
    """Return the words that look like one of our codes: in upper case, in their order, each once.

    Every code that ``read`` could return is among them. So is a page key that looks like a code.
    """
    return tuple(dict.fromkeys(word.plain for word in _words(text) if _CODE.fullmatch(word.plain)))


def read(text: str, today: date, pages: Collection[str]) -> Command | None:
    """Return what the text asks for, or ``None`` where it is not understood.

    ``today`` is the local date on which it was sent; ``pages`` are the keys of the agency's pages,
    which differ in more than case.

    The code may stand anywhere; two different ones are not understood. A page key that looks like a
    code is a page where it stands after ``DONE`` beside another code, and else a code; where both
    could be the page, or one stands twice and could be page and code, the text is not understood. A
    page key that is another word of a ``DONE`` (``4``, ``all``) cannot be said in a text.
    """
    words = _words(text)
    plain = [word.plain for word in words]
    keys = {_plain(page): page for page in pages}
    codes = _codes_among(plain, keys)
    if len(text) > LONGEST_TEXT or len(codes) > 1 or not _CARRIER_WORDS.keys().isdisjoint(plain):
        return None
    if "DONE" in plain and any(word in keys and word in _WORDS_OF_DONE for word in plain):
        return None
    said = _Said([word for word in words if word.plain not in codes], today, keys)
    command = _sentence(said, asked="?" in text)
    return None if command is None else replace(command, code=next(iter(codes), None))


def _words(text: str) -> list[_Word]:
    """Take a text apart at white space and at punctuation, which has no meaning."""
    typed = text.translate(_AS_TYPED)  # character by character, so that places stay the same
    return [_Word(text[slice(*word.span())], _plain(word[0])) for word in _WORD.finditer(typed)]


def _plain(written: str) -> str:
    """Return a word for comparing. Only plain letters lose their case: no \u017f is an S here."""
    return "-" if written.startswith("-") else written.upper() if written.isascii() else written


def _codes_among(plain: list[str], keys: Mapping[str, str]) -> list[str]:
    """Return the words that are codes, not pages; more than one where it cannot be told."""
    codes = [word for word in plain if _CODE.fullmatch(word)]
    distinct = list(dict.fromkeys(codes))
    if len(distinct) == 1:
        return codes if distinct[0] in keys else distinct  # said twice: as the page and as the code?
    before = plain[: plain.index("DONE")] if "DONE" in plain else plain
    return [code for code in distinct if code not in keys or code in before] or distinct


def _sentence(said: _Said, *, asked: bool) -> Command | None:
    """Read a text without its code; ``asked``: a question mark is in it."""
    words = _without_courtesy(said.words)
    spoken = " ".join(word.plain for word in words if word.plain not in _FILLERS | _SIGNS)
    if not spoken:
        return Command(Verb.HELP) if asked else None
    command = _PHRASES.get(spoken) or _with_verb(said._replace(words=words))
    return None if command is None or (asked and command.verb is not Verb.WHO) else command


def _without_courtesy(words: Sequence[_Word]) -> list[_Word]:
    """Drop please and thanks. ``YOU`` is one only after ``THANK``: ``YOU SICK`` is about another."""
    before = ["", *(word.plain for word in words)]
    return [
        word
        for previous, word in zip(before, words, strict=False)
        if word.plain not in _COURTESY and (previous, word.plain) != ("THANK", "YOU")
    ]


def _with_verb(said: _Said) -> Command | None:
    """Read what begins with a verb, or with the letter that stands for a person."""
    fillers = _FILLERS | _SIGNS
    verb = next(place for place, word in enumerate(said.plain) if word not in fillers)
    if said.plain[verb] in _LETTERS:
        return _appoint(said._replace(words=said.words[verb:]))
    reader = _READERS.get(said.plain[verb])
    return None if reader is None else reader(said._replace(words=said.words[verb + 1 :]))


def _done(said: _Said) -> Command | None:
    words = _keys_apart([word for word in said.plain if word not in _FILLERS | _SIGNS], said.keys)
    everything = words[:1] == ["ALL"]
    if everything:
        words = words[2:] if words[1:2] == ["PAGES"] else words[1:]
    kinds = "".join(_kind(word, said.keys) for word in words)
    if not (_KINDS_AFTER_ALL if everything else _KINDS_OF_PAGES).fullmatch(kinds):
        return None
    pages = () if everything else tuple(dict.fromkeys(said.keys[w] for w in words if w in said.keys))
    findings = tuple(dict.fromkeys(_findings(words, said.keys)))
    return Command(Verb.DONE, pages=pages, findings=findings)


def _keys_apart(words: Sequence[str], keys: Mapping[str, str]) -> list[str]:
    """Part ``FB4`` into page and category, where no page has that key."""
    apart: list[str] = []
    for word in words:
        glued = word not in keys and word[:-1] in keys and word[-1] in _CATEGORIES
        apart += [word[:-1], word[-1]] if glued else [word]
    return apart


def _kind(word: str, keys: Mapping[str, str]) -> str:
    if word in keys:
        return "P"
    if word in _CATEGORIES:
        return "C"
    return "A" if word in _ACTIONS else "?"


def _findings(words: Sequence[str], keys: Mapping[str, str]) -> Iterator[SpokenFinding]:
    page = ""
    for word, following in zip(words, [*words[1:], ""], strict=False):
        page = keys.get(word, page)
        category = _CATEGORIES.get(word)
        if category is not None:
            unsaid = Action.REFERRED if category is Category.CHILD else None
            yield SpokenFinding(page, category, _ACTIONS.get(following, unsaid))


def _without_fillers(said: _Said) -> list[str]:
    """Return the words that may be dates; a dash means something only where there are some."""
    words = [word for word in said.plain if word not in _FILLERS]
    return [] if _SIGNS.issuperset(words) else words


def _sick(said: _Said) -> Command | None:
    words = _without_fillers(said)
    days = read_days(words, said.today) if words else Days(said.today, said.today)
    return None if days is None else Command(Verb.SICK, days=days)


def _leave(said: _Said) -> Command | None:
    days = read_days(_without_fillers(said), said.today)
    return None if days is None else Command(Verb.LEAVE, days=days)


def _cover(said: _Said) -> Command | None:
    return _with_name(Verb.COVER, said)


def _appoint(said: _Said) -> Command | None:
    if not said.words or said.plain[0] not in _LETTERS:
        return _with_name(Verb.APPOINT, said)
    words = _without_fillers(said._replace(words=said.words[1:]))
    days = read_days(words, said.today)
    if words and days is None:
        return None
    return Command(Verb.APPOINT, letter=said.plain[0], days=days)


def _with_name(verb: Verb, said: _Said) -> Command | None:
    """Read a name, and days where some follow; the name goes as far as days do not begin."""
    plain = said.plain
    spans = ((end, read_days(plain[end:], said.today)) for end in range(1, len(plain)))
    end, days = next(((end, days) for end, days in spans if days is not None), (len(plain), None))
    if not _is_name(plain[:end]):
        return None
    return Command(verb, days=days, name=" ".join(word.written for word in said.words[:end]))


def _is_name(plain: Sequence[str]) -> bool:
    """Whether the words can be a name. What has a meaning is none: ``KIM FRI`` is Kim and a day."""
    if max((len(word) for word in plain), default=0) < 2:  # noqa: PLR2004 - a letter is no name
        return False
    taken = DATE_WORDS | _FILLERS | _READERS.keys() | _PHRASES.keys()
    return all(_NAME.fullmatch(word) and word not in taken for word in plain)


_READERS: Mapping[str, Callable[[_Said], Command | None]] = {
    "DONE": _done,
    "SICK": _sick,
    "LEAVE": _leave,
    "VACATION": _leave,
    "COVER": _cover,
    "APPOINT": _appoint,
}
