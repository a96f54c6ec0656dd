"""`person add`, `person list`, `person edit`, `person deactivate`, `person activate`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from watchbill.acts import roster as acts
from watchbill.cli.context import (
    AsJson,
    ByWhom,
    ReasonText,
    Who,
    acting,
    find_person,
    open_record,
    print_json,
    print_table,
    say,
    warn,
    warn_of_gap,
)
from watchbill.core.quiet_hours import parse_quiet, quiet_text
from watchbill.core.roster import Channel, Person, Role
from watchbill.roster_file import read_person
from watchbill.store import people

app = typer.Typer(help="People and their roles.", no_args_is_help=True, rich_markup_mode=None)
NO_PIO = "Warning: there is no PIO now. Give somebody the role pio."
Roles = Annotated[list[Role] | None, typer.Option("--role", help="A role; repeat it.")]
Channels = Annotated[
    list[Channel] | None, typer.Option("--channel", help="In the order of preference; repeat it.")
]
Mobile = Annotated[str | None, typer.Option("--mobile", metavar="NUMBER", help="+14195550101")]


@app.command("add")
def add(
    context: typer.Context,
    email: Annotated[str, typer.Option("--email")],
    name: Annotated[str, typer.Option("--name")],
    mobile: Mobile = None,
    role: Roles = None,
    channel: Channels = None,
    by: ByWhom = None,
    reason: ReasonText = None,
) -> None:
    """Add a person."""
    with open_record(context) as office:
        person = read_person(
            {
                "email": email,
                "name": name,
                "mobile": mobile,
                "roles": list(role or ()),
                "channels": list(channel) if channel else None,
            }
        )
        number = acts.add_person(office, acting(office, by, reason), person)
        say(f"Person {number}: {person.name} <{person.email}> is added.")


@app.command("list")
def listing(context: typer.Context, as_json: AsJson = False) -> None:
    """Show everybody."""
    with open_record(context) as office:
        with office.store.read() as connection:
            everybody = list(people.all_people(connection).values())
        if as_json:
            print_json([_as_json(person) for person in everybody])
            return
        rows = [
            [
                person.name if person.active else f"{person.name} (deactivated)",
                person.email,
                person.mobile or "",
                ", ".join(sorted(person.roles)),
                ", ".join(person.channels),
            ]
            for person in everybody
        ]
        print_table("People", ("Name", "Email", "Mobile", "Roles", "Channels"), rows)


def _as_json(person: Person) -> dict[str, object]:
    return {
        "email": person.email,
        "name": person.name,
        "mobile": person.mobile,
        "roles": sorted(person.roles),
        "channels": list(person.channels),
        "active": person.active,
        "quiet": quiet_text(person.quiet) or None,
    }


@app.command("edit")
def edit(
    context: typer.Context,
    who: Who,
    email: Annotated[str | None, typer.Option("--email")] = None,
    name: Annotated[str | None, typer.Option("--name")] = None,
    mobile: Mobile = None,
    role: Roles = None,
    channel: Channels = None,
    quiet: Annotated[
        str | None,
        typer.Option("--quiet", metavar="HOURS", help="Quiet hours, 21:00-07:00; empty for none."),
    ] = None,
    by: ByWhom = None,
    reason: ReasonText = None,
) -> None:
    """Change a person; roles and channels given replace all that stood before."""
    with open_record(context) as office:
        old = find_person(office, who)
        checked = read_person(
            {
                "email": email or old.email,
                "name": name or old.name,
                "mobile": old.mobile if mobile is None else mobile or None,
                "roles": sorted(old.roles) if role is None else list(role),
                "channels": list(channel or old.channels),
            }
        )
        hours = old.quiet if quiet is None else parse_quiet(quiet, "--quiet")
        person = replace(acts.as_edited(old, checked), quiet=hours)
        changed, opened = acts.edit_person(office, acting(office, by, reason), person)
        say(f"{person.name} is changed." if changed else f"{person.name} was so already.")
        if old.holds(Role.PIO) and not person.holds(Role.PIO):
            warn(NO_PIO)
        warn_of_gap(office, opened)


@app.command("deactivate")
def deactivate(context: typer.Context, who: Who, by: ByWhom = None, reason: ReasonText = None) -> None:
    """Deactivate a person from now on; nobody is deleted."""
    with open_record(context) as office:
        person = find_person(office, who)
        opened = acts.deactivate_person(office, acting(office, by, reason), person)
        say(f"{person.name} is deactivated.")
        if person.holds(Role.PIO):
            warn(NO_PIO)
        warn_of_gap(office, opened)


@app.command("activate")
def activate(context: typer.Context, who: Who, by: ByWhom = None, reason: ReasonText = None) -> None:
    """Let a deactivated person be active again."""
    with open_record(context) as office:
        person = find_person(office, who)
        acts.activate_person(office, acting(office, by, reason), person)
        say(f"{person.name} is active again.")
