"""The roster file: people and pages as TOML, read into core values or refused in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from watchbill.core.instants import day_end, day_start
from watchbill.core.roster import Channel, Page, Person, Role
from watchbill.errors import ConfigurationError
from watchbill.phone import number
from watchbill.settings import explain, read_toml

EMAIL = re.compile(
    r"[^@\s<>,;:\"()\[\]\\]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*"
)
PAGE_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")

LONGEST_NAME = 100
LONGEST_KEY = 40
LONGEST_URL = 500
LONGEST_EMAIL = 254  # RFC 5321, section 4.5.3.1.3


def _email(value: str) -> str:
    if len(value) > LONGEST_EMAIL:
        raise ValueError(f"has {len(value)} characters; an email address has at most {LONGEST_EMAIL}")
    if not EMAIL.fullmatch(value) or not value.isascii() or not value.isprintable():
        raise ValueError(f"{value!r} is not an email address; write it as kim.rivera@example.org")
    return value


def _key(value: str) -> str:
    if len(value) > LONGEST_KEY:
        raise ValueError(f"has {len(value)} characters; keep the key to {LONGEST_KEY}")
    if not PAGE_KEY.fullmatch(value):
        raise ValueError(f"{value!r} is not a key; use lower-case letters, digits and hyphens")
    if value.isdigit() or value == "done":
        raise ValueError(
            f"{value!r} means something else in a text (DONE FB 4); begin it with a letter"
        )
    return value


def _url(value: str) -> str:
    parts = urlsplit(value)
    if len(value) > LONGEST_URL:
        raise ValueError(f"has {len(value)} characters; keep the address to {LONGEST_URL}")
    plain = value.isprintable() and " " not in value
    if parts.scheme not in ("http", "https") or not parts.netloc or not plain:
        raise ValueError(f"{value!r} is not a web address; write it as https://www.example.org/page")
    return value


def _name(value: str) -> str:
    cleaned = " ".join(value.split())
    if not cleaned or not cleaned.isprintable():
        raise ValueError("is empty or has control characters; write the name as people say it")
    if len(cleaned) > LONGEST_NAME:
        raise ValueError(f"has {len(cleaned)} characters; keep the name to {LONGEST_NAME}")
    return cleaned


class PersonEntry(BaseModel):
    """``[[people]]``: one person."""

    model_config = ConfigDict(extra="forbid")
    email: Annotated[str, AfterValidator(_email)]
    name: Annotated[str, AfterValidator(_name)]
    mobile: str | None = None
    roles: tuple[Role, ...] = ()
    channels: tuple[Channel, ...] | None = None

    def person(self, field: str, number_known: int = 0) -> Person:
        """Return the person; raises ``ConfigurationError`` for a channel without an address."""
        mobile = number(self.mobile, f"{field}.mobile", "US") if self.mobile else None
        channels = self.channels
        if channels is None:
            channels = (Channel.SMS, Channel.EMAIL) if mobile else (Channel.EMAIL,)
        if not channels:
            raise ConfigurationError(f"{field}.channels: is empty; name sms, email or both.")
        if len(set(channels)) < len(channels):
            raise ConfigurationError(f"{field}.channels: names a channel twice; name each once.")
        if Channel.SMS in channels and mobile is None:
            raise ConfigurationError(f"{field}.mobile: is missing, and channels has sms; add it.")
        return Person(number_known, self.name, self.email, mobile, frozenset(self.roles), channels)


class PageEntry(BaseModel):
    """``[[pages]]``: one page."""

    model_config = ConfigDict(extra="forbid")
    key: Annotated[str, AfterValidator(_key)]
    platform: Annotated[str, AfterValidator(_name)]
    name: Annotated[str, AfterValidator(_name)]
    url: Annotated[str, AfterValidator(_url)]
    since: date
    until: date | None = None

    def page(self, zone: ZoneInfo) -> Page:
        """Return the page, active from the start of ``since`` to the end of ``until``."""
        ends = None if self.until is None else day_end(self.until, zone)
        begins = day_start(self.since, zone)
        if ends is not None and ends <= begins:
            raise ConfigurationError(f"pages: {self.key!r}: until is before since; correct one.")
        return Page(self.key, self.platform, self.name, self.url, begins, ends)


def read_person(values: Mapping[str, object]) -> Person:
    """Return a person from values as a roster file has them; refuse in one sentence."""
    try:
        return PersonEntry.model_validate(values).person("person")
    except ValidationError as error:
        raise ConfigurationError(explain(error)) from None


def read_page(values: Mapping[str, object], zone: ZoneInfo) -> Page:
    """Return a page from values as a roster file has them; refuse in one sentence."""
    try:
        return PageEntry.model_validate(values).page(zone)
    except ValidationError as error:
        raise ConfigurationError(explain(error)) from None


class RosterFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")
    people: tuple[PersonEntry, ...] = ()
    pages: tuple[PageEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class RosterEntries:
    """What a roster file holds; the people carry no ids yet."""

    people: tuple[Person, ...]
    pages: tuple[Page, ...]


def read_roster(path: Path, zone: ZoneInfo) -> RosterEntries:
    """Return what a roster file holds; raise ``ConfigurationError`` that names the field and the cure."""
    try:
        content = RosterFile.model_validate(read_toml(path))
        _refuse_twice("people", "email", [entry.email.lower() for entry in content.people])
        _refuse_twice("pages", "key", [entry.key for entry in content.pages])
        return RosterEntries(
            tuple(entry.person(f"people[{place}]") for place, entry in enumerate(content.people, 1)),
            tuple(entry.page(zone) for entry in content.pages),
        )
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {explain(error)}") from None
    except ConfigurationError as error:
        message = error.message
        raise ConfigurationError(
            message if message.startswith(str(path)) else f"{path}: {message}"
        ) from None


def _refuse_twice(table: str, field: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ConfigurationError(f"{table}: the {field} {value!r} stands twice; remove one.")
        seen.add(value)
