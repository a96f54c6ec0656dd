"""Taking in what became of earlier attempts: states polled, doubts settled, urgent texts rerouted."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from watchbill.clock import Clock
from watchbill.core.channels import may_repeat, ways
from watchbill.core.codes import carries
from watchbill.core.journal import Kind
from watchbill.core.roster import Channel
from watchbill.core.world import NoticeState
from watchbill.errors import SendError, WatchbillError
from watchbill.post.outbox import UnderWay
from watchbill.post.outcomes import Outcomes
from watchbill.post.text import Listed, Progress
from watchbill.store import deliveries, notices, people
from watchbill.store.columns import DeliveryState
from watchbill.store.deliveries import DeliveryRecord
from watchbill.store.engine import Store
from watchbill.store.notices import NoticeRecord

logger = logging.getLogger(__name__)


class Lookup(Protocol):
    """What a provider of texts can be asked."""

    def listed_for(self, number: str) -> Iterable[Listed]:
        """Return the texts to a number, newest first; raise ``SendError`` where it does not answer."""
        ...  # pragma: no cover


@dataclass(frozen=True, slots=True)
class Review:
    """Looks up what attempts have come to. ``settling``: how long a text may take to be listed."""

    store: Store
    outcomes: Outcomes
    clock: Clock
    lookup: Lookup | None
    settling: timedelta
    under_way: UnderWay
    _stopped: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        """Take in delivery states, settle what is in doubt, and send urgent texts another way.

        A provider that does not answer is asked again at the next look; nothing is guessed.
        """
        now = self.clock.now()
        with self.store.read() as connection:
            doubtful = [
                record
                for record in deliveries.in_doubt(connection)
                if record.state is DeliveryState.UNKNOWN
                or (record.lease_until <= now and record.id not in self.under_way)
            ]
            waiting = notices.unconfirmed(connection, now)
            attempts = deliveries.deliveries_of(connection, [notice.id for notice in waiting])
        listed: dict[str, Sequence[Listed] | None] = {}
        for record in doubtful:
            self._guarded(record.notice, lambda: self._settle_doubt(record, listed, now))  # noqa: B023
        for notice in waiting:
            sent = attempts.get(notice.id, [])
            self._guarded(notice.id, lambda: self._confirm(notice, sent, listed, now))  # noqa: B023

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped.set()

    def _guarded(self, notice: int, work: Callable[[], None]) -> None:
        """Do one piece of work; where it fails it is one line in the log, and stops no other."""
        if self._stopped.is_set():
            return
        try:
            work()
        except WatchbillError as error:
            logger.error("notice %d was not reviewed: %s", notice, error.message)
        except Exception as error:  # noqa: BLE001 - one that cannot be reviewed stops no other
            logger.error("notice %d was not reviewed: %s: %s", notice, type(error).__name__, error)

    def _ask(self, number: str, listed: dict[str, Sequence[Listed] | None]) -> Sequence[Listed] | None:
        """Return the provider's list for a number, asked once a look; ``None`` without an answer."""
        if self.lookup is None:
            return []
        if number not in listed:
            try:
                listed[number] = list(self.lookup.listed_for(number))
            except SendError as error:
                logger.warning("delivery states cannot be read: %s", error.message)
                listed[number] = None
        return listed[number]

    def _settle_doubt(
        self,
        record: DeliveryRecord,
        listed: dict[str, Sequence[Listed] | None],
        now: datetime,
    ) -> None:
        """Adopt a text that went all the same, or let it be sent again once it surely did not."""
        found: Listed | None = None
        if record.channel is Channel.SMS:
            texts = self._ask(record.address, listed)
            if texts is None:
                self._go_another_way(record, now)
                return
            found = self._match(record, texts)
            if found is None and self.lookup is not None and now < record.started_at + self.settling:
                return
        with self.store.write() as connection:
            state = deliveries.delivery_state(connection, record.id)
            if state not in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
                return
            notice = notices.notice_with_id(connection, record.notice)
            if found is not None:
                self._adopt(connection, record, notice, found, now)
                return
            deliveries.update_delivery(
                connection, record.id, state=DeliveryState.DEFERRED, finished_at=now
            )
            if notice.state not in (NoticeState.SENDING, NoticeState.UNKNOWN):
                return
            person = people.all_people(connection)[notice.person]
            self.outcomes.redirect(connection, notice, person, now, at_once=True)

    def _go_another_way(self, record: DeliveryRecord, now: datetime) -> None:
        """Let an urgent notice go by another channel while nobody can say what became of its text.

        The attempt stays in doubt, and its channel shut, until the provider answers.
        """
        patience = self.outcomes.stationery.policy.ladders.confirm_within
        with self.store.write() as connection:
            notice = notices.notice_with_id(connection, record.notice)
            waits = notice.state in (NoticeState.SENDING, NoticeState.UNKNOWN)
            if not waits or not notice.urgent or now < record.started_at + patience:
                return
            deliveries.update_delivery(connection, record.id, state=DeliveryState.UNKNOWN)
            person = people.all_people(connection)[notice.person]
            self.outcomes.redirect(connection, notice, person, now, at_once=True)

    def _match(self, record: DeliveryRecord, texts: Sequence[Listed]) -> Listed | None:
        """Return the listed text that is this attempt: its code, and not an earlier attempt's text."""
        with self.store.read() as connection:
            code = notices.notice_with_id(connection, record.notice).code
            others = deliveries.deliveries_of(connection, [record.notice])[record.notice]
        taken = {other.provider_id for other in others if other.id != record.id}
        return next((t for t in texts if carries(t.body, code) and t.provider_id not in taken), None)

    def _adopt(
        self,
        connection: sa.Connection,
        record: DeliveryRecord,
        notice: NoticeRecord,
        found: Listed,
        now: datetime,
    ) -> None:
        deliveries.update_delivery(
            connection,
            record.id,
            state=DeliveryState.SENT,
            finished_at=now,
            provider_id=found.provider_id,
        )
        if notice.state in (NoticeState.SENDING, NoticeState.UNKNOWN):
            notices.update_notice(
                connection, record.notice, state=NoticeState.SENT, try_at=record.started_at
            )
        self.outcomes.journal(connection, Kind.NOTICE_SENT, notice.key, record.channel, now)

    def _confirm(
        self,
        notice: NoticeRecord,
        attempts: Sequence[DeliveryRecord],
        listed: dict[str, Sequence[Listed] | None],
        now: datetime,
    ) -> None:
        """Take in what became of an accepted text; an urgent one without word goes another way."""
        sent = [a for a in attempts if a.state is DeliveryState.SENT and a.provider_id]
        overdue = notice.urgent and self._overdue(notice, attempts, now)
        news: list[tuple[DeliveryRecord, Listed]] = []
        for attempt in sent:
            texts = self._ask(attempt.address, listed) or []
            found = next((t for t in texts if t.provider_id == attempt.provider_id), None)
            if found is not None and found.progress is not Progress.UNDER_WAY:
                news.append((attempt, found))
        if not news and not overdue:
            return
        with self.store.write() as connection:
            current = notices.notice_with_id(connection, notice.id)
            moved_on = current.try_at != notice.try_at  # another process has sent it again meanwhile
            if current.state is not NoticeState.SENT or moved_on:
                return
            delivered = [attempt for attempt, found in news if found.progress is Progress.DELIVERED]
            for attempt, found in news:
                self._note(connection, attempt, found, now)
            if delivered:
                notices.update_notice(connection, notice.id, state=NoticeState.DELIVERED)
                channel = delivered[0].channel
                self.outcomes.journal(connection, Kind.NOTICE_DELIVERED, notice.key, channel, now)
            elif overdue or len(news) == len(sent):
                person = people.all_people(connection)[notice.person]
                self.outcomes.redirect(connection, current, person, now, at_once=True)

    def _overdue(self, notice: NoticeRecord, attempts: Sequence[DeliveryRecord], now: datetime) -> bool:
        patience = self.outcomes.stationery.policy.ladders.confirm_within
        with self.store.read() as connection:
            person = people.all_people(connection)[notice.person]
        return now >= notice.try_at + patience and may_repeat(
            ways(person, notice.about), [record.attempt() for record in attempts]
        )

    def _note(
        self, connection: sa.Connection, attempt: DeliveryRecord, found: Listed, now: datetime
    ) -> None:
        delivered = found.progress is Progress.DELIVERED
        deliveries.update_delivery(
            connection,
            attempt.id,
            state=DeliveryState.DELIVERED if delivered else DeliveryState.FAILED,
            finished_at=now,
            error=None if delivered else found.error,
            for_good=not delivered and found.for_good,
        )
