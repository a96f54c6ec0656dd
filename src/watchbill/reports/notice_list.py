"""Every notice, with its attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from watchbill.core.instants import day_end, day_start, iso
from watchbill.core.policy import Policy
from watchbill.core.roster import Person
from watchbill.ledger import Office
from watchbill.store import deliveries, notice_search, notices, people
from watchbill.store.deliveries import DeliveryRecord
from watchbill.store.notice_search import Wanted
from watchbill.store.notices import NoticeRecord


@dataclass(frozen=True, slots=True)
class Listed:
    """A notice with everything that was tried to send it."""

    notice: NoticeRecord
    attempts: tuple[DeliveryRecord, ...]


@dataclass(frozen=True, slots=True)
class DayOfNotices:
    """The notices due on a local day, and all that wait to be sent, whenever they were due."""

    waiting: tuple[Listed, ...]
    due: tuple[Listed, ...]


def day_of_notices(
    policy: Policy, connection: sa.Connection, day: date, wanted: Wanted
) -> DayOfNotices:
    """Return the notices of a local day that somebody looks for; those that wait stand apart."""
    begins, ends = day_start(day, policy.zone), day_end(day, policy.zone)
    waiting = notice_search.waiting(connection, wanted)
    held = {notice.id for notice in waiting}
    due = [
        notice
        for notice in notice_search.due_between(connection, begins, ends, wanted)
        if notice.id not in held
    ]
    return DayOfNotices(
        tuple(with_attempts(connection, waiting)), tuple(with_attempts(connection, due))
    )


def with_attempts(connection: sa.Connection, found: Sequence[NoticeRecord]) -> list[Listed]:
    """Return notices with everything that was tried to send them."""
    tried = deliveries.deliveries_of(connection, [notice.id for notice in found])
    return [Listed(notice, tuple(tried.get(notice.id, ()))) for notice in found]


def notice_list(office: Office, first: date, last: date) -> list[dict[str, object]]:
    """Return the notices due on the local dates, both included, in the order of being due."""
    zone = office.policy.zone
    with office.store.read() as connection:
        found = notices.notices_between(connection, day_start(first, zone), day_end(last, zone))
        listed = with_attempts(connection, found)
        everybody = people.all_people(connection)
    return [_as_json(one, everybody) for one in listed]


def _as_json(one: Listed, everybody: Mapping[int, Person]) -> dict[str, object]:
    notice = one.notice
    return {
        "key": notice.key,
        "reason": notice.reason,
        "step": notice.step,
        "window": notice.window,
        "person": everybody[notice.person].email,
        "channel": notice.channel,
        "due_at": iso(notice.due_at),
        "state": notice.state,
        "why": notice.why,
        "urgent": notice.urgent,
        "code": notice.code,
        "attempts": [_attempt(record) for record in one.attempts],
    }


def _attempt(record: DeliveryRecord) -> dict[str, object]:
    return {
        "channel": record.channel,
        "at": iso(record.started_at),
        "state": record.state,
        "finished_at": None if record.finished_at is None else iso(record.finished_at),
        "provider_id": record.provider_id,
        "error": record.error,
    }
