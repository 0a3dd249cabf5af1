"""What gateway.yaml may say. The descriptions are shown by editors, and where a key that is needed is missing."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from mailgateway.config.gateway.access import Dkim, Imap, Smtp
from mailgateway.config.gateway.agents import Agents
from mailgateway.config.gateway.api import Api
from mailgateway.config.gateway.attachments import Attachments
from mailgateway.config.gateway.branding import Branding
from mailgateway.config.gateway.files import Files
from mailgateway.config.gateway.first_run import RECENT, FirstRunPolicy
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
from mailgateway.config.reading.kinds import (
    Address,
    Blobs,
    Database,
    Domain,
    Duration,
    Language,
    Line,
    Settle,
    Settlement,
    Size,
    Strict,
    TagFormat,
    Truth,
    Word,
)
from mailgateway.config.service.agreements import BusinessTime
from mailgateway.desk.letters.suppression import DEFAULT as LEAVE_ALONE
from mailgateway.desk.letters.suppression import SuppressionPolicy
from mailgateway.desk.model import Priority, TicketType
from mailgateway.desk.policy import Colleagues, SeveralMailboxes
from mailgateway.mail.written.subjects import DEFAULT_TAGS

_Count = Annotated[int, Field(strict=True, ge=1, le=10_000)]
_Likeness = Annotated[float, Field(ge=0, le=1)]


class Settling(Strict):
    """What happens on the server to a mail once it is safely stored here."""

    processed: Settlement = Field(default=Settle("flag", "\\Seen"), description="a mail that became an article")
    quarantined: Settlement = Field(
        default=Settle("flag", "\\Flagged"), description="a mail that a person has to look at"
    )


class Default(Strict):
    """What a ticket gets where no rule decides."""

    group: Word = Field(description="the group that gets what no rule routes, a name from groups.yaml")
    type: TicketType = Field(default=TicketType.INCIDENT, description="what a ticket is about")
    priority: Priority = Field(default=Priority.NORMAL, description="how urgent a ticket is")
    language: Language = Field(default="en", description="the language of the mails to the customer, such as en or pl")
    detect_language: Truth = Field(
        default=False, description="write to customers in the language that they wrote in, where it is certain"
    )


class Mailbox(Strict):
    """A support address, and the account that its mail arrives in."""

    name: Word = Field(description="what rules and logs call it, such as support")
    address: Address = Field(description="the address that customers write to, and that answers come from")
    display: Line | None = Field(
        default=None, description="the name beside that address; by default the mailbox's name"
    )
    aliases: tuple[Address, ...] = Field(default=(), description="other addresses whose mail arrives here")
    imap: Imap = Field(description="the account that mail is fetched from: host, username and password")
    smtp: Smtp | None = Field(
        default=None, description="the server that mail of this mailbox is sent through; by default that of all"
    )
    settle: Settling = Field(
        default=Settling(), description="what happens on the server to a mail that is safely stored"
    )
    default: Default = Field(description="what no rule decides; at least default: {group: NAME}")
    first_run: FirstRunPolicy = Field(
        default=RECENT,
        description="what becomes of mails that lie there when it is first looked into: recent, now, all or since DAY",
    )
    size_limit: Size = Field(
        default=50_000_000, description="a larger mail is not fetched: it is quarantined, its sender told"
    )
    same_subject_within: Duration | None = Field(
        default=None, description="how long a mail of the same person with the same subject joins their ticket"
    )
    branding: Branding | None = Field(
        default=None, description="how its mails look and sign, where that differs from the branding of all"
    )


class Alarms(Strict):
    """When the admin is told that mail does not flow."""

    fetch_after: Duration = Field(default=timedelta(minutes=15), description="no good fetch of a mailbox for so long")
    send_after: Duration = Field(
        default=timedelta(minutes=15), description="mail is due, and none could be sent for this long"
    )


class Bounces(Strict):
    """When an address that letters come back from is left alone, and for how long."""

    suppress_for: Duration = Field(
        default=LEAVE_ALONE.lasts, description="how long nothing is sent to an address after a letter to it came back"
    )
    soft_limit: _Count = Field(
        default=LEAVE_ALONE.soft_limit,
        description="letters that came back for the moment, until they count as for good",
    )
    soft_within: Duration = Field(
        default=LEAVE_ALONE.soft_within, description="within how long those letters have to come back"
    )
    verp: Truth = Field(
        default=False,
        description="name the letter in its envelope sender (support+b.…@), for reports that name nothing else",
    )

    def as_policy(self) -> SuppressionPolicy:
        """Return the plain value that the desk decides by."""
        return SuppressionPolicy(self.suppress_for, self.soft_limit, self.soft_within)


class Problems(Strict):
    """What a problem does to the incidents that are linked to it, and when one is suggested."""

    solve_incidents: Truth = Field(default=True, description="whoever solves a problem solves its incidents too")
    suggest_after: Annotated[int, Field(strict=True, ge=2, le=100)] | None = Field(
        default=None, description="so many like incidents are suggested to be a problem; without it, none are"
    )
    suggest_within: Duration = Field(
        default=timedelta(hours=2), description="within how long those incidents have to come"
    )
    link_major: Truth = Field(
        default=False, description="a new ticket that a major incident is for becomes an incident of its problem"
    )


class Handovers(Strict):
    """Whether a group has to accept what another hands to it, and when it is noticed that groups do so to and fro."""

    to_and_fro: Annotated[int, Field(strict=True, ge=2, le=100)] = Field(
        default=3, description="so many hand-overs of a ticket between the same two groups are told to who leads them"
    )
    within: Duration = Field(default=timedelta(days=2), description="within how long those hand-overs count")
    accept_within: BusinessTime | None = Field(
        default=None,
        description="how much business time a group has to accept what another hands to it; without it, it need not",
    )


class Conversation(Strict):
    """How mails find their ticket."""

    tags: Annotated[tuple[TagFormat, ...], Field(min_length=1, max_length=10)] = Field(
        default=DEFAULT_TAGS, description="how subjects name a ticket: the first is written, all of them are read"
    )
    colleagues: Colleagues = Field(
        default=Colleagues.DOMAIN,
        description="who may add to a ticket beside those who take part, by answering: nobody, organisation or domain",
    )
    several_mailboxes: SeveralMailboxes = Field(
        default=SeveralMailboxes.SHARED,
        description="a mail to several addresses here is one ticket (shared), or one in each (linked, separate)",
    )


class Knowledge(Strict):
    """When answers of the knowledge folder are proposed to agents, and sent to customers."""

    propose_above: _Likeness = Field(
        default=0.3, description="how well an answer has to fit, from 0 to 1, to be proposed to agents"
    )
    send_above: _Likeness | None = Field(
        default=None,
        description="how well it has to fit to be sent to the customer too; without it, rules alone send",
    )


class GatewayFile(Strict):
    """The main configuration file of mailgateway."""

    domain: Domain = Field(description="your domain, for the ids of mails that are sent, such as example.com")
    database: Database = Field(description="such as sqlite:///data/mailgateway.db (relative to this file)")
    blobs: Blobs = Field(description="where mails and attachments are kept: a folder, or any fsspec address")
    s3: S3 | None = Field(default=None, description="the server of blobs: s3://BUCKET/FOLDER, and who asks there")
    admin: Address = Field(description="the address that alarms go to, such as postmaster@example.com")
    mailboxes: Annotated[tuple[Mailbox, ...], Field(min_length=1)] = Field(description="the support addresses")
    smtp: Smtp = Field(description="the server that mail is sent through, at least smtp: {host: NAME}")
    version_header: Truth = Field(
        default=False, description="letters say in User-Agent which version of mailgateway wrote them"
    )
    dkim: tuple[Dkim, ...] = Field(default=(), description="keys that what is sent is signed with, one a domain")
    agents: Agents = Field(default=Agents(), description="what proves that a mail is an agent's, and what it does")
    alarms: Alarms = Field(default=Alarms(), description="when the admin is told that mail does not flow")
    quarantine: Quarantine = Field(
        default=Quarantine(), description="when the admin is told what was set aside, to answer by mail"
    )
    retention: Retention = Field(default=Retention(), description="how long what was written is kept")
    lifecycle: LifeCycle = Field(default=LifeCycle(), description="what happens to a ticket by itself")
    limits: Limits = Field(default=Limits(), description="what keeps machines from writing to each other without end")
    bounces: Bounces = Field(default=Bounces(), description="when nothing more is sent to an address")
    branding: Branding = Field(default=Branding(), description="how mails to customers look and sign")
    notifications: Notifications = Field(
        default=Notifications(), description="how customers are told what happens to their tickets"
    )
    handovers: Handovers = Field(default=Handovers(), description="when groups hand a ticket to each other")
    problems: Problems = Field(default=Problems(), description="what a problem does to its incidents")
    reading: Reading = Field(default=Reading(), description="how much of one mail is looked at")
    attachments: Attachments = Field(
        default=Attachments(), description="which files of mails are kept, and whether they are scanned for viruses"
    )
    knowledge: Knowledge = Field(default=Knowledge(), description="when answers are proposed, and when they are sent")
    conversation: Conversation = Field(default=Conversation(), description="how mails find their ticket")
    reports: tuple[ReportEntry, ...] = Field(default=(), description="reports and digests that are sent by themselves")
    webhooks: tuple[Webhook, ...] = Field(default=(), description="other systems that are told of what happens")
    api: Api | None = Field(default=None, description="the HTTP API, which is off without it")
    metrics: Metrics | None = Field(
        default=None, description="figures for Prometheus and answers for health checks, off without it"
    )
    files: Files = Field(
        default_factory=dict, validate_default=True, description="the other files, relative to this one"
    )
