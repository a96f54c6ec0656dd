"""What a check does to the windows of its day, and whether the day satisfies the policy (DOMAIN §4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from watchbill.core.roster import DutyKind, Person, Role, Roster
from watchbill.core.windows import Occasion, State
from watchbill.errors import RefusedError

KINDS_OF_CONTENT = (
    "case-specific or other confidential information",
    "information which may be harmful to the clients of the agency",
    "information personally or professionally harmful to staff",
    "spam or the inclusion of links to other sites",
    "content that is clearly off topic",
    "any support or advocacy for illegal activity",
    "the promotion of particular services, products, or political organizations",
    "the infringement on copyrights or trademarks",
    "the use of personally identifiable information",
)


class Category(StrEnum):
    """What a finding is: the nine kinds of Policy 1004 §8 in its order, and the four beside them."""

    CONFIDENTIAL = "1"
    HARMFUL_TO_CLIENTS = "2"
    HARMFUL_TO_STAFF = "3"
    SPAM = "4"
    OFF_TOPIC = "5"
    ILLEGAL_ACTIVITY = "6"
    PROMOTION = "7"
    COPYRIGHT = "8"
    PERSONALLY_IDENTIFIABLE = "9"
    OFFENSIVE = "offensive"
    ADVERTISING = "advertising"
    NOTICE_MISSING = "notice"
    CHILD = "child"

    @property
    def words(self) -> str:
        """Return the policy's words for the category."""
        if self.value.isdigit():
            return KINDS_OF_CONTENT[int(self.value) - 1]
        return {
            "offensive": "vulgar language, personal attacks, disparagement of a group",
            "advertising": "inappropriate advertising",
            "notice": "the required notice is missing",
            "child": "somebody reports or describes a child at risk",
        }[self.value]


class Action(StrEnum):
    """What was done about a finding."""

    NONE = "none"
    HIDDEN = "hidden"
    DELETED = "deleted"
    ANSWERED = "answered"
    REPORTED = "reported"
    REFERRED = "referred"


class Finding(NamedTuple):
    """What a check found on a page: a category and what was done, never a quotation."""

    page: str
    category: Category
    action: Action


class Way(StrEnum):
    """By which way an act came."""

    WEB = "web"
    LINK = "link"
    SMS = "sms"
    CLI = "cli"


@dataclass(frozen=True, slots=True)
class Check:
    """One completed viewing of one or more pages by one person at one instant.

    ``reported_at`` is when the person told us; for a text, when the provider received it. ``number``
    orders checks and is the number of the journal entry.
    """

    number: int
    person: int
    viewed_at: datetime
    reported_at: datetime
    pages: frozenset[str]


@dataclass(frozen=True, slots=True)
class DayWindow:
    """A window as far as checks are concerned; ``pages`` are those active at its opening."""

    occasion: Occasion
    pages: frozenset[str]


@dataclass(slots=True)
class Tally:
    """What one window got: the checks that count inside it, and those that count late."""

    window: DayWindow
    inside: list[Check] = field(default_factory=list)
    late: list[Check] = field(default_factory=list)

    @property
    def completed(self) -> bool:
        """Whether every page was viewed inside the window; without a page, never."""
        return bool(self.window.pages) and self.window.pages <= _viewed(self.inside)

    @property
    def made_up(self) -> bool:
        """Whether every page was viewed, inside the window or later on the same day."""
        return bool(self.window.pages) and self.lacking == frozenset()

    @property
    def lacking(self) -> frozenset[str]:
        """Return the pages that nobody has viewed for this window yet."""
        return self.window.pages - _viewed(self.inside) - _viewed(self.late)

    def state(self, now: datetime) -> State:
        """Return what has become of the window by ``now``."""
        if self.completed:
            return State.COMPLETED
        if now < self.window.occasion.opens_at:
            return State.UPCOMING
        if now < self.window.occasion.closes_at:
            return State.OPEN
        return State.LATE if self.made_up else State.MISSED


@dataclass(frozen=True, slots=True)
class Day:
    """The windows of one local day with what they got, and the checks that fell to none."""

    tallies: tuple[Tally, ...]
    extra: tuple[Check, ...]
    afterwards: tuple[Check, ...]


def _viewed(checks: Iterable[Check]) -> frozenset[str]:
    return frozenset(page for check in checks for page in check.pages)


