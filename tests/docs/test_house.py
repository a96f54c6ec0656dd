"""The house by measure (ARCHITECTURE: small, and one door for everything)."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "watchbill"
FILES = [path for path in SOURCE.rglob("*.py") if "versions" not in path.parts]
MOST_LINES, LONGEST_FUNCTION, MEDIAN_FUNCTION = 400, 50, 12
NOT_A_NAME = ("util", "helper", "manager", "misc", "common")


def functions() -> Iterator[tuple[str, int]]:
    """Yield each function with the lines of its body, the docstring left out."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                if body:
                    lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
                    yield f"{path.name}:{node.name}", lines


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = {p.name: n for p in FILES if (n := len(p.read_text().splitlines())) > MOST_LINES}
    assert not long


def test_no_function_is_longer_than_fifty_lines_and_the_median_is_short() -> None:
    found = dict(functions())
    assert not {name: lines for name, lines in found.items() if lines > LONGEST_FUNCTION}
    assert statistics.median(found.values()) < MEDIAN_FUNCTION


def test_rooms_have_names_that_say_what_is_in_them() -> None:
    for path in FILES:
        assert not any(word in path.stem for word in NOT_A_NAME), path


def test_every_public_name_has_a_docstring() -> None:
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), path
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.name}: {node.name}"


def test_the_top_level_is_as_it_was_agreed() -> None:
    allowed = {
        "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "config", "src", "tests", "systemd",
    }  # fmt: skip
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert {name for name in found - allowed if not name.startswith("requirements")} == set()
