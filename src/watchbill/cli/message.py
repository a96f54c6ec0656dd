"""`test-message` and `rehearse`."""

from __future__ import annotations

import textwrap
from enum import StrEnum
from typing import Annotated

import typer

from watchbill.acts.message import ask_for_test
from watchbill.assembly import assemble
from watchbill.cli.context import (
    AsJson,
    ByWhom,
    FromDate,
    ReasonText,
    ToDate,
    Who,
    acting,
    find_person,
    invocation,
    open_record,
    print_json,
    say,
    span_of_dates,
    when,
)
from watchbill.cli.progress import bar
from watchbill.core.roster import Channel
from watchbill.core.world import NoticeState
from watchbill.errors import UnavailableError
from watchbill.ledger import Office
from watchbill.store import deliveries, notices

WEEK = 6
WIDTH = 78


class Assume(StrEnum):
    """What people are taken to do in a rehearsal."""

    DONE = "done"
    MISSED = "missed"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("test-message")(send_test)
    app.command("rehearse")(rehearse)


def send_test(
    context: typer.Context,
    who: Who,
    channel: Annotated[Channel | None, typer.Option("--channel")] = None,
    by: ByWhom = None,
    reason: ReasonText = None,
) -> None:
    """Send a test, to prove that a channel reaches a person."""
    with open_record(context) as office:
        person = find_person(office, who)
        wanted = channel or person.reachable_by()[0]
        key = ask_for_test(office, acting(office, by, reason), person, wanted)
        house = assemble(invocation(context).configuration(), office)
        try:
            house.send_due()
        finally:
            house.close()
        state, error = _outcome(office, key)
        if state not in (NoticeState.SENT, NoticeState.DELIVERED):
            raise UnavailableError(
                f"The test to {person.name} by {wanted} did not go out: {error or state}. Correct the "
                "address or the provider's settings; it is tried again."
            )
        say(f"The test to {person.name} by {wanted} is {state}.")


def _outcome(office: Office, key: str) -> tuple[NoticeState, str | None]:
    with office.store.read() as connection:
        notice = notices.notice_with_key(connection, key)
        attempts = deliveries.deliveries_of(connection, [notice.id]).get(notice.id, [])
    return notice.state, attempts[-1].error if attempts else None


def rehearse(
    context: typer.Context,
    first: FromDate = "",
    last: ToDate = "",
    assume: Annotated[
        Assume, typer.Option("--assume", help="Whoever is reminded does the check, or nobody does.")
    ] = Assume.DONE,
    as_json: AsJson = False,
) -> None:
    """Play the coming days on a copy: who would be told what, when and why. Sends nothing."""
    from watchbill.rehearsal import rehearse as play  # noqa: PLC0415 - needed here alone

    with open_record(context) as office, bar("Rehearsing") as progress:
        begins, ends = span_of_dates(office, first, last, back=0, ahead=WEEK)
        configuration = invocation(context).configuration()
        origin = configuration.settings.web.origin if configuration.links else None
        done = assume is Assume.DONE
        told = play(
            office,
            begins,
            ends,
            done=done,
            origin=origin,
            replies=configuration.replies,
            progress=progress,
        )
    if as_json:
        print_json([one.as_json() for one in told])
        return
    say(
        f"Rehearsal, {begins} to {ends}: {len(told)} messages, if checks are {assume}. Nothing is sent."
    )
    for one in told:
        at = when(office.policy.zone, one.at)
        say(f"\n{at}, {one.letter.channel} to {one.name}: {one.step} ({one.reason})")
        say(textwrap.fill(one.text, WIDTH, initial_indent="  ", subsequent_indent="  "))
