"""What changes around the people: pages, the roster, the reading of the policy, the clock."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from tests.simulation.world import OPERATOR, World
from watchbill.acts.roster import add_page, add_person, deactivate_person, edit_person, retire_page
from watchbill.core.instants import local_date
from watchbill.core.policy import Policy, Rule
from watchbill.core.roster import Page, Person, Role, Roster
from watchbill.errors import ConfigurationError
from watchbill.ledger import Office
from watchbill.store import people


@dataclass(frozen=True, slots=True)
class Changes:
    """Plans what the operator changes while the play goes on."""

    world: World
    roster: Callable[[], Roster]

    def plan(self, dice: random.Random, day: date) -> None:
        """Plan what changes on a day, if anything."""
        moment = _local(day, time(6), self.world) + timedelta(hours=dice.uniform(0, 16))
        roll = dice.random()
        if roll < 0.02:
            self.world.stage.at(moment, lambda: self._add_page(day))
        elif roll < 0.04:
            self.world.stage.at(moment, lambda: self._retire_page(dice))
        elif roll < 0.055:
            self.world.stage.at(moment, lambda: self._replace_director(day))
        elif roll < 0.07:
            self.world.stage.at(moment, lambda: self._replace_designee(dice, day))

    def _add_page(self, day: date) -> None:
        key, now = f"P{day:%m%d}", self.world.clock.now()
        page = Page(key, "Elsewhere", f"Page {key}", f"https://example.org/{key}", now)
        self.world.act(f"page {key} is added", lambda office: add_page(office, OPERATOR, page))

    def _retire_page(self, dice: random.Random) -> None:
        with self.world.store.read() as connection:
            pages = people.all_pages(connection)
        now = self.world.clock.now()
        active = [page.key for page in pages if page.active_at(now)]
        if len(active) > 1:
            key = dice.choice(active)
            self.world.act(f"page {key} is retired", lambda office: retire_page(office, OPERATOR, key))

    def _replace_director(self, day: date) -> None:
        old = self.roster().holding(Role.EXECUTIVE_DIRECTOR)[0]
        new = replace(old, id=0, name="Robin Vega", email=f"ed{day:%m%d}@example.org")
        self.world.act("there is a new ED", lambda office: _add(office, new))
        self.world.act(
            f"{old.name} leaves the agency", lambda office: deactivate_person(office, OPERATOR, old)
        )

    def _replace_designee(self, dice: random.Random, day: date) -> None:
        old = dice.choice(self.roster().holding(Role.DESIGNEE))
        new = replace(old, id=0, name="Jo Quinn", email=f"d{day:%m%d}@example.org")
        self.world.act("there is a new designee", lambda office: _add(office, new))
        if dice.random() < 0.5:
            self.world.act(
                f"{old.name} leaves the agency",
                lambda office: deactivate_person(office, OPERATOR, old),
            )
        else:
            away = replace(old, mobile=None)
            self.world.act(
                f"{old.name} has no mobile any more",
                lambda office: edit_person(office, OPERATOR, away),
            )

    def plan_readings(self, dice: random.Random) -> None:
        """Plan when the operator reads the policy otherwise, if ever."""
        setting = self.world.setting
        if dice.random() > 0.35:
            return
        span = self.world.calm_from - setting.begins
        for _ in range(dice.randrange(1, 4)):
            at = setting.begins + timedelta(hours=8) + span * dice.random() * 0.9
            self.world.stage.at(at, lambda: self.world.reread(_moved(dice, self.world.policy)))

    def plan_awkward_moments(self, dice: random.Random) -> None:
        """Let an ED leave while mail waits; and a clock be set back before a new reading takes over."""
        world = self.world
        spans = [*world.mail.outages.spans, *world.texts.outages.spans]
        if spans and dice.random() < 0.3:
            begins, ends = dice.choice(spans)
            moment = begins + (ends - begins) / 2
            self.world.stage.at(
                moment,
                lambda: self._replace_director(local_date(moment, self.world.setting.policy.zone)),
            )
        if world.faults.clock and dice.random() < 0.4:
            day = world.setting.first + timedelta(days=dice.randrange(2, world.setting.days - 2))
            rule = dice.choice(world.policy.rules)
            opened = _local(day, rule.opens, world) + timedelta(minutes=dice.uniform(1, 10))
            self.world.stage.at(opened, lambda: self._set_back(dice))

    def _set_back(self, dice: random.Random) -> None:
        world = self.world
        world.set_clock(world.clock.ahead - timedelta(minutes=dice.uniform(5, 15)))
        world.reread(_moved(dice, world.policy))


def _local(day: date, at: time, world: World) -> datetime:
    return datetime.combine(day, at, world.setting.policy.zone).astimezone(UTC)


def _add(office: Office, person: Person) -> int:
    return add_person(office, OPERATOR, person)


def _moved(dice: random.Random, policy: Policy) -> Policy:
    """Return the policy with the hours of one rule moved, or a rule more or less.

    Where the result would not be a policy, it stays as it was.
    """
    rules = [rule for rule in policy.rules if rule.name != "extra"]
    place = dice.randrange(len(rules))
    rule, minutes = rules[place], dice.choice((-10, -5, 5, 10))
    try:
        rules[place] = replace(
            rule, opens=_shift(rule.opens, minutes), closes=_shift(rule.closes, minutes)
        )
        if len(rules) == len(policy.rules) and dice.random() < 0.4:
            last = max(one.closes for one in rules)
            rules.append(Rule("extra", rule.days, last, time(23, 59, 30)))
        return replace(policy, rules=tuple(rules))
    except ConfigurationError:
        return policy


def _shift(at: time, minutes: int) -> time:
    return (datetime.combine(date(2026, 1, 1), at, UTC) + timedelta(minutes=minutes)).time()
