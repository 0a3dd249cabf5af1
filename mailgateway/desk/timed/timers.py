"""Timer rules at a ticket: when each may hold, and what comes of it, once for each stretch that it waits in.

Those that write to people do so in working hours, unless they say that they happen at any time.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgateway.desk.after import after
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.letters import news, notices
from mailgateway.desk.levels.business_time import are_at_work, hours_to_tell
from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.model import Status, Ticket
from mailgateway.desk.plan import Notice
from mailgateway.desk.policy import Policy
from mailgateway.desk.routing.asking import requester_of, state_of
from mailgateway.desk.routing.refine import ruled
from mailgateway.desk.timed.moments import Effect, Moment, Source, last_change
from mailgateway.mail.model import Kind, Mail
from mailgateway.rules.compile import fields_of
from mailgateway.rules.evaluate import evaluate_timers, timer_holds, timer_places
from mailgateway.rules.schema import NOBODY_LOOKED, ActionName, Event, Question, Requester, Routing, Rule

_JUST_AFTER = timedelta(microseconds=1)
_TELLING = frozenset({ActionName.STATUS, ActionName.GROUP, ActionName.ASSIGN})
_COUNTED = frozenset({"requester.known", "requester.open_tickets"})


def timer_rules(policy: Policy) -> tuple[Rule, ...]:
    """Return the rules that wait for a time, in the order of the file."""
    return tuple(policy.ruleset.rules[place] for place in timer_places(policy.ruleset))


def waits_for_people(rule: Rule) -> bool:
    """Tell whether a rule happens in working hours alone: it may write to the requester, or to who gets the ticket."""
    return not rule.anytime and not _TELLING.isdisjoint(rule.then)


def _moments(ticket: Ticket, policy: Policy) -> Iterator[Moment]:
    """Give the times at which a rule begins to hold for the ticket as it is, or the desk opens after that.

    What is counted in the database is known only then: a rule that asks for it may turn out not to hold.
    """
    for one in _reached(ticket, policy):
        at = hours_to_tell(ticket, policy).next_opening(one.at) if waits_for_people(one.rule) else one.at
        if at is not None:
            yield Moment(at, one.name, "rule")


@dataclass(frozen=True, slots=True)
class _Reached:
    """A rule and a time at which it begins to hold; `name` is that of its moment."""

    rule: Rule
    at: datetime
    name: str


def _reached(ticket: Ticket, policy: Policy) -> Iterator[_Reached]:
    for rule in timer_rules(policy):
        asks_more = not _COUNTED.isdisjoint(fields_of(rule.when))
        for at in _times(rule, ticket):
            if asks_more or timer_holds(rule, question_at(ticket, at, policy)):
                yield _Reached(rule, at, _name(rule, ticket))


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
    """Ask the rules as of when the first of them began to hold: one that had to wait for the morning still does."""
    ticket = candidate.ticket
    hours = hours_to_tell(ticket, policy)
    names = {moment.name for moment in due}
    known = [one for one in _reached(ticket, policy) if one.name not in candidate.fired and one.at <= facts.now]
    waiting = _waiting(known, hours, ticket, facts.now, policy)
    times = sorted({one.at for one in known if one.name in names - waiting})
    again = hours.next_opening(facts.now) if names & waiting else None
    for place, at in enumerate(times, 1):
        routing = _asked(candidate, at, waiting, facts, policy)
        if routing.matched:
            later = facts.now if place < len(times) else again
            return _effect(routing, candidate, later, facts, policy)
    return Effect(again=again)


def _waiting(
    known: Sequence[_Reached], hours: Calendar, ticket: Ticket, now: datetime, policy: Policy
) -> frozenset[str]:
    """Name the moments that wait for working hours, as nobody is at work now, or was a moment ago."""
    in_time = {one.name for one in known if are_at_work(hours, one.at, now)}
    telling = (rule for rule in timer_rules(policy) if waits_for_people(rule) and not hours.is_open(now))
    return frozenset(_name(rule, ticket) for rule in telling) - in_time


def _asked(candidate: Candidate, at: datetime, waiting: Collection[str], facts: Facts, policy: Policy) -> Routing:
    ticket = candidate.ticket
    names = {rule.name: _name(rule, ticket) for rule in timer_rules(policy)}
    spent = {name for name, moment in names.items() if moment in candidate.fired or moment in waiting}
    return evaluate_timers(policy.ruleset, question_at(ticket, at, policy, facts.requester), spent)


def _effect(routing: Routing, candidate: Candidate, again: datetime | None, facts: Facts, policy: Policy) -> Effect:
    ticket = candidate.ticket
    made = ruled(routing, ticket, facts, policy)
    changed = after(ticket, made.changes, facts.now)
    return Effect(
        changes=made.changes,
        notices=_told(changed, candidate, routing.matched, facts, policy),
        fired=tuple(_name(rule, ticket) for rule in timer_rules(policy) if rule.name in routing.matched),
        waits_for=made.waits_for,
        again=again,
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
