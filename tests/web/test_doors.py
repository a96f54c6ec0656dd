"""Every page behind the sign-in, for every role: who comes in, and who does not."""

from __future__ import annotations

import re

import pytest

from tests.web.site import Site
from watchbill.core.roster import Person, Role
from watchbill.web.doors import Door
from watchbill.web.routes import ROUTES
from watchbill.web.visit import Route

WHO: dict[str, frozenset[Role]] = {
    **{role.value: frozenset({role}) for role in Role if role is not Role.PIO},
    "none": frozenset(),
}
DOORS = {
    Door.EVERYBODY: {"pio", "none", *(role.value for role in Role)},
    Door.RECORD: {"pio", "executive_director", "manager", "information_services"},
    Door.ROSTER: {"pio", "executive_director", "information_services"},
    Door.WORKINGS: {"information_services"},
}
OTHERS = tuple(
    Person(0, f"The {name}", f"{name}@example.org", roles=roles) for name, roles in WHO.items()
)
PARAMETER = re.compile(r"\{[^}]*\}")


def address(route: Route) -> str:
    """Return an address of a route; what it names does not exist."""
    return PARAMETER.sub("1", route.path)


@pytest.fixture
def staffed(site: Site) -> Site:
    site.furnish(people=OTHERS)
    site.look()
    return site


@pytest.mark.parametrize("who", [*WHO, "pio"])
def test_each_role_comes_in_where_it_may_and_nowhere_else(staffed: Site, who: str) -> None:
    visitor = staffed.sign_in("Kim Rivera" if who == "pio" else f"The {who}")
    before = staffed.entries()
    for route in ROUTES:
        status = visitor.get(address(route)).status_code
        assert (status != 403) == (who in DOORS[route.door]), (route.path, status)
        assert status < 500, route.path
    assert staffed.entries() == before


@pytest.mark.parametrize("who", [*WHO, "pio"])
def test_a_form_of_a_page_that_is_closed_to_a_role_is_refused(staffed: Site, who: str) -> None:
    visitor = staffed.sign_in("Kim Rivera" if who == "pio" else f"The {who}")
    fields = visitor.filled("/sign-out", "sign-out")
    before = staffed.entries()
    for route in ROUTES:
        if route.acts and who not in DOORS[route.door]:
            for do in route.acts:
                assert visitor.post(address(route), **{**fields, "do": do}).status_code == 403
    assert staffed.entries() == before


def test_without_signing_in_every_page_leads_to_the_sign_in(site: Site) -> None:
    for route in ROUTES:
        for method in ("GET", "HEAD"):
            answer = site.ask(method, address(route))
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), route.path
