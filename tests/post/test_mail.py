"""Mail over a real wire: what a mail is like, and what every fault of a server comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.cast import KIM, local
from tests.post.rig import LETTER, PATIENCE, mail_account
from tests.standins.mail_server import Certificate, MailServer, self_signed
from watchbill.core.wording import Message
from watchbill.errors import SendError
from watchbill.post.letters import Receipt
from watchbill.post.mail import Mailer
from watchbill.rehearsal import PlayedClock

CLOCK = PlayedClock(local("2026-11-23T08:30"))
DANA = replace(LETTER, address="dana@example.org", name="Dana Okafor", message_id="fedcba")


@pytest.fixture
def mailer(mail: MailServer) -> Iterator[Mailer]:
    """Give a sender of mail."""
    with closing(Mailer(mail_account(mail), CLOCK)) as sender:
        yield sender


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Give a certificate for the stand-in."""
    return self_signed(tmp_path_factory.mktemp("certificate"))


def only(server: MailServer) -> EmailMessage:
    (kept,) = server.mails
    return kept.message


def refused(sender: Mailer) -> SendError:
    with pytest.raises(SendError) as caught:
        sender.send(LETTER)
    return caught.value


# What a mail is like


def test_a_mail_is_accepted_once_and_that_is_all_there_is_to_know(
    mail: MailServer, mailer: Mailer
) -> None:
    assert mailer.send(LETTER) == Receipt("<0123456789abcdef@example.org>", confirmed=True)
    assert mail.accepted == 1


def test_a_mail_says_who_it_is_from_and_that_a_program_wrote_it(
    mail: MailServer, mailer: Mailer
) -> None:
    mailer.send(LETTER)
    message = only(mail)
    expected = {
        "From": "LCCS watchbill <watchbill@example.org>",
        "To": "Kim Rivera <kim@example.org>",
        "Subject": "LCCS: a subject",
        "Message-ID": "<0123456789abcdef@example.org>",
        "Date": "Mon, 23 Nov 2026 13:30:00 +0000",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Importance": None,
    }
    assert {name: message[name] and str(message[name]) for name in expected} == expected


def test_an_urgent_mail_says_so(mail: MailServer, mailer: Mailer) -> None:
    mailer.send(replace(LETTER, urgent=True))
    assert only(mail)["Importance"] == "high"


def test_the_envelope_has_the_bare_sender_and_one_recipient(mail: MailServer, mailer: Mailer) -> None:
    mailer.send(LETTER)
    mailer.send(DANA)
    assert [(m.sender, m.recipients) for m in mail.mails] == [
        ("watchbill@example.org", (KIM.email,)),
        ("watchbill@example.org", ("dana@example.org",)),
    ]
    assert mail.connections == 1


