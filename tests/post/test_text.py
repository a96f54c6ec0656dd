"""Texts over a real wire: what is asked for, and what every answer and every silence comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from tests.post.rig import PATIENCE, TEXT, account, texter
from tests.standins.twilio_server import TwilioServer
from watchbill.errors import SendError
from watchbill.post.letters import Receipt
from watchbill.post.text import MOST_LISTED, Listed, Progress, Texter

OTHER = replace(TEXT, address="+14195550102")


@pytest.fixture
def sender(twilio: TwilioServer) -> Iterator[Texter]:
    """Give a sender of texts."""
    with closing(texter(account(twilio))) as made:
        yield made


def refused(sender: Texter) -> SendError:
    with pytest.raises(SendError) as caught:
        sender.send(TEXT)
    return caught.value


def test_a_text_is_accepted_under_the_providers_id(twilio: TwilioServer, sender: Texter) -> None:
    receipt = sender.send(TEXT)
    (kept,) = twilio.messages
    assert receipt == Receipt(kept.sid, confirmed=False)
    assert kept.fields == {
        "To": "+14195550101",
        "From": twilio.own_number,
        "Body": "LCCS: a text (7K4P)",
        "ValidityPeriod": "7200",
    }


def test_a_messaging_service_stands_in_the_place_of_a_number(twilio: TwilioServer) -> None:
    service = "MG" + "0" * 32
    with closing(texter(account(twilio, messaging_service_sid=service))) as sender:
        sender.send(TEXT)
    (kept,) = twilio.messages
    assert (kept.fields["MessagingServiceSid"], "From" in kept.fields) == (service, False)


def test_a_proxy_of_the_surroundings_is_not_used(
    twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with closing(texter(account(twilio))) as sender:
        sender.send(TEXT)
    assert len(twilio.messages) == 1


Arrange = Callable[[TwilioServer], object]
UNKNOWN, UNSENT, FOR_GOOD = "may have gone", "has not gone", "will never go"
FAULTS: dict[str, tuple[Arrange, str, int]] = {
    "500, and yet it was created": (lambda s: s.faults.lose_answer(), UNKNOWN, 1),
    "500, and nothing was created": (lambda s: s.faults.refuse_500(), UNKNOWN, 0),
    "503": (lambda s: s.faults.error(503, 20503, "Service Unavailable"), UNKNOWN, 0),
    "cut off before the answer": (lambda s: s.faults.cut(), UNKNOWN, 1),
    "reset": (lambda s: s.faults.reset(), UNKNOWN, 0),
    "no answer in time": (lambda s: s.faults.delay(PATIENCE * 4), UNKNOWN, 1),
    "nobody listens": (lambda s: s.stop(), UNSENT, 0),
    "too many requests": (lambda s: s.faults.status_429(7), UNSENT, 0),
    "a wrong token": (lambda s: s.faults.error(401, 20003, "Authenticate"), UNSENT, 0),
    "an account that is suspended": (lambda s: s.faults.error(403, 20005, "Suspended"), UNSENT, 0),
    "our number cannot send": (lambda s: s.faults.error(400, 21606, "Not yours"), UNSENT, 0),
    "a filter of the carriers": (lambda s: s.faults.error(400, 30007, "Filtered"), UNSENT, 0),
    "an unregistered number of ours": (lambda s: s.faults.error(400, 30034, "10DLC"), UNSENT, 0),
    "somebody who said STOP": (lambda s: s.faults.error(400, 21610, "Unsubscribed"), FOR_GOOD, 0),
    "no such number": (lambda s: s.faults.error(400, 21211, "Invalid 'To'"), FOR_GOOD, 0),
    "no mobile number": (lambda s: s.faults.error(400, 21614, "Not a mobile"), FOR_GOOD, 0),
    "a code that nobody knows": (lambda s: s.faults.error(400, 29999, "Whatever"), FOR_GOOD, 0),
}


def meaning(error: SendError) -> str:
    assert not (error.permanent and error.outcome_unknown)
    if error.permanent:
        return FOR_GOOD
    return UNKNOWN if error.outcome_unknown else UNSENT


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_says_whether_the_text_may_have_gone(
    twilio: TwilioServer, sender: Texter, fault: str
) -> None:
    arrange, expected, created = FAULTS[fault]
    arrange(twilio)
    error = refused(sender)
    assert meaning(error) == expected
    assert len(twilio.messages) == created
    assert error.message.startswith("text service: ")
    assert "\n" not in error.message
    assert TEXT.address not in error.message
    twilio.faults.clear()
    twilio.start()
    sender.send(OTHER)
    assert len(twilio.messages) == created + 1


def test_how_long_to_wait_is_what_the_provider_asks_for(twilio: TwilioServer, sender: Texter) -> None:
    twilio.faults.status_429(37)
    assert refused(sender).retry_after == 37
    twilio.faults.error(429, 20429, "Too Many Requests")
    assert refused(sender).retry_after is None


@pytest.mark.parametrize(
    ("status", "code", "progress"),
    [
        ("accepted", None, Progress.UNDER_WAY),
        ("scheduled", None, Progress.UNDER_WAY),
        ("queued", None, Progress.UNDER_WAY),
        ("sending", None, Progress.UNDER_WAY),
        ("sent", None, Progress.UNDER_WAY),
        ("delivered", None, Progress.DELIVERED),
        ("read", None, Progress.DELIVERED),
        ("undelivered", 30006, Progress.FAILED),
        ("failed", 30003, Progress.FAILED),
        ("canceled", None, Progress.FAILED),
    ],
)
def test_a_listed_text_has_come_so_far(
    twilio: TwilioServer, sender: Texter, status: str, code: int | None, progress: Progress
) -> None:
    sid = str(sender.send(TEXT).provider_id)
    twilio.advance(sid, status, code)
    (listed,) = sender.listed_for(TEXT.address)
    assert (listed.provider_id, listed.body, listed.progress) == (sid, TEXT.message.text, progress)
    assert (listed.error is None) == (code is None)
    assert str(code or "") in (listed.error or "")


def test_the_texts_of_one_number_are_listed_and_no_more_than_needed(
    twilio: TwilioServer, sender: Texter
) -> None:
    sender.send(OTHER)
    for _ in range(3):
        sender.send(TEXT)
    assert len(list(sender.listed_for(TEXT.address))) == 3
    for _ in range(MOST_LISTED):
        twilio.receive("+15550001111", "hello", to=TEXT.address)
    assert len(list(sender.listed_for(TEXT.address))) == MOST_LISTED


def test_a_text_is_found_by_its_code_alone(twilio: TwilioServer, sender: Texter) -> None:
    sid = sender.send(TEXT).provider_id
    found = sender.find(TEXT.address, "7K4P")
    assert found == Listed(str(sid), TEXT.message.text, Progress.UNDER_WAY, None)
    assert sender.find(TEXT.address, "7K4") is None
    assert sender.find(OTHER.address, "7K4P") is None


@pytest.mark.parametrize(
    "arrange",
    [
        lambda s: s.faults.refuse_500(on="GET"),
        lambda s: s.faults.reset(on="GET"),
        lambda s: s.faults.cut(on="GET"),
        lambda s: s.faults.status_429(on="GET"),
        lambda s: s.faults.delay(PATIENCE * 4, on="GET"),
        lambda s: s.stop(),
    ],
)
def test_a_listing_that_fails_is_an_error_and_not_an_empty_list(
    twilio: TwilioServer, sender: Texter, arrange: Arrange
) -> None:
    arrange(twilio)
    with pytest.raises(SendError, match="text service: "):
        list(sender.listed_for(TEXT.address))


def test_a_session_that_was_closed_can_be_used_again(twilio: TwilioServer) -> None:
    sender = Texter(account(twilio))
    sender.close()
    sender.send(TEXT)
    sender.close()
    sender.send(TEXT)
    sender.close()
    assert len(twilio.messages) == 2
