"""Keep who is signed in, proven channels, closed follow-ups and what explains a window."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0004"
down_revision = "0003"
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
    "sign_in_asked",
    "proof_asked",
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
    "sign_in",
    "proof",
)
CHANNELS = ("sms", "email")


def _instant() -> sqlmodel.sql.sqltypes.UTCDateTime:
    return sqlmodel.sql.sqltypes.UTCDateTime()


def _text() -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString()


def _one_of(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _is_known(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def upgrade() -> None:
    """Bring the database to this revision."""
    op.add_column("people", sa.Column("quiet_hours", _text(), nullable=True))
    op.add_column("duties", sa.Column("place", sa.Integer(), nullable=True))
    op.add_column("duties", sa.Column("placed_at", _instant(), nullable=True))
    with op.batch_alter_table("notices") as batch:
        for column, words in {"reason": REASONS, "step": STEPS, "why": REASONS}.items():
            name = op.f(f"ck_notices_{column}_is_known")
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, _is_known(column, words))
    op.create_index("ix_deliveries_started_at", "deliveries", ["started_at"])
    _add_signing_in()
    _add_proofs()
    _add_what_is_said_later()
    _count_by_day()


def _add_signing_in() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("hash", _text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", _instant(), nullable=False),
        sa.Column("expires_at", _instant(), nullable=False),
        sa.Column("used_at", _instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ins_person_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_person_id"), "sign_ins", ["person_id"])
    op.create_table(
        "sessions",
        sa.Column("hash", _text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("browser", _text(), nullable=False),
        sa.Column("began_at", _instant(), nullable=False),
        sa.Column("expires_at", _instant(), nullable=False),
        sa.Column("ended_at", _instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id", "expires_at"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def _add_proofs() -> None:
    op.create_table(
        "proofs",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel", _one_of(CHANNELS, "channel_is_known"), nullable=False),
        sa.Column("address", _text(), nullable=False),
        sa.Column("proven_at", _instant(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_proofs_person_id")),
        sa.ForeignKeyConstraint(["entry"], ["journal.number"], name=op.f("fk_proofs_entry")),
        sa.PrimaryKeyConstraint("person_id", "channel", name=op.f("pk_proofs")),
    )


def _add_what_is_said_later() -> None:
    op.create_table(
        "follow_ups_closed",
        sa.Column("finding_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("closed_at", _instant(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_follow_ups_closed_finding_id")
        ),
        sa.ForeignKeyConstraint(["entry"], ["journal.number"], name=op.f("fk_follow_ups_closed_entry")),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_follow_ups_closed")),
    )
    op.create_table(
        "explanations",
        sa.Column("entry", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("window_id", _text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("given_at", _instant(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["journal.number"], name=op.f("fk_explanations_entry")),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_explanations_window_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_explanations_person_id")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_explanations")),
    )
    op.create_index(op.f("ix_explanations_window_id"), "explanations", ["window_id"])


def _count_by_day() -> None:
    """Let the figures of a day be counted from the index alone."""
    counted = ["date", "state", "unattended", "counts_from", "closes_at", "reading_id"]
    op.drop_index("ix_windows_date", "windows")
    op.create_index("ix_windows_date", "windows", counted)
