"""Twilio's HTTP client with a time limit and a base address of our choosing."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.http import HttpClient
from twilio.http.response import Response

TOO_MANY = 429


class TwilioWire(HttpClient):  # type: ignore[misc]  # twilio has no types
    """Sends every request to the configured base address, and never waits without a limit."""

    def __init__(self, api_base: str, timeout: tuple[float, float]) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False)
        base = urlsplit(api_base)
        self._scheme, self._netloc, self._path = base.scheme, base.netloc, base.path.rstrip("/")
        self._timeout = timeout
        self.session = requests.Session()
        self.session.trust_env = False
        self.retry_after: float | None = None

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,  # noqa: FBT001, FBT002 - the signature is Twilio's
    ) -> Response:
        """Send one request; raises what ``requests`` raises."""
        del timeout, allow_redirects
        parts = urlsplit(url)
        target = urlunsplit((self._scheme, self._netloc, self._path + parts.path, parts.query, ""))
        kwargs: dict[str, Any] = {"params": params, "data": data, "headers": headers, "auth": auth}
        answer = self.session.request(
            method, target, timeout=self._timeout, allow_redirects=False, **kwargs
        )
        if answer.status_code == TOO_MANY:
            asked = answer.headers.get("Retry-After", "")
            self.retry_after = float(asked) if asked.isdigit() else None
        return Response(answer.status_code, answer.text, answer.headers)
