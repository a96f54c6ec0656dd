"""`plan`, `gaps` and `status`."""

from __future__ import annotations

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
)
from watchbill.core.instants import clock_words, date_words
from watchbill.core.roster import Why
from watchbill.core.wording import hours
from watchbill.ledger import Office
from watchbill.reports import plan as plans
from watchbill.reports.plan import Plan, Planned
from watchbill.reports.status import Status
from watchbill.reports.status import status as find_status
from watchbill.store.gaps import Telling

WEEK = 6
WHY_WORDS = {
    Why.INTERIM: "appointed by the Executive Director",
    Why.DESIGNATION: "designated",
    Why.PIO: "the PIO",
    Why.STANDING: "standing designee, the PIO is away",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("plan")(plan)
    app.command("gaps")(gaps)
    app.command("status")(status)


def plan(
    context: typer.Context, first: FromDate = "", last: ToDate = "", as_json: AsJson = False
) -> None:
    """Show the windows, their state, and who covers them (by default the coming week)."""
    with open_record(context) as office:
        begins, ends = span_of_dates(office, first, last, back=0, ahead=WEEK)
        found = plans.plan(office, begins, ends)
        if as_json:
            print_json(found.as_json())
            return
        rows = [_row(office, found, planned) for planned in found.windows]
        print_table(f"Plan, {begins} to {ends}", ("Date", "Window", "State", "Monitor", "Why"), rows)


def _row(office: Office, found: Plan, planned: Planned) -> list[str]:
    why = next((s.why for s in planned.spans if s.person == planned.monitor and s.why), None)
    name = found.name(planned.monitor)
    return [
        date_words(planned.occasion.day),
        hours(planned.occasion, office.policy.agency),
        planned.state,
        "NOBODY" if planned.monitor is None else name,
        why or "",
    ]


def gaps(
    context: typer.Context, first: FromDate = "", last: ToDate = "", as_json: AsJson = False
) -> None:
    """Show the windows that nobody covers; exit 1 where there is one."""
    with open_record(context) as office:
        ahead = office.policy.horizon_days
        begins, ends = span_of_dates(office, first, last, back=0, ahead=ahead)
        found, runs = plans.gaps(office, begins, ends)
        if as_json:
            print_json(plans.gaps_as_json(found, runs))
        elif not runs:
            say(f"Every window from {begins} to {ends} is covered.")
        else:
            zone = office.policy.zone
            rows = [
                [
                    f"{date_words(run.windows[0].day)} {clock_words(run.windows[0].opens_at, zone)}",
                    f"{date_words(run.windows[-1].day)} {clock_words(run.windows[-1].closes_at, zone)}",
                    str(len(run.windows)),
                    ", ".join(_told(found, telling) for telling in run.told) or "nobody yet",
                ]
                for run in runs
            ]
            print_table("Nobody covers", ("From", "Until", "Windows", "Told"), rows)
        if runs:
            raise typer.Exit(1)


def _told(found: Plan, telling: Telling) -> str:
    ending = " (waits)" if telling.waits else " (not reached)" if telling.failed else ""
    return f"{found.name(telling.person)}{ending}"


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show who is responsible now and what is wrong; exit 1 where something is."""
    with open_record(context) as office:
        found = find_status(office)
        if as_json:
            print_json(found.as_json())
        else:
            _print_status(office, found)
        if found.unhealthy:
            raise typer.Exit(1)


def _print_status(office: Office, found: Status) -> None:
    zone, agency = office.policy.zone, office.policy.agency
    say(f"{agency.name}, {clock_words(found.now, zone)}")
    why = f" ({WHY_WORDS[found.why]})" if found.why else ""
    say(f"Responsible now: {found.responsible_name}{why}")
    for planned in found.open:
        say(f"Open: {planned.occasion.id}, {hours(planned.occasion, agency)}, {planned.state}")
    if found.next is not None:
        when = found.next.occasion
        say(
            f"Next: {date_words(when.day)}, {hours(when, agency)}, {found.plan.name(found.next.monitor)}"
        )
    number, digest = found.journal
    say(f"Journal: entry {number}, {digest[:10]}")
    for sentence in found.unhealthy:
        say(f"UNHEALTHY: {sentence}")
    if not found.unhealthy:
        say("The watch itself works.")
