"""Actions that name people: who takes part, who is kept informed, to whom the mail goes on."""

from collections.abc import Callable

from mailgateway.mail.wire.addresses import read_addresses
from mailgateway.rules.findings import Wrong
from mailgateway.rules.nearest import instead
from mailgateway.rules.text import described, excerpt
from mailgateway.rules.vocabulary import Vocabulary

_MOST_ADDRESSES = 20
_MOST_WATCHERS = 20


def cc(written: object, vocabulary: Vocabulary) -> object:
    """Addresses that take part in the ticket from its beginning."""
    return _several(written, "cc", _MOST_ADDRESSES, "addresses", lambda item: _foreign(item, vocabulary))


def forward(written: object, vocabulary: Vocabulary) -> object:
    """Addresses that the mail itself goes on to; with discard: true it goes nowhere else."""
    return _several(written, "forward", _MOST_ADDRESSES, "addresses", lambda item: _foreign(item, vocabulary))


def watchers(written: object, vocabulary: Vocabulary) -> object:
    """Agents who are told what happens to the ticket without owning it; {lead: GROUP} is who leads that group."""
    return _several(written, "watchers", _MOST_WATCHERS, "agents", lambda item: _watcher(item, vocabulary))


def _several(written: object, action: str, most: int, what: str, read: Callable[[object], str]) -> tuple[str, ...]:
    items = written if isinstance(written, list) else [written]
    if not items or len(items) > most:
        raise Wrong(f"{action}: takes 1 to {most} {what}, not {len(items)}")
    return tuple(dict.fromkeys(read(item) for item in items))


def _watcher(written: object, vocabulary: Vocabulary) -> str:
    if isinstance(written, dict):
        if list(written) != ["lead"]:
            raise Wrong(f"a watcher is the name of an agent, or {{lead: GROUP}}, not {described(written)}")
        return _lead(_known(written["lead"], vocabulary.groups, "group"), vocabulary)
    return _known(written, vocabulary.agents, "agent")


def _lead(group: str, vocabulary: Vocabulary) -> str:
    if group not in vocabulary.leads:
        led = ", ".join(vocabulary.leads) or "none"
        raise Wrong(f"the group {excerpt(group)} has no lead; groups with one: {led}")
    return vocabulary.leads[group]


def _known(written: object, names: tuple[str, ...] | None, what: str) -> str:
    if not isinstance(written, str):
        raise Wrong(f"this is the name of one {what}, not {described(written)}")
    spelled = {name.casefold(): name for name in names or ()}
    if names is not None and written.casefold() not in spelled:
        raise Wrong(f"unknown {what} {excerpt(written)}; {instead(written, names)}")
    return spelled.get(written.casefold(), written)


def _foreign(written: object, vocabulary: Vocabulary) -> str:
    """Return an address that is none of the desk's own: it would write to itself without end."""
    address = _address(written, vocabulary)
    if _base(address) in {_base(own) for own in vocabulary.own_addresses}:
        raise Wrong(f"{excerpt(address)} is a mailbox of this desk, which would write to itself")
    return address


def _address(written: object, vocabulary: Vocabulary) -> str:
    found = read_addresses(written, most=2) if isinstance(written, str) else ()
    if len(found) == 1 and found[0].address == written and "@" in found[0].address:
        return found[0].address
    agents = {name.casefold(): name for name in vocabulary.agents or ()}
    is_agent = isinstance(written, str) and written.casefold() in agents
    mend = f"; to keep an agent informed, write watchers: {written}" if is_agent else ""
    raise Wrong(f"here belongs an address such as jan@example.com, not {described(written)}{mend}")


def _base(address: str) -> str:
    """Return an address without its detail part (support+detail@), casefolded."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
