"""Leave, designations, appointments, answers, the order: seen before they are saved, by those who may."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import sqlalchemy as sa

from tests.web.outline import Outline, assert_sound, words
from tests.web.site import Site, Visitor
from tests.web.test_coverage_calendar import EVERYBODY, away, give
from watchbill.core.coverage import monitor_of
from watchbill.core.journal import Kind
from watchbill.core.reasons import Reason
from watchbill.core.roster import DutyKind, LeaveKind
from watchbill.reports.cover_ahead import horizon
from watchbill.store import people
from watchbill.store.notices import NOTICES

LEAVE, DESIGNATE, APPOINT = "/coverage/leave", "/coverage/designate", "/coverage/appoint"
ORDER = "/coverage/order"
AT_ONCE = (
    Reason.LEAVE_RECORDED,
    Reason.HOLDER_AWAY,
    Reason.DUTY_ASSIGNED,
    Reason.DUTY_DECLINED,
    Reason.DUTY_ENDED,
    Reason.DUTY_ARRANGED,
    Reason.GAP_FOUND,
    Reason.GAP_CHANGED,
    Reason.GAP_ESCALATED,
)


@pytest.fixture
def looked(site: Site) -> Site:
    site.look("07:50:00")
    return site


def address(path: str, **fields: Any) -> str:
    """Return an address with fields; ``from_`` is ``from``."""
    return f"{path}?{urlencode({name.removesuffix('_'): value for name, value in fields.items()})}"


def press(visitor: Visitor, path: str, do: str, **changed: Any) -> httpx.Response:
    """Open a preview and press its one button, with fields changed by a hostile hand."""
    page = visitor.get(path)
    assert page.status_code == 200, words(page.text)
    assert_sound(page.text)
    (form,) = Outline(page.text).does(do)
    return visitor.post(path.partition("?")[0], **{**form.hidden, **changed})


def done(answer: httpx.Response) -> None:
    assert answer.status_code == 303, words(answer.text)
    assert answer.headers["location"].startswith("/coverage?entry=")


def kinds(site: Site) -> list[str]:
    return [row[2] for row in site.dump()["journal"]]


def monitors(site: Site) -> dict[str, int | None]:
    with site.office.store.read() as connection:
        now = site.clock.now()
        ahead = horizon(site.office.policy, connection, now)
        facts = people.roster_since(connection, now)
    return {p.occasion.id: monitor_of(site.office.policy, facts, p.occasion) for p in ahead.windows}


@pytest.mark.parametrize(
    ("entry", "says"), [("4242", False), ("1", False), ("own", True), ("late", False), ("1e3", False)]
)
def test_a_page_says_recorded_of_the_visitors_own_fresh_entry_alone(
    looked: Site,
    entry: str,
    says: bool,  # noqa: FBT001
) -> None:
    visitor = looked.sign_in("Lee")
    answer = press(visitor, address(LEAVE, from_="2026-12-28", to="2026-12-31"), "take-leave")
    own = answer.headers["location"].partition("=")[2]
    if entry == "late":
        looked.clock.set(looked.clock.now() + timedelta(minutes=11))
    shown = visitor.get(f"/coverage?entry={own if entry in ('own', 'late') else entry}").text
    assert ("Recorded, entry" in shown) == says


def test_a_span_to_the_end_of_the_year_is_of_that_year(looked: Site) -> None:
    path = address(LEAVE, from_="2026-12-28", to="2026-12-31", kind="vacation")
    text = words(looked.sign_in("Lee").get(path).text)
    assert "Mon Dec 28 to Thu Dec 31." in text
    assert "Dec 31, 2027" not in text


# Every act: seen first, then done


@pytest.mark.parametrize("who", ["Kim", "Dana", "Lee", "Pat", "Jo"])
def test_everybody_records_their_own_leave(looked: Site, who: str) -> None:
    visitor = looked.sign_in(who)
    path = address(LEAVE, from_="2026-12-01", to="2026-12-03", kind="sick")
    before = looked.dump()
    assert "You are away (sick), Tue Dec 1 to Thu Dec 3." in words(visitor.get(path).text)
    assert looked.dump() == before
    done(press(visitor, path, "take-leave"))
    (row,) = looked.dump()["leaves"]
    assert (row[1], row[2]) == (looked.person(who).id, LeaveKind.SICK)
    assert kinds(looked)[-1] == Kind.NOTICE_OWED
    assert looked.acted == 1


def test_why_somebody_is_away_is_seen_first_without_standing_in_an_address(looked: Site) -> None:
    visitor = looked.sign_in("Lee")
    before = looked.dump()
    sent = {"from": "2026-12-01", "to": "2026-12-03", "kind": "sick"}
    page = visitor.send(LEAVE, "look", **sent)
    assert page.status_code == 200
    assert_sound(page.text)
    assert "You are away (sick), Tue Dec 1 to Thu Dec 3." in words(page.text)
    assert looked.dump() == before
    (form,) = Outline(page.text).does("take-leave")
    done(visitor.post(LEAVE, **form.hidden))
    assert [form.method for form in Outline(visitor.get(LEAVE).text).forms] == ["post"]


@pytest.mark.parametrize(("who", "may"), [(who, who in ("Kim", "Dana")) for who in EVERYBODY])
def test_the_pio_and_the_ed_record_leave_for_anybody(looked: Site, who: str, *, may: bool) -> None:
    visitor, other = looked.sign_in(who), "Sam" if who != "Sam" else "Lee"
    path = address(LEAVE, from_="2026-12-01", who=looked.person(other).id)
    page = visitor.get(path)
    assert (page.status_code == 200) == may
    if may:
        done(press(visitor, path, "take-leave"))
        assert looked.dump()["leaves"][0][1] == looked.person(other).id
        return
    assert "may not change somebody else" in words(page.text)
    hidden = visitor.filled("/coverage/leave?from=2026-12-01", "take-leave")
    answer = visitor.post(LEAVE, **{**hidden, "who": looked.person(other).id})
    assert answer.status_code == 409
    assert looked.dump()["leaves"] == []
    assert looked.tried() == 1


@pytest.mark.parametrize(("who", "may"), [(who, who in ("Kim", "Dana")) for who in EVERYBODY])
def test_the_pio_and_the_ed_designate(looked: Site, who: str, *, may: bool) -> None:
    visitor, sam = looked.sign_in(who), looked.person("Sam").id
    path = address(DESIGNATE, who=sam, from_="2026-11-26", to="2026-11-27", respond=1)
    if may:
        done(press(visitor, path, "designate"))
        (row,) = looked.dump()["duties"]
        assert (row[1], row[2], row[5]) == (DutyKind.DESIGNATION, sam, True)
        return
    assert "Only the PIO and the Executive Director can designate" in visitor.get(DESIGNATE).text
    assert Outline(visitor.get(DESIGNATE).text).forms == []
    refused_for(looked, visitor, DESIGNATE, "designate", who=sam)


@pytest.mark.parametrize(("who", "may"), [(who, who == "Dana") for who in EVERYBODY])
def test_the_ed_alone_appoints(looked: Site, who: str, *, may: bool) -> None:
    visitor, pat = looked.sign_in(who), looked.person("Pat").id
    if may:
        path = address(APPOINT, who=pat, from_="2026-11-26", from_time="08:00", to_time="16:30")
        done(press(visitor, path, "appoint"))
        (row,) = looked.dump()["duties"]
        assert (row[1], row[2], row[5]) == (DutyKind.INTERIM, pat, False)
        return
    assert "Only the Executive Director can appoint" in visitor.get(APPOINT).text
    refused_for(looked, visitor, APPOINT, "appoint", who=pat)


def refused_for(site: Site, visitor: Visitor, path: str, do: str, who: int) -> None:
    """Send a form that the page did not offer, with a proof of another page."""
    hidden = {**visitor.filled("/sign-out", "sign-out"), "do": do}
    answer = visitor.post(path, **hidden, **{"who": who, "from": "2026-11-26"})
    assert answer.status_code == 409
    assert "may not do this" in words(answer.text)
    assert site.dump()["duties"] == []
    assert site.tried() == 1


@pytest.mark.parametrize("do", ["accept", "decline"])
@pytest.mark.parametrize("who", EVERYBODY)
def test_a_duty_is_answered_by_its_holder_alone(looked: Site, who: str, do: str) -> None:
    give(looked, "Lee", "2026-11-26", "2026-11-26")
    visitor = looked.sign_in(who)
    page = visitor.get(f"/coverage/duty/1?act={do}")
    assert (page.status_code == 200) == (who == "Lee")
    if who == "Lee":
        done(press(visitor, f"/coverage/duty/1?act={do}", do))
        state = "accepted" if do == "accept" else "declined"
        assert f"State: {state}" in words(visitor.get("/coverage/duty/1").text)
    else:
        hidden = {**visitor.filled("/sign-out", "sign-out"), "do": do}
        assert visitor.post("/coverage/duty/1", **hidden).status_code == 409
        assert "State: unconfirmed" in words(visitor.get("/coverage/duty/1").text)


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_designation_is_ended_by_the_pio_and_the_ed(looked: Site, who: str) -> None:
    give(looked, "Lee", "2026-11-26", "2026-11-26")
    visitor, may = looked.sign_in(who), who in ("Kim", "Dana")
    page = visitor.get("/coverage/duty/1?act=cancel")
    assert (page.status_code == 200) == may
    if may:
        assert "2 checks would be covered by NOBODY." in words(page.text)
        done(press(visitor, "/coverage/duty/1?act=cancel", "cancel"))
        assert "State: cancelled" in words(visitor.get("/coverage/duty/1").text)


@pytest.mark.parametrize("who", EVERYBODY)
def test_leave_is_ended_by_the_person_the_pio_and_the_ed(looked: Site, who: str) -> None:
    away(looked, "Lee", "2026-11-23", "2026-11-26")
    visitor, may = looked.sign_in(who), who in ("Lee", "Kim", "Dana")
    forms = Outline(visitor.get("/coverage/leave/1").text).does("end-leave")
    assert bool(forms) == may
    if may:
        done(press(visitor, "/coverage/leave/1", "end-leave"))
        assert "This leave has ended" in words(visitor.get("/coverage/leave/1").text)
    else:
        hidden = {**visitor.filled("/sign-out", "sign-out"), "do": "end-leave"}
        assert visitor.post("/coverage/leave/1", **hidden).status_code == 409


def test_the_order_of_standing_designees_is_changed(looked: Site) -> None:
    for who in ("Lee", "Sam"):
        give(looked, who, "2026-11-24", "2027-11-24", DutyKind.STANDING)
    kim = looked.sign_in("Kim")
    page = words(kim.get(f"{ORDER}?order=2-1").text)
    assert "Thu Nov 26 to Fri Nov 27 (4 checks) Lee Okafor Sam Novak" in page
    done(press(kim, f"{ORDER}?order=2-1", "order"))
    assert kinds(looked)[-1] == Kind.STANDING_ORDERED
    assert kim.get(f"{ORDER}?order=2-1").status_code == 409
    lee = looked.sign_in("Lee")
    assert lee.get(f"{ORDER}?order=1-2").status_code == 409
    assert "Lee Okafor earlier" not in lee.get(ORDER).text


@pytest.mark.parametrize(
    "order", ["1", "1-1", "1-2-3", "x", "-", "9" * 300, "1--2", "\u0661-2", "2-1<b>"]
)
def test_what_is_no_order_is_refused(looked: Site, order: str) -> None:
    for who in ("Lee", "Sam"):
        give(looked, who, "2026-11-24", "2027-11-24", DutyKind.STANDING)
    answer = looked.sign_in("Kim").get(ORDER, params={"order": order})
    assert answer.status_code in (400, 409)
    assert "Set this order" not in answer.text


# A preview is what the act then does


PREVIEWED = [
    ("Kim", address(LEAVE, from_="2026-11-23", to="2026-12-02", kind="sick"), "take-leave"),
    ("Kim", address(LEAVE, from_="2026-11-30", to="2026-12-02", kind="vacation"), "take-leave"),
    ("Kim", address(LEAVE, from_="2026-12-20", to="2027-01-05", kind="other"), "take-leave"),
    ("Kim", address(LEAVE, from_="2026-11-24", from_time="10:59", to_time="14:00"), "take-leave"),
    ("Lee", address(LEAVE, from_="2026-11-26", to="2026-11-26", kind="sick"), "take-leave"),
    ("Kim", address(DESIGNATE, who=3, from_="2026-11-25", to="2026-12-01"), "designate"),
    ("Kim", address(DESIGNATE, who=3, from_="2026-11-23", to="2027-12-01", standing=1), "designate"),
    ("Kim", address(DESIGNATE, who=1, from_="2026-11-26", to="2026-11-27"), "designate"),
    ("Dana", address(APPOINT, who=6, from_="2026-11-26", to="2026-11-27"), "appoint"),
    ("Dana", address(APPOINT, who=4, from_="2026-11-23", to="2026-11-23"), "appoint"),
    ("Lee", "/coverage/duty/1?act=decline", "decline"),
    ("Dana", "/coverage/duty/1?act=cancel", "cancel"),
    ("Dana", "/coverage/leave/1", "end-leave"),
]


@pytest.mark.parametrize(("who", "path", "do"), PREVIEWED, ids=lambda value: str(value)[:60])
def test_a_preview_says_what_the_act_then_does(looked: Site, who: str, path: str, do: str) -> None:
    give(looked, "Lee", "2026-11-26", "2026-11-26")
    away(looked, "Kim", "2026-12-03", "2026-12-04", LeaveKind.VACATION)
    looked.look("07:55:00")
    visitor = looked.sign_in(who)
    seen, before, told = words(visitor.get(path).text), monitors(looked), notices(looked)
    done(press(visitor, path, do))
    looked.look("07:56:00")
    after = monitors(looked)
    opened = [w for w in before if after[w] is None and before[w] is not None]
    covered = [w for w in before if before[w] is None and after[w] is not None]
    assert ("would be covered by NOBODY" in seen) == bool(opened)
    assert counted(seen, "would be covered by NOBODY") == len(opened)
    assert counted(seen, "that nobody covers would be covered") == len(covered)
    assert ("stays as it is" in seen) == (before == after)
    hear = {name for name, number in notices(looked) if (name, number) not in told}
    named = seen.partition("Told of it: ")[2].partition(".")[0].replace(" (you)", "")
    assert set(named.split(", ") if named else []) == hear


def counted(text: str, sentence: str) -> int:
    """Return how many checks a sentence speaks of; none where it is not there."""
    found = re.search(rf"(\d+) checks? {sentence}", text)
    return 0 if found is None else int(found[1])


def notices(site: Site) -> list[tuple[str, int]]:
    """Return to whom notices were owed that an act or a gap called for, each with its id."""
    wanted = sa.select(NOTICES.c.person_id, NOTICES.c.id).where(NOTICES.c.reason.in_(AT_ONCE))
    with site.office.store.read() as connection:
        everybody = people.all_people(connection)
        rows = connection.execute(wanted.order_by(NOTICES.c.id)).all()
    return [(everybody[r.person_id].name, r.id) for r in rows]


# What is refused stands beside its field


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"from_": "2026-13-01"}, "from"),
        ({"from_": "yesterday"}, "from"),
        ({"from_": "1999-01-01"}, "from"),
        ({"from_": "2199-01-01"}, "from"),
        ({"from_": "2026-12-01", "to": "9999-12-31"}, "to"),
        ({"from_": "2026-12-02", "to": "2026-12-01"}, "to"),
        ({"from_": "2026-12-01", "from_time": "25:00"}, "from_time"),
        ({"from_": "2026-12-01", "from_time": "12:00", "to_time": "12:00"}, "to"),
        ({"from_": "2026-12-01", "to_time": "<b>"}, "to_time"),
        ({"from_": "2026-12-01", "kind": "holiday"}, "kind"),
        ({"from_": "2026-12-01", "who": "99"}, "who"),
        ({"from_": "2026-12-01", "who": "1 OR 1"}, "who"),
        ({"from_": "2026-12-01\u202e"}, "from"),
        ({"from_": "\U0001f600" * 3000}, "from"),
        ({"from_": "2026-12-01", "from_time": "2026-12-01T10:00"}, "from_time"),
    ],
)
def test_a_field_that_is_wrong_is_marked_and_nothing_is_recorded(
    looked: Site, fields: dict[str, str], field: str
) -> None:
    kim = looked.sign_in("Kim")
    before = looked.dump()
    page = kim.get(address(LEAVE, **fields))
    assert page.status_code in (400, 409)
    assert f'id="problem-{field}"' in page.text
    assert f'aria-describedby="problem-{field}' in page.text
    assert "<b>" not in page.text
    assert_sound(page.text)
    assert looked.dump() == before
    sent = {name.removesuffix("_"): value for name, value in fields.items()}
    hidden = {**kim.filled("/sign-out", "sign-out"), "do": "take-leave"}
    answer = kim.post(LEAVE, **{**hidden, **sent})
    assert answer.status_code == page.status_code
    assert looked.dump()["leaves"] == []


def test_somebody_who_is_away_cannot_be_designated_and_who_is_free_is_named(looked: Site) -> None:
    away(looked, "Lee", "2026-11-27", "2026-11-27")
    kim, lee = looked.sign_in("Kim"), looked.person("Lee").id
    page = kim.get(address(DESIGNATE, who=lee, from_="2026-11-26", to="2026-11-27"))
    assert page.status_code == 409
    assert 'id="problem-who"' in page.text
    assert "free for all of it: Kim Rivera, Sam Novak" in words(page.text)
    hidden = {**kim.filled("/sign-out", "sign-out"), "do": "designate"}
    answer = kim.post(DESIGNATE, **hidden, **{"who": lee, "from": "2026-11-26", "to": "2026-11-27"})
    assert answer.status_code == 409
    assert 'value="2026-11-27"' in answer.text
    assert looked.tried() == 1


def test_a_designation_does_not_begin_before_today_and_not_before_now(looked: Site) -> None:
    kim, lee = looked.sign_in("Kim"), looked.person("Lee").id
    assert kim.get(address(DESIGNATE, who=lee, from_="2026-11-22")).status_code == 400
    looked.at("09:00:00")
    done(press(kim, address(DESIGNATE, who=lee, from_="2026-11-23"), "designate"))
    with looked.office.store.read() as connection:
        (duty,) = people.duties(connection)
    assert duty.starts_at == looked.clock.now()


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        ("2026-11-01", "2026-11-01", 25),
        ("2027-03-14", "2027-03-14", 23),
        ("2026-12-31", "2027-01-01", 48),
    ],
)
def test_days_are_local_and_the_last_is_included(
    looked: Site, first: str, last: str, hours: int
) -> None:
    done(press(looked.sign_in("Lee"), address(LEAVE, from_=first, to=last), "take-leave"))
    with looked.office.store.read() as connection:
        (leave,) = people.leaves(connection)
    assert (leave.ends_at - leave.starts_at).total_seconds() == hours * 3600


# Forms


def test_what_would_do_something_else_than_was_seen_is_shown_again(looked: Site) -> None:
    kim = looked.sign_in("Kim")
    path = address(LEAVE, from_="2026-12-01", to="2026-12-03")
    hidden = kim.filled(path, "take-leave")
    give(looked, "Lee", "2026-12-01", "2026-12-02")
    answer = kim.post(LEAVE, **hidden)
    assert answer.status_code == 409
    assert "has changed since you looked" in words(answer.text)
    assert looked.dump()["leaves"] == []
    (form,) = Outline(answer.text).does("take-leave")
    done(kim.post(LEAVE, **form.hidden))


def test_a_form_is_accepted_once(looked: Site) -> None:
    kim = looked.sign_in("Kim")
    hidden = kim.filled(address(LEAVE, from_="2026-12-01"), "take-leave")
    done(kim.post(LEAVE, **hidden))
    assert kim.post(LEAVE, **hidden).status_code == 303
    assert len(looked.dump()["leaves"]) == 1


def test_a_form_without_our_proof_is_refused(looked: Site) -> None:
    kim = looked.sign_in("Kim")
    hidden = kim.filled(address(LEAVE, from_="2026-12-01"), "take-leave")
    assert kim.post(LEAVE, **{**hidden, "proof": "0" * 32}).status_code == 403
    assert kim.post(LEAVE, **{**hidden, "do": "designate"}).status_code == 400
    assert kim.post(LEAVE, **hidden, more="x" * 10_000_000).status_code == 413
    assert looked.dump()["leaves"] == []


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "9" * 30, "1;", "%00", "\u0661"])
@pytest.mark.parametrize("thing", ["leave", "duty"])
def test_what_is_not_on_record_is_not_found(looked: Site, thing: str, number: str) -> None:
    kim = looked.sign_in("Kim")
    path = f"/coverage/{thing}/{number}"
    assert kim.get(path).status_code == 404
    hidden = kim.filled("/sign-out", "sign-out")
    for do in ("end-leave", "accept", "decline", "cancel"):
        assert kim.post(path, **{**hidden, "do": do}).status_code in (400, 404)


@pytest.mark.parametrize(
    "path",
    [LEAVE, DESIGNATE, APPOINT, ORDER, "/coverage/leave/1", "/coverage/duty/1", "/coverage/duty/1?act=cancel",
     address(LEAVE, from_="2026-12-01"), address(DESIGNATE, who=3, from_="2026-12-01")],
)  # fmt: skip
def test_looking_changes_nothing_and_the_page_is_sound(looked: Site, path: str) -> None:
    give(looked, "Lee", "2026-11-26", "2026-11-26")
    away(looked, "Sam", "2026-12-03", "2026-12-04", LeaveKind.VACATION)
    visitors = [looked.sign_in(who) for who in EVERYBODY]
    before = looked.dump()
    for visitor in visitors:
        assert_sound(visitor.get(path).text)
        assert "sick" not in words(visitor.get(path).text) or path.startswith(LEAVE)
    assert looked.dump() == before
