"""A subscription -> its copies: one for the desk, or one for each group, agent or organisation, with its readers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo

from mailgateway.desk.customers.allowance import zone_of
from mailgateway.desk.letters.workers import as_worker, team_of
from mailgateway.desk.model import Group
from mailgateway.desk.policy import Policy
from mailgateway.desk.reporting.subscription import About, Role, Subscription
from mailgateway.mail.model import Address


@dataclass(frozen=True, slots=True)
class Copy:
    """A report for some readers. `whose` names the group, agent or organisation, "" for the desk.

    `display` is what people call it. Days begin, and it is due, in `zone`.
    """

    of: Subscription
    whose: str
    display: str
    readers: tuple[Address, ...]
    language: str
    zone: tzinfo


def copies(of: Subscription, policy: Policy) -> Iterator[Copy]:
    """Give the copies that somebody reads."""
    for copy in _COPIES[of.about](of, policy):
        if copy.readers:
            yield copy


def _of_desk(of: Subscription, policy: Policy) -> Iterator[Copy]:
    yield _inside(of, "", "", _named(of, policy.directory.groups, policy), policy)


def _of_groups(of: Subscription, policy: Policy) -> Iterator[Copy]:
    for group in policy.directory.groups:
        if _is_wanted(group.name, of):
            yield _inside(of, group.name, group.display, _named(of, (group,), policy), policy)


def _of_agents(of: Subscription, policy: Policy) -> Iterator[Copy]:
    for agent in policy.directory.agents:
        if _is_wanted(agent.name, of):
            yield _inside(of, agent.name, agent.display, (as_worker(agent).address,), policy)


def _of_organisations(of: Subscription, policy: Policy) -> Iterator[Copy]:
    for one in policy.organisations.all:
        if _is_wanted(one.name, of):
            language = one.language or of.language or _usual_language(policy)
            readers = _once((Address("", address) for address in one.contacts), policy)
            yield Copy(of, one.name, one.display, readers, language, zone_of(one, policy))


_COPIES = {
    About.DESK: _of_desk,
    About.GROUPS: _of_groups,
    About.AGENTS: _of_agents,
    About.ORGANISATIONS: _of_organisations,
}


def _inside(of: Subscription, whose: str, display: str, readers: tuple[Address, ...], policy: Policy) -> Copy:
    language = of.language or _usual_language(policy)
    return Copy(of, whose, display, readers, language, policy.ruleset.timezone)


def _usual_language(policy: Policy) -> str:
    return policy.mailboxes[0].default.language


def _is_wanted(name: str, of: Subscription) -> bool:
    return not of.only or name.casefold() in {one.casefold() for one in of.only}


def _named(of: Subscription, groups: Iterable[Group], policy: Policy) -> tuple[Address, ...]:
    """Return the readers by address, and by what they are to the groups."""
    found = [Address("", address) for address in of.addresses]
    found += [Address("", policy.admin)] if Role.ADMIN in of.roles else []
    for group in groups:
        found += _in_role(group, of.roles, policy)
    return _once(found, policy)


def _in_role(group: Group, roles: frozenset[Role], policy: Policy) -> Iterator[Address]:
    if Role.MEMBERS in roles:
        yield from (worker.address for worker in team_of(group, policy))
    lead = policy.directory.agent(group.lead) if group.lead and Role.LEADS in roles else None
    if lead is not None:
        yield as_worker(lead).address
    if group.manager and Role.MANAGERS in roles:
        yield Address("", group.manager)


def _once(found: Iterable[Address], policy: Policy) -> tuple[Address, ...]:
    readers: dict[str, Address] = {}
    for one in found:
        if not policy.is_ours(one.address):
            readers.setdefault(one.key, one)
    return tuple(readers.values())
