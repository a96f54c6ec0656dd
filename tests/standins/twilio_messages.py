"""Messages as Twilio keeps them, the rules for new ones, and how a listing is filtered and paged."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import quote

Json = dict[str, Any]

API = "/2010-04-01"
STATUSES = frozenset(
    [
        "queued",
        "sending",
        "sent",
        "failed",
        "delivered",
        "undelivered",
        "receiving",
        "received",
        "accepted",
        "scheduled",
        "read",
        "partially_delivered",
        "canceled",
    ]
)
UNDER_WAY = frozenset({"accepted", "scheduled", "queued", "sending", "sent"})
BEFORE_SENT = frozenset({"accepted", "scheduled", "queued", "sending"})
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_DOUBLE = frozenset("^{}\\[~]|€\f")
LONGEST_BODY = 1600
LONGEST_VALIDITY = 36000
PAGE_SIZE = 50
PAGE_SIZE_LIMIT = 1000
E164 = re.compile(r"\+[1-9][0-9]{1,14}")
SENDER = re.compile(r"\+[1-9][0-9]{1,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
ERROR_MESSAGES = {
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Carrier violation",
    30008: "Unknown error",
    30036: "Validity Period Expired",
}


class Refusal(Exception):  # noqa: N818 - it is Twilio's answer, no error of the stand-in
    """An answer that is not a success: HTTP status, Twilio's error code, its sentence."""

    def __init__(
        self, status: int, code: int, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def as_json(self) -> Json:
        """Return the error body as Twilio writes it."""
        info = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.message, "more_info": info, "status": self.status}


@dataclass
class Message:
    """One message, inbound or outbound; ``fields`` holds the form it was asked for with."""

    sid: str
    account_sid: str
    to: str
    from_: str | None
    body: str
    direction: str
    status: str
    date_created: datetime
    date_updated: datetime
    date_sent: datetime | None
    messaging_service_sid: str | None = None
    error_code: int | None = None
    validity_period: int = LONGEST_VALIDITY
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def uri(self) -> str:
        """The message's path below the API's host."""
        return f"{API}/Accounts/{self.account_sid}/Messages/{self.sid}.json"

    @property
    def num_segments(self) -> int:
        """How many text messages the body takes; none yet while a service has chosen no sender."""
        return 0 if self.from_ is None else segments(self.body)

    @property
    def error_message(self) -> str | None:
        """The sentence that goes with the error code."""
        return None if self.error_code is None else ERROR_MESSAGES.get(self.error_code, "Unknown error")

    def as_json(self) -> Json:
        """Return the message as the API's description has it."""
        stem = self.uri.removesuffix(".json")
        return {
            "account_sid": self.account_sid,
            "api_version": API.lstrip("/"),
            "body": self.body,
            "date_created": rfc_2822(self.date_created),
            "date_sent": self.date_sent and rfc_2822(self.date_sent),
            "date_updated": rfc_2822(self.date_updated),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": self.error_message,
            "from": self.from_,
            "messaging_service_sid": self.messaging_service_sid,
            "num_media": "0",
            "num_segments": str(self.num_segments),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{stem}/Media.json"},
            "to": self.to,
            "uri": self.uri,
        }


