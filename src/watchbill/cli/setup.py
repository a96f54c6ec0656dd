"""`init`, `check-config`, `load` and `db upgrade`."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

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
from watchbill.clock import SystemClock
from watchbill.core.parties import UNHEARD, failures_are_heard
from watchbill.core.policy import Policy
from watchbill.core.roster import Roster
from watchbill.errors import ConfigurationError, UnavailableError
from watchbill.ledger import Office
from watchbill.reports.meaning import meaning
from watchbill.roster_file import RosterEntries, read_roster
from watchbill.store import schema

BESIDE = "sqlite:///watchbill.db"
PLATFORMS = {
    "facebook.com": "Facebook",
    "instagram.com": "Instagram",
    "linkedin.com": "LinkedIn",
    "nextdoor.com": "Nextdoor",
    "threads.net": "Threads",
    "tiktok.com": "TikTok",
    "twitter.com": "X",
    "x.com": "X",
    "youtube.com": "YouTube",
}
"""By their sites, the names that people know platforms by."""

database = typer.Typer(help="The database.", no_args_is_help=True, rich_markup_mode=None)


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
    roster = configuration.roster_path
    entries: RosterEntries | None = None
    if roster is not None:
        entries = read_roster(roster, configuration.policy.zone)
    for statement in meaning(configuration, SystemClock().now()):
        for line in statement.lines():
            say(line)
    if entries is not None:
        say(
            f"An empty database is filled from {roster}: {len(entries.people)} people, "
            f"{len(entries.pages)} pages."
        )
        if not _failures_are_heard(configuration.policy, entries):
            say(f"Note: {UNHEARD}.")


def init(
    context: typer.Context,
    name: Annotated[str, typer.Option("--name", help="The agency's name.")],
    short_name: Annotated[
        str, typer.Option("--short-name", help="As texts name it, at most 15 characters.")
    ],
    time_zone: Annotated[str, typer.Option("--time-zone", help="America/New_York")],
    pio: Annotated[str, typer.Option("--pio", metavar="NAME:EMAIL[:MOBILE]")],
    director: Annotated[str, typer.Option("--director", metavar="NAME:EMAIL[:MOBILE]")],
    designee: Annotated[
        list[str] | None,
        typer.Option("--designee", metavar="NAME:EMAIL[:MOBILE]", help="May be designated; repeat it."),
    ] = None,
    services: Annotated[
        str | None,
        typer.Option(
            "--information-services",
            metavar="NAME:EMAIL[:MOBILE]",
            help="Hears of technical failures.",
        ),
    ] = None,
    page: Annotated[
        list[str] | None,
        typer.Option("--page", metavar="KEY=URL", help="A page to watch; repeat it."),
    ] = None,
    database_url: Annotated[
        str,
        typer.Option("--database", metavar="URL", help="sqlite:////var/lib/watchbill/watchbill.db"),
    ] = BESIDE,
) -> None:
    """Write a configuration, a roster and a database for an agency."""
    target = invocation(context).config or settings.DEFAULT_PLACES[0]
    roster = target.with_name("roster.toml")
    for file in (target, roster):
        if file.exists():
            raise ConfigurationError(f"{file}: exists already; move it away, or name another --config.")
    people = [_person_text(pio, "pio", "--pio")]
    people.append(_person_text(director, "executive_director", "--director"))
    people += [_person_text(text, "designee", "--designee") for text in designee or ()]
    if services is not None:
        people.append(_person_text(services, "information_services", "--information-services"))
    pages = [_page_text(text, short_name) for text in page or ()]
    texts = {
        target: _configuration_text(name, short_name, time_zone, database_url),
        roster: "\n".join([*people, *pages]),
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
    unheard = () if _failures_are_heard(configuration.policy, entries) else (f"  people: {UNHEARD}",)
    for line in (
        f"Wrote {target}",
        f"and   {roster}, and made the database.",
        "Before you rely on it:",
        *unheard,
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


def _failures_are_heard(policy: Policy, entries: RosterEntries) -> bool:
    roster = Roster(people=dict(enumerate(entries.people)))
    return failures_are_heard(policy, roster, SystemClock().now())


def _configuration_text(name: str, short_name: str, time_zone: str, url: str) -> str:
    template = resources.files("watchbill").joinpath("starter.toml").read_text(encoding="utf-8")
    return (
        template.replace("@NAME@", _quoted(name))
        .replace("@SHORT_NAME@", _quoted(short_name))
        .replace("@TIME_ZONE@", _quoted(time_zone))
        .replace("@DATABASE@", _quoted(url))
    )


def _page_text(text: str, short_name: str) -> str:
    key, sign, url = text.partition("=")
    if not sign:
        raise ConfigurationError(
            f"--page: {text!r} is not KEY=URL; write fb=https://www.example.org/fb."
        )
    platform = _platform(url) or key
    return (
        f"[[pages]]\nkey = {_quoted(key)}\nplatform = {_quoted(platform)}\n"
        f"name = {_quoted(f'{short_name} on {platform}')}\nurl = {_quoted(url)}\nsince = 2000-01-01\n"
    )


def _platform(url: str) -> str | None:
    """Return the name of the platform that an address belongs to; ``None`` for one that is not known."""
    host = url.partition("://")[2].partition("/")[0].lower()
    return next((name for site, name in PLATFORMS.items() if f".{host}".endswith(f".{site}")), None)


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
