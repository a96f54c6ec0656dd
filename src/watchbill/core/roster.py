"""People, pages, leave and duties: the facts from which cover is computed (DOMAIN: words)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; a person can hold several."""

    PIO = "pio"
    DESIGNEE = "designee"
    EXECUTIVE_DIRECTOR = "executive_director"
    MANAGER = "manager"
    INFORMATION_SERVICES = "information_services"


class Channel(StrEnum):
    """A way by which a message reaches a person."""

    SMS = "sms"
    EMAIL = "email"


class LeaveKind(StrEnum):
    """Why somebody is away; *sick* is shown to the PIO, the ED and the person, others see *away*."""

    VACATION = "vacation"
    SICK = "sick"
    OTHER = "other"
    HOLIDAY = "holiday"


class DutyKind(StrEnum):
    """By what act somebody other than the PIO covers (Policy 1004 §6)."""

    INTERIM = "interim"
    DESIGNATION = "designation"
    STANDING = "standing"


class Why(StrEnum):
    """Why a person is responsible; the words of the contract."""

    INTERIM = "interim"
    DESIGNATION = "designation"
    PIO = "pio"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the agency. ``channels`` stand in the order of preference.

    ``pio_since`` is when a PIO took over from another; ``None`` for the first. ``sms_stopped_at``:
    when the person texted STOP, after which their carrier lets no text of ours through. ``quiet``: the
    local hours at which they want to be left in peace (``quiet_hours``).
    """

    id: int
    name: str
    email: str
    mobile: str | None = None
    roles: frozenset[Role] = frozenset()
    channels: tuple[Channel, ...] = (Channel.EMAIL,)
    deactivated_at: datetime | None = None
    pio_since: datetime | None = None
    sms_stopped_at: datetime | None = None
    quiet: tuple[time, time] | None = None

    @property
    def active(self) -> bool:
        """Whether the person is active now."""
        return self.deactivated_at is None

    def active_at(self, instant: datetime) -> bool:
        """Whether the person was, or will be, active at the instant."""
        return self.deactivated_at is None or instant < self.deactivated_at

    def holds(self, *roles: Role) -> bool:
        """Whether the person holds any of the roles."""
        return not self.roles.isdisjoint(roles)

    def reachable_by(self) -> tuple[Channel, ...]:
        """Return the preferred channels for which there is an address that has not been stopped."""
        texts = self.mobile is not None and self.sms_stopped_at is None
        return tuple(c for c in self.channels if c is Channel.EMAIL or texts)


@dataclass(frozen=True, slots=True)
class Page:
    """One social networking page or feed of the agency, active in ``[active_from, active_until)``."""

    key: str
    platform: str
    name: str
    url: str
    active_from: datetime
    active_until: datetime | None = None

    def active_at(self, instant: datetime) -> bool:
        """Whether the page was, or will be, active at the instant."""
        return self.active_from <= instant and (
            self.active_until is None or instant < self.active_until
        )


@dataclass(frozen=True, slots=True)
class Leave:
    """A person is away in ``[starts_at, ends_at)``, cut short where it was cancelled."""

    id: int
    person: int
    kind: LeaveKind
    starts_at: datetime
    ends_at: datetime
    recorded_at: datetime
    cancelled_at: datetime | None = None

    @property
    def until(self) -> datetime:
        """Return the end that counts."""
        return _earliest(self.ends_at, self.cancelled_at)

    def covers(self, instant: datetime) -> bool:
        """Whether the person is away by this leave at the instant."""
        return self.starts_at <= instant < self.until

    def touches(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the leave and the span share an instant."""
        return max(self.starts_at, starts_at) < min(self.until, ends_at)


@dataclass(frozen=True, slots=True)
class Duty:
    """A designation, a standing designation or an interim appointment.

    ``entry`` is the number of the journal entry that made it: *recorded later* means a higher one.
    ``place``: where a standing designation stands, once the PIO has put them in order; ``placed_at``:
    when it was moved there.
    """

    id: int
    kind: DutyKind
    person: int
    starts_at: datetime
    ends_at: datetime
    entry: int
    recorded_at: datetime
    respond: bool = False
    cancelled_at: datetime | None = None
    declined_at: datetime | None = None
    accepted_at: datetime | None = None
    place: int | None = None
    placed_at: datetime | None = None

    @property
    def turn(self) -> tuple[bool, int]:
        """Return where a standing designation comes in the order: as placed, then as set (DOMAIN §3)."""
        return (True, self.entry) if self.place is None else (False, self.place)

    @property
    def known_at(self) -> datetime:
        """Return when the fact that gives its holder the turn was recorded."""
        return self.recorded_at if self.placed_at is None else max(self.recorded_at, self.placed_at)

    @property
    def awaits_answer(self) -> bool:
        """Whether the holder has been asked to accept and has said neither yes nor no.

        An appointment by the ED needs no yes: the act itself gives the duty (Policy 1004 §6).
        """
        return (
            self.kind is not DutyKind.INTERIM and self.accepted_at is None and self.declined_at is None
        )

    @property
    def until(self) -> datetime:
        """Return the end that counts: cancelled or declined, it ends there."""
        return _earliest(_earliest(self.ends_at, self.cancelled_at), self.declined_at)

    def in_force(self, instant: datetime) -> bool:
        """Whether the duty is in force at the instant."""
        return self.starts_at <= instant < self.until


def _earliest(instant: datetime, other: datetime | None) -> datetime:
    return instant if other is None or instant < other else other


@dataclass(frozen=True, slots=True)
class Term:
    """A person was the PIO in ``[starts_at, ends_at)``; no beginning for the first."""

    person: int
    starts_at: datetime | None
    ends_at: datetime

    def covers(self, instant: datetime) -> bool:
        """Whether the person was the PIO at the instant."""
        return (self.starts_at is None or self.starts_at <= instant) and instant < self.ends_at


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody and everything that cover is computed from, as of now."""

    people: Mapping[int, Person] = field(default_factory=dict)
    leaves: tuple[Leave, ...] = ()
    duties: tuple[Duty, ...] = ()
    former_terms: tuple[Term, ...] = ()

    @property
    def pio(self) -> Person | None:
        """Return the active PIO, or nobody."""
        return next((p for p in self.people.values() if p.active and p.holds(Role.PIO)), None)

    def pio_at(self, instant: datetime) -> Person | None:
        """Return who was, or will be, the PIO at an instant; nobody between two holders."""
        former = [self.people[term.person] for term in self.former_terms if term.covers(instant)]
        present = [
            person
            for person in self.people.values()
            if person.holds(Role.PIO) and (person.pio_since is None or person.pio_since <= instant)
        ]
        return next((person for person in former + present if person.active_at(instant)), None)

    def holding(self, *roles: Role) -> tuple[Person, ...]:
        """Return the active people who hold any of the roles, in the order of their ids."""
        return tuple(p for _, p in sorted(self.people.items()) if p.active and p.holds(*roles))

    def since(self, instant: datetime) -> Roster:
        """Return the roster without the leave, the duties and the terms that ended by an instant."""
        return Roster(
            self.people,
            tuple(leave for leave in self.leaves if leave.ends_at > instant),
            tuple(duty for duty in self.duties if duty.ends_at > instant),
            tuple(term for term in self.former_terms if term.ends_at > instant),
        )

    def leave_of(self, person: int) -> tuple[Leave, ...]:
        """Return the leave of one person."""
        return tuple(leave for leave in self.leaves if leave.person == person)
