"""Ten years of history cost the coverage pages nothing: the same questions, bounded by what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.benchmarks.history import write_history
from tests.web.site import Site
from watchbill.core.roster import Duty, DutyKind, Leave, LeaveKind
from watchbill.store import people

PATHS = (
    "/coverage",
    "/coverage?month=2026-12",
    "/coverage?month=2018-05",
    "/coverage/leave?from=2026-12-01&to=2026-12-03",
    "/coverage/designate?who=3&from=2026-11-26",
    "/coverage/leave/1",
    "/coverage/duty/1",
)
YEARS, DAYS_APART = 10, 6


@contextmanager
def asked(site: Site) -> Iterator[list[str]]:
    """Give the statements that the database is asked meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    sa.event.listen(site.office.store.engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(site.office.store.engine, "before_cursor_execute", note)


def remember(site: Site) -> None:
    """Write ten years: windows, checks, and somebody's leave with a designee in every week."""
    write_history(site.office.store, site.office.policy, YEARS, date(2026, 11, 23))
    with site.office.store.write() as connection:
        for number in range(1, 365 * YEARS // DAYS_APART):
            begins = site.clock.now() - timedelta(days=DAYS_APART * number + 3)
            ends = begins + timedelta(days=2)
            leave = Leave(number, 1 + number % 6, LeaveKind.VACATION, begins, ends, begins)
            people.insert_leave(connection, leave, 1)
            duty = Duty(number, DutyKind.DESIGNATION, 2, begins, ends, 1, begins)
            people.insert_duty(connection, duty, "person:1")


@pytest.fixture
def old(site: Site) -> Site:
    site.at("07:50:00")
    remember(site)
    site.look()
    return site


def test_what_is_read_does_not_grow_with_the_history(old: Site) -> None:
    kim = old.sign_in("Kim")
    for path in PATHS:
        with asked(old) as statements:
            page = kim.get(path)
        assert page.status_code == 200, path
        assert len(statements) <= 40, path
        assert len(page.content) < 60_000, path


def test_an_old_month_is_shown_as_it_was(old: Site) -> None:
    text = old.sign_in("Pat").get("/coverage?month=2018-05").text
    assert text.count("Kim Rivera") > 40
    assert "missed" in text
    assert "Away: " in text
