"""The configuration as the program uses it: checked, joined from all files, unchangeable."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from mailgateway.accounts.object_store import Login, ObjectStore
from mailgateway.config.gateway.access import Dkim, Smtp
from mailgateway.config.gateway.agents import Agents
from mailgateway.config.gateway.api import Api
from mailgateway.config.gateway.attachments import Attachments
from mailgateway.config.gateway.branding import Branding
from mailgateway.config.gateway.file import Alarms, Bounces, Conversation, Handovers, Mailbox, Problems
from mailgateway.config.gateway.life_cycle import LifeCycle
from mailgateway.config.gateway.limits import Limits
from mailgateway.config.gateway.metrics import Metrics
from mailgateway.config.gateway.notifications import Notifications
from mailgateway.config.gateway.quarantine import Quarantine
from mailgateway.config.gateway.reading import Reading
from mailgateway.config.gateway.reports import ReportEntry
from mailgateway.config.gateway.retention import Retention
from mailgateway.config.gateway.s3 import S3
from mailgateway.config.gateway.webhook import Webhook
from mailgateway.config.reading.kinds import absolute
from mailgateway.config.secret import Secret
from mailgateway.config.service.service_levels import Levels
from mailgateway.desk.answers.knowledge import Library
from mailgateway.desk.customers.organisations import Organisations
from mailgateway.desk.letters.brand import Logo
from mailgateway.desk.model import Directory
from mailgateway.desk.problems.assets import Assets
from mailgateway.errors import ConfigError, Finding
from mailgateway.rules.schema import Ruleset


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that was configured.

    `database` is an address, or where one is kept; `blobs` an fsspec address or an absolute path. `templates` is the
    folder of own templates, `knowledge` that of answers; `logos` are those of brands, by their file. `files` are the
    files that were read, `rules_files` those of the rules among them. `warnings` are findings that keep nothing from
    working.
    """

    path: Path
    domain: str
    database: str | Secret
    blobs: str
    s3: S3 | None
    admin: str
    mailboxes: tuple[Mailbox, ...]
    smtp: Smtp
    version_header: bool
    dkim: tuple[Dkim, ...]
    agents: Agents
    alarms: Alarms
    lifecycle: LifeCycle
    limits: Limits
    bounces: Bounces
    reading: Reading
    attachments: Attachments
    branding: Branding
    notifications: Notifications
    problems: Problems
    handovers: Handovers
    quarantine: Quarantine
    retention: Retention
    conversation: Conversation
    reports: tuple[ReportEntry, ...]
    webhooks: tuple[Webhook, ...]
    api: Api | None
    metrics: Metrics | None
    directory: Directory
    organisations: Organisations
    assets: Assets
    ruleset: Ruleset
    service_levels: Levels
    library: Library
    templates: Path | None
    files: tuple[Path, ...]
    rules_files: tuple[Path, ...]
    knowledge: Path | None = None
    logos: Mapping[Path, Logo] = field(default_factory=dict)
    warnings: tuple[Finding, ...] = ()

    def database_url(self) -> str:
        """Return the database's address; raises ConfigError where it is a secret that cannot be read."""
        written = self.database.read() if isinstance(self.database, Secret) else self.database
        return absolute(written, self.path.parent)

    def blobs_at(self) -> str | ObjectStore:
        """Return where blobs are kept; the secrets of a bucket are read when that is opened."""
        if self.s3 is None:
            return self.blobs
        access, secret = self.s3.access_key, self.s3.secret_key
        return ObjectStore(
            self.blobs,
            endpoint=self.s3.endpoint,
            region=self.s3.region,
            login=Login(access.read, secret.read) if access is not None and secret is not None else None,
            timeout=self.s3.timeout,
            ca_file=str(self.s3.ca_file.absolute()) if self.s3.ca_file is not None else None,
        )

    def smtp_of(self, mailbox: str) -> Smtp:
        """Return how mail is sent from a mailbox: by a server of its own, or as from all others."""
        own = (one.smtp for one in self.mailboxes if one.name == mailbox and one.smtp is not None)
        return next(own, self.smtp)

    def missing_secrets(self) -> tuple[Finding, ...]:
        """Return a finding for every secret that cannot be read at the moment."""
        findings: list[Finding] = []
        for secret in self._all_secrets():
            try:
                secret.read()
            except ConfigError as error:
                findings += error.findings
        return tuple(findings)

    def exposed_secrets(self) -> tuple[Finding, ...]:
        """Return a finding for every file of a secret that others on this host may read."""
        return tuple(secret.exposed() for secret in self._all_secrets() if secret.is_exposed())

    def _all_secrets(self) -> Iterator[Secret]:
        return _secrets((self.database, self.s3, self.mailboxes, self.smtp, self.dkim, self.webhooks, self.api))


def _secrets(value: object) -> Iterator[Secret]:
    match value:
        case Secret():
            yield value
        case tuple():
            for item in value:
                yield from _secrets(item)
        case BaseModel():
            for _, item in value:
                yield from _secrets(item)
