"""`leave add`, `leave list`, `leave cancel`."""

from __future__ import annotations

from typing import Annotated

import typer

from watchbill.acts.leave import cancel_leave, take_leave
from watchbill.cli.context import (
    AsJson,
    ByWhom,
    FromSpan,
    ReasonText,
    ToSpan,
    Who,
    acting,
    find_person,
    open_record,
    print_json,
    print_table,
    say,
    warn_of_gap,
)
from watchbill.core.instants import iso, parse_span, span_words
from watchbill.core.roster import LeaveKind
from watchbill.store import people

app = typer.Typer(help="Leave: who is away, and when.", no_args_is_help=True, rich_markup_mode=None)


@app.command("add")
def add(
    context: typer.Context,
    who: Who,
    first: FromSpan,
    last: ToSpan,
    kind: Annotated[LeaveKind, typer.Option("--kind")] = LeaveKind.VACATION,
    by: ByWhom = None,
    reason: ReasonText = None,
) -> None:
    """Record that somebody is away."""
    with open_record(context) as office:
        person = find_person(office, who)
        starts_at, ends_at = parse_span(first, last, office.policy.zone)
        actor = acting(office, by, reason)
        done = take_leave(office, actor, person, kind, starts_at, ends_at)
        span = span_words(starts_at, ends_at, office.policy.zone)
        say(f"Leave {done.id}: {person.name} is away {span}.")
        warn_of_gap(office, done.opened)


@app.command("list")
def listing(context: typer.Context, as_json: AsJson = False) -> None:
    """Show all leave; sick leave is shown as away."""
    with open_record(context) as office:
        with office.store.read() as connection:
            everybody = people.all_people(connection)
            leaves = people.leaves(connection)
        if as_json:
            print_json(
                [
                    {
                        "id": leave.id,
                        "person": everybody[leave.person].email,
                        "kind": _shown(leave.kind),
                        "from": iso(leave.starts_at),
                        "until": iso(leave.ends_at),
                        "cancelled_at": iso(leave.cancelled_at) if leave.cancelled_at else None,
                    }
                    for leave in leaves
                ]
            )
            return
        rows = [
            [
                str(leave.id),
                everybody[leave.person].name,
                _shown(leave.kind),
                span_words(leave.starts_at, leave.ends_at, office.policy.zone),
                "cancelled" if leave.cancelled_at else "",
            ]
            for leave in leaves
        ]
        print_table("Leave", ("ID", "Who", "Kind", "When", "State"), rows)


def _shown(kind: LeaveKind) -> str:
    """Return what the operator sees: *sick* is for the PIO, the ED and the person alone."""
    return "away" if kind is LeaveKind.SICK else kind.value


@app.command("cancel")
def cancel(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID")],
    by: ByWhom = None,
    reason: ReasonText = None,
) -> None:
    """End a leave from now on."""
    with open_record(context) as office:
        done = cancel_leave(office, acting(office, by, reason), number)
        say(f"Leave {done.id} is cancelled from now on.")
        warn_of_gap(office, done.opened)
