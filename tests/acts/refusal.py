"""What every refused act has in common."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.store.desk import Desk
from watchbill.errors import RefusedError


def refused(desk: Desk, act: Callable[[], object]) -> str:
    """Return the one sentence with which an act is refused; nothing may have changed."""
    before = desk.dump()
    with pytest.raises(RefusedError) as caught:
        act()
    assert desk.dump() == before
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.message
    assert caught.value.message.endswith((".", "none"))
    return caught.value.message
