"""What no single key of a service level shows to be wrong: names that are not there, the same name twice."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailgateway.config.checks import Named, repeated, unknown
from mailgateway.config.reading.document import Document
from mailgateway.config.service.agreements import PolicyEntry, ScopeEntry
from mailgateway.config.service.service_levels import ServiceLevelsFile
from mailgateway.errors import Finding
from mailgateway.rules.findings import EntryPath


@dataclass(frozen=True, slots=True)
class NamesInLevels:
    """The names that service levels may use, None where they are not known."""

    groups: tuple[str, ...] | None
    organisations: tuple[str, ...] | None
    contracts: tuple[str, ...] | None


def check_service_levels(levels: ServiceLevelsFile, document: Document, known: NamesInLevels) -> Iterator[Finding]:
    """Check service_levels.yaml against itself and against the names of the other files."""
    names = ((("calendars", number, "name"), one.name) for number, one in enumerate(levels.calendars))
    yield from repeated(names, "calendars are called", document)
    policies = ((("policies", number, "name"), one.name) for number, one in enumerate(levels.policies))
    yield from repeated(policies, "policies are called", document)
    calendars = tuple(one.name for one in levels.calendars)
    for number, policy in enumerate(levels.policies):
        path: EntryPath = ("policies", number)
        named = (((*path, "calendar"), policy.calendar), ((*path, "working_hours"), policy.working_hours))
        yield from unknown([(place, name) for place, name in named if name], calendars, "calendar", document)
        yield from _check_scopes(policy, path, known, document)


def _check_scopes(policy: PolicyEntry, path: EntryPath, known: NamesInLevels, document: Document) -> Iterator[Finding]:
    for names, key in (
        (known.groups, "group"),
        (known.organisations, "organisation"),
        (known.contracts, "contract"),
    ):
        if names is not None:
            folded = {name.casefold() for name in names}
            written = _called(policy, path, key)
            strange = [(place, name) for place, name in written if name.casefold() not in folded]
            yield from unknown(strange, names, key, document)


def _called(policy: PolicyEntry, path: EntryPath, key: str) -> Named:
    """Give the names that a policy has for a key of its scopes, and of its escalations where it is the group."""
    scopes: list[tuple[EntryPath, ScopeEntry]] = [((*path, "for"), policy.scope)] if policy.scope else []
    scopes += [((*path, "targets", number), targets) for number, targets in enumerate(policy.targets)]
    for above, scope in scopes:
        yield from (((*above, key), name) for name in getattr(scope, key))
    for number, step in enumerate(policy.escalations if key == "group" else ()):
        for taken, written in (("group", step.group), ("on_call", step.on_call)):
            if written:
                yield (*path, "escalations", number, taken), written
