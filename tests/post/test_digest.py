"""The daily digest: who covers today, what was done and missed, what lies ahead, and its own absence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from tests.cast import DANA, KIM, LEE, MORGAN, PAT, SAM, local
from tests.post.rig import Fake, with_fakes
from tests.store.desk import MONDAY, OPERATOR, WHOLE, Desk
from watchbill.acts.duty import accept_duty, decline_duty
from watchbill.acts.roster import deactivate_person
from watchbill.core.checks import Action, Category, Finding
from watchbill.core.reasons import Reason
from watchbill.core.roster import LeaveKind, Person
from watchbill.post import digest
from watchbill.post.digest import last_digest
from watchbill.store import journal, notices, people, reach

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (f"2026-11-{day}" for day in (24, 25, 26, 27))


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Give an office with the whole reading: a digest each weekday, Thanksgiving on Thursday."""
    whole = desk.read_as(WHOLE)
    whole.tick()
    return whole


def written(desk: Desk, at: str, reader: Person = KIM) -> str:
    """Return the digest as it is at a time."""
    desk.at(at)
    desk.tick()
    now = desk.clock.now()
    with desk.store.read() as connection:
        roster = people.roster_since(connection, now)
        title, said = digest.write(desk.office.policy, connection, roster, reader, now)
    return "\n\n".join((title, *said))


# Today, and since the last


def test_it_says_who_covers_what_today(desk: Desk) -> None:
    desk.designate(KIM, DANA, f"{TUESDAY}T12:00", WEDNESDAY)
    text = written(desk, f"{TUESDAY}T07:45")
    assert "social media watch of Tue Nov 24" in text
    assert "- 8:30 AM-11:30 AM EST: Kim Rivera" in text
    assert "- 1:30 PM-4:30 PM EST: Dana Okafor" in text


def test_a_holiday_is_named_and_nobody_is_said_where_nobody_covers(desk: Desk) -> None:
    text = written(desk, f"{THURSDAY}T07:45", MORGAN)
    assert "Today, Thu Nov 26 (Thanksgiving Day):" in text
    assert text.count("EST: NOBODY") == 2


