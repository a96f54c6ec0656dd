"""Texts over Twilio's Messages resource; the client waits for nothing without a limit."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

from watchbill.core.codes import carries
from watchbill.errors import SendError
from watchbill.post.letters import Letter, Receipt
from watchbill.store.inbound import Received

if TYPE_CHECKING:
    from twilio.rest import Client

CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
MOST_LISTED = 100
PAGE_SIZE = 100
TOO_MANY = 429
OPTED_OUT = 21610
FOR_GOOD = ("21211", "21610", "21614", "30005", "30006")
"""Codes of a delivery that say that this number will never take a text: unknown, stopped, a landline."""
FORBIDDEN = (401, 403)
CHANNEL_WIDE = frozenset({20003, 20404, 20429, 30001, 30002, 30007, 30034, 21606, 21603, 21659})
"""Codes that are about our account or sender and not about the person: the number may be good."""


class Progress(StrEnum):
    """How far a text has come at the provider."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    FAILED = "failed"


STATUSES = {
    "delivered": Progress.DELIVERED,
    "read": Progress.DELIVERED,
    "received": Progress.DELIVERED,
    "undelivered": Progress.FAILED,
    "failed": Progress.FAILED,
    "canceled": Progress.FAILED,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A text as the provider lists it."""

    provider_id: str
    body: str
    progress: Progress
    error: str | None

    @property
    def for_good(self) -> bool:
        """Whether what failed will fail again, to this number."""
        return self.error is not None and self.error.startswith(FOR_GOOD)


@dataclass(frozen=True, slots=True)
class TextAccount:
    """Whose account texts are sent from, and where its service is."""

    account_sid: str
    auth_token: str
    from_number: str
    messaging_service_sid: str
    api_base: str


class Texter:
    """Sends texts, and looks up what became of them."""

    def __init__(self, account: TextAccount) -> None:
        self._account = account
        self._client: Client | None = None
        self._http: Any = None

    def send(self, letter: Letter) -> Receipt:
        """Send one text; after a time-out, a broken connection or a 5xx the outcome is unknown."""
        from twilio.base.exceptions import TwilioException, TwilioRestException  # noqa: PLC0415

        values: dict[str, Any] = {
            "to": letter.address,
            "body": letter.message.text,
            "validity_period": int(letter.useful_for.total_seconds()),
            **self._sender(),
        }
        try:
            created = self._messages().create(**values)
        except TwilioRestException as error:
            raise self._refusal(error.status, error.code, error.msg) from error
        except TwilioException as error:
            raise SendError(f"text service: {error}"[:300], outcome_unknown=True) from error
        except OSError as error:
            raise _broken(error) from error
        except Exception as error:  # an answer that is none of the provider's: who knows what happened
            raise _nonsense(error, outcome_unknown=True) from error
        if not created.sid:
            raise SendError("text service: an answer without an id", outcome_unknown=True)
        return Receipt(provider_id=created.sid)

    def listed_for(self, number: str) -> Iterator[Listed]:
        """Yield the texts to a number, newest first; raises ``SendError`` where it cannot be asked.

        No filter by date is used: the provider's clock and ours need not agree.
        """
        from twilio.base.exceptions import TwilioException  # noqa: PLC0415

        try:
            found = self._messages().stream(to=number, page_size=PAGE_SIZE, limit=MOST_LISTED)
            for message in islice(found, MOST_LISTED):
                error = message.error_code
                yield Listed(
                    provider_id=str(message.sid),
                    body=message.body or "",
                    progress=STATUSES.get(str(message.status), Progress.UNDER_WAY),
                    error=None if error is None else f"{error} {message.error_message or ''}".strip(),
                )
        except (TwilioException, OSError) as error:
            raise SendError(f"text service: {error}"[:300]) from error
        except Exception as error:  # an answer that is none of the provider's
            raise _nonsense(error, outcome_unknown=False) from error

    def received(self, since: datetime) -> Iterator[Received]:
        """Yield the texts that people have sent to us since an instant, newest first.

        Raises ``SendError`` without an answer. Older pages are not asked for.

        Asked by our own number where there is one; through a messaging service, by direction alone.
        """
        from twilio.base.exceptions import TwilioException  # noqa: PLC0415

        asked = {"to": self._account.from_number} if self._account.from_number else {}
        try:
            for message in self._messages().stream(**asked, page_size=PAGE_SIZE):
                at = message.date_sent or message.date_created
                if at is not None and at < since:
                    return
                if str(message.direction) == "inbound" and at is not None:
                    yield Received(
                        str(message.sid), str(message.from_), message.body or "", at.astimezone(UTC)
                    )
        except (TwilioException, OSError) as error:
            raise SendError(f"text service: {error}"[:300]) from error
        except Exception as error:  # an answer that is none of the provider's
            raise _nonsense(error, outcome_unknown=False) from error

    def send_courtesy(self, number: str, text: str) -> None:
        """Send a text that no notice stands for, once; raise ``SendError`` where it was not accepted."""
        from twilio.base.exceptions import TwilioException  # noqa: PLC0415

        try:
            self._messages().create(to=number, body=text, **self._sender())
        except (TwilioException, OSError) as error:
            raise SendError(f"text service: {error}"[:300]) from error

    def _sender(self) -> dict[str, str]:
        if self._account.messaging_service_sid:
            return {"messaging_service_sid": self._account.messaging_service_sid}
        return {"from_": self._account.from_number}

    def find(self, number: str, code: str) -> Listed | None:
        """Return the text to a number that carries the code, where the provider lists one."""
        return next((t for t in self.listed_for(number) if carries(t.body, code)), None)

    def close(self) -> None:
        """Give up the connections."""
        if self._http is not None:
            self._http.session.close()
        self._client = None

    def _messages(self) -> Any:  # noqa: ANN401 - Twilio's own type, imported where it is used
        if self._client is None:
            self._client, self._http = _client(self._account)
        return self._client.messages

    def _refusal(self, status: int, code: int | None, words: str) -> SendError:
        sentence = f"text service: {code or status} {words}"[:300]
        if status >= 500:  # noqa: PLR2004 - server errors
            return SendError(sentence, outcome_unknown=True)
        if status == TOO_MANY:
            return SendError(sentence, retry_after=self._http.retry_after)
        if status in FORBIDDEN or code in CHANNEL_WIDE:
            return SendError(sentence, whole_channel=True)
        return SendError(sentence, permanent=True, opted_out=code == OPTED_OUT)


def _nonsense(error: Exception, *, outcome_unknown: bool) -> SendError:
    return SendError(
        f"text service: an answer that makes no sense ({type(error).__name__})",
        outcome_unknown=outcome_unknown,
    )


def _broken(error: OSError) -> SendError:
    """Return the error for a wire that broke: unknown, unless nothing can have been sent."""
    import requests  # noqa: PLC0415
    from urllib3.exceptions import MaxRetryError, NewConnectionError  # noqa: PLC0415

    sentence = f"text service: {type(error).__name__}"
    never_left = (
        requests.ConnectTimeout,
        requests.exceptions.InvalidURL,
        requests.exceptions.MissingSchema,
    )
    if isinstance(error, never_left):
        return SendError(sentence)
    inner = error.args[0] if error.args else None
    cause = inner.reason if isinstance(inner, MaxRetryError) else inner
    never_sent = isinstance(cause, NewConnectionError)
    return SendError(f"{sentence}: {cause}"[:300], outcome_unknown=not never_sent)


def _client(account: TextAccount) -> tuple[Client, Any]:
    from twilio.rest import Client  # noqa: PLC0415 - heavy, and only where texts are sent

    from watchbill.post.twilio_wire import TwilioWire  # noqa: PLC0415

    logging.getLogger("twilio.http_client").setLevel(logging.WARNING)
    wire = TwilioWire(account.api_base, (CONNECT_SECONDS, READ_SECONDS))
    return Client(account.account_sid, account.auth_token, http_client=wire), wire
