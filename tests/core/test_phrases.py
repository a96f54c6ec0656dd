"""The words: one segment with its code for a phone, and a mail that says one thing in two forms."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from tests.cast import AGENCY, PAGES, SECOND, local, window
from watchbill.core.brief import brief
from watchbill.core.checks import KINDS_OF_CONTENT
from watchbill.core.codes import carries
from watchbill.core.phrases import COMPOSERS, compose
from watchbill.core.reasons import Reason, Step
from watchbill.core.segments import EACH_OF_SEVERAL, ONE_SEGMENT, segments, septets
from watchbill.core.windows import State
from watchbill.core.wording import GapWords, Subject, fit, hours, in_words

CODE = "7K4P"
MORNING = window("2026-11-23", "weekday-morning")
AFTERNOON = window("2026-11-23", "weekday-afternoon")
TOKEN = "aB3-_xY9" * 4
LINK = f"https://watch.example.org/c/{TOKEN}"
STEPS = {
    Reason.CHECK_DUE: Step.OPENING,
    Reason.WINDOW_MISSED: Step.MISSED,
    Reason.WINDOW_UNCOVERED: Step.UNCOVERED,
    Reason.WINDOWS_UNATTENDED: Step.UNATTENDED,
    Reason.PERSON_UNREACHABLE: Step.UNREACHABLE,
    Reason.DUTY_ASSIGNED: Step.ASSIGNED,
    Reason.DUTY_ENDED: Step.RELIEVED,
    Reason.ACT_IN_YOUR_NAME: Step.IN_YOUR_NAME,
    Reason.CHILD_REFERRED: Step.REFERRED,
    Reason.TEST_ASKED_FOR: Step.TEST,
    Reason.GAP_FOUND: Step.WARNING,
    Reason.GAP_AHEAD: Step.WARNING,
    Reason.GAP_CHANGED: Step.CHANGED,
    Reason.GAP_ESCALATED: Step.ESCALATION,
    Reason.DUTY_UNCONFIRMED: Step.UNCONFIRMED,
    Reason.DUTY_DECLINED: Step.DECLINED,
    Reason.DUTY_ARRANGED: Step.COVERED,
    Reason.HOLDER_AWAY: Step.CHANGED,
    Reason.HAND_OVER: Step.HAND_OVER,
    Reason.NO_WORKING_CHANNEL: Step.UNREACHABLE,
    Reason.CHANNEL_STOPPED: Step.UNREACHABLE,
    Reason.CODES_LOCKED: Step.TECHNICAL,
    Reason.TECHNICAL_FAILURE: Step.TECHNICAL,
    Reason.DIGEST_DUE: Step.DIGEST,
    Reason.PLACE_VACANT: Step.ESCALATION,
    Reason.ANSWER: Step.ANSWER,
    Reason.LEAVE_RECORDED: Step.LEAVE,
    Reason.SIGN_IN_ASKED: Step.SIGN_IN,
    Reason.PROOF_ASKED: Step.PROOF,
}
LONG = {Reason.WINDOW_UNCOVERED, Reason.GAP_ESCALATED, Reason.TECHNICAL_FAILURE, Reason.ANSWER}
"""What may take three segments: what the ED appoints by, and what somebody asked for or has to mend."""
LABELS = {
    Reason.CHECK_DUE: "Record the check",
    Reason.WINDOW_UNCOVERED: "Appoint an interim monitor",
    Reason.GAP_ESCALATED: "Appoint an interim monitor",
    Reason.GAP_FOUND: "Designate somebody",
    Reason.GAP_AHEAD: "Designate somebody",
    Reason.GAP_CHANGED: "Designate somebody",
    Reason.DUTY_ASSIGNED: "Accept or decline",
    Reason.DIGEST_DUE: "Say that you will be away",
    Reason.LEAVE_RECORDED: "End it early: I am back",
    Reason.SIGN_IN_ASKED: "Sign in",
}
HOSTILE = (
    "Kim Rivera",
    "X" * 200,
    "<script>alert('Kim')</script> & \"Co\"",
    "李小龍 \N{FACE WITH TEARS OF JOY} " * 12,
    "Łukasz Ðorđe–O’Brien €{}[]~|^\\ " * 6,  # noqa: RUF001 - the very characters that are respelled
    "",
    "(7K4P) (7K4Q)",
)


def subject(
    reason: Reason, name: str = "Kim Rivera", *, link: str | None = LINK, replies: bool = False
) -> Subject:
    """Return a subject with everything said that a message may say."""
    return Subject(
        agency=AGENCY,
        reason=reason,
        step=STEPS[reason],
        recipient=name,
        code=CODE,
        now=local("2026-11-23T11:05"),
        window=MORNING,
        page_names=(f"{name} on Facebook", "YouTube"),
        link=link,
        responsible=name,
        why_nobody=f"{name} is away and nobody was designated.",
        outcomes=((MORNING, State.MISSED), (AFTERNOON, State.LATE)),
        can_be_met=True,
        person=name,
        by=name,
        starts_at=local("2026-12-24T00:00"),
        ends_at=local("2027-01-01T00:00"),
        duty="designated",
        gaps=(GapWords((MORNING, AFTERNOON), f"{name} is away."), GapWords((AFTERNOON,), "")),
        candidates=(("B", name), ("C", "Lee Park")),
        replies=replies,
        brief=brief(AGENCY, (MORNING,), PAGES, respond=False),
        title="social media watch of Mon Nov 23",
        said=(f"{name} is responsible.", "Nothing else."),
    )


def reminder(step: Step, **changes: object) -> Subject:
    """Return the subject of a reminder."""
    return replace(subject(Reason.CHECK_DUE), step=step, **changes)  # type: ignore[arg-type]


def words(text: str) -> list[str]:
    """Return the words of a text, whatever stands between them."""
    return text.split()


def shown(html: str) -> list[str]:
    """Return the words that a browser shows of a page's body."""
    body = html[html.index("<body>") :]
    return words(unescape(re.sub(r"<[^>]+>", " ", body)))


