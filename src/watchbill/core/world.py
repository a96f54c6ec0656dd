"""What ``decide`` looks at, and what it answers with: plain values, gathered and applied elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from watchbill.core.gaps import GapFacts
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Roster
from watchbill.core.windows import Occasion, State

EVER = datetime(2000, 1, 1, tzinfo=UTC)


class NoticeState(StrEnum):
    """How far a notice has come.

    *pending* waits to be sent, *sending* is claimed, *unknown* may have gone and is being looked up,
    *sent* was accepted by the provider, *delivered* is confirmed, *failed* reached nobody by any
    channel, *skipped* came too late to be of use, *withdrawn* was no longer true.
    """

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """A window that has opened and is not settled, or that an unsent notice is about.

    ``state`` is what checks have made of it; ``attended``, whether a tick ran while it was open;
    ``monitor``, who was found to be its monitor at closing.
    """

    occasion: Occasion
    state: State
    attended: bool = False
    settled: bool = False
    monitor: int | None = None


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """A notice that exists: its key, and how far it has come."""

    key: str
    reason: Reason
    step: Step
    window: str | None
    person: int
    state: NoticeState
    useful_until: datetime | None = None
    failure_told: bool = False
    about: Mapping[str, object] = field(default_factory=dict)
    duty: int | None = None

    @property
    def waiting(self) -> bool:
        """Whether it has yet to be sent, or to be sent once more on another channel."""
        return self.state is NoticeState.PENDING


@dataclass(frozen=True, slots=True)
class TroubleFacts:
    """A technical failure that goes on, last ``seen_at``; ``subject`` is a channel where one is concerned."""

    id: int
    kind: str
    subject: str
    seen_at: datetime = EVER


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody who is soon to be responsible and has had no working channel ``since`` an instant."""

    person: int
    since: datetime


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a decision depends on, beside the policy and the instant.

    ``windows``: opened and unsettled, and those that waiting notices are about. ``ahead``: windows
    that close later than now, for some days. ``notices``: of those windows, of the gaps, duties and
    troubles that there are, of today's digest, and all that wait or have failed unheard.
    ``replies_until``: up to when what people answered has been read, ``None`` where it never was.
    ``began_at``: since when there is a record. ``no_page``: whether no page is active.
    """

    roster: Roster
    windows: tuple[WindowFacts, ...] = ()
    ahead: tuple[Occasion, ...] = ()
    notices: Mapping[str, NoticeFacts] = field(default_factory=dict)
    gaps: tuple[GapFacts, ...] = ()
    troubles: tuple[TroubleFacts, ...] = ()
    silent: tuple[Silent, ...] = ()
    replies_until: datetime | None = None
    began_at: datetime | None = None
    no_page: bool = False


@dataclass(frozen=True, slots=True)
class Owe:
    """One message owed to one person for one reason; ``key`` is let in once.

    ``due_at``: when the step was due; ``not_before``: when it may be said; ``useful_until``: when it
    would be stale, ``None`` for what never goes stale.
    """

    key: str
    reason: Reason
    step: Step
    person: int
    due_at: datetime
    not_before: datetime
    window: str | None = None
    useful_until: datetime | None = None
    urgent: bool = False
    next_channel: bool = False
    about: Mapping[str, object] = field(default_factory=dict)
    gaps: tuple[int, ...] = ()
    duty: int | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """A step that came too late to be of use: recorded, never sent."""

    notice: Owe
    why: Reason


@dataclass(frozen=True, slots=True)
class Drop:
    """A waiting notice that is stale (*skipped*) or no longer true (*withdrawn*)."""

    key: str
    state: NoticeState
    why: Reason


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a window."""

    window: str
    state: State
    unattended: bool


@dataclass(frozen=True, slots=True)
class Settle:
    """Windows that are settled together, with the notices that this calls for."""

    windows: tuple[Settlement, ...]
    notices: tuple[Owe, ...]


@dataclass(frozen=True, slots=True)
class Escalate:
    """A failed notice whose failure is told to others; the mark and the notices are one."""

    failed: str
    notices: tuple[Owe, ...]


@dataclass(frozen=True, slots=True)
class Announce:
    """Gaps that are told of, with the notices that this calls for; the mark and the notices are one."""

    gaps: tuple[GapFacts, ...]
    notices: tuple[Owe, ...]


Action = Owe | Skip | Drop | Settle | Escalate | Announce


@dataclass(frozen=True, slots=True)
class Decision:
    """What must happen now, and the next instant at which anything becomes due."""

    steps: tuple[Action, ...]
    next_at: datetime | None
