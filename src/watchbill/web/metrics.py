"""The figures for a monitoring system: with the key of the configuration, or signed in."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from watchbill.ledger import Office
from watchbill.reports.metrics import MEDIA_TYPE, exposition, figures
from watchbill.web.doors import Door
from watchbill.web.inside import UNAUTHORIZED, Desk
from watchbill.web.visit import Document, Route, Visit

PATH = "/metrics"
BEARER = "bearer "
Endpoint = Callable[[Request], Awaitable[Response]]


def show(visit: Visit) -> Document:
    """Return the figures as they stand."""
    age = visit.workings.tick_age()
    return Document(_text(visit.office, visit.connection, age), MEDIA_TYPE)


def by_key(desk: Desk, key: Callable[[], str], otherwise: Endpoint) -> Endpoint:
    """Return the endpoint that answers whoever shows the key; all others are asked to sign in.

    A request with a wrong key, or where there is none, is refused (RFC 6750).
    """

    async def answer(request: Request) -> Response:
        shown = request.headers.get("authorization")
        if shown is None:
            return await otherwise(request)
        if not _is_key(shown, key()):
            return Response(
                "That is not the key.\n",
                UNAUTHORIZED,
                {"www-authenticate": 'Bearer realm="metrics"'},
                media_type="text/plain",
            )
        return await run_in_threadpool(_measured, desk)

    return answer


def _is_key(shown: str, key: str) -> bool:
    given = shown[len(BEARER) :] if shown.lower().startswith(BEARER) else ""
    return bool(key) and hmac.compare_digest(given.encode(), key.encode())


def _measured(desk: Desk) -> Response:
    office = desk.office()
    with office.store.read() as connection:
        body = _text(office, connection, desk.workings().tick_age())
    return Response(body, media_type=MEDIA_TYPE)


def _text(office: Office, connection: sa.Connection, tick_age: float | None) -> bytes:
    found = figures(office.policy, connection, office.clock.now(), tick_age)
    return exposition(found).encode()


ROUTES = (Route(PATH, Door.WORKINGS, show),)
