"""What columns hold: the states that only the record knows, and how an enum or plain values are kept."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import sqlalchemy as sa


class DeliveryState(StrEnum):
    """How one attempt ended: *deferred* was not accepted and may be tried again."""

    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    FAILED = "failed"


class Heard(StrEnum):
    """What a text to us was taken for."""

    STRANGER = "stranger"
    STOPPED = "stopped"
    STARTED = "started"
    LEFT_ALONE = "left_alone"
    ACT = "act"
    QUESTION = "question"
    WITHOUT_CODE = "without_code"
    WRONG_CODE = "wrong_code"
    WORN_OUT_CODE = "worn_out_code"
    REFUSED = "refused"
    NOT_UNDERSTOOD = "not_understood"


class Trouble(StrEnum):
    """What can fail technically (DOMAIN §5, health)."""

    PROVIDER = "provider"
    CLOCK = "clock"
    DISK = "disk"
    JOURNAL = "journal"


def one_of(
    kind: type[StrEnum], name: str, *, nullable: bool = False, primary_key: bool = False
) -> sa.Column[Any]:
    """Return a column that holds the values of an enum as text, held by a CHECK."""
    return sa.Column(
        name,
        sa.Enum(
            kind,
            name=f"{name}_is_known",
            native_enum=False,
            create_constraint=True,
            length=40,
            values_callable=lambda members: [member.value for member in members],
        ),
        nullable=nullable,
        primary_key=primary_key,
    )


def fixed(value: StrEnum) -> sa.ColumnElement[Any]:
    """Return a value of an enum as it stands in a statement that never changes.

    Written into its text: a bound value is converted anew at every execution.
    """
    return sa.literal_column(f"'{value.value}'")


def among(column: sa.ColumnElement[Any], values: Iterable[StrEnum]) -> sa.ColumnElement[bool]:
    """Return whether a column holds one of the values of an enum, for a statement that never changes."""
    return column.in_([fixed(value) for value in values])


def json_column(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Return a column of plain values as JSON."""
    return sa.Column(name, sa.JSON(none_as_null=True), nullable=nullable)
