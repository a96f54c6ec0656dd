"""What all tests share: databases of both kinds, and an office with the standing cast."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest

from tests.standins.postgresql import ADVICE, MissingError, PostgreSQL
from tests.store.databases import Contents, Shelf, Source, SqliteFiles, UsedAgain
from tests.store.desk import Desk, desk_on
from watchbill.store.engine import Store, connect

FLAG = "--without-postgresql"
MARK = "postgresql"
LONG = "takes_seconds"
BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        FLAG,
        action="store_true",
        help="leave out the tests that need PostgreSQL; refused where CI is set",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}: needs a PostgreSQL server")
    config.addinivalue_line("markers", f"{LONG}(seconds): is begun before the short tests")
    if config.getoption(FLAG) and os.environ.get("CI"):
        message = f"{FLAG}: CI is set, and there every test runs; `apt-get install postgresql` instead."
        raise pytest.UsageError(message)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    begin_with_the_longest(items)
    if not config.getoption(FLAG):
        return
    left_out = [item for item in items if needs_postgresql(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not needs_postgresql(item)]


def begin_with_the_longest(items: list[pytest.Item]) -> None:
    """Let the longest tests stand first in each half of the shuffled tests, which a worker begins with.

    What is short is left for the end, where it is shared out: no worker is left alone with a year.
    """
    long = sorted((item for item in items if seconds_of(item)), key=seconds_of, reverse=True)
    short = [item for item in items if not seconds_of(item)]
    first, second = long[::2], long[1::2]
    middle = max((len(items) + 1) // 2 - len(first), 0)
    items[:] = [*first, *short[:middle], *second, *short[middle:]]


def seconds_of(item: pytest.Item) -> int:
    mark = item.get_closest_marker(LONG)
    return 0 if mark is None else int(mark.args[0])


def needs_postgresql(item: pytest.Item) -> bool:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return item.get_closest_marker(MARK) is not None or "postgresql" in fixtures


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption(FLAG):
        terminalreporter.section("NOT TESTED ON POSTGRESQL", red=True, bold=True)
        terminalreporter.line(f"{FLAG} left out every test that needs PostgreSQL.", red=True)


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
