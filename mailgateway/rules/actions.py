"""What a rule can decide: one function each, which turns what the file says into the value, or raises Wrong."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mailgateway.rules.findings import Wrong
from mailgateway.rules.nearest import instead
from mailgateway.rules.recipients import cc, forward, watchers
from mailgateway.rules.schema import ActionName, Event, Rejection, Turn
from mailgateway.rules.templates import has_places
from mailgateway.rules.text import described, excerpt
from mailgateway.rules.vocabulary import Vocabulary

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TAG_LENGTH = 64
_VALUE_LENGTH = 500
_HIGHEST_NUMBER = 10**12 - 1
_MOST_FIELDS = 50
_TEMPLATE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_REJECTION = ("reason", "template")
_MOST_ADDRESSES = 20
_MOST_WEBHOOKS = 20

Read = Callable[[object, Vocabulary], object]
_ANY = frozenset(Event)
_NEW = frozenset({Event.NEW})
_MAIL = frozenset({Event.NEW, Event.FOLLOW_UP})


@dataclass(frozen=True, slots=True)
class Action:
    """How the value of an action is read, and at which events it can be taken."""

    read: Read
    on: frozenset[Event] = _ANY


def group(written: object, vocabulary: Vocabulary) -> object:
    """The group that the ticket goes to."""
    return _one_of(written, vocabulary.groups, "group")


def priority(written: object, vocabulary: Vocabulary) -> object:
    """How urgent the ticket is."""
    return _one_of(written, vocabulary.priorities, "priority")


def ticket_type(written: object, vocabulary: Vocabulary) -> object:
    """What the ticket is about."""
    return _one_of(written, vocabulary.types, "type")


def status(written: object, vocabulary: Vocabulary) -> object:
    """The status that the ticket gets; a new ticket else is new."""
    return _one_of(written, vocabulary.statuses or None, "status")


def assign(written: object, vocabulary: Vocabulary) -> object:
    """The agent who gets the ticket, or how one of its group is chosen: round_robin, least_open, last."""
    turns = {turn.value: turn for turn in Turn}
    if isinstance(written, str) and written.casefold() in turns:
        return turns[written.casefold()]
    return _one_of(written, None if vocabulary.agents is None else (*vocabulary.agents, *turns), "agent")


def language(written: object, _: Vocabulary) -> object:
    """The language in which the customer is written to."""
    if isinstance(written, str) and _LANGUAGE.fullmatch(written):
        return written
    raise Wrong(f"a language is a code such as en, pl or pt-BR, not {described(written)}")


def tags(written: object, vocabulary: Vocabulary) -> object:
    """Words that the ticket is marked with, beside those of other rules."""
    items = written if isinstance(written, list) else [written]
    if not items:
        raise Wrong("the list of tags is empty: write at least one, or leave the key out")
    return tuple(dict.fromkeys(_tag(item, vocabulary.tags) for item in items))


def configuration_item(written: object, vocabulary: Vocabulary) -> object:
    """The thing that the ticket is about; {name} stands for a named group of an expression in the rule."""
    text = _value(written)
    return text if has_places(text) else _one_of(text, vocabulary.assets, "configuration item")


def organisation(written: object, vocabulary: Vocabulary) -> object:
    """Whom the requester belongs to; {name} stands for a named group of an expression in the rule."""
    text = _value(written)
    return text if has_places(text) else _one_of(text, vocabulary.organisations, "organisation")


def service_level(written: object, vocabulary: Vocabulary) -> object:
    """The service-level policy that holds for the ticket, whatever its conditions say."""
    return _one_of(written, vocabulary.service_levels, "service level")


def custom_fields(written: object, _: Vocabulary) -> object:
    """Fields of your own, as names with values; {name} stands for a named group of an expression in the rule."""
    if not isinstance(written, dict) or not written or len(written) > _MOST_FIELDS:
        raise Wrong(f"fields: takes names with values, such as {{cost_centre: K7}}, not {described(written)}")
    return tuple(custom_field(name, value) for name, value in written.items())


def custom_field(name: str, value: object) -> tuple[str, str]:
    """Return the name and value of a field; raises Wrong where one of them cannot be."""
    if not _FIELD_NAME.fullmatch(name):
        raise Wrong(f"a field's name is a word of small letters, digits and _, not {excerpt(name)}")
    return name, _value(value)


def template(written: object, vocabulary: Vocabulary) -> object:
    """Your own words for the acknowledgement: a folder of this name in rules/ of your templates."""
    return _template(written, vocabulary)


def answer(written: object, vocabulary: Vocabulary) -> object:
    """The answer of the knowledge folder that the customer gets with the receipt."""
    if isinstance(written, str) and written.casefold() in map(str.casefold, vocabulary.answers_inside):
        raise Wrong(f"the answer {excerpt(written)} is for agents alone: write customers: true above it")
    return _one_of(written, vocabulary.answers, "answer for customers")


def link(written: object, _: Vocabulary) -> object:
    """The number of the open problem that the ticket is an incident of."""
    if isinstance(written, int) and not isinstance(written, bool) and 0 < written <= _HIGHEST_NUMBER:
        return written
    raise Wrong(f"link: takes the number of a problem, such as 10234, not {described(written)}")


def webhook(written: object, vocabulary: Vocabulary) -> object:
    """Webhooks of gateway.yaml that are called, beside those of other rules."""
    items = written if isinstance(written, list) else [written]
    if not items or len(items) > _MOST_WEBHOOKS:
        raise Wrong(f"webhook: takes the names of 1 to {_MOST_WEBHOOKS} webhooks, not {len(items)}")
    return tuple(dict.fromkeys(_one_of(item, vocabulary.webhooks, "webhook") for item in items))


def truth(written: object, _: Vocabulary) -> object:
    """Whether it shall be so."""
    if isinstance(written, bool):
        return written
    raise Wrong(f"this is true or false, not {described(written)}")


def no_status_mails(written: object, vocabulary: Vocabulary) -> object:
    """What customers are not told of the ticket, such as [solved, closed]; true: nothing but what people write."""
    if written is True:
        return vocabulary.news
    items = written if isinstance(written, list) else [written]
    return tuple(dict.fromkeys(_one_of(item, vocabulary.news, "status mail") for item in items))


def no_acknowledgement(written: object, vocabulary: Vocabulary) -> object:
    """Whether the customer gets no receipt."""
    return truth(written, vocabulary)


def discard(written: object, vocabulary: Vocabulary) -> object:
    """Whether the mail is dropped: kept for the record, no ticket, no answer."""
    return truth(written, vocabulary)


def quarantine(written: object, vocabulary: Vocabulary) -> object:
    """Whether the mail waits for a person, see mailgateway quarantine list."""
    return truth(written, vocabulary)


def reject(written: object, vocabulary: Vocabulary) -> object:
    """What the sender is told, in a sentence, instead of a ticket being opened; or {template: NAME, reason: TEXT}."""
    if not isinstance(written, dict):
        return Rejection(_reason(written))
    for key in written:
        if key not in _REJECTION:
            raise Wrong(f"unknown key {excerpt(key)}; {instead(key, _REJECTION)}")
    if "reason" not in written:
        raise Wrong('"reason" is missing: what the sender is told, also where the template fails')
    named = written.get("template")
    return Rejection(_reason(written["reason"]), _template(named, vocabulary) if named is not None else "")


ACTIONS: dict[ActionName, Action] = {
    ActionName.GROUP: Action(group),
    ActionName.ASSIGN: Action(assign),
    ActionName.PRIORITY: Action(priority),
    ActionName.TYPE: Action(ticket_type),
    ActionName.STATUS: Action(status),
    ActionName.LANGUAGE: Action(language, _NEW),
    ActionName.TAGS: Action(tags),
    ActionName.CI: Action(configuration_item),
    ActionName.ORGANISATION: Action(organisation),
    ActionName.SERVICE_LEVEL: Action(service_level),
    ActionName.FIELDS: Action(custom_fields),
    ActionName.CC: Action(cc),
    ActionName.WATCHERS: Action(watchers),
    ActionName.FORWARD: Action(forward, _MAIL),
    ActionName.TEMPLATE: Action(template, _NEW),
    ActionName.ANSWER: Action(answer, _NEW),
    ActionName.LINK: Action(link),
    ActionName.WEBHOOK: Action(webhook),
    ActionName.NO_STATUS_MAILS: Action(no_status_mails),
    ActionName.NO_ACKNOWLEDGEMENT: Action(no_acknowledgement, _NEW),
    ActionName.DISCARD: Action(discard, _NEW),
    ActionName.QUARANTINE: Action(quarantine, _NEW),
    ActionName.REJECT: Action(reject, _NEW),
}
ENDS = (ActionName.DISCARD, ActionName.QUARANTINE, ActionName.REJECT)
"""Instead of a ticket: a mail has at most one of these ends."""


def _one_of(written: object, known: Iterable[str] | None, what: str) -> str:
    """Return the known name that was written in any case."""
    if not isinstance(written, str):
        raise Wrong(f"this is the name of one {what}, not {described(written)}")
    if known is None:
        return written
    names = {name.casefold(): name for name in known}
    if written.casefold() not in names:
        raise Wrong(f"unknown {what} {excerpt(written)}; {instead(written, names.values())}")
    return names[written.casefold()]


def _tag(written: object, declared: tuple[str, ...] | None) -> str:
    if not isinstance(written, str):
        raise Wrong(f"a tag is a word, not {described(written)}: put it in quotes")
    if not written or len(written) > _TAG_LENGTH or not written.isprintable() or any(c.isspace() for c in written):
        raise Wrong(f"a tag is one word of at most {_TAG_LENGTH} letters, not {excerpt(written)}")
    return written if declared is None else _one_of(written, declared, "tag")


def _value(written: object) -> str:
    text = str(written) if isinstance(written, int | float) and not isinstance(written, bool) else written
    if isinstance(text, str) and text.strip() and len(text) <= _VALUE_LENGTH and text.isprintable():
        return text
    raise Wrong(f"a value is a text of at most {_VALUE_LENGTH} letters on one line, not {described(written)}")


def _reason(written: object) -> str:
    if isinstance(written, str) and written.strip() and len(written) <= _VALUE_LENGTH and written.isprintable():
        return written
    raise Wrong(f"reject: takes what the sender is told, in one line, not {described(written)}")


def _template(written: object, vocabulary: Vocabulary) -> str:
    if not isinstance(written, str) or not _TEMPLATE.fullmatch(written):
        raise Wrong(f"a template's name is a word of letters, digits, - and _, not {described(written)}")
    if vocabulary.templates is None:
        return written
    if not vocabulary.templates:
        raise Wrong(f"there are no templates for rules: make a folder rules/{written} in your own (files: templates)")
    return _one_of(written, vocabulary.templates, "template")
