"""An agent's answer, as those who take part get it: in the agent's name, without their address, signed by the desk."""

from dataclasses import replace

from mailgateway.desk.agents.policy import ReplyTo
from mailgateway.desk.facts import Candidate
from mailgateway.desk.letters.audience import without_agents
from mailgateway.desk.letters.brand import filled, spoken
from mailgateway.desk.letters.notices import last_of
from mailgateway.desk.model import Agent, Article, StoredFile, Ticket
from mailgateway.desk.plan import Audience, Automatic, Notice, NoticeKind
from mailgateway.desk.policy import Policy
from mailgateway.mail.model import Address
from mailgateway.mail.outgoing.tokens import picture_id


def reply(
    article: Article,
    agent: Agent,
    ticket: Ticket,
    candidate: Candidate,
    policy: Policy,
    to: ReplyTo = ReplyTo.ALL,
) -> tuple[Notice, ...]:
    """Pass an agent's answer on to those who take part, in the agent's display name, without their address."""
    sender = Address(agent.display, policy.mailbox(ticket.mailbox).address)
    text = without_agents(article.text, sender.address, policy, frozenset(person.key for person in ticket.people))
    files = tuple(_renamed(file, policy) for file in article.attachments)
    shown = replace(article, sender=sender, text=text, full_text="", html=None, message_id=None, attachments=files)
    signature = signature_of(agent, ticket, policy)
    return tuple(
        Notice(
            kind=NoticeKind.REPLY,
            audience=Audience.CUSTOMER,
            recipient=person,
            sender=sender,
            language=ticket.language,
            automatic=Automatic.NO,
            ticket=ticket,
            article=shown,
            bound_to=person.key,
            in_reply_to=last_of(candidate.public_ids),
            references=candidate.public_ids,
            values={"signature": signature} if signature else {},
        )
        for person in readers(ticket, policy, to)
        if person.key not in agent.addresses
    )


def readers(ticket: Ticket, policy: Policy, to: ReplyTo = ReplyTo.ALL) -> tuple[Address, ...]:
    """Return who gets an answer: everybody who takes part, or the requester. We never write to ourselves."""
    people = [person for person in ticket.people if to is ReplyTo.ALL or person.key == ticket.requester.key]
    return tuple(person for person in people if not policy.is_ours(person.address))


def signature_of(agent: Agent, ticket: Ticket, policy: Policy) -> str:
    """Return what stands under an agent's answer: the agent's own, their group's or the desk's; "" for the usual."""
    mailbox, group = policy.mailbox(ticket.mailbox), policy.directory.group(ticket.group)
    given = (agent.signature, group.signature if group else {}, mailbox.brand.signature)
    text = spoken(next((texts for texts in given if texts), {}), ticket.language)
    values = {
        "agent": agent.display,
        "group": group.display if group else "",
        "desk": mailbox.display,
        "address": mailbox.address,
    }
    return filled(text, values) if text else ""


def _renamed(file: StoredFile, policy: Policy) -> StoredFile:
    """Return a file with an id of ours, if any: by that a picture is known when it is quoted back."""
    if not file.content_id:
        return file
    return replace(file, content_id=picture_id(policy.reply_keys[0], file.sha256, policy.domain))
