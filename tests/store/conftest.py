"""Databases with nothing in them, for the tests of migrations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import database, opened
from tests.store.databases import Contents, Shelf
from watchbill.store.engine import Store


@pytest.fixture
def empty_url(shelf: Shelf) -> Iterator[str]:
    """Give the URL of a database of each kind without tables."""
    with database(shelf, Contents.NOTHING) as url:
        yield url


@pytest.fixture
def empty(shelf: Shelf) -> Iterator[Store]:
    """Give a store on a database of each kind without tables."""
    with opened(shelf, Contents.NOTHING) as store:
        yield store


@pytest.fixture
def own_store(shelf: Shelf) -> Iterator[Store]:
    """Give a store on a fresh, migrated database of each kind, for whatever is done to its tables."""
    with opened(shelf) as fresh:
        yield fresh
