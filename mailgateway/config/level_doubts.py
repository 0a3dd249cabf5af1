"""Service levels that are right by themselves and do nothing, or nothing at some time of the day: the warnings."""

from collections.abc import Iterator

from mailgateway.config.reading.document import Document
from mailgateway.config.service.agreements import EscalationEntry, PolicyEntry
from mailgateway.config.service.assets import AssetsFile
from mailgateway.config.service.groups import GroupEntry, GroupsFile
from mailgateway.config.service.organisations import OrganisationsFile
from mailgateway.config.service.service_levels import ServiceLevelsFile
from mailgateway.desk.levels.service_levels import Scope, Told
from mailgateway.errors import Finding
from mailgateway.rules.findings import EntryPath
from mailgateway.rules.schema import ActionName, Ruleset


def named_levels(customers: OrganisationsFile | None, assets: AssetsFile | None, rules: Ruleset) -> frozenset[str]:
    """Return the policies that contracts, configuration items or rules name."""
    contracts = (one.contract for one in (customers.organisations if customers is not None else ()))
    written: list[object] = [one.service_level for one in contracts if one is not None]
    written += [one.service_level for one in (assets.assets if assets is not None else ())]
    written += [rule.then.get(ActionName.SERVICE_LEVEL) for rule in rules.rules]
    return frozenset(name for name in written if isinstance(name, str))


def doubts_about_service_levels(
    levels: ServiceLevelsFile, document: Document, groups: GroupsFile, named: frozenset[str]
) -> Iterator[Finding]:
    """Give warnings about service_levels.yaml; `named` are the policies that something names."""
    for number, policy in enumerate(levels.policies):
        path: EntryPath = ("policies", number)
        yield from _never_chosen(policy, path, levels.policies[:number], named, document)
        yield from _never_counted(policy, path, document)
        for place, step in enumerate(policy.escalations):
            above: EntryPath = (*path, "escalations", place)
            yield from _of_nothing(step, policy, above, document)
            yield from _tells_nobody(step, policy, above, groups, document)


def _never_chosen(
    policy: PolicyEntry, path: EntryPath, before: tuple[PolicyEntry, ...], named: frozenset[str], document: Document
) -> Iterator[Finding]:
    if policy.only_by_name:
        if policy.scope is not None:
            problem = "this does nothing beside only_by_name: leave one of them out"
            yield document.finding((*path, "for"), problem)
        return
    scope = _scope(policy)
    above = next((one for one in before if not one.only_by_name and _covers(_scope(one), scope)), None)
    if above is not None and policy.name not in named:
        problem = (
            f"no ticket gets {policy.name}: {above.name} above it is for all of its tickets; put {policy.name} first"
        )
        yield document.finding((*path, "name"), problem)


def _never_counted(policy: PolicyEntry, path: EntryPath, document: Document) -> Iterator[Finding]:
    """Find targets of an entry that entries above it have already, for all tickets that it is for."""
    promises = tuple(one.as_promise() for one in policy.targets)
    for number, promise in enumerate(promises):
        above: EntryPath = (*path, "targets", number)
        wider = [one for one in promises[:number] if _covers(one.scope, promise.scope)]
        for target in promise.lengths:
            if any(target in one.lengths for one in wider):
                problem = (
                    f"this {target.value} never counts: an entry above has one for the same tickets; put this first"
                )
                yield document.finding((*above, target.value), problem)


def _of_nothing(step: EscalationEntry, policy: PolicyEntry, path: EntryPath, document: Document) -> Iterator[Finding]:
    promised = {target for one in policy.targets for target in one.as_promise().lengths}
    missing = [target.value for target in step.of if target not in promised]
    if "of" in step.model_fields_set:
        for name in missing:
            yield document.finding((*path, "of"), f"nothing happens of {name}: no entry of targets: promises it")
    elif len(missing) == len(step.of):
        yield document.finding(path, f"nothing happens: no entry of targets: promises {', '.join(missing)}")


def _tells_nobody(
    step: EscalationEntry, policy: PolicyEntry, path: EntryPath, groups: GroupsFile, document: Document
) -> Iterator[Finding]:
    if step.on_call and not (step.notify or step.group):
        problem = "within working hours nobody is told: write notify: [group] as well"
        yield document.finding((*path, "on_call"), problem)
    theirs = policy.scope.group if policy.scope is not None else ()
    names = {name.casefold() for name in theirs}
    wanted: list[GroupEntry] = [one for one in groups.groups if not names or one.name.casefold() in names]
    for told, somebody in ((Told.LEAD, "lead"), (Told.MANAGER, "manager")):
        if told in step.notify and not any(getattr(group, somebody) for group in wanted):
            what = "group" if not names else "group that it is for"
            problem = f"no {what} has a {somebody}: write {somebody}: in groups.yaml, or tell somebody else"
            yield document.finding((*path, "notify"), problem)


def _scope(policy: PolicyEntry) -> Scope:
    return policy.scope.as_scope() if policy.scope is not None else Scope()


def _covers(wide: Scope, narrow: Scope) -> bool:
    """Tell whether whatever fits the narrow one fits the wide one."""
    pairs = (
        (wide.priority, narrow.priority),
        (wide.type, narrow.type),
        (wide.organisation, narrow.organisation),
        (wide.contract, narrow.contract),
        (wide.group, narrow.group),
    )
    return all(not above or (below and below <= above) for above, below in pairs)
