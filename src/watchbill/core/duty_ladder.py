"""The duty ladder: designees are asked to accept, and both sides hear of a hand-over (DOMAIN §5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from watchbill.core.coverage import is_away, responsible_at
from watchbill.core.gap_ladder import last_working_day
from watchbill.core.instants import local_date, local_instant
from watchbill.core.parties import may_speak_from, recipients
from watchbill.core.policy import Policy
from watchbill.core.reasons import Reason, Step
from watchbill.core.reminders import key
from watchbill.core.roster import Duty, DutyKind, Roster
from watchbill.core.world import NoticeState, Owe, World

ONE_DAY = timedelta(days=1)
TIME_TO_ANSWER = timedelta(hours=2)
INSTANT = timedelta(microseconds=1)


def duty_steps(policy: Policy, world: World, now: datetime) -> Iterator[Owe]:
    """Yield what the designations and appointments that have not ended call for now."""
    for duty in _standing(world.roster, now):
        notices = [*_acceptance(policy, world, duty, now), *_hand_overs(policy, world, duty, now)]
        yield from (notice for notice in notices if notice.key not in world.notices)


def duty_moments(policy: Policy, world: World, now: datetime) -> Iterator[datetime]:
    """Yield the instants after ``now`` at which a duty has a step due."""
    for duty in _standing(world.roster, now):
        moments = [hand_over_at(policy, duty, at) for at in (duty.starts_at, duty.ends_at)]
        if duty.awaits_answer:
            moments += [_asked_again_at(policy, duty), unconfirmed_at(policy, duty)]
        yield from (moment for moment in moments if moment > now)


def _standing(roster: Roster, now: datetime) -> Iterator[Duty]:
    return (
        duty
        for duty in roster.duties
        if duty.ends_at > now
        and duty.cancelled_at is None
        and duty.declined_at is None
        and roster.people[duty.person].active
    )


# --- acceptance ----------------------------------------------------------------------------------


def _asked_again_at(policy: Policy, duty: Duty) -> datetime:
    return duty.recorded_at + policy.ladders.duty.again_after


def unconfirmed_at(policy: Policy, duty: Duty) -> datetime:
    """Return when a designation that nobody accepted is a warning: a day before it begins.

    One that was made later than that leaves two hours to answer.
    """
    before = duty.starts_at - policy.ladders.duty.unconfirmed_before
    return max(before, duty.recorded_at + TIME_TO_ANSWER)


def _acceptance(policy: Policy, world: World, duty: Duty, now: datetime) -> Iterator[Owe]:
    if not duty.awaits_answer:
        return
    subject = f"duty-{duty.id}"
    if now >= (again := _asked_again_at(policy, duty)):
        yield _owe(
            policy, world, duty, Reason.DUTY_ASSIGNED, Step.ASSIGNED, f"{subject}@again",
            duty.person, again, now, urgent=True,
        )  # fmt: skip
    told = any(
        notice.duty == duty.id
        and notice.reason is Reason.DUTY_UNCONFIRMED
        and notice.state is not NoticeState.WITHDRAWN
        for notice in world.notices.values()
    )
    if now >= (warned := unconfirmed_at(policy, duty)) and not told:
        parties = policy.ladders.duty.unconfirmed
        for person in recipients(policy, world.roster, parties, now):
            yield _owe(
                policy, world, duty, Reason.DUTY_UNCONFIRMED, Step.UNCONFIRMED, subject,
                person, warned, now, about={"person": duty.person},
            )  # fmt: skip


# --- hand-over -----------------------------------------------------------------------------------


def hand_over_at(policy: Policy, duty: Duty, change: datetime) -> datetime:
    """Return when both sides are told of a change: a working day before, or when it became known."""
    working = last_working_day(policy, local_date(change, policy.zone))
    return max(local_instant(working, policy.ladders.duty.hand_over_at, policy.zone), duty.recorded_at)


def _hand_overs(policy: Policy, world: World, duty: Duty, now: datetime) -> Iterator[Owe]:
    """Yield the mails about a beginning or an end that is due: to the one coming on, the one going off."""
    if duty.kind is DutyKind.STANDING:
        return
    for place, change in (("start", duty.starts_at), ("end", duty.ends_at)):
        moment = hand_over_at(policy, duty, change)
        if not moment <= now < change:
            continue
        before = responsible_at(policy, world.roster, change - INSTANT)
        after = responsible_at(policy, world.roster, change)
        off = None if before is None else before.person
        on = None if after is None else after.person
        if on == off or duty.person not in (on, off):
            continue
        about = {"on": on, "off": off, "at": change.isoformat()}
        for person in (on, off):
            if person is None or _left_in_peace(policy, world.roster, person, now):
                continue
            yield _owe(
                policy, world, duty, Reason.HAND_OVER, Step.HAND_OVER, f"duty-{duty.id}@{place}",
                person, moment, now, about={**about, "only": "email"}, useful_until=change,
            )  # fmt: skip


def _left_in_peace(policy: Policy, roster: Roster, person: int, now: datetime) -> bool:
    """Whether somebody who is away now hears of it when they are back, from the digest."""
    return is_away(policy, roster, roster.people[person], now)


def _owe(
    policy: Policy,
    world: World,
    duty: Duty,
    reason: Reason,
    step: Step,
    subject: str,
    person: int,
    due_at: datetime,
    now: datetime,
    *,
    urgent: bool = False,
    about: dict[str, object] | None = None,
    useful_until: datetime | None = None,
) -> Owe:
    patient = None if urgent else world.roster.people[person]
    until = duty.ends_at if useful_until is None else useful_until
    return Owe(
        key=key(reason, subject, step, person),
        reason=reason,
        step=step,
        person=person,
        due_at=due_at,
        not_before=may_speak_from(policy, world.ahead, now, patient, until),
        useful_until=until,
        urgent=urgent,
        duty=duty.id,
        about=about or {},
    )
