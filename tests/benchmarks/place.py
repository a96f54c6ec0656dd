"""A place to measure in: the shipped example in a folder of its own, and the daemon in it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from watchbill import settings
from watchbill.acts.deed import By
from watchbill.acts.roster import load_roster
from watchbill.assembly import open_office, open_store, recall_holidays, remember_holidays
from watchbill.core.checks import Way
from watchbill.ledger import Office
from watchbill.roster_file import read_roster
from watchbill.settings import Configuration
from watchbill.store import schema

CONFIG = Path(__file__).parents[2] / "config"
READY = "watchbill is ready"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with a configuration, and the environment that puts it on this machine's ports."""

    folder: Path
    overrides: dict[str, str]

    @property
    def config(self) -> Path:
        """Return the configuration file."""
        return self.folder / "watchbill.toml"

    def configuration(self) -> Configuration:
        """Return the configuration as a process in this place would have it."""
        return settings.load(self.config, self.overrides)

    @contextmanager
    def office(self) -> Iterator[Office]:
        """Give an office on the place's own record, with the example's people and pages."""
        configuration = self.configuration()
        store = open_store(configuration)
        schema.upgrade(store)
        recall_holidays(configuration, store)
        office = open_office(configuration, store)
        entries = read_roster(self.folder / "roster.toml", office.policy.zone)
        load_roster(office, By(None, Way.CLI), entries.people, entries.pages)
        yield office
        remember_holidays(configuration, store)
        store.close()


def make_place(folder: Path, **overrides: str) -> Place:
    """Return a place in a new folder; the daemon there listens on a port that the system chooses."""
    shutil.copytree(CONFIG, folder)
    fixed = {
        "WATCHBILL_DATABASE__URL": f"sqlite:///{folder / 'watchbill.db'}",
        "WATCHBILL_WEB__LISTEN": "127.0.0.1:0",
    }
    return Place(folder, {**fixed, **overrides})


@dataclass(frozen=True, slots=True)
class Running:
    """A daemon that has said that it is ready, and how long that took."""

    process: subprocess.Popen[str]
    seconds_to_ready: float

    def resident_megabytes(self) -> float:
        """Return the resident memory."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the daemon is gone")

    def wake_ups(self) -> int:
        """Return how often any of its threads has gone to sleep of its own will so far."""
        total = 0
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            for line in (task / "status").read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches:"):
                    total += int(line.split()[1])
        return total


@contextmanager
def daemon(place: Place) -> Iterator[Running]:
    """Run the real daemon until the block ends."""
    command = [sys.executable, "-m", "watchbill", "run", "--config", str(place.config)]
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        env={**os.environ, **place.overrides},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if process.stderr is None:
        raise RuntimeError("no error stream")
    said = []
    for line in process.stderr:
        said.append(line)
        if READY in line:
            break
    else:
        raise RuntimeError(f"the daemon did not become ready: {''.join(said)}")
    try:
        yield Running(process, time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
        process.wait()
        process.stderr.close()
