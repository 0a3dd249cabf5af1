"""What gateway.yaml may say of how long things are kept."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

from mailgateway.config.reading.kinds import Strict, wrong
from mailgateway.desk.privacy import retention
from mailgateway.rules.text import described

_AGE = re.compile(r"(\d{1,4})([dwy])", re.ASCII)
_DAYS = {"d": 1, "w": 7, "y": 365}
_LONGEST = timedelta(days=36_500)


def _age(written: object) -> timedelta:
    if isinstance(written, timedelta):
        return written
    found = _AGE.fullmatch(written) if isinstance(written, str) else None
    if found is None or not int(found[1]):
        wrong(f"an age belongs here, in days, weeks or years of 365 days, such as 90d or 2y, not {described(written)}")
    return min(timedelta(days=int(found[1]) * _DAYS[found[2]]), _LONGEST)


def spoken_age(age: timedelta) -> str:
    """Return an age as it is written."""
    unit = next(unit for unit in ("y", "w", "d") if age.days % _DAYS[unit] == 0)
    return f"{age.days // _DAYS[unit]}{unit}"


Age = Annotated[
    timedelta,
    PlainValidator(_age),
    PlainSerializer(spoken_age),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+(d|w|y)$", "examples": ["90d", "2y"]}),
]


class Retention(Strict):
    """How long things are kept after their ticket was closed; without a time for ever."""

    raw: Age | None = Field(default=None, description="mails as they came, and letters as they went")
    attachments: Age | None = Field(default=None, description="files; their names stay")
    texts: Age | None = Field(default=None, description="the words of articles and notes, and what the routing saw")

    def as_policy(self) -> retention.Retention:
        """Return the plain value that the desk decides by."""
        return retention.Retention(self.raw, self.attachments, self.texts)
