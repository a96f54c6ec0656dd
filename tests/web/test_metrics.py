"""The figures for a monitoring system: OpenMetrics to the letter, no names, for those who may."""

from __future__ import annotations

import pytest

from tests.standins.command import utc
from tests.web import openmetrics
from tests.web.site import Site
from watchbill.acts.deed import By
from watchbill.acts.leave import take_leave
from watchbill.acts.message import ask_for_test
from watchbill.core.checks import Way
from watchbill.core.roster import Channel, LeaveKind
from watchbill.store import troubles
from watchbill.store.columns import Trouble
from watchbill.web.application import Health

KEY = "0123456789abcdef0123456789abcdef"
TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def asked(site: Site, key: str = KEY) -> dict[str, openmetrics.Family]:
    """Ask with the key, and read the answer strictly."""
    site.metrics_key = KEY
    answer = site.ask("GET", "/metrics", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == TYPE
    assert answer.headers["cache-control"] == "no-store"
    assert "content-disposition" not in answer.headers
    for name in ("Kim", "Rivera", "example.org", "+1419"):
        assert name not in answer.text
    return openmetrics.read(answer.text)


def test_every_figure_is_what_the_record_says(site: Site) -> None:
    site.look("08:31:00")
    kim = site.person("Kim")
    span = utc("2026-11-30 00:00:00"), utc("2026-12-01 00:00:00")
    take_leave(site.office, By(kim, Way.WEB), kim, LeaveKind.VACATION, *span)
    site.look("08:32:00")
    ask_for_test(site.office, By(kim, Way.WEB), kim, Channel.SMS)
    with site.office.store.write() as connection:
        troubles.begin(connection, Trouble.PROVIDER, "sms", "refused", site.clock.now())
    site.sign_in("Kim")
    site.sign_in("Lee")
    found = asked(site)

    def value(name: str, **labels: str) -> float:
        return openmetrics.value(found, f"watchbill_{name}", **labels)

    assert value("last_good_tick_age_seconds") == 3.21
    assert found["watchbill_last_good_tick_age_seconds"].unit == "seconds"
    states = ("upcoming", "open", "completed", "late", "missed")
    assert [value("windows_today", state=state) for state in states] == [1, 1, 0, 0, 0]
    assert value("gaps_ahead") >= 1
    assert value("notices_waiting") == 1
    assert value("notices_overdue") == 0
    assert value("notices_failed_last_day") == 0
    assert value("deliveries_last_day", channel="sms", state="delivered") >= 1
    assert value("deliveries_last_day", channel="email", state="failed") == 0
    assert value("journal_entries") == site.entries()
    assert value("sessions") == 2
    assert value("troubles", kind="provider") == 1
    assert value("troubles", kind="disk") == 0


def test_before_anything_has_happened_the_figures_are_still_to_the_letter(empty_site: Site) -> None:
    empty_site.health = Health(None, fresh=False)
    found = asked(empty_site)
    assert found["watchbill_last_good_tick_age_seconds"].samples == {}
    assert openmetrics.value(found, "watchbill_journal_entries") == 0


@pytest.mark.parametrize(
    "shown",
    ["", "Bearer", "Bearer ", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", f"Basic {KEY}", KEY,
     f"Bearer  {KEY}", "Bearer " + "x" * 5000],
)  # fmt: skip
def test_another_key_is_refused(site: Site, shown: str) -> None:
    site.metrics_key = KEY
    answer = site.ask("GET", "/metrics", headers={"authorization": shown})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "watchbill_" not in answer.text


@pytest.mark.parametrize("shown", ["Bearer", "Bearer ", f"Bearer {KEY}"])
def test_where_no_key_is_set_no_key_is_good(site: Site, shown: str) -> None:
    assert site.ask("GET", "/metrics", headers={"authorization": shown}).status_code == 401


def test_information_services_reads_them_signed_in_and_nobody_else(site: Site) -> None:
    site.look()
    answer = site.sign_in("Jo").get("/metrics")
    assert (answer.status_code, answer.headers["content-type"]) == (200, TYPE)
    openmetrics.read(answer.text)
    for who in ("Kim", "Lee", "Dana", "Pat"):
        assert site.sign_in(who).get("/metrics").status_code == 403
    assert site.ask("GET", "/metrics").headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    "text",
    ["", "# EOF", "# EOF\n\n", "a 1\n", "# TYPE a gauge\n# TYPE a gauge\n# EOF\n",
     "# TYPE a counter\na 1\n# EOF\n", "# TYPE a gauge\na 1\na 1\n# EOF\n",
     "# TYPE a gauge\na 1\n# HELP a late\n# EOF\n", '# TYPE a gauge\na{x="1"y="2"} 1\n# EOF\n',
     "# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n", "# TYPE a gauge\na one\n# EOF\n"],
)  # fmt: skip
def test_the_strict_reader_refuses_what_is_not_openmetrics(text: str) -> None:
    with pytest.raises((AssertionError, ValueError, KeyError)):
        openmetrics.read(text)
