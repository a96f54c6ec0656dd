"""Follow-ups: which findings open one, who closes it, and what an amendment makes of it (Policy 1004 §5)."""

from __future__ import annotations

import pytest

from tests.acts.refusal import refused
from tests.cast import DANA, KIM, LEE, MORGAN, PAT, SAM
from tests.store.desk import MONDAY, OPERATOR, Desk
from watchbill.acts.check import amend_action
from watchbill.acts.deed import By
from watchbill.acts.follow_up import close_follow_up
from watchbill.core.checks import Action, Category, Finding, Way
from watchbill.core.journal import Kind
from watchbill.core.roster import Person
from watchbill.store.follow_ups import FollowUp, open_follow_ups

NINE = f"{MONDAY}T09:00"


def opened(desk: Desk, who: Person | None = None) -> list[FollowUp]:
    with desk.store.read() as connection:
        return open_follow_ups(connection, None if who is None else who.id)


def found(desk: Desk, who: Person, *findings: tuple[str, Category, Action]) -> int:
    desk.at(NINE)
    return desk.check(who, findings=tuple(Finding(*one) for one in findings)).number


def close(desk: Desk, who: Person | None, finding: int, action: Action = Action.DELETED) -> int:
    by = OPERATOR if who is None else By(who, Way.WEB)
    return close_follow_up(desk.office, by, finding, action).entry


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("category", [one for one in Category if one is not Category.CHILD])
def test_advertising_and_whatever_nothing_was_done_about_open_a_follow_up(
    desk: Desk, category: Category, action: Action
) -> None:
    if category is Category.NOTICE_MISSING and action in (Action.HIDDEN, Action.DELETED):
        return
    found(desk, DANA, ("FB", category, action))
    asks = category is Category.ADVERTISING or action is Action.NONE
    assert [(one.page, one.category, one.action) for one in opened(desk)] == (
        [("FB", category, action)] if asks else []
    )


def test_a_child_that_was_referred_opens_none(desk: Desk) -> None:
    found(desk, DANA, ("FB", Category.CHILD, Action.REFERRED))
    assert opened(desk) == []


@pytest.mark.parametrize(
    "who", [KIM, MORGAN, DANA, None], ids=["pio", "director", "finder", "operator"]
)
def test_the_pio_the_director_and_the_finder_close_it_with_what_was_done(
    desk: Desk, who: Person | None
) -> None:
    number = found(desk, DANA, ("FB", Category.ADVERTISING, Action.REPORTED))
    (one,) = opened(desk)
    entry = close(desk, who, one.finding)
    assert opened(desk) == []
    last, _ = desk.last_entry()
    assert (last.number, last.kind) == (entry, Kind.FOLLOW_UP_CLOSED)
    assert last.facts == {
        "finding": one.finding,
        "check": number,
        "page": "FB",
        "category": "advertising",
        "action": "deleted",
    }


@pytest.mark.parametrize("who", [LEE, PAT, SAM], ids=["designee", "manager", "services"])
def test_nobody_else_closes_it(desk: Desk, who: Person) -> None:
    found(desk, DANA, ("FB", Category.SPAM, Action.NONE))
    (one,) = opened(desk)
    assert "may not close this follow-up" in refused(desk, lambda: close(desk, who, one.finding))
    assert opened(desk) == [one]


def test_each_person_sees_their_own(desk: Desk) -> None:
    found(desk, DANA, ("FB", Category.SPAM, Action.NONE))
    assert (len(opened(desk, DANA)), opened(desk, LEE)) == (1, [])


def test_nothing_done_closes_nothing(desk: Desk) -> None:
    found(desk, DANA, ("FB", Category.SPAM, Action.NONE))
    (one,) = opened(desk)
    assert "say what was done" in refused(desk, lambda: close(desk, KIM, one.finding, Action.NONE))


@pytest.mark.parametrize("action", [Action.HIDDEN, Action.DELETED])
def test_a_missing_notice_is_not_hidden_or_deleted(desk: Desk, action: Action) -> None:
    found(desk, DANA, ("FB", Category.NOTICE_MISSING, Action.NONE))
    (one,) = opened(desk)
    assert "cannot be hidden" in refused(desk, lambda: close(desk, KIM, one.finding, action))


def test_it_is_closed_once(desk: Desk) -> None:
    found(desk, DANA, ("FB", Category.SPAM, Action.NONE))
    (one,) = opened(desk)
    close(desk, KIM, one.finding)
    assert "closed already" in refused(desk, lambda: close(desk, KIM, one.finding))


@pytest.mark.parametrize("finding", [0, -1, 999])
def test_what_does_not_exist_is_not_closed(desk: Desk, finding: int) -> None:
    desk.at(NINE)
    assert "no such follow-up" in refused(desk, lambda: close(desk, KIM, finding))


def test_a_finding_that_was_seen_to_at_once_has_none_to_close(desk: Desk) -> None:
    found(desk, DANA, ("FB", Category.SPAM, Action.DELETED), ("YT", Category.SPAM, Action.NONE))
    (one,) = opened(desk)
    assert "no such follow-up" in refused(desk, lambda: close(desk, KIM, one.finding - 1))


# Amendments


def test_of_an_amended_finding_the_amendment_counts(desk: Desk) -> None:
    number = found(desk, DANA, ("FB", Category.SPAM, Action.NONE))
    done = Finding("FB", Category.SPAM, Action.HIDDEN)
    amend_action(desk.office, By(DANA, Way.SMS), number, done)
    assert opened(desk) == []


def test_an_amendment_that_says_that_nothing_was_done_is_open_once(desk: Desk) -> None:
    number = found(desk, DANA, ("FB", Category.SPAM, Action.HIDDEN))
    nothing = Finding("FB", Category.SPAM, Action.NONE)
    second, _ = amend_action(desk.office, By(DANA, Way.SMS), number, nothing)
    assert [one.check for one in opened(desk)] == [second]


def test_of_two_amendments_of_one_check_the_later_counts(desk: Desk) -> None:
    number = found(desk, DANA, ("FB", Category.SPAM, Action.HIDDEN))
    for action in (Action.NONE, Action.REPORTED):
        amend_action(desk.office, By(DANA, Way.SMS), number, Finding("FB", Category.SPAM, action))
    assert opened(desk) == []


def test_what_was_closed_is_not_opened_again_by_an_amendment_of_something_else(desk: Desk) -> None:
    advertising = ("FB", Category.ADVERTISING, Action.REPORTED)
    number = found(desk, DANA, advertising, ("YT", Category.SPAM, Action.NONE))
    first, _ = opened(desk)
    close(desk, KIM, first.finding)
    amend_action(desk.office, By(DANA, Way.SMS), number, Finding("YT", Category.SPAM, Action.HIDDEN))
    assert opened(desk) == []
