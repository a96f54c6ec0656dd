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
from watchbill.acts.texting import hear
from watchbill.core.journal import PROGRAM, Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import Role, Roster
from watchbill.core.windows import State
from watchbill.core.world import Action, Announce, Owe, World
from watchbill.post.letters import Letter, Receipt, Sender
from watchbill.post.outbox import Lane, Outbox
from watchbill.post.outcomes import Outcome
from watchbill.rehearsal import Troupe
from watchbill.store import inbound, journal, notices, windows
from watchbill.store.inbound import Received
from watchbill.watch import ALWAYS, Ticked, Watch

SEED = 4
DOUBTED, SWAYED = 0, 6
CHATTY = 3
"""A seed whose people answer to messages, by text too."""
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


class Silent(Watch):
    """Says nothing of a gap that was found or has changed."""

    def _apply(self, step: Action, roster: Roster, now: datetime) -> None:
        if not isinstance(step, Announce):
            super()._apply(step, roster, now)


class Proud(Watch):
    """Tells the PIO of gaps, and keeps it from the ED that nobody has been found."""

    def _owe(self, connection: sa.Connection, notice: Owe, roster: Roster, now: datetime) -> None:
        if notice.reason is not Reason.GAP_ESCALATED:
            super()._owe(connection, notice, roster, now)


class Ruthless(Watch):
    """Knows of no leave when it decides whom to remind."""

    def _gather(self, now: datetime, replies_until: datetime | None) -> World:
        world = super()._gather(now, replies_until)
        return replace(world, roster=replace(world.roster, leaves=()))


class Talkative(Watch):
    """Writes something at every tick."""

    def tick(self, replies_until: datetime | None = ALWAYS) -> Ticked:
        with self.office.store.write() as connection:
            now = self.office.clock.now()
            journal.append(connection, self.office.entropy, now, Kind.NOTICE_SENT, PROGRAM, {})
        return super().tick(replies_until)


class Forgetful(Watch):
    """Loses the windows that are still ahead."""

    def tick(self, replies_until: datetime | None = ALWAYS) -> Ticked:
        ticked = super().tick(replies_until)
        with self.office.store.write() as connection:
            ahead = windows.WINDOWS.c.opens_at > ticked.now
            connection.execute(windows.WINDOWS.delete().where(ahead))
        return ticked


def acts_twice_on_a_text(program: Troupe) -> None:
    """Forget that a text was taken, and act on it once more."""
    office = program.office

    def act(received: Received) -> None:
        hear(office, received)
        with office.store.write() as connection:
            connection.execute(inbound.INBOUND.delete().where(inbound.INBOUND.c.id == received.id))
        hear(office, received)

    program.inbox.act = act


def believes_any_code(program: Troupe) -> None:
    """Take the code of the latest text to a number for the one that was texted."""
    office = program.office

    def act(received: Received) -> None:
        with office.store.read() as connection:
            query = sa.select(notices.NOTICES.c.code).order_by(notices.NOTICES.c.id.desc())
            code = connection.scalars(query.limit(1)).first()
        hear(office, replace(received, words=f"DONE {code}"))

    program.inbox.act = act


class Lenient(Watch):
    """Takes what was missed for late."""

    def _gather(self, now: datetime, replies_until: datetime | None) -> World:
        world = super()._gather(now, replies_until)
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
    ("prepare", "seed", "faults", "sentence"),
    [
        (sends_twice, SEED, PLAIN, "promise 5"),
        (marks_before_sending, SEED, NO_CRASHES, "promise 5"),
        (never_doubts, DOUBTED, NO_CRASHES, "promise 5"),
        (watches_by(Discreet), SEED, PLAIN, "promise [23]"),
        (watches_by(Silent), SEED, PLAIN, "promise 3: .* was announced to nobody"),
        (watches_by(Proud), SEED, PLAIN, "promise 3: .* was not announced to any ED"),
        (watches_by(Ruthless), SEED, PLAIN, "promise 6"),
        (watches_by(Talkative), SEED, PLAIN, "promise 9"),
        (watches_by(Forgetful), SEED, PLAIN, "promise 1"),
        (watches_by(Lenient), SEED, PLAIN, "promise 1"),
        (acts_twice_on_a_text, CHATTY, PLAIN, "promise 5: more was done than was texted"),
        (believes_any_code, CHATTY, PLAIN, "promise 5: .* was acted on without a code"),
    ],
)
def test_a_program_that_breaks_a_promise_is_found_out(
    prepare: Callable[[Troupe], None], seed: int, faults: Faults, sentence: str
) -> None:
    with pytest.raises(FailingSeedError, match=sentence):
        perform(setting(seed), faults, prepare)


def test_a_program_that_comes_back_with_other_opinions_is_found_out() -> None:
    starts: list[Troupe] = []

    def prepare(program: Troupe) -> None:
        starts.append(program)
        if len(starts) > 1:
            policy = replace(program.office.policy, minimum_cover=timedelta(hours=20))
            program.watch = Watch(replace(program.office, policy=policy))

    with pytest.raises(FailingSeedError, match="promise 8"):
        play(setting(SWAYED), prepare)


def test_a_failing_seed_says_how_to_repeat_it() -> None:
    with pytest.raises(FailingSeedError) as failure:
        perform(setting(SEED), PLAIN, sends_twice)

    assert str(failure.value).endswith(f"python -m tests.simulation.play --seed {SEED} --days 21")
