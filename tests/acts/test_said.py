"""What each command of a text does, and what its answer says: over both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acts.phone import Phones, reply_in
from tests.cast import DANA, KIM, LEE, MORGAN, PAT, SAM, SECOND, local
from tests.store.desk import MONDAY, MORNING_ID, OPERATOR, Desk
from watchbill.acts.roster import edit_person
from watchbill.core.checks import Action, Category, Finding
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import Duty, DutyKind, Leave, LeaveKind, Person
from watchbill.core.windows import State
from watchbill.core.world import NoticeState
from watchbill.store import people, windows
from watchbill.store.columns import Heard
from watchbill.store.notices import NoticeRecord
from watchbill.store.windows import CheckRecord

TUESDAY = "2026-11-24"
FRIDAY = "2026-11-27"


@pytest.fixture
def phones(desk: Desk) -> Phones:
    """Give the phones of the cast at nine on a Monday morning, with all that waits said."""
    made = Phones(desk)
    desk.at(f"{MONDAY}T09:00")
    made.tick()
    made.quiet()
    return made


def checks(desk: Desk, day: str = MONDAY) -> list[CheckRecord]:
    with desk.store.read() as connection:
        when = local(f"{day}T12:00").date()
        return windows.checks_between(connection, when, when)


def leaves(desk: Desk) -> list[Leave]:
    with desk.store.read() as connection:
        return people.leaves(connection)


def duties(desk: Desk) -> list[Duty]:
    with desk.store.read() as connection:
        return people.duties(connection)


def acts(phones: Phones, who: Person, words: str) -> str:
    """Return the answer to a text with a good code."""
    return phones.asks(who, f"{words} {phones.code(who)}")


def refusals(phones: Phones) -> list[str]:
    """Return with what words acts were refused, as the journal has it."""
    found = [words for entry, words in phones.desk.entries() if entry.kind == Kind.ACT_REFUSED]
    return [str((words.text or {})["refusal"]) for words in found if words is not None]


# When a check counts


def test_a_check_counts_at_the_time_at_which_the_provider_received_the_word(phones: Phones) -> None:
    code, received = phones.code(KIM), local(f"{MONDAY}T09:15")
    phones.desk.at(f"{MONDAY}T11:00")
    answer = phones.asks(KIM, f"DONE {code}", at=received)
    (record,) = checks(phones.desk)
    assert (record.check.viewed_at, record.check.reported_at) == (received, received)
    assert "recorded 9:15 AM EST" in answer


def test_the_answer_has_the_entry_and_its_short_hash(phones: Phones) -> None:
    answer = acts(phones, KIM, "DONE")
    (entry,) = phones.entries_of(Kind.CHECK_RECORDED)
    assert f"entry {entry.number} {entry.short}" in answer
    assert "complete" in answer


@pytest.mark.parametrize(
    ("off", "state"),
    [(-SECOND, State.COMPLETED), (0 * SECOND, State.LATE), (SECOND, State.LATE)],
)
def test_a_text_that_is_read_after_its_window_was_settled_counts_by_when_it_came(
    phones: Phones, off: timedelta, state: State
) -> None:
    code = phones.code(KIM)
    phones.desk.at(f"{MONDAY}T11:32")
    phones.tick()
    assert phones.desk.window(MORNING_ID).state is State.MISSED
    phones.says(KIM, f"DONE {code}", at=local(f"{MONDAY}T11:30") + off)
    assert phones.desk.window(MORNING_ID).state is state


def test_a_missed_notice_that_waits_is_taken_back_by_a_text_that_came_in_time(phones: Phones) -> None:
    code = phones.code(KIM)
    phones.desk.at(f"{MONDAY}T11:32")
    phones.desk.tick()
    phones.says(KIM, f"DONE {code}", at=local(f"{MONDAY}T11:29:59"))
    missed = [n.state for n in phones.desk.notices() if n.reason is Reason.WINDOW_MISSED]
    assert missed
    assert set(missed) == {NoticeState.WITHDRAWN}


def test_after_local_midnight_what_was_settled_is_final(phones: Phones) -> None:
    code = phones.code(KIM)
    phones.desk.at(f"{MONDAY}T16:32")
    phones.tick()
    phones.desk.at(f"{TUESDAY}T00:01")
    phones.says(KIM, f"DONE {code}", at=local(f"{MONDAY}T11:00"))
    assert phones.desk.states() == [State.MISSED, State.MISSED]
    assert len(checks(phones.desk)) == 1


def test_what_was_not_settled_before_midnight_takes_in_the_text_that_came_in_time(
    phones: Phones,
) -> None:
    code = phones.code(KIM)
    phones.desk.at(f"{TUESDAY}T00:01")
    phones.says(KIM, f"DONE {code}", at=local(f"{MONDAY}T11:00"))
    phones.tick()
    assert phones.desk.states() == [State.COMPLETED, State.MISSED]


def test_a_providers_clock_that_is_ahead_does_not_carry_a_check_beyond_now(phones: Phones) -> None:
    acts_at = phones.desk.clock.now()
    phones.asks(KIM, f"DONE {phones.code(KIM)}", at=acts_at + timedelta(minutes=3))
    (record,) = checks(phones.desk)
    assert record.check.viewed_at == acts_at


def test_a_check_confirmed_later_the_same_day_counts_from_the_first_text(phones: Phones) -> None:
    phones.desk.at(f"{MONDAY}T11:25")
    answer = phones.asks(KIM, "DONE")
    assert "11:25 AM EST" in answer
    phones.desk.at(f"{MONDAY}T12:00")
    phones.tick()
    phones.says(KIM, reply_in(answer))
    (record,) = checks(phones.desk)
    assert record.check.viewed_at == local(f"{MONDAY}T11:25")
    assert record.attested
    assert phones.desk.window(MORNING_ID).state is State.COMPLETED


@pytest.mark.parametrize(
    ("first", "then"),
    [("LEAVE 12/24", "DONE"), ("DONE FB", "DONE"), ("DONE FB", "DONE YT"), ("BACK", "DONE")],
)
def test_a_check_counts_from_an_earlier_text_only_where_that_said_the_same(
    phones: Phones, first: str, then: str
) -> None:
    phones.desk.away(KIM, "2026-11-22", f"{MONDAY}T09:30")
    phones.says(KIM, first)
    code = phones.code_of(KIM, Reason.ANSWER)
    phones.desk.at(f"{MONDAY}T15:00")
    phones.says(KIM, f"{then} {code}")
    (record,) = checks(phones.desk)
    assert record.check.viewed_at == local(f"{MONDAY}T15:00")


def test_one_confirmed_on_the_next_day_counts_from_then(phones: Phones) -> None:
    phones.desk.at(f"{MONDAY}T23:50")
    answer = phones.asks(KIM, "DONE")
    phones.desk.at(f"{TUESDAY}T09:00")
    phones.says(KIM, reply_in(answer))
    assert checks(phones.desk) == []
    (record,) = checks(phones.desk, TUESDAY)
    assert record.check.viewed_at == local(f"{TUESDAY}T09:00")


def test_nobody_without_authority_completes_a_check_by_text(phones: Phones) -> None:
    answer = acts(phones, PAT, "DONE")
    assert checks(phones.desk) == []
    assert phones.heard() == [Heard.REFUSED]
    assert refusals(phones)[-1] in answer


# Findings


def test_a_finding_is_followed_by_one_question_and_its_answer_is_an_amendment(phones: Phones) -> None:
    question = acts(phones, KIM, "DONE FB 4")
    assert "What was done about FB 4?" in question
    phones.desk.later(minutes=2)
    answer = phones.asks(KIM, f"HIDDEN {phones.code_of(KIM, Reason.ANSWER)}")
    first, second = checks(phones.desk)
    assert first.findings == (Finding("FB", Category.SPAM, Action.NONE),)
    assert second.findings == (Finding("FB", Category.SPAM, Action.HIDDEN),)
    assert (first.amends, second.amends) == (None, first.check.number)
    assert (second.check.viewed_at, second.check.pages) == (first.check.viewed_at, first.check.pages)
    assert "copy" in answer


def test_what_was_done_without_a_code_is_read_back_and_can_be_confirmed(phones: Phones) -> None:
    acts(phones, KIM, "DONE FB 4")
    answer = phones.asks(KIM, "HIDDEN")
    assert [record.amends for record in checks(phones.desk)] == [None]
    phones.says(KIM, reply_in(answer))
    assert [record.findings[0].action for record in checks(phones.desk)] == [
        Action.NONE,
        Action.HIDDEN,
    ]


def test_what_was_done_is_not_asked_where_it_was_said(phones: Phones) -> None:
    answer = acts(phones, KIM, "DONE FB 4 DELETED")
    assert "What was done" not in answer
    (record,) = checks(phones.desk)
    assert record.findings == (Finding("FB", Category.SPAM, Action.DELETED),)


def test_a_child_at_risk_is_referred_with_the_contact_lines_first_and_told_at_once(
    phones: Phones,
) -> None:
    answer = acts(phones, DANA, "DONE FB CHILD")
    assert answer.index("419-213-CARE") < answer.index("Referred")
    (record,) = checks(phones.desk)
    assert record.findings == (Finding("FB", Category.CHILD, Action.REFERRED),)
    told = {n.person for n in phones.desk.notices() if n.reason is Reason.CHILD_REFERRED}
    assert told == {KIM.id, MORGAN.id}


def test_an_action_where_no_finding_waits_is_refused(phones: Phones) -> None:
    answer = acts(phones, KIM, "HIDDEN")
    assert "no finding" in answer
    assert phones.heard() == [Heard.REFUSED]


# Leave, read back in full


@pytest.mark.parametrize(
    ("words", "shown", "kind", "first", "end"),
    [
        ("SICK", "Mon Nov 23", LeaveKind.SICK, f"{MONDAY}T09:00", TUESDAY),
        ("SICK UNTIL FRI", "Mon Nov 23 to Fri Nov 27", LeaveKind.SICK, f"{MONDAY}T09:00", "2026-11-28"),
        ("SICK TOMORROW", "Tue Nov 24", LeaveKind.SICK, TUESDAY, "2026-11-25"),
        ("LEAVE FRI", "Fri Nov 27", LeaveKind.VACATION, FRIDAY, "2026-11-28"),
        ("LEAVE 12/24", "Thu Dec 24", LeaveKind.VACATION, "2026-12-24", "2026-12-25"),
        (
            "LEAVE 12/24-1/2",
            "Thu Dec 24 to Sat Jan 2, 2027",
            LeaveKind.VACATION,
            "2026-12-24",
            "2027-01-03",
        ),
        (
            "LEAVE 3/13-3/14",
            "Sat Mar 13, 2027 to Sun Mar 14, 2027",
            LeaveKind.VACATION,
            "2027-03-13",
            "2027-03-15",
        ),
    ],
)
def test_dates_are_local_and_read_back_in_full(
    phones: Phones, words: str, shown: str, kind: LeaveKind, first: str, end: str
) -> None:
    asked = phones.asks(KIM, words)
    assert f"away {shown}." in asked
    done = phones.asks(KIM, reply_in(asked))
    assert f"away {shown}, entry" in done
    (leave,) = leaves(phones.desk)
    assert (leave.kind, leave.starts_at, leave.ends_at) == (kind, local(first), local(end))


def test_the_answer_says_what_is_left_uncovered_and_how_to_end_it(phones: Phones) -> None:
    answer = acts(phones, KIM, "SICK")
    assert "Nobody covers 1 check of it yet" in answer
    phones.desk.later(hours=1)
    assert "welcome back" in phones.asks(KIM, reply_in(answer))
    (leave,) = leaves(phones.desk)
    assert leave.until == phones.desk.clock.now()


def test_the_leave_of_a_designee_leaves_nothing_uncovered(phones: Phones) -> None:
    assert "All checks are covered" in acts(phones, DANA, "LEAVE 12/14-12/18")


def test_back_says_who_is_responsible_and_how_to_take_the_duty_back(phones: Phones) -> None:
    acts(phones, KIM, "SICK UNTIL FRI")
    phones.desk.designate(MORGAN, DANA, MONDAY, FRIDAY, DutyKind.INTERIM)
    phones.desk.at(f"{TUESDAY}T09:00")
    answer = acts(phones, KIM, "BACK")
    assert "Dana Okafor is responsible" in answer
    assert "COVER KIM 11/24" in answer
    assert acts(phones, KIM, "WHO").count("Dana Okafor") >= 1


def test_back_without_an_appointment_gives_the_duty_back(phones: Phones) -> None:
    acts(phones, KIM, "SICK")
    assert "You are responsible from now on" in acts(phones, KIM, "BACK")


def test_back_where_nobody_is_away_is_refused_before_a_code_is_asked_for(phones: Phones) -> None:
    assert "you are not on leave" in acts(phones, KIM, "BACK")
    assert phones.heard() == [Heard.REFUSED]


# Duties


@pytest.mark.parametrize(
    ("words", "shown", "first", "end"),
    [
        ("COVER DANA 12/24-12/31", "Thu Dec 24 to Thu Dec 31", "2026-12-24", "2027-01-01"),
        ("COVER Dana Okafor FRI", "Fri Nov 27", FRIDAY, "2026-11-28"),
        ("COVER OKAFOR TODAY", "Mon Nov 23", f"{MONDAY}T09:00", TUESDAY),
    ],
)
def test_the_pio_designates_somebody_by_name(
    phones: Phones, words: str, shown: str, first: str, end: str
) -> None:
    asked = phones.asks(KIM, words)
    assert f"designate Dana Okafor {shown}." in asked
    answer = phones.asks(KIM, reply_in(asked))
    assert "Dana Okafor is designated" in answer
    assert all(day in answer for day in shown.split(" to "))
    (duty,) = duties(phones.desk)
    assert (duty.kind, duty.person) == (DutyKind.DESIGNATION, DANA.id)
    assert (duty.starts_at, duty.ends_at) == (local(first), local(end))


def test_without_dates_it_is_the_gap_that_the_text_told_of(phones: Phones) -> None:
    phones.desk.away(KIM, FRIDAY, "2026-11-28")
    phones.tick()
    phones.says(KIM, f"COVER DANA {phones.code_of(KIM, Reason.GAP_FOUND)}")
    (duty,) = duties(phones.desk)
    assert duty.person == DANA.id
    assert duty.starts_at <= local(f"{FRIDAY}T08:30")
    assert duty.ends_at >= local(f"{FRIDAY}T16:30")


def test_a_name_that_is_nobodys_is_refused_with_those_that_can_be(phones: Phones) -> None:
    answer = acts(phones, KIM, "COVER Xyzzy 12/24")
    assert "Dana Okafor, Lee Park" in answer
    assert "Xyzzy" not in answer
    assert phones.heard() == [Heard.REFUSED]
    assert duties(phones.desk) == []


def test_a_name_of_two_is_refused_with_both(phones: Phones) -> None:
    edit_person(phones.desk.office, OPERATOR, replace(LEE, name="Lee Okafor"))
    answer = acts(phones, KIM, "COVER OKAFOR 12/24")
    assert "Dana Okafor, Lee Okafor" in answer
    assert duties(phones.desk) == []


def test_somebody_who_is_away_is_refused_with_who_is_free(phones: Phones) -> None:
    phones.desk.away(DANA, "2026-12-24", "2026-12-25")
    answer = acts(phones, KIM, "COVER DANA 12/24")
    assert "Dana Okafor is away Thu Dec 24" in answer
    assert "Lee Park" in answer
    assert duties(phones.desk) == []
    assert len(refusals(phones)) == 1


@pytest.mark.parametrize(
    ("who", "words"),
    [(KIM, "APPOINT DANA 12/24"), (DANA, "APPOINT LEE 12/24"), (DANA, "COVER LEE 12/24")],
)
def test_who_may_not_is_refused_and_the_attempt_is_in_the_journal_once(
    phones: Phones, who: Person, words: str
) -> None:
    answer = acts(phones, who, words)
    assert "may" in answer
    assert duties(phones.desk) == []
    (entry,) = phones.entries_of(Kind.ACT_REFUSED)
    assert (entry.actor.name, entry.actor.way) == (f"person:{who.id}", "sms")


# The letters of an escalation


@pytest.fixture(params=["12:00", "13:40"], ids=["before the first window", "in an open window"])
def escalated(phones: Phones, request: pytest.FixtureRequest) -> Phones:
    """Give phones of which the ED's asks for somebody: the PIO is sick, and nobody is designated."""
    phones.desk.at(f"{MONDAY}T{request.param}")
    phones.tick()
    phones.says(KIM, f"SICK UNTIL FRI {phones.code(KIM)}")
    phones.tick()
    return phones