def tally(windows: Iterable[DayWindow], checks: Iterable[Check], day_ends_at: datetime) -> Day:
    """Return what the checks of one local day do to its windows.

    A viewing counts for the window that it falls in and for no other; outside, it makes up, page by
    page, the latest earlier missed window that still lacks the page; else it is extra. What was reported after
    the local midnight that ends the day changes no state: it stands *afterwards*.
    """
    tallies = [Tally(window) for window in sorted(windows, key=lambda w: w.occasion.opens_at)]
    extra: list[Check] = []
    afterwards: list[Check] = []
    for check in sorted(checks, key=lambda check: (check.viewed_at, check.number)):
        if check.reported_at >= day_ends_at:
            afterwards.append(check)
        elif (inside := window_of(tallies, check.viewed_at)) is not None:
            inside.inside.append(check)
        elif not _make_up(tallies, check):
            extra.append(check)
    return Day(tuple(tallies), tuple(extra), tuple(afterwards))


def window_of(tallies: Sequence[Tally], viewed_at: datetime) -> Tally | None:
    """Return the window that an instant falls in; an open window goes before an early span."""
    taking = [t for t in tallies if t.window.occasion.takes(viewed_at)]
    return min(taking, key=lambda t: t.window.occasion.opens_at, default=None)


def _make_up(tallies: Sequence[Tally], check: Check) -> bool:
    """Let a check outside any window make up, page by page, the latest earlier window that lacks it.

    Return whether it made up anything. Checks are taken in the order of viewing, so every window that
    closed before this one has all of its viewings.
    """
    pages = check.pages
    for entry in reversed(tallies):
        closed = entry.window.occasion.closes_at <= check.viewed_at
        made_up = pages & entry.lacking if closed and not entry.completed else frozenset()
        if made_up:
            entry.late.append(replace(check, pages=made_up))
            pages -= made_up
    return pages != check.pages


def may_check(roster: Roster, person: Person, viewed_at: datetime) -> bool:
    """Whether a check by the person completes windows (Policy 1004 §1, §6).

    Entitled are the ED, the PIO, whoever may be designated, and the holder of a duty in force: an
    appointment itself gives the authority.
    """
    if person.holds(Role.EXECUTIVE_DIRECTOR, Role.PIO, Role.DESIGNEE):
        return True
    return any(duty.person == person.id and duty.in_force(viewed_at) for duty in roster.duties)


def require_authority(roster: Roster, person: Person, viewed_at: datetime) -> None:
    """Raise ``RefusedError`` where a check by the person would not count."""
    if not person.active:
        message = f"{person.name} is deactivated; reactivate the person or name who viewed the pages."
        raise RefusedError(message)
    if not may_check(roster, person, viewed_at):
        message = (
            f"{person.name} may not complete a check: only the ED, the PIO, a designee or an appointed "
            "interim monitor may; let the ED appoint them."
        )
        raise RefusedError(message)


def times_viewed(
    checks: Iterable[Check], pages: frozenset[str], separation: timedelta
) -> dict[str, list[datetime]]:
    """Return, for each page, its viewings that count: each at least ``separation`` after the last."""
    counted: dict[str, list[datetime]] = {page: [] for page in pages}
    for check in sorted(checks, key=lambda check: (check.viewed_at, check.number)):
        for page in check.pages & pages:
            viewings = counted[page]
            if not viewings or check.viewed_at - viewings[-1] >= separation:
                viewings.append(check.viewed_at)
    return counted


def demand_can_be_met(
    viewings: Iterable[Sequence[datetime]],
    needed: int,
    separation: timedelta,
    now: datetime,
    day_end: datetime,
) -> bool:
    """Whether every page can still be viewed ``needed`` times before the local day ends."""

    def last_one(seen: Sequence[datetime]) -> datetime:
        first = max(now, seen[-1] + separation) if seen else now
        return first + (needed - len(seen) - 1) * separation

    return all(len(seen) >= needed or last_one(seen) < day_end for seen in viewings)


def viewings_lacking(viewings: Iterable[Sequence[datetime]], needed: int) -> int:
    """Return how many more viewings the page that was viewed least needs."""
    return max((max(needed - len(seen), 0) for seen in viewings), default=0)


def needs_role(kind: DutyKind) -> tuple[Role, ...]:
    """Return the roles of which a holder of the duty needs one; none for an appointment (§6)."""
    if kind is DutyKind.INTERIM:
        return ()
    return (Role.DESIGNEE, Role.PIO, Role.EXECUTIVE_DIRECTOR)
