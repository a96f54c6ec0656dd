"""Reading what people text: oldest first, each at least once, nothing lost while a provider is silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from tests.cast import KIM, SECOND, local
from tests.store.desk import MONDAY, Desk
from watchbill.acts.texting import hear
from watchbill.errors import SendError, UnavailableError
from watchbill.post.inbox import Inbox
from watchbill.store.inbound import Received

NOON = local(f"{MONDAY}T12:00")
MINUTE = timedelta(minutes=1)


@dataclass
class Provider:
    """A provider's list of texts; ``fails``: it does not answer, at once or after so many."""

    texts: list[Received] = field(default_factory=list)
    fails_after: int | None = None
    listed: int = 0

    def received(self, since: datetime) -> Iterator[Received]:
        """List them, newest first."""
        for count, text in enumerate(sorted(self.texts, key=lambda one: one.at, reverse=True)):
            if count == self.fails_after:
                raise SendError("no answer")
            self.listed += 1
            yield text
        if self.fails_after is not None and self.fails_after >= len(self.texts):
            raise SendError("no answer")


def text(name: str, at: datetime, words: str = "WHO") -> Received:
    return Received(name, str(KIM.mobile), words, at)


@dataclass
class Table:
    """An inbox on an office, and what it handed over; ``acts``: whether that is acted on."""

    desk: Desk
    provider: Provider
    acts: bool = True
    fails: list[str] = field(default_factory=list)
    handed: list[str] = field(default_factory=list)
    inbox: Inbox = field(init=False)

    def __post_init__(self) -> None:
        """Open the inbox at noon, in an office that has watched since seven."""
        self.desk.tick()
        self.desk.clock.set(NOON)
        self.inbox = self.fresh()

    def fresh(self) -> Inbox:
        """Return an inbox as after a restart."""
        return Inbox(self.desk.store, self.desk.clock, self.provider, self._act)

    def _act(self, received: Received) -> None:
        if received.id in self.fails:
            raise UnavailableError("the record cannot be written")
        self.handed.append(received.id)
        if self.acts:
            hear(self.desk.office, received)


@pytest.fixture
def table(desk: Desk) -> Table:
    """Give an inbox with an empty list behind it."""
    return Table(desk, Provider())


def at_minutes(*minutes: int) -> list[Received]:
    return [text(f"SM{minute}", NOON + MINUTE * minute) for minute in minutes]


def test_texts_are_handed_over_oldest_first_and_once(table: Table) -> None:
    table.provider.texts = at_minutes(-1, -3, -2)
    assert table.inbox.look() == 3
    assert table.inbox.look() == 0
    assert table.handed == ["SM-3", "SM-2", "SM-1"]


def test_a_restart_hands_over_nothing_again(table: Table) -> None:
    table.provider.texts = at_minutes(-2, -1)
    table.inbox.look()
    assert table.fresh().look() == 0
    assert table.handed == ["SM-2", "SM-1"]


def test_what_was_handed_over_and_not_acted_on_is_handed_over_again(table: Table) -> None:
    table.acts = False
    table.provider.texts = at_minutes(-1)
    table.inbox.look()
    table.inbox.look()
    assert table.handed == ["SM-1", "SM-1"]


def test_a_text_that_is_listed_late_is_read_though_later_ones_were(table: Table) -> None:
    table.provider.texts = at_minutes(-1)
    table.inbox.look()
    table.provider.texts += at_minutes(-30)
    table.inbox.look()
    assert table.handed == ["SM-1", "SM-30"]


@pytest.mark.parametrize(
    ("off", "read"),
    [(-SECOND, False), (0 * SECOND, True), (SECOND, True)],
    ids=["before", "at", "after"],
)
def test_a_day_back_from_the_newest_is_read_again(table: Table, off: timedelta, *, read: bool) -> None:
    table.desk.clock.set(NOON + timedelta(days=3))
    newest = text("SM-new", NOON + timedelta(days=2))
    table.provider.texts = [newest]
    table.inbox.look()
    table.provider.texts.append(text("SM-late", newest.at - timedelta(days=1) + off))
    table.inbox.look()
    assert ("SM-late" in table.handed) is read


