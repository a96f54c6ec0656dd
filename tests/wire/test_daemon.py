"""`watchbill run` as a process: how it starts, tells how it is, is told, goes on, and ends."""

from __future__ import annotations

import re
import resource
import signal
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.standins.command import Daemon, settings, utc, wait_until
from tests.standins.ports import free_port
from tests.wire.agency import KIM, LINK, SAM_MAIL, Agency
from watchbill.daemon import FRESH_SECONDS
from watchbill.daemon import Daemon as Inside
from watchbill.reports.status import status
from watchbill.settings import load
from watchbill.store.people import all_people
from watchbill.store.schema import upgrade

FORM = re.compile(r'name="form" value="([0-9a-f]{32})"')
NOON = "2026-11-23 12:00:00"
AFTERNOON = "2026-11-23/weekday-afternoon"


class Supervisor:
    """What systemd is to a service: a datagram socket that hears how it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._wire = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._wire.bind(str(path))
        self._wire.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        self._heard: list[str] = []

    def heard(self) -> list[str]:
        """Return the lines heard so far."""
        while True:
            try:
                self._heard += self._wire.recv(4096).decode().splitlines()
            except BlockingIOError:
                return self._heard

    def close(self) -> None:
        """Hear no more."""
        self._wire.close()


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "notify")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_gaps(agency: Agency) -> None:
    """Let nothing be uncovered, so that nothing is said but of the windows."""
    agency.work_on_holidays()


@pytest.fixture
def at_noon(agency: Agency) -> Agency:
    """Between two windows, so that nothing is sent of itself."""
    agency.clock.set(NOON)
    return agency


def get(daemon: Daemon, path: str) -> httpx.Response:
    return httpx.get(daemon.address + path, trust_env=False)


def refused_start(agency: Agency, code: int, words: str, **more: str) -> None:
    with agency.daemon(**more) as daemon:
        assert daemon.ends() == code
    last = daemon.log.splitlines()[-1]
    assert words in last, daemon.log
    assert last.startswith("watchbill: ")
    assert "is ready" not in daemon.log


def test_it_starts_serves_tells_its_supervisor_and_stops(
    at_noon: Agency, supervisor: Supervisor
) -> None:
    with at_noon.daemon(NOTIFY_SOCKET=str(supervisor.path)) as daemon:
        daemon.ready()
        assert daemon.address == f"http://127.0.0.1:{at_noon.port}"
        health = get(daemon, "/healthz")
        assert (health.status_code, health.json()["status"]) == (200, "ok")
        assert 0 <= health.json()["tick_age_seconds"] < FRESH_SECONDS
        wait_until(lambda: "READY=1" in supervisor.heard(), "READY=1")
        assert "STATUS=watching; next due 2026-11-23T18:30:00Z" in supervisor.heard()
        fed = supervisor.heard().count("WATCHDOG=1")
        at_noon.clock.set("2026-11-23 12:10:00")
        wait_until(lambda: supervisor.heard().count("WATCHDOG=1") > fed, "the watchdog to be fed")
        assert daemon.stop() == 0
    assert "STOPPING=1" in supervisor.heard()
    assert daemon.log.splitlines()[-1].endswith("stopped")


def test_the_health_is_stale_when_no_good_tick_was_for_long(at_noon: Agency) -> None:
    daemon = Inside(load(at_noon.config, at_noon.settings))
    assert (daemon._health().fresh, daemon._health().age_seconds) == (False, None)
    daemon._good_tick = 0.0
    daemon._watching = True
    age = daemon._health().age_seconds
    assert age is not None
    daemon._good_tick = age - FRESH_SECONDS + 5
    assert daemon._health().fresh
    daemon._good_tick = age - FRESH_SECONDS - 5
    assert not daemon._health().fresh


def test_an_interrupt_at_the_keyboard_stops_it_too(at_noon: Agency) -> None:
    with at_noon.daemon() as daemon:
        daemon.ready().signal(signal.SIGINT)
        assert daemon.ends() == 0


def test_a_mail_in_flight_is_finished_before_it_stops(at_noon: Agency) -> None:
    at_noon.mail.faults.tarpit(3)
    with at_noon.daemon() as daemon:
        daemon.ready()
        at_noon.designate_sam()
        at_noon.clock.set("2026-11-23 12:05:00")
        wait_until(lambda: at_noon.mail.connections, "the mail to set out")
        assert daemon.stop() == 0
        assert len(at_noon.mails(SAM_MAIL)) == 1
    [notice] = at_noon.notices()
    assert notice["state"] == "delivered"


def test_a_configuration_is_read_again_or_refused(at_noon: Agency) -> None:
    text = at_noon.config.read_text(encoding="utf-8")
    with at_noon.daemon() as daemon:
        daemon.ready()
        at_noon.config.write_text(text.replace("horizon_days", "horizon_dais"), encoding="utf-8")
        daemon.signal(signal.SIGHUP)
        daemon.logged("the configuration is refused, the old one goes on: ")
        refusal = next(line for line in daemon.log.splitlines() if "is refused" in line)
        assert "policy.horizon_dais: is not a key that watchbill knows" in refusal
        assert get(daemon, "/healthz").status_code == 200
        moved = text.replace('opens = "13:30"', 'opens = "12:15"')
        at_noon.config.write_text(moved, encoding="utf-8")
        daemon.signal(signal.SIGHUP)
        daemon.logged("the configuration was read again and is in force")
        wait_until(lambda: at_noon.opening(AFTERNOON) == utc("2026-11-23 12:15:00"), "the new layout")
        at_noon.clock.set("2026-11-23 12:15:01")
        wait_until(lambda: at_noon.texts(KIM), "the reminder of the moved window")
        assert daemon.stop() == 0


def test_what_needs_a_restart_is_said_at_a_reload(at_noon: Agency) -> None:
    """The port stays; the daemon says that it does."""
    del at_noon.settings["WATCHBILL_WEB__LISTEN"]
    text = at_noon.config.read_text(encoding="utf-8")
    listen = 'listen = "127.0.0.1:8080"'
    at_noon.config.write_text(text.replace(listen, 'listen = "127.0.0.1:0"'), encoding="utf-8")
    with at_noon.daemon() as daemon:
        daemon.ready()
        at_noon.config.write_text(text, encoding="utf-8")
        daemon.signal(signal.SIGHUP)
        daemon.logged("web.listen has changed: it takes effect with a restart")
        assert get(daemon, "/healthz").status_code == 200
        assert daemon.stop() == 0


def test_that_nobody_would_hear_of_a_technical_failure_is_among_its_first_words(
    at_noon: Agency,
) -> None:
    roster = at_noon.config.with_name("roster.toml")
    with at_noon.daemon() as daemon:
        daemon.ready()
        assert daemon.stop() == 0
    assert "nobody would hear of a technical failure" not in daemon.log
    (at_noon.folder / "watchbill.db").unlink()
    text = roster.read_text(encoding="utf-8")
    assert text.count('"information_services"') == 1
    roster.write_text(text.replace('"information_services"', '"manager"'), encoding="utf-8")
    with at_noon.daemon() as daemon:
        daemon.ready()
        daemon.logged("nobody would hear of a technical failure")
        assert daemon.stop() == 0


def test_a_port_in_use_is_exit_3(at_noon: Agency) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", at_noon.port))
        taken.listen()
        words = f"web.listen: 127.0.0.1:{at_noon.port} cannot be used (Address already in use)"
        refused_start(at_noon, 3, words)


def test_a_missing_secret_is_exit_2(at_noon: Agency) -> None:
    del at_noon.settings["WATCHBILL_SMS__AUTH_TOKEN"]
    refused_start(at_noon, 2, "sms.auth_token: is missing, and sms.provider is")


def test_postgresql_that_does_not_answer_is_exit_3(at_noon: Agency) -> None:
    url = f"postgresql+psycopg://kim:hidden-word@127.0.0.1:{free_port()}/watch"
    more = settings(database={"url": url})
    refused_start(at_noon, 3, "PostgreSQL does not answer: start it", **more)


def test_a_roster_file_that_is_refused_is_exit_2(at_noon: Agency) -> None:
    roster = at_noon.config.with_name("roster.toml")
    text = roster.read_text(encoding="utf-8")
    roster.write_text(text.replace('roles = ["pio"]', 'roles = ["manager"]'), encoding="utf-8")
    refused_start(at_noon, 2, "nobody would be the pio")


def test_a_database_that_is_locked_at_the_start_is_exit_3(at_noon: Agency) -> None:
    upgrade(at_noon.office.store)
    holder = sqlite3.connect(at_noon.folder / "watchbill.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    refused_start(at_noon, 3, "The database is locked by another program")
    holder.execute("ROLLBACK")
    holder.close()


def limit_files(daemon: Daemon, size: int) -> None:
    """Let the daemon's files grow no further, as a full disk would."""
    pid = daemon.process.pid
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


