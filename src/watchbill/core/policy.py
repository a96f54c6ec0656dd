"""The agency's reading of the policy: frozen, and checked when it is built.

Policy 1004 §6 asks for at least two viewings on each weekday and for checks on weekends; a reading
with less than that cannot be built.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from watchbill.core.reasons import Party, Step
from watchbill.errors import ConfigurationError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
WEEKEND = ("sat", "sun")
DAYS = WEEKDAYS + WEEKEND
RULE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
WINDOWS_A_WEEKDAY = 2
LONGEST_HORIZON = 730
LONGEST_NOTICE = timedelta(days=7)


class Holidays(Protocol):
    """The agency's holidays by local date."""

    def name_on(self, day: date) -> str | None:
        """Return the name of the holiday on that local date, or ``None``."""
        ...  # pragma: no cover

    def meaning(self) -> Mapping[str, object]:
        """Return by what rule the holidays are found, as plain values: part of a *reading*."""
        ...  # pragma: no cover


@dataclass(frozen=True, slots=True)
class ListedHolidays:
    """Holidays given as a table of dates and names."""

    names: Mapping[date, str] = field(default_factory=dict)

    def name_on(self, day: date) -> str | None:
        """Return the name of the holiday on that local date, or ``None``."""
        return self.names.get(day)

    def meaning(self) -> Mapping[str, object]:
        """Return the table as plain values."""
        return {day.isoformat(): name for day, name in sorted(self.names.items())}


