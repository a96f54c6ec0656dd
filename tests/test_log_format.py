"""Logs: one line an event, in UTC, never a traceback."""

from __future__ import annotations

import logging

from watchbill.log_format import OneLine


def line(message: str, *arguments: object, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error is not None else None
    record = logging.LogRecord("watchbill.x", logging.WARNING, "x.py", 1, message, arguments, info)
    record.created = 1795440600.7
    return OneLine().format(record)


def test_a_line_says_when_how_bad_where_and_what() -> None:
    assert line("%d messages wait", 3) == "2026-11-23T13:30:00Z warning watchbill.x: 3 messages wait"


def test_an_exception_is_named_and_not_unrolled() -> None:
    error = OSError("no such\nhost")
    found = line("the mail server is away", error=error)
    assert found.endswith("watchbill.x: the mail server is away (OSError: no such host)")


def test_what_comes_from_outside_begins_no_line_of_its_own() -> None:
    assert "\n" not in line("refused: %s", "a\nTraceback (most recent call last):\nb")


def test_a_carriage_return_from_outside_hides_nothing() -> None:
    assert "\r" not in line("refused: %s", "550 no\r2026-11-23T13:30:00Z info watchbill: all is well")
