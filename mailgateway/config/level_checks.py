"""What no single key of a service level or the life cycle shows to be wrong: names that are not there, or twice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from mailgateway.config.checks import Named, repeated, unknown
from mailgateway.config.gateway.life_cycle import LifeCycle
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


def check_life_cycle(cycle: LifeCycle, document: Document, known: NamesInLevels) -> Iterator[Finding]:
    """Check the names of the tickets that have times of their own in gateway.yaml."""
    for number, one in enumerate(cycle.exceptions):
        path: EntryPath = ("lifecycle", "exceptions", number)
        yield from _strange(partial(_named, path, one), known, document)


def _check_scopes(policy: PolicyEntry, path: EntryPath, known: NamesInLevels, document: Document) -> Iterator[Finding]:
    yield from _strange(lambda key: _called(policy, path, key), known, document)


def _strange(called: Callable[[str], Named], known: NamesInLevels, document: Document) -> Iterator[Finding]:
    """Find names, which are called for each key of a scope, that are not there."""
    for names, key in (
        (known.groups, "group"),
        (known.organisations, "organisation"),
        (known.contracts, "contract"),
    ):
        if names is not None:
            folded = {name.casefold() for name in names}
            strange = [(place, name) for place, name in called(key) if name.casefold() not in folded]
            yield from unknown(strange, names, key, document)


def _named(above: EntryPath, scope: ScopeEntry, key: str) -> Named:
    return (((*above, key), name) for name in getattr(scope, key))


def _called(policy: PolicyEntry, path: EntryPath, key: str) -> Named:
    """Give the names that a policy has for a key of its scopes, and of its escalations where it is the group."""
    scopes: list[tuple[EntryPath, ScopeEntry]] = [((*path, "for"), policy.scope)] if policy.scope else []
    scopes += [((*path, "targets", number), targets) for number, targets in enumerate(policy.targets)]
    for above, scope in scopes:
        yield from _named(above, scope, key)
    for number, step in enumerate(policy.escalations if key == "group" else ()):
        for taken, written in (("group", step.group), ("on_call", step.on_call)):
            if written:
                yield (*path, "escalations", number, taken), written
