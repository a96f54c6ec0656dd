"""A terminal with the shipped example, on the Monday of Thanksgiving week at seven in the morning."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from tests.cli.terminal import Terminal
from tests.standins.command import EXAMPLE, example, utc
from watchbill.cli.main import run
from watchbill.roster_file import read_roster
from watchbill.settings import load

MONDAY = "2026-11-23 07:00:00"


@pytest.fixture(scope="session")
def _read_before() -> None:
    """Read what is read with pydantic once while time goes on: a frozen ``date`` is no type to it."""
    configuration = load(EXAMPLE / "watchbill.toml", {})
    read_roster(EXAMPLE / "roster.toml", configuration.policy.zone)


@pytest.fixture(scope="session")
def furnished(_read_before: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the shipped example and its roster loaded."""
    folder = tmp_path_factory.mktemp("example")
    config = example(folder)
    said = io.StringIO()
    with freeze_time(utc(MONDAY)), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = run(["--config", str(config), "load", str(config.with_name("roster.toml"))])
    assert code == 0, said.getvalue()
    return folder


@pytest.fixture
def bare(
    _read_before: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Terminal]:
    """Give a terminal in an empty folder."""
    for name in [*os.environ]:
        if name.startswith(("WATCHBILL_", "CREDENTIALS_DIRECTORY")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with freeze_time(utc(MONDAY)) as clock:
        assert isinstance(clock, FrozenDateTimeFactory)
        yield Terminal(tmp_path, capsys, clock)


@pytest.fixture
def terminal(bare: Terminal, furnished: Path) -> Terminal:
    """Give a terminal in a folder with the shipped example and its roster loaded."""
    shutil.copytree(furnished, bare.folder, dirs_exist_ok=True)
    return bare
