"""The daemon: the bell, the web server, signals, and word to systemd."""

from __future__ import annotations

import logging
import signal
import socket
import threading
import time
from concurrent.futures import Future
from datetime import datetime, timedelta

import uvicorn

from watchbill import settings
from watchbill.acts.deed import By
from watchbill.acts.roster import load_roster
from watchbill.assembly import (
    House,
    assemble,
    open_office,
    open_store,
    recall_holidays,
    remember_holidays,
)
from watchbill.bell import Bell
from watchbill.clock import SystemClock, monotonic
from watchbill.core.checks import Way
from watchbill.core.instants import iso
from watchbill.core.parties import UNHEARD, failures_are_heard
from watchbill.errors import UnavailableError, WatchbillError
from watchbill.housekeeping import HOUSEKEEPING_PERIOD, Housekeeping
from watchbill.ledger import Office
from watchbill.log_format import log_to_stderr
from watchbill.notify import Supervisor
from watchbill.only_one import only_one
from watchbill.reports.meaning import meaning
from watchbill.roster_file import read_roster
from watchbill.settings import Configuration
from watchbill.store import deliveries, notices, people, schema
from watchbill.store.engine import Store
from watchbill.web.application import Health, Surroundings, create
from watchbill.web.hook import Hook

logger = logging.getLogger(__name__)
FRESH_SECONDS = 90.0
DRAIN_SECONDS = 25.0
WEB_START_SECONDS = 10.0
WEB_STOP_SECONDS = 6.0
BACKLOG = 128
SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


def _log_one_line(failed: threading.ExceptHookArgs) -> None:
    name = failed.thread.name if failed.thread is not None else "a thread"
    logger.error("%s failed: %s: %s", name, failed.exc_type.__name__, failed.exc_value)


