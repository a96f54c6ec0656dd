"""`init`, `check-config`, `load` and `db upgrade`."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from watchbill import settings
from watchbill.acts.deed import By
from watchbill.acts.roster import load_roster
from watchbill.assembly import open_office, open_store
from watchbill.cli.context import (
    ByWhom,
    ReasonText,
    acting,
    invocation,
    open_record,
    say,
    warn,
    warn_of_gap,
)
from watchbill.core.instants import dates, local_date
from watchbill.core.policy import Policy, Rule
from watchbill.core.reasons import Party
from watchbill.errors import ConfigurationError, UnavailableError
from watchbill.ledger import Office
from watchbill.roster_file import RosterEntries, read_roster
from watchbill.settings import Configuration
from watchbill.store import schema
from watchbill.store.engine import absolute

database = typer.Typer(help="The database.", no_args_is_help=True, rich_markup_mode=None)
YEAR = timedelta(days=365)
DAY_NAMES = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init")(init)
    app.command("check-config")(check_config)
    app.command("load")(load)


def load(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    by: ByWhom = None,
    reason: ReasonText = None,
) -> None:
    """Add and update people and pages from a roster file; never removes."""
    with open_record(context) as office:
        say(load_file(office, file, acting(office, by, reason)))


def load_file(office: Office, file: Path, by: By) -> str:
    """Load a roster file and return what it changed, in words."""
    entries = read_roster(file, office.policy.zone)
    done = load_roster(office, by, entries.people, entries.pages)
    if done.changed:
        warn_of_gap(office, done.opened)
    for email in done.inactive:
        warn(f"Note: {email} stays deactivated; `watchbill person activate` brings them back.")
    if not done.added and not done.changed:
        return f"{file}: everything was there already."
    return (
        f"{file}: added {', '.join(done.added) or 'nothing'}; "
        f"changed {', '.join(done.changed) or 'nothing'}."
    )


@database.command("upgrade")
def upgrade(context: typer.Context) -> None:
    """Bring the database to this program's revision."""
    store = open_store(invocation(context).configuration())
    try:
        changed = schema.upgrade(store)
    finally:
        store.close()
    say(f"The database is {'now' if changed else 'already'} at revision {schema.HEAD}.")


def check_config(context: typer.Context) -> None:
    """Say what the configuration means in plain words, or refuse it. Needs no database."""
    configuration = invocation(context).configuration()
    configuration.holidays.check()
    office = open_office(configuration)
    for line in meaning(configuration, office):
        say(line)


def meaning(configuration: Configuration, office: Office) -> list[str]:
    """Return what a configuration means, a line a fact."""
    policy = configuration.policy
    agency = policy.agency
    lines = [
        f"{agency.name} ({agency.short_name}), times in {policy.zone.key}.",
        "The pages are to be viewed:",
        *(f"  {_rule(rule)}" for rule in policy.rules),
        f"A window is covered by whoever is responsible for {_span(policy.minimum_cover)} of it.",
        (
            f"A weekday is compliant with two viewings, {_span(policy.minimum_separation)} apart; a weekend "
            f"with {policy.weekend_checks}."
        ),
        (
            f"Messages wait outside {policy.waking_from:%H:%M}-{policy.waking_until:%H:%M}, unless a window "
            "opens within two hours."
        ),
        *_ladder_lines(policy),
        *_holiday_lines(policy, office),
        *_provider_lines(configuration),
    ]
    roster = configuration.roster_path
    if roster is not None:
        entries: RosterEntries = read_roster(roster, policy.zone)
        lines.append(
            f"An empty database is filled from {roster}: {len(entries.people)} people, "
            f"{len(entries.pages)} pages."
        )
    return lines


