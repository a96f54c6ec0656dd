"""The board: who has it, until when, what is open and who has viewed what of it, the week, the gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from watchbill.core.checks import Tally
from watchbill.core.coverage import Span, spans
from watchbill.core.instants import local_date
from watchbill.core.policy import Policy
from watchbill.ledger import tally_day
from watchbill.reports.plan import Plan, Planned, PlannedGap, gaps_of, plan_within
from watchbill.reports.status import Status, status_within
from watchbill.store import notices, windows

WEEK = timedelta(days=6)
A_DIGEST_AGO = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the latest digest carried out of the house: a journal number and its short hash."""

    sent_at: datetime
    number: int
    short: str


@dataclass(frozen=True, slots=True)
class Board:
    """How things stand, at a glance.

    ``spans``: who is responsible from now on through the horizon. ``open``: what each open window got.
    ``week``: the windows from this Monday to Sunday, by the local calendar.
    """

    status: Status
    spans: tuple[Span, ...]
    open: tuple[Tally, ...]
    week: tuple[Planned, ...]
    gaps: tuple[PlannedGap, ...]
    checkpoint: Checkpoint | None
    plan: Plan

    @property
    def until(self) -> datetime | None:
        """Return until when today's answer holds; ``None`` where no end is in sight."""
        return self.spans[0].ends_at if len(self.spans) > 1 else None

    @property
    def then(self) -> int | None:
        """Return who is responsible after that; ``None`` for nobody."""
        return self.spans[1].person if len(self.spans) > 1 else None


def board_within(policy: Policy, connection: sa.Connection, now: datetime) -> Board:
    """Return the board over a connection that is open already; reads only."""
    today = local_date(now, policy.zone)
    monday = today - timedelta(days=today.weekday())
    horizon = timedelta(days=policy.horizon_days)
    found = plan_within(policy, connection, monday, today + max(horizon, WEEK), now)
    digest = notices.latest_checkpoint(connection, now - A_DIGEST_AGO)
    return Board(
        status=status_within(policy, connection, now),
        spans=spans(policy, found.roster, now, now + horizon),
        open=_open(policy, connection, now),
        week=tuple(p for p in found.windows if p.occasion.day <= monday + WEEK),
        gaps=tuple(gaps_of(connection, found)),
        checkpoint=None if digest is None else Checkpoint(*digest),
        plan=found,
    )


def _open(policy: Policy, connection: sa.Connection, now: datetime) -> tuple[Tally, ...]:
    today = local_date(now, policy.zone)
    records = windows.windows_between(connection, today, today)
    day = tally_day(policy, connection, today, records)
    return tuple(
        one
        for one in day.tallies
        if one.window.occasion.opens_at <= now < one.window.occasion.closes_at
    )
