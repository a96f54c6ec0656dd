"""The tick: what is due is done once, however often, however late, and by however many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.cast import DANA, KIM, LEE, MORGAN, SAM, local
from tests.post.rig import Fake, permanent, with_fakes
from tests.store.desk import AFTERNOON_ID, MONDAY, MORNING_ID, OPERATOR, WHOLE, Desk
from watchbill.acts.leave import cancel_leave
from watchbill.acts.roster import deactivate_person
from watchbill.core.journal import Kind, verify
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import DutyKind, LeaveKind
from watchbill.core.windows import State
from watchbill.core.world import NoticeState
from watchbill.errors import UnavailableError
from watchbill.store import gaps, windows
from watchbill.store.engine import connect
from watchbill.watch import Watch

TUESDAY, WEDNESDAY = "2026-11-24", "2026-11-25"
PENDING, SKIPPED, WITHDRAWN = NoticeState.PENDING, NoticeState.SKIPPED, NoticeState.WITHDRAWN


def said(desk: Desk) -> list[tuple[str, int, str]]:
    """Return every notice as step, recipient and state."""
    return [(str(n.step), n.person, str(n.state)) for n in desk.notices()]


def tick_through(desk: Desk, first: str, last: str, **every: float) -> None:
    """Tick again and again."""
    desk.at(first)
    while desk.clock.now() <= local(last):
        desk.tick()
        desk.later(**every)


def url_of(desk: Desk) -> str:
    return desk.store.engine.url.render_as_string(hide_password=False)


# The ladder of a window


def test_a_day_that_nobody_checks_calls_for_each_step_once_over_many_ticks(desk: Desk) -> None:
    tick_through(desk, f"{MONDAY}T08:00", f"{MONDAY}T12:00", minutes=5)
    morning = [n for n in desk.notices() if n.window == MORNING_ID]
    assert [(n.step, n.person, n.due_at) for n in morning] == [
        (Step.OPENING, KIM.id, local(f"{MONDAY}T08:30")),
        (Step.NUDGE, KIM.id, local(f"{MONDAY}T10:00")),
        (Step.LAST_CALL, KIM.id, local(f"{MONDAY}T11:00")),
        (Step.MISSED, MORGAN.id, local(f"{MONDAY}T11:30")),
        (Step.MISSED, KIM.id, local(f"{MONDAY}T11:30")),
    ]
    assert [n.state for n in morning] == [SKIPPED, SKIPPED, SKIPPED, PENDING, PENDING]
    assert desk.kinds().count(Kind.WINDOW_SETTLED) == 1
    assert (desk.states(), desk.window(MORNING_ID).unattended) == (
        [State.MISSED, State.UPCOMING],
        False,
    )


@pytest.mark.parametrize(
    ("at", "steps"),
    [
        ("T08:29:59.999999", []),
        ("T08:30", ["opening"]),
        ("T09:59:59.999999", ["opening"]),
        ("T10:00", ["opening", "nudge"]),
        ("T10:59:59.999999", ["opening", "nudge"]),
        ("T11:00", ["opening", "nudge", "last_call"]),
        ("T11:29:59.999999", ["opening", "nudge", "last_call"]),
    ],
)
def test_a_step_is_owed_from_its_moment_on_and_those_before_it_are_skipped(
    desk: Desk, at: str, steps: list[str]
) -> None:
    desk.at(MONDAY + at)
    desk.tick()
    expected = [SKIPPED] * (len(steps) - 1) + [PENDING] * bool(steps)
    assert said(desk) == [(s, KIM.id, e) for s, e in zip(steps, expected, strict=True)]


def test_a_check_ends_the_ladder(desk: Desk) -> None:
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    desk.check(KIM)
    tick_through(desk, f"{MONDAY}T08:31", f"{MONDAY}T12:00", minutes=10)
    assert said(desk) == [("opening", KIM.id, WITHDRAWN)]
    assert desk.states()[0] is State.COMPLETED
    assert desk.window(MORNING_ID).settled_at is not None


def test_a_window_checked_early_calls_for_nothing(desk: Desk) -> None:
    desk.at(f"{MONDAY}T08:00")
    desk.check(KIM)
    tick_through(desk, f"{MONDAY}T08:10", f"{MONDAY}T12:00", minutes=10)
    assert said(desk) == []
    assert desk.states()[0] is State.COMPLETED


def test_whoever_becomes_responsible_inside_a_window_is_asked_then(desk: Desk) -> None:
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    desk.at(f"{MONDAY}T09:00")
    desk.designate(KIM, DANA, f"{MONDAY}T09:00", f"{MONDAY}T12:00")
    desk.tick()
    asked = [(n.person, n.state) for n in desk.notices() if n.step is Step.OPENING]
    assert asked == [(KIM.id, WITHDRAWN), (DANA.id, PENDING)]


def test_the_ed_hears_of_a_window_that_nobody_covers_at_its_opening_and_no_more(desk: Desk) -> None:
    desk.away(KIM, MONDAY, TUESDAY)
    tick_through(desk, f"{MONDAY}T08:00", f"{MONDAY}T12:00", minutes=15)
    assert said(desk) == [("escalation", MORGAN.id, PENDING), ("uncovered", MORGAN.id, PENDING)]
    assert [n.due_at for n in desk.notices()] == [local(f"{MONDAY}T08:00"), local(f"{MONDAY}T08:30")]
    assert desk.states()[0] is State.MISSED


def test_a_gap_that_is_closed_takes_the_word_back_and_opened_again_gives_it_again(desk: Desk) -> None:
    desk.away(KIM, MONDAY, TUESDAY)
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    desk.designate(MORGAN, SAM, f"{MONDAY}T08:30", f"{MONDAY}T12:00", DutyKind.INTERIM)
    desk.tick()
    told = [n.state for n in desk.notices() if n.reason is Reason.WINDOW_UNCOVERED]
    assert told == [WITHDRAWN]
    desk.away(SAM, f"{MONDAY}T08:00", TUESDAY)
    desk.tick()
    told = [n.state for n in desk.notices() if n.reason is Reason.WINDOW_UNCOVERED]
    assert told == [PENDING]


def test_what_a_failed_commit_has_undone_is_looked_for_again_by_the_same_watch(desk: Desk) -> None:
    watch = Watch(desk.office)
    watch.tick()
    desk.away(KIM, TUESDAY, WEDNESDAY)

    def full(when: str) -> None:
        if when == "before":
            raise UnavailableError("The disk is full.")

    desk.store._around_commit = full
    with pytest.raises(UnavailableError):
        watch.tick()
    desk.store._around_commit = None
    watch.tick()
    with desk.store.read() as connection:
        assert len(gaps.open_gaps(connection)) == 1


def test_a_sick_pio_who_has_just_done_the_open_window_is_told_to_the_ed_at_once(desk: Desk) -> None:
    desk.at(f"{MONDAY}T13:30")
    desk.tick()
    desk.at(f"{MONDAY}T13:35")
    desk.check(KIM)
    desk.at(f"{MONDAY}T13:50")
    desk.away(KIM, f"{MONDAY}T13:50", WEDNESDAY, LeaveKind.SICK)
    desk.tick()
    told = [n for n in desk.notices() if n.reason is Reason.GAP_ESCALATED and n.person == MORGAN.id]
    assert [n.state for n in told] == [PENDING]


def test_since_when_a_gap_is_known_is_noted_once_and_forgotten_when_closed(desk: Desk) -> None:
    desk.tick()
    done = desk.away(KIM, MONDAY, TUESDAY)
    desk.later(minutes=1)
    desk.tick()
    known = desk.clock.now()
    desk.later(minutes=1)
    desk.tick()
    with desk.store.read() as connection:
        (gap,) = gaps.open_gaps(connection)
    assert (gap.found_at, gap.windows) == (known, (MORNING_ID, AFTERNOON_ID))
    assert desk.kinds().count(Kind.GAP_FOUND) == 1
    cancel_leave(desk.office, OPERATOR, done.id)
    desk.tick()
    with desk.store.read() as connection:
        assert gaps.open_gaps(connection) == []
    assert desk.kinds().count(Kind.GAP_ENDED) == 1


def test_the_last_call_goes_to_the_pio_as_well_where_somebody_else_is_responsible(desk: Desk) -> None:
    desk.designate(KIM, DANA, MONDAY, TUESDAY)
    desk.at(f"{MONDAY}T11:00")
    desk.tick()
    calls = [(n.person, n.urgent) for n in desk.notices() if n.step is Step.LAST_CALL]
    assert sorted(calls) == [(KIM.id, True), (DANA.id, True)]


# Nobody was there


def test_windows_that_no_tick_saw_open_share_one_summary(desk: Desk) -> None:
    desk.at(f"{TUESDAY}T08:00")
    desk.tick()
    assert sorted(said(desk)) == [("unattended", who, PENDING) for who in (KIM.id, MORGAN.id, SAM.id)]
    assert [(r.state, r.unattended) for r in desk.windows()] == [(State.MISSED, True)] * 2
    assert desk.notices()[0].about == {"windows": [MORNING_ID, AFTERNOON_ID]}
    assert desk.notices()[0].key.startswith(f"windows_unattended/{MORNING_ID}..{AFTERNOON_ID}/")
    before = desk.dump()
    desk.tick()
    assert desk.dump() == before


def test_a_window_that_a_tick_saw_open_was_attended(desk: Desk) -> None:
    desk.at(f"{MONDAY}T11:29:59")
    desk.tick()
    desk.at(f"{MONDAY}T20:00")
    desk.tick()
    assert [(r.state, r.unattended) for r in desk.windows()] == [
        (State.MISSED, False),
        (State.MISSED, True),
    ]
    steps = Counter(step for step, _, _ in said(desk))
    assert steps == {"opening": 1, "nudge": 1, "last_call": 1, "missed": 2, "unattended": 3}


def test_an_act_in_a_window_is_no_tick(desk: Desk) -> None:
    """Somebody who enters leave does not make a reminder that was not sent."""
    desk.at(f"{MONDAY}T09:00")
    desk.away(LEE, TUESDAY, "2026-11-25")
    desk.at(f"{MONDAY}T12:00")
    desk.tick()
    assert desk.window(MORNING_ID).unattended


def test_a_window_checked_while_nobody_ticked_is_completed_all_the_same(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    desk.check(KIM)
    desk.at(f"{MONDAY}T12:00")
    desk.tick()
    record = desk.window(MORNING_ID)
    assert (record.state, record.unattended) == (State.COMPLETED, True)


# Late, early, twice


@pytest.mark.parametrize(
    "at",
    [
        f"{MONDAY}T07:00",
        f"{MONDAY}T08:30",
        f"{MONDAY}T11:00",
        f"{MONDAY}T11:30",
        TUESDAY,
        "2026-12-24T12:00",
    ],
)
def test_a_tick_called_twice_does_nothing_the_second_time(desk: Desk, at: str) -> None:
    desk.at(at)
    watch = Watch(desk.office)
    watch.tick()
    before = desk.dump()
    for ticking in (watch, Watch(desk.office)):
        again = ticking.tick()
        assert (again.steps, again.failed) == ((), 0)
        assert desk.dump() == before


@pytest.mark.parametrize("earlier", [f"{MONDAY}T11:00", f"{MONDAY}T08:00", "2026-11-20", "2020-01-01"])
def test_a_tick_with_an_earlier_clock_does_no_harm(desk: Desk, earlier: str) -> None:
    tick_through(desk, f"{MONDAY}T08:30", f"{MONDAY}T12:00", minutes=30)
    before = {record.occasion.id: record for record in desk.windows(MONDAY, "2026-11-30")}
    keys = set(desk.keys())
    desk.at(earlier)
    desk.tick()
    desk.tick()
    assert set(desk.keys()) == keys
    desk.at(f"{MONDAY}T12:30")
    desk.tick()
    after = {record.occasion.id: record for record in desk.windows(MONDAY, "2026-11-30")}
    assert after == before
    assert set(desk.keys()) == keys


def test_a_window_that_a_clock_far_ahead_has_settled_is_open_again_when_it_is_right(desk: Desk) -> None:
    desk.tick()
    desk.at("2026-11-25T12:00")
    desk.tick()
    assert desk.window(MORNING_ID).unattended
    before, entries = desk.window(MORNING_ID), len(desk.kinds())
    desk.at(f"{MONDAY}T09:00")
    ticked = desk.tick()
    assert (desk.window(MORNING_ID), len(desk.kinds())) == (before, entries)
    desk.later(seconds=60)
    assert ticked.next_at == desk.clock.now()
    desk.tick()
    record = desk.window(MORNING_ID)
    assert (record.state, record.settled_at, record.unattended) == (State.OPEN, None, False)
    assert Kind.WINDOW_REOPENED in desk.kinds()
    assert [n.state for n in desk.notices() if n.step is Step.OPENING] == [PENDING]
    desk.check(KIM)
    assert desk.states()[0] is State.COMPLETED


def test_an_idle_tick_writes_nothing_more_than_once_a_minute(desk: Desk) -> None:
    desk.tick()
    writes: list[str] = []
    with closing(connect(url_of(desk), writes.append)) as told:
        watch = Watch(replace(desk.office, store=told))
        watch.tick()
        writes.clear()
        desk.later(seconds=59)
        watch.tick()
        assert writes == []
        desk.later(seconds=1)
        watch.tick()
        assert writes == ["before", "after"]


def test_a_tick_says_when_something_is_due_next(desk: Desk) -> None:
    for at, due in (
        ("T07:00", "T08:30"),
        ("T08:30", "T10:00"),
        ("T10:00", "T11:00"),
        ("T11:00", "T11:30"),
        ("T11:30", "T13:30"),
    ):
        desk.at(MONDAY + at)
        assert desk.tick().next_at == local(MONDAY + due)


def test_a_tick_says_when_the_digest_is_due(desk: Desk) -> None:
    desk.at(f"{MONDAY}T07:00")
    assert desk.read_as(WHOLE).tick().next_at == local(f"{MONDAY}T07:45")


@pytest.mark.parametrize(("seconds", "settled"), [(0, False), (59, False), (60, True)])
def test_a_closed_window_waits_for_replies_that_cannot_be_read(
    desk: Desk, *, seconds: int, settled: bool
) -> None:
    desk.at(f"{MONDAY}T11:00")
    desk.tick()
    desk.at(f"{MONDAY}T11:30")
    desk.later(seconds=seconds)
    Watch(desk.office).tick(replies_until=None)
    assert (desk.window(MORNING_ID).settled_at is not None) is settled


# Failures are told


def test_a_notice_that_reached_nobody_is_told_to_others_once(desk: Desk) -> None:
    tested = with_fakes(desk, Fake([permanent()]), Fake([permanent()]))
    desk.tick()
    tested.deliver()
    assert said(desk) == [("opening", KIM.id, NoticeState.FAILED)]
    for _ in range(3):
        desk.later(seconds=30)
        desk.tick()
    told = [n for n in desk.notices() if n.reason is Reason.PERSON_UNREACHABLE]
    assert sorted(n.person for n in told) == [MORGAN.id, SAM.id]
    assert all(n.about["notice"] == desk.notices()[0].key for n in told)


def test_that_nobody_hears_of_a_failure_is_not_told_in_a_circle(desk: Desk) -> None:
    never = [permanent() for _ in range(50)]
    tested = with_fakes(desk, Fake(list(never)), Fake(list(never)))
    for _ in range(10):
        desk.tick()
        tested.deliver()
        desk.later(seconds=30)
    assert Counter((n.reason, n.about.get("person"), n.person) for n in desk.notices()) == {
        (Reason.CHECK_DUE, None, KIM.id): 1,
        (Reason.PERSON_UNREACHABLE, KIM.id, MORGAN.id): 1,
        (Reason.PERSON_UNREACHABLE, KIM.id, SAM.id): 1,
        (Reason.NO_WORKING_CHANNEL, KIM.id, SAM.id): 1,
        (Reason.PERSON_UNREACHABLE, SAM.id, MORGAN.id): 1,
        (Reason.PERSON_UNREACHABLE, SAM.id, KIM.id): 1,
    }


def test_what_waits_for_somebody_deactivated_is_taken_back(desk: Desk) -> None:
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    deactivate_person(desk.office, OPERATOR, KIM)
    desk.tick()
    (reminder,) = [n for n in desk.notices() if n.step is Step.OPENING]
    assert (reminder.state, reminder.why) == (WITHDRAWN, Reason.PERSON_DEACTIVATED)


# Several at once, and one that fails


def run_both(watches: Iterable[Watch]) -> list[Any]:
    both = list(watches)
    with ThreadPoolExecutor(len(both)) as pool:
        return list(pool.map(lambda watch: watch.tick(), both))


@pytest.mark.parametrize("at", [f"{MONDAY}T08:30", f"{MONDAY}T11:00", f"{TUESDAY}T09:00"])
def test_several_daemons_produce_each_notice_once(desk: Desk, at: str) -> None:
    desk.at(at)
    others = [connect(url_of(desk)) for _ in range(3)]
    offices = [desk.office, *(replace(desk.office, store=other) for other in others)]
    run_both(Watch(office) for office in offices)
    after = Counter(desk.keys())
    assert set(after.values()) == {1}
    owed = [e.facts["notice"] for e, _ in desk.entries() if e.kind == Kind.NOTICE_OWED]
    assert len(owed) == len(set(owed))
    settled = [e.facts["window"] for e, _ in desk.entries() if e.kind == Kind.WINDOW_SETTLED]
    assert len(settled) == len(set(settled))
    assert list(verify(desk.entries())) == []
    alone = desk.dump()
    assert desk.tick().steps == ()
    assert desk.dump() == alone
    for other in others:
        other.close()


def test_two_daemons_through_a_day_do_what_one_does(desk: Desk) -> None:
    with closing(connect(url_of(desk))) as other:
        offices = (desk.office, replace(desk.office, store=other))
        watches = [Watch(office) for office in offices]
        desk.at(f"{MONDAY}T08:00")
        while desk.clock.now() < local(f"{MONDAY}T17:00"):
            run_both(watches)
            desk.later(minutes=30)
    steps = Counter((n.window, str(n.step)) for n in desk.notices())
    each = {"opening": 1, "nudge": 1, "last_call": 1, "missed": 2}
    assert steps == {(w, s): n for w in (MORNING_ID, AFTERNOON_ID) for s, n in each.items()}
    assert list(verify(desk.entries())) == []


def test_one_step_that_fails_stops_no_other_and_is_taken_the_next_time(desk: Desk) -> None:
    desk.designate(KIM, DANA, MONDAY, TUESDAY)
    failures: list[str] = []

    def fail_once(moment: str) -> None:
        failures.append(moment)
        if moment == "before" and failures.count("before") == 2:
            raise UnavailableError("The disk is full.")

    desk.at(f"{MONDAY}T11:00")
    with closing(connect(url_of(desk), fail_once)) as failing:
        ticked = Watch(replace(desk.office, store=failing)).tick()
    assert ticked.failed == 1
    first = {(n.step, n.person) for n in desk.notices()}
    wanted = {(step, DANA.id) for step in (Step.OPENING, Step.NUDGE, Step.LAST_CALL, Step.ASSIGNED)}
    wanted |= {(Step.LAST_CALL, KIM.id)}
    assert len(first) >= len(wanted) - 1
    desk.tick()
    assert wanted <= {(n.step, n.person) for n in desk.notices()}


def test_a_program_killed_inside_a_tick_leaves_what_the_next_one_finishes(desk: Desk) -> None:
    """Whatever commit is the last, the settled history is the one of an uncrashed run."""
    desk.at(f"{MONDAY}T11:00")
    desk.tick()
    desk.at(f"{MONDAY}T12:00")
    for commit in range(1, 6):
        commits: list[str] = []

        def die(moment: str, commits: list[str] = commits, commit: int = commit) -> None:
            commits.append(moment)
            if moment == "before" and commits.count("before") == commit:
                raise KeyboardInterrupt

        with closing(connect(url_of(desk), die)) as dying, pytest.raises(KeyboardInterrupt):
            Watch(replace(desk.office, store=dying)).tick()
        if commit == 1:
            assert desk.window(MORNING_ID).settled_at is None
            desk.later(seconds=61)
            continue
        break
    desk.tick()
    assert desk.states()[0] is State.MISSED
    missed = Counter(n.person for n in desk.notices() if n.step is Step.MISSED)
    assert missed == {KIM.id: 1, MORGAN.id: 1}
    assert list(verify(desk.entries())) == []


def test_a_database_that_is_gone_is_said_so(desk: Desk) -> None:
    with closing(connect("sqlite:////nowhere/at/all.db")) as gone, pytest.raises(UnavailableError):
        Watch(replace(desk.office, store=gone)).tick()


def test_work_depends_on_what_is_open_and_not_on_the_history(desk: Desk) -> None:
    """A tick reads as many rows after a month as on the first day (promise 10)."""

    def statements() -> int:
        count = 0

        def note(*_: object) -> None:
            nonlocal count
            count += 1

        watch = Watch(desk.office)
        watch.tick()
        sa.event.listen(desk.store.engine, "before_cursor_execute", note)
        watch.tick()
        sa.event.remove(desk.store.engine, "before_cursor_execute", note)
        return count

    tested = with_fakes(desk, Fake(), Fake())
    desk.at(f"{MONDAY}T09:00")
    first = statements()
    for _ in range(14):
        desk.later(days=1)
        desk.tick()
        tested.deliver()
    assert desk.clock.now().date() - local(MONDAY).date() == timedelta(days=14)
    assert statements() <= first
    with desk.store.read() as connection:
        assert len(windows.windows_begun(connection, desk.clock.now())) == 1
