"""The migrations lead from nothing to exactly the declared tables, once, whoever else tries."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from watchbill.core.roster import Role
from watchbill.errors import UnavailableError
from watchbill.store import deliveries, notices, people, schema
from watchbill.store.engine import Store, connect
from watchbill.store.tables import metadata
from watchbill.store.triggers import create_all, statements

EVER, NEVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
PROGRAM = """
import sys
from watchbill.store.engine import connect
from watchbill.store.schema import upgrade
store = connect(sys.argv[1])
sys.stdin.readline()
print(upgrade(store))
"""


def features(store: Store) -> dict[str, Any]:
    """Return what a database has, as its own catalogue tells it."""
    inspector = sa.inspect(store.engine)
    return {
        table: {
            "columns": [
                (column["name"], repr(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(table)
            ],
            "key": inspector.get_pk_constraint(table),
            "unique": sorted(map(repr, inspector.get_unique_constraints(table))),
            "foreign": sorted(map(repr, inspector.get_foreign_keys(table))),
            "checks": sorted(map(repr, inspector.get_check_constraints(table))),
            "indexes": sorted(map(index, inspector.get_indexes(table))),
        }
        for table in metadata.tables
    }


def index(found: Any) -> str:
    """Return an index with the condition on which it holds a row."""
    conditions = {name: str(value) for name, value in found.get("dialect_options", {}).items()}
    return repr({**found, "dialect_options": conditions})


def triggers(store: Store) -> list[str]:
    """Return the definition of every trigger, and of what it calls."""
    queries = {
        "sqlite": ["SELECT sql FROM sqlite_master WHERE type = 'trigger'"],
        "postgresql": [
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'journal%'",
        ],
    }
    with store.read() as connection:
        return sorted(
            str(text) for query in queries[store.dialect] for text in connection.scalars(sa.text(query))
        )


def declare(store: Store) -> None:
    """Make the declared tables and triggers without any migration."""
    with store.write() as connection:
        create_all(connection)


def test_from_zero_to_head_there_is_nothing_left_to_migrate(empty: Store) -> None:
    schema.upgrade(empty)
    with empty.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_migrated_database_has_what_a_declared_one_has(own_store: Store, empty: Store) -> None:
    declare(empty)
    assert features(own_store) == features(empty)
    assert triggers(own_store) == triggers(empty)
    assert len(triggers(own_store)) == len(statements(own_store.dialect))


def test_our_head_is_the_head_of_the_migrations() -> None:
    assert ScriptDirectory(str(schema.MIGRATIONS)).get_heads() == [schema.HEAD]


def test_a_record_of_the_first_revision_keeps_its_people_and_their_roles(empty: Store) -> None:
    with empty.write() as connection:
        command.upgrade(schema._config(connection), "0001")
        connection.execute(
            sa.text(
                "INSERT INTO people (id, name, email, channels) VALUES (7, 'Kim', 'kim@example.org', '[]')"
            )
        )
        connection.execute(
            sa.text("INSERT INTO roles (person_id, role) VALUES (7, 'pio'), (7, 'designee')")
        )
    assert schema.upgrade(empty) is True
    with empty.read() as connection:
        (kim,) = people.all_people(connection).values()
    assert kim.roles == {Role.PIO, Role.DESIGNEE}
    assert kim.pio_since is None


AT = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
DAY, WINDOW = date(2026, 11, 23), "2026-11-23/a"
NOTICE = {
    "id": 3, "key": "k", "reason": "check_due", "step": "opening", "window_id": WINDOW, "person_id": 7,
    "about": {}, "urgent": False, "next_channel": False, "created_at": AT, "due_at": AT, "not_before": AT,
    "state": "sent", "code": "7K4P", "message_id": "m", "channel": "sms", "try_at": AT, "failure_told": False,
}  # fmt: skip
OF_THE_FIRST_REVISION: tuple[tuple[str, dict[str, Any]], ...] = (
    ("people", {"id": 7, "name": "Kim", "email": "kim@example.org", "channels": []}),
    ("readings", {"id": 1, "digest": "d", "adopted_at": AT, "adopted_by": "x", "meaning": {}}),
    (
        "windows",
        {"id": WINDOW, "rule": "a", "date": DAY, "opens_at": AT, "closes_at": AT + timedelta(hours=3),
         "counts_from": AT, "reading_id": 1, "state": "open", "attended": True, "unattended": False,
         "uncovered_since": AT},
    ),
    (
        "journal",
        {"number": 1, "at": AT, "kind": "check_recorded", "actor": "person:7", "way": "link", "facts": {},
         "previous": "a", "hash": "b"},
    ),
    (
        "checks",
        {"number": 1, "person_id": 7, "date": DAY, "viewed_at": AT, "reported_at": AT, "recorded_at": AT,
         "way": "link", "attested": False},
    ),
    ("forms", {"id": "0123456789abcdef0123456789abcdef", "check_number": 1}),
    ("notices", NOTICE),
    (
        "deliveries",
        {"id": 5, "notice_id": 3, "number": 1, "channel": "sms", "address": "+14195550101",
         "state": "sent", "started_at": AT, "lease_until": AT},
    ),
    ("links", {"hash": "h", "notice_id": 3, "person_id": 7, "window_id": WINDOW, "expires_at": AT}),
)  # fmt: skip


def test_a_record_of_the_first_revision_keeps_its_notices_attempts_links_and_forms(
    empty: Store,
) -> None:
    with empty.write() as connection:
        command.upgrade(schema._config(connection), "0001")
        found = sa.MetaData()
        found.reflect(connection)
        for name, row in OF_THE_FIRST_REVISION:
            connection.execute(found.tables[name].insert().values(**row))
    assert schema.upgrade(empty) is True
    with empty.read() as connection:
        (notice,) = notices.notices_between(connection, EVER, NEVER)
        (attempt,) = deliveries.deliveries_of(connection, [3])[3]
        (link,) = connection.execute(sa.select(notices.LINKS)).all()
        (form,) = connection.execute(sa.text("SELECT id, entry FROM forms")).all()
    assert (notice.key, notice.code, notice.window, notice.state) == (
        "k",
        "7K4P",
        "2026-11-23/a",
        "sent",
    )
    assert (attempt.id, attempt.address, attempt.state) == (5, "+14195550101", "sent")
    assert (link.hash, link.notice_id, link.window_id) == ("h", 3, WINDOW)
    assert form.entry == 1
    with pytest.raises(UnavailableError), empty.write() as connection:
        connection.execute(sa.text("DELETE FROM notices"))


def test_the_second_upgrade_has_nothing_to_do(empty: Store) -> None:
    assert schema.revision(empty) is None
    assert schema.upgrade(empty) is True
    assert schema.revision(empty) == schema.HEAD
    assert schema.upgrade(empty) is False


def test_a_program_that_needs_the_head_refuses_an_empty_database(empty: Store) -> None:
    with pytest.raises(
        UnavailableError, match=r"^The database is empty: run `watchbill db upgrade` first"
    ):
        schema.require_head(empty)
    schema.upgrade(empty)
    schema.require_head(empty)


def test_a_database_newer_than_the_program_is_left_alone(own_store: Store) -> None:
    with own_store.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0999'"))
    for use in (schema.upgrade, schema.require_head):
        with pytest.raises(
            UnavailableError, match=rf"revision 0999, newer than this program \({schema.HEAD}\)"
        ):
            use(own_store)
    assert schema.revision(own_store) == "0999"


def test_of_several_threads_that_migrate_at_once_one_does_it(empty_url: str) -> None:
    stores = [connect(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(len(stores)) as pool:
        done = list(pool.map(schema.upgrade, stores))
    assert sorted(done) == [False, False, False, True]
    assert schema.revision(stores[0]) == schema.HEAD
    for store in stores:
        store.close()


def test_of_two_programs_that_migrate_at_once_one_does_it(empty_url: str) -> None:
    command = [sys.executable, "-c", PROGRAM, empty_url]
    running = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for program in running:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    said = [program.communicate(timeout=60) for program in running]
    assert sorted(out.strip() for out, _ in said) == ["False", "True"], said
