"""The played people with their phones: they answer texts as shown, or wrongly, twice, late, or in nonsense."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.faults import chance
from tests.simulation.world import World
from watchbill.core.codes import ALPHABET, DIGITS, LENGTH
from watchbill.core.instants import local_date
from watchbill.core.roster import Channel, Person, Role, Roster
from watchbill.post.letters import Letter

SHOWN = re.compile(
    r"reply (DONE \w{4})"
    r"|Reply (ACCEPT \w{4}) or"
    r"|(?:Reply|or) (DECLINE \w{4})"
    r"|[Rr]eply:? (?:e\.g\. )?([A-F] \w{4})"
    r"|reply: ([^{}]+? \w{4})$"
    r"|Reply (COVER) name (\w{4})"
    r"|Reply (HIDDEN), DELETED, ANSWERED, REPORTED or NONE and (\w{4})"
    r"|To end it: (BACK \w{4})"
)
LETTERS = re.compile(r"\b([A-F]) (?=[A-Z][a-z]+ [A-Z])")
MINUTES = (0, 0, 1, 5, 5, 20, 45, 90, 170, 500, 1500)
NONSENSE = (
    "ok, later",
    "Thanks!",
    "Who is this?",
    "\N{THUMBS UP SIGN}",
    "done?",
    "I viewed DONE pages, I think",
    "SICK UNTIL THE COWS COME HOME",
    "4 1 9",
    "please call me about FB",
    "???",
)
STRANGER = "+14195559999"


def shown_replies(text: str) -> list[str]:
    """Return the whole replies that a text of ours shows, each with its code."""
    return [" ".join(part for part in found if part) for found in SHOWN.findall(text)]


@dataclass(slots=True)
class Texters:
    """Everybody's phone: answers to our texts, and texts that nobody asked for."""

    world: World
    roster: Callable[[], Roster]
    _codes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def hear(self, letter: Letter) -> bool:
        """Let a text be answered by text, or not; return whether the way by link stays open."""
        if letter.channel is not Channel.SMS:
            return True
        number, text = letter.address, letter.message.text
        dice = chance(self.world.setting.seed, letter.code, "texts back")
        replies = shown_replies(text)
        old = self._codes[number]
        if replies and dice.random() < 0.6:
            reply = self._chosen(dice, replies, text)
            for words in _spoilt(dice, reply, old):
                minutes = dice.choice(MINUTES) * dice.uniform(0.5, 1.5)
                self._later(timedelta(minutes=minutes), letter.name, number, words)
        elif dice.random() < 0.03:
            self._later(timedelta(minutes=5), letter.name, number, dice.choice(NONSENSE))
            return False
        old.append(letter.code)
        return not replies or dice.random() < 0.3

    def _chosen(self, dice: random.Random, replies: list[str], text: str) -> str:
        """Return one of the replies; with another letter or a name where the text leaves that open."""
        reply = dice.choice(replies)
        word, _, code = reply.partition(" ")
        if word == "COVER":
            designees = self.roster().holding(Role.DESIGNEE)
            name = dice.choice(designees).name.split()[0] if designees else "NOBODY"
            return f"COVER {name} {code}"
        if word == "HIDDEN":
            return f"{dice.choice(('HIDDEN', 'NONE', 'REPORTED'))} {code}"
        if len(word) == 1:
            letters = LETTERS.findall(text) or [word]
            return f"{dice.choice((*letters, *letters, 'F'))} {code}"
        if word == "DONE" and len(code) == LENGTH:
            pages = dice.choice(("", "", "", "", "FB ", "FB YT ", "FB 4 ", "YT 3 HIDDEN "))
            return f"DONE {pages}{code}"
        return reply

    def _later(self, after: timedelta, name: str, number: str, words: str) -> None:
        at = self.world.clock.true + after
        self.world.stage.at(at, lambda: self.world.text(name, number, words))

    # --- without being asked -----------------------------------------------------------------------

    def say(self, who: Person, words: str) -> bool:
        """Let somebody text of themselves; return whether they have a number to do it from."""
        if who.mobile is None:
            return False
        self.world.text(who.name, who.mobile, words)
        return True

    def chatter(self, dice: random.Random) -> None:
        """Let somebody text nonsense, a question, a forged code or a carrier's word."""
        people = [p for p in self.roster().people.values() if p.active and p.mobile is not None]
        if not people:
            return
        who, roll = dice.choice(people), dice.random()
        if roll < 0.35:
            self.say(who, dice.choice(NONSENSE))
        elif roll < 0.6:
            self.say(who, dice.choice(("WHO", "who's on?", "?", "DONE", "BACK", "ACCEPT")))
        elif roll < 0.75:
            for _ in range(dice.choice((1, 2, 6))):
                self.say(who, f"DONE {_random_code(dice)}")
        elif roll < 0.85:
            self.world.text("a stranger", STRANGER, dice.choice(("Hello?", "STOP", "DONE 7K4P")))
        else:
            self._stop_for_a_while(dice, who)

    def harmless(self, dice: random.Random) -> None:
        """Let somebody text what can never act, for it has no code."""
        people = [p for p in self.roster().people.values() if p.active]
        words = (*NONSENSE, "WHO", "?", "SICK", "BACK", "DONE", "LEAVE TOMORROW")
        self.say(dice.choice(people), dice.choice(words))

    def _stop_for_a_while(self, dice: random.Random, who: Person) -> None:
        self.say(who, "STOP")
        if who.mobile is not None:
            after = timedelta(hours=dice.choice((1, 20, 50)))
            self._later(after, who.name, who.mobile, dice.choice(("START", "unstop", "Start.")))

    def sick(self, dice: random.Random, until: datetime) -> str:
        """Return how somebody says that they are sick until a local date."""
        day = local_date(until - timedelta(minutes=1), self.world.policy.zone)
        return dice.choice(("SICK", f"SICK UNTIL {day:%a}", f"sick until {day.month}/{day.day}."))

    def leave(self, dice: random.Random, starts: datetime, ends: datetime) -> str:
        """Return how somebody says from which local date to which they are away."""
        zone = self.world.policy.zone
        first, last = local_date(starts, zone), local_date(ends - timedelta(minutes=1), zone)
        days = f"{first.month}/{first.day}-{last.month}/{last.day}"
        return dice.choice((f"LEAVE {days}", f"Leave, {days}", f"vacation {days}"))


