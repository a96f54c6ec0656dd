"""What became of earlier attempts: nothing that went is repeated, nothing that did not is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import DANA, KIM
from tests.post.rig import (
    PATIENCE,
    Fake,
    Listing,
    Rig,
    on_the_wire,
    passing,
    permanent,
    unknown,
    with_fakes,
)
from tests.standins.mail_server import MailServer
from tests.standins.twilio_server import TwilioServer
from tests.store.desk import OPERATOR, Desk
from watchbill.acts.roster import edit_person
from watchbill.core.journal import Kind
from watchbill.core.roster import Channel
from watchbill.core.world import NoticeState
from watchbill.post.letters import Receipt
from watchbill.post.outbox import UnderWay
from watchbill.post.text import Progress
from watchbill.store import deliveries, notices

SENT = Receipt("SM1")


@pytest.fixture
def wired(sqlite_desk: Desk, twilio: TwilioServer, mail: MailServer) -> Rig:
    """Give an office whose messages go over real wires."""
    return on_the_wire(sqlite_desk, twilio, mail)


def claim(tested: Rig, channel: Channel = Channel.SMS, address: str = "+14195550101") -> None:
    """Leave what a program leaves that is killed between its claim and the outcome."""
    with tested.desk.store.write() as connection:
        now, lease = tested.desk.clock.now(), timedelta(seconds=120)
        notice = notices.notice_with_key(connection, "a-key")
        deliveries.begin_delivery(connection, notice, channel, address, now, lease)


# In doubt, over the wire

Arrange = Callable[[TwilioServer], object]
WENT: dict[str, Arrange] = {
    "500, and yet it was created": lambda s: s.faults.lose_answer(),
    "cut off before the answer": lambda s: s.faults.cut(),
    "no answer in time": lambda s: s.faults.delay(PATIENCE * 4),
}
DID_NOT_GO: dict[str, Arrange] = {
    "500, and nothing was created": lambda s: s.faults.refuse_500(),
    "reset": lambda s: s.faults.reset(),
}


@pytest.mark.parametrize("fault", WENT)
def test_a_text_that_went_all_the_same_is_adopted_and_not_repeated(
    wired: Rig, twilio: TwilioServer, mail: MailServer, fault: str
) -> None:
    WENT[fault](twilio)
    wired.owe(urgent=True)
    wired.deliver()
    assert wired.state() is NoticeState.UNKNOWN
    wired.look()
    (kept,) = twilio.messages
    assert wired.tried() == [("sms", "sent")]
    assert wired.attempts()[0].provider_id == kept.sid
    assert wired.desk.kinds()[-1] == Kind.NOTICE_SENT
    wired.desk.later(minutes=2)
    wired.look()
    assert (len(twilio.messages), mail.accepted) == (1, 0)


@pytest.mark.parametrize("fault", DID_NOT_GO)
def test_a_text_that_did_not_go_is_sent_again_once_that_is_sure(
    wired: Rig, twilio: TwilioServer, fault: str
) -> None:
    DID_NOT_GO[fault](twilio)
    wired.owe()
    wired.deliver()
    wired.desk.later(seconds=59)
    wired.look()
    assert (twilio.messages, wired.state()) == ([], NoticeState.UNKNOWN)
    wired.desk.later(seconds=1)
    wired.look()
    assert len(twilio.messages) == 1
    assert wired.tried() == [("sms", "deferred"), ("sms", "sent")]


def test_a_text_that_is_listed_late_is_waited_for(wired: Rig, twilio: TwilioServer) -> None:
    twilio.faults.lose_answer()
    twilio.faults.listing_lag(listings=2)
    wired.owe()
    wired.deliver()
    for _ in range(2):
        wired.look()
        assert wired.state() is NoticeState.UNKNOWN
        wired.desk.later(seconds=20)
    wired.look()
    assert (wired.tried(), len(twilio.messages)) == ([("sms", "sent")], 1)


def test_a_refused_connection_is_known_to_have_sent_nothing(wired: Rig, twilio: TwilioServer) -> None:
    twilio.stop()
    wired.owe()
    wired.deliver()
    assert (wired.tried(), wired.rests()) == ([("sms", "deferred")], 15)
    twilio.start()
    wired.desk.later(seconds=15)
    wired.deliver()
    assert len(twilio.messages) == 1


def test_too_many_requests_are_followed_by_the_pause_that_was_asked_for(
    wired: Rig, twilio: TwilioServer
) -> None:
    twilio.faults.status_429(40)
    wired.owe()
    wired.deliver()
    assert wired.rests() == 40
    wired.desk.later(seconds=40)
    wired.deliver()
    assert wired.tried() == [("sms", "deferred"), ("sms", "sent")]


@pytest.mark.parametrize("code", [21610, 21211, 21614])
def test_a_number_that_takes_no_texts_is_followed_by_a_mail_at_once(
    wired: Rig, twilio: TwilioServer, mail: MailServer, code: int
) -> None:
    twilio.faults.error(400, code, "no", to=KIM.mobile)
    wired.owe()
    wired.deliver()
    assert wired.tried() == [("sms", "failed"), ("email", "delivered")]
    assert [m.recipients for m in mail.mails] == [(KIM.email,)]
    assert str(code) in str(wired.attempts()[0].error)


def test_a_wrong_token_of_ours_condemns_nobodys_number(
    wired: Rig, twilio: TwilioServer, mail: MailServer
) -> None:
    twilio.faults.error(401, 20003, "Authenticate")
    wired.owe()
    wired.deliver()
    assert wired.tried() == [("sms", "deferred"), ("email", "delivered")]
    assert [m.recipients for m in mail.mails] == [(KIM.email,)]
    wired.desk.later(seconds=15)
    wired.owe("another")
    wired.deliver()
    assert wired.tried("another") == [("sms", "sent")]


# Mail, over the wire: nothing is lost at any stage

MAIL_FAULTS: dict[str, tuple[Callable[[MailServer], object], str, int]] = {
    "nobody listens": (lambda s: s.stop(), "deferred", 1),
    "421 at the greeting": (lambda s: s.faults.refuse_connect(), "deferred", 1),
    "sender refused": (lambda s: s.faults.refuse_sender(code=550), "deferred", 1),
    "recipient refused for now": (
        lambda s: s.faults.refuse_recipient(code=450, times=1),
        "deferred",
        1,
    ),
    "content refused for now": (lambda s: s.faults.refuse_data(code=451), "deferred", 1),
    "cut before it was kept": (lambda s: s.faults.cut_before_data(), "deferred", 1),
    "cut after it was kept": (lambda s: s.faults.cut_after_data(), "deferred", 2),
    "no answer in time": (lambda s: s.faults.tarpit(PATIENCE * 4, times=1), "deferred", 1),
}


@pytest.mark.parametrize("fault", MAIL_FAULTS)
def test_a_mail_that_a_fault_has_put_off_arrives_under_its_first_message_id(
    wired: Rig, mail: MailServer, fault: str
) -> None:
    arrange, state, copies = MAIL_FAULTS[fault]
    arrange(mail)
    wired.owe(about={"only": "email"})
    wired.deliver()
    assert wired.tried() == [("email", state)]
    mail.start()
    wired.desk.later(seconds=15)
    wired.look()
    assert wired.tried() == [("email", state), ("email", "delivered")]
    expected = [f"<{wired.notice().message_id}@example.org>"] * copies
    assert [str(m.message["Message-ID"]) for m in mail.sent_to(KIM.email)] == expected


@pytest.mark.parametrize(
    "arrange",
    [
        lambda s: s.faults.refuse_recipient(code=550),
        lambda s: s.faults.refuse_data(code=554, times=None),
    ],
)
def test_a_mail_refused_for_good_is_followed_by_a_text(
    wired: Rig, mail: MailServer, twilio: TwilioServer, arrange: Callable[[MailServer], object]
) -> None:
    arrange(mail)
    wired.owe(next_channel=True)
    wired.deliver()
    assert wired.tried() == [("email", "failed"), ("sms", "sent")]
    assert (mail.accepted, len(twilio.messages)) == (0, 1)


def test_one_address_that_is_refused_stops_no_other_mail(wired: Rig, mail: MailServer) -> None:
    mail.faults.refuse_recipient(KIM.email)
    only_mail: dict[str, Any] = {"about": {"only": "email"}}
    wired.owe(**only_mail)
    wired.owe("to-dana", DANA, **only_mail)
    wired.deliver()
    assert wired.state() is NoticeState.FAILED
    assert wired.state("to-dana") is NoticeState.DELIVERED


# Delivery states


@pytest.mark.parametrize(
    ("status", "code", "state", "tried"),
    [
        ("delivered", None, NoticeState.DELIVERED, [("sms", "delivered")]),
        ("sent", None, NoticeState.SENT, [("sms", "sent")]),
        ("queued", None, NoticeState.SENT, [("sms", "sent")]),
        (
            "undelivered",
            30006,
            NoticeState.DELIVERED,
            [("sms", "failed"), ("email", "delivered")],
        ),
        ("failed", 30003, NoticeState.DELIVERED, [("sms", "failed"), ("email", "delivered")]),
    ],
)
def test_what_the_provider_says_later_is_taken_in(
    wired: Rig,
    twilio: TwilioServer,
    status: str,
    code: int | None,
    state: NoticeState,
    tried: list[tuple[str, str]],
) -> None:
    wired.owe()
    wired.deliver()
    twilio.advance(twilio.messages[0].sid, status, code)
    wired.look()
    assert (wired.state(), wired.tried()) == (state, tried)
    assert (code is None) == (wired.attempts()[0].error is None)


def test_a_text_undelivered_where_there_is_no_other_way_has_failed(
    wired: Rig, twilio: TwilioServer
) -> None:
    wired.owe(about={"only": "sms"})
    wired.deliver()
    twilio.advance(twilio.messages[0].sid, "undelivered", 30003)
    wired.look()
    assert (wired.state(), wired.tried()) == (NoticeState.FAILED, [("sms", "failed")])


@pytest.mark.parametrize(
    ("urgent", "seconds", "mails"), [(True, 299, 0), (True, 300, 1), (True, 301, 1), (False, 3600, 0)]
)
def test_an_urgent_text_unconfirmed_for_five_minutes_goes_by_mail_as_well(
    wired: Rig, twilio: TwilioServer, mail: MailServer, *, urgent: bool, seconds: int, mails: int
) -> None:
    wired.owe(urgent=urgent)
    wired.deliver()
    wired.desk.later(seconds=seconds)
    wired.look()
    assert (len(twilio.messages), mail.accepted) == (1, mails)


def test_an_urgent_text_confirmed_in_time_goes_no_other_way(
    wired: Rig, twilio: TwilioServer, mail: MailServer
) -> None:
    twilio.auto_deliver = True
    wired.owe(urgent=True)
    wired.deliver()
    wired.desk.later(seconds=300)
    wired.look()
    assert (wired.state(), mail.accepted) == (NoticeState.DELIVERED, 0)


def test_an_urgent_text_with_no_other_way_is_repeated_once(wired: Rig, twilio: TwilioServer) -> None:
    wired.owe(urgent=True, about={"only": "sms"})
    wired.deliver()
    for _ in range(5):
        wired.desk.later(seconds=300)
        wired.look()
    assert len(twilio.messages) == 2
    assert wired.tried() == [("sms", "sent"), ("sms", "sent")]
    assert wired.state() is NoticeState.SENT


def test_the_second_of_two_texts_that_is_delivered_counts(wired: Rig, twilio: TwilioServer) -> None:
    wired.owe(urgent=True, about={"only": "sms"})
    wired.deliver()
    wired.desk.later(seconds=300)
    wired.look()
    twilio.advance(twilio.messages[0].sid, "undelivered", 30003)
    twilio.advance(twilio.messages[1].sid, "delivered")
    wired.look()
    assert wired.state() is NoticeState.DELIVERED
    assert wired.tried() == [("sms", "failed"), ("sms", "delivered")]


def test_a_text_that_nobody_confirmed_in_a_day_is_not_asked_for_any_more(desk: Desk) -> None:
    sms = Fake()
    listing = Listing(sms)
    tested = with_fakes(desk, sms, Fake(), lookup=listing)
    tested.owe()
    tested.deliver()
    desk.later(hours=23, minutes=59)
    tested.look()
    asked = listing.asked
    assert asked == 1
    desk.later(minutes=1)
    tested.look()
    assert listing.asked == asked


# A provider that does not answer; a program that was killed


def test_nothing_is_guessed_while_the_provider_does_not_answer(desk: Desk) -> None:
    sms = Fake([unknown(), SENT])
    listing = Listing(sms, fails=True)
    tested = with_fakes(desk, sms, Fake(), lookup=listing)
    tested.owe("in-doubt")
    tested.owe("accepted", DANA)
    tested.deliver()
    before = desk.dump()
    desk.later(hours=2)
    tested.look()
    assert desk.dump() == before
    listing.fails = False
    tested.look()
    assert tested.state("in-doubt") is NoticeState.SENT


@pytest.mark.parametrize(("seconds", "mails"), [(299, 0), (300, 1)])
def test_an_urgent_text_that_nobody_can_say_anything_about_goes_by_mail_as_well(
    desk: Desk, seconds: int, mails: int
) -> None:
    sms, mail = Fake([unknown()]), Fake()
    listing = Listing(sms, fails=True)
    tested = with_fakes(desk, sms, mail, lookup=listing)
    tested.owe(urgent=True)
    tested.deliver()
    desk.later(seconds=seconds)
    tested.look()
    assert len(mail.letters) == mails
    listing.fails = False
    desk.later(minutes=30)
    tested.look()
    assert (len(sms.letters), tested.tried()[0]) == (1, ("sms", "sent"))
    assert tested.state() in (NoticeState.SENT, NoticeState.DELIVERED)


@pytest.mark.parametrize(("seconds", "settled"), [(0, False), (119, False), (120, True), (3600, True)])
def test_a_claim_without_an_outcome_is_looked_up_when_its_lease_is_over(
    desk: Desk, *, seconds: int, settled: bool
) -> None:
    sms = Fake()
    tested = with_fakes(desk, sms, Fake(), lookup=Listing(sms))
    tested.owe()
    claim(tested)
    desk.later(seconds=seconds)
    tested.look()
    assert len(sms.letters) == int(settled)
    expected = [("sms", "deferred"), ("sms", "sent")] if settled else [("sms", "sending")]
    assert tested.tried() == expected


def test_a_text_that_went_before_the_program_was_killed_is_adopted(
    wired: Rig, twilio: TwilioServer
) -> None:
    wired.owe()
    wired.deliver()
    with wired.desk.store.write() as connection:
        attempt = wired.attempts()[0]
        deliveries.update_delivery(
            connection, attempt.id, state="sending", provider_id=None, finished_at=None
        )
        notices.update_notice(connection, wired.notice().id, state=NoticeState.SENDING)
    wired.desk.later(seconds=120)
    wired.look()
    assert wired.tried() == [("sms", "sent")]
    assert wired.attempts()[0].provider_id == twilio.messages[0].sid
    assert len(twilio.messages) == 1


def test_a_mail_that_may_have_gone_before_the_program_was_killed_is_sent_again(
    wired: Rig, mail: MailServer
) -> None:
    wired.owe(next_channel=True)
    claim(wired, Channel.EMAIL, KIM.email)
    wired.desk.later(seconds=120)
    wired.look()
    assert wired.tried() == [("email", "deferred"), ("email", "delivered")]
    assert str(mail.mails[0].message["Message-ID"]) == f"<{wired.notice().message_id}@example.org>"


def test_claims_of_a_program_that_is_known_to_be_gone_are_looked_up_at_once(desk: Desk) -> None:
    mail = Fake()
    tested = with_fakes(desk, Fake(), mail)
    tested.owe(next_channel=True)
    claim(tested, Channel.EMAIL, KIM.email)
    with desk.store.write() as connection:
        deliveries.end_leases(connection, desk.clock.now())
    tested.look()
    assert tested.state() is NoticeState.DELIVERED


def test_an_outcome_that_comes_after_its_attempt_was_settled_changes_nothing(desk: Desk) -> None:
    """A sender held up for longer than its lease finds that another process has decided."""
    sms = Fake()
    tested = with_fakes(desk, sms, Fake(), lookup=Listing(Fake()))

    def outlive_the_lease(_letter: object) -> None:
        desk.later(seconds=120)
        replace(tested.review, under_way=UnderWay()).look()

    sms.on_send = outlive_the_lease
    tested.owe()
    (started,) = tested.outbox.deliver()
    assert started.exception() is None
    assert tested.tried()[0] == ("sms", "deferred")


def test_a_text_that_another_process_has_repeated_meanwhile_is_not_repeated_again(desk: Desk) -> None:
    sms = Fake()
    listing = Listing(sms)
    tested = with_fakes(desk, sms, Fake(), lookup=listing)
    other = replace(tested, review=replace(tested.review, under_way=UnderWay()))
    tested.owe(urgent=True, about={"only": "sms"})
    tested.deliver()
    desk.later(seconds=300)

    def overtake() -> None:
        listing.meanwhile = lambda: None
        other.look()

    listing.meanwhile = overtake
    tested.look()
    assert len(sms.letters) == 2


def test_an_earlier_attempts_text_is_not_taken_for_a_later_one(desk: Desk) -> None:
    sms = Fake()
    tested = with_fakes(desk, sms, Fake(), lookup=Listing(sms))
    tested.owe(urgent=True, about={"only": "sms"})
    tested.deliver()
    sms.answers.append(unknown())
    real = list(sms.letters)
    desk.later(seconds=300)
    tested.look()
    sms.letters[:] = real
    assert tested.tried() == [("sms", "sent"), ("sms", "unknown")]
    desk.later(seconds=59)
    tested.look()
    assert tested.tried() == [("sms", "sent"), ("sms", "unknown")]


def test_a_number_that_changed_since_is_asked_for_as_it_was(desk: Desk) -> None:
    sms = Fake([unknown()])
    tested = with_fakes(desk, sms, Fake(), lookup=Listing(sms))
    tested.owe()
    tested.deliver()
    edit_person(desk.office, OPERATOR, replace(KIM, mobile="+14195559999"))
    tested.look()
    assert tested.tried() == [("sms", "sent")]


def test_without_a_provider_to_ask_a_doubtful_text_is_sent_again(desk: Desk) -> None:
    tested = with_fakes(desk, Fake([unknown()]), Fake())
    tested.owe()
    tested.deliver()
    tested.look()
    assert tested.tried() == [("sms", "deferred"), ("sms", "sent")]


def test_a_number_is_asked_about_once_a_look(desk: Desk) -> None:
    sms = Fake([unknown(), unknown(), SENT])
    listing = Listing(sms)
    tested = with_fakes(desk, sms, Fake(), lookup=listing)
    for number in range(3):
        tested.owe(f"key-{number}")
    tested.deliver()
    tested.review.look()
    assert listing.asked == 1


def test_a_look_with_nothing_to_look_for_asks_and_changes_nothing(desk: Desk) -> None:
    sms = Fake()
    listing = Listing(sms)
    tested = with_fakes(desk, sms, Fake(), lookup=listing)
    tested.owe()
    before = desk.dump()
    tested.review.look()
    assert (desk.dump(), listing.asked) == (before, 0)


def test_a_failure_that_is_listed_goes_into_the_record_with_its_words(desk: Desk) -> None:
    sms = Fake([SENT])
    listing = Listing(sms, progress=Progress.FAILED, error="30007 filtered")
    tested = with_fakes(desk, sms, Fake([permanent(), passing()]), lookup=listing)
    tested.owe()
    tested.deliver()
    with desk.store.write() as connection:
        deliveries.update_delivery(connection, tested.attempts()[0].id, provider_id="id-1")
    tested.look()
    assert tested.tried() == [("sms", "failed"), ("email", "failed")]
    assert tested.attempts()[0].error == "30007 filtered"
    assert tested.state() is NoticeState.FAILED
