"""A strict reader of OpenMetrics text 1.0: what the specification forbids, it refuses."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)')
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN")
SUFFIXES = {"gauge": {""}, "counter": {"_total", "_created"}, "info": {"_info"}}


@dataclass
class Family:
    kind: str = "unknown"
    unit: str | None = None
    help: str | None = None
    samples: dict[tuple[str, frozenset[tuple[str, str]]], float] = field(default_factory=dict)


def read(text: str) -> dict[str, Family]:
    """Return the metric families; fail for what is not OpenMetrics 1.0."""
    assert text.endswith("# EOF\n"), "it ends with the mark and a line feed"
    assert "\r" not in text
    *lines, last = text.removesuffix("\n").split("\n")
    assert last == "# EOF"
    found: dict[str, Family] = {}
    current = ""
    for line in lines:
        assert line, "no empty lines"
        assert line != "# EOF", "the mark comes once"
        if line.startswith("#"):
            current = _described(found, current, line)
        else:
            _sampled(current, found[current], line)
    for name, family in found.items():
        assert not family.unit or name.endswith(f"_{family.unit}")
    return found


def _described(found: dict[str, Family], current: str, line: str) -> str:
    mark, what, name, *rest = line.split(" ", 3)
    assert mark == "#"
    assert what in ("TYPE", "UNIT", "HELP")
    assert NAME.fullmatch(name)
    (said,) = rest
    if name != current:
        assert name not in found, "the lines of a family stand together"
        assert not any(_clash(name, other) for other in found)
        found[name] = Family()
    family = found[name]
    assert not family.samples, "what describes a family stands before its samples"
    if what == "TYPE":
        assert family.kind == "unknown"
        assert said in SUFFIXES
        family.kind = said
    elif what == "UNIT":
        assert family.unit is None
        family.unit = said
    else:
        assert family.help is None
        assert "\\" not in said.replace("\\n", "").replace('\\"', "").replace("\\\\", "")
        family.help = said
    return name


def _clash(name: str, other: str) -> bool:
    return any(name == other + suffix for suffix in ("_total", "_created", "_info"))


def _sampled(name: str, family: Family, line: str) -> None:
    sample = SAMPLE.fullmatch(line)
    assert sample, line
    suffix = sample["name"].removeprefix(name)
    assert sample["name"].startswith(name)
    assert suffix in SUFFIXES[family.kind], line
    labels = _labels(sample["labels"])
    assert NUMBER.fullmatch(sample["value"]), line
    value = float(sample["value"].replace("Inf", "inf"))
    if family.kind == "counter":
        assert value >= 0
        assert not math.isnan(value)
    if family.kind == "info":
        assert value == 1
    which = (sample["name"], frozenset(labels.items()))
    assert which not in family.samples, "a sample stands once"
    family.samples[which] = value


def _labels(text: str | None) -> dict[str, str]:
    if not text:
        return {}
    found = LABEL.findall(text)
    assert "".join(match[0] for match in LABEL.finditer(text)) == text, text
    labels = dict(found)
    assert len(labels) == len(found), "a label stands once"
    return labels


def value(families: dict[str, Family], name: str, **labels: str) -> float:
    """Return the value of a gauge or a counter."""
    family = families[name]
    suffix = "_total" if family.kind == "counter" else ""
    return family.samples[name + suffix, frozenset(labels.items())]
