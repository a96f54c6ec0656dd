"""People: who they are, what reaches them; adding, changing, deactivating, activating (DOMAIN §2, §3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from watchbill.acts import roster as acts
from watchbill.core.instants import date_words, local_date
from watchbill.core.journal import Kind
from watchbill.core.quiet_hours import parse_quiet, quiet_text, quiet_words
from watchbill.core.roster import Channel, Person, Role
from watchbill.core.wording import hours
from watchbill.errors import ConfigurationError, RefusedError
from watchbill.reports.roster_list import Left, Listed, Way, left_without, roster_list
from watchbill.roster_file import read_person
from watchbill.store import people
from watchbill.store.reach import EVER
from watchbill.web.doors import Door
from watchbill.web.entry_form import (
    CHANNEL_WORDS,
    ROLE_WORDS,
    SHORT_ROLE_WORDS,
    Problem,
    by_field,
    channels_sent,
    entry_of,
    listed,
    problem_of,
)
from watchbill.web.filled import NUMBER
from watchbill.web.link import NOT_FOUND, OK, View, said
from watchbill.web.visit import Answer, Elsewhere, Route, Visit

LABELS = {
    "name": "The name",
    "email": "The work email",
    "mobile": "The mobile number",
    "roles": "The roles",
    "channels": "The choice",
    "quiet": "The quiet hours",
}
NOBODY = said("There is no such person", "Choose somebody from the list of people.", NOT_FOUND)
MOST_NAMED = 3


# --- showing ---------------------------------------------------------------------------------------


def show(visit: Visit) -> View:
    """Return everybody, active people first."""
    everybody = sorted(
        people.all_people(visit.connection).values(), key=lambda one: (not one.active, one.name.lower())
    )
    rows = [row(visit, one) for one in roster_list(visit.connection, everybody, visit.now)]
    values = {
        "active": [one for one in rows if one["active"]],
        "inactive": [one for one in rows if not one["active"]],
        "uncovered": uncovered_sent(visit),
    }
    return View("people.html", values)


def row(visit: Visit, one: Listed) -> dict[str, Any]:
    """Return a person as a page shows them."""
    person = one.person
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "roles": [SHORT_ROLE_WORDS[role] for role in Role if role in person.roles],
        "ways": [way_words(visit, way) for way in one.ways],
        "silent": one.silent,
        "quiet": quiet_words(person.quiet),
        "active": person.active,
        "since": None if person.deactivated_at is None else _day(visit, person.deactivated_at),
    }


def way_words(visit: Visit, way: Way) -> dict[str, Any]:
    """Return a channel in words: where it goes, whether it works, whether it is proven."""
    state = "no failure known"
    if way.broken_since == EVER:
        state = "no number is known"
    elif way.stopped and way.broken_since is not None:
        state = f"stopped by STOP since {_day(visit, way.broken_since)}"
    elif way.broken_since is not None:
        state = f"not working: the last messages failed, since {_day(visit, way.broken_since)}"
    proven = "not proven" if way.proven_at is None else f"proven {_day(visit, way.proven_at)}"
    return {
        "channel": way.channel.value,
        "words": CHANNEL_WORDS[way.channel],
        "address": way.address or "no number",
        "state": state,
        "works": way.broken_since is None,
        "proven": proven,
        "is_proven": way.proven_at is not None,
    }


def _day(visit: Visit, instant: Any) -> str:  # noqa: ANN401 - an instant that a row holds
    day = local_date(instant, visit.policy.zone)
    return f"{date_words(day)}, {day.year}"


def uncovered_sent(visit: Visit) -> int:
    """Return how many checks an act that was just done has left uncovered, as its answer said."""
    text = visit.query.get("uncovered", "")
    return int(text) if NUMBER.fullmatch(text) else 0


def _person(visit: Visit) -> Person | None:
    text = visit.path.get("number", "")
    return people.all_people(visit.connection).get(int(text)) if NUMBER.fullmatch(text) else None


def show_new(visit: Visit) -> View:
    """Return the empty form of a new person."""
    return _form(visit, None, _values(Person(0, "", "")), None)


def show_one(visit: Visit) -> View:
    """Return the form of somebody, as they are."""
    person = _person(visit)
    return NOBODY if person is None else _form(visit, person, _values(person), None)


def _values(person: Person) -> dict[str, Any]:
    first, second, *_ = (*person.channels, "", "")
    return {
        "name": person.name,
        "email": person.email,
        "mobile": person.mobile or "",
        "roles": sorted(person.roles),
        "first": first,
        "second": second,
        "quiet": quiet_text(person.quiet),
    }


def _form(
    visit: Visit, person: Person | None, values: Mapping[str, Any], problem: Problem | None
) -> View:
    shown = None
    if person is not None:
        (one,) = roster_list(visit.connection, [person], visit.now)
        shown = row(visit, one)
    about = {
        "person": shown,
        "given": values,
        "seen": "" if person is None else digest_of(person),
        "problems": by_field(problem),
        "roles": [(role.value, words) for role, words in ROLE_WORDS.items()],
        "channels": [(channel.value, CHANNEL_WORDS[channel]) for channel in Channel],
        "uncovered": uncovered_sent(visit),
        "same": visit.query.get("same") == "1" and problem is None,
    }
    return View("person.html", about, OK if problem is None else problem.status)


# --- acting ----------------------------------------------------------------------------------------


def _sent(visit: Visit) -> dict[str, Any]:
    form, channels = visit.form, channels_sent(visit)
    return {
        **{name: form.text(name) for name in ("name", "email", "mobile", "quiet")},
        "roles": list(form.texts("role")),
        "first": channels[0] if channels else "",
        "second": channels[1] if len(channels) > 1 else "",
    }


def _read(sent: Mapping[str, Any]) -> Person:
    """Return the person of a form, held to what a roster file is held to."""
    channels = [chosen for chosen in (sent["first"], sent["second"]) if chosen]
    person = read_person(
        {
            "email": sent["email"],
            "name": sent["name"],
            "mobile": sent["mobile"] or None,
            "roles": sent["roles"],
            "channels": channels,
        }
    )
    return replace(person, quiet=parse_quiet(sent["quiet"], "quiet"))


def add(visit: Visit) -> Answer:
    """Add a person, or show the form again with what is wrong with it."""
    sent = _sent(visit)
    try:
        acts.add_person(visit.office, visit.by, _read(sent))
    except (ConfigurationError, RefusedError) as error:
        return _form(visit, None, sent, problem_of(error, LABELS))
    return Elsewhere("/people", entry_of(visit, Kind.PERSON_ADDED))


def edit(visit: Visit) -> Answer:
    """Make a person what the form says, or show it again with what is wrong with it."""
    old, sent = _person(visit), _sent(visit)
    if old is None:
        return NOBODY
    try:
        wanted = _read(sent)
        person = replace(acts.as_edited(old, wanted), quiet=wanted.quiet)
        _require_seen(visit, old, wanted)
        changed, opened = acts.edit_person(visit.office, visit.by, person)
    except (ConfigurationError, RefusedError) as error:
        return _form(visit, old, sent, problem_of(error, LABELS))
    if not changed:
        return Elsewhere(f"/people/{old.id}?same=1")
    return _told(f"/people/{old.id}", len(opened), entry_of(visit, Kind.PERSON_CHANGED))


def _require_seen(visit: Visit, old: Person, wanted: Person) -> None:
    """Raise where somebody else has changed the person since the form was opened."""
    seen = visit.form.text("seen")
    if seen and seen != digest_of(old):
        now, sent = _values(old), _values(replace(wanted, id=old.id))
        other = [
            LABELS[name].lower()
            for name in ("name", "email", "mobile", "quiet", "roles")
            if now[name] != sent[name]
        ]
        what = f" Other than here: {listed(other)}." if other else ""
        raise RefusedError(
            f"Somebody has changed {old.name} since you opened this page.{what} Put right what you entered, "
            "and save once more."
        )


def digest_of(person: Person) -> str:
    """Return what stands for a person as a form shows them."""
    return sha256(repr(sorted(_values(person).items())).encode()).hexdigest()[:16]


def _told(path: str, uncovered: int, entry: int) -> Elsewhere:
    return Elsewhere(f"{path}?uncovered={uncovered}" if uncovered else path, entry)


def activate(visit: Visit) -> Answer:
    """Let somebody be active again, or say why not."""
    person = _person(visit)
    if person is None:
        return NOBODY
    try:
        acts.activate_person(visit.office, visit.by, person)
    except RefusedError as error:
        return _form(visit, person, _values(person), problem_of(error, {}))
    return Elsewhere(f"/people/{person.id}", entry_of(visit, Kind.PERSON_ACTIVATED))


def show_leaving(visit: Visit) -> View:
    """Return what deactivating somebody would leave uncovered, and the one button."""
    person = _person(visit)
    return NOBODY if person is None else _leaving(visit, person, None)


def _leaving(visit: Visit, person: Person, problem: Problem | None) -> View:
    left = left_without(visit.policy, visit.connection, person, visit.now)
    values = {
        "id": person.id,
        "name": person.name,
        "myself": person.id == visit.person.id,
        "active": person.active,
        "left": _left_words(visit, left),
        "no_pio": left.no_pio,
        "only_director": left.no_director,
        "problem": None if problem is None else problem.sentence,
    }
    return View("deactivate.html", values, OK if problem is None else problem.status)


def _left_words(visit: Visit, left: Left) -> str:
    """Return in a sentence which checks nobody would cover."""
    if not left.uncovered:
        return "Every check that somebody covers now stays covered."
    agency, count = visit.policy.agency, len(left.uncovered)
    first = [f"{date_words(w.day)}, {hours(w, agency)}" for w in left.uncovered[:MOST_NAMED]]
    more = f"; and {count - MOST_NAMED} more" if count > MOST_NAMED else ""
    checks = "1 check" if count == 1 else f"{count} checks"
    return f"{checks} would be covered by nobody: {'; '.join(first)}{more}."


def deactivate(visit: Visit) -> Answer:
    """Deactivate somebody from now on, or say why not."""
    person = _person(visit)
    if person is None:
        return NOBODY
    try:
        opened = acts.deactivate_person(visit.office, visit.by, person)
    except RefusedError as error:
        return _leaving(visit, person, problem_of(error, {}))
    return _told("/people", len(opened), entry_of(visit, Kind.PERSON_DEACTIVATED))


ROUTES = (
    Route("/people", Door.ROSTER, show, words="People"),
    Route("/people/add", Door.ROSTER, show_new, {"add": add}),
    Route("/people/{number}", Door.ROSTER, show_one, {"edit": edit, "activate": activate}),
    Route("/people/{number}/deactivate", Door.ROSTER, show_leaving, {"deactivate": deactivate}),
)
