"""What of a page matters to a test: its tags with their attributes, and what its forms would send."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """One form: its method, its hidden fields, and its buttons as (value, words)."""

    method: str = "get"
    hidden: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str | None, str]] = field(default_factory=list)

    @property
    def do(self) -> str:
        return self.hidden.get("do", "")


class Outline(HTMLParser):
    """A page taken apart."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.forms: list[Form] = []
        self._in_button = self._in_form = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "form":
            self.forms.append(Form(str(given.get("method"))))
            self._in_form = True
        elif tag == "input" and given.get("type") == "hidden":
            self.forms[-1].hidden[str(given["name"])] = str(given["value"])
        elif tag == "button" and self._in_form:
            self.forms[-1].buttons.append((given.get("value"), ""))
            self._in_button = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self._in_button = False
        elif tag == "form":
            self._in_form = False

    def handle_data(self, data: str) -> None:
        if self._in_button:
            value, words = self.forms[-1].buttons[-1]
            self.forms[-1].buttons[-1] = (value, words + data)

    def every(self, name: str) -> list[dict[str, str | None]]:
        """Return the attributes of every tag of a name."""
        return [attributes for tag, attributes in self.tags if tag == name]

    def does(self, do: str) -> list[Form]:
        """Return the forms that do a thing."""
        return [form for form in self.forms if form.hidden.get("do") == do]


def words(text: str) -> str:
    """Return what a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def assert_sound(text: str) -> None:
    """Check what every page promises: no inline script or style, a label for every input, one ``h1``."""
    outline = Outline(text)
    assert outline.every("style") == outline.every("img") == []
    for script in outline.every("script"):
        assert "defer" in script
        assert str(script.get("src")).startswith("/static/")
    assert not [a for _, a in outline.tags for name in a if name.startswith("on") or name == "style"]
    labelled = {label.get("for") for label in outline.every("label")}
    inputs = [a for a in outline.every("input") if a.get("type") != "hidden"]
    for one in (*inputs, *outline.every("select"), *outline.every("textarea")):
        assert one.get("id") in labelled
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert len(outline.every("h1")) == 1
    kinds = [form.get("method") for form in outline.every("form")]
    assert set(kinds) <= {"get", "post"}
    acting = [form for form, kind in zip(outline.forms, kinds, strict=True) if kind == "post"]
    forms = [form.hidden["form"] for form in acting]
    assert len(forms) == len(set(forms))
    assert not any("form" in form.hidden for form in outline.forms if form not in acting)
