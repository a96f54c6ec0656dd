"""Gaps that are known by name: one identity while a gap grows, shrinks, splits, merges or moves."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import POLICY, SECOND, local
from watchbill.core.gaps import Found, GapFacts, Recognised, ToldWindow, recognise
from watchbill.core.windows import Occasion, occasions

WINDOWS = occasions(POLICY, date(2026, 11, 23), date(2026, 11, 29))
BY_ID = {window.id: window for window in WINDOWS}
FOUND_AT = local("2026-11-20T12:00")


def run(*places: int) -> tuple[Occasion, ...]:
    """Return windows of the week by their places."""
    return tuple(WINDOWS[place] for place in places)


def ids(*places: int) -> frozenset[str]:
    return frozenset(window.id for window in run(*places))


def gap(
    *places: int, told: tuple[int, ...] | None = None, until: str | None = "2026-12-31"
) -> GapFacts:
    """Return a gap of these windows; ``told``: what it was made of when it was told of."""
    return GapFacts(
        id=1,
        since=FOUND_AT,
        windows=run(*places),
        announced=told is not None,
        told=tuple(ToldWindow(w.id, w.closes_at) for w in run(*(told or ()))),
        told_until=None if until is None else date.fromisoformat(until),
    )


# Which run is which gap


@pytest.mark.parametrize(
    ("runs", "known", "of", "ended"),
    [
        ([(0, 1)], {}, [None], set()),
        ([(0, 1)], {7: (0, 1)}, [7], set()),
        ([(0, 1, 2)], {7: (0, 1)}, [7], set()),
        ([(1,)], {7: (0, 1)}, [7], set()),
        ([(1, 2)], {7: (0, 1)}, [7], set()),
        ([(0, 1, 2, 3)], {7: (0, 1), 8: (3,)}, [7], {8}),
        ([(0, 1, 2, 3)], {7: (0,), 8: (2, 3)}, [8], {7}),
        ([(0, 1, 2, 3)], {7: (0,), 8: (3,)}, [7], {8}),
        ([], {7: (0, 1)}, [], {7}),
        ([(4,)], {7: (0, 1)}, [None], {7}),
        ([(0,), (4, 5)], {7: (0,), 8: (4,)}, [7, 8], set()),
        ([(0, 1)], {7: (4,), 8: (0, 1)}, [8], {7}),
    ],
    ids=[
        "new",
        "unchanged",
        "grown",
        "shrunk",
        "moved",
        "merged into the larger share",
        "merged into the later, which is larger",
        "merged into the older of equals",
        "over",
        "another",
        "two that stay apart",
        "of two on record the one that is left",
    ],
)
def test_a_run_is_the_gap_with_which_it_shares_most(
    runs: list[tuple[int, ...]],
    known: dict[int, tuple[int, ...]],
    of: list[int | None],
    ended: set[int],
) -> None:
    found = recognise([run(*one) for one in runs], {g: ids(*places) for g, places in known.items()})
    assert [one.gap for one in found.found] == of
    assert [one.windows for one in found.found] == [run(*one) for one in runs]
    assert found.ended == ended
    assert all(one.parent is None for one in found.found if one.gap is not None)


@pytest.mark.parametrize(
    ("runs", "of", "parents"),
    [
        ([(0, 1), (3,)], [7, None], [None, 7]),
        ([(0,), (2, 3)], [None, 7], [7, None]),
        ([(0,), (2,)], [7, None], [None, 7]),
    ],
    ids=["the larger part is first", "the larger part is last", "equals: the earlier keeps the name"],
)
def test_a_gap_that_splits_keeps_its_name_for_the_larger_part_and_is_the_parent_of_the_other(
    runs: list[tuple[int, ...]], of: list[int | None], parents: list[int | None]
) -> None:
    found = recognise([run(*one) for one in runs], {7: ids(0, 1, 2, 3)})
    assert [one.gap for one in found.found] == of
    assert [one.parent for one in found.found] == parents
    assert found.ended == set()


def test_nothing_on_record_and_nothing_found_is_nothing() -> None:
    assert recognise([], {}) == Recognised((), frozenset())


def partitions() -> st.SearchStrategy[list[tuple[int, ...]]]:
    """Return runs of the week's windows that do not touch."""

    def runs_of(flags: list[bool]) -> list[tuple[int, ...]]:
        runs: list[list[int]] = [[]]
        for place, uncovered in enumerate(flags):
            if uncovered:
                runs[-1].append(place)
            elif runs[-1]:
                runs.append([])
        return [tuple(one) for one in runs if one]

    flags = st.lists(st.booleans(), min_size=len(WINDOWS), max_size=len(WINDOWS))
    return flags.map(runs_of)


