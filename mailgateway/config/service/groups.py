"""What groups.yaml may say: who works tickets, and in which groups."""

from typing import Annotated

from pydantic import Field

from mailgateway.config.gateway.branding import Signature
from mailgateway.config.gateway.notifications import Silence
from mailgateway.config.reading.kinds import Address, Line, Strict, Word
from mailgateway.config.service.agreements import BusinessTime
from mailgateway.desk.model import Agent, Directory, Group


class AgentEntry(Strict):
    """Somebody who works tickets, by mail from this address."""

    name: Word = Field(description="what rules and commands call them")
    display: Line | None = Field(default=None, description="the name that customers see; by default the name")
    address: Address = Field(description="where notifications go; customers never see it")
    aliases: tuple[Address, ...] = Field(default=(), description="other addresses that they write from")
    signature: Signature | None = Field(
        default=None, description="what stands under their answers; goes before that of the group and of the desk"
    )


class GroupEntry(Strict):
    """A team that tickets are routed to."""

    name: Word = Field(description="what rules and commands call it")
    display: Line | None = Field(default=None, description="its name for people; by default the name")
    members: tuple[Word, ...] = Field(default=(), description="names of agents: they are told of new tickets")
    lead: Word | None = Field(default=None, description="the agent who leads it")
    manager: Address | None = Field(default=None, description="the address of who is above it, for escalations")
    address: Address | None = Field(default=None, description="a shared address that is told as well")
    signature: Signature | None = Field(
        default=None, description="what stands under answers to its tickets; goes before that of the desk"
    )
    accept_within: BusinessTime | None = Field(
        default=None,
        description="how much business time it has to accept a ticket that another group hands to it, such as 2h",
    )
    no_status_mails: Silence = Field(
        default=(), description="what customers are not told of its tickets, such as [solved]; true: nothing"
    )


class GroupsFile(Strict):
    """Agents and groups."""

    agents: tuple[AgentEntry, ...] = Field(default=(), description="everybody who works tickets")
    groups: Annotated[tuple[GroupEntry, ...], Field(min_length=1)] = Field(
        description="the groups that tickets are routed to, at least one"
    )


def as_directory(file: GroupsFile) -> Directory:
    """Return the agents and groups as the desk knows them."""
    agents = (
        Agent(one.name, one.display or one.name, one.address, one.aliases, one.signature or {}) for one in file.agents
    )
    return Directory(tuple(agents), tuple(map(_group, file.groups)))


def _group(one: GroupEntry) -> Group:
    return Group(
        name=one.name,
        display=one.display or one.name,
        members=one.members,
        lead=one.lead,
        address=one.address or "",
        manager=one.manager or "",
        silent=one.no_status_mails,
        signature=one.signature or {},
        accept_within=one.accept_within,
    )
