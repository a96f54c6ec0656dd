"""The installed ``watchbill`` command as a process, on a clock of the test's choosing (libfaketime)."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from tests.standins.faketime import library

NEW_YORK = ZoneInfo("America/New_York")
COMMAND = Path(sys.executable).with_name("watchbill")
EXAMPLE = Path(__file__).resolve().parents[2] / "config"
PATIENCE_SECONDS = 60.0
READY = re.compile(r"watchbill is ready, pages on (http://\S+)")


def utc(at: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    """Return the UTC instant of a local time such as ``2026-11-23 08:30:00``."""
    return datetime.fromisoformat(at).replace(tzinfo=zone).astimezone(UTC)


def faked(at: str, *, frozen: bool = False, zone: ZoneInfo = NEW_YORK) -> dict[str, str]:
    """Return the environment in which the clock starts at (or stands still at) a local time."""
    stamp = f"{utc(at, zone):%Y-%m-%d %H:%M:%S}"
    return {**_preload(), "FAKETIME": stamp if frozen else f"@{stamp}"}


def _preload() -> dict[str, str]:
    return {
        "LD_PRELOAD": str(library()),
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "1",
        "TZ": "UTC",
    }


class Dial:
    """A running clock that the test sets while processes go by it; all of them see the same time."""

    def __init__(self, folder: Path, at: str) -> None:
        self._file = folder / "clock"
        self._offset = 0.0
        self.set(at)

    def set(self, at: str, zone: ZoneInfo = NEW_YORK) -> None:
        """Let the clock go on from a local time, forwards or back."""
        self._offset = utc(at, zone).timestamp() - time.time_ns() / 1e9
        written = self._file.with_name("clock.new")
        written.write_text(f"{self._offset:+.3f}\n")
        written.replace(self._file)

    def now(self) -> datetime:
        """Return the instant that the processes see."""
        return datetime.fromtimestamp(time.time_ns() / 1e9 + self._offset, UTC)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of a process that goes by this clock."""
        return {**_preload(), "FAKETIME_TIMESTAMP_FILE": str(self._file)}


def example(folder: Path) -> Path:
    """Copy the shipped example into a folder, and return the configuration file."""
    shutil.copytree(EXAMPLE, folder / "config")
    return folder / "config" / "watchbill.toml"


def environment(*layers: Mapping[str, str]) -> dict[str, str]:
    """Return our own environment without any setting of watchbill or systemd, and the layers over it."""
    ours = ("WATCHBILL_", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY", "FAKETIME", "LD_PRELOAD", "COLUMNS")
    merged = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    for layer in layers:
        merged |= layer
    return merged


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, read as JSON."""
        return json.loads(self.out)


def watchbill(
    *arguments: str, env: Mapping[str, str], folder: Path | None = None, timeout: float = 60.0
) -> Ended:
    """Run the installed command to its end; no traceback may show."""
    ended = subprocess.run(
        [str(COMMAND), *arguments],
        env=environment(env),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert "Traceback" not in ended.stdout + ended.stderr, ended.stderr
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def wait_until(true: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something is so; fail with ``what`` where it does not become so in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"in vain was waited for: {what}"
        time.sleep(0.02)


class Daemon:
    """``watchbill run`` as a process. Left, it is killed if it still runs."""

    def __init__(self, *arguments: str, env: Mapping[str, str], folder: Path | None = None) -> None:
        self._command = [str(COMMAND), *arguments, "run"]
        self._env = environment(env)
        self._folder = folder
        self._lines: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        """Start the process."""
        self._process = subprocess.Popen(
            self._command,
            env=self._env,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill the process if it still runs, and see that it logged no traceback."""
        self.kill()
        if kind is None:
            assert "Traceback" not in self.log, self.log

    @property
    def process(self) -> subprocess.Popen[str]:
        """The process itself."""
        assert self._process is not None
        return self._process

    @property
    def log(self) -> str:
        """What the daemon has written to its error stream so far."""
        return "".join(self._lines)

    @property
    def address(self) -> str:
        """Where the pages are, as the ready line says."""
        found = READY.search(self.log)
        assert found is not None, self.log
        return found[1]

    def ready(self) -> Self:
        """Wait for the ready line."""
        wait_until(lambda: READY.search(self.log) or self.process.poll() is not None, "the ready line")
        assert READY.search(self.log), self.log
        return self

    def logged(self, words: str) -> None:
        """Wait until a line with these words is logged."""
        wait_until(lambda: words in self.log or self.process.poll() is not None, repr(words))
        assert words in self.log, self.log

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self.process.kill()
        self._end(5)

    def ends(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait for its end, and return its exit code."""
        return self._end(seconds)

    def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        self.signal(signal.SIGTERM)
        return self._end(PATIENCE_SECONDS)

    def _end(self, seconds: float) -> int:
        code = self.process.wait(seconds)
        self._reader.join(seconds)
        stream = self.process.stderr
        if stream is not None:
            stream.close()
        return code

    def _read(self) -> None:
        stream = self.process.stderr
        assert stream is not None
        for line in stream:
            self._lines.append(line)


def settings(**sections: Mapping[str, object]) -> dict[str, str]:
    """Return settings as environment variables: ``settings(sms={"poll_seconds": 1})``."""
    return {
        f"WATCHBILL_{section.upper()}__{key.upper()}": _as_text(value)
        for section, keys in sections.items()
        for key, value in keys.items()
    }


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def lines(text: str) -> Sequence[str]:
    """Return the lines of a text that are not empty."""
    return [line for line in text.splitlines() if line.strip()]
