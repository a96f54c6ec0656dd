"""The phones of the cast: texts that reach them through fakes, and texts that they send back."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tests.post.rig import Fake, Rig, with_fakes
from tests.store.desk import OPERATOR, Desk
from watchbill.acts.message import ask_for_test
from watchbill.acts.texting import Courtesy, hear
from watchbill.core.journal import Entry, Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel, Person
from watchbill.core.world import NoticeState
from watchbill.post.letters import Letter
from watchbill.store.columns import Heard
from watchbill.store.inbound import Received
from watchbill.store.notices import NoticeRecord, update_notice
from watchbill.store.tables import InboundRow, table

INBOUND = table(InboundRow)


@dataclass
class Phones:
    """An office whose texts arrive, and that hears what is texted back."""

    desk: Desk
    sms: Fake = field(default_factory=Fake)
    rig: Rig = field(init=False)
    _ids: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        """Put the ways out together, and leave the clock where it was."""
        before = self.desk.clock.now()
        self.rig = with_fakes(self.desk, self.sms, Fake())
        self.desk.clock.set(before)

    def deliver(self) -> None:
        """Let every message that may go now arrive."""
        self.rig.deliver()

    def tick(self) -> None:
        """Let the program look once, and let what it owes arrive."""
        self.desk.tick()
        self.deliver()

    def texts_to(self, who: Person) -> list[Letter]:
        """Return what somebody's phone has shown, the newest last."""
        return [letter for letter in self.sms.letters if letter.address == who.mobile]

    def shown(self, who: Person) -> str:
        """Return the newest text on somebody's phone."""
        self.deliver()
        return self.texts_to(who)[-1].message.text

    def code(self, who: Person) -> str:
        """Return the code of a fresh text that went to somebody, about nothing in particular."""
        ask_for_test(self.desk.office, OPERATOR, who, Channel.SMS)
        self.deliver()
        return self.texts_to(who)[-1].code

    def code_of(self, who: Person, reason: Reason) -> str:
        """Return the code of the newest text for a reason that went to somebody."""
        self.deliver()
        codes = {n.code for n in self.desk.notices() if n.reason is reason and n.person == who.id}
        return next(letter.code for letter in reversed(self.texts_to(who)) if letter.code in codes)

    def says(
        self, who: Person | str, words: str, *, name: str | None = None, at: datetime | None = None
    ) -> Courtesy | None:
        """Hand over one text of somebody, or of a number; received now, unless ``at`` says when."""
        number = who if isinstance(who, str) else str(who.mobile)
        name = name or f"SM{next(self._ids):04d}"
        received = Received(name, number, words, at or self.desk.clock.now())
        return hear(self.desk.office, received)

    def asks(self, who: Person, words: str, *, at: datetime | None = None) -> str:
        """Return what somebody's phone shows in answer to a text."""
        before = len(self.answers(who))
        self.says(who, words, at=at)
        self.deliver()
        assert len(self.answers(who)) == before + 1, "a text is answered once"
        return self.shown(who)

    def answers(self, who: Person) -> list[NoticeRecord]:
        """Return the answers that somebody was owed."""
        notices = self.desk.notices()
        return [n for n in notices if n.reason is Reason.ANSWER and n.person == who.id]

    def heard(self) -> list[Heard]:
        """Return what the texts were taken for, in the order of their ids."""
        with self.desk.store.read() as connection:
            query = INBOUND.select().order_by(INBOUND.c.id)
            return [row.heard for row in connection.execute(query)]

    def quiet(self) -> None:
        """Let everything that waits count as said: a test is about what comes after."""
        with self.desk.store.write() as connection:
            for notice in self.desk.notices():
                if notice.state is NoticeState.PENDING:
                    update_notice(connection, notice.id, state=NoticeState.DELIVERED)

    def entries_of(self, kind: Kind) -> list[Entry]:
        """Return the entries of a kind in the journal."""
        return [entry for entry, _ in self.desk.entries() if entry.kind == kind]


def reply_in(text: str) -> str:
    """Return the whole reply that a text says to send."""
    found = re.search(r"(?:[Rr]eply:?|To end it:) ([A-Za-z0-9/ -]* [A-Z0-9]{4})$", text)
    assert found is not None, text
    return found[1].strip()
