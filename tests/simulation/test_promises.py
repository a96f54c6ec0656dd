"""The promises of DOMAIN §7 hold under faults, crashes and people: 200 seeds of three weeks, two years.

More of them are played by ``python -m tests.simulation.play --seed 1000 --seeds 200``.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.simulation.play import perform, play
from tests.simulation.setting import PLACES, setting
from tests.simulation.world import Faults

SEEDS = range(200)
A_GROUP = 5
YEAR = 365
LONG = (1001, 1002)


@pytest.mark.takes_seconds(20)
@pytest.mark.parametrize("first", range(0, len(SEEDS), A_GROUP))
def test_three_weeks_with_faults_crashes_and_people_keep_every_promise(first: int) -> None:
    for seed in SEEDS[first : first + A_GROUP]:
        play(setting(seed))


@pytest.mark.takes_seconds(150)
@pytest.mark.parametrize("seed", LONG)
def test_a_year_keeps_every_promise(seed: int) -> None:
    scene = setting(seed, YEAR)
    perform(scene, Faults(clock=not scene.by_script))


def test_the_seeds_cover_clock_changes_holidays_and_the_years_end() -> None:
    played = [setting(seed) for seed in SEEDS]
    for zone, dates in PLACES.items():
        for day in dates:
            assert any(
                scene.policy.zone.key == zone
                and scene.first < day < scene.first + timedelta(days=scene.days)
                for scene in played
            ), f"no seed plays {day} in {zone}"
    assert {scene.by_script for scene in played} == {True, False}
    assert {scene.daemons for scene in played} == {1, 2}