@dataclass(frozen=True, slots=True)
class Agency:
    """Who the watch is kept for."""

    name: str
    short_name: str
    zone: ZoneInfo
    contact_lines: tuple[str, ...] = ()
    policy_name: str = "the social media policy"


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurring demand: a window on each of the days, in local time; times of day end by 24:00."""

    name: str
    days: tuple[str, ...]
    opens: time
    closes: time
    early: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        """Refuse a rule that no window can be laid out from."""
        where = f"rules: {self.name!r}"
        if not RULE_NAME.fullmatch(self.name):
            _refuse(f"{where}: a name is letters, digits, hyphens, dots; rename the rule.")
        if not self.days:
            _refuse(f"{where}: days is empty; name at least one of {', '.join(DAYS)}.")
        if not set(self.days) <= set(DAYS) or len(set(self.days)) < len(self.days):
            _refuse(f"{where}: days must name each of {', '.join(DAYS)} at most once; correct them.")
        if self.closes <= self.opens:
            _refuse(
                f"{where}: closes {self.closes:%H:%M} is not later than opens {self.opens:%H:%M}; "
                "a window closes later on the same day."
            )
        midnight_to_opening = timedelta(hours=self.opens.hour, minutes=self.opens.minute)
        if not timedelta(0) <= self.early <= midnight_to_opening:
            _refuse(f"{where}: early must be a span that stays within the same day; shorten it.")


class Anchor(StrEnum):
    """From which point of a window a rung's moment is counted."""

    OPENING = "opening"
    HALF_WAY = "half-way"
    CLOSING = "closing"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: when, to whom, how urgent, and on which channel first."""

    step: Step
    anchor: Anchor
    to: tuple[Party, ...]
    before: timedelta = timedelta(0)
    urgent: bool = False
    next_channel: bool = False

    def moment(self, opens_at: datetime, closes_at: datetime) -> datetime:
        """Return the UTC instant at which the rung is due in a window, never before it opens."""
        if self.anchor is Anchor.OPENING:
            return opens_at
        if self.anchor is Anchor.HALF_WAY:
            return opens_at + (closes_at - opens_at) / 2
        return max(opens_at, closes_at - self.before)


@dataclass(frozen=True, slots=True)
class GapLadder:
    """Who hears of windows that nobody covers, before they open; times of day are local.

    ``warning``: told when a gap is found, and ``days_before`` at ``warning_at``. ``escalation``: told
    ``escalation_before`` the gap begins, and again at each hour of ``again_at`` until it is covered.
    """

    warning: tuple[Party, ...] = (Party.PIO,)
    days_before: tuple[int, ...] = (7, 3, 1)
    warning_at: time = time(9)
    escalation: tuple[Party, ...] = (Party.EXECUTIVE_DIRECTOR,)
    escalation_before: timedelta = timedelta(hours=24)
    again_at: tuple[time, ...] = (time(9), time(16))

    def __post_init__(self) -> None:
        """Refuse a ladder by which a gap would stay unheard of."""
        if Party.EXECUTIVE_DIRECTOR not in self.escalation:
            _refuse(
                "ladders.gap.escalation.to: the Executive Director must hear of it; "
                'add "executive_director".'
            )
        if not self.warning:
            _refuse('ladders.gap.warning.to: name at least one party; for example "pio".')
        if any(not 1 <= days <= LONGEST_HORIZON for days in self.days_before):
            _refuse(
                f"ladders.gap.warning.days_before: each must be from 1 to {LONGEST_HORIZON}; for example "
                "[7, 3, 1]."
            )
        if not timedelta(0) < self.escalation_before <= LONGEST_NOTICE:
            _refuse('ladders.gap.escalation.before: must be at most a week; for example "PT24H".')


@dataclass(frozen=True, slots=True)
class DutyLadder:
    """When a designee is asked again, who hears that nobody accepted, and when a duty is handed over."""

    again_after: timedelta = timedelta(hours=24)
    unconfirmed: tuple[Party, ...] = (Party.PIO,)
    unconfirmed_before: timedelta = timedelta(hours=24)
    hand_over_at: time = time(9)

    def __post_init__(self) -> None:
        """Refuse a ladder by which an unconfirmed designation would stay unheard of."""
        if not self.unconfirmed:
            _refuse('ladders.duty.unconfirmed.to: name at least one party; for example "pio".')
        if self.again_after <= timedelta(0) or self.unconfirmed_before <= timedelta(0):
            _refuse('ladders.duty: spans must be longer than nothing; for example "PT24H".')


@dataclass(frozen=True, slots=True)
class DigestLadder:
    """Who gets the digest of each weekday, by mail, and at which local time of day."""

    to: tuple[Party, ...] = (Party.PIO, Party.EXECUTIVE_DIRECTOR)
    at: time = time(7, 45)


@dataclass(frozen=True, slots=True)
class HealthLadder:
    """Who hears of technical failures, and of somebody who cannot be reached within ``days_ahead``."""

    to: tuple[Party, ...] = (Party.INFORMATION_SERVICES,)
    unreachable_soon: tuple[Party, ...] = (Party.PIO, Party.INFORMATION_SERVICES)
    days_ahead: int = 7

    def __post_init__(self) -> None:
        """Refuse a ladder by which a failure would stay unheard of."""
        if not self.to:
            _refuse('ladders.health.to: name at least one party; for example "information_services".')
        if not self.unreachable_soon:
            _refuse('ladders.health.unreachable_soon: name at least one party; for example "pio".')
        if not 1 <= self.days_ahead <= LONGEST_HORIZON:
            _refuse(f"ladders.health.days_ahead: must be from 1 to {LONGEST_HORIZON}; for example 7.")


@dataclass(frozen=True, slots=True)
class Ladders:
    """The steps of DOMAIN §5, and when a delivery goes another way.

    ``reminders`` stand in the order of escalation; ``confirm_within`` is how long an urgent message
    may stay unconfirmed before the next channel is used as well.
    """

    reminders: tuple[Rung, ...] = (
        Rung(Step.OPENING, Anchor.OPENING, (Party.RESPONSIBLE,)),
        Rung(Step.NUDGE, Anchor.HALF_WAY, (Party.RESPONSIBLE,), next_channel=True),
        Rung(
            Step.LAST_CALL,
            Anchor.CLOSING,
            (Party.RESPONSIBLE, Party.PIO),
            before=timedelta(minutes=30),
            urgent=True,
        ),
    )
    missed: Rung = Rung(
        Step.MISSED,
        Anchor.SETTLED,
        (Party.EXECUTIVE_DIRECTOR, Party.PIO, Party.MONITOR),
        urgent=True,
    )
    uncovered: Rung = Rung(Step.UNCOVERED, Anchor.OPENING, (Party.EXECUTIVE_DIRECTOR,), urgent=True)
    unattended: Rung = Rung(
        Step.UNATTENDED,
        Anchor.SETTLED,
        (Party.EXECUTIVE_DIRECTOR, Party.PIO, Party.INFORMATION_SERVICES),
        urgent=True,
    )
    unreachable: tuple[Party, ...] = (
        Party.PIO,
        Party.EXECUTIVE_DIRECTOR,
        Party.INFORMATION_SERVICES,
    )
    confirm_within: timedelta = timedelta(minutes=5)
    gap: GapLadder = field(default_factory=GapLadder)
    duty: DutyLadder = field(default_factory=DutyLadder)
    digest: DigestLadder = field(default_factory=DigestLadder)
    health: HealthLadder = field(default_factory=HealthLadder)

    def __post_init__(self) -> None:
        """Refuse ladders by which a missed or an uncovered window would stay unheard of."""
        for rung in (self.missed, self.uncovered, self.unattended):
            if Party.EXECUTIVE_DIRECTOR not in rung.to:
                _refuse(
                    f"ladders.window.{rung.step}.to: the Executive Director must hear of it; "
                    'add "executive_director".'
                )
        if not self.reminders or Party.RESPONSIBLE not in self.reminders[0].to:
            _refuse(
                'ladders.window.opening.to: whoever is responsible must be reminded; add "responsible".'
            )
        if not self.unreachable:
            _refuse("ladders.delivery.unreachable: name at least one party.")
        if self.confirm_within <= timedelta(0):
            _refuse('ladders.delivery.confirm_within: must be longer than nothing; for example "PT5M".')


@dataclass(frozen=True, slots=True)
class Policy:
    """The agency's interpretation of Policy 1004 §6, and the hours at which it may be told."""

    agency: Agency
    rules: tuple[Rule, ...]
    holidays: Holidays = field(default_factory=ListedHolidays)
    pio_is_away_on_holidays: bool = True
    minimum_cover: timedelta = timedelta(minutes=30)
    minimum_separation: timedelta = timedelta(hours=1)
    horizon_days: int = 60
    weekend_checks: int = 1
    waking_from: time = time(7)
    waking_until: time = time(21)
    notice_check_days: int = 7
    ladders: Ladders = field(default_factory=Ladders)

    def __post_init__(self) -> None:
        """Refuse a reading that the policy does not allow."""
        _check_names(self.rules)
        for day in DAYS:
            _check_overlap(day, _rules_on(self.rules, day))
        _check_demand(self.rules)
        _check_spans(self)

    @property
    def zone(self) -> ZoneInfo:
        """Return the agency's time zone."""
        return self.agency.zone

    def rules_on(self, day: date) -> tuple[Rule, ...]:
        """Return the rules that demand a window on a local date, in the order of opening."""
        return _rules_on(self.rules, DAYS[day.weekday()])

    def pio_is_away(self, day: date) -> bool:
        """Whether the PIO counts as away on a local date because it is a holiday."""
        return self.pio_is_away_on_holidays and self.holidays.name_on(day) is not None

    def meaning(self) -> dict[str, object]:
        """Return what windows are laid out from, as plain values: the body of a *reading*."""
        return {
            "time_zone": self.zone.key,
            "rules": [
                {
                    "name": rule.name,
                    "days": list(rule.days),
                    "opens": rule.opens.isoformat(),
                    "closes": rule.closes.isoformat(),
                    "early_seconds": int(rule.early.total_seconds()),
                }
                for rule in self.rules
            ],
            "minimum_cover_seconds": int(self.minimum_cover.total_seconds()),
            "minimum_separation_seconds": int(self.minimum_separation.total_seconds()),
            "weekend_checks": self.weekend_checks,
            "holidays": dict(self.holidays.meaning()),
            "pio_is_away_on_holidays": self.pio_is_away_on_holidays,
            "notice_check_days": self.notice_check_days,
        }

    def digest(self) -> str:
        """Return the SHA-256 of the meaning, in hexadecimal: two readings are one if these agree."""
        text = json.dumps(self.meaning(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _refuse(message: str) -> None:
    raise ConfigurationError(message)


def _rules_on(rules: Iterable[Rule], day: str) -> tuple[Rule, ...]:
    return tuple(sorted((r for r in rules if day in r.days), key=lambda rule: rule.opens))


def _check_names(rules: tuple[Rule, ...]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.name.lower() in seen:
            _refuse(f"rules: the name {rule.name!r} is used twice; rename one of the two rules.")
        seen.add(rule.name.lower())


def _check_overlap(day: str, rules: tuple[Rule, ...]) -> None:
    for earlier, later in itertools.pairwise(rules):
        if later.opens < earlier.closes:
            _refuse(
                f"rules: {earlier.name!r} and {later.name!r} overlap on {day}; "
                "let one close before the other opens."
            )


def _check_demand(rules: tuple[Rule, ...]) -> None:
    for day in WEEKDAYS:
        count = len(_rules_on(rules, day))
        if count < WINDOWS_A_WEEKDAY:
            _refuse(
                f"rules: {day} has {count} window{'' if count == 1 else 's'}; the policy (§6) asks for "
                "at least two on every weekday, add a rule for that day."
            )
    if not any(_rules_on(rules, day) for day in WEEKEND):
        _refuse("rules: no window on sat or sun; the policy (§6) asks for weekend checks, add a rule.")


def _check_spans(policy: Policy) -> None:
    if not timedelta(0) < policy.minimum_cover <= timedelta(hours=24):
        _refuse(
            'policy.minimum_cover: must be longer than nothing and at most a day; for example "PT30M".'
        )
    if not timedelta(0) <= policy.minimum_separation <= timedelta(hours=24):
        _refuse('policy.minimum_separation: must be between nothing and a day; for example "PT1H".')
    if not 1 <= policy.horizon_days <= LONGEST_HORIZON:
        _refuse(f"policy.horizon_days: must be from 1 to {LONGEST_HORIZON}; for example 60.")
    if policy.weekend_checks < 1:
        _refuse("policy.weekend_checks: must be at least 1, the policy (§6) asks for weekend checks.")
    if not 1 <= policy.notice_check_days <= LONGEST_HORIZON:
        _refuse(f"policy.notice_check_days: must be from 1 to {LONGEST_HORIZON}; for example 7.")
    if policy.waking_until <= policy.waking_from:
        _refuse('policy.waking_hours: must end later than they begin; for example "07:00-21:00".')
