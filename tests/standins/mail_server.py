"""A stand-in for a mail server on loopback, with faults on demand.

``python -m tests.standins.mail_server --port 8025`` runs it by hand and prints every mail.
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.standins.ports import free_port
from tests.standins.rules import Rules

OK = "250 OK"
HOST = "127.0.0.1"


class Certificate(NamedTuple):
    """A self-signed certificate for localhost and 127.0.0.1, as two PEM files."""

    chain: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """Return the context a server shows this certificate with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Return the context of a client that trusts this certificate and no other."""
        return ssl.create_default_context(cafile=str(self.chain))


def self_signed(folder: Path) -> Certificate:
    """Have openssl make a certificate in ``folder``, good for two days."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", f"subjectAltName=DNS:localhost,IP:{HOST}"]
    files = ["-out", str(made.chain), "-keyout", str(made.key)]
    command = ["openssl", "req", "-x509", "-days", "2", *curve, *names, *files]
    subprocess.run(command, check=True, capture_output=True)
    return made


@dataclass(frozen=True)
class Mail:
    """One mail that the server has kept, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    at: float

    @cached_property
    def message(self) -> EmailMessage:
        """The mail itself, parsed."""
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        """The mail's plain text."""
        part = self.message.get_body(("plain",))
        return "" if part is None else str(part.get_content())


class _Reply(NamedTuple):
    line: str


class _Cut(NamedTuple):
    kept: bool


class MailFaults:
    """The script of what goes wrong; ``times=None`` is for ever, an address limits a line to it."""

    def __init__(self) -> None:
        self._replies: Rules[_Reply | _Cut] = Rules()
        self._delays: Rules[float] = Rules()

    def refuse_recipient(
        self,
        address: str | None = None,
        code: int = 550,
        text: str = "5.1.1 No such user here",
        times: int | None = None,
    ) -> None:
        """Answer RCPT TO with a refusal, for now (4xx) or for good (5xx)."""
        self._refuse("RCPT", address, code, text, times)

    def refuse_sender(
        self,
        address: str | None = None,
        code: int = 550,
        text: str = "5.7.1 Sender refused",
        times: int | None = 1,
    ) -> None:
        """Answer MAIL FROM with a refusal."""
        self._refuse("MAIL", address, code, text, times)

    def refuse_data(
        self,
        code: int = 451,
        text: str = "4.3.0 Try again later",
        times: int | None = 1,
        *,
        to: str | None = None,
    ) -> None:
        """Refuse the mail after its text has come in, and do not keep it."""
        self._refuse("DATA", to, code, text, times)

    def refuse_connect(
        self, text: str = "4.3.2 Too busy, come back later", times: int | None = 1
    ) -> None:
        """Greet with 421 and close the connection."""
        self._refuse("CONNECT", None, 421, text, times)

    def cut_after_data(self, times: int | None = 1, *, to: str | None = None) -> None:
        """Keep the mail and close the connection without a reply."""
        self._replies.add("DATA", _Cut(kept=True), key=_folded(to), times=times)

    def cut_before_data(self, times: int | None = 1, *, to: str | None = None) -> None:
        """Take the mail's text in, lose it, and close the connection without a reply."""
        self._replies.add("DATA", _Cut(kept=False), key=_folded(to), times=times)

    def tarpit(self, seconds: float, address: str | None = None, times: int | None = None) -> None:
        """Answer RCPT TO only after ``seconds``; goes along with a refusal."""
        self._delays.add("RCPT", seconds, key=_folded(address), times=times)

    def clear(self) -> None:
        """Let all go well from now on."""
        self._replies.clear()
        self._delays.clear()

    @property
    def pending(self) -> int:
        """How many faults are still to happen; one that holds for ever counts once."""
        return self._replies.pending + self._delays.pending

    def take(self, stage: str, addresses: list[str]) -> _Reply | _Cut | None:
        """Return what goes wrong at this stage, and count it as done."""
        return self._replies.take(stage, [address.casefold() for address in addresses])

    def take_delay(self, address: str) -> float:
        """Return how long this recipient is held up, and count that as done."""
        return self._delays.take("RCPT", [address.casefold()]) or 0.0

    def _refuse(self, stage: str, address: str | None, code: int, text: str, times: int | None) -> None:
        self._replies.add(stage, _Reply(f"{code} {text}"), key=_folded(address), times=times)


def _folded(address: str | None) -> str | None:
    return None if address is None else address.casefold()


class MailServer:
    """The stand-in: entered, it serves on a free port of loopback (or ``port``) until it is left.

    With ``username`` clients have to log in (PLAIN or LOGIN); with ``certificate`` STARTTLS is
    offered, needed for logging in, and needed for everything when ``require_starttls``.
    ``on_mail`` is called with each mail kept; ``accepted`` counts these, ``connections`` the greetings.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        username: str | None = None,
        password: str = "",
        certificate: Certificate | None = None,
        require_starttls: bool = False,
        on_mail: Callable[[Mail], None] | None = None,
    ) -> None:
        self.port = port or free_port()
        self.username = username
        self.password = password
        self.certificate = certificate
        self.require_starttls = require_starttls
        self.on_mail = on_mail
        self.faults = MailFaults()
        self.mails: list[Mail] = []
        self.accepted = 0
        self.connections = 0
        self._controller: _Controller | None = None

    def __enter__(self) -> Self:
        """Start serving."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        self.stop()

    def start(self) -> None:
        """Serve; after a stop on the same port as before, with all that was known before."""
        if self._controller is None:
            self._controller = _Controller(self)
            self.port = self._controller.port
            self._controller.start()

    def stop(self) -> None:
        """Close every connection; the port refuses new ones until the next start."""
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.end()

    def forget(self) -> None:
        """Forget all mails and faults, and count from nought again."""
        self.faults.clear()
        self.mails.clear()
        self.accepted = self.connections = 0

    def sent_to(self, address: str) -> list[Mail]:
        """Return the mails kept for this recipient, in order."""
        wanted = address.casefold()
        return [mail for mail in self.mails if wanted in map(str.casefold, mail.recipients)]

    def keep(self, envelope: Envelope) -> None:
        """Keep the mail in this envelope, and count it."""
        content = envelope.content
        assert isinstance(content, bytes)
        mail = Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), content, time.monotonic())
        self.mails.append(mail)
        self.accepted += 1
        if self.on_mail is not None:
            self.on_mail(mail)

    def knows(self, login: LoginPassword) -> bool:
        """Tell whether these are the name and the password that clients have to log in with."""
        right = f"{self.username}\n{self.password}".encode()
        return hmac.compare_digest(login.login + b"\n" + login.password, right)


