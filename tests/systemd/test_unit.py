"""The unit that is shipped."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "systemd" / "watchbill.service"
TEXT = UNIT.read_text(encoding="utf-8")


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Ask systemd-analyze, which needs no booted systemd for this."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.fail("systemd-analyze is missing: apt-get install systemd")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def test_systemd_accepts_the_unit_without_a_word() -> None:
    answer = analyze("verify", str(UNIT))
    assert answer.stderr == ""
    assert answer.returncode == 0


def test_the_exposure_is_low() -> None:
    answer = analyze("security", "--offline=true", "--no-pager", str(UNIT))
    found = re.search(r"exposure level for \S+: ([0-9.]+)", answer.stdout)
    assert found is not None
    assert float(found[1]) <= 1.5


def test_the_unit_never_gives_up_and_watches_finished_work() -> None:
    for line in ("Type=notify", "Restart=always", "StartLimitIntervalSec=0", "WatchdogSec=120"):
        assert line in TEXT.splitlines()


def test_what_the_configuration_says_is_not_said_otherwise_by_the_unit() -> None:
    assert "WATCHBILL_" not in TEXT


def test_every_hardening_line_has_its_reason() -> None:
    reasoned = False
    for line in TEXT.splitlines():
        if line.startswith("#"):
            reasoned = True
        elif not line.strip():
            reasoned = False
        elif re.match(r"(Protect|Private|Restrict|NoNew|Memory|System|Lock|Capab)", line):
            assert reasoned, line
