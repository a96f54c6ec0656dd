"""The configuration file, the environment and credentials, read into settings and a policy.

Promises one sentence of refusal, naming the field and the cure, for anything that cannot be used.
Reads nothing but the file, the environment and the secrets that they name.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from watchbill.core.policy import Agency, Policy, Rule
from watchbill.errors import ConfigurationError, WatchbillError
from watchbill.holiday_calendar import AgencyHolidays
from watchbill.overrides import apply_overrides
from watchbill.sections import HolidaysSection, NamedHoliday, Settings

DEFAULT_PLACES = (Path("config/watchbill.toml"), Path("/etc/watchbill/watchbill.toml"))


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a command works with: the settings, the policy that they mean, and where they came from."""

    settings: Settings
    policy: Policy
    path: Path

    @property
    def holidays(self) -> AgencyHolidays:
        """Return the agency's holidays."""
        if not isinstance(self.policy.holidays, AgencyHolidays):
            raise TypeError("a configuration's holidays come from its file")
        return self.policy.holidays

    @property
    def folder(self) -> Path:
        """Return the folder that relative paths start from."""
        return self.path.parent

    @property
    def roster_path(self) -> Path | None:
        """Return the roster file that an empty database is filled from, if one is named."""
        name = self.settings.agency.roster
        return None if name is None else self.folder / name

    @property
    def replies(self) -> bool:
        """Whether people can answer by text, and what they answer is read."""
        return self.settings.sms.provider == "twilio"

    @property
    def links(self) -> bool:
        """Whether messages carry links: not where they would be dead on a phone (CONTRACT, web)."""
        settings = self.settings
        if settings.web.links is not None:
            return settings.web.links
        real = settings.sms.provider != "console" or settings.email.provider != "console"
        return not (settings.web.origin_is_loopback and real)


def find(given: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the configuration file: the one given, ``WATCHBILL_CONFIG``, or the first default place."""
    named = given or (Path(value) if (value := environment.get("WATCHBILL_CONFIG")) else None)
    if named is not None:
        return named.absolute()
    for place in DEFAULT_PLACES:
        if place.is_file():
            return place.absolute()
    raise ConfigurationError(
        "--config: there is no config/watchbill.toml here and no /etc/watchbill/watchbill.toml; "
        "name the file, or make one with `watchbill init`."
    )


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Configuration:
    """Return the configuration in a file, overridden from the environment; or refuse in one sentence."""
    raw = read_toml(path)
    named = apply_overrides(raw, Settings, environment)
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        unknown = error.errors()[0]["type"] == "extra_forbidden"
        where = _said_by(field, named, within=unknown) or path
        raise ConfigurationError(f"{where}: {explain(error)}") from None
    try:
        policy = _policy(settings)
        _check_providers(settings)
    except WatchbillError as error:
        where = _said_by(error.message.partition(":")[0], named) or path
        raise ConfigurationError(f"{where}: {error.message}") from None
    return Configuration(settings, policy, path)


def _said_by(field: str, named: Mapping[str, str], *, within: bool = False) -> str | None:
    """Return the variable that set a key, ``within``: or one below it; ``None`` where the file did."""
    return next(
        (
            name
            for key, name in named.items()
            if f"{field}.".startswith(f"{key}.") or (within and key.startswith(f"{field}."))
        ),
        None,
    )


def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file; raise ``ConfigurationError`` where it cannot be read."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file; name one that exists.") from None
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: is not valid TOML ({error}); mend that line.") from None


CURES = {
    "extra_forbidden": "is not a key that watchbill knows; remove it, or correct its spelling",
    "missing": "is missing; add it",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "string_type": "must be text in quotes",
    "tuple_type": "must be a list in square brackets",
}


def explain(error: ValidationError) -> str:
    """Return one sentence for the first thing that is wrong: the field and the cure."""
    first = error.errors()[0]
    field = "".join(
        f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in first["loc"]
    ).lstrip(".")
    words = CURES.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    for raw in ("Input should", "String should", "Value should", "Tuple should"):
        words = words.replace(raw, "must")
    if first["type"] in ("enum", "literal_error"):
        expected = first.get("ctx", {}).get("expected", "")
        words = f"{first['input']!r} is not one of {expected}"
    return f"{field}: {words}."


def _policy(settings: Settings) -> Policy:
    first, _, last = settings.policy.waking_hours.partition("-")
    return Policy(
        agency=Agency(
            name=settings.agency.name,
            short_name=settings.agency.short_name,
            zone=_zone(settings.agency.time_zone),
            contact_lines=settings.agency.contact_lines,
            policy_name=settings.agency.policy_name,
        ),
        rules=tuple(
            Rule(rule.name, rule.days, rule.opens, rule.closes, rule.early) for rule in settings.rules
        ),
        holidays=_holidays(settings.holidays),
        pio_is_away_on_holidays=settings.holidays.pio_is_away,
        minimum_cover=settings.policy.minimum_cover,
        minimum_separation=settings.policy.minimum_separation,
        horizon_days=settings.policy.horizon_days,
        weekend_checks=settings.policy.weekend_checks,
        waking_from=time.fromisoformat(first),
        waking_until=time.fromisoformat(last),
        notice_check_days=settings.policy.notice_check_days,
        ladders=settings.ladders.ladders(),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigurationError(
            f"agency.time_zone: {name!r} is not a time zone; write it as America/New_York."
        ) from None


def _holidays(section: HolidaysSection) -> AgencyHolidays:
    added = {
        day.date if isinstance(day, NamedHoliday) else day: day.name
        if isinstance(day, NamedHoliday)
        else "Agency holiday"
        for day in section.add
    }
    return AgencyHolidays(section.country, section.subdivision, added, frozenset(section.remove))


def _check_providers(settings: Settings) -> None:
    sms, email = settings.sms, settings.email
    if sms.provider == "twilio":
        for field, value in (
            ("account_sid", sms.account_sid),
            ("auth_token", sms.auth_token.get_secret_value()),
        ):
            if not value:
                raise ConfigurationError(
                    f'sms.{field}: is missing, and sms.provider is "twilio"; set '
                    f"WATCHBILL_SMS__{field.upper()}, or a file in WATCHBILL_SMS__{field.upper()}_FILE."
                )
        if not sms.from_number and not sms.messaging_service_sid:
            raise ConfigurationError(
                "sms.from_number: is missing; give the agency's number as +14195550100, or a "
                "messaging_service_sid."
            )
    if email.username and not email.password.get_secret_value():
        raise ConfigurationError(
            "email.password: is missing, and email.username is set; set WATCHBILL_EMAIL__PASSWORD, "
            "or a file in WATCHBILL_EMAIL__PASSWORD_FILE."
        )
