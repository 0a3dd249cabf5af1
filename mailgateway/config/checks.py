"""What no single key shows to be wrong: names that are not there, the same thing twice, mail going in circles."""

from collections.abc import Iterable, Iterator

from mailgateway.config.gateway.file import GatewayFile, Mailbox
from mailgateway.config.reading.document import Document
from mailgateway.config.service.assets import AssetsFile, called
from mailgateway.config.service.groups import GroupsFile
from mailgateway.config.service.organisations import OrganisationsFile, as_organisations
from mailgateway.desk.policy import AgentEvidence
from mailgateway.errors import Finding
from mailgateway.rules.findings import EntryPath
from mailgateway.rules.nearest import instead
from mailgateway.rules.text import excerpt

_LONGEST_LOCAL = 29
"""RFC 5321 allows 64 octets before the @; a signed reply address adds up to 35."""

_RESERVED = ("me", "none", "round_robin", "least_open", "last")

Named = Iterable[tuple[EntryPath, str]]
"""Names, each with where it stands."""


def check_gateway(gateway: GatewayFile, document: Document) -> Iterator[Finding]:
    """Check gateway.yaml against itself."""
    yield from repeated(_mailbox_names(gateway), "mailboxes are called", document)
    yield from repeated(_own_addresses(gateway), "mailboxes have the address", document)
    yield from repeated(_accounts(gateway), "mailboxes fetch from the same folder,", document)
    for number, mailbox in enumerate(gateway.mailboxes):
        yield from _check_mailbox(mailbox, ("mailboxes", number), document)
    if base_address(gateway.admin) in _all_own(gateway):
        yield document.finding(
            ("admin",), "alarms would come back as tickets: write an address that is no mailbox here"
        )
    if gateway.s3 is not None and not gateway.blobs.startswith("s3://"):
        problem = "it says how a bucket is reached, and blobs are kept elsewhere: write blobs: s3://BUCKET/FOLDER"
        yield document.finding(("s3",), problem)
    needs_dmarc = gateway.agents.evidence in (AgentEvidence.DMARC, AgentEvidence.TOKEN_AND_DMARC)
    if needs_dmarc and not gateway.agents.trusted_authserv:
        problem = "no server's word on DMARC is trusted, so nobody could be an agent: write trusted_authserv: [NAME]"
        yield document.finding(("agents", "evidence"), problem)
    if gateway.agents.trusted_arc_sealers and not gateway.agents.trusted_authserv:
        problem = "a seal counts where a server of yours states arc=pass: write its name under trusted_authserv: [NAME]"
        yield document.finding(("agents", "trusted_arc_sealers"), problem)


def check_groups(groups: GroupsFile, document: Document) -> Iterator[Finding]:
    """Check groups.yaml against itself."""
    agents = tuple(agent.name for agent in groups.agents)
    for number, name in enumerate(agents):
        if name.casefold() in _RESERVED:
            problem = f'"{name}" has a meaning of its own where agents are assigned: choose another name'
            yield document.finding(("agents", number, "name"), problem)
    yield from repeated(((("agents", n, "name"), name) for n, name in enumerate(agents)), "agents are called", document)
    yield from repeated(_agent_addresses(groups), "agents have the address", document)
    names = ((("groups", number, "name"), group.name) for number, group in enumerate(groups.groups))
    yield from repeated(names, "groups are called", document)
    for number, group in enumerate(groups.groups):
        members = tuple((("groups", number, "members", n), name) for n, name in enumerate(group.members))
        yield from unknown(members, agents, "agent", document)
        yield from repeated(members, "members are", document)
        if group.lead is not None:
            yield from unknown([(("groups", number, "lead"), group.lead)], agents, "agent", document)


