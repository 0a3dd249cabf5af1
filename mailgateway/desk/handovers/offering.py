"""A ticket that one group hands to another, which has to accept it: what any plan means for that.

Whoever or whatever hands it over. A member of the new group accepts by working on it, and declines by handing it back.
"""

from dataclasses import replace
from datetime import timedelta

from mailgateway.desk.after import after
from mailgateway.desk.customers.counting import SpendTime
from mailgateway.desk.customers.heading import SetLanguage, SetRequester, SetSubject
from mailgateway.desk.facts import Candidate
from mailgateway.desk.handovers.acceptance import acceptance
from mailgateway.desk.handovers.changes import EndOffer, OfferChange, OfferEnd, OfferTicket
from mailgateway.desk.handovers.timing import retimed, timed
from mailgateway.desk.handovers.to_and_fro import Handed, handed
from mailgateway.desk.levels.business_time import business_time
from mailgateway.desk.levels.service_levels import FINISHED
from mailgateway.desk.model import Agent, ArticleKind, Group, Offer, Ticket
from mailgateway.desk.plan import (
    AddArticle,
    AddLink,
    AddParticipants,
    Assign,
    Audience,
    Change,
    ChangeTags,
    MoveToGroup,
    Notice,
    NoticeKind,
    Plan,
    RemoveLink,
    SetCi,
    SetFields,
    SetPriority,
    SetStatus,
    SetType,
    Snooze,
)
from mailgateway.desk.policy import Policy

_WORK = (
    AddLink,
    AddParticipants,
    Assign,
    ChangeTags,
    MoveToGroup,
    RemoveLink,
    SetCi,
    SetFields,
    SetLanguage,
    SetPriority,
    SetRequester,
    SetStatus,
    SetSubject,
    SetType,
    Snooze,
    SpendTime,
)
"""What nobody does to a ticket that they do not take as theirs; a note is none of it."""


def offered(plan: Plan, candidate: Candidate, policy: Policy, said: OfferEnd | None = None) -> Plan:
    """Have a plan offer its ticket to the group that gets it, and end an offer by what it does.

    `said` is how an agent answered the offer in so many words. A plan that speaks of offers already stays as it is.
    """
    ticket, group = candidate.ticket, candidate.ticket.group
    if any(isinstance(change, OfferChange) for change in plan.changes):
        return plan
    changed = after(ticket, plan.changes, plan.at)
    move = handed(plan) if changed.group != group else None
    changes: list[Change] = []
    end = _end(said, plan, ticket, changed, policy) if ticket.offer is not None else None
    if ticket.offer is not None and end is not None:
        changes.append(EndOffer(ticket.offer, group, end))
    if move is not None and not _is_back(ticket, changed):
        giver = ticket.offer.giver if ticket.offer is not None and end is not OfferEnd.ACCEPTED else group
        changes += _offer(giver, move, plan, changed, policy)
    if not changes:
        changes += retimed(changed, plan.at, policy)
    changed = after(changed, changes, plan.at)
    notices = tuple(_told(notice, changed, end, group, policy) for notice in plan.notices)
    if ticket.offer is not None and end is OfferEnd.ACCEPTED:
        notices += acceptance(ticket.offer, group, plan.actor, changed, candidate, policy)
    return replace(plan, changes=(*plan.changes, *changes), notices=notices)


def is_of(group: Group | None, agent: Agent | None) -> bool:
    """Tell whether an agent works in a group, or leads it."""
    return group is not None and agent is not None and agent.name in (*group.members, group.lead)


def span_for(group: Group | None, policy: Policy) -> timedelta | None:
    """Return within how much business time a group has to accept what is handed to it; None: it need not.

    Nor need a group in which nobody could: a shared address alone is nobody.
    """
    if group is None or not any(policy.directory.agent(name) for name in group.members):
        return None
    return group.accept_within or policy.handovers.accept_within


def _end(said: OfferEnd | None, plan: Plan, ticket: Ticket, changed: Ticket, policy: Policy) -> OfferEnd | None:
    """Return how the offer of a ticket ends by a plan, None where it goes on."""
    if said is not None:
        return said
    is_members = not plan.is_quiet and is_of(policy.directory.group(ticket.group), policy.directory.agent(plan.actor))
    if _is_back(ticket, changed):
        return OfferEnd.DECLINED if is_members else OfferEnd.WITHDRAWN
    if is_members and any(_is_work(change) for change in plan.changes):
        return OfferEnd.ACCEPTED
    is_over = changed.group != ticket.group or changed.status in FINISHED
    return OfferEnd.WITHDRAWN if is_over else None


def _is_back(ticket: Ticket, changed: Ticket) -> bool:
    """Tell whether a ticket that was offered is again with the group that gave it."""
    return ticket.offer is not None and changed.group == ticket.offer.giver


def _is_work(change: Change) -> bool:
    is_answer = isinstance(change, AddArticle) and change.article.kind is ArticleKind.PUBLIC
    return is_answer or isinstance(change, _WORK)


def _offer(giver: str, move: Handed, plan: Plan, changed: Ticket, policy: Policy) -> list[Change]:
    """Offer a ticket, unless its new group need not accept it, or one of its own took it there."""
    group = policy.directory.group(move[1])
    span = span_for(group, policy)
    takes = not plan.is_quiet and is_of(group, policy.directory.agent(plan.actor))
    if group is None or span is None or takes or changed.status in FINISHED:
        return []
    offer = timed(Offer(giver, plan.at, None, left=span), changed, plan.at, policy)
    return [OfferTicket(offer, group.name)]


def _told(notice: Notice, changed: Ticket, end: OfferEnd | None, group: str, policy: Policy) -> Notice:
    """Say in the notices to those who work on the ticket how it stands with the offer."""
    is_about = notice.ticket is not None and notice.ticket.number == changed.number
    if not is_about or notice.ticket is None or notice.audience is not Audience.AGENT:
        return notice
    values = dict(notice.values)
    if changed.offer is not None:
        values.setdefault("timezone", str(business_time(changed, policy).zone))
    if end is OfferEnd.DECLINED and notice.kind is NoticeKind.AGENT_NOTIFICATION:
        values["declined_for"] = group
    return replace(notice, ticket=replace(notice.ticket, offer=changed.offer), values=values)
