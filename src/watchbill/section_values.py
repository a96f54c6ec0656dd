"""How single values of the configuration are held to what they may be: hours, spans, lines of text."""

import re
from datetime import time, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

LONGEST_SPAN = timedelta(days=366)
TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


SPAN = r"P(?=.)(\d{1,7}D)?(T(?=.)(\d{1,7}H)?(\d{1,7}M)?(\d{1,7}S)?)?"


def _time_of_day(value: object) -> object:
    if isinstance(value, str) and TIME_OF_DAY.fullmatch(value):
        return time.fromisoformat(value)
    if isinstance(value, time):
        return value
    raise ValueError('is not a time of day; write it as "08:30"')


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str) and re.fullmatch(SPAN, value):
        return value
    raise ValueError('is not a span of time; write it as "PT30M" (30 minutes) or "PT1H" (an hour)')


def _bounded(value: timedelta) -> timedelta:
    if value > LONGEST_SPAN:
        raise ValueError(f"must be at most {LONGEST_SPAN.days} days; write a shorter span")
    return value


def _one_line(value: str) -> str:
    if not value.isprintable() or not value.strip():
        raise ValueError("must be one line of text that can be printed")
    return value


OneLine = Annotated[str, AfterValidator(_one_line)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_bounded)]


class Section(BaseModel):
    """A table of the file; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)