def check_webhooks(gateway: GatewayFile, document: Document, groups: tuple[str, ...] | None) -> Iterator[Finding]:
    """Check that webhooks have names of their own, and ask for groups that are there (None: they are not known)."""
    names = ((("webhooks", number, "name"), one.name) for number, one in enumerate(gateway.webhooks))
    yield from repeated(names, "webhooks are called", document)
    for number, one in enumerate(gateway.webhooks):
        if groups is not None:
            asked = [(("webhooks", number, "groups", place), name) for place, name in enumerate(one.groups)]
            yield from unknown(asked, groups, "group", document)


def check_default_groups(gateway: GatewayFile, document: Document, groups: tuple[str, ...] | None) -> Iterator[Finding]:
    """Check that what no rule routes goes to a group that is there; `groups` is None where they are not known."""
    if groups is not None:
        named = [(("mailboxes", n, "default", "group"), box.default.group) for n, box in enumerate(gateway.mailboxes)]
        yield from unknown(named, groups, "group", document)


def check_organisations(
    file: OrganisationsFile,
    document: Document,
    calendars: tuple[str, ...] | None = None,
    service_levels: tuple[str, ...] | None = None,
) -> Iterator[Finding]:
    """Check organisations.yaml against itself and the names that it uses; names are None where they are not known."""
    listed = tuple(enumerate(file.organisations))
    names = ((("organisations", n, "name"), one.name) for n, one in listed)
    yield from repeated(names, "organisations are called", document)
    domains = (
        (("organisations", n, "domains", place), name) for n, one in listed for place, name in enumerate(one.domains)
    )
    yield from repeated(domains, "organisations have the domain", document)
    yield from repeated(_member_addresses(file), "people have the address", document)
    yield from _strange_contacts(file, document)
    agreed = tuple((n, one.contract) for n, one in listed if one.contract is not None)
    for known, key, what in (
        (calendars, "support_hours", "calendar"),
        (service_levels, "service_level", "service level"),
    ):
        if known is not None:
            named = ((("organisations", n, "contract", key), getattr(contract, key)) for n, contract in agreed)
            yield from unknown(((path, name) for path, name in named if name is not None), known, what, document)


def _strange_contacts(file: OrganisationsFile, document: Document) -> Iterator[Finding]:
    """Find those who would get the figures of an organisation although they belong to another."""
    known = as_organisations(file)
    for number, one in enumerate(file.organisations):
        for place, address in enumerate(one.report_to):
            theirs = known.of(address)
            if theirs is not None and theirs.name != one.name:
                problem = f"{address} belongs to {theirs.name}, and would get the figures of {one.name}: write another"
                yield document.finding(("organisations", number, "report_to", place), problem)


def check_assets(
    file: AssetsFile, document: Document, groups: tuple[str, ...] | None, service_levels: tuple[str, ...] | None
) -> Iterator[Finding]:
    """Check assets.yaml against itself and the names that it uses; names are None where they are not known."""
    yield from repeated(called(file), "configuration items are called", document)
    for known, key, what in ((groups, "group", "group"), (service_levels, "service_level", "service level")):
        if known is not None:
            named = ((("assets", n, key), getattr(one, key)) for n, one in enumerate(file.assets))
            yield from unknown(((path, name) for path, name in named if name is not None), known, what, document)


def check_own_addresses(gateway: GatewayFile, file: OrganisationsFile, document: Document) -> Iterator[Finding]:
    """Check that the desk is no customer of itself; `document` is that of the organisations."""
    own = _all_own(gateway)
    for path, address in _member_addresses(file):
        if base_address(address) in own:
            problem = f"{address} is a mailbox of the desk, which is nobody's customer: write a person's own address"
            yield document.finding(path, problem)
    for number, one in enumerate(file.organisations):
        for place, address in enumerate(one.report_to):
            if base_address(address) in own:
                problem = f"{address} is a mailbox of the desk: reports would come back as tickets; write a person's"
                yield document.finding(("organisations", number, "report_to", place), problem)


