"""Every notice, with its attempts."""

from __future__ import annotations

from datetime import date

from watchbill.core.instants import day_end, day_start, iso
from watchbill.ledger import Office
from watchbill.store import deliveries, notices, people
from watchbill.store.deliveries import DeliveryRecord


def notice_list(office: Office, first: date, last: date) -> list[dict[str, object]]:
    """Return the notices due on the local dates, both included, in the order of being due."""
    zone = office.policy.zone
    with office.store.read() as connection:
        found = notices.notices_between(connection, day_start(first, zone), day_end(last, zone))
        attempts = deliveries.deliveries_of(connection, [notice.id for notice in found])
        everybody = people.all_people(connection)
    return [
        {
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
            "attempts": [_attempt(record) for record in attempts.get(notice.id, [])],
        }
        for notice in found
    ]


def _attempt(record: DeliveryRecord) -> dict[str, object]:
    return {
        "channel": record.channel,
        "at": iso(record.started_at),
        "state": record.state,
        "finished_at": None if record.finished_at is None else iso(record.finished_at),
        "provider_id": record.provider_id,
        "error": record.error,
    }
