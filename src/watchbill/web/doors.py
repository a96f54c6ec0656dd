"""Who may come in to which page. What somebody may do there, the act itself decides (DOMAIN §2, §3)."""

from __future__ import annotations

from enum import Enum

from watchbill.core.roster import Person, Role

PIO, DIRECTOR = Role.PIO, Role.EXECUTIVE_DIRECTOR
MANAGER, SERVICES = Role.MANAGER, Role.INFORMATION_SERVICES


class Door(Enum):
    """A kind of page: the roles of whom it lets in; a door without roles lets in everybody signed in."""

    EVERYBODY = ("everybody who is signed in", frozenset[Role]())
    RECORD = ("managers, the PIO, the Executive Director and Information Services",
              frozenset({MANAGER, PIO, DIRECTOR, SERVICES}))  # fmt: skip
    ROSTER = ("the PIO, the Executive Director and Information Services",
              frozenset({PIO, DIRECTOR, SERVICES}))  # fmt: skip
    WORKINGS = ("Information Services", frozenset({SERVICES}))

    @property
    def words(self) -> str:
        """Return whom it lets in, for a person."""
        return self.value[0]

    def admits(self, person: Person) -> bool:
        """Whether it lets somebody in who is signed in."""
        _, roles = self.value
        return person.active and (not roles or person.holds(*roles))
