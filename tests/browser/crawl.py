"""Every address that somebody comes upon who follows each link, and each form that only asks."""

from __future__ import annotations

import re
from collections import deque
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx

from watchbill.web.routes import ROUTES

DIGITS = re.compile(r"\d+")
MOST = 120


class Ways(HTMLParser):
    """The ways on from a page: its links, and the addresses of its GET forms as they stand filled in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._form: tuple[str, list[tuple[str, str]]] | None = None
        self._name = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.found.append(given["href"])
        elif tag == "form" and given.get("method", "get").lower() == "get":
            self._form = (given.get("action", ""), [])
        elif self._form is not None:
            self._field(tag, given, self._form[1])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            action, fields = self._form
            self.found.append(f"{action}?{urlencode(fields)}")
            self._form = None

    def _field(self, tag: str, given: dict[str, str], fields: list[tuple[str, str]]) -> None:
        box = given.get("type") in ("checkbox", "radio") and "checked" not in given
        if tag == "select":
            self._name = given.get("name", "")
        elif tag == "option" and "selected" in given:
            fields.append((self._name, given.get("value", "")))
        elif tag == "input" and given.get("name") and not box:
            fields.append((given["name"], given.get("value", "")))


def crawl(origin: str, cookies: dict[str, str]) -> list[str]:
    """Return the addresses of pages, one of each shape: digits and values make no new one."""
    starts = [route.path for route in ROUTES if "{" not in route.path]
    waiting, seen, pages = deque(starts), set[str](), list[str]()
    with httpx.Client(base_url=origin, cookies=cookies, trust_env=False) as client:
        while waiting and len(seen) < MOST:
            address = waiting.popleft()
            shape = _shape(address)
            if shape in seen:
                continue
            seen.add(shape)
            answer = client.get(address)
            if answer.headers.get("content-type", "").startswith("text/html"):
                pages.append(address)
                waiting.extend(_ours(address, Ways(answer.text).found))
    return pages


def _shape(address: str) -> str:
    parts = urlsplit(address)
    names = sorted({name for name, _ in parse_qsl(parts.query)})
    return f"{DIGITS.sub('#', parts.path)}?{'&'.join(names)}"


def _ours(address: str, ways: list[str]) -> list[str]:
    """Return the ways that stay on the site, whole and without the part after #."""
    whole = [urljoin(address, way).partition("#")[0] for way in ways]
    return [way for way in whole if way.startswith("/") and not way.startswith(("/static/", "//"))]
