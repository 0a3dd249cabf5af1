"""A report that is sent by itself, as the configuration orders it."""

from dataclasses import dataclass
from enum import StrEnum

from mailgateway.desk.reporting.schedule import Schedule


class Content(StrEnum):
    """What is sent: figures of what was, or what is to be done now."""

    REPORT = "report"
    DIGEST = "digest"


class About(StrEnum):
    """What it is about: the whole desk in one, or each group, agent or organisation in one of its own."""

    DESK = "desk"
    GROUPS = "groups"
    AGENTS = "agents"
    ORGANISATIONS = "organisations"


class Role(StrEnum):
    """Readers by what they are: to a group, or to the groups of the whole desk."""

    MEMBERS = "members"
    LEADS = "leads"
    MANAGERS = "managers"
    ADMIN = "admin"


class Attach(StrEnum):
    """What goes along as CSV."""

    FIGURES = "figures"
    TICKETS = "tickets"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A report or digest that is made again and again.

    `only` names the groups, agents or organisations that it is for, none for all of them; `addresses` and `roles` say
    who reads it, but for agents, who read their own, and organisations, whose contacts do. Without a `language` it is
    written in that of the first mailbox.
    """

    name: str
    schedule: Schedule
    content: Content = Content.REPORT
    about: About = About.DESK
    only: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset()
    language: str = ""
    attach: frozenset[Attach] = frozenset()