def segments(body: str) -> int:
    """Return how many text messages ``body`` takes: 160 or 153 characters each, or 70 or 67."""
    if set(body) <= GSM_7 | GSM_7_DOUBLE:
        length, single, each = sum(2 if char in GSM_7_DOUBLE else 1 for char in body), 160, 153
    else:
        length, single, each = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= single else -(-length // each)


def rfc_2822(when: datetime) -> str:
    """Return an instant as Twilio writes it, in GMT and to the second."""
    return format_datetime(when.astimezone(UTC).replace(microsecond=0))


def new_sid() -> str:
    """Return a fresh message SID."""
    return f"SM{secrets.token_hex(16)}"


def outbound(form: Mapping[str, str], account_sid: str, now: datetime) -> Message:
    """Return the message that a form asks for, or raise the refusal that it meets."""
    _check_numbers(form)
    _check_text(form)
    service = form.get("MessagingServiceSid")
    return Message(
        sid=new_sid(),
        account_sid=account_sid,
        to=form["To"],
        from_=form.get("From"),
        body=form["Body"],
        direction="outbound-api",
        status="accepted" if service else "queued",
        date_created=now,
        date_updated=now,
        date_sent=now,
        messaging_service_sid=service,
        validity_period=_validity(form),
        fields=dict(form),
    )


def _check_numbers(form: Mapping[str, str]) -> None:
    to, sender, service = (form.get(name, "") for name in ("To", "From", "MessagingServiceSid"))
    if not to:
        raise Refusal(400, 21604, "A 'To' phone number is required.")
    if not E164.fullmatch(to):
        raise Refusal(400, 21211, f"Invalid 'To' Phone Number: {to}")
    if not sender and not service:
        raise Refusal(400, 21603, "A 'From' phone number is required.")
    if sender and not SENDER.fullmatch(sender):
        raise Refusal(400, 21212, f"Invalid 'From' Phone Number: {sender}")
    if service and not SERVICE.fullmatch(service):
        raise Refusal(400, 21701, "The Messaging Service does not exist")
    if to == sender:
        raise Refusal(400, 21266, "'To' and 'From' number cannot be the same")


def _check_text(form: Mapping[str, str]) -> None:
    body = form.get("Body", "")
    if not body:
        raise Refusal(400, 21602, "Message body is required.")
    if len(body) > LONGEST_BODY:
        raise Refusal(400, 21617, "The concatenated message body exceeds the 1600 character limit")


def _validity(form: Mapping[str, str]) -> int:
    text = form.get("ValidityPeriod", str(LONGEST_VALIDITY))
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= LONGEST_VALIDITY:
        raise Refusal(400, 21624, "Invalid validity period value")
    return int(text)


class Filter(NamedTuple):
    """Which messages a listing asks for."""

    to: str | None
    sender: str | None
    first: datetime | None
    last: datetime | None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filter:
        """Read To, From, DateSent, DateSent< and DateSent>: all of them inclusive, days in GMT."""
        first = _edge(query.get("DateSent>"), time.min)
        last = _edge(query.get("DateSent<"), time.max)
        if query.get("DateSent"):
            day = _edge(query["DateSent"], time.min)
            assert day is not None
            first, last = day.replace(hour=0, minute=0, second=0), datetime.combine(day, time.max, UTC)
        return cls(query.get("To") or None, query.get("From") or None, first, last)

    def fits(self, message: Message) -> bool:
        """Tell whether the listing asks for this message."""
        return self._numbers_fit(message) and self._dates_fit(message.date_sent)

    def _numbers_fit(self, message: Message) -> bool:
        return self.to in {None, message.to} and self.sender in {None, message.from_}

    def _dates_fit(self, sent: datetime | None) -> bool:
        if self.first is None and self.last is None:
            return True
        if sent is None:
            return False
        whole = sent.replace(microsecond=0)
        return (self.first is None or self.first <= whole) and (self.last is None or whole <= self.last)


def _edge(text: str | None, rest: time) -> datetime | None:
    if not text:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return datetime.combine(date.fromisoformat(text), rest, UTC)
        return _instant(text)
    except ValueError:
        raise Refusal(400, 20001, f"Invalid date: {text}") from None


def _instant(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        when = parsedate_to_datetime(text)
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


class Span(NamedTuple):
    """Which stretch of the listing one page shows."""

    page: int
    size: int
    start: int

    @classmethod
    def of(cls, query: Mapping[str, str], found: Sequence[Message]) -> Span:
        """Read Page, PageSize and PageToken; the token holds its place when newer messages come."""
        size = min(_number(query, "PageSize", PAGE_SIZE, least=1), PAGE_SIZE_LIMIT)
        page = _number(query, "Page", 0, least=0)
        token = query.get("PageToken")
        return cls(page, size, _place(token, found, size) if token else page * size)


def _number(query: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = query.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
        raise Refusal(400, 20001, f"Invalid {name}: {text}")
    return int(text)


def _place(token: str, found: Sequence[Message], size: int) -> int:
    places = {message.sid: place for place, message in enumerate(found)}
    place = places.get(token[2:])
    if place is None or token[:2] not in {"PA", "PB"}:
        raise Refusal(400, 20001, "Invalid PageToken")
    return place + 1 if token.startswith("PA") else max(0, place - size)


def envelope(path: str, query: Mapping[str, str], found: Sequence[Message], span: Span) -> Json:
    """Return one page of a listing with the links to its neighbours."""
    shown = found[span.start : span.start + span.size]
    first = span.page * span.size
    return {
        "end": first + max(0, len(shown) - 1),
        "first_page_uri": _link(path, query, span.size, 0),
        "messages": [message.as_json() for message in shown],
        "next_page_uri": _next(path, query, found, span),
        "page": span.page,
        "page_size": span.size,
        "previous_page_uri": _previous(path, query, found, span),
        "start": first,
        "uri": _link(path, query, span.size, span.page, query.get("PageToken")),
    }


def _next(path: str, query: Mapping[str, str], found: Sequence[Message], span: Span) -> str | None:
    after = span.start + span.size
    if after >= len(found):
        return None
    return _link(path, query, span.size, span.page + 1, f"PA{found[after - 1].sid}")


def _previous(path: str, query: Mapping[str, str], found: Sequence[Message], span: Span) -> str | None:
    if span.page == 0 or not 0 < span.start < len(found):
        return None
    return _link(path, query, span.size, span.page - 1, f"PB{found[span.start].sid}")


def _link(path: str, query: Mapping[str, str], size: int, page: int, token: str | None = None) -> str:
    kept = [
        (name, text) for name, text in query.items() if name not in {"PageSize", "Page", "PageToken"}
    ]
    kept += [("PageSize", str(size)), ("Page", str(page))]
    if token:
        kept.append(("PageToken", token))
    return f"{path}?" + "&".join(f"{quote(name)}={quote(text, safe='')}" for name, text in kept)
