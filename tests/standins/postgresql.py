"""A throwaway PostgreSQL server on loopback, and fresh databases on it in milliseconds.

``TEST_POSTGRESQL_URL`` may name a running server instead, as a user who may create databases.
"""

from __future__ import annotations

import itertools
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
import sqlalchemy as sa
from psycopg import sql

from tests.standins.ports import free_port

URL_VARIABLE = "TEST_POSTGRESQL_URL"
HOST = "127.0.0.1"
SUPERUSER = "watchbill"
DEBIAN = Path("/usr/lib/postgresql")
ADVICE = (
    "The PostgreSQL tests need PostgreSQL's server programs, and there are none here: "
    f"`apt-get install postgresql`, or name a running server in {URL_VARIABLE}, "
    "or leave these tests out with `pytest --without-postgresql`."
)
READY_SECONDS = 30.0
STARTS = 5
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "timezone": "UTC",
}


class MissingError(Exception):
    """Raised where neither PostgreSQL's programs nor a running server can be found."""


def programs() -> Path:
    """Return the folder of PostgreSQL's server programs, the newest where there are several."""
    folders = [folder for folder in DEBIAN.glob("*/bin") if (folder / "initdb").is_file()]
    if folders:
        return max(folders, key=lambda folder: float(folder.parent.name))
    found = shutil.which("initdb")
    if found is None or not Path(found).resolve().with_name("postgres").is_file():
        raise MissingError(ADVICE)
    return Path(found).resolve().parent


def _account() -> dict[str, Any]:
    """Return as whom the server runs: it refuses to be root's."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


class _Cluster:
    """A database cluster of our own in a temporary folder; it is gone when it is stopped."""

    def __init__(self) -> None:
        self._programs = programs()
        self._account = _account()
        self._folder = Path(tempfile.mkdtemp(prefix="watchbill-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._lay()
            self.url = self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and remove its folder."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _lay(self) -> None:
        if self._account:
            os.chown(self._folder, self._account["user"], self._account["group"])
        command = [
            str(self._programs / "initdb"),
            "--auth=trust",
            f"--username={SUPERUSER}",
            "--no-sync",
        ]
        options = ["--encoding=UTF8", "--no-locale", "-D", str(self._folder / "data")]
        made: subprocess.CompletedProcess[bytes] = subprocess.run(
            [*command, *options], cwd=self._folder, capture_output=True, check=False, **self._account
        )
        assert made.returncode == 0, made.stderr.decode()

    def _start(self) -> str:
        """Start on a free port; another where somebody took it meanwhile."""
        for _ in range(STARTS):
            port = free_port()
            if self._listens(port):
                return f"postgresql+psycopg://{SUPERUSER}@{HOST}:{port}/postgres"
        raise AssertionError((self._folder / "log").read_text())

    def _listens(self, port: int) -> bool:
        settings = FAST | {"listen_addresses": HOST, "unix_socket_directories": str(self._folder)}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        place = ["-D", str(self._folder / "data"), "-p", str(port)]
        command = [str(self._programs / "postgres"), *place, *flags]
        with (self._folder / "log").open("ab") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                command, cwd=self._folder, stdout=log, stderr=log, **self._account
            )
        self._process = process
        deadline = time.monotonic() + READY_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                psycopg.connect(host=HOST, port=port, user=SUPERUSER, dbname="postgres").close()
                return True
            time.sleep(0.02)
        return False


class PostgreSQL:
    """A server; entered, it gives fresh databases until it is left.

    ``empty()`` and ``copy(url)`` return the URL of a new database, ``drop`` removes one.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._given = environment.get(URL_VARIABLE)
        self._cluster: _Cluster | None = None
        self._stem = f"watchbill_{secrets.token_hex(4)}"
        self._numbers = itertools.count(1)
        self._made: set[str] = set()
        self._admin: psycopg.Connection[Any] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        """Start a server, or find the one that is named."""
        if self._given is None:
            self._cluster = _Cluster()
        self.url = self._cluster.url if self._cluster is not None else str(self._given)
        address = sa.make_url(self.url).set(drivername="postgresql")
        self._admin = psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove every database of ours, and the server where it is ours."""
        if self._admin is not None:
            if self._cluster is None:
                for name in sorted(self._made):
                    self._remove(name)
            self._admin.close()
        if self._cluster is not None:
            self._cluster.stop()

    def empty(self) -> str:
        """Return the URL of a new database with nothing in it."""
        return self._create("template0")

    def copy(self, url: str) -> str:
        """Return the URL of a new database like another, which nobody may be connected to."""
        return self._create(str(sa.make_url(url).database))

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._remove(str(sa.make_url(url).database))

    def missing(self) -> str:
        """Return the URL of a database that does not exist."""
        return self._url_of(f"{self._stem}_missing")

    def _url_of(self, name: str) -> str:
        return sa.make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def _create(self, template: str) -> str:
        name = f"{self._stem}_{next(self._numbers)}"
        like = sql.Identifier(template)
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), like))
        self._made.add(name)
        return self._url_of(name)

    def _remove(self, name: str) -> None:
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._made.discard(name)

    def _execute(self, statement: sql.Composed) -> None:
        assert self._admin is not None, "enter the server first"
        self._admin.execute(statement)
