"""Signing in: an address, a mail with a link, one button; nothing is learned about who is on the roster."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import RedirectResponse, Response

from watchbill.acts.sign_in import ask_to_sign_in, sign_in
from watchbill.errors import RefusedError
from watchbill.post.letters import token_hash
from watchbill.store import people, sessions
from watchbill.web.filled import Filled, filled, token_of
from watchbill.web.inside import SEE_OTHER, Desk
from watchbill.web.link import BAD_REQUEST, GONE, NOT_FOUND, View, said

ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")
"""RFC 5321 §4.5.3.1, by length; whether somebody has that address is not said."""
ANEW = ("/sign-in", "Ask for a new link")
LASTS_SECONDS = 12 * 3600
ASKED = View("sign_in_asked.html")
USED = said(
    "This link was used already, or has expired",
    "It is good once, for 15 minutes.",
    GONE,
    ANEW,
)
NOT_KNOWN = said(
    "This link is not known",
    "Open the link from the newest mail, whole, or ask for a new one.",
    NOT_FOUND,
    ANEW,
)


class SigningIn:
    """The pages in front of the sign-in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def ask(self) -> Response:
        """Show the field for the work email."""
        return self._desk.page(self._desk.office(), View("sign_in.html", {"problem": None}))

    def asked(self, sent: Annotated[Filled, Depends(filled)]) -> Response:
        """Owe a mail, where the address is somebody's; the answer is the same for every address."""
        office, address = self._desk.office(), sent.text("email")
        if ADDRESS.fullmatch(address) is None:
            problem = "That is not an email address. Write it as name@example.org."
            return self._desk.page(office, View("sign_in.html", {"problem": problem}, BAD_REQUEST))
        if ask_to_sign_in(office, address):
            self._desk.acted()
        return self._desk.page(office, ASKED)

    def show(self, token: Annotated[str, Depends(token_of)]) -> Response:
        """Show who signs in, and the one button; change nothing."""
        office = self._desk.office()
        with office.store.read() as connection:
            found = sessions.sign_in_of(connection, token_hash(token))
            if found is None:
                return self._desk.page(office, NOT_KNOWN)
            person = people.all_people(connection)[found.person]
        if found.used_at is not None or office.clock.now() >= found.expires_at or not person.active:
            return self._desk.page(office, USED)
        return self._desk.page(office, View("sign_in_now.html", {"person": person.name}))

    def enter(
        self,
        token: Annotated[str, Depends(token_of)],
        request: Request,
        _sent: Annotated[Filled, Depends(filled)],
    ) -> Response:
        """Sign in, once, and go to the board."""
        office = self._desk.office()
        with office.store.read() as connection:
            if sessions.sign_in_of(connection, token_hash(token)) is None:
                return self._desk.page(office, NOT_KNOWN)
        try:
            held, _ = sign_in(office, token, request.headers.get("user-agent", ""))
        except RefusedError:
            return self._desk.page(office, USED)
        name = self._desk.cookie()
        answer = RedirectResponse("/", SEE_OTHER)
        answer.set_cookie(
            name,
            held,
            max_age=LASTS_SECONDS,
            path="/",
            secure=name.startswith("__Host-"),
            httponly=True,
            samesite="lax",
        )
        return answer
