"""Timer rules at a ticket: when each may hold, and what comes of it, once for each stretch that it waits in."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgateway.desk.after import after
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.letters import news, notices
from mailgateway.desk.model import Status, Ticket
from mailgateway.desk.plan import Notice
from mailgateway.desk.policy import Policy
from mailgateway.desk.routing.asking import requester_of, state_of
from mailgateway.desk.routing.refine import ruled
from mailgateway.desk.timed.moments import Effect, Moment, Source, last_change
from mailgateway.mail.model import Kind, Mail
from mailgateway.rules.compile import fields_of
from mailgateway.rules.evaluate import evaluate_timers, timer_holds, timer_places
from mailgateway.rules.schema import NOBODY_LOOKED, Event, Question, Requester, Rule

_JUST_AFTER = timedelta(microseconds=1)
_COUNTED = frozenset({"requester.known", "requester.open_tickets"})


def timer_rules(policy: Policy) -> tuple[Rule, ...]:
    """Return the rules that wait for a time, in the order of the file."""
    return tuple(policy.ruleset.rules[place] for place in timer_places(policy.ruleset))


def _moments(ticket: Ticket, policy: Policy) -> Iterator[Moment]:
    """Give the times at which a rule begins to hold for the ticket as it is.

    What is counted in the database is known only then: a rule that asks for it may turn out not to hold.
    """
    for rule in timer_rules(policy):
        asks_more = not _COUNTED.isdisjoint(fields_of(rule.when))
        for at in _times(rule, ticket):
            if asks_more or timer_holds(rule, question_at(ticket, at, policy)):
                yield Moment(at, _name(rule, ticket), "rule")


def _times(rule: Rule, ticket: Ticket) -> Iterator[datetime]:
    for bound in rule.thresholds:
        exact = _base(bound.field, ticket) + timedelta(seconds=bound.seconds)
        yield max(exact + _JUST_AFTER if bound.is_open else exact, last_change(ticket))


def _base(field: str, ticket: Ticket) -> datetime:
    bases = {"ticket.age": ticket.created_at, "ticket.idle": ticket.updated_at}
    return bases.get(field, ticket.status_since)


def _name(rule: Rule, ticket: Ticket) -> str:
    """Name the rule and the stretch that it waits in: from another beginning it may fire again."""
    bases = dict.fromkeys(_base(bound.field, ticket).isoformat() for bound in rule.thresholds)
    return f"rule/{rule.name}/{'/'.join(bases)}"


@dataclass(frozen=True, slots=True)
class Outlook:
    """When a timer rule is due at a ticket as it is, None for never; `fired` where it has had its effect."""

    rule: Rule
    due_at: datetime | None
    fired: bool


def outlook(ticket: Ticket, fired: Collection[str], policy: Policy) -> tuple[Outlook, ...]:
    """Return what every timer rule waits for; `fired` names moments that were. A closed ticket has no timers."""
    coming: dict[str, datetime] = {}
    for moment in _moments(ticket, policy) if ticket.status is not Status.CLOSED else ():
        coming[moment.name] = min(moment.at, coming.get(moment.name, moment.at))
    found = []
    for rule in timer_rules(policy):
        name = _name(rule, ticket)
        was = name in fired
        found.append(Outlook(rule, None if was else coming.get(name), was))
    return tuple(found)


def question_at(ticket: Ticket, at: datetime, policy: Policy, counted: Requester = NOBODY_LOOKED) -> Question:
    """Return what timer rules are asked about a ticket at a time."""
    return Question(
        mail=Mail(subject=ticket.subject),
        kind=Kind.NORMAL,
        mailbox=ticket.mailbox,
        event=Event.TIMER,
        received_at=at,
        ticket=state_of(ticket),
        requester=requester_of(ticket.requester.address, policy, counted),
    )


def _take(due: Sequence[Moment], candidate: Candidate, facts: Facts, policy: Policy) -> Effect:
    ticket = candidate.ticket
    names = {rule.name: _name(rule, ticket) for rule in timer_rules(policy)}
    spent = {name for name, moment in names.items() if moment in candidate.fired}
    at = max(moment.at for moment in due)
    routing = evaluate_timers(policy.ruleset, question_at(ticket, at, policy, facts.requester), spent)
    made = ruled(routing, ticket, facts, policy)
    changed = after(ticket, made.changes, facts.now)
    return Effect(
        changes=made.changes,
        notices=_told(changed, candidate, routing.matched, facts, policy),
        fired=tuple(names[name] for name in routing.matched),
        waits_for=made.waits_for,
    )


def _told(
    changed: Ticket, candidate: Candidate, matched: Sequence[str], facts: Facts, policy: Policy
) -> tuple[Notice, ...]:
    """Tell the requester of a status, and whoever gets the ticket of it."""
    ticket = candidate.ticket
    status = news.of_status(ticket, changed, candidate, facts, policy)
    if (ticket.group, ticket.assignee) == (changed.group, changed.assignee):
        return status
    handed = notices.agent_notification(
        None, changed, policy, except_for="", references=candidate.public_ids, rules=matched
    )
    return (*status, *handed)


SOURCE = Source(_moments, _take)
