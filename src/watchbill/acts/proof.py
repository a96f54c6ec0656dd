"""Proving that a channel reaches its person: a code goes out by it, and comes back on their page.

*Proven* is shown, never required (DOMAIN §3). Whoever guesses is stopped: five wrong codes within an
hour lock this for an hour, counted from the journal.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa

from watchbill.acts.deed import By, deed, note_attempt, require
from watchbill.core.codes import AN_HOUR, locked_until
from watchbill.core.instants import clock_words
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Channel, Person
from watchbill.errors import RefusedError
from watchbill.ledger import Office
from watchbill.store import deliveries, notice_search, notices, proofs
from watchbill.store.notices import NoticeRecord
from watchbill.store.reach import address_of

CODE_LASTS = timedelta(minutes=15)
MOST_CODES = 5
"""Codes that one person is sent within an hour."""
SUBJECT_BITS = 64
NONE_OUT = "--code: no code is out by this way; they are good for 15 minutes. Ask for a new one."
WRONG = "--code: that is not the code of the newest message by this way; look again."


def ask_for_proof(office: Office, by: By, channel: Channel) -> str:
    """Owe the person who acts a code by one of their channels; return the notice's key.

    Raises ``RefusedError`` without an address, and after five codes within an hour.
    """
    person = _who(by)
    with deed(office, by, Kind.NOTICE_OWED) as act:
        fresh = act.person(person.id)
        require(fresh.active, f"{fresh.name} is deactivated; there is nobody to reach.")
        require(address_of(fresh, channel), "--channel: there is no mobile number; add it first.")
        asked = notices.count_since(act.connection, fresh.id, Reason.PROOF_ASKED, act.now - AN_HOUR)
        require(
            asked < MOST_CODES,
            f"--channel: {MOST_CODES} codes were sent within the hour; wait, and look for the last one.",
        )
        return act.tell(
            fresh,
            Reason.PROOF_ASKED,
            Step.PROOF,
            f"{office.entropy.bits(SUBJECT_BITS):016x}",
            at_once=True,
            about={"only": channel.value},
            useful_until=act.now + CODE_LASTS,
        )


def prove(office: Office, by: By, channel: Channel, code: str) -> int:
    """Keep that a channel reaches the person who acts, by the code that it brought; return the entry.

    Raises ``RefusedError`` for a wrong or an expired code, which counts, and while this is locked,
    which does not.
    """
    person = _who(by)
    locked = _locked(office, by)
    if locked is not None:
        note_attempt(office, by, Kind.CODES_LOCKED, locked)
        raise RefusedError(locked)
    with deed(office, by, Kind.CHANNEL_PROVEN) as act:
        fresh = act.person(person.id)
        out = _code_out(act.connection, fresh, channel, act.now - CODE_LASTS)
        if out is None:
            raise RefusedError(NONE_OUT)
        given = "".join(code.split()).upper().encode()
        require(hmac.compare_digest(given, out.code.encode()), WRONG)
        words = by.words(address=address_of(fresh, channel))
        facts = {"person": fresh.id, "channel": channel.value}
        entry = act.journal(Kind.CHANNEL_PROVEN, facts, words).number
        proofs.put_proof(act.connection, fresh, channel, act.now, entry)
        notices.update_notice(act.connection, out.id, spent_at=act.now)
        return entry


def _who(by: By) -> Person:
    if by.person is None:
        raise RefusedError("--by: only the person can prove that a channel reaches them.")
    return by.person


def _locked(office: Office, by: By) -> str | None:
    """Return why no code is looked at now: five were wrong within an hour."""
    with office.write() as connection:
        now = office.clock.now()
        wrong = proofs.refused_since(
            connection, Kind.ACT_REFUSED, Kind.CHANNEL_PROVEN, by.actor.name, now - 2 * AN_HOUR
        )
    until = locked_until(wrong, now)
    if until is None:
        return None
    return (
        f"--code: five codes were wrong; none is taken until {clock_words(until, office.policy.zone)}."
    )


def _code_out(
    connection: sa.Connection, person: Person, channel: Channel, since: datetime
) -> NoticeRecord | None:
    """Return the newest unspent code that went by a channel to the address that the person has now."""
    asked = notice_search.for_reason_since(connection, person.id, Reason.PROOF_ASKED, since)
    newest = next((one for one in asked if one.about.get("only") == channel), None)
    if newest is None or newest.spent_at is not None:
        return None
    went = deliveries.deliveries_of(connection, [newest.id]).get(newest.id, [])
    address = address_of(person, channel)
    return newest if any(one.address == address for one in went) else None
