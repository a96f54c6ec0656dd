"""The gap ladder: who is told of windows that nobody covers, before they open (DOMAIN §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from watchbill.core.gaps import GapFacts
from watchbill.core.instants import local_date, local_instant
from watchbill.core.parties import may_speak_from, recipients
from watchbill.core.policy import Policy
from watchbill.core.reasons import Reason, Step
from watchbill.core.reminders import is_uncovered, key
from watchbill.core.roster import LeaveKind, Roster
from watchbill.core.windows import State
from watchbill.core.world import Announce, Owe, Skip, World

ONE_DAY = timedelta(days=1)
SATURDAY = 5
BREATH = timedelta(hours=3)
"""An hour of the day at which the ED is told again is passed over so soon after another escalation."""


def gap_steps(policy: Policy, world: World, now: datetime) -> Iterator[Announce | Owe | Skip]:
    """Yield what the gaps on record call for now: found, changed, coming closer, nobody appointed yet."""
    fresh = [gap for gap in world.gaps if not gap.announced]
    changed = [gap for gap in world.gaps if gap.changed(now)]
    escalated = {gap.id for gap in world.gaps if escalates_at(policy, world.roster, gap) <= now}
    if fresh:
        yield _announce(policy, world, fresh, [g for g in fresh if g.id not in escalated], now)
    for gap in world.gaps:
        escalations = list(_escalate(policy, world, gap, now)) if gap.id in escalated else []
        if gap in changed:
            told = {notice.person for notice in escalations if isinstance(notice, Owe)}
            yield _tell_of_change(policy, world, gap, told, now, escalated=gap.id in escalated)
        elif gap.announced:
            escalates = policy.ladders.gap.escalation if gap.id in escalated else ()
            directors = recipients(policy, world.roster, escalates, now)
            yield from _warn_again(policy, world, gap, directors, now)
        yield from escalations


def gap_moments(policy: Policy, world: World, now: datetime) -> Iterator[datetime]:
    """Yield the instants after ``now`` at which a gap on record has a step due."""
    for gap in world.gaps:
        moments = [
            escalates_at(policy, world.roster, gap),
            *_warnings_at(policy, gap),
            *_again_at(policy, world, gap, now),
        ]
        yield from (moment for moment in moments if moment > now)


# --- to the PIO ----------------------------------------------------------------------------------


def _announce(
    policy: Policy, world: World, fresh: list[GapFacts], calm: list[GapFacts], now: datetime
) -> Announce:
    """Return the first word about gaps: one message for all that were found in one look.

    Those of which the ED hears at once are named to the PIO as well, where that is another person.
    """
    parties = policy.ladders.gap.warning
    to = recipients(policy, world.roster, parties, now)
    directors = recipients(policy, world.roster, policy.ladders.gap.escalation, now)
    notices = []
    for person in to:
        named = calm if person in directors else fresh
        if named:
            subject = _subject(named)
            notices.append(
                _owe(policy, world, named, Reason.GAP_FOUND, Step.WARNING, subject, person, now)
            )
    return Announce(tuple(fresh), tuple(notices))


def _tell_of_change(
    policy: Policy, world: World, gap: GapFacts, told: set[int], now: datetime, *, escalated: bool
) -> Announce:
    """Return the word that a gap is another than was told, to those who care for it now.

    To the ED it is an escalation, with the names of those who are free; not to whoever is ``told`` of
    the gap at this moment anyway.
    """
    ladder, subject = policy.ladders.gap, f"gap-{gap.id}@{gap.round}"
    directors = recipients(policy, world.roster, ladder.escalation, now) if escalated else ()
    others = recipients(policy, world.roster, ladder.warning, now)
    notices = [
        _owe(
            policy,
            world,
            [gap],
            Reason.GAP_ESCALATED if person in directors else Reason.GAP_CHANGED,
            Step.CHANGED,
            subject,
            person,
            now,
        )
        for person in dict.fromkeys((*directors, *others))
        if person not in told
    ]
    return Announce((gap,), tuple(notices))


def _warn_again(
    policy: Policy, world: World, gap: GapFacts, directors: tuple[int, ...], now: datetime
) -> Iterator[Owe | Skip]:
    """Yield the warnings that are due by the calendar; not to ``directors``, who hear more anyway."""
    due = [at for at in _warnings_at(policy, gap) if gap.last_told_at < at <= now]
    for moment in due:
        subject = f"gap-{gap.id}@{local_date(moment, policy.zone)}"
        for person in recipients(policy, world.roster, policy.ladders.gap.warning, now):
            notice = _owe(
                policy,
                world,
                [gap],
                Reason.GAP_AHEAD,
                Step.WARNING,
                subject,
                person,
                now,
                due_at=moment,
            )
            if notice.key in world.notices or person in directors:
                continue
            yield notice if moment == due[-1] else Skip(notice, Reason.NEXT_STEP_DUE)


def _warnings_at(policy: Policy, gap: GapFacts) -> list[datetime]:
    ladder, day = policy.ladders.gap, local_date(gap.starts_at, policy.zone)
    days = (day - timedelta(days=before) for before in sorted(ladder.days_before, reverse=True))
    return [local_instant(one, ladder.warning_at, policy.zone) for one in days]


# --- to the ED -----------------------------------------------------------------------------------


def escalates_at(policy: Policy, roster: Roster, gap: GapFacts) -> datetime:
    """Return from when on the ED is told of a gap.

    When found, if it begins within a day or lies within the PIO's sick leave; else a day before, or
    on the last working day where that is earlier.
    """
    before = gap.starts_at - policy.ladders.gap.escalation_before
    if before <= gap.since or _within_sick_leave(roster, gap):
        return gap.since
    working = last_working_day(policy, local_date(gap.starts_at, policy.zone))
    if working < local_date(before, policy.zone):
        before = local_instant(working, policy.ladders.gap.warning_at, policy.zone)
    return max(before, gap.since)


def last_working_day(policy: Policy, day: date) -> date:
    """Return the last weekday before a local date that is no holiday of the agency."""
    day -= ONE_DAY
    while day.weekday() >= SATURDAY or policy.holidays.name_on(day) is not None:
        day -= ONE_DAY
    return day


def _within_sick_leave(roster: Roster, gap: GapFacts) -> bool:
    pio = roster.pio
    if pio is None:
        return True  # nobody can be designated by a PIO who is not there
    return any(
        leave.kind is LeaveKind.SICK and leave.touches(window.opens_at, window.closes_at)
        for leave in roster.leave_of(pio.id)
        for window in gap.windows
    )


def _escalate(policy: Policy, world: World, gap: GapFacts, now: datetime) -> Iterator[Owe | Skip]:
    """Yield the latest escalation that is due: the first, or the one of an hour of the day since.

    Where a window of the gap is open, the word that nobody has it is the first escalation.
    """
    first = escalates_at(policy, world.roster, gap)
    again = [at for at in _again_at(policy, world, gap, now) if at <= now]
    moment = max(again, default=first)
    subject = f"gap-{gap.id}@{moment:%Y-%m-%dT%H:%MZ}" if again else f"gap-{gap.id}"
    told_as_open = not again and _told_as_open(policy, world, gap, now)
    for person in recipients(policy, world.roster, policy.ladders.gap.escalation, now):
        notice = _owe(
            policy,
            world,
            [gap],
            Reason.GAP_ESCALATED,
            Step.ESCALATION,
            subject,
            person,
            now,
            due_at=moment,
        )
        if notice.key not in world.notices:
            yield Skip(notice, Reason.WINDOW_UNCOVERED) if told_as_open else notice


def _told_as_open(policy: Policy, world: World, gap: GapFacts, now: datetime) -> bool:
    """Whether the word that nobody has an open window of the gap goes out now, or has gone."""
    window = gap.windows[0]
    known = next((one for one in world.windows if one.occasion == window), None)
    if known is None or known.state is not State.OPEN:
        return False
    return is_uncovered(policy, world, window, now)


def _again_at(policy: Policy, world: World, gap: GapFacts, now: datetime) -> list[datetime]:
    """Return the hours of yesterday to tomorrow at which the ED is told again.

    From a day before the gap begins; not so soon after the first word or a window's opening, which
    is an escalation of its own.
    """
    ladder = policy.ladders.gap
    first = escalates_at(policy, world.roster, gap)
    begins = max(first + BREATH, gap.starts_at - ladder.escalation_before)
    today = local_date(now, policy.zone)
    moments = _hours_of((today - ONE_DAY, today, today + ONE_DAY), ladder.again_at, policy)
    done = {one.occasion.id for one in world.windows if one.state is State.COMPLETED}
    openings = [window.opens_at for window in (*gap.past, *gap.windows) if window.id not in done]
    return [
        at
        for at in moments
        if begins <= at < gap.ends_at
        and not any(at - BREATH < opening <= at + BREATH / 3 for opening in openings)
    ]


def _hours_of(days: Iterable[date], hours: Iterable[time], policy: Policy) -> list[datetime]:
    return sorted(local_instant(day, at, policy.zone) for day in days for at in hours)


# --- both ----------------------------------------------------------------------------------------


def _subject(gaps: list[GapFacts]) -> str:
    first, last = gaps[0].id, gaps[-1].id
    return f"gap-{first}" if first == last else f"gap-{first}..gap-{last}"


def _owe(
    policy: Policy,
    world: World,
    gaps: list[GapFacts],
    reason: Reason,
    step: Step,
    subject: str,
    person: int,
    now: datetime,
    *,
    due_at: datetime | None = None,
) -> Owe:
    escalation = reason is Reason.GAP_ESCALATED
    patient = None if escalation else world.roster.people[person]
    useful_until = None if escalation else max(gap.ends_at for gap in gaps)
    return Owe(
        key=key(reason, subject, step, person),
        reason=reason,
        step=step,
        person=person,
        due_at=now if due_at is None else due_at,
        not_before=may_speak_from(policy, world.ahead, now, patient, useful_until),
        useful_until=useful_until,
        urgent=escalation,
        gaps=tuple(gap.id for gap in gaps),
        about={"gaps": [gap.id for gap in gaps]},
    )
