"""A text is understood as a whole, in any dress, or it does nothing."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbill.core.checks import Action, Category
from watchbill.core.commands import (
    LONGEST_TEXT,
    Carrier,
    Command,
    Days,
    SpokenFinding,
    Verb,
    carrier_word,
    codes_in,
    read,
)

TODAY = date(2026, 11, 24)  # a Tuesday
FRIDAY = date(2026, 11, 27)
CHRISTMAS = Days(date(2026, 12, 24), date(2026, 12, 31))
PAGES = ("fb", "yt", "tw", "fb-news")
CODE = "7K4P"
few = settings(derandomize=True, database=None, deadline=None, max_examples=300)


def heard(text: str, *pages: str) -> Command | None:
    """Return what a text of today asks an agency with these pages, or with the usual ones."""
    return read(text, TODAY, pages or PAGES)


def found(page: str, category: str, action: Action | None = None) -> SpokenFinding:
    """Return a finding as a text reports it."""
    return SpokenFinding(page, Category(category), action)


def done(*pages: str, findings: tuple[SpokenFinding, ...] = (), code: str | None = None) -> Command:
    """Return what a text that begins with DONE means."""
    return Command(Verb.DONE, code=code, pages=pages, findings=findings)


def until(last: date) -> Days:
    """Return the days from today to this one."""
    return Days(TODAY, last)


@pytest.mark.parametrize(
    "text",
    [
        "DONE",
        "done",
        "DONE.",
        "done!",
        "Done...",
        " \n\tDONE\r\n",
        "\u00a0DONE\u00a0",
        '"Done"',
        "\u201cDone\u201d",
        "\u2018done\u2019",
        "(DONE)",
        "*DONE*",
        "_done_",
        "DONE \N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}",
        "\N{WHITE HEAVY CHECK MARK}DONE\N{WHITE HEAVY CHECK MARK}",
        "\ufeffDONE\u200b",
        "DONE :-)",
        "I'm done",
        "I\u2019m done",
        "im done",
        "I am done, thanks!",
        "Done, thank you.",
        "reply DONE please",
        "Done pls",
        "- DONE -",
        "all done",
        "All pages done!",
        "DONE ALL",
        "DONE ALL PAGES",
        "done, the all pages",
    ],
)
def test_done_in_any_dress_means_all_pages(text: str) -> None:
    assert heard(text) == done()


@pytest.mark.parametrize(
    "text",
    [
        "DONE 7K4P",
        "done 7k4p",
        "(DONE 7k4p)",
        "7K4P DONE",
        "DONE, 7K4P.",
        "DONE: 7K4P",
        "DONE - 7K4P",
        "DONE (7K4P)",
        "DONE...7K4P",
        "reply DONE 7K4P",
        "Reply: \u201cDONE 7K4P\u201d",
        "7K4P 7k4p done",
        "all done 7K4P",
        "DONE\u00a07K4P\N{THUMBS UP SIGN}",
    ],
)
def test_the_code_stands_anywhere(text: str) -> None:
    assert heard(text) == done(code=CODE)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("DONE FB", done("fb")),
        ("done fb yt", done("fb", "yt")),
        ("DONE FB, YT.", done("fb", "yt")),
        ("DONE FB,YT", done("fb", "yt")),
        ("DONE FB & YT", done("fb", "yt")),
        ("DONE FB+YT", None),
        ("DONE YT FB", done("yt", "fb")),
        ("DONE FB FB YT FB", done("fb", "yt")),
        ("DONE fb-news", done("fb-news")),
        ("DONE FB 7K4P YT", done("fb", "yt", code=CODE)),
        ("DONE THE FB, please", done("fb")),
        ("DONE XX", None),
        ("DONE FB XX", None),
        ("FB DONE", None),
        ("FB", None),
        ("DONE DONE", None),
        ("DONE FB ALL", None),
        ("DONE ALL FB", None),
        ("DONE PAGES", None),
        ("ALL FB DONE", None),
        ("ALL DONE FB", None),
        ("NOT DONE", None),
        ("DONE NOT", None),
        ("ALMOST DONE", None),
        ("DONE TOMORROW", None),
        ("DONE FB FRI", None),
    ],
)
def test_done_can_name_pages(text: str, command: Command | None) -> None:
    assert heard(text) == command


def test_pages_come_back_in_the_spelling_of_their_keys() -> None:
    assert heard("done fb YT", "Fb", "yt") == done("Fb", "yt")


@pytest.mark.parametrize(
    ("text", "pages", "findings"),
    [
        ("DONE FB 4", ["fb"], [found("fb", "4")]),
        ("DONE FB4", ["fb"], [found("fb", "4")]),
        ("DONE FB #4", ["fb"], [found("fb", "4")]),
        ("DONE FB 1", ["fb"], [found("fb", "1")]),
        ("DONE FB 9", ["fb"], [found("fb", "9")]),
        ("DONE FB 4 HIDDEN", ["fb"], [found("fb", "4", Action.HIDDEN)]),
        ("DONE FB4 deleted", ["fb"], [found("fb", "4", Action.DELETED)]),
        ("DONE FB 4 none", ["fb"], [found("fb", "4", Action.NONE)]),
        ("DONE FB OFFENSIVE", ["fb"], [found("fb", "offensive")]),
        ("DONE FB ADVERTISING REPORTED", ["fb"], [found("fb", "advertising", Action.REPORTED)]),
        ("DONE FB NOTICE", ["fb"], [found("fb", "notice")]),
        ("DONE FB CHILD", ["fb"], [found("fb", "child", Action.REFERRED)]),
        ("DONE FB CHILD ANSWERED", ["fb"], [found("fb", "child", Action.ANSWERED)]),
        (
            "DONE FB 4 YT 9 DELETED",
            ["fb", "yt"],
            [found("fb", "4"), found("yt", "9", Action.DELETED)],
        ),
        ("DONE FB 4 9 DELETED", ["fb"], [found("fb", "4"), found("fb", "9", Action.DELETED)]),
        ("DONE FB YT 4", ["fb", "yt"], [found("yt", "4")]),
        ("DONE FB 4 YT", ["fb", "yt"], [found("fb", "4")]),
        ("DONE FB 4 FB 9", ["fb"], [found("fb", "4"), found("fb", "9")]),
        ("DONE FB 4 FB 4", ["fb"], [found("fb", "4")]),
        ("DONE ALL FB 4", [], [found("fb", "4")]),
        ("DONE ALL PAGES, FB 4 HIDDEN, YT 9", [], [found("fb", "4", Action.HIDDEN), found("yt", "9")]),
    ],
)
def test_done_can_report_findings(text: str, pages: list[str], findings: list[SpokenFinding]) -> None:
    assert heard(text) == done(*pages, findings=tuple(findings))


@pytest.mark.parametrize(
    "text",
    [
        "DONE 4",
        "DONE 4 FB",
        "DONE CHILD",
        "DONE FB 0",
        "DONE FB 10",
        "DONE FB 04",
        "DONE FB0",
        "DONE FB44",
        "DONE XX4",
        "DONE FB HIDDEN",
        "DONE HIDDEN",
        "DONE NONE",
        "DONE FB NONE",
        "DONE FB 4 YT HIDDEN",
        "DONE FB 4 HIDDEN DELETED",
        "DONE FB 4 HID",
        "DONE ALL 4",
        "DONE ALL FB YT 4",
        "ALL DONE FB 4",
    ],
)
def test_a_finding_without_its_page_or_an_action_without_its_finding_is_not_understood(
    text: str,
) -> None:
    assert heard(text) is None


@pytest.mark.parametrize(
    ("text", "pages", "command"),
    [
        ("DONE FB4", ("fb", "fb4"), done("fb4")),
        ("DONE FB4 4", ("fb", "fb4"), done("fb4", findings=(found("fb4", "4"),))),
        ("DONE FB44", ("fb", "fb4"), done("fb4", findings=(found("fb4", "4"),))),
        ("DONE B", ("a", "b"), done("b")),
        ("DONE DONE", ("done",), done("done")),
    ],
)
def test_a_page_is_its_whole_key(text: str, pages: tuple[str, ...], command: Command) -> None:
    assert heard(text, *pages) == command


@pytest.mark.parametrize("key", ["4", "child", "hidden", "all", "pages", "the", "i", "thanks", "you"])
def test_a_key_that_is_another_word_of_a_done_is_not_guessed_at(key: str) -> None:
    assert heard(f"DONE FB {key}", "fb", key) is None
    assert heard(f"DONE {key}", "fb", key) is None
    assert heard("DONE FB", "fb", key) == done("fb")


@pytest.mark.parametrize("key", ["info", "stop", "start"])
def test_a_key_that_carriers_eat_is_not_understood(key: str) -> None:
    assert heard(f"DONE {key}", "fb", key) is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("DONE X4TW", done(code="X4TW")),
        ("DONE X4TW 7K4P", done("x4tw", code=CODE)),
        ("DONE 7K4P X4TW", done("x4tw", code=CODE)),
        ("7K4P DONE FB X4TW", done("fb", "x4tw", code=CODE)),
        ("DONE X4TW X4TW 7K4P", done("x4tw", code=CODE)),
        ("DONE X4TW M3TW 7K4P", done("x4tw", "m3tw", code=CODE)),
        ("DONE X4TW 4 7K4P", done("x4tw", findings=(found("x4tw", "4"),), code=CODE)),
        ("DONE X4TW X4TW", None),
        ("X4TW DONE X4TW", None),
        ("DONE X4TW M3TW", None),
        ("X4TW DONE 7K4P", None),
        ("X4TW DONE X4TW 7K4P", None),
        ("WHO X4TW 7K4P", None),
        ("WHO X4TW", Command(Verb.WHO, code="X4TW")),
        ("DONE 3RTK 7K4P", None),
    ],
)
def test_a_key_that_looks_like_a_code_is_a_page_only_beside_the_code(
    text: str, command: Command | None
) -> None:
    assert heard(text, "fb", "x4tw", "m3tw") == command


def test_a_page_and_a_category_that_together_look_like_a_code_are_a_code() -> None:
    assert heard("DONE TWX4", "twx") == done(code="TWX4")
    assert heard("DONE TWX4 7K4P", "twx") is None
    assert heard("DONE TWX 4 7K4P", "twx") == done("twx", findings=(found("twx", "4"),), code=CODE)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("7k4p", ["7K4P"]),
        ("what is (7k4p)? or 3CCC!", ["7K4P", "3CCC"]),
        ("DONE 7K4P 7k4p", ["7K4P"]),
        ("STOP 7K4P", ["7K4P"]),
        ("x " * 400 + "7K4P", ["7K4P"]),
        ("DONE 7K4", []),
        ("DONE 7K4PP", []),
        ("DONE KMNP", []),
        ("DONE 7777", ["7777"]),
        ("DONE 7K4B", []),
        ("DONE 7K0P", []),
        ("DONE 2026", []),
        ("7\N{KELVIN SIGN}4P", []),
        ("7-K4P 7K-4P 7K4P@example.org https://example.org/7K4P", []),
        ("", []),
    ],
)
def test_codes_are_found_whether_or_not_the_text_is_understood(text: str, codes: list[str]) -> None:
    assert codes_in(text) == tuple(codes)


def test_two_different_codes_are_not_understood() -> None:
    assert heard("DONE 7K4P 3CCC") is None
    assert heard("WHO 7K4P 3CCC") is None


@pytest.mark.parametrize(
    ("word", "carrier"),
    [
        *[
            (word, Carrier.STOP)
            for word in ["STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"]
        ],
        *[(word, Carrier.START) for word in ("START", "YES", "UNSTOP")],
        *[(word, Carrier.HELP) for word in ("HELP", "INFO")],
    ],
)
def test_the_words_of_carriers_have_no_meaning_of_ours(word: str, carrier: Carrier) -> None:
    for dressed in (
        word,
        word.lower(),
        f" {word}. ",
        f'"{word.title()}!"',
        f"{word}\N{OCTAGONAL SIGN}",
    ):
        assert carrier_word(dressed) is carrier
        assert heard(dressed) is None
    for longer in (f"DONE {word}", f"{word} DONE", f"COVER {word}", f"SICK {word} FRI", f"{word} ?"):
        assert heard(longer) is None


@pytest.mark.parametrize(
    "text", ["STOP ALL", "STOP 7K4P", "please stop", "S.T.O.P", "STOPPED", "DONE", "", "?"]
)
def test_a_carrier_reads_only_one_whole_word(text: str) -> None:
    assert carrier_word(text) is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("WHO", Command(Verb.WHO)),
        ("WHO?", Command(Verb.WHO)),
        ("who ??", Command(Verb.WHO)),
        ("WHOS ON", Command(Verb.WHO)),
        ("who's on?", Command(Verb.WHO)),
        ("Who\u2019s on?", Command(Verb.WHO)),
        ("WHO IS ON", Command(Verb.WHO)),
        ("who 7k4p", Command(Verb.WHO, code=CODE)),
        ("WHO IS", None),
        ("WHO FRI", None),
        ("?", Command(Verb.HELP)),
        (" ?? ", Command(Verb.HELP)),
        ("? 7K4P", Command(Verb.HELP, code=CODE)),
        ("!", None),
        ("", None),
        ("7K4P", None),
        ("thanks", None),
        ("\N{THUMBS UP SIGN}", None),
        ("BACK", Command(Verb.BACK)),
        ("I'm back!", Command(Verb.BACK)),
        ("I am back 7K4P", Command(Verb.BACK, code=CODE)),
        ("BACK FRI", None),
        ("ACCEPT", Command(Verb.ACCEPT)),
        ("I accept, thank you", Command(Verb.ACCEPT)),
        ("DECLINE", Command(Verb.DECLINE)),
        ("ACCEPT DECLINE", None),
        ("I DON'T ACCEPT", None),
        ("HIDDEN", Command(Verb.ACTION, action=Action.HIDDEN)),
        ("Deleted.", Command(Verb.ACTION, action=Action.DELETED)),
        ("ANSWERED", Command(Verb.ACTION, action=Action.ANSWERED)),
        ("REPORTED", Command(Verb.ACTION, action=Action.REPORTED)),
        ("REFERRED 7K4P", Command(Verb.ACTION, action=Action.REFERRED, code=CODE)),
        ("NONE", Command(Verb.ACTION, action=Action.NONE)),
        ("HIDDEN FB", None),
        ("HIDDEN DELETED", None),
    ],
)
def test_the_short_words_stand_alone(text: str, command: Command | None) -> None:
    assert heard(text) == command


@pytest.mark.parametrize("text", ["DONE?", "SICK?", "COVER KIM FRI?", "7K4P ACCEPT?", "B?", "HIDDEN?"])
def test_a_question_never_acts(text: str) -> None:
    assert heard(text) is None
    assert heard(text.replace("?", "")) is not None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("SICK", Days(TODAY, TODAY)),
        ("I AM SICK", Days(TODAY, TODAY)),
        ("I'm sick, 7K4P", Days(TODAY, TODAY)),
        ("SICK - 7K4P", Days(TODAY, TODAY)),
        ("SICK TODAY", Days(TODAY, TODAY)),
        ("SICK UNTIL FRI", until(FRIDAY)),
        ("sick until fri.", until(FRIDAY)),
        ("SICK TIL FRI", until(FRIDAY)),
        ("SICK TILL FRI", until(FRIDAY)),
        ("SICK THRU FRI", until(FRIDAY)),
        ("SICK THROUGH FRIDAY", until(FRIDAY)),
        ("SICK TOMORROW", Days(date(2026, 11, 25), date(2026, 11, 25))),
        ("SICK MON-WED", Days(date(2026, 11, 30), date(2026, 12, 2))),
        ("SICK 12/24", Days(CHRISTMAS.first, CHRISTMAS.first)),
        ("SICK 12/24-12/26", Days(CHRISTMAS.first, date(2026, 12, 26))),
    ],
)
def test_sick_is_from_today_unless_days_are_said(text: str, days: Days) -> None:
    command = heard(text)
    assert command is not None
    assert (command.verb, command.days) == (Verb.SICK, days)


@pytest.mark.parametrize(
    "text",
    [
        "LEAVE 12/24-12/31",
        "leave 12/24\u201312/31",
        "LEAVE 12/24 - 12/31",
        "LEAVE 12/24 -12/31",
        "LEAVE 12/24- 12/31",
        "LEAVE 12/24 \u2014 12/31.",
        "LEAVE: 12/24 to 12/31, please",
        "LEAVE FROM 12/24 TO 12/31",
        "LEAVE DEC 24-31",
        "Leave Dec. 24, 2026 to Dec. 31, 2026",
        "VACATION 12/24-12/31",
        "LEAVE 7K4P 12/24-12/31",
        "LEAVE DEC 7K4P 24-31",
    ],
)
def test_leave_has_its_days(text: str) -> None:
    command = heard(text)
    assert command is not None
    assert (command.verb, command.days) == (Verb.LEAVE, CHRISTMAS)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("LEAVE FRI", Days(FRIDAY, FRIDAY)),
        ("LEAVE TOMORROW", Days(date(2026, 11, 25), date(2026, 11, 25))),
        ("LEAVE UNTIL FRI", until(FRIDAY)),
    ],
)
def test_leave_may_be_a_day(text: str, days: Days) -> None:
    assert heard(text) == Command(Verb.LEAVE, days=days)


@pytest.mark.parametrize(
    "text",
    [
        "LEAVE",
        "VACATION",
        "LEAVE SOON",
        "LEAVE NEXT FRI",
        "LEAVE 2/30",
        "LEAVE 13/1",
        "LEAVE FRI SAT",
        "LEAVE FRI AND SAT",
        "LEAVE 12/24-12/31 MAYBE",
        "LEAVE FROM FRI",
        "LEAVE - FRI",
        "LEAVE FRI -",
        "SICK - FRI",
        "SICK FB",
        "NOT SICK",
        "I AM NOT SICK",
        "YOU SICK",
        "SICK KIM",
        "SICK DONE",
        "\u017fick",
    ],
)
def test_half_understood_leave_is_none(text: str) -> None:
    assert heard(text) is None


@pytest.mark.parametrize(
    ("text", "name", "days"),
    [
        ("COVER KIM 12/24-12/31", "KIM", CHRISTMAS),
        ("cover Kim Rivera fri", "Kim Rivera", Days(FRIDAY, FRIDAY)),
        ("COVER LEE", "LEE", None),
        ("COVER LEE.", "LEE", None),
        ("COVER LEE FROM 12/24 TO 12/31", "LEE", CHRISTMAS),
        ("COVER KIM UNTIL FRI", "KIM", until(FRIDAY)),
        ("COVER KIM ON FRI", "KIM", Days(FRIDAY, FRIDAY)),
        ("COVER KIM, DEC 24-31", "KIM", CHRISTMAS),
        ("COVER KIM DEC 24 - DEC 31, please", "KIM", CHRISTMAS),
        ("Please cover  Zo\u00eb   O\u2019Brien-Smith, thank you", "Zo\u00eb O\u2019Brien-Smith", None),
        ("cover Jose\u0301 7K4P", "Jose\u0301", None),
        ("cover \u201cJ.R. Rivera\u201d", "J.R Rivera", None),
        ("COVER kim.rivera@example.org FRI", "kim.rivera@example.org", Days(FRIDAY, FRIDAY)),
        ("COVER kim-2@example.org", "kim-2@example.org", None),
        ("COVER APRIL FRI", "APRIL", Days(FRIDAY, FRIDAY)),
        ("COVER MAY DEC 24-31", "MAY", CHRISTMAS),
        ("COVER JUNE", "JUNE", None),
        ("COVER KIM 7K4P RIVERA", "KIM RIVERA", None),
        ("COVER LEE CHILD", "LEE CHILD", None),
    ],
)
def test_cover_has_a_name_and_may_have_days(text: str, name: str, days: Days | None) -> None:
    command = heard(text)
    assert command is not None
    assert (command.verb, command.name, command.days) == (Verb.COVER, name, days)


@pytest.mark.parametrize(
    "text",
    [
        "COVER",
        "COVER FRI",
        "COVER 12/24",
        "COVER JUNE 24",
        "COVER 7K4P",
        "COVER PLEASE",
        "COVER K",
        "COVER KIM 2/30",
        "COVER KIM 13/1-13/5",
        "COVER KIM 24",
        "COVER KIM FRI SAT",
        "COVER KIM FRI RIVERA",
        "COVER KIM UNTIL",
        "COVER KIM FROM FRI",
        "COVER KIM - FRI",
        "COVER KIM & LEE",
        "COVER KIM/LEE",
        "COVER KIM2",
        "COVER KIM DONE",
        "COVER KIM ACCEPT",
        "COVER KIM I AM SICK",
        "COVER kim@example",
        "KIM COVER",
        "KIM",
    ],
)
def test_a_name_is_words_and_nothing_else(text: str) -> None:
    assert heard(text) is None


@pytest.mark.parametrize("letter", list("ABCDEF"))
def test_a_letter_stands_for_a_person(letter: str) -> None:
    chosen = Command(Verb.APPOINT, letter=letter)
    coded = Command(Verb.APPOINT, letter=letter, code=CODE)
    for text in (
        letter,
        letter.lower(),
        f"{letter}.",
        f"({letter})",
        f"APPOINT {letter}",
        f"{letter} pls",
    ):
        assert heard(text) == chosen
    for text in (f"{letter} 7K4P", f"7K4P {letter}", f"appoint 7k4p {letter}"):
        assert heard(text) == coded


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("APPOINT B 12/24-12/31", Command(Verb.APPOINT, letter="B", days=CHRISTMAS)),
        ("B 12/24-12/31", Command(Verb.APPOINT, letter="B", days=CHRISTMAS)),
        ("APPOINT KIM", Command(Verb.APPOINT, name="KIM")),
        (
            "I appoint Kim Rivera FRI",
            Command(Verb.APPOINT, name="Kim Rivera", days=Days(FRIDAY, FRIDAY)),
        ),
        ("APPOINT", None),
        ("G", None),
        ("APPOINT G", None),
        ("I", None),
        ("AB", None),
        ("A B", None),
        ("APPOINT A B", None),
        ("B RIVERA", None),
        ("APPOINT B RIVERA", None),
        ("APPOINT B 2/30", None),
        ("KIM B", None),
    ],
)
def test_appoint_takes_a_letter_or_a_name(text: str, command: Command | None) -> None:
    assert heard(text) == command


@pytest.mark.parametrize(("length", "understood"), [(319, True), (320, True), (321, False)])
def test_a_long_text_is_not_understood(
    length: int,
    understood: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert LONGEST_TEXT == 320
    assert (heard("DONE".ljust(length)) is not None) is understood


SENTENCES = [
    "DONE",
    "DONE FB YT",
    "DONE FB 4 HIDDEN YT 9",
    "DONE ALL PAGES",
    "WHO IS ON",
    "SICK",
    "SICK UNTIL FRI",
    "LEAVE 12/24-12/31",
    "LEAVE DEC 24 TO JAN 2",
    "BACK",
    "COVER KIM RIVERA FROM 12/24 TO 12/31",
    "APPOINT B",
    "B",
    "ACCEPT",
    "DECLINE",
    "HIDDEN",
]
MEANINGLESS = [
    "",
    ".",
    ",",
    "!",
    "...",
    '"',
    "(",
    ")",
    "\u201d",
    "\u2019",
    "\N{THUMBS UP SIGN}",
    ";",
    "*",
]
SPACES = [" ", "  ", "\n", "\u00a0", "\t", " \N{PARTY POPPER} ", " ... "]


@few
@given(st.sampled_from(SENTENCES), st.data())
def test_case_punctuation_and_the_place_of_the_code_change_nothing(
    sentence: str, data: st.DataObject
) -> None:
    plain = heard(f"{sentence} {CODE}")
    assert plain is not None
    assert plain.code == CODE
    words = sentence.split()
    words.insert(data.draw(st.integers(0, len(words))), CODE)
    dressed = ""
    for word in words:
        cased = data.draw(st.sampled_from([word, word.lower(), word.title()]))
        opening = data.draw(st.sampled_from(MEANINGLESS))
        closing = data.draw(st.sampled_from(MEANINGLESS))
        dressed += opening + cased + closing + data.draw(st.sampled_from(SPACES))
    other = heard(dressed)
    assert other is not None
    assert (other.name or "").upper() == (plain.name or "").upper()
    for part in ("verb", "code", "pages", "findings", "action", "days", "letter"):
        assert getattr(other, part) == getattr(plain, part)


GRAMMAR = sorted({word for sentence in SENTENCES for word in sentence.split()})
GARBAGE = [
    "banana",
    "not",
    "don",
    "sik",
    "maybe",
    "2/30",
    "13/1",
    "0",
    "99",
    "fb!9x",
    "d0ne",
    "7K4",
    "STOP",
    "yes",
]


@few
@given(
    st.lists(st.sampled_from([*GRAMMAR, CODE, "-", "."]), max_size=8),
    st.sampled_from(GARBAGE),
    st.integers(0, 8),
)
def test_a_word_without_a_meaning_is_at_most_a_part_of_a_name(
    words: list[str], garbage: str, place: int
) -> None:
    command = heard(" ".join([*words[:place], garbage, *words[place:]]))
    if command is not None:
        assert command.verb in {Verb.COVER, Verb.APPOINT}
        assert command.name is not None
        assert garbage in command.name.split()
        assert not re.search(r"[0-9]", garbage)


@few
@given(
    st.sampled_from([s for s in SENTENCES if "KIM" not in s]),
    st.sampled_from(GARBAGE),
    st.integers(0, 8),
)
def test_a_sentence_with_a_word_without_a_meaning_does_nothing(
    sentence: str, garbage: str, place: int
) -> None:
    words = sentence.split()
    words.insert(place, garbage)
    if words[0] != "APPOINT":
        assert heard(" ".join(words)) is None


ANYTHING = st.one_of(
    st.sampled_from(
        [*GRAMMAR, *GARBAGE, *MEANINGLESS, CODE, "3CCC", "x4tw", "fb-", "-", "--", "?", "&"]
    ),
    st.text(max_size=12),
)


@few
@given(
    st.lists(ANYTHING, max_size=12),
    st.sampled_from(["", " ", "\n"]),
    st.dates(date(1990, 1, 1), date(2200, 12, 31)),
    st.sets(st.sampled_from(["fb", "x4tw", "4", "child", "done", "b", "\u00e9"])),
)
def test_any_text_at_all_is_read_without_harm(
    pieces: list[str], between: str, today: date, pages: set[str]
) -> None:
    text = between.join(pieces)
    command = read(text, today, pages)
    if command is not None:
        assert carrier_word(text) is None
        assert command.code is None or command.code in codes_in(text)
        assert set(command.pages) <= pages
        assert {finding.page for finding in command.findings} <= pages
        assert command.days is not None or command.verb not in {Verb.SICK, Verb.LEAVE}
        assert (command.name is None) or (command.letter is None)
        assert (command.action is not None) is (command.verb is Verb.ACTION)


@few
@given(st.text("GHIJKLMNOPQRSTUVXYZ0123456789/-.,' \u00e9\u0130", min_size=1, max_size=9))
def test_letters_of_which_no_verb_is_made_do_nothing(text: str) -> None:
    assert heard(text) is None


@few
@given(
    st.dates(date(2024, 1, 1), date(2096, 12, 31)),
    st.integers(0, 300),
    st.integers(0, 60),
    st.sampled_from(["-", " - ", " to ", "\u2013", " \u2014 "]),
)
def test_leave_is_read_back_over_year_ends_and_leap_years(
    today: date, ahead: int, length: int, separator: str
) -> None:
    first = today + timedelta(days=ahead)
    last = first + timedelta(days=length)
    text = f"leave {first.month}/{first.day}{separator}{last.month}/{last.day}"
    assert read(text, today, PAGES) == Command(Verb.LEAVE, days=Days(first, last))
