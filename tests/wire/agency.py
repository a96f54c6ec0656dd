"""The shipped example in a folder of its own, with real providers that are stood in for."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.standins.command import (
    Daemon,
    Dial,
    Ended,
    example,
    settings,
    utc,
    wait_until,
    watchbill,
)
from tests.standins.mail_server import Mail, MailServer
from tests.standins.ports import free_port
from tests.standins.twilio_server import TwilioServer
from watchbill.acts.deed import By
from watchbill.acts.duty import Assignment, assign
from watchbill.assembly import open_office
from watchbill.core.checks import Way
from watchbill.core.commands import codes_in
from watchbill.core.journal import verify
from watchbill.core.reasons import Reason
from watchbill.core.roster import DutyKind
from watchbill.ledger import Office
from watchbill.reports.coverage_log import coverage_log
from watchbill.reports.notice_list import notice_list
from watchbill.settings import load
from watchbill.store import journal
from watchbill.store.people import all_people
from watchbill.store.windows import watch_record, windows_named

MONDAY = date(2026, 11, 23)
BEFORE = datetime(2001, 1, 1, tzinfo=UTC)
KIM, LEE, DANA, JO = "+14195550101", "+14195550102", "+14195550103", "+14195550104"
KIM_MAIL, DANA_MAIL, SAM_MAIL = (
    f"{name}@example.org" for name in ("kim.rivera", "dana.whitfield", "sam.novak")
)
LINK = re.compile(r"http://127\.0\.0\.1:\d+/c/([A-Za-z0-9_-]+)")


class Agency:
    """An agency that begins its watch on Monday 2026-11-23, shortly before the morning window."""

    def __init__(self, folder: Path, mail: MailServer, twilio: TwilioServer) -> None:
        self.folder, self.mail, self.twilio = folder, mail, twilio
        self.config = example(folder)
        self.clock = Dial(folder, "2026-11-23 08:29:30")
        self.port = free_port()
        self._office: Office | None = None
        self.settings = settings(
            web={
                "listen": f"127.0.0.1:{self.port}",
                "origin": f"http://127.0.0.1:{self.port}",
                "links": True,
            },
            sms={
                "provider": "twilio",
                "account_sid": twilio.account_sid,
                "auth_token": twilio.auth_token,
                "api_base": twilio.url,
                "poll_seconds": 1,
                "settling_seconds": 2,
            },
            email={"provider": "smtp", "host": "127.0.0.1", "port": mail.port},
        )

    def work_on_holidays(self) -> None:
        """Let the PIO be there on holidays, so that no gap is known from the start."""
        self.settings |= settings(holidays={"pio_is_away": False})

    def daemon(self, **more: str) -> Daemon:
        """Return the daemon, not started yet."""
        env = {**self.settings, **self.clock.environment, **more}
        return Daemon("--config", str(self.config), env=env)

    def command(self, *arguments: str, **more: str) -> Ended:
        """Run a command at the clock's time."""
        env = {**self.settings, **self.clock.environment, **more}
        return watchbill("--config", str(self.config), *arguments, env=env)

    @property
    def office(self) -> Office:
        """The record as it is, read in this process: a command would take a second each time."""
        if self._office is None:
            self._office = open_office(load(self.config, self.settings), clock=self.clock)
        return self._office

    def close(self) -> None:
        """Let go of the record."""
        if self._office is not None:
            self._office.store.close()

    def log(self) -> dict[object, dict[str, Any]]:
        """Return the coverage log of the Monday, by window."""
        return {row["window"]: row for row in coverage_log(self.office, MONDAY, MONDAY).as_json()}

    def notices(self) -> list[dict[str, Any]]:
        """Return the notices of the Monday, without what Information Services hears of technical failures.

        That is not for a test to foresee: it turns the clock, and housekeeping may notice.
        """
        found = notice_list(self.office, MONDAY, MONDAY)
        return [notice for notice in found if notice["reason"] != Reason.TECHNICAL_FAILURE]

    def ticked_at(self) -> datetime | None:
        """Return when a tick ran last, as the record has it."""
        with self.office.store.read() as connection:
            watch = watch_record(connection)
        return None if watch is None else watch.ticked_at

    def looks(self, at: str) -> None:
        """Set the clock, and wait until the daemon has looked by it (its tick is noted each minute)."""
        since = utc(at)
        self.clock.set(at)
        wait_until(lambda: (self.ticked_at() or BEFORE) >= since, f"a tick at {at}")

    def designate_sam(self) -> None:
        """Let the operator designate Sam, who is reached by mail alone, for Christmas."""
        with self.office.store.read() as connection:
            sam = next(p for p in all_people(connection).values() if p.email == SAM_MAIL)
        first, last = utc("2026-12-24 00:00:00"), utc("2026-12-26 00:00:00")
        assign(self.office, By(None, Way.CLI), sam, Assignment(DutyKind.DESIGNATION, first, last))

    def opening(self, window: str) -> datetime:
        """Return when a window opens, as it is laid out."""
        with self.office.store.read() as connection:
            return windows_named(connection, [window])[0].occasion.opens_at

    def the_journal_holds(self) -> None:
        """Fail where an entry of the journal is not what it was."""
        with self.office.store.read() as connection:
            assert list(verify(journal.entries(connection))) == []

    def texts(self, number: str) -> list[str]:
        """Return the bodies of the texts that a number got."""
        return [message.body for message in self.twilio.sent_to(number)]

    def mails(self, address: str, words: str = "") -> list[Mail]:
        """Return the mails to an address with these words in the subject."""
        return [m for m in self.mail.sent_to(address) if words in str(m.message["Subject"])]

    def count(self) -> tuple[int, int]:
        """Return how many texts and mails have arrived, those about technical failures left out."""
        texts = [m for m in self.twilio.messages if "technical: " not in m.body]
        return len(texts), len(self._foreseen())

    def _foreseen(self) -> list[Mail]:
        """Return the mails, those about technical failures left out: when they go is not for a test to say."""
        return [m for m in self.mail.mails if "technical failure" not in str(m.message["Subject"])]

    def tokens(self) -> set[str]:
        """Return the token of every link that was sent."""
        bodies = [m.body for m in self.twilio.messages] + [m.text for m in self.mail.mails]
        return {token for body in bodies for token in LINK.findall(body)}

    def nothing_came_twice(self, *, killed: bool = False) -> None:
        """Fail where a text (by its code) or a mail (by its Message-ID) came more than once.

        ``killed``: the daemon was; a mail about a technical failure may have been on the wire just then,
        and such a mail may come twice.
        """
        sent = [m for m in self.twilio.messages if m.direction != "inbound"]
        codes = Counter((m.to, codes_in(m.body)[-1]) for m in sent)
        assert set(codes.values()) <= {1}, codes
        mails = self._foreseen() if killed else self.mail.mails
        ids = Counter(str(mail.message["Message-ID"]) for mail in mails)
        assert set(ids.values()) <= {1}, ids

    def secrets_in(self, text: str) -> set[str]:
        """Return the tokens and secrets that stand in a text."""
        return {s for s in {*self.tokens(), self.twilio.auth_token} if s in text}