def asking(phones: Phones) -> NoticeRecord:
    """Return the one notice that names people to the ED."""
    (notice,) = [n for n in phones.desk.notices() if n.about.get("letters")]
    assert notice.person == MORGAN.id
    assert notice.reason in (Reason.GAP_ESCALATED, Reason.WINDOW_UNCOVERED)
    return notice


def lettered(phones: Phones) -> dict[str, int]:
    return {str(letter): int(person) for letter, person in asking(phones).about["letters"].items()}


def test_the_ed_gets_names_by_letters_within_one_tick(escalated: Phones) -> None:
    letters = lettered(escalated)
    assert list(letters) == ["A", "B", "C", "D"]
    assert set(letters.values()) == {DANA.id, LEE.id, PAT.id, SAM.id}
    text = escalated.shown(MORGAN)
    for letter, person in letters.items():
        assert f"{letter} {escalated.desk.person(person).name}" in text


@pytest.mark.parametrize("words", ["{letter} {code}", "APPOINT {letter} {code}", "{code} {letter}."])
@pytest.mark.parametrize("letter", "AD")
def test_a_letter_appoints_whom_it_names_for_the_whole_gap(
    escalated: Phones, words: str, letter: str
) -> None:
    code = asking(escalated).code
    escalated.says(MORGAN, words.format(letter=letter, code=code))
    (duty,) = duties(escalated.desk)
    assert (duty.kind, duty.person) == (DutyKind.INTERIM, lettered(escalated)[letter])
    assert duty.starts_at <= max(escalated.desk.clock.now(), local(f"{MONDAY}T13:30"))
    assert duty.ends_at == local(f"{FRIDAY}T16:30")


