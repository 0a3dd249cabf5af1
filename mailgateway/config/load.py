"""All configuration files -> settings, or everything that is wrong in any of them at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from mailgateway.config.checks import (
    check_circles,
    check_default_groups,
    check_gateway,
    check_groups,
    check_service_levels,
    own_addresses,
)
from mailgateway.config.document import Document
from mailgateway.config.doubts import doubts_about_gateway, doubts_about_groups
from mailgateway.config.gateway import Files, GatewayFile
from mailgateway.config.groups import GroupsFile
from mailgateway.config.parts import Part, entries, read_part
from mailgateway.config.policy import policy as policy_of
from mailgateway.config.rules import RulesPart, read_rules
from mailgateway.config.service_levels import ServiceLevelsFile
from mailgateway.config.settings import Settings
from mailgateway.config.syntax import NO_FILE
from mailgateway.config.templates import chosen_by_rules
from mailgateway.desk.model import Agent, Directory, Group, Priority, Status, TicketType
from mailgateway.errors import ConfigError, Finding
from mailgateway.rules.vocabulary import Vocabulary

_MEND_MAIN = 'write one with "mailgateway init DIR", or name yours with --config FILE'
_MEND_NAMED = "write it, or name another one below files: in {}"
_NO_LEVELS: Part[ServiceLevelsFile] = Part(None, None, ())


def load(path: Path, *, rules: Path | None = None, tested: bool = True) -> Settings:
    """Read the configuration that begins with the file at `path`; no secret is read, nothing is connected to.

    With `rules`, those are read instead of the ones that the configuration names; their tests are run where `tested`
    says so. Raises ConfigError with every finding of every file.
    """
    with _uncollected():
        return _load(path, rules, tested=tested)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Spare the search for garbage: large files make millions of objects, none of them in circles.

    That search, which goes over all of them again and again, is a third of the time of ten thousand rules.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _load(path: Path, rules: Path | None, *, tested: bool) -> Settings:
    gateway = read_part(path, GatewayFile)
    if gateway.document is None:
        raise ConfigError(tuple(_with_mend(gateway.findings, _MEND_MAIN)))
    files = _files(gateway.document, path)
    if rules is not None:
        files = files.model_copy(update={"rules": rules})
    groups = read_part(files.groups, GroupsFile)
    levels = read_part(files.service_levels, ServiceLevelsFile) if files.service_levels else _NO_LEVELS
    routing = read_rules(files.rules, _vocabulary(gateway, groups, levels, files))
    named = _with_mend((*groups.findings, *levels.findings, *routing.findings), _MEND_NAMED.format(path))
    findings = (*gateway.findings, *named, *_checked(gateway, groups, files), *_checked_levels(levels))
    if findings or gateway.model is None or groups.model is None:
        raise ConfigError(_in_order(findings, (path, files.groups, *_named_files(files.service_levels), files.rules)))
    doubts = (*_doubts(gateway, groups), *routing.doubts)
    settings = _settings(path, gateway.model, groups.model, routing, levels.model, doubts)
    failed = _failed_tests(_tests_beside(files.rules), settings) if tested else ()
    if failed:
        raise ConfigError(failed)
    return settings


def _tests_beside(rules: Path) -> Path:
    """Return where the tests of a rules file are: routing.tests.yaml beside routing.yaml."""
    return rules.with_suffix(f".tests{rules.suffix}")


def _failed_tests(path: Path, settings: Settings) -> tuple[Finding, ...]:
    """Run the tests beside the rules, where there are any."""
    if not path.exists():
        return ()
    # what parses and routes mails takes as long to import as all the rest of the configuration
    from mailgateway.config.rule_tests import RuleTestsFile, run_tests  # noqa: PLC0415

    tests = read_part(path, RuleTestsFile)
    if tests.findings or tests.model is None or tests.document is None:
        return tests.findings
    return tuple(run_tests(tests.model, tests.document, policy_of(settings, ())))


def _with_mend(findings: tuple[Finding, ...], mend: str) -> Iterator[Finding]:
    for finding in findings:
        is_missing = finding.problem == NO_FILE
        yield replace(finding, problem=f"{NO_FILE}: {mend}") if is_missing else finding


def _files(document: Document, path: Path) -> Files:
    """Return where the other files are, as far as the file says so in a way that can be used."""
    written = document.data.get("files", {}) if isinstance(document.data, dict) else {}
    try:
        return Files.model_validate(written, context=path.parent)
    except ValidationError:
        return Files.model_validate({}, context=path.parent)


def _vocabulary(
    gateway: Part[GatewayFile], groups: Part[GroupsFile], levels: Part[ServiceLevelsFile], files: Files
) -> Vocabulary:
    return Vocabulary(
        groups=entries(groups.document, "groups"),
        agents=entries(groups.document, "agents"),
        mailboxes=entries(gateway.document, "mailboxes"),
        types=tuple(one.value for one in TicketType),
        priorities=tuple(one.value for one in Priority),
        statuses=tuple(one.value for one in Status),
        calendars=() if levels is _NO_LEVELS else entries(levels.document, "calendars"),
        leads={group.name: group.lead for group in groups.model.groups if group.lead} if groups.model else {},
        own_addresses=own_addresses(gateway.model) if gateway.model else (),
        templates=chosen_by_rules(files.templates),
    )


def _checked(gateway: Part[GatewayFile], groups: Part[GroupsFile], files: Files) -> Iterator[Finding]:
    """Check the files against each other, each as far as it is right by itself."""
    if gateway.document is not None and gateway.model is not None:
        yield from check_gateway(gateway.model, gateway.document)
        yield from check_default_groups(gateway.model, gateway.document, entries(groups.document, "groups"))
        if files.templates is not None and not files.templates.is_dir():
            problem = f"{files.templates} is no folder: write the folder of your own templates, or leave the key out"
            yield gateway.document.finding(("files", "templates"), problem)
    if groups.document is not None and groups.model is not None:
        yield from check_groups(groups.model, groups.document)
        if gateway.model is not None:
            yield from check_circles(gateway.model, groups.model, groups.document)


def _checked_levels(levels: Part[ServiceLevelsFile]) -> Iterator[Finding]:
    if levels.document is not None and levels.model is not None:
        yield from check_service_levels(levels.model, levels.document)


def _in_order(findings: tuple[Finding, ...], files: tuple[Path, ...]) -> tuple[Finding, ...]:
    """Sort by file, line and column."""
    order = {str(path): number for number, path in enumerate(files)}
    return tuple(sorted(findings, key=lambda one: (order.get(one.file, len(order)), one.line, one.column)))


def _doubts(gateway: Part[GatewayFile], groups: Part[GroupsFile]) -> Iterator[Finding]:
    if gateway.model is not None and gateway.document is not None:
        yield from doubts_about_gateway(gateway.model, gateway.document)
    if groups.model is not None and groups.document is not None:
        yield from doubts_about_groups(groups.model, groups.document)


def _settings(
    path: Path,
    gateway: GatewayFile,
    groups: GroupsFile,
    rules: RulesPart,
    levels: ServiceLevelsFile | None,
    warnings: tuple[Finding, ...],
) -> Settings:
    files = gateway.files
    return Settings(
        path=path,
        domain=gateway.domain,
        database=gateway.database,
        blobs=gateway.blobs,
        admin=gateway.admin,
        mailboxes=gateway.mailboxes,
        smtp=gateway.smtp,
        agents=gateway.agents,
        alarms=gateway.alarms,
        limits=gateway.limits,
        reading=gateway.reading,
        one_ticket_per_mail=gateway.one_ticket_per_mail,
        directory=_directory(groups),
        ruleset=rules.ruleset,
        calendars=tuple(one.as_calendar() for one in levels.calendars) if levels else (),
        templates=files.templates,
        files=(path, files.groups, *_named_files(files.service_levels), *rules.files, _tests_beside(files.rules)),
        warnings=warnings,
    )


def _named_files(*files: Path | None) -> tuple[Path, ...]:
    return tuple(file for file in files if file is not None)


def _directory(groups: GroupsFile) -> Directory:
    agents = (Agent(one.name, one.display or one.name, one.address, one.aliases) for one in groups.agents)
    teams = (
        Group(one.name, one.display or one.name, one.members, one.lead, one.address or "") for one in groups.groups
    )
    return Directory(tuple(agents), tuple(teams))
