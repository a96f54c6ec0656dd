"""Serving the pages of those who are signed in: the session, the door, the form, the answer."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from watchbill.errors import RefusedError
from watchbill.ledger import Office
from watchbill.post.letters import token_hash
from watchbill.store import journal, people, sessions
from watchbill.web.filled import BadFormError, Filled, filled, in_plain_words
from watchbill.web.forms import act_of, keep_form, proof_of
from watchbill.web.link import BAD_REQUEST, CONFLICT, FORBIDDEN, OK, View, said
from watchbill.web.log_paper import pdf_of
from watchbill.web.visit import Answer, Document, Elsewhere, Printed, Route, Visit, Workings

SEE_OTHER, UNAUTHORIZED = 303, 401
SIGN_IN = "/sign-in"
OURS = ("form", "proof", "do", "seen", "detailed")
ENTRY = re.compile(r"[0-9]{1,12}")
JUST_NOW = timedelta(minutes=10)
OLD_FORM = said(
    "That form is too old, or is not yours",
    "Nothing was recorded. Go back, load the page again, and send it once more.",
    FORBIDDEN,
)
NOT_OF_THIS_PAGE = said(
    "That form is not of this page",
    "Go back, load the page again, and press a button on it.",
    BAD_REQUEST,
)


class Desk(Protocol):
    """What the pages are served with."""

    def office(self) -> Office:
        """Return the office as it is now."""
        ...  # pragma: no cover

    def cookie(self) -> str:
        """Return the name under which a browser holds its session."""
        ...  # pragma: no cover

    def origin(self) -> str:
        """Return the configured address of the pages."""
        ...  # pragma: no cover

    def page(self, office: Office, view: View, **values: Any) -> Response:  # noqa: ANN401 - for a template
        """Return a page."""
        ...  # pragma: no cover

    def acted(self) -> None:
        """Say that somebody has acted: the program looks at once."""
        ...  # pragma: no cover

    def workings(self) -> Workings:
        """Return what the program knows of itself."""
        ...  # pragma: no cover


@dataclass(frozen=True, slots=True)
class Inside:
    """The pages behind the sign-in."""

    desk: Desk
    routes: Sequence[Route]

    def shown(self, route: Route) -> Any:  # noqa: ANN401 - an endpoint as Starlette takes it
        """Return the endpoint that answers a GET."""

        async def show(request: Request) -> Response:
            return await run_in_threadpool(self._show, route, request)

        return show

    def acted(self, route: Route) -> Any:  # noqa: ANN401 - an endpoint as Starlette takes it
        """Return the endpoint that answers a POST."""

        async def act(request: Request) -> Response:
            sent = await filled(request)
            return await run_in_threadpool(self._act, route, request, sent)

        return act

    def _show(self, route: Route, request: Request) -> Response:
        office = self.desk.office()
        with office.store.read() as connection:
            visit = self._visit(office, connection, request, None)
            if visit is None:
                return _sign_in_first(request)
            answer = route.show(visit) if visit.may(route.door) else _not_for_you(route)
            return self._response(office, visit, request, answer)

    def _act(self, route: Route, request: Request, sent: Filled) -> Response:
        office = self.desk.office()
        with office.store.write() as connection:
            within = replace(office, within=connection)
            visit = self._visit(within, connection, request, sent)
            if visit is None:
                return self._over(office, request, sent)
            answer = self._answer(route, visit, request)
        if isinstance(answer, Elsewhere):
            self.desk.acted()
        with office.store.read() as connection:
            return self._response(office, replace(visit, connection=connection), request, answer)

    def _over(self, office: Office, request: Request, sent: Filled) -> Response:
        """Return what somebody has sent whose sign-in is over, to copy: nothing of it is recorded."""
        entered = [(name, text) for name, text in sent.entered() if name not in OURS]
        if not entered:
            return _sign_in_first(request)
        return self.desk.page(office, View("sign_in_over.html", {"entered": entered}, UNAUTHORIZED))

    def _answer(self, route: Route, visit: Visit, request: Request) -> Answer:
        """Return what comes of a form, unless it is somebody else's, or was accepted before."""
        if not visit.may(route.door):
            return _not_for_you(route)
        sent = visit.form
        held = request.cookies.get(self.desk.cookie(), "")
        proof = proof_of(held, sent.form).encode()
        if not sent.is_ours or not hmac.compare_digest(sent.text("proof").encode(), proof):
            return OLD_FORM
        before = act_of(visit.connection, sent.form)
        if before is not None:
            return Elsewhere(request.url.path, before[0], repeated=True)
        return _done(route, visit)

    def _visit(
        self, office: Office, connection: sa.Connection, request: Request, sent: Filled | None
    ) -> Visit | None:
        """Return the visit of somebody whose session is good, or ``None``."""
        held = request.cookies.get(self.desk.cookie(), "")
        session = sessions.session_of(connection, token_hash(held)) if held else None
        now = office.clock.now()
        if session is None or not session.lasts(now):
            return None
        person = people.all_people(connection)[session.person]
        if not person.active:
            return None
        return Visit(
            office=office,
            connection=connection,
            person=person,
            session=session,
            now=now,
            query=request.query_params,
            path=request.path_params,
            sent=sent,
            workings=self.desk.workings(),
        )

    def _response(self, office: Office, visit: Visit, request: Request, answer: Answer) -> Response:
        if isinstance(answer, Elsewhere):
            mark = (
                ""
                if answer.entry is None
                else f"{'&' if '?' in answer.path else '?'}entry={answer.entry}"
                f"{'&again=1' if answer.repeated else ''}"
            )
            return RedirectResponse(answer.path + mark, SEE_OTHER)
        if isinstance(answer, Document):
            return _to_keep(answer)
        if isinstance(answer, Printed):
            page = self._page(office, visit, request, answer.view)
            body = pdf_of(bytes(page.body), self.desk.origin())
            return _to_keep(Document(body, "application/pdf", answer.name))
        return self._page(office, visit, request, answer)

    def _page(self, office: Office, visit: Visit, request: Request, answer: View) -> Response:
        held = request.cookies.get(self.desk.cookie(), "")
        return self.desk.page(
            office,
            answer,
            me=visit.person,
            menu=[
                (route.path, route.words, route.path == request.url.path)
                for route in self.routes
                if route.words and visit.may(route.door)
            ],
            recorded=_recorded(visit),
            repeated="again" in visit.query,
            proof=lambda form: proof_of(held, form),
        )


