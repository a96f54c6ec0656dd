"""Word to systemd: one datagram, and silence where nobody listens."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from watchbill.notify import Supervisor


@pytest.mark.parametrize("abstract", [False, True])
def test_the_lines_arrive_as_one_datagram(tmp_path: Path, *, abstract: bool) -> None:
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind("\0" + path if abstract else path)
        wire.settimeout(5)
        Supervisor({"NOTIFY_SOCKET": "@" + path if abstract else path}).say("READY=1", "STATUS=well")
        assert wire.recv(4096) == b"READY=1\nSTATUS=well"


def test_without_a_supervisor_nothing_is_said() -> None:
    Supervisor({}).say("READY=1")


def test_a_supervisor_that_does_not_listen_is_no_fault_of_ours(tmp_path: Path) -> None:
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).say("READY=1")
