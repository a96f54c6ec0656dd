"""Recording a check: what it makes of windows, who may, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.acts.refusal import refused, refused_unheard
from tests.cast import DANA, KIM, LEE, MORGAN, PAT, SAM, local
from tests.store.desk import AFTERNOON_ID, MONDAY, MORNING_ID, OPERATOR, Desk
from watchbill.acts.check import Viewing, parse_finding, record_check
from watchbill.acts.deed import By
from watchbill.acts.roster import deactivate_person, retire_page
from watchbill.acts.words import LONGEST_TEXT
from watchbill.core.checks import Action, Category, Finding, Way
from watchbill.core.instants import exact
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import DutyKind, Person
from watchbill.core.windows import State
from watchbill.core.world import NoticeState
from watchbill.errors import RefusedError

TUESDAY = "2026-11-24"
MISSED, UPCOMING, OPEN = State.MISSED, State.UPCOMING, State.OPEN


# What a check makes of windows


def test_a_check_of_all_pages_completes_the_window_and_is_acknowledged_with_its_entry(
    desk: Desk,
) -> None:
    desk.at(f"{MONDAY}T09:00:00.123456")
    receipt = desk.check(KIM)
    entry, words = desk.last_entry()
    assert (receipt.number, receipt.short) == (entry.number, entry.hash[:10])
    assert (receipt.window, receipt.state) == (MORNING_ID, State.COMPLETED)
    assert (receipt.viewed_at, receipt.repeated) == (desk.clock.now(), False)
    assert desk.states() == [State.COMPLETED, UPCOMING]
    assert (entry.kind, entry.actor.name, entry.actor.way) == (
        Kind.CHECK_RECORDED,
        f"person:{KIM.id}",
        "web",
    )
    assert entry.facts == {
        "person": KIM.id,
        "viewed_at": exact(desk.clock.now()),
        "reported_at": exact(desk.clock.now()),
        "pages": ["FB", "YT"],
        "findings": [],
        "way": "web",
        "attested": False,
    }
    assert words is None


def test_two_people_may_split_a_window(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    first = desk.check(KIM, "FB")
    assert (first.window, first.state) == (MORNING_ID, OPEN)
    desk.at(f"{MONDAY}T11:29:59.999999")
    second = desk.check(LEE, "YT")
    assert (second.window, second.state) == (MORNING_ID, State.COMPLETED)


@pytest.mark.parametrize(
    ("at", "window", "state"),
    [
        ("T07:59:59.999999", None, None),
        ("T08:00", MORNING_ID, State.COMPLETED),
        ("T08:30", MORNING_ID, State.COMPLETED),
        ("T11:29:59.999999", MORNING_ID, State.COMPLETED),
        ("T11:30", MORNING_ID, State.LATE),
        ("T12:59:59.999999", MORNING_ID, State.LATE),
        ("T13:00", AFTERNOON_ID, State.COMPLETED),
        ("T16:30", AFTERNOON_ID, State.LATE),
        ("T23:59:59.999999", AFTERNOON_ID, State.LATE),
    ],
)
def test_a_check_counts_for_the_window_that_it_falls_in(
    desk: Desk, at: str, window: str | None, state: State | None
) -> None:
    desk.at(MONDAY + at)
    receipt = desk.check(KIM)
    assert (receipt.window, receipt.state) == (window, state)


def test_a_text_counts_at_the_time_at_which_the_provider_received_it(desk: Desk) -> None:
    desk.at(f"{MONDAY}T11:31")
    receipt = desk.check(KIM, way=Way.SMS, reported_at=local(f"{MONDAY}T11:29"))
    assert (receipt.window, receipt.state) == (MORNING_ID, State.COMPLETED)
    entry, _ = desk.last_entry()
    assert (entry.facts["attested"], entry.facts["way"]) == (False, "sms")


@pytest.mark.parametrize("settled", ["before a tick", "after a tick"])
def test_a_check_entered_later_the_same_day_is_attested_and_completes_its_window(
    desk: Desk, settled: str
) -> None:
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    desk.at(f"{MONDAY}T12:00")
    if settled == "after a tick":
        desk.tick()
        assert desk.states() == [MISSED, UPCOMING]
    receipt = desk.check(KIM, at=local(f"{MONDAY}T09:00"))
    assert (receipt.window, receipt.state) == (MORNING_ID, State.COMPLETED)
    facts = facts_of(desk, receipt.number)
    assert facts["attested"] is True
    assert facts["viewed_at"] == exact(local(f"{MONDAY}T09:00"))
    assert facts["reported_at"] == exact(local(f"{MONDAY}T12:00"))


def facts_of(desk: Desk, number: int) -> Any:
    return desk.entries()[number - 1][0].facts


def test_a_check_of_this_very_instant_is_not_attested(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    desk.check(KIM, at=local(f"{MONDAY}T09:00"))
    assert desk.last_entry()[0].facts["attested"] is False


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (f"{MONDAY}T23:59:59.999999", State.COMPLETED),
        (f"{TUESDAY}T00:00", MISSED),
        (f"{TUESDAY}T09:00", MISSED),
    ],
)
def test_after_local_midnight_a_check_changes_no_state_of_its_day(
    desk: Desk, now: str, state: State
) -> None:
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    desk.at(now)
    desk.tick()
    receipt = desk.check(KIM, at=local(f"{MONDAY}T09:00"))
    assert receipt.window == MORNING_ID
    assert desk.states() == [state, MISSED]
    assert desk.states(TUESDAY)[1] is UPCOMING
    assert facts_of(desk, receipt.number)["attested"] is True


def test_a_check_of_another_day_counts_for_no_window_of_this_one(desk: Desk) -> None:
    desk.at(f"{TUESDAY}T09:00")
    desk.check(KIM, at=local(f"{MONDAY}T09:00"))
    assert desk.states(TUESDAY) == [OPEN, UPCOMING]


def test_one_late_check_makes_up_one_window_the_latest(desk: Desk) -> None:
    desk.at(f"{MONDAY}T17:00")
    desk.tick()
    desk.check(KIM)
    assert desk.states() == [MISSED, State.LATE]
    desk.check(KIM)
    assert desk.states() == [State.LATE, State.LATE]
    extra = desk.check(KIM)
    assert (extra.window, extra.state) == (None, None)


def test_what_waits_to_be_said_of_a_window_is_taken_back_when_it_is_completed(desk: Desk) -> None:
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    assert [n.state for n in desk.notices()] == [NoticeState.PENDING]
    desk.check(KIM)
    (reminder,) = desk.notices()
    assert (reminder.state, reminder.why) == (NoticeState.WITHDRAWN, Reason.WINDOW_COMPLETED)


def test_a_missed_notice_that_still_waits_is_taken_back_by_an_attested_check(desk: Desk) -> None:
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    desk.at(f"{MONDAY}T11:30")
    desk.tick()
    waiting = [n for n in desk.notices() if n.reason is Reason.WINDOW_MISSED]
    assert {n.person for n in waiting} == {KIM.id, MORGAN.id}
    desk.check(KIM, at=local(f"{MONDAY}T09:00"))
    assert {n.state for n in desk.notices() if n.reason is Reason.WINDOW_MISSED} == {
        NoticeState.WITHDRAWN
    }


def test_a_late_check_takes_no_missed_notice_back(desk: Desk) -> None:
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    desk.at(f"{MONDAY}T11:30")
    desk.tick()
    desk.check(KIM)
    assert {n.state for n in desk.notices() if n.reason is Reason.WINDOW_MISSED} == {
        NoticeState.PENDING
    }


# Who may


@pytest.mark.parametrize("person", [KIM, DANA, LEE, MORGAN], ids=lambda p: p.name)
def test_the_pio_a_designee_and_the_ed_may_check(desk: Desk, person: Person) -> None:
    desk.at(f"{MONDAY}T09:00")
    assert desk.check(person).state is State.COMPLETED


@pytest.mark.parametrize("person", [PAT, SAM], ids=lambda p: p.name)
def test_nobody_else_may_check(desk: Desk, person: Person) -> None:
    desk.at(f"{MONDAY}T09:00")
    assert "may not complete a check" in refused(desk, lambda: desk.check(person))


@pytest.mark.parametrize(
    ("at", "may"),
    [("T08:59:59", False), ("T09:00", True), ("T09:59:59", True), ("T10:00", False)],
)
def test_an_appointment_gives_the_authority_while_it_lasts(desk: Desk, *, at: str, may: bool) -> None:
    desk.designate(MORGAN, SAM, f"{MONDAY}T09:00", f"{MONDAY}T10:00", DutyKind.INTERIM)
    desk.at(f"{MONDAY}T11:00")

    def check() -> object:
        return desk.check(SAM, at=local(MONDAY + at))

    if may:
        check()
    else:
        assert "may not complete a check" in refused(desk, check)


def test_somebody_deactivated_may_not_check(desk: Desk) -> None:
    deactivate_person(desk.office, OPERATOR, LEE)
    desk.at(f"{MONDAY}T09:00")
    assert "Lee Park is deactivated" in refused(desk, lambda: desk.check(LEE))


def test_the_operator_may_enter_a_check_for_somebody_who_may(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    by = By(None, Way.CLI, account="root", reason="phoned in")
    record_check(desk.office, by, KIM, Viewing())
    entry, words = desk.last_entry()
    assert (entry.actor.name, entry.facts["person"]) == ("operator", KIM.id)
    assert words is not None
    assert words.text == {"account": "root", "reason": "phoned in"}


# Pages and times


@pytest.mark.parametrize("ahead", ["T09:00:00.000001", "T09:00:01", "T23:00"])
def test_a_time_ahead_of_now_is_refused(desk: Desk, ahead: str) -> None:
    desk.at(f"{MONDAY}T09:00")
    sentence = refused(desk, lambda: desk.check(KIM, at=local(MONDAY + ahead)))
    assert sentence.startswith("--at: ")


def test_a_page_that_nobody_knows_is_refused(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    sentence = refused(desk, lambda: desk.check(KIM, "FB", "myspace"))
    assert sentence == "--page: 'myspace' is not an active page; active are: FB, YT."


def test_a_page_retired_inside_a_window_still_belongs_to_it(desk: Desk) -> None:
    desk.at(f"{MONDAY}T08:30")
    desk.tick()
    desk.at(f"{MONDAY}T09:00")
    retire_page(desk.office, OPERATOR, "YT")
    desk.at(f"{MONDAY}T10:00")
    assert desk.check(KIM, "FB").state is OPEN
    assert desk.check(KIM, "YT").state is State.COMPLETED


def test_a_retired_page_is_refused_where_no_window_has_it(desk: Desk) -> None:
    retire_page(desk.office, OPERATOR, "YT")
    desk.at(f"{MONDAY}T09:00")
    assert "'YT' is not an active page" in refused(desk, lambda: desk.check(KIM, "YT"))
    assert desk.check(KIM).state is State.COMPLETED


def test_without_an_active_page_there_is_nothing_to_check(desk: Desk) -> None:
    for page in ("FB", "YT"):
        retire_page(desk.office, OPERATOR, page)
    desk.at(f"{MONDAY}T09:00")
    assert refused(desk, lambda: desk.check(KIM)).startswith("There is no active page to check")


# Findings


@pytest.mark.parametrize("category", Category, ids=str)
def test_every_category_can_be_found(desk: Desk, category: Category) -> None:
    desk.at(f"{MONDAY}T09:00")
    found = parse_finding(f"FB:{category}")
    receipt = desk.check(KIM, findings=(found,))
    assert facts_of(desk, receipt.number)["findings"] == [["FB", category, found.action]]
    assert found.action is (Action.REFERRED if category is Category.CHILD else Action.NONE)


@pytest.mark.parametrize("action", Action, ids=str)
def test_every_action_can_be_taken(desk: Desk, action: Action) -> None:
    desk.at(f"{MONDAY}T09:00")
    desk.check(KIM, findings=(parse_finding(f"FB:4:{action}"),))
    assert desk.dump()["findings"][0][2:] == ("FB", Category.SPAM, action)


@pytest.mark.parametrize("action", [a for a in Action if a is not Action.REFERRED], ids=str)
def test_a_child_at_risk_is_referred_and_nothing_else(desk: Desk, action: Action) -> None:
    desk.at(f"{MONDAY}T09:00")
    found = (Finding("FB", Category.CHILD, action),)
    assert "a child at risk is referred" in refused(desk, lambda: desk.check(KIM, findings=found))


@pytest.mark.parametrize("action", [Action.HIDDEN, Action.DELETED], ids=str)
def test_a_missing_notice_cannot_be_taken_away(desk: Desk, action: Action) -> None:
    desk.at(f"{MONDAY}T09:00")
    found = (Finding("FB", Category.NOTICE_MISSING, action),)
    assert "cannot be hidden or deleted" in refused(desk, lambda: desk.check(KIM, findings=found))


def test_a_finding_is_on_a_page_of_its_check(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    found = (Finding("YT", Category.SPAM, Action.NONE),)
    sentence = refused(desk, lambda: desk.check(KIM, "FB", findings=found))
    assert "not among the pages of this check" in sentence
    nowhere = (Finding("myspace", Category.SPAM, Action.NONE),)
    assert "not an active page" in refused(desk, lambda: desk.check(KIM, "FB", findings=nowhere))


@pytest.mark.parametrize(
    ("text", "words"),
    [("FB", "''"), ("FB:", "''"), ("FB:10", "'10' is not a category"), ("FB:4:ignored", "'ignored'")],
)
def test_a_finding_that_cannot_be_read_is_refused_with_what_there_is(text: str, words: str) -> None:
    with pytest.raises(RefusedError, match=r"^--finding: ") as caught:
        parse_finding(text)
    assert words in caught.value.message


def test_a_finding_is_read_in_any_case() -> None:
    assert parse_finding("FB:Offensive:HIDDEN") == Finding("FB", Category.OFFENSIVE, Action.HIDDEN)


def told_of_child(desk: Desk) -> list[int]:
    return [n.person for n in desk.notices() if n.reason is Reason.CHILD_REFERRED]


def test_the_pio_and_the_ed_hear_of_a_child_at_once_whatever_the_hour(desk: Desk) -> None:
    desk.at(f"{MONDAY}T03:00")
    receipt = desk.check(LEE, findings=(parse_finding("FB:child"),))
    found = [n for n in desk.notices() if n.reason is Reason.CHILD_REFERRED]
    assert [(n.person, n.step, n.urgent, n.try_at) for n in found] == [
        (KIM.id, Step.REFERRED, True, desk.clock.now()),
        (MORGAN.id, Step.REFERRED, True, desk.clock.now()),
    ]
    assert found[0].about == {"person": LEE.id, "entry": receipt.number}


def test_the_ed_hears_of_a_child_once_while_the_pio_is_away(desk: Desk) -> None:
    desk.away(KIM, MONDAY, TUESDAY)
    desk.at(f"{MONDAY}T09:00")
    desk.check(LEE, findings=(parse_finding("FB:child"), parse_finding("YT:child")))
    assert told_of_child(desk) == [MORGAN.id]


def test_a_check_without_a_child_tells_nobody(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    desk.check(LEE, findings=(parse_finding("FB:offensive:hidden"),))
    assert desk.notices() == []


# Notes


def test_a_note_stands_beside_the_chain_and_not_in_it(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    desk.check(KIM, note="Quiet morning; hotline 419-213-2273, ticket 4192132273.")
    entry, words = desk.last_entry()
    assert words is not None
    assert words.text == {"note": "Quiet morning; hotline 419-213-2273, ticket 4192132273."}
    assert "Quiet" not in repr(entry.facts)


@pytest.mark.parametrize(
    "note",
    ["123-45-6789", "seen 123 45 6789 there", "ssn:123456789", "(123.45.6789)", "x123-45-6789x"],
)
def test_what_looks_like_a_social_security_number_is_refused(desk: Desk, note: str) -> None:
    desk.at(f"{MONDAY}T09:00")
    sentence = refused_unheard(desk, lambda: desk.check(KIM, note=note))
    assert "Social Security number" in sentence
    assert note not in sentence


@pytest.mark.parametrize(("length", "fits"), [(LONGEST_TEXT, True), (LONGEST_TEXT + 1, False)])
def test_a_note_has_a_longest_length(desk: Desk, *, length: int, fits: bool) -> None:
    desk.at(f"{MONDAY}T09:00")
    note = "x" * length
    if fits:
        desk.check(KIM, note=note)
    else:
        sentence = refused_unheard(desk, lambda: desk.check(KIM, note=note))
        assert sentence.startswith("--note: 501 characters")


# Forms


def test_a_form_is_accepted_once_and_answered_again(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    first = desk.check(KIM, form="a-form")
    before = desk.dump()
    desk.later(minutes=1)
    again = desk.check(KIM, form="a-form")
    assert desk.dump() == before
    assert (again.number, again.short, again.viewed_at) == (first.number, first.short, first.viewed_at)
    assert again.repeated
    assert desk.check(KIM, form="another").number > first.number


def test_a_form_sent_many_times_at_once_is_accepted_once(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(lambda _: desk.check(KIM, form="a-form"), range(6)))
    assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * 5
    assert len({receipt.number for receipt in receipts}) == 1
    assert desk.kinds().count(Kind.CHECK_RECORDED) == 1
