"""The tables and keys of the configuration file, each held to what it may be.

Unknown keys are errors. Called by settings alone.
"""

import re
from datetime import date, timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import getaddresses, parseaddr
from typing import Literal
from urllib.parse import urlsplit

from pydantic import (
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from watchbill.ladder_sections import LaddersSection
from watchbill.section_values import TIME_OF_DAY, Duration, OneLine, Section, TimeOfDay

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
LONGEST_ORIGIN = 80
LONGEST_SHORT_NAME = 15
SENDER_NUMBER = re.compile(r"\+[1-9]\d{6,14}|\d{5,6}")
METRICS_KEY = re.compile(r"[A-Za-z0-9._~+/=-]{20,200}")  # a token of RFC 6750
DAY_WORDS = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class AgencySection(Section):
    """``[agency]``: who the watch is kept for."""

    name: OneLine = Field(min_length=1, max_length=120)
    short_name: OneLine = Field(min_length=1, max_length=LONGEST_SHORT_NAME)
    time_zone: str
    contact_lines: tuple[OneLine, ...] = ()
    policy_name: OneLine = Field(default="the social media policy", min_length=1, max_length=80)
    roster: str | None = None


class RuleSection(Section):
    """``[[rules]]``: a recurring demand."""

    name: str
    days: tuple[DAY_WORDS, ...]
    opens: TimeOfDay
    closes: TimeOfDay
    early: Duration = timedelta(0)


class PolicySection(Section):
    """``[policy]``: the agency's interpretation of the policy."""

    adopted_by: OneLine = "operator"
    minimum_cover: Duration = timedelta(minutes=30)
    minimum_separation: Duration = timedelta(hours=1)
    horizon_days: int = 60
    weekend_checks: int = 1
    waking_hours: str = "07:00-21:00"
    notice_check_days: int = 7

    @field_validator("waking_hours")
    @classmethod
    def _two_times(cls, value: str) -> str:
        first, _, last = value.partition("-")
        if not TIME_OF_DAY.fullmatch(first) or not TIME_OF_DAY.fullmatch(last):
            raise ValueError('is not a span of hours; write it as "07:00-21:00"')
        return value


class NamedHoliday(Section):
    """A holiday with a name."""

    date: date
    name: OneLine


class HolidaysSection(Section):
    """``[holidays]``: on which days the PIO counts as away."""

    country: str | None = None
    subdivision: str | None = None
    add: tuple[date | NamedHoliday, ...] = ()
    remove: tuple[date, ...] = ()
    pio_is_away: bool = True

    @field_validator("subdivision")
    @classmethod
    def _of_a_country(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("country") is None:
            raise ValueError('needs a country beside it; write country = "US"')
        return value


class DatabaseSection(Section):
    """``[database]``: where the record is kept."""

    url: str = "sqlite:///watchbill.db"

    @field_validator("url")
    @classmethod
    def _known(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "sqlite://", "postgresql+psycopg://")):
            raise ValueError('must begin with "sqlite:///" or "postgresql+psycopg://"')
        if value.startswith("sqlite:") and value.partition("///")[2] in ("", ":memory:"):
            raise ValueError('must name a file, for the record is kept: "sqlite:///watchbill.db"')
        return value


class WebSection(Section):
    """``[web]``: where the pages are served, and how they are reached."""

    listen: str = "127.0.0.1:8080"
    origin: str = "http://127.0.0.1:8080"
    links: bool | None = None
    metrics_key: SecretStr = SecretStr("")

    @field_validator("metrics_key")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value()
        if key and not METRICS_KEY.fullmatch(key):
            raise ValueError(
                "must be at least 20 letters, digits and hyphens, without spaces; "
                "make one with `openssl rand -hex 16`"
            )
        return value

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 <= int(port) <= 65535:  # noqa: PLR2004 - ports
            raise ValueError('is not HOST:PORT; write it as "127.0.0.1:8080"')
        return value

    @field_validator("origin")
    @classmethod
    def _plain_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        try:
            known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:  # a port that is none
            known = False
        if not known or " " in value or not value.isprintable():
            raise ValueError('is not an origin; write it as "https://watch.example.org"')
        if parts.path.rstrip("/") or parts.query or parts.fragment or len(value) > LONGEST_ORIGIN:
            raise ValueError(f"must be a scheme and a host alone, at most {LONGEST_ORIGIN} characters")
        return value.rstrip("/")

    @property
    def host(self) -> str:
        """Return the address to listen on."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """Return the port to listen on; 0 lets the system choose."""
        return int(self.listen.rpartition(":")[2])

    @property
    def origin_is_loopback(self) -> bool:
        """Whether links would work on this machine alone."""
        return (urlsplit(self.origin).hostname or "") in LOOPBACK


class SmsSection(Section):
    """``[sms]``: how texts are sent."""

    provider: Literal["console", "twilio"] = "console"
    account_sid: str = ""
    auth_token: SecretStr = SecretStr("")
    from_number: str = ""
    messaging_service_sid: str = ""
    api_base: str = "https://api.twilio.com"
    poll_seconds: int = Field(default=20, ge=1, le=3600)
    settling_seconds: int = Field(default=60, ge=1, le=3600)
    web_hook: bool = False

    @field_validator("api_base")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f'{value!r} is not an address; write it as "https://api.twilio.com"')
        return value.rstrip("/")

    @field_validator("from_number")
    @classmethod
    def _number(cls, value: str) -> str:
        if value and not SENDER_NUMBER.fullmatch(value):
            raise ValueError(f"{value!r} is not a phone number; write it as +14195550100")
        return value


class EmailSection(Section):
    """``[email]``: how mail is sent."""

    provider: Literal["console", "smtp"] = "console"
    host: str = Field(default="localhost", min_length=1)
    port: int = Field(default=25, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "none"
    username: str = ""
    password: SecretStr = SecretStr("")
    from_address: str = "watchbill <watchbill@localhost>"

    @field_validator("from_address")
    @classmethod
    def _sender(cls, value: str) -> str:
        several = len(getaddresses([value])) > 1
        name, address = parseaddr(value)
        try:
            Address(display_name=name, addr_spec=address)
        except (ValueError, IndexError, HeaderParseError):
            address = ""
        local, _, domain = address.partition("@")
        written = value.isprintable() and address.isascii() and " " not in address
        if not local or not domain or not written or several:
            raise ValueError(
                f"{value!r} is not an address; write it as 'watchbill <watchbill@example.org>', "
                "with quotation marks round a name that has a comma"
            )
        return value


class Settings(Section):
    """The whole file."""

    agency: AgencySection
    rules: tuple[RuleSection, ...]
    policy: PolicySection = PolicySection()
    holidays: HolidaysSection = HolidaysSection()
    ladders: LaddersSection = LaddersSection()
    database: DatabaseSection = DatabaseSection()
    web: WebSection = WebSection()
    sms: SmsSection = SmsSection()
    email: EmailSection = EmailSection()
