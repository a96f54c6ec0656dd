"""Measure, and print each figure beside what it must reach, with the machine named."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.benchmarks.history import write_history
from tests.benchmarks.pages import page_costs
from tests.benchmarks.place import Place, daemon, make_place
from tests.cast import POLICY, ROSTER
from tests.core.played_year import play_year
from tests.standins.mail_server import MailServer
from watchbill.acts.deed import By
from watchbill.acts.message import ask_for_test
from watchbill.assembly import assemble
from watchbill.core.checks import Way
from watchbill.core.instants import local_date
from watchbill.core.roster import Channel
from watchbill.ledger import Office
from watchbill.rehearsal import rehearse
from watchbill.reports.coverage_log import coverage_log
from watchbill.reports.figures import by_month, by_turn, day_verdicts
from watchbill.reports.plan import plan
from watchbill.store import notices, people
from watchbill.watch import Watch

BURST, SPACED, TICKS = 1000, 25, 60
SPACING = timedelta(milliseconds=400)
IDLE_SECONDS = 20
YEAR = 365


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure."""

    name: str
    value: str
    must: str = ""


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Return how many milliseconds each call took."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return found


def start_and_idle(folder: Path) -> Iterator[Figure]:
    """Measure the ready time of a record that exists, memory with the web server, wake-ups while nothing is due."""
    place = make_place(folder / "idle")
    with daemon(place):
        pass
    seconds = []
    for _ in range(5):
        with daemon(place) as running:
            seconds.append(running.seconds_to_ready)
    yield Figure("ready, median of 5", f"{statistics.median(seconds):.2f} s", "1.5 s")
    with daemon(place) as running:
        time.sleep(2)
        before = running.wake_ups()
        time.sleep(IDLE_SECONDS)
        wakes = (running.wake_ups() - before) / IDLE_SECONDS
        yield Figure("memory, web server included", f"{running.resident_megabytes():.0f} MB", "110 MB")
        yield Figure("idle wake-ups", f"{wakes:.1f} a second")


def due_to_wire(folder: Path) -> Iterator[Figure]:
    """Measure from the instant at which a notice is due to the instant at which the mail server has it."""
    with MailServer() as server:
        place = _mailing(folder / "wire", server.port)
        with place.office() as office:
            begins = datetime.now(UTC) + timedelta(seconds=6)
            dues = [begins + SPACING * count for count in range(SPACED)]
            _owe_tests(office, dues)
        with daemon(place):
            offset = time.time() - time.monotonic()
            time.sleep(max(0.0, dues[-1].timestamp() - time.time()) + 3)
        arrived = sorted(mail.at + offset for mail in server.mails)
    late = sorted(
        (at - due.timestamp()) * 1000 for at, due in zip(arrived[-SPACED:], dues, strict=True)
    )
    yield Figure(
        f"due to wire, median of {SPACED} (worst)",
        f"{statistics.median(late):.0f} ms ({late[-1]:.0f})",
        "100 ms",
    )


def burst(folder: Path) -> Iterator[Figure]:
    """Measure a thousand notices due at once, over SMTP, each claimed and recorded."""
    with MailServer() as server:
        place = _mailing(folder / "burst", server.port)
        with place.office() as office:
            _owe_tests(office, [datetime.now(UTC)] * BURST)
            house = assemble(place.configuration(), office)
            began = time.perf_counter()
            house.send_due()
            seconds = time.perf_counter() - began
            for pool in house.dispatch.pools:
                pool.shutdown()
        if len(server.mails) != BURST:
            raise RuntimeError(f"{len(server.mails)} mails arrived instead of {BURST}")
    yield Figure(f"burst of {BURST} mails", f"{BURST / seconds:.0f} a second", "200 a second")


def _mailing(folder: Path, port: int) -> Place:
    return make_place(
        folder,
        WATCHBILL_EMAIL__PROVIDER="smtp",
        WATCHBILL_EMAIL__HOST="127.0.0.1",
        WATCHBILL_EMAIL__PORT=str(port),
    )


def _owe_tests(office: Office, dues: list[datetime]) -> None:
    """Owe tests by mail, each at its instant."""
    with office.store.read() as connection:
        kim = people.all_people(connection)[1]
    keys = [ask_for_test(office, By(None, Way.CLI), kim, Channel.EMAIL) for _ in dues]
    with office.store.write() as connection:
        for key, due in zip(keys, dues, strict=True):
            notice = notices.notice_with_key(connection, key)
            notices.update_notice(connection, notice.id, due_at=due, not_before=due, try_at=due)


