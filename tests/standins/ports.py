"""Ports of loopback for servers that are started a moment later, by whichever of several workers."""

from __future__ import annotations

import secrets
import socket

HOST = "127.0.0.1"
FIRST, LAST = 12_000, 32_000
"""Below those that Linux gives to connections on their way out, and to whoever asks for any port."""


def free_port() -> int:
    """Return a port that nothing listens on, and that hardly anybody else will choose meanwhile."""
    while True:
        port = FIRST + secrets.randbelow(LAST - FIRST)
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
