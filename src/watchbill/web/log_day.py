"""A day of the coverage log, and the reasons that a manager attaches to it; an entry of the journal."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from watchbill.acts.explain import MAY_EXPLAIN, explain_window
from watchbill.core.compliance import is_weekday
from watchbill.core.instants import local_date, parse_date
from watchbill.errors import RefusedError
from watchbill.reports.coverage_log import log_within
from watchbill.reports.entry_words import entry_words
from watchbill.reports.figures import day_verdicts
from watchbill.reports.short_days import short_days_of
from watchbill.web.doors import Door
from watchbill.web.filled import in_plain_words
from watchbill.web.link import BAD_REQUEST, CONFLICT, NOT_FOUND, View, said
from watchbill.web.log_words import explanation_words, full_date, row_words
from watchbill.web.visit import Answer, Elsewhere, Route, Visit

NUMBER = re.compile(r"[0-9]{1,12}")
ONE_DAY = timedelta(days=1)


def show(visit: Visit) -> View:
    """Return a day with its windows, its checks, and why there were fewer than two."""
    return _day_page(visit, {})


def explain(visit: Visit) -> Answer:
    """Attach a reason to a window of the day; where it is refused, show the form again with the words."""
    sent = visit.form
    window, text = sent.text("window"), " ".join(sent.text("text").split())
    try:
        done = explain_window(visit.office, visit.by, window, text)
    except RefusedError as error:
        problem = {"window": window, "text": text, "sentence": in_plain_words(error.message)}
        return _day_page(visit, problem, CONFLICT)
    return Elsewhere(f"/log/day/{window.partition('/')[0]}", done.entry)


def _day_page(visit: Visit, problem: dict[str, str], status: int = 200) -> View:
    try:
        day = parse_date(visit.path["date"][:40], "The date")
    except RefusedError as error:
        return said("There is no such day", error.message, BAD_REQUEST)
    values = _values(visit, day)
    forms = {row.window for row in values["rows"] if row.may_be_explained and values["may_explain"]}
    elsewhere = problem.get("sentence") if problem.get("window") not in forms else None
    return View("log_day.html", {**values, "problem": problem, "problem_of_none": elsewhere}, status)


def _values(visit: Visit, day: date) -> dict[str, Any]:
    policy, connection = visit.policy, visit.connection
    log = log_within(policy, connection, day, day, visit.now, ahead=True)
    verdict = day_verdicts(policy, connection, day, day, visit.now).get(day)
    compliant = None if verdict is None else verdict.compliant
    short = short_days_of(policy, connection, log, [day] if compliant is False else [], visit.person)
    return {
        "day": full_date(day),
        "holiday": policy.holidays.name_on(day),
        "weekday": is_weekday(day),
        "compliant": compliant,
        "over": day < local_date(visit.now, policy.zone),
        "short": short[0] if short else None,
        "rows": [row_words(policy, log, row) for row in log.rows],
        "may_explain": visit.person.holds(*MAY_EXPLAIN),
        "before": (day - ONE_DAY).isoformat(),
        "after": (day + ONE_DAY).isoformat(),
        "year": day.year,
        "given": [explanation_words(policy, log, one) for row in log.rows for one in row.explanations],
    }


def show_entry(visit: Visit) -> View:
    """Return an entry of the journal in plain words, as far as the person may read it."""
    text = visit.path["number"]
    if not NUMBER.fullmatch(text):
        return said(
            "There is no such entry", "The number of an entry is digits alone, as 120.", NOT_FOUND
        )
    found = entry_words(visit.connection, visit.policy.zone, int(text), visit.person)
    if found is None:
        return said("There is no such entry", f"The journal has no entry {int(text)}.", NOT_FOUND)
    return View("log_entry.html", {"entry": found})


ROUTES = (
    Route("/log/day/{date}", Door.RECORD, show, {"explain": explain}),
    Route("/log/entry/{number}", Door.RECORD, show_entry),
)
