"""The coverage log for managers: a page, CSV, JSON and PDF of the same rows (DOMAIN §4)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from watchbill.core.checks import Category
from watchbill.core.instants import local_date
from watchbill.core.periods import periods
from watchbill.errors import RefusedError
from watchbill.reports.coverage_log import CoverageLog, log_within
from watchbill.reports.figures import Figures, by_month, day_verdicts, short_days
from watchbill.reports.log_choice import Choice, Shown, chosen
from watchbill.reports.short_days import ShortDay, short_days_of
from watchbill.store import people, windows
from watchbill.web.doors import Door
from watchbill.web.link import BAD_REQUEST, NOT_FOUND, View, said
from watchbill.web.log_paper import NEEDS_A_PACKAGE, can_print
from watchbill.web.log_query import NOBODY, Asked, read_query
from watchbill.web.log_words import (
    category_words,
    explanation_words,
    full_date,
    full_instant,
    row_words,
)
from watchbill.web.visit import Answer, Document, Printed, Route, Visit

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Without it, spreadsheets read UTF-8 as something else."""


def show(visit: Visit) -> Answer:
    """Return the page of a part of the span that is asked for."""
    return _asked(visit, lambda asked: View("log.html", _values(visit, asked)))


def show_csv(visit: Visit) -> Answer:
    """Return the rows of the whole span as CSV."""
    return _asked(
        visit,
        lambda asked: _file(asked, "csv", BYTE_ORDER_MARK + _rows(visit, asked).as_csv().encode()),
    )


def show_json(visit: Visit) -> Answer:
    """Return the rows of the whole span as ``watchbill log --format json`` prints them."""

    def found(asked: Asked) -> Document:
        text = json.dumps(_rows(visit, asked).as_json(), indent=2, ensure_ascii=False)
        return _file(asked, "json", text.encode())

    return _asked(visit, found)


def show_pdf(visit: Visit) -> Answer:
    """Return the page as PDF, or what to install for that."""
    if not can_print():
        return said("PDF is not installed", NEEDS_A_PACKAGE, NOT_FOUND)
    return _asked(
        visit,
        lambda asked: Printed(
            View("log.html", {**_values(visit, asked), "on_paper": True}), _name(asked.shown, "pdf")
        ),
    )


def _asked(visit: Visit, then: Callable[[Asked], Answer]) -> Answer:
    """Return what is made of an address, or a page that says how to write it."""
    try:
        asked = read_query(
            visit.query,
            local_date(visit.now, visit.policy.zone),
            people.all_people(visit.connection).values(),
            people.all_pages(visit.connection),
        )
    except RefusedError as error:
        return said("The log cannot be shown that way", error.message, BAD_REQUEST)
    return then(asked)


def _name(choice: Choice, kind: str) -> str:
    return f"coverage-log-{choice.first}-{choice.last}.{kind}"


