"""How Alembic reaches the database: over the connection that ``schema`` hands it."""

from __future__ import annotations

import sqlmodel  # noqa: F401 - migrations name its column types
from alembic import context

from watchbill.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    transaction_per_migration=False,
    compare_type=True,
)
context.run_migrations()
