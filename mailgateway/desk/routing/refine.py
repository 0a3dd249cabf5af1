"""What rules make of a ticket that is there: those for follow-ups of its next mail, those for timers of the time."""

from dataclasses import dataclass

from mailgateway.desk.customers.counting import SetOrganisation
from mailgateway.desk.events import WEBHOOK
from mailgateway.desk.facts import Facts
from mailgateway.desk.incoming import Incoming, newcomers
from mailgateway.desk.letters.silence import Silence
from mailgateway.desk.levels.level_changes import SetServiceLevel
from mailgateway.desk.model import Priority, Status, Ticket, TicketType
from mailgateway.desk.plan import (
    AddParticipants,
    Assign,
    Change,
    ChangeTags,
    ChangeWatchers,
    MoveToGroup,
    RecordEvent,
    SetCi,
    SetFields,
    SetPriority,
    SetStatus,
    SetType,
)
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.incidents import linked_by_rule
from mailgateway.desk.routing.asking import question_about
from mailgateway.desk.routing.assignment import Assigned, assigned
from mailgateway.desk.routing.route import fields, link, name_in, organisation_in, silenced, words
from mailgateway.mail.model import Address
from mailgateway.rules.evaluate import evaluate
from mailgateway.rules.schema import ActionName, Routing


@dataclass(frozen=True, slots=True)
class Refined:
    """The changes that rules make, and to whom the mail goes on.

    `waits_for` is the group whose workload has to be known first.
    """

    changes: tuple[Change, ...] = ()
    waits_for: str = ""
    forward: tuple[str, ...] = ()


def refine(incoming: Incoming, ticket: Ticket, woken: Ticket, facts: Facts, policy: Policy) -> Refined:
    """Return what rules with `on: follow_up` change; they see the ticket as it was.

    `woken` is the ticket as it is after the mail itself: what the changes start from.
    """
    return ruled(evaluate(policy.ruleset, question_about(incoming, facts, policy, ticket)), woken, facts, policy)


def ruled(routing: Routing, ticket: Ticket, facts: Facts, policy: Policy) -> Refined:
    """Return what the rules that matched change of a ticket."""
    if not routing.matched:
        return Refined()
    worker = _worker(routing, ticket, facts, policy)
    noted = RecordEvent("rules", {"matched": ", ".join(routing.matched), "version": routing.version})
    moves = (*_moves(routing, ticket), *_handed(ticket, worker))
    linked = linked_by_rule(link(routing), facts.candidate(ticket.number), facts)
    changes = (
        *moves,
        *_additions(routing, ticket, policy),
        *_silence(routing, ticket),
        *linked,
        *called(routing),
        noted,
    )
    return Refined(changes, worker.waits_for, words(routing, ActionName.FORWARD))


def _worker(routing: Routing, ticket: Ticket, facts: Facts, policy: Policy) -> Assigned:
    if ActionName.ASSIGN not in routing.actions:
        return Assigned(ticket.assignee)
    group = routing.actions[ActionName.GROUP].value if ActionName.GROUP in routing.actions else ticket.group
    decided = routing.actions[ActionName.ASSIGN].value
    return assigned(decided if isinstance(decided, str) else None, str(group), facts, policy)


def _handed(ticket: Ticket, worker: Assigned) -> tuple[Change, ...]:
    if worker.agent == ticket.assignee or worker.waits_for:
        return ()
    return (Assign(ticket.assignee, worker.agent), *worker.changes)


def _moves(routing: Routing, ticket: Ticket) -> list[Change]:
    decided = {name: str(one.value) for name, one in routing.actions.items()}
    wanted: list[tuple[ActionName, str, Change]] = []
    if ActionName.STATUS in decided:
        status = Status(decided[ActionName.STATUS])
        wanted.append((ActionName.STATUS, ticket.status, SetStatus(ticket.status, status)))
    if ActionName.GROUP in decided:
        wanted.append((ActionName.GROUP, ticket.group, MoveToGroup(ticket.group, decided[ActionName.GROUP])))
    if ActionName.PRIORITY in decided:
        priority = Priority(decided[ActionName.PRIORITY])
        wanted.append((ActionName.PRIORITY, ticket.priority, SetPriority(ticket.priority, priority)))
    if ActionName.TYPE in decided:
        kind = TicketType(decided[ActionName.TYPE])
        wanted.append((ActionName.TYPE, ticket.type, SetType(ticket.type, kind)))
    return [change for name, before, change in wanted if decided[name] != before]


def called(routing: Routing) -> tuple[Change, ...]:
    """Return the note of the webhooks that rules name, by which they are called."""
    names = words(routing, ActionName.WEBHOOK)
    return (RecordEvent(WEBHOOK, {"names": list(names)}),) if names else ()


def _silence(routing: Routing, ticket: Ticket) -> tuple[Change, ...]:
    after = tuple(dict.fromkeys((*ticket.silent, *silenced(routing))))
    return (Silence(ticket.silent, after),) if after != ticket.silent else ()


def _additions(routing: Routing, ticket: Ticket, policy: Policy) -> list[Change]:
    changes: list[Change] = []
    tags = tuple(tag for tag in words(routing, ActionName.TAGS) if tag not in ticket.tags)
    people = newcomers(tuple(Address("", one) for one in words(routing, ActionName.CC)), ticket, policy)
    watchers = tuple(name for name in words(routing, ActionName.WATCHERS) if name not in ticket.watchers)
    after = {**ticket.fields, **fields(routing)}
    if tags:
        changes.append(ChangeTags(tags))
    if people:
        changes.append(AddParticipants(people))
    organisation = organisation_in(routing, policy.organisations)
    ci = policy.assets.spelled(name_in(routing, ActionName.CI))
    if organisation not in (None, ticket.organisation):
        changes.append(SetOrganisation(ticket.organisation, organisation))
    if ci not in (None, ticket.ci):
        changes += (SetCi(ticket.ci, ci), *policy.assets.doubts(ci))
    level = name_in(routing, ActionName.SERVICE_LEVEL)
    if level not in (None, ticket.service_level):
        changes.append(SetServiceLevel(ticket.service_level, level))
    if watchers:
        changes.append(ChangeWatchers(watchers))
    if after != ticket.fields:
        changes.append(SetFields(ticket.fields, after))
    return changes
