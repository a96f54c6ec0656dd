"""Settings from the environment: ``WATCHBILL_SMS__AUTH_TOKEN``, ``…_FILE``, systemd credentials."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from watchbill.errors import ConfigurationError

PREFIX = "WATCHBILL_"
NOT_A_KEY = ("WATCHBILL_CONFIG",)
FILE = "_FILE"


def apply_overrides(
    raw: dict[str, Any], model: type[BaseModel], environment: Mapping[str, str]
) -> dict[str, str]:
    """Put what the environment and the credentials say over what the file says.

    Return by which variable each key was set, for a message that names it.

    The environment goes before a credential, and both before the file. Raises
    ``ConfigurationError`` for a name that is not a key, and for a secret file that cannot be read.
    """
    secrets = list(_secrets(model))
    named: dict[str, str] = {}
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if folder:
        for secret in secrets:
            for name in (".".join(secret), "__".join(secret), PREFIX + "__".join(secret).upper()):
                file = Path(folder) / name
                if file.is_file():
                    _put(raw, list(secret), _read_secret(file, name), name)
    for name, value in sorted(environment.items()):
        if not name.startswith(PREFIX) or name in NOT_A_KEY:
            continue
        path = name.removeprefix(PREFIX).lower().split("__")
        if name.endswith(FILE) and tuple("__".join(path).removesuffix("_file").split("__")) in secrets:
            path = "__".join(path).removesuffix("_file").split("__")
            _put(raw, path, _read_secret(Path(value), name), name)
        else:
            _put(raw, path, _value(value, _is_text(model, path)), name)
        named[".".join(path)] = name
    return named


def _secrets(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if kind is SecretStr or (*path, name) == ("database", "url"):
            yield (*path, name)
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _secrets(kind, (*path, name))


def _is_text(model: type[BaseModel], path: list[str]) -> bool:
    """Whether the key holds text, which is taken as it stands; all else is read as a TOML value."""
    for part in path[:-1]:
        field = model.model_fields.get(part)
        kind = field.annotation if field is not None else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return False
        model = kind
    field = model.model_fields.get(path[-1])
    return field is not None and field.annotation in (str, SecretStr, str | None)


def _value(text: str, is_text: bool) -> object:  # noqa: FBT001 - a fact about the key
    if is_text:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _read_secret(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(
            f"{name}: the file {path} cannot be read; correct the path or its permissions."
        ) from None


def _put(raw: dict[str, Any], path: list[str], value: object, name: str) -> None:
    node: Any = raw
    for part, following in zip(path, [*path[1:], ""], strict=True):
        key: Any = part
        if isinstance(node, list):
            if not part.isdigit() or int(part) >= len(node):
                raise ConfigurationError(
                    f"{name}: there is no entry {part} in that list; count from 0 in the file's order."
                )
            key = int(part)
        elif not isinstance(node, dict):
            raise ConfigurationError(f"{name}: names something below a plain value; correct the name.")
        if not following:
            node[key] = value
        elif isinstance(node, list):
            node = node[key]
        else:
            node = node.setdefault(key, {})
