"""The plan: windows with their monitors, and the gaps among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from watchbill.core import coverage
from watchbill.core.checks import DayWindow, tally
from watchbill.core.coverage import Span
from watchbill.core.gaps import recognise
from watchbill.core.instants import day_end, day_start, iso, local_date
from watchbill.core.policy import Policy
from watchbill.core.roster import Roster
from watchbill.core.windows import Occasion, State, lay_out, occasions
from watchbill.ledger import Office, active_pages, state_at
from watchbill.store import gaps as register
from watchbill.store import people, windows
from watchbill.store.gaps import Telling
from watchbill.store.windows import WindowRecord


@dataclass(frozen=True, slots=True)
class Planned:
    """A window of the plan, with who is responsible through it."""

    occasion: Occasion
    state: State
    monitor: int | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class PlannedGap:
    """A gap of the plan, and what has been told about it: who, when, by which step."""

    windows: tuple[Occasion, ...]
    known_since: datetime | None
    told: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The windows of some dates, and the people that they name.

    ``unwatched``: the ids of those that closed before the record began; they were nobody's to view.
    """

    windows: tuple[Planned, ...]
    roster: Roster
    now: datetime
    unwatched: frozenset[str] = frozenset()

    def before_the_record(self, planned: Planned) -> bool:
        """Whether a window closed, and nobody had viewed anything in it, before the record began."""
        return planned.state is State.MISSED and planned.occasion.id in self.unwatched

    def email(self, person: int | None) -> str | None:
        """Return how a person is named in JSON."""
        return None if person is None else self.roster.people[person].email

    def name(self, person: int | None) -> str:
        """Return how a person is named in a table."""
        return "nobody" if person is None else self.roster.people[person].name

    def as_json(self) -> list[dict[str, object]]:
        """Return the plan as the contract has it."""
        return [
            {
                "id": planned.occasion.id,
                "rule": planned.occasion.rule,
                "date": planned.occasion.day.isoformat(),
                "opens_at": iso(planned.occasion.opens_at),
                "closes_at": iso(planned.occasion.closes_at),
                "state": planned.state,
                "monitor": self.email(planned.monitor),
                "spans": [
                    {
                        "from": iso(span.starts_at),
                        "until": iso(span.ends_at),
                        "person": self.email(span.person),
                        "why": span.why,
                    }
                    for span in planned.spans
                ],
            }
            for planned in self.windows
        ]


def plan(office: Office, first: date, last: date) -> Plan:
    """Return the windows of the local dates, both included, in the order of opening."""
    with office.store.read() as connection:
        return plan_within(office.policy, connection, first, last, office.clock.now())


def plan_within(
    policy: Policy, connection: sa.Connection, first: date, last: date, now: datetime
) -> Plan:
    """Return the plan over a connection that is open already."""
    records = {r.occasion.id: r for r in windows.windows_between(connection, first, last)}
    kept = _laid_out_now(policy, connection, first, last, records, now)
    computed = (o for o in kept if (r := records.get(o.id)) is None or r.spans is None)
    since = min([now, *(occasion.opens_at for occasion in computed)])
    roster = people.roster_since(connection, since)
    planned = [
        _planned(policy, roster, occasion, records.get(occasion.id), now)
        for occasion in sorted(kept, key=lambda occasion: (occasion.opens_at, occasion.id))
    ]
    unrecorded = [p for p in planned if p.occasion.id not in records and p.occasion.counts_from <= now]
    states = _states(policy, connection, unrecorded, now)
    watch = windows.watch_record(connection)
    unwatched = frozenset(
        p.occasion.id
        for p in unrecorded
        if watch is not None and p.occasion.closes_at <= watch.began_at
    )
    return Plan(tuple(_with_state(p, states) for p in planned), roster, now, unwatched)


def _laid_out_now(
    policy: Policy,
    connection: sa.Connection,
    first: date,
    last: date,
    records: dict[str, WindowRecord],
    now: datetime,
) -> list[Occasion]:
    """Return the windows as a tick would lay them out now, also beyond the horizon."""
    watch = windows.watch_record(connection)
    laid = {name: record.occasion for name, record in records.items()}
    wanted = occasions(policy, first, last)
    if watch is None:
        return wanted
    began = day_start(local_date(min(watch.began_at, now), policy.zone), policy.zone)
    layout = lay_out(wanted, laid, watch.laid_until, began, now)
    today = local_date(watch.began_at, policy.zone)
    before_the_record = [
        w for w in wanted if w.id not in laid and w.day == today and w.closes_at <= watch.began_at
    ]
    merged = {name: w for name, w in laid.items() if name not in layout.drop}
    merged |= {w.id: w for w in (*layout.put, *before_the_record)}
    return list(merged.values())


