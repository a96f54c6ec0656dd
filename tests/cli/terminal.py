"""Typing commands within the test's own process, at a time that stands still."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.standins.command import Ended, utc
from watchbill.cli.main import run

KIM, LEE, SAM, DANA, PAT, JO = (
    f"{name}@example.org"
    for name in (
        "kim.rivera",
        "lee.okafor",
        "sam.novak",
        "dana.whitfield",
        "pat.lindqvist",
        "jo.haddad",
    )
)
WIDTH = 80


@dataclass(frozen=True)
class Terminal:
    """A terminal in a folder with the shipped example; its clock stands still until it is set."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    clock: FrozenDateTimeFactory

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "config" / "watchbill.toml"

    def at(self, local: str) -> None:
        """Set the clock to a time in New York."""
        self.clock.move_to(utc(local))

    def type(self, *arguments: str) -> Ended:
        """Run a command, whatever comes of it; no traceback may show."""
        self.capsys.readouterr()
        code = run(list(arguments))
        printed = self.capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        assert "watchbill: unexpected" not in printed.err
        return Ended(code, printed.out, printed.err)

    def does(self, *arguments: str, warning: str = "") -> str:
        """Run a command that is done, silent on stderr but for a warning; return what it printed."""
        ended = self.type(*arguments)
        assert ended.code == 0, ended.err
        assert ended.err.startswith(warning) if warning else ended.err == ""
        return ended.out

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run a command that prints JSON alone."""
        ended = self.type(*arguments)
        assert (ended.code, ended.err) == (code, "")
        return json.loads(ended.out)

    def refuses(self, *arguments: str, code: int = 2) -> str:
        """Run a command that is refused in one sentence on stderr, stdout empty; return the sentence."""
        ended = self.type(*arguments)
        assert ended.code == code, ended
        assert ended.out == ""
        assert ended.err.count("\n") == 1, ended.err
        assert ended.err.startswith("watchbill: ")
        assert ended.err.rstrip().endswith((".", "?")), ended.err
        return ended.err.removeprefix("watchbill: ").rstrip()

    def refuses_the_act(self, *arguments: str) -> str:
        """Run a command whose act the rules refuse: nothing changes but that the journal says so."""
        before = self.rows()
        sentence = self.refuses(*arguments)
        after = self.rows()
        entry, words = after["journal"].pop(), after["journal_words"].pop()
        assert after == before
        assert (entry["kind"], words["number"]) == ("act_refused", entry["number"])
        assert json.loads(words["text"])["refusal"] == sentence
        return sentence

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return every row of every table of the database, in the order of their keys."""
        with closing(sqlite3.connect(self.folder / "watchbill.db")) as record:
            record.row_factory = sqlite3.Row
            names = record.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            return {
                name: [dict(row) for row in record.execute(f"SELECT * FROM {name} ORDER BY 1")]  # noqa: S608
                for (name,) in names
            }

    def table(self, *arguments: str, code: int = 0) -> str:
        """Run a command that prints a table, which fits 80 columns."""
        ended = self.type(*arguments)
        assert (ended.code, ended.err) == (code, "")
        assert max(map(len, ended.out.splitlines())) <= WIDTH, ended.out
        return ended.out

    def edit(self, old: str, new: str) -> None:
        """Replace words of the configuration; they must stand there once."""
        text = self.config.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        self.config.write_text(text.replace(old, new), encoding="utf-8")

    def entries(self) -> str:
        """Return the journal's checkpoint: it is another one after anything has changed."""
        return self.does("verify")
