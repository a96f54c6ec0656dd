"""A configuration that cannot be used is refused in one sentence: the field and the cure."""

from __future__ import annotations

import re

import pytest

from tests.cli.terminal import Terminal

MORNING = re.compile(r'\[\[rules\]\]\nname = "weekday-morning".*?(?=\[\[rules\]\])', re.DOTALL)
WEEKEND = re.compile(r'\[\[rules\]\]\nname = "weekend".*?(?=\[policy\])', re.DOTALL)

# What is done to the shipped file (old words and new ones), and what the sentence says of it.
CASES = [
    ("[policy]", "[polcy]", "polcy: is not a key that watchbill knows"),
    ("horizon_days = 60", "horizon_dais = 60", "policy.horizon_dais: is not a key"),
    ('short_name = "LCCS"', 'short_name = "LCCS"\nmotto = "x"', "agency.motto: is not a key"),
    ('opens = "08:30"', 'opens = "8:30"', 'rules[1].opens: is not a time of day; write it as "08:30"'),
    ('opens = "08:30"', 'opens = "25:00"', "rules[1].opens: is not a time of day"),
    ('opens = "08:30"', 'opens = "11:30"', "closes 11:30 is not later than opens 11:30"),
    ('closes = "18:00"', 'closes = "02:00"', "'weekend': closes 02:00 is not later than opens 10:00"),
    ('opens = "13:30"', 'opens = "11:00"', "'weekday-morning' and 'weekday-afternoon' overlap on mon"),
    ('name = "weekday-afternoon"', 'name = "weekday-morning"', "'weekday-morning' is used twice"),
    ('name = "weekday-afternoon"', 'name = "week/day"', "'week/day': a name is letters"),
    ('days = ["sat", "sun"]', 'days = ["sat", "Sonntag"]', "rules[3].days[2]: 'Sonntag' is not one of"),
    ('days = ["sat", "sun"]', "days = []", "'weekend': days is empty"),
    (
        'time_zone = "America/New_York"',
        'time_zone = "Ohio"',
        "agency.time_zone: 'Ohio' is not a time zone",
    ),
    ('time_zone = "America/New_York"', 'time_zone = "../etc"', "agency.time_zone: '../etc' is not"),
    (
        'minimum_cover = "PT30M"',
        'minimum_cover = "30 min"',
        "policy.minimum_cover: is not a span of time",
    ),
    ('minimum_cover = "PT30M"', 'minimum_cover = "P1Y"', "policy.minimum_cover: is not a span of time"),
    ('minimum_cover = "PT30M"', 'minimum_cover = "PT0S"', "policy.minimum_cover: must be longer"),
    ("minimum_cover = ", "minimum_cover = 30 #", "policy.minimum_cover: is not a span of time"),
    ("horizon_days = 60", 'horizon_days = "many"', "policy.horizon_days: must be a whole number"),
    ('again_after = "PT24H"', 'again_after = "P9999999D"', "again_after: must be at most 366 days"),
    (
        'confirm_within = "PT5M"',
        'confirm_within = "P99999999D"',
        "confirm_within: is not a span of time",
    ),
    ("days_before = [7, 3, 1]", "days_before = [9999999]", "days_before: each must be from 1 to 730"),
    ("days_ahead = 7", "days_ahead = 999999999", "health.days_ahead: must be from 1 to 730"),
    ("notice_check_days = 7", "notice_check_days = 99999999999", "notice_check_days: must be from 1"),
    ('origin = "http://127.0.0.1:8080"', 'origin = "http://a b"', "web.origin: is not an origin"),
    ('origin = "http://127.0.0.1:8080"', 'origin = "http://a:99999"', "web.origin: is not an origin"),
    (
        'from_address = "LCCS watchbill <watchbill@example.org>"',
        'from_address = "a@b.org, c@d.org"',
        "email.from_address: 'a@b.org, c@d.org' is not an address",
    ),
    ("horizon_days = 60", "horizon_days = 0", "policy.horizon_days: must be from 1 to"),
    ("weekend_checks = 1", "weekend_checks = 0", "policy.weekend_checks: must be at least 1"),
    (
        'waking_hours = "07:00-21:00"',
        'waking_hours = "7-21"',
        "policy.waking_hours: is not a span of hours",
    ),
    (
        'waking_hours = "07:00-21:00"',
        'waking_hours = "21:00-07:00"',
        "policy.waking_hours: must end later",
    ),
    ('country = "US"', 'country = "Ohio"', "holidays.country: 'Ohio'"),
    ('subdivision = "OH"', 'subdivision = "Toledo"', "subdivision 'Toledo' is not known"),
    ("remove = []", 'remove = ["Christmas"]', "holidays.remove[1]: "),
    ("pio_is_away = true", 'pio_is_away = "perhaps"', "holidays.pio_is_away: must be true or false"),
    ('at = "half-way"', 'at = "noon"', "ladders.window.nudge.at: 'noon' is not a moment"),
    ('"PT30M before closing"', '"PTxx before closing"', "is not a span of time"),
    (
        'to = ["executive_director"]',
        'to = ["pio"]',
        "ladders.window.uncovered.to: the Executive Director",
    ),
    (
        'to = ["responsible", "pio"]',
        'to = ["boss"]',
        "ladders.window.last_call.to[1]: 'boss' is not one of",
    ),
    (
        'confirm_within = "PT5M"',
        'confirm_within = "PT0S"',
        "ladders.delivery.confirm_within: must be longer",
    ),
    ("sqlite:///../watchbill.db", "mysql://x/y", "database.url: must begin with"),
    ('listen = "127.0.0.1:8080"', 'listen = "8080"', "web.listen: is not HOST:PORT"),
    ('listen = "127.0.0.1:8080"', 'listen = "127.0.0.1:99999"', "web.listen: is not HOST:PORT"),
    (
        'origin = "http://127.0.0.1:8080"',
        'origin = "watch.example.org"',
        "web.origin: is not an origin",
    ),
    ('origin = "http://127.0.0.1:8080"', 'origin = "https://a.org/x"', "web.origin: must be a scheme"),
    ('from_number = "+15005550006"', 'from_number = "five"', "sms.from_number: 'five' is not a phone"),
    ("poll_seconds = 20", "poll_seconds = 0", "sms.poll_seconds: "),
    ("port = 25", "port = 70000", "email.port: "),
    ('security = "none"', 'security = "ssl"', "email.security: 'ssl' is not one of"),
    ('username = ""', 'username = "kim"', "email.password: is missing, and email.username is set"),
    (
        'from_address = "LCCS watchbill <watchbill@example.org>"',
        'from_address = "watchbill"',
        "email.from_address: 'watchbill' is not an address",
    ),
    (
        'from_address = "LCCS watchbill <watchbill@example.org>"',
        'from_address = "LCCS watchbill <watchbill@bücher.example>"',
        "is not an address; write it as",
    ),
    ("[agency]\n", "[agency\n", "is not valid TOML"),
    ('name = "Lucas County Children Services"\n', "", "agency.name: is missing; add it"),
    ('short_name = "LCCS"', 'short_name = "A MUCH TOO LONG NAME"', "agency.short_name: "),
    ('roster = "roster.toml"', 'roster = "absent.toml"', "absent.toml: there is no such file"),
]


