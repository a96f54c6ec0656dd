"""A record with years of history in it, written in bulk under a real chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from watchbill.core.instants import exact
from watchbill.core.journal import GENESIS, Actor, Kind, seal
from watchbill.core.policy import Policy
from watchbill.core.roster import Channel
from watchbill.core.windows import Occasion, State, occasions
from watchbill.core.world import NoticeState
from watchbill.rehearsal import SeededEntropy
from watchbill.store import deliveries, journal, notices, windows
from watchbill.store.columns import DeliveryState
from watchbill.store.engine import Store

KIM = 1
CHECKED_AFTER = timedelta(minutes=20)
ONE_IN = 25
PERSON, PROGRAM = Actor(f"person:{KIM}", "link"), Actor("program", "program")


@dataclass(slots=True)
class Pen:
    """Collects rows, and keeps the chain."""

    number: int
    previous: str
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    entropy: SeededEntropy = field(default_factory=lambda: SeededEntropy(7))

    def entry(self, at: datetime, kind: Kind, actor: Actor, facts: dict[str, Any]) -> int:
        """Seal an entry and return its number."""
        sealed = seal(self.previous, self.number + 1, at, kind, actor, facts, None)
        self.number, self.previous = sealed.number, sealed.hash
        self.put(
            "journal",
            number=sealed.number,
            at=at,
            kind=sealed.kind,
            actor=actor.name,
            way=actor.way,
            facts=facts,
            previous=sealed.previous,
            hash=sealed.hash,
        )
        return sealed.number

    def put(self, table: str, **values: Any) -> None:
        """Keep a row for later."""
        self.rows.setdefault(table, []).append(values)


def write_history(store: Store, policy: Policy, years: int, today: date) -> int:
    """Fill the record with the years before ``today``: windows, checks, notices; return the entries."""
    with store.write() as connection:
        number, previous = journal.head(connection)
        pen = Pen(number, previous or GENESIS)
        pages = [row[0] for row in connection.exec_driver_sql("SELECT key FROM pages ORDER BY key")]
        start = today - timedelta(days=365 * years)
        for place, window in enumerate(occasions(policy, start, today - timedelta(days=1))):
            _write_window(pen, window, pages, missed=place % ONE_IN == 0)
        for table in (journal.JOURNAL, windows.WINDOWS, windows.CHECKS, windows.CHECK_PAGES):
            connection.execute(table.insert(), pen.rows[table.name])
        connection.execute(notices.NOTICES.insert(), pen.rows["notices"])
        connection.execute(deliveries.DELIVERIES.insert(), pen.rows["deliveries"])
    return pen.number


def _write_window(pen: Pen, window: Occasion, pages: list[str], *, missed: bool) -> None:
    state = State.MISSED if missed else State.COMPLETED
    pen.put(
        "windows",
        id=window.id,
        rule=window.rule,
        date=window.day,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        counts_from=window.counts_from,
        reading_id=1,
        state=state,
        pages=pages,
        attended=True,
        monitor_id=KIM,
        spans=[[exact(window.opens_at), exact(window.closes_at), KIM, "pio"]],
        settled_at=window.closes_at,
        unattended=False,
    )
    for step, due_at in _steps(window, missed=missed):
        _write_notice(pen, window, step, due_at)
    if not missed:
        viewed_at = window.opens_at + CHECKED_AFTER
        facts = {"person": KIM, "viewed_at": exact(viewed_at), "pages": pages}
        number = pen.entry(viewed_at, Kind.CHECK_RECORDED, PERSON, facts)
        pen.put(
            "checks",
            number=number,
            person_id=KIM,
            date=window.day,
            viewed_at=viewed_at,
            reported_at=viewed_at,
            recorded_at=viewed_at,
            way="link",
            attested=False,
        )
        for page in pages:
            pen.put("check_pages", check_number=number, page_key=page)
    pen.entry(window.closes_at, Kind.WINDOW_SETTLED, PROGRAM, {"window": window.id, "state": state})


def _steps(window: Occasion, *, missed: bool) -> Iterator[tuple[str, datetime]]:
    yield "opening", window.opens_at
    if missed:
        yield "nudge", window.opens_at + (window.closes_at - window.opens_at) / 2
        yield "last_call", window.closes_at - timedelta(minutes=30)
        yield "missed", window.closes_at


def _write_notice(pen: Pen, window: Occasion, step: str, due_at: datetime) -> None:
    number = len(pen.rows.get("notices", ())) + 1
    name = f"check_due/{window.id}/{step}/{KIM}"
    pen.entry(due_at, Kind.NOTICE_OWED, PROGRAM, {"notice": name})
    pen.entry(due_at, Kind.NOTICE_DELIVERED, PROGRAM, {"notice": name, "channel": "email"})
    pen.put(
        "notices",
        id=number,
        key=name,
        reason="window_missed" if step == "missed" else "check_due",
        step=step,
        window_id=window.id,
        person_id=KIM,
        about={},
        urgent=False,
        next_channel=False,
        created_at=due_at,
        due_at=due_at,
        not_before=due_at,
        state=NoticeState.DELIVERED,
        code="C3C3",
        message_id=f"{pen.entropy.bits(128):032x}",
        channel=Channel.EMAIL,
        try_at=due_at,
        failure_told=False,
    )
    pen.put(
        "deliveries",
        notice_id=number,
        number=1,
        channel=Channel.EMAIL,
        address="kim.rivera@example.org",
        state=DeliveryState.DELIVERED,
        started_at=due_at,
        lease_until=due_at,
        finished_at=due_at,
    )
