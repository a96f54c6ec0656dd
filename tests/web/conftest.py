"""A site with the shipped roster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.conftest import database
from tests.store.databases import Contents, Shelf
from tests.web.site import Site
from watchbill.store.engine import connect


@pytest.fixture
def empty_site(sqlite_shelf: Shelf) -> Iterator[Site]:
    """Give a site on migrated tables, with nobody in it."""
    with database(sqlite_shelf, Contents.TABLES) as url, closing(connect(url)) as store:
        yield Site(store)


@pytest.fixture(scope="session")
def furnished(sqlite_shelf: Shelf) -> Iterator[str]:
    """Give the URL of a database with the shipped roster, to be copied."""
    with database(sqlite_shelf, Contents.TABLES) as url:
        with closing(connect(url)) as store:
            Site(store).furnish()
        yield url


@pytest.fixture
def site(sqlite_shelf: Shelf, furnished: str) -> Iterator[Site]:
    """Give a site with the shipped roster, loaded at eight on the Monday."""
    url = sqlite_shelf.copy(furnished)
    with closing(connect(url)) as store:
        yield Site(store)
    sqlite_shelf.drop(url)