def test_every_reason_that_is_sent_has_its_sentence() -> None:
    assert set(COMPOSERS) == set(STEPS)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("replies", [False, True], ids=["no replies", "replies"])
@pytest.mark.parametrize("link", [LINK, None], ids=["a link", "no link"])
@pytest.mark.parametrize("reason", STEPS)
def test_every_text_is_one_segment_with_its_code(
    reason: Reason, link: str | None, *, replies: bool, name: str
) -> None:
    text = compose(subject(reason, name, link=link, replies=replies)).text
    most = 3 if reason in LONG else 1
    assert 1 <= segments(text) <= most
    assert septets(text) <= (3 * EACH_OF_SEVERAL if reason in LONG else ONE_SEGMENT)
    assert text.startswith("LCCS: ")
    assert carries(text, CODE)
    if not replies and not carries(name, CODE) and reason is not Reason.PROOF_ASKED:
        assert text.endswith(f" ({CODE})")


@pytest.mark.parametrize("step", [Step.OPENING, Step.NUDGE, Step.LAST_CALL])
@pytest.mark.parametrize("length", [22, 60, 99, 100])
def test_a_link_stands_whole_in_the_text_for_origins_up_to_a_hundred_characters(
    step: Step, length: int
) -> None:
    origin = "https://" + "w" * (length - 12) + ".org"
    link = f"{origin}/c/{TOKEN}"
    text = compose(reminder(step, link=link)).text
    assert link in words(text.replace(f" ({CODE})", "").replace("LCCS: ", ""))
    assert segments(text) == 1
    assert text.endswith(f" ({CODE})")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("link", [LINK, None])
@pytest.mark.parametrize("reason", STEPS)
def test_the_two_forms_of_a_mail_say_the_same_words(
    reason: Reason, link: str | None, name: str
) -> None:
    message = compose(subject(reason, name, link=link))
    plain = message.plain()
    if message.link is not None:
        plain = plain.replace(f"{message.link_label}:\n{message.link}", message.link_label or "")
    assert [word for word in words(plain) if word != "--"] == shown(message.html())


def test_a_list_in_a_mail_stays_a_list_in_html() -> None:
    message = replace(compose(subject(Reason.CHECK_DUE)), paragraphs=("Free:\nA  Lee & Co\nB  Sam",))
    assert "Free:\nA  Lee & Co\nB  Sam" in message.plain()
    assert "<p>Free:<br>\nA  Lee &amp; Co<br>\nB  Sam</p>" in message.html()


@pytest.mark.parametrize("reason", STEPS)
def test_markup_in_a_name_is_shown_and_not_obeyed(reason: Reason) -> None:
    message = compose(subject(reason, "<script>alert('Kim')</script>"))
    html = message.html()
    assert "<script" not in html
    assert "<script>alert('Kim')</script>" in message.plain()
    assert html.count("<title>") == html.count("</title>") == 1


def test_a_link_is_escaped_where_it_stands_in_markup() -> None:
    hostile = 'https://example.org/c/a?b=1&c="><b>'
    html = compose(subject(Reason.CHECK_DUE, link=hostile)).html()
    assert 'href="https://example.org/c/a?b=1&amp;c=&quot;&gt;&lt;b&gt;"' in html


