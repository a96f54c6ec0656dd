"""Keep gaps, acceptance, texts from people and technical failures."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REASONS = (
    "check_due",
    "window_missed",
    "window_uncovered",
    "windows_unattended",
    "person_unreachable",
    "duty_assigned",
    "duty_ended",
    "act_in_your_name",
    "child_referred",
    "test_asked_for",
    "gap_found",
    "gap_ahead",
    "gap_changed",
    "gap_escalated",
    "duty_unconfirmed",
    "duty_declined",
    "duty_arranged",
    "holder_away",
    "hand_over",
    "no_working_channel",
    "channel_stopped",
    "codes_locked",
    "place_vacant",
    "technical_failure",
    "digest_due",
    "answer",
    "leave_recorded",
    "next_step_due",
    "window_closed",
    "window_completed",
    "somebody_else_responsible",
    "window_covered",
    "person_deactivated",
    "gap_covered",
    "duty_answered",
    "person_away",
    "no_longer_useful",
    "trouble_over",
    "place_filled",
)
STEPS = (
    "opening",
    "nudge",
    "last_call",
    "missed",
    "uncovered",
    "unattended",
    "unreachable",
    "assigned",
    "relieved",
    "warning",
    "changed",
    "escalation",
    "unconfirmed",
    "hand_over",
    "declined",
    "holder_away",
    "covered",
    "technical",
    "digest",
    "answer",
    "in_your_name",
    "referred",
    "test",
    "leave",
)
HEARD = (
    "stranger",
    "stopped",
    "started",
    "left_alone",
    "act",
    "question",
    "without_code",
    "wrong_code",
    "worn_out_code",
    "refused",
    "not_understood",
)
TROUBLES = ("provider", "clock", "disk", "journal")


def _instant() -> sqlmodel.sql.sqltypes.UTCDateTime:
    return sqlmodel.sql.sqltypes.UTCDateTime()


def _one_of(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _is_known(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def upgrade() -> None:
    """Bring the database to this revision; gaps are found anew by the first tick."""
    op.add_column("watch", sa.Column("replies_failing_since", _instant(), nullable=True))
    op.add_column("people", sa.Column("sms_stopped_at", _instant(), nullable=True))
    op.add_column("duties", sa.Column("accepted_at", _instant(), nullable=True))
    op.drop_column("windows", "uncovered_since")
    _change_notices()
    op.add_column("deliveries", sa.Column("for_good", sa.Boolean(), nullable=True))
    op.create_index("ix_deliveries_address", "deliveries", ["address", "started_at"])
    _change_forms()
    with op.batch_alter_table("links") as batch:
        batch.alter_column("window_id", existing_type=sqlmodel.sql.sqltypes.AutoString(), nullable=True)
    _add_gaps()
    _add_inbound()
    _add_troubles()


def _change_notices() -> None:
    with op.batch_alter_table("notices") as batch:
        for column, words in {"reason": REASONS, "step": STEPS, "why": REASONS}.items():
            name = op.f(f"ck_notices_{column}_is_known")
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, _is_known(column, words))
        batch.add_column(sa.Column("spent_at", _instant(), nullable=True))
    op.create_index("ix_notices_duty_id", "notices", ["duty_id"])


def _change_forms() -> None:
    connection = op.get_bind()
    kept = connection.execute(sa.text("SELECT id, check_number FROM forms ORDER BY id")).all()
    op.drop_table("forms")
    forms = op.create_table(
        "forms",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["journal.number"], name=op.f("fk_forms_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
    )
    if kept:
        op.bulk_insert(forms, [{"id": row.id, "entry": row.check_number} for row in kept])


def _add_gaps() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("found_at", _instant(), nullable=False),
        sa.Column("windows", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("announced_at", _instant(), nullable=True),
        sa.Column("told", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("told_at", _instant(), nullable=True),
        sa.Column("told_until", sa.Date(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", _instant(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["gaps.id"], name=op.f("fk_gaps_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    op.create_index("ix_gaps_ended_at", "gaps", ["ended_at"])
    op.create_table(
        "notice_gaps",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.id"], name=op.f("fk_notice_gaps_gap_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_gaps_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "gap_id", name=op.f("pk_notice_gaps")),
    )
    op.create_index("ix_notice_gaps_gap_id", "notice_gaps", ["gap_id"])


def _add_inbound() -> None:
    op.create_table(
        "inbound",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("received_at", _instant(), nullable=False),
        sa.Column("handled_at", _instant(), nullable=False),
        sa.Column("heard", _one_of(HEARD, "heard_is_known"), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_inbound_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
    )
    op.create_index("ix_inbound_person_id", "inbound", ["person_id", "handled_at"])
    op.create_index("ix_inbound_received_at", "inbound", ["received_at"])
    op.create_table(
        "strangers",
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answered_at", _instant(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_strangers")),
    )
    op.create_index("ix_strangers_answered_at", "strangers", ["answered_at"])


def _add_troubles() -> None:
    op.create_table(
        "troubles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _one_of(TROUBLES, "kind_is_known"), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("detail", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("began_at", _instant(), nullable=False),
        sa.Column("seen_at", _instant(), nullable=False),
        sa.Column("ended_at", _instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_troubles")),
    )
    op.create_index("ix_troubles_ended_at", "troubles", ["ended_at"])
