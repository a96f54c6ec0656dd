"""Two weeks of an agency's life, and a Monday that has begun: what the pages have to show.

It is played by the real program under a played clock, so that the record is one that it would write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.standins.command import NEW_YORK, utc
from tests.web.site import Site
from watchbill.acts.check import Viewing, record_check
from watchbill.acts.deed import By
from watchbill.acts.duty import Assignment, accept_duty, assign, decline_duty
from watchbill.acts.leave import Done, cancel_leave, take_leave
from watchbill.acts.roster import deactivate_person
from watchbill.acts.sign_in import make_sign_in_link, sign_in
from watchbill.core.checks import Action, Category, Finding, Way
from watchbill.core.reasons import Reason
from watchbill.core.roster import DutyKind, LeaveKind, Person, Role
from watchbill.core.windows import Occasion, occasions
from watchbill.store.engine import Store

FIRST, LAST = date(2026, 11, 9), date(2026, 11, 22)
MONDAY, TUESDAY = "2026-11-23", "2026-11-24"
MIDDAY, EVENING = f"{MONDAY} 13:45:00", f"{TUESDAY} 17:00:00"
OPERATOR = By(None, Way.CLI)
ALEX = Person(0, "Alex Boyd", "alex.boyd@example.org")
ROBIN = Person(0, "Robin Vale", "robin.vale@example.org", roles=frozenset({Role.DESIGNEE}))
PERSONS = ("Kim", "Lee", "Dana", "Pat", "Jo", "Alex")
"""One of each role: the PIO, a designee, the ED, a manager, Information Services, and none."""
FINDINGS = (
    Finding("fb", Category.SPAM, Action.HIDDEN),
    Finding("yt", Category.ADVERTISING, Action.REPORTED),
    Finding("tw", Category.OFFENSIVE, Action.DELETED),
    Finding("li", Category.NOTICE_MISSING, Action.NONE),
    Finding("blog", Category.CHILD, Action.REFERRED),
)
SOON = timedelta(minutes=17)


@dataclass
class History:
    """The agency, and the links that its people got."""

    store: Store
    site: Site = field(init=False)
    links: dict[str, str] = field(default_factory=dict)
    _findings: Iterator[Finding] = field(default_factory=lambda: iter(FINDINGS))

    def __post_init__(self) -> None:
        """Open an agency that has nobody in it yet."""
        self.site = Site(self.store)

    def write(self) -> None:
        """Play the two weeks, and the Monday until a quarter to two."""
        self.site.at(f"{FIRST} 07:00:00")
        self.site.furnish(people=(ALEX, ROBIN))
        self._wednesday_off()
        for number, window in enumerate(occasions(self.site.office.policy, FIRST, LAST)):
            self._play(number, window)
        self._robin_leaves()
        self._monday()

    def go_on(self) -> None:
        """Play on until Tuesday has ended: a late check, and a window that nobody covered."""
        for at in ("16:00:00", "16:31:00"):
            self.site.look(f"{MONDAY} {at}")
        self._designate("Sam", f"{TUESDAY} 08:00:00", f"{TUESDAY} 11:30:00")
        for at in ("08:30:00", "11:31:00", "13:30:00", "16:31:00"):
            self.site.look(f"{TUESDAY} {at}")
        self.links["check-late"] = self.site.link(Reason.CHECK_DUE, "Sam")
        self.links["leave-begun"] = self.links["leave-ahead"]
        self.links["cover-passed"] = self.site.link(Reason.WINDOW_UNCOVERED, "Dana")
        self.site.look(EVENING)

    def sign_in(self, who: str) -> str:
        """Return what the browser of somebody who is signed in holds."""
        token = make_sign_in_link(self.site.office, OPERATOR, self.site.person(who))
        held, _ = sign_in(self.site.office, token, "a browser")
        return held

    def _wednesday_off(self) -> None:
        """Let the PIO be away for two days with a designee, who accepts."""
        self._away("Kim", LeaveKind.VACATION, "2026-11-18 00:00:00", "2026-11-20 00:00:00")
        duty = self._designate("Lee", "2026-11-18 00:00:00", "2026-11-20 00:00:00")
        lee = self.site.person("Lee")
        accept_duty(self.site.office, By(lee, Way.LINK), lee, duty.id)

    def _play(self, number: int, window: Occasion) -> None:
        """Play one window: most are done, some late or missed, some with something found."""
        self._look(window.opens_at)
        who = self.site.person(
            "Lee" if window.day in (date(2026, 11, 18), date(2026, 11, 19)) else "Kim"
        )
        holiday = window.day == date(2026, 11, 11)
        late, missed = number % 7 == 3, number % 9 == 5 or holiday
        if not late and not missed:
            self._look(window.opens_at + SOON)
            self._check(who, window.opens_at + SOON, number)
        self._look(window.closes_at + timedelta(minutes=1))
        if late and not holiday:
            self._look(window.closes_at + SOON)
            self._check(who, None, number)

    def _check(self, who: Person, viewed_at: datetime | None, number: int) -> None:
        found = [found] if number % 4 == 0 and (found := next(self._findings, None)) else []
        note = "Nothing unusual; the page owner was told." if found else None
        at = None if viewed_at is None or number % 5 else viewed_at - timedelta(minutes=5)
        if not found and number % 6 == 1:
            self._record(who, Viewing(pages=("fb", "yt")))
            self._record(self.site.person("Sam"), Viewing(pages=("tw", "li", "blog"), at=at))
            return
        self._record(who, Viewing(at=at, findings=tuple(found), note=note))

    def _record(self, who: Person, viewing: Viewing) -> None:
        record_check(self.site.office, By(who, Way.LINK), who, viewing)

    def _robin_leaves(self) -> None:
        """Let somebody who has a link be deactivated."""
        self._designate("Robin", "2026-12-21 00:00:00", "2026-12-22 00:00:00")
        self.site.look(f"{LAST} 19:00:00")
        self.links["no-longer-good"] = self.site.link(Reason.DUTY_ASSIGNED, "Robin")
        self.links["expired"] = self.site.link(Reason.CHECK_DUE, "Kim")
        deactivate_person(self.site.office, OPERATOR, self.site.person("Robin"))

    def _monday(self) -> None:
        site, links = self.site, self.links
        site.look(f"{MONDAY} 07:45:00")
        links["plan"] = site.link(Reason.DIGEST_DUE, "Dana")
        links["check-done"] = site.remind("08:30:00")
        site.at("08:47:00")
        self._record(
            site.person("Kim"), Viewing(findings=(Finding("fb", Category.OFF_TOPIC, Action.NONE),))
        )
        self._leaves()
        self._duties()
        links["check"] = site.remind("13:30:00")
        links["plan-with-leave"] = site.link(Reason.DIGEST_DUE, "Kim")
        links["cover"] = site.link(Reason.GAP_AHEAD, "Kim")
        links["appoint"] = site.link(Reason.GAP_ESCALATED, "Dana")
        used = make_sign_in_link(site.office, OPERATOR, site.person("Kim"))
        sign_in(site.office, used, "a browser")
        links["sign-in-used"] = f"/sign-in/{used}"
        site.look(MIDDAY)

    def _leaves(self) -> None:
        """Let Kim be away tomorrow, and Lee take a leave and take it back."""
        site, links = self.site, self.links
        self._away("Kim", LeaveKind.OTHER, f"{TUESDAY} 00:00:00", "2026-11-25 00:00:00")
        site.look("09:05:00")
        links["leave-ahead"] = site.link(Reason.LEAVE_RECORDED, "Kim")
        taken = self._away("Lee", LeaveKind.SICK, "2026-12-07 00:00:00", "2026-12-09 00:00:00")
        site.look("09:10:00")
        links["leave-over"] = site.link(Reason.LEAVE_RECORDED, "Lee")
        cancel_leave(site.office, By(site.person("Lee"), Way.LINK), taken.id)

    def _duties(self) -> None:
        """Give duties of each kind, and let them be accepted, declined and left open."""
        site, links, office = self.site, self.links, self.site.office
        sam = site.person("Sam")
        self._away("Kim", LeaveKind.VACATION, "2026-12-14 00:00:00", "2026-12-15 00:00:00")
        site.look("09:20:00")
        links["cover-done"] = site.link(Reason.GAP_FOUND, "Kim")
        accepted = self._designate("Sam", "2026-12-14 00:00:00", "2026-12-15 00:00:00")
        site.look("09:25:00")
        links["duty-accepted"] = site.link(Reason.DUTY_ASSIGNED, "Sam")
        accept_duty(office, By(sam, Way.LINK), sam, accepted.id)
        declined = self._designate("Sam", "2026-12-16 00:00:00", "2026-12-18 00:00:00")
        site.look("09:30:00")
        links["duty-declined"] = site.link(Reason.DUTY_ASSIGNED, "Sam")
        decline_duty(office, By(sam, Way.LINK), sam, declined.id)
        self._designate("Lee", "2026-12-24 00:00:00", "2026-12-27 00:00:00", respond=True)
        self._designate("Sam", "2026-12-01 00:00:00", "2027-06-01 00:00:00", DutyKind.STANDING)
        dana = By(site.person("Dana"), Way.WEB)
        span = utc("2026-12-15 00:00:00"), utc("2026-12-16 00:00:00")
        assign(office, dana, site.person("Pat"), Assignment(DutyKind.INTERIM, *span))
        site.look("09:35:00")
        links["duty"] = site.link(Reason.DUTY_ASSIGNED, "Lee")
        links["duty-interim"] = site.link(Reason.DUTY_ASSIGNED, "Pat")

    def _away(self, who: str, kind: LeaveKind, first: str, last: str) -> Done:
        person = self.site.person(who)
        return take_leave(self.site.office, By(person, Way.WEB), person, kind, utc(first), utc(last))

    def _designate(
        self,
        who: str,
        first: str,
        last: str,
        kind: DutyKind = DutyKind.DESIGNATION,
        *,
        respond: bool = False,
    ) -> Done:
        kim = By(self.site.person("Kim"), Way.WEB)
        what = Assignment(kind, utc(first), utc(last), respond=respond)
        return assign(self.site.office, kim, self.site.person(who), what)

    def _look(self, at: datetime) -> None:
        self.site.look(f"{at.astimezone(NEW_YORK):%Y-%m-%d %H:%M:%S}")
