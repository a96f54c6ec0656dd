"""A provider that fails is a technical failure: at once where it refuses us, else after five minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import DANA, KIM, MORGAN, SAM, SAM_ID, SECOND
from tests.post.rig import Fake, Rig, passing, permanent, unknown, with_fakes
from tests.store.desk import Desk
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import Channel
from watchbill.core.world import NoticeState
from watchbill.errors import SendError
from watchbill.post.provider_trouble import attempt_failed, attempt_worked
from watchbill.store import troubles

WHOLE = SendError("the account is suspended", whole_channel=True)
BY_TEXT = {"only": "sms"}
FIVE_MINUTES = timedelta(minutes=5)


def going_on(desk: Desk) -> list[tuple[str, str]]:
    with desk.store.read() as connection:
        return [(trouble.kind, trouble.subject) for trouble in troubles.going_on(connection)]


def failing(desk: Desk, *answers: BaseException) -> tuple[Rig, Fake]:
    """Return the ways out of an office whose provider of texts answers so."""
    sms = Fake(list(answers))
    return with_fakes(desk, sms, Fake()), sms


def tell(desk: Desk, error: SendError) -> list[tuple[str, str]]:
    """Note a failure beside the attempts on record."""
    office = desk.office
    with desk.store.write() as connection:
        attempt_failed(connection, office.entropy, Channel.SMS, error, office.clock.now())
    return going_on(desk)


def test_a_refusal_of_the_whole_channel_is_a_failure_at_once(desk: Desk) -> None:
    tested, _ = failing(desk, WHOLE)
    tested.owe(about=BY_TEXT)
    tested.deliver()
    assert going_on(desk) == [("provider", "sms")]
    (entry,) = [entry for entry, _ in desk.entries() if entry.kind == Kind.TROUBLE_BEGAN]
    assert (entry.facts["kind"], entry.facts["subject"], entry.actor.name) == (
        "provider",
        "sms",
        "program",
    )


@pytest.mark.parametrize("error", [passing(), unknown()], ids=["put off", "no answer"])
@pytest.mark.parametrize(
    ("after", "fails"),
    [(FIVE_MINUTES - SECOND, False), (FIVE_MINUTES, True), (FIVE_MINUTES + SECOND, True)],
    ids=["before", "at", "after"],
)
def test_a_provider_that_takes_nothing_for_five_minutes_fails(
    desk: Desk, error: SendError, after: timedelta, *, fails: bool
) -> None:
    tested, _ = failing(desk, error)
    tested.owe(about=BY_TEXT)
    tested.deliver()
    assert going_on(desk) == []
    desk.clock.set(desk.clock.now() + after)
    assert tell(desk, error) == ([("provider", "sms")] if fails else [])


def test_a_number_that_does_not_exist_is_no_failure_of_the_provider(desk: Desk) -> None:
    tested, _ = failing(desk, permanent(), permanent(), permanent())
    for person in (KIM, DANA, MORGAN):
        tested.owe(f"to-{person.id}", person, about=BY_TEXT)
        tested.deliver()
        desk.later(minutes=10)
    assert going_on(desk) == []


@pytest.mark.parametrize("between", [None, permanent()], ids=["taken", "refused for good"])
def test_an_answer_in_between_begins_the_five_minutes_anew(
    desk: Desk, between: BaseException | None
) -> None:
    tested, sms = failing(desk, passing())
    tested.owe("first", about=BY_TEXT)
    tested.deliver()
    desk.later(minutes=4)
    sms.answers = [] if between is None else [between]
    tested.owe("second", DANA, about=BY_TEXT)
    tested.deliver()
    desk.later(minutes=4)
    assert tell(desk, passing()) == []


def test_the_failure_is_over_when_a_message_is_taken_again(desk: Desk) -> None:
    tested, _ = failing(desk, WHOLE)
    tested.owe("first", about=BY_TEXT)
    tested.deliver()
    tested.owe("second", DANA, about=BY_TEXT)
    tested.deliver()
    assert going_on(desk) == []
    assert desk.kinds().count(Kind.TROUBLE_BEGAN) == desk.kinds().count(Kind.TROUBLE_ENDED) == 1


def test_what_works_and_did_before_is_no_news(desk: Desk) -> None:
    before = desk.dump()
    office = desk.office
    with desk.store.write() as connection:
        attempt_worked(connection, office.entropy, Channel.EMAIL, office.clock.now())
    assert desk.dump() == before


def test_each_channel_fails_for_itself(desk: Desk) -> None:
    tell(desk, WHOLE)
    office = desk.office
    with desk.store.write() as connection:
        attempt_worked(connection, office.entropy, Channel.EMAIL, office.clock.now())
    assert going_on(desk) == [("provider", "sms")]


def test_while_it_goes_on_it_is_one_failure(desk: Desk) -> None:
    for _ in range(3):
        tell(desk, WHOLE)
        desk.later(minutes=10)
    assert going_on(desk) == [("provider", "sms")]
    assert desk.kinds().count(Kind.TROUBLE_BEGAN) == 1


def test_information_services_hear_of_it_once_by_the_channel_that_works_and_the_ed_does_not(
    desk: Desk,
) -> None:
    sms, email = Fake(), Fake()
    tested = with_fakes(desk, sms, email)
    tell(desk, WHOLE)
    sms.answers = [WHOLE] * 50
    for _ in range(3):
        desk.tick()
        tested.deliver()
        desk.later(minutes=10)
    technical = [n for n in desk.notices() if n.reason is Reason.TECHNICAL_FAILURE]
    assert [n.person for n in technical] == [SAM_ID]
    mails = [letter for letter in email.letters if letter.notice == technical[0].id]
    assert [letter.address for letter in mails] == [SAM.email]
    assert "the account is suspended" in mails[0].message.plain()


def test_a_failure_that_is_over_before_it_could_be_told_is_not_told(desk: Desk) -> None:
    desk.at("2026-11-23T22:00")
    tell(desk, WHOLE)
    desk.tick()
    office = desk.office
    with desk.store.write() as connection:
        attempt_worked(connection, office.entropy, Channel.SMS, office.clock.now())
    desk.later(minutes=1)
    desk.tick()
    (notice,) = [n for n in desk.notices() if n.reason is Reason.TECHNICAL_FAILURE]
    assert (notice.state, notice.why) == (NoticeState.WITHDRAWN, Reason.TROUBLE_OVER)
