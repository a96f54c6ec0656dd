"""Forms that are shown again with what was entered, and the sentence that says why beside its field."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from watchbill.core.journal import Kind
from watchbill.core.roster import Channel, Role
from watchbill.errors import ConfigurationError, WatchbillError
from watchbill.store import journal
from watchbill.web.link import BAD_REQUEST, CONFLICT
from watchbill.web.visit import Visit

ROLE_WORDS = {
    Role.PIO: "Public Information Officer (PIO)",
    Role.DESIGNEE: "Designee: may be designated",
    Role.EXECUTIVE_DIRECTOR: "Executive Director",
    Role.MANAGER: "Manager: reads the record",
    Role.INFORMATION_SERVICES: "Information Services: runs this program",
}
SHORT_ROLE_WORDS = {role: words.partition(":")[0] for role, words in ROLE_WORDS.items()}
CHANNEL_WORDS = {Channel.SMS: "Text", Channel.EMAIL: "Mail"}
FIELD = re.compile(r"(?:--)?(?:person\.)?([a-z_]+)(?:\[\d+\])?(?:\.[a-z_]+)?: (.+)", re.DOTALL)
COMMAND = re.compile(r"; (?:use|add it with) `watchbill [^`]*`")
BEGINS_WITH_A_VERB = ("is ", "has ", "names ", "must ", "lasts ")
FORM = ""
"""Where a sentence stands that belongs to no field."""


class Problems(dict[str, str]):
    """The sentences of a form by their fields; an empty one for every other field."""

    def __missing__(self, field: str) -> str:
        """Return what stands beside a field that nothing is wrong with."""
        return ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form was not accepted: beside which field it belongs, and the status of the answer."""

    field: str
    sentence: str
    status: int


def by_field(problem: Problem | None) -> Problems:
    """Return what a template looks up: a problem by its field, or nothing."""
    return Problems() if problem is None else Problems({problem.field: problem.sentence})


def problem_of(error: WatchbillError, labels: Mapping[str, str]) -> Problem:
    """Return where on a form the sentence of an error belongs, in words for a page.

    ``labels``: the fields of the form, and how each is called at the beginning of a sentence.
    """
    status = BAD_REQUEST if isinstance(error, ConfigurationError) else CONFLICT
    sentence = COMMAND.sub("", error.message)
    found = FIELD.fullmatch(sentence)
    field, rest = (found[1], found[2]) if found else (FORM, sentence)
    field = {"channel": "channels"}.get(field, field)
    if rest.startswith(BEGINS_WITH_A_VERB):
        rest = f"{labels.get(field, field)} {rest}"
    return Problem(field if field in labels else FORM, rest[:1].upper() + rest[1:], status)


def entry_of(visit: Visit, *kinds: Kind) -> int:
    """Return the number of the entry that an act of this visit has just made."""
    return journal.last_of(visit.connection, kinds)


def channels_sent(visit: Visit) -> list[str]:
    """Return the channels of a form in the order of preference: the first, and then the other if any."""
    form = visit.form
    return [chosen for name in ("channel-1", "channel-2") if (chosen := form.text(name))]


def listed(names: Collection[str]) -> str:
    """Return names in one line: ``A, B and C``."""
    *others, last = list(names) or [""]
    return f"{', '.join(others)} and {last}" if others else last
