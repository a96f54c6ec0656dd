"""What is done with a text: once, with a code that we sent, answered, and its words kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acts.phone import Phones, reply_in
from tests.cast import DANA, KIM, LEE, MORGAN, SAM, SECOND, local
from tests.store.desk import MONDAY, MORNING_ID, OPERATOR, Desk
from watchbill.acts.roster import deactivate_person, edit_person
from watchbill.core.checks import Way
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import LeaveKind, Person
from watchbill.core.windows import State
from watchbill.store.columns import Heard

TUESDAY = "2026-11-24"
NOBODY = "+14195559999"
SECRET = "PERSIMMON"


@pytest.fixture
def phones(desk: Desk) -> Phones:
    """Give the phones of the cast at nine on a Monday morning, with all that waits said."""
    made = Phones(desk)
    desk.at(f"{MONDAY}T09:00")
    made.tick()
    made.quiet()
    return made


def nothing(_: Phones) -> None:
    """Prepare nothing."""


def kim_is_away(phones: Phones) -> None:
    phones.desk.away(KIM, MONDAY, TUESDAY, LeaveKind.SICK)


def dana_is_asked(phones: Phones) -> None:
    phones.desk.designate(KIM, DANA, TUESDAY, "2026-11-25")


COMMANDS: list[tuple[Person, str, Kind, Callable[[Phones], None]]] = [
    (KIM, "DONE", Kind.CHECK_RECORDED, nothing),
    (KIM, "DONE FB", Kind.CHECK_RECORDED, nothing),
    (KIM, "SICK", Kind.LEAVE_TAKEN, nothing),
    (KIM, "SICK UNTIL FRI", Kind.LEAVE_TAKEN, nothing),
    (DANA, "LEAVE 12/24-1/2", Kind.LEAVE_TAKEN, nothing),
    (KIM, "BACK", Kind.LEAVE_CANCELLED, kim_is_away),
    (KIM, "COVER DANA 12/24-12/31", Kind.DESIGNATED, nothing),
    (MORGAN, "APPOINT LEE 12/24", Kind.APPOINTED, nothing),
    (DANA, "ACCEPT", Kind.DUTY_ACCEPTED, dana_is_asked),
    (DANA, "DECLINE", Kind.DUTY_DECLINED, dana_is_asked),
]
each_command = pytest.mark.parametrize(
    ("who", "words", "kind", "prepare"), COMMANDS, ids=[words for _, words, _, _ in COMMANDS]
)


# Codes


@each_command
def test_a_command_with_a_code_of_a_text_to_that_number_acts(
    phones: Phones, who: Person, words: str, kind: Kind, prepare: Callable[[Phones], None]
) -> None:
    prepare(phones)
    phones.asks(who, f"{words} {phones.code(who)}")
    (entry,) = phones.entries_of(kind)
    assert (entry.actor.name, entry.actor.way) == (f"person:{who.id}", Way.SMS)
    assert phones.entries_of(Kind.ACT_REFUSED) == []


@each_command
def test_without_a_code_nothing_is_done_and_the_answer_is_the_reply_to_send(
    phones: Phones, who: Person, words: str, kind: Kind, prepare: Callable[[Phones], None]
) -> None:
    prepare(phones)
    answer = phones.asks(who, words)
    assert phones.entries_of(kind) == []
    assert len(phones.entries_of(Kind.ACT_REFUSED)) == 1
    phones.says(who, reply_in(answer))
    assert [entry.actor.name for entry in phones.entries_of(kind)] == [f"person:{who.id}"]


@each_command
def test_the_code_of_what_was_read_back_is_enough(
    phones: Phones, who: Person, words: str, kind: Kind, prepare: Callable[[Phones], None]
) -> None:
    prepare(phones)
    phones.says(who, words)
    phones.says(who, phones.code_of(who, Reason.ANSWER).lower() + ".")
    assert len(phones.entries_of(kind)) == 1


@pytest.mark.parametrize("words", ["WHO", "who?", "?", "Who is on?"])
def test_a_question_needs_no_code(phones: Phones, words: str) -> None:
    before = phones.desk.entries()
    assert phones.asks(KIM, words)
    assert phones.heard() == [Heard.QUESTION]
    kinds = {entry.kind for entry, _ in phones.desk.entries()[len(before) :]}
    assert kinds == {Kind.NOTICE_OWED, Kind.NOTICE_SENT}


def test_who_names_the_one_responsible_now_and_next(phones: Phones) -> None:
    phones.desk.away(KIM, f"{MONDAY}T12:00", TUESDAY)
    answer = phones.asks(DANA, "WHO")
    assert "responsible now: Kim Rivera" in answer
    assert "Mon Nov 23 1:30 PM-4:30 PM EST, NOBODY" in answer


@each_command
def test_the_code_of_another_number_is_none(
    phones: Phones, who: Person, words: str, kind: Kind, prepare: Callable[[Phones], None]
) -> None:
    prepare(phones)
    other = LEE if who is not LEE else KIM
    before = phones.desk.dump()
    answer = phones.asks(who, f"{words} {phones.code(other)}")
    assert phones.entries_of(kind) == []
    assert "nothing was done" in answer
    assert phones.heard() == [Heard.WRONG_CODE]
    assert phones.desk.dump()["checks"] == before["checks"]


def test_a_code_counts_from_the_number_alone_to_which_it_went(phones: Phones) -> None:
    code = phones.code(KIM)
    moved = replace(KIM, mobile="+14195550777")
    edit_person(phones.desk.office, OPERATOR, moved)
    phones.says(moved, f"DONE {code}")
    assert phones.heard() == [Heard.WRONG_CODE]


def test_a_code_is_not_inherited_with_a_number(phones: Phones) -> None:
    code = phones.code(DANA)
    edit_person(phones.desk.office, OPERATOR, replace(DANA, mobile="+14195550777"))
    heir = replace(LEE, mobile=DANA.mobile)
    edit_person(phones.desk.office, OPERATOR, heir)
    phones.says(heir, f"LEAVE 12/24 {code}")
    assert phones.heard() == [Heard.WRONG_CODE]


def test_a_code_that_was_only_mailed_is_none(phones: Phones) -> None:
    phones.desk.designate(MORGAN, DANA, TUESDAY, "2026-11-25")
    (asked,) = [n for n in phones.desk.notices() if n.reason is Reason.DUTY_ASSIGNED]
    phones.says(DANA, f"ACCEPT {asked.code}")
    assert phones.heard() == [Heard.WRONG_CODE]


@pytest.mark.parametrize("words", ["SICK", "BACK", "COVER DANA 12/24"])
def test_a_code_is_spent_when_the_thing_is_done(phones: Phones, words: str) -> None:
    phones.desk.away(KIM, MONDAY, TUESDAY)
    code = phones.code(KIM)
    phones.says(KIM, f"{words} {code}")
    acts = len(phones.entries_of(Kind.ACT_REFUSED)), len(phones.desk.notices())
    answer = phones.asks(KIM, f"{words} {code}")
    assert phones.heard() == [Heard.ACT, Heard.WORN_OUT_CODE]
    assert "nothing was done" in answer
    assert len(phones.entries_of(Kind.ACT_REFUSED)) == acts[0] + 1


def test_a_worn_out_code_is_answered_with_the_reply_that_does_it(phones: Phones) -> None:
    code = phones.code(KIM)
    phones.says(KIM, f"LEAVE 12/1 {code}")
    answer = phones.asks(KIM, f"LEAVE 12/7-12/8 {code}")
    assert reply_in(answer).startswith("LEAVE 12/7-12/8 ")
    phones.says(KIM, reply_in(answer))
    assert len(phones.entries_of(Kind.LEAVE_TAKEN)) == 2


@pytest.mark.parametrize(
    ("off", "heard"),
    [(-SECOND, Heard.ACT), (0 * SECOND, Heard.WORN_OUT_CODE), (SECOND, Heard.WORN_OUT_CODE)],
)
def test_the_code_of_a_reminder_is_good_until_the_local_midnight_of_its_window(
    phones: Phones, off: timedelta, heard: Heard
) -> None:
    phones.desk.at(f"{MONDAY}T14:00")
    phones.tick()
    code = phones.code_of(KIM, Reason.CHECK_DUE)
    phones.desk.clock.set(local(TUESDAY) + off)
    phones.says(KIM, f"DONE {code}")
    assert phones.heard() == [heard]


@pytest.mark.parametrize(
    ("days", "heard"),
    [(14, Heard.WORN_OUT_CODE), (89, Heard.WORN_OUT_CODE), (91, Heard.WRONG_CODE)],
)
def test_an_old_code_is_worn_out_and_one_older_than_ninety_days_is_unknown(
    phones: Phones, days: int, heard: Heard
) -> None:
    code = phones.code(KIM)
    phones.desk.later(days=days)
    phones.says(KIM, f"BACK {code}")
    assert phones.heard() == [heard]


def test_a_code_stands_before_the_words_or_behind_and_in_any_case(phones: Phones) -> None:
    phones.says(KIM, f"{phones.code(KIM).lower()} done!")
    phones.says(KIM, f"Done, {phones.code(KIM)}.")
    assert phones.heard() == [Heard.ACT, Heard.ACT]


def test_one_reminder_serves_for_a_check_in_two_texts(phones: Phones) -> None:
    phones.desk.later(hours=1, minutes=30)
    phones.tick()
    code = phones.code_of(KIM, Reason.CHECK_DUE)
    assert "Still to view: YT" in phones.asks(KIM, f"DONE FB {code}")
    assert "complete" in phones.asks(KIM, f"DONE YT {code}")
    assert phones.desk.window(MORNING_ID).state is State.COMPLETED


# Once


@pytest.mark.parametrize("words", ["DONE", "LEAVE 12/24", "WHO", "nonsense", "STOP"])
def test_a_text_is_acted_on_once_however_often_it_is_handed_over(phones: Phones, words: str) -> None:
    coded = words if words in ("WHO", "nonsense", "STOP") else f"{words} {phones.code(KIM)}"
    at = phones.desk.clock.now()
    phones.says(KIM, coded, name="SM1", at=at)
    before = phones.desk.dump()
    for _ in range(2):
        phones.says(KIM, coded, name="SM1", at=at)
        phones.desk.later(minutes=5)
    assert phones.desk.dump() == before


def test_each_text_is_answered_once(phones: Phones) -> None:
    for _ in range(3):
        phones.says(KIM, "WHO")
    phones.deliver()
    assert len(phones.answers(KIM)) == len({n.key for n in phones.answers(KIM)}) == 3


def test_an_answer_goes_by_text_alone_and_at_once_at_night_too(phones: Phones) -> None:
    phones.desk.at(f"{MONDAY}T23:30")
    phones.says(KIM, "WHO")
    (answer,) = phones.answers(KIM)
    assert (answer.try_at, answer.about["only"]) == (phones.desk.clock.now(), "sms")


# Five wrong codes


def guesses(phones: Phones, count: int, minutes: float = 1) -> None:
    for _ in range(count):
        phones.says(KIM, "BACK 9999")
        phones.desk.later(minutes=minutes)


@pytest.mark.parametrize(("count", "heard"), [(4, Heard.ACT), (5, Heard.REFUSED), (6, Heard.REFUSED)])
def test_five_wrong_codes_lock_the_acts_of_a_number(phones: Phones, count: int, heard: Heard) -> None:
    guesses(phones, count)
    phones.says(KIM, f"DONE {phones.code(KIM)}")
    assert phones.heard()[-1] is heard
    assert len(phones.entries_of(Kind.CHECK_RECORDED)) == (heard is Heard.ACT)
    phones.says(DANA, f"LEAVE 12/24 {phones.code(DANA)}")
    assert phones.heard()[-1] is Heard.ACT


@pytest.mark.parametrize(
    ("off", "heard"), [(-SECOND, Heard.REFUSED), (0 * SECOND, Heard.ACT), (SECOND, Heard.ACT)]
)
def test_the_lock_lasts_an_hour_from_the_fifth(phones: Phones, off: timedelta, heard: Heard) -> None:
    guesses(phones, 4)
    fifth = phones.desk.clock.now()
    guesses(phones, 1)
    phones.desk.clock.set(fifth + timedelta(hours=1) + off)
    phones.says(KIM, f"DONE {phones.code(KIM)}")
    assert phones.heard()[-1] is heard


def test_wrong_codes_that_lie_more_than_an_hour_apart_lock_nothing(phones: Phones) -> None:
    guesses(phones, 7, minutes=15.1)
    assert phones.entries_of(Kind.CODES_LOCKED) == []


def test_the_lock_is_in_the_journal_and_told_to_information_services_once(phones: Phones) -> None:
    guesses(phones, 7)
    assert len(phones.entries_of(Kind.CODES_LOCKED)) == 1
    locked = [n for n in phones.desk.notices() if n.reason is Reason.CODES_LOCKED]
    assert [(n.person, n.about) for n in locked] == [(SAM.id, {"person": KIM.id})]
    assert "Kim Rivera" in phones.shown(SAM)


def test_a_locked_number_is_told_until_when_and_who_still_answers(phones: Phones) -> None:
    guesses(phones, 5)
    assert "10:04 AM EST" in phones.asks(KIM, f"DONE {phones.code(KIM)}")
    assert "responsible now: Kim Rivera" in phones.asks(KIM, "WHO")


def test_codes_that_are_guessed_within_nonsense_count(phones: Phones) -> None:
    for _ in range(5):
        phones.says(KIM, "frobnicate 9999")
    assert len(phones.entries_of(Kind.CODES_LOCKED)) == 1


# Words of the carriers


@pytest.mark.parametrize("word", ["STOP", "Stop.", "END", "CANCEL", "QUIT", "UNSUBSCRIBE"])
def test_stop_makes_somebody_unreachable_by_text_and_is_not_answered(phones: Phones, word: str) -> None:
    phones.says(DANA, word)
    assert phones.desk.person(DANA.id).sms_stopped_at == phones.desk.clock.now()
    (entry,) = phones.entries_of(Kind.CHANNEL_STOPPED)
    assert entry.facts == {"person": DANA.id, "channel": "sms"}
    assert phones.answers(DANA) == []


def test_the_pio_and_information_services_hear_of_a_stop_once(phones: Phones) -> None:
    phones.says(DANA, "STOP")
    for _ in range(2):
        phones.tick()
        phones.desk.later(hours=1)
    stopped = [n for n in phones.desk.notices() if n.reason is Reason.CHANNEL_STOPPED]
    assert {(n.person, n.about["person"]) for n in stopped} == {(KIM.id, DANA.id), (SAM.id, DANA.id)}
    assert len(stopped) == 2


def test_no_text_goes_to_a_number_that_has_stopped_until_it_starts_again(phones: Phones) -> None:
    before = phones.texts_to(KIM)
    phones.says(KIM, "STOP")
    phones.desk.at(f"{MONDAY}T13:30")
    phones.tick()
    assert phones.texts_to(KIM) == before
    phones.says(KIM, "START")
    assert phones.desk.person(KIM.id).sms_stopped_at is None
    assert len(phones.entries_of(Kind.CHANNEL_STARTED)) == 1
    phones.desk.at(f"{TUESDAY}T08:30")
    phones.tick()
    assert len(phones.texts_to(KIM)) > len(before)


def test_stopping_twice_is_one_entry_and_starting_what_was_not_stopped_is_none(phones: Phones) -> None:
    for word in ("START", "STOP", "STOP"):
        phones.says(DANA, word)
    assert (len(phones.entries_of(Kind.CHANNEL_STOPPED)), phones.entries_of(Kind.CHANNEL_STARTED)) == (
        1,
        [],
    )


@pytest.mark.parametrize("word", ["HELP", "INFO"])
def test_help_is_left_to_the_carrier(phones: Phones, word: str) -> None:
    phones.says(KIM, word)
    assert phones.heard() == [Heard.LEFT_ALONE]
    assert phones.answers(KIM) == []


# What is not understood, and strangers


def test_nonsense_is_answered_with_what_would_have_been_three_times_a_day(phones: Phones) -> None:
    for count in (1, 2, 3, 3, 3):
        phones.says(KIM, "la la la")
        assert len(phones.answers(KIM)) == count
    assert "DONE" in phones.shown(KIM)
    phones.desk.at(f"{MONDAY}T23:59:59")
    phones.says(KIM, "la la la")
    assert len(phones.answers(KIM)) == 3
    phones.desk.at(TUESDAY)
    phones.says(KIM, "la la la")
    assert len(phones.answers(KIM)) == 4


@pytest.mark.parametrize("who", [KIM, NOBODY], ids=["known", "unknown"])
@pytest.mark.parametrize(
    "words", [SECRET, f"DONE {SECRET}", f"{SECRET} 7K4P", f"SICK {SECRET} UNTIL FRI", f"COVER {SECRET}"]
)
def test_the_words_of_a_text_are_stored_nowhere(phones: Phones, who: Person | str, words: str) -> None:
    phones.says(who, words)
    phones.deliver()
    assert SECRET.lower() not in repr(phones.desk.dump()).lower()


def test_a_stranger_gets_the_contact_lines_and_is_kept_nowhere(phones: Phones) -> None:
    courtesy = phones.says(NOBODY, "hello")
    assert courtesy is not None
    assert courtesy.number == NOBODY
    assert "nobody reads this number" in courtesy.text
    assert "419-213-CARE" in courtesy.text
    assert NOBODY.removeprefix("+1") not in repr(phones.desk.dump())
    assert phones.heard() == [Heard.STRANGER]


@pytest.mark.parametrize(("off", "greeted"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)])
def test_a_stranger_is_greeted_once_a_day(phones: Phones, off: timedelta, *, greeted: bool) -> None:
    phones.says(NOBODY, "hello")
    assert phones.says(NOBODY, "hello?") is None
    phones.desk.later(days=1)
    phones.desk.clock.set(phones.desk.clock.now() + off)
    assert (phones.says(NOBODY, "hello!") is not None) == greeted


def test_strangers_are_greeted_under_a_common_cap(phones: Phones) -> None:
    greeted = [phones.says(f"+1419556{number:04d}", "hello") is not None for number in range(25)]
    assert greeted == [True] * 20 + [False] * 5
    phones.desk.later(days=1, seconds=1)
    assert phones.says("+14195570000", "hello") is not None


@pytest.mark.parametrize("word", ["STOP", "HELP", "START"])
def test_the_carriers_words_of_a_stranger_are_not_answered(phones: Phones, word: str) -> None:
    assert phones.says(NOBODY, word) is None


def test_an_act_from_a_number_that_is_nobodys_does_nothing(phones: Phones) -> None:
    before = phones.desk.entries()
    phones.says(NOBODY, f"DONE {phones.code(KIM)}")
    kinds = {entry.kind for entry, _ in phones.desk.entries()[len(before) :]}
    assert Kind.CHECK_RECORDED not in kinds


def test_whoever_was_deactivated_is_a_stranger(phones: Phones) -> None:
    code = phones.code(LEE)
    deactivate_person(phones.desk.office, OPERATOR, LEE)
    assert phones.says(LEE, f"LEAVE 12/24 {code}") is not None
    assert phones.entries_of(Kind.LEAVE_TAKEN) == []
