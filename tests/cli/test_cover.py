"""Who covers what: `plan`, `gaps`, `leave`, `designate`, `appoint`, `duty` and `status`."""

from __future__ import annotations

import pytest

from tests.cli.terminal import DANA, KIM, LEE, SAM, Terminal

THANKSGIVING = ("--from", "2026-11-26", "--to", "2026-11-26")
CHRISTMAS = ("--from", "2026-12-24", "--to", "2026-12-25")


def monitors(terminal: Terminal, day: str) -> list[str | None]:
    return [w["monitor"] for w in terminal.json("plan", "--from", day, "--to", day, "--json")]


def test_plan_shows_each_window_with_who_covers_it_and_why(terminal: Terminal) -> None:
    found = terminal.json("plan", "--from", "2026-11-25", "--to", "2026-11-26", "--json")
    assert [w["id"] for w in found] == [
        "2026-11-25/weekday-morning",
        "2026-11-25/weekday-afternoon",
        "2026-11-26/weekday-morning",
        "2026-11-26/weekday-afternoon",
    ]
    assert found[0] == {
        "id": "2026-11-25/weekday-morning",
        "rule": "weekday-morning",
        "date": "2026-11-25",
        "opens_at": "2026-11-25T13:30:00Z",
        "closes_at": "2026-11-25T16:30:00Z",
        "state": "upcoming",
        "monitor": KIM,
        "spans": [
            {
                "from": "2026-11-25T13:30:00Z",
                "until": "2026-11-25T16:30:00Z",
                "person": KIM,
                "why": "pio",
            }
        ],
    }
    assert (found[2]["monitor"], found[2]["spans"][0]["why"]) == (None, None)


def test_plan_covers_the_coming_week_without_being_asked(terminal: Terminal) -> None:
    dates = {w["date"] for w in terminal.json("plan", "--json")}
    assert dates == {f"2026-11-{day}" for day in range(23, 30)}
    assert "Kim Rivera" in terminal.table("plan")


def test_plan_answers_beyond_the_horizon(terminal: Terminal) -> None:
    assert monitors(terminal, "2028-02-29") == [KIM, KIM]


def test_plan_splits_a_window_where_the_duty_changes(terminal: Terminal) -> None:
    terminal.does("designate", "lee", "--from", "2026-11-24T09:00", "--to", "2026-11-24T10:30")
    first = terminal.json("plan", "--from", "2026-11-24", "--to", "2026-11-24", "--json")[0]
    assert [(s["from"][11:16], s["until"][11:16], s["person"], s["why"]) for s in first["spans"]] == [
        ("13:30", "14:00", KIM, "pio"),
        ("14:00", "15:30", LEE, "designation"),
        ("15:30", "16:30", KIM, "pio"),
    ]
    assert first["monitor"] == LEE


def test_gaps_names_runs_of_windows_and_exits_1(terminal: Terminal) -> None:
    span = ("--from", "2026-11-23", "--to", "2026-11-30")
    [gap] = terminal.json("gaps", *span, "--json", code=1)
    assert gap == {
        "from": "2026-11-26T13:30:00Z",
        "until": "2026-11-27T21:30:00Z",
        "windows": [
            f"2026-11-{day}/weekday-{half}" for day in (26, 27) for half in ("morning", "afternoon")
        ],
        "known_since": None,
        "told": [],
    }
    assert "Thu Nov 26" in terminal.table("gaps", *span, code=1)


def test_a_gap_is_known_since_the_tick_that_found_it(terminal: Terminal) -> None:
    terminal.at("2026-11-23 07:05:00")
    terminal.does("tick")
    terminal.at("2026-11-23 07:10:00")
    terminal.does("tick")
    [gap] = terminal.json("gaps", "--to", "2026-11-30", "--json", code=1)
    assert gap["known_since"] == "2026-11-23T12:05:00Z"


def test_the_ed_is_told_when_an_uncovered_window_opens(terminal: Terminal) -> None:
    terminal.does("tick")
    terminal.at("2026-11-26 08:30:00")
    terminal.does("tick")
    [gap] = terminal.json("gaps", "--to", "2026-11-30", "--json", code=1)
    assert gap["told"] == [
        {"person": KIM, "at": "2026-11-23T12:00:00Z", "step": "warning", "state": "delivered"},
        {"person": DANA, "at": "2026-11-26T13:30:00Z", "step": "uncovered", "state": "delivered"},
        {"person": DANA, "at": "2026-11-26T13:30:00Z", "step": "escalation", "state": "delivered"},
    ]


