"""Moments that the seeds meet seldom, played on purpose: a lost ED, a lost rule, a clock set back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

import pytest

from tests.cast import CAST, KIM, MORGAN, MORNING, PAGES, POLICY, RULES, local
from tests.simulation.world import OPERATOR
from watchbill.acts.check import Viewing, record_check
from watchbill.acts.deed import By
from watchbill.acts.roster import add_person, deactivate_person, load_roster
from watchbill.core.checks import Way
from watchbill.core.policy import WEEKDAYS, Policy, Rule
from watchbill.core.roster import Channel
from watchbill.errors import SendError
from watchbill.post.letters import Letter, Receipt, Sender
from watchbill.rehearsal import PlayedClock, SeededEntropy, Stage, Troupe, empty_store, troupe
from watchbill.store import windows
from watchbill.store.engine import Store

MONDAY = date(2026, 6, 8)
NOON = Rule("noon", WEEKDAYS, time(12), time(13))


@dataclass(slots=True)
class Post:
    """Takes every message, except while it is down."""

    down: bool = False
    told: list[tuple[str, str]] = field(default_factory=list)

    def send(self, letter: Letter) -> Receipt:
        if self.down:
            raise SendError("no answer")
        self.told.append((letter.name, letter.message.subject))
        return Receipt(confirmed=True)

    def close(self) -> None:
        """Do nothing."""


@dataclass(slots=True)
class Play:
    """A program that can be started anew with another reading."""

    store: Store
    stage: Stage
    post: Post = field(default_factory=Post)

    def start(self, policy: Policy = POLICY) -> Troupe:
        def session() -> Sender:
            return self.post

        senders = dict.fromkeys(Channel, session)
        return troupe(policy, self.store, self.stage, SeededEntropy(policy.digest()), senders)

    def states(self) -> dict[str, str]:
        with self.store.read() as connection:
            found = windows.windows_between(connection, MONDAY, MONDAY)
        return {record.occasion.rule: record.state.value for record in found}


@pytest.fixture
def play() -> Iterator[Play]:
    store = empty_store()
    yield Play(store, Stage(PlayedClock(local("2026-06-08T06:00"))))
    store.close()


def begin(play: Play, policy: Policy = POLICY) -> Troupe:
    program = play.start(policy)
    load_roster(program.office, OPERATOR, CAST, PAGES)
    return program


def test_what_an_ed_who_has_left_was_still_to_hear_the_next_one_hears(play: Play) -> None:
    program = begin(play)
    program.play(local("2026-06-08T11:29"))
    play.post.down = True
    program.play(local("2026-06-08T11:40"))
    robin = replace(MORGAN, name="Robin Vega", email="robin@example.org")
    add_person(program.office, OPERATOR, robin)
    deactivate_person(program.office, OPERATOR, MORGAN)
    play.post.down = False
    program.play(local("2026-06-08T12:00"))

    missed = [name for name, subject in play.post.told if "MISSED" in subject]
    assert sorted(missed) == ["Kim Rivera", "Robin Vega"]


def test_a_window_that_has_opened_stays_when_the_clock_is_set_back_and_the_rules_change(
    play: Play,
) -> None:
    begin(play).play(local("2026-06-08T08:35"))
    play.stage.clock.ahead = -timedelta(minutes=15)
    later = tuple(replace(rule, opens=time(8, 40)) if rule == MORNING else rule for rule in RULES)
    play.start(replace(POLICY, rules=later)).play(local("2026-06-08T08:36"))

    with play.store.read() as connection:
        morning, _ = windows.windows_between(connection, MONDAY, MONDAY)
    assert morning.occasion.opens_at == local("2026-06-08T08:30")


def test_a_check_for_a_window_that_is_given_up_counts_late_for_the_one_before(play: Play) -> None:
    program = begin(play, replace(POLICY, rules=(*RULES, NOON)))
    early = replace(NOON, early=timedelta(minutes=20))
    program = play.start(replace(POLICY, rules=(*RULES, early)))
    program.play(local("2026-06-08T11:45"))
    record_check(program.office, By(KIM, Way.LINK), KIM, Viewing())
    assert play.states()["weekday-morning"] == "missed"

    play.start(POLICY).play(local("2026-06-08T11:46"))

    assert play.states() == {"weekday-morning": "late", "weekday-afternoon": "upcoming"}
