"""What a rule can decide: one function each, which turns what the file says into the value, or raises Wrong."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mailgateway.rules.findings import Wrong
from mailgateway.rules.nearest import instead
from mailgateway.rules.schema import ActionName
from mailgateway.rules.text import described, excerpt

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_TAG_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that rules may use, as the desk knows them; None where they are not known, and any will do."""

    groups: tuple[str, ...] | None
    agents: tuple[str, ...] | None
    mailboxes: tuple[str, ...] | None
    types: tuple[str, ...]
    priorities: tuple[str, ...]


Read = Callable[[object, Vocabulary], object]


def group(written: object, vocabulary: Vocabulary) -> object:
    """The group that the ticket goes to."""
    return _one_of(written, vocabulary.groups, "group")


def priority(written: object, vocabulary: Vocabulary) -> object:
    """How urgent the ticket is."""
    return _one_of(written, vocabulary.priorities, "priority")


def ticket_type(written: object, vocabulary: Vocabulary) -> object:
    """What the ticket is about."""
    return _one_of(written, vocabulary.types, "type")


def assign(written: object, vocabulary: Vocabulary) -> object:
    """The agent who gets the ticket."""
    return _one_of(written, vocabulary.agents, "agent")


def language(written: object, _: Vocabulary) -> object:
    """The language in which the customer is written to."""
    if isinstance(written, str) and _LANGUAGE.fullmatch(written):
        return written
    raise Wrong(f"a language is a code such as en, pl or pt-BR, not {described(written)}")


def tags(written: object, _: Vocabulary) -> object:
    """Words that the ticket is marked with, beside those of other rules."""
    items = written if isinstance(written, list) else [written]
    if not items:
        raise Wrong("the list of tags is empty: write at least one, or leave the key out")
    return tuple(dict.fromkeys(_tag(item) for item in items))


def truth(written: object, _: Vocabulary) -> object:
    """Whether it shall be so."""
    if isinstance(written, bool):
        return written
    raise Wrong(f"this is true or false, not {described(written)}")


ACTIONS: dict[ActionName, Read] = {
    ActionName.GROUP: group,
    ActionName.PRIORITY: priority,
    ActionName.TYPE: ticket_type,
    ActionName.ASSIGN: assign,
    ActionName.LANGUAGE: language,
    ActionName.TAGS: tags,
    ActionName.DISCARD: truth,
    ActionName.QUARANTINE: truth,
}


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


def _tag(written: object) -> str:
    if not isinstance(written, str):
        raise Wrong(f"a tag is a word, not {described(written)}: put it in quotes")
    if not written or len(written) > _TAG_LENGTH or not written.isprintable() or any(c.isspace() for c in written):
        raise Wrong(f"a tag is one word of at most {_TAG_LENGTH} letters, not {excerpt(written)}")
    return written
