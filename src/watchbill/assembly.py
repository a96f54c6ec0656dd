"""Putting the rooms together: one place that builds what a configuration asks for.

Called by the command line, the daemon and the rehearsal.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta

from watchbill.acts.texting import hear
from watchbill.clock import Clock, Entropy, SystemClock, SystemEntropy
from watchbill.core.roster import Channel
from watchbill.errors import SendError, UnavailableError, WatchbillError
from watchbill.ledger import Office
from watchbill.post.console import Console
from watchbill.post.inbox import Inbox
from watchbill.post.letters import Sender, Stationery
from watchbill.post.mail import Mailer, MailServer
from watchbill.post.outbox import WORKERS, Lane, Outbox, UnderWay
from watchbill.post.outcomes import Outcomes
from watchbill.post.review import Review
from watchbill.post.text import TextAccount, Texter
from watchbill.settings import Configuration
from watchbill.store import holiday_years, notices, troubles
from watchbill.store.columns import Trouble
from watchbill.store.engine import Store, absolute, connect
from watchbill.store.inbound import Received
from watchbill.trouble_register import clear, note
from watchbill.watch import Ticked, Watch

logger = logging.getLogger(__name__)
MAIL_BATCH = 8
REPLIES = "replies"
UNREAD_IS_TROUBLE = timedelta(minutes=5)
MOST_PASSES = 20


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What sends, and outlives a configuration: a pool of threads for each channel, what is under way."""

    pools: tuple[ThreadPoolExecutor, ...]
    under_way: UnderWay = field(default_factory=UnderWay)

    def finish(self) -> None:
        """Wait for what is being sent, and let the threads go."""
        for pool in self.pools:
            pool.shutdown(wait=True)


@dataclass(frozen=True, slots=True)
class House:
    """Everything that a running watchbill is made of."""

    configuration: Configuration
    office: Office
    watch: Watch
    outbox: Outbox
    review: Review
    inbox: Inbox
    dispatch: Dispatch

    def round(self) -> Ticked:
        """Take in states and replies, tick, and send what is due; all finished on return."""
        self.take_in()
        ticked = self.watch.tick(self.inbox.read_until)
        with self.office.store.write() as connection:
            notices.hurry(connection, ticked.now)
        self.send_due()
        return ticked

    def take_in(self) -> None:
        """Take in what became of messages, and act on what people have texted."""
        try:
            self.review.look()
        except WatchbillError as error:
            logger.error("delivery states were not taken in: %s", error.message)
        try:
            self.inbox.look()
        except WatchbillError as error:
            logger.warning("replies cannot be read, they are asked for again: %s", error.message)
            if self.inbox.failing_for >= UNREAD_IS_TROUBLE:
                self.trouble(Trouble.PROVIDER, REPLIES, error.message)
        else:
            self.over(Trouble.PROVIDER, REPLIES)

    def trouble(self, kind: Trouble, subject: str, detail: str) -> None:
        """Note a technical failure; Information Services is told by the next tick."""
        office = self.office
        with office.store.write() as connection:
            note(connection, office.entropy, kind, subject, detail, office.clock.now())

    def over(self, kind: Trouble, subject: str) -> None:
        """Note that a technical failure is over, where it had been noted."""
        office = self.office
        with office.store.read() as connection:
            noted = any(t.kind == kind and t.subject == subject for t in troubles.going_on(connection))
        if noted:
            with office.store.write() as connection:
                clear(connection, office.entropy, kind, subject, office.clock.now())

    def send_due(self) -> None:
        """Send what is due, and what becomes due by that on another channel; finished on return."""
        for _ in range(MOST_PASSES):
            started = self.outbox.deliver()
            if not started:
                return
            finish(started)

    def close(self) -> None:
        """Wait for what is being sent, and give everything back."""
        self.dispatch.finish()
        self.office.store.close()


def finish(started: Iterable[Future[None]]) -> None:
    """Wait for work to end; what went wrong unexpectedly is one line in the log."""
    done, _ = wait(list(started))
    for future in done:
        error = future.exception()
        if error is not None:
            logger.error("sending failed unexpectedly: %s: %s", type(error).__name__, error)


def open_store(
    configuration: Configuration, around_commit: Callable[[str], None] | None = None
) -> Store:
    """Return the store that the configuration names; relative paths start from its folder."""
    return connect(absolute(configuration.settings.database.url, configuration.folder), around_commit)


