"""Texts that the provider hands to us: signed over our own address, acted on once, off by default."""

from __future__ import annotations

import pytest
from twilio.request_validator import RequestValidator

from tests.web.site import ORIGIN, Site
from watchbill.acts.texting import hear
from watchbill.store.inbound import Received
from watchbill.web.hook import Hook

SECRET = "0123456789abcdef0123456789abcdef"
PATH = "/sms/inbound"
TEXT = {"MessageSid": "SM" + "0" * 32, "From": "+14195550101", "To": "+15005550006", "Body": "SICK"}


def signed(form: dict[str, str], *, origin: str = ORIGIN, secret: str = SECRET) -> dict[str, str]:
    """Return the header with which the provider signs a request."""
    signature = RequestValidator(secret).compute_signature(f"{origin}{PATH}", form)
    return {"x-twilio-signature": str(signature)}


@pytest.fixture
def hooked(site: Site) -> Site:
    """Give a site that takes texts by web hook."""

    def act(received: Received) -> None:
        hear(site.office, received)

    site.hook = Hook(ORIGIN, SECRET, site.clock, act)
    site.look("08:31:00")
    return site


def post(site: Site, form: dict[str, str], headers: dict[str, str]) -> int:
    """Hand a text to the site; return the status of its answer."""
    return site.ask("POST", PATH, data=form, headers=headers).status_code


def test_a_signed_text_is_acted_on_and_answered_by_a_text(hooked: Site) -> None:
    answer = hooked.ask("POST", PATH, data=TEXT, headers=signed(TEXT))
    assert (answer.status_code, "<Response/>" in answer.text) == (200, True)
    hooked.look()
    assert any("reply: SICK" in letter.message.text for letter in hooked.letters)


def test_a_request_that_is_played_again_does_nothing(hooked: Site) -> None:
    post(hooked, TEXT, signed(TEXT))
    before = hooked.dump()
    assert post(hooked, TEXT, signed(TEXT)) == 200
    assert hooked.dump() == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-twilio-signature": "AAAA"},
        signed(TEXT, secret="another"),
        signed(TEXT, origin="https://elsewhere.example.org"),
        signed({**TEXT, "Body": "BACK"}),
    ],
)
def test_what_is_not_signed_over_our_address_and_its_words_is_refused(
    hooked: Site, headers: dict[str, str]
) -> None:
    before = hooked.dump()
    assert post(hooked, TEXT, headers) == 403
    assert hooked.dump() == before


def test_a_forged_host_changes_nothing(hooked: Site) -> None:
    headers = {**signed(TEXT, origin="https://evil.example.org"), "host": "evil.example.org"}
    assert post(hooked, TEXT, headers) == 403


def test_where_it_is_not_wanted_there_is_no_such_page(site: Site) -> None:
    before = site.dump()
    assert post(site, TEXT, signed(TEXT)) == 404
    assert site.dump() == before


def test_a_text_without_an_id_or_a_sender_is_refused(hooked: Site) -> None:
    for name in ("MessageSid", "From"):
        form = {key: value for key, value in TEXT.items() if key != name}
        assert post(hooked, form, signed(form)) == 403