def with_history(folder: Path) -> Iterator[Figure]:
    """Measure what an idle tick, a plan and a log cost with one and with ten years behind them."""
    found: dict[str, list[float]] = {}
    for years in (1, 10):
        place = make_place(folder / f"history{years}")
        with place.office() as office:
            today = local_date(office.clock.now(), office.policy.zone)
            entries = write_history(office.store, office.policy, years, today)
            watch = Watch(office)
            watch.tick()
            week, quarter = today - timedelta(days=7), today - timedelta(days=91)
            year = today - timedelta(days=YEAR)
            for name, work in (
                ("idle tick", watch.tick),
                ("plan of a week", lambda: plan(office, today, today + timedelta(days=6))),  # noqa: B023
                ("log of a week", lambda: coverage_log(office, week, today)),  # noqa: B023
                ("log of a quarter", lambda: coverage_log(office, quarter, today)),  # noqa: B023
                ("days of a year", lambda: _days_of(office, year, today)),  # noqa: B023
            ):
                found.setdefault(name, []).append(statistics.median(timed(work, TICKS)))
            whole = timed(lambda: coverage_log(office, date(2000, 1, 1), today), 3)  # noqa: B023
            yield Figure(
                f"log of {years} years ({entries} entries)", f"{statistics.median(whole):.0f} ms"
            )
            months = timed(lambda: _months_of(office, today), 7)  # noqa: B023
            yield Figure(
                f"figures of {years} years by month", f"{statistics.median(months):.0f} ms", "50 ms"
            )
    for name, (one, ten) in found.items():
        must = "5 ms, and within 20 %" if name == "idle tick" else ""
        yield Figure(
            f"{name}, 1 and 10 years", f"{one:.2f} and {ten:.2f} ms ({ten / one - 1:+.0%})", must
        )


def _days_of(office: Office, first: date, last: date) -> None:
    """Count the days of a year, and whose turn they were, as the page of the year does."""
    with office.store.read() as connection:
        day_verdicts(office.policy, connection, first, last, office.clock.now())
        by_turn(connection, first, last)


def _months_of(office: Office, today: date) -> None:
    """Count every month of the record, as the page of all months does."""
    with office.store.read() as connection:
        by_month(office.policy, connection, date(2000, 1, 1), today, office.clock.now())


def pages(folder: Path) -> Iterator[Figure]:
    """Measure every page behind the sign-in with ten years behind it; styles and scripts are weighed in the browser."""
    for cost in page_costs(folder / "pages"):
        yield Figure(
            f"page {cost.path}", f"{cost.milliseconds:.0f} ms, {cost.size / 1000:.1f} kB", "50 ms"
        )


def simulated(folder: Path) -> Iterator[Figure]:
    """Measure a year of one agency through the core alone, and through store and delivery."""
    began = time.perf_counter()
    play_year(POLICY, ROSTER, date(2026, 1, 1))
    seconds = time.perf_counter() - began
    yield Figure("a year through the core", f"{seconds:.2f} s ({YEAR / seconds:.0f} days/s)", "2 s")
    with make_place(folder / "year").office() as office:
        today = local_date(office.clock.now(), office.policy.zone)
        began = time.perf_counter()
        told = rehearse(office, today, today + timedelta(days=YEAR), done=True)
        seconds = time.perf_counter() - began
    yield Figure(
        f"a year through store and delivery ({len(told)} messages)",
        f"{seconds:.1f} s ({YEAR / seconds:.0f} days/s)",
        "60 s",
    )


PARTS: dict[str, Callable[[Path], Iterator[Figure]]] = {
    "start": start_and_idle,
    "wire": due_to_wire,
    "burst": burst,
    "history": with_history,
    "pages": pages,
    "year": simulated,
}


def main() -> None:
    """Measure what was asked for, all of it by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which parts; default: all")
    asked = parser.parse_args().parts or list(PARTS)
    load = os.getloadavg()[0]
    print(
        f"{platform.machine()}, {os.cpu_count()} processors, {_processor()}, Python "
        f"{platform.python_version()}, load {load:.1f} at the start"
    )
    with tempfile.TemporaryDirectory() as folder:
        for part in asked:
            for figure in PARTS[part](Path(folder)):
                print(f"{figure.name:<48} {figure.value:<28} {figure.must}", flush=True)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"


if __name__ == "__main__":
    main()
