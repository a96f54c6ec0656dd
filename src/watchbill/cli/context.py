"""What every command needs: the configuration, the record, who acts, and how to print."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from watchbill import settings
from watchbill.acts.deed import By
from watchbill.assembly import open_office, open_store, recall_holidays, remember_holidays
from watchbill.core.candidates import free_for
from watchbill.core.checks import Way
from watchbill.core.instants import clock_words, date_words, local_date, parse_date
from watchbill.core.roster import Person
from watchbill.core.wording import hours
from watchbill.errors import RefusedError
from watchbill.ledger import Office
from watchbill.settings import Configuration
from watchbill.store import people, schema, windows

if TYPE_CHECKING:
    from rich.console import Console

NARROW = 80
MOST_NAMED = 3

FromDate = Annotated[str, typer.Option("--from", metavar="D", help="First local date, 2026-12-24.")]
ToDate = Annotated[str, typer.Option("--to", metavar="D", help="Last local date, included.")]
FromSpan = Annotated[
    str, typer.Option("--from", metavar="D", help="Date, or instant 2026-12-24T12:00.")
]
ToSpan = Annotated[
    str, typer.Option("--to", metavar="D", help="Date (included), or instant (excluded).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone.")]
ByWhom = Annotated[
    str | None,
    typer.Option("--by", metavar="EMAIL", help="Who did it; by default the operator."),
]
ReasonText = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why; kept beside the journal.")
]
Who = Annotated[str, typer.Argument(metavar="WHO", help="Email, or an unambiguous part of a name.")]


@dataclass(slots=True)
class Invocation:
    """What was said before the verb: which configuration file."""

    config: Path | None = None

    def configuration(self) -> Configuration:
        """Return the configuration, or refuse it in one sentence."""
        return settings.load(settings.find(self.config))


def invocation(context: typer.Context) -> Invocation:
    """Return what was said before the verb."""
    found = context.find_object(Invocation)
    return found if found is not None else Invocation()


@contextmanager
def open_record(context: typer.Context) -> Iterator[Office]:
    """Give an office on the configured database, made and migrated where that is ours to do."""
    configuration = invocation(context).configuration()
    store = open_store(configuration)
    try:
        if store.dialect == "sqlite":
            schema.upgrade(store)
        else:
            schema.require_head(store)
        recall_holidays(configuration, store)
        yield open_office(configuration, store)
        remember_holidays(configuration, store)
    finally:
        store.close()


def find_person(office: Office, who: str, field: str = "WHO") -> Person:
    """Return the person with that email, or the only one whose name has that part."""
    with office.store.read() as connection:
        everybody = list(people.all_people(connection).values())
    wanted = who.strip().lower()
    exact = [p for p in everybody if p.email.lower() == wanted]
    named = [p for p in everybody if wanted and wanted in (p.name.lower(), *p.name.lower().split())]
    found = exact or named or [p for p in everybody if wanted and wanted in p.name.lower()]
    if not exact and len(found) > 1:
        found = [p for p in found if p.active] or found
    if len(found) == 1:
        return found[0]
    known = ", ".join(p.email for p in (found or everybody)) or "nobody yet"
    what = "could be several people" if found else "is nobody that watchbill knows"
    raise RefusedError(f"{field}: {who!r} {what}; name one of: {known}.")


def acting(office: Office, by: str | None, reason: str | None = None) -> By:
    """Return who acts: the person named, or the operator; with the operating-system account."""
    person = None if by is None else find_person(office, by, "--by")
    if person is not None and not person.active:
        raise RefusedError(f"--by: {person.name} is deactivated; name somebody who is active.")
    return By(person, Way.CLI, account(), reason)


def account() -> str:
    """Return the operating-system account that runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def span_of_dates(
    office: Office, first: str | None, last: str | None, *, back: int, ahead: int
) -> tuple[date, date]:
    """Return the dates asked for; without, from ``back`` days ago to ``ahead`` days from now."""
    today = local_date(office.clock.now(), office.policy.zone)
    begins = parse_date(first, "--from") if first else today - timedelta(days=back)
    ends = parse_date(last, "--to") if last else max(begins, today + timedelta(days=ahead))
    if ends < begins:
        raise RefusedError(f"--to: {ends} is before --from {begins}; give a later date.")
    return begins, ends


def when(zone: ZoneInfo, instant: datetime) -> str:
    """Return an instant for a table, in the agency's zone."""
    return f"{date_words(local_date(instant, zone))} {clock_words(instant, zone)}"


def print_json(value: object) -> None:
    """Print a value as JSON, and nothing else."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table that fits the terminal, 80 columns where there is none."""
    from rich.table import Table  # noqa: PLC0415 - `run` needs none

    table = Table(title=title, title_justify="left", show_lines=False, expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)


def console(*, stderr: bool = False) -> Console:
    """Return a terminal to print on."""
    from rich.console import Console  # noqa: PLC0415 - `run` needs none

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else NARROW
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def say(sentence: str) -> None:
    """Print a sentence."""
    sys.stdout.write(sentence + "\n")


def warn(sentence: str) -> None:
    """Print a sentence on the error stream."""
    sys.stderr.write(sentence + "\n")


def warn_of_gap(office: Office, opened: Sequence[str]) -> None:
    """Warn that an act has left windows uncovered, and name who could be designated."""
    if not opened:
        return
    with office.store.read() as connection:
        roster = people.roster_since(connection, office.clock.now())
        found = windows.windows_named(connection, opened)
        first, last = found[0].occasion, found[-1].occasion
        stood_in = people.stood_in(connection, office.clock.now())
    able = free_for(roster, first.opens_at, last.closes_at, stood_in, anybody=False)
    names = ", ".join(p.name for p in able)
    agency, more = office.policy.agency, len(found) - MOST_NAMED
    warn("Warning: nobody covers")
    for record in found[:MOST_NAMED]:
        warn(f"  {date_words(record.occasion.day)}, {hours(record.occasion, agency)}")
    if more > 0:
        warn(f"  and {more} more")
    warn(
        f"Free for all of it: {names}."
        if names
        else "Nobody who may be designated is free for all of it."
    )
