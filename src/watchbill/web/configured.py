"""The settings: what the configuration means, and which reading of the policy is in force."""

from __future__ import annotations

from watchbill.core.instants import clock_words, date_words, local_date
from watchbill.reports.meaning import meaning_of_reading
from watchbill.store import windows
from watchbill.store.windows import ReadingRecord
from watchbill.web.doors import Door
from watchbill.web.link import View
from watchbill.web.visit import Route, Visit

MOST_READINGS = 50


def show(visit: Visit) -> View:
    """Return what the program works by."""
    readings = windows.readings(visit.connection, MOST_READINGS)
    told = [_told(visit, reading) for reading in readings]
    values = {
        "statements": visit.workings.meaning(visit.now),
        "in_force": told[0] if told else None,
        "earlier": told[1:],
        "cut": len(readings) == MOST_READINGS,
    }
    return View("settings.html", values)


def _told(visit: Visit, reading: ReadingRecord) -> dict[str, object]:
    zone = visit.policy.zone
    day = local_date(reading.adopted_at, zone)
    return {
        "number": reading.id,
        "when": f"{date_words(day)}, {day.year}, {clock_words(reading.adopted_at, zone)}",
        "by": reading.adopted_by,
        "digest": reading.digest[:10],
        "meaning": meaning_of_reading(reading.meaning),
    }


ROUTES = (Route("/settings", Door.RECORD, show, words="Settings"),)
