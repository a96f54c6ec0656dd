"""Asking for a test message."""

from __future__ import annotations

from watchbill.acts.deed import By, deed, require
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason, Step
from watchbill.core.roster import Channel, Person
from watchbill.ledger import Office

SUBJECT_BITS = 64


def ask_for_test(office: Office, by: By, person: Person, channel: Channel) -> str:
    """Owe a person a test by one channel, at whatever hour; return the notice's key."""
    with deed(office, by, Kind.NOTICE_OWED) as act:
        fresh = act.person(person.id)
        require(fresh.active, f"{fresh.name} is deactivated; there is nobody to reach.")
        require(
            channel is Channel.EMAIL or fresh.mobile,
            f"--channel: {fresh.name} has no mobile number; add it with `watchbill person edit`.",
        )
        return act.tell(
            fresh,
            Reason.TEST_ASKED_FOR,
            Step.TEST,
            f"{office.entropy.bits(SUBJECT_BITS):016x}",
            at_once=True,
            about={"only": channel.value},
        )
