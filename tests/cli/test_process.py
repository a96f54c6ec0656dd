"""The installed command as its users start it: a process, with a clock of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.standins.command import (
    COMMAND,
    environment,
    example,
    faked,
    settings,
    watchbill,
)
from tests.standins.ports import free_port

MONDAY = faked("2026-11-23 08:30:00", frozen=True)


@pytest.fixture
def folder(tmp_path: Path, furnished: Path) -> Path:
    config = example(tmp_path)
    (tmp_path / "watchbill.db").write_bytes((furnished / "watchbill.db").read_bytes())
    return config.parent.parent


def test_a_frozen_clock_is_what_the_command_tells(folder: Path) -> None:
    said = watchbill("status", "--json", env=MONDAY, folder=folder)
    assert (said.code, said.json["now"]) == (1, "2026-11-23T13:30:00Z")


def test_a_running_clock_begins_where_it_is_set(folder: Path) -> None:
    said = watchbill("tick", env=faked("2026-11-23 08:29:00"), folder=folder)
    assert said.code == 0
    assert "Ticked at 2026-11-23T13:29:" in said.out


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_zone_of_the_machine_does_not_matter(folder: Path, zone: str) -> None:
    env = {"FAKETIME": "+0", "TZ": zone}
    day = ("--from", "2027-03-14", "--to", "2027-03-14")
    said = watchbill("plan", *day, "--json", env=env, folder=folder)
    assert [w["opens_at"] for w in said.json] == ["2027-03-14T14:00:00Z"]


def test_a_refusal_is_one_sentence_and_exit_2(folder: Path) -> None:
    said = watchbill("check", "--by", "pat", env=MONDAY, folder=folder)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith("watchbill: Pat Lindqvist may not complete a check")


def test_gaps_exits_1_and_a_pipe_that_closes_hurts_nobody(folder: Path) -> None:
    said = watchbill("gaps", "--json", env=MONDAY, folder=folder)
    assert (said.code, said.err) == (1, "")
    assert said.json[0]["from"] == "2026-11-26T13:30:00Z"
    days = "--from 2026-11-23 --to 2028-11-23 --json"
    piped = subprocess.run(
        ["sh", "-c", f"'{COMMAND}' plan {days} | head -c 10"],
        env=environment(MONDAY),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (len(piped.stdout), piped.stderr) == (10, "")


def test_init_makes_an_agency_out_of_nothing(tmp_path: Path) -> None:
    people = ("--pio", "Ann:ann@example.org", "--director", "Bo:bo@example.org")
    agency = ("--name", "A", "--short-name", "A", "--time-zone", "Europe/Berlin")
    said = watchbill("init", *agency, *people, env=MONDAY, folder=tmp_path)
    assert (said.code, said.err) == (0, "")
    assert (tmp_path / "config" / "watchbill.db").exists()


def test_a_database_that_another_program_holds_is_exit_3(folder: Path) -> None:
    holder = sqlite3.connect(folder / "watchbill.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    said = watchbill("check", "--by", "kim", env=MONDAY, folder=folder)
    holder.execute("ROLLBACK")
    holder.close()
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("watchbill: The database is locked by another program")
    assert said.err.count("\n") == 1


def test_postgresql_that_does_not_answer_is_exit_3(folder: Path) -> None:
    url = f"postgresql+psycopg://kim:secret@127.0.0.1:{free_port()}/watch"
    said = watchbill("status", env=MONDAY | settings(database={"url": url}), folder=folder)
    assert (said.code, said.out) == (3, "")
    assert said.err == (
        "watchbill: PostgreSQL does not answer: start it, or correct the host and port in database.url.\n"
    )


def test_a_database_that_may_not_be_written_is_exit_3(folder: Path) -> None:
    url = "sqlite:////proc/watchbill.db"
    said = watchbill("status", env=MONDAY | settings(database={"url": url}), folder=folder)
    assert (said.code, said.out, said.err.count("\n")) == (3, "", 1)
    assert "database" in said.err


def test_two_commands_at_once_both_count(folder: Path) -> None:
    designate = [str(COMMAND), "designate", "lee", "--from", "2026-12-24", "--to", "2026-12-25"]
    started = [
        subprocess.Popen(
            designate, env=environment(MONDAY), cwd=folder, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert {words.split(":")[0] for words in said} == {"Duty 1", "Duty 2", "Duty 3"}
    assert watchbill("verify", env=MONDAY, folder=folder).code == 0


def test_the_command_prints_json_alone_whatever_the_terminal_is(folder: Path) -> None:
    env = {**MONDAY, "TERM": "xterm-256color", "FORCE_COLOR": "1", "COLUMNS": "40"}
    said = watchbill("person", "list", "--json", env=env, folder=folder)
    assert "\x1b" not in said.out
    assert len(json.loads(said.out)) == 6
    assert os.linesep.join(said.out.splitlines()) + os.linesep == said.out
