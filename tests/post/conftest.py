"""The stand-in servers, and an office on a SQLite file where the kind of database does not matter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import opened
from tests.standins.mail_server import MailServer
from tests.standins.twilio_server import TwilioServer
from tests.store.databases import Contents, Shelf
from tests.store.desk import Desk, desk_on


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    """Give a provider of texts."""
    with TwilioServer() as server:
        yield server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """Give a mail server."""
    with MailServer() as server:
        yield server


@pytest.fixture
def sqlite_desk(sqlite_shelf: Shelf) -> Iterator[Desk]:
    """Give an office on a SQLite file."""
    with opened(sqlite_shelf, Contents.CAST) as store:
        yield desk_on(store)
