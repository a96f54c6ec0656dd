"""`run` and `tick`."""

from __future__ import annotations

import os
import sys

import typer

from watchbill.assembly import assemble
from watchbill.cli.context import invocation, open_record, say
from watchbill.core.instants import iso


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run")(run)
    app.command("tick")(tick)


def run(context: typer.Context) -> None:
    """Run the daemon: it ticks, sends, and serves the pages until SIGTERM.

    SIGHUP reads the configuration again; one that is refused leaves the old one in force.
    """
    from watchbill.daemon import Daemon  # noqa: PLC0415 - the web stack is needed here alone

    Daemon(invocation(context).configuration()).run()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # what still hangs on a wire has its claim on record, and must not hold up the end


def tick(context: typer.Context) -> None:
    """Look once: take in delivery states, decide, send, all finished on return."""
    with open_record(context) as office:
        house = assemble(invocation(context).configuration(), office)
        try:
            ticked = house.round()
        finally:
            house.close()
        then = "nothing" if ticked.next_at is None else iso(ticked.next_at)
        say(f"Ticked at {iso(ticked.now)}: {len(ticked.steps)} steps, next due {then}.")
