"""Messages on the terminal, for trying things out: nothing leaves the machine."""

from __future__ import annotations

import threading
from typing import TextIO

from watchbill.core.roster import Channel
from watchbill.post.letters import Letter, Receipt

_RULE = "-" * 72


class Console:
    """Prints each letter; what is printed counts as delivered."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, letter: Letter) -> Receipt:
        """Print one letter."""
        kind = "TEXT" if letter.channel is Channel.SMS else "MAIL"
        lines = [_RULE, f"{kind} to {letter.name} <{letter.address}>"]
        if letter.channel is Channel.SMS:
            lines.append(letter.message.text)
        else:
            lines += [f"Subject: {letter.message.subject}", "", letter.message.plain().rstrip()]
        with self._lock:
            self._stream.write("\n".join([*lines, _RULE, ""]))
            self._stream.flush()
        return Receipt(provider_id=None, confirmed=True)

    def close(self) -> None:
        """Do nothing: the terminal stays open."""
