"""Play one seed and tell its story: ``python -m tests.simulation.play --seed 17 --days 21``."""

from __future__ import annotations

import argparse
import gc
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.simulation.judge import History, Judge, compare
from tests.simulation.people import People
from tests.simulation.setting import Setting, setting
from tests.simulation.verdict import BrokenError
from tests.simulation.world import Faults, World
from watchbill.rehearsal import Troupe

LINES_KEPT = 80
Prepare = Callable[[Troupe], None]
PLAIN = Faults(wires=False, crashes=False)


class FailingSeedError(AssertionError):
    """A seed by which something broke; the message ends with the command that repeats it."""

    def __init__(self, scene: Setting, world: World, error: BaseException) -> None:
        story = "\n".join(world.story[-LINES_KEPT:])
        again = f"python -m tests.simulation.play --seed {scene.seed} --days {scene.days}"
        super().__init__(f"{story}\n\n{type(error).__name__}: {error}\n\n{again}")


def perform(scene: Setting, faults: Faults, prepare: Prepare | None = None) -> tuple[World, History]:
    """Play a setting to its end, judged all along; return the world and its settled history.

    Raises ``FailingSeedError`` at the first promise that is broken, and for whatever else goes wrong.
    """
    world = World(scene, faults)
    if prepare is not None:
        world.hooks.prepare = prepare
    judge = Judge(world)
    People(world).enter()
    judge.enter()
    try:
        with _collecting_nothing():
            world.run()
            judge.the_end()
            return world, judge.history()
    except Exception as error:
        raise FailingSeedError(scene, world, error) from error
    finally:
        world.close()


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """Leave cyclic garbage until the end: there is little, and looking for it takes a sixth of the time.

    At the end it is not looked for among what was there before the first play.
    """
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()


def play(scene: Setting, prepare: Prepare | None = None) -> World:
    """Play a setting; where people act by script, also without faults, and compare what was settled."""
    world, crashed = perform(scene, Faults(clock=not scene.by_script), prepare)
    if scene.by_script:
        _, plain = perform(scene, PLAIN)
        try:
            compare(crashed, plain)
        except BrokenError as error:
            raise FailingSeedError(scene, world, error) from error
    return world


def main() -> int:
    """Play what the command line names, and print the story."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--days", type=int, default=21)
    parser.add_argument("--seeds", type=int, default=1, help="so many, from that one on; no stories")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    for seed in range(given.seed, given.seed + given.seeds):
        try:
            world = play(setting(seed, given.days))
        except FailingSeedError as error:
            sys.stdout.write(f"{error}\n")
            return 1
        story = world.story if given.seeds == 1 else [f"seed {seed}:"]
        sys.stdout.write("\n".join([*story, "every promise held", ""]))
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