def check_circles(gateway: GatewayFile, groups: GroupsFile, document: Document) -> Iterator[Finding]:
    """Check that no notification is sent to the desk itself; `document` is that of the groups."""
    own = _all_own(gateway)
    shared = (
        (("groups", number, "address"), group.address) for number, group in enumerate(groups.groups) if group.address
    )
    for path, address in (*_agent_addresses(groups), *shared):
        if base_address(address) in own:
            problem = f"{address} is a mailbox of the desk, which would write to itself: write a person's own address"
            yield document.finding(path, problem)


def _check_mailbox(mailbox: Mailbox, path: EntryPath, document: Document) -> Iterator[Finding]:
    local = mailbox.address.rpartition("@")[0]
    if "+" in local:
        yield document.finding((*path, "address"), "what follows a + is needed for reply addresses: write it without")
    if len(local) > _LONGEST_LOCAL:
        problem = (
            f"reply addresses would get too long: write an address of at most {_LONGEST_LOCAL} letters before the @"
        )
        yield document.finding((*path, "address"), problem)
    for key, settle in (("processed", mailbox.settle.processed), ("quarantined", mailbox.settle.quarantined)):
        if settle.action == "move" and settle.target.casefold() == mailbox.imap.folder.casefold():
            problem = "a mail would be moved to where it is: write another folder, or flag"
            yield document.finding((*path, "settle", key), problem)


def repeated(named: Named, what: str, document: Document) -> Iterator[Finding]:
    """Give a finding for each name that another entry has already, in any case."""
    first: dict[str, EntryPath] = {}
    for path, name in named:
        if name.casefold() in first:
            line = document.locate(first[name.casefold()])[0]
            yield document.finding(path, f"two {what} {excerpt(name)} (the other is in line {line}): change one")
        first.setdefault(name.casefold(), path)


def unknown(named: Named, known: tuple[str, ...], what: str, document: Document) -> Iterator[Finding]:
    """Give a finding for each name that is not known, with the nearest that is."""
    for path, name in named:
        if name not in known:
            yield document.finding(path, f"unknown {what} {excerpt(name)}; {instead(name, known)}")


def _mailbox_names(gateway: GatewayFile) -> Named:
    return ((("mailboxes", number, "name"), mailbox.name) for number, mailbox in enumerate(gateway.mailboxes))


def _own_addresses(gateway: GatewayFile) -> Named:
    for number, mailbox in enumerate(gateway.mailboxes):
        yield ("mailboxes", number, "address"), mailbox.address
        for place, alias in enumerate(mailbox.aliases):
            yield ("mailboxes", number, "aliases", place), alias


def _accounts(gateway: GatewayFile) -> Named:
    for number, mailbox in enumerate(gateway.mailboxes):
        imap = mailbox.imap
        yield ("mailboxes", number, "imap"), f"{imap.folder} of {imap.username} at {imap.host}:{imap.port or imap.tls}"


def _agent_addresses(groups: GroupsFile) -> Named:
    for number, agent in enumerate(groups.agents):
        yield ("agents", number, "address"), agent.address
        for place, alias in enumerate(agent.aliases):
            yield ("agents", number, "aliases", place), alias


def own_addresses(gateway: GatewayFile) -> tuple[str, ...]:
    """Return every address that mail to the desk arrives at."""
    return tuple(address for _, address in _own_addresses(gateway))


def _member_addresses(file: OrganisationsFile) -> Named:
    """Every address that makes somebody belong to an organisation; a VIP may be written down as a person too."""
    for number, one in enumerate(file.organisations):
        above: EntryPath = ("organisations", number)
        for place, address in enumerate(one.addresses):
            yield (*above, "addresses", place), address
        for place, person in enumerate(one.people):
            yield (*above, "people", place, "address"), person.address
            for n, alias in enumerate(person.aliases):
                yield (*above, "people", place, "aliases", n), alias


def _all_own(gateway: GatewayFile) -> frozenset[str]:
    return frozenset(base_address(address) for _, address in _own_addresses(gateway))


def base_address(address: str) -> str:
    """Return an address without its detail part, as two addresses of one mailbox are compared."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
