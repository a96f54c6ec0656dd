"""The configuration file: every key is shown, every key is known, and what it means."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from watchbill.cli.setup import BESIDE, _configuration_text
from watchbill.core.policy import Anchor, Ladders
from watchbill.core.reasons import Step
from watchbill.errors import ConfigurationError
from watchbill.ladder_sections import LaddersSection
from watchbill.sections import Settings
from watchbill.settings import find, load

SHIPPED = Path(__file__).resolve().parents[1] / "config" / "watchbill.toml"
SHOWN_IN_A_COMMENT = {"web.links"}
LEFT_AT_THEIR_DEFAULTS = {  # what a step of the ladders may say besides what the shipped one says
    f"ladders.window.{step}.{key}"
    for step in ("opening", "nudge", "last_call")
    for key in ("urgent", "channel")
}


def keys_of(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        kinds = [field.annotation, *get_args(field.annotation)]
        inner = [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]
        if inner and name != "add":
            yield from keys_of(inner[0], f"{path}{name}.")
        else:
            yield path + name


def keys_in(values: dict[str, Any], path: str = "") -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from keys_in(value, f"{path}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict) and name != "add":
            for entry in value:
                yield from keys_in(entry, f"{path}{name}.")
        else:
            yield path + name


def shipped() -> dict[str, Any]:
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def written(folder: Path, text: str) -> Path:
    file = folder / "watchbill.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_key_of_the_shipped_file_is_known() -> None:
    assert set(keys_in(shipped())) <= set(keys_of(Settings))


def test_every_key_stands_in_the_shipped_file() -> None:
    missing = set(keys_of(Settings)) - set(keys_in(shipped())) - LEFT_AT_THEIR_DEFAULTS
    assert missing == SHOWN_IN_A_COMMENT
    assert "\n# links = true" in SHIPPED.read_text(encoding="utf-8")


def test_the_shipped_ladders_are_the_defaults_of_the_code() -> None:
    section = LaddersSection.model_validate(shipped()["ladders"])
    assert section == LaddersSection()
    assert section.ladders() == Ladders()
    assert load(SHIPPED, {}).policy.ladders == Ladders()


def test_the_shipped_file_means_what_the_policy_of_the_agency_asks_for() -> None:
    policy = load(SHIPPED, {}).policy
    assert [(r.name, r.opens, r.closes, r.early) for r in policy.rules] == [
        ("weekday-morning", time(8, 30), time(11, 30), timedelta(minutes=30)),
        ("weekday-afternoon", time(13, 30), time(16, 30), timedelta(minutes=30)),
        ("weekend", time(10), time(18), timedelta(minutes=30)),
    ]
    assert (policy.waking_from, policy.waking_until) == (time(7), time(21))
    assert policy.holidays.name_on(date(2026, 11, 27)) == "Day after Thanksgiving"


def test_the_starter_file_is_valid_and_says_the_same_but_for_the_agency(tmp_path: Path) -> None:
    text = _configuration_text("The Agency", "TA", "Europe/Berlin", BESIDE)
    configuration = load(written(tmp_path, text), {})
    example = load(SHIPPED, {})
    assert configuration.settings.agency.name == "The Agency"
    for section in ("rules", "policy", "ladders", "sms"):
        assert getattr(configuration.settings, section) == getattr(example.settings, section)
    assert set(keys_in(tomllib.loads(text))) | {"holidays.country", "holidays.subdivision"} == set(
        keys_in(shipped())
    ) | {"agency.contact_lines"}


def test_a_file_with_nothing_but_agency_and_rules_is_enough(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    head = text[: text.index("[policy]")]
    configuration = load(written(tmp_path, head), {})
    assert configuration.policy.ladders == Ladders()
    assert configuration.settings.web.listen == "127.0.0.1:8080"
    assert configuration.policy.holidays.name_on(date(2026, 12, 25)) is None


def test_a_changed_ladder_is_taken_over(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("PT30M before closing", "PT1H15M before closing")
    last_call = load(written(tmp_path, text), {}).policy.ladders.reminders[2]
    assert (last_call.step, last_call.anchor) == (Step.LAST_CALL, Anchor.CLOSING)
    assert last_call.before == timedelta(minutes=75)


def test_secrets_do_not_show_where_settings_are_printed(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace('auth_token = ""', 'auth_token = "hush-hush"')
    assert "hush-hush" not in repr(load(written(tmp_path, text), {}))


@pytest.mark.parametrize(
    ("origin", "provider", "links", "expected"),
    [
        ("http://127.0.0.1:8080", "console", None, True),
        ("http://127.0.0.1:8080", "smtp", None, False),
        ("http://localhost", "smtp", None, False),
        ("http://[::1]:8080", "smtp", None, False),
        ("https://watch.example.org", "smtp", None, True),
        ("http://127.0.0.1:8080", "smtp", "true", True),
        ("https://watch.example.org", "smtp", "false", False),
    ],
)
def test_links_are_sent_where_a_phone_can_open_them(
    origin: str, provider: str, links: str | None, *, expected: bool
) -> None:
    environment = {"WATCHBILL_WEB__ORIGIN": origin, "WATCHBILL_EMAIL__PROVIDER": provider}
    if links is not None:
        environment["WATCHBILL_WEB__LINKS"] = links
    assert load(SHIPPED, environment).links is expected


@pytest.mark.parametrize(
    ("listen", "host", "port"),
    [("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:0", "::1", 0), ("0.0.0.0:65535", "0.0.0.0", 65535)],
)
def test_the_address_to_listen_on_is_taken_apart(listen: str, host: str, port: int) -> None:
    web = load(SHIPPED, {"WATCHBILL_WEB__LISTEN": listen}).settings.web
    assert (web.host, web.port) == (host, port)


def test_the_file_named_goes_before_the_environment_and_both_before_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=r"--config: there is no config/watchbill\.toml here"):
        find(None, {})
    here = tmp_path / "config" / "watchbill.toml"
    here.parent.mkdir()
    here.write_text("")
    named = {"WATCHBILL_CONFIG": "other.toml"}
    assert find(None, {}) == here
    assert find(None, named) == tmp_path / "other.toml"
    assert find(Path("given.toml"), named) == tmp_path / "given.toml"


@pytest.mark.parametrize(
    ("length", "good"), [(0, True), (1, False), (19, False), (20, True), (200, True), (201, False)]
)
def test_the_key_of_the_figures_is_none_or_hard_to_guess(length: int, *, good: bool) -> None:
    environment = {"WATCHBILL_WEB__METRICS_KEY": "k" * length}
    if good:
        key = load(SHIPPED, environment).settings.web.metrics_key
        assert key.get_secret_value() == "k" * length
        assert "kk" not in repr(key)
    else:
        with pytest.raises(ConfigurationError, match=r"METRICS_KEY.*at least 20"):
            load(SHIPPED, environment)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("WATCHBILL_FOO__BAR", "1", "foo: is not a key that watchbill knows"),
        ("WATCHBILL_AGENCY__TIME_ZONE", "Mars/X", "agency.time_zone: 'Mars/X' is not a time zone"),
        ("WATCHBILL_POLICY__HORIZON_DAYS", "0", "policy.horizon_days: must be from 1"),
    ],
)
def test_what_a_variable_says_wrongly_is_blamed_on_the_variable(
    name: str, value: str, words: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(SHIPPED, {"WATCHBILL_DATABASE__URL": "sqlite:///x.db", name: value})
    assert refused.value.message.startswith(f"{name}: {words}")


def test_the_key_of_the_figures_has_no_spaces() -> None:
    with pytest.raises(ConfigurationError, match="without spaces"):
        load(SHIPPED, {"WATCHBILL_WEB__METRICS_KEY": "k" * 10 + " " + "k" * 10})
