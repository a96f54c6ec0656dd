"""How things stand: who is responsible, what is open, what is next, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from watchbill.core.coverage import responsible_at
from watchbill.core.instants import iso, local_date
from watchbill.core.policy import Policy
from watchbill.core.roster import Role, Why
from watchbill.core.windows import State
from watchbill.ledger import Office
from watchbill.reports.plan import Plan, Planned, plan_within
from watchbill.store import journal, notices, people, reach, troubles, windows

LOOK_AHEAD = timedelta(days=7)
TICK_IS_FRESH = timedelta(minutes=10)
LATE_NOTICE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: in plain words for everybody, and with its cure for those who see to it."""

    words: str
    cure: str


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand now; ``faults`` holds each thing that is wrong."""

    now: datetime
    responsible: str | None
    responsible_name: str
    why: Why | None
    open: tuple[Planned, ...]
    next: Planned | None
    faults: tuple[Fault, ...]
    ticked_at: datetime | None
    journal: tuple[int, str]
    plan: Plan

    @property
    def unhealthy(self) -> tuple[str, ...]:
        """Return one sentence for each thing that is wrong, with its cure."""
        return tuple(fault.cure for fault in self.faults)

    def as_json(self) -> dict[str, object]:
        """Return the status as plain values."""
        return {
            "now": iso(self.now),
            "responsible": self.responsible,
            "why": self.why,
            "open": [self._window(planned) for planned in self.open],
            "next": None if self.next is None else self._window(self.next),
            "healthy": not self.unhealthy,
            "unhealthy": list(self.unhealthy),
            "ticked_at": None if self.ticked_at is None else iso(self.ticked_at),
            "journal": {"entry": self.journal[0], "hash": self.journal[1][:10]},
        }

    def _window(self, planned: Planned) -> dict[str, object]:
        return {
            "id": planned.occasion.id,
            "opens_at": iso(planned.occasion.opens_at),
            "closes_at": iso(planned.occasion.closes_at),
            "state": planned.state,
            "monitor": self.plan.email(planned.monitor),
        }


def status(office: Office) -> Status:
    """Return how things stand; reads only."""
    with office.store.read() as connection:
        return status_within(office.policy, connection, office.clock.now())


def status_within(policy: Policy, connection: sa.Connection, now: datetime) -> Status:
    """Return how things stand, over a connection that is open already."""
    today = local_date(now, policy.zone)
    found = plan_within(policy, connection, today, today + LOOK_AHEAD, now)
    answer = responsible_at(policy, found.roster, now)
    open_now = tuple(p for p in found.windows if p.occasion.opens_at <= now < p.occasion.closes_at)
    watch = windows.watch_record(connection)
    ticked_at = None if watch is None else watch.ticked_at
    return Status(
        now=now,
        responsible=None if answer is None else found.email(answer.person),
        responsible_name=found.name(None if answer is None else answer.person),
        why=None if answer is None else answer.why,
        open=open_now,
        next=next((p for p in found.windows if p.occasion.opens_at > now), None),
        faults=tuple(_faults(policy, connection, found, ticked_at, now)),
        ticked_at=ticked_at,
        journal=journal.head(connection),
        plan=found,
    )


def _faults(
    policy: Policy,
    connection: sa.Connection,
    found: Plan,
    ticked_at: datetime | None,
    now: datetime,
) -> list[Fault]:
    faults = [*_tick_faults(found, ticked_at, now), *_roster_faults(connection, found, now)]
    faults += [
        Fault(
            "Nobody is responsible for the check that is open.",
            f"Nobody is responsible for the open window {p.occasion.id}: appoint an interim monitor.",
        )
        for p in found.windows
        if p.occasion.opens_at <= now < p.occasion.closes_at
        and p.state is State.OPEN
        and responsible_at(policy, found.roster, now) is None
    ]
    faults += [_trouble(connection, one.id) for one in troubles.going_on(connection)]
    return faults + _silent_faults(connection, found, now) + _notice_faults(connection, now)


def _tick_faults(found: Plan, ticked_at: datetime | None, now: datetime) -> list[Fault]:
    if ticked_at is not None:
        if abs(now - ticked_at) <= TICK_IS_FRESH:
            return []
        stopped = f"The last tick ran at {iso(ticked_at)}: see whether the daemon is running."
        return [Fault("The watch is not running: nobody is reminded at the moment.", stopped)]
    if not found.roster.people:
        nobody = "There is nobody to watch: load people and pages with `watchbill load`."
        return [Fault("Nobody is on the roster yet.", nobody)]
    never = "No tick has run yet: start the daemon with `watchbill run`."
    return [Fault("The watch has not begun: nobody is reminded yet.", never)]


def _roster_faults(connection: sa.Connection, found: Plan, now: datetime) -> list[Fault]:
    faults = []
    if found.roster.pio is None:
        faults.append(
            Fault("Nobody is the PIO.", "Nobody is the PIO: give one active person the role `pio`.")
        )
    if not found.roster.holding(Role.EXECUTIVE_DIRECTOR):
        nobody = "Nobody is the Executive Director: give somebody that role."
        faults.append(Fault("Nobody is the Executive Director.", nobody))
    if not any(page.active_at(now) for page in people.all_pages(connection)):
        none = "No page is active: add the agency's pages with `watchbill page add`."
        faults.append(Fault("None of the agency's pages is listed.", none))
    return faults


def _trouble(connection: sa.Connection, number: int) -> Fault:
    kind, subject, detail, _ = troubles.detail_of(connection, number)
    cure = f"Technical failure, {kind}{f' {subject}' if subject else ''}: {detail}"
    return Fault("A technical failure is going on; Information Services is told.", cure)


def _silent_faults(connection: sa.Connection, found: Plan, now: datetime) -> list[Fault]:
    """Return the people who are soon to be responsible and have no working channel."""
    soon = {
        span.person for planned in found.windows for span in planned.spans if span.person is not None
    }
    people_soon = [found.roster.people[number] for number in sorted(soon)]
    silent = reach.silent_people(connection, [p for p in people_soon if p.active], now)
    return [_silent_fault(found.name(one.person)) for one in silent]


def _silent_fault(name: str) -> Fault:
    words = f"No message reaches {name}, who is soon responsible"
    cure = f"No channel reaches {name}, who is soon responsible: correct the number or address."
    return Fault(f"{words}.", cure)


def _notice_faults(connection: sa.Connection, now: datetime) -> list[Fault]:
    faults = []
    late = notices.overdue(connection, now - LATE_NOTICE)
    if late:
        cure = f"Messages have been waiting for 15 minutes ({late}): see `watchbill notices`."
        faults.append(Fault("Messages are waiting to be sent.", cure))
    failed = notices.failed_since(connection, now - timedelta(days=1))
    if failed:
        cure = f"Messages reached nobody in the last day ({failed}): see `watchbill notices`."
        faults.append(Fault("In the last day, a message reached nobody.", cure))
    return faults
