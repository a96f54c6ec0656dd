"""An entry of the journal in plain words, and what of it a reader may not see (Statement 4)."""

from __future__ import annotations

import pytest

from tests.cast import DANA, KIM, LEE, MORGAN, NEW_YORK, PAT, SAM, local
from tests.store.desk import MONDAY, Desk
from watchbill.acts.check import parse_finding
from watchbill.acts.deed import By
from watchbill.acts.leave import take_leave
from watchbill.core.checks import Way
from watchbill.core.roster import LeaveKind, Person
from watchbill.reports.entry_words import REDACTED, EntryWords, entry_words
from watchbill.store.journal import WORDS

TUESDAY = "2026-11-24"


def told(desk: Desk, number: int, reader: Person = PAT) -> EntryWords:
    with desk.store.read() as connection:
        found = entry_words(connection, NEW_YORK, number, reader)
    assert found is not None
    return found


def test_a_check_is_told_with_names_local_times_and_its_day(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    number = desk.check(DANA, findings=(parse_finding("FB:4:hidden"),), note="Looked twice.").number
    found = told(desk, number)
    assert (found.title, found.who, found.way) == (
        "Check recorded",
        "Dana Okafor",
        "signed in on the pages",
    )
    assert found.at == "Mon Nov 23, 2026, 9:00 AM EST"
    facts = dict(found.facts)
    assert facts["Person"] == "Dana Okafor"
    assert facts["Viewed"] == "Mon Nov 23, 2026, 9:00 AM EST"
    assert facts["Pages"] == "LCCS on Facebook, LCCS on YouTube"
    assert (
        facts["Findings"] == "LCCS on Facebook: spam or the inclusion of links to other sites (hidden)"
    )
    assert facts["Entered afterwards"] == "no"
    assert dict(found.words) == {"Note": "Looked twice."}
    assert found.day == MONDAY
    assert (found.before, found.after) == (number - 1, None)
    assert told(desk, number - 1).after == number
    assert found.previous == told(desk, number - 1).hash


@pytest.mark.parametrize(
    ("reader", "kind"),
    [(KIM, "sick"), (MORGAN, "sick"), (LEE, "sick"), (PAT, "away"), (SAM, "away"), (DANA, "away")],
    ids=lambda one: getattr(one, "name", one),
)
def test_the_kind_of_leave_and_its_reason_are_for_those_who_may_know(
    desk: Desk, reader: Person, kind: str
) -> None:
    by = By(MORGAN, Way.CLI, account="root", reason="Has the flu.")
    span = local(f"{MONDAY}T00:00"), local(f"{TUESDAY}T00:00")
    number = take_leave(desk.office, by, LEE, LeaveKind.SICK, *span).entry
    found = told(desk, number, reader)
    words = dict(found.words)
    assert words["Kind"] == kind
    assert ("flu" in str(found)) is (kind == "sick")
    assert ("sick" in str(found)) is (kind == "sick")


@pytest.mark.parametrize(
    ("reader", "reaches"),
    [(KIM, True), (MORGAN, True), (SAM, True), (PAT, False)],
    ids=lambda x: str(x)[:9],
)
def test_numbers_and_addresses_are_for_those_who_keep_the_roster(
    desk: Desk, reader: Person, *, reaches: bool
) -> None:
    numbers = [
        entry.number
        for entry, words in desk.entries()
        if words is not None and "Dana Okafor" in str(words.text)
    ]
    shown = str(told(desk, numbers[0], reader))
    assert "Dana Okafor" in shown
    assert ("dana@example.org" in shown) is reaches
    assert ("+1419" in shown) is reaches


def test_redacted_words_are_said_to_be_redacted(desk: Desk) -> None:
    desk.at(f"{MONDAY}T09:00")
    number = desk.check(DANA, note="Gone soon.").number
    with desk.store.write() as connection:
        connection.execute(WORDS.update().where(WORDS.c.number == number).values(salt=None, text=None))
    found = told(desk, number)
    assert (found.words, found.note) == ((), REDACTED)


def test_every_entry_of_a_busy_day_can_be_told_to_everybody(desk: Desk) -> None:
    for at in ("08:30", "10:00", "11:01", "11:31", "13:30"):
        desk.at(f"{MONDAY}T{at}")
        desk.tick()
    desk.away(KIM, f"{TUESDAY}T00:00", "2026-11-25T00:00", LeaveKind.SICK)
    desk.designate(MORGAN, DANA, f"{TUESDAY}T00:00", "2026-11-25T00:00")
    desk.check(LEE)
    for entry, _ in desk.entries():
        for reader in (KIM, PAT, SAM):
            found = told(desk, entry.number, reader)
            assert found.title
            assert "{" not in str(found.facts)
        assert "sick" not in str(told(desk, entry.number, PAT))


@pytest.mark.parametrize("number", [0, 10**12])
def test_a_number_that_there_is_not_is_nothing(desk: Desk, number: int) -> None:
    with desk.store.read() as connection:
        assert entry_words(connection, NEW_YORK, number, KIM) is None
