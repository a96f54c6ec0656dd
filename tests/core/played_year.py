"""A year of one agency through the core alone: what a benchmark times, and a test looks at."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from tests.cast import DANA_ID, KIM_ID, MINUTE, PAGE_KEYS
from tests.core.applying import applied
from watchbill.core.checks import Check, DayWindow, tally
from watchbill.core.coverage import monitor_of
from watchbill.core.decide import decide
from watchbill.core.instants import day_end, day_start, local_date
from watchbill.core.policy import Policy
from watchbill.core.reasons import Reason
from watchbill.core.roster import Roster
from watchbill.core.windows import Occasion, State, occasions
from watchbill.core.world import Decision, NoticeFacts, NoticeState, WindowFacts, World

AHEAD = timedelta(days=3)
DAYS = 365


@dataclass
class Year:
    """What has happened so far."""

    policy: Policy
    roster: Roster
    windows: tuple[Occasion, ...]
    checks: dict[date, list[Check]]
    by_day: dict[date, list[Occasion]]
    decided: int = 0
    opened: int = 0
    active: dict[str, WindowFacts] = field(default_factory=dict)
    notices: dict[str, NoticeFacts] = field(default_factory=dict)
    told: dict[str, set[Reason]] = field(default_factory=lambda: defaultdict(set))
    settled: dict[str, State] = field(default_factory=dict)

    def tick(self, now: datetime) -> Decision:
        """Gather, decide, apply; what may be said is sent at once."""
        self._open(now)
        before = self._gather(now)
        decision = decide(self.policy, before, now)
        self.decided += 1
        self._keep(applied(before, decision))
        self._send()
        return decision

    def _open(self, now: datetime) -> None:
        while self.opened < len(self.windows) and self.windows[self.opened].opens_at <= now:
            window = self.windows[self.opened]
            self.active[window.id] = WindowFacts(window, State.OPEN, attended=now < window.closes_at)
            self.opened += 1

    def _gather(self, now: datetime) -> World:
        facts = tuple(f if f.settled else self._found(f, now) for f in self.active.values())
        first = max(0, self.opened - 4)
        near = self.windows[first : self.opened + 6]
        ahead = tuple(w for w in near if w.closes_at > now and w.opens_at <= now + AHEAD)
        return World(self.roster, facts, ahead, self.notices)

    def _found(self, facts: WindowFacts, now: datetime) -> WindowFacts:
        window = facts.occasion
        closed = now >= window.closes_at
        monitor = monitor_of(self.policy, self.roster, window) if closed else None
        return replace(facts, state=self._states(window.day, now)[window.id], monitor=monitor)

    def _states(self, day: date, now: datetime) -> dict[str, State]:
        told = [check for check in self.checks[day] if check.reported_at <= now]
        windows = [DayWindow(window, PAGE_KEYS) for window in self.by_day[day]]
        found = tally(windows, told, day_end(day, self.policy.zone))
        return {one.window.occasion.id: one.state(now) for one in found.tallies}

    def final(self) -> dict[str, State]:
        """Return what became of every window by the end of its local day."""
        found: dict[str, State] = {}
        for day in self.by_day:
            found |= self._states(day, day_end(day, self.policy.zone))
        return found

    def _keep(self, after: World) -> None:
        self.notices = dict(after.notices)
        for notice in self.notices.values():
            self.told[notice.window or ""].add(notice.reason)
        for facts in after.windows:
            if facts.settled:
                self.settled[facts.occasion.id] = facts.state
        waited_for = {n.window for n in self.notices.values() if n.waiting}
        self.active = {
            f.occasion.id: f for f in after.windows if not f.settled or f.occasion.id in waited_for
        }

    def _send(self) -> None:
        self.notices = {
            key: replace(n, state=NoticeState.SENT) if n.waiting else n
            for key, n in self.notices.items()
            if n.window in self.active
        }


def play(policy: Policy, roster: Roster, first_day: date) -> Year:
    """Play a year and return what happened in it."""
    last_day = first_day + timedelta(days=DAYS - 1)
    windows = tuple(occasions(policy, first_day, last_day))
    checks = _checks(policy, windows)
    by_day: dict[date, list[Occasion]] = defaultdict(list)
    for window in windows:
        by_day[window.day].append(window)
    year = Year(policy, roster, windows, checks, by_day)
    viewings = sorted({c.reported_at for day in checks.values() for c in day})
    now = day_start(first_day, policy.zone)
    ends = day_end(last_day, policy.zone)
    place = 0
    while now < ends:
        following = year.tick(now).next_at or ends
        while place < len(viewings) and viewings[place] <= now:
            place += 1
        now = min(following, viewings[place] if place < len(viewings) else ends)
    return year


def play_year(policy: Policy, roster: Roster, first_day: date) -> int:
    """Play a year and return how many decisions it took."""
    return play(policy, roster, first_day).decided


def _checks(policy: Policy, windows: tuple[Occasion, ...]) -> dict[date, list[Check]]:
    """Return what people did: mostly in time, sometimes early, split, late, told later or not at all."""
    found: dict[date, list[Check]] = defaultdict(list)
    for number, window in enumerate(windows):
        for check in _habit(number, window):
            found[local_date(check.viewed_at, policy.zone)].append(check)
    return found


def _habit(number: int, window: Occasion) -> list[Check]:
    opens, closes = window.opens_at, window.closes_at
    fb, yt = (frozenset({page}) for page in sorted(PAGE_KEYS))
    if number % 13 == 7:
        return []
    if number % 11 == 5:
        return [_check(number, closes + 20 * MINUTE)]
    if number % 7 == 3:
        return [_check(number, opens + 25 * MINUTE, fb), _check(number, opens + 100 * MINUTE, yt)]
    if number % 17 == 9:
        return [_check(number, opens - 10 * MINUTE)]
    if number % 19 == 4:
        return [replace(_check(number, closes - MINUTE), reported_at=closes + 40 * MINUTE)]
    return [_check(number, opens + (5 + number % 160) * MINUTE)]


def _check(number: int, viewed_at: datetime, pages: frozenset[str] = PAGE_KEYS) -> Check:
    who = KIM_ID if number % 3 else DANA_ID
    return Check(number, who, viewed_at, viewed_at, pages)
