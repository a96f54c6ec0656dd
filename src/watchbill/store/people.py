"""People, pages, leave and duties as rows, and the roster that cover is computed from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from watchbill.core.quiet_hours import parse_quiet, quiet_text
from watchbill.core.roster import Channel, Duty, Leave, Page, Person, Role, Roster, Term
from watchbill.store.tables import DutyRow, LeaveRow, PageRow, PersonRow, RoleRow, table

PEOPLE, ROLES, PAGES = table(PersonRow), table(RoleRow), table(PageRow)
LEAVES, DUTIES = table(LeaveRow), table(DutyRow)

# What every tick and every act asks stands ready here: building a statement takes longer than asking it.
ALL_ROLES = sa.select(ROLES).where(ROLES.c.until.is_(None))
EVER_HELD = sa.select(ROLES.c.id).where(ROLES.c.role == sa.bindparam("which")).limit(1)
PEOPLE_AND_ROLES = (
    sa.select(PEOPLE, ROLES.c.role, ROLES.c.since, ROLES.c.until)
    .join(
        ROLES,
        sa.and_(
            ROLES.c.person_id == PEOPLE.c.id,
            sa.or_(
                ROLES.c.until.is_(None),
                sa.and_(ROLES.c.role == Role.PIO, ROLES.c.until > sa.bindparam("since")),
            ),
        ),
        isouter=True,
    )
    .order_by(PEOPLE.c.id, ROLES.c.until)
)
"""Everybody with each role they hold, and with each term as PIO that ended after ``since``."""
ALL_PAGES = sa.select(PAGES).order_by(PAGES.c.key)
ALL_LEAVES = sa.select(LEAVES).order_by(LEAVES.c.id)
ALL_DUTIES = sa.select(DUTIES).order_by(DUTIES.c.id)
LEAVES_SINCE = ALL_LEAVES.where(LEAVES.c.ends_at > sa.bindparam("since"))
LEAVES_TOUCHING = LEAVES_SINCE.where(LEAVES.c.starts_at < sa.bindparam("until"))
DUTIES_SINCE = ALL_DUTIES.where(DUTIES.c.ends_at > sa.bindparam("since"))


def all_people(connection: sa.Connection) -> dict[int, Person]:
    """Return everybody, deactivated people too, by id."""
    return _people_and_terms(connection, datetime.max.replace(tzinfo=UTC))[0]


def _people_and_terms(
    connection: sa.Connection, since: datetime
) -> tuple[dict[int, Person], tuple[Term, ...]]:
    """Return everybody by id, and the terms as PIO that ended after an instant, the first to end first."""
    rows: dict[int, sa.Row[Any]] = {}
    roles: dict[int, list[Role]] = defaultdict(list)
    pio_since: dict[int, datetime | None] = {}
    terms: list[Term] = []
    for row in connection.execute(PEOPLE_AND_ROLES, {"since": since}).all():
        number, role, began, ended = row[0], *row[-3:]
        rows[number] = row
        if ended is not None:
            terms.append(Term(number, began, ended))
        elif role is not None:
            roles[number].append(role)
            if role is Role.PIO:
                pio_since[number] = began
    people = {
        number: Person(
            id=number,
            name=row.name,
            email=row.email,
            mobile=row.mobile,
            roles=frozenset(roles[number]),
            channels=tuple(Channel(channel) for channel in row.channels),
            deactivated_at=row.deactivated_at,
            pio_since=pio_since.get(number),
            sms_stopped_at=row.sms_stopped_at,
            quiet=parse_quiet(row.quiet_hours or "", "quiet_hours"),
        )
        for number, row in rows.items()
    }
    return people, tuple(sorted(terms, key=lambda term: term.ends_at))


def all_pages(connection: sa.Connection) -> list[Page]:
    """Return every page, retired ones too, in the order of their keys."""
    return [
        Page(row.key, row.platform, row.name, row.url, row.active_from, row.active_until)
        for row in connection.execute(ALL_PAGES).all()
    ]


def roster_since(connection: sa.Connection, since: datetime) -> Roster:
    """Return everybody, and the leave, the duties and the terms as PIO that end after ``since``."""
    everybody, terms = _people_and_terms(connection, since)
    return Roster(
        people=everybody,
        leaves=tuple(leaves(connection, since)),
        duties=tuple(duties(connection, since)),
        former_terms=terms,
    )


def roster_between(connection: sa.Connection, first: datetime, last: datetime) -> Roster:
    """Return everybody, and the leave, the duties and the terms as PIO that touch ``[first, last)``."""
    found = roster_since(connection, first)
    return replace(
        found,
        leaves=tuple(one for one in found.leaves if one.starts_at < last),
        duties=tuple(one for one in found.duties if one.starts_at < last),
    )


def leaves(connection: sa.Connection, since: datetime | None = None) -> list[Leave]:
    """Return leave in the order of its ids, where asked only what ends after ``since``."""
    rows = (
        connection.execute(ALL_LEAVES)
        if since is None
        else connection.execute(LEAVES_SINCE, {"since": since})
    )
    return [_leave(row) for row in rows.all()]


def leaves_touching(connection: sa.Connection, starts_at: datetime, ends_at: datetime) -> list[Leave]:
    """Return the leave that shares an instant with a span, if it had not been cancelled."""
    rows = connection.execute(LEAVES_TOUCHING, {"since": starts_at, "until": ends_at})
    return [_leave(row) for row in rows]


def leave_numbered(connection: sa.Connection, number: int) -> Leave | None:
    """Return a leave by its id, or ``None``."""
    row = connection.execute(sa.select(LEAVES).where(LEAVES.c.id == number)).first()
    return None if row is None else _leave(row)


def _leave(row: sa.Row[Any]) -> Leave:
    return Leave(
        id=row.id,
        person=row.person_id,
        kind=row.kind,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        recorded_at=row.recorded_at,
        cancelled_at=row.cancelled_at,
    )


def duties(connection: sa.Connection, since: datetime | None = None) -> list[Duty]:
    """Return duties in the order of their ids, where asked only what ends after ``since``."""
    rows = (
        connection.execute(ALL_DUTIES)
        if since is None
        else connection.execute(DUTIES_SINCE, {"since": since})
    )
    return [_duty(row) for row in rows.all()]


def duty_numbered(connection: sa.Connection, number: int) -> Duty | None:
    """Return a duty by its id, or ``None``."""
    row = connection.execute(sa.select(DUTIES).where(DUTIES.c.id == number)).first()
    return None if row is None else _duty(row)


def _duty(row: sa.Row[Any]) -> Duty:
    return Duty(
        id=row.id,
        kind=row.kind,
        person=row.person_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        entry=row.entry,
        recorded_at=row.recorded_at,
        respond=row.respond,
        cancelled_at=row.cancelled_at,
        declined_at=row.declined_at,
        accepted_at=row.accepted_at,
        place=row.place,
        placed_at=row.placed_at,
    )


def insert_person(connection: sa.Connection, person: Person, now: datetime) -> int:
    """Insert a person, with roles from ``now`` on; the given id is not used. Return the new id."""
    number = connection.scalar(PEOPLE.insert().values(**_person_values(person)).returning(PEOPLE.c.id))
    if number is None:
        raise RuntimeError("the database gave no id for a person")
    _change_roles(connection, number, person.roles, now)
    return int(number)


def update_person(connection: sa.Connection, person: Person, now: datetime) -> None:
    """Make the row of a person say what the value says, and their roles from ``now`` on.

    Who held a role before stays on record: today's roster never rewrites yesterday.
    """
    connection.execute(PEOPLE.update().where(PEOPLE.c.id == person.id).values(**_person_values(person)))
    _change_roles(connection, person.id, person.roles, now)


def _person_values(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "mobile": person.mobile,
        "channels": [channel.value for channel in person.channels],
        "deactivated_at": person.deactivated_at,
        "sms_stopped_at": person.sms_stopped_at,
        "quiet_hours": quiet_text(person.quiet) or None,
    }


def _change_roles(
    connection: sa.Connection, person: int, roles: frozenset[Role], now: datetime
) -> None:
    present = {row.role: row.id for row in connection.execute(ALL_ROLES) if row.person_id == person}
    for role in present.keys() - roles:
        connection.execute(ROLES.update().where(ROLES.c.id == present[role]).values(until=now))
    for role in sorted(roles - present.keys()):
        first = connection.scalar(EVER_HELD, {"which": role}) is None
        since = None if first else now
        connection.execute(ROLES.insert().values(person_id=person, role=role, since=since))


def put_page(connection: sa.Connection, page: Page, *, new: bool) -> None:
    """Insert a page, or make its row say what the value says."""
    values = {
        "platform": page.platform,
        "name": page.name,
        "url": page.url,
        "active_from": page.active_from,
        "active_until": page.active_until,
    }
    if new:
        connection.execute(PAGES.insert().values(key=page.key, **values))
    else:
        connection.execute(PAGES.update().where(PAGES.c.key == page.key).values(**values))


def insert_leave(connection: sa.Connection, leave: Leave, entry: int) -> None:
    """Insert a leave under the id that it carries."""
    connection.execute(
        LEAVES.insert().values(
            id=leave.id,
            person_id=leave.person,
            kind=leave.kind,
            starts_at=leave.starts_at,
            ends_at=leave.ends_at,
            entry=entry,
            recorded_at=leave.recorded_at,
        )
    )


def insert_duty(connection: sa.Connection, duty: Duty, by: str) -> None:
    """Insert a duty under the id that it carries; ``by`` is the actor who made it."""
    connection.execute(
        DUTIES.insert().values(
            id=duty.id,
            kind=duty.kind,
            person_id=duty.person,
            starts_at=duty.starts_at,
            ends_at=duty.ends_at,
            respond=duty.respond,
            by=by,
            entry=duty.entry,
            recorded_at=duty.recorded_at,
            accepted_at=duty.accepted_at,
        )
    )


def answer_duty(
    connection: sa.Connection,
    number: int,
    *,
    accepted_at: datetime | None = None,
    declined_at: datetime | None = None,
) -> None:
    """Keep when the holder of a duty accepted or declined it."""
    values = {"accepted_at": accepted_at, "declined_at": declined_at}
    given = {name: at for name, at in values.items() if at is not None}
    connection.execute(DUTIES.update().where(DUTIES.c.id == number).values(**given))


def place_duty(connection: sa.Connection, number: int, place: int, moved_at: datetime | None) -> None:
    """Put a standing designation at a place in the order; ``moved_at`` where that is another than before."""
    moved = {} if moved_at is None else {"placed_at": moved_at}
    connection.execute(DUTIES.update().where(DUTIES.c.id == number).values(place=place, **moved))


def maker_of(connection: sa.Connection, number: int) -> int | None:
    """Return the person who made a duty; ``None`` where the operator did."""
    actor = str(connection.scalar(sa.select(DUTIES.c.by).where(DUTIES.c.id == number)))
    kind, _, person = actor.partition(":")
    return int(person) if kind == "person" else None


def stood_in(connection: sa.Connection, now: datetime) -> dict[int, datetime]:
    """Return, for each person who ever did, when they last began to stand in for the PIO."""
    served = sa.and_(
        DUTIES.c.starts_at <= now,
        sa.or_(DUTIES.c.cancelled_at.is_(None), DUTIES.c.cancelled_at > DUTIES.c.starts_at),
        sa.or_(DUTIES.c.declined_at.is_(None), DUTIES.c.declined_at > DUTIES.c.starts_at),
    )
    latest = sa.func.max(DUTIES.c.starts_at, type_=DUTIES.c.starts_at.type)
    query = sa.select(DUTIES.c.person_id, latest.label("at")).where(served).group_by(DUTIES.c.person_id)
    return {row.person_id: row.at for row in connection.execute(query)}


def next_id(connection: sa.Connection, rows: sa.Table) -> int:
    """Return the id after the highest; to be called in a writing transaction."""
    return int(connection.scalar(sa.select(sa.func.coalesce(sa.func.max(rows.c.id), 0))) or 0) + 1


def cancel(connection: sa.Connection, rows: sa.Table, number: int, at: datetime) -> None:
    """Mark a leave or a duty as cancelled from an instant on."""
    connection.execute(rows.update().where(rows.c.id == number).values(cancelled_at=at))
