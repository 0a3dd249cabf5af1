"""Where a new ticket goes: the ruleset first, the mailbox's default for all that no rule decides."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailgateway.desk.customers.organisations import Organisations
from mailgateway.desk.model import News, Priority, Status, TicketType
from mailgateway.desk.policy import Policy
from mailgateway.rules.evaluate import evaluate
from mailgateway.rules.explain import as_trace
from mailgateway.rules.fields import written_in
from mailgateway.rules.schema import ActionName, Question, Rejection, Routing


@dataclass(frozen=True, slots=True)
class Route:
    """The outcome of routing. `discard`, `quarantine`, `reject` and `unanswered` name the rule that said so.

    They are empty where none did; `rejection` is what the sender is told. `assignee` is a name or a Turn, `watchers`
    are agents, `forward` addresses, `template` is that of the receipt, `answer` the name of the one that goes with it.
    `trace` is how the rules came to it, and `final` in it what it came to, as plain JSON values.
    """

    group: str
    type: TicketType
    priority: Priority
    status: Status
    language: str
    assignee: str | None
    tags: tuple[str, ...]
    organisation: str | None
    ci: str | None
    service_level: str | None
    fields: Mapping[str, str]
    cc: tuple[str, ...]
    watchers: tuple[str, ...]
    forward: tuple[str, ...]
    template: str
    webhooks: tuple[str, ...]
    silent: tuple[News, ...]
    discard: str
    quarantine: str
    reject: str
    rejection: Rejection
    unanswered: str
    answer: str
    link: int | None
    matched: tuple[str, ...]
    trace: dict[str, object]


def route(policy: Policy, question: Question, *, every_step: bool = False) -> Route:
    """Ask the rules about a mail and fill what they leave open: by its requester and
    what it is about, else by the mailbox's default.

    With `every_step` the trace tells of every rule, however many there are.
    """
    routing = evaluate(policy.ruleset, question, every_step=every_step)
    organisation = organisation_in(routing, policy.organisations) or question.requester.organisation or None
    final = _final(routing, organisation, question, policy)
    return Route(
        group=str(final["group"]),
        type=TicketType(str(final["type"])),
        priority=Priority(str(final["priority"])),
        status=Status(str(final["status"])),
        language=str(final["language"]),
        assignee=_assigned(final["assign"]),
        tags=words(routing, ActionName.TAGS),
        organisation=organisation,
        ci=policy.assets.spelled(name_in(routing, ActionName.CI)),
        service_level=name_in(routing, ActionName.SERVICE_LEVEL),
        fields=fields(routing),
        cc=words(routing, ActionName.CC),
        watchers=words(routing, ActionName.WATCHERS),
        forward=words(routing, ActionName.FORWARD),
        template=str(final["template"]),
        webhooks=words(routing, ActionName.WEBHOOK),
        silent=silenced(routing),
        discard=str(final["discard"]),
        quarantine=str(final["quarantine"]),
        reject=str(final["reject"]),
        rejection=_rejection(routing),
        unanswered=str(final["no_acknowledgement"]),
        answer=str(final["answer"]),
        link=link(routing),
        matched=routing.matched,
        trace={**as_trace(routing), "final": final, "left_out": routing.left_out, "version": routing.version},
    )


def _final(routing: Routing, organisation: str | None, question: Question, policy: Policy) -> dict[str, object]:
    default = policy.mailbox(question.mailbox).default
    ci = policy.assets.spelled(name_in(routing, ActionName.CI))
    about = policy.assets.named(ci)
    return {
        "group": _value(routing, ActionName.GROUP, (about.group if about else "") or default.group),
        "type": _value(routing, ActionName.TYPE, default.type.value),
        "priority": _value(routing, ActionName.PRIORITY, default.priority.value),
        "status": _value(routing, ActionName.STATUS, Status.NEW.value),
        "language": _value(routing, ActionName.LANGUAGE, _language(organisation, question, policy)),
        "assign": _value(routing, ActionName.ASSIGN, None),
        "tags": list(words(routing, ActionName.TAGS)),
        "organisation": organisation,
        "ci": ci,
        "service_level": name_in(routing, ActionName.SERVICE_LEVEL),
        "fields": fields(routing),
        "cc": list(words(routing, ActionName.CC)),
        "watchers": list(words(routing, ActionName.WATCHERS)),
        "forward": list(words(routing, ActionName.FORWARD)),
        "template": _value(routing, ActionName.TEMPLATE, ""),
        "answer": _value(routing, ActionName.ANSWER, ""),
        "webhook": list(words(routing, ActionName.WEBHOOK)),
        "link": link(routing),
        "no_status_mails": list(words(routing, ActionName.NO_STATUS_MAILS)),
        "no_acknowledgement": _rule_behind(routing, ActionName.NO_ACKNOWLEDGEMENT),
        "discard": _rule_behind(routing, ActionName.DISCARD),
        "quarantine": _rule_behind(routing, ActionName.QUARANTINE),
        "reject": _rule_behind(routing, ActionName.REJECT),
    }


def fields(routing: Routing) -> dict[str, str]:
    """Return the fields of the desk's own that rules set."""
    pairs = _value(routing, ActionName.FIELDS, ())
    return {str(name): str(value) for name, value in pairs if value} if isinstance(pairs, tuple) else {}


def link(routing: Routing) -> int | None:
    """Return the problem that rules tie the ticket to, None where none does."""
    value = _value(routing, ActionName.LINK, None)
    return value if isinstance(value, int) else None


def silenced(routing: Routing) -> tuple[News, ...]:
    """Return what rules say that customers are not told of."""
    return tuple(News(one) for one in words(routing, ActionName.NO_STATUS_MAILS))


def name_in(routing: Routing, action: ActionName) -> str | None:
    """Return the name that rules decided on, None where none did."""
    return str(_value(routing, action, "")) or None


def organisation_in(routing: Routing, known: Organisations) -> str | None:
    """Return the organisation that rules decided on, None where none did.

    Where organisations are configured it is one of them: what an expression found in a mail counts for nobody's
    contract unless it is a name of theirs.
    """
    name = name_in(routing, ActionName.ORGANISATION)
    if not known.all:
        return name
    found = known.named(name)
    return found.name if found is not None else None


def _language(organisation: str | None, question: Question, policy: Policy) -> str:
    """The organisation's; else that of the mail, where it is certain and there are words in it; else the mailbox's."""
    default = policy.mailbox(question.mailbox).default
    found = policy.organisations.named(organisation)
    if found is not None and found.language:
        return found.language
    written = written_in(question) if default.detects_language else ""
    return written if written in policy.languages else default.language


def words(routing: Routing, name: ActionName) -> tuple[str, ...]:
    """Return the words that rules gathered for an action that takes several."""
    value = _value(routing, name, ())
    return tuple(str(word) for word in value) if isinstance(value, tuple | list) else ()


def _value(routing: Routing, name: ActionName, default: object) -> object:
    return routing.actions[name].value if name in routing.actions else default


def _assigned(value: object) -> str | None:
    """Keep a turn what it is: a text of its own kind."""
    return value if isinstance(value, str) else None


def _rejection(routing: Routing) -> Rejection:
    value = _value(routing, ActionName.REJECT, None)
    return value if isinstance(value, Rejection) else Rejection("")


def _rule_behind(routing: Routing, name: ActionName) -> str:
    decided = routing.actions.get(name)
    return decided.rule if decided is not None and decided.value else ""
