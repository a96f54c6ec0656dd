"""What each page behind the sign-in costs with ten years of history behind it: time, and weight on the wire."""

from __future__ import annotations

import re
import statistics
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.benchmarks.history import write_history
from tests.web.site import Site, Visitor
from watchbill.store.engine import connect
from watchbill.store.schema import upgrade
from watchbill.web.routes import ROUTES

YEARS, TIMES = 10, 15
TODAY = date(2026, 11, 23)
PLACES = {"{date}": "2026-11-20", "{number}": "1", "{key}": "fb"}
FILES = {"/log.csv", "/log.json", "/log.pdf"}
PART = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Cost:
    """One page: the median of its answers in milliseconds, and the bytes of its compressed text."""

    path: str
    milliseconds: float
    size: int


def page_costs(folder: Path) -> list[Cost]:
    """Return what each page costs to somebody who may see it, the dearest first."""
    folder.mkdir()
    store = connect(f"sqlite:///{folder / 'pages.db'}")
    upgrade(store)
    site = Site(store)
    site.at("08:35:00")
    site.furnish()
    write_history(store, site.office.policy, YEARS, TODAY)
    site.look()
    visitors = [site.sign_in(who) for who in ("Kim", "Jo")]
    found = [_cost(visitors, path) for route in ROUTES if (path := _address(route.path)) not in FILES]
    store.close()
    return sorted((one for one in found if one is not None), key=lambda one: -one.milliseconds)


def _address(path: str) -> str:
    return PART.sub(lambda part: PLACES.get(part.group(0), "1"), path)


def _cost(visitors: list[Visitor], path: str) -> Cost | None:
    """Return the cost of a page for the first visitor who may see it; ``None`` where it has nothing to show."""
    for visitor in visitors:
        answer = visitor.get(path)
        if answer.status_code == 200:
            spent = []
            for _ in range(TIMES):
                began = time.perf_counter()
                visitor.get(path)
                spent.append((time.perf_counter() - began) * 1000)
            return Cost(path, statistics.median(spent), answer.num_bytes_downloaded)
    return None
