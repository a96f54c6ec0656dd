"""The README's claims."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.docs.commands import BEGINS, ENDS, commands, section

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^\.venv/bin/watchbill ([^\n#]*)", README, flags=re.MULTILINE)


def test_the_list_of_commands_is_the_program_s_own() -> None:
    stands = BEGINS + README.partition(BEGINS)[2].partition(ENDS)[0] + ENDS
    assert stands == section(), "write it anew: python -m tests.docs.commands"


@pytest.mark.parametrize("line", SHOWN)
def test_every_command_that_is_shown_exists_with_its_options(line: str) -> None:
    words = shlex.split(line.replace("\\\n", " ").rstrip("\\ "))
    known = {usage.split(" [")[0].split(" ")[0]: usage for usage, _ in commands()}
    assert words[0] in known
    usages = [usage for usage, _ in commands() if usage.split(" ")[0] == words[0]]
    options = [word for word in words if word.startswith("--") and word != "--config"]
    assert any(all(option in usage for option in options) for usage in usages)


def test_the_two_commands_are_one_line_each() -> None:
    blocks = re.findall(r"```\n(.*?)```", README, flags=re.DOTALL)
    first, second = (block.strip() for block in blocks[:2])
    assert "\n" not in first
    assert first.endswith(".venv/bin/watchbill run")
    assert second == "bash tests/run"


def test_every_file_that_the_readme_links_to_exists() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).is_file(), target


def test_the_environment_names_in_the_readme_are_keys() -> None:
    shipped = (ROOT / "config" / "watchbill.toml").read_text(encoding="utf-8")
    for name in set(re.findall(r"WATCHBILL_([A-Z_]+__[A-Z_]+)", README)):
        key = name.removesuffix("_FILE").split("__")[-1].lower()
        assert re.search(rf"^#? ?{key} = ", shipped, flags=re.MULTILINE), name
