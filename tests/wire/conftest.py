"""The outside world of the daemon: Twilio, a mail server, and a folder with the shipped example."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.standins.mail_server import MailServer
from tests.standins.twilio_server import TwilioServer
from tests.wire.agency import Agency


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer(auto_deliver=True) as server:
        yield server


@pytest.fixture
def agency(tmp_path: Path, mail: MailServer, twilio: TwilioServer) -> Iterator[Agency]:
    made = Agency(tmp_path, mail, twilio)
    yield made
    made.close()