def recall_holidays(configuration: Configuration, store: Store) -> None:
    """Take over the holidays that the record remembers, and refuse a country that is not known."""
    holidays = configuration.holidays
    if holidays.source is not None:
        with store.read() as connection:
            holidays.recall(holiday_years.recall(connection, holidays.source))
    holidays.check()


def remember_holidays(configuration: Configuration, store: Store) -> None:
    """Remember the holidays that were looked up; say where the library has changed its mind."""
    holidays = configuration.holidays
    if holidays.source is None or not holidays.learned:
        return
    try:
        with store.write() as connection:
            moved = holiday_years.remember(connection, holidays.source, holidays.learned)
    except UnavailableError as error:
        logger.warning("holidays could not be remembered: %s", error.message)
        return
    holidays.learned.clear()
    for day in moved:
        logger.warning(
            "%s: the holidays library has changed its mind about this date (now: %s); see the plan",
            day,
            holidays.name_on(day) or "no holiday",
        )


def open_office(
    configuration: Configuration,
    store: Store | None = None,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
) -> Office:
    """Return an office on a store; the machine's clock and chance where none are given."""
    return Office(
        store=store or open_store(configuration),
        policy=configuration.policy,
        clock=clock or SystemClock(),
        entropy=entropy or SystemEntropy(),
        adopted_by=configuration.settings.policy.adopted_by,
    )


def open_dispatch() -> Dispatch:
    """Return the threads that messages are sent by: a pool of its own for each channel."""
    return Dispatch(tuple(ThreadPoolExecutor(WORKERS, thread_name_prefix=f"post-{c}") for c in Channel))


def assemble(
    configuration: Configuration,
    office: Office | None = None,
    dispatch: Dispatch | None = None,
) -> House:
    """Return a house whose messages leave by the configured providers, by a dispatch of its own if none is given."""
    office = office or open_office(configuration)
    dispatch = dispatch or open_dispatch()
    sms, email = _sms_session(configuration), _email_session(configuration, office.clock)
    run = dict(zip(Channel, (pool.submit for pool in dispatch.pools), strict=True))
    lanes = {
        Channel.SMS: Lane(Channel.SMS, sms, run[Channel.SMS]),
        Channel.EMAIL: Lane(Channel.EMAIL, email, run[Channel.EMAIL], batch=MAIL_BATCH),
    }
    settings = configuration.settings
    texter = Texter(_account(configuration)) if configuration.replies else None
    origin = settings.web.origin if configuration.links else None
    outcomes = Outcomes(Stationery(office.policy, office.entropy, origin, replies=texter is not None))
    return House(
        configuration=configuration,
        office=office,
        watch=Watch(office),
        outbox=Outbox(office.store, outcomes, office.clock, lanes, dispatch.under_way),
        review=Review(
            office.store,
            outcomes,
            office.clock,
            texter,
            timedelta(seconds=settings.sms.settling_seconds),
            dispatch.under_way,
        ),
        inbox=Inbox(office.store, office.clock, texter, _listener(office, texter)),
        dispatch=dispatch,
    )


def _listener(office: Office, texter: Texter | None) -> Callable[[Received], None]:
    """Return what acts on a text, and answers a stranger once it is on record that they were answered."""

    def listen(received: Received) -> None:
        courtesy = hear(office, received)
        if courtesy is None or texter is None:
            return
        try:
            texter.send_courtesy(courtesy.number, courtesy.text)
        except SendError as error:
            logger.warning("a stranger was not answered: %s", error.message)

    return listen


def _sms_session(configuration: Configuration) -> Callable[[], Sender]:
    if configuration.settings.sms.provider == "console":
        return _console
    return lambda: Texter(_account(configuration))


def _email_session(configuration: Configuration, clock: Clock) -> Callable[[], Sender]:
    email = configuration.settings.email
    if email.provider == "console":
        return _console
    server = MailServer(
        host=email.host,
        port=email.port,
        security=email.security,
        username=email.username,
        password=email.password.get_secret_value(),
        from_address=email.from_address,
    )
    return lambda: Mailer(server, clock)


def _console() -> Sender:
    return Console(sys.stdout)


def _account(configuration: Configuration) -> TextAccount:
    sms = configuration.settings.sms
    return TextAccount(
        account_sid=sms.account_sid,
        auth_token=sms.auth_token.get_secret_value(),
        from_number=sms.from_number,
        messaging_service_sid=sms.messaging_service_sid,
        api_base=sms.api_base,
    )