def _file(asked: Asked, kind: str, body: bytes) -> Document:
    media_type = {"csv": "text/csv; charset=utf-8", "json": "application/json"}[kind]
    return Document(body, media_type, _name(asked.choice, kind))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a choice comes to: its rows, and what there is to say of its weekdays that fall short."""

    log: CoverageLog
    short: Sequence[ShortDay]


def _rows(visit: Visit, asked: Asked) -> CoverageLog:
    return _found(visit, asked.choice).log


def _found(visit: Visit, choice: Choice) -> _Found:
    policy, connection = visit.policy, visit.connection
    span = (choice.first, choice.last)
    whole = log_within(policy, connection, *span, visit.now, ahead=choice.looks_ahead)
    if not choice.short:
        return _Found(chosen(whole, choice, ()), ())
    days = short_days(day_verdicts(policy, connection, *span, visit.now))
    kept = chosen(whole, choice, days)
    named = {row.day for row in kept.rows}
    ordered = chosen(whole, replace(Choice(*span), newest_first=choice.newest_first), ())
    return _Found(kept, short_days_of(policy, connection, ordered, named, visit.person))


def _values(visit: Visit, asked: Asked) -> dict[str, Any]:
    policy, shown = visit.policy, asked.shown
    found, begins = _found(visit, shown), windows.first_date(visit.connection)
    total = Figures()
    for month in by_month(policy, visit.connection, shown.first, shown.last, visit.now).values():
        total.add(month)
    return {
        "asked": asked,
        "choice": asked.choice,
        "shown": f"{full_date(shown.first)} to {full_date(shown.last)}",
        "span": f"{full_date(asked.choice.first)} to {full_date(asked.choice.last)}",
        "filters": _filters_in_words(visit, asked),
        "begins": None if begins is None or begins <= shown.first else full_date(begins),
        "as_of": full_instant(visit.now, policy.zone),
        "rows": [row_words(policy, found.log, row) for row in found.log.rows],
        "short_days": [_short_words(visit, found.log, one) for one in found.short],
        "figures": total,
        "periods": _period_links(visit, asked),
        "parts": _part_links(asked),
        "links": _links(asked),
        "year": shown.last.year,
        "fields": _fields(visit, asked),
        "can_print": can_print(),
        "on_paper": False,
    }


def _short_words(visit: Visit, log: CoverageLog, one: ShortDay) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "day_words": full_date(one.day),
        "count": f"{one.times} of {one.needed}",
        "reasons": one.reasons,
        "explanations": [explanation_words(visit.policy, log, given) for given in one.explanations],
    }


def _period_links(visit: Visit, asked: Asked) -> list[tuple[str, str, bool]]:
    today = local_date(visit.now, visit.policy.zone)
    dates = asked.choice.first, asked.choice.last
    return [
        (period.words, asked.for_dates(period.first, period.last), (period.first, period.last) == dates)
        for period in periods(today)
    ]


def _part_links(asked: Asked) -> list[tuple[str, str, bool]]:
    """Return the parts of a long span, in the order of the rows."""
    found = [
        (
            f"{full_date(first)} to {full_date(last)}",
            asked.address(part=str(place + 1)),
            place == asked.part,
        )
        for place, (first, last) in enumerate(asked.parts)
    ]
    return found[::-1] if asked.choice.newest_first else found


def _links(asked: Asked) -> dict[str, str]:
    newest = asked.choice.newest_first
    return {
        "short": asked.address(short="1", part=None),
        "every": asked.address(short=None),
        "order": asked.address(order="oldest" if newest else "newest", part=None),
        **{kind: asked.address(f"/log.{kind}") for kind in ("csv", "json", "pdf")},
    }


def _filters_in_words(visit: Visit, asked: Asked) -> str:
    """Return what is left out of the rows, for paper; empty where nothing is."""
    choice, offered = asked.choice, _fields(visit, asked)
    found = [
        dict(offered[several]).get(asked.given[name], asked.given[name])
        for name, several in (
            ("person", "people"),
            ("state", "states"),
            ("page", "pages"),
            ("category", "categories"),
        )
        if asked.given[name]
    ]
    return "; ".join(found) if found or choice.short else ""


def _fields(visit: Visit, asked: Asked) -> dict[str, Any]:
    """Return what the form of the filters offers."""
    everybody = sorted(people.all_people(visit.connection).values(), key=lambda one: one.name)
    return {
        "given": asked.given,
        "people": [(one.email, one.name) for one in everybody] + [(NOBODY, "Nobody (uncovered)")],
        "states": [(state.value, state.value.capitalize()) for state in Shown],
        "pages": [(page.key, page.name) for page in people.all_pages(visit.connection)],
        "categories": [(one.value, category_words(one)) for one in Category],
    }


ROUTES = (
    Route("/log", Door.RECORD, show, words="Log"),
    Route("/log.csv", Door.RECORD, show_csv),
    Route("/log.json", Door.RECORD, show_json),
    Route("/log.pdf", Door.RECORD, show_pdf),
)
