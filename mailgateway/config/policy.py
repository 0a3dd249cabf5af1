"""Settings -> the policy that the desk decides by."""

from dataclasses import replace

from mailgateway import __version__
from mailgateway.config.gateway.file import Mailbox
from mailgateway.config.gateway.webhook import Webhook
from mailgateway.config.settings import Settings
from mailgateway.config.templates import languages
from mailgateway.desk.letters import webhooks
from mailgateway.desk.letters.brand import Brand, Logo
from mailgateway.desk.letters.route import Route
from mailgateway.desk.policy import (
    Conversation,
    Defaults,
    Handovers,
    MailboxPolicy,
    Policy,
    Problems,
)
from mailgateway.mail.outgoing.tokens import picture_id
from mailgateway.share import share


def policy(settings: Settings, reply_keys: tuple[bytes, ...]) -> Policy:
    """Return the desk's policy; of `reply_keys` the first signs, and all are believed."""
    return Policy(
        domain=settings.domain,
        admin=settings.admin,
        mailboxes=tuple(_mailbox(mailbox, settings, reply_keys) for mailbox in settings.mailboxes),
        directory=settings.directory,
        organisations=settings.organisations,
        assets=settings.assets,
        languages=languages(settings.templates, share("templates")),
        ruleset=settings.ruleset,
        calendars=settings.service_levels.calendars,
        service_levels=settings.service_levels.policies,
        library=settings.library,
        reply_keys=reply_keys,
        evidence=settings.agents.evidence,
        agents=settings.agents.as_policy(),
        trusted_authserv=settings.agents.trusted_authserv,
        trusted_arc_sealers=settings.agents.trusted_arc_sealers,
        automatic_mails_per_hour=settings.limits.automatic_mails_per_hour,
        forwards_per_hour=settings.limits.forwards_per_hour,
        new_tickets_per_hour=settings.limits.new_tickets_per_hour,
        loops=settings.limits.as_policy(),
        unlimited=frozenset(one.casefold() for one in settings.limits.exempt),
        suppression=settings.bounces.as_policy(),
        verp=settings.bounces.verp,
        reading=settings.reading.as_limits(),
        files=settings.attachments.as_policy(),
        life_cycle=settings.lifecycle.as_cycle(),
        notifications=settings.notifications.as_policy(),
        quarantine=settings.quarantine.as_policy(),
        problems=Problems(**dict(settings.problems)),
        handovers=Handovers(**dict(settings.handovers)),
        conversation=_conversation(settings),
        reports=tuple(one.as_subscription(settings.service_levels.calendars) for one in settings.reports),
        webhooks=tuple(_webhook(one) for one in settings.webhooks),
        routes=_routes(settings),
        retention=settings.retention.as_policy(),
        user_agent=f"mailgateway/{__version__}" if settings.version_header else "",
    )


def _mailbox(mailbox: Mailbox, settings: Settings, reply_keys: tuple[bytes, ...]) -> MailboxPolicy:
    default = mailbox.default
    return MailboxPolicy(
        name=mailbox.name,
        address=mailbox.address,
        display=mailbox.display or mailbox.name,
        default=Defaults(default.group, default.type, default.priority, default.language, default.detect_language),
        aliases=mailbox.aliases,
        same_subject_within=mailbox.same_subject_within,
        brand=_brand(mailbox, settings, reply_keys),
    )


def _brand(mailbox: Mailbox, settings: Settings, reply_keys: tuple[bytes, ...]) -> Brand:
    """Return how the mails of a mailbox look: as it says, and else as all do."""
    said = mailbox.branding.over(settings.branding) if mailbox.branding else settings.branding
    logo = settings.logos.get(said.logo) if said.logo else None
    return Brand(
        name=said.name or "",
        colour=said.colour or "",
        website=said.website or "",
        footer=said.footer or {},
        signature=said.signature or {},
        logo=_signed(logo, settings.domain, reply_keys) if logo else None,
    )


def _signed(logo: Logo, domain: str, reply_keys: tuple[bytes, ...]) -> Logo:
    """Return a logo under a Content-ID of ours, by which it is known when it is quoted back; without keys as it is."""
    if not reply_keys:
        return logo
    return replace(logo, file=replace(logo.file, content_id=picture_id(reply_keys[0], logo.file.sha256, domain)))


def _routes(settings: Settings) -> tuple[Route, ...]:
    """Return the ways out for letters: one for each mailbox with a server of its own, the first for all others."""
    own = tuple(mailbox.name for mailbox in settings.mailboxes if mailbox.smtp is not None)
    found = []
    for mailbox in ("", *own):
        smtp = settings.smtp_of(mailbox)
        fallback = smtp.fallback.address if smtp.fallback is not None else ""
        found.append(Route(mailbox, () if mailbox else own, smtp.address, fallback))
    return tuple(found)


def _conversation(settings: Settings) -> Conversation:
    return Conversation(
        tags=settings.conversation.tags,
        colleagues=settings.conversation.colleagues,
        several_mailboxes=settings.conversation.several_mailboxes,
        agent_forwards=settings.agents.forwards,
    )


def _webhook(one: Webhook) -> webhooks.Webhook:
    events = None if one.events is None else frozenset(one.events)
    return webhooks.Webhook(one.name, events, frozenset(one.groups), frozenset(one.include))
