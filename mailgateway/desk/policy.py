"""The settings that the core decides by, as plain values. The configuration files are read elsewhere."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mailgateway.desk.agents.policy import AgentPolicy
from mailgateway.desk.answers.knowledge import EMPTY, Library
from mailgateway.desk.customers.organisations import Contract, Organisations
from mailgateway.desk.files.policy import FilePolicy
from mailgateway.desk.letters.brand import PLAIN, Brand
from mailgateway.desk.letters.loop_limits import USUAL, LoopLimits
from mailgateway.desk.letters.route import EVERYTHING, Route
from mailgateway.desk.letters.suppression import DEFAULT as LEAVE_ALONE
from mailgateway.desk.letters.suppression import SuppressionPolicy
from mailgateway.desk.letters.webhooks import Webhook
from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.levels.service_levels import ServiceLevel, level_of
from mailgateway.desk.model import Directory, News, Priority, Ticket, TicketType
from mailgateway.desk.privacy.retention import Retention
from mailgateway.desk.problems.assets import Assets
from mailgateway.desk.quarantine.decision import QuarantinePolicy
from mailgateway.desk.reporting.subscription import Subscription
from mailgateway.desk.timed.life_cycle import LifeCycle
from mailgateway.mail.limits import DEFAULT, Limits
from mailgateway.mail.written.subjects import DEFAULT_TAGS
from mailgateway.rules.schema import Ruleset


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a new ticket gets where no rule decides."""

    group: str
    type: TicketType = TicketType.INCIDENT
    priority: Priority = Priority.NORMAL
    language: str = "en"
    detects_language: bool = False


@dataclass(frozen=True, slots=True)
class MailboxPolicy:
    """A support address and what happens with its mail. `display` is the name customers see beside the address."""

    name: str
    address: str
    display: str
    default: Defaults
    aliases: tuple[str, ...] = ()
    same_subject_within: timedelta | None = None
    """How long a requester's mail with the same subject joins their ticket; None: never."""
    brand: Brand = PLAIN

    @property
    def addresses(self) -> frozenset[str]:
        """Every address of this mailbox, casefolded."""
        return frozenset(address.casefold() for address in (self.address, *self.aliases))


class AgentEvidence(StrEnum):
    """What proves that a mail is an agent's: a reply address signed for them, a trusted DMARC pass, either or both."""

    TOKEN = "token"
    DMARC = "dmarc"
    TOKEN_OR_DMARC = "token_or_dmarc"
    TOKEN_AND_DMARC = "token_and_dmarc"


class Colleagues(StrEnum):
    """Who may add to a ticket beside those who take part, by an id that only those know who got the mail.

    Nobody; people of the same organisation as configured; or those too who share a domain.
    """

    NOBODY = "nobody"
    ORGANISATION = "organisation"
    DOMAIN = "domain"


class SeveralMailboxes(StrEnum):
    """What a mail to several of our addresses becomes: one ticket, one in each mailbox, or such that are linked."""

    SHARED = "shared"
    LINKED = "linked"
    SEPARATE = "separate"


class AgentForwards(StrEnum):
    """What a mail becomes that a proven agent forwards: the ticket of who wrote it, told or not, or the agent's own."""

    ACKNOWLEDGE = "acknowledge"
    SILENT = "silent"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Conversation:
    """How mails find their ticket. `tags` are formats of subject tags: the first is written, all of them are read."""

    tags: tuple[str, ...] = DEFAULT_TAGS
    colleagues: Colleagues = Colleagues.DOMAIN
    several_mailboxes: SeveralMailboxes = SeveralMailboxes.SHARED
    agent_forwards: AgentForwards = AgentForwards.ACKNOWLEDGE


_NOBODY = Organisations()
_AGENTS = AgentPolicy()
_NOTHING = Assets()
_QUARANTINE = QuarantinePolicy()
_KEPT = Retention()
_FILES = FilePolicy()
_CYCLE = LifeCycle()


@dataclass(frozen=True, slots=True)
class Problems:
    """What a problem does to its incidents: whether they are solved with it.

    So many like incidents within the time are suggested to be one; None: never. `link_major` makes a new ticket that a
    major incident is for an incident of its problem.
    """

    solve_incidents: bool = True
    suggest_after: int | None = None
    suggest_within: timedelta = timedelta(hours=2)
    link_major: bool = False