def test_gaps_is_cut_to_the_dates_and_empty_where_all_is_covered(terminal: Terminal) -> None:
    assert len(terminal.json("gaps", *THANKSGIVING, "--json", code=1)[0]["windows"]) == 2
    span = ("--from", "2026-11-23", "--to", "2026-11-25")
    assert terminal.json("gaps", *span, "--json") == []
    assert "is covered" in terminal.does("gaps", *span)


def test_leave_opens_a_gap_and_warns_of_it(terminal: Terminal) -> None:
    said = terminal.does(
        "leave", "add", "kim", "--from", "2026-12-07", "--to", "2026-12-08", warning="Warning: nobody"
    )
    assert said.startswith("Leave 1: Kim Rivera is away")
    assert monitors(terminal, "2026-12-08") == [None, None]
    assert monitors(terminal, "2026-12-09") == [KIM, KIM]


def test_leave_takes_dates_and_instants_and_is_listed(terminal: Terminal) -> None:
    terminal.does("leave", "add", "lee", *CHRISTMAS, "--kind", "other", "--by", LEE)
    terminal.does("leave", "add", SAM, "--from", "2026-12-24T12:00", "--to", "2026-12-24T20:00Z")
    terminal.does("leave", "add", "sam", *CHRISTMAS, "--kind", "sick", "--reason", "as told by phone")
    found = terminal.json("leave", "list", "--json")
    assert [(x["id"], x["person"], x["kind"], x["from"], x["until"]) for x in found] == [
        (1, LEE, "other", "2026-12-24T05:00:00Z", "2026-12-26T05:00:00Z"),
        (2, SAM, "vacation", "2026-12-24T17:00:00Z", "2026-12-24T20:00:00Z"),
        (3, SAM, "away", "2026-12-24T05:00:00Z", "2026-12-26T05:00:00Z"),
    ]


def test_sick_leave_is_shown_to_nobody_but_as_away(terminal: Terminal) -> None:
    terminal.does("leave", "add", "kim", *THANKSGIVING, "--kind", "sick", "--by", KIM)
    assert "sick" not in terminal.table("leave", "list").lower()
    assert "sick" not in terminal.type("leave", "list", "--json").out.lower()


def test_a_cancelled_leave_gives_the_duty_back(terminal: Terminal) -> None:
    span = ("--from", "2026-12-07", "--to", "2026-12-08")
    terminal.does("leave", "add", "kim", *span, warning="Warning")
    assert "cancelled" in terminal.does("leave", "cancel", "1")
    assert monitors(terminal, "2026-12-08") == [KIM, KIM]
    assert "cancelled already" in terminal.refuses("leave", "cancel", "1")
    assert terminal.json("leave", "list", "--json")[0]["cancelled_at"] == "2026-11-23T12:00:00Z"


def test_a_designation_closes_a_gap_and_an_appointment_goes_before_it(terminal: Terminal) -> None:
    said = terminal.does("designate", "lee", *THANKSGIVING, "--by", KIM)
    assert said.startswith("Duty 1: Lee Okafor, designation")
    assert said.rstrip().endswith(", monitor.")
    assert monitors(terminal, "2026-11-26") == [LEE, LEE]
    said = terminal.does("appoint", "pat", *THANKSGIVING, "--by", DANA, "--respond")
    assert said.rstrip().endswith(", monitor and respond.")
    assert monitors(terminal, "2026-11-26") == ["pat.lindqvist@example.org"] * 2
    found = terminal.json("duty", "list", "--json")
    assert [(d["id"], d["kind"], d["person"], d["respond"]) for d in found] == [
        (1, "designation", LEE, False),
        (2, "interim", "pat.lindqvist@example.org", True),
    ]
    assert found[0]["from"] == "2026-11-26T05:00:00Z"
    assert found[0]["cancelled_at"] is None
    assert "Lee Okafor" in terminal.table("duty", "list")


def test_a_standing_designee_stands_in_only_while_the_pio_is_away(terminal: Terminal) -> None:
    terminal.does("designate", "sam", "--from", "2026-11-01", "--to", "2027-11-01", "--standing")
    assert monitors(terminal, "2026-11-25") == [KIM, KIM]
    assert monitors(terminal, "2026-11-26") == [SAM, SAM]
    day = terminal.json("plan", *THANKSGIVING, "--json")
    assert day[0]["spans"][0]["why"] == "standing"


def test_a_cancelled_duty_opens_its_gap_again(terminal: Terminal) -> None:
    terminal.does("designate", "lee", *THANKSGIVING)
    terminal.does("duty", "cancel", "1", warning="Warning: nobody covers\n  Thu Nov 26, 8:30")
    assert monitors(terminal, "2026-11-26") == [None, None]
    assert "cancelled already" in terminal.refuses("duty", "cancel", "1")


