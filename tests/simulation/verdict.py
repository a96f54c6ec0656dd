"""What all judges share: how a broken promise is said, and what counts as told."""

from __future__ import annotations

from watchbill.core.world import NoticeState

REACHING = (
    NoticeState.PENDING,
    NoticeState.SENDING,
    NoticeState.UNKNOWN,
    NoticeState.SENT,
    NoticeState.DELIVERED,
)


class BrokenError(AssertionError):
    """A promise does not hold; the message says which, and for what."""


def expect(condition: object, promise: int, sentence: str) -> None:
    """Raise ``BrokenError`` where the condition does not hold."""
    if not condition:
        raise BrokenError(f"promise {promise}: {sentence}")