@dataclass(frozen=True, slots=True)
class Handovers:
    """How often two groups may hand a ticket to each other within a time before it is noticed; None: ever so often.

    `accept_within` is how much business time a group has to accept what another hands to it; None: it need not.
    """

    to_and_fro: int | None = 3
    within: timedelta = timedelta(days=2)
    accept_within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Notifications:
    """How customers are told of what happens: how long that waits to be gathered into one mail; what is not told."""

    gather: timedelta = timedelta(seconds=60)
    silent: tuple[News, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """One organisation's rules for its desk.

    `reply_keys` sign reply addresses and letter ids: the first signs, all of them are believed. `trusted_authserv` are
    the servers, `trusted_arc_sealers` the domains, whose word on DMARC is believed. `reading` says how much
    of a mail is looked at. With `verp` the envelope sender of every letter names the letter.
    `new_tickets_per_hour` is how many one address may open, None: any number.
    `unlimited` are addresses and @domains (casefolded) that the limits of automatic mail do not hold for. `routes` are
    the ways out for letters. `user_agent` is what letters say of the program that wrote them, "" for nothing.
    """

    domain: str
    admin: str
    mailboxes: tuple[MailboxPolicy, ...]
    directory: Directory
    ruleset: Ruleset
    reply_keys: tuple[bytes, ...] = field(repr=False)
    evidence: AgentEvidence = AgentEvidence.TOKEN_OR_DMARC
    trusted_authserv: tuple[str, ...] = ()
    trusted_arc_sealers: tuple[str, ...] = ()
    automatic_mails_per_hour: int = 5
    forwards_per_hour: int = 100
    new_tickets_per_hour: int | None = 50
    loops: LoopLimits = USUAL
    unlimited: frozenset[str] = frozenset()
    organisations: Organisations = _NOBODY
    assets: Assets = _NOTHING
    languages: frozenset[str] = frozenset()
    conversation: Conversation = Conversation()
    agents: AgentPolicy = _AGENTS
    reading: Limits = DEFAULT
    problems: Problems = Problems()
    calendars: tuple[Calendar, ...] = ()
    life_cycle: LifeCycle = _CYCLE
    suppression: SuppressionPolicy = LEAVE_ALONE
    verp: bool = False
    service_levels: tuple[ServiceLevel, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    reports: tuple[Subscription, ...] = ()
    library: Library = EMPTY
    notifications: Notifications = Notifications()
    handovers: Handovers = Handovers()
    quarantine: QuarantinePolicy = _QUARANTINE
    routes: tuple[Route, ...] = (EVERYTHING,)
    retention: Retention = _KEPT
    user_agent: str = ""
    files: FilePolicy = _FILES

    def asks_for(self, beginning: str) -> bool:
        """Tell whether a rule, or the condition of an answer, asks for a field whose name begins like this."""
        return self.ruleset.asks_for(beginning) or self.library.conditions.asks_for(beginning)

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address that mail to the desk arrives at, casefolded."""
        return frozenset(address for mailbox in self.mailboxes for address in mailbox.addresses)

    @property
    def logos(self) -> frozenset[str]:
        """The digests of all logos."""
        return frozenset(box.brand.logo.file.sha256 for box in self.mailboxes if box.brand.logo)

    def mailbox(self, name: str) -> MailboxPolicy:
        """Return the mailbox called `name`, or the first: tickets of one that was taken away must still be answered."""
        return next((mailbox for mailbox in self.mailboxes if mailbox.name == name), self.mailboxes[0])

    def mailbox_at(self, address: str) -> MailboxPolicy:
        """Return the mailbox that has an address, or the first."""
        wanted = address.casefold()
        found = (mailbox for mailbox in self.mailboxes if mailbox.address.casefold() == wanted)
        return next(found, self.mailboxes[0])

    def open_calendars(self, at: datetime) -> tuple[str, ...]:
        """Return the names of the calendars within whose business hours an instant lies."""
        return tuple(calendar.name for calendar in self.calendars if calendar.is_open(at))

    def level_of(self, ticket: Ticket) -> ServiceLevel | None:
        """Return the service-level policy that holds for a ticket, None where nothing is promised.

        Its time is counted in the support hours of the requester's contract, where there are any.
        """
        contract = self._contract_of(ticket)
        about = self.assets.named(ticket.ci)
        agreed = (contract.service_level if contract is not None else "", about.service_level if about else "")
        level = level_of(ticket, self.service_levels, contract.name if contract is not None else "", agreed)
        support_hours = self.calendar(contract.support_hours) if contract is not None else None
        return level.counted_in(support_hours) if level is not None and support_hours is not None else level

    def life_cycle_of(self, ticket: Ticket) -> LifeCycle:
        """Return the times after which something happens to a ticket by itself."""
        contract = self._contract_of(ticket)
        return self.life_cycle.of(ticket, contract.name if contract is not None else "")

    def _contract_of(self, ticket: Ticket) -> Contract | None:
        customer = self.organisations.named(ticket.organisation)
        return customer.contract if customer is not None else None

    def calendar(self, name: str) -> Calendar | None:
        """Return the calendar of this name."""
        return next((one for one in self.calendars if one.name == name), None)

    def level(self, name: str) -> ServiceLevel | None:
        """Return the service-level policy of this name."""
        return next((level for level in self.service_levels if level.name == name), None)

    def is_unlimited(self, address: str) -> bool:
        """Tell whether an address (casefolded), or everybody at its domain, may get any number of automatic mails."""
        return address in self.unlimited or f"@{address.rpartition('@')[2]}" in self.unlimited

    def is_ours(self, address: str) -> bool:
        """Tell whether mail to this address arrives at the desk, with or without a detail part (support+detail@)."""
        local, _, domain = address.casefold().rpartition("@")
        for own in self.own_addresses:
            own_local, _, own_domain = own.rpartition("@")
            if domain == own_domain and f"{local}+".startswith(f"{own_local}+"):
                return True
        return False

    def is_internal(self, address: str) -> bool:
        """Tell whether an address is the desk's own, an agent's or a group's: nobody's who could be a customer."""
        wanted = address.casefold()
        shared = {group.address.casefold() for group in self.directory.groups if group.address}
        return wanted in shared or self.directory.agent_at(address) is not None or self.is_ours(address)
