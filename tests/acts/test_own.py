"""What somebody may change of themselves: number, channels, quiet hours, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from tests.acts.refusal import refused
from tests.cast import DANA, KIM, MORGAN, local
from tests.store.desk import MONDAY, OPERATOR, Desk
from watchbill.acts.deed import By
from watchbill.acts.leave import take_leave
from watchbill.acts.roster import deactivate_person, edit_own, edit_person, load_roster
from watchbill.acts.sign_in import make_sign_in_link, sign_in, sign_out
from watchbill.core.checks import Way
from watchbill.core.journal import Kind
from watchbill.core.roster import Channel, LeaveKind, Role
from watchbill.errors import RefusedError
from watchbill.store import reach, sessions

HER = By(DANA, Way.WEB)
QUIET = (time(21), time(7))


def test_number_channels_and_quiet_hours_are_ones_own_to_change(desk: Desk) -> None:
    wanted = replace(DANA, mobile="+14195550188", channels=(Channel.EMAIL, Channel.SMS), quiet=QUIET)
    assert edit_own(desk.office, HER, wanted)
    assert desk.person(DANA.id) == wanted
    entry, words = desk.entries()[-1]
    assert (entry.kind, entry.actor.name) == (Kind.PERSON_CHANGED, f"person:{DANA.id}")
    assert words is not None
    assert words.text is not None
    assert words.text["quiet"] == "21:00-07:00"
    assert not edit_own(desk.office, HER, wanted)


def test_nothing_else_is(desk: Desk) -> None:
    greedy = replace(
        DANA, name="Boss", email="boss@example.org", roles=frozenset(Role), id=MORGAN.id, quiet=QUIET
    )
    edit_own(desk.office, HER, greedy)
    assert desk.person(DANA.id) == replace(DANA, quiet=QUIET)
    assert desk.person(MORGAN.id) == MORGAN


def test_a_new_number_has_not_been_stopped(desk: Desk) -> None:
    with desk.store.write() as connection:
        reach.stop_texts(connection, DANA.id, local(f"{MONDAY}T06:00"))
    edit_own(desk.office, HER, replace(DANA, quiet=QUIET))
    assert desk.person(DANA.id).sms_stopped_at is not None
    edit_own(desk.office, HER, replace(DANA, mobile="+14195550188"))
    assert desk.person(DANA.id).sms_stopped_at is None


def test_who_is_deactivated_or_nobody_changes_nothing(desk: Desk) -> None:
    deactivate_person(desk.office, OPERATOR, DANA)
    wanted = replace(DANA, mobile=None)
    assert "deactivated" in refused(desk, lambda: edit_own(desk.office, HER, wanted))
    with pytest.raises(RefusedError, match="name the person"):
        edit_own(desk.office, OPERATOR, wanted)


def test_loading_a_roster_leaves_quiet_hours_as_they_are(desk: Desk) -> None:
    edit_person(desk.office, OPERATOR, replace(KIM, quiet=QUIET))
    load_roster(desk.office, OPERATOR, (replace(KIM, name="Kim R."),), ())
    assert desk.person(KIM.id).quiet == QUIET


@pytest.mark.parametrize(
    ("until", "expected"),
    [("2026-11-24T00:00", "20:00"), (f"{MONDAY}T20:00", "18:00"), (f"{MONDAY}T20:01", "20:00")],
)
def test_quiet_hours_delay_what_is_not_urgent_while_it_is_of_use(
    desk: Desk, until: str, expected: str
) -> None:
    edit_own(desk.office, HER, replace(DANA, quiet=(time(17), time(20))))
    desk.at(f"{MONDAY}T18:00")
    boss = By(MORGAN, Way.WEB)
    span = local(f"{MONDAY}T19:00"), local(until)
    take_leave(desk.office, boss, desk.person(DANA.id), LeaveKind.OTHER, *span)
    (told,) = desk.notices()
    assert (told.person, told.urgent) == (DANA.id, False)
    assert told.not_before == local(f"{MONDAY}T{expected}")


def test_quiet_hours_delay_nothing_urgent(desk: Desk) -> None:
    edit_own(desk.office, HER, replace(DANA, quiet=(time(17), time(20))))
    desk.at(f"{MONDAY}T18:00")
    desk.designate(KIM, DANA, "2026-12-01T00:00", "2026-12-02T00:00")
    (asked,) = desk.notices()
    assert (asked.person, asked.urgent, asked.not_before) == (DANA.id, True, desk.clock.now())


def test_all_other_sessions_end_and_this_one_goes_on(desk: Desk) -> None:
    held = [
        sign_in(desk.office, make_sign_in_link(desk.office, OPERATOR, DANA), f"browser {place}")[1]
        for place in range(3)
    ]
    assert sign_out(desk.office, HER, DANA, but=held[0].hash) == 2
    with desk.store.read() as connection:
        now = desk.clock.now()
        assert [one.hash for one in sessions.sessions_of(connection, DANA.id, now)] == [held[0].hash]
        assert sessions.count_lasting(connection, now) == 1
    assert sign_out(desk.office, HER, DANA, but=held[0].hash) == 0
