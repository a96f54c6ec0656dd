"""Beginning: `init`, `load`, `check-config`, `db upgrade`, and where the configuration is found."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import KIM, Terminal
from watchbill.cli.main import config_first, is_run

INIT = (
    "init",
    "--name",
    'The "Best" Agency \\ Söhne',
    "--short-name",
    "BEST",
    "--time-zone",
    "America/Chicago",
    "--pio",
    "Ann O'Hara:ann@example.org:+13125550101",
    "--director",
    "Bo:bo@example.org",
    "--page",
    "fb=https://www.example.org/fb",
)


VERBS = [
    *("run", "tick", "init", "check-config", "load", "plan", "gaps", "leave", "designate", "appoint"),
    *("duty", "check", "log", "notices", "status", "rehearse", "verify", "person", "page", "db"),
    "test-message",
]
GROUPS = {
    "leave": ["add", "list", "cancel"],
    "duty": ["list", "cancel"],
    "person": ["add", "list", "edit", "deactivate"],
    "page": ["add", "list", "retire"],
    "db": ["upgrade"],
}


def test_init_writes_a_configuration_that_works_at_once(bare: Terminal) -> None:
    assert "start it: watchbill run --config config/watchbill.toml\n" in bare.does(*INIT)
    said = bare.does("check-config")
    assert said.startswith('The "Best" Agency \\ Söhne (BEST), times in America/Chicago.')
    people = bare.json("person", "list", "--json")
    assert [(p["name"], p["roles"], p["channels"]) for p in people] == [
        ("Ann O'Hara", ["pio"], ["sms", "email"]),
        ("Bo", ["executive_director"], ["email"]),
    ]
    [window, *_] = bare.json("plan", "--json")
    assert (window["opens_at"], window["monitor"]) == ("2026-11-23T14:30:00Z", "ann@example.org")
    assert bare.does("load", "config/roster.toml").endswith("everything was there already.\n")


def test_init_takes_everybody_and_a_place_for_the_record(bare: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "kept" / "watchbill.db"
    file.parent.mkdir()
    more = ("--designee", "Lee:lee@example.org", "--information-services", "Jo:jo@example.org")
    pages = ("--page", "yt=https://www.youtube.com/@best", "--page", "blog=https://example.org/blog")
    said = bare.does(*INIT, *more, *pages, "--database", f"sqlite:///{file}")
    assert "information_services" not in said
    assert file.exists()
    assert f"kept at sqlite:///{file}." in bare.does("check-config")
    people = {p["name"]: p["roles"] for p in bare.json("person", "list", "--json")}
    assert people["Lee"] == ["designee"]
    assert people["Jo"] == ["information_services"]
    named = {p["key"]: (p["platform"], p["name"]) for p in bare.json("page", "list", "--json")}
    assert named == {
        "fb": ("fb", "BEST on fb"),
        "yt": ("YouTube", "BEST on YouTube"),
        "blog": ("blog", "BEST on blog"),
    }


def test_that_nobody_would_hear_of_a_technical_failure_is_said(bare: Terminal) -> None:
    words = "nobody would hear of a technical failure"
    assert words in bare.does(*INIT)
    assert words in bare.does("check-config")


def test_init_overwrites_nothing(bare: Terminal) -> None:
    bare.does(*INIT)
    before = bare.config.read_bytes()
    assert "exists already" in bare.refuses(*INIT)
    assert bare.config.read_bytes() == before


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--time-zone", "Ohio", "agency.time_zone: 'Ohio' is not a time zone"),
        ("--short-name", "MUCH TOO LONG A NAME", "agency.short_name: "),
        ("--pio", "Ann", "--pio: 'Ann' is not NAME:EMAIL[:MOBILE]"),
        ("--pio", "Ann:ann", "email: 'ann' is not an email address"),
        ("--director", "Bo:bo@example.org:12", "mobile: '12' is not a phone number"),
        ("--page", "facebook", "--page: 'facebook' is not KEY=URL"),
        ("--page", "Face Book=https://a.org", "key: 'Face Book' is not a key"),
        ("--name", "bad\x00name", "control characters"),
    ],
)
def test_init_leaves_nothing_behind_where_it_is_refused(
    bare: Terminal, option: str, value: str, words: str
) -> None:
    arguments = list(INIT)
    arguments[arguments.index(option) + 1] = value
    assert words in bare.refuses(*arguments)
    assert [file for file in bare.folder.rglob("*") if file.is_file()] == []


def test_init_writes_beside_the_configuration_that_is_named(bare: Terminal) -> None:
    bare.does(*INIT, "--config", "here/my.toml")
    assert {p.name for p in (bare.folder / "here").iterdir()} == {
        "my.toml",
        "roster.toml",
        "watchbill.db",
    }


def test_check_config_says_what_it_means_and_needs_no_database(terminal: Terminal) -> None:
    (terminal.folder / "watchbill.db").unlink()
    said = terminal.does("check-config")
    assert said.startswith("Lucas County Children Services (LCCS), times in America/New_York.\n")
    for words in (
        "weekday-morning: 08:30 to 11:30 on Monday, Tuesday, Wednesday, Thursday, Friday",
        "counting from 30 minutes before",
        "2026-11-27 Day after Thanksgiving",
        "2027-07-05 Independence Day (observed)",
        "last_call: to responsible, pio, at 30 minutes before closing",
        "6 people, 5 pages",
    ):
        assert words in said
    assert not (terminal.folder / "watchbill.db").exists()


def test_check_config_says_that_links_would_be_dead(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "carry no links" not in terminal.does("check-config")
    monkeypatch.setenv("WATCHBILL_EMAIL__PROVIDER", "smtp")
    assert "Messages carry no links" in terminal.does("check-config")
    monkeypatch.setenv("WATCHBILL_WEB__LINKS", "true")
    assert "carry no links" not in terminal.does("check-config")
    monkeypatch.delenv("WATCHBILL_WEB__LINKS")
    monkeypatch.setenv("WATCHBILL_WEB__ORIGIN", "https://watch.example.org")
    assert "carry no links" not in terminal.does("check-config")


def test_load_adds_updates_and_never_removes(terminal: Terminal) -> None:
    roster = terminal.folder / "config" / "roster.toml"
    assert "everything was there already" in terminal.does("load", str(roster))
    text = roster.read_text(encoding="utf-8")
    roster.write_text(text.replace("Lee Okafor", "Lee Okafor-Diaz"), encoding="utf-8")
    assert "changed lee.okafor@example.org." in terminal.does("load", str(roster))
    kept = text[: text.index("[[pages]]")].split("[[people]]")
    short = "[[people]]".join([kept[0], kept[1], kept[4]])
    roster.write_text(short, encoding="utf-8")
    assert "everything was there already" in terminal.does("load", str(roster))
    assert len(terminal.json("person", "list", "--json")) == 6
    assert len(terminal.json("page", "list", "--json")) == 5


def test_load_says_who_stays_deactivated(terminal: Terminal) -> None:
    terminal.does("person", "deactivate", "lee")
    terminal.does(
        "load", "config/roster.toml", warning="Note: lee.okafor@example.org stays deactivated"
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('roles = ["pio"]', 'roles = ["designee"]', "nobody would be the pio"),
        ('roles = ["manager"]', 'roles = ["pio"]', "2 active people with the role pio"),
        ('roles = ["executive_director"]', 'roles = ["manager"]', "no Executive Director"),
    ],
)
def test_a_roster_that_the_rules_refuse_changes_nothing_and_is_on_record(
    terminal: Terminal, old: str, new: str, words: str
) -> None:
    assert words in terminal.refuses_the_act("load", str(roster_with(terminal, old, new)))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('roles = ["manager"]', 'roles = ["boss"]', "people[5].roles[1]: 'boss' is not one of"),
        ('"+14195550102"', '"555"', "people[2].mobile: '555' is not a phone number"),
        ('email = "sam.novak@example.org"', "", "people[3].email: is missing; add it"),
        ('email = "sam.novak@example.org"', 'email = "LEE.okafor@example.org"', "stands twice"),
        ('email = "sam.novak@example.org"', 'email = "sam at home"', "is not an email address"),
        ('key = "tw"', 'key = "fb"', "the key 'fb' stands twice"),
        ('name = "Sam Novak"', 'name = "Sam Novak"\nage = 44', "people[3].age: is not a key"),
        ('name = "Sam Novak"', 'name = "Sam', "is not valid TOML"),
        (
            'url = "https://blog.example.org/"',
            'url = "blog"',
            "pages[5].url: 'blog' is not a web address",
        ),
    ],
)
def test_a_roster_file_that_is_wrong_changes_nothing(
    terminal: Terminal, old: str, new: str, words: str
) -> None:
    before = terminal.rows()
    assert words in terminal.refuses("load", str(roster_with(terminal, old, new)))
    assert terminal.rows() == before


def roster_with(terminal: Terminal, old: str, new: str) -> Path:
    """Return the roster file, with words in it replaced that stand there once."""
    roster = terminal.folder / "config" / "roster.toml"
    text = roster.read_text(encoding="utf-8")
    assert text.count(old) == 1
    roster.write_text(text.replace(old, new), encoding="utf-8")
    return roster


def test_a_roster_file_that_is_not_there_is_named(terminal: Terminal) -> None:
    assert "nowhere.toml: there is no such file" in terminal.refuses("load", "nowhere.toml")
    assert "cannot be read" in terminal.refuses("load", ".")


def test_db_upgrade_makes_the_tables_once(terminal: Terminal) -> None:
    assert terminal.does("db", "upgrade").startswith("The database is already at revision ")
    (terminal.folder / "watchbill.db").unlink()
    assert terminal.does("db", "upgrade").startswith("The database is now at revision ")


def test_a_newer_database_is_not_touched(terminal: Terminal) -> None:
    record = sqlite3.connect(terminal.folder / "watchbill.db")
    with record:
        record.execute("UPDATE alembic_version SET version_num = '9999'")
    record.close()
    for command in (("plan",), ("db", "upgrade"), ("tick",)):
        assert "newer than this program" in terminal.refuses(*command, code=3)


def test_a_file_that_is_not_a_database_is_said_to_be_damaged(terminal: Terminal) -> None:
    (terminal.folder / "watchbill.db").write_text("not a database at all\n" * 100)
    assert "damaged or is not a database" in terminal.refuses("status", code=3)


def test_a_database_in_a_folder_that_is_not_there_is_said_so(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHBILL_DATABASE__URL", "sqlite:///no/such/folder/watchbill.db")
    assert "a folder that exists" in terminal.refuses("plan", code=3)


def test_a_relative_database_stands_beside_the_configuration(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = terminal.folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert len(terminal.json("person", "list", "--json", "--config", str(terminal.config))) == 6
    assert list(elsewhere.iterdir()) == []


def test_the_configuration_may_be_named_before_or_after_the_verb(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = terminal.folder / "config" / "other.toml"
    terminal.config.rename(moved)
    for arguments in (
        ("--config", str(moved), "person", "list", "--json"),
        ("person", "--config", str(moved), "list", "--json"),
        ("person", "list", "--json", "--config", "config/other.toml"),
        ("person", "list", f"--config={moved}", "--json"),
    ):
        assert terminal.json(*arguments)[0]["email"] == KIM
    sentence = terminal.refuses("person", "list")
    assert sentence.startswith("--config: there is no config/watchbill.toml here")
    monkeypatch.setenv("WATCHBILL_CONFIG", str(moved))
    assert terminal.json("person", "list", "--json")[0]["email"] == KIM
    assert "nowhere.toml" in terminal.refuses("plan", "--config", "nowhere.toml")


def test_the_configuration_here_is_found_without_being_named(terminal: Terminal) -> None:
    assert Path.cwd() == terminal.folder
    assert terminal.json("person", "list", "--json")[0]["email"] == KIM


def test_what_follows_two_hyphens_is_left_alone() -> None:
    assert config_first(["plan", "--", "--config", "x"]) == ["plan", "--", "--config", "x"]


def test_what_run_does_not_need_is_not_loaded_before_it_is_ready() -> None:
    unwanted = ["watchbill.cli.cover", "watchbill.cli.person", "alembic", "holidays", "jinja2"]
    unwanted += ["phonenumbers", "pydantic.v1", "rich", "twilio"]
    code = (
        "import sys, watchbill.cli.main, watchbill.daemon; "
        f"print(*[name for name in {unwanted} if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []


@pytest.mark.parametrize(
    ("line", "alone"),
    [
        ("run", True),
        ("--config x run", True),
        ("--config=x run", True),
        ("--config run", False),
        ("--config run run", True),
        ("run --help", False),
        ("plan run", False),
        ("person list run", False),
        ("--version run", False),
        ("", False),
    ],
)
def test_run_alone_gets_by_without_the_other_commands(line: str, *, alone: bool) -> None:
    assert is_run(line.split()) is alone


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--config",), "--config: needs the name of a file"),
        (("frobnicate",), "No such command 'frobnicate'"),
        (("plan", "--frobnicate"), "No such option: --frobnicate"),
        (("status", "extra"), "unexpected extra argument"),
        (("log", "--format", "xml"), "'--format': 'xml' is not one of 'table', 'json', 'csv'"),
    ],
)
def test_wrong_usage_is_one_sentence(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    assert words in terminal.refuses(*arguments)


@pytest.mark.parametrize(
    "command",
    [
        (),
        *((verb,) for verb in VERBS),
        *((group, verb) for group, verbs in GROUPS.items() for verb in verbs),
    ],
)
def test_every_command_has_help_that_fits_the_screen(bare: Terminal, command: tuple[str, ...]) -> None:
    said = bare.table(*command, "--help")
    assert said.lstrip().startswith(f"Usage: {' '.join(('watchbill', *command))}")


def test_a_command_that_only_groups_shows_its_help(bare: Terminal) -> None:
    for command in (("leave",), ("duty",), ("person",), ("page",), ("db",)):
        ended = bare.type(*command)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.lstrip().startswith("Usage: watchbill")


@pytest.mark.parametrize("command", [(), ("--config", "config/watchbill.toml")])
def test_without_a_verb_one_sentence_says_what_to_do(bare: Terminal, command: tuple[str, ...]) -> None:
    assert "Say what to do, such as `watchbill status`" in bare.refuses(*command)


def test_the_version_is_told(bare: Terminal) -> None:
    assert bare.does("--version").startswith("watchbill ")


@pytest.mark.parametrize(
    "command", ["leave import kim x.ics", "amend 3", "report", "export", "backup x"]
)
def test_what_comes_later_is_not_there_yet(terminal: Terminal, command: str) -> None:
    assert "No such command" in terminal.refuses(*command.split())


def test_a_file_of_the_wrong_owner_is_refused_without_a_traceback(terminal: Terminal) -> None:
    """A folder in the file's place cannot be read by anybody, whoever runs the tests."""
    terminal.config.rename(terminal.folder / "kept.toml")
    os.mkdir(terminal.config)  # noqa: PTH102
    assert "cannot be read" in terminal.refuses("plan", "--config", str(terminal.config))
