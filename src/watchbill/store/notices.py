"""Notices and their attempts as rows: intent, claim, outcome; each key is let in once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Channel
from watchbill.core.world import NoticeFacts, NoticeState
from watchbill.store.columns import among, fixed
from watchbill.store.tables import DeliveryRow, LinkRow, NoticeGapRow, NoticeRow, table

NOTICES, NOTICE_GAPS, LINKS = table(NoticeRow), table(NoticeGapRow), table(LinkRow)
DELIVERIES = table(DeliveryRow)
GONE = (NoticeState.SENT, NoticeState.DELIVERED)
WAITING = (NoticeState.PENDING, NoticeState.SENDING, NoticeState.UNKNOWN)
CONFIRMATION_SOUGHT = timedelta(hours=24)

# What every tick and every look asks stands ready here: building a statement takes longer than asking it.
FACTS = sa.select(
    NOTICES.c.key,
    NOTICES.c.reason,
    NOTICES.c.step,
    NOTICES.c.window_id,
    NOTICES.c.person_id,
    NOTICES.c.state,
    NOTICES.c.useful_until,
    NOTICES.c.failure_told,
    NOTICES.c.about,
    NOTICES.c.duty_id,
)
FACTS_WAITING = FACTS.where(among(NOTICES.c.state, WAITING))
FACTS_UNHEARD = FACTS.where(
    NOTICES.c.state == fixed(NoticeState.FAILED), NOTICES.c.failure_told.is_(False)
)
FACTS_ABOUT = FACTS.where(NOTICES.c.window_id.in_(sa.bindparam("windows", expanding=True)))
FACTS_OF_GAPS = FACTS.join(NOTICE_GAPS, NOTICE_GAPS.c.notice_id == NOTICES.c.id).where(
    NOTICE_GAPS.c.gap_id.in_(sa.bindparam("gaps", expanding=True))
)
FACTS_OF_DUTIES = FACTS.where(NOTICES.c.duty_id.in_(sa.bindparam("duties", expanding=True)))
FACTS_LATELY = FACTS.where(
    NOTICES.c.due_at > sa.bindparam("since"),
    among(
        NOTICES.c.reason,
        (
            Reason.TECHNICAL_FAILURE,
            Reason.NO_WORKING_CHANNEL,
            Reason.CHANNEL_STOPPED,
            Reason.PLACE_VACANT,
        ),
    ),
)
FACTS_OF_DIGESTS = FACTS.where(
    NOTICES.c.due_at > sa.bindparam("since_yesterday"), NOTICES.c.reason == fixed(Reason.DIGEST_DUE)
)
LATELY, YESTERDAY = timedelta(days=30), timedelta(days=2)
KNOWN = {
    (gaps, duties): sa.union_all(
        FACTS_WAITING,
        FACTS_UNHEARD,
        FACTS_LATELY,
        FACTS_OF_DIGESTS,
        FACTS_ABOUT,
        *([FACTS_OF_GAPS] if gaps else ()),
        *([FACTS_OF_DUTIES] if duties else ()),
    )
    for gaps in (False, True)
    for duties in (False, True)
}
"""All of these at once, by whether there are gaps and duties to ask about.

