"""Signing in and out: a link to the work email, or one made on the server; no password anywhere."""

from __future__ import annotations

from datetime import timedelta

from watchbill.acts.deed import By, deed, require
from watchbill.core.checks import Way
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Channel, Person, Role
from watchbill.errors import RefusedError
from watchbill.ledger import Office
from watchbill.post.letters import new_token, token_hash
from watchbill.store import notices, people, sessions
from watchbill.store.sessions import Session

LINK_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=12)
MOST_ASKED, MOST_A_DAY = 3, 12
"""Mails with a way to sign in that one person is sent within a quarter of an hour, and within a day."""
A_DAY = timedelta(days=1)
LONGEST_BROWSER = 200
SUBJECT_BITS = 64


def ask_to_sign_in(office: Office, email: str) -> bool:
    """Owe the active person with that work email a way to sign in; return whether a mail is owed.

    Nothing is owed to an address that is nobody's, nor to somebody who was sent three within a quarter
    of an hour, or twelve within a day. Whoever asks must not learn which it was; they may be anybody, so
    the journal has it as an act of the program.
    """
    with office.store.read() as connection:
        everybody = people.all_people(connection).values()
        person = next((p for p in everybody if p.active and p.email.lower() == email.lower()), None)
        if person is None:
            return False
        now = office.clock.now()
        for span, most in ((LINK_LASTS, MOST_ASKED), (A_DAY, MOST_A_DAY)):
            if notices.count_since(connection, person.id, Reason.SIGN_IN_ASKED, now - span) >= most:
                return False
    with deed(office, By(None, Way.WEB, is_program=True), Kind.NOTICE_OWED) as act:
        act.tell(
            act.person(person.id),
            Reason.SIGN_IN_ASKED,
            Step.SIGN_IN,
            f"{office.entropy.bits(SUBJECT_BITS):016x}",
            at_once=True,
            about={"only": Channel.EMAIL.value},
            useful_until=act.now + LINK_LASTS,
        )
    return True


def make_sign_in_link(office: Office, by: By, person: Person) -> str:
    """Return the token of a way to sign in, for when no mail arrives; the journal says who made it.

    Raises ``RefusedError`` for somebody who is deactivated.
    """
    with deed(office, by, Kind.SIGN_IN_LINK_MADE) as act:
        fresh = act.person(person.id)
        require(fresh.active, f"{fresh.name} is deactivated; activate them first.")
        token = new_token(office.entropy)
        expires_at = act.now + LINK_LASTS
        sessions.insert_sign_in(act.connection, token_hash(token), fresh.id, act.now, expires_at)
        act.journal(Kind.SIGN_IN_LINK_MADE, {"person": fresh.id}, by.words())
        return token


def sign_in(office: Office, token: str, browser: str) -> tuple[str, Session]:
    """Use a way to sign in; return what the browser is to hold, and the session.

    Raises ``RefusedError`` for one that was never given out, is used or over, or whose person is not
    active any more.
    """
    with office.write() as connection:
        found = sessions.sign_in_of(connection, token_hash(token))
        person = None if found is None else people.all_people(connection)[found.person]
    if found is None or person is None:
        raise RefusedError("This way to sign in is not known; ask for a new one.")
    with deed(office, By(person, Way.WEB), Kind.SIGNED_IN) as act:
        fresh = act.person(person.id)
        require(act.now < found.expires_at, "This way to sign in has expired; ask for a new one.")
        require(fresh.active, f"{fresh.name} is deactivated and cannot sign in.")
        unused = sessions.use_sign_in(act.connection, found.hash, act.now)
        require(unused, "This way to sign in was used already; ask for a new one.")
        held = new_token(office.entropy)
        session = Session(
            hash=token_hash(held),
            person=fresh.id,
            browser=browser[:LONGEST_BROWSER],
            began_at=act.now,
            expires_at=act.now + SESSION_LASTS,
            ended_at=None,
        )
        sessions.insert_session(act.connection, session)
        act.journal(Kind.SIGNED_IN, {"person": fresh.id})
    return held, session


def sign_out(
    office: Office, by: By, person: Person, only: str | None = None, but: str | None = None
) -> int:
    """End a person's sessions, the one with that hash, or all ``but`` it; return how many were ended.

    A person ends their own; Information Services, the PIO and the ED anybody's.
    """
    with deed(office, by, Kind.SIGNED_OUT) as act:
        own = by.person is not None and by.person.id == person.id
        may = by.may(Role.INFORMATION_SERVICES, Role.PIO, Role.EXECUTIVE_DIRECTOR)
        require(own or may, f"--by: {by.name} may not sign {person.name} out.")
        ended = sessions.end_sessions(act.connection, person.id, act.now, only, but)
        if ended:
            act.journal(Kind.SIGNED_OUT, {"person": person.id, "sessions": ended}, by.words())
        return ended
