"""Promise 5, for what people text: each text is acted on once, and never without a code that we sent."""

from __future__ import annotations

import re
from collections import Counter

import sqlalchemy as sa

from tests.simulation.verdict import expect
from tests.simulation.wires import Incoming
from tests.simulation.world import World
from watchbill.core.checks import Way
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.store import inbound, journal, notices, people
from watchbill.store.columns import Heard

ACTS = (
    Kind.CHECK_RECORDED,
    Kind.LEAVE_TAKEN,
    Kind.LEAVE_CANCELLED,
    Kind.DESIGNATED,
    Kind.APPOINTED,
    Kind.DUTY_ACCEPTED,
    Kind.DUTY_DECLINED,
)
ENTRY = re.compile(r"\b[Ee]ntry (\d+)")
BY_TEXT = sa.select(journal.JOURNAL).where(
    journal.JOURNAL.c.way == Way.SMS, journal.JOURNAL.c.kind.in_(ACTS)
)
ANSWERS = sa.select(notices.NOTICES).where(notices.NOTICES.c.reason == Reason.ANSWER)


class TextJudge:
    """Compares what was done with what the provider truly received and truly sent."""

    def __init__(self, world: World) -> None:
        self.world = world

    def look(self, connection: sa.Connection) -> None:
        """Judge every text there was."""
        texts = {one.received.id: one for one in self.world.texts.incoming}
        acted = self._acted(connection, texts)
        self._acts_are_of_texts(connection, acted)
        self._answers(connection, texts)

    def _acted(self, connection: sa.Connection, texts: dict[str, Incoming]) -> Counter[tuple[int, str]]:
        """Return how many texts of each person were acted on, by the instant at which they were."""
        numbers = self.world.texts.sent_to
        acted: Counter[tuple[int, str]] = Counter()
        for row in connection.execute(sa.select(inbound.INBOUND)):
            expect(row.id in texts, 5, f"text {row.id} was heard, and nobody sent it")
            if row.heard is not Heard.ACT:
                continue
            one = texts[row.id].received
            words = set(re.findall(r"\w+", one.words.upper()))
            known = words & numbers[one.sender].keys()
            expect(known, 5, f"{one.words!r} ({row.id}) was acted on without a code that we sent there")
            acted[row.person_id, str(row.handled_at)] += 1
        return acted

    def _acts_are_of_texts(self, connection: sa.Connection, acted: Counter[tuple[int, str]]) -> None:
        """Each act by text is of one text; ``BACK`` may end several leaves at once."""
        done: Counter[tuple[int, str]] = Counter()
        back: set[tuple[int, str]] = set()
        for row in connection.execute(BY_TEXT):
            whose = (int(row.actor.removeprefix("person:")), str(row.at))
            if row.kind == Kind.LEAVE_CANCELLED:
                back.add(whose)
            else:
                done[whose] += 1
        done.update(back)
        twice = {whose: (count, acted[whose]) for whose, count in done.items() if count > acted[whose]}
        expect(not twice, 5, f"more was done than was texted (acts, texts): {twice}")

    def _answers(self, connection: sa.Connection, texts: dict[str, Incoming]) -> None:
        """Each text is answered once at most, to its sender, and what an answer names is in the journal."""
        everybody = people.all_people(connection)
        head, _ = journal.head(connection)
        answered: Counter[str] = Counter()
        for row in connection.execute(ANSWERS):
            name = row.key.split("/")[1].removeprefix("text-")
            answered[name] += 1
            expect(name in texts, 5, f"{row.key} answers what nobody texted")
            sender, person = texts[name].received.sender, everybody[row.person_id]
            expect(person.mobile in (sender, None), 5, f"{row.key} goes to somebody else")
            for number in ENTRY.findall(str(row.about.get("text"))):
                expect(int(number) <= head, 4, f"{row.key} names entry {number}, which is not there")
        twice = {name: count for name, count in answered.items() if count > 1}
        expect(not twice, 5, f"answered more than once: {twice}")
