"""The simulation finds what is wrong: programs that break a promise on purpose do not get through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.simulation.play import PLAIN, FailingSeedError, perform, play
from tests.simulation.setting import setting
from tests.simulation.world import Faults
from watchbill.core.journal import PROGRAM, Kind
from watchbill.core.roster import Role, Roster
from watchbill.core.windows import State
from watchbill.core.world import Owe, World
from watchbill.post.letters import Letter, Receipt, Sender
from watchbill.post.outbox import Lane, Outbox
from watchbill.post.outcomes import Outcome
from watchbill.rehearsal import Troupe
from watchbill.store import journal, windows
from watchbill.watch import Ticked, Watch

SEED = 4
NO_CRASHES = Faults(crashes=False)


@dataclass(slots=True)
class Twice:
    """A sender that sends everything twice."""

    inner: Sender

    def send(self, letter: Letter) -> Receipt:
        self.inner.send(letter)
        return self.inner.send(letter)

    def close(self) -> None:
        self.inner.close()


def sends_twice(program: Troupe) -> None:
    def doubled(lane: Lane) -> Lane:
        return replace(lane, session=lambda: Twice(lane.session()))

    lanes = program.outbox.lanes
    program.outbox.lanes = {channel: doubled(lane) for channel, lane in lanes.items()}


class Hasty(Outbox):
    """Marks a message as delivered, and sends it then."""

    def _send(self, sender: Sender, letter: Letter) -> Outcome:
        done = Outcome(letter, self.clock.now(), receipt=Receipt(confirmed=True))
        self._keep(done)
        self._flush()
        return super()._send(sender, letter)


def marks_before_sending(program: Troupe) -> None:
    box = program.outbox
    program.outbox = Hasty(box.store, box.outcomes, box.clock, box.lanes, box.under_way)


def never_doubts(program: Troupe) -> None:
    program.review = replace(program.review, settling=timedelta(0), lookup=None)


class Discreet(Watch):
    """Keeps from the ED what would be told."""

    def _owe(self, connection: sa.Connection, notice: Owe, roster: Roster, now: datetime) -> None:
        if not roster.people[notice.person].holds(Role.EXECUTIVE_DIRECTOR):
            super()._owe(connection, notice, roster, now)


class Ruthless(Watch):
    """Knows of no leave when it decides whom to remind."""

    def _gather(self, now: datetime, *, replies_read: bool) -> World:
        world = super()._gather(now, replies_read=replies_read)
        return replace(world, roster=replace(world.roster, leaves=()))


class Talkative(Watch):
    """Writes something at every tick."""

    def tick(self, *, replies_read: bool = True) -> Ticked:
        with self.office.store.write() as connection:
            now = self.office.clock.now()
            journal.append(connection, self.office.entropy, now, Kind.NOTICE_SENT, PROGRAM, {})
        return super().tick(replies_read=replies_read)


class Forgetful(Watch):
    """Loses the windows that are still ahead."""

    def tick(self, *, replies_read: bool = True) -> Ticked:
        ticked = super().tick(replies_read=replies_read)
        with self.office.store.write() as connection:
            ahead = windows.WINDOWS.c.opens_at > ticked.now
            connection.execute(windows.WINDOWS.delete().where(ahead))
        return ticked


class Lenient(Watch):
    """Takes what was missed for late."""

    def _gather(self, now: datetime, *, replies_read: bool) -> World:
        world = super()._gather(now, replies_read=replies_read)
        kinder = tuple(
            replace(window, state=State.LATE) if window.state is State.MISSED else window
            for window in world.windows
        )
        return replace(world, windows=kinder)


def watches_by(kind: type[Watch]) -> Callable[[Troupe], None]:
    def prepare(program: Troupe) -> None:
        program.watch = kind(program.office)

    return prepare


@pytest.mark.parametrize(
    ("prepare", "faults", "promise"),
    [
        (sends_twice, PLAIN, 5),
        (marks_before_sending, NO_CRASHES, 5),
        (never_doubts, NO_CRASHES, 5),
        (watches_by(Discreet), PLAIN, 2),
        (watches_by(Ruthless), PLAIN, 6),
        (watches_by(Talkative), PLAIN, 9),
        (watches_by(Forgetful), PLAIN, 1),
        (watches_by(Lenient), PLAIN, 1),
    ],
)
def test_a_program_that_breaks_a_promise_is_found_out(
    prepare: Callable[[Troupe], None], faults: Faults, promise: int
) -> None:
    with pytest.raises(FailingSeedError, match=f"promise {promise}"):
        perform(setting(SEED), faults, prepare)


def test_a_program_that_comes_back_with_other_opinions_is_found_out() -> None:
    starts: list[Troupe] = []

    def prepare(program: Troupe) -> None:
        starts.append(program)
        if len(starts) > 1:
            policy = replace(program.office.policy, minimum_cover=timedelta(hours=20))
            program.watch = Watch(replace(program.office, policy=policy))

    with pytest.raises(FailingSeedError, match="promise 8"):
        play(setting(SEED), prepare)


def test_a_failing_seed_says_how_to_repeat_it() -> None:
    with pytest.raises(FailingSeedError) as failure:
        perform(setting(SEED), PLAIN, sends_twice)

    assert str(failure.value).endswith(f"python -m tests.simulation.play --seed {SEED} --days 21")
