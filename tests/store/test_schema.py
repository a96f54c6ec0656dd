"""The migrations lead from nothing to exactly the declared tables, once, whoever else tries."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from watchbill.core.roster import Role
from watchbill.errors import UnavailableError
from watchbill.store import people, schema
from watchbill.store.engine import Store, connect
from watchbill.store.tables import metadata
from watchbill.store.triggers import create_all, statements

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