def test_it_says_what_was_done_by_whom_and_what_was_missed(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:10")
    desk.tick()
    desk.check(KIM)
    for at in (f"{MONDAY}T14:00", f"{MONDAY}T16:32"):
        desk.at(at)
        desk.tick()
    text = written(desk, f"{TUESDAY}T07:45")
    assert "Done and missed, Mon Nov 23:" in text
    assert "- Mon Nov 23, 8:30 AM-11:30 AM EST: completed by Kim Rivera 9:10 AM EST" in text
    assert "- Mon Nov 23, 1:30 PM-4:30 PM EST: MISSED (responsible: Kim Rivera)" in text


def test_that_the_program_was_not_running_is_said(desk: Desk) -> None:
    text = written(desk, f"{TUESDAY}T07:45")
    assert text.count("MISSED (responsible: Kim Rivera, watchbill was not running)") == 2


def test_on_a_monday_it_goes_back_to_friday(desk: Desk) -> None:
    text = written(desk, "2026-11-30T07:45")
    assert "Done and missed, Fri Nov 27 to Sun Nov 29:" in text
    for day in ("Fri Nov 27", "Sat Nov 28", "Sun Nov 29"):
        assert f"- {day}, " in text
    assert "- Thu Nov 26" not in text


@pytest.mark.parametrize(
    ("day", "before"),
    [("2026-11-24", "2026-11-23"), ("2026-11-30", "2026-11-27"), ("2026-11-27", "2026-11-26")],
)
def test_the_last_digest_was_on_the_weekday_before(day: str, before: str) -> None:
    assert last_digest(date.fromisoformat(day)) == date.fromisoformat(before)


# Ahead


def test_it_names_the_gaps_ahead_and_why(desk: Desk) -> None:
    desk.away(KIM, WEDNESDAY, THURSDAY)
    text = written(desk, f"{TUESDAY}T07:45")
    assert "Nobody covers yet:" in text
    assert "- Wed Nov 25 to Thu Nov 26 (4 checks) Kim Rivera is away." in text


@pytest.mark.parametrize(
    ("reader", "shown", "hidden"),
    [
        (MORGAN, "Kim Rivera is sick.", "Kim Rivera is away."),
        (PAT, "Kim Rivera is away.", "sick"),
        (SAM, "Kim Rivera is away.", "sick"),
    ],
    ids=["the ED", "a manager", "Information Services"],
)
def test_sick_is_for_the_pio_and_the_ed_alone(
    desk: Desk, reader: Person, shown: str, hidden: str
) -> None:
    desk.away(KIM, WEDNESDAY, FRIDAY, LeaveKind.SICK)
    text = written(desk, f"{TUESDAY}T07:45", reader)
    assert shown in text
    assert hidden not in text


def test_where_everything_is_covered_that_is_said(desk: Desk) -> None:
    desk.designate(KIM, KIM, THURSDAY, FRIDAY)
    assert "Every check of the next 7 days is covered." in written(desk, f"{TUESDAY}T07:45")


def test_it_names_who_has_not_accepted(desk: Desk) -> None:
    for number, (who, answer) in enumerate(
        ((DANA, None), (LEE, accept_duty), (LEE, decline_duty)), start=1
    ):
        desk.designate(KIM, who, THURSDAY, FRIDAY)
        if answer is not None:
            answer(desk.office, OPERATOR, who, number)
    text = written(desk, f"{TUESDAY}T07:45")
    assert "Designated, and not accepted yet:\n- Dana Okafor, Thu Nov 26" in text
    assert "Lee Park, Thu" not in text


def test_it_names_whom_no_channel_reaches(desk: Desk) -> None:
    assert "No channel reaches" not in written(desk, f"{TUESDAY}T07:45")
    with desk.store.write() as connection:
        reach.stop_texts(connection, LEE.id, desk.clock.now())
        connection.execute(
            people.PEOPLE.update().where(people.PEOPLE.c.id == LEE.id).values(channels=["sms"])
        )
    assert "No channel reaches: Lee Park." in written(desk, f"{WEDNESDAY}T07:45")


# Follow-ups


def test_it_names_what_is_still_to_be_followed_up(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    desk.check(KIM, findings=(Finding("FB", Category.ADVERTISING, Action.REPORTED),))
    text = written(desk, f"{TUESDAY}T07:45")
    assert (
        "Found, and still to be followed up:\n- LCCS on Facebook: inappropriate advertising, since Mon Nov 23"
        in text
    )


def test_it_says_nothing_of_follow_ups_where_there_are_none(desk: Desk) -> None:
    assert "followed up" not in written(desk, f"{TUESDAY}T07:45")


@pytest.mark.parametrize(("count", "more"), [(10, False), (11, True)])
def test_of_many_follow_ups_it_names_ten(desk: Desk, count: int, *, more: bool) -> None:
    for minute in range(count):
        desk.at(f"{MONDAY}T09:{minute:02}")
        desk.check(KIM, findings=(Finding("FB", Category.SPAM, Action.NONE),))
    text = written(desk, f"{TUESDAY}T07:45")
    assert text.count("since Mon Nov 23") == 10
    assert ("- and 1 more" in text) is more


# The journal, and itself


def test_it_has_the_journals_number_and_short_hash(desk: Desk) -> None:
    text = written(desk, f"{TUESDAY}T07:45")
    with desk.store.read() as connection:
        number, full = journal.head(connection)
    assert f"entry {number}, {full[:10]}" in text


def test_it_says_that_its_absence_is_the_alarm(desk: Desk) -> None:
    text = written(desk, f"{TUESDAY}T07:45")
    assert "every weekday at 07:45" in text
    assert "Its absence is the alarm." in text


def test_it_reads_where_nobody_is_the_pio(desk: Desk) -> None:
    deactivate_person(desk.office, OPERATOR, KIM)
    assert "There is no PIO." in written(desk, f"{TUESDAY}T07:45", MORGAN)


# On its way


def test_it_goes_by_mail_alone_to_the_pio_and_the_ed_once_a_day(desk: Desk) -> None:
    sms, email = Fake(), Fake()
    tested = with_fakes(desk, sms, email)
    for at in ("07:44", "07:45", "07:46", "12:00"):
        desk.at(f"{TUESDAY}T{at}")
        desk.tick()
        tested.deliver()
    owed = {n.id: n.person for n in desk.notices() if n.reason is Reason.DIGEST_DUE}
    mails = [letter for letter in email.letters if letter.notice in owed]
    today = [letter for letter in mails if "Nov 24" in letter.message.subject]
    assert sorted(letter.address for letter in today) == [KIM.email, MORGAN.email]
    assert not [letter for letter in sms.letters if letter.notice in owed]
    assert all("Its absence is the alarm" in letter.message.plain() for letter in today)


def test_what_it_carried_of_the_journal_is_on_record(desk: Desk) -> None:
    tested = with_fakes(desk, Fake(), email := Fake())
    desk.at(f"{TUESDAY}T07:45")
    desk.tick()
    tested.deliver()
    desk.later(minutes=5)
    desk.check(KIM)
    with desk.store.read() as connection:
        found = notices.latest_checkpoint(connection, local(f"{MONDAY}T00:00"))
        assert notices.latest_checkpoint(connection, local(f"{WEDNESDAY}T00:00")) is None
    assert found is not None
    at, number, short = found
    assert at == local(f"{TUESDAY}T07:45")
    carried = [one.message.plain() for one in email.letters if "Nov 24" in one.message.subject]
    assert any(f"(checkpoint {number}:{short})" in text for text in carried)


def test_one_that_could_not_be_sent_today_is_not_sent_tomorrow(desk: Desk) -> None:
    desk.at(f"{TUESDAY}T08:00")
    desk.tick()
    desk.at(f"{WEDNESDAY}T07:00")
    desk.tick()
    late = [n for n in desk.notices() if n.reason is Reason.DIGEST_DUE and n.about["day"] == TUESDAY]
    assert {str(n.state) for n in late} == {"skipped"}
    assert len(late) == 2


def test_it_comes_at_the_agencys_own_hour(desk: Desk) -> None:
    ladders = replace(WHOLE.ladders, digest=replace(WHOLE.ladders.digest, at=time(11, 15)))
    other = desk.read_as(replace(WHOLE, ladders=ladders))
    other.at(f"{TUESDAY}T11:15")
    other.tick()
    due = {n.due_at for n in other.notices() if n.about.get("day") == TUESDAY}
    assert due == {local(f"{TUESDAY}T11:15")}
    assert "every weekday at 11:15" in written(other, f"{TUESDAY}T11:16")
