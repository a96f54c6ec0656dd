"""Every page behind the sign-in, room by room, in the order of the menu."""

from __future__ import annotations

from watchbill.web import board, leaving
from watchbill.web.visit import Route

ROUTES: tuple[Route, ...] = (*board.ROUTES, *leaving.ROUTES)
