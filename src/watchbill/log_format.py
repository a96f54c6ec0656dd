"""Logs: one line an event on the error stream; never a traceback, never a token."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime


class OneLine(logging.Formatter):
    """Time in UTC, level, where, and one sentence; an exception is named, not unrolled."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        sentence = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            sentence = f"{sentence} ({type(error).__name__}: {error})"
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{at} {record.levelname.lower()} {record.name}: {' '.join(sentence.splitlines())}"


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send every log of the process to the error stream, in our form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in (
        "alembic",
        "twilio.http_client",
        "urllib3",
        "apscheduler",
        "uvicorn",
        "uvicorn.error",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True