def test_a_letter_that_names_nobody_is_refused_with_those_that_do(escalated: Phones) -> None:
    code = asking(escalated).code
    answer = escalated.asks(MORGAN, f"F {code}")
    assert "Dana Okafor" in answer
    assert duties(escalated.desk) == []
    escalated.says(MORGAN, f"A {code}")
    assert len(duties(escalated.desk)) == 1


def test_the_letters_stay_as_they_were_sent(escalated: Phones) -> None:
    before, code = lettered(escalated), asking(escalated).code
    gone = escalated.desk.person(before["A"])
    escalated.desk.away(gone, MONDAY, "2026-11-28")
    answer = escalated.asks(MORGAN, f"A {code}")
    assert f"{gone.name} is away" in answer
    escalated.says(MORGAN, f"B {code}")
    assert [duty.person for duty in duties(escalated.desk)] == [before["B"]]


def test_a_letter_for_what_is_covered_by_now_appoints_nobody_for_another_gap(escalated: Phones) -> None:
    code = asking(escalated).code
    escalated.desk.designate(MORGAN, DANA, MONDAY, "2026-11-28", DutyKind.INTERIM)
    escalated.desk.tick()
    escalated.desk.away(KIM, "2026-11-28", "2026-11-29")
    escalated.desk.tick()
    before = duties(escalated.desk)
    assert "covered by now" in escalated.asks(MORGAN, f"B {code}")
    assert duties(escalated.desk) == before


