"""What an act would do to cover, as a page shows it before the act is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from watchbill.core.candidates import free_for
from watchbill.core.coverage import gaps as runs_of
from watchbill.core.coverage import monitor_of
from watchbill.core.gap_phrases import span_of
from watchbill.core.instants import date_words, local_date
from watchbill.core.preview import Preview, hear_of_gaps, preview
from watchbill.core.roster import Person, Role, Roster
from watchbill.core.windows import Occasion
from watchbill.reports.cover_ahead import horizon
from watchbill.store import people
from watchbill.web.visit import Visit

NOBODY = "NOBODY"
CHANGED = "What this would do has changed since you looked. Look again, and press once more."


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an act would do: to cover, and who is told at once beside those of the gap ladder.

    ``roster``: the facts as they would be; ``windows``: those of the horizon.
    """

    visit: Visit
    preview: Preview
    roster: Roster
    windows: tuple[Occasion, ...]
    told: tuple[int, ...]

    @property
    def key(self) -> str:
        """Return what the form says that was seen: another outcome is not what somebody agreed to."""
        return sha256(self.preview.key.encode()).hexdigest()[:16]

    def values(self) -> dict[str, Any]:
        """Return what the template shows."""
        found = self.preview
        return {
            "key": self.key,
            "runs": [
                (
                    span_of(run.windows, self.visit.policy.agency),
                    self._name(run.before),
                    self._name(run.after),
                )
                for run in found.turnovers
            ],
            "opened": len(found.opened),
            "covered": len(found.covered),
            "now": None
            if found.now_before == found.now_after
            else (self._name(found.now_before), self._name(found.now_after)),
            "told": [self._person(number) for number in self._told()],
            "free": self._free(),
            "until": horizon_words(self.visit),
        }

    def _name(self, person: int | None) -> str:
        return NOBODY if person is None else self.roster.people[person].name

    def _person(self, number: int) -> str:
        name = self.roster.people[number].name
        return f"{name} (you)" if number == self.visit.person.id else name

    def _told(self) -> tuple[int, ...]:
        opened = self.preview.opened
        more = hear_of_gaps(self.visit.policy, self.roster, self.windows, opened, self.visit.now)
        return tuple(dict.fromkeys((*self.told, *more)))

    def _free(self) -> list[tuple[str, list[str]]]:
        """Return who may be designated for all of each run that would come to be uncovered."""
        opened = frozenset(self.preview.opened)
        stood_in = people.stood_in(self.visit.connection, self.visit.now) if opened else {}
        covers = ((w, monitor_of(self.visit.policy, self.roster, w) is not None) for w in self.windows)
        runs = runs_of(covers) if opened else []
        return [
            (span_of(run.windows, self.visit.policy.agency), self._names_free(run.windows, stood_in))
            for run in runs
            if not opened.isdisjoint(run.windows)
        ]

    def _names_free(self, windows: tuple[Occasion, ...], stood_in: Mapping[int, datetime]) -> list[str]:
        starts_at = max(windows[0].counts_from, self.visit.now)
        able = free_for(self.roster, starts_at, windows[-1].closes_at, stood_in, anybody=False)
        return [person.name for person in able]


def outlook(visit: Visit, before: Roster, after: Roster, told: Iterable[int] = ()) -> Outlook:
    """Return what becomes of the cover of the horizon when the facts change; reads only."""
    ahead = horizon(visit.policy, visit.connection, visit.now)
    windows = tuple(planned.occasion for planned in ahead.windows)
    found = preview(visit.policy, before, after, windows, visit.now)
    return Outlook(visit, found, after, windows, tuple(dict.fromkeys(told)))


def horizon_words(visit: Visit) -> str:
    """Return the last date that is looked at, with its year where that is another than today's."""
    today = local_date(visit.now, visit.policy.zone)
    last = today + timedelta(days=visit.policy.horizon_days)
    return date_words(last) if last.year == today.year else f"{date_words(last)}, {last.year}"


def may_designate(person: Person) -> bool:
    """Whether somebody holds an office that designates (DOMAIN §3)."""
    return person.holds(Role.PIO, Role.EXECUTIVE_DIRECTOR)


def may_appoint(person: Person) -> bool:
    """Whether somebody holds the office that appoints (Policy 1004 §6)."""
    return person.holds(Role.EXECUTIVE_DIRECTOR)
