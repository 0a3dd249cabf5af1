"""What gateway.yaml may say of reports and digests that are sent by themselves."""

import re
from collections.abc import Iterable
from datetime import time
from typing import Annotated, Self

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from mailgateway.config.reading.kinds import Language, Strict, Word, mail_address, wrong
from mailgateway.config.service.working_hours import WEEK
from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.reporting.schedule import Every, Schedule
from mailgateway.desk.reporting.subscription import About, Attach, Content, Role, Subscription
from mailgateway.rules.nearest import instead
from mailgateway.rules.text import described, excerpt

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_ROLES = tuple(role.value for role in Role)
_USUAL = {About.DESK: Content.REPORT, About.GROUPS: Content.REPORT, About.ORGANISATIONS: Content.REPORT}
_HAS_DIGEST = (About.GROUPS, About.AGENTS)
_NAMES_READERS = (About.DESK, About.GROUPS)


def _time(written: object) -> time:
    if isinstance(written, time):
        return written
    found = _TIME.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        wrong(f'a time of day belongs here, such as "07:00", not {described(written)}')
    return time(int(found[1]), int(found[2]))


def _weekday(written: object) -> int:
    if isinstance(written, int) and not isinstance(written, bool):
        return written
    if not isinstance(written, str) or written.casefold() not in WEEK:
        wrong(f"a day of the week belongs here; {instead(str(written), WEEK)}")
    return WEEK.index(written.casefold())


def _reader(written: object) -> str:
    """Read an address, or what somebody is to a group."""
    if not isinstance(written, str):
        wrong(f"an address belongs here, or one of {', '.join(_ROLES)}, not {described(written)}")
    if written in _ROLES:
        return written
    if "@" not in written:
        wrong(f"{excerpt(written)} is neither an address nor a word for readers; {instead(written, _ROLES)}")
    return mail_address(written)


TimeOfDay = Annotated[
    time,
    PlainValidator(_time),
    PlainSerializer(lambda at: f"{at:%H:%M}"),
    WithJsonSchema({"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$", "examples": ["07:00"]}),
]
Weekday = Annotated[
    int,
    PlainValidator(_weekday),
    PlainSerializer(lambda day: WEEK[day]),
    WithJsonSchema({"enum": list(WEEK)}),
]
Reader = Annotated[
    str,
    PlainValidator(_reader),
    WithJsonSchema({"anyOf": [{"enum": list(_ROLES)}, {"type": "string", "format": "email"}]}),
]


class ReportEntry(Strict):
    """A report or digest that is sent by itself."""

    name: Word = Field(description="what logs and commands call it, such as weekly")
    every: Every = Field(description="how often: day, week or month")
    at: TimeOfDay = Field(default=time(7), description="the time of day")
    weekday: Weekday | None = Field(default=None, description="the day of a weekly one; by default monday")
    about: About = Field(
        default=About.DESK,
        alias="for",
        description="one for the desk, or one for each of groups, agents or organisations",
    )
    what: Content | None = Field(
        default=None,
        description="report: figures of what was; digest: what is to be done, for groups and agents",
    )
    only: tuple[Word, ...] = Field(default=(), description="names of groups, agents or organisations; without it, all")
    to: tuple[Reader, ...] = Field(
        default=(), description="who reads it: addresses, members, leads, managers or admin; of groups the members"
    )
    language: Language | None = Field(
        default=None, description="its language; an organisation's own goes before; by default the first mailbox's"
    )
    calendar: Word | None = Field(default=None, description="a calendar of service_levels.yaml: only on its days")
    attach: tuple[Attach, ...] | None = Field(
        default=None, description="what goes along as CSV: figures, and the tickets behind each (tickets)"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.weekday is not None and self.every is not Every.WEEK:
            wrong(f"weekday belongs to every: week, and this is made every {self.every.value}: leave one of them out")
        if self.what is Content.DIGEST and self.about not in _HAS_DIGEST:
            wrong(f"a digest is for groups or agents, not for {self.about.value}: write what: report")
        if self.what is Content.REPORT and self.about is About.AGENTS:
            wrong("agents get a digest of their own tickets: leave what: out")
        if self.to and self.about not in _NAMES_READERS:
            theirs = "report_to of each in organisations.yaml" if self.about is About.ORGANISATIONS else "each agent"
            wrong(f"a report for {self.about.value} goes to {theirs}: leave to: out")
        if not self.to and self.about is About.DESK:
            wrong("nobody reads this: write to: [ADDRESS], to: [managers], or for: groups, agents, organisations")
        if self.attach and self.content is Content.DIGEST:
            wrong("a digest has no files: leave attach: out")
        return self

    @property
    def content(self) -> Content:
        """Whether it is a report or a digest."""
        return self.what or _USUAL.get(self.about, Content.DIGEST)

    def as_subscription(self, calendars: Iterable[Calendar]) -> Subscription:
        """Return the plain value."""
        calendar = next((one for one in calendars if one.name == self.calendar), None)
        readers = self.to or ((Role.MEMBERS.value,) if self.about is About.GROUPS else ())
        return Subscription(
            name=self.name,
            schedule=Schedule(self.every, self.at, self.weekday or 0, calendar),
            content=self.content,
            about=self.about,
            only=self.only,
            addresses=tuple(one for one in readers if one not in _ROLES),
            roles=frozenset(Role(one) for one in readers if one in _ROLES),
            language=self.language or "",
            attach=frozenset(self._attached()),
        )

    def _attached(self) -> tuple[Attach, ...]:
        """Return what goes along; what is sent to customers has no tickets unless it is said."""
        if self.attach is not None or self.content is Content.DIGEST:
            return self.attach or ()
        return (Attach.FIGURES,) if self.about is About.ORGANISATIONS else tuple(Attach)


def addresses_in(entry: ReportEntry) -> Iterable[tuple[int, str]]:
    """Give the addresses among the readers, with their places."""
    return ((place, one) for place, one in enumerate(entry.to) if one not in _ROLES)
