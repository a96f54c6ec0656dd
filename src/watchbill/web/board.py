"""The board: who has it now, what is open, what is next."""

from __future__ import annotations

from watchbill.reports.status import status_within
from watchbill.web.doors import Door
from watchbill.web.link import View
from watchbill.web.visit import Route, Visit


def show(visit: Visit) -> View:
    """Return the board as things stand."""
    return View("board.html", {"status": status_within(visit.policy, visit.connection, visit.now)})


ROUTES = (Route("/", Door.EVERYBODY, show, words="Board"),)
