"""The last door: what the declared tables themselves refuse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel.sql.sqltypes import UTCDateTime

from tests.cast import DANA, KIM, MORGAN, PAGES
from tests.conftest import opened
from tests.store.databases import Contents, Source
from tests.store.desk import MONDAY, MORNING_ID, Desk, desk_on
from watchbill.acts.deed import By
from watchbill.acts.follow_up import close_follow_up
from watchbill.core.checks import Action, Category, Finding, Way
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel
from watchbill.errors import UnavailableError
from watchbill.store import (
    deliveries,
    explanations,
    follow_ups,
    inbound,
    notices,
    proofs,
    sessions,
    troubles,
)
from watchbill.store.columns import Trouble
from watchbill.store.engine import Store
from watchbill.store.sessions import Session
from watchbill.store.tables import metadata

NAIVE = datetime(2026, 11, 23, 8, 30)
COLUMNS = [column for table in metadata.sorted_tables for column in table.columns]
INSTANTS = [column for column in COLUMNS if isinstance(column.type, sa.DateTime | UTCDateTime)]
CHOICES = [column for column in COLUMNS if isinstance(column.type, sa.Enum)]


def names(columns: list[sa.Column[Any]]) -> list[str]:
    return [f"{column.table.name}.{column.name}" for column in columns]


@pytest.fixture(scope="module")
def lived_in(source: Source) -> Iterator[Desk]:
    """Give an office in which everything has happened once; every statement on it is refused."""
    with opened(source, Contents.CAST) as store:
        yield live(desk_on(store))


def live(desk: Desk) -> Desk:
    """Let everything happen once, so that every table has a row."""
    desk.away(MORGAN, "2026-12-01", "2026-12-02")
    desk.away(KIM, "2026-11-27", "2026-11-28")
    desk.designate(KIM, DANA, "2026-12-01", "2026-12-02")
    desk.at(f"{MONDAY}T08:35")
    desk.tick()
    found = Finding(PAGES[0].key, Category.SPAM, Action.HIDDEN)
    unseen = Finding(PAGES[1].key, Category.ADVERTISING, Action.REPORTED)
    desk.check(KIM, findings=(found, unseen), form="form-1")
    with desk.store.read() as connection:
        (asks,) = follow_ups.open_follow_ups(connection)
    close_follow_up(desk.office, By(KIM, Way.WEB), asks.finding, Action.DELETED)
    with desk.store.write() as connection:
        reminder = next(n for n in desk.notices() if n.reason is Reason.DUTY_ASSIGNED)
        lease = timedelta(seconds=60)
        deliveries.begin_delivery(connection, reminder, Channel.SMS, "+1", desk.clock.now(), lease)
        notices.update_notice(connection, reminder.id, why=Reason.WINDOW_CLOSED)
        now = desk.clock.now()
        notices.insert_link(connection, "hash", reminder, now + timedelta(hours=1))
        troubles.begin(connection, Trouble.PROVIDER, "sms", "it is down", now)
        inbound.take(connection, inbound.Received("SM1", "+1", "DONE", now), now)
        inbound.greet_stranger(connection, "+1", now, rest=timedelta(days=1), most=1)
        proofs.put_proof(connection, KIM, Channel.SMS, now, 1)
        explanations.insert_explanation(connection, 1, MORNING_ID, KIM.id, now)
        later = now + timedelta(hours=1)
        sessions.insert_sign_in(connection, "hash", KIM.id, now, later)
        sessions.insert_session(connection, Session("hash", KIM.id, "a browser", now, later, None))
    return desk


def test_everything_has_happened_once(lived_in: Desk) -> None:
    assert [name for name, rows in lived_in.dump().items() if not rows] == ["holiday_years"]


def refused(store: Store, statement: str) -> str:
    """Return the words with which the database refuses a statement."""
    with (
        pytest.raises(sa.exc.DBAPIError) as caught,
        store.engine.connect() as connection,
        connection.begin(),
    ):
        connection.execute(sa.text(statement))
    return str(caught.value.orig)


def test_there_are_instants_and_choices_to_look_at() -> None:
    assert len(INSTANTS) >= 30
    assert len(CHOICES) >= 12


@pytest.mark.parametrize("column", INSTANTS, ids=names(INSTANTS))
def test_every_instant_is_kept_in_utc_by_sqlmodels_own_type(column: sa.Column[Any]) -> None:
    assert type(column.type) is UTCDateTime


def test_a_time_without_a_zone_is_refused_by_every_column_of_instants(store: Store) -> None:
    for column in INSTANTS:
        with pytest.raises(UnavailableError, match="database"), store.read() as connection:
            connection.scalar(sa.select(sa.bindparam("instant", NAIVE, column.type)))


def test_an_instant_comes_back_as_it_was_whatever_its_zone(desk: Desk) -> None:
    eastern = datetime.fromisoformat("2026-11-23T08:30:00.123457-05:00")
    people = metadata.tables["people"]
    with desk.store.write() as connection:
        connection.execute(people.update().values(deactivated_at=eastern))
    with desk.store.read() as connection:
        found = connection.scalars(sa.select(people.c.deactivated_at).distinct()).all()
    assert found == [eastern]
    assert found[0].tzinfo == UTC


@pytest.mark.parametrize("column", CHOICES, ids=names(CHOICES))
def test_a_choice_takes_none_but_the_known_values(lived_in: Desk, column: sa.Column[Any]) -> None:
    words = refused(lived_in.store, f"UPDATE {column.table.name} SET {column.name} = 'nonsense'")  # noqa: S608
    assert f"{column.name}_is_known" in words or "CHECK constraint failed" in words


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("INSERT INTO watch (id, began_at) SELECT 2, began_at FROM watch", "one_row"),
        ("UPDATE leaves SET ends_at = starts_at", "ends_later"),
        ("UPDATE duties SET ends_at = starts_at", "ends_later"),
        ("UPDATE windows SET closes_at = opens_at", "closes_later"),
        ("UPDATE windows SET counts_from = closes_at", "counts_early"),
        ("UPDATE windows SET settled_at = closes_at WHERE state = 'upcoming'", "settled_is_final"),
        ("UPDATE windows SET settled_at = closes_at, state = 'open'", "settled_is_final"),
    ],
)
def test_what_cannot_be_is_not_kept(lived_in: Desk, statement: str, rule: str) -> None:
    assert rule in refused(lived_in.store, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE leaves SET person_id = 99",
        "UPDATE duties SET entry = 99999",
        "UPDATE windows SET monitor_id = 99",
        "UPDATE checks SET person_id = 99",
        "UPDATE check_pages SET page_key = 'nowhere' WHERE page_key = 'FB'",
        "UPDATE findings SET check_number = 99999",
        "UPDATE notices SET duty_id = 99",
        "UPDATE deliveries SET notice_id = 99",
        "UPDATE forms SET entry = 99999",
        "UPDATE gaps SET parent_id = 99",
        "UPDATE notice_gaps SET gap_id = 99",
        "UPDATE inbound SET person_id = 99",
        "UPDATE links SET person_id = 99",
        "DELETE FROM people",
        "DELETE FROM pages",
    ],
)
def test_nothing_points_at_what_is_not_there(lived_in: Desk, statement: str) -> None:
    assert "foreign key" in refused(lived_in.store, statement).lower()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notices SET key = 'the same'",
        "UPDATE people SET email = 'the.same@example.org'",
        (
            "INSERT INTO deliveries SELECT id + 100, notice_id, number, channel, address, state, "
            "started_at, lease_until, finished_at, provider_id, error, for_good FROM deliveries"
        ),
        "INSERT INTO forms SELECT id, entry FROM forms",
        "INSERT INTO notice_gaps SELECT notice_id, gap_id FROM notice_gaps",
        "INSERT INTO inbound SELECT * FROM inbound",
        "INSERT INTO strangers SELECT * FROM strangers",
        "INSERT INTO windows SELECT * FROM windows",
    ],
)
def test_what_is_there_once_is_not_let_in_again(lived_in: Desk, statement: str) -> None:
    assert "unique" in refused(lived_in.store, statement).lower()