What a tick asks costs by the number of questions, and by the lists in them, not by their length.
"""
PENDING = NOTICES.c.state == fixed(NoticeState.PENDING)
STILL_OF_USE = sa.or_(NOTICES.c.useful_until.is_(None), NOTICES.c.useful_until > sa.bindparam("now"))
DUE = (
    sa.select(NOTICES)
    .where(
        PENDING,
        NOTICES.c.channel == sa.bindparam("channel"),
        NOTICES.c.try_at <= sa.bindparam("now"),
        STILL_OF_USE,
    )
    .order_by(NOTICES.c.urgent.desc(), NOTICES.c.due_at, NOTICES.c.id)
    .limit(sa.bindparam("most"))
)
DUE_BESIDE = DUE.where(NOTICES.c.id.not_in(sa.bindparam("passed", expanding=True)))
DUE_BY_CHANNEL = (
    sa.select(NOTICES.c.channel, sa.func.count())
    .where(PENDING, NOTICES.c.try_at <= sa.bindparam("now"), STILL_OF_USE)
    .group_by(NOTICES.c.channel)
)
NEXT_TRY = (
    sa.select(NOTICES.c.try_at)
    .where(PENDING, NOTICES.c.try_at > sa.bindparam("after"))
    .order_by(NOTICES.c.try_at)
    .limit(1)
)
INSERT_LINK = LINKS.insert()
CHANGE = NOTICES.update().where(NOTICES.c.id == sa.bindparam("which"))
WITH_ID = sa.select(NOTICES).where(NOTICES.c.id == sa.bindparam("notice"))
SENT_SINCE = (
    sa.select(NOTICES)
    .where(
        NOTICES.c.state == fixed(NoticeState.SENT),
        NOTICES.c.try_at > sa.bindparam("since"),
        NOTICES.c.why.is_(None),
    )
    .order_by(NOTICES.c.id)
)


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """A notice as its row has it."""

    id: int
    key: str
    reason: Reason
    step: Step
    window: str | None
    duty: int | None
    person: int
    about: dict[str, Any]
    urgent: bool
    next_channel: bool
    created_at: datetime
    due_at: datetime
    not_before: datetime
    useful_until: datetime | None
    state: NoticeState
    why: Reason | None
    code: str
    message_id: str
    channel: Channel
    try_at: datetime
    spent_at: datetime | None


def update_notice(connection: sa.Connection, notice: int, **values: object) -> None:
    """Change columns of one notice."""
    connection.execute(CHANGE, {"which": notice, **values})


def known(
    connection: sa.Connection,
    windows: Collection[str],
    gaps: Collection[int],
    duties: Collection[int],
    now: datetime,
) -> dict[str, NoticeFacts]:
    """Return the notices about the windows, gaps and duties, by key.

    Beside them all that wait or failed unheard, and what was lately said of the house itself.
    """
    asked = {
        "since": now - LATELY,
        "since_yesterday": now - YESTERDAY,
        "windows": list(windows),
        "gaps": list(gaps),
        "duties": list(duties),
    }
    rows = connection.execute(KNOWN[bool(gaps), bool(duties)], asked).all()
    return {row.key: _facts(row) for row in rows}


def _facts(row: Sequence[Any]) -> NoticeFacts:
    """Return the columns of ``FACTS``, which stand in the order of the fields."""
    return NoticeFacts(*row)


def mark_failure_told(connection: sa.Connection, key: str) -> bool:
    """Mark that a failure is being told to others; return whether this call did it."""
    done = connection.execute(
        NOTICES.update()
        .where(NOTICES.c.key == key, NOTICES.c.failure_told.is_(False))
        .values(failure_told=True)
    )
    return done.rowcount == 1


def _record(row: sa.Row[Any]) -> NoticeRecord:
    return NoticeRecord(
        id=row.id,
        key=row.key,
        reason=row.reason,
        step=row.step,
        window=row.window_id,
        duty=row.duty_id,
        person=row.person_id,
        about=row.about,
        urgent=row.urgent,
        next_channel=row.next_channel,
        created_at=row.created_at,
        due_at=row.due_at,
        not_before=row.not_before,
        useful_until=row.useful_until,
        state=row.state,
        why=row.why,
        code=row.code,
        message_id=row.message_id,
        channel=row.channel,
        try_at=row.try_at,
        spent_at=row.spent_at,
    )


def due(
    connection: sa.Connection, channel: Channel, now: datetime, limit: int, passed: Collection[int]
) -> list[NoticeRecord]:
    """Return notices that may be sent by a channel now, the urgent ones first.

    ``passed`` names notices that this pass has tried already.
    """
    asked = {"channel": channel, "now": now, "most": limit}
    rows = connection.execute(DUE, asked).all()
    if any(row.id in passed for row in rows):  # seldom: what was tried is mostly no longer due
        rows = connection.execute(DUE_BESIDE, {**asked, "passed": list(passed)}).all()
    return [_record(row) for row in rows]


def count_due(connection: sa.Connection, now: datetime) -> dict[Channel, int]:
    """Return how many notices may be sent now, by channel."""
    return {row[0]: row[1] for row in connection.execute(DUE_BY_CHANNEL, {"now": now})}


def hurry(connection: sa.Connection, now: datetime) -> None:
    """Let what rests after a failed attempt be tried at once, but for what a provider asked us to hold."""
    connection.execute(
        NOTICES.update()
        .where(
            NOTICES.c.state == NoticeState.PENDING,
            NOTICES.c.not_before <= now,
            NOTICES.c.try_at > now,
            sa.func.coalesce(NOTICES.c.asked_to_wait_until, now) <= now,
        )
        .values(try_at=now)
    )


def next_try(connection: sa.Connection, after: datetime) -> datetime | None:
    """Return when, later than ``after``, the next waiting notice may be sent."""
    return connection.scalar(NEXT_TRY, {"after": after})


def notice_with_id(connection: sa.Connection, notice: int) -> NoticeRecord:
    """Return a notice that is known to exist."""
    return _record(connection.execute(WITH_ID, {"notice": notice}).one())


def notice_with_key(connection: sa.Connection, key: str) -> NoticeRecord:
    """Return a notice that is known to exist, by its key."""
    return _record(connection.execute(sa.select(NOTICES).where(NOTICES.c.key == key)).one())


def records(connection: sa.Connection, query: sa.Select[Any]) -> list[NoticeRecord]:
    """Return the notices that a query of their whole rows finds."""
    return [_record(row) for row in connection.execute(query)]


def notices_between(
    connection: sa.Connection, starts_at: datetime, ends_at: datetime
) -> list[NoticeRecord]:
    """Return the notices due in the span, in the order in which they were due."""
    query = (
        sa.select(NOTICES)
        .where(NOTICES.c.due_at >= starts_at, NOTICES.c.due_at < ends_at)
        .order_by(NOTICES.c.due_at, NOTICES.c.id)
    )
    return records(connection, query)


def unconfirmed(connection: sa.Connection, now: datetime) -> list[NoticeRecord]:
    """Return the notices of the last day that were accepted and are not confirmed."""
    rows = connection.execute(SENT_SINCE, {"since": now - CONFIRMATION_SOUGHT}).all()
    return [_record(row) for row in rows]


def insert_link(
    connection: sa.Connection, digest: str, notice: NoticeRecord, expires_at: datetime
) -> None:
    """Keep the hash of a link's token, bound to a person and what the notice is about."""
    row = {
        "hash": digest,
        "notice_id": notice.id,
        "person_id": notice.person,
        "window_id": notice.window,
        "expires_at": expires_at,
    }
    connection.execute(INSERT_LINK, row)


