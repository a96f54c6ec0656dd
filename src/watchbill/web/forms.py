"""Forms are accepted once: what a form became stands beside the act, in the same transaction."""

from __future__ import annotations

import hashlib
import hmac

import sqlalchemy as sa

from watchbill.acts.check import FORMS
from watchbill.store.journal import JOURNAL


def keep_form(connection: sa.Connection, form: str, entry: int) -> None:
    """Keep that a form was accepted, beside the act that it became: both stay, or neither does."""
    connection.execute(FORMS.insert().values(id=form, entry=entry))


def act_of(connection: sa.Connection, form: str) -> tuple[int, str, str] | None:
    """Return the act that a form became before: entry, kind and actor; ``None`` for a form that is new."""
    query = sa.select(JOURNAL.c.number, JOURNAL.c.kind, JOURNAL.c.actor).join(
        FORMS, FORMS.c.entry == JOURNAL.c.number
    )
    row = connection.execute(query.where(FORMS.c.id == form)).first()
    return None if row is None else (row.number, row.kind, row.actor)


def proof_of(held: str, form: str) -> str:
    """Return what shows that a form was given to the browser that holds a session (OWASP CSRF: HMAC token)."""
    return hmac.new(held.encode(), f"form {form}".encode(), hashlib.sha256).hexdigest()[:32]
