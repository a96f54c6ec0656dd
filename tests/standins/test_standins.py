"""What the stand-ins do, shown with the clients that the real services are used with."""

from __future__ import annotations

import smtplib
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.standins.mail_server import Certificate, MailServer, self_signed
from tests.standins.ports import free_port
from tests.standins.twilio_messages import segments
from tests.standins.twilio_server import TwilioServer

ROOT = Path(__file__).resolve().parents[2]
ANNA = "+4915112345678"
BERT = "+4915187654321"
OWN = "+15005550006"
SERVICE = "MG" + "0" * 32
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class Redirected(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own HTTP client, sent to the stand-in."""

    def __init__(self, url: str) -> None:
        super().__init__(timeout=2)
        self.base = url

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        return super().request(
            method, url.replace("https://api.twilio.com", self.base), *args, **options
        )


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        yield server


@pytest.fixture
def client(twilio: TwilioServer) -> Iterator[Client]:
    http = Redirected(twilio.url)
    yield Client(twilio.account_sid, twilio.auth_token, http_client=http)
    assert http.session is not None
    http.session.close()


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificate"))


def send(client: Client, to: str = ANNA, body: str = "Your watch begins.", **more: Any) -> Any:
    return client.messages.create(to=to, body=body, **({"from_": OWN} | more))


def bodies(client: Client, **wanted: Any) -> list[str]:
    return [message.body for message in client.messages.list(**wanted)]


def refused(call: Callable[[], object]) -> tuple[int, int | None]:
    with pytest.raises(TwilioRestException) as caught:
        call()
    return caught.value.status, caught.value.code


def a_mail(to: str = "anna@example.org") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "watch@example.org", to, "Grüße"
    mail["Message-ID"] = "<1@example.org>"
    mail.set_content("Your watch begins.\nSchöne Grüße\n")
    return mail


def smtp(server: MailServer) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", server.port, local_hostname="client", timeout=2)


def mail_to(server: MailServer, *recipients: str) -> dict[str, tuple[int, bytes]]:
    with smtp(server) as session:
        return session.send_message(a_mail(), to_addrs=recipients or ("anna@example.org",))


def elapsed(call: Callable[[], object]) -> float:
    begun = time.monotonic()
    call()
    return time.monotonic() - begun


# How the stand-in for Twilio keeps messages


def test_a_created_message_is_queued_and_answered_in_full(twilio: TwilioServer, client: Client) -> None:
    made = send(client, validity_period=600)
    assert (made.status, made.to, made.from_, made.direction) == ("queued", ANNA, OWN, "outbound-api")
    assert (made.num_segments, made.error_code, made.account_sid) == ("1", None, twilio.account_sid)
    assert made.sid.startswith("SM")
    assert len(made.sid) == 34
    assert abs(made.date_created - datetime.fromtimestamp(time.time_ns() / 1e9, UTC)) < timedelta(
        seconds=3
    )
    (kept,) = twilio.messages
    assert (kept.sid, kept.body, kept.validity_period) == (made.sid, "Your watch begins.", 600)


def test_every_request_is_logged_with_its_fields(twilio: TwilioServer, client: Client) -> None:
    send(client, validity_period=600)
    bodies(client, to=ANNA)
    post, get = twilio.requests
    form = {"To": ANNA, "From": OWN, "Body": "Your watch begins.", "ValidityPeriod": "600"}
    assert (post.method, post.path, post.fields) == ("POST", twilio.messages_path, form)
    assert (get.method, get.fields["To"]) == ("GET", ANNA)


def test_a_messaging_service_chooses_its_sender_when_the_message_is_sent(
    twilio: TwilioServer, client: Client
) -> None:
    made = send(client, from_=None, messaging_service_sid=SERVICE)
    assert (made.status, made.from_, made.num_segments) == ("accepted", None, "0")
    twilio.advance(made.sid, "sent")
    assert (made.fetch().from_, made.fetch().messaging_service_sid) == (OWN, SERVICE)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "0151 12345678"}, 21211),
        ({"to": ""}, 21604),
        ({"from_": None}, 21603),
        ({"from_": "no sender!"}, 21212),
        ({"to": OWN}, 21266),
        ({"from_": None, "messaging_service_sid": "MG1"}, 21701),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"validity_period": 0}, 21624),
        ({"validity_period": 36001}, 21624),
    ],
)
def test_a_form_with_a_mistake_is_refused_with_twilios_code(
    twilio: TwilioServer, client: Client, fields: dict[str, Any], code: int
) -> None:
    assert refused(lambda: send(client, **fields)) == (400, code)
    assert twilio.messages == []


def test_a_wrong_token_is_refused(twilio: TwilioServer, client: Client) -> None:
    client.auth = (twilio.account_sid, "wrong")
    assert refused(lambda: send(client)) == (401, 20003)
    assert twilio.messages == []


def test_an_unknown_message_and_an_unknown_path_are_not_found(
    twilio: TwilioServer, client: Client
) -> None:
    assert refused(lambda: client.messages("SM" + "0" * 32).fetch()) == (404, 20404)
    auth = (twilio.account_sid, twilio.auth_token)
    assert (
        requests.get(f"{twilio.url}/2010-04-01/Accounts.json", auth=auth, timeout=2).status_code == 404
    )


def test_a_message_advances_as_the_test_says(twilio: TwilioServer, client: Client) -> None:
    made = send(client)
    twilio.advance(made.sid, "undelivered", 30006)
    now = made.fetch()
    assert (now.status, now.error_code) == ("undelivered", 30006)
    assert now.error_message == "Landline or unreachable carrier"
    with pytest.raises(ValueError, match="no status of Twilio's"):
        twilio.advance(made.sid, "lost")


def test_with_auto_deliver_messages_read_back_are_delivered(
    twilio: TwilioServer, client: Client
) -> None:
    twilio.auto_deliver = True
    assert send(client).status == "queued"
    failed = send(client)
    twilio.advance(failed.sid, "failed", 30003)
    twilio.receive(ANNA, "yes")
    states = sorted(message.status for message in client.messages.list())
    assert states == ["delivered", "failed", "received"]


def test_a_text_beyond_one_message_is_counted_in_segments() -> None:
    assert [segments("a" * length) for length in (0, 160, 161, 306, 307)] == [1, 1, 2, 2, 3]
    assert [segments("ы" * length) for length in (70, 71, 134, 135)] == [1, 2, 2, 3]
    assert (segments("€" * 80), segments("€" * 81)) == (1, 2)


# How it lists them


def test_listings_are_newest_first_and_filtered(twilio: TwilioServer, client: Client) -> None:
    for hour, (sender, body) in enumerate([(ANNA, "a"), (BERT, "b"), (ANNA, "c")]):
        twilio.receive(sender, body, NOON + timedelta(hours=hour))
    assert bodies(client) == ["c", "b", "a"]
    assert bodies(client, from_=ANNA) == ["c", "a"]
    assert bodies(client, to=OWN, from_=BERT) == ["b"]
    assert bodies(client, to=ANNA) == []


def test_listings_are_filtered_by_instant_and_by_day(twilio: TwilioServer, client: Client) -> None:
    for day in range(3):
        twilio.receive(ANNA, str(day), NOON + timedelta(days=day))
    assert bodies(client, date_sent_after=NOON + timedelta(days=1)) == ["2", "1"]
    assert bodies(client, date_sent_after=NOON + timedelta(days=1, seconds=1)) == ["2"]
    assert bodies(client, date_sent_before=NOON) == ["0"]
    assert bodies(client, date_sent_before="2026-03-05") == ["1", "0"]
    assert bodies(client, date_sent="2026-03-05") == ["1"]
    assert bodies(client, date_sent=NOON.replace(hour=0)) == ["0"]
    assert bodies(client, date_sent_after="Thu, 05 Mar 2026 13:00:00 +0100") == ["2", "1"]


def test_a_filter_that_is_no_date_is_refused(twilio: TwilioServer, client: Client) -> None:
    auth = (twilio.account_sid, twilio.auth_token)
    url = twilio.url + twilio.messages_path
    answers = [
        requests.get(url, params=query, auth=auth, timeout=2)
        for query in ({"DateSent": "noon"}, {"PageSize": "0"}, {"PageToken": "PA1"})
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400]


def test_the_client_follows_the_pages_though_newer_messages_come(
    twilio: TwilioServer, client: Client
) -> None:
    for number in range(5):
        twilio.receive(ANNA, str(number), NOON + timedelta(minutes=number))
    page = client.messages.page(page_size=2, from_=ANNA)
    assert [message.body for message in page] == ["4", "3"]
    twilio.receive(ANNA, "new", NOON + timedelta(hours=1))
    second = page.next_page()
    assert second is not None
    assert [message.body for message in second] == ["2", "1"]
    before = second.previous_page()
    assert before is not None
    assert [message.body for message in before] == ["4", "3"]
    assert bodies(client, page_size=2) == ["new", "4", "3", "2", "1", "0"]


def test_the_paging_envelope_says_where_the_page_stands(twilio: TwilioServer) -> None:
    for number in range(3):
        twilio.receive(ANNA, str(number), NOON + timedelta(minutes=number))
    answer = requests.get(
        twilio.url + twilio.messages_path,
        params={"PageSize": "2", "Page": "1"},
        auth=(twilio.account_sid, twilio.auth_token),
        timeout=2,
    ).json()
    assert [message["body"] for message in answer.pop("messages")] == ["0"]
    assert answer.pop("previous_page_uri").startswith(
        f"{twilio.messages_path}?PageSize=2&Page=0&PageToken=PB"
    )
    assert answer == {
        "first_page_uri": f"{twilio.messages_path}?PageSize=2&Page=0",
        "uri": f"{twilio.messages_path}?PageSize=2&Page=1",
        "next_page_uri": None,
        "page": 1,
        "page_size": 2,
        "start": 2,
        "end": 2,
    }


def test_an_undated_message_is_missing_from_listings_by_date_until_it_is_sent(client: Client) -> None:
    with TwilioServer(undated_until_sent=True, now=lambda: NOON) as twilio:
        client.http_client.base = twilio.url
        made = send(client)
        assert made.date_sent is None
        assert bodies(client, date_sent_after=NOON) == []
        twilio.advance(made.sid, "sent")
        assert bodies(client, date_sent_after=NOON) == ["Your watch begins."]


# What it does wrong when told to


def test_a_lost_answer_leaves_the_message_created(twilio: TwilioServer, client: Client) -> None:
    twilio.faults.lose_answer()
    assert refused(lambda: send(client))[0] == 500
    assert bodies(client, to=ANNA) == ["Your watch begins."]
    assert send(client).status == "queued"


def test_a_refused_request_creates_nothing(twilio: TwilioServer, client: Client) -> None:
    twilio.faults.refuse_500(2)
    assert [refused(lambda: send(client))[0] for _ in range(2)] == [500, 500]
    assert twilio.messages == []
    assert twilio.faults.pending == 0


def test_a_cut_connection_leaves_the_message_created(twilio: TwilioServer, client: Client) -> None:
    twilio.faults.cut()
    with pytest.raises(requests.ConnectionError):
        send(client)
    assert len(twilio.sent_to(ANNA)) == 1


def test_a_reset_connection_creates_nothing(twilio: TwilioServer, client: Client) -> None:
    twilio.faults.reset()
    with pytest.raises(requests.ConnectionError):
        send(client)
    assert twilio.messages == []
    assert len(twilio.requests) == 1


def test_too_many_requests_say_when_to_come_back(twilio: TwilioServer) -> None:
    twilio.faults.status_429(7, on="GET")
    auth = (twilio.account_sid, twilio.auth_token)
    answer = requests.get(twilio.url + twilio.messages_path, auth=auth, timeout=2)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (
        429,
        "7",
        20429,
    )


def test_an_error_may_be_for_one_recipient_and_for_ever(twilio: TwilioServer, client: Client) -> None:
    twilio.faults.error(400, 21610, "Attempt to send to unsubscribed recipient", None, to=BERT)
    assert [refused(lambda: send(client, to=BERT)) for _ in range(2)] == [(400, 21610)] * 2
    assert send(client, to=ANNA).status == "queued"
    twilio.faults.clear()
    assert send(client, to=BERT).status == "queued"


def test_a_listing_may_fail_too(twilio: TwilioServer, client: Client) -> None:
    twilio.faults.refuse_500(on="GET", to=ANNA)
    assert bodies(client, to=BERT) == []
    assert bodies(client) == []
    answer = client.http_client.request(
        "GET",
        twilio.url + twilio.messages_path,
        {"To": ANNA},
        auth=(twilio.account_sid, twilio.auth_token),
    )
    assert answer.status_code == 500


def test_a_delay_holds_the_answer_back_and_nobody_else(twilio: TwilioServer, client: Client) -> None:
    twilio.faults.delay(0.3, to=ANNA)
    slow = threading.Thread(target=send, args=(client, ANNA))
    begun = time.monotonic()
    slow.start()
    auth = (twilio.account_sid, twilio.auth_token)
    form = {"To": BERT, "From": OWN, "Body": "x"}
    requests.post(twilio.url + twilio.messages_path, form, auth=auth, timeout=2)
    assert slow.is_alive()
    slow.join()
    assert time.monotonic() - begun >= 0.3


def test_a_delay_goes_along_with_another_fault(twilio: TwilioServer, client: Client) -> None:
    twilio.faults.delay(0.1)
    twilio.faults.lose_answer()
    assert elapsed(lambda: refused(lambda: send(client))) >= 0.1
    assert len(twilio.messages) == 1


def test_a_new_message_may_be_missing_from_the_next_listings(
    twilio: TwilioServer, client: Client
) -> None:
    twilio.faults.listing_lag(listings=2)
    made = send(client)
    assert made.fetch().status == "queued"
    assert [len(bodies(client, to=ANNA)) for _ in range(3)] == [0, 0, 1]
    assert bodies(client, to=BERT) == []


def test_a_new_message_may_be_missing_from_listings_for_a_time(
    twilio: TwilioServer, client: Client
) -> None:
    twilio.faults.listing_lag(seconds=0.15, times=1)
    send(client)
    send(client, to=BERT)
    assert [message.to for message in client.messages.list()] == [BERT]
    time.sleep(0.16)
    assert len(client.messages.list()) == 2


def test_a_stopped_server_refuses_and_starts_again_on_its_port(
    twilio: TwilioServer, client: Client
) -> None:
    send(client)
    twilio.stop()
    with pytest.raises(requests.ConnectionError):
        send(client)
    twilio.start()
    assert len(bodies(client)) == 1


def test_many_clients_at_once_lose_nothing(twilio: TwilioServer) -> None:
    form = {"To": ANNA, "From": OWN, "Body": "x"}

    def post() -> None:
        with requests.Session() as session:
            session.auth = (twilio.account_sid, twilio.auth_token)
            for _ in range(10):
                assert (
                    session.post(twilio.url + twilio.messages_path, form, timeout=5).status_code == 201
                )

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({message.sid for message in twilio.messages}) == 80


def test_forgetting_makes_the_server_new(twilio: TwilioServer, client: Client) -> None:
    twilio.faults.refuse_500(5)
    twilio.receive(ANNA, "yes")
    twilio.forget()
    assert (twilio.messages, twilio.requests, twilio.faults.pending) == ([], [], 0)
    assert send(client).status == "queued"


# What the mail server does


def test_a_mail_is_kept_with_its_envelope(mail_server: MailServer) -> None:
    assert mail_to(mail_server, "anna@example.org", "bert@example.org") == {}
    (mail,) = mail_server.mails
    assert (mail.sender, mail.recipients) == (
        "watch@example.org",
        ("anna@example.org", "bert@example.org"),
    )
    assert (mail.message["Subject"], mail.message["Message-ID"]) == ("Grüße", "<1@example.org>")
    assert mail.text.splitlines() == ["Your watch begins.", "Schöne Grüße"]
    assert (mail_server.accepted, mail_server.connections) == (1, 1)
    assert mail_server.sent_to("Anna@Example.org") == [mail]
    assert mail_server.sent_to("carl@example.org") == []


@pytest.mark.parametrize("code", [450, 550])
def test_one_recipient_is_refused_and_the_others_are_served(mail_server: MailServer, code: int) -> None:
    mail_server.faults.refuse_recipient("bert@example.org", code, "no")
    assert mail_to(mail_server, "anna@example.org", "bert@example.org") == {
        "bert@example.org": (code, b"no")
    }
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail_to(mail_server, "bert@example.org")
    assert [mail.recipients for mail in mail_server.mails] == [("anna@example.org",)]


@pytest.mark.parametrize("code", [451, 554])
def test_refused_data_is_not_kept(mail_server: MailServer, code: int) -> None:
    mail_server.faults.refuse_data(code, "no")
    with pytest.raises(smtplib.SMTPDataError) as caught:
        mail_to(mail_server)
    assert (caught.value.smtp_code, mail_server.mails) == (code, [])
    mail_to(mail_server)
    assert mail_server.accepted == 1


def test_a_refused_sender_may_try_again_on_the_same_connection(mail_server: MailServer) -> None:
    mail_server.faults.refuse_sender("watch@example.org", 451, "later")
    with smtp(mail_server) as session:
        with pytest.raises(smtplib.SMTPSenderRefused):
            session.send_message(a_mail())
        session.send_message(a_mail())
    assert (mail_server.accepted, mail_server.connections) == (1, 1)


def test_a_connection_is_refused_with_421(mail_server: MailServer) -> None:
    mail_server.faults.refuse_connect("busy")
    with pytest.raises(smtplib.SMTPConnectError) as caught:
        mail_to(mail_server)
    assert caught.value.smtp_code == 421
    assert mail_to(mail_server) == {}


@pytest.mark.parametrize("kept", [True, False])
def test_a_cut_connection_keeps_or_loses_the_mail(mail_server: MailServer, *, kept: bool) -> None:
    if kept:
        mail_server.faults.cut_after_data(to="anna@example.org")
    else:
        mail_server.faults.cut_before_data(to="anna@example.org")
    with smtp(mail_server) as session:
        session.send_message(a_mail(), to_addrs=["bert@example.org"])
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            session.send_message(a_mail())
    assert len(mail_server.sent_to("anna@example.org")) == int(kept)
    assert mail_server.accepted == 1 + int(kept)


def test_a_tarpit_holds_one_recipient_up_and_nobody_else(mail_server: MailServer) -> None:
    mail_server.faults.tarpit(0.3, "bert@example.org")
    slow = threading.Thread(target=mail_to, args=(mail_server, "bert@example.org"))
    begun = time.monotonic()
    slow.start()
    mail_to(mail_server, "anna@example.org")
    assert slow.is_alive()
    slow.join()
    assert time.monotonic() - begun >= 0.3
    assert [mail.recipients[0][:4] for mail in mail_server.mails] == ["anna", "bert"]


def test_faults_may_be_cleared(mail_server: MailServer) -> None:
    mail_server.faults.refuse_recipient("anna@example.org")
    mail_server.faults.tarpit(9)
    assert mail_server.faults.pending == 2
    mail_server.faults.clear()
    assert mail_to(mail_server) == {}
    mail_server.forget()
    assert (mail_server.mails, mail_server.accepted) == ([], 0)


def test_a_stopped_mail_server_cuts_refuses_and_starts_again_on_its_port(
    mail_server: MailServer,
) -> None:
    with smtp(mail_server) as session:
        session.send_message(a_mail())
        mail_server.stop()
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            session.send_message(a_mail())
    with pytest.raises(ConnectionRefusedError):
        mail_to(mail_server)
    mail_server.start()
    mail_to(mail_server)
    assert mail_server.accepted == 2


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_client_has_to_log_in_when_that_is_asked_for(mechanism: str) -> None:
    with MailServer(username="watch", password="geheim") as server, smtp(server) as session:
        session.ehlo()
        with pytest.raises(smtplib.SMTPSenderRefused):
            session.send_message(a_mail())
        session.user, session.password = "watch", "geheim"
        authenticate = session.auth_plain if mechanism == "PLAIN" else session.auth_login
        assert session.auth(mechanism, authenticate)[0] == 235
        session.send_message(a_mail())
        assert server.accepted == 1


def test_a_wrong_password_does_not_log_in() -> None:
    with MailServer(username="watch", password="geheim") as server, smtp(server) as session:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            session.login("watch", "geraten")
        assert server.accepted == 0


def test_tls_is_offered_needed_and_trusted_by_its_certificate_alone(certificate: Certificate) -> None:
    with MailServer(
        certificate=certificate, require_starttls=True, username="w", password="p"
    ) as server:
        with smtp(server) as session:
            with pytest.raises(smtplib.SMTPNotSupportedError):
                session.login("w", "p")
            session.starttls(context=certificate.client_context())
            session.login("w", "p")
            session.send_message(a_mail())
        with smtp(server) as session, pytest.raises(smtplib.SMTPSenderRefused):
            session.send_message(a_mail())
        with closing(smtp(server)) as session, pytest.raises(ssl.SSLCertVerificationError):
            session.starttls(context=ssl.create_default_context())
        assert server.accepted == 1


def test_five_hundred_mails_go_through_one_connection_within_a_second_or_so(
    mail_server: MailServer,
) -> None:
    content = a_mail().as_bytes()
    with smtp(mail_server) as session:
        taken = elapsed(
            lambda: [
                session.sendmail("watch@example.org", ["anna@example.org"], content) for _ in range(500)
            ]
        )
    assert (mail_server.accepted, mail_server.connections) == (500, 1)
    assert taken < 3


# How both run by hand


@pytest.mark.parametrize("name", ["twilio_server", "mail_server"])
def test_each_stand_in_runs_by_hand_and_prints_what_arrives(name: str) -> None:
    port = free_port()
    command = [sys.executable, "-m", f"tests.standins.{name}", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        greeting = process.stdout.readline().split()
        assert greeting[0].endswith(f"127.0.0.1:{port}")
        if name == "mail_server":
            with smtplib.SMTP("127.0.0.1", port, timeout=2) as session:
                session.send_message(a_mail())
        else:
            form = {"To": ANNA, "From": OWN, "Body": "Your watch begins."}
            url = f"{greeting[0]}/2010-04-01/Accounts/{greeting[2]}/Messages.json"
            assert (
                requests.post(url, form, auth=(greeting[2], greeting[4]), timeout=2).status_code == 201
            )
        lines = iter(process.stdout.readline, "Your watch begins.\n")
        assert len(list(lines)) < 6
        process.terminate()
