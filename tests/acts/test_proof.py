"""Proving a channel: a code goes out by it and comes back; whoever guesses is stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.acts.refusal import refused
from tests.cast import DANA, KIM, MINUTE, SECOND
from tests.store.desk import MONDAY, OPERATOR, Desk
from watchbill.acts.deed import By
from watchbill.acts.proof import MOST_CODES, ask_for_proof, prove
from watchbill.acts.roster import edit_own, edit_person
from watchbill.core.checks import Way
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Channel
from watchbill.store import deliveries, notices, proofs
from watchbill.store.columns import DeliveryState
from watchbill.store.notices import NoticeRecord

SMS, EMAIL = Channel.SMS, Channel.EMAIL
HIM = By(KIM, Way.WEB)
OTHER_NUMBER = "+14195550177"


def asked(desk: Desk, channel: Channel = SMS, address: str | None = None) -> NoticeRecord:
    """Ask for a code, let it go out, and return its notice."""
    key = ask_for_proof(desk.office, HIM, channel)
    with desk.store.write() as connection:
        notice = notices.notice_with_key(connection, key)
        now = desk.clock.now()
        where = address or (KIM.email if channel is EMAIL else KIM.mobile) or ""
        sent = deliveries.begin_delivery(connection, notice, channel, where, now, MINUTE)
        deliveries.update_delivery(connection, sent, state=DeliveryState.SENT)
    return notice


def proven(desk: Desk) -> dict[tuple[int, Channel], str]:
    with desk.store.read() as connection:
        return {which: proof.address for which, proof in proofs.proofs(connection).items()}


def test_a_code_goes_by_that_one_channel_at_any_hour_for_a_quarter_of_an_hour(desk: Desk) -> None:
    desk.at(f"{MONDAY}T23:30")
    notice = asked(desk, EMAIL)
    assert (notice.reason, notice.step) == (Reason.PROOF_ASKED, Step.PROOF)
    assert (notice.person, notice.about, notice.channel) == (KIM.id, {"only": "email"}, EMAIL)
    assert notice.not_before == desk.clock.now()
    assert notice.useful_until == desk.clock.now() + 15 * MINUTE


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower"])
def test_the_code_that_came_proves_the_channel_for_good(desk: Desk, typed: str) -> None:
    code = asked(desk).code
    entry = prove(desk.office, HIM, SMS, code.lower() if typed == "lower" else typed.format(code))
    assert proven(desk) == {(KIM.id, SMS): KIM.mobile}
    last, words = desk.entries()[-1]
    assert (last.number, last.kind) == (entry, Kind.CHANNEL_PROVEN)
    assert last.facts == {"person": KIM.id, "channel": "sms"}
    assert words is not None
    assert words.text == {"address": KIM.mobile}
    assert "no code is out" in refused(desk, lambda: prove(desk.office, HIM, SMS, code))


def test_a_code_of_another_channel_or_of_somebody_else_proves_nothing(desk: Desk) -> None:
    code = asked(desk, EMAIL).code
    assert "no code is out" in refused(desk, lambda: prove(desk.office, HIM, SMS, code))
    her = By(DANA, Way.WEB)
    assert "no code is out" in refused(desk, lambda: prove(desk.office, her, EMAIL, code))
    assert proven(desk) == {}


def test_only_the_newest_code_counts(desk: Desk) -> None:
    older, newer = asked(desk).code, asked(desk).code
    assert "not the code" in refused(desk, lambda: prove(desk.office, HIM, SMS, older))
    prove(desk.office, HIM, SMS, newer)


def test_a_code_is_good_for_a_quarter_of_an_hour(desk: Desk) -> None:
    code = asked(desk).code
    desk.later(minutes=15)
    assert "no code is out" in refused(desk, lambda: prove(desk.office, HIM, SMS, code))
    code = asked(desk).code
    desk.later(minutes=15, seconds=-1)
    prove(desk.office, HIM, SMS, code)


@pytest.mark.parametrize("wrong", ["", "XXXX", "0" * 5000, "\x00", "ÅÄ\u202e7", "<b>"])
def test_a_wrong_code_proves_nothing(desk: Desk, wrong: str) -> None:
    asked(desk)
    assert "not the code" in refused(desk, lambda: prove(desk.office, HIM, SMS, wrong))
    assert proven(desk) == {}


def test_five_wrong_codes_lock_for_an_hour_and_tries_meanwhile_do_not_prolong_it(desk: Desk) -> None:
    for _ in range(5):
        asked(desk)
        refused(desk, lambda: prove(desk.office, HIM, SMS, "XXXX"))
        desk.later(minutes=1)
    desk.later(minutes=13)
    for _ in range(6):
        assert "five codes were wrong" in refused(desk, lambda: prove(desk.office, HIM, SMS, "XXXX"))
    desk.later(minutes=46, seconds=-1)
    code = asked(desk).code
    assert "five codes were wrong" in refused(desk, lambda: prove(desk.office, HIM, SMS, code))
    desk.clock.set(desk.clock.now() + SECOND)
    prove(desk.office, HIM, SMS, code)


def test_somebody_elses_wrong_codes_lock_nobody_else(desk: Desk) -> None:
    for _ in range(5):
        refused(desk, lambda: prove(desk.office, By(DANA, Way.WEB), SMS, "XXXX"))
    prove(desk.office, HIM, SMS, asked(desk).code)


def test_at_most_five_codes_go_out_within_an_hour(desk: Desk) -> None:
    for _ in range(MOST_CODES):
        asked(desk)
    sentence = refused(desk, lambda: ask_for_proof(desk.office, HIM, EMAIL))
    assert "5 codes were sent within the hour" in sentence
    desk.later(hours=1)
    asked(desk)


def test_a_code_that_went_to_an_older_number_proves_nothing_of_the_new_one(desk: Desk) -> None:
    code = asked(desk).code
    edit_own(desk.office, HIM, replace(KIM, mobile=OTHER_NUMBER))
    assert "no code is out" in refused(desk, lambda: prove(desk.office, HIM, SMS, code))


def test_a_number_that_changes_is_not_proven_any_more_not_even_when_it_changes_back(desk: Desk) -> None:
    prove(desk.office, HIM, SMS, asked(desk).code)
    prove(desk.office, HIM, EMAIL, asked(desk, EMAIL).code)
    edit_person(desk.office, OPERATOR, replace(desk.person(KIM.id), mobile=OTHER_NUMBER))
    assert proven(desk) == {(KIM.id, EMAIL): KIM.email}
    edit_person(desk.office, OPERATOR, replace(desk.person(KIM.id), mobile=KIM.mobile))
    assert proven(desk) == {(KIM.id, EMAIL): KIM.email}


def test_without_a_number_no_code_goes_by_text(desk: Desk) -> None:
    edit_own(desk.office, HIM, replace(KIM, mobile=None, channels=(EMAIL,)))
    assert "no mobile number" in refused(desk, lambda: ask_for_proof(desk.office, HIM, SMS))
