"""The tests on PostgreSQL are never left out in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests.standins.postgresql import ADVICE, URL_VARIABLE, PostgreSQL

ROOT = Path(__file__).resolve().parents[2]
SOME = "tests/store/test_leaving_out.py"


def run_pytest(*arguments: str, ci: bool) -> subprocess.CompletedProcess[str]:
    """Run these tests in a process of their own, with or without CI set."""
    surroundings = {name: value for name, value in os.environ.items() if name != "CI"}
    surroundings |= {"CI": "true"} if ci else {}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", SOME, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False, timeout=120
    )


def test_to_leave_them_out_is_said_in_the_summary() -> None:
    ran = run_pytest("--without-postgresql", "-k", "advice or address", ci=False)
    assert ran.returncode == 0, ran.stdout
    assert "NOT TESTED ON POSTGRESQL" in ran.stdout
    assert "1 passed" in ran.stdout


def test_to_leave_them_out_is_refused_where_every_test_runs() -> None:
    ran = run_pytest("--without-postgresql", ci=True)
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "CI is set" in ran.stderr


def test_the_advice_says_what_to_install() -> None:
    assert "apt-get install postgresql" in ADVICE


def test_a_server_that_is_named_by_its_address_is_used_and_left_clean(postgresql: PostgreSQL) -> None:
    with PostgreSQL({URL_VARIABLE: postgresql.url}) as named:
        url = named.empty()
        assert sa.make_url(url).port == sa.make_url(postgresql.url).port
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(plain)