def _rule(rule: Rule) -> str:
    days = ", ".join(DAY_NAMES[day] for day in rule.days)
    early = f", counting from {_span(rule.early)} before" if rule.early else ""
    return f"{rule.name}: {rule.opens:%H:%M} to {rule.closes:%H:%M} on {days}{early}"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(f"{hours} hour{'' if hours == 1 else 's'}")
    if rest or not hours:
        parts.append(f"{rest} minutes")
    return " ".join(parts)


def _ladder_lines(policy: Policy) -> list[str]:
    lines = []
    for rung in policy.ladders.reminders:
        before = f" {_span(rung.before)} before" if rung.before else ""
        lines.append(f"{rung.step}: to {_parties(rung.to)}, at{before} {rung.anchor}")
    escalations = (policy.ladders.missed, policy.ladders.uncovered, policy.ladders.unattended)
    lines += [f"{rung.step}: to {_parties(rung.to)}" for rung in escalations]
    gap, duty, digest = policy.ladders.gap, policy.ladders.duty, policy.ladders.digest
    health = policy.ladders.health
    days = ", ".join(str(number) for number in sorted(gap.days_before, reverse=True))
    again = " and ".join(f"{at:%H:%M}" for at in gap.again_at)
    lines += [
        f"gap found: to {_parties(gap.warning)}, and {days} days before at {gap.warning_at:%H:%M}",
        (
            f"gap not covered: to {_parties(gap.escalation)}, {_span(gap.escalation_before)} before, "
            f"then at {again}"
        ),
        (
            f"designation not accepted: asked again after {_span(duty.again_after)}; to "
            f"{_parties(duty.unconfirmed)}, {_span(duty.unconfirmed_before)} before it begins"
        ),
        f"hand-over: to both sides by mail, a working day before at {duty.hand_over_at:%H:%M}",
        f"digest: to {_parties(digest.to)} by mail, each weekday at {digest.at:%H:%M}",
        (
            f"cannot be reached: to {_parties(health.unreachable_soon)}, {health.days_ahead} days ahead; "
            f"technical failures: to {_parties(health.to)}"
        ),
    ]
    return ["Who is told:", *(f"  {line}" for line in lines)]


def _parties(parties: tuple[Party, ...]) -> str:
    return ", ".join(party.replace("_", " ") for party in parties)


def _holiday_lines(policy: Policy, office: Office) -> list[str]:
    today = local_date(office.clock.now(), policy.zone)
    named = [
        f"  {day} {name}"
        for day in dates(today, today + YEAR)
        if (name := policy.holidays.name_on(day)) is not None
    ]
    if not policy.pio_is_away_on_holidays:
        return ["On holidays the PIO counts as there."]
    if not named:
        return [
            "There are no holidays in the coming year: set holidays.country and subdivision, or add them."
        ]
    return ["On these holidays the PIO counts as away, and somebody must be designated:", *named]


def _provider_lines(configuration: Configuration) -> list[str]:
    given = configuration.settings
    lines = [
        f"Texts go by {given.sms.provider}, mail by {given.email.provider}"
        + (f" ({given.email.host}:{given.email.port})" if given.email.provider == "smtp" else "")
        + ".",
        (
            "People may answer by text; replies are asked for every "
            f"{given.sms.poll_seconds} seconds{' and taken by web hook' if given.sms.web_hook else ''}."
            if given.sms.provider == "twilio"
            else "Nobody can answer by text; everything stands behind the links in the mails."
        ),
        f"Pages are served on {given.web.listen} and reached at {given.web.origin}.",
        f"The record is kept at {_without_password(configuration)}.",
    ]
    if not configuration.links:
        lines.append(
            "Messages carry no links: web.origin would be dead on a phone. Set web.origin to an address "
            "that phones reach, or web.links."
        )
    return lines


def _without_password(configuration: Configuration) -> str:
    url = absolute(configuration.settings.database.url, configuration.folder)
    return make_url(url).render_as_string(hide_password=True)