def numbered(found: Recognised, known: dict[int, frozenset[str]]) -> dict[int, frozenset[str]]:
    """Return what is on record after a look: new gaps get the next numbers."""
    following = max(known, default=0) + 1
    after: dict[int, frozenset[str]] = {}
    for one in found.found:
        number = one.gap
        if number is None:
            number, following = following, following + 1
        assert number not in after, "no identity is given twice"
        after[number] = frozenset(window.id for window in one.windows)
    return after


@given(st.lists(partitions(), min_size=2, max_size=6))
def test_every_run_has_exactly_one_identity_through_any_history(
    history: list[list[tuple[int, ...]]],
) -> None:
    known: dict[int, frozenset[str]] = {}
    for runs in history:
        found = recognise([run(*one) for one in runs], known)
        after = numbered(found, known)
        assert sorted(after.values(), key=sorted) == sorted((ids(*one) for one in runs), key=sorted)
        assert found.ended == set(known) - set(after)
        kept = set(after) & set(known)
        assert all(after[number] & known[number] for number in kept)
        touched = [number for number in known if any(known[number] & one for one in after.values())]
        assert len(kept) >= (len(touched) > 0)
        again = recognise([run(*one) for one in runs], after)
        assert {one.gap for one in again.found} == set(after)
        assert numbered(again, after) == after
        assert again.ended == set()
        known = after


@given(partitions(), partitions())
def test_what_touches_no_gap_on_record_is_new_and_what_is_left_over_has_a_parent(
    before: list[tuple[int, ...]], after: list[tuple[int, ...]]
) -> None:
    known = {number: ids(*one) for number, one in enumerate(before, start=1)}
    for one in recognise([run(*places) for places in after], known).found:
        shared = {n for n, windows in known.items() if windows & {w.id for w in one.windows}}
        if one == Found(one.windows):
            assert not shared
        else:
            assert {one.gap or one.parent} <= shared


# Changed


@pytest.mark.parametrize(
    ("now", "told", "changed"),
    [
        ((2, 3), (2, 3), False),
        ((2, 3, 4), (2, 3), True),
        ((1, 2, 3), (2, 3), True),
        ((2,), (2, 3), True),
        ((3,), (2, 3), True),
        ((3, 4), (2, 3), True),
        ((4, 5), (2, 3), True),
    ],
    ids=["unchanged", "grown", "grown to the front", "shrunk", "begins later", "moved", "elsewhere"],
)
def test_a_gap_that_is_not_what_was_told_is_changed(
    now: tuple[int, ...], told: tuple[int, ...], *, changed: bool
) -> None:
    assert gap(*now, told=told).changed(FOUND_AT) is changed


def test_a_gap_of_which_nobody_was_told_is_not_changed() -> None:
    assert not gap(2, 3).changed(FOUND_AT)


@pytest.mark.parametrize(
    ("off", "changed"),
    [(-SECOND, True), (0 * SECOND, False), (SECOND, False)],
    ids=["open", "at", "past"],
)
def test_a_window_that_has_closed_is_no_change(off: object, *, changed: bool) -> None:
    closing = WINDOWS[2].closes_at
    assert gap(3, told=(2, 3)).changed(closing + off) is changed  # type: ignore[operator]


@pytest.mark.parametrize(
    ("until", "changed"),
    [("2026-11-24", False), ("2026-11-25", True), ("2026-11-26", True), (None, True)],
    ids=["beyond the horizon", "its last day", "within", "no horizon known"],
)
def test_a_window_to_which_the_horizon_has_come_since_is_no_change(
    until: str | None, *, changed: bool
) -> None:
    assert WINDOWS[4].day == date(2026, 11, 25)
    assert gap(2, 3, 4, told=(2, 3), until=until).changed(FOUND_AT) is changed


# Where it begins and ends


def test_a_gap_begins_with_its_first_window_also_where_that_has_closed() -> None:
    facts = GapFacts(1, FOUND_AT, windows=run(2, 3), past=run(0, 1))
    assert (facts.starts_at, facts.ends_at) == (WINDOWS[0].opens_at, WINDOWS[3].closes_at)
    ahead = GapFacts(1, FOUND_AT, windows=run(2, 3))
    assert (ahead.starts_at, ahead.ends_at) == (WINDOWS[2].opens_at, WINDOWS[3].closes_at)
