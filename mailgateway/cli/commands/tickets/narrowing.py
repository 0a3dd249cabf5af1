"""The names by which lists of tickets are narrowed, as they are known; one that is not leaves with 2."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailgateway.cli.typed.names import unknown
from mailgateway.desk.policy import Policy
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import address_key
from mailgateway.store.tickets.listed import Wanted, listed


@dataclass(frozen=True, slots=True)
class Customers:
    """Whose tickets are wanted, by what the configuration alone knows: a contract, people who matter more."""

    contract: str | None = None
    are_vips: bool = False


def narrowed(tx: Transaction, wanted: Wanted, customers: Customers, policy: Policy) -> Wanted:
    """Return it with names as they are known.

    What the configuration does not know any more is wanted as it is written as long as tickets have it.
    """
    organisations, assets = policy.organisations, policy.assets
    customer = organisations.named(wanted.organisation)
    found = replace(
        wanted,
        group=_group("--group", wanted.group, policy),
        offered_by=_group("--offered-by", wanted.offered_by, policy),
        assignee="" if _is_nobody(wanted.assignee) else _agent("--assignee", wanted.assignee, policy, "none"),
        watcher=_agent("--watcher", wanted.watcher, policy),
        organisation=customer.name if customer is not None else wanted.organisation,
        ci=assets.spelled(wanted.ci),
        mailbox=next((one for one in _mailboxes(policy) if _is_same(one, wanted.mailbox)), wanted.mailbox),
        organisations=_holders(customers.contract, policy),
        requesters=_vips(policy) if customers.are_vips else None,
    )
    _known(tx, "--organisation", found.organisation, [one.name for one in organisations.all])
    _known(tx, "--ci", found.ci, [one.name for one in assets.all])
    _known(tx, "--mailbox", found.mailbox, _mailboxes(policy))
    return found


def _known(tx: Transaction, option: str, name: str | None, names: list[str]) -> None:
    """Leave with 2 where a name is neither in a list that there is nor in any ticket."""
    if name is None or not names or name in names:
        return
    of_it = {"--organisation": Wanted(organisation=name), "--ci": Wanted(ci=name), "--mailbox": Wanted(mailbox=name)}
    if not listed(tx, 1, of_it[option]):
        raise unknown(option, name, names)


def _group(option: str, name: str | None, policy: Policy) -> str | None:
    group = policy.directory.group(name) if name is not None else None
    if name is not None and group is None:
        raise unknown(option, name, [known.name for known in policy.directory.groups])
    return group.name if group is not None else None


def _agent(option: str, name: str | None, policy: Policy, *also: str) -> str | None:
    found = policy.directory.agent(name) if name is not None else None
    if name is not None and found is None:
        raise unknown(option, name, [*(known.name for known in policy.directory.agents), *also])
    return found.name if found is not None else None


def _holders(contract: str | None, policy: Policy) -> tuple[str, ...] | None:
    """Return the organisations that have a contract, None where any will do."""
    if contract is None:
        return None
    agreed = [(one.name, one.contract.name) for one in policy.organisations.all if one.contract is not None]
    found = tuple(name for name, has in agreed if _is_same(has, contract))
    if not found:
        raise unknown("--contract", contract, dict.fromkeys(has for _, has in agreed))
    return found


def _vips(policy: Policy) -> tuple[str, ...]:
    keys: Iterable[str | None] = map(address_key, sorted(policy.organisations.vips))
    return tuple(key for key in keys if key)


def _mailboxes(policy: Policy) -> list[str]:
    return [one.name for one in policy.mailboxes]


def _is_nobody(name: str | None) -> bool:
    return _is_same("none", name)


def _is_same(one: str, other: str | None) -> bool:
    return other is not None and one.casefold() == other.casefold()