def _recorded(visit: Visit) -> str | None:
    """Return the number of the entry that a page is to say was just made: one of the visitor's own."""
    number = visit.query.get("entry", "")
    found = journal.entry_numbered(visit.connection, int(number)) if ENTRY.fullmatch(number) else None
    fresh = found is not None and visit.now - found[0].at < JUST_NOW
    return number if found is not None and fresh and found[0].actor == visit.by.actor else None


def _to_keep(document: Document) -> Response:
    kept = {"content-disposition": f'attachment; filename="{document.name}"'} if document.name else {}
    return Response(document.body, OK, kept, media_type=document.media_type)


def _sign_in_first(request: Request) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=UNAUTHORIZED, headers={"hx-redirect": SIGN_IN})
    return RedirectResponse(SIGN_IN, SEE_OTHER)


def _not_for_you(route: Route) -> View:
    return said("This page is not for you", f"It is for {route.door.words}.", FORBIDDEN)


def _done(route: Route, visit: Visit) -> Answer:
    """Do what a form says; an entry that it became is kept beside it."""
    sent = visit.form
    handle = route.acts.get(sent.text("do"))
    if handle is None:
        return NOT_OF_THIS_PAGE
    try:
        answer = handle(visit)
    except BadFormError as error:
        return said("Not recorded", f"{error} Go back and put it right.", BAD_REQUEST)
    except RefusedError as error:
        return said("Not recorded", in_plain_words(error.message), CONFLICT)
    if isinstance(answer, Elsewhere) and answer.entry is not None:
        keep_form(visit.connection, sent.form, answer.entry)
    return answer
