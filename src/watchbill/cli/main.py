"""The command line's door: options before or after the verb, exit codes, never a traceback."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from watchbill import __version__
from watchbill.cli import daemon
from watchbill.cli.context import Invocation, warn
from watchbill.errors import ConfigurationError, RefusedError, WatchbillError

USAGE, CANNOT_WORK, INTERRUPTED = 2, 3, 130

app = typer.Typer(
    name="watchbill",
    help="Sees to it that an agency's social networking pages are looked at, and by whom.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
daemon.register(app)


@cache
def with_every_command() -> typer.Typer:
    """Return the program with all its commands; `run` has no use for the others, and is ready sooner."""
    from watchbill.cli import (  # noqa: PLC0415 - `run` needs none of them
        check,
        cover,
        duty,
        leave,
        login,
        message,
        page,
        person,
        record,
        setup,
    )

    for room in (setup, cover, check, duty, record, message, login):
        room.register(app)
    app.add_typer(leave.app, name="leave")
    app.add_typer(duty.listing, name="duty")
    app.add_typer(person.app, name="person")
    app.add_typer(page.app, name="page")
    app.add_typer(setup.database, name="db")
    return app


@app.callback(invoke_without_command=True)
def before(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="The configuration, before or after the verb."),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Keep what stands before the verb."""
    context.obj = Invocation(config)
    if version:
        sys.stdout.write(f"watchbill {__version__}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise RefusedError(
            "Say what to do, such as `watchbill status`; `watchbill --help` lists the commands."
        )


def config_first(arguments: list[str]) -> list[str]:
    """Return the arguments with ``--config FILE``, wherever it stands, moved before the verb."""
    rest: list[str] = []
    front: list[str] = []
    taken = iter(arguments)
    for argument in taken:
        if argument == "--":
            rest += [argument, *taken]
        elif argument == "--config":
            value = next(taken, None)
            if value is None:
                raise ConfigurationError("--config: needs the name of a file after it.")
            front = [argument, value]
        elif argument.startswith("--config="):
            front = [argument]
        else:
            rest.append(argument)
    return [*front, *rest]


def is_run(ordered: list[str]) -> bool:
    """Whether arguments, the configuration first, ask for `run` and nothing else."""
    first = ordered[0] if ordered else ""
    before_verb = 2 if first == "--config" else 1 if first.startswith("--config=") else 0
    return ordered[before_verb:] == ["run"]


def run(arguments: list[str]) -> int:  # noqa: PLR0911 - one return for each way to end
    """Run one command and return its exit code; every failure is one sentence on stderr."""
    try:
        ordered = config_first(arguments)
        program = app if is_run(ordered) else with_every_command()
        result = program(ordered, prog_name="watchbill", standalone_mode=False)
    except WatchbillError as error:
        warn(f"watchbill: {error.message}")
        return error.exit_code
    except TyperException as error:
        warn(_sentence(error.format_message()))
        return USAGE
    except typer.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - a traceback helps nobody who runs this
        warn(f"watchbill: unexpected {type(error).__name__}: {error}. Please report this.")
        return CANNOT_WORK
    return result if isinstance(result, int) else 0


def _sentence(words: str) -> str:
    """Return Typer's words as a sentence of ours; help, which has many lines, stays as it is."""
    if "\n" in words:
        return words
    return f"watchbill: {words.replace('Value error, ', '').rstrip('.')}."


def main() -> None:
    """Run the command that the shell gave us."""
    sys.exit(run(sys.argv[1:]))
