"""A form with a preview: what was entered, what it would do, and one button that does it.

A GET shows the form, and with fields in the address what the act would do; a POST does it, or shows what
it would do where the address is no place for the fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from watchbill.acts.leave import Done
from watchbill.errors import RefusedError
from watchbill.web.entering import Entered, beside, entered
from watchbill.web.filled import FieldError
from watchbill.web.link import BAD_REQUEST, CONFLICT, OK, View
from watchbill.web.outlooks import CHANGED, Outlook
from watchbill.web.visit import Answer, Elsewhere, Visit

Asked = TypeVar("Asked")
THERE = "/coverage"


@dataclass(frozen=True, slots=True)
class Form(Generic[Asked]):
    """One act and its page.

    ``fields``: their names; the first that is empty says that nothing was entered yet. ``read``: what
    was asked, or ``FieldError``; ``check``: the rules, or ``RefusedError``; ``look``: what it would do;
    ``act``: do it; ``values``: what else the template shows.
    """

    template: str
    do: str
    fields: tuple[str, ...]
    read: Callable[[Visit, Entered], Asked]
    check: Callable[[Visit, Asked], None]
    look: Callable[[Visit, Asked], Outlook]
    act: Callable[[Visit, Asked], Done]
    values: Callable[[Visit, Entered, Asked | None], Mapping[str, Any]]

    def show(self, visit: Visit) -> View:
        """Return the form, with what it would do where it is filled in; changes nothing."""
        given = entered(visit)
        if not given.text(self.fields[0]):
            return self._page(visit, given)
        return self._previewed(visit, given)

    def preview(self, visit: Visit) -> View:
        """Return what it would do, of fields that were sent and stand in no address; changes nothing."""
        return self._previewed(visit, entered(visit))

    def submit(self, visit: Visit) -> Answer:
        """Do it, unless it would do something else than was seen; what is refused stands by its field."""
        given = entered(visit)
        try:
            asked = self.read(visit, given)
            if self._differs(visit, given, asked):
                return self._previewed(visit, given, FieldError("form", CHANGED), CONFLICT)
            done = self.act(visit, asked)
        except FieldError as error:
            return self._page(visit, given, error, BAD_REQUEST)
        except RefusedError as error:
            return self._page(visit, given, beside(error), CONFLICT)
        return Elsewhere(THERE, done.entry)

    def _differs(self, visit: Visit, given: Entered, asked: Asked) -> bool:
        seen = given.text("seen")
        try:
            self.check(visit, asked)
        except RefusedError:
            return False  # the act itself refuses, and the journal keeps that it was tried
        return bool(seen) and seen != self.look(visit, asked).key

    def _previewed(
        self, visit: Visit, given: Entered, problem: FieldError | None = None, status: int = OK
    ) -> View:
        try:
            asked = self.read(visit, given)
            self.check(visit, asked)
        except FieldError as error:
            return self._page(visit, given, error, BAD_REQUEST)
        except RefusedError as error:
            return self._page(visit, given, beside(error), CONFLICT)
        return self._page(visit, given, problem, status, asked)

    def _page(
        self,
        visit: Visit,
        given: Entered,
        problem: FieldError | None = None,
        status: int = OK,
        asked: Asked | None = None,
    ) -> View:
        values = {
            "given": {name: given.text(name) for name in self.fields},
            "problems": {} if problem is None else {problem.field: str(problem)},
            "outlook": None if asked is None else self.look(visit, asked).values(),
            "do": self.do,
            **self.values(visit, given, asked),
        }
        return View(self.template, values, status)
