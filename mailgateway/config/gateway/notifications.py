"""What gateway.yaml may say of the mails that tell customers how their ticket stands."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema

from mailgateway.config.reading.kinds import Strict, duration, spoken_duration
from mailgateway.desk import policy
from mailgateway.desk.model import News


def _wait(written: object) -> timedelta:
    return timedelta(0) if written == 0 and not isinstance(written, bool) else duration(written)


def _spoken_wait(wait: timedelta) -> str | int:
    return spoken_duration(wait) if wait else 0


def _all(written: Any) -> Any:
    return tuple(News) if written is True else written


_KINDS: dict[str, Any] = {"type": "array", "items": {"enum": [one.value for one in News]}}
Silence = Annotated[
    tuple[News, ...], BeforeValidator(_all), WithJsonSchema({"anyOf": [{"const": True}, _KINDS]}, mode="validation")
]
"""Kinds of news that are not told; `true` is all of them."""

_Wait = Annotated[
    timedelta,
    PlainValidator(_wait),
    PlainSerializer(_spoken_wait),
    WithJsonSchema({"anyOf": [{"const": 0}, {"type": "string", "pattern": "^[0-9]+(s|m|h|d)$"}], "examples": ["60s"]}),
]


class Notifications(Strict):
    """How customers are told what happens to their tickets, beside what people write to them."""

    gather: _Wait = Field(
        default=timedelta(seconds=60),
        description="how long such a mail waits, so that what happens within that time is told in one; 0: not at all",
    )
    no_status_mails: Silence = Field(
        default=(), description="what is not told, such as [handed_over, working]; true: nothing is"
    )

    def as_policy(self) -> policy.Notifications:
        """Return the plain value that the desk decides by."""
        return policy.Notifications(self.gather, self.no_status_mails)
