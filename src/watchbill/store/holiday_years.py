"""National holidays that were looked up once, by year and by where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from watchbill.store.tables import HolidayYearRow, table

YEARS = table(HolidayYearRow)


def recall(connection: sa.Connection, source: str) -> dict[int, dict[date, str]]:
    """Return the years that are remembered from a source."""
    rows = connection.execute(sa.select(YEARS).where(YEARS.c.source == source))
    return {row.year: _dates(row.names) for row in rows}


def remember(
    connection: sa.Connection, source: str, years: Mapping[int, Mapping[date, str]]
) -> list[date]:
    """Remember years; return the dates on which an earlier version of the library said otherwise."""
    place = source.rpartition("/")[0]
    moved: set[date] = set()
    for year, names in years.items():
        same_place = YEARS.c.source.startswith(f"{place}/", autoescape=True)
        query = sa.select(YEARS).where(same_place, YEARS.c.year == year, YEARS.c.source != source)
        for row in connection.execute(query):
            moved |= set(_dates(row.names)) ^ set(names)
        known = sa.select(YEARS.c.year).where(YEARS.c.source == source, YEARS.c.year == year)
        if connection.scalar(known) is None:
            values = {day.isoformat(): name for day, name in names.items()}
            connection.execute(YEARS.insert().values(source=source, year=year, names=values))
    return sorted(moved)


def _dates(names: Mapping[str, str]) -> dict[date, str]:
    return {date.fromisoformat(day): name for day, name in names.items()}
