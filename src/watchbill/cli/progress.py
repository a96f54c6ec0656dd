"""A progress bar on the error stream for whatever takes longer than two seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from watchbill.cli.context import console
from watchbill.clock import monotonic

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_SECONDS = 2.0
CHECK_EVERY = 500
Item = TypeVar("Item")


class Bar:
    """Shows nothing for two seconds, then a bar; nothing at all where nobody watches."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._began = monotonic()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def at(self, part: float) -> None:
        """Say how much is done, from 0 to 1."""
        screen = console(stderr=True)
        if self._progress is None:
            if not screen.is_terminal or monotonic() - self._began < PATIENCE_SECONDS:
                return
            from rich.progress import Progress  # noqa: PLC0415 - most commands show none

            self._progress = Progress(console=screen, transient=True)
            self._progress.start()
            self._task = self._progress.add_task(self._label, total=1.0)
        if self._task is not None:
            self._progress.update(self._task, completed=part)

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()


@contextmanager
def bar(label: str) -> Iterator[Callable[[float], None]]:
    """Give a function that takes how much is done, from 0 to 1."""
    shown = Bar(label)
    try:
        yield shown.at
    finally:
        shown.close()


def counting(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    """Yield the items, with a bar where it takes long."""
    with bar(label) as at:
        for count, item in enumerate(items):
            if count % CHECK_EVERY == 0 and total:
                at(count / total)
            yield item
