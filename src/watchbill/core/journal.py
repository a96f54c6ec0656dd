"""The journal's chain: canonical bytes, hashes, verification, checkpoints.

Each entry's hash covers the hash before it and the entry's ids, instants and codes. Names, numbers,
leave kinds and free text stand beside the chain; it covers only a salted commitment to them, so that
they can lawfully be redacted later while the chain still verifies.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from watchbill.core.instants import exact
from watchbill.errors import RefusedError

GENESIS = "0" * 64
DOMAIN = b"watchbill journal entry 1\n"
SHORT = 10
CHECKPOINT = re.compile(r"([0-9]{1,18}):\s*([0-9a-f]{10,64})")


class Kind(StrEnum):
    """What a journal entry records."""

    READING_ADOPTED = "reading_adopted"
    PERSON_ADDED = "person_added"
    PERSON_CHANGED = "person_changed"
    PERSON_DEACTIVATED = "person_deactivated"
    PERSON_ACTIVATED = "person_activated"
    PAGE_ADDED = "page_added"
    PAGE_CHANGED = "page_changed"
    PAGE_RETIRED = "page_retired"
    LEAVE_TAKEN = "leave_taken"
    LEAVE_CANCELLED = "leave_cancelled"
    DESIGNATED = "designated"
    APPOINTED = "appointed"
    STANDING_ORDERED = "standing_ordered"
    DUTY_CANCELLED = "duty_cancelled"
    DUTY_ACCEPTED = "duty_accepted"
    DUTY_DECLINED = "duty_declined"
    ACT_REFUSED = "act_refused"
    CHANNEL_STOPPED = "channel_stopped"
    CHANNEL_STARTED = "channel_started"
    CODES_LOCKED = "codes_locked"
    CHANNEL_PROVEN = "channel_proven"
    SIGN_IN_LINK_MADE = "sign_in_link_made"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    CHECK_RECORDED = "check_recorded"
    FOLLOW_UP_CLOSED = "follow_up_closed"
    WINDOW_EXPLAINED = "window_explained"
    WINDOW_SETTLED = "window_settled"
    WINDOW_REOPENED = "window_reopened"
    GAP_FOUND = "gap_found"
    GAP_CHANGED = "gap_changed"
    GAP_ENDED = "gap_ended"
    TROUBLE_BEGAN = "trouble_began"
    TROUBLE_ENDED = "trouble_ended"
    NOTICE_OWED = "notice_owed"
    NOTICE_SKIPPED = "notice_skipped"
    NOTICE_WITHDRAWN = "notice_withdrawn"
    NOTICE_SENT = "notice_sent"
    NOTICE_DELIVERED = "notice_delivered"
    NOTICE_FAILED = "notice_failed"


COVERAGE_FACTS = (
    Kind.READING_ADOPTED,
    Kind.PERSON_ADDED,
    Kind.PERSON_CHANGED,
    Kind.PERSON_DEACTIVATED,
    Kind.PERSON_ACTIVATED,
    Kind.LEAVE_TAKEN,
    Kind.LEAVE_CANCELLED,
    Kind.DESIGNATED,
    Kind.APPOINTED,
    Kind.STANDING_ORDERED,
    Kind.DUTY_CANCELLED,
    Kind.DUTY_DECLINED,
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: ``person:3``, ``operator`` or ``program``, and by which way the act came."""

    name: str
    way: str


PROGRAM = Actor("program", "program")
OPERATOR = Actor("operator", "cli")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the chain covers it."""

    number: int
    at: datetime
    kind: str
    actor: Actor
    facts: Mapping[str, Any]
    commitment: str | None
    previous: str
    hash: str

    @property
    def short(self) -> str:
        """Return the first ten characters of the hash: what a receipt shows."""
        return self.hash[:SHORT]


@dataclass(frozen=True, slots=True)
class Words:
    """What stands beside an entry: its salt and its texts, or nothing where it was redacted."""

    salt: str | None
    text: Mapping[str, Any] | None


def canonical(value: object) -> bytes:
    """Return the one way to write a value of ids, instants and codes as bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def commit(salt: str, text: Mapping[str, Any]) -> str:
    """Return the commitment to words: it proves them while they stand, and tells nothing once gone."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical(text)).hexdigest()


def seal(
    previous: str,
    number: int,
    at: datetime,
    kind: str,
    actor: Actor,
    facts: Mapping[str, Any],
    commitment: str | None,
) -> Entry:
    """Return the entry with its hash, chained to the hash before it."""
    body = canonical([number, exact(at), str(kind), actor.name, actor.way, facts, commitment, previous])
    digest = hashlib.sha256(DOMAIN + body).hexdigest()
    return Entry(number, at, str(kind), actor, facts, commitment, previous, digest)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A number and a hash held outside: what a cut or rewritten chain is found out against."""

    number: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read ``120:3fa9c2…``: the number, and at least ten characters of the hash."""
        found = CHECKPOINT.fullmatch(text.strip().lower())
        if found is None:
            message = f"--checkpoint: {text!r} is not NUMBER:HASH; copy it from a digest or a receipt."
            raise RefusedError(message)
        return cls(int(found[1]), found[2])


def verify(
    entries: Iterable[tuple[Entry, Words | None]], checkpoints: Iterable[Checkpoint] = ()
) -> Iterator[str]:
    """Yield one sentence for each thing that is wrong with the chain; nothing where it holds.

    ``entries`` come in the order of their numbers, each with the words beside it, if it has any.
    """
    wanted: dict[int, list[str]] = {}
    for checkpoint in checkpoints:
        wanted.setdefault(checkpoint.number, []).append(checkpoint.hash)
    expected, previous = 1, GENESIS
    for entry, words in entries:
        if entry.number != expected:
            yield f"entry {expected} is missing: the journal goes on with entry {entry.number}."
            expected = entry.number
        if entry.previous != previous:
            yield f"entry {entry.number} does not follow the entry before it."
        yield from _entry_faults(entry, words)
        if not all(entry.hash.startswith(digest) for digest in wanted.pop(entry.number, ())):
            yield f"entry {entry.number} is not the one of the checkpoint: the chain was rewritten."
        expected, previous = expected + 1, entry.hash
    for number in sorted(wanted):
        yield f"entry {number} of the checkpoint is missing: the journal was cut after {expected - 1}."


def _entry_faults(entry: Entry, words: Words | None) -> Iterator[str]:
    again = seal(
        entry.previous,
        entry.number,
        entry.at,
        entry.kind,
        entry.actor,
        entry.facts,
        entry.commitment,
    )
    if again.hash != entry.hash:
        yield f"entry {entry.number} was changed: its content does not match its hash."
    if entry.commitment is None:
        if words is not None:
            yield f"entry {entry.number} has words beside it that it does not answer for."
    elif words is None:
        yield f"the words of entry {entry.number} were removed without a redaction."
    elif words.salt is None and words.text is None:
        return
    elif words.salt is None or words.text is None or commit(words.salt, words.text) != entry.commitment:
        yield f"the words of entry {entry.number} were changed."
