"""The bell rings when it was asked to, every period whatever happens, and whatever the clock does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.standins.command import wait_until
from watchbill.bell import Bell, Every
from watchbill.clock import SystemClock, monotonic

SHORT = timedelta(milliseconds=50)
LONG = timedelta(hours=1)
GUARD = 0.05
NOON = datetime(2001, 11, 23, 12, tzinfo=UTC)


class Jumping:
    """The machine's clock, wrong for as many answers as the test says: set, and set right again."""

    def __init__(self) -> None:
        self.wrong_by: list[timedelta] = []

    def now(self) -> datetime:
        wrong_by = self.wrong_by.pop() if self.wrong_by else timedelta(0)
        return SystemClock().now() + wrong_by


def nothing() -> datetime | None:
    """Ask for no other look."""
    return None


class Looker:
    """Counts the looks, and never lets two overlap unseen."""

    def __init__(self) -> None:
        self.clock = Jumping()
        self.looks = 0
        self.overlapped = False
        self.wants: Callable[[], datetime | None] = nothing
        self.busy = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self._inside = threading.Lock()

    def look(self) -> datetime | None:
        self.overlapped = self.overlapped or self._inside.locked()
        with self._inside:
            self.busy.set()
            self.go_on.wait(5)
            self.looks += 1
            self.busy.clear()
            return self.wants()

    def looked(self, more: int = 1) -> None:
        since = self.looks
        wait_until(lambda: self.looks >= since + more, f"{more} more looks", 5)


@pytest.fixture
def looker() -> Looker:
    return Looker()


@pytest.fixture
def ring(looker: Looker) -> Iterator[Callable[[timedelta], Bell]]:
    made: list[Bell] = []

    def start(period: timedelta) -> Bell:
        bell = Bell(looker.look, looker.clock, period=period, guard_seconds=GUARD)
        made.append(bell)
        bell.start(None)
        return bell

    yield start
    for bell in made:
        looker.go_on.set()
        bell.stop()


Ring = Callable[[timedelta], Bell]


def test_it_rings_every_period_whatever_is_asked_for(looker: Looker, ring: Ring) -> None:
    looker.wants = lambda: looker.clock.now() + LONG
    ring(SHORT)
    looker.looked(4)
    assert not looker.overlapped


def test_it_rings_at_the_instant_last_asked_for(looker: Looker, ring: Ring) -> None:
    bell = ring(LONG)
    looker.wants = lambda: looker.clock.now() + SHORT if looker.looks < 3 else None
    bell.ring_soon()
    wait_until(lambda: looker.looks == 3, "the looks that were asked for", 5)


def test_an_instant_that_has_passed_rings_at_once(looker: Looker, ring: Ring) -> None:
    looker.wants = lambda: NOON if looker.looks < 3 else None
    ring(LONG).ring_soon()
    wait_until(lambda: looker.looks == 3, "the looks for what is overdue", 5)


def test_somebody_who_acts_is_looked_after_at_once(looker: Looker, ring: Ring) -> None:
    bell = ring(LONG)
    bell.ring_soon()
    wait_until(lambda: looker.looks == 1, "the look", 5)


def test_an_act_during_a_look_gets_another_look_after_it(looker: Looker, ring: Ring) -> None:
    bell = ring(LONG)
    looker.go_on.clear()
    bell.ring_soon()
    assert looker.busy.wait(5)
    bell.ring_soon()
    bell.ring_soon()
    looker.go_on.set()
    wait_until(lambda: looker.looks == 2, "the look after the look", 5)
    assert not looker.overlapped


@pytest.mark.parametrize("jump", [LONG, -LONG, timedelta(days=400)])
def test_a_clock_that_jumps_silences_it_for_a_moment_at_most(
    looker: Looker, ring: Ring, jump: timedelta
) -> None:
    """What was aimed at by the clock as it was is far away, or long past, by the clock as it is."""
    jumps = [jump]

    def want() -> datetime | None:
        looker.clock.wrong_by += jumps[:1]
        jumps.clear()
        return None

    looker.wants = want
    ring(SHORT)
    looker.looked(4)
    assert not looker.overlapped
    assert jumps == []


def test_after_it_was_stopped_it_rings_no_more(looker: Looker) -> None:
    bell = Bell(looker.look, looker.clock, period=SHORT, guard_seconds=GUARD)
    bell.start(None)
    looker.looked()
    bell.stop()
    count = looker.looks
    bell.ring_soon()
    threading.Event().wait(3 * GUARD)
    assert looker.looks == count


def test_stopping_waits_for_the_look_under_way(looker: Looker) -> None:
    bell = Bell(looker.look, looker.clock, period=LONG, guard_seconds=GUARD)
    bell.start(None)
    looker.go_on.clear()
    bell.ring_soon()
    assert looker.busy.wait(5)
    stopped = threading.Thread(target=bell.stop)
    stopped.start()
    stopped.join(3 * GUARD)
    assert stopped.is_alive()
    looker.go_on.set()
    stopped.join(5)
    assert not stopped.is_alive()
    assert looker.looks == 1


def test_other_work_is_done_beside_the_looks(looker: Looker) -> None:
    done = threading.Event()
    bell = Bell(looker.look, looker.clock, period=LONG, guard_seconds=GUARD)
    bell.also("other", done.set, SHORT)
    looker.go_on.clear()
    bell.start(None)
    bell.ring_soon()
    assert done.wait(5)
    looker.go_on.set()
    bell.stop()


def test_acting_before_the_bell_is_hung_hurts_nobody(looker: Looker) -> None:
    Bell(looker.look, looker.clock).ring_soon()
    assert looker.looks == 0


def test_the_period_is_counted_from_now_whatever_was_before() -> None:
    assert Every(SHORT).get_next_fire_time(NOON - 1000 * LONG, NOON) == NOON + SHORT
    assert Every(SHORT).get_next_fire_time(None, NOON) == NOON + SHORT


def test_the_system_clock_is_utc_and_the_monotonic_one_goes_on() -> None:
    first = monotonic()
    assert SystemClock().now().utcoffset() == timedelta(0)
    assert monotonic() >= first
