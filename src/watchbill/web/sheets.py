"""Which page belongs to which kind of link, and what a form on it may do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.errors import RefusedError
from watchbill.web import answering, away, checking, covering
from watchbill.web.filled import BadFormError, Filled, in_plain_words
from watchbill.web.link import BAD_REQUEST, CONFLICT, FORBIDDEN, Accepted, Link, View, said

Deed = Callable[[Link, Filled], Accepted]
Again = Callable[[Link, Filled, BadFormError, int], View | None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of link.

    ``show``: its page as things stand, with what came of a form where one was just accepted.
    ``deeds``: what its forms may do, by name; ``kinds``: what that is in the journal. ``spent``:
    whether the thing is done, so that a new form of that name does nothing more. ``again``: the form
    once more, with what was entered and what is wrong with it, where there is a page for that.
    """

    show: Callable[[Link, Accepted | None], View]
    deeds: Mapping[str, Deed]
    kinds: Collection[Kind]
    spent: Callable[[Link, Filled], bool]
    refused: int = CONFLICT
    again: Again = lambda *_: None


CHECKING = Sheet(
    checking.show,
    {"check": checking.record, "away": away.leave, "back": away.back},
    (Kind.CHECK_RECORDED, Kind.LEAVE_TAKEN, Kind.LEAVE_CANCELLED),
    checking.spent,
    FORBIDDEN,
    checking.again,
)
DESIGNATING = Sheet(covering.show, {"designate": covering.give}, (Kind.DESIGNATED,), covering.spent)
APPOINTING = Sheet(covering.show, {"appoint": covering.give}, (Kind.APPOINTED,), covering.spent)
ANSWERING = Sheet(
    answering.show,
    {"accept": answering.accept, "decline": answering.decline},
    (Kind.DUTY_ACCEPTED, Kind.DUTY_DECLINED),
    answering.spent,
)
PLANNING = Sheet(away.plan, {"away": away.leave}, (Kind.LEAVE_TAKEN,), lambda *_: False)
RETURNING = Sheet(away.show_leave, {"back": away.end}, (Kind.LEAVE_CANCELLED,), away.over)
SHEETS: Mapping[Reason, Sheet] = {
    Reason.CHECK_DUE: CHECKING,
    Reason.GAP_FOUND: DESIGNATING,
    Reason.GAP_AHEAD: DESIGNATING,
    Reason.GAP_CHANGED: DESIGNATING,
    Reason.GAP_ESCALATED: APPOINTING,
    Reason.WINDOW_UNCOVERED: APPOINTING,
    Reason.DUTY_ASSIGNED: ANSWERING,
    Reason.DIGEST_DUE: PLANNING,
    Reason.LEAVE_RECORDED: RETURNING,
}


def known(link: Link) -> bool:
    """Whether a link is of a kind that has a page."""
    return link.notice.reason in SHEETS


def show(link: Link, *, more: bool = False) -> View:
    """Return the page of a link as things stand, or the form for ``more`` than is asked; reads only."""
    return SHEETS[link.notice.reason].show(replace(link, more=more), None)


def act(link: Link, sent: Filled) -> View:
    """Do what a form says, within the transaction of the link, and return the page that says so.

    A form that was accepted before does nothing and shows its outcome again; what the rules refuse
    changes nothing, but for the journal, which keeps that it was tried.
    """
    sheet = SHEETS[link.notice.reason]
    before = link.deed_of(sent.form)
    if before is not None:
        known_here = before.own and before.kind in sheet.kinds
        return sheet.show(link, before) if known_here else _not_there()
    deed = sheet.deeds.get(sent.do)
    if deed is None:
        return _not_there()
    if sheet.spent(link, sent):
        return replace(sheet.show(link, None), status=CONFLICT)
    try:
        done = deed(link, sent)
    except BadFormError as error:
        go_back = said("Not recorded", f"{error} Go back and put it right.", BAD_REQUEST)
        return sheet.again(link, sent, error, BAD_REQUEST) or go_back
    except RefusedError as error:
        words = in_plain_words(error.message)
        refused = said("Not recorded", words, sheet.refused)
        return sheet.again(link, sent, BadFormError(words), sheet.refused) or refused
    link.keep_form(sent.form, done.entry)
    # The act took its own time: what it ended has ended only by a clock that is read after it.
    return sheet.show(replace(link, now=link.office.clock.now()), done)


def _not_there() -> View:
    return said(
        "That form is not of this page", "Open the link again and press a button on it.", BAD_REQUEST
    )
