"""A year at a glance, and every month since the record began: counts by day and month, as tables and bars."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from watchbill.core.instants import FIRST_YEAR, LAST_YEAR, local_date
from watchbill.core.periods import MONTHS_A_YEAR, first_of_month, last_of_month
from watchbill.core.roster import Person
from watchbill.reports.figures import DayVerdict, Figures, Turn, by_month, by_turn, day_verdicts
from watchbill.store import people, windows
from watchbill.web.doors import Door
from watchbill.web.link import BAD_REQUEST, View, said
from watchbill.web.log_words import AS, full_date
from watchbill.web.visit import Route, Visit

YEAR = re.compile(r"[0-9]{4}")
DAYS = range(1, 32)
BAR, GAP, LEFT, WIDE, RIGHT = 16, 10, 190, 340, 130
"""Of a chart, in units of its own: height of a bar, space between groups, labels, longest bar, figures."""
NAMES = {"full": "", "late": " L", "missed": " M", "open": "", "ahead": "", "none": ""}


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the heat map: what it shows, what it says, and its class."""

    day: str
    kind: str
    text: str
    words: str
    unattended: bool = False
    short: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, where it stands and what it shows."""

    kind: str
    y: int
    width: int
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    """The bars of one month, year or person."""

    label: str
    y: int
    bars: tuple[Bar, ...]


def show_year(visit: Visit) -> View:
    """Return the heat map of a year, its figures by month, and by whose turn it was."""
    today = local_date(visit.now, visit.policy.zone)
    text = visit.query.get("year", "").strip() or str(today.year)
    if not YEAR.fullmatch(text) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        sentence = f"year: {text[:40]!r} is not a year; write it with four digits, as 2026."
        return said("There is no such year", sentence, BAD_REQUEST)
    year = int(text)
    first, last = date(year, 1, 1), date(year, MONTHS_A_YEAR, 31)
    policy, connection = visit.policy, visit.connection
    verdicts = day_verdicts(policy, connection, first, last, visit.now)
    months = by_month(policy, connection, first, last, visit.now)
    turns = by_turn(connection, first, last)
    return View(
        "log_year.html",
        {
            "year": year,
            "columns": DAYS,
            "heat": [_heat_row(date(year, month, 1), verdicts) for month in range(1, 13)],
            "months": [_figure_row(f"{month:%B}", month, one) for month, one in months.items()],
            "total": _total(months.values()),
            "chart": chart([(f"{month:%B}", one) for month, one in months.items()]),
            "turns": _turn_rows(turns, people.all_people(connection)),
            "turn_chart": _turn_chart(turns, people.all_people(connection)),
            "percent": percent,
            "separation": policy.minimum_separation,
        },
    )


def show_months(visit: Visit) -> View:
    """Return the figures of every month since the record began, with a bar a year."""
    today = local_date(visit.now, visit.policy.zone)
    first = windows.first_date(visit.connection) or today
    months = by_month(visit.policy, visit.connection, first, last_of_month(today), visit.now)
    years: dict[int, Figures] = {}
    for month, one in months.items():
        years.setdefault(month.year, Figures()).add(one)
    return View(
        "log_months.html",
        {
            "months": [_figure_row(f"{month:%B %Y}", month, one) for month, one in months.items()][
                ::-1
            ],
            "years": [(str(year), one, f"/log/year?year={year}") for year, one in years.items()][::-1],
            "chart": chart([(str(year), one) for year, one in years.items()]),
            "total": _total(months.values()),
            "percent": percent,
        },
    )


def percent(part: int, whole: int) -> str:
    """Return a share for a person; whole only where all of it is, and nothing where none is."""
    if not whole:
        return "none yet"
    share = round(100 * part / whole)
    return f"{min(share, 99) if part < whole else 100} %"


def _figure_row(words: str, month: date, one: Figures) -> tuple[str, Figures, str]:
    begins, ends = first_of_month(month), last_of_month(month)
    return words, one, f"/log?from={begins}&to={ends}"


def _total(figures: Iterable[Figures]) -> Figures:
    total = Figures()
    for one in figures:
        total.add(one)
    return total


def _heat_row(month: date, verdicts: Mapping[date, DayVerdict]) -> tuple[str, list[Cell | None], str]:
    last = last_of_month(month).day
    cells = [_cell(month.replace(day=day), verdicts) if day <= last else None for day in DAYS]
    return f"{month:%b}", cells, f"/log?from={month}&to={last_of_month(month)}"


def _cell(day: date, verdicts: Mapping[date, DayVerdict]) -> Cell:
    verdict = verdicts.get(day)
    if verdict is None:
        return Cell(day.isoformat(), "none", "-", f"{full_date(day)}: no window")
    one = verdict.figures
    closed = one.completed + one.late + one.missed
    made = one.completed + one.late
    if not closed:
        return Cell(day.isoformat(), "ahead", "-", f"{full_date(day)}: {one.windows} windows ahead")
    kind = "missed" if one.missed else "late" if one.late else "full"
    short = verdict.compliant is False
    marks = NAMES[kind] + (" U" if one.unattended else "") + ("!" if short else "")
    said_words = [
        f"{count} {word}"
        for count, word in (
            (one.late, "late"),
            (one.missed, "missed"),
            (one.windows - closed, "not closed yet"),
            (one.unattended, "unattended"),
        )
        if count
    ]
    if short:
        said_words.append("fewer than two checks")
    words = ", ".join([f"{full_date(day)}: {made} of {one.windows}", *said_words])
    return Cell(
        day.isoformat(), kind, f"{made}/{one.windows}{marks}", words, bool(one.unattended), short
    )


def chart(groups: Sequence[tuple[str, Figures]]) -> dict[str, Any]:
    """Return bars of compliance and punctuality for each group."""
    return _chart(
        [
            (
                label,
                (
                    ("compliance", one.weekdays_compliant, one.weekdays),
                    ("punctuality", one.completed, one.windows),
                ),
            )
            for label, one in groups
        ]
    )


def _chart(groups: Sequence[tuple[str, Sequence[tuple[str, int, int]]]]) -> dict[str, Any]:
    drawn, y = [], GAP
    for label, measures in groups:
        bars = []
        for place, (kind, part, whole) in enumerate(measures):
            width = round(WIDE * part / whole) if whole else 0
            words = f"{percent(part, whole)} ({part} of {whole})" if whole else "none yet"
            bars.append(Bar(kind, y + place * BAR, width, words))
        drawn.append(Group(label, y, tuple(bars)))
        y += len(measures) * BAR + GAP
    return {"groups": drawn, "height": y, "width": LEFT + WIDE + RIGHT, "left": LEFT, "bar": BAR}


def _turn_words(turn: Turn, everybody: Mapping[int, Person]) -> str:
    if turn.person is None:
        return "Nobody (uncovered)"
    return everybody[turn.person].name + (f", {AS[turn.role]}" if turn.role else "")


def _turn_rows(
    turns: Mapping[Turn, Figures], everybody: Mapping[int, Person]
) -> list[tuple[str, Figures]]:
    return [(_turn_words(turn, everybody), one) for turn, one in turns.items()]


def _turn_chart(turns: Mapping[Turn, Figures], everybody: Mapping[int, Person]) -> dict[str, Any]:
    return _chart(
        [
            (_turn_words(turn, everybody), (("punctuality", one.completed, one.windows),))
            for turn, one in turns.items()
        ]
    )


ROUTES = (
    Route("/log/year", Door.RECORD, show_year),
    Route("/log/months", Door.RECORD, show_months),
)
