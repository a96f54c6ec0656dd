"""The tables behind the pages: who is signed in, which channels are proven, what was said later."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from watchbill.core.roster import Channel
from watchbill.store.base import Base
from watchbill.store.columns import one_of


class SignInRow(Base, table=True):
    """A way to sign in, kept as SHA-256 of its token: for one person, for a quarter of an hour, once."""

    __tablename__ = "sign_ins"
    hash: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="people.id", index=True)
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class SessionRow(Base, table=True):
    """Somebody who is signed in, kept as SHA-256 of what their browser holds."""

    __tablename__ = "sessions"
    __table_args__ = (
        sa.Index("ix_sessions_person_id", "person_id", "expires_at"),
        sa.Index("ix_sessions_expires_at", "expires_at"),
    )
    hash: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="people.id")
    browser: str
    began_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


class ProofRow(Base, table=True):
    """That a person has shown to read what a channel brings to an address."""

    __tablename__ = "proofs"
    person_id: int = Field(primary_key=True, foreign_key="people.id")
    channel: Channel = Field(sa_column=one_of(Channel, "channel", primary_key=True))
    address: str
    proven_at: datetime
    entry: int = Field(foreign_key="journal.number")


class FollowUpRow(Base, table=True):
    """That what a finding asked for has been done; without a row it is still open (Policy 1004 §5)."""

    __tablename__ = "follow_ups_closed"
    finding_id: int = Field(
        primary_key=True, foreign_key="findings.id", sa_column_kwargs={"autoincrement": False}
    )
    closed_at: datetime
    entry: int = Field(foreign_key="journal.number")


class ExplanationRow(Base, table=True):
    """Why a window was not completed, as somebody gave it later; its words stand beside the journal."""

    __tablename__ = "explanations"
    entry: int = Field(
        primary_key=True, foreign_key="journal.number", sa_column_kwargs={"autoincrement": False}
    )
    window_id: str = Field(foreign_key="windows.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="people.id")
    given_at: datetime
