"""`log`, `notices` and `verify`: what the record says, and whether it holds."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from watchbill.cli.context import (
    AsJson,
    FromDate,
    ToDate,
    open_record,
    print_json,
    print_table,
    say,
    span_of_dates,
    when,
)
from watchbill.cli.progress import counting
from watchbill.core.checks import Finding
from watchbill.core.instants import clock_words, date_words, parse_instant
from watchbill.core.journal import Checkpoint, verify
from watchbill.core.wording import hours
from watchbill.ledger import Office
from watchbill.reports.coverage_log import CoverageLog, LogRow, coverage_log
from watchbill.reports.notice_list import notice_list
from watchbill.store import journal

WEEK = 7
SHOWN_FAULTS = 20


class Format(StrEnum):
    """How the log is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("log")(log)
    app.command("notices")(notices)
    app.command("verify")(check_journal)


def log(
    context: typer.Context,
    first: FromDate = "",
    last: ToDate = "",
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
    as_json: AsJson = False,
) -> None:
    """Print the coverage log, oldest first (by default the last week)."""
    with open_record(context) as office:
        begins, ends = span_of_dates(office, first, last, back=WEEK, ahead=0)
        found = coverage_log(office, begins, ends)
        if as_json or form is Format.JSON:
            print_json(found.as_json())
        elif form is Format.CSV:
            sys.stdout.write(found.as_csv())
        else:
            rows = [_log_row(office, found, row) for row in found.rows]
            columns = ("Date", "Window", "State", "Monitor", "Checks")
            print_table(f"Coverage log, {begins} to {ends}", columns, rows)


def _log_row(office: Office, found: CoverageLog, row: LogRow) -> list[str]:
    zone = office.policy.zone
    checks = "\n".join(
        f"{found.name(record.check.person)} {clock_words(record.check.viewed_at, zone)}"
        f" ({record.way}{', attested' if record.attested else ''}, entry {record.check.number})"
        + "".join(f"\n  {_finding(finding)}" for finding in record.findings)
        for record in row.checks
    )
    if row.record is None:
        return [date_words(row.day), "outside any window", "extra", "", checks]
    state = str(row.state) + (", unattended" if row.record.unattended else "")
    monitor = found.name(row.record.monitor)
    window = hours(row.record.occasion, office.policy.agency)
    return [date_words(row.day), window, state, monitor, checks]


def _finding(finding: Finding) -> str:
    return f"{finding.page}: {finding.category} ({finding.action})"


def notices(
    context: typer.Context, first: FromDate = "", last: ToDate = "", as_json: AsJson = False
) -> None:
    """Show every notice with its attempts (by default of the last week)."""
    with open_record(context) as office:
        begins, ends = span_of_dates(office, first, last, back=WEEK, ahead=0)
        found = notice_list(office, begins, ends)
        if as_json:
            print_json(found)
            return
        zone = office.policy.zone
        rows = [
            [
                when(zone, parse_instant(str(notice["due_at"]), zone, "due_at")),
                str(notice["step"]),
                str(notice["window"] or ""),
                str(notice["person"]).partition("@")[0],
                str(notice["channel"]),
                str(notice["state"]) + (f" ({notice['why']})" if notice["why"] else ""),
            ]
            for notice in found
        ]
        columns = ("Due", "Step", "Window", "To", "By", "State")
        print_table(f"Notices, {begins} to {ends}", columns, rows)


def check_journal(
    context: typer.Context,
    checkpoint: Annotated[
        list[str] | None,
        typer.Option("--checkpoint", metavar="NUMBER:HASH", help="Held outside; repeat it."),
    ] = None,
) -> None:
    """Check the journal: exit 1 where an entry was changed, removed or re-ordered."""
    wanted = [Checkpoint.parse(text) for text in checkpoint or ()]
    with open_record(context) as office, office.store.read() as connection:
        number, digest = journal.head(connection)
        entries = counting(journal.entries(connection), number, "Checking the journal")
        faults = list(verify(entries, wanted))
    for sentence in faults[:SHOWN_FAULTS]:
        say(sentence)
    if len(faults) > SHOWN_FAULTS:
        say(f"... and {len(faults) - SHOWN_FAULTS} more.")
    if faults:
        say(f"The journal does NOT hold: {len(faults)} faults in {number} entries.")
        raise typer.Exit(1)
    say(f"The journal holds: {number} entries, checkpoint {number}:{digest}")
