"""The figures that a monitoring system asks for, as OpenMetrics text 1.0; counts alone, no names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from watchbill import __version__
from watchbill.core.instants import local_date
from watchbill.core.policy import Policy
from watchbill.core.roster import Channel
from watchbill.core.windows import State
from watchbill.ledger import state_at
from watchbill.store import deliveries, gaps, journal, notices, sessions, troubles, windows
from watchbill.store.columns import DeliveryState, Trouble

MEDIA_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
LATELY = timedelta(days=1)
LATE = timedelta(minutes=15)
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric family: its name, kind and meaning, and its values by their labels."""

    name: str
    kind: str
    says: str
    values: Sequence[tuple[Labels, float]]

    def lines(self) -> Iterator[str]:
        """Yield it as OpenMetrics writes it."""
        yield f"# TYPE {self.name} {self.kind}"
        if self.name.endswith("_seconds"):
            yield f"# UNIT {self.name} seconds"
        yield f"# HELP {self.name} {self.says}"
        suffix = {"counter": "_total", "info": "_info"}.get(self.kind, "")
        for labels, value in self.values:
            pairs = ",".join(f'{name}="{text}"' for name, text in sorted(labels.items()))
            labelled = f"{{{pairs}}}" if pairs else ""
            yield f"{self.name}{suffix}{labelled} {_number(value)}"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def figures(
    policy: Policy, connection: sa.Connection, now: datetime, tick_age: float | None
) -> tuple[Figure, ...]:
    """Return every figure as of ``now``; ``tick_age``: seconds since the last good tick, if there was one."""
    since = now - LATELY
    states = [state_at(one, now) for one in _today(policy, connection, now)]
    sent = deliveries.count_by_outcome(connection, since)
    going_on = [trouble.kind for trouble in troubles.going_on(connection)]
    return (
        Figure("watchbill_build", "info", "The program.", [({"version": __version__}, 1)]),
        _plain(
            "watchbill_last_good_tick_age_seconds",
            "How long ago the program last looked and all went well.",
            tick_age,
        ),
        Figure(
            "watchbill_windows_today", "gauge", "Windows of the local day, by state.",
            [({"state": state.value}, states.count(state)) for state in State],
        ),
        _plain("watchbill_gaps_ahead", "Gaps that nobody covers, as last found.", len(gaps.open_gaps(connection))),
        _plain("watchbill_notices_waiting", "Messages that wait to be sent.", notices.count_waiting(connection)),
        _plain(
            "watchbill_notices_overdue", "Messages that should have left 15 minutes ago.",
            notices.overdue(connection, now - LATE),
        ),
        _plain(
            "watchbill_notices_failed_last_day", "Messages of the last 24 hours that reached nobody.",
            notices.failed_since(connection, since),
        ),
        Figure(
            "watchbill_deliveries_last_day", "gauge", "Attempts of the last 24 hours, by channel and state.",
            [
                ({"channel": channel.value, "state": state.value}, sent.get((channel, state), 0))
                for channel in Channel
                for state in DeliveryState
            ],
        ),
        Figure(
            "watchbill_journal_entries", "counter", "Entries of the journal.",
            [({}, journal.head(connection)[0])],
        ),
        _plain("watchbill_sessions", "Browsers that are signed in.", sessions.count_lasting(connection, now)),
        Figure(
            "watchbill_troubles", "gauge", "Technical failures that go on, by kind.",
            [({"kind": kind.value}, going_on.count(kind)) for kind in Trouble],
        ),
    )  # fmt: skip


def _plain(name: str, says: str, value: float | None) -> Figure:
    return Figure(name, "gauge", says, [] if value is None else [({}, value)])


def _today(policy: Policy, connection: sa.Connection, now: datetime) -> list[windows.WindowRecord]:
    today = local_date(now, policy.zone)
    return windows.windows_between(connection, today, today)


def exposition(found: Sequence[Figure]) -> str:
    """Return figures as OpenMetrics text 1.0, ended by its mark."""
    return "\n".join([line for one in found for line in one.lines()] + ["# EOF", ""])
