"""A site with the shipped roster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.site import Site
from watchbill.store.engine import connect
from watchbill.store.schema import upgrade


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[Site]:
    store = connect(f"sqlite:///{tmp_path / 'watchbill.db'}")
    upgrade(store)
    yield Site(store)
    store.close()


@pytest.fixture
def site(empty_site: Site) -> Site:
    empty_site.furnish()
    return empty_site
