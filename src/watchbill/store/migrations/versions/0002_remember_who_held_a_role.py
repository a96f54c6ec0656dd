"""Remember who held a role, and until when a provider asked us to hold a notice."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision; whoever holds a role is taken for its first holder."""
    connection = op.get_bind()
    held = connection.execute(
        sa.text("SELECT person_id, role FROM roles ORDER BY person_id, role")
    ).all()
    op.drop_table("roles")
    roles = op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "pio",
                "designee",
                "executive_director",
                "manager",
                "information_services",
                name="role_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_roles_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.create_index("ix_roles_until", ["until"], unique=False)
    if held:
        op.bulk_insert(roles, [{"person_id": row.person_id, "role": row.role} for row in held])
    op.add_column(
        "notices",
        sa.Column("asked_to_wait_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    )