def test_an_appointee_declines_by_the_reply_that_was_read_back(phones: Phones) -> None:
    phones.desk.designate(MORGAN, LEE, MONDAY, FRIDAY, DutyKind.INTERIM)
    asked = phones.asks(LEE, "DECLINE")
    assert "you have declined" in phones.asks(LEE, reply_in(asked))
    (duty,) = duties(phones.desk)
    assert duty.declined_at == phones.desk.clock.now()


def test_a_letter_without_a_code_is_read_back_by_name(escalated: Phones) -> None:
    letters = lettered(escalated)
    answer = escalated.asks(MORGAN, "B")
    assert escalated.desk.person(letters["B"]).name in answer
    assert duties(escalated.desk) == []
    escalated.says(MORGAN, reply_in(answer))
    assert [duty.person for duty in duties(escalated.desk)] == [letters["B"]]


def test_the_letter_of_somebody_else_than_the_ed_is_refused(escalated: Phones) -> None:
    acts(escalated, DANA, "B")
    assert duties(escalated.desk) == []
    assert escalated.heard()[-1] is Heard.REFUSED


def test_an_appointment_ends_the_gap_and_the_escalation(escalated: Phones) -> None:
    escalated.says(MORGAN, f"A {asking(escalated).code}")
    for _ in range(4):
        escalated.tick()
        escalated.desk.later(hours=12)
    reasons = (Reason.GAP_ESCALATED, Reason.WINDOW_UNCOVERED)
    told = [n for n in escalated.desk.notices() if n.reason in reasons]
    assert [n.id for n in told if n.state is not NoticeState.SKIPPED] == [asking(escalated).id]
    assert len(escalated.entries_of(Kind.GAP_ENDED)) == 1
