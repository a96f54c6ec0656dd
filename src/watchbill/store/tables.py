"""The declared tables. Input is checked before it comes here; the CHECKs are the last door.

Instants are plain ``datetime`` fields: SQLModel stores them in UTC and refuses naive ones.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from watchbill.core.checks import Action, Category, Way
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Channel, DutyKind, LeaveKind, Role
from watchbill.core.windows import State
from watchbill.core.world import NoticeState
from watchbill.store import visitor_tables as _visitor_tables  # noqa: F401 - one metadata holds all
from watchbill.store.base import Base, table
from watchbill.store.columns import DeliveryState, Heard, Trouble, json_column, one_of

__all__ = ("Base", "metadata", "table")


class WatchRow(Base, table=True):
    """One row: when the record began, how far windows are laid out, when a tick last ran."""

    __tablename__ = "watch"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)
    id: int = Field(default=1, primary_key=True)
    began_at: datetime
    laid_until: date | None = None
    ticked_at: datetime | None = None
    replies_failing_since: datetime | None = None


class ReadingRow(Base, table=True):
    """The configuration's interpretation of the policy, dated, with the name of who adopted it."""

    __tablename__ = "readings"
    id: int | None = Field(default=None, primary_key=True)
    digest: str
    adopted_at: datetime
    adopted_by: str
    meaning: dict[str, Any] = Field(sa_column=json_column("meaning"))


class PersonRow(Base, table=True):
    """Somebody of the agency; nobody is deleted."""

    __tablename__ = "people"
    id: int | None = Field(default=None, primary_key=True)
    name: str
    email: str = Field(unique=True)
    mobile: str | None = None
    channels: list[str] = Field(sa_column=json_column("channels"))
    deactivated_at: datetime | None = None
    sms_stopped_at: datetime | None = None
    quiet_hours: str | None = None


