"""The agency's social networking pages: the list, adding one, retiring one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from watchbill.acts import roster as acts
from watchbill.core.instants import date_words, local_date
from watchbill.core.journal import Kind
from watchbill.core.roster import Page
from watchbill.errors import ConfigurationError, RefusedError
from watchbill.roster_file import read_page
from watchbill.store import people
from watchbill.web.doors import Door
from watchbill.web.entry_form import FORM, Problem, by_field, entry_of, problem_of
from watchbill.web.link import CONFLICT, NOT_FOUND, OK, View, said
from watchbill.web.visit import Answer, Elsewhere, Route, Visit

DATE = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]")
NO_DATE = "since: is not a date of this century; write it as 2026-11-23."
LABELS = {
    "key": "The key",
    "platform": "The platform",
    "name": "The name",
    "url": "The address",
    "since": "The date",
}
NO_PAGE = said("There is no such page", "Choose one from the list of pages.", NOT_FOUND)


def show(visit: Visit) -> View:
    """Return every page, active ones first, and the form of a new one."""
    return _listing(visit, {**dict.fromkeys(LABELS, ""), "since": _today(visit)}, None)


def _today(visit: Visit) -> str:
    return local_date(visit.now, visit.policy.zone).isoformat()


def _listing(visit: Visit, given: Mapping[str, Any], problem: Problem | None) -> View:
    pages = people.all_pages(visit.connection)
    active = [page for page in pages if _ends_later(visit, page)]
    values = {
        "active": [_row(visit, page) for page in active],
        "retired": [_row(visit, page) for page in pages if page not in active],
        "given": given,
        "problems": by_field(problem),
        "none_active": not any(page.active_at(visit.now) for page in pages),
    }
    return View("pages.html", values, OK if problem is None else problem.status)


def _ends_later(visit: Visit, page: Page) -> bool:
    return page.active_until is None or page.active_until > visit.now


def _row(visit: Visit, page: Page) -> dict[str, Any]:
    return {
        "key": page.key,
        "platform": page.platform,
        "name": page.name,
        "url": page.url,
        "since": _day(visit, page.active_from),
        "until": "" if page.active_until is None else _day(visit, page.active_until),
    }


def _day(visit: Visit, instant: Any) -> str:  # noqa: ANN401 - an instant that a row holds
    day = local_date(instant, visit.policy.zone)
    return f"{date_words(day)}, {day.year}"


def _require_date(text: str) -> None:
    """Raise for what a page may not be viewed from: a number would be taken for seconds since 1970."""
    if DATE.fullmatch(text) is None:
        raise ConfigurationError(NO_DATE)


def add(visit: Visit) -> Answer:
    """Add a page, or show the form again with what is wrong with it."""
    sent = {name: visit.form.text(name) for name in LABELS}
    try:
        given = {**sent, "since": sent["since"] or _today(visit)}
        _require_date(given["since"])
        acts.add_page(visit.office, visit.by, read_page(given, visit.policy.zone))
    except (ConfigurationError, RefusedError) as error:
        return _listing(visit, sent, problem_of(error, LABELS))
    return Elsewhere("/pages", entry_of(visit, Kind.PAGE_ADDED))


def _page(visit: Visit) -> Page | None:
    pages = {page.key: page for page in people.all_pages(visit.connection)}
    return pages.get(visit.path.get("key", ""))


def show_retiring(visit: Visit) -> View:
    """Return what retiring a page means, and the one button."""
    page = _page(visit)
    return NO_PAGE if page is None else _retiring(visit, page, None)


def _retiring(visit: Visit, page: Page, problem: Problem | None) -> View:
    pages = people.all_pages(visit.connection)
    others = [one for one in pages if one.key != page.key and one.active_at(visit.now)]
    values = {
        **_row(visit, page),
        "retired": not _ends_later(visit, page),
        "last": not others,
        "problem": None if problem is None else problem.sentence,
    }
    return View("retire.html", values, OK if problem is None else problem.status)


def retire(visit: Visit) -> Answer:
    """Retire a page from now on; windows that are open keep it."""
    page = _page(visit)
    if page is None:
        return NO_PAGE
    try:
        acts.retire_page(visit.office, visit.by, page.key)
    except RefusedError as error:
        sentence = error.message.removeprefix(f"{page.key}: ")
        plain = f"{sentence[:1].upper()}{sentence[1:]}"
        return _retiring(visit, page, Problem(FORM, plain, CONFLICT))
    return Elsewhere("/pages", entry_of(visit, Kind.PAGE_RETIRED))


ROUTES = (
    Route("/pages", Door.ROSTER, show, {"add": add}, words="Pages"),
    Route("/pages/{key}/retire", Door.ROSTER, show_retiring, {"retire": retire}),
)
