"""A stand-in for Twilio's Messages resource on loopback, with faults on demand.

``python -m tests.standins.twilio_server --port 8091 --auto-deliver`` runs it by hand and prints
every message as it arrives.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

from tests.standins.ports import free_port
from tests.standins.rules import Rules
from tests.standins.twilio_messages import (
    API,
    BEFORE_SENT,
    STATUSES,
    UNDER_WAY,
    Filter,
    Json,
    Message,
    Refusal,
    Span,
    envelope,
    new_sid,
    outbound,
)

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "fedcba9876543210" * 2
OWN_NUMBER = "+15005550006"


def utc_now() -> datetime:
    """Return the machine's time to the second, the stand-in's clock unless it is handed another."""
    return datetime(*time.gmtime()[:6], tzinfo=UTC)


class Request(NamedTuple):
    """One request as it arrived: ``fields`` are the form of a POST and the query of a GET."""

    method: str
    path: str
    fields: dict[str, str]
    at: float


class Answer(NamedTuple):
    """What goes back to the client."""

    status: int
    body: Json
    headers: Mapping[str, str]


class Hangup(NamedTuple):
    """No answer goes back: the connection is closed, or reset when ``hard``."""

    hard: bool


@dataclass(frozen=True)
class Fault:
    """What happens to a request: whether it is carried out, and what the client sees of it."""

    carried_out: bool
    outcome: Answer | Hangup


@dataclass(frozen=True)
class Lag:
    """How long a new message is left out of listings: so many listings, and so many seconds."""

    listings: int
    seconds: float


class Faults:
    """The script of what goes wrong; ``to`` limits a line to one recipient, ``times=None`` is for ever.

    ``on`` is the method it happens to. A listing has the recipient of its ``To`` filter, and a
    single message's page the recipient of that message.
    """

    def __init__(self) -> None:
        self._faults: Rules[Fault] = Rules()
        self._delays: Rules[float] = Rules()
        self._lags: Rules[Lag] = Rules()

    def lose_answer(self, times: int | None = 1, *, to: str | None = None, on: str = "POST") -> None:
        """Carry the request out (a POST creates its message) but answer 500."""
        self._add(Fault(carried_out=True, outcome=_broken()), times, to, on)

    def refuse_500(self, times: int | None = 1, *, to: str | None = None, on: str = "POST") -> None:
        """Answer 500 and do nothing."""
        self._add(Fault(carried_out=False, outcome=_broken()), times, to, on)

    def cut(self, times: int | None = 1, *, to: str | None = None, on: str = "POST") -> None:
        """Carry the request out and close the connection without an answer."""
        self._add(Fault(carried_out=True, outcome=Hangup(hard=False)), times, to, on)

    def reset(self, times: int | None = 1, *, to: str | None = None, on: str = "POST") -> None:
        """Reset the connection and do nothing."""
        self._add(Fault(carried_out=False, outcome=Hangup(hard=True)), times, to, on)

    def delay(
        self, seconds: float, times: int | None = 1, *, to: str | None = None, on: str = "POST"
    ) -> None:
        """Carry the request out at once, and answer ``seconds`` later; goes along with other faults."""
        self._delays.add(on, seconds, key=to, times=times)

    def status_429(
        self, retry_after: int = 1, times: int | None = 1, *, to: str | None = None, on: str = "POST"
    ) -> None:
        """Answer that there are too many requests, and do nothing."""
        headers = {"Retry-After": str(retry_after)}
        refusal = _refused(Refusal(429, 20429, "Too Many Requests", headers))
        self._add(Fault(carried_out=False, outcome=refusal), times, to, on)

    def error(
        self,
        status: int,
        code: int,
        message: str,
        times: int | None = 1,
        *,
        to: str | None = None,
        on: str = "POST",
    ) -> None:
        """Answer with an error of Twilio's, such as 400 with 21610, and do nothing."""
        self._add(
            Fault(carried_out=False, outcome=_refused(Refusal(status, code, message))), times, to, on
        )

    def listing_lag(
        self,
        *,
        listings: int = 0,
        seconds: float = 0.0,
        times: int | None = None,
        to: str | None = None,
    ) -> None:
        """Leave new messages out of the first ``listings`` listings, and for ``seconds``."""
        self._lags.add("new", Lag(listings, seconds), key=to, times=times)

    def clear(self) -> None:
        """Let all go well from now on; messages that are lagging go on lagging."""
        for rules in (self._faults, self._delays, self._lags):
            rules.clear()

    @property
    def pending(self) -> int:
        """How many faults and delays are still to happen; one that holds for ever counts once."""
        return self._faults.pending + self._delays.pending

    def take_fault(self, on: str, to: str) -> Fault | None:
        """Return what goes wrong with this request, and count it as done."""
        return self._faults.take(on, [to])

    def take_delay(self, on: str, to: str) -> float:
        """Return how long this request's answer is held back, and count that as done."""
        return self._delays.take(on, [to]) or 0.0

    def take_lag(self, to: str) -> Lag | None:
        """Return how long this new message is left out of listings."""
        return self._lags.take("new", [to])

    def _add(self, fault: Fault, times: int | None, to: str | None, on: str) -> None:
        self._faults.add(on, fault, key=to, times=times)


