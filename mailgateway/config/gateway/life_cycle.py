"""What gateway.yaml may say of how tickets go on by themselves, all of them and those with times of their own."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from mailgateway.config.reading.kinds import Duration, Strict, duration, spoken_duration, wrong
from mailgateway.config.service.agreements import ScopeEntry
from mailgateway.desk.levels.service_levels import Scope
from mailgateway.desk.timed import life_cycle
from mailgateway.rules.text import described

_TIMES = ("remind_after", "solve_after", "close_after", "reopen_within")
_NEVER = "never"
_FOREVER = timedelta.max


def _own_time(written: object) -> timedelta:
    if written == _NEVER:
        return _FOREVER
    try:
        return duration(written)
    except PydanticCustomError:
        wrong(f"a time belongs here, such as 72h or 14d, or never, not {described(written)}")


_OwnTime = Annotated[
    timedelta,
    PlainValidator(_own_time),
    PlainSerializer(lambda time: _NEVER if time == _FOREVER else spoken_duration(time)),
    WithJsonSchema({"type": "string", "pattern": "^(never|[0-9]+(s|m|h|d))$", "examples": ["72h", "14d", _NEVER]}),
]


class OwnTimes(ScopeEntry):
    """Times of their own for the tickets that it names."""

    remind_after: _OwnTime | None = Field(default=None, description="in place of the time for all, or never")
    solve_after: _OwnTime | None = Field(default=None, description="in place of the time for all, or never")
    close_after: _OwnTime | None = Field(default=None, description="in place of the time for all, or never")
    reopen_within: Duration | None = Field(default=None, description="in place of the time for all")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.as_own().times:
            wrong("nothing is different here: write remind_after, solve_after, close_after or reopen_within")
        if self.as_scope() == Scope():
            wrong("it fits every ticket: say which by group, type, contract, organisation or priority")
        return self

    def as_own(self) -> life_cycle.OwnTimes:
        """Return the plain value."""
        written = {name: getattr(self, name) for name in _TIMES}
        times = {name: None if time == _FOREVER else time for name, time in written.items() if time is not None}
        return life_cycle.OwnTimes(self.as_scope(), times)


class LifeCycle(Strict):
    """What happens to a ticket when nobody does anything (without a time, nothing), and after it was closed."""

    remind_after: Duration | None = Field(
        default=None, description="a ticket is pending this long: its requester is reminded"
    )
    solve_after: Duration | None = Field(default=None, description="a ticket is pending this long: it is solved")
    close_after: Duration | None = Field(default=None, description="a ticket is solved this long: it is closed")
    reopen_within: Duration = Field(
        default=timedelta(days=14), description="how long a mail opens a closed ticket again; later it opens a new one"
    )
    exceptions: tuple[OwnTimes, ...] = Field(
        default=(), description="tickets with times of their own; of several entries the first that fits counts"
    )

    @model_validator(mode="after")
    def _reminds_first(self) -> Self:
        _check_order(self.remind_after, self.solve_after, "")
        for number, one in enumerate(self.exceptions, 1):
            times = {"remind_after": self.remind_after, "solve_after": self.solve_after, **one.as_own().times}
            _check_order(times["remind_after"], times["solve_after"], f" (exception {number})")
        return self

    def as_cycle(self) -> life_cycle.LifeCycle:
        """Return the plain value."""
        return life_cycle.LifeCycle(
            remind_after=self.remind_after,
            solve_after=self.solve_after,
            close_after=self.close_after,
            reopen_within=self.reopen_within,
            exceptions=tuple(one.as_own() for one in self.exceptions),
        )


def _check_order(remind_after: timedelta | None, solve_after: timedelta | None, where: str) -> None:
    if remind_after and solve_after and remind_after >= solve_after:
        wrong(f"remind_after is not before solve_after{where}: nobody could answer the reminder; make it shorter")
