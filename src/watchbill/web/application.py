"""The routes. GET shows, POST acts; every failure is a page in plain words."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from watchbill.errors import UnavailableError
from watchbill.ledger import Office
from watchbill.reports.meaning import Statement
from watchbill.web import link as links
from watchbill.web import metrics, sheets
from watchbill.web.filled import Filled, filled, token_of
from watchbill.web.hook import NO_ANSWER, Hook
from watchbill.web.hook import PATH as HOOK_PATH
from watchbill.web.inside import Inside
from watchbill.web.link import (
    BAD_REQUEST,
    FORBIDDEN,
    GONE,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    OK,
    TOO_LARGE,
    UNAVAILABLE,
    Link,
    View,
    said,
)
from watchbill.web.routes import ROUTES
from watchbill.web.security import Guard
from watchbill.web.signing_in import SigningIn
from watchbill.web.visit import Workings

if TYPE_CHECKING:
    from jinja2 import Environment

logger = logging.getLogger(__name__)
TOKEN = re.compile(r"[A-Za-z0-9_-]{10,64}")
FORM_BITS = 128
OUTSIDE = {"menu": (), "me": None, "recorded": None}
"""What a page for nobody in particular has no values for."""
READY = View("")
LOOPBACK = "http://127.0.0.1:8080"
SMALLEST_TO_SHRINK = 1000
TO_THE_BOARD = ("/", "Go to the board")
NOT_COMPLETE = said(
    "That form is not complete", "Open the link again and press the button.", BAD_REQUEST
)
NO_PAGE = {
    BAD_REQUEST: NOT_COMPLETE,
    NOT_FOUND: said(
        "There is no such page", "Open the link from a message, whole.", NOT_FOUND, TO_THE_BOARD
    ),
    METHOD_NOT_ALLOWED: said(
        "Nothing can be sent to this page",
        "Go back, and press a button on a page of ours.",
        METHOD_NOT_ALLOWED,
        TO_THE_BOARD,
    ),
    TOO_LARGE: said(
        "That is more than a page takes",
        "Nothing was recorded. Go back, and send it with less text.",
        TOO_LARGE,
        TO_THE_BOARD,
    ),
}
NOT_KNOWN = said("This link is not known", "Open the link from the newest message, whole.", NOT_FOUND)
EXPIRED = said("This link has expired", "Its time is over. Use a newer one.", GONE)
NO_LONGER_GOOD = said("This link is no longer good", "The person it was for is not active.", FORBIDDEN)
NOT_OURS = said("That form is not one of ours", "Open the link again.", BAD_REQUEST)
NOT_WRITTEN = said(
    "Not recorded",
    "The record cannot be written at the moment. Please try again in a minute, or tell "
    "Information Services. What you sent is NOT recorded yet.",
    UNAVAILABLE,
)


@dataclass(frozen=True, slots=True)
class Health:
    """How fresh the last good tick is."""

    age_seconds: float | None
    fresh: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the pages are made from; asked anew at each request, for the configuration may change.

    ``meaning``: what the configuration says, in plain words, as of an instant. ``metrics_key``: what a
    monitoring system shows to read the figures; empty where it may not.
    """

    office: Callable[[], Office]
    health: Callable[[], Health]
    acted: Callable[[], None]
    hook: Callable[[], Hook | None] = lambda: None
    origin: Callable[[], str] = lambda: LOOPBACK
    meaning: Callable[[datetime], Sequence[Statement]] = lambda _: ()
    metrics_key: Callable[[], str] = lambda: ""