class RoleRow(Base, table=True):
    """A role that a person holds, or held: in ``[since, until)``; ``since`` is empty for the first holder."""

    __tablename__ = "roles"
    __table_args__ = (sa.Index("ix_roles_until", "until"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="people.id")
    role: Role = Field(sa_column=one_of(Role, "role"))
    since: datetime | None = None
    until: datetime | None = None


class PageRow(Base, table=True):
    """One social networking page of the agency; pages are retired, not deleted."""

    __tablename__ = "pages"
    key: str = Field(primary_key=True)
    platform: str
    name: str
    url: str
    active_from: datetime
    active_until: datetime | None = None


class HolidayYearRow(Base, table=True):
    """The national holidays of a year, as one version of the library gave them."""

    __tablename__ = "holiday_years"
    source: str = Field(primary_key=True)
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    names: dict[str, str] = Field(sa_column=json_column("names"))


class LeaveRow(Base, table=True):
    """A person is away in ``[starts_at, ends_at)``."""

    __tablename__ = "leaves"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="ends_later"),
        sa.Index("ix_leaves_ends_at", "ends_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="people.id")
    kind: LeaveKind = Field(sa_column=one_of(LeaveKind, "kind"))
    starts_at: datetime
    ends_at: datetime
    entry: int = Field(foreign_key="journal.number")
    recorded_at: datetime
    cancelled_at: datetime | None = None


class DutyRow(Base, table=True):
    """A designation, a standing designation or an interim appointment."""

    __tablename__ = "duties"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="ends_later"),
        sa.Index("ix_duties_ends_at", "ends_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: DutyKind = Field(sa_column=one_of(DutyKind, "kind"))
    person_id: int = Field(foreign_key="people.id")
    starts_at: datetime
    ends_at: datetime
    respond: bool = False
    by: str
    entry: int = Field(foreign_key="journal.number")
    recorded_at: datetime
    cancelled_at: datetime | None = None
    declined_at: datetime | None = None
    accepted_at: datetime | None = None
    place: int | None = None
    placed_at: datetime | None = None


class GapRow(Base, table=True):
    """A run of windows that nobody covers; ``told`` is what it was made of when it was last told of."""

    __tablename__ = "gaps"
    __table_args__ = (sa.Index("ix_gaps_ended_at", "ended_at"),)
    id: int | None = Field(default=None, primary_key=True)
    found_at: datetime
    windows: list[str] = Field(sa_column=json_column("windows"))
    announced_at: datetime | None = None
    told: list[Any] | None = Field(default=None, sa_column=json_column("told", nullable=True))
    told_at: datetime | None = None
    told_until: date | None = None
    round: int = 0
    parent_id: int | None = Field(default=None, foreign_key="gaps.id")
    ended_at: datetime | None = None


class WindowRow(Base, table=True):
    """One occasion of a rule. ``pages`` are frozen at opening, ``monitor`` and ``spans`` at closing."""

    __tablename__ = "windows"
    __table_args__ = (
        sa.CheckConstraint("opens_at < closes_at", name="closes_later"),
        sa.CheckConstraint("counts_from <= opens_at", name="counts_early"),
        sa.CheckConstraint(
            "settled_at IS NULL OR state IN ('completed', 'late', 'missed')", name="settled_is_final"
        ),
        sa.Index(
            "ix_windows_date",
            "date",
            "state",
            "unattended",
            "counts_from",
            "closes_at",
            "reading_id",
        ),
        sa.Index("ix_windows_settled_at", "settled_at", "opens_at"),
    )
    id: str = Field(primary_key=True)
    rule: str
    date: date
    opens_at: datetime
    closes_at: datetime
    counts_from: datetime
    reading_id: int = Field(foreign_key="readings.id")
    state: State = Field(sa_column=one_of(State, "state"))
    pages: list[str] | None = Field(default=None, sa_column=json_column("pages", nullable=True))
    attended: bool = False
    monitor_id: int | None = Field(default=None, foreign_key="people.id")
    spans: list[Any] | None = Field(default=None, sa_column=json_column("spans", nullable=True))
    settled_at: datetime | None = None
    unattended: bool = False


class CheckRow(Base, table=True):
    """One completed viewing; append-only. ``number`` is that of its journal entry."""

    __tablename__ = "checks"
    __table_args__ = (sa.Index("ix_checks_date", "date"),)
    number: int = Field(
        primary_key=True, foreign_key="journal.number", sa_column_kwargs={"autoincrement": False}
    )
    person_id: int = Field(foreign_key="people.id")
    date: date
    viewed_at: datetime
    reported_at: datetime
    recorded_at: datetime
    way: Way = Field(sa_column=one_of(Way, "way"))
    attested: bool = False
    amends: int | None = Field(default=None, foreign_key="checks.number")


class CheckPageRow(Base, table=True):
    """A page that a check viewed."""

    __tablename__ = "check_pages"
    check_number: int = Field(primary_key=True, foreign_key="checks.number")
    page_key: str = Field(primary_key=True, foreign_key="pages.key")


class FindingRow(Base, table=True):
    """What a check found on a page: a category and what was done, never a quotation."""

    __tablename__ = "findings"
    id: int | None = Field(default=None, primary_key=True)
    check_number: int = Field(foreign_key="checks.number", index=True)
    page_key: str = Field(foreign_key="pages.key")
    category: Category = Field(sa_column=one_of(Category, "category"))
    action: Action = Field(sa_column=one_of(Action, "action"))


class NoticeRow(Base, table=True):
    """One message owed to one person for one reason; its key is let in once."""

    __tablename__ = "notices"
    __table_args__ = (
        sa.Index("ix_notices_window_id", "window_id"),
        sa.Index("ix_notices_duty_id", "duty_id"),
        sa.Index("ix_notices_due_at", "due_at"),
        sa.Index("ix_notices_state", "state", "try_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    reason: Reason = Field(sa_column=one_of(Reason, "reason"))
    step: Step = Field(sa_column=one_of(Step, "step"))
    window_id: str | None = Field(default=None, foreign_key="windows.id")
    duty_id: int | None = Field(default=None, foreign_key="duties.id")
    person_id: int = Field(foreign_key="people.id")
    about: dict[str, Any] = Field(sa_column=json_column("about"))
    urgent: bool = False
    next_channel: bool = False
    created_at: datetime
    due_at: datetime
    not_before: datetime
    useful_until: datetime | None = None
    state: NoticeState = Field(sa_column=one_of(NoticeState, "state"))
    why: Reason | None = Field(default=None, sa_column=one_of(Reason, "why", nullable=True))
    code: str = Field(index=True)
    message_id: str
    channel: Channel = Field(sa_column=one_of(Channel, "channel"))
    try_at: datetime
    failure_told: bool = False
    asked_to_wait_until: datetime | None = None
    spent_at: datetime | None = None


class NoticeGapRow(Base, table=True):
    """That a notice is about a gap."""

    __tablename__ = "notice_gaps"
    notice_id: int = Field(primary_key=True, foreign_key="notices.id")
    gap_id: int = Field(primary_key=True, foreign_key="gaps.id", index=True)


class DeliveryRow(Base, table=True):
    """One attempt to send a notice through one channel; ``address`` stays with the attempt."""

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.UniqueConstraint("notice_id", "number"),
        sa.Index("ix_deliveries_state", "state", "lease_until"),
        sa.Index("ix_deliveries_address", "address", "started_at"),
        sa.Index("ix_deliveries_started_at", "started_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notices.id")
    number: int
    channel: Channel = Field(sa_column=one_of(Channel, "channel"))
    address: str
    state: DeliveryState = Field(sa_column=one_of(DeliveryState, "state"))
    started_at: datetime
    lease_until: datetime
    finished_at: datetime | None = None
    provider_id: str | None = None
    error: str | None = None
    for_good: bool | None = None


class LinkRow(Base, table=True):
    """A message's link: bound to one person and what its notice is about, kept as SHA-256 of its token."""

    __tablename__ = "links"
    hash: str = Field(primary_key=True)
    notice_id: int = Field(foreign_key="notices.id", index=True)
    person_id: int = Field(foreign_key="people.id")
    window_id: str | None = Field(default=None, foreign_key="windows.id")
    expires_at: datetime


class FormRow(Base, table=True):
    """A form that was accepted: its id, and the journal entry that it became."""

    __tablename__ = "forms"
    id: str = Field(primary_key=True)
    entry: int = Field(foreign_key="journal.number")


class InboundRow(Base, table=True):
    """A text that somebody sent to us and that was acted on; its words are not kept."""

    __tablename__ = "inbound"
    __table_args__ = (
        sa.Index("ix_inbound_received_at", "received_at"),
        sa.Index("ix_inbound_person_id", "person_id", "handled_at"),
    )
    id: str = Field(primary_key=True)
    received_at: datetime
    handled_at: datetime
    heard: Heard = Field(sa_column=one_of(Heard, "heard"))
    person_id: int | None = Field(default=None, foreign_key="people.id")


class StrangerRow(Base, table=True):
    """A number that is nobody's, kept as its SHA-256, and when it was last answered."""

    __tablename__ = "strangers"
    __table_args__ = (sa.Index("ix_strangers_answered_at", "answered_at"),)
    hash: str = Field(primary_key=True)
    answered_at: datetime


class TroubleRow(Base, table=True):
    """A technical failure: what fails, since when, and until when."""

    __tablename__ = "troubles"
    __table_args__ = (sa.Index("ix_troubles_ended_at", "ended_at"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: Trouble = Field(sa_column=one_of(Trouble, "kind"))
    subject: str
    detail: str
    began_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None


class JournalRow(Base, table=True):
    """The append-only, hash-chained record of every act."""

    __tablename__ = "journal"
    __table_args__ = (sa.Index("ix_journal_kind_number", "kind", "number"),)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    kind: str
    actor: str
    way: str
    facts: dict[str, Any] = Field(sa_column=json_column("facts"))
    commitment: str | None = None
    previous: str = Field(unique=True)
    hash: str = Field(unique=True)


class JournalWordsRow(Base, table=True):
    """Names, numbers, leave kinds and free text beside an entry; both empty where redacted."""

    __tablename__ = "journal_words"
    number: int = Field(
        primary_key=True, foreign_key="journal.number", sa_column_kwargs={"autoincrement": False}
    )
    salt: str | None = None
    text: dict[str, Any] | None = Field(default=None, sa_column=json_column("text", nullable=True))


metadata = Base.metadata
