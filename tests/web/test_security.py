"""Headers on every answer, limits on every request, and nothing that a scanner can use."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.web.outline import assert_sound
from tests.web.site import Site, in_chunks
from watchbill.errors import UnavailableError
from watchbill.web.application import Health
from watchbill.web.security import HEADERS, LARGEST_BODY

TOO_MUCH = LARGEST_BODY * 2
Ask = tuple[str, str, dict[str, Any], int]

ANSWERS: list[Ask] = [
    ("GET", "/healthz", {}, 200),
    ("HEAD", "/healthz", {}, 200),
    ("GET", "/", {}, 303),
    ("HEAD", "/", {}, 303),
    ("GET", "/sign-in", {}, 200),
    ("POST", "/sign-in", {}, 400),
    ("GET", "/sign-in/AAAAAAAAAAAAAAAAAAAAAA", {}, 404),
    ("POST", "/sign-in/AAAAAAAAAAAAAAAAAAAAAA", {}, 400),
    ("POST", "/", {}, 405),
    ("GET", "/nowhere", {}, 404),
    ("GET", "/c/", {}, 404),
    ("GET", "/c/AAAAAAAAAAAAAAAAAAAAAA", {}, 404),
    ("DELETE", "/c/AAAAAAAAAAAAAAAAAAAAAA", {}, 405),
    ("POST", "/healthz", {}, 405),
    ("POST", "/c/AAAAAAAAAAAAAAAAAAAAAA", {}, 400),
    ("POST", "/c/AAAAAAAAAAAAAAAAAAAAAA", {"content": b"a" * TOO_MUCH}, 413),
    ("POST", "/c/AAAAAAAAAAAAAAAAAAAAAA", {"headers": {"content-length": "x"}}, 413),
    ("POST", "/c/AAAAAAAAAAAAAAAAAAAAAA", {"headers": {"sec-fetch-site": "cross-site"}}, 403),
    ("GET", "/docs", {}, 404),
    ("GET", "/redoc", {}, 404),
    ("GET", "/openapi.json", {}, 404),
    ("GET", "/static/../application.py", {}, 404),
    ("GET", "/static/%2e%2e/application.py", {}, 404),
    ("GET", "/static/", {}, 404),
]


@pytest.mark.parametrize(("method", "path", "options", "status"), ANSWERS)
def test_every_answer_carries_the_headers(
    site: Site, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    answer = site.ask(method, path, **options)
    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == [value]
    assert "server" not in answer.headers
    if not path.startswith("/static/"):
        assert answer.headers["cache-control"] == "no-store"


A_FORM = {"content-type": "application/x-www-form-urlencoded"}
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("GET", {}, "There is no such page"),
    ("DELETE", {}, "There is no such page"),
    ("POST", {"content": b"a" * TOO_MUCH}, "That is more than a page takes"),
    ("POST", {"content": in_chunks(TOO_MUCH), "headers": A_FORM}, "That is more than a page takes"),
    ("POST", {"headers": {"sec-fetch-site": "same-site"}}, "This form was sent from another site"),
    ("POST", {"headers": {"sec-fetch-site": "cross-site"}}, "This form was sent from another site"),
]


@pytest.mark.parametrize(("method", "options", "says"), REFUSED)
def test_what_is_refused_is_a_page_that_says_what_to_do(
    site: Site, method: str, options: dict[str, Any], says: str
) -> None:
    path = "/nowhere" if says.startswith("There") else "/c/AAAAAAAAAAAAAAAAAAAAAA"
    page = site.ask(method, path, **options)
    assert_sound(page.text)
    assert f"<h1>{says}</h1>" in page.text
    nothing_sent = site.ask("POST", "/log")
    assert nothing_sent.status_code == 405
    assert "Nothing can be sent to this page" in nothing_sent.text


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "raw_unicode_escape", "nonsense"])
def test_a_form_in_a_strange_alphabet_is_refused(site: Site, charset: str) -> None:
    part = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    sent = {"form": "0" * 32, "detailed": "1", "note": "\\ud800"}
    body = "".join(f"--x\r\n{part.format(*pair)}" for pair in sent.items()) + "--x--\r\n"
    headers = {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}
    answer = site.ask("POST", site.remind(), content=body.encode(), headers=headers)
    assert answer.status_code == 400
    assert_sound(answer.text)


def test_the_style_may_be_kept_and_is_the_only_thing_from_elsewhere(site: Site) -> None:
    page = site.ask("GET", "/nowhere")
    assert 'href="/static/style.css"' in page.text
    style = site.ask("GET", "/static/style.css")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert style.headers.get("cache-control") != "no-store"
    assert "http" not in style.text
    assert "url(" not in style.text


@pytest.mark.parametrize(
    "broken", [UnavailableError("The disk is full."), RuntimeError("secret words")]
)
def test_a_failure_is_a_page_with_the_headers_and_tells_no_more(site: Site, broken: Exception) -> None:
    path = site.remind()
    form = site.form(path)
    site.broken = broken
    answer = site.press(path, form)
    assert answer.status_code == 503
    assert "NOT recorded" in answer.text
    assert "secret words" not in answer.text
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == [value]
    assert site.press(path, form).status_code == 200


def test_a_body_without_a_declared_length_is_limited_too(site: Site) -> None:
    path = site.remind()
    before = site.entries()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = site.ask("POST", path, content=in_chunks(TOO_MUCH), headers=kind)
    assert 400 <= answer.status_code < 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert site.entries() == before


def test_a_form_from_another_site_records_nothing(site: Site) -> None:
    path = site.remind()
    form = site.form(path)
    before = site.entries()
    assert site.press(path, form, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert site.entries() == before
    assert site.ask("GET", path, headers={"sec-fetch-site": "cross-site"}).status_code == 200
    assert site.press(path, form, headers={"sec-fetch-site": "same-origin"}).status_code == 200


def test_the_host_header_is_not_believed(site: Site) -> None:
    path = site.remind()
    for headers in (
        {"host": "evil.example.net"},
        {"x-forwarded-host": "evil.example.net", "x-forwarded-proto": "gopher"},
    ):
        page = site.ask("GET", path, headers=headers)
        assert page.status_code == 200
        assert "evil" not in page.text + str(page.headers)
        for near_miss in (f"{path}/", "/static"):
            answer = site.ask("GET", near_miss, headers=headers)
            assert (answer.status_code, "location" in answer.headers) == (404, False)


def test_no_token_is_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    path = site.remind()
    form = site.form(path)
    site.broken = RuntimeError("broken")
    site.press(path, form)
    site.press(path, form)
    site.ask("GET", path)
    site.ask("DELETE", path)
    assert path.rpartition("/")[2] not in caplog.text


@pytest.mark.parametrize(
    ("health", "status", "body"),
    [
        (Health(3.21, fresh=True), 200, {"status": "ok", "tick_age_seconds": 3.2}),
        (Health(91.0, fresh=False), 503, {"status": "stale", "tick_age_seconds": 91.0}),
        (Health(None, fresh=False), 503, {"status": "stale", "tick_age_seconds": None}),
    ],
)
def test_the_health_says_how_old_the_last_good_tick_is(
    site: Site, health: Health, status: int, body: dict[str, object]
) -> None:
    site.health = health
    answer = site.ask("GET", "/healthz")
    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["content-type"] == "application/json"
