"""What the database itself refuses: changing or removing what the journal holds (promise 7)."""

from __future__ import annotations

import sqlalchemy as sa

from watchbill.store.tables import metadata

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


def statements(dialect: str) -> tuple[str, ...]:
    """Return the statements that make the triggers on a database of that dialect."""
    if dialect == "sqlite":
        return (*SQLITE, *SQLITE_WORDS)
    return (*POSTGRESQL, *POSTGRESQL_WORDS)


def create_all(connection: sa.Connection) -> None:
    """Create every declared table and trigger in an empty database, without migrations."""
    metadata.create_all(connection)
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
