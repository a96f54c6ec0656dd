"""What every refused act has in common."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.store.desk import Desk
from watchbill.core.journal import Kind
from watchbill.errors import RefusedError

JOURNAL = {"journal", "journal_words"}


def refused(desk: Desk, act: Callable[[], object]) -> str:
    """Return the one sentence with which an act is refused.

    Nothing may have changed, but that the journal says what was tried, and with what words it was
    refused.
    """
    before, entries = desk.dump(), desk.entries()
    with pytest.raises(RefusedError) as caught:
        act()
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.message
    assert caught.value.message.endswith((".", "none"))
    after, (*earlier, (entry, words)) = desk.dump(), desk.entries()
    assert {name for name in after if after[name] != before[name]} <= JOURNAL
    assert earlier == entries
    assert entry.kind == Kind.ACT_REFUSED
    assert entry.facts is not None
    assert entry.facts["act"] in set(Kind) - {Kind.ACT_REFUSED}
    assert words is not None
    assert words.text is not None
    assert words.text["refusal"] == caught.value.message
    return caught.value.message


def refused_unheard(desk: Desk, act: Callable[[], object]) -> str:
    """Return the sentence with which words are refused that are to be nowhere, not in the journal either."""
    before = desk.dump()
    with pytest.raises(RefusedError) as caught:
        act()
    assert desk.dump() == before
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.message
    return caught.value.message
