"""Telling systemd how the daemon is (sd_notify): one datagram, nothing without a supervisor."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping


class Supervisor:
    """The service manager that started us, or nobody."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def say(self, *lines: str) -> None:
        """Send lines such as ``READY=1``; a supervisor that does not listen is not our fault."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
                wire.sendto("\n".join(lines).encode(), self._address)
        except OSError:
            return
