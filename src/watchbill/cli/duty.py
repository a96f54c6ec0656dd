"""`designate`, `appoint`, `duty list`, `duty cancel`."""

from __future__ import annotations

from typing import Annotated

import typer

from watchbill.acts.duty import Assignment, accept_duty, assign, cancel_duty, decline_duty
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
from watchbill.core.roster import Duty, DutyKind, Person
from watchbill.store import people

listing = typer.Typer(
    help="Designations and appointments.", no_args_is_help=True, rich_markup_mode=None
)
Respond = Annotated[bool, typer.Option("--respond", help="May respond to comments as well as monitor.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("designate")(designate)
    app.command("appoint")(appoint)
    app.command("accept")(accept)
    app.command("decline")(decline)


def designate(
    context: typer.Context,
    who: Who,
    first: FromSpan,
    last: ToSpan,
    standing: Annotated[
        bool, typer.Option("--standing", help="Takes effect only while the PIO is away.")
    ] = False,
    respond: Respond = False,
    by: ByWhom = None,
    reason: ReasonText = None,
) -> None:
    """Designate somebody to check in the PIO's place."""
    kind = DutyKind.STANDING if standing else DutyKind.DESIGNATION
    _assign(context, kind, who, (first, last), (by, reason), respond=respond)


def appoint(
    context: typer.Context,
    who: Who,
    first: FromSpan,
    last: ToSpan,
    respond: Respond = False,
    by: ByWhom = None,
    reason: ReasonText = None,
) -> None:
    """Appoint an interim monitor, as the Executive Director may (section 6)."""
    _assign(context, DutyKind.INTERIM, who, (first, last), (by, reason), respond=respond)


Number = Annotated[int, typer.Argument(metavar="ID", help="As `duty list` shows it.")]


def accept(
    context: typer.Context, who: Who, number: Number, by: ByWhom = None, reason: ReasonText = None
) -> None:
    """Record that a designee accepts."""
    with open_record(context) as office:
        person = find_person(office, who)
        done = accept_duty(office, acting(office, by, reason), person, number)
        say(f"Duty {done.id}: {person.name} has accepted.")


def decline(
    context: typer.Context, who: Who, number: Number, by: ByWhom = None, reason: ReasonText = None
) -> None:
    """Record that the holder of a duty declines; whoever made it is told."""
    with open_record(context) as office:
        person = find_person(office, who)
        done = decline_duty(office, acting(office, by, reason), person, number)
        say(f"Duty {done.id}: {person.name} has declined.")
        warn_of_gap(office, done.opened)


def _assign(
    context: typer.Context,
    kind: DutyKind,
    who: str,
    span: tuple[str, str],
    by: tuple[str | None, str | None],
    *,
    respond: bool,
) -> None:
    with open_record(context) as office:
        person = find_person(office, who)
        starts_at, ends_at = parse_span(*span, office.policy.zone)
        what = Assignment(kind, starts_at, ends_at, respond)
        done = assign(office, acting(office, *by), person, what)
        say(
            f"Duty {done.id}: {person.name}, {kind}, {span_words(starts_at, ends_at, office.policy.zone)}, "
            f"{'monitor and respond' if respond else 'monitor'}."
        )
        warn_of_gap(office, done.opened)


@listing.command("list")
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Show all designations and appointments."""
    with open_record(context) as office:
        with office.store.read() as connection:
            everybody = people.all_people(connection)
            duties = people.duties(connection)
        if as_json:
            print_json([_as_json(duty, everybody) for duty in duties])
            return
        rows = [
            [
                str(duty.id),
                everybody[duty.person].name,
                duty.kind,
                span_words(duty.starts_at, duty.ends_at, office.policy.zone),
                "respond" if duty.respond else "monitor",
                _stands(duty),
            ]
            for duty in duties
        ]
        print_table("Duties", ("ID", "Who", "Kind", "When", "May", "State"), rows)


def _stands(duty: Duty) -> str:
    if duty.cancelled_at is not None:
        return "cancelled"
    if duty.declined_at is not None:
        return "declined"
    return "unconfirmed" if duty.awaits_answer else "in force"


def _as_json(duty: Duty, everybody: dict[int, Person]) -> dict[str, object]:
    return {
        "id": duty.id,
        "kind": duty.kind,
        "person": everybody[duty.person].email,
        "from": iso(duty.starts_at),
        "until": iso(duty.ends_at),
        "respond": duty.respond,
        "entry": duty.entry,
        "state": _stands(duty).replace(" ", "_"),
        "accepted_at": iso(duty.accepted_at) if duty.accepted_at else None,
        "declined_at": iso(duty.declined_at) if duty.declined_at else None,
        "cancelled_at": iso(duty.cancelled_at) if duty.cancelled_at else None,
    }


@listing.command("cancel")
def cancel(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID")],
    by: ByWhom = None,
    reason: ReasonText = None,
) -> None:
    """End a designation or an appointment from now on."""
    with open_record(context) as office:
        done = cancel_duty(office, acting(office, by, reason), number)
        say(f"Duty {done.id} is cancelled from now on.")
        warn_of_gap(office, done.opened)
