"""The tables and keys of the configuration file, each held to what it may be.

Unknown keys are errors. Called by settings alone.
"""

import re
from datetime import date, time, timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from watchbill.core.policy import Anchor, Ladders, Rung
from watchbill.core.reasons import Party, Step
from watchbill.errors import ConfigurationError

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
LONGEST_ORIGIN = 80
LONGEST_SHORT_NAME = 15
TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
SENDER_NUMBER = re.compile(r"\+[1-9]\d{6,14}|\d{5,6}")
BEFORE_CLOSING = re.compile(r"(P\S+) before closing")
DAY_WORDS = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _time_of_day(value: object) -> object:
    if isinstance(value, str) and TIME_OF_DAY.fullmatch(value):
        return time.fromisoformat(value)
    if isinstance(value, time):
        return value
    raise ValueError('is not a time of day; write it as "08:30"')


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str) and re.fullmatch(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?", value):
        return value
    raise ValueError('is not a span of time; write it as "PT30M" (30 minutes) or "PT1H" (an hour)')


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]


class Section(BaseModel):
    """A table of the file; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AgencySection(Section):
    """``[agency]``: who the watch is kept for."""

    name: str = Field(min_length=1)
    short_name: str = Field(min_length=1, max_length=LONGEST_SHORT_NAME)
    time_zone: str
    contact_lines: tuple[str, ...] = ()
    policy_name: str = Field(default="the social media policy", min_length=1, max_length=80)
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

    adopted_by: str = "operator"
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
    name: str


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


class LaddersSection(Section):
    """``[ladders]``: the steps of escalation."""

    window: WindowLadder = WindowLadder()
    delivery: DeliveryLadder = DeliveryLadder()

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
        )


def _with_parties(rung: Rung, step: EscalationStep) -> Rung:
    return Rung(rung.step, rung.anchor, step.to, urgent=rung.urgent)


class DatabaseSection(Section):
    """``[database]``: where the record is kept."""

    url: str = "sqlite:///watchbill.db"

    @field_validator("url")
    @classmethod
    def _known(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "sqlite://", "postgresql+psycopg://")):
            raise ValueError('must begin with "sqlite:///" or "postgresql+psycopg://"')
        return value


class WebSection(Section):
    """``[web]``: where the pages are served, and how they are reached."""

    listen: str = "127.0.0.1:8080"
    origin: str = "http://127.0.0.1:8080"
    links: bool | None = None

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
        if parts.scheme not in ("http", "https") or not parts.hostname:
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
        name, address = parseaddr(value)
        try:
            Address(display_name=name, addr_spec=address)
        except (ValueError, IndexError, HeaderParseError):
            address = ""
        local, _, domain = address.partition("@")
        if not local or not domain or not value.isprintable() or " " in address:
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
