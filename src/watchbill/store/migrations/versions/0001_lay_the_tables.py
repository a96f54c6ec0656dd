"""Lay the tables."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


SQLITE = (
    """CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal
    WHEN EXISTS (SELECT 1 FROM journal WHERE number = NEW.number)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
)
SQLITE_WORDS = (
    """CREATE TRIGGER journal_words_only_redacted BEFORE UPDATE ON journal_words
    WHEN NEW.salt IS NOT NULL OR NEW.text IS NOT NULL OR NEW.number <> OLD.number
    BEGIN SELECT RAISE(ABORT, 'words of the journal can only be redacted'); END""",
    """CREATE TRIGGER journal_words_no_delete BEFORE DELETE ON journal_words
    BEGIN SELECT RAISE(ABORT, 'words of the journal can only be redacted'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
    """CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_refuse()""",
    """CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
)
POSTGRESQL_WORDS = (
    """CREATE FUNCTION journal_words_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
    IF TG_OP = 'UPDATE' AND NEW.salt IS NULL AND NEW.text IS NULL AND NEW.number = OLD.number
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'words of the journal can only be redacted'; END $$""",
    """CREATE TRIGGER journal_words_only_redacted BEFORE UPDATE OR DELETE ON journal_words
    FOR EACH ROW EXECUTE FUNCTION journal_words_refuse()""",
    """CREATE TRIGGER journal_words_no_truncate BEFORE TRUNCATE ON journal_words
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
)


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "holiday_years",
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("names", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "year", name=op.f("pk_holiday_years")),
    )
    op.create_table(
        "journal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("way", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("commitment", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("previous", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal")),
        sa.UniqueConstraint("hash", name=op.f("uq_journal_hash")),
        sa.UniqueConstraint("previous", name=op.f("uq_journal_previous")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index("ix_journal_kind_number", ["kind", "number"], unique=False)

    op.create_table(
        "pages",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("platform", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("active_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("active_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pages")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("mobile", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("channels", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("deactivated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_table(
        "readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("adopted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("adopted_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("meaning", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("began_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("laid_until", sa.Date(), nullable=True),
        sa.Column("ticked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_watch_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
    )
    op.create_table(
        "checks",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("viewed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reported_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "web",
                "link",
                "sms",
                "cli",
                name="way_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attested", sa.Boolean(), nullable=False),
        sa.Column("amends", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["amends"], ["checks.number"], name=op.f("fk_checks_amends")),
        sa.ForeignKeyConstraint(["number"], ["journal.number"], name=op.f("fk_checks_number")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_checks_person_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checks")),
    )
    with op.batch_alter_table("checks", schema=None) as batch_op:
        batch_op.create_index("ix_checks_date", ["date"], unique=False)

    op.create_table(
        "duties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "interim",
                "designation",
                "standing",
                name="kind_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("respond", sa.Boolean(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("cancelled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("declined_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_duties_ends_later")),
        sa.ForeignKeyConstraint(["entry"], ["journal.number"], name=op.f("fk_duties_entry")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_duties_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
    )
    with op.batch_alter_table("duties", schema=None) as batch_op:
        batch_op.create_index("ix_duties_ends_at", ["ends_at"], unique=False)

    op.create_table(
        "journal_words",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("text", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["journal.number"], name=op.f("fk_journal_words_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal_words")),
    )
    op.create_table(
        "leaves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "vacation",
                "sick",
                "other",
                "holiday",
                name="kind_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("cancelled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_leaves_ends_later")),
        sa.ForeignKeyConstraint(["entry"], ["journal.number"], name=op.f("fk_leaves_entry")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_leaves_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    with op.batch_alter_table("leaves", schema=None) as batch_op:
        batch_op.create_index("ix_leaves_ends_at", ["ends_at"], unique=False)

    op.create_table(
        "roles",
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
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_roles_person_id")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_roles")),
    )
    op.create_table(
        "windows",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("opens_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closes_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("counts_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "upcoming",
                "open",
                "completed",
                "late",
                "missed",
                name="state_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("pages", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=False),
        sa.Column("monitor_id", sa.Integer(), nullable=True),
        sa.Column("spans", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("unattended", sa.Boolean(), nullable=False),
        sa.Column("uncovered_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "settled_at IS NULL OR state IN ('completed', 'late', 'missed')",
            name=op.f("ck_windows_settled_is_final"),
        ),
        sa.CheckConstraint("counts_from <= opens_at", name=op.f("ck_windows_counts_early")),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_windows_closes_later")),
        sa.ForeignKeyConstraint(["monitor_id"], ["people.id"], name=op.f("fk_windows_monitor_id")),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name=op.f("fk_windows_reading_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_windows")),
    )
    with op.batch_alter_table("windows", schema=None) as batch_op:
        batch_op.create_index("ix_windows_date", ["date"], unique=False)
        batch_op.create_index("ix_windows_settled_at", ["settled_at", "opens_at"], unique=False)

    op.create_table(
        "check_pages",
        sa.Column("check_number", sa.Integer(), nullable=False),
        sa.Column("page_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_number"], ["checks.number"], name=op.f("fk_check_pages_check_number")
        ),
        sa.ForeignKeyConstraint(["page_key"], ["pages.key"], name=op.f("fk_check_pages_page_key")),
        sa.PrimaryKeyConstraint("check_number", "page_key", name=op.f("pk_check_pages")),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_number", sa.Integer(), nullable=False),
        sa.Column("page_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "1",
                "2",
                "3",
                "4",
                "5",
                "6",
                "7",
                "8",
                "9",
                "offensive",
                "advertising",
                "notice",
                "child",
                name="category_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "action",
            sa.Enum(
                "none",
                "hidden",
                "deleted",
                "answered",
                "reported",
                "referred",
                name="action_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["check_number"], ["checks.number"], name=op.f("fk_findings_check_number")
        ),
        sa.ForeignKeyConstraint(["page_key"], ["pages.key"], name=op.f("fk_findings_page_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_findings_check_number"), ["check_number"], unique=False)

    op.create_table(
        "forms",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("check_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_number"], ["checks.number"], name=op.f("fk_forms_check_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
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
                "next_step_due",
                "window_closed",
                "window_completed",
                "somebody_else_responsible",
                "window_covered",
                "person_deactivated",
                name="reason_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "step",
            sa.Enum(
                "opening",
                "nudge",
                "last_call",
                "missed",
                "uncovered",
                "unattended",
                "unreachable",
                "assigned",
                "relieved",
                "in_your_name",
                "referred",
                "test",
                name="step_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("window_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("duty_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("next_channel", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("not_before", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("useful_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "sending",
                "unknown",
                "sent",
                "delivered",
                "failed",
                "skipped",
                "withdrawn",
                name="state_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "why",
            sa.Enum(
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
                "next_step_due",
                "window_closed",
                "window_completed",
                "somebody_else_responsible",
                "window_covered",
                "person_deactivated",
                name="why_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("message_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "sms",
                "email",
                name="channel_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("try_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("failure_told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duties.id"], name=op.f("fk_notices_duty_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id")),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_notices_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_code"), ["code"], unique=False)
        batch_op.create_index("ix_notices_due_at", ["due_at"], unique=False)
        batch_op.create_index("ix_notices_state", ["state", "try_at"], unique=False)
        batch_op.create_index("ix_notices_window_id", ["window_id"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "sms",
                "email",
                name="channel_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sending",
                "unknown",
                "sent",
                "delivered",
                "deferred",
                "failed",
                name="state_is_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("lease_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("provider_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("error", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_deliveries_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("notice_id", "number", name=op.f("uq_deliveries_notice_id_number")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_state", ["state", "lease_until"], unique=False)

    op.create_table(
        "links",
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("window_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_links_notice_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_links_person_id")),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_links_window_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_links")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_links_notice_id"), ["notice_id"], unique=False)
    dialect = op.get_bind().dialect.name
    triggers = (*SQLITE, *SQLITE_WORDS) if dialect == "sqlite" else (*POSTGRESQL, *POSTGRESQL_WORDS)
    for statement in triggers:
        op.get_bind().exec_driver_sql(statement)
