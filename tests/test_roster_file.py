"""The roster file: people and pages as core values, or one sentence that names the field."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from watchbill.core.roster import Channel, Role
from watchbill.errors import ConfigurationError
from watchbill.phone import number
from watchbill.roster_file import RosterEntries, read_page, read_person, read_roster

NEW_YORK = ZoneInfo("America/New_York")
SHIPPED = Path(__file__).resolve().parents[1] / "config" / "roster.toml"
PERSON = {"email": "ann@example.org", "name": "Ann"}
PAGE = {
    "key": "fb",
    "platform": "Facebook",
    "name": "Ours",
    "url": "https://example.org/fb",
    "since": "2026-11-01",
}


def read(folder: Path, text: str) -> RosterEntries:
    file = folder / "roster.toml"
    file.write_text(text, encoding="utf-8")
    return read_roster(file, NEW_YORK)


def test_the_shipped_roster_has_the_offices_and_the_kinds_of_pages_of_the_policy() -> None:
    found = read_roster(SHIPPED, NEW_YORK)
    assert [p.email for p in found.people if p.holds(Role.PIO)] == ["kim.rivera@example.org"]
    assert [p.email for p in found.people if p.holds(Role.EXECUTIVE_DIRECTOR)] == [
        "dana.whitfield@example.org"
    ]
    assert {page.platform for page in found.pages} == {
        "Facebook",
        "Twitter",
        "YouTube",
        "LinkedIn",
        "Blog",
    }


def test_an_empty_file_holds_nobody(tmp_path: Path) -> None:
    assert read(tmp_path, "") == RosterEntries((), ())


def test_channels_follow_from_the_mobile_number_where_none_are_named() -> None:
    assert read_person(PERSON).channels == (Channel.EMAIL,)
    assert read_person({**PERSON, "mobile": "419 555 0101"}).channels == (Channel.SMS, Channel.EMAIL)


def test_names_are_tidied_and_kept_in_their_own_letters() -> None:
    assert read_person({**PERSON, "name": "  Zoë \t O'Brien-Łuk "}).name == "Zoë O'Brien-Łuk"


@pytest.mark.parametrize(
    "text", ["+14195550101", "(419) 555-0101", "419.555.0101", "1 419 555 0101", "+1 (419) 555 0101"]
)
def test_a_number_is_kept_in_one_form(text: str) -> None:
    assert read_person({**PERSON, "mobile": text}).mobile == "+14195550101"


@pytest.mark.parametrize("text", ["555", "five", "+1419555010", "+999123456789", "41955501011234567"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^mobile: .* is not a phone number"):
        number(text, "mobile", "US")


def test_a_number_without_a_country_is_refused_where_none_is_given() -> None:
    with pytest.raises(ConfigurationError, match="write it as"):
        number("4195550101", "sms.from_number")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"email": "ann"}, "email: 'ann' is not an email address"),
        ({"email": "ann@exämple.org"}, "is not an email address"),
        ({"email": "ann@example.org\nBcc: all@example.org"}, "is not an email address"),
        ({"email": "Ann <ann@example.org>"}, "is not an email address"),
        ({"name": ""}, "name: is empty"),
        ({"name": "Ann\x1b[31m"}, "name: is empty or has control characters"),
        ({"channels": []}, r"person\.channels: is empty"),
        ({"channels": ["email", "email"]}, r"person\.channels: names a channel twice"),
        ({"channels": ["sms"]}, r"person\.mobile: is missing, and channels has sms"),
        ({"channels": ["fax"]}, r"channels\[1\]: 'fax' is not one of"),
        ({"roles": "pio"}, "roles: must be a list in square brackets"),
        ({"nickname": "A"}, "nickname: is not a key that watchbill knows"),
    ],
)
def test_a_person_that_cannot_be_is_refused(values: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        read_person({**PERSON, **values})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"key": "F B"}, "key: 'F B' is not a key"),
        ({"key": ""}, "key: '' is not a key"),
        ({"url": "www.example.org"}, "is not a web address"),
        ({"url": "javascript:alert(1)"}, "is not a web address"),
        ({"url": "data:text/html,x"}, "is not a web address"),
        ({"since": "May 2011"}, "since: "),
        ({"until": "2026-10-01"}, "until is before since"),
        ({"platform": " "}, "platform: is empty"),
    ],
)
def test_a_page_that_cannot_be_is_refused(values: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        read_page({**PAGE, **values}, NEW_YORK)


def test_a_page_is_active_from_its_first_local_midnight_to_the_end_of_its_last_day() -> None:
    page = read_page({**PAGE, "until": "2026-11-01"}, NEW_YORK)
    assert page.active_from == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert page.active_until == datetime(2026, 11, 2, 5, tzinfo=UTC)


def test_the_sentence_begins_with_the_file_once(tmp_path: Path) -> None:
    for text in (
        '[[people]]\nname = "Ann"',
        '[[people]]\nname = "A"\nemail = "a@b.org"\nchannels = []',
        "[",
    ):
        with pytest.raises(ConfigurationError) as caught:
            read(tmp_path, text)
        assert caught.value.message.count("roster.toml") == 1