@pytest.mark.parametrize(("off", "read"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)])
def test_what_came_before_the_record_began_is_not_acted_on(
    table: Table, off: timedelta, *, read: bool
) -> None:
    table.provider.texts = [text("SM-old", local(f"{MONDAY}T07:00") + off)]
    table.inbox.look()
    assert (table.handed == ["SM-old"]) is read


def test_before_there_is_a_record_nothing_is_read(bare_desk: Desk) -> None:
    provider = Provider([text("SM1", NOON)])
    inbox = Inbox(bare_desk.store, bare_desk.clock, provider, lambda _: pytest.fail("acted on"))
    assert inbox.look() == 0


def test_the_list_is_read_no_further_than_needed(table: Table) -> None:
    """A provider pages; what is older than the overlap is not asked for."""
    table.desk.clock.set(NOON + timedelta(days=30))
    table.provider.texts = [text(f"SM{day}", NOON + timedelta(days=day)) for day in range(30)]
    table.inbox.look()
    assert len(table.handed) == 30
    table.provider.listed = 0
    table.inbox.look()
    assert table.provider.listed <= 4


def test_more_than_a_page_is_read_whole(table: Table) -> None:
    table.acts = False
    table.provider.texts = [
        text(f"SM{count:03d}", NOON - SECOND * (200 - count)) for count in range(200)
    ]
    assert table.inbox.look() == 200
    assert table.handed == sorted(table.handed)


# Silence


def test_replies_have_been_read_up_to_when_the_provider_was_asked(table: Table) -> None:
    assert table.inbox.read_until is None
    table.inbox.look()
    assert table.inbox.read_until == NOON
    table.desk.later(minutes=5)
    assert table.inbox.read_until == NOON


def test_without_a_provider_there_is_nothing_to_read_and_all_is_read(desk: Desk) -> None:
    inbox = Inbox(desk.store, desk.clock, None, lambda _: None)
    assert inbox.look() == 0
    assert inbox.read_until == desk.clock.now()


@pytest.mark.parametrize("fails_after", [0, 1, 2])
def test_a_provider_that_is_silent_moves_nothing_and_loses_nothing(
    table: Table, fails_after: int
) -> None:
    table.inbox.look()
    table.desk.later(minutes=5)
    table.provider.texts = at_minutes(1, 2)
    table.provider.fails_after = fails_after
    with pytest.raises(SendError):
        table.inbox.look()
    assert table.inbox.read_until == NOON
    assert table.handed == []
    table.provider.fails_after = None
    table.inbox.look()
    assert table.handed == ["SM1", "SM2"]
    assert table.inbox.read_until == NOON + 5 * MINUTE


def test_it_is_known_for_how_long_the_provider_has_been_silent(table: Table) -> None:
    assert table.inbox.failing_for == timedelta(0)
    table.provider.fails_after = 0
    for _ in range(3):
        with pytest.raises(SendError):
            table.inbox.look()
        table.desk.later(minutes=2)
    assert table.inbox.failing_for == 6 * MINUTE
    table.provider.fails_after = None
    table.inbox.look()
    assert table.inbox.failing_for == timedelta(0)


def test_where_the_record_fails_the_rest_is_read_at_the_next_look(table: Table) -> None:
    table.provider.texts = at_minutes(-3, -2, -1)
    table.fails = ["SM-2"]
    with pytest.raises(UnavailableError):
        table.inbox.look()
    assert table.handed == ["SM-3"]
    assert table.inbox.read_until is None
    table.fails = []
    table.inbox.look()
    assert table.handed == ["SM-3", "SM-2", "SM-1"]


def test_the_same_text_under_another_id_is_another_text(table: Table) -> None:
    one = text("SM1", NOON - MINUTE)
    table.provider.texts = [one, replace(one, id="SM2")]
    assert table.inbox.look() == 2


def test_a_source_is_whatever_lists_texts(desk: Desk) -> None:
    class Empty:
        def received(self, since: datetime) -> Iterable[Received]:
            return ()

    assert Inbox(desk.store, desk.clock, Empty(), lambda _: None).look() == 0