def overdue(connection: sa.Connection, before: datetime) -> int:
    """Return how many notices should have been sent before an instant and were not."""
    states = (NoticeState.PENDING, NoticeState.SENDING, NoticeState.UNKNOWN)
    query = (
        sa.select(sa.func.count())
        .select_from(NOTICES)
        .where(
            NOTICES.c.state.in_(states), NOTICES.c.not_before < before, NOTICES.c.created_at < before
        )
    )
    return int(connection.scalar(query) or 0)


def count_waiting(connection: sa.Connection) -> int:
    """Return how many notices have yet to be sent."""
    query = sa.select(sa.func.count()).select_from(NOTICES).where(NOTICES.c.state.in_(WAITING))
    return int(connection.scalar(query) or 0)


def failed_since(connection: sa.Connection, since: datetime) -> int:
    """Return how many notices due since an instant reached their person by no channel."""
    query = (
        sa.select(sa.func.count())
        .select_from(NOTICES)
        .where(NOTICES.c.due_at >= since, NOTICES.c.state == NoticeState.FAILED)
    )
    return int(connection.scalar(query) or 0)


def texted_with_code(
    connection: sa.Connection, code: str, number: str, since: datetime
) -> NoticeRecord | None:
    """Return the notice with a code that went, or may have gone, to a number as a text."""
    texted = sa.exists().where(
        DELIVERIES.c.notice_id == NOTICES.c.id,
        DELIVERIES.c.channel == Channel.SMS,
        DELIVERIES.c.address == number,
    )
    query = sa.select(NOTICES).where(NOTICES.c.code == code, NOTICES.c.created_at > since, texted)
    row = connection.execute(query.order_by(NOTICES.c.id.desc()).limit(1)).first()
    return None if row is None else _record(row)


def latest_lettered(connection: sa.Connection, person: int, since: datetime) -> NoticeRecord | None:
    """Return the latest notice to a person that named people by letters, if there is one."""
    query = sa.select(NOTICES).where(
        NOTICES.c.person_id == person,
        NOTICES.c.created_at > since,
        NOTICES.c.reason.in_((Reason.GAP_ESCALATED, Reason.WINDOW_UNCOVERED)),
    )
    found = map(_record, connection.execute(query.order_by(NOTICES.c.id.desc())))
    return next((notice for notice in found if notice.about.get("letters")), None)


def latest_question(connection: sa.Connection, person: int, since: datetime) -> dict[str, Any]:
    """Return about what a person was asked last what was done, where that is not answered; or nothing."""
    query = sa.select(NOTICES.c.about).where(
        NOTICES.c.person_id == person,
        NOTICES.c.created_at > since,
        NOTICES.c.reason == Reason.ANSWER,
        NOTICES.c.spent_at.is_(None),
    )
    found = connection.scalars(query.order_by(NOTICES.c.id.desc()))
    return next((about for about in found if "check" in about), {})


def count_since(connection: sa.Connection, person: int, reason: Reason, since: datetime) -> int:
    """Return how many notices for a reason a person was owed since an instant."""
    query = (
        sa.select(sa.func.count())
        .select_from(NOTICES)
        .where(NOTICES.c.person_id == person, NOTICES.c.reason == reason, NOTICES.c.due_at > since)
    )
    return int(connection.scalar(query) or 0)


MOST_READERS = 10
"""Digests of a morning that are looked at for one that went out with its checkpoint."""


def latest_checkpoint(connection: sa.Connection, since: datetime) -> tuple[datetime, int, str] | None:
    """Return of the latest digest since an instant: when it was due, its journal number and short hash."""
    query = (
        sa.select(NOTICES.c.due_at, NOTICES.c.about)
        .where(
            NOTICES.c.due_at >= since, NOTICES.c.reason == Reason.DIGEST_DUE, NOTICES.c.state.in_(GONE)
        )
        .order_by(NOTICES.c.due_at.desc())
        .limit(MOST_READERS)
    )
    for row in connection.execute(query):
        if "journal" in row.about:
            number, short = row.about["journal"]
            return row.due_at, number, short
    return None
