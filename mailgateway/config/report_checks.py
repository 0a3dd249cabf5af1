"""What no single key of a report shows to be wrong: names that are not there, readers that are the desk itself."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from mailgateway.config.checks import base_address, repeated, unknown
from mailgateway.config.gateway.file import GatewayFile
from mailgateway.config.gateway.reports import ReportEntry, addresses_in
from mailgateway.config.reading.document import Document
from mailgateway.config.service.groups import GroupEntry, GroupsFile
from mailgateway.config.service.organisations import OrganisationsFile
from mailgateway.desk.reporting.subscription import About, Role
from mailgateway.errors import Finding
from mailgateway.rules.findings import EntryPath

_WHAT = {About.GROUPS: "group", About.AGENTS: "agent", About.ORGANISATIONS: "organisation"}


@dataclass(frozen=True, slots=True)
class Known:
    """The names that a report may use, None where they are not known."""

    names: Mapping[About, tuple[str, ...] | None]
    calendars: tuple[str, ...] | None


def check_reports(gateway: GatewayFile, document: Document, known: Known, own: Collection[str]) -> Iterator[Finding]:
    """Check the names and readers of reports; `own` are the addresses that mail to the desk arrives at."""
    names = ((("reports", number, "name"), one.name) for number, one in enumerate(gateway.reports))
    yield from repeated(names, "reports are called", document)
    ours = {base_address(address) for address in own}
    for number, one in enumerate(gateway.reports):
        path: EntryPath = ("reports", number)
        yield from _check_names(one, path, document, known)
        for place, address in addresses_in(one):
            if base_address(address) in ours:
                problem = f"{address} is a mailbox of the desk: reports would come back as tickets; write a person's"
                yield document.finding((*path, "to", place), problem)


def _check_names(one: ReportEntry, path: EntryPath, document: Document, known: Known) -> Iterator[Finding]:
    names = known.names.get(one.about)
    if one.only and one.about is About.DESK:
        problem = "a report for the desk has everything: leave only: out, or write for: groups, agents, organisations"
        yield document.finding((*path, "only"), problem)
    elif one.only and names is None and one.about is About.ORGANISATIONS:
        problem = "no organisations are configured: name their file below files: in this one, or leave only: out"
        yield document.finding((*path, "only"), problem)
    elif names is not None:
        named = (((*path, "only", place), name) for place, name in enumerate(one.only))
        yield from unknown(named, names, _WHAT[one.about], document)
    if one.calendar is not None and known.calendars is not None:
        yield from unknown([((*path, "calendar"), one.calendar)], known.calendars, "calendar", document)


def doubts_about_reports(
    gateway: GatewayFile, document: Document, groups: GroupsFile | None, customers: OrganisationsFile | None
) -> Iterator[Finding]:
    """Give warnings about reports that nobody reads."""
    for number, one in enumerate(gateway.reports):
        path: EntryPath = ("reports", number)
        if one.about is About.ORGANISATIONS:
            wanted = customers.organisations if customers is not None else ()
            if not any(entry.report_to for entry in wanted if not one.only or entry.name in one.only):
                problem = "nobody gets this: write report_to: [ADDRESS] to an organisation in organisations.yaml"
                yield document.finding((*path, "for"), problem)
        elif one.to and groups is not None and not any(_reads(one, group) for group in groups.groups):
            problem = "nobody gets this: no group has whom it is for; write lead:, manager: or members: in groups.yaml"
            yield document.finding((*path, "to"), problem)


def _reads(one: ReportEntry, group: GroupEntry) -> bool:
    """Tell whether somebody reads a report, or its copy for a group."""
    if Role.ADMIN.value in one.to or any(addresses_in(one)):
        return True
    if one.about is About.GROUPS and one.only and group.name not in one.only:
        return False
    there = {
        Role.MEMBERS.value: bool(group.members or group.address),
        Role.LEADS.value: group.lead is not None,
        Role.MANAGERS.value: group.manager is not None,
    }
    return any(there.get(reader, False) for reader in one.to)
