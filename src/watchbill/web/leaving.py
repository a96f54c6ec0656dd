"""Signing out."""

from __future__ import annotations

from watchbill.acts.sign_in import sign_out
from watchbill.web.doors import Door
from watchbill.web.link import View
from watchbill.web.visit import Answer, Elsewhere, Route, Visit


def show(_visit: Visit) -> View:
    """Return the page with the one button."""
    return View("sign_out.html")


def leave(visit: Visit) -> Answer:
    """End this session; other browsers stay signed in."""
    sign_out(visit.office, visit.by, visit.person, visit.session.hash)
    return Elsewhere("/sign-in")


ROUTES = (Route("/sign-out", Door.EVERYBODY, show, {"sign-out": leave}),)
