"""What somebody says of a check: read from the form, field by field (DOMAIN §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from watchbill.acts.check import Viewing
from watchbill.core.checks import Action, Category, Finding
from watchbill.core.instants import clock_words, local_date, local_instant
from watchbill.core.roster import Page
from watchbill.web.check_asked import Checking
from watchbill.web.filled import CHECK, BadFormError, FieldError, Filled, time_of_day

NO_PAGE = "pages"
CONTRADICTED = (
    "You pressed the button for nothing found, but there is a finding, a time or a note further down. "
    "Press the button beneath them to record them, or empty them."
)


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered, as it was entered, for the form that is shown again; the ids of pages are keys."""

    pages: tuple[str, ...] = ()
    found: Mapping[str, str] | None = None
    done: Mapping[str, str] | None = None
    at: str = ""
    note: str = ""

    def what(self, key: str) -> str:
        """Return what was chosen as found on a page."""
        return (self.found or {}).get(key, "")

    def action(self, key: str) -> str:
        """Return what was chosen as done about it."""
        return (self.done or {}).get(key, "")


def is_detailed(sent: Filled) -> bool:
    """Whether the button was pressed that records what is ticked and found."""
    return sent.do == CHECK and bool(sent.text("detailed"))


def _said_by(asked: Checking) -> list[str]:
    """Return the names of the fields that say more than that all was viewed and nothing found."""
    each = [f"{what}-{page.key}" for page in asked.pages for what in ("found", "action")]
    return [*each, "at", "note"]


def entered(asked: Checking, sent: Filled) -> Entered:
    """Return what a form has, untested: it goes back into the form as text alone."""
    keys = [page.key for page in asked.pages]
    return Entered(
        pages=sent.texts("page"),
        found={key: sent.text(f"found-{key}") for key in keys},
        done={key: sent.text(f"action-{key}") for key in keys},
        at=sent.text("at"),
        note=sent.text("note"),
    )


def viewing(asked: Checking, sent: Filled) -> Viewing:
    """Return what a person says that they have viewed: all, or in part, with findings and a note.

    A page on which something was found was viewed, ticked or not. A note that may not stand on record is
    left out; why, the viewing says. Raises ``BadFormError``.
    """
    if not is_detailed(sent):
        if any(sent.text(name) for name in _said_by(asked)):
            raise BadFormError(CONTRADICTED)
        return Viewing()
    known = {page.key: page for page in asked.pages}
    found = [key for key in known if sent.text(f"found-{key}")]
    pages = tuple(dict.fromkeys((*sent.texts("page"), *found)))
    if not pages:
        raise FieldError(NO_PAGE, "No page is ticked: tick those that you viewed.")
    if not known.keys() >= set(pages):
        raise FieldError(NO_PAGE, "One of the pages is not of this check.")
    findings = [finding for page in known.values() if (finding := _finding(sent, page))]
    said = Viewing(pages=pages, at=_at(asked, sent.text("at")), findings=tuple(findings))
    return said.with_note(" ".join(sent.text("note").split()))


def _at(asked: Checking, text: str) -> datetime | None:
    """Return when the pages were viewed, earlier today by the agency's clock; nothing for now."""
    if not text:
        return None
    at = time_of_day(text)
    if at is None:
        raise FieldError("at", "The time is not one: write it as 10:05.")
    zone = asked.caller.policy.zone
    today = local_date(asked.caller.now, zone)
    viewed_at = local_instant(today, at, zone)
    if viewed_at > asked.caller.now:
        sentence = f"{clock_words(viewed_at, zone)} is still ahead: enter a time that has been."
        raise FieldError("at", sentence)
    return viewed_at


def _finding(sent: Filled, page: Page) -> Finding | None:
    category, action = _chosen(sent, page)
    if category is None:
        if action is not None:
            sentence = f"{page.name}: say what you found, not only what was done."
            raise FieldError(f"found-{page.key}", sentence)
        return None
    if category is not Category.CHILD:
        return Finding(page.key, category, action or Action.NONE)
    if action not in (None, Action.REFERRED):
        sentence = f"{page.name}: a child at risk is referred. Call first, then choose Referred."
        raise FieldError(f"action-{page.key}", sentence)
    return Finding(page.key, category, Action.REFERRED)


def _chosen(sent: Filled, page: Page) -> tuple[Category | None, Action | None]:
    found, done = sent.text(f"found-{page.key}"), sent.text(f"action-{page.key}")
    try:
        return Category(found) if found else None, Action(done) if done else None
    except ValueError:
        sentence = f"{page.name}: what was found or done is not one of the choices."
        raise FieldError(f"found-{page.key}", sentence) from None
