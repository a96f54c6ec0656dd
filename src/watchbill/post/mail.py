"""Mail over SMTP (RFC 5321): one recipient a message, the same Message-ID through retries."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import formatdate, parseaddr
from functools import lru_cache
from typing import Any

from watchbill.clock import Clock
from watchbill.errors import SendError
from watchbill.post.letters import Letter, Receipt

TIMEOUT_SECONDS = 15.0
TRANSIENT, PERMANENT = range(400, 500), range(500, 600)
ABOUT_THE_RECIPIENT = frozenset({550, 551, 552, 553, 554, 501, 555, 556})
HEADERS_KEPT = 512
BOUNDARY = "=_watchbill"
"""Occurs in no part: quoted-printable writes every "=" that is not its own otherwise (RFC 2045, 6.7)."""
ONCE = frozenset({"Date", "Message-ID"})
"""Headers that are another in every mail."""
CODED = "quoted-printable"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    security: str
    username: str
    password: str
    from_address: str
    timeout: float = TIMEOUT_SECONDS


class _Line:
    """Knows whether the content of the present message has begun to leave: after that, a cut is unknown."""

    content_begun = False

    def data(self, msg: Any) -> tuple[int, bytes]:  # noqa: ANN401 - smtplib's own signature
        self.content_begun = True
        return super().data(msg)  # type: ignore[misc, no-any-return]


class _Plain(_Line, smtplib.SMTP):
    pass


class _Secure(_Line, smtplib.SMTP_SSL):
    pass


class Mailer:
    """One connection to the mail server, opened when it is first needed and again when it broke."""

    def __init__(self, server: MailServer, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self._name, self._sender = parseaddr(server.from_address)
        self._connection: _Plain | _Secure | None = None

    def send(self, letter: Letter) -> Receipt:
        """Hand one letter over; what the server accepts is confirmed.

        A refusal with 5xx for the recipient or the content is permanent. Everything else may be tried
        again: after a connection that broke the mail may arrive twice, with one Message-ID.
        """
        _require_address(letter)
        message_id = f"<{letter.message_id}@{self._sender.rpartition('@')[2] or 'localhost'}>"
        try:
            mail = compose(letter, self._name, self._sender, message_id, self._clock.now())
            self._hand_over(mail.as_bytes(), letter.address)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise self._refusal(code, words, recipient=True) from error
        except smtplib.SMTPSenderRefused as error:
            raise self._refusal(error.smtp_code, error.smtp_error, recipient=False) from error
        except smtplib.SMTPDataError as error:
            raise self._refusal(error.smtp_code, error.smtp_error, recipient=True) from error
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise SendError(f"mail server: {_words(error)}") from error
        except (ValueError, HeaderParseError) as error:
            raise SendError(f"mail to {letter.address!r} cannot be written: {error}") from error
        return Receipt(provider_id=message_id, confirmed=True)

    def close(self) -> None:
        """Say goodbye to the server."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()

    def _hand_over(self, mail: bytes, recipient: str) -> None:
        reused = self._connection is not None
        connection = self._connection or self._connect()
        connection.content_begun = False
        try:
            connection.sendmail(self._sender, [recipient], mail)
        except smtplib.SMTPServerDisconnected:
            if not reused or connection.content_begun:
                raise
            self._drop()
            self._connect().sendmail(self._sender, [recipient], mail)

    def _connect(self) -> _Plain | _Secure:
        server = self._server
        connection: _Plain | _Secure
        if server.security == "tls":
            context = ssl.create_default_context()
            connection = _Secure(server.host, server.port, timeout=server.timeout, context=context)
        else:
            connection = _Plain(server.host, server.port, timeout=server.timeout)
        self._connection = connection
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.username:
            connection.login(server.username, server.password)
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _refusal(self, code: int, words: bytes | str, *, recipient: bool) -> SendError:
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        permanent = recipient and code in ABOUT_THE_RECIPIENT
        if self._connection is not None and code not in PERMANENT:
            self._drop()
        return SendError(f"mail server: {code} {text}"[:300], permanent=permanent)


def _require_address(letter: Letter) -> None:
    """Raise a permanent ``SendError`` for an address that no mail can be written to."""
    try:
        Address(display_name=letter.name, addr_spec=letter.address)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise SendError(f"address {letter.address!r}: {error}", permanent=True) from error


def _words(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return f"{error.smtp_code} {said}"[:300]
    return (str(error) or type(error).__name__)[:300]


class _KeptHeaders(EmailPolicy):
    """The standard library's policy for SMTP; a header that comes again is not parsed and folded again.

    Mail goes to the same people under the same subjects again and again, and parsing headers is most of
    what a mail costs.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:  # noqa: ANN401 - as inherited
        if name in ONCE:
            return SMTP.header_store_parse(name, value)
        return _parsed(name, str(value))

    def fold(self, name: str, value: Any) -> str:  # noqa: ANN401 - as inherited
        if name in ONCE:
            return str(SMTP.fold(name, value))
        return _folded(name, str(value))

    def fold_binary(self, name: str, value: Any) -> bytes:  # noqa: ANN401 - as inherited
        return self.fold(name, value).encode("ascii")


@lru_cache(HEADERS_KEPT)
def _parsed(name: str, value: str) -> tuple[str, Any]:
    return SMTP.header_store_parse(name, value)


@lru_cache(HEADERS_KEPT)
def _folded(name: str, value: str) -> str:
    folded: str = SMTP.fold(*SMTP.header_store_parse(name, value))
    return folded


POLICY = _KeptHeaders(linesep=SMTP.linesep)


def compose(letter: Letter, name: str, sender: str, message_id: str, now: datetime) -> EmailMessage:
    """Return the mail: text and HTML that say the same, marked as written by a program (RFC 3834)."""
    mail = EmailMessage(POLICY)
    mail["Subject"] = letter.message.subject
    mail["From"] = Address(display_name=name, addr_spec=sender)
    mail["To"] = Address(display_name=letter.name, addr_spec=letter.address)
    mail["Date"] = formatdate(now.timestamp(), usegmt=True)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if letter.urgent:
        mail["Importance"] = "high"
    mail.set_content(letter.message.plain(), cte=CODED)
    mail.add_alternative(letter.message.html(), subtype="html", cte=CODED)
    mail.set_boundary(BOUNDARY)
    return mail
