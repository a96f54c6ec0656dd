"""What all tests share: databases of both kinds, and an office with the standing cast."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass

import pytest

from tests.standins.postgresql import ADVICE, MissingError, PostgreSQL
from tests.store.databases import Contents, Shelf, Source, SqliteFiles, UsedAgain
from tests.store.desk import Desk, desk_on
from watchbill.store.engine import Store, connect

MARK = "postgresql"
LONG = "takes_seconds"
BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


@dataclass(frozen=True)
class Need:
    """What some tests need of the machine, and the flag that leaves them out.

    ``name``: of the mark, and of the fixture; ``package``: Debian's.
    """

    name: str
    package: str
    left_out: str

    @property
    def flag(self) -> str:
        return f"--without-{self.name}"

    def of(self, item: pytest.Item) -> bool:
        """Whether a test needs it: by its mark, or by a fixture of that name."""
        fixtures: list[str] = getattr(item, "fixturenames", [])
        return item.get_closest_marker(self.name) is not None or self.name in fixtures


NEEDS = (
    Need(MARK, "postgresql", "NOT TESTED ON POSTGRESQL"),
    Need("browser", "chromium", "NOT TESTED IN A BROWSER"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    for need in NEEDS:
        words = f"leave out the tests that need {need.package}; refused where CI is set"
        parser.addoption(need.flag, action="store_true", help=words)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}: needs a PostgreSQL server")
    config.addinivalue_line("markers", f"{LONG}(seconds): is begun before the short tests")
    config.addinivalue_line("markers", "browser: needs Chromium and axe-core")
    for need in NEEDS:
        if config.getoption(need.flag) and os.environ.get("CI"):
            message = (
                f"{need.flag}: CI is set, and there every test runs; `apt-get install {need.package}` "
                "instead."
            )
            raise pytest.UsageError(message)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    begin_with_the_longest(items, workers)
    for need in NEEDS:
        if config.getoption(need.flag):
            config.hook.pytest_deselected(items=[item for item in items if need.of(item)])
            items[:] = [item for item in items if not need.of(item)]


def begin_with_the_longest(items: list[pytest.Item], workers: int) -> None:
    """Let the longest tests stand first in the share of the shuffled tests that each worker begins with.

    What is short is left for the end, where it is shared out: no worker is left alone with a year.
    """
    long = sorted((item for item in items if seconds_of(item)), key=seconds_of, reverse=True)
    short = deque(item for item in items if not seconds_of(item))
    left, shares = len(items), list[list[pytest.Item]]()
    for worker in range(workers):
        size = left // (workers - worker)
        left -= size
        share = long[worker::workers]
        share += [short.popleft() for _ in range(min(size - len(share), len(short)))]
        shares.append(share)
    items[:] = [item for share in shares for item in share] + list(short)


def seconds_of(item: pytest.Item) -> int:
    mark = item.get_closest_marker(LONG)
    return 0 if mark is None else int(mark.args[0])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for need in NEEDS:
        if config.getoption(need.flag):
            terminalreporter.section(need.left_out, red=True, bold=True)
            terminalreporter.line(f"{need.flag} left out every test that needs it.", red=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """Give a PostgreSQL server; it fails, and says what to install, where there is none."""
    with ExitStack() as stack:
        server: PostgreSQL | None = None
        with suppress(MissingError):
            server = stack.enter_context(PostgreSQL())
        if server is None:
            pytest.fail(ADVICE, pytrace=False)
        yield server


@pytest.fixture(scope="session")
def postgresql_shelf(postgresql: PostgreSQL) -> Shelf:
    """Give fresh PostgreSQL databases."""
    return Shelf(postgresql)


@pytest.fixture(scope="session")
def sqlite_shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Give fresh SQLite files."""
    return Shelf(SqliteFiles(tmp_path_factory.mktemp("databases")))


@pytest.fixture(scope="session")
def postgresql_used_again(postgresql_shelf: Shelf) -> UsedAgain:
    """Give PostgreSQL databases with fresh rows."""
    return UsedAgain(postgresql_shelf)


@pytest.fixture(scope="session", params=BOTH)
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Give fresh databases of each kind, for whatever is done to them."""
    found = request.getfixturevalue(f"{request.param}_shelf")
    assert isinstance(found, Shelf)
    return found


@pytest.fixture(scope="session", params=BOTH)
def source(request: pytest.FixtureRequest) -> Source:
    """Give databases of each kind with fresh rows, for whatever is done to the rows."""
    name = {"sqlite": "sqlite_shelf", "postgresql": "postgresql_used_again"}[request.param]
    found = request.getfixturevalue(name)
    assert isinstance(found, Shelf | UsedAgain)
    return found


@contextmanager
def database(shelf: Source, contents: Contents = Contents.TABLES) -> Iterator[str]:
    """Give the URL of a fresh database that is removed afterwards."""
    url = shelf.fresh(contents)
    yield url
    shelf.drop(url)


@contextmanager
def opened(shelf: Source, contents: Contents = Contents.TABLES) -> Iterator[Store]:
    """Give a store on a fresh database."""
    with database(shelf, contents) as url, closing(connect(url)) as store:
        yield store


@pytest.fixture
def database_url(source: Source) -> Iterator[str]:
    """Give the URL of a fresh, migrated database of each kind."""
    with database(source) as url:
        yield url


@pytest.fixture
def store(source: Source) -> Iterator[Store]:
    """Give a store on a fresh, migrated database of each kind."""
    with opened(source) as fresh:
        yield fresh


@pytest.fixture
def bare_desk(store: Store) -> Desk:
    """Give an office at seven on a Monday morning, with nobody in it."""
    return desk_on(store)


@pytest.fixture
def desk(source: Source) -> Iterator[Desk]:
    """Give an office at seven on a Monday morning, with the standing cast and its pages."""
    with opened(source, Contents.CAST) as furnished:
        yield desk_on(furnished)
