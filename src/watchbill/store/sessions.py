"""Ways to sign in, and who is signed in: rows that hold hashes, never what a person or a browser holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from watchbill.store.base import table
from watchbill.store.visitor_tables import SessionRow, SignInRow

SIGN_INS, SESSIONS = table(SignInRow), table(SessionRow)
SESSION = sa.select(SESSIONS).where(SESSIONS.c.hash == sa.bindparam("which"))


@dataclass(frozen=True, slots=True)
class SignIn:
    """A way to sign in: whose, until when, and whether it was used."""

    hash: str
    person: int
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in: in ``[began_at, expires_at)``, cut short where they signed out."""

    hash: str
    person: int
    browser: str
    began_at: datetime
    expires_at: datetime
    ended_at: datetime | None

    def lasts(self, now: datetime) -> bool:
        """Whether it is good at an instant."""
        return self.ended_at is None and now < self.expires_at


def insert_sign_in(
    connection: sa.Connection, hashed: str, person: int, now: datetime, expires_at: datetime
) -> None:
    """Keep a way to sign in."""
    values = {"hash": hashed, "person_id": person, "made_at": now, "expires_at": expires_at}
    connection.execute(SIGN_INS.insert().values(**values))


def sign_in_of(connection: sa.Connection, hashed: str) -> SignIn | None:
    """Return a way to sign in, or ``None`` for one that was never given out."""
    row = connection.execute(sa.select(SIGN_INS).where(SIGN_INS.c.hash == hashed)).first()
    return None if row is None else SignIn(row.hash, row.person_id, row.expires_at, row.used_at)


def use_sign_in(connection: sa.Connection, hashed: str, now: datetime) -> bool:
    """Use a way to sign in; return whether this call was the one that did."""
    unused = SIGN_INS.update().where(SIGN_INS.c.hash == hashed, SIGN_INS.c.used_at.is_(None))
    return connection.execute(unused.values(used_at=now)).rowcount == 1


def insert_session(connection: sa.Connection, session: Session) -> None:
    """Keep that somebody is signed in."""
    connection.execute(
        SESSIONS.insert().values(
            hash=session.hash,
            person_id=session.person,
            browser=session.browser,
            began_at=session.began_at,
            expires_at=session.expires_at,
        )
    )


def session_of(connection: sa.Connection, hashed: str) -> Session | None:
    """Return a session, ended ones too, or ``None``."""
    row = connection.execute(SESSION, {"which": hashed}).first()
    return None if row is None else _session(row)


def sessions_of(connection: sa.Connection, person: int, now: datetime) -> list[Session]:
    """Return where a person is signed in now, the newest first."""
    query = (
        sa.select(SESSIONS)
        .where(
            SESSIONS.c.person_id == person,
            SESSIONS.c.expires_at > now,
            SESSIONS.c.ended_at.is_(None),
        )
        .order_by(SESSIONS.c.began_at.desc(), SESSIONS.c.hash)
    )
    return [_session(row) for row in connection.execute(query)]


def count_lasting(connection: sa.Connection, now: datetime) -> int:
    """Return how many sessions are good now."""
    query = (
        sa.select(sa.func.count())
        .select_from(SESSIONS)
        .where(SESSIONS.c.expires_at > now, SESSIONS.c.ended_at.is_(None))
    )
    return int(connection.scalar(query) or 0)


def end_sessions(
    connection: sa.Connection,
    person: int,
    now: datetime,
    only: str | None = None,
    but: str | None = None,
) -> int:
    """End the sessions of a person, one of them, or all ``but`` one; return how many were ended."""
    mine = SESSIONS.update().where(SESSIONS.c.person_id == person, SESSIONS.c.ended_at.is_(None))
    if only is not None:
        mine = mine.where(SESSIONS.c.hash == only)
    if but is not None:
        mine = mine.where(SESSIONS.c.hash != but)
    return connection.execute(mine.values(ended_at=now)).rowcount


def _session(row: sa.Row[tuple[object, ...]]) -> Session:
    return Session(row.hash, row.person_id, row.browser, row.began_at, row.expires_at, row.ended_at)
