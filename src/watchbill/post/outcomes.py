"""What an attempt's end means for its notice: delivered, sent, tried again, another channel, failed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from watchbill.core.channels import choose, order, rest, ways
from watchbill.core.journal import PROGRAM, Kind
from watchbill.core.roster import Channel, Person
from watchbill.core.world import NoticeState
from watchbill.errors import SendError
from watchbill.post.letters import Letter, Receipt, Stationery
from watchbill.post.provider_trouble import attempt_failed, attempt_worked
from watchbill.store import deliveries, journal, notices, people, reach
from watchbill.store.columns import DeliveryState
from watchbill.store.notices import NoticeRecord

ERROR_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended: a receipt or an error."""

    letter: Letter
    at: datetime
    receipt: Receipt | None = None
    error: SendError | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Writes outcomes down, within the caller's writing transaction."""

    stationery: Stationery

    def record(self, connection: sa.Connection, outcome: Outcome) -> None:
        """Record how an attempt ended, unless somebody has settled it meanwhile."""
        letter = outcome.letter
        if deliveries.delivery_state(connection, letter.delivery) is not DeliveryState.SENDING:
            return
        entropy = self.stationery.entropy
        if outcome.receipt is not None:
            self._accepted(connection, letter, outcome.receipt, outcome.at)
            attempt_worked(connection, entropy, letter.channel, outcome.at)
        elif outcome.error is not None:
            self._refused(connection, letter, outcome.error, outcome.at)
            attempt_failed(connection, entropy, letter.channel, outcome.error, outcome.at)

    def _accepted(
        self, connection: sa.Connection, letter: Letter, receipt: Receipt, at: datetime
    ) -> None:
        confirmed = receipt.confirmed
        deliveries.update_delivery(
            connection,
            letter.delivery,
            state=DeliveryState.DELIVERED if confirmed else DeliveryState.SENT,
            finished_at=at,
            provider_id=receipt.provider_id,
        )
        state = NoticeState.DELIVERED if confirmed else NoticeState.SENT
        notices.update_notice(connection, letter.notice, state=state, try_at=at)
        kind = Kind.NOTICE_DELIVERED if confirmed else Kind.NOTICE_SENT
        self.journal(connection, kind, letter.key, letter.channel, at)

    def _refused(
        self, connection: sa.Connection, letter: Letter, error: SendError, at: datetime
    ) -> None:
        state = DeliveryState.DEFERRED
        if error.permanent:
            state = DeliveryState.FAILED
        elif error.outcome_unknown and letter.channel is Channel.SMS:
            state = DeliveryState.UNKNOWN
        deliveries.update_delivery(
            connection,
            letter.delivery,
            state=state,
            finished_at=at,
            error=error.message[:ERROR_LENGTH],
            for_good=error.permanent,
        )
        if state is DeliveryState.UNKNOWN:
            notices.update_notice(connection, letter.notice, state=NoticeState.UNKNOWN)
            return
        notice = notices.notice_with_id(connection, letter.notice)
        person = people.all_people(connection)[notice.person]
        if error.opted_out and person.mobile == letter.address and person.sms_stopped_at is None:
            person = self._stopped(connection, person, at)
        refused = letter.channel if error.whole_channel else None
        self.redirect(connection, notice, person, at, asked=error.retry_after, refused=refused)

    def _stopped(self, connection: sa.Connection, person: Person, at: datetime) -> Person:
        """Keep that a person has stopped our texts, as the provider says; return the person so."""
        reach.stop_texts(connection, person.id, at)
        facts = {"person": person.id, "channel": Channel.SMS}
        entropy = self.stationery.entropy
        journal.append(connection, entropy, at, Kind.CHANNEL_STOPPED, PROGRAM, facts)
        return replace(person, sms_stopped_at=at)

    def redirect(
        self,
        connection: sa.Connection,
        notice: NoticeRecord,
        person: Person,
        now: datetime,
        *,
        asked: float | None = None,
        at_once: bool = False,
        refused: Channel | None = None,
    ) -> None:
        """Let a notice wait for its next attempt, by the channel that the ladder names; or fail."""
        records = deliveries.deliveries_of(connection, [notice.id]).get(notice.id, [])
        attempts = [record.attempt() for record in records]
        channel = choose(
            order(ways(person, notice.about), next_channel=notice.next_channel),
            attempts,
            urgent=notice.urgent,
            patience=self.stationery.policy.ladders.confirm_within,
            now=now,
            refused=refused,
        )
        if channel is None and any(attempt.open for attempt in attempts):
            notices.update_notice(connection, notice.id, state=NoticeState.UNKNOWN)
            return
        if channel is None:
            notices.update_notice(connection, notice.id, state=NoticeState.FAILED, try_at=now)
            self.journal(connection, Kind.NOTICE_FAILED, notice.key, notice.channel, now)
            return
        put_off = sum(r.channel is channel and r.state is DeliveryState.DEFERRED for r in records)
        pause = timedelta(0) if at_once or not put_off else rest(put_off, asked)
        if notice.urgent and len(person.reachable_by()) > 1:
            pause = min(pause, self.stationery.policy.ladders.confirm_within)
        notices.update_notice(
            connection,
            notice.id,
            state=NoticeState.PENDING,
            channel=channel,
            try_at=max(now + pause, notice.not_before),
            asked_to_wait_until=now + pause if asked and pause else None,
        )

    def journal(
        self, connection: sa.Connection, kind: Kind, key: str, channel: Channel, at: datetime
    ) -> None:
        """Say in the journal how far the notice with a key has come."""
        facts = {"notice": key, "channel": channel}
        journal.append(connection, self.stationery.entropy, at, kind, PROGRAM, facts)