def init(
    context: typer.Context,
    name: Annotated[str, typer.Option("--name", help="The agency's name.")],
    short_name: Annotated[
        str, typer.Option("--short-name", help="As texts name it, at most 15 characters.")
    ],
    time_zone: Annotated[str, typer.Option("--time-zone", help="America/New_York")],
    pio: Annotated[str, typer.Option("--pio", metavar="NAME:EMAIL[:MOBILE]")],
    director: Annotated[str, typer.Option("--director", metavar="NAME:EMAIL[:MOBILE]")],
    page: Annotated[
        list[str] | None,
        typer.Option("--page", metavar="KEY=URL", help="A page to watch; repeat it."),
    ] = None,
) -> None:
    """Write a configuration, a roster and a database for an agency."""
    target = invocation(context).config or settings.DEFAULT_PLACES[0]
    roster = target.with_name("roster.toml")
    for file in (target, roster):
        if file.exists():
            raise ConfigurationError(f"{file}: exists already; move it away, or name another --config.")
    texts = {
        target: _configuration_text(name, short_name, time_zone),
        roster: _roster_text(pio, director, page or []),
    }
    try:
        _write(texts)
        configuration = settings.load(target.absolute(), {})
        entries = read_roster(roster, configuration.policy.zone)
        store = open_store(configuration)
        try:
            schema.upgrade(store)
            office = open_office(configuration, store)
            load_roster(office, acting(office, None), entries.people, entries.pages)
        finally:
            store.close()
    except BaseException:
        for file in texts:
            file.unlink(missing_ok=True)
        raise
    for line in (
        f"Wrote {target}",
        f"and   {roster}, and made the database.",
        "Before you rely on it:",
        "  holidays: set country and subdivision, so that the plan knows them",
        "  contact_lines: whom to call when a child may be in danger",
        "  email, sms: messages go to the terminal until a provider is set",
        "  web.origin: the address by which phones reach the links",
        f"Then start it: watchbill run --config {target}",
    ):
        say(line)


def _write(texts: dict[Path, str]) -> None:
    for file, text in texts.items():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UnavailableError(f"{file}: cannot be written ({error.strerror}).") from error


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    quoted = f'"{escaped}"'
    try:
        tomllib.loads(f"value = {quoted}")
    except tomllib.TOMLDecodeError:
        raise ConfigurationError(f"{text!r}: has control characters; leave them out.") from None
    return quoted


def _configuration_text(name: str, short_name: str, time_zone: str) -> str:
    template = resources.files("watchbill").joinpath("starter.toml").read_text(encoding="utf-8")
    return (
        template.replace("@NAME@", _quoted(name))
        .replace("@SHORT_NAME@", _quoted(short_name))
        .replace("@TIME_ZONE@", _quoted(time_zone))
    )


def _roster_text(pio: str, director: str, pages: list[str]) -> str:
    parts = [
        _person_text(pio, "pio", "--pio"),
        _person_text(director, "executive_director", "--director"),
    ]
    for text in pages:
        key, sign, url = text.partition("=")
        if not sign:
            raise ConfigurationError(
                f"--page: {text!r} is not KEY=URL; write fb=https://www.example.org/fb."
            )
        parts.append(
            f"[[pages]]\nkey = {_quoted(key)}\nplatform = {_quoted(key)}\nname = {_quoted(key)}\n"
            f"url = {_quoted(url)}\nsince = 2000-01-01\n"
        )
    return "\n".join(parts)


def _person_text(text: str, role: str, field: str) -> str:
    name, _, rest = text.partition(":")
    email, _, mobile = rest.partition(":")
    if not name or not email:
        raise ConfigurationError(f"{field}: {text!r} is not NAME:EMAIL[:MOBILE]; write it so.")
    lines = [
        "[[people]]",
        f"name = {_quoted(name)}",
        f"email = {_quoted(email)}",
        f'roles = ["{role}"]',
    ]
    if mobile:
        lines.append(f"mobile = {_quoted(mobile)}")
    return "\n".join(lines) + "\n"
