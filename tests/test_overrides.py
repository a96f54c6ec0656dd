"""What the environment, secret files and systemd credentials say over the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from watchbill.errors import ConfigurationError
from watchbill.overrides import apply_overrides
from watchbill.sections import Settings
from watchbill.sections import WebSection as Web
from watchbill.settings import load

SHIPPED = Path(__file__).resolve().parents[1] / "config" / "watchbill.toml"


class Inner(BaseModel):
    word: SecretStr = SecretStr("")
    text: str = ""
    maybe: str | None = None
    number: int = 0
    names: tuple[str, ...] = ()


class Model(BaseModel):
    inner: Inner = Inner()
    plain: int = 0
    web: Web = Web()


def overridden(environment: dict[str, str], raw: dict[str, Any] | None = None) -> dict[str, Any]:
    values = {} if raw is None else raw
    apply_overrides(values, Model, environment)
    return values


def test_text_is_taken_as_it_stands_and_all_else_as_toml() -> None:
    assert overridden(
        {
            "WATCHBILL_INNER__TEXT": "0123",
            "WATCHBILL_INNER__MAYBE": "true",
            "WATCHBILL_INNER__WORD": "[1]",
            "WATCHBILL_INNER__NUMBER": "7",
            "WATCHBILL_INNER__NAMES": '["a", "b"]',
            "WATCHBILL_WEB__LINKS": "true",
        }
    ) == {
        "inner": {"text": "0123", "maybe": "true", "word": "[1]", "number": 7, "names": ["a", "b"]},
        "web": {"links": True},
    }


def test_the_environment_goes_before_the_file_and_leaves_the_rest() -> None:
    raw = {"inner": {"number": 1, "text": "kept"}}
    assert overridden({"WATCHBILL_INNER__NUMBER": "2"}, raw) == {"inner": {"number": 2, "text": "kept"}}


def test_what_is_not_ours_is_left_alone() -> None:
    assert overridden({"WATCHBILL_CONFIG": "x.toml", "PATH": "/bin", "WATCH": "x"}) == {}


def test_an_entry_of_a_list_is_named_by_its_number() -> None:
    raw = {"rules": [{"opens": "08:30"}, {"opens": "13:30"}]}
    overridden({"WATCHBILL_RULES__1__OPENS": '"14:00"'}, raw)
    assert raw["rules"][1]["opens"] == "14:00"
    for name in ("WATCHBILL_RULES__2__OPENS", "WATCHBILL_RULES__X__OPENS"):
        with pytest.raises(ConfigurationError, match=f"^{name}: there is no entry"):
            overridden({name: "x"}, raw)


def test_a_path_below_a_plain_value_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^WATCHBILL_PLAIN__MORE: names something below"):
        overridden({"WATCHBILL_PLAIN__MORE": "1"}, {"plain": 1})


def test_a_secret_may_stand_in_a_file_whose_last_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "word"
    file.write_text("two words \n")
    assert overridden({"WATCHBILL_INNER__WORD_FILE": str(file)}) == {"inner": {"word": "two words "}}


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "word"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(
        ConfigurationError, match=r"^WATCHBILL_INNER__WORD_FILE: the file .* cannot be read"
    ):
        overridden({"WATCHBILL_INNER__WORD_FILE": str(file)})


@pytest.mark.parametrize("name", ["inner.word", "inner__word", "WATCHBILL_INNER__WORD"])
def test_a_credential_of_systemd_is_found_by_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("from systemd\n")
    found = overridden({"CREDENTIALS_DIRECTORY": str(tmp_path)}, {"inner": {"word": "from the file"}})
    assert found == {"inner": {"word": "from systemd"}}


def test_the_environment_goes_before_a_credential(tmp_path: Path) -> None:
    (tmp_path / "inner.word").write_text("from systemd")
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path), "WATCHBILL_INNER__WORD": "from here"}
    assert overridden(environment) == {"inner": {"word": "from here"}}


def test_a_folder_of_credentials_without_ours_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "something").write_text("else")
    assert overridden({"CREDENTIALS_DIRECTORY": str(tmp_path)}) == {}


@pytest.mark.parametrize(
    ("secret", "section"),
    [("auth_token", "sms"), ("password", "email")],
)
def test_both_secrets_of_the_settings_can_be_files(tmp_path: Path, secret: str, section: str) -> None:
    file = tmp_path / "secret"
    file.write_text("hush\n")
    name = f"WATCHBILL_{section}__{secret}_FILE".upper()
    found = getattr(getattr(load(SHIPPED, {name: str(file)}).settings, section), secret)
    assert found.get_secret_value() == "hush"


def test_a_path_to_a_secret_that_is_none_is_an_unknown_key() -> None:
    with pytest.raises(ConfigurationError, match=r"sms\.account_sid_file: is not a key"):
        load(SHIPPED, {"WATCHBILL_SMS__ACCOUNT_SID_FILE": "/tmp/x"})


def test_every_secret_is_kept_as_one() -> None:
    names = ("token", "password", "secret")
    for section in Settings.model_fields.values():
        inner = section.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            for name, field in inner.model_fields.items():
                if any(word in name for word in names):
                    assert field.annotation is SecretStr, name
