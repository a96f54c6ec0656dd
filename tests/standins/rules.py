"""A thread-safe script of what a stand-in does wrong, and how often."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Act = TypeVar("Act")


@dataclass
class _Rule(Generic[Act]):
    stage: str
    act: Act
    key: str | None
    left: int | None

    def fits(self, stage: str, keys: Iterable[str]) -> bool:
        return self.stage == stage and (self.key is None or self.key in keys)


class Rules(Generic[Act]):
    """What to do at which stage: for everybody or for one key, a number of times or for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Rule[Act]] = []

    def add(self, stage: str, act: Act, *, key: str | None = None, times: int | None = 1) -> None:
        """Do ``act`` at ``stage`` the next ``times`` times (None: for ever) that ``key`` is met."""
        with self._lock:
            self._rules.append(_Rule(stage, act, key, times))

    def take(self, stage: str, keys: Iterable[str] = ()) -> Act | None:
        """Return the oldest act that fits, and count it as done; None when there is none."""
        wanted = tuple(keys)
        with self._lock:
            found = next((rule for rule in self._rules if rule.fits(stage, wanted)), None)
            if found is None:
                return None
            self._count(found)
            return found.act

    def clear(self) -> None:
        """Forget every act, so that all goes well from now on."""
        with self._lock:
            self._rules.clear()

    @property
    def pending(self) -> int:
        """How many acts are still to be done; one that holds for ever counts once."""
        with self._lock:
            return sum(1 if rule.left is None else rule.left for rule in self._rules)

    def _count(self, rule: _Rule[Act]) -> None:
        if rule.left is None:
            return
        rule.left -= 1
        if rule.left == 0:
            self._rules.remove(rule)