@pytest.mark.parametrize(("old", "new", "words"), CASES)
def test_the_sentence_names_the_field_and_the_cure(
    terminal: Terminal, old: str, new: str, words: str
) -> None:
    text = terminal.config.read_text(encoding="utf-8")
    assert old in text
    terminal.config.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert words in terminal.refuses("check-config")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (MORNING, "mon has 1 window; the policy (§6) asks for at least two on every weekday"),
        (WEEKEND, "no window on sat or sun; the policy (§6) asks for weekend checks"),
    ],
)
def test_less_than_the_policy_asks_for_is_refused(
    terminal: Terminal, rule: re.Pattern[str], words: str
) -> None:
    text = terminal.config.read_text(encoding="utf-8")
    terminal.config.write_text(rule.sub("", text), encoding="utf-8")
    assert words in terminal.refuses("check-config")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("WATCHBILL_WEB__LISTEN", "here", "web.listen: is not HOST:PORT"),
        ("WATCHBILL_WBE__LISTEN", "127.0.0.1:1", "wbe: is not a key"),
        ("WATCHBILL_WEB__LISTENS", "127.0.0.1:1", "web.listens: is not a key"),
        ("WATCHBILL_VERBOSE", "1", "verbose: is not a key"),
        ("WATCHBILL_POLICY__HORIZON_DAYS", "many", "policy.horizon_days: must be a whole number"),
        ("WATCHBILL_RULES__7__OPENS", "08:00", "WATCHBILL_RULES__7__OPENS: there is no entry 7"),
        ("WATCHBILL_AGENCY__NAME__FIRST", "x", "WATCHBILL_AGENCY__NAME__FIRST: names something below"),
        ("WATCHBILL_SMS__AUTH_TOKEN_FILE", "/no/such/file", "the file /no/such/file cannot be read"),
        ("WATCHBILL_SMS__PROVIDER", "twilio", "sms.account_sid: is missing"),
        ("WATCHBILL_SMS__PROVIDER", "pigeon", "sms.provider: 'pigeon' is not one of"),
    ],
)
def test_the_environment_is_checked_as_the_file_is(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    assert words in terminal.refuses("check-config")


@pytest.mark.parametrize("command", ["tick", "plan", "status", "run", "load config/roster.toml"])
def test_every_command_refuses_a_bad_configuration_alike(terminal: Terminal, command: str) -> None:
    terminal.edit("horizon_days = 60", "horizon_dais = 60")
    assert "policy.horizon_dais: is not a key" in terminal.refuses(*command.split())


def test_a_configuration_that_is_not_text_is_refused(terminal: Terminal) -> None:
    terminal.config.write_bytes(b"\xff\xfe\x00")
    assert "is not valid TOML" in terminal.refuses("check-config")
