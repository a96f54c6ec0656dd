"""What each command of a text does, and how it is read back; the acts are those of every other way in."""

from __future__ import annotations

from datetime import date, datetime

from watchbill.acts.check import Viewing, amend_action, record_check
from watchbill.acts.deed import require
from watchbill.acts.leave import cancel_leave, take_leave
from watchbill.acts.said_duties import accept, chosen, decline, give_duty
from watchbill.acts.saying import WEEK, Answer, Said
from watchbill.core.checks import Action, Category, Finding
from watchbill.core.commands import Command, Days, Verb
from watchbill.core.coverage import monitor_of, responsible_at
from watchbill.core.instants import clock_words, date_words, day_end, day_start, local_date
from watchbill.core.roster import LeaveKind, Role, Why
from watchbill.core.windows import State, occasions
from watchbill.core.wording import hours
from watchbill.store import notices, people

PLAIN_DAYS = 300
WHY_WORDS = {
    Why.INTERIM: "appointed",
    Why.DESIGNATION: "designated",
    Why.PIO: "the PIO",
    Why.STANDING: "standing in",
}


def perform(said: Said) -> Answer:
    """Do what the command says and return the answer; raises ``RefusedError`` for what is not allowed."""
    return {
        Verb.DONE: _done,
        Verb.WHO: _who,
        Verb.HELP: _help,
        Verb.SICK: _leave,
        Verb.LEAVE: _leave,
        Verb.BACK: _back,
        Verb.COVER: give_duty,
        Verb.APPOINT: give_duty,
        Verb.ACCEPT: accept,
        Verb.DECLINE: decline,
        Verb.ACTION: _action,
    }[said.command.verb](said)


# --- reading back ----------------------------------------------------------------------------------


def confirm_words(said: Said) -> str:
    """Return in full what the command would do, where it came without a code."""
    command = said.command
    if command.verb is Verb.DONE:
        what = ", ".join(command.pages) or "all pages"
        return f"you viewed {what}{_found_words(command)} at {clock_words(said.at, said.office.policy.zone)}."
    if command.verb in (Verb.SICK, Verb.LEAVE):
        return f"you are away {said.days()}."
    if command.verb in (Verb.COVER, Verb.APPOINT):
        duty = "appoint" if command.verb is Verb.APPOINT else "designate"
        return f"{duty} {chosen(said).name} {said.days()}."
    return {
        Verb.BACK: "your leave ends now.",
        Verb.ACCEPT: "you accept the duty.",
        Verb.DECLINE: "you decline the duty.",
    }.get(command.verb, f"{command.action or command.verb}.")


def _found_words(command: Command) -> str:
    if not command.findings:
        return ", nothing found,"
    return " with " + ", ".join(f"{f.page} {f.category.value}" for f in command.findings)


def reply_words(command: Command, today: date) -> str:
    """Return the command in the words that do it, without a code."""
    if command.verb is Verb.ACTION and command.action is not None:
        return command.action.upper()
    parts = ["" if command.letter and command.verb is Verb.APPOINT else command.verb.upper()]
    named = {finding.page for finding in command.findings}
    parts += [page for page in command.pages if page not in named]
    for finding in command.findings:
        action = [finding.action.upper()] if finding.action else []
        parts += [finding.page, finding.category.upper(), *action]
    parts += [part for part in (command.letter, command.name) if part]
    if command.days is not None:
        parts.append(_date_words(command, command.days, today))
    return " ".join(part for part in parts if part)


def _date_words(command: Command, days: Days, today: date) -> str:
    """Return dates as they can be texted, with the year where it is not plain."""
    first, last = (
        f"{day.month}/{day.day}" + (f"/{day:%y}" if abs((day - today).days) > PLAIN_DAYS else "")
        for day in (days.first, days.last)
    )
    if command.verb is Verb.SICK and days.first == today:
        return "" if days.last == today else f"UNTIL {last}"
    return first if days.first == days.last else f"{first}-{last}"


# --- checks ----------------------------------------------------------------------------------------


def _done(said: Said) -> Answer:
    """Record a check at the time at which the provider received the word for it.

    One that was texted without a code first, and confirmed on the same day, counts from the first text.
    """
    command, zone = said.command, said.office.policy.zone
    findings = tuple(
        Finding(f.page, f.category, f.action or _unsaid(f.category)) for f in command.findings
    )
    first_said = _first_said(said)
    viewing = Viewing(pages=command.pages, at=first_said, reported_at=said.at, findings=findings)
    receipt = record_check(said.office, said.by, said.person, viewing)
    words = f"recorded {clock_words(receipt.viewed_at, zone)}, entry {receipt.number} {receipt.short}."
    if receipt.window is None:
        words += " An extra check."
    elif receipt.state is State.COMPLETED:
        words += " The window is complete, thank you."
    elif receipt.state is State.LATE:
        words += " It counts as late."
    elif receipt.lacking:
        words += f" Still to view: {' '.join(receipt.lacking)}."
    if any(f.category is Category.CHILD for f in findings):
        return Answer(f"{' '.join(said.office.policy.agency.contact_lines)} Referred; {words}")
    unsaid = [f for f in command.findings if f.action is None and f.category is not Category.CHILD]
    if not unsaid:
        return Answer(words)
    question = (
        f" What was done about {unsaid[0].page} {unsaid[0].category.value}? "
        "Reply HIDDEN, DELETED, ANSWERED, REPORTED or NONE and {code}"
    )
    return Answer(
        words + question,
        {"check": receipt.number, "finding": [unsaid[0].page, unsaid[0].category.value]},
    )