def _broken() -> Answer:
    return _refused(Refusal(500, 20500, "An internal server error has occurred"))


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.status, refusal.as_json(), refusal.headers)


@dataclass
class _Unlisted:
    listings: int
    until: float

    def shows(self) -> bool:
        if self.listings > 0:
            self.listings -= 1
            return False
        return time.monotonic() >= self.until


@dataclass(frozen=True)
class _Asked:
    """A request that is being answered."""

    method: str
    target: str
    authorization: str
    form: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return _fields(urlsplit(self.target).query)

    @property
    def fields(self) -> dict[str, str]:
        return self.form if self.method == "POST" else self.query


def _fields(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True))


class TwilioServer:
    """The stand-in: entered, it serves on a free port of loopback (or ``port``) until it is left.

    With ``auto_deliver`` messages show as delivered whenever they are read back. With
    ``undated_until_sent`` a message has no ``date_sent``, and falls out of listings filtered by
    date, until it has been sent. ``now`` tells the time, ``on_message`` is called with each new message.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        own_number: str = OWN_NUMBER,
        auto_deliver: bool = False,
        undated_until_sent: bool = False,
        now: Callable[[], datetime] = utc_now,
        on_message: Callable[[Message], None] | None = None,
    ) -> None:
        self.port = port or free_port()
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.own_number = own_number
        self.auto_deliver = auto_deliver
        self.undated_until_sent = undated_until_sent
        self.now = now
        self.on_message = on_message
        self.faults = Faults()
        self.messages: list[Message] = []
        self.requests: list[Request] = []
        self._unlisted: dict[str, _Unlisted] = {}
        self._lock = threading.RLock()
        self._listener: _Listener | None = None

    @property
    def url(self) -> str:
        """Where the server stands, or stood: http://127.0.0.1:PORT."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def messages_path(self) -> str:
        """The path of the account's Messages resource."""
        return f"{API}/Accounts/{self.account_sid}/Messages.json"

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
        if self._listener is None:
            self._listener = _Listener(self)
            self.port = self._listener.server_address[1]
            self._listener.begin()

    def stop(self) -> None:
        """Close every connection; the port refuses new ones until the next start."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.end()

    def receive(
        self, from_number: str, body: str, received_at: datetime | None = None, *, to: str | None = None
    ) -> Message:
        """Put in a message that somebody has sent to the account's own number."""
        when = received_at or self.now()
        message = Message(
            sid=new_sid(),
            account_sid=self.account_sid,
            to=to or self.own_number,
            from_=from_number,
            body=body,
            direction="inbound",
            status="received",
            date_created=when,
            date_updated=when,
            date_sent=when,
        )
        self._keep(message)
        return message

    def advance(self, sid: str, status: str, error_code: int | None = None) -> Message:
        """Give a message its next status, such as sent, delivered, undelivered or failed."""
        if status not in STATUSES:
            raise ValueError(f"{status!r} is no status of Twilio's")
        with self._lock:
            message = self.message(sid)
            message.status, message.error_code = status, error_code
            message.date_updated = self.now()
            if status not in BEFORE_SENT | {"failed", "canceled"}:
                message.date_sent = message.date_sent or message.date_updated
                message.from_ = message.from_ or self.own_number
            return message

    def message(self, sid: str) -> Message:
        """Return the message of this SID, or raise the refusal that a client gets."""
        with self._lock:
            for message in self.messages:
                if message.sid == sid:
                    return message
        path = f"{API}/Accounts/{self.account_sid}/Messages/{sid}.json"
        raise Refusal(404, 20404, f"The requested resource {path} was not found")

    def sent_to(self, number: str) -> list[Message]:
        """Return the messages that clients have had created for this recipient, in order."""
        with self._lock:
            return [each for each in self.messages if each.to == number and each.direction != "inbound"]

    def forget(self) -> None:
        """Forget all messages, requests and faults."""
        with self._lock:
            self.messages.clear()
            self.requests.clear()
            self._unlisted.clear()
            self.faults.clear()

    def answer(self, asked: _Asked, wait: Callable[[float], object]) -> Answer | Hangup:
        """Answer one request, with whatever the script says is to go wrong with it."""
        with self._lock:
            fields = dict(asked.fields)
            self.requests.append(Request(asked.method, asked.path, fields, time.monotonic()))
            recipient = self._recipient(asked)
            delay = self.faults.take_delay(asked.method, recipient)
            reply = self._play(asked, recipient)
        wait(delay)
        return reply

    def _play(self, asked: _Asked, recipient: str) -> Answer | Hangup:
        fault = self.faults.take_fault(asked.method, recipient)
        if fault is not None and not fault.carried_out:
            return fault.outcome
        try:
            answer = self._carry_out(asked)
        except Refusal as refusal:
            return _refused(refusal)
        return answer if fault is None else fault.outcome

    def _recipient(self, asked: _Asked) -> str:
        sid = self._sid(asked.path)
        if sid is None:
            return asked.fields.get("To", "")
        return next((message.to for message in self.messages if message.sid == sid), "")

    def _sid(self, path: str) -> str | None:
        stem = self.messages_path.removesuffix(".json") + "/"
        if not (path.startswith(stem) and path.endswith(".json")):
            return None
        return path.removeprefix(stem).removesuffix(".json")

    def _carry_out(self, asked: _Asked) -> Answer:
        self._authenticate(asked.authorization)
        if asked.path == self.messages_path:
            return self._create(asked.form) if asked.method == "POST" else self._list(asked)
        sid = self._sid(asked.path)
        if sid is None:
            raise Refusal(404, 20404, f"The requested resource {asked.path} was not found")
        if asked.method != "GET":
            raise Refusal(405, 20004, "Method not allowed")
        return self._fetch(sid)

    def _authenticate(self, authorization: str) -> None:
        known = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        if not hmac.compare_digest(authorization.encode(), f"Basic {known}".encode()):
            challenge = {"WWW-Authenticate": 'Basic realm="Twilio API"'}
            raise Refusal(401, 20003, "Authenticate", challenge)

    def _create(self, form: Mapping[str, str]) -> Answer:
        message = outbound(form, self.account_sid, self.now())
        if self.undated_until_sent:
            message.date_sent = None
        body = message.as_json()
        self._keep(message)
        return Answer(201, body, {})

    def _keep(self, message: Message) -> None:
        with self._lock:
            lag = self.faults.take_lag(message.to)
            if lag is not None:
                self._unlisted[message.sid] = _Unlisted(lag.listings, time.monotonic() + lag.seconds)
            self.messages.append(message)
        if self.on_message is not None:
            self.on_message(message)

    def _fetch(self, sid: str) -> Answer:
        message = self.message(sid)
        self._deliver([message])
        return Answer(200, message.as_json(), {})

    def _list(self, asked: _Asked) -> Answer:
        query = asked.query
        wanted = Filter.of(query)
        found = [message for message in self.messages if wanted.fits(message)]
        if "PageToken" not in query:
            found = [message for message in found if self._shows(message)]
        else:
            found = [message for message in found if message.sid not in self._unlisted]
        self._deliver(found)
        found.reverse()
        found.sort(key=lambda message: message.date_sent or message.date_created, reverse=True)
        return Answer(200, envelope(asked.path, query, found, Span.of(query, found)), {})

    def _shows(self, message: Message) -> bool:
        lagging = self._unlisted.get(message.sid)
        if lagging is not None and lagging.shows():
            del self._unlisted[message.sid]
        return message.sid not in self._unlisted

    def _deliver(self, read: list[Message]) -> None:
        for message in read:
            if self.auto_deliver and message.status in UNDER_WAY and message.direction != "inbound":
                self.advance(message.sid, "delivered")


