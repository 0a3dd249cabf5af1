"""All configuration files -> settings, or everything that is wrong in any of them at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from mailgateway.config.brands import check_logos, check_texts, read_logos
from mailgateway.config.checks import (
    check_assets,
    check_circles,
    check_default_groups,
    check_gateway,
    check_groups,
    check_organisations,
    check_own_addresses,
    check_webhooks,
    own_addresses,
)
from mailgateway.config.doubts import doubts_about_gateway, doubts_about_groups, doubts_about_organisations
from mailgateway.config.folders import closed_folders, missing_folders
from mailgateway.config.gateway.file import GatewayFile
from mailgateway.config.gateway.files import Files
from mailgateway.config.level_checks import NamesInLevels, check_life_cycle, check_service_levels
from mailgateway.config.level_doubts import doubts_about_service_levels, named_levels
from mailgateway.config.policy import policy as policy_of
from mailgateway.config.reading.document import Document
from mailgateway.config.reading.parts import Model, Part, entries, read_part
from mailgateway.config.reading.syntax import NO_FILE
from mailgateway.config.report_checks import Known, check_reports, doubts_about_reports
from mailgateway.config.routing.rules import RulesPart, read_rules
from mailgateway.config.service.assets import AssetsFile, as_assets, names_in
from mailgateway.config.service.groups import GroupsFile, as_directory
from mailgateway.config.service.knowledge import as_library, read_knowledge
from mailgateway.config.service.organisations import OrganisationsFile, as_organisations, contracts_in
from mailgateway.config.service.service_levels import Levels, ServiceLevelsFile
from mailgateway.config.settings import Settings
from mailgateway.config.templates import chosen_by_rules
from mailgateway.desk.answers.knowledge import EMPTY
from mailgateway.desk.customers.organisations import Organisations
from mailgateway.desk.letters.brand import Logo
from mailgateway.desk.model import News, Priority, Status, TicketType
from mailgateway.desk.problems.assets import Assets
from mailgateway.desk.reporting.subscription import About
from mailgateway.errors import ConfigError, Finding
from mailgateway.rules.schema import Ruleset
from mailgateway.rules.vocabulary import Vocabulary

_MEND_MAIN = 'write one with "mailgateway init DIR", or name yours with --config FILE'
_MEND_NAMED = "write it, or name another one below files: in {}"
_NO_LEVELS: Part[ServiceLevelsFile] = Part(None, None, ())
_NO_CUSTOMERS: Part[OrganisationsFile] = Part(None, None, ())
_NO_ASSETS: Part[AssetsFile] = Part(None, None, ())


@dataclass(frozen=True, slots=True)
class _Parts:
    """Every file but the rules, as far as each could be read."""

    gateway: Part[GatewayFile]
    groups: Part[GroupsFile]
    levels: Part[ServiceLevelsFile]
    customers: Part[OrganisationsFile]
    assets: Part[AssetsFile]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong in those that gateway.yaml names."""
        return (*self.groups.findings, *self.levels.findings, *self.customers.findings, *self.assets.findings)

    def calendars(self) -> tuple[str, ...] | None:
        """Return the names of the calendars, None where they are not known."""
        return self._levels("calendars")

    def policies(self) -> tuple[str, ...] | None:
        """Return the names of the service-level policies, None where they are not known."""
        return self._levels("policies")

    def _levels(self, key: str) -> tuple[str, ...] | None:
        if self.levels is not _NO_LEVELS and self.levels.document is None:
            return None
        return entries(self.levels.document, key) or ()


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
    closed = tuple(closed_folders(files))
    if closed:
        raise ConfigError(closed)
    parts = _parts(gateway, files)
    words = _vocabulary(parts, files)
    knowledge = read_knowledge(files.knowledge, words)
    named_answers = replace(words, answers=knowledge.for_customers, answers_inside=knowledge.inside)
    routing = read_rules(files.rules, named_answers)
    named = _with_mend((*parts.findings, *knowledge.findings, *routing.findings), _MEND_NAMED.format(path))
    findings = (*gateway.findings, *named, *_checked(parts, files))
    if findings:
        raise ConfigError(_in_order(findings, (path, files.groups, *_named_files(files), files.rules)))
    library = as_library(knowledge, _sound(gateway).knowledge, routing.ruleset.timezone)
    settings = replace(
        _settings(path, parts, routing, (*_doubts(parts, routing.ruleset), *routing.doubts)), library=library
    )
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
    from mailgateway.config.routing.rule_testing import run_tests  # noqa: PLC0415
    from mailgateway.config.routing.rule_tests import RuleTestsFile  # noqa: PLC0415

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


