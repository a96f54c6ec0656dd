"""Saying by a check's link that one is away, and that one is back (Policy 1004 §6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.standins.command import utc
from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site
from watchbill.acts.deed import By
from watchbill.acts.leave import take_leave
from watchbill.core.checks import Way
from watchbill.core.reasons import Reason
from watchbill.core.roster import Leave, LeaveKind
from watchbill.rehearsal import PlayedClock
from watchbill.store import people


class GoingOn(PlayedClock):
    """A clock that goes on while somebody waits, as a real one does."""

    def now(self) -> datetime:
        """Return the instant, a little later each time."""
        self.set(self.true + timedelta(milliseconds=1))
        return super().now()


def leaves(site: Site) -> list[Leave]:
    with site.office.store.read() as connection:
        return people.leaves(connection)


def away_at_nine(site: Site, **fields: str) -> str:
    """Let Kim say at nine that they are away; return the link."""
    path = site.remind()
    site.at("09:00:00")
    answer = site.send_form(path, "away", **fields)
    assert answer.status_code == 200, answer.text
    return path


@pytest.mark.parametrize(
    ("fields", "ends_at"),
    [
        ({}, "2026-11-24 00:00:00"),
        ({"until": ""}, "2026-11-24 00:00:00"),
        ({"until": "2026-11-23"}, "2026-11-24 00:00:00"),
        ({"until": "2026-11-27"}, "2026-11-28 00:00:00"),
    ],
)
def test_being_away_is_sick_leave_from_now_to_the_end_of_a_day(
    site: Site, fields: dict[str, str], ends_at: str
) -> None:
    away_at_nine(site, **fields)
    (leave,) = leaves(site)
    assert (leave.kind, leave.starts_at) == (LeaveKind.SICK, utc("2026-11-23 09:00:00"))
    assert leave.ends_at == utc(ends_at)
    assert (leave.person, site.acted) == (site.person("Kim").id, 1)
    rows = [row for row in site.dump()["journal"] if "leave_taken" in row]
    assert f"person:{leave.person}" in rows[0]
    assert "link" in rows[0]


def test_the_receipt_says_until_when_and_offers_the_way_back(site: Site) -> None:
    path = away_at_nine(site, until="2026-11-24")
    page = site.ask("GET", path)
    assert "away until the end of Tue Nov 24 (EST)" in words(page.text)
    assert "Nobody is responsible right now" in page.text
    assert [form.do for form in Outline(page.text).forms] == ["back"]
    assert_sound(page.text)
    site.look("09:00:01")
    assert site.link(Reason.WINDOW_UNCOVERED, "Dana")


def test_a_form_that_is_sent_twice_is_one_leave(site: Site) -> None:
    path = site.remind()
    form = site.form(path)
    first = site.send_form(path, "away", form)
    before = site.dump()
    second = site.send_form(path, "away", form)
    assert (first.status_code, second.status_code) == (200, 200)
    assert "counted once" in second.text
    assert site.dump() == before


def test_of_two_devices_the_second_takes_no_second_leave(site: Site) -> None:
    path = site.remind()
    other = site.form(path)
    site.send_form(path, "away")
    before = site.dump()
    answer = site.send_form(path, "away", other)
    assert (answer.status_code, "You are away" in answer.text) == (409, True)
    assert site.dump() == before


def test_being_back_ends_the_leave_and_asks_for_the_check_again(site: Site) -> None:
    path = away_at_nine(site)
    site.at("10:00:00")
    answer = site.send_form(path, "back")
    assert answer.status_code == 200
    assert "Welcome back: your leave has ended. You are responsible now." in answer.text
    assert [form.do for form in Outline(answer.text).forms] == ["check", "away"]
    assert leaves(site)[0].until == utc("2026-11-23 10:00:00")
    assert site.press(path, site.form(path)).status_code == 200


def test_being_back_is_said_once(site: Site) -> None:
    path = away_at_nine(site)
    form, other = site.form(path), site.form(path)
    site.send_form(path, "back", form)
    before = site.dump()
    again = site.send_form(path, "back", form)
    assert (again.status_code, "Welcome back" in again.text) == (200, True)
    assert site.send_form(path, "back", other).status_code == 409
    assert site.dump() == before


def test_the_form_that_took_the_leave_takes_it_once_also_after_coming_back(site: Site) -> None:
    path = site.remind()
    form = site.form(path)
    site.send_form(path, "away", form)
    site.send_form(path, "back")
    before = site.dump()
    assert "that leave has ended since" in site.send_form(path, "away", form).text
    assert site.dump() == before


def test_all_leave_that_is_running_ends_and_what_lies_ahead_stays(site: Site) -> None:
    kim = site.person("Kim")
    path = away_at_nine(site)
    for first, last in (("2026-11-23", "2026-11-25"), ("2026-12-01", "2026-12-03")):
        starts, ends = utc(f"{first} 08:00:00"), utc(f"{last} 17:00:00")
        take_leave(site.office, By(kim, Way.CLI), kim, LeaveKind.VACATION, starts, ends)
    site.send_form(path, "back")
    assert [leave.cancelled_at is None for leave in leaves(site)] == [False, False, True]


def test_back_without_leave_does_nothing(site: Site) -> None:
    path = site.remind()
    form = site.form(path)
    before = site.dump()
    assert site.send_form(path, "back", form).status_code == 409
    assert site.dump() == before


@pytest.mark.parametrize(
    "until",
    [
        "2026-11-22", "2027-11-25", "9999-12-31", "0001-01-01", "tomorrow", "11/24", "2026-11-24T10:00",
        "<script>", "\x00", "2026-02-30",
    ],
)  # fmt: skip
def test_a_date_that_is_none_or_far_away_records_nothing(site: Site, until: str) -> None:
    path = site.remind()
    before = site.dump()
    answer = site.send_form(path, "away", until=until)
    assert (answer.status_code, "Not recorded" in answer.text) == (400, True)
    assert "<script>" not in answer.text
    assert site.dump() == before


def test_who_is_away_when_the_window_is_completed_can_still_come_back(site: Site) -> None:
    path = away_at_nine(site)
    site.at("09:30:00")
    assert site.press(path, site.form(path)).status_code == 200
    page = site.ask("GET", path)
    assert [form.do for form in Outline(page.text).forms] == ["back"]
    assert "Already done" in site.send_form(path, "back").text


def test_leave_by_a_link_of_a_completed_window_is_not_taken(site: Site) -> None:
    path = site.remind()
    other = site.form(path)
    site.press(path, site.form(path))
    before = site.dump()
    assert site.send_form(path, "away", other).status_code == 409
    assert site.dump() == before


def test_nothing_is_kept_where_the_act_and_its_form_cannot_both_be(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = site.remind()
    form = site.form(path)
    before = site.dump()

    def broken(*_: object) -> datetime:
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr("watchbill.web.link.Link.keep_form", broken)
        assert site.send_form(path, "away", form).status_code == 503
    assert site.dump() == before
    assert site.send_form(path, "away", form).status_code == 200


@pytest.mark.parametrize(
    ("fields", "kind", "span"),
    [
        ({"kind": "sick", "from": "2026-11-24"}, "sick", ("2026-11-24", "2026-11-25")),
        ({"kind": "other"}, "other", ("2026-11-23", "2026-11-24")),
        (
            {"kind": "vacation", "from": "2026-12-24", "until": "2026-12-31"},
            "vacation",
            ("2026-12-24", "2027-01-01"),
        ),
    ],
)
def test_other_leave_is_whole_local_days(
    site: Site, fields: dict[str, str], kind: str, span: tuple[str, str]
) -> None:
    path = away_at_nine(site, **fields)
    (leave,) = leaves(site)
    assert leave.kind == kind
    assert (leave.starts_at, leave.ends_at) == (utc(f"{span[0]} 00:00:00"), utc(f"{span[1]} 00:00:00"))
    assert_sound(site.ask("GET", path).text)


def test_leave_ahead_is_said_on_the_page_which_still_asks_for_the_check(site: Site) -> None:
    path = site.remind()
    form = site.form(path)
    fields = {"kind": "vacation", "from": "2026-12-24", "until": "2026-12-31"}
    answer = site.send_form(path, "away", form, **fields)
    assert "Recorded: you are away Thu Dec 24 to Thu Dec 31. Entry" in answer.text
    assert [one.do for one in Outline(answer.text).forms] == ["check", "away"]
    assert "counted once" in site.send_form(path, "away", form, **fields).text
    assert len(leaves(site)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "holiday"},
        {"kind": "<b>"},
        {"from": "2026-11-22"},
        {"from": "2027-11-25"},
        {"from": "2026-11-26", "until": "2026-11-25"},
    ],
)
def test_leave_that_makes_no_sense_records_nothing(site: Site, fields: dict[str, str]) -> None:
    path = site.remind()
    before = site.dump()
    answer = site.send_form(path, "away", **fields)
    assert (answer.status_code, "Not recorded" in answer.text) == (400, True)
    assert site.dump() == before


def test_who_is_back_is_back_by_a_clock_that_goes_on_meanwhile(site: Site) -> None:
    path = away_at_nine(site)
    site.office = replace(site.office, clock=GoingOn(site.clock.now()))
    answer = site.send_form(path, "back")
    assert "Welcome back" in words(answer.text)
    assert "You are responsible now." in words(answer.text)
