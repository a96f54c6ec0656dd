"""The whole program in a played world: its processes die and come back, its wires fail, people act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa

from tests.simulation.faults import Crash, Doom, chance, outages
from tests.simulation.reading import Reading
from tests.simulation.setting import Setting
from tests.simulation.wires import Mail, Texts
from watchbill.acts.deed import By
from watchbill.acts.roster import load_roster
from watchbill.core.checks import Way
from watchbill.core.instants import iso
from watchbill.core.journal import Kind
from watchbill.core.policy import Policy
from watchbill.core.roster import Channel
from watchbill.errors import RefusedError
from watchbill.ledger import Office
from watchbill.post.letters import Letter, Sender
from watchbill.rehearsal import (
    HEARTBEAT,
    PlayedClock,
    SeededEntropy,
    Stage,
    Troupe,
    empty_store,
    troupe,
)
from watchbill.store import deliveries, journal, windows
from watchbill.store.engine import Store, connect

W = TypeVar("W", Texts, Mail)
OPERATOR = By(None, Way.CLI)
CALM = timedelta(hours=30)
WORST_CLOCK = timedelta(minutes=45)
TURNS_BETWEEN = 0.15
MONTHS = 60
MOMENT = timedelta(seconds=1)
ACTS = (
    Kind.CHECK_RECORDED,
    Kind.LEAVE_TAKEN,
    Kind.LEAVE_CANCELLED,
    Kind.DESIGNATED,
    Kind.APPOINTED,
    Kind.DUTY_CANCELLED,
    Kind.DUTY_ACCEPTED,
    Kind.DUTY_DECLINED,
    Kind.PERSON_ADDED,
    Kind.PERSON_CHANGED,
    Kind.PERSON_DEACTIVATED,
    Kind.PAGE_ADDED,
    Kind.PAGE_RETIRED,
)


@dataclass(slots=True)
class Process:
    """One daemon: running, or down until an instant of true time.

    ``seen``: how the world stood after its last round, at ``looked_at``; it wishes to look again then.
    """

    up_at: datetime
    program: Troupe | None = None
    started: int = 0
    seen: tuple[int, int] | None = None
    looked_at: datetime | None = None
    wish: datetime | None = None


@dataclass(frozen=True, slots=True)
class Faults:
    """Which kinds of trouble a run has."""

    wires: bool = True
    crashes: bool = True
    clock: bool = False


@dataclass(slots=True)
class Hooks:
    """Who is asked along the way: about each message accepted, and after each round of a daemon.

    ``prepare`` may change a program before it runs, to see whether the change is found out.
    """

    told: list[Callable[[Letter], None]] = field(default_factory=list)
    after_round: list[Callable[[Troupe], None]] = field(default_factory=list)
    prepare: Callable[[Troupe], None] = lambda _program: None


class World:
    """One seed under way. ``story`` tells what happened, for whoever reads a failing seed."""

    def __init__(self, setting: Setting, faults: Faults) -> None:
        self.setting, self.faults = setting, faults
        self.policy: Policy = setting.policy
        self.clock = PlayedClock(setting.begins)
        self.stage = Stage(self.clock)
        self.doom = Doom(chance(setting.seed, "doom"), self.clock, faults.crashes)
        self.doom.between = self._between
        self.store = _fresh_store(self.doom.around_commit)
        self._driver = _driver_of(self.store)
        self.entropy = SeededEntropy(f"{setting.seed}/bits")
        self.hooks = Hooks()
        self.texts = self._wire(Texts, Channel.SMS)
        self.mail = self._wire(Mail, Channel.EMAIL)
        self.dice = chance(setting.seed, "world")
        daemons = setting.daemons if faults.crashes else 1
        self.processes = [Process(self.clock.true) for _ in range(daemons)]
        self.story: list[str] = []
        self.acknowledged: list[int] = []
        self.readings = [Reading(setting.begins, self.policy)]
        self.ticked_at: datetime | None = None
        self._running: Process | None = None
        self._wakes = 0
        self._nested = False
        load_roster(self.office, OPERATOR, setting.people, setting.pages)

    @property
    def office(self) -> Office:
        """Return what an act or a process that starts now works with."""
        return Office(self.store, self.policy, self.clock, self.entropy)

    def _wire(self, kind: type[W], channel: Channel) -> W:
        seed, faults = self.setting.seed, self.faults
        often = 1.2 if self.setting.days < MONTHS else 0.4
        spans = outages(chance(seed, channel, "out"), self.setting.begins, self.calm_from, often)
        return kind(
            channel=channel,
            clock=self.clock,
            dice=chance(seed, channel),
            doom=self.doom,
            outages=spans,
            wake=lambda at: self.stage.at(at, self._wake),
            told=self._told,
            faulty=faults.wires,
            prompt=faults.clock,
        )

    @property
    def calm_from(self) -> datetime:
        """Return from when on nothing fails any more, so that what was put off can be made good."""
        return self.setting.ends - CALM

    def note(self, text: str) -> None:
        """Write a line of the story."""
        wrong = f" (clock {self.clock.ahead})" if self.clock.ahead else ""
        self.story.append(f"{iso(self.clock.true)}{wrong} {text}")

    def _told(self, letter: Letter) -> None:
        self.note(f"{letter.channel} to {letter.name}: {letter.message.subject}")
        for listener in self.hooks.told:
            listener(letter)

    # --- time ------------------------------------------------------------------------------------

    def run(self) -> None:
        """Play from the first tick to the end."""
        self.stage.at(self.setting.begins + timedelta(hours=1), self._arm)
        self.stage.at(self.calm_from, self._calm)
        self.stage.at(self.setting.ends - MOMENT, self._wake)
        if self.faults.clock:
            self._plan_wrong_clocks()
        self.stage.play(self.setting.ends, self.look)

    def close(self) -> None:
        """Give the database back."""
        self.store.close()

    def _wake(self) -> None:
        """Let every process look, for something may be new outside of the record."""
        self._wakes += 1

    def _arm(self) -> None:
        self.doom.armed = True

    def _calm(self) -> None:
        self.note("from here on nothing fails")
        self.doom.armed = False
        self.texts.faulty = self.mail.faulty = False
        for process in self.processes:
            process.up_at = self.clock.true

    def _plan_wrong_clocks(self) -> None:
        span = self.calm_from - self.setting.begins
        for _ in range(self.dice.randrange(1, 5)):
            at = self.setting.begins + timedelta(hours=6) + span * self.dice.random()
            ahead = WORST_CLOCK * self.dice.uniform(-1, 1)
            self.stage.at(at, lambda ahead=ahead: self.set_clock(ahead))  # type: ignore[misc]

    def set_clock(self, ahead: timedelta) -> None:
        """Let the clock of the server go wrong by so much, or right again."""
        if self.doom.armed:
            self.clock.ahead = ahead
            self._wake()
            self.note(f"the clock is set: it is ahead by {ahead}")

    # --- processes -------------------------------------------------------------------------------

    def look(self) -> datetime | None:
        """Let every process look; return when the first of them wants to look again."""
        wishes = [self._look(process) for process in self.processes]
        return min((wish for wish in wishes if wish is not None), default=None)

    def _look(self, process: Process) -> datetime | None:
        if self.clock.true < process.up_at:
            return process.up_at + self.clock.ahead
        if self._nothing_new(process):
            return process.wish
        before, self._running = self._running, process
        try:
            wish = self._round(process)
        except Crash:
            self._die(process)
            return process.up_at + self.clock.ahead
        finally:
            self._running = before
        return wish

    def _nothing_new(self, process: Process) -> bool:
        """Whether a process that looked now would find what it found last.

        Nothing has been written, nothing has come, and nothing is due yet: a bell would not ring either.
        """
        if process.program is None or process.looked_at is None:
            return False
        now, idle = self.clock.now(), self.clock.true - process.looked_at
        due = process.wish is not None and now >= process.wish
        return not due and idle < HEARTBEAT and process.seen == self._stands()

    def _stands(self) -> tuple[int, int]:
        """Return how the world stands: how many rows were ever written, how often there was news."""
        return self.rows_written(), self._wakes

    def rows_written(self) -> int:
        """Return how many rows were ever written, changed or deleted."""
        return int(self._driver.total_changes)

    def _round(self, process: Process) -> datetime | None:
        program = process.program or self._start(process)
        process.wish = program.round()
        self.ticked_at = self.clock.now()
        process.seen, process.looked_at = self._stands(), self.clock.true
        for listener in self.hooks.after_round:
            listener(program)
        return process.wish

    def _start(self, process: Process) -> Troupe:
        if process.started and len(self.processes) == 1:
            with self.store.write() as connection:
                deliveries.end_leases(connection, self.clock.now())
        senders: dict[Channel, Callable[[], Sender]] = {
            Channel.SMS: lambda: self.texts,
            Channel.EMAIL: lambda: self.mail,
        }
        own = Store(_engine(), self.doom.around_commit)
        texts = self.texts
        program = troupe(
            self.policy, own, self.stage, self.entropy, senders, lookup=texts, source=texts
        )
        self.hooks.prepare(program)
        process.program = program
        process.started += 1
        return program

    def _die(self, process: Process) -> None:
        lengths = (1, 5, 40, 300, 1800, 7000, 20000, 60000)
        down = timedelta(seconds=self.dice.choice(lengths) * self.dice.uniform(0.5, 1.5))
        process.program = None
        process.up_at = self.clock.true + down
        self.note(f"CRASH; down for {down}")

    def _between(self) -> None:
        """Give another daemon its turn while one has just committed, or has a message under way."""
        if len(self.processes) == 1 or self._nested or self.dice.random() > TURNS_BETWEEN:
            return
        others = [one for one in self.processes if one is not self._running]
        self._nested = True
        try:
            self._look(self.dice.choice(others))
        finally:
            self._nested = False

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Let whoever judges look on alone: no crash, and no turn for another daemon in between."""
        armed, self.doom.armed = self.doom.armed, False
        nested, self._nested = self._nested, True
        try:
            yield
        finally:
            self.doom.armed, self._nested = armed, nested

    # --- people ----------------------------------------------------------------------------------

    def text(self, who: str, number: str, words: str) -> None:
        """Let somebody text the agency's number."""
        received = self.texts.take_in(number, words)
        self.note(f"{who} texts {words!r} ({received.id})")

    def act(self, what: str, deed: Callable[[Office], object]) -> None:
        """Let somebody do something; whoever gets no answer looks whether it was done, and repeats it."""
        self.note(what)
        before = self._last_act()
        try:
            self._do(deed)
        except Crash:
            self._die(self.processes[0])
            if self._last_act() == before:
                self.note("no answer, and not done: once more")
                self._do_unharmed(deed)

    def _do(self, deed: Callable[[Office], object]) -> None:
        try:
            answer = deed(self.office)
        except RefusedError as error:
            self.note(f"  refused: {error.message}")
            return
        number = getattr(answer, "entry", getattr(answer, "number", None))
        if number is not None:
            self.acknowledged.append(number)

    def _do_unharmed(self, deed: Callable[[Office], object]) -> None:
        armed, self.doom.armed = self.doom.armed, False
        self._do(deed)
        self.doom.armed = armed

    def _opened(self) -> frozenset[str]:
        """Return the windows that have opened, also those that a clock set back has before it again."""
        with self.store.read() as connection:
            query = sa.select(windows.WINDOWS.c.id).where(windows.WINDOWS.c.pages.is_not(None))
            return frozenset(connection.scalars(query))

    def _last_act(self) -> int:
        with self.store.read() as connection:
            return journal.last_of(connection, ACTS)

    def reread(self, policy: Policy) -> None:
        """Let the operator change the configuration: every process begins anew with it, at once."""
        self.note("the configuration is read again")
        self._wake()
        armed, self.doom.armed = self.doom.armed, False
        self.policy = policy
        self.readings.append(Reading(self.clock.now(), policy, self._opened()))
        for process in self.processes:
            process.program, process.up_at = None, self.clock.true
        self.look()
        self.doom.armed = armed


@cache
def _engine() -> sa.Engine:
    return connect("sqlite://").engine


@cache
def _declared() -> bytes:
    """Return a database with the declared tables and nothing in them, as the file it would be."""
    store = empty_store()
    database: bytes = _driver_of(store).serialize()
    store.close()
    return database


def _fresh_store(around_commit: Callable[[str], None]) -> Store:
    """Return an empty store in memory; the engine is kept, and with it every statement it has compiled."""
    engine = _engine()
    engine.dispose()
    store = Store(engine, around_commit)
    _driver_of(store).deserialize(_declared())
    return store


def _driver_of(store: Store) -> Any:
    """Return the one connection to the store in memory."""
    with store.engine.connect() as connection:
        return connection.connection.driver_connection
