"""The tables ``[ladders.*]`` of the configuration file: who is told, and when. Called by sections alone."""

import re
from datetime import time, timedelta
from typing import Literal

from pydantic import BaseModel, ValidationError

from watchbill.core.policy import (
    Anchor,
    DigestLadder,
    DutyLadder,
    GapLadder,
    HealthLadder,
    Ladders,
    Rung,
)
from watchbill.core.reasons import Party, Step
from watchbill.errors import ConfigurationError
from watchbill.section_values import Duration, Section, TimeOfDay

BEFORE_CLOSING = re.compile(r"(P\S+) before closing")


class ReminderStep(Section):
    """A line of ``[ladders.window]``."""

    at: str
    to: tuple[Party, ...] = (Party.RESPONSIBLE,)
    urgent: bool = False
    channel: Literal["first", "next"] = "first"

    def rung(self, step: Step) -> Rung:
        """Return the rung that the line stands for."""
        anchors = {"opening": Anchor.OPENING, "half-way": Anchor.HALF_WAY}
        before = timedelta(0)
        match = BEFORE_CLOSING.fullmatch(self.at)
        if match is not None:
            before = timedelta(seconds=_seconds(match[1]))
        elif self.at not in anchors:
            raise ConfigurationError(
                f"ladders.window.{step}.at: {self.at!r} is not a moment; write "
                '"opening", "half-way" or "PT30M before closing".'
            )
        anchor = anchors.get(self.at, Anchor.CLOSING)
        following = self.channel == "next"
        return Rung(step, anchor, self.to, before, urgent=self.urgent, next_channel=following)


def _seconds(text: str) -> float:
    class _One(BaseModel):
        span: Duration

    try:
        return _One(span=text).span.total_seconds()  # type: ignore[arg-type]
    except ValidationError:
        raise ConfigurationError(
            f'ladders.window: {text!r} is not a span of time; write it as "PT30M".'
        ) from None


class EscalationStep(Section):
    """A line of ``[ladders.window]`` that is due when a window is settled or uncovered."""

    to: tuple[Party, ...]


class WindowLadder(Section):
    """``[ladders.window]``: what follows a window."""

    opening: ReminderStep = ReminderStep(at="opening")
    nudge: ReminderStep = ReminderStep(at="half-way", channel="next")
    last_call: ReminderStep = ReminderStep(
        at="PT30M before closing", to=(Party.RESPONSIBLE, Party.PIO), urgent=True
    )
    missed: EscalationStep = EscalationStep(to=(Party.EXECUTIVE_DIRECTOR, Party.PIO, Party.MONITOR))
    uncovered: EscalationStep = EscalationStep(to=(Party.EXECUTIVE_DIRECTOR,))
    unattended: EscalationStep = EscalationStep(
        to=(Party.EXECUTIVE_DIRECTOR, Party.PIO, Party.INFORMATION_SERVICES)
    )


class DeliveryLadder(Section):
    """``[ladders.delivery]``: when a message goes another way."""

    confirm_within: Duration = timedelta(minutes=5)
    unreachable: tuple[Party, ...] = (
        Party.PIO,
        Party.EXECUTIVE_DIRECTOR,
        Party.INFORMATION_SERVICES,
    )


class GapWarning(Section):
    """The line of ``[ladders.gap]`` for the PIO."""

    to: tuple[Party, ...] = (Party.PIO,)
    days_before: tuple[int, ...] = (7, 3, 1)
    at: TimeOfDay = time(9)


class GapEscalation(Section):
    """The line of ``[ladders.gap]`` for the ED."""

    to: tuple[Party, ...] = (Party.EXECUTIVE_DIRECTOR,)
    before: Duration = timedelta(hours=24)
    again_at: tuple[TimeOfDay, ...] = (time(9), time(16))


class GapSection(Section):
    """``[ladders.gap]``: what follows windows that nobody covers."""

    warning: GapWarning = GapWarning()
    escalation: GapEscalation = GapEscalation()

    def ladder(self) -> GapLadder:
        """Return the ladder that the section stands for."""
        return GapLadder(
            warning=self.warning.to,
            days_before=self.warning.days_before,
            warning_at=self.warning.at,
            escalation=self.escalation.to,
            escalation_before=self.escalation.before,
            again_at=self.escalation.again_at,
        )


class UnconfirmedStep(Section):
    """The line of ``[ladders.duty]`` for a designation that nobody has accepted."""

    to: tuple[Party, ...] = (Party.PIO,)
    before: Duration = timedelta(hours=24)


class DutySection(Section):
    """``[ladders.duty]``: what follows a designation."""

    again_after: Duration = timedelta(hours=24)
    unconfirmed: UnconfirmedStep = UnconfirmedStep()
    hand_over_at: TimeOfDay = time(9)

    def ladder(self) -> DutyLadder:
        """Return the ladder that the section stands for."""
        return DutyLadder(
            again_after=self.again_after,
            unconfirmed=self.unconfirmed.to,
            unconfirmed_before=self.unconfirmed.before,
            hand_over_at=self.hand_over_at,
        )


class DigestSection(Section):
    """``[ladders.digest]``: the mail of each weekday."""

    to: tuple[Party, ...] = (Party.PIO, Party.EXECUTIVE_DIRECTOR)
    at: TimeOfDay = time(7, 45)


class HealthSection(Section):
    """``[ladders.health]``: who hears of what fails."""

    to: tuple[Party, ...] = (Party.INFORMATION_SERVICES,)
    unreachable_soon: tuple[Party, ...] = (Party.PIO, Party.INFORMATION_SERVICES)
    days_ahead: int = 7


class LaddersSection(Section):
    """``[ladders]``: the steps of escalation."""

    window: WindowLadder = WindowLadder()
    delivery: DeliveryLadder = DeliveryLadder()
    gap: GapSection = GapSection()
    duty: DutySection = DutySection()
    digest: DigestSection = DigestSection()
    health: HealthSection = HealthSection()

    def ladders(self) -> Ladders:
        """Return the ladders that the section stands for."""
        window, delivery = self.window, self.delivery
        shipped = Ladders()
        return Ladders(
            reminders=(
                window.opening.rung(Step.OPENING),
                window.nudge.rung(Step.NUDGE),
                window.last_call.rung(Step.LAST_CALL),
            ),
            missed=_with_parties(shipped.missed, window.missed),
            uncovered=_with_parties(shipped.uncovered, window.uncovered),
            unattended=_with_parties(shipped.unattended, window.unattended),
            unreachable=delivery.unreachable,
            confirm_within=delivery.confirm_within,
            gap=self.gap.ladder(),
            duty=self.duty.ladder(),
            digest=DigestLadder(to=self.digest.to, at=self.digest.at),
            health=HealthLadder(
                to=self.health.to,
                unreachable_soon=self.health.unreachable_soon,
                days_ahead=self.health.days_ahead,
            ),
        )


def _with_parties(rung: Rung, step: EscalationStep) -> Rung:
    return Rung(rung.step, rung.anchor, step.to, urgent=rung.urgent)
