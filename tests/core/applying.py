"""What the store does with a decision, in memory: steps become notices and settled windows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from tests.cast import ROSTER
from watchbill.core.gaps import GapFacts, ToldWindow
from watchbill.core.roster import Roster
from watchbill.core.windows import Occasion, State
from watchbill.core.world import (
    Announce,
    Decision,
    Drop,
    Escalate,
    NoticeFacts,
    NoticeState,
    Owe,
    Settle,
    Settlement,
    Skip,
    WindowFacts,
    World,
)

EVER = datetime.max.replace(tzinfo=UTC)


def open_window(occasion: Occasion, *, state: State = State.OPEN, attended: bool = True) -> WindowFacts:
    """Return a window that ticks have seen open."""
    return WindowFacts(occasion, state, attended=attended)


def world(
    *windows: WindowFacts, facts: Roster = ROSTER, replies_until: datetime | None = EVER
) -> World:
    """Return a world of these windows, in which nothing has been said yet and all replies are read."""
    ahead = tuple(window.occasion for window in windows)
    return World(facts, windows, ahead, replies_until=replies_until)


def notice(owed: Owe, state: NoticeState = NoticeState.PENDING) -> NoticeFacts:
    """Return the notice that an owed message becomes."""
    return NoticeFacts(
        owed.key,
        owed.reason,
        owed.step,
        owed.window,
        owed.person,
        state,
        owed.useful_until,
        about=owed.about,
        duty=owed.duty,
    )


def applied(before: World, decision: Decision) -> World:
    """Return the world after a decision; a key is let in once, unless its notice was withdrawn."""
    notices = dict(before.notices)
    windows = {window.occasion.id: window for window in before.windows}
    gaps = {gap.id: gap for gap in before.gaps}
    for step in decision.steps:
        if isinstance(step, Owe):
            _owe(notices, step)
        elif isinstance(step, Skip):
            _owe(notices, step.notice, NoticeState.SKIPPED)
        elif isinstance(step, Drop):
            notices[step.key] = replace(notices[step.key], state=step.state)
        elif isinstance(step, Settle):
            _settle(windows, step.windows)
            _owe_all(notices, step.notices)
        elif isinstance(step, Announce):
            _announce(gaps, step)
            _owe_all(notices, step.notices)
        else:
            _escalate(notices, step)
    return replace(before, windows=tuple(windows.values()), notices=notices, gaps=tuple(gaps.values()))


def _owe(notices: dict[str, NoticeFacts], owed: Owe, state: NoticeState = NoticeState.PENDING) -> None:
    old = notices.get(owed.key)
    assert old is None or old.state is NoticeState.WITHDRAWN, f"{owed.key} is owed twice"
    notices[owed.key] = notice(owed, state)


def _owe_all(notices: dict[str, NoticeFacts], owed: Iterable[Owe]) -> None:
    for one in owed:
        _owe(notices, one)


def _settle(windows: dict[str, WindowFacts], outcomes: Iterable[Settlement]) -> None:
    for outcome in outcomes:
        window = windows[outcome.window]
        assert not window.settled, f"{outcome.window} is settled twice"
        windows[outcome.window] = replace(window, state=outcome.state, settled=True)


def _announce(gaps: dict[int, GapFacts], step: Announce) -> None:
    """Mark gaps as told of as they are now."""
    for gap in step.gaps:
        told = tuple(ToldWindow(w.id, w.closes_at) for w in (*gap.past, *gap.windows))
        gaps[gap.id] = replace(gap, announced=True, told=told, round=gap.round + 1)


def _escalate(notices: dict[str, NoticeFacts], step: Escalate) -> None:
    """Mark a failure as told: it still bars its key, and is gathered as failed no more."""
    notices[step.failed] = replace(notices[step.failed], state=NoticeState.SKIPPED)
    _owe_all(notices, step.notices)


def sent(before: World, *, state: NoticeState = NoticeState.SENT) -> World:
    """Return the world once every waiting notice has come that far."""
    notices = {k: replace(n, state=state) if n.waiting else n for k, n in before.notices.items()}
    return replace(before, notices=notices)


def owed(decision: Decision) -> list[Owe]:
    """Return every message that a decision owes, by whatever step."""
    found: list[Owe] = []
    for step in decision.steps:
        if isinstance(step, Owe):
            found.append(step)
        elif isinstance(step, (Settle, Escalate, Announce)):
            found.extend(step.notices)
    return found


def told(decision: Decision) -> set[tuple[str, int]]:
    """Return who is told, and by which step."""
    return {(str(one.step), one.person) for one in owed(decision)}


def skipped(decision: Decision) -> set[tuple[str, int, str]]:
    """Return the steps that came too late, for whom, and why."""
    return {
        (str(step.notice.step), step.notice.person, str(step.why))
        for step in decision.steps
        if isinstance(step, Skip)
    }


def dropped(decision: Decision) -> set[tuple[str, str, str]]:
    """Return the waiting notices that are taken back: step, what they become, and why."""
    return {
        (step.key.split("/")[-2], str(step.state), str(step.why))
        for step in decision.steps
        if isinstance(step, Drop)
    }


def settlements(decision: Decision) -> dict[str, Settlement]:
    """Return what becomes of windows, by their ids."""
    return {
        outcome.window: outcome
        for step in decision.steps
        if isinstance(step, Settle)
        for outcome in step.windows
    }
