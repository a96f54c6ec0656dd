"""What is said whatever the windows do: the daily digest, technical failures, who cannot be reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from watchbill.core.instants import day_end, local_date, local_instant
from watchbill.core.parties import may_speak_from, recipients
from watchbill.core.policy import Policy
from watchbill.core.reasons import Party, Reason, Step
from watchbill.core.reminders import key
from watchbill.core.world import Owe, World

SATURDAY = 5
ONE_DAY = timedelta(days=1)
STOP_IS_NEWS = timedelta(days=7)


def standing_steps(policy: Policy, world: World, now: datetime) -> Iterator[Owe]:
    """Yield what is owed now whatever the windows do."""
    notices = [
        *_digest(policy, world, now),
        *_troubles(policy, world, now),
        *_silent(policy, world, now),
        *_stopped(policy, world, now),
        *_vacant(policy, world, now),
    ]
    yield from (notice for notice in notices if notice.key not in world.notices)


def standing_moments(policy: Policy, now: datetime) -> Iterator[datetime]:
    """Yield the next instant at which a digest is due."""
    if not policy.ladders.digest.to:
        return
    day = local_date(now, policy.zone)
    found = (digest_at(policy, day + ONE_DAY * ahead) for ahead in range(4))
    yield from (at for at in found if at is not None and at > now)


def digest_at(policy: Policy, day: date) -> datetime | None:
    """Return when the digest of a local date is due: on weekdays, holidays among them."""
    if day.weekday() >= SATURDAY:
        return None
    return local_instant(day, policy.ladders.digest.at, policy.zone)


def _digest(policy: Policy, world: World, now: datetime) -> Iterator[Owe]:
    """Yield the digest of today, by mail alone; one that could not be sent today is not sent."""
    day = local_date(now, policy.zone)
    due_at = digest_at(policy, day)
    if due_at is None or now < due_at or world.began_at is None or world.began_at > due_at:
        return
    for person in recipients(policy, world.roster, policy.ladders.digest.to, now):
        yield Owe(
            key=key(Reason.DIGEST_DUE, day.isoformat(), Step.DIGEST, person),
            reason=Reason.DIGEST_DUE,
            step=Step.DIGEST,
            person=person,
            due_at=due_at,
            not_before=due_at,
            useful_until=day_end(day, policy.zone),
            about={"day": day.isoformat(), "only": "email"},
        )


def _troubles(policy: Policy, world: World, now: datetime) -> Iterator[Owe]:
    """Yield what Information Services is to hear of what fails; its own channel comes last."""
    for trouble in world.troubles:
        for person in recipients(policy, world.roster, policy.ladders.health.to, now):
            yield Owe(
                key=key(Reason.TECHNICAL_FAILURE, f"trouble-{trouble.id}", Step.TECHNICAL, person),
                reason=Reason.TECHNICAL_FAILURE,
                step=Step.TECHNICAL,
                person=person,
                due_at=now,
                not_before=may_speak_from(policy, world.ahead, now),
                urgent=True,
                about={"trouble": trouble.id, "avoid": trouble.subject},
            )


def _silent(policy: Policy, world: World, now: datetime) -> Iterator[Owe]:
    """Yield the warning that somebody who is soon to be responsible cannot be reached."""
    for silent in world.silent:
        parties = policy.ladders.health.unreachable_soon
        for person in recipients(policy, world.roster, parties, now):
            if person == silent.person:
                continue
            subject = f"person-{silent.person}@{silent.since:%Y-%m-%dT%H:%MZ}"
            yield Owe(
                key=key(Reason.NO_WORKING_CHANNEL, subject, Step.UNREACHABLE, person),
                reason=Reason.NO_WORKING_CHANNEL,
                step=Step.UNREACHABLE,
                person=person,
                due_at=now,
                not_before=_patiently(policy, world, person, now),
                about={"person": silent.person},
            )


def _stopped(policy: Policy, world: World, now: datetime) -> Iterator[Owe]:
    """Yield the word that somebody has stopped our texts, which is a matter of cover (DOMAIN §6)."""
    for one in world.roster.people.values():
        if not one.active or one.sms_stopped_at is None or one.sms_stopped_at < now - STOP_IS_NEWS:
            continue
        parties = policy.ladders.health.unreachable_soon
        for person in recipients(policy, world.roster, parties, now):
            if person != one.id:
                subject = f"person-{one.id}@{one.sms_stopped_at:%Y-%m-%dT%H:%MZ}"
                yield Owe(
                    key=key(Reason.CHANNEL_STOPPED, subject, Step.UNREACHABLE, person),
                    reason=Reason.CHANNEL_STOPPED,
                    step=Step.UNREACHABLE,
                    person=person,
                    due_at=now,
                    not_before=_patiently(policy, world, person, now),
                    about={"person": one.id},
                )


def _patiently(policy: Policy, world: World, person: int, now: datetime) -> datetime:
    """Return when somebody may be told what is not urgent: their own quiet hours count."""
    return may_speak_from(policy, world.ahead, now, world.roster.people[person])


def _vacant(policy: Policy, world: World, now: datetime) -> Iterator[Owe]:
    """Yield the escalation of each day on which there is no PIO, or no page to watch (DOMAIN §3)."""
    day = local_date(now, policy.zone)
    vacant = [
        *(["pio"] if world.roster.people and world.roster.pio is None else []),
        *(["page"] if world.no_page and world.began_at is not None else []),
    ]
    parties = (Party.EXECUTIVE_DIRECTOR, Party.INFORMATION_SERVICES)
    for what in vacant:
        for person in recipients(policy, world.roster, parties, now):
            yield Owe(
                key=key(Reason.PLACE_VACANT, f"{what}@{day}", Step.ESCALATION, person),
                reason=Reason.PLACE_VACANT,
                step=Step.ESCALATION,
                person=person,
                due_at=now,
                not_before=may_speak_from(policy, world.ahead, now),
                useful_until=day_end(day, policy.zone),
                urgent=True,
                about={"what": what},
            )