def test_on_a_full_disk_nothing_is_acknowledged_and_the_daemon_goes_on(agency: Agency) -> None:
    with agency.daemon() as daemon:
        daemon.ready()
        agency.clock.set("2026-11-23 08:30:01")
        wait_until(lambda: agency.texts(KIM), "the opening reminder")
        wait_until(lambda: agency.notices()[0]["state"] == "delivered", "its confirmation")
        link = LINK.findall(agency.texts(KIM)[0])[0]
        form = FORM.findall(get(daemon, f"/c/{link}").text)[0]
        limit_files(daemon, 1)
        answer = httpx.post(f"{daemon.address}/c/{link}", data={"form": form}, trust_env=False)
        assert answer.status_code == 503
        assert "Not recorded" in answer.text
        assert agency.log()["2026-11-23/weekday-morning"]["checks"] == []
        assert get(daemon, f"/c/{link}").status_code == 200
        limit_files(daemon, resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE)[1])
        answer = httpx.post(f"{daemon.address}/c/{link}", data={"form": form}, trust_env=False)
        assert (answer.status_code, "Recorded" in answer.text) == (200, True)
        assert daemon.stop() == 0
    assert len(agency.log()["2026-11-23/weekday-morning"]["checks"]) == 1
    agency.the_journal_holds()
    assert agency.secrets_in(daemon.log) == set()


