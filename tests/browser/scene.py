"""The real daemon on a record with history, its clock at a quarter to two on a Monday, or a day later."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.crawl import crawl
from tests.browser.history import EVENING, MIDDAY, OPERATOR, History
from tests.standins.command import Daemon, Dial, example, settings, wait_until
from tests.standins.mail_server import MailServer
from tests.standins.ports import free_port
from watchbill.acts.sign_in import make_sign_in_link, sign_in
from watchbill.assembly import open_office
from watchbill.core.roster import Person
from watchbill.ledger import Office
from watchbill.settings import load
from watchbill.store import journal, people
from watchbill.store.engine import connect
from watchbill.store.schema import upgrade

COOKIE = "watchbill"
DATABASE, LINKS = "watchbill.db", "links.json"
TIMES = {"midday": MIDDAY, "evening": EVENING}
SIGN_IN = re.compile(r"http://127\.0\.0\.1:\d+(/sign-in/[A-Za-z0-9_-]+)")


def write_histories(folder: Path) -> None:
    """Write what each scene starts from: a folder with the configuration, the record and the links."""
    folder.mkdir(parents=True)
    record = folder / DATABASE
    with closing(connect(f"sqlite:///{record}")) as store:
        upgrade(store)
        history = History(store)
        for time, write in (("midday", history.write), ("evening", history.go_on)):
            write()
            example(folder / time)
            with closing(sqlite3.connect(record)) as whole, closing(_file(folder / time)) as copy:
                whole.backup(copy)
            (folder / time / LINKS).write_text(json.dumps(history.links))


def _file(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / DATABASE)


@dataclass
class Scene:
    """An agency whose daemon runs: its address, its people's links, and ways in."""

    folder: Path
    mail: MailServer
    clock: Dial
    settings: dict[str, str]
    origin: str
    links: dict[str, str]
    office: Office
    _held: dict[str, str] = field(default_factory=dict)
    _found: dict[str, list[str]] = field(default_factory=dict)

    def person(self, part: str) -> Person:
        """Return the person with that part in their name."""
        with self.office.store.read() as connection:
            everybody = people.all_people(connection).values()
        return next(person for person in everybody if part in person.name)

    def fresh_way_in(self, who: str) -> str:
        """Return the path of a link that signs somebody in, good once."""
        return f"/sign-in/{make_sign_in_link(self.office, OPERATOR, self.person(who))}"

    def session(self, who: str) -> str:
        """Return what the browser of somebody who is signed in holds."""
        if who not in self._held:
            token = make_sign_in_link(self.office, OPERATOR, self.person(who))
            self._held[who], _ = sign_in(self.office, token, "a browser")
        return self._held[who]

    def addresses(self, who: str) -> list[str]:
        """Return the addresses that somebody comes upon, by the menu and by every link from there."""
        if who not in self._found:
            self._found[who] = crawl(self.origin, {COOKIE: self.session(who)})
        return self._found[who]

    def entries(self) -> int:
        """Return how many entries the journal has."""
        with self.office.store.read() as connection:
            return journal.head(connection)[0]

    def mailed_way_in(self, address: str) -> str:
        """Return the path in the mail that signs somebody in, once it has come."""
        wait_until(lambda: self._ways_in(address), "the mail with the link")
        return self._ways_in(address)[-1]

    def _ways_in(self, address: str) -> list[str]:
        return [path for mail in self.mail.sent_to(address) for path in SIGN_IN.findall(mail.text)]


@contextmanager
def running(histories: Path, time: str, folder: Path, mail: MailServer) -> Iterator[Scene]:
    """Run the daemon on a copy of a history until the block ends."""
    shutil.copytree(histories / time, folder, dirs_exist_ok=True)
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    given = settings(
        web={"listen": f"127.0.0.1:{port}", "origin": origin, "links": True},
        email={"provider": "smtp", "host": "127.0.0.1", "port": mail.port},
    )
    clock, config = Dial(folder, TIMES[time]), folder / "config" / "watchbill.toml"
    links = json.loads((folder / LINKS).read_text())
    with Daemon("--config", str(config), env={**given, **clock.environment}) as daemon:
        daemon.ready()
        office = open_office(load(config, given), clock=clock)
        with closing(office.store):
            yield Scene(folder, mail, clock, given, origin, links, office)
