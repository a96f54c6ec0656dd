"""One entry of the journal in plain words, as far as its reader may know them (Statement 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from watchbill.core.checks import Action, Category
from watchbill.core.instants import clock_words, local_date
from watchbill.core.journal import Entry, Kind, Words
from watchbill.core.roster import Person, Role
from watchbill.store import journal, people

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
ABOUT_LEAVE = {Kind.LEAVE_TAKEN, Kind.LEAVE_CANCELLED}
ABOUT_ABSENCE = ABOUT_LEAVE | {Kind.DESIGNATED, Kind.APPOINTED, Kind.DUTY_CANCELLED, Kind.DUTY_DECLINED}
PEOPLE_FACTS = {"person", "monitor", "holder", "to", "by"}
REACHES = {"mobile", "address", "email", "account", "phone", "number"}
LABELS = {
    "viewed_at": "Viewed",
    "reported_at": "Reported",
    "starts_at": "From",
    "ends_at": "Until",
    "opens_at": "Opens",
    "closes_at": "Closes",
    "way": "By which way",
    "attested": "Entered afterwards",
    "amends": "Amends entry",
    "act": "What was tried",
    "refusal": "Why it was refused",
    "account": "Account on the server",
    "text": "In words",
}
WAYS = {
    "web": "signed in on the pages",
    "link": "by a link in a message",
    "sms": "by text message",
    "cli": "on the server's command line",
    "program": "by the program itself",
}
REACHING_ROLES = (Role.PIO, Role.EXECUTIVE_DIRECTOR, Role.INFORMATION_SERVICES)
OPEN_WORDS = {"refusal"}
WITHHELD_REACH = "kept for the PIO, the Executive Director and Information Services"
WITHHELD = "kept for the PIO, the Executive Director and the person"
REDACTED = "The words beside this entry were redacted; the chain still holds their seal."


@dataclass(frozen=True, slots=True)
class EntryWords:
    """An entry for a page: its facts and the words beside it as label and text."""

    number: int
    title: str
    at: str
    who: str
    way: str
    facts: tuple[tuple[str, str], ...]
    words: tuple[tuple[str, str], ...]
    note: str
    hash: str
    previous: str
    before: int | None
    after: int | None
    day: str | None


@dataclass(frozen=True, slots=True)
class _Names:
    """What ids stand for, and who reads."""

    people: Mapping[int, Person]
    pages: Mapping[str, str]
    zone: ZoneInfo
    reader: Person


def entry_words(
    connection: sa.Connection, zone: ZoneInfo, number: int, reader: Person
) -> EntryWords | None:
    """Return an entry as this reader may see it, or ``None`` for a number that there is not."""
    last = journal.head(connection)[0]
    found = journal.entry_numbered(connection, number) if 0 < number <= last else None
    if found is None:
        return None
    entry, words = found
    pages = {page.key: page.name for page in people.all_pages(connection)}
    names = _Names(people.all_people(connection), pages, zone, reader)
    beside, note = _beside(names, entry, words)
    return EntryWords(
        number=entry.number,
        title=_plain(entry.kind),
        at=_instant(entry.at, zone),
        who=_actor(names, entry.actor.name),
        way=WAYS.get(entry.actor.way, entry.actor.way),
        facts=tuple((_label(key), _value(names, key, value)) for key, value in entry.facts.items()),
        words=beside,
        note=note,
        hash=entry.hash,
        previous=entry.previous,
        before=entry.number - 1 if entry.number > 1 else None,
        after=entry.number + 1 if entry.number < last else None,
        day=_day_of(entry, zone),
    )


def _beside(
    names: _Names, entry: Entry, words: Words | None
) -> tuple[tuple[tuple[str, str], ...], str]:
    """Return the words beside an entry that the reader may see, and a sentence about the others."""
    if words is None:
        return (), "No words stand beside this entry."
    if words.text is None:
        return (), REDACTED
    shown = [(_label(key), _word(names, entry, key, value)) for key, value in words.text.items()]
    return tuple(shown), ""


def _word(names: _Names, entry: Entry, key: str, value: object) -> str:
    """Return a word beside an entry, or who may read it: a reason may say that somebody is sick."""
    about = {entry.kind, entry.facts.get("act")}
    if not _may_read_of_leave(names.reader, entry):
        if key == "kind" and about & ABOUT_LEAVE:
            return "away"
        if key not in OPEN_WORDS and about & ABOUT_ABSENCE:
            return WITHHELD
    if key in REACHES and not names.reader.holds(*REACHING_ROLES):
        return WITHHELD_REACH
    return _value(names, key, value)


def _may_read_of_leave(reader: Person, entry: Entry) -> bool:
    own = entry.facts.get("person") == reader.id or entry.actor.name == f"person:{reader.id}"
    return own or reader.holds(Role.PIO, Role.EXECUTIVE_DIRECTOR)


def _actor(names: _Names, actor: str) -> str:
    kind, _, number = actor.partition(":")
    if kind == "person" and number.isdigit() and int(number) in names.people:
        return names.people[int(number)].name
    return {"program": "the program", "operator": "the operator of the server"}.get(actor, actor)


def _plain(word: str) -> str:
    text = str(word).replace("_", " ")
    return text[:1].upper() + text[1:]


def _label(key: str) -> str:
    return LABELS.get(key) or _plain(key)


def _instant(at: datetime, zone: ZoneInfo) -> str:
    day = local_date(at, zone)
    return f"{day:%a %b} {day.day}, {day.year}, {clock_words(at, zone)}"


def _value(names: _Names, key: str, value: Any) -> str:  # noqa: ANN401 - plain values of the journal
    """Return a fact in plain words: names for ids, local times for instants."""
    if isinstance(value, list):
        several = "; " if key == "findings" else ", "
        return several.join(_one(names, key, one) for one in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{_label(k)}: {_value(names, k, one)}" for k, one in value.items()) or "none"
    return _one(names, key, value)


def _one(names: _Names, key: str, value: Any) -> str:  # noqa: ANN401 - plain values of the journal
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key in PEOPLE_FACTS and isinstance(value, int):
        return names.people[value].name if value in names.people else f"person {value}"
    return _finding(names, value) if key == "findings" else _text(names, key, str(value))


def _text(names: _Names, key: str, text: str) -> str:
    if INSTANT.fullmatch(text):
        return _instant(datetime.fromisoformat(text), names.zone)
    if key in {"page", "pages"}:
        return names.pages.get(text, text)
    if key == "way":
        return WAYS.get(text, text)
    return text.replace("_", " ") if key in {"act", "state", "role", "roles"} else text


def _finding(names: _Names, found: Any) -> str:  # noqa: ANN401 - a list of three codes
    page, category, action = found
    return f"{names.pages.get(page, page)}: {Category(category).words} ({Action(action).value})"


def _day_of(entry: Entry, zone: ZoneInfo) -> str | None:
    """Return the local date of the coverage log on which an entry stands, where it does."""
    window = entry.facts.get("window")
    if isinstance(window, str):
        return window.partition("/")[0]
    viewed_at = entry.facts.get("viewed_at")
    if isinstance(viewed_at, str):
        return local_date(datetime.fromisoformat(viewed_at), zone).isoformat()
    return None
