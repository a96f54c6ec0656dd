"""The page of a duty: what it is, and the answer of its holder (DOMAIN §3, §5)."""

from __future__ import annotations

from watchbill.acts.duty import accept_duty, decline_duty
from watchbill.core.instants import clock_words, date_words, local_date, span_words
from watchbill.core.journal import Kind
from watchbill.core.roster import Duty, DutyKind
from watchbill.post.particulars import particulars
from watchbill.store import people
from watchbill.web.filled import BadFormError, Filled
from watchbill.web.link import Accepted, Link, View

WORDS = {
    DutyKind.INTERIM: "appointed as interim monitor",
    DutyKind.DESIGNATION: "designated",
    DutyKind.STANDING: "designated to stand in",
}


def show(link: Link, accepted: Accepted | None) -> View:
    """Return the duty with its brief, what was answered, and the answers that are still possible."""
    duty, zone = _duty(link), link.policy.zone
    roster = link.roster()
    said = particulars(link.policy, link.connection, link.notice, roster, link.now).facts
    maker = people.maker_of(link.connection, duty.id)
    values = {
        "person": link.person.name,
        "duty": WORDS[duty.kind],
        "interim": duty.kind is DutyKind.INTERIM,
        "span": span_words(duty.starts_at, duty.ends_at, zone),
        "by": "the operator" if maker is None else roster.people[maker].name,
        "brief": said["brief"],
        "answer": _answer(link, duty),
        "over": _over(link, duty),
        "answered": duty.accepted_at is not None,
        "good_until": link.good_until,
        "entry": None if accepted is None else accepted.entry,
        "repeated": accepted is not None and accepted.repeated,
    }
    return View("duty.html", values)


def spent(link: Link, sent: Filled) -> bool:
    """Whether it is answered: declining after accepting stays possible while the duty lasts."""
    duty = _duty(link)
    return _over(link, duty) or (sent.do == "accept" and duty.accepted_at is not None)


def accept(link: Link, _: Filled) -> Accepted:
    """Record that the designee accepts."""
    if _duty(link).kind is DutyKind.INTERIM:
        raise BadFormError("An appointment needs no yes: it counts already.")
    done = accept_duty(link.office, link.by, link.person, _duty(link).id)
    return Accepted(done.entry, Kind.DUTY_ACCEPTED)


def decline(link: Link, _: Filled) -> Accepted:
    """Record that the holder of the duty declines."""
    done = decline_duty(link.office, link.by, link.person, _duty(link).id)
    return Accepted(done.entry, Kind.DUTY_DECLINED)


def _duty(link: Link) -> Duty:
    return next(duty for duty in people.duties(link.connection) if duty.id == link.notice.duty)


def _over(link: Link, duty: Duty) -> bool:
    return duty.until <= link.now or duty.cancelled_at is not None or duty.declined_at is not None


def _answer(link: Link, duty: Duty) -> str:
    """Return what has become of the duty, in a sentence; empty while it waits for an answer."""
    zone = link.policy.zone
    for at, words in (
        (duty.declined_at, "You declined this duty on"),
        (duty.cancelled_at, "This duty was ended on"),
        (duty.accepted_at, "You accepted this duty on"),
    ):
        if at is not None:
            return f"{words} {date_words(local_date(at, zone))} at {clock_words(at, zone)}."
    return ""
