"""A mail and what is known of it -> the question that the rules are asked."""

from collections.abc import Mapping
from dataclasses import replace

from mailgateway.desk.facts import Facts
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.model import Ticket
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.thread import writer
from mailgateway.desk.threads.trust import results
from mailgateway.rules.schema import NOBODY_LOOKED, Event, Question, Requester, TicketState


def question_about(incoming: Incoming, facts: Facts, policy: Policy, ticket: Ticket | None = None) -> Question:
    """Return the question; `ticket` is the one that the mail joins, None where it is about a new matter."""
    authentication: Mapping[str, str] = {}
    if policy.asks_for("auth."):
        authentication = results(incoming.mail, policy.trusted_authserv)
    received = facts.received_at or facts.now
    asks_calendars = policy.asks_for("received.calendar")
    return Question(
        mail=incoming.mail,
        kind=incoming.verdict.kind,
        mailbox=incoming.mailbox,
        reply=incoming.reply.text,
        event=Event.NEW if ticket is None else Event.FOLLOW_UP,
        size=facts.size,
        received_at=received,
        ticket=None if ticket is None else state_of(ticket),
        requester=requester_of(writer(incoming.mail, policy).address, policy, facts.requester),
        authentication=authentication,
        calendars=policy.open_calendars(received) if asks_calendars else (),
    )


def requester_of(address: str, policy: Policy, counted: Requester = NOBODY_LOOKED) -> Requester:
    """Return what is known of a writer: what the database counted, and what the organisations say."""
    organisation = policy.organisations.of(address)
    if organisation is None:
        return counted
    contract = organisation.contract.name if organisation.contract is not None else ""
    is_vip = policy.organisations.is_vip(address)
    return replace(counted, organisation=organisation.name, contract=contract, is_vip=is_vip)


def state_of(ticket: Ticket) -> TicketState:
    """Return a ticket as rules see it."""
    return TicketState(
        status=ticket.status.value,
        group=ticket.group,
        assignee=ticket.assignee,
        priority=ticket.priority.value,
        type=ticket.type.value,
        language=ticket.language,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        status_since=ticket.status_since,
        tags=ticket.tags,
        organisation=ticket.organisation,
        ci=ticket.ci,
    )