def test_a_locked_database_while_it_runs_stops_nothing_for_good(agency: Agency) -> None:
    with agency.daemon() as daemon:
        daemon.ready()
        holder = sqlite3.connect(agency.folder / "watchbill.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        agency.clock.set("2026-11-23 08:30:01")
        daemon.logged("The database is locked by another program")
        holder.execute("ROLLBACK")
        holder.close()
        agency.clock.set("2026-11-23 08:32:00")
        wait_until(lambda: agency.texts(KIM), "the opening reminder")
        assert daemon.stop() == 0


def test_a_clock_that_is_set_back_and_forward_sends_nothing_twice(agency: Agency) -> None:
    with agency.daemon() as daemon:
        daemon.ready()
        agency.clock.set("2026-11-23 08:30:01")
        wait_until(lambda: agency.texts(KIM), "the opening reminder")
        for at in ("2026-11-23 07:00:00", "2026-11-23 08:31:00", "2026-11-22 20:00:00"):
            agency.clock.set(at)
        agency.looks("2026-11-23 08:40:00")
        assert len(agency.texts(KIM)) == 1
        agency.clock.set("2026-11-23 10:00:01")
        wait_until(lambda: agency.mail.mails, "the nudge")
        assert daemon.stop() == 0
    agency.nothing_came_twice()
    agency.the_journal_holds()


def test_a_second_start_fills_nothing_again(at_noon: Agency) -> None:
    for _ in range(2):
        with at_noon.daemon() as daemon:
            assert daemon.ready().stop() == 0
    assert "was filled from" not in daemon.log
    with at_noon.office.store.read() as connection:
        assert len(all_people(connection)) == 6


def test_an_agency_without_anybody_starts_and_says_what_it_lacks(at_noon: Agency) -> None:
    text = at_noon.config.read_text(encoding="utf-8")
    text = text.replace('roster = "roster.toml"', "")
    at_noon.config.write_text(text, encoding="utf-8")
    with at_noon.daemon() as daemon:
        daemon.ready()
        assert {words.split(":")[0] for words in status(at_noon.office).unhealthy} >= {
            "Nobody is the PIO",
            "Nobody is the Executive Director",
            "No page is active",
        }
        assert daemon.stop() == 0