@pytest.mark.parametrize("reason", STEPS)
def test_a_mail_names_its_reader_the_agency_and_the_reference(reason: Reason) -> None:
    message = compose(subject(reason))
    assert message.paragraphs[0] == "Kim Rivera,"
    assert message.subject.startswith("LCCS: ")
    assert message.footer == (
        "Lucas County Children Services, social media watch under the social media policy",
        *AGENCY.contact_lines,
        f"Reference {CODE}. Sent by watchbill; nobody reads replies to this address.",
    )


@pytest.mark.parametrize(("reason", "label"), LABELS.items())
def test_a_button_says_what_it_is_for(reason: Reason, label: str) -> None:
    assert compose(subject(reason)).link_label == label


def test_who_is_appointed_is_asked_for_no_yes() -> None:
    about = replace(subject(Reason.DUTY_ASSIGNED), duty="appointed as interim monitor", replies=True)
    message = compose(about)
    assert message.link_label == "Say that you cannot"
    assert "ACCEPT" not in message.text


@pytest.mark.parametrize("reason", STEPS)
def test_a_message_has_a_button_only_where_it_has_a_link(reason: Reason) -> None:
    assert compose(subject(reason)).link == LINK
    without = compose(subject(reason, link=None))
    assert (without.link, without.link_label) == (None, None)
    assert "href" not in without.html()


@pytest.mark.parametrize("reason", STEPS)
def test_plain_text_ends_its_lines_by_line_feeds_alone(reason: Reason) -> None:
    plain = compose(subject(reason)).plain()
    assert "\r" not in plain
    assert plain.endswith("\n")


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (
            Step.OPENING,
            f"LCCS: please view our 2 social media pages by 11:30 AM EST. Then tap {LINK} ({CODE})",
        ),
        (
            Step.LAST_CALL,
            f"LCCS: LAST CALL, 25 minutes left: view our 2 social media pages by 11:30 AM EST. ({CODE})",
        ),
    ],
)
def test_a_reminder_says_what_to_do_by_when(step: Step, text: str) -> None:
    link = LINK if step is Step.OPENING else None
    assert compose(reminder(step, link=link)).text == text


@pytest.mark.parametrize(
    ("link", "how"),
    [(LINK, f"tap {LINK} or reply DONE {CODE}"), (None, f"reply DONE {CODE}")],
    ids=["a link", "no link"],
)
def test_a_reminder_shows_the_whole_reply_where_replies_are_read(link: str | None, how: str) -> None:
    text = compose(reminder(Step.OPENING, link=link, replies=True)).text
    assert text == f"LCCS: please view our 2 social media pages by 11:30 AM EST. Then {how}"


def test_a_last_call_to_another_person_names_who_is_responsible() -> None:
    message = compose(reminder(Step.LAST_CALL, is_responsible=False, responsible="Dana Okafor"))
    assert "Responsible: Dana Okafor." in message.text
    assert LINK not in message.text


@pytest.mark.parametrize(
    ("state", "lacking", "said"),
    [
        (State.MISSED, 1, "can still be met: 1 more viewing of the pages today."),
        (State.MISSED, 2, "can still be met: 2 more viewings of the pages today, 60 minutes apart."),
        (State.MISSED, 0, "is met all the same."),
        (State.MISSED, None, "can no longer be met."),
        (State.LATE, 1, "was missed, and made up late."),
    ],
)
def test_a_missed_notice_says_what_became_of_the_window_and_the_demand(
    state: State, lacking: int | None, said: str
) -> None:
    about = replace(
        subject(Reason.WINDOW_MISSED),
        outcomes=((MORNING, state),),
        can_be_met=lacking is not None,
        lacking=lacking or 0,
        separation=timedelta(hours=1),
    )
    message = compose(about)
    assert message.text.startswith("LCCS: MISSED: social media check Mon Nov 23 8:30 AM-11:30 AM EST")
    assert said in message.plain()


@pytest.mark.parametrize(
    ("lacking", "said"), [(0, "was met all the same"), (1, "was not met"), (None, "was not met")]
)
def test_a_missed_notice_that_comes_on_another_day_asks_for_nothing(
    lacking: int | None, said: str
) -> None:
    about = replace(
        subject(Reason.WINDOW_MISSED),
        now=local("2026-11-24T07:00"),
        can_be_met=lacking is not None,
        lacking=lacking or 0,
    )
    message = compose(about)
    assert (
        f"That day has ended, and its record is final. The demand of the policy {said}"
        in message.plain()
    )
    for word in ("today", "Today", "midnight", "made now"):
        assert word not in message.text + message.plain()