def _parts(gateway: Part[GatewayFile], files: Files) -> _Parts:
    """Read the files that are named beside the rules; one that is not named says nothing."""
    return _Parts(
        gateway,
        read_part(files.groups, GroupsFile),
        read_part(files.service_levels, ServiceLevelsFile) if files.service_levels else _NO_LEVELS,
        read_part(files.organisations, OrganisationsFile) if files.organisations else _NO_CUSTOMERS,
        read_part(files.assets, AssetsFile) if files.assets else _NO_ASSETS,
    )


def _vocabulary(parts: _Parts, files: Files) -> Vocabulary:
    gateway, groups = parts.gateway, parts.groups
    return Vocabulary(
        groups=entries(groups.document, "groups"),
        agents=entries(groups.document, "agents"),
        mailboxes=entries(gateway.document, "mailboxes"),
        types=tuple(one.value for one in TicketType),
        priorities=tuple(one.value for one in Priority),
        statuses=tuple(one.value for one in Status),
        news=tuple(one.value for one in News),
        calendars=parts.calendars(),
        service_levels=parts.policies(),
        leads={group.name: group.lead for group in groups.model.groups if group.lead} if groups.model else {},
        own_addresses=own_addresses(gateway.model) if gateway.model else (),
        templates=chosen_by_rules(files.templates),
        organisations=entries(parts.customers.document, "organisations"),
        contracts=contracts_in(parts.customers.document),
        assets=names_in(parts.assets.document),
        webhooks=entries(parts.gateway.document, "webhooks") or (),
    )


def _checked(parts: _Parts, files: Files) -> Iterator[Finding]:
    """Check the files against each other, each as far as it is right by itself."""
    gateway, groups = parts.gateway, parts.groups
    if gateway.document is not None and gateway.model is not None:
        yield from check_gateway(gateway.model, gateway.document)
        yield from check_life_cycle(gateway.model.lifecycle, gateway.document, _named_in_levels(parts))
        yield from check_logos(gateway.model, gateway.document)
        yield from check_webhooks(gateway.model, gateway.document, entries(groups.document, "groups"))
        yield from check_default_groups(gateway.model, gateway.document, entries(groups.document, "groups"))
        yield from check_reports(gateway.model, gateway.document, _named_in(parts), own_addresses(gateway.model))
        yield from missing_folders(files, gateway.document)
    if groups.document is not None and groups.model is not None:
        yield from check_groups(groups.model, groups.document)
        if gateway.model is not None and gateway.document is not None:
            yield from check_texts(gateway.model, gateway.document, groups.model, groups.document)
            yield from check_circles(gateway.model, groups.model, groups.document)
    if parts.levels.document is not None and parts.levels.model is not None:
        yield from check_service_levels(parts.levels.model, parts.levels.document, _named_in_levels(parts))
    yield from _checked_customers(parts)
    if parts.assets.document is not None and parts.assets.model is not None:
        known = entries(groups.document, "groups"), parts.policies()
        yield from check_assets(parts.assets.model, parts.assets.document, *known)


def _named_in(parts: _Parts) -> Known:
    """Return the names that reports may use."""
    return Known(
        {
            About.GROUPS: entries(parts.groups.document, "groups"),
            About.AGENTS: entries(parts.groups.document, "agents"),
            About.ORGANISATIONS: entries(parts.customers.document, "organisations"),
        },
        parts.calendars(),
    )


