"""`login-link`: a way in when no mail arrives."""

from __future__ import annotations

import typer

from watchbill.acts.sign_in import make_sign_in_link
from watchbill.cli.context import (
    ByWhom,
    ReasonText,
    Who,
    acting,
    find_person,
    invocation,
    open_record,
    say,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("login-link")(login_link)


def login_link(context: typer.Context, who: Who, by: ByWhom = None, reason: ReasonText = None) -> None:
    """Print a link that signs somebody in to the web pages: good once, for 15 minutes."""
    with open_record(context) as office:
        person = find_person(office, who)
        token = make_sign_in_link(office, acting(office, by, reason), person)
    origin = invocation(context).configuration().settings.web.origin
    say(f"Signs {person.name} in, once, within 15 minutes. Give it to nobody else:")
    say(f"{origin}/sign-in/{token}")
