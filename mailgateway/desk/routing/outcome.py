"""What rules make of a ticket that is there, to look at it: the trace of a follow-up, or of a time that has come."""

from mailgateway.desk import lifecycle
from mailgateway.desk.customers.organisations import Organisations
from mailgateway.desk.model import Status
from mailgateway.desk.policy import Policy
from mailgateway.desk.routing.route import fields, link, name_in, organisation_in, route, words
from mailgateway.rules.evaluate import evaluate
from mailgateway.rules.explain import as_trace
from mailgateway.rules.schema import ActionName, Event, Question, Routing, TicketState


def outcome(policy: Policy, question: Question) -> dict[str, object]:
    """Return the whole trace with `final`: of a new matter what its ticket gets, else how rules leave the ticket."""
    if question.ticket is None:
        return route(policy, question, every_step=True).trace
    routing = evaluate(policy.ruleset, question, every_step=True)
    final = _final(routing, question.ticket, question.event, policy.organisations)
    return {**as_trace(routing), "final": final, "left_out": routing.left_out, "version": routing.version}


def _final(routing: Routing, ticket: TicketState, event: Event, known: Organisations) -> dict[str, object]:
    """The ticket's own value stands where no rule decides; people and addresses are those that rules add."""
    is_mail = event is Event.FOLLOW_UP
    status = lifecycle.after_follow_up(Status(ticket.status)).value if is_mail else ticket.status
    own = {
        ActionName.GROUP: ticket.group,
        ActionName.TYPE: ticket.type,
        ActionName.PRIORITY: ticket.priority,
        ActionName.STATUS: status,
        ActionName.LANGUAGE: ticket.language,
        ActionName.ASSIGN: ticket.assignee,
    }
    decided = {name: routing.actions[name].value if name in routing.actions else value for name, value in own.items()}
    return {
        **{name.value: value for name, value in decided.items()},
        "tags": list(dict.fromkeys((*ticket.tags, *words(routing, ActionName.TAGS)))),
        "organisation": organisation_in(routing, known) or ticket.organisation,
        "ci": name_in(routing, ActionName.CI) or ticket.ci,
        "service_level": name_in(routing, ActionName.SERVICE_LEVEL),
        "fields": fields(routing),
        "cc": list(words(routing, ActionName.CC)),
        "watchers": list(words(routing, ActionName.WATCHERS)),
        "forward": list(words(routing, ActionName.FORWARD)),
        "webhook": list(words(routing, ActionName.WEBHOOK)),
        "no_status_mails": list(words(routing, ActionName.NO_STATUS_MAILS)),
        "link": link(routing),
    }