def _random_code(dice: random.Random) -> str:
    return "".join((*(dice.choice(ALPHABET) for _ in range(3)), dice.choice(DIGITS)))


SPOILT: tuple[tuple[float, Callable[[random.Random, str, str], list[str]]], ...] = (
    (0.08, lambda _, words, __: [words]),
    (0.06, lambda dice, words, _: [f"{words} {_random_code(dice)}"]),
    (0.04, lambda dice, _, __: [dice.choice(NONSENSE)]),
    (0.12, lambda _, words, code: [f"{words} {code}", f"{words} {code}"]),
    (0.14, lambda _, words, code: [f"{words} {code}".lower()]),
    (0.10, lambda _, words, code: [f"{words}, {code}!"]),
    (0.06, lambda _, words, code: [f"{code} {words.title()}."]),
)
"""How a reply goes wrong, or comes otherwise than it was shown, and how often each."""


def _spoilt(dice: random.Random, reply: str, old: list[str]) -> list[str]:
    """Return what is truly texted instead of a reply: mostly the reply, more or less as it was shown."""
    words, _, code = reply.rpartition(" ")
    if old and dice.random() < 0.06:
        return [f"{words} {dice.choice(old)}", reply]
    roll = dice.random()
    for share, otherwise in SPOILT:
        roll -= share
        if roll < 0:
            return otherwise(dice, words, code)
    return [reply]