def _planned(
    policy: Policy,
    roster: Roster,
    occasion: Occasion,
    record: WindowRecord | None,
    now: datetime,
) -> Planned:
    if record is not None and record.spans is not None:
        return Planned(occasion, state_at(record, now), record.monitor, record.spans)
    spans = coverage.spans(policy, roster, occasion.opens_at, occasion.closes_at)
    monitor = coverage.monitor(policy.minimum_cover, spans)
    if record is None or record.occasion != occasion:
        return Planned(occasion, _by_time(occasion, now), monitor, spans)
    return Planned(occasion, state_at(record, now), monitor, spans)


def _by_time(occasion: Occasion, now: datetime) -> State:
    if now < occasion.opens_at:
        return State.UPCOMING
    return State.OPEN if now < occasion.closes_at else State.MISSED


def _states(
    policy: Policy, connection: sa.Connection, planned: Sequence[Planned], now: datetime
) -> dict[str, State]:
    """Return what checks have made of windows that have no row yet."""
    found: dict[str, State] = {}
    pages = people.all_pages(connection)
    for day in sorted({p.occasion.day for p in planned}):
        checks = windows.viewings(windows.checks_between(connection, day, day))
        of_day = [
            DayWindow(p.occasion, frozenset(active_pages(pages, p.occasion.opens_at)))
            for p in planned
            if p.occasion.day == day
        ]
        result = tally(of_day, checks, day_end(day, policy.zone))
        found |= {entry.window.occasion.id: entry.state(now) for entry in result.tallies}
    return found


def _with_state(planned: Planned, states: dict[str, State]) -> Planned:
    state = states.get(planned.occasion.id, planned.state)
    return Planned(planned.occasion, state, planned.monitor, planned.spans)


def gaps(office: Office, first: date, last: date) -> tuple[Plan, list[PlannedGap]]:
    """Return the gaps among windows dated within the dates that have not closed."""
    with office.store.read() as connection:
        found = plan_within(office.policy, connection, first, last, office.clock.now())
        return found, gaps_of(connection, found)


def gaps_of(connection: sa.Connection, found: Plan) -> list[PlannedGap]:
    """Return the gaps among the windows of a plan that have not closed."""
    ahead = [p for p in found.windows if p.occasion.closes_at > found.now]
    runs = coverage.gaps((p.occasion, p.monitor is not None) for p in ahead)
    return with_what_was_told(connection, [run.windows for run in runs])


def with_what_was_told(
    connection: sa.Connection, runs: Sequence[tuple[Occasion, ...]]
) -> list[PlannedGap]:
    """Return runs of uncovered windows with what the register knows of them, if a tick has found them."""
    known = {record.id: record for record in register.open_gaps(connection)}
    recognised = recognise(runs, {number: record.windows for number, record in known.items()})
    numbers = [one.parent if one.gap is None else one.gap for one in recognised.found]
    told = register.told_of(connection, [number for number in numbers if number is not None])
    return [
        PlannedGap(
            one.windows,
            None if number is None else known[number].found_at,
            () if number is None else tuple(told[number]),
        )
        for one, number in zip(recognised.found, numbers, strict=True)
    ]


def gaps_as_json(found: Plan, runs: Sequence[PlannedGap]) -> list[dict[str, object]]:
    """Return gaps as the contract has them."""
    return [
        {
            "from": iso(gap.windows[0].opens_at),
            "until": iso(gap.windows[-1].closes_at),
            "windows": [window.id for window in gap.windows],
            "known_since": None if gap.known_since is None else iso(gap.known_since),
            "told": [
                {
                    "person": found.email(telling.person),
                    "at": iso(telling.at),
                    "step": telling.step,
                    "state": telling.state,
                }
                for telling in gap.told
            ],
        }
        for gap in runs
    ]