def _unsaid(category: Category) -> Action:
    return Action.REFERRED if category is Category.CHILD else Action.NONE


def _first_said(said: Said) -> datetime | None:
    """Return when the same was texted first, without a good code, on the same day; none where it was not."""
    about, zone = ({} if said.notice is None else said.notice.about), said.office.policy.zone
    at, words = about.get("said_at"), reply_words(said.command, local_date(said.at, zone))
    if at is None or about.get("pending") != words:
        return None
    first = datetime.fromisoformat(str(at))
    return first if local_date(first, zone) == local_date(said.at, zone) and first < said.at else None


def _action(said: Said) -> Answer:
    """Put down what was done about a finding, as an amendment of the check that found it."""
    about = {} if said.notice is None else said.notice.about
    if "pending" in about:  # read back, because it came without a code: the question stands before that
        about = notices.latest_question(said.connection, said.person.id, said.now - WEEK)
    require(
        "check" in about,
        "there is no finding that waits for what was done. Text DONE, a page and a kind.",
    )
    page, category = about["finding"]
    action = said.command.action or Action.NONE
    finding = Finding(str(page), Category(category), action)
    number, short = amend_action(said.office, said.by, int(about["check"]), finding)
    keep = (
        " Keep a copy where the agency keeps its records."
        if action in (Action.HIDDEN, Action.DELETED)
        else ""
    )
    return Answer(f"recorded: {page} {category} {action}, entry {number} {short}.{keep}")


# --- leave -----------------------------------------------------------------------------------------


def _leave(said: Said) -> Answer:
    days, zone = said.command.days, said.office.policy.zone
    require(days is not None, "say when: LEAVE 12/24-12/31.")
    if days is None:  # pragma: no cover - require has raised
        raise AssertionError
    sick = said.command.verb is Verb.SICK
    today = local_date(said.at, zone)
    starts_at = said.at if sick and days.first == today else day_start(days.first, zone)
    kind = LeaveKind.SICK if sick else LeaveKind.VACATION
    done = take_leave(said.office, said.by, said.person, kind, starts_at, day_end(days.last, zone))
    bare = _uncovered(said, days)
    gap = (
        f" Nobody covers {bare} check{'' if bare == 1 else 's'} of it yet."
        if bare
        else " All checks are covered."
    )
    return Answer(
        f"you are away {said.days()}, entry {done.entry}.{gap} To end it: BACK {{code}}",
        {"leave": done.id},
    )


def _uncovered(said: Said, days: Days) -> int:
    """Return how many windows of some dates are still ahead and covered by nobody, as facts are now."""
    policy, roster = said.office.policy, said.roster
    ahead = [w for w in occasions(policy, days.first, days.last) if w.closes_at > said.now]
    return sum(monitor_of(policy, roster, window) is None for window in ahead)


def _back(said: Said) -> Answer:
    running = [leave for leave in said.roster.leave_of(said.person.id) if leave.covers(said.now)]
    require(running, "you are not on leave, so there is nothing to end.")
    for leave in running:
        cancel_leave(said.office, said.by, leave.id)
    answer = responsible_at(said.office.policy, said.roster, said.now)
    if answer is None:
        return Answer("welcome back. Nobody is responsible right now.")
    if answer.person == said.person.id:
        return Answer("welcome back. You are responsible from now on.")
    who = said.roster.people[answer.person].name
    first = said.person.name.split()[0].upper()
    how = (
        f" To take the duty back: COVER {first} {said.now.astimezone(said.office.policy.zone):%-m/%-d}."
    )
    return Answer(
        f"welcome back. {who} is responsible ({WHY_WORDS[answer.why]})."
        + (how if said.person.holds(Role.PIO) else "")
    )


# --- questions -------------------------------------------------------------------------------------


def _who(said: Said) -> Answer:
    policy, roster = said.office.policy, said.roster
    answer = responsible_at(policy, roster, said.now)
    now = "NOBODY" if answer is None else roster.people[answer.person].name
    today = local_date(said.now, policy.zone)
    ahead = occasions(policy, today, today + WEEK)
    upcoming = next((w for w in ahead if w.opens_at > said.now), None)
    words = f"responsible now: {now}."
    if upcoming is not None:
        monitor = monitor_of(policy, roster, upcoming)
        name = "NOBODY" if monitor is None else roster.people[monitor].name
        words += f" Next: {date_words(upcoming.day)} {hours(upcoming, policy.agency)}, {name}."
    return Answer(words)


def _help(said: Said) -> Answer:
    keys = " ".join(page.key for page in people.all_pages(said.connection) if page.active_at(said.now))
    return Answer(
        "DONE (all viewed), DONE page page, DONE page 4 (a finding), WHO, SICK, SICK UNTIL FRI, "
        "LEAVE 12/24-12/31, BACK, COVER name 12/24-12/31, APPOINT B, ACCEPT, DECLINE; an act needs the "
        f"code of our text. Pages: {keys}."
    )
