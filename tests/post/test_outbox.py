"""Claim, send, outcome: each committed, none lost, none twice, and nobody held up by another."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import DANA, KIM, LEE, MORGAN, PAT, SAM, local
from tests.post.rig import (
    Fake,
    Listing,
    finish,
    mail_account,
    on_the_wire,
    passing,
    permanent,
    pool_run,
    rig,
    unknown,
    with_fakes,
)
from tests.standins.mail_server import MailServer
from tests.standins.twilio_server import TwilioServer
from tests.store.desk import MONDAY, MORNING_ID, OPERATOR, Desk
from watchbill.acts.message import ask_for_test
from watchbill.acts.roster import edit_person
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Channel, LeaveKind, Person
from watchbill.core.world import NoticeState
from watchbill.errors import UnavailableError
from watchbill.post.console import Console
from watchbill.post.letters import Letter, Receipt, token_hash
from watchbill.post.mail import Mailer
from watchbill.store import deliveries, notices
from watchbill.store.engine import connect
from watchbill.store.tables import LinkRow, table

BY_MAIL: dict[str, Any] = {"about": {"only": "email"}}


def url_of(desk: Desk) -> str:
    return desk.store.engine.url.render_as_string(hide_password=False)


def confirmed(letter_id: str = "id") -> Receipt:
    return Receipt(letter_id, confirmed=True)


# Claim, send, outcome


def test_the_claim_is_committed_before_the_wire_is_touched_and_the_outcome_after(desk: Desk) -> None:
    other = connect(url_of(desk))
    seen: list[tuple[str, str, int]] = []

    def look(letter: Letter) -> None:
        with other.read() as connection:
            notice = notices.notice_with_id(connection, letter.notice)
            (attempt,) = deliveries.deliveries_of(connection, [letter.notice])[letter.notice]
            seen.append((notice.state, attempt.state, attempt.id - letter.delivery))
        with other.write():
            pass

    tested = with_fakes(desk, Fake([confirmed("SM1")], on_send=look), Fake())
    tested.owe()
    tested.deliver()
    assert seen == [("sending", "sending", 0)]
    assert (tested.state(), tested.tried()) == (NoticeState.DELIVERED, [("sms", "delivered")])
    assert tested.attempts()[0].provider_id == "SM1"
    assert tested.attempts()[0].finished_at == desk.clock.now()
    assert desk.kinds()[-1] == Kind.NOTICE_DELIVERED
    other.close()


@pytest.mark.parametrize(
    ("answer", "state", "tried", "kind"),
    [
        (Receipt("SM1"), NoticeState.SENT, "sent", Kind.NOTICE_SENT),
        (confirmed(), NoticeState.DELIVERED, "delivered", Kind.NOTICE_DELIVERED),
        (passing(), NoticeState.PENDING, "deferred", Kind.NOTICE_OWED),
        (permanent(), NoticeState.PENDING, "failed", Kind.NOTICE_OWED),
        (unknown(), NoticeState.UNKNOWN, "unknown", Kind.NOTICE_OWED),
    ],
)
def test_an_answer_becomes_a_state_and_an_entry(
    desk: Desk, answer: Any, state: NoticeState, tried: str, kind: Kind
) -> None:
    silent = Fake([passing()] * 9)
    tested = with_fakes(desk, Fake([answer]), silent)
    tested.owe()
    finish(tested.outbox.deliver())
    assert (tested.state(), tested.tried()[0]) == (state, ("sms", tried))
    assert desk.kinds()[-1] == kind
    error = tested.attempts()[0].error
    assert error == (str(answer) if isinstance(answer, Exception) else None)


def test_nothing_goes_before_its_hour(desk: Desk) -> None:
    sms = Fake()
    tested = with_fakes(desk, sms, Fake())
    tested.owe(not_before=local(f"{MONDAY}T08:31"))
    assert tested.outbox.deliver() == []
    desk.at(f"{MONDAY}T08:31")
    tested.deliver()
    assert len(sms.letters) == 1
    tested.deliver()
    assert len(sms.letters) == 1


def test_one_letter_that_fails_stops_no_other(desk: Desk) -> None:
    tested = with_fakes(desk, Fake([permanent(), unknown(), passing()]), Fake())
    people = [KIM, DANA, LEE, MORGAN, SAM]
    for person in people:
        tested.owe(f"to-{person.id}", person)
    tested.deliver()
    assert [tested.state(f"to-{person.id}") for person in people] == [
        NoticeState.DELIVERED,
        NoticeState.UNKNOWN,
        NoticeState.PENDING,
        NoticeState.SENT,
        NoticeState.SENT,
    ]


def test_a_fault_of_our_own_is_an_unknown_outcome_and_stops_no_other(desk: Desk) -> None:
    sms = Fake([ZeroDivisionError()])
    tested = with_fakes(desk, sms, Fake(), lookup=Listing(sms))
    tested.owe()
    tested.owe("another", DANA)
    tested.deliver()
    assert tested.tried() == [("sms", "unknown")]
    assert tested.state("another") is NoticeState.SENT
    tested.look()
    assert tested.tried() == [("sms", "sent")]


def test_a_letter_that_cannot_be_written_rests_and_stops_no_other(desk: Desk) -> None:
    tested = with_fakes(desk, Fake(), Fake())
    tested.owe(window=None)
    tested.owe("another", DANA)
    tested.deliver()
    assert (tested.state(), tested.tried(), tested.rests()) == (NoticeState.PENDING, [], 300)
    assert tested.state("another") is NoticeState.SENT


def test_a_program_that_is_stopping_claims_nothing_more(desk: Desk) -> None:
    sms = Fake()
    tested = with_fakes(desk, sms, Fake(), batch=2)
    for number in range(4):
        tested.owe(f"key-{number}")
    sms.on_send = lambda _letter: tested.outbox.stop()
    finish(tested.outbox.deliver())
    assert len(sms.letters) == 1
    assert [tested.state(f"key-{number}") for number in range(4)] == [
        NoticeState.SENT,
        NoticeState.PENDING,
        NoticeState.PENDING,
        NoticeState.PENDING,
    ]


def test_a_session_is_ended_with_its_work(desk: Desk) -> None:
    sms = Fake([passing(), ZeroDivisionError()])
    tested = with_fakes(desk, sms, Fake())
    for number in range(2):
        tested.owe(f"key-{number}")
    finish(started for started in tested.outbox.deliver() if started.exception() is None)
    assert sms.closed == 1


class FullDisk:
    """Fails the second commit of a store."""

    def __init__(self) -> None:
        self.commits = 0

    def __call__(self, moment: str) -> None:
        """Be told of a commit."""
        self.commits += moment == "before"
        if moment == "before" and self.commits == 2:
            raise UnavailableError("The disk is full.")


@pytest.mark.parametrize("killed", [False, True], ids=["goes on", "is killed"])
def test_an_outcome_that_could_not_be_recorded_is_known_again_and_not_repeated(
    desk: Desk, *, killed: bool
) -> None:
    sms = Fake()
    tested = with_fakes(desk, sms, Fake(), lookup=Listing(sms))
    tested.owe()
    with closing(connect(url_of(desk), FullDisk())) as failing:
        broken = with_fakes(Desk(replace(desk.office, store=failing), desk.clock), sms, Fake())
        finish(broken.outbox.deliver())
        assert (len(sms.letters), tested.tried()) == (1, [("sms", "sending")])
        if not killed:
            broken.deliver()
    desk.later(seconds=120)
    tested.look()
    assert (len(sms.letters), tested.tried()) == (1, [("sms", "sent")])


# Rest, and the next way


def test_a_letter_that_is_put_off_rests_longer_each_time_up_to_five_minutes(desk: Desk) -> None:
    tested = with_fakes(desk, Fake(), Fake([passing()] * 8))
    tested.owe(**BY_MAIL)
    rests = []
    for _ in range(7):
        tested.deliver()
        rests.append(tested.rests())
        desk.clock.set(tested.notice().try_at)
    assert rests == [15, 30, 60, 120, 240, 300, 300]
    assert tested.tried() == [("email", "deferred")] * 7


def test_a_letter_is_not_tried_before_its_rest_is_over(desk: Desk) -> None:
    mail = Fake([passing()])
    tested = with_fakes(desk, Fake(), mail)
    tested.owe(**BY_MAIL)
    tested.deliver()
    desk.later(seconds=14)
    tested.deliver()
    assert len(mail.letters) == 1
    desk.later(seconds=1)
    tested.deliver()
    assert len(mail.letters) == 2
    assert tested.state() is NoticeState.DELIVERED


@pytest.mark.parametrize(("asked", "rests"), [(3, 15), (60, 60), (1000, 1000), (None, 15)])
def test_a_provider_that_asks_for_time_gets_it(desk: Desk, asked: float | None, rests: float) -> None:
    tested = with_fakes(desk, Fake([passing(retry_after=asked)]), Fake())
    tested.owe(about={"only": "sms"})
    tested.deliver()
    assert tested.rests() == rests


def test_a_channel_that_fails_for_good_is_followed_by_the_next_at_once(desk: Desk) -> None:
    sms, mail = Fake([permanent()]), Fake()
    tested = with_fakes(desk, sms, mail)
    tested.owe()
    tested.deliver()
    assert tested.tried() == [("sms", "failed"), ("email", "delivered")]
    assert mail.letters[0].address == KIM.email
    assert (len(sms.letters), len(mail.letters)) == (1, 1)


def test_a_notice_that_no_channel_carries_has_failed(desk: Desk) -> None:
    tested = with_fakes(desk, Fake([permanent()]), Fake([permanent()]))
    tested.owe()
    tested.deliver()
    assert (tested.state(), desk.kinds()[-1]) == (NoticeState.FAILED, Kind.NOTICE_FAILED)
    assert tested.tried() == [("sms", "failed"), ("email", "failed")]
    assert tested.outbox.deliver() == []


def test_the_next_channel_is_first_where_the_ladder_says_so(desk: Desk) -> None:
    tested = with_fakes(desk, Fake(), Fake([permanent()]))
    tested.owe(next_channel=True)
    tested.deliver()
    assert tested.tried() == [("email", "failed"), ("sms", "sent")]


def test_an_urgent_letter_put_off_for_too_long_goes_another_way(desk: Desk) -> None:
    tested = with_fakes(desk, Fake([passing()] * 20), Fake())
    tested.owe(urgent=True)
    began = desk.clock.now()
    while tested.state() is NoticeState.PENDING:
        tested.deliver()
        desk.clock.set(tested.notice().try_at)
    assert {channel for channel, _ in tested.tried()[:-1]} == {"sms"}
    assert tested.tried()[-1] == ("email", "delivered")
    waited = tested.attempts()[-1].started_at - began
    assert timedelta(minutes=5) <= waited <= timedelta(minutes=10)


def test_a_mail_with_an_unknown_outcome_is_simply_tried_again(desk: Desk) -> None:
    mail = Fake([unknown()])
    tested = with_fakes(desk, Fake(), mail)
    tested.owe(**BY_MAIL)
    tested.deliver()
    assert (tested.tried(), tested.rests()) == ([("email", "deferred")], 15)
    desk.later(seconds=15)
    tested.deliver()
    assert tested.state() is NoticeState.DELIVERED
    assert len({letter.message_id for letter in mail.letters}) == 1


def test_a_person_who_lost_a_number_since_is_written_to(desk: Desk) -> None:
    sms, mail = Fake(), Fake()
    tested = with_fakes(desk, sms, mail)
    tested.owe()
    edit_person(desk.office, OPERATOR, replace(KIM, mobile=None, channels=(Channel.EMAIL,)))
    tested.deliver()
    assert (tested.tried(), sms.letters) == ([("email", "delivered")], [])


def test_a_test_of_one_channel_never_goes_by_another(desk: Desk) -> None:
    mail = Fake()
    tested = with_fakes(desk, Fake([permanent()]), mail)
    key = ask_for_test(desk.office, OPERATOR, KIM, Channel.SMS)
    tested.deliver()
    assert tested.tried(key) == [("sms", "failed")]
    assert (tested.state(key), mail.letters) == (NoticeState.FAILED, [])


# Once


def test_many_workers_of_several_daemons_send_each_letter_once(desk: Desk) -> None:
    sms, mail = Fake(), Fake()
    first = with_fakes(desk, sms, mail)
    everybody = [(KIM, DANA, LEE, MORGAN, PAT, SAM)[number % 6] for number in range(24)]
    for number, person in enumerate(everybody):
        first.owe(f"key-{number}", person, next_channel=bool(number % 2))
    with ThreadPoolExecutor(6) as pool, closing(connect(url_of(desk))) as other:
        rigs = [
            with_fakes(
                Desk(replace(desk.office, store=store), desk.clock),
                sms,
                mail,
                run=pool_run(pool),
                workers=3,
            )
            for store in (desk.store, other)
        ]
        finish(future for tested in rigs for future in tested.outbox.deliver())
    sent = [letter.notice for letter in (*sms.letters, *mail.letters)]
    assert len(sent) == len(set(sent)) == 24
    assert all(len(first.attempts(f"key-{number}")) == 1 for number in range(24))


def test_a_lane_has_no_more_workers_than_it_may(desk: Desk) -> None:
    gate, inside = threading.Event(), threading.Semaphore(0)

    def wait(_letter: Letter) -> None:
        inside.release()
        assert gate.wait(10)

    with ThreadPoolExecutor(8) as pool:
        tested = with_fakes(desk, Fake(on_send=wait), Fake(), run=pool_run(pool), workers=2)
        for number in range(5):
            tested.owe(f"key-{number}")
        started = tested.outbox.deliver()
        assert len(started) == 2
        assert inside.acquire(timeout=10)
        assert inside.acquire(timeout=10)
        assert tested.outbox.deliver() == []
        gate.set()
        finish(started)
    assert [tested.state(f"key-{number}") for number in range(5)] == [NoticeState.SENT] * 5


def test_a_slow_recipient_holds_up_nobody_else(desk: Desk) -> None:
    gate, arrived = threading.Event(), threading.Semaphore(0)

    def dawdle(letter: Letter) -> None:
        if letter.address == KIM.email:
            assert gate.wait(10)
        else:
            arrived.release()

    others = [DANA, LEE, MORGAN, PAT, SAM]
    with ThreadPoolExecutor(8) as pool:
        tested = with_fakes(desk, Fake(), Fake(on_send=dawdle), run=pool_run(pool), workers=2)
        for person in (KIM, *others):
            tested.owe(f"to-{person.id}", person, **BY_MAIL)
        started = tested.outbox.deliver()
        assert all(arrived.acquire(timeout=10) for _ in others)
        assert tested.state(f"to-{KIM.id}") is NoticeState.SENDING
        gate.set()
        finish(started)
    assert tested.state(f"to-{KIM.id}") is NoticeState.DELIVERED


def test_a_tarpit_for_one_address_holds_up_no_other(sqlite_desk: Desk, mail: MailServer) -> None:
    mail.faults.tarpit(3.0, KIM.email)  # far longer than five mails take, on a busy machine too
    given = mail_account(mail, timeout=30.0)
    others = [DANA, LEE, MORGAN, PAT, SAM]
    with ThreadPoolExecutor(4) as pool:
        session = {Channel.EMAIL: lambda: Mailer(given, sqlite_desk.clock)}
        tested = rig(sqlite_desk, session, run=pool_run(pool), workers=2)
        for person in (KIM, *others):
            tested.owe(f"to-{person.id}", person, **BY_MAIL)
        finish(tested.outbox.deliver())
    assert {m.recipients for m in mail.mails} == {(p.email,) for p in (KIM, *others)}
    assert mail.mails[-1].recipients == (KIM.email,)


# The words, at the moment of sending


def test_a_letter_says_what_is_true_when_it_is_sent(desk: Desk) -> None:
    sms = Fake()
    tested = with_fakes(desk, sms, Fake())
    tested.owe(urgent=True)
    desk.away(KIM, f"{MONDAY}T08:00", f"{MONDAY}T12:00")
    desk.designate(KIM, LEE, f"{MONDAY}T08:00", f"{MONDAY}T12:00")
    tested.deliver()
    reminder = next(x for x in sms.letters if x.notice == tested.notice().id)
    assert "Responsible: Lee Park" in reminder.message.text


def test_a_reminder_carries_a_link_of_which_only_the_hash_is_kept(desk: Desk) -> None:
    mail = Fake()
    tested = with_fakes(desk, Fake(), mail)
    tested.owe(next_channel=True)
    tested.deliver()
    link = str(mail.letters[0].message.link)
    stem, _, token = link.rpartition("/c/")
    assert (stem, len(token)) == ("https://watch.example.org", 22)
    with desk.store.read() as connection:
        row = connection.execute(table(LinkRow).select()).one()
    assert (row.hash, row.person_id, row.window_id) == (token_hash(token), KIM.id, MORNING_ID)
    assert row.expires_at == local("2026-11-24T00:00")
    assert token not in repr(desk.dump())


def test_without_an_address_of_ours_there_are_no_links(desk: Desk) -> None:
    mail = Fake()
    tested = with_fakes(desk, Fake(), mail, origin=None)
    tested.owe(next_channel=True)
    tested.deliver()
    assert mail.letters[0].message.link is None
    assert desk.dump()["links"] == []


def test_who_is_not_responsible_gets_no_link(desk: Desk) -> None:
    sms = Fake()
    tested = with_fakes(desk, sms, Fake())
    tested.owe(to=LEE)
    tested.deliver()
    assert (sms.letters[0].message.link, desk.dump()["links"]) == (None, [])


@pytest.mark.parametrize(
    ("reader", "words"), [(MORGAN, "Kim Rivera is sick"), (SAM, "Kim Rivera is away")]
)
def test_that_somebody_is_sick_only_the_ed_and_the_pio_read(
    desk: Desk, reader: Person, words: str
) -> None:
    sms = Fake()
    tested = with_fakes(desk, sms, Fake())
    desk.away(KIM, MONDAY, "2026-11-24", LeaveKind.SICK)
    tested.owe(to=reader, reason=Reason.WINDOW_UNCOVERED, step=Step.UNCOVERED)
    tested.deliver()
    assert words in " ".join(sms.letters[0].message.paragraphs)


@pytest.mark.parametrize(
    ("until", "seconds"),
    [(None, 14400), ("T08:30:30", 60), ("T09:00", 1800), ("T12:30", 14400), ("T23:00", 14400)],
)
def test_a_text_is_worth_delivering_while_it_is_useful(
    sqlite_desk: Desk,
    twilio: TwilioServer,
    mail: MailServer,
    until: str | None,
    seconds: int,
) -> None:
    tested = on_the_wire(sqlite_desk, twilio, mail)
    tested.owe(useful_until=None if until is None else local(f"{MONDAY}{until}"))
    tested.deliver()
    assert twilio.messages[0].validity_period == seconds
    assert tested.notice().code in twilio.messages[0].body


# The console


def test_the_console_shows_texts_and_mails_and_counts_them_as_delivered(desk: Desk) -> None:
    shown = io.StringIO()
    tested = rig(desk, {channel: lambda: Console(shown) for channel in Channel})
    tested.owe("a-text")
    tested.owe("a-mail", DANA, next_channel=True, reason=Reason.CHECK_DUE)
    tested.deliver()
    said = shown.getvalue()
    assert f"TEXT to {KIM.name} <{KIM.mobile}>\nLCCS: " in said
    assert f"MAIL to {DANA.name} <{DANA.email}>\nSubject: LCCS: " in said
    assert [tested.state(key) for key in ("a-text", "a-mail")] == [NoticeState.DELIVERED] * 2
    assert tested.tried("a-mail") == [("email", "delivered")]


def test_a_store_that_cannot_be_read_is_said_so_by_a_delivery(desk: Desk) -> None:
    tested = with_fakes(desk, Fake(), Fake())
    gone = connect("sqlite:////nowhere/at/all.db")
    with closing(gone), pytest.raises(UnavailableError):
        replace(tested.outbox, store=gone).deliver()
