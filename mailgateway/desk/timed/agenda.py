"""What will happen to a ticket by itself, from every source, and when it is next to be looked at.

Whoever adds a source writes its moments and what comes of them, and names it here.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from mailgateway.desk.after import after, fired_by
from mailgateway.desk.facts import Candidate
from mailgateway.desk.handovers import awaiting
from mailgateway.desk.handovers.timing import retimed
from mailgateway.desk.levels import escalation
from mailgateway.desk.levels.levelled import renewed
from mailgateway.desk.levels.spelled import spelled
from mailgateway.desk.model import Status, Ticket
from mailgateway.desk.plan import Disposition, OpenTicket, Plan, SetAttention
from mailgateway.desk.policy import Policy
from mailgateway.desk.timed import automatic, held, snooze, timers
from mailgateway.desk.timed.moments import Moment, Source

SOURCES: tuple[Source, ...] = (
    awaiting.SOURCE,
    snooze.SOURCE,
    automatic.SOURCE,
    timers.SOURCE,
    held.SOURCE,
    escalation.SOURCE,
)


def moments(ticket: Ticket, policy: Policy, sources: Iterable[Source] = SOURCES) -> Iterator[Moment]:
    """Give every moment of a ticket, those among them that have had their effect.

    Nothing happens to one that is closed, or was made of old mail that nobody has done anything about.
    """
    if ticket.status is not Status.CLOSED and not ticket.dormant:
        for source in sources:
            yield from source.moments(ticket, policy)


def next_attention(
    ticket: Ticket, fired: Collection[str], policy: Policy, since: datetime | None = None
) -> datetime | None:
    """Return the earliest moment that has not had its effect, of those later than `since`; None where there is none."""
    coming = (moment.at for moment in moments(ticket, policy) if moment.name not in fired)
    return min((at for at in coming if since is None or at > since), default=None)


def with_attention(plan: Plan, candidate: Candidate | None, policy: Policy) -> Plan:
    """Have a plan say when its ticket is next to be looked at; `candidate` is the ticket as it is, None for a new one.

    The one place where that follows from a change, whoever makes it.
    """
    match plan.changes:
        case (OpenTicket(ticket, trace), *rest):
            at = next_attention(after(ticket, rest, plan.at), (), policy)
            return replace(plan, changes=(OpenTicket(replace(ticket, attend_at=at), trace), *rest))
    if candidate is None or not plan.changes or any(isinstance(change, SetAttention) for change in plan.changes):
        return plan
    changed = after(candidate.ticket, plan.changes, plan.at)
    if not plan.is_quiet:
        changed = replace(changed, updated_at=plan.at)
    at = next_attention(changed, candidate.fired | fired_by(plan.changes), policy)
    return plan if at == candidate.ticket.attend_at else replace(plan, changes=(*plan.changes, SetAttention(at)))


def renewal(candidate: Candidate, at: datetime, policy: Policy) -> Plan | None:
    """Return the plan by which a ticket learns of another policy, None where neither clocks nor agenda change."""
    changes = (*renewed(candidate, at, policy), *retimed(candidate.ticket, at, policy))
    ticket = after(candidate.ticket, changes, at)
    due = next_attention(ticket, candidate.fired | fired_by(changes), policy)
    if due != ticket.attend_at:
        changes = (*changes, SetAttention(due))
    return Plan(at, "clock", Disposition.RECORDED, "", ticket.number, changes, is_quiet=True) if changes else None


def version(policy: Policy) -> str:
    """Name what clocks and moments of tickets follow from: the same name, the same times."""
    rules = [
        (rule.name, rule.when, rule.thresholds, timers.waits_for_people(rule)) for rule in timers.timer_rules(policy)
    ]
    agreed = [
        (one.name, one.contract.name, one.contract.service_level, one.contract.support_hours)
        for one in policy.organisations.all
        if one.contract is not None
    ]
    assets = [(one.name, one.service_level) for one in policy.assets.all if one.service_level]
    cycle = spelled(policy.life_cycle)
    levels = spelled((policy.calendars, policy.service_levels))
    return sha256(repr((cycle, rules, agreed, assets, levels)).encode()).hexdigest()[:16]
