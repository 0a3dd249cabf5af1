"""Where a new ticket goes: the ruleset first, the mailbox's default for all that no rule decides."""

from dataclasses import dataclass

from mailgateway.desk.model import Priority, TicketType
from mailgateway.desk.policy import MailboxPolicy
from mailgateway.rules.evaluate import evaluate
from mailgateway.rules.explain import as_trace
from mailgateway.rules.schema import ActionName, Question, Routing, Ruleset


@dataclass(frozen=True, slots=True)
class Route:
    """The outcome of routing. `discard` and `quarantine` name the rule that said so, empty where none did.

    `trace` is how the rules came to it, and `final` what it came to, as plain JSON values.
    """

    group: str
    type: TicketType
    priority: Priority
    language: str
    assignee: str | None
    tags: tuple[str, ...]
    discard: str
    quarantine: str
    matched: tuple[str, ...]
    trace: dict[str, object]


def route(ruleset: Ruleset, question: Question, mailbox: MailboxPolicy) -> Route:
    """Ask the rules about a mail and fill what they leave open from the mailbox's default."""
    routing = evaluate(ruleset, question)
    default = mailbox.default
    final: dict[str, object] = {
        "group": _value(routing, ActionName.GROUP, default.group),
        "type": _value(routing, ActionName.TYPE, default.type.value),
        "priority": _value(routing, ActionName.PRIORITY, default.priority.value),
        "language": _value(routing, ActionName.LANGUAGE, default.language),
        "assign": _value(routing, ActionName.ASSIGN, None),
        "tags": list(_tags(routing)),
        "discard": _rule_behind(routing, ActionName.DISCARD),
        "quarantine": _rule_behind(routing, ActionName.QUARANTINE),
    }
    return Route(
        group=str(final["group"]),
        type=TicketType(str(final["type"])),
        priority=Priority(str(final["priority"])),
        language=str(final["language"]),
        assignee=None if final["assign"] is None else str(final["assign"]),
        tags=_tags(routing),
        discard=str(final["discard"]),
        quarantine=str(final["quarantine"]),
        matched=routing.matched,
        trace={**as_trace(routing), "final": final},
    )


def _value(routing: Routing, name: ActionName, default: object) -> object:
    return routing.actions[name].value if name in routing.actions else default


def _tags(routing: Routing) -> tuple[str, ...]:
    value = _value(routing, ActionName.TAGS, ())
    return tuple(str(tag) for tag in value) if isinstance(value, tuple | list) else ()


def _rule_behind(routing: Routing, name: ActionName) -> str:
    decided = routing.actions.get(name)
    return decided.rule if decided is not None and decided.value else ""
