"""What answers look like, for the description of the API; the values are made where the command line makes them."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class _Shape(BaseModel):
    # keys may be added at any time
    model_config = ConfigDict(extra="allow")


class Problem(_Shape):
    """Why there is no answer."""

    error: str


class Person(_Shape):
    """Somebody with a mail address."""

    name: str
    address: str


class _Head(_Shape):
    number: int
    subject: str
    status: str
    type: str
    priority: str
    group: str
    assignee: str | None
    requester: Person
    tags: list[str]
    created_at: str
    updated_at: str
    organisation: str | None
    ci: str | None
    snoozed_until: str | None
    vip: bool
    offered: dict[str, Any] | None


class TicketLine(_Head):
    """A ticket in a list, as in `mailgateway tickets list --json`; `due_at` is when its next promise runs out."""

    due_at: str | None
    major: bool


class Tickets(_Shape):
    """A page of tickets, newest first; `after` asks for the next one, null on the last."""

    tickets: list[TicketLine]
    after: int | None


class LeftOut(_Shape):
    """How much of a long ticket is left out, its oldest part."""

    articles: int
    events: int


class Ticket(_Head):
    """A whole ticket, as in `mailgateway tickets show --json`."""

    mailbox: str
    participants: list[Person]
    language: str
    fields: dict[str, Any]
    watchers: list[str]
    held: list[dict[str, Any]]
    service_level: dict[str, Any] | None
    articles: list[dict[str, Any]]
    events: list[dict[str, Any]]
    trace: dict[str, Any]
    links: list[dict[str, Any]]
    beside: list[dict[str, Any]]
    major: dict[str, Any] | None
    left_out: LeftOut


class Event(_Shape):
    """Something that happened to a ticket, as in `mailgateway events --json`."""

    id: int
    at: str
    ticket: int
    actor: str
    what: str
    detail: dict[str, Any]


class Events(_Shape):
    """A page of events, oldest first; `since` asks for what comes behind them."""

    events: list[Event]
    since: int


class State(_Shape):
    """How the gateway is, as in `mailgateway status --json`."""

    at: str
    last_sign_of_life_at: str | None
    mailboxes: list[dict[str, Any]]
    hosts: list[dict[str, Any]]
    outbox: dict[str, Any]
    webhooks: list[dict[str, Any]]
    api: dict[str, Any]
    virus_scanner: dict[str, Any] | None
    quarantine: int
    clocks: dict[str, Any]
    major_incidents: list[dict[str, Any]]
    alarms: list[dict[str, Any]]
    retention: list[dict[str, Any]]