def test_whoever_is_away_is_not_designated_and_the_free_ones_are_named(terminal: Terminal) -> None:
    terminal.does("leave", "add", "lee", *CHRISTMAS)
    sentence = terminal.refuses("designate", "lee", *CHRISTMAS)
    assert sentence.startswith("Lee Okafor is away")
    assert "Sam Novak" in sentence


def test_the_person_in_whose_name_the_operator_designates_is_told(terminal: Terminal) -> None:
    terminal.does("designate", "lee", *CHRISTMAS, "--by", "kim", "--reason", "on the phone")
    terminal.does("tick")
    told = {(n["person"], n["step"]) for n in terminal.json("notices", "--json")}
    assert told == {(LEE, "assigned"), (KIM, "in_your_name"), (KIM, "warning")}


def test_people_are_named_by_any_unambiguous_part_of_their_name(terminal: Terminal) -> None:
    for who in ("Okafor", "okaf", "LEE", LEE.upper()):
        terminal.does("leave", "add", who, *CHRISTMAS)
    assert {x["person"] for x in terminal.json("leave", "list", "--json")} == {LEE}


def test_status_is_unhealthy_until_a_tick_has_run(terminal: Terminal) -> None:
    stale = terminal.json("status", "--json", code=1)
    assert (stale["healthy"], len(stale["unhealthy"])) == (False, 1)
    assert "UNHEALTHY: No tick" in terminal.type("status").out
    terminal.does("tick")
    good = terminal.json("status", "--json")
    assert (good["healthy"], good["responsible"], good["why"]) == (True, KIM, "pio")
    assert good["next"]["id"] == "2026-11-23/weekday-morning"
    assert "The watch itself works." in terminal.does("status")
    terminal.at("2026-11-23 07:30:00")
    assert "last tick" in terminal.json("status", "--json", code=1)["unhealthy"][0]


def test_status_says_that_an_open_window_has_nobody(terminal: Terminal) -> None:
    terminal.at("2026-11-26 09:00:00")
    terminal.does("tick")
    found = terminal.json("status", "--json", code=1)
    assert (found["responsible"], found["open"][0]["monitor"]) == (None, None)
    assert "2026-11-26/weekday-morning" in found["unhealthy"][0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("designate", "pat", *CHRISTMAS), "may not be designated"),
        (("designate", "lee", *CHRISTMAS, "--by", "sam"), "--by: Sam Novak may not do this"),
        (("appoint", "lee", *CHRISTMAS, "--by", "kim"), "only the Executive Director"),
        (("appoint", "lee", "--from", "2026-11-01", "--to", "2026-11-02"), "has ended already"),
        (("leave", "add", "kim", *CHRISTMAS, "--by", "lee"), "may not change somebody else's leave"),
        (("leave", "add", "kim", "--from", "2026-12-24", "--to", "2026-12-23"), "--to: "),
        (("leave", "cancel", "7"), "leave 7: there is none"),
        (("duty", "cancel", "7"), "duty 7: there is none"),
        (("accept", "lee", "7"), "duty 7: Lee Okafor has no such duty"),
        (("decline", "lee", "7"), "duty 7: Lee Okafor has no such duty"),
    ],
)
def test_what_the_rules_refuse_changes_nothing_and_is_on_record(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    assert words in terminal.refuses_the_act(*arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("leave", "add", "zed", *CHRISTMAS), "WHO: 'zed' is nobody"),
        (("leave", "add", "e", *CHRISTMAS), "WHO: 'e' could be several people"),
        (("leave", "add", "", *CHRISTMAS), "WHO: '' is nobody"),
        (("leave", "add", "kim", "--from", "Christmas", "--to", "2026-12-23"), "--from: 'Christmas'"),
        (("leave", "add", "kim", "--from", "2026-02-30", "--to", "2026-12-23"), "--from: '2026-02-30'"),
        (("leave", "add", "kim", *CHRISTMAS, "--kind", "party"), "'--kind': 'party' is not one of"),
        (("leave", "add", "kim", "--from", "2026-12-24"), "Missing option '--to'"),
        (("leave", "cancel", "first"), "'ID'"),
        (("plan", "--from", "tomorrow"), "--from: 'tomorrow' is not a date"),
        (("plan", "--from", "2026-12-24T12:00"), "--from: '2026-12-24T12:00' is not a date"),
        (("gaps", "--from", "2026-12-24", "--to", "2026-12-01"), "--to: 2026-12-01 is before"),
    ],
)
def test_what_cannot_be_read_changes_nothing(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    before = terminal.rows()
    assert words in terminal.refuses(*arguments)
    assert terminal.rows() == before
