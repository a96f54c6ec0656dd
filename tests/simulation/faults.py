"""What goes wrong, and when: chance by name from one seed, crashes, and spans without service."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watchbill.rehearsal import PlayedClock

A_COMMIT_KILLS = 1 / 150
A_MESSAGE_KILLS = 1 / 40


class Crash(BaseException):
    """The program dies here: nothing catches it, nothing after it happens."""


def chance(*names: object) -> random.Random:
    """Return chance that depends on the names alone, and on nothing drawn elsewhere."""
    return random.Random("/".join(str(name) for name in names))  # noqa: S311 - played, not secret


@dataclass(slots=True)
class Outages:
    """Spans of true time in which a service does not answer."""

    spans: list[tuple[datetime, datetime]] = field(default_factory=list)

    def hold(self, instant: datetime) -> bool:
        """Whether the service is out at an instant."""
        return self.end_of(instant) is not None

    def end_of(self, instant: datetime) -> datetime | None:
        """Return the end of the span that holds an instant, ``None`` where none does."""
        return max((ends for begins, ends in self.spans if begins <= instant < ends), default=None)


def outages(dice: random.Random, first: datetime, last: datetime, a_week: float) -> Outages:
    """Return spans from minutes to hours, so many a week."""
    found = Outages()
    at = first
    while True:
        at += timedelta(days=dice.expovariate(a_week / 7))
        if at >= last:
            return found
        length = timedelta(minutes=dice.choice((3, 20, 70, 70, 200)))
        found.spans.append((at, at + length))


@dataclass(slots=True)
class Doom:
    """Decides at which commits and which messages the program dies; ``armed`` while it may."""

    dice: random.Random
    clock: PlayedClock
    deadly: bool
    armed: bool = False
    at: list[datetime] = field(default_factory=list)
    between: Callable[[], None] = lambda: None

    def around_commit(self, when: str) -> None:
        """Die before or after a commit, now and then; after one, let others have their turn."""
        self._perhaps(A_COMMIT_KILLS / 2)
        if when == "after":
            self.between()

    def around_message(self) -> None:
        """Die beside a message that is under way, now and then."""
        self.between()
        self._perhaps(A_MESSAGE_KILLS / 2)

    def _perhaps(self, odds: float) -> None:
        if self.deadly and self.armed and self.dice.random() < odds:
            self.at.append(self.clock.true)
            raise Crash
