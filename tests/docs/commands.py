"""The README's list of commands, made from the commands themselves.

`python -m tests.docs.commands` writes it into the README.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer
from typer.core import TyperGroup

from watchbill.cli.main import with_every_command

README = Path(__file__).parents[2] / "README.md"
BEGINS, ENDS = (
    "<!-- commands: written by tests/docs, which fails when they differ -->",
    "<!-- /commands -->",
)


def commands() -> Iterator[tuple[str, str]]:
    """Yield each command with its arguments, and the first sentence of its help."""
    group = typer.main.get_command(with_every_command())
    if not isinstance(group, TyperGroup):
        raise TypeError("the program has commands")
    yield from _below(group, ())


def _below(group: TyperGroup, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _below(command, (*path, name))
            continue
        options = [
            option if parameter.required else f"[{option}]"
            for parameter in command.params
            for option in parameter.opts
            if option.startswith("--") and option != "--help"
        ]
        named = [
            p.metavar or p.name.upper()
            for p in command.params
            if p.param_type_name == "argument" and p.name
        ]
        usage = " ".join([*path, name, *named, *options])
        yield usage, (command.help or "").strip().splitlines()[0]


def section() -> str:
    """Return the list as it stands in the README."""
    rows = [f"- `{usage}`: {sentence}" for usage, sentence in commands()]
    return "\n".join([BEGINS, *rows, ENDS])


def main() -> None:
    """Write the list into the README."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    README.write_text(before + section() + after, encoding="utf-8")


if __name__ == "__main__":
    main()
