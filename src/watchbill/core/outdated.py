"""Which waiting notices are stale or no longer true: a step that is no longer true is not sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from watchbill.core.coverage import responsible_at
from watchbill.core.gap_ladder import escalates_at
from watchbill.core.parties import may_speak_from, recipients
from watchbill.core.policy import Policy
from watchbill.core.reasons import Party, Reason, Step
from watchbill.core.reminders import is_uncovered, key
from watchbill.core.roster import Role
from watchbill.core.windows import State
from watchbill.core.world import Drop, NoticeFacts, NoticeState, Owe, WindowFacts, World

REMINDERS = (Step.OPENING, Step.NUDGE, Step.LAST_CALL)
LASTING = (Reason.WINDOW_MISSED, Reason.WINDOW_UNCOVERED, Reason.WINDOWS_UNATTENDED)
OF_GAPS = (Reason.GAP_FOUND, Reason.GAP_AHEAD, Reason.GAP_CHANGED, Reason.GAP_ESCALATED)
ASKING = (Reason.DUTY_ASSIGNED, Reason.DUTY_UNCONFIRMED)


def outdated(policy: Policy, world: World, now: datetime) -> Iterator[Drop | Owe]:
    """Yield the waiting notices that are stale or no longer true, and whom they are for instead."""
    windows = {window.occasion.id: window for window in world.windows}
    for notice in world.notices.values():
        if not notice.waiting or notice.reason is Reason.TEST_ASKED_FOR:
            continue
        if not world.roster.people[notice.person].active:
            yield Drop(notice.key, NoticeState.WITHDRAWN, Reason.PERSON_DEACTIVATED)
            yield from _passed_on(policy, world, notice, now)
        elif notice.window is not None and notice.window in windows:
            yield from _window_outdated(policy, world, notice, windows[notice.window], now)
        elif (why := _no_longer_true(policy, world, notice, now)) is not None:
            yield Drop(notice.key, NoticeState.WITHDRAWN, why)
            if why is Reason.PERSON_AWAY:
                yield from _passed_on(policy, world, notice, now)
        elif notice.useful_until is not None and now >= notice.useful_until:
            yield Drop(notice.key, NoticeState.SKIPPED, Reason.NO_LONGER_USEFUL)


def _no_longer_true(policy: Policy, world: World, notice: NoticeFacts, now: datetime) -> Reason | None:
    """Return why a notice that is not about a window is no longer true, if so."""
    if notice.reason in OF_GAPS:
        return _gaps_over(policy, world, notice, now)
    if notice.reason in ASKING and notice.duty is not None and not _is_first(notice):
        duty = next((d for d in world.roster.duties if d.id == notice.duty), None)
        return None if duty is not None and duty.awaits_answer else Reason.DUTY_ANSWERED
    if notice.reason is Reason.PLACE_VACANT:
        filled = (
            not world.no_page if notice.about.get("what") == "page" else world.roster.pio is not None
        )
        return Reason.PLACE_FILLED if filled else None
    if notice.reason is Reason.TECHNICAL_FAILURE:
        going_on = any(trouble.id == notice.about.get("trouble") for trouble in world.troubles)
        return None if going_on else Reason.TROUBLE_OVER
    return _leave_over(world, notice, now)


def _leave_over(world: World, notice: NoticeFacts, now: datetime) -> Reason | None:
    number = notice.about.get("leave") if notice.reason is Reason.LEAVE_RECORDED else None
    lasts = any(one.id == number and one.until > now for one in world.roster.leaves)
    return None if number is None or lasts else Reason.NO_LONGER_USEFUL


def _gaps_over(policy: Policy, world: World, notice: NoticeFacts, now: datetime) -> Reason | None:
    """Return why a notice about gaps is no longer true: all are covered, or it is for somebody else."""
    if not {gap.id for gap in world.gaps} & set(_numbers(notice.about.get("gaps"))):
        return Reason.GAP_COVERED
    ladder = policy.ladders.gap
    meant = recipients(policy, world.roster, (*ladder.warning, *ladder.escalation), now)
    return None if notice.person in meant else Reason.PERSON_AWAY


def _is_first(notice: NoticeFacts) -> bool:
    """Whether it is the first word of a duty, which the holder is to have whatever was answered."""
    return notice.reason is Reason.DUTY_ASSIGNED and "@again" not in notice.key


def _numbers(value: object) -> list[int]:
    return [one for one in value if isinstance(one, int)] if isinstance(value, list) else []


def _passed_on(policy: Policy, world: World, notice: NoticeFacts, now: datetime) -> Iterator[Owe]:
    """Yield for others what somebody who has left, or is away, was still to hear.

    Of a window, what an ED was to hear (promise 2); of a gap, what the PIO was, for whoever stands in
    (promise 3), unless that is an ED who hears of it as an escalation anyway.
    """
    left = world.roster.people[notice.person]
    parties: tuple[Party, ...] = ()
    gaps: tuple[int, ...] = ()
    if notice.reason in LASTING and left.holds(Role.EXECUTIVE_DIRECTOR):
        parties = (Party.EXECUTIVE_DIRECTOR,)
    elif notice.reason in OF_GAPS and notice.reason is not Reason.GAP_ESCALATED:
        named = set(_numbers(notice.about.get("gaps")))
        left_open = [gap for gap in world.gaps if gap.id in named]
        gaps = tuple(gap.id for gap in left_open)
        calm = any(escalates_at(policy, world.roster, gap) > now for gap in left_open)
        parties = policy.ladders.gap.warning if calm else ()
    subject = notice.key.removeprefix(f"{notice.reason}/").removesuffix(f"/{notice.step}/{left.id}")
    for person in recipients(policy, world.roster, parties, now):
        patient = world.roster.people[person] if gaps else None
        yield Owe(
            key=key(notice.reason, subject, notice.step, person),
            reason=notice.reason,
            step=notice.step,
            person=person,
            due_at=now,
            not_before=may_speak_from(policy, world.ahead, now, patient, notice.useful_until),
            window=notice.window,
            useful_until=notice.useful_until,
            urgent=not gaps,
            about=notice.about,
            gaps=gaps,
        )


def _window_outdated(
    policy: Policy, world: World, notice: NoticeFacts, window: WindowFacts, now: datetime
) -> Iterator[Drop]:
    told_of_one = notice.reason is not Reason.WINDOWS_UNATTENDED
    if window.state is State.COMPLETED and told_of_one:
        yield Drop(notice.key, NoticeState.WITHDRAWN, Reason.WINDOW_COMPLETED)
    elif notice.step in REMINDERS:
        yield from _reminder_outdated(policy, world, notice, window, now)
    elif (
        notice.reason is Reason.WINDOW_UNCOVERED
        and now < window.occasion.closes_at
        and not is_uncovered(policy, world, window.occasion, now)
    ):
        yield Drop(notice.key, NoticeState.WITHDRAWN, Reason.WINDOW_COVERED)


def _reminder_outdated(
    policy: Policy, world: World, notice: NoticeFacts, window: WindowFacts, now: datetime
) -> Iterator[Drop]:
    if notice.useful_until is not None and now >= notice.useful_until:
        closed = now >= window.occasion.closes_at
        why = Reason.WINDOW_CLOSED if closed else Reason.NEXT_STEP_DUE
        yield Drop(notice.key, NoticeState.SKIPPED, why)
        return
    answer = responsible_at(policy, world.roster, now)
    rung = next((r for r in policy.ladders.reminders if r.step is notice.step), None)
    meant = (
        recipients(policy, world.roster, rung.to, now, responsible=answer.person)
        if rung is not None and answer is not None
        else ()
    )
    if notice.person not in meant:
        yield Drop(notice.key, NoticeState.WITHDRAWN, Reason.SOMEBODY_ELSE_RESPONSIBLE)
