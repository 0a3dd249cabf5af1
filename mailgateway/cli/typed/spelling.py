"""The names in orders as the configuration writes them; a name that is not known leaves with 2."""

from collections.abc import Sequence
from dataclasses import replace

from mailgateway.cli.lines import wrong_usage
from mailgateway.cli.typed.names import unknown
from mailgateway.desk.agents.orders import LONGEST_CI, Orders
from mailgateway.desk.answers.knowledge import Library
from mailgateway.desk.customers.correcting import against_requester, read_language, read_subject
from mailgateway.desk.model import Directory
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.assets import Assets
from mailgateway.mail.model import Address


def spelled(orders: Orders, author: str | None, policy: Policy) -> Orders:
    """Return the orders with every name as it is known; `author` is who gives them, None for the service desk."""
    directory = policy.directory
    return replace(
        orders,
        group=_group(orders.group, directory),
        assign=_assignee(orders.assign, author, directory),
        answers=_answers(orders.answers, policy.library),
        ci=_ci(orders.ci, policy.assets),
        organisation=_organisation(orders.organisation, policy),
        service_level=_service_level(orders.service_level, policy),
        watch=tuple(_agent("--watch", name, directory) for name in orders.watch),
        # who is no agent any more may still watch
        unwatch=tuple(found.name if (found := directory.agent(name)) else name for name in orders.unwatch),
        participants=_customers(orders.participants, policy),
        subject=_subject(orders.subject, policy),
        requester=_requester(orders.requester, policy),
        language=_language(orders.language, policy),
    )


def _group(name: str | None, directory: Directory) -> str | None:
    group = directory.group(name) if name is not None else None
    if name is not None and group is None:
        raise unknown("--group", name, [known.name for known in directory.groups])
    return group.name if group is not None else None


def _agent(option: str, name: str, directory: Directory, also: Sequence[str] = ()) -> str:
    found = directory.agent(name)
    if found is None:
        raise unknown(option, name, [*(known.name for known in directory.agents), *also])
    return found.name


def _assignee(wanted: str | None, author: str | None, directory: Directory) -> str | None:
    """Return the agent's name, "" for nobody, None where nothing was said."""
    if wanted is None or wanted.casefold() == "none":
        return None if wanted is None else ""
    if wanted.casefold() == "me" and author is None:
        raise wrong_usage("--assign me: say who you are with --as NAME")
    name = author if wanted.casefold() == "me" and author is not None else wanted
    return _agent("--assign", name, directory, ("me", "none"))


def _ci(wanted: str | None, known: Assets) -> str | None:
    """Return the configuration item as the list writes it, "" for none."""
    if wanted is None or wanted.casefold() == "none":
        return None if wanted is None else ""
    if known.all and known.named(wanted) is None:
        raise unknown("--ci", wanted, [one.name for one in known.all])
    if not wanted.strip() or len(wanted) > LONGEST_CI or not wanted.isprintable():
        raise wrong_usage(f"--ci {wanted[:60]!r}: this is no name")
    return known.spelled(wanted)


def _organisation(wanted: str | None, policy: Policy) -> str | None:
    if wanted is None or wanted.casefold() == "none":
        return None if wanted is None else ""
    found = policy.organisations.named(wanted)
    if found is None:
        raise unknown("--organisation", wanted, [*(one.name for one in policy.organisations.all), "none"])
    return found.name


def _service_level(wanted: str | None, policy: Policy) -> str | None:
    if wanted is None or wanted.casefold() == "none":
        return None if wanted is None else ""
    names = {one.name.casefold(): one.name for one in policy.service_levels}
    if wanted.casefold() not in names:
        raise unknown("--service-level", wanted, [*names.values(), "none"])
    return names[wanted.casefold()]


def _customers(people: tuple[Address, ...], policy: Policy) -> tuple[Address, ...]:
    for person in people:
        if policy.is_internal(person.address):
            raise wrong_usage(f"--cc {person.address}: this is the desk's own; who takes part is a customer")
    return people


def _subject(written: str | None, policy: Policy) -> str | None:
    try:
        return None if written is None else read_subject(written, policy.conversation.tags)
    except ValueError as error:
        raise wrong_usage(f"--subject {str(written)[:60]!r}: {error}") from None


def _language(written: str | None, policy: Policy) -> str | None:
    try:
        return None if written is None else read_language(written, policy.languages)
    except ValueError as error:
        raise wrong_usage(f"--language {str(written)[:60]!r}: {error}") from None


def _requester(person: Address | None, policy: Policy) -> Address | None:
    if person is not None and (against := against_requester(person, policy)):
        raise wrong_usage(f"--requester {person.address}: {against}")
    return person


def _answers(wanted: Sequence[str], library: Library) -> tuple[str, ...]:
    """Return the names of answers as their files write them; of those that customers may see."""
    names = dict.fromkeys(one.name for one in library.answers if one.for_customers)
    for name in wanted:
        if library.spelled(name) not in names:
            raise unknown("--answer", name, list(names))
    return tuple(found for name in wanted if (found := library.spelled(name)) is not None)
