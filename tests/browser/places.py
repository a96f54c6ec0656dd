"""Every page there is to look at: each state of each link, the sign-in, and each room for each role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.routing import compile_path

from tests.browser.scene import Scene
from watchbill.core.roster import Person, Role
from watchbill.web.doors import Door
from watchbill.web.routes import ROUTES

UNKNOWN = "A" * 22
FIXED = {"sign-in": "/sign-in", "link-unknown": f"/c/{UNKNOWN}", "no-such-page": "/nowhere"}
MIDDAY = (
    "check", "check-done", "cover", "cover-done", "appoint", "plan", "plan-with-leave", "leave-ahead",
    "leave-over", "duty", "duty-accepted", "duty-declined", "duty-interim", "expired", "no-longer-good",
    "sign-in", "sign-in-now", "sign-in-used", "link-unknown", "no-such-page",
)  # fmt: skip
EVENING = ("check-late", "cover-passed", "leave-begun")
ROLES: dict[str, frozenset[Role]] = {
    "Kim": frozenset({Role.PIO}),
    "Jo": frozenset({Role.INFORMATION_SERVICES}),
    "Dana": frozenset({Role.EXECUTIVE_DIRECTOR}),
    "Pat": frozenset({Role.MANAGER}),
    "Lee": frozenset({Role.DESIGNEE}),
    "Alex": frozenset(),
}
MOST_OF_A_ROOM = 2
NO_PAGES = {"/log.csv", "/log.json", "/log.pdf", "/metrics", "/board/now"}
"""Files to keep, figures for a program, and a part of the board: what is no page by itself."""
PAGES = tuple(route for route in ROUTES if route.path not in NO_PAGES)


@dataclass(frozen=True)
class Place:
    """A state of a page outside, or a room as somebody who is signed in sees it."""

    time: str
    name: str
    who: str | None = None

    def __str__(self) -> str:
        """Return how a test is named after it."""
        return f"{self.time}:{self.who or 'link'}:{self.name}"

    def addresses(self, scene: Scene) -> list[str]:
        """Return where it is to be seen: a room with a number or a date in its address, at some of each."""
        if self.who is None:
            return [_outside(scene, self.name)]
        pattern, _, _ = compile_path(self.name)
        own = [a for a in scene.addresses(self.who) if _room(a) == self.name]
        known = own or [a for a in scene.addresses(self.who) if pattern.match(a.partition("?")[0])]
        return known[:MOST_OF_A_ROOM] or [self.name.replace("{", "").replace("}", "")]


def _outside(scene: Scene, name: str) -> str:
    if name == "sign-in-now":
        return scene.fresh_way_in("Kim")
    return FIXED.get(name) or scene.links[name]


def _room(address: str) -> str:
    """Return the path of the first route that answers an address, as the server would."""
    path = address.partition("?")[0]
    found = (route.path for route in ROUTES if compile_path(route.path)[0].match(path))
    return next(found, "")


def _may(who: str, door: Door) -> bool:
    return door.admits(Person(0, who, "", roles=ROLES[who]))


def outside() -> Iterator[Place]:
    """Yield every page in front of the sign-in."""
    yield from (Place("midday", name) for name in MIDDAY)
    yield from (Place("evening", name) for name in EVENING)


def rooms() -> Iterator[Place]:
    """Yield every room once, as the PIO sees it, or the first other who may."""
    for route in PAGES:
        yield Place("midday", route.path, next(who for who in ROLES if _may(who, route.door)))


def other_rooms() -> Iterator[Place]:
    """Yield every room as the last of the others sees it, and the board as the ED does when much is amiss."""
    lead = set(rooms())
    for route in PAGES:
        who = [who for who in ROLES if _may(who, route.door)][-1]
        if (place := Place("midday", route.path, who)) not in lead:
            yield place
    yield Place("evening", "/", "Dana")


PLACES = (*outside(), *rooms())
OTHERS = tuple(other_rooms())
