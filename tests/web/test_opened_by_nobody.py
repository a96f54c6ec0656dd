"""Scanners and previews open links, some of them hundreds of times: nothing is recorded (DOMAIN §6)."""

from __future__ import annotations

import pytest

from tests.web.site import Site

VISITS = 150
METHODS = ("GET", "HEAD", "OPTIONS")


def test_hundreds_of_automated_visits_of_a_link_record_nothing(site: Site) -> None:
    path = site.remind()
    before = site.dump()
    for place in range(VISITS):
        site.ask(METHODS[place % len(METHODS)], path, headers={"user-agent": f"scanner {place}"})
    assert (site.dump(), site.acted) == (before, 0)


@pytest.mark.parametrize("path", ["/check", "/", "/board/now", "/follow-ups"])
def test_hundreds_of_automated_visits_of_somebody_signed_in_record_nothing(
    site: Site, path: str
) -> None:
    site.look("08:30:00")
    kim = site.sign_in("Kim")
    before = site.dump()
    for place in range(VISITS):
        site.ask(METHODS[place % len(METHODS)], path, cookies=kim.cookies)
    assert (site.dump(), site.acted) == (before, 0)