def _named_in_levels(parts: _Parts) -> NamesInLevels:
    """Return the names that service levels may use. Without a file of organisations rules alone name them."""
    customers, groups = parts.customers, entries(parts.groups.document, "groups")
    if customers is _NO_CUSTOMERS:
        return NamesInLevels(groups, organisations=None, contracts=())
    if customers.document is None:
        return NamesInLevels(groups, organisations=None, contracts=None)
    names = entries(customers.document, "organisations") or ()
    return NamesInLevels(groups, names, contracts_in(customers.document) or ())


def _checked_customers(parts: _Parts) -> Iterator[Finding]:
    customers = parts.customers
    if customers.document is not None and customers.model is not None:
        yield from check_organisations(customers.model, customers.document, parts.calendars(), parts.policies())
        if parts.gateway.model is not None:
            yield from check_own_addresses(parts.gateway.model, customers.model, customers.document)


def _in_order(findings: tuple[Finding, ...], files: tuple[Path, ...]) -> tuple[Finding, ...]:
    """Sort by file, line and column."""
    order = {str(path): number for number, path in enumerate(files)}
    return tuple(sorted(findings, key=lambda one: (order.get(one.file, len(order)), one.line, one.column)))


def _doubts(parts: _Parts, rules: Ruleset) -> Iterator[Finding]:
    gateway, groups, customers = parts.gateway, parts.groups, parts.customers
    if gateway.model is not None and gateway.document is not None:
        yield from doubts_about_gateway(gateway.model, gateway.document)
        yield from doubts_about_reports(gateway.model, gateway.document, groups.model, customers.model)
    if groups.model is not None and groups.document is not None:
        yield from doubts_about_groups(groups.model, groups.document)
    if customers.model is not None and customers.document is not None:
        yield from doubts_about_organisations(customers.model, customers.document)
    levels = parts.levels
    if levels.model is not None and levels.document is not None and groups.model is not None:
        named = named_levels(customers.model, parts.assets.model, rules)
        yield from doubts_about_service_levels(levels.model, levels.document, groups.model, named)


def _settings(path: Path, parts: _Parts, rules: RulesPart, warnings: tuple[Finding, ...]) -> Settings:
    gateway, files = _sound(parts.gateway), _sound(parts.gateway).files
    rules_files = (*rules.files, _tests_beside(files.rules))
    logos = {path: logo for path, logo in read_logos(gateway) if isinstance(logo, Logo)}
    return Settings(
        path=path,
        domain=gateway.domain,
        database=gateway.database,
        blobs=gateway.blobs,
        s3=gateway.s3,
        admin=gateway.admin,
        mailboxes=gateway.mailboxes,
        smtp=gateway.smtp,
        version_header=gateway.version_header,
        dkim=gateway.dkim,
        agents=gateway.agents,
        alarms=gateway.alarms,
        lifecycle=gateway.lifecycle,
        limits=gateway.limits,
        bounces=gateway.bounces,
        reading=gateway.reading,
        attachments=gateway.attachments,
        branding=gateway.branding,
        logos=logos,
        notifications=gateway.notifications,
        problems=gateway.problems,
        handovers=gateway.handovers,
        quarantine=gateway.quarantine,
        retention=gateway.retention,
        conversation=gateway.conversation,
        directory=as_directory(_sound(parts.groups)),
        organisations=as_organisations(parts.customers.model) if parts.customers.model else Organisations(),
        assets=as_assets(parts.assets.model) if parts.assets.model else Assets(),
        reports=gateway.reports,
        webhooks=gateway.webhooks,
        api=gateway.api,
        metrics=gateway.metrics,
        ruleset=rules.ruleset,
        library=EMPTY,
        knowledge=files.knowledge,
        service_levels=parts.levels.model.as_levels() if parts.levels.model else Levels(),
        templates=files.templates,
        files=(path, files.groups, *_named_files(files), *rules_files, *logos),
        rules_files=rules_files,
        warnings=warnings,
    )


def _sound(part: Part[Model]) -> Model:
    """Return the model of a file in which nothing is wrong."""
    if part.model is None:
        raise ValueError("a file without a model has findings")
    return part.model


def _named_files(files: Files) -> tuple[Path, ...]:
    """Return the files that need not be there, and are."""
    return tuple(file for file in (files.service_levels, files.organisations, files.assets) if file is not None)
