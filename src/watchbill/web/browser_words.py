"""A browser in words, from how it names itself: enough to tell one's own telephone from another's."""

from __future__ import annotations

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
DEVICES = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "a Mac"),
    ("CrOS", "a Chromebook"),
    ("Linux", "Linux"),
)
LONGEST = 60


def browser_words(named: str) -> str:
    """Return ``Firefox on Windows``; what it calls itself, cut short, where that is not known."""
    browser = next((words for mark, words in BROWSERS if mark in named), None)
    device = next((words for mark, words in DEVICES if mark in named), None)
    if browser is None:
        plain = "".join(c for c in named if c.isprintable())[:LONGEST].strip()
        return plain or "a browser that does not say what it is"
    return browser if device is None else f"{browser} on {device}"
