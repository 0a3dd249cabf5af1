"""What service_levels.yaml may say of policies: targets, who they are for, and what happens on the way to them."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from mailgateway.config.reading.kinds import Line, Strict, Truth, Word, wrong
from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.levels.service_levels import FINISHED, Promise, Scope, ServiceLevel, Step, Told
from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.model import Priority, Status, TicketType
from mailgateway.rules.text import described

_SPAN = re.compile(r"(?:(\d{1,5})h)?(?:(\d{1,5})m)?", re.ASCII)
_SHARE = re.compile(r"(\d{1,3})%", re.ASCII)
_MOST_SHARE = 500
_MINUTES = 60


def _span(written: object) -> timedelta:
    if isinstance(written, timedelta):
        return written
    found = _SPAN.fullmatch(written) if isinstance(written, str) else None
    length = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0)) if found else timedelta()
    if not length:
        mend = " (a day has as many hours as the calendar gives it)" if str(written).endswith("d") else ""
        wrong(f"business time belongs here, such as 30m, 8h or 1h30m, not {described(written)}{mend}")
    return length


def _spoken_span(length: timedelta) -> str:
    hours, minutes = divmod(round(length.total_seconds()) // _MINUTES, _MINUTES)
    return f"{hours}h{minutes}m" if hours and minutes else f"{hours}h" if hours else f"{minutes}m"


def _share(written: object) -> int:
    found = _SHARE.fullmatch(written) if isinstance(written, str) else None
    if found is None or not 0 < int(found[1]) <= _MOST_SHARE:
        wrong(f"a share of the time belongs here, from 1% to {_MOST_SHARE}%, such as 80%, not {described(written)}")
    return int(found[1])


def _listed(written: object) -> object:
    return [written] if isinstance(written, str) else written


def _pausing(statuses: tuple[Status, ...]) -> tuple[Status, ...]:
    if FINISHED & set(statuses):
        wrong("a ticket that is solved or closed has no clocks that go: name pending, on_hold, open or new")
    return statuses


BusinessTime = Annotated[
    timedelta,
    PlainValidator(_span),
    PlainSerializer(_spoken_span),
    WithJsonSchema({"type": "string", "pattern": "^([0-9]+h)?([0-9]+m)?$", "examples": ["30m", "8h", "1h30m"]}),
]
Share = Annotated[
    int,
    PlainValidator(_share),
    PlainSerializer(lambda share: f"{share}%"),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+%$", "examples": ["50%", "80%", "100%", "150%"]}),
]


Priorities = Annotated[tuple[Priority, ...], BeforeValidator(_listed)]
Types = Annotated[tuple[TicketType, ...], BeforeValidator(_listed)]
Names = Annotated[tuple[Line, ...], BeforeValidator(_listed)]
Targets = Annotated[tuple[Target, ...], BeforeValidator(_listed), Field(min_length=1)]


class ScopeEntry(Strict):
    """Which tickets something is for: each key names the values that fit, one or a list; what is left out fits all."""

    priority: Priorities = Field(default=(), description="the ticket's priority, or several")
    type: Types = Field(default=(), description="the ticket's type, or several")
    organisation: Names = Field(default=(), description="the requester's organisation, or several")
    contract: Names = Field(default=(), description="the requester's contract, or several")
    group: Names = Field(default=(), description="the ticket's group, or several")

    def as_scope(self) -> Scope:
        """Return the plain value."""
        return Scope(
            priority=frozenset(one.value for one in self.priority),
            type=frozenset(one.value for one in self.type),
            organisation=_folded(self.organisation),
            contract=_folded(self.contract),
            group=_folded(self.group),
        )


class TargetsEntry(ScopeEntry):
    """How much business time there is, for all tickets or those with these properties."""

    first_response: BusinessTime | None = Field(default=None, description="until an agent first answers")
    next_response: BusinessTime | None = Field(default=None, description="until each further mail is answered")
    resolution: BusinessTime | None = Field(default=None, description="until it is solved")
    own: BusinessTime | None = Field(default=None, description="until somebody takes it, after a hand-over as well")

    @model_validator(mode="after")
    def _promises_something(self) -> Self:
        if not self.as_promise().lengths:
            wrong(f"nothing is promised here: write {', '.join(Target)}, each with a time such as 4h")
        return self

    def as_promise(self) -> Promise:
        """Return the plain value."""
        lengths = {target: getattr(self, target.value) for target in Target}
        return Promise({target: length for target, length in lengths.items() if length is not None}, self.as_scope())


class EscalationEntry(Strict):
    """What happens when a share of the time is used up."""

    at: Share = Field(description="the share of the time, such as 80%")
    of: Targets = Field(
        default=(Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.RESOLUTION), description="of which targets"
    )
    notify: Annotated[tuple[Told, ...], BeforeValidator(_listed)] = Field(
        default=(), description="who is told: assignee, group, lead, manager"
    )
    priority: Literal["raise"] | None = Field(default=None, description="raise: the ticket gets the next priority")
    group: Word | None = Field(default=None, description="the group that takes it over")
    on_call: Word | None = Field(
        default=None, description="the group that is told instead, at once, outside business hours"
    )
    anytime: Truth = Field(default=False, description="whether it happens outside business hours as well")

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not (self.notify or self.priority or self.group or self.on_call):
            wrong("nothing happens here: write notify: [lead], priority: raise, group: NAME or on_call: NAME")
        return self

    def as_step(self) -> Step:
        """Return the plain value."""
        return Step(
            share=self.at,
            of=frozenset(self.of),
            notify=self.notify,
            raises=self.priority is not None,
            group=self.group or "",
            on_call=self.on_call or "",
            anytime=self.anytime,
        )


class PolicyEntry(Strict):
    """A service-level policy."""

    name: Word = Field(description="what rules and tickets call it")
    calendar: Word = Field(description="the calendar whose business time is counted")
    working_hours: Word | None = Field(
        default=None, description="the calendar within which people are told; by default the same"
    )
    scope: ScopeEntry | None = Field(default=None, alias="for", description="which tickets it is for; all without it")
    only_by_name: Truth = Field(
        default=False, description="whether only rules and contracts that name it choose it for a ticket"
    )
    targets: Annotated[tuple[TargetsEntry, ...], Field(min_length=1)] = Field(
        description="how much time there is; of several entries the first that fits counts"
    )
    pauses: Annotated[tuple[Status, ...], BeforeValidator(_listed), AfterValidator(_pausing)] = Field(
        default=(Status.PENDING,), description="the statuses in which the clocks stand still"
    )
    escalations: tuple[EscalationEntry, ...] = Field(default=(), description="what happens on the way")

    def as_level(self, calendars: Mapping[str, Calendar]) -> ServiceLevel:
        """Return the policy that the desk reckons with."""
        promises = tuple(one.as_promise() for one in self.targets)
        return ServiceLevel(
            name=self.name,
            calendar=calendars[self.calendar],
            hours=calendars[self.working_hours or self.calendar],
            promises=promises,
            scope=self.scope.as_scope() if self.scope else Scope(),
            pauses=frozenset(self.pauses),
            steps=(*(one.as_step() for one in self.escalations), *self._usual(promises)),
            is_chosen_only=self.only_by_name,
        )

    def _usual(self, promises: tuple[Promise, ...]) -> tuple[Step, ...]:
        """Return what happens unwritten: where nobody took a ticket in time, the lead of its group is told."""
        is_promised = any(Target.OWN in promise.lengths for promise in promises)
        is_written = any(Target.OWN in one.of for one in self.escalations)
        return (Step(100, frozenset({Target.OWN}), (Told.LEAD,)),) if is_promised and not is_written else ()


def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)
