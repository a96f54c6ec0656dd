"""People and pages: adding, changing, deactivating, retiring, and loading a roster file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watchbill.acts.deed import By, Deed, deed, require
from watchbill.core.journal import Kind
from watchbill.core.quiet_hours import quiet_text
from watchbill.core.roster import Page, Person, Role
from watchbill.errors import RefusedError
from watchbill.ledger import Office
from watchbill.store import people, proofs, sessions


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a roster changed, by email or key; ``inactive`` names people left deactivated, ``opened`` windows left uncovered."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    inactive: tuple[str, ...]
    opened: tuple[str, ...] = ()


def load_roster(office: Office, by: By, persons: Sequence[Person], pages: Sequence[Page]) -> Loaded:
    """Add and update people (by email) and pages (by key); nothing is removed.

    Loading the same again changes nothing. Raises ``RefusedError`` where the result would not have
    exactly one active PIO and at least one Executive Director.
    """
    _require_say(by)
    with deed(office, by, Kind.PERSON_CHANGED, watch_cover=True) as act:
        added: list[str] = []
        changed: list[str] = []
        known = {person.email.lower(): person for person in act.roster.people.values()}
        for person in persons:
            old = known.get(person.email.lower())
            if old is None:
                _add_person(act, person)
                added.append(person.email)
            elif _same_but_for(old, person) != old:
                _change_person(act, _same_but_for(old, person))
                changed.append(person.email)
        _load_pages(act, pages, added, changed)
        opened = act.opened()
        _require_offices(act, whole=True)
        listed = {person.email.lower() for person in persons}
        inactive = tuple(
            p.email for p in act.roster.people.values() if not p.active and p.email.lower() in listed
        )
        return Loaded(tuple(added), tuple(changed), inactive, opened)


def _require_director_say(by: By, old: Person | None, new: Person) -> None:
    """Raise where somebody else would make or unmake an Executive Director, or take over their sign-in.

    The ED appoints where the PIO cannot (Policy 1004 §6): nobody gives themselves that say.
    """
    was = old is not None and old.holds(Role.EXECUTIVE_DIRECTOR)
    same = old is not None and was == new.holds(Role.EXECUTIVE_DIRECTOR)
    if (was or new.holds(Role.EXECUTIVE_DIRECTOR)) and not (same and old and old.email == new.email):
        require(
            by.may(Role.EXECUTIVE_DIRECTOR),
            f"--by: {by.name} may not change who is Executive Director, nor their email; an Executive "
            "Director may, or whoever runs `watchbill person edit` on the server.",
        )


def _require_say(by: By) -> None:
    require(
        by.may(Role.PIO, Role.EXECUTIVE_DIRECTOR, Role.INFORMATION_SERVICES),
        f"--by: {by.name} may not change people or pages; the PIO, the ED or Information Services may.",
    )


def as_edited(old: Person, new: Person) -> Person:
    """Return a person with what can be edited from ``new``; a new number has not been stopped."""
    return replace(
        old,
        name=new.name,
        email=new.email,
        mobile=new.mobile,
        roles=new.roles,
        channels=new.channels,
        sms_stopped_at=old.sms_stopped_at if new.mobile == old.mobile else None,
    )


def _same_but_for(old: Person, new: Person) -> Person:
    return replace(as_edited(old, new), email=old.email)


def _load_pages(act: Deed, pages: Sequence[Page], added: list[str], changed: list[str]) -> None:
    known = {page.key: page for page in people.all_pages(act.connection)}
    for page in pages:
        old = known.get(page.key)
        if old is None:
            _put_page(act, page, Kind.PAGE_ADDED)
            added.append(page.key)
            continue
        until = old.active_until if page.active_until is None else page.active_until
        new = replace(page, active_until=until)
        if new != old:
            _put_page(act, new, Kind.PAGE_CHANGED)
            changed.append(page.key)


def _add_person(act: Deed, person: Person) -> int:
    _require_director_say(act.by, None, person)
    require(
        person.email.lower()
        not in {p.email.lower() for p in people.all_people(act.connection).values()},
        f"--email: there is a person with this email already, {person.email}; use `watchbill person edit`.",
    )
    number = people.insert_person(act.connection, person, act.now)
    _journal_person(act, Kind.PERSON_ADDED, replace(person, id=number))
    return number


def _change_person(act: Deed, new: Person) -> None:
    old = act.person(new.id)
    _require_director_say(act.by, old, new)
    people.update_person(act.connection, new, act.now)
    if old.email.lower() != new.email.lower():
        sessions.end_sessions(act.connection, new.id, act.now)
    proofs.drop_of_other_addresses(act.connection, new)
    _journal_person(act, Kind.PERSON_CHANGED, new)


def _journal_person(act: Deed, kind: Kind, person: Person) -> None:
    facts = {
        "person": person.id,
        "roles": sorted(person.roles),
        "channels": list(person.channels),
    }
    quiet = quiet_text(person.quiet)
    words = act.by.words(name=person.name, email=person.email, mobile=person.mobile, quiet=quiet)
    act.journal(kind, facts, words)


def _require_offices(act: Deed, *, whole: bool) -> None:
    """Raise where there is more than one PIO or no ED; with ``whole``, also where there is no PIO."""
    pios = act.roster.holding(Role.PIO)
    names = ", ".join(person.email for person in pios)
    require(
        len(pios) <= 1,
        f"roles: there would be {len(pios)} active people with the role pio ({names}); leave it to one.",
    )
    require(
        pios or not whole,
        "roles: nobody would be the pio; give exactly one person the role `pio`.",
    )
    require(
        act.roster.holding(Role.EXECUTIVE_DIRECTOR),
        "roles: there would be no Executive Director; give somebody the role `executive_director` first.",
    )


def add_person(office: Office, by: By, person: Person) -> int:
    """Add a person and return their id; raises ``RefusedError`` for a known email or a second PIO."""
    _require_say(by)
    with deed(office, by, Kind.PERSON_ADDED, watch_cover=True) as act:
        had_director = bool(act.roster.holding(Role.EXECUTIVE_DIRECTOR))
        number = _add_person(act, person)
        act.reload()
        if had_director:
            _require_offices(act, whole=False)
        else:
            require(len(act.roster.holding(Role.PIO)) <= 1, "roles: there is a pio already.")
        return number


def edit_person(office: Office, by: By, person: Person) -> tuple[bool, tuple[str, ...]]:
    """Make a person what the value says; return whether anything changed, and what is left uncovered."""
    _require_say(by)
    with deed(office, by, Kind.PERSON_CHANGED, watch_cover=True) as act:
        old = act.person(person.id)
        if old == person:
            return False, ()
        others = {p.email.lower() for p in act.roster.people.values() if p.id != person.id}
        require(
            person.email.lower() not in others,
            f"--email: {person.email} belongs to somebody else; give another.",
        )
        _change_person(act, person)
        opened = act.opened()
        _require_offices(act, whole=False)
        return True, opened


def edit_own(office: Office, by: By, wanted: Person) -> bool:
    """Change the mobile number, the channels and the quiet hours of the person who acts, and no more.

    ``wanted``: the person as they are to be; whatever else it says is not taken. Return whether anything
    changed; raises ``RefusedError`` where nobody in particular acts.
    """
    if by.person is None:
        raise RefusedError("--by: name the person whose own number and channels these are.")
    number = by.person.id
    with deed(office, by, Kind.PERSON_CHANGED) as act:
        old = act.person(number)
        require(old.active, f"{old.name} is deactivated and cannot change anything.")
        own = replace(old, mobile=wanted.mobile, channels=wanted.channels)
        new = replace(as_edited(old, own), quiet=wanted.quiet)
        if new == old:
            return False
        _change_person(act, new)
        return True


def deactivate_person(office: Office, by: By, person: Person) -> tuple[str, ...]:
    """Deactivate a person from now on; return the windows that this leaves uncovered.

    Raises ``RefusedError`` for somebody who is deactivated already, and for the last ED.
    """
    _require_say(by)
    with deed(office, by, Kind.PERSON_DEACTIVATED, watch_cover=True) as act:
        old = act.person(person.id)
        require(old.active, f"{old.name} is deactivated already.")
        people.update_person(act.connection, replace(old, deactivated_at=act.now), act.now)
        act.journal(Kind.PERSON_DEACTIVATED, {"person": old.id}, by.words())
        sessions.end_sessions(act.connection, old.id, act.now)
        opened = act.opened()
        _require_offices(act, whole=False)
        return opened


def activate_person(office: Office, by: By, person: Person) -> None:
    """Let a deactivated person be active again; raises ``RefusedError`` for a second PIO."""
    _require_say(by)
    with deed(office, by, Kind.PERSON_ACTIVATED, watch_cover=True) as act:
        old = act.person(person.id)
        require(not old.active, f"{old.name} is active already.")
        people.update_person(act.connection, replace(old, deactivated_at=None), act.now)
        act.journal(Kind.PERSON_ACTIVATED, {"person": old.id}, by.words())
        act.reload()
        _require_offices(act, whole=False)


def add_page(office: Office, by: By, page: Page) -> None:
    """Add a page; raises ``RefusedError`` where the key is known."""
    _require_say(by)
    with deed(office, by, Kind.PAGE_ADDED, watch_cover=True) as act:
        known = {page.key for page in people.all_pages(act.connection)}
        require(
            page.key not in known,
            f"--key: there is a page with this key already, {page.key}; give another.",
        )
        _put_page(act, page, Kind.PAGE_ADDED)


def retire_page(office: Office, by: By, key: str, until: datetime | None = None) -> bool:
    """Retire a page from now on, or from ``until``; return whether an active page is left."""
    _require_say(by)
    with deed(office, by, Kind.PAGE_RETIRED, watch_cover=True) as act:
        pages = {page.key: page for page in people.all_pages(act.connection)}
        page = pages.get(key)
        if page is None:
            raise RefusedError(
                f"{key}: there is no such page; there are: {', '.join(sorted(pages)) or 'none'}."
            )
        end = until or act.now
        require(page.active_until is None or end < page.active_until, f"{key}: it is retired already.")
        retired = replace(page, active_until=max(end, page.active_from))
        _put_page(act, retired, Kind.PAGE_RETIRED)
        return any(p.active_at(act.now) for p in people.all_pages(act.connection))


def _put_page(act: Deed, page: Page, kind: Kind) -> None:
    people.put_page(act.connection, page, new=kind is Kind.PAGE_ADDED)
    facts = {
        "page": page.key,
        "active_from": page.active_from.isoformat(),
        "active_until": page.active_until.isoformat() if page.active_until else None,
    }
    words = act.by.words(platform=page.platform, name=page.name, url=page.url)
    act.journal(kind, facts, words)