class _Listener(ThreadingHTTPServer):
    """The socket's side of the stand-in: its connections, its threads and their end."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, twilio: TwilioServer) -> None:
        super().__init__(("127.0.0.1", twilio.port), _Handler)
        self.twilio = twilio
        self.stopping = threading.Event()
        self._open: dict[threading.Thread, socket.socket] = {}
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    def begin(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def end(self) -> None:
        """Close the port and every connection, and see every thread off."""
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._guard:
            still_open = dict(self._open)
        for thread, connection in still_open.items():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(5)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection in a thread that ``end`` knows of."""
        serve = self.process_request_thread
        thread = threading.Thread(target=serve, args=(request, client_address), daemon=True)
        with self._guard:
            self._open[thread] = request
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        """Close one connection."""
        super().shutdown_request(request)
        with self._guard:
            self._open.pop(threading.current_thread(), None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that have gone; anything else is the stand-in's own mistake."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """HTTP for the stand-in: keeps connections open, and writes each answer in one piece."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Listener

    def do_GET(self) -> None:
        """Answer a listing or a single message's page."""
        self._serve({})

    def do_POST(self) -> None:
        """Answer a form that asks for a message."""
        length = int(self.headers.get("Content-Length") or 0)
        self._serve(_fields(self.rfile.read(length).decode()))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the base class
        """Say nothing: the log of requests is the server's ``requests``."""

    def _serve(self, form: dict[str, str]) -> None:
        authorization = self.headers.get("Authorization", "")
        asked = _Asked(self.command, self.path, authorization, form)
        answer = self.server.twilio.answer(asked, self._wait)
        if isinstance(answer, Hangup):
            self._hang_up(hard=answer.hard)
        else:
            self._write(answer)

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self.server.stopping.wait(seconds)

    def _hang_up(self, *, hard: bool) -> None:
        if hard:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    def _write(self, answer: Answer) -> None:
        body = json.dumps(answer.body, ensure_ascii=False).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _print(message: Message) -> None:
    sender = message.from_ or message.messaging_service_sid
    _say(f"{message.direction} {message.sid} from {sender} to {message.to}:\n{message.body}\n")


def main() -> None:
    """Serve by hand until interrupted."""
    parser = argparse.ArgumentParser(description="A stand-in for Twilio's Messages resource.")
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--auto-deliver", action="store_true")
    parser.add_argument("--account-sid", default=ACCOUNT_SID)
    parser.add_argument("--auth-token", default=AUTH_TOKEN)
    chosen = parser.parse_args()
    with (
        TwilioServer(
            port=chosen.port,
            account_sid=chosen.account_sid,
            auth_token=chosen.auth_token,
            auto_deliver=chosen.auto_deliver,
            on_message=_print,
        ) as server,
        suppress(KeyboardInterrupt),
    ):
        _say(f"{server.url} account {server.account_sid} token {server.auth_token}")
        threading.Event().wait()


if __name__ == "__main__":
    main()