def test_a_missed_window_of_nobody_says_so() -> None:
    message = compose(replace(subject(Reason.WINDOW_MISSED), responsible=None, outcomes=()))
    assert "Responsible: nobody was assigned." in message.plain()


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ((State.MISSED,), "1 check window, nobody was reminded; 1 not completed"),
        ((State.MISSED, State.LATE), "2 check windows, nobody was reminded; 2 not completed"),
        ((State.COMPLETED, State.MISSED), "2 check windows, nobody was reminded; 1 not completed"),
    ],
)
def test_a_summary_counts_the_windows_that_no_tick_saw(states: tuple[State, ...], said: str) -> None:
    outcomes = tuple(zip((MORNING, AFTERNOON), states, strict=False))
    message = compose(replace(subject(Reason.WINDOWS_UNATTENDED), outcomes=outcomes))
    assert said in message.text
    assert message.plain().count("\n- ") == len(states)


@pytest.mark.parametrize(
    ("respond", "said"),
    [(True, "You may monitor and respond on"), (False, "You may monitor; responses stay with")],
)
def test_a_brief_says_how_far_the_authority_goes(
    respond: bool,  # noqa: FBT001 - a row of the table
    said: str,
) -> None:
    about = replace(
        subject(Reason.DUTY_ASSIGNED), brief=brief(AGENCY, (MORNING,), PAGES, respond=respond)
    )
    plain = compose(about).plain()
    assert said in plain
    assert plain.count("You may monitor") == 1


def test_a_brief_names_windows_pages_the_nine_kinds_and_the_contact_lines() -> None:
    plain = compose(subject(Reason.DUTY_ASSIGNED)).plain()
    assert "- Mon Nov 23, 8:30 AM-11:30 AM EST" in plain
    for page in PAGES:
        assert f"- {page.name}: {page.url}" in plain
    for number, kind in enumerate(KINDS_OF_CONTENT, start=1):
        assert f"{number}. {kind}" in plain
    assert AGENCY.contact_lines[0] in plain.partition("--\n")[0]


def test_a_duty_without_a_span_and_without_pages_is_still_told() -> None:
    about = replace(
        subject(Reason.DUTY_ASSIGNED),
        starts_at=None,
        ends_at=None,
        brief=brief(AGENCY, (), (), respond=False),
    )
    plain = compose(about).plain()
    assert "Pages: none yet." in plain
    assert "- no check falls into this time" in plain


def test_a_notice_about_a_window_needs_one() -> None:
    with pytest.raises(ValueError, match="is about a window"):
        compose(replace(subject(Reason.CHECK_DUE), window=None))


def test_the_first_text_that_fits_is_taken() -> None:
    room = ONE_SEGMENT - len("LCCS: ") - len(f" ({CODE})")
    fitting, longer = "a" * room, "b" * (room + 1)
    assert fit("LCCS", [fitting, "short"], CODE) == f"LCCS: {fitting} ({CODE})"
    assert fit("LCCS", [longer, "short"], CODE) == f"LCCS: short ({CODE})"


def test_where_no_text_fits_the_last_is_cut_and_never_the_code() -> None:
    text = fit("LCCS", ["a" * 200, "b" * 200], CODE)
    assert septets(text) == ONE_SEGMENT
    assert text.startswith("LCCS: bbb")
    assert text.endswith(f"b ({CODE})")


def test_a_character_of_two_septets_is_never_halved() -> None:
    text = fit("LCCS", ["€" * 200], CODE)
    assert ONE_SEGMENT - 1 <= septets(text) <= ONE_SEGMENT
    assert text.endswith(f"€ ({CODE})")


def test_a_code_that_the_text_shows_is_not_shown_again() -> None:
    assert fit("LCCS", [f"reply DONE {CODE}"], CODE) == f"LCCS: reply DONE {CODE}"
    assert fit("LCCS", [f"reply DONE {CODE}X"], CODE) == f"LCCS: reply DONE {CODE}X ({CODE})"


@pytest.mark.parametrize(("most", "parts"), [(1, 1), (2, 2), (3, 3)])
def test_a_text_may_take_as_many_segments_as_it_is_given(most: int, parts: int) -> None:
    texts = ["a" * 140 * size for size in (4, 3, 2, 1)]
    assert segments(fit("LCCS", texts, CODE, most)) == parts
    assert segments(fit("LCCS", ["b" * 1000], CODE, most)) == parts


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-60, "0 minutes"),
        (0, "0 minutes"),
        (29, "0 minutes"),
        (60, "1 minute"),
        (119 * 60, "119 minutes"),
        (120 * 60, "2 hours"),
        (180 * 60, "3 hours"),
    ],
)
def test_a_span_is_said_in_minutes_below_two_hours(seconds: int, said: str) -> None:
    assert in_words(seconds * SECOND) == said


def test_hours_name_the_zone_once() -> None:
    assert hours(MORNING, AGENCY) == "8:30 AM-11:30 AM EST"
