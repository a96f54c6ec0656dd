"""Headers on every answer, errors included, and a limit on what is read (OWASP secure headers)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY = 64 * 1024
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
    "x-frame-options": "DENY",
}
CACHEABLE = "/static/"
ELSEWHERE = ("cross-site", "same-site")
"""Where a form may not come from: another host of the agency is another site to us (Fetch Metadata)."""
REFUSED = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{text}</title>'
    '<link rel="stylesheet" href="/static/style.css"></head>'
    "<body><main><h1>{text}</h1><p>Nothing was recorded. Go back, and send it from a page of ours, "
    "with less text if there was much.</p></main></body></html>"
)


class Guard:
    """Puts the headers on, refuses bodies over 64 kB and unsafe requests from other sites."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        headers = dict(HEADERS)
        if not scope["path"].startswith(CACHEABLE):
            headers["cache-control"] = "no-store"

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in headers.items()]
                kept = [h for h in message["headers"] if h[0].decode("latin-1") not in headers]
                message["headers"] = [h for h in kept if h[0] != b"server"] + own
            await send(message)

        if scope["method"] not in ("GET", "HEAD") and given.get("sec-fetch-site") in ELSEWHERE:
            await _answer(send_guarded, 403, "This form was sent from another site")
            return
        declared = given.get("content-length", "0")
        if not declared.isdigit() or int(declared) > LARGEST_BODY:
            await _answer(send_guarded, 413, "That is more than a page takes")
            return
        await self._application(scope, _limited(receive), send_guarded)


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_BODY:
            return {"type": "http.disconnect"}
        return message

    return receive_limited


async def _answer(send: Send, status: int, text: str) -> None:
    body = REFUSED.format(text=text).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
