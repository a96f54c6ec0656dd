"""`check`: record that the pages were viewed."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from watchbill.acts.check import Receipt, Viewing, parse_finding, record_check
from watchbill.acts.deed import By
from watchbill.cli.context import account, find_person, open_record, say
from watchbill.core.checks import Action, Category, Way
from watchbill.core.instants import parse_instant
from watchbill.core.windows import State
from watchbill.errors import RefusedError

KEEP_A_COPY = (
    "What is hidden or deleted may be a public record: see that a copy was kept first, "
    "where the agency keeps its records."
)

DATE_ALONE = re.compile(r"\d{4}-\d{2}-\d{2}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    context: typer.Context,
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who viewed the pages.")],
    page: Annotated[
        list[str] | None,
        typer.Option("--page", metavar="KEY", help="A page; repeat it. Without: all pages."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="T", help="When they were viewed, 2026-12-24T09:15; else now."),
    ] = None,
    finding: Annotated[
        list[str] | None,
        typer.Option(
            "--finding",
            metavar="KEY:CATEGORY[:ACTION]",
            help="What was found: 1-9, offensive, advertising, notice, child; and what was done.",
        ),
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", help="A note, without case content or names.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
) -> None:
    """Record a check; prints its receipt."""
    with open_record(context) as office:
        person = find_person(office, by, "--by")
        if at is not None and DATE_ALONE.fullmatch(at):
            raise RefusedError(f"--at: {at!r} has no time of day; write it as 2026-12-24T09:15.")
        findings = tuple(parse_finding(text) for text in finding or ())
        viewing = Viewing(
            pages=tuple(dict.fromkeys(page or ())),
            at=None if at is None else parse_instant(at, office.policy.zone, "--at"),
            findings=findings,
            note=note,
        )
        if any(found.category is Category.CHILD for found in findings):
            for line in office.policy.agency.contact_lines:
                say(line)
        receipt = record_check(office, By(person, Way.CLI, account(), reason), person, viewing)
        counts = _counts(receipt)
        say(f"Receipt: entry {receipt.number} {receipt.short}. The check by {person.name} {counts}.")
        if any(found.action in (Action.HIDDEN, Action.DELETED) for found in findings):
            say(KEEP_A_COPY)


def _counts(receipt: Receipt) -> str:
    if receipt.window is None:
        return "is an extra check"
    if receipt.afterwards:
        return f"stands beside {receipt.window}, whose state is final ({receipt.state})"
    if receipt.state is State.MISSED and receipt.lacking:
        return (
            f"counts late for {receipt.window} (missed), which still lacks {', '.join(receipt.lacking)}"
        )
    return f"counts for {receipt.window} ({receipt.state})"
