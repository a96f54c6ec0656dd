"""The pages on a record of their own, asked over ASGI as a browser or a scanner asks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import sqlalchemy as sa

from tests.standins.command import EXAMPLE, utc
from tests.web.outline import Outline
from watchbill.acts.deed import By
from watchbill.acts.roster import load_roster
from watchbill.acts.sign_in import make_sign_in_link, sign_in
from watchbill.clock import SystemEntropy
from watchbill.core.checks import Way
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel, Page, Person
from watchbill.ledger import Office
from watchbill.post.letters import Letter, Receipt, Stationery
from watchbill.post.outbox import Lane, Outbox, UnderWay
from watchbill.post.outcomes import Outcomes
from watchbill.rehearsal import PlayedClock, at_once
from watchbill.reports.meaning import meaning
from watchbill.roster_file import read_roster
from watchbill.settings import load
from watchbill.store import journal, notices, people
from watchbill.store.engine import Store
from watchbill.store.tables import metadata
from watchbill.watch import Watch
from watchbill.web.application import Health, Surroundings, create
from watchbill.web.hook import Hook

ORIGIN = "https://watch.example.org"
COOKIE = "__Host-watchbill"
LINK = re.compile(re.escape(ORIGIN) + r"(/c/[A-Za-z0-9_-]+)")
EVER, NEVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
FORM = re.compile(r'name="form" value="([0-9a-f]{32})"')


class Site:
    """An agency on the Monday of Thanksgiving week, with pages that nobody serves."""

    def __init__(self, store: Store) -> None:
        configuration = load(EXAMPLE / "watchbill.toml", {})
        policy = configuration.policy
        self.clock = PlayedClock(utc("2026-11-23 08:00:00"))
        self.office = Office(store, policy, self.clock, SystemEntropy())
        self.letters: list[Letter] = []
        self.health = Health(3.21, fresh=True)
        self.acted = 0
        self.broken: Exception | None = None
        lanes = {channel: Lane(channel, lambda: self, at_once, workers=1) for channel in Channel}
        outcomes = Outcomes(Stationery(policy, self.office.entropy, ORIGIN))
        self._outbox = Outbox(store, outcomes, self.clock, lanes, UnderWay())
        self._watch = Watch(self.office)
        self.hook: Hook | None = None
        self.metrics_key = ""
        self._application = create(
            Surroundings(
                office=self._open,
                health=lambda: self.health,
                acted=self._act,
                hook=lambda: self.hook,
                origin=lambda: ORIGIN,
                meaning=lambda now: meaning(configuration, now),
                metrics_key=lambda: self.metrics_key,
            )
        )

    def furnish(self, *, people: tuple[Person, ...] = (), pages: tuple[Page, ...] = ()) -> None:
        """Load the shipped roster, with others beside it."""
        entries = read_roster(EXAMPLE / "roster.toml", self.office.policy.zone)
        named = {person.email: person for person in (*entries.people, *people)}
        listed = {page.key: page for page in (*entries.pages, *pages)}
        load_roster(self.office, By(None, Way.CLI), tuple(named.values()), tuple(listed.values()))

    def at(self, local: str) -> None:
        """Set the clock to a time in New York on that Monday, or with a date on another day."""
        self.clock.set(utc(local if " " in local else f"2026-11-23 {local}"))

    def remind(self, local: str = "08:30:00") -> str:
        """Let the program look at a time; return the path of the newest reminder's link."""
        self.look(local)
        return self.link(Reason.CHECK_DUE)

    def look(self, local: str | None = None) -> None:
        """Let the program look, at a time where one is given, and send what is due."""
        if local is not None:
            self.at(local)
        self._watch.tick()
        while self._outbox.deliver():
            pass

    def link(self, reason: Reason, who: str = "") -> str:
        """Return the path of the newest link of a reason, to somebody with that part in their name."""
        with self.office.store.read() as connection:
            sent = {one.id: one for one in notices.notices_between(connection, EVER, NEVER)}
        links = [
            found
            for letter in self.letters
            if sent[letter.notice].reason is reason and who in letter.name
            for found in LINK.findall(letter.message.plain())
        ]
        return str(links[-1])

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table."""
        with self.office.store.read() as connection:
            return {
                one.name: [tuple(row) for row in connection.execute(sa.select(one))]
                for one in metadata.sorted_tables
            }

    def tried(self) -> int:
        """Return how many refused acts the journal has."""
        kinds = [row for row in self.dump()["journal"] if Kind.ACT_REFUSED in row]
        return len(kinds)

    def person(self, part: str) -> Person:
        """Return the person with that part in their name."""
        with self.office.store.read() as connection:
            everybody = people.all_people(connection).values()
        return next(person for person in everybody if part in person.name)

    def entries(self) -> int:
        """Return how many entries the journal has."""
        with self.office.store.read() as connection:
            return journal.head(connection)[0]

    def ask(
        self, method: str, path: str, cookies: dict[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        """Ask for a page, with what a browser holds."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self._application, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url=ORIGIN, cookies=cookies
            ) as client:
                return await client.request(method, path, **options)

        return asyncio.run(asked())

    def sign_in(self, who: str) -> Visitor:
        """Return somebody who has signed in on a browser of their own."""
        token = make_sign_in_link(self.office, By(None, Way.CLI), self.person(who))
        held, _ = sign_in(self.office, token, "a browser")
        return Visitor(self, {COOKIE: held})

    def form(self, path: str) -> str:
        """Open a link, and return the id of its first form."""
        page = self.ask("GET", path)
        assert page.status_code == 200, page.text
        return str(FORM.findall(page.text)[0])

    def press(self, path: str, form: str, **options: Any) -> httpx.Response:
        """Press the one big button."""
        return self.ask("POST", path, data={"form": form}, **options)

    def send_form(self, path: str, do: str, form: str | None = None, **fields: Any) -> httpx.Response:
        """Send a form of a page, a fresh one where no id is given."""
        data = {"form": form or self.form(path), "do": do, **fields}
        return self.ask("POST", path, data=data)

    def send(self, letter: Letter) -> Receipt:
        """Take a letter in: the site is its own post office."""
        self.letters.append(letter)
        return Receipt(confirmed=True)

    def close(self) -> None:
        """Do nothing: a post office that stays open."""

    def _open(self) -> Office:
        if self.broken is not None:
            broken, self.broken = self.broken, None
            raise broken
        return self.office

    def _act(self) -> None:
        self.acted += 1


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in, and asks as their browser does."""

    site: Site
    cookies: dict[str, str]

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Open a page."""
        return self.site.ask("GET", path, cookies=self.cookies, **options)

    def send(self, path: str, do: str, **fields: Any) -> httpx.Response:
        """Fill in and send the form of a page that does a thing; follow no redirection."""
        return self.post(path, **{**self.filled(path, do), **fields})

    def filled(self, path: str, do: str) -> dict[str, str]:
        """Return the hidden fields of a form of a page."""
        form = next(form for form in Outline(self.get(path).text).forms if form.hidden.get("do") == do)
        return form.hidden

    def post(self, path: str, **fields: Any) -> httpx.Response:
        """Send fields to an address."""
        return self.site.ask("POST", path, data=fields, cookies=self.cookies)


async def in_chunks(total: int, size: int = 8192) -> AsyncIterator[bytes]:
    """Yield a body whose length nobody has declared."""
    for _ in range(total // size):
        yield b"a" * size