def create(surroundings: Surroundings) -> Guard:
    """Return the application, guarded."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    pages = Pages(surroundings)
    app.add_api_route("/healthz", pages.healthz, methods=["GET", "HEAD"])
    app.add_api_route("/c/{token}", pages.show, methods=["GET"])
    app.add_api_route("/c/{token}", pages.act, methods=["POST"])
    app.add_api_route(HOOK_PATH, pages.texted, methods=["POST"])
    _add_signing_in(app, SigningIn(pages))
    inside = Inside(pages, ROUTES)
    for route in ROUTES:
        shown = inside.shown(route)
        if route.path == metrics.PATH:
            shown = metrics.by_key(pages, surroundings.metrics_key, shown)
        app.add_route(route.path, shown, methods=["GET", "HEAD"])
        if route.acts:
            app.add_route(route.path, inside.acted(route), methods=["POST"])
    app.mount("/static", StaticFiles(packages=[("watchbill.web", "static")]), name="static")
    app.add_exception_handler(HTTPException, pages.not_a_page)
    app.add_exception_handler(RequestValidationError, pages.bad_form)
    app.add_exception_handler(UnavailableError, pages.unavailable)
    app.add_exception_handler(Exception, pages.unavailable)
    return Guard(GZipMiddleware(app, minimum_size=SMALLEST_TO_SHRINK))


def _add_signing_in(app: FastAPI, pages: SigningIn) -> None:
    app.add_api_route("/sign-in", pages.ask, methods=["GET", "HEAD"])
    app.add_api_route("/sign-in", pages.asked, methods=["POST"])
    app.add_api_route("/sign-in/{token}", pages.show, methods=["GET", "HEAD"])
    app.add_api_route("/sign-in/{token}", pages.enter, methods=["POST"])


class Pages:
    """One method for each route."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    @cached_property
    def _templates(self) -> Environment:
        from jinja2 import (  # noqa: PLC0415 - for the first page that is asked for, not for `run` to be ready
            Environment,
            PackageLoader,
            StrictUndefined,
        )

        return Environment(
            loader=PackageLoader("watchbill.web"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )

    def office(self) -> Office:
        """Return the office as it is now."""
        return self._surroundings.office()

    def acted(self) -> None:
        """Say that somebody has acted."""
        self._surroundings.acted()

    def workings(self) -> Workings:
        """Return what the program knows of itself."""
        around = self._surroundings
        return Workings(around.meaning, lambda: around.health().age_seconds)

    def origin(self) -> str:
        """Return the configured address of the pages, without a slash at its end."""
        return self._surroundings.origin().rstrip("/")

    def cookie(self) -> str:
        """Return the name of the cookie: bound to the host where the pages are served over TLS (RFC 6265bis)."""
        secure = self._surroundings.origin().startswith("https:")
        return "__Host-watchbill" if secure else "watchbill"

    def healthz(self) -> Response:
        """Answer 200 while the last good tick is fresh, else 503."""
        health = self._surroundings.health()
        body = {
            "status": "ok" if health.fresh else "stale",
            "tick_age_seconds": None if health.age_seconds is None else round(health.age_seconds, 1),
        }
        return JSONResponse(body, OK if health.fresh else UNAVAILABLE)

    async def texted(self, request: Request) -> Response:
        """Take a text from the provider, where that is wanted; the answer is sent as every other message."""
        hook = self._surroundings.hook()
        if hook is None:
            raise HTTPException(NOT_FOUND)
        form = {name: str(value) for name, value in (await request.form()).items()}
        signature = request.headers.get("x-twilio-signature", "")
        if not await run_in_threadpool(hook.take, form, signature):
            return Response("Not signed by the provider.", FORBIDDEN, media_type="text/plain")
        self._surroundings.acted()
        return Response(NO_ANSWER, OK, media_type="text/xml")

    def show(self, token: Annotated[str, Depends(token_of)], request: Request) -> Response:
        """Show who is asked for what, and the buttons that do it; change nothing."""
        office, more = self._surroundings.office(), "more" in request.query_params
        return self.page(office, self._look(office, token, lambda link: sheets.show(link, more=more)))

    def act(
        self, token: Annotated[str, Depends(token_of)], sent: Annotated[Filled, Depends(filled)]
    ) -> Response:
        """Do what the form says, once, and show what came of it when it is on record for good."""
        office = self._surroundings.office()
        view = self._look(office, token, lambda _: READY if sent.is_ours else NOT_OURS)
        if view is READY:
            with office.store.write() as connection:
                within = replace(office, within=connection)
                link = links.find(within, connection, token)
                view = _refusal(link) or sheets.act(link, sent) if link else NOT_KNOWN
            if view.status == OK:
                self._surroundings.acted()
        return self.page(office, view)

    def _look(self, office: Office, token: str, then: Callable[[Link], View]) -> View:
        """Return what is said of a token that is of no use, else what ``then`` makes of its link."""
        if not TOKEN.fullmatch(token):
            return NOT_KNOWN
        with office.store.read() as connection:
            link = links.find(office, connection, token)
            return _refusal(link) or then(link) if link else NOT_KNOWN

    def page(self, office: Office, view: View, **values: Any) -> Response:  # noqa: ANN401 - for a template
        """Return a page; every form on it gets an id of its own."""
        agency = office.policy.agency

        def new_form() -> str:
            return f"{office.entropy.bits(FORM_BITS):032x}"

        html = self._templates.get_template(view.template).render(
            agency=agency,
            contact_lines=agency.contact_lines,
            new_form=new_form,
            **{**OUTSIDE, **values, **view.values},
        )
        return HTMLResponse(html, view.status)

    def _message(self, view: View) -> Response:
        return self.page(self._surroundings.office(), view)

    async def not_a_page(self, _request: Request, error: Exception) -> Response:
        """Answer for an address that is none, or a method that it does not take."""
        status = error.status_code if isinstance(error, HTTPException) else NOT_FOUND
        return self._message(NO_PAGE.get(status) or replace(NOT_COMPLETE, status=status))

    async def bad_form(self, _request: Request, _error: Exception) -> Response:
        """Answer for a form that lacks something."""
        return self._message(NOT_COMPLETE)

    async def unavailable(self, _request: Request, error: Exception) -> Response:
        """Answer for a record that cannot be reached: nothing was acknowledged, nothing is lost."""
        reason = error.message if isinstance(error, UnavailableError) else type(error).__name__
        logger.error("a page could not be answered: %s", reason)
        return self._message(NOT_WRITTEN)


def _refusal(link: Link) -> View | None:
    if not sheets.known(link):
        return NOT_KNOWN
    if link.expired:
        return EXPIRED
    return None if link.person.active else NO_LONGER_GOOD
