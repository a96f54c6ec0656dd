"""Promise 3: whoever must hear of windows that nobody covers has been told before they open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tests.simulation.cover_reading import Facts, is_covered, runs
from tests.simulation.verdict import REACHING, expect
from tests.simulation.world import World
from watchbill.core.journal import COVERAGE_FACTS
from watchbill.core.reasons import Reason
from watchbill.core.roster import Role
from watchbill.core.windows import Occasion
from watchbill.core.world import NoticeState
from watchbill.store import gaps, journal, notices, people, windows

A_DAY = timedelta(days=1)
OF_GAPS = (Reason.GAP_FOUND, Reason.GAP_AHEAD, Reason.GAP_CHANGED, Reason.GAP_ESCALATED)
ANNOUNCING = (*OF_GAPS, Reason.WINDOW_UNCOVERED)
NEWS = sa.select(
    sa.select(sa.func.max(journal.JOURNAL.c.number)).scalar_subquery().label("head"),
    sa.select(sa.func.max(notices.NOTICES.c.id)).scalar_subquery().label("notice"),
    sa.exists(
        sa.select(journal.JOURNAL.c.number).where(
            journal.JOURNAL.c.number > sa.bindparam("after"), journal.JOURNAL.c.kind.in_(COVERAGE_FACTS)
        )
    ).label("facts"),
)
"""Up to where there are entries and notices, and whether the facts have changed since an entry."""
ABOUT_GAPS = (
    sa.select(notices.NOTICES, gaps.GAPS.c.windows)
    .join(gaps.NOTICE_GAPS, gaps.NOTICE_GAPS.c.notice_id == notices.NOTICES.c.id)
    .join(gaps.GAPS, gaps.GAPS.c.id == gaps.NOTICE_GAPS.c.gap_id)
    .where(
        gaps.GAPS.c.ended_at.is_(None),
        notices.NOTICES.c.reason.in_(ANNOUNCING),
    )
)
MOOT = (
    sa.select(notices.NOTICES.c.key)
    .where(
        notices.NOTICES.c.state == NoticeState.PENDING,
        notices.NOTICES.c.reason.in_(OF_GAPS),
        ~sa.exists(
            sa.select(gaps.GAPS.c.id)
            .join(gaps.NOTICE_GAPS, gaps.NOTICE_GAPS.c.gap_id == gaps.GAPS.c.id)
            .where(gaps.NOTICE_GAPS.c.notice_id == notices.NOTICES.c.id, gaps.GAPS.c.ended_at.is_(None))
        ),
    )
    .limit(1)
)


@dataclass(slots=True)
class Bare:
    """A window that nobody covers: since when the program could know it, by its own clock.

    ``rounds``: how many finished rounds have found it so. ``after``: the last notice that there was
    when it was not so. ``pio_there``: whether the PIO was there all along.
    """

    since: datetime
    after: int
    pio_there: bool
    rounds: int = 0


@dataclass(slots=True)
class GapJudge:
    """Looks at the cover after every round of the program, with an arithmetic of its own.

    A round that has found a gap may still have begun before the facts changed (another daemon takes in
    a text in between); from the second on there is no excuse, and no downtime to allow for: only
    rounds that came to their end are counted.
    """

    world: World
    _bare: dict[str, Bare] = field(default_factory=dict)
    _head: int = 0
    _seen: tuple[object, ...] = ()
    _ahead: list[tuple[Occasion, bool]] = field(default_factory=list)
    _facts: Facts | None = None
    _notices: int = 0
    _last_notice: int = 0
    _written: int = 0

    def look(self) -> None:
        """Look at what nobody covers now, and whether it was told."""
        now = self.world.clock.now()
        if self._nothing_new(now):
            return
        with self.world.store.read() as connection:
            self._read(connection, now)
            self._keep(now)
            open_runs = [run for run in runs(self._ahead) if run[0].opens_at > now]
            if open_runs:
                told = connection.execute(ABOUT_GAPS).all()
                for run in open_runs:
                    self._judge(run, told, now)

    def _nothing_new(self, now: datetime) -> bool:
        """Whether all is covered, and one row at most was written since: that a tick ran."""
        written, before = self.world.rows_written(), self._written
        self._written = written
        today = now.astimezone(self.world.policy.zone).date()
        all_covered = all(covered or window.closes_at <= now for window, covered in self._ahead)
        return all_covered and written - before <= 1 and self._seen == (self.world.policy, today)

    def nothing_moot(self, connection: sa.Connection) -> None:
        """After a tick nothing waits to be said of a gap that is over."""
        moot = connection.scalar(MOOT)
        expect(moot is None, 3, f"{moot} waits to be said, and its gap is over")

    def _read(self, connection: sa.Connection, now: datetime) -> None:
        """Read the facts anew where they have changed."""
        policy = self.world.policy
        today = now.astimezone(policy.zone).date()
        news = connection.execute(NEWS, {"after": self._head}).one()
        self._head, self._last_notice = news.head or 0, news.notice or 0
        if not news.facts and self._seen == (policy, today):
            return
        self._seen = (policy, today)
        self._facts = facts = Facts(
            policy,
            tuple(people.all_people(connection).values()),
            people.leaves(connection),
            people.duties(connection),
        )
        last = today + timedelta(days=policy.horizon_days)
        laid = windows.occasions_between(connection, today - A_DAY * 4, last)
        self._ahead = [(window, self._was_covered(facts, window, now)) for window in laid]
        for window, covered in self._ahead:
            if covered:
                self._bare.pop(window.id, None)

    def _was_covered(self, facts: Facts, window: Occasion, now: datetime) -> bool:
        """Whether a window is covered; what has closed stays as it was found before."""
        return window.id not in self._bare if window.closes_at <= now else is_covered(facts, window)

    def _keep(self, now: datetime) -> None:
        """Keep since when each window ahead is bare."""
        bare_ones = [
            window for window, covered in self._ahead if not covered and window.closes_at > now
        ]
        there = bool(bare_ones) and self._facts is not None and self._facts.pio_is_there(now)
        for window in bare_ones:
            bare = self._bare.setdefault(window.id, Bare(now, self._notices, pio_there=there))
            bare.rounds += 1
            bare.pio_there = bare.pio_there and there
        self._notices = self._last_notice

    def _judge(self, run: list[Occasion], rows: Sequence[Any], now: datetime) -> None:
        first = run[0]
        bare = self._bare[first.id]
        if bare.rounds < 2:
            return
        told = [
            row
            for row in rows
            if first.id in row.windows and (row.id > bare.after or row.created_at >= bare.since)
        ]
        told = [row for row in told if _counts(row)]
        director = [r for r in told if r.person_id in self._holding(Role.EXECUTIVE_DIRECTOR)]
        pio = [r for r in told if r.person_id in self._holding(Role.PIO)]
        name = f"the gap of {first.id}, known since {bare.since:%m-%d %H:%M}Z,"
        expect(told, 3, f"{name} was announced to nobody")
        if bare.pio_there:
            expect(pio, 3, f"{name} was not announced to the PIO")
        if now >= first.opens_at - A_DAY:
            expect(director, 3, f"{name} was not announced to any ED")
            if bare.since <= first.opens_at - A_DAY:
                early = [row for row in told if row.not_before < first.opens_at]
                expect(early, 3, f"{name} is announced only after it has begun")

    def _holding(self, role: Role) -> frozenset[int]:
        """Return who holds a role; roles are among the facts that are read anew when they change."""
        return frozenset() if self._facts is None else self._facts.holding(role)


def _counts(row: sa.Row[Any]) -> bool:
    """Whether a notice reached its person, is still being tried, or failed.

    What has failed is told to others at the next tick; that none is left untold is judged at the end.
    """
    return row.state in (*REACHING, NoticeState.FAILED)