class _Words(HTMLParser):
    """Collects what a reader of the HTML part sees, and where links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self._unseen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen = tag == "title"
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        self._unseen = False

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words += data.split()


@pytest.mark.parametrize(
    "message",
    [
        LETTER.message,
        Message(
            "a text",
            "Grüße <b>& co</b>",
            ("Zoë <zoe@example.org>,", 'a < b & "c"'),
            link="https://watch.example.org/c/abc_-1?x=1&y=2",
            link_label="Record the check",
            footer=("one", "two & three"),
        ),
    ],
)
def test_text_and_html_say_the_same(mail: MailServer, mailer: Mailer, message: Message) -> None:
    mailer.send(replace(LETTER, message=message))
    sent = only(mail)
    assert sent.get_content_type() == "multipart/alternative"
    plain, html = (sent.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    seen = _Words()
    seen.feed(html.get_content())
    read = [word for word in plain.get_content().split() if word != "--"]
    if message.link:
        read.remove(message.link)
        read = [word.removesuffix(":") if word == "check:" else word for word in read]
    assert seen.words == read
    assert seen.links == ([message.link] if message.link else [])
    assert str(sent["Subject"]) == message.subject


AWKWARD = Message(
    "a text",
    "Straße gesperrt: " + "a long way round, " * 12 + "sorry",
    (
        f"{'long ' * 300}end",
        ".",
        "From here on: a=b, --=_watchbill--",
        "tab at the end\t",
        "日本語" * 40,
    ),
    link=f"https://watch.example.org/c/{'x' * 200}",
    link_label="Öffnen",
    footer=("one", " indented "),
)


def test_whatever_a_mail_says_crosses_the_wire_in_short_lines_of_ascii_and_arrives_as_written(
    mail: MailServer, mailer: Mailer
) -> None:
    mailer.send(replace(LETTER, name="Zoë Łukasz, M.D.", message=AWKWARD))
    (kept,) = mail.mails
    assert kept.content.isascii()
    assert max(map(len, kept.content.split(b"\r\n"))) <= 78
    assert kept.content.count(b"\n") == kept.content.count(b"\r\n")
    message = kept.message
    (to,) = message["To"].addresses
    assert (to.display_name, to.addr_spec) == ("Zoë Łukasz, M.D.", KIM.email)
    assert str(message["Subject"]) == AWKWARD.subject
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    read = [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()]
    assert read == [AWKWARD.plain(), AWKWARD.html()]
    assert not [d for part in message.walk() for d in part.defects]


def test_an_address_outside_ascii_is_refused_before_the_server_is_asked(
    mail: MailServer, mailer: Mailer
) -> None:
    with pytest.raises(SendError) as caught:
        mailer.send(replace(LETTER, address="zoë@example.org"))
    assert caught.value.permanent
    assert mail.connections == 0


def test_the_message_id_stays_the_same_through_retries(mail: MailServer, mailer: Mailer) -> None:
    mail.faults.cut_after_data(times=1)
    refused(mailer)
    mailer.send(LETTER)
    assert [str(m.message["Message-ID"]) for m in mail.mails] == ["<0123456789abcdef@example.org>"] * 2


@pytest.mark.parametrize(
    "letter",
    [
        replace(LETTER, name="Kim\nBcc: everybody@example.org"),
        replace(LETTER, address="kim@example.org\r\nBcc: everybody@example.org"),
        replace(LETTER, address="kim at example.org"),
        replace(LETTER, message=replace(LETTER.message, subject="one\nBcc: everybody@example.org")),
    ],
)
def test_what_would_break_out_of_a_header_is_never_sent(
    mail: MailServer, mailer: Mailer, letter: Any
) -> None:
    with pytest.raises(SendError) as caught:
        mailer.send(letter)
    assert not caught.value.outcome_unknown
    assert mail.accepted == 0


# What every fault comes to

Arrange = Callable[[MailServer], object]
FAULTS: dict[str, tuple[Arrange, bool]] = {
    "nobody listens": (lambda s: s.stop(), False),
    "421 at the greeting": (lambda s: s.faults.refuse_connect(), False),
    "sender refused for now": (lambda s: s.faults.refuse_sender(code=451), False),
    "sender refused for good": (lambda s: s.faults.refuse_sender(code=550), False),
    "recipient refused for now": (lambda s: s.faults.refuse_recipient(code=450, times=1), False),
    "mailbox full for now": (lambda s: s.faults.refuse_recipient(code=452, times=1), False),
    "421 at the recipient": (lambda s: s.faults.refuse_recipient(code=421, times=1), False),
    "no such recipient": (lambda s: s.faults.refuse_recipient(code=550, times=1), True),
    "recipient's name not allowed": (lambda s: s.faults.refuse_recipient(code=553, times=1), True),
    "relaying denied": (lambda s: s.faults.refuse_recipient(code=554, times=1), True),
    "content refused for now": (lambda s: s.faults.refuse_data(code=451), False),
    "421 after the content": (lambda s: s.faults.refuse_data(code=421), False),
    "content refused for good": (lambda s: s.faults.refuse_data(code=554), True),
    "cut before the mail was kept": (lambda s: s.faults.cut_before_data(), False),
    "cut after the mail was kept": (lambda s: s.faults.cut_after_data(), False),
    "no answer in time": (lambda s: s.faults.tarpit(PATIENCE * 4, times=1), False),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_as_for_now_or_for_good_and_the_next_mail_goes(
    mail: MailServer, mailer: Mailer, fault: str
) -> None:
    arrange, for_good = FAULTS[fault]
    arrange(mail)
    error = refused(mailer)
    assert (error.permanent, error.outcome_unknown) == (for_good, False)
    assert error.message.startswith("mail server: ")
    assert "\n" not in error.message
    mail.faults.clear()
    mail.start()
    mailer.send(DANA)
    assert len(mail.sent_to(DANA.address)) == 1


WITHIN_A_MAIL = ("cut before the mail was kept", "cut after the mail was kept")
BROKEN = (*WITHIN_A_MAIL, "no answer in time")


@pytest.mark.parametrize(
    "fault", [f for f in FAULTS if f not in (*BROKEN, "nobody listens", "421 at the greeting")]
)
def test_a_refusal_on_a_connection_in_use_is_told_too(
    mail: MailServer, mailer: Mailer, fault: str
) -> None:
    mailer.send(DANA)
    arrange, for_good = FAULTS[fault]
    arrange(mail)
    assert refused(mailer).permanent is for_good
    assert mail.sent_to(KIM.email) == []


def test_a_connection_in_use_that_breaks_before_the_mail_is_opened_again(
    mail: MailServer, mailer: Mailer
) -> None:
    mailer.send(DANA)
    arrange, _ = FAULTS["no answer in time"]
    arrange(mail)
    mailer.send(LETTER)
    assert len(mail.sent_to(KIM.email)) == 1
    assert mail.connections == 2


@pytest.mark.parametrize("fault", WITHIN_A_MAIL)
def test_a_connection_in_use_that_breaks_within_a_mail_is_told_and_the_next_try_has_the_same_message_id(
    mail: MailServer, mailer: Mailer, fault: str
) -> None:
    mailer.send(DANA)
    arrange, _ = FAULTS[fault]
    arrange(mail)
    assert not refused(mailer).permanent
    mailer.send(LETTER)
    assert {str(m.message["Message-ID"]) for m in mail.sent_to(KIM.email)} == {
        "<0123456789abcdef@example.org>"
    }
    assert mail.connections == 2


def test_a_connection_that_the_server_closed_meanwhile_is_opened_again(
    mail: MailServer, mailer: Mailer
) -> None:
    mailer.send(DANA)
    mail.stop()
    mail.start()
    mailer.send(LETTER)
    assert [m.recipients[0] for m in mail.mails] == [DANA.address, KIM.email]


def test_to_close_is_harmless_before_after_and_when_the_server_is_gone(mail: MailServer) -> None:
    sender = Mailer(mail_account(mail), CLOCK)
    sender.close()
    sender.send(LETTER)
    mail.stop()
    sender.close()
    sender.close()


# Under cover, and as somebody


@pytest.fixture
def guarded(certificate: Certificate) -> Iterator[MailServer]:
    """Give a server that speaks to nobody without STARTTLS and a password."""
    with MailServer(
        username="watchbill", password="sesame", certificate=certificate, require_starttls=True
    ) as server:
        yield server


def test_starttls_and_a_login_come_before_the_mail(
    guarded: MailServer, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.chain))
    given = mail_account(guarded, security="starttls", username="watchbill", password="sesame")
    with closing(Mailer(given, CLOCK)) as sender:
        sender.send(LETTER)
    assert guarded.accepted == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"security": "starttls", "username": "watchbill", "password": "wrong"},
        {"security": "starttls"},
        {"security": "none", "username": "watchbill", "password": "sesame"},
        {"security": "none"},
        {"security": "tls"},
    ],
)
def test_the_wrong_way_in_is_a_fault_for_now_and_nothing_is_sent(
    guarded: MailServer,
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, str],
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.chain))
    with closing(Mailer(mail_account(guarded, **changes), CLOCK)) as sender:
        error = refused(sender)
    assert not error.permanent
    assert guarded.accepted == 0


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(guarded: MailServer) -> None:
    given = mail_account(guarded, security="starttls", username="watchbill", password="sesame")
    with closing(Mailer(given, CLOCK)) as sender:
        error = refused(sender)
    assert "certificate" in error.message.lower()
    assert guarded.accepted == 0


def test_a_server_that_offers_no_starttls_gets_no_mail_where_it_is_asked_for(mail: MailServer) -> None:
    with closing(Mailer(mail_account(mail, security="starttls"), CLOCK)) as sender:
        error = refused(sender)
    assert not error.permanent
    assert mail.accepted == 0
