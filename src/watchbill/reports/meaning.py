"""What a configuration means in plain words, for `check-config` and the page of the settings.

Secrets never: no password, no token, no key, and nothing of an address but what a person needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import make_url

from watchbill.core.instants import dates, local_date
from watchbill.core.policy import Policy, Rule
from watchbill.core.reasons import Party
from watchbill.settings import Configuration
from watchbill.store.engine import absolute

YEAR = timedelta(days=365)
DAY_NAMES = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact: a sentence, and the items that it introduces."""

    sentence: str
    items: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return it as a terminal shows it."""
        return [self.sentence, *(f"  {item}" for item in self.items)]


def meaning(configuration: Configuration, now: datetime) -> tuple[Statement, ...]:
    """Return what a configuration means, a statement a fact; the holidays are those of a year from ``now``."""
    policy = configuration.policy
    agency = policy.agency
    return (
        Statement(f"{agency.name} ({agency.short_name}), times in {policy.zone.key}."),
        Statement("The pages are to be viewed:", tuple(_rule(rule) for rule in policy.rules)),
        _covered(policy.minimum_cover),
        _compliant(policy.minimum_separation, policy.weekend_checks),
        Statement(
            f"Messages wait outside {policy.waking_from:%H:%M}-{policy.waking_until:%H:%M}, unless a window "
            "opens within two hours."
        ),
        _told(policy),
        _holidays(policy, now),
        *(Statement(line) for line in _providers(configuration)),
    )


def meaning_of_reading(kept: Mapping[str, Any]) -> tuple[Statement, ...]:
    """Return what an earlier reading meant, from the plain values that the record keeps of it."""
    rules = tuple(_rule(_rule_of(values)) for values in kept["rules"])
    away = kept["pio_is_away_on_holidays"]
    return (
        Statement(f"The pages were to be viewed, times in {kept['time_zone']}:", rules),
        _covered(timedelta(seconds=kept["minimum_cover_seconds"])),
        _compliant(timedelta(seconds=kept["minimum_separation_seconds"]), kept["weekend_checks"]),
        Statement(f"On holidays the PIO counted as {'away' if away else 'there'}."),
    )


def _rule_of(values: Mapping[str, Any]) -> Rule:
    opens, closes = (time.fromisoformat(values[name]) for name in ("opens", "closes"))
    early = timedelta(seconds=values["early_seconds"])
    return Rule(values["name"], tuple(values["days"]), opens, closes, early)


def _covered(cover: timedelta) -> Statement:
    return Statement(f"A window is covered by whoever is responsible for {_span(cover)} of it.")


def _compliant(apart: timedelta, weekend_checks: int) -> Statement:
    return Statement(
        f"A weekday is compliant with two viewings, {_span(apart)} apart; a weekend with {weekend_checks}."
    )


def _rule(rule: Rule) -> str:
    days = ", ".join(DAY_NAMES[day] for day in rule.days)
    early = f", counting from {_span(rule.early)} before" if rule.early else ""
    return f"{rule.name}: {rule.opens:%H:%M} to {rule.closes:%H:%M} on {days}{early}"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(f"{hours} hour{'' if hours == 1 else 's'}")
    if rest or not hours:
        parts.append(f"{rest} minutes")
    return " ".join(parts)


def _told(policy: Policy) -> Statement:
    lines = []
    for rung in policy.ladders.reminders:
        before = f" {_span(rung.before)} before" if rung.before else ""
        lines.append(f"{rung.step}: to {_parties(rung.to)}, at{before} {rung.anchor}")
    escalations = (policy.ladders.missed, policy.ladders.uncovered, policy.ladders.unattended)
    lines += [f"{rung.step}: to {_parties(rung.to)}" for rung in escalations]
    gap, duty, digest = policy.ladders.gap, policy.ladders.duty, policy.ladders.digest
    health = policy.ladders.health
    days = ", ".join(str(number) for number in sorted(gap.days_before, reverse=True))
    again = " and ".join(f"{at:%H:%M}" for at in gap.again_at)
    lines += [
        f"gap found: to {_parties(gap.warning)}, and {days} days before at {gap.warning_at:%H:%M}",
        (
            f"gap not covered: to {_parties(gap.escalation)}, {_span(gap.escalation_before)} before, "
            f"then at {again}"
        ),
        (
            f"designation not accepted: asked again after {_span(duty.again_after)}; to "
            f"{_parties(duty.unconfirmed)}, {_span(duty.unconfirmed_before)} before it begins"
        ),
        f"hand-over: to both sides by mail, a working day before at {duty.hand_over_at:%H:%M}",
        f"digest: to {_parties(digest.to)} by mail, each weekday at {digest.at:%H:%M}",
        (
            f"cannot be reached: to {_parties(health.unreachable_soon)}, {health.days_ahead} days ahead; "
            f"technical failures: to {_parties(health.to)}"
        ),
    ]
    return Statement("Who is told:", tuple(lines))


def _parties(parties: tuple[Party, ...]) -> str:
    return ", ".join(party.replace("_", " ") for party in parties)


def _holidays(policy: Policy, now: datetime) -> Statement:
    today = local_date(now, policy.zone)
    named = tuple(
        f"{day} {name}"
        for day in dates(today, today + YEAR)
        if (name := policy.holidays.name_on(day)) is not None
    )
    if not policy.pio_is_away_on_holidays:
        return Statement("On holidays the PIO counts as there.")
    if not named:
        return Statement(
            "There are no holidays in the coming year: set holidays.country and subdivision, or add them."
        )
    return Statement(
        "On these holidays the PIO counts as away, and somebody must be designated:", named
    )


def _providers(configuration: Configuration) -> list[str]:
    given = configuration.settings
    lines = [
        f"Texts go by {given.sms.provider}, mail by {given.email.provider}"
        + (f" ({given.email.host}:{given.email.port})" if given.email.provider == "smtp" else "")
        + ".",
        (
            "People may answer by text; replies are asked for every "
            f"{given.sms.poll_seconds} seconds{' and taken by web hook' if given.sms.web_hook else ''}."
            if configuration.replies
            else "Nobody can answer by text; everything stands behind the links in the mails."
        ),
        f"Pages are served on {given.web.listen} and reached at {given.web.origin}.",
        f"The record is kept at {_without_password(configuration)}.",
    ]
    if not configuration.links:
        lines.append(
            "Messages carry no links: web.origin would be dead on a phone. Set web.origin to an address "
            "that phones reach, or web.links."
        )
    return lines


def _without_password(configuration: Configuration) -> str:
    url = absolute(configuration.settings.database.url, configuration.folder)
    return make_url(url).set(query={}).render_as_string(hide_password=True)