class _Hooks:
    """What aiosmtpd calls at each step of a mail's way in."""

    def __init__(self, mail_server: MailServer) -> None:
        self._server = mail_server
        self._faults = mail_server.faults

    async def handle_MAIL(  # noqa: N802 - named by aiosmtpd
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender, or refuse it."""
        fault = self._faults.take("MAIL", [address])
        if isinstance(fault, _Reply):
            return fault.line
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return OK

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or refuse it, if need be after a while."""
        delay = self._faults.take_delay(address)
        if delay > 0:
            await asyncio.sleep(delay)
        fault = self._faults.take("RCPT", [address])
        if isinstance(fault, _Reply):
            return fault.line
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return OK

    async def handle_DATA(  # noqa: N802 - named by aiosmtpd
        self, smtp: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail, or refuse it, or go away."""
        fault = self._faults.take("DATA", envelope.rcpt_tos)
        if isinstance(fault, _Reply):
            return fault.line
        if fault is None or fault.kept:
            self._server.keep(envelope)
        if fault is not None:
            await _vanish(smtp)
        return OK


async def _vanish(smtp: SMTP) -> None:
    """Close the connection and wait for the end of the task that serves it."""
    transport = smtp.transport
    assert isinstance(transport, asyncio.Transport)
    transport.abort()
    await asyncio.Event().wait()


class _Smtp(SMTP):
    """One connection: counted, known to its controller, and refused when the script says so."""

    def __init__(self, controller: _Controller, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._controller = controller
        self._auth_required = controller.mail_server.username is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Enter the connection in the controller's list; STARTTLS comes here a second time."""
        self._controller.open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Strike the connection off."""
        super().connection_lost(error)
        self._controller.open.discard(self)

    async def _handle_client(self) -> None:
        server = self._controller.mail_server
        if self._controller.ready:
            server.connections += 1
            fault = server.faults.take("CONNECT", [])
            if isinstance(fault, _Reply):
                await self.push(fault.line)
                self._writer.close()
                return
        with suppress(ConnectionError):
            await super()._handle_client()


def _bound(port: int) -> socket.socket:
    """Return a bound socket that says it is TCP: asyncio sends small replies at once only then."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((HOST, port))
    except OSError:
        bound.close()
        raise
    return bound


class _Controller(Controller):
    """aiosmtpd's controller on a socket bound beforehand, which says that it is TCP."""

    def __init__(self, mail_server: MailServer) -> None:
        self.mail_server = mail_server
        self.open: set[_Smtp] = set()
        self.ready = False
        self._socket = _bound(mail_server.port)
        port = self._socket.getsockname()[1]
        super().__init__(_Hooks(mail_server), HOST, port, server_hostname="standin.example.org")

    def factory(self) -> _Smtp:
        """Return the protocol of one connection."""
        server = self.mail_server
        tls = server.certificate and server.certificate.server_context()
        return _Smtp(
            self,
            self.handler,
            authenticator=self._authenticate,
            auth_require_tls=server.certificate is not None or server.username is None,
            tls_context=tls,
            require_starttls=server.require_starttls,
            loop=self.loop,
            **self.SMTP_kwargs,
        )

    def end(self) -> None:
        """Close the port and every connection, and see the thread off."""
        done: Future[None] = asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop)
        done.result(5)
        self.stop()

    async def _hang_up(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.server.close()
        while self.open:
            for smtp in tuple(self.open):
                if isinstance(smtp.transport, asyncio.Transport):
                    smtp.transport.abort()
            await asyncio.sleep(0.005)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._socket)

    def _trigger_server(self) -> None:
        """Connect once, for the controller waits for that, and see the connection closed."""
        with socket.create_connection((HOST, self.port), timeout=self.ready_timeout) as probe:
            probe.recv(1024)
            probe.sendall(b"QUIT\r\n")
            while probe.recv(1024):
                pass
        self.ready = True

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        known = isinstance(data, LoginPassword) and self.mail_server.knows(data)
        return AuthResult(success=known, handled=False)


def _print(mail: Mail) -> None:
    head = [f"{name}: {mail.message[name]}" for name in ("From", "To", "Subject", "Message-ID")]
    sys.stdout.write("\n".join([*head, "", mail.text, ""]) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve by hand until interrupted."""
    parser = argparse.ArgumentParser(description="A stand-in for a mail server.")
    parser.add_argument("--port", type=int, default=8025)
    chosen = parser.parse_args()
    with MailServer(port=chosen.port, on_mail=_print) as server, suppress(KeyboardInterrupt):
        sys.stdout.write(f"smtp://{HOST}:{server.port}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
