"""The routes. GET shows, POST acts; every failure is a page in plain words."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, PackageLoader
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from watchbill.core.instants import clock_words, date_words
from watchbill.core.wording import hours, in_words
from watchbill.errors import RefusedError, UnavailableError
from watchbill.ledger import Office
from watchbill.web import link as links
from watchbill.web.security import Guard

logger = logging.getLogger(__name__)
TOKEN = re.compile(r"[A-Za-z0-9_-]{10,64}")
FORM_BITS = 128
FORM = re.compile(r"[0-9a-f]{32}")
OK, GONE, NOT_FOUND, CONFLICT, FORBIDDEN = 200, 410, 404, 409, 403
BAD_REQUEST, UNAVAILABLE = 400, 503


@dataclass(frozen=True, slots=True)
class Health:
    """How fresh the last good tick is."""

    age_seconds: float | None
    fresh: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the pages are made from; asked anew at each request, for the configuration may change."""

    office: Callable[[], Office]
    health: Callable[[], Health]
    acted: Callable[[], None]


def create(surroundings: Surroundings) -> Guard:
    """Return the application, guarded."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    pages = Pages(surroundings)
    app.add_api_route("/healthz", pages.healthz, methods=["GET", "HEAD"])
    app.add_api_route("/c/{token}", pages.show, methods=["GET"])
    app.add_api_route("/c/{token}", pages.act, methods=["POST"])
    app.mount("/static", StaticFiles(packages=[("watchbill.web", "static")]), name="static")
    app.add_exception_handler(HTTPException, pages.not_a_page)
    app.add_exception_handler(RequestValidationError, pages.bad_form)
    app.add_exception_handler(UnavailableError, pages.unavailable)
    app.add_exception_handler(Exception, pages.unavailable)
    return Guard(app)


class Pages:
    """One method for each route."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._templates = Environment(
            loader=PackageLoader("watchbill.web"), autoescape=True, trim_blocks=True
        )

    def healthz(self) -> Response:
        """Answer 200 while the last good tick is fresh, else 503."""
        health = self._surroundings.health()
        body = {
            "status": "ok" if health.fresh else "stale",
            "tick_age_seconds": None if health.age_seconds is None else round(health.age_seconds, 1),
        }
        return JSONResponse(body, OK if health.fresh else UNAVAILABLE)

    def show(self, token: str) -> Response:
        """Show who is asked for what, and one button; change nothing."""
        office = self._surroundings.office()
        link = links.find(office, token) if TOKEN.fullmatch(token) else None
        refusal = self._refusal(link)
        if refusal is not None or link is None:
            return refusal or self._not_known()
        if link.spent:
            return self._done(office, link, OK)
        form = f"{office.entropy.bits(FORM_BITS):032x}"
        return self._page("check.html", OK, form=form, **self._about(office, link))

    def act(self, token: str, form: Annotated[str, Form()]) -> Response:
        """Record the check, and show its receipt."""
        office = self._surroundings.office()
        link = links.find(office, token) if TOKEN.fullmatch(token) else None
        refusal = self._refusal(link)
        if refusal is not None or link is None:
            return refusal or self._not_known()
        if not FORM.fullmatch(form):
            return self._message(BAD_REQUEST, "That form is not one of ours", "Open the link again.")
        if link.spent and not links.form_known(office, form):
            return self._done(office, link, CONFLICT)
        try:
            receipt = links.act(office, link, form)
        except RefusedError as error:
            return self._message(FORBIDDEN, "Not recorded", error.message)
        self._surroundings.acted()
        about = self._about(office, link)
        viewed = clock_words(receipt.viewed_at, office.policy.zone)
        return self._page("receipt.html", OK, receipt=receipt, viewed=viewed, **about)

    def _refusal(self, link: links.Link | None) -> Response | None:
        if link is None:
            return self._not_known()
        if link.expired:
            return self._message(
                GONE, "This link has expired", "It was good until the end of its day. Use a newer one."
            )
        if not link.person.active:
            return self._message(
                FORBIDDEN, "This link is no longer good", "The person it was for is not active."
            )
        return None

    def _not_known(self) -> Response:
        return self._message(
            NOT_FOUND, "This link is not known", "Open the link from the newest message, whole."
        )

    def _done(self, office: Office, link: links.Link, status: int) -> Response:
        zone = office.policy.zone
        done = [
            (person.name, clock_words(record.check.viewed_at, zone), record.check.number)
            for person, record in link.done
        ]
        return self._page("done.html", status, done=done, **self._about(office, link))

    def _about(self, office: Office, link: links.Link) -> dict[str, Any]:
        window, agency = link.record.occasion, office.policy.agency
        return {
            "person": link.person.name,
            "agency": agency,
            "day": date_words(window.day),
            "hours": hours(window, agency),
            "until": clock_words(window.closes_at, agency.zone),
            "left": in_words(window.closes_at - link.now),
            "late": link.now >= window.closes_at,
            "pages": link.pages,
            "contact_lines": agency.contact_lines,
        }

    def _message(self, status: int, title: str, text: str) -> Response:
        agency = self._surroundings.office().policy.agency
        return self._page(
            "message.html",
            status,
            title=title,
            text=text,
            agency=agency,
            contact_lines=agency.contact_lines,
        )

    def _page(self, template: str, status: int, **values: Any) -> Response:  # noqa: ANN401
        return HTMLResponse(self._templates.get_template(template).render(**values), status)

    async def not_a_page(self, _request: Request, error: Exception) -> Response:
        """Answer for an address that is none, or a method that it does not take."""
        status = error.status_code if isinstance(error, HTTPException) else NOT_FOUND
        return self._message(status, "There is no such page", "Open the link from a message.")

    async def bad_form(self, _request: Request, _error: Exception) -> Response:
        """Answer for a form that lacks something."""
        return self._message(
            BAD_REQUEST, "That form is not complete", "Open the link again and press the button."
        )

    async def unavailable(self, _request: Request, error: Exception) -> Response:
        """Answer for a record that cannot be reached: nothing was acknowledged, nothing is lost."""
        reason = error.message if isinstance(error, UnavailableError) else type(error).__name__
        logger.error("a page could not be answered: %s", reason)
        return self._message(
            UNAVAILABLE,
            "Not recorded",
            "The record cannot be written at the moment. Please try again in a minute, or tell "
            "Information Services. Your check is NOT recorded yet.",
        )
