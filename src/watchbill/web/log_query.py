"""What an address asks of the coverage log, and the addresses that ask for something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from watchbill.core.checks import Category
from watchbill.core.instants import parse_date
from watchbill.core.periods import first_of_month, last_of_month, parts
from watchbill.core.roster import Page, Person
from watchbill.errors import RefusedError
from watchbill.reports.log_choice import Choice, Shown

NOBODY = "nobody"
LONGEST_SHOWN = 40
LONGEST_SPAN_YEARS = 60
Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the rows, and which part of a long span is shown on one page."""

    choice: Choice
    parts: tuple[tuple[date, date], ...]
    part: int
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> Choice:
        """Return the choice, its dates those of the part that one page shows."""
        first, last = self.parts[self.part]
        return replace(self.choice, first=first, last=last)

    def address(self, path: str = "/log", **changes: str | None) -> str:
        """Return the address that asks for the same with some fields changed, or left out by ``None``."""
        fields = {name: value for name, value in {**self.given, **changes}.items() if value}
        return f"{path}?{urlencode(fields)}"

    def for_dates(self, first: date, last: date) -> str:
        """Return the address that asks for the same of other dates."""
        return replace(
            self, given={**self.given, "from": first.isoformat(), "to": last.isoformat()}
        ).address(part=None)


def read_query(
    query: QueryParams, today: date, people: Iterable[Person], pages: Iterable[Page]
) -> Asked:
    """Read what an address asks for; the month of ``today`` where it names no dates.

    Raises ``RefusedError`` with a sentence that names the field and says how to write it.
    """
    given = {name: query.get(name, "").strip() for name in FIELDS}
    first, last = _span(given, today)
    by_email = {person.email.lower(): person.id for person in people}
    keys = {page.key for page in pages}
    who = given["person"].lower()
    choice = Choice(
        first=first,
        last=last,
        newest_first=_one_of("order", given["order"] or "newest", ("newest", "oldest")) == "newest",
        person=None if who in ("", NOBODY) else by_email[_one_of("person", who, by_email)],
        nobody=who == NOBODY,
        state=_code("state", given["state"], Shown),
        page=_one_of("page", given["page"], keys) if given["page"] else None,
        category=_code("category", given["category"], Category),
        short=bool(given["short"]) and _one_of("short", given["short"], ("1",)) == "1",
    )
    found = parts(first, last)
    kept = {**given, "from": first.isoformat(), "to": last.isoformat()}
    return Asked(choice, found, _part(given["part"], found, today, choice), kept)


FIELDS = ("from", "to", "order", "person", "state", "page", "category", "short", "part")


def _span(given: Mapping[str, str], today: date) -> tuple[date, date]:
    begins, ends = given["from"], given["to"]
    if not begins and not ends:
        return first_of_month(today), last_of_month(today)
    first = parse_date(begins[:LONGEST_SHOWN], "From") if begins else None
    last = parse_date(ends[:LONGEST_SHOWN], "To") if ends else None
    first = first or first_of_month(last or today)
    last = last or max(first, today)
    if last < first:
        raise RefusedError(f"To: {last} is before From, {first}; give a later date.")
    if last.year - first.year > LONGEST_SPAN_YEARS:
        raise RefusedError(f"From and To: give a span of at most {LONGEST_SPAN_YEARS} years.")
    return first, last


def _one_of(name: str, value: str, known: Iterable[str]) -> str:
    """Return a value that is among the known ones."""
    if value in known:
        return value
    message = f"{name}: {value[:LONGEST_SHOWN]!r} is not known here; use one of: {', '.join(known)}."
    raise RefusedError(message)


def _code(name: str, value: str, codes: type[Code]) -> Code | None:
    return codes(_one_of(name, value, [code.value for code in codes])) if value else None


def _part(text: str, found: tuple[tuple[date, date], ...], today: date, choice: Choice) -> int:
    """Return which part is shown: the one asked for, else the newest that has begun, or the oldest."""
    if text:
        numbers = [str(number) for number in range(1, len(found) + 1)]
        if text not in numbers:
            raise RefusedError(f"part: {text[:LONGEST_SHOWN]!r} is none; there are 1 to {len(found)}.")
        return int(text) - 1
    if not choice.newest_first:
        return 0
    begun = [place for place, (first, _) in enumerate(found) if first <= today]
    return begun[-1] if begun else 0
