"""People and pages: loading, adding, changing, and never leaving the agency without its offices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.acts.refusal import refused
from tests.cast import CAST, DANA, KIM, LEE, MORGAN, PAGES, PAT, SAM, local, person
from tests.store.desk import AFTERNOON_ID, MONDAY, MORNING_ID, OPERATOR, Desk
from watchbill.acts.message import ask_for_test
from watchbill.acts.roster import (
    Loaded,
    activate_person,
    add_page,
    add_person,
    deactivate_person,
    edit_person,
    load_roster,
    retire_page,
)
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel, Page, Person, Role
from watchbill.store import people, windows

BLOG = Page("blog", "Blog", "The blog", "https://blog.example.org/", local("2020-01-01"))
NEW = person(7, "Robin Vale", Role.DESIGNEE)


def load(desk: Desk, *persons: Person, pages: tuple[Page, ...] = PAGES) -> Loaded:
    return load_roster(desk.office, OPERATOR, persons or CAST, pages)


def pages(desk: Desk) -> dict[str, Page]:
    with desk.store.read() as connection:
        return {page.key: page for page in people.all_pages(connection)}


def count(desk: Desk) -> int:
    with desk.store.read() as connection:
        return len(people.all_people(connection))


# Loading


def test_the_first_roster_begins_the_record_and_lays_out_windows(bare_desk: Desk) -> None:
    loaded = load(bare_desk)
    assert loaded == Loaded((*(p.email for p in CAST), "FB", "YT"), (), ())
    kinds = bare_desk.kinds()
    assert kinds == [Kind.PERSON_ADDED] * 6 + [Kind.PAGE_ADDED] * 2 + [Kind.READING_ADOPTED]
    assert len(bare_desk.windows(MONDAY, "2026-11-30")) == 14


def test_loading_the_same_again_changes_nothing(desk: Desk) -> None:
    before = desk.dump()
    assert load(desk) == Loaded((), (), ())
    assert desk.dump() == before


def test_people_are_known_by_their_email_in_any_case(desk: Desk) -> None:
    loaded = load(desk, *CAST[:5], replace(SAM, email="SAM@Example.org", name="Samuel Ito"))
    assert (loaded.added, loaded.changed) == ((), ("SAM@Example.org",))
    assert desk.person(SAM.id) == replace(SAM, name="Samuel Ito")


def test_what_changed_is_changed_and_nothing_is_removed(desk: Desk) -> None:
    moved = replace(PAGES[0], url="https://example.org/new")
    loaded = load(desk, KIM, MORGAN, NEW, pages=(moved, BLOG))
    assert loaded == Loaded((NEW.email, "blog"), ("FB",), ())
    assert count(desk) == 7
    assert sorted(pages(desk)) == ["FB", "YT", "blog"]
    assert desk.kinds()[-3:] == [Kind.PERSON_ADDED, Kind.PAGE_CHANGED, Kind.PAGE_ADDED]


def test_who_is_deactivated_stays_so_and_is_named(desk: Desk) -> None:
    deactivate_person(desk.office, OPERATOR, LEE)
    loaded = load(desk)
    assert loaded == Loaded((), (), (LEE.email,))
    assert not desk.person(LEE.id).active


def test_a_page_that_is_retired_stays_so(desk: Desk) -> None:
    retire_page(desk.office, OPERATOR, "YT")
    before = desk.dump()
    assert load(desk) == Loaded((), (), ())
    assert desk.dump() == before


def test_a_new_pio_takes_over_from_now_on_and_not_before(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:30")
    desk.tick()
    load(
        desk, replace(KIM, roles=frozenset({Role.DESIGNEE})), replace(DANA, roles=frozenset({Role.PIO}))
    )
    desk.at(f"{MONDAY}T11:31")
    desk.tick()
    first, second = desk.window(MORNING_ID).spans or ()
    assert (first.person, second.person) == (KIM.id, DANA.id)
    assert first.ends_at == second.starts_at == local(f"{MONDAY}T09:30")


def test_names_and_numbers_stand_beside_the_chain(desk: Desk) -> None:
    for entry, words in desk.entries()[:6]:
        assert set(entry.facts) == {"person", "roles", "channels"}
        assert words is not None
        assert set(words.text or {}) == {"account", "name", "email", "mobile"}


@pytest.mark.parametrize(
    ("persons", "words"),
    [
        ((*CAST, replace(NEW, roles=frozenset({Role.PIO}))), "there would be 2 active people"),
        ((replace(KIM, roles=frozenset()), *CAST[1:]), "nobody would be the pio"),
        ((KIM, replace(MORGAN, roles=frozenset())), "there would be no Executive Director"),
    ],
)
def test_a_roster_without_exactly_one_pio_and_an_ed_is_refused_whole(
    desk: Desk, persons: tuple[Person, ...], words: str
) -> None:
    assert words in refused(desk, lambda: load(desk, *persons, pages=(*PAGES, BLOG)))


def test_into_an_empty_database_too(bare_desk: Desk) -> None:
    assert "nobody would be the pio" in refused(bare_desk, lambda: load(bare_desk, MORGAN))
    assert "no Executive Director" in refused(bare_desk, lambda: load(bare_desk, KIM))


# People


def test_a_person_is_added_under_a_new_id(desk: Desk) -> None:
    number = add_person(desk.office, OPERATOR, NEW)
    assert desk.person(number) == replace(NEW, id=number)
    assert desk.kinds()[-1] == Kind.PERSON_ADDED


def test_people_may_be_added_one_by_one_in_any_order(bare_desk: Desk) -> None:
    for one in (SAM, KIM, MORGAN, PAT):
        add_person(bare_desk.office, OPERATOR, one)
    assert count(bare_desk) == 4


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (replace(NEW, email="KIM@example.org"), "there is a person with this email already"),
        (replace(NEW, roles=frozenset({Role.PIO})), "there would be 2 active people"),
    ],
)
def test_a_known_email_and_a_second_pio_are_refused(desk: Desk, one: Person, words: str) -> None:
    assert words in refused(desk, lambda: add_person(desk.office, OPERATOR, one))


def test_a_second_pio_is_refused_before_there_is_an_ed_too(bare_desk: Desk) -> None:
    add_person(bare_desk.office, OPERATOR, KIM)
    second = replace(NEW, roles=frozenset({Role.PIO}))
    assert "pio" in refused(bare_desk, lambda: add_person(bare_desk.office, OPERATOR, second))


def test_a_person_becomes_what_was_entered_and_the_same_again_changes_nothing(desk: Desk) -> None:
    moved = replace(DANA, mobile="+14195559999", channels=(Channel.EMAIL,))
    assert edit_person(desk.office, OPERATOR, moved)[0]
    assert desk.person(DANA.id) == moved
    before = desk.dump()
    assert not edit_person(desk.office, OPERATOR, moved)[0]
    assert desk.dump() == before


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (replace(DANA, email="Kim@example.org"), "belongs to somebody else"),
        (replace(DANA, roles=frozenset({Role.PIO})), "there would be 2 active people"),
        (replace(MORGAN, roles=frozenset()), "there would be no Executive Director"),
    ],
)
def test_a_change_that_breaks_the_roster_is_refused(desk: Desk, one: Person, words: str) -> None:
    assert words in refused(desk, lambda: edit_person(desk.office, OPERATOR, one))


def test_the_place_of_the_pio_may_be_vacant_but_not_the_eds(desk: Desk) -> None:
    opened = deactivate_person(desk.office, OPERATOR, KIM)
    assert opened[:2] == (MORNING_ID, AFTERNOON_ID)
    assert not desk.person(KIM.id).active
    sentence = refused(desk, lambda: deactivate_person(desk.office, OPERATOR, MORGAN))
    assert "no Executive Director" in sentence


def test_a_person_is_deactivated_and_activated_once_each(desk: Desk) -> None:
    deactivate_person(desk.office, OPERATOR, LEE)
    sentence = refused(desk, lambda: deactivate_person(desk.office, OPERATOR, LEE))
    assert sentence == "Lee Park is deactivated already."
    activate_person(desk.office, OPERATOR, LEE)
    assert desk.person(LEE.id) == LEE
    sentence = refused(desk, lambda: activate_person(desk.office, OPERATOR, LEE))
    assert sentence == "Lee Park is active already."
    assert desk.kinds()[-4:] == [
        Kind.PERSON_DEACTIVATED,
        Kind.ACT_REFUSED,
        Kind.PERSON_ACTIVATED,
        Kind.ACT_REFUSED,
    ]


def test_a_former_pio_is_not_activated_beside_a_new_one(desk: Desk) -> None:
    deactivate_person(desk.office, OPERATOR, KIM)
    edit_person(desk.office, OPERATOR, replace(DANA, roles=frozenset({Role.PIO})))
    sentence = refused(desk, lambda: activate_person(desk.office, OPERATOR, KIM))
    assert "there would be 2 active people" in sentence


# Pages


def test_a_page_is_added_and_belongs_to_windows_that_open_later(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    add_page(desk.office, OPERATOR, BLOG)
    desk.at(f"{MONDAY}T14:00")
    desk.tick()
    morning, afternoon = (record.pages for record in desk.windows())
    assert morning == ("FB", "YT")
    assert sorted(afternoon or ()) == ["FB", "YT", "blog"]


def test_a_key_that_is_known_is_refused(desk: Desk) -> None:
    known = replace(BLOG, key="FB")
    assert "there is a page with this key already" in refused(
        desk, lambda: add_page(desk.office, OPERATOR, known)
    )


def test_a_page_is_retired_from_now_on_and_whether_one_is_left_is_told(desk: Desk) -> None:
    assert retire_page(desk.office, OPERATOR, "FB") is True
    assert pages(desk)["FB"].active_until == desk.clock.now()
    assert retire_page(desk.office, OPERATOR, "YT") is False
    assert desk.kinds()[-1] == Kind.PAGE_RETIRED


def test_a_page_may_be_retired_later_and_then_sooner_but_not_again(desk: Desk) -> None:
    later = local("2026-12-31")
    assert retire_page(desk.office, OPERATOR, "FB", later) is True
    assert pages(desk)["FB"].active_until == later
    retire_page(desk.office, OPERATOR, "FB")
    assert "it is retired already" in refused(
        desk, lambda: retire_page(desk.office, OPERATOR, "FB", later)
    )


def test_a_page_that_nobody_knows_cannot_be_retired(desk: Desk) -> None:
    sentence = refused(desk, lambda: retire_page(desk.office, OPERATOR, "myspace"))
    assert sentence == "myspace: there is no such page; there are: FB, YT."


def test_a_page_that_was_to_begin_later_never_was(desk: Desk) -> None:
    ahead = replace(BLOG, active_from=local("2026-12-01"))
    add_page(desk.office, OPERATOR, ahead)
    retire_page(desk.office, OPERATOR, "blog")
    assert pages(desk)["blog"].active_until == local("2026-12-01")
    assert not pages(desk)["blog"].active_at(local("2026-12-01"))


def test_an_act_freezes_what_time_has_opened_before_it_changes_anything(desk: Desk) -> None:
    """Today's roster never rewrites yesterday, even where no tick has run since."""
    desk.at(f"{MONDAY}T12:00")
    retire_page(desk.office, OPERATOR, "FB", local(f"{MONDAY}T08:00"))
    deactivate_person(desk.office, OPERATOR, KIM)
    with desk.store.read() as connection:
        (morning,) = windows.windows_named(connection, [MORNING_ID])
    assert (morning.pages, morning.monitor) == (("FB", "YT"), KIM.id)


# Tests of a channel


@pytest.mark.parametrize("channel", Channel, ids=str)
def test_a_test_is_owed_at_once_at_whatever_hour_by_its_channel_alone(
    desk: Desk, channel: Channel
) -> None:
    desk.at(f"{MONDAY}T03:00")
    keys = {ask_for_test(desk.office, OPERATOR, PAT, channel) for _ in range(2)}
    assert set(desk.keys()) == keys
    assert {(n.reason, n.person, n.channel, n.try_at, n.about["only"]) for n in desk.notices()} == {
        (Reason.TEST_ASKED_FOR, PAT.id, channel, desk.clock.now(), channel.value)
    }


def test_nobody_is_tested_who_cannot_be_reached(desk: Desk) -> None:
    edit_person(desk.office, OPERATOR, replace(PAT, mobile=None, channels=(Channel.EMAIL,)))
    sentence = refused(desk, lambda: ask_for_test(desk.office, OPERATOR, PAT, Channel.SMS))
    assert "has no mobile number" in sentence
    deactivate_person(desk.office, OPERATOR, PAT)
    sentence = refused(desk, lambda: ask_for_test(desk.office, OPERATOR, PAT, Channel.EMAIL))
    assert "Pat Novak is deactivated" in sentence
