"""The promises of DOMAIN §7 hold under faults, crashes and people: forty seeds of three weeks, half a year.

More of them are played by ``python -m tests.simulation.play --seed 1000 --seeds 200``.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.simulation.play import perform, play
from tests.simulation.setting import PLACES, setting
from tests.simulation.world import Faults

SEEDS = (*range(35), 52, 72, 80, 132, 150)
"""The first ones, and those that found something or play a clock change that the others do not."""
A_GROUP = 5
HALF_A_YEAR = 182
LONG = 1001


@pytest.mark.takes_seconds(30)
@pytest.mark.parametrize("first", range(0, len(SEEDS), A_GROUP))
def test_three_weeks_with_faults_crashes_and_people_keep_every_promise(first: int) -> None:
    for seed in SEEDS[first : first + A_GROUP]:
        play(setting(seed))


@pytest.mark.takes_seconds(100)
def test_half_a_year_keeps_every_promise() -> None:
    scene = setting(LONG, HALF_A_YEAR)
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
