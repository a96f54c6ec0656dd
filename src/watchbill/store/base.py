"""What all tables share."""

import sqlalchemy as sa
from sqlmodel import SQLModel


class Base(SQLModel):
    """What all tables share: a metadata with names for its constraints.

    Rows are checked by the database alone, so that pydantic need not prepare for it (``defer_build``).
    """

    model_config = {"defer_build": True}
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table(model: type[SQLModel]) -> sa.Table:
    """Return the table of a model, for queries."""
    return Base.metadata.tables[str(model.__tablename__)]
