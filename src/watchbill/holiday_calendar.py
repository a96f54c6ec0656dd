"""The agency's holidays: a country's, from the holidays library, with what the agency adds and removes.

Years that were looked up once are remembered with the library's version (by whoever keeps the record):
the library takes longer to load than everything else that a command does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING

from watchbill.core.instants import dates
from watchbill.errors import ConfigurationError

if TYPE_CHECKING:
    from holidays import HolidayBase


class AgencyHolidays:
    """Holidays by local date; a year is filled when it is first asked about.

    ``learned`` holds the years that came from the library since the last ``recall``.
    """

    def __init__(
        self,
        country: str | None,
        subdivision: str | None,
        added: Mapping[date, str],
        removed: frozenset[date],
    ) -> None:
        self._country = country
        self._subdivision = subdivision
        self._added = dict(added)
        self._removed = removed
        self._years: dict[int, dict[date, str]] = {}
        self.learned: dict[int, dict[date, str]] = {}

    @property
    def source(self) -> str | None:
        """Return where national holidays come from, the library's version included; or ``None``."""
        if self._country is None:
            return None
        return f"{self._country}/{self._subdivision or ''}/holidays {version('holidays')}"

    def recall(self, years: Mapping[int, Mapping[date, str]]) -> None:
        """Take over years that were remembered from the same source."""
        self._years |= {year: dict(names) for year, names in years.items()}

    def check(self) -> None:
        """Raise ``ConfigurationError`` for a country or subdivision that the library does not know."""
        if self._country is not None and not self._years:
            _ = self._national

    @cached_property
    def _national(self) -> HolidayBase:
        import holidays  # noqa: PLC0415 - heavy, and only for a year not yet remembered

        try:
            return holidays.country_holidays(self._country or "", subdiv=self._subdivision)
        except NotImplementedError:
            raise ConfigurationError(
                f"holidays.country: {self._country!r} with subdivision {self._subdivision!r} is not "
                'known; write them as "US" and "OH".'
            ) from None

    def name_on(self, day: date) -> str | None:
        """Return the name of the holiday on that local date, or ``None``."""
        if day in self._removed:
            return None
        if day in self._added:
            return self._added[day]
        return self._in_year(day.year).get(day) if self._country is not None else None

    def meaning(self) -> Mapping[str, object]:
        """Return by what rule the holidays are found; the library's version is not part of it."""
        return {
            "country": self._country,
            "subdivision": self._subdivision,
            "add": {day.isoformat(): name for day, name in sorted(self._added.items())},
            "remove": sorted(day.isoformat() for day in self._removed),
        }

    def _in_year(self, year: int) -> dict[date, str]:
        if year not in self._years:
            days = dates(date(year, 1, 1), date(year, 12, 31))
            found = {day: name for day in days if (name := self._national.get(day))}
            self._years[year] = found
            self.learned[year] = self._years[year]
        return self._years[year]