class Daemon:
    """One process: ticks, sends, serves. ``run`` returns when it has been asked to stop."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._supervisor = Supervisor()
        self._good_tick: float | None = None
        self._watching = False
        self._swap = threading.Lock()
        self._house: House
        self._bell: Bell
        self._web: threading.Thread
        self._only: object = None

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT.

        Raises ``UnavailableError`` where the port is taken or the database cannot be used, and
        ``ConfigurationError`` for a roster file that is refused; then nothing was started.
        """
        log_to_stderr()
        threading.excepthook = _log_one_line
        listening = self._bind()
        store = open_store(self._configuration)
        try:
            self._prepare(store)
            recall_holidays(self._configuration, store)
            signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
            self._house = assemble(self._configuration, open_office(self._configuration, store))
            self._bell = Bell(self._look, SystemClock())
            first = self._first_look()
            remember_holidays(self._configuration, store)
            server = self._serve(listening)
            self._bell.also("review", self._review, self._poll_period())
            self._bell.also("housekeeping", Housekeeping(self._current).look, HOUSEKEEPING_PERIOD)
            self._bell.start(first)
            self._supervisor.say("READY=1", f"STATUS={self._status(first)}")
            logger.info("watchbill is ready, pages on %s", self._listening_on(listening))
            self._see_who_hears_of_failures(store)
            self._wait()
            self._shut_down(server)
        finally:
            listening.close()
            store.close()

    # --- starting --------------------------------------------------------------------------------

    def _bind(self) -> socket.socket:
        web = self._configuration.settings.web
        family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
        # Named as TCP, or asyncio leaves Nagle's delay of 40 ms on each answer but the first.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((web.host, web.port))
            listening.listen(BACKLOG)
        except (OSError, OverflowError) as error:
            listening.close()
            why = getattr(error, "strerror", None) or str(error)
            raise UnavailableError(
                f"web.listen: {web.listen} cannot be used ({why}); stop what uses it, or choose another."
            ) from error
        return listening

    def _listening_on(self, listening: socket.socket) -> str:
        host, port = listening.getsockname()[:2]
        return f"http://{host}:{port}"

    def _prepare(self, store: Store) -> None:
        if store.dialect == "sqlite":
            self._only = only_one(store)
            schema.upgrade(store)
            with store.write() as connection:
                deliveries.end_leases(connection, SystemClock().now())
        else:
            schema.require_head(store)
        path = self._configuration.roster_path
        if path is None:
            return
        with store.read() as connection:
            if people.all_people(connection):
                return
        office = open_office(self._configuration, store)
        entries = read_roster(path, office.policy.zone)
        load_roster(office, By(None, Way.CLI), entries.people, entries.pages)
        logger.info("the empty database was filled from %s", path)

    def _first_look(self) -> datetime | None:
        wanted = self._look()
        if self._good_tick is None:
            raise UnavailableError("The first tick did not succeed; the line above says why.")
        return wanted

    def _see_who_hears_of_failures(self, store: Store) -> None:
        now = SystemClock().now()
        with store.read() as connection:
            roster = people.roster_since(connection, now)
        if roster.people and not failures_are_heard(self._configuration.policy, roster, now):
            logger.warning(UNHEARD)

    def _serve(self, listening: socket.socket) -> uvicorn.Server:
        application = create(
            Surroundings(
                office=self._office,
                health=self._health,
                acted=self._bell.ring_soon,
                hook=self._hook,
                origin=lambda: self._configuration.settings.web.origin,
                meaning=lambda now: meaning(self._current().configuration, now),
                metrics_key=self._metrics_key,
            )
        )
        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        server = uvicorn.Server(config)
        self._web = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, name="web", daemon=True
        )
        self._web.start()
        deadline = monotonic() + WEB_START_SECONDS
        while not server.started and self._web.is_alive() and monotonic() < deadline:
            time.sleep(0.005)
        if not server.started:
            raise UnavailableError("The web server did not start; the line above says why.")
        return server

    # --- running ---------------------------------------------------------------------------------

    def _office(self) -> Office:
        return self._house.office

    def _look(self) -> datetime | None:
        """Tick, and start sending what is due; return when to look next."""
        with self._swap:
            house = self._house
        try:
            ticked = house.watch.tick(house.inbox.read_until)
            for started in house.outbox.deliver():
                started.add_done_callback(self._sent)
            with house.office.store.read() as connection:
                retry = notices.next_try(connection, ticked.now)
        except WatchbillError as error:
            logger.error("the tick did not succeed, it is tried again: %s", error.message)
            return None
        except Exception as error:  # noqa: BLE001 - the daemon goes on, and says so
            logger.error("the tick failed unexpectedly: %s: %s", type(error).__name__, error)
            return None
        self._good_tick = monotonic()
        self._watching = ticked.watching
        if not ticked.watching:
            logger.error("there is nobody to watch: load people and pages with `watchbill load`")
        moments = [at for at in (ticked.next_at, retry) if at is not None and at > ticked.now]
        following = min(moments, default=None)
        self._supervisor.say("WATCHDOG=1", f"STATUS={self._status(following)}")
        return following

    def _sent(self, future: Future[None]) -> None:
        error = future.exception()
        if error is not None:
            logger.error("sending failed unexpectedly: %s: %s", type(error).__name__, error)
        self._bell.ring_soon()

    def _review(self) -> None:
        """Take in delivery states and replies, beside the ticks: a slow provider holds up nobody."""
        with self._swap:
            house = self._house
        try:
            house.take_in()
        except Exception as error:  # noqa: BLE001 - the daemon goes on, and says so
            logger.error("the review failed unexpectedly: %s: %s", type(error).__name__, error)
        self._bell.ring_soon()

    def _hook(self) -> Hook | None:
        """Return what takes texts by web hook, where the configuration wants one."""
        house = self._current()
        settings_now = house.configuration.settings
        if settings_now.sms.provider != "twilio" or not settings_now.sms.web_hook:
            return None
        secret = settings_now.sms.auth_token.get_secret_value()
        return Hook(settings_now.web.origin, secret, house.office.clock, house.inbox.act)

    def _metrics_key(self) -> str:
        return self._current().configuration.settings.web.metrics_key.get_secret_value()

    def _current(self) -> House:
        with self._swap:
            return self._house

    def _poll_period(self) -> timedelta:
        return timedelta(seconds=self._configuration.settings.sms.poll_seconds)

    def _status(self, following: datetime | None) -> str:
        return f"watching; next due {iso(following)}" if following else "watching"

    def _health(self) -> Health:
        if self._good_tick is None:
            return Health(None, fresh=False)
        age = monotonic() - self._good_tick
        return Health(age, fresh=self._watching and age < FRESH_SECONDS)

    # --- signals ---------------------------------------------------------------------------------

    def _wait(self) -> None:
        """Read the configuration again with each SIGHUP; return with the first SIGTERM or SIGINT.

        The signals are held back from every thread and waited for here: a handler would run only once
        the main thread wakes, and a signal that another thread happens to take does not wake it.
        """
        while signal.sigwait(SIGNALS) == signal.SIGHUP:
            self._reload_configuration()

    def _reload_configuration(self) -> None:
        """Read the configuration again; one that is refused leaves the old one in force."""
        self._supervisor.say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            fresh = settings.load(self._configuration.path)
            old = self._configuration.settings
            for name, before, after in (
                ("database.url", old.database.url, fresh.settings.database.url),
                ("web.listen", old.web.listen, fresh.settings.web.listen),
                ("sms.poll_seconds", old.sms.poll_seconds, fresh.settings.sms.poll_seconds),
            ):
                if before != after:
                    logger.warning("%s has changed: it takes effect with a restart", name)
            store = self._house.office.store
            recall_holidays(fresh, store)
            house = assemble(fresh, open_office(fresh, store), self._house.dispatch)
        except WatchbillError as error:
            logger.error("the configuration is refused, the old one goes on: %s", error.message)
        else:
            with self._swap:
                self._house = house
                self._configuration = fresh
            logger.info("the configuration was read again and is in force")
            self._bell.ring_soon()
        self._supervisor.say("READY=1")

    # --- stopping --------------------------------------------------------------------------------

    def _shut_down(self, server: uvicorn.Server) -> None:
        """Finish what is under way, within what a supervisor allows, and go."""
        self._supervisor.say("STOPPING=1", "STATUS=finishing what is under way")
        logger.info("stopping: what is being sent is finished first")
        self._house.outbox.stop()
        self._house.review.stop()
        self._bell.stop()
        server.should_exit = True
        drain = threading.Thread(target=self._drain, daemon=True)
        drain.start()
        drain.join(DRAIN_SECONDS)
        self._web.join(WEB_STOP_SECONDS)
        logger.info("stopped")

    def _drain(self) -> None:
        self._house.dispatch.finish()
