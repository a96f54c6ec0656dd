"""Every page behind the sign-in, room by room, in the order of the menu."""

from __future__ import annotations

from watchbill.web import (
    board,
    checking,
    configured,
    coverage,
    following_up,
    leaving,
    log,
    log_day,
    log_year,
    messages,
    metrics,
    own_page,
    people,
    social_pages,
)
from watchbill.web.visit import Route

ROUTES: tuple[Route, ...] = (
    *board.ROUTES,
    *checking.ROUTES,
    *following_up.ROUTES,
    *coverage.ROUTES,
    *log.ROUTES,
    *log_year.ROUTES,
    *log_day.ROUTES,
    *people.ROUTES,
    *social_pages.ROUTES,
    *messages.ROUTES,
    *configured.ROUTES,
    *own_page.ROUTES,
    *metrics.ROUTES,
    *leaving.ROUTES,
)
