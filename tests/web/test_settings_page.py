"""The settings in plain words, the reading in force and those before it; secrets never."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

from tests.standins.command import EXAMPLE, utc
from tests.web.outline import assert_sound, words
from tests.web.site import Site
from watchbill.reports.meaning import meaning, meaning_of_reading
from watchbill.settings import load


def test_the_page_says_what_check_config_says(site: Site) -> None:
    site.look()
    page = site.sign_in("Pat").get("/settings")
    assert_sound(page.text)
    said = unescape(words(page.text))
    configuration = load(EXAMPLE / "watchbill.toml", {})
    for statement in meaning(configuration, site.clock.now()):
        for line in (statement.sentence, *statement.items):
            assert words(line) in said
    assert "Reading 1, adopted Mon Nov 23, 2026, 8:00 AM EST by operator" in said


def test_earlier_readings_are_listed_with_what_they_meant(site: Site) -> None:
    site.look()
    office = replace(site.office, policy=replace(site.office.policy, weekend_checks=2))
    site.office = replace(office, adopted_by="Kim <b>Rivera</b>")
    site.at("09:00:00")
    page = site.sign_in("Kim").get("/settings")
    assert_sound(page.text)
    said = words(page.text)
    assert "Reading 2, adopted Mon Nov 23, 2026, 9:00 AM EST by Kim" in said
    assert "<b>" not in page.text
    assert "Reading 1, adopted Mon Nov 23, 2026, 8:00 AM EST by operator" in said
    assert "weekend: 10:00 to 18:00 on Saturday, Sunday, counting from 30 minutes before" in said


def test_what_an_earlier_reading_meant_is_told_from_what_the_record_keeps(site: Site) -> None:
    policy = site.office.policy
    kept = meaning_of_reading(replace(policy, minimum_cover=timedelta(minutes=45)).meaning())
    assert kept[1].sentence == "A window is covered by whoever is responsible for 45 minutes of it."


def test_no_secret_is_in_what_a_configuration_means(tmp_path: Path) -> None:
    secret = "hush-hush-0123456789abcdef"
    environment = {
        "WATCHBILL_SMS__PROVIDER": "twilio",
        "WATCHBILL_SMS__ACCOUNT_SID": secret,
        "WATCHBILL_SMS__AUTH_TOKEN": secret,
        "WATCHBILL_EMAIL__PROVIDER": "smtp",
        "WATCHBILL_EMAIL__USERNAME": "mailer",
        "WATCHBILL_EMAIL__PASSWORD": secret,
        "WATCHBILL_WEB__METRICS_KEY": secret,
        "WATCHBILL_DATABASE__URL": f"postgresql+psycopg://w:{secret}@host/name?sslpassword={secret}",
    }
    configuration = load(EXAMPLE / "watchbill.toml", environment)
    said = [line for one in meaning(configuration, utc("2026-11-23 08:00:00")) for line in one.lines()]
    assert "The record is kept at postgresql+psycopg://w:***@host/name." in said
    assert "Texts go by twilio, mail by smtp (localhost:25)." in said
    assert not [line for line in said if "hush" in line]
