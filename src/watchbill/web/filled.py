"""A form as it was sent: untrusted text, read by name and never further than it is needed."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import time

from fastapi import Request
from fastapi.exceptions import HTTPException, RequestValidationError
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect

from watchbill.web.link import TOO_LARGE

FORM = re.compile(r"[0-9a-f]{32}")
NUMBER = re.compile(r"[0-9]{1,9}")
TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9])?")
OPTION = re.compile(r"^--[a-z]+: ")
NO_TEXT = re.compile("[\ud800-\udfff]")
MOST_FIELDS = 500
PATIENCE_SECONDS = 20.0
REQUEST_TIMEOUT = 408
CHECK = "check"


class BadFormError(Exception):
    """Raised for a form that was filled in wrongly; its text tells the person what to put right."""


class FieldError(BadFormError):
    """Raised for a field that was filled in wrongly, or that the rules refuse; ``field`` is its name."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def in_plain_words(sentence: str) -> str:
    """Return a refusal without the name of the command line's option before it."""
    bare = OPTION.sub("", sentence)
    return bare[:1].upper() + bare[1:]


def time_of_day(text: str) -> time | None:
    """Return a local time of day as browsers send it, to the minute; ``None`` for anything else."""
    found = TIME_OF_DAY.fullmatch(text)
    return None if found is None else time(int(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True)
class Filled:
    """What a person has sent; a form without ``do`` is the plain check."""

    fields: FormData

    @property
    def form(self) -> str:
        """Return the id of the form."""
        return self.text("form")

    @property
    def do(self) -> str:
        """Return what the person wants done."""
        return self.text("do") or CHECK

    def text(self, name: str) -> str:
        """Return a field; empty where there is none, or where a file was sent in its place."""
        value = self.fields.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return every value of a field, each once, in the order sent."""
        values = (value for value in self.fields.getlist(name) if isinstance(value, str))
        return tuple(dict.fromkeys(values))

    def entered(self) -> list[tuple[str, str]]:
        """Return every field that has a text, by name, in the order sent."""
        pairs = ((name, value) for name, value in self.fields.multi_items() if isinstance(value, str))
        return [(name, value.strip()) for name, value in pairs if value.strip()]

    def number(self, name: str) -> int | None:
        """Return a field that is an id, or ``None`` for anything else."""
        value = self.text(name)
        return int(value) if NUMBER.fullmatch(value) else None

    @property
    def is_ours(self) -> bool:
        """Whether its id looks like one that we gave out, to the letter."""
        value = self.fields.get("form", "")
        return isinstance(value, str) and FORM.fullmatch(value) is not None


def _is_text(name: str, value: object) -> bool:
    """Whether a field can be shown: there is no half of a surrogate pair in UTF-8."""
    return not isinstance(value, str) or NO_TEXT.search(name + value) is None


async def filled(request: Request) -> Filled:
    """Read the form of a request.

    Raises ``RequestValidationError`` where it has no id, or holds what is no text; ``HTTPException`` for a
    body that is too long, or does not come.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            fields = await request.form(max_files=0, max_fields=MOST_FIELDS)
    except ClientDisconnect:
        raise HTTPException(TOO_LARGE) from None
    except TimeoutError:
        raise HTTPException(REQUEST_TIMEOUT) from None
    except (UnicodeError, LookupError):
        raise RequestValidationError([]) from None
    if not fields.get("form") or not all(_is_text(*pair) for pair in fields.multi_items()):
        raise RequestValidationError([])
    return Filled(fields)


async def token_of(request: Request) -> str:
    """Return the token in the address; for a parameter FastAPI would load all of pydantic's first version."""
    return str(request.path_params["token"])
