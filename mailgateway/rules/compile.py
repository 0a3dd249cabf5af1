"""A document of routing rules, as plain data -> a ruleset, and everything that is wrong with it at once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo

from mailgateway.errors import Finding
from mailgateway.rules.actions import ACTIONS, ENDS
from mailgateway.rules.conditions import NAMED, Reader
from mailgateway.rules.fields import FIELDS
from mailgateway.rules.findings import EntryPath, Findings, Locate, Wrong
from mailgateway.rules.index import build_index
from mailgateway.rules.lint import doubts, unrouted
from mailgateway.rules.operands import condition_on
from mailgateway.rules.schema import (
    ActionName,
    AllOf,
    AnyOf,
    Condition,
    Event,
    FieldTest,
    Named,
    Not,
    Rule,
    Ruleset,
    Threshold,
)
from mailgateway.rules.templates import groups_of, named_in
from mailgateway.rules.text import described, excerpt
from mailgateway.rules.timers import SPANS, is_known, thresholds
from mailgateway.rules.vocabulary import Vocabulary

DOCUMENT_KEYS = ("rules", NAMED, "tags", "timezone")
RULE_KEYS = ("name", "on", "when", "then", "stop", "anytime")
_NAME_LENGTH = 100
_ACTIONS = tuple(name.value for name in ActionName)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A ruleset without the rules that have a finding; `doubts` are findings that keep nothing from working."""

    ruleset: Ruleset
    findings: tuple[Finding, ...]
    doubts: tuple[Finding, ...]


def compile_rules(document: object, locate: Locate, file: str, vocabulary: Vocabulary, version: str = "") -> Compiled:
    """Return the rules of a document, and what is wrong with it.

    `document` is plain data (dict, list, str, int, float, bool, None) with text keys; `locate` gives the place of an
    entry by its path; `version` names the content of the file.
    """
    findings = Findings(file, locate)
    top = document if isinstance(document, dict) else {}
    written_rules = _rules(document, findings)
    words = replace(vocabulary, tags=_declared_tags(top, findings))
    reader = Reader(findings, words, _named(top, findings))
    reader.read_named()
    timezone = _timezone(top, words, findings)
    rules: list[Rule] = []
    places: list[EntryPath] = []
    names: dict[str, str] = {}
    for number, written in enumerate(written_rules):
        path: EntryPath = ("rules", number)
        if not isinstance(written, dict):
            findings.add(path, f"a rule has the keys name, when and then; this is {described(written)}")
            continue
        rule = _rule(_name(written, path, number, names, findings), written, path, reader)
        if rule is not None:
            rules.append(rule)
            places.append(path)
    fields = frozenset(name for rule in rules for name in fields_of(rule.when))
    linked = (rule.then.get(ActionName.LINK) for rule in rules)
    links = frozenset(problem for problem in linked if isinstance(problem, int))
    ruleset = Ruleset(tuple(rules), version, fields, timezone, links, build_index(rules))
    doubtful = Findings(file, locate)
    for place, problem in doubts(rules):
        doubtful.add(places[place], problem)
    mailboxes = words.mailboxes or ()
    for place in unrouted(
        rules, [condition_on("mailbox", FIELDS["mailbox"], "equals", one, words) for one in mailboxes]
    ):
        problem = f"no rule can match mail of the mailbox {excerpt(mailboxes[place])}: its default decides all of it"
        doubtful.add(("rules",), problem)
    return Compiled(ruleset, findings.all(), doubtful.all())


def fields_of(condition: Condition) -> Iterator[str]:
    """Give the name of every field that a condition asks for."""
    match condition:
        case FieldTest(field):
            yield field
        case Not(part) | Named(_, part):
            yield from fields_of(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from fields_of(part)


def _rules(document: object, findings: Findings) -> list[object]:
    if not isinstance(document, dict):
        findings.add((), f'the file holds "rules:" with a list of rules below it, not {described(document)}')
        return []
    findings.unknown_keys(document, (), DOCUMENT_KEYS)
    written = document.get("rules", [])
    if "rules" not in document:
        findings.add((), '"rules" is missing: write "rules:" with a list of rules below it, or "rules: []" for none')
    if isinstance(written, list):
        return written
    findings.add(
        ("rules",), f'rules: takes a list, each rule after a dash ("rules: []" for none), not {described(written)}'
    )
    return []


def _named(document: dict[str, object], findings: Findings) -> dict[str, object]:
    written = document.get(NAMED, {})
    if isinstance(written, dict):
        return written
    findings.add((NAMED,), f"{NAMED}: takes names, each with a condition below it, not {described(written)}")
    return {}


def _declared_tags(document: dict[str, object], findings: Findings) -> tuple[str, ...] | None:
    written = document.get("tags")
    if written is None:
        return None
    if isinstance(written, list) and all(isinstance(tag, str) and tag for tag in written):
        return tuple(written)
    findings.add(("tags",), f"tags: takes the list of all tags that rules may put on, not {described(written)}")
    return None


def _timezone(document: dict[str, object], vocabulary: Vocabulary, findings: Findings) -> tzinfo:
    written = document.get("timezone")
    if isinstance(written, str) and written:
        try:
            return vocabulary.find_timezone(written)
        except Wrong as wrong:
            findings.add(("timezone",), str(wrong))
    elif "timezone" in document:
        findings.add(("timezone",), f"a time zone is a name such as Europe/Warsaw, not {described(written)}")
    return UTC


def _name(written: dict[str, object], path: EntryPath, number: int, names: dict[str, str], findings: Findings) -> str:
    """Return the rule's name, or "rule 3"; two rules may not have the same one, as traces name rules by it."""
    name = written.get("name", f"rule {number + 1}")
    place = (*path, "name") if "name" in written else path
    if not isinstance(name, str) or not name.strip() or not name.isprintable() or len(name) > _NAME_LENGTH:
        findings.add(
            place, f"a rule's name is a text of 1 to {_NAME_LENGTH} letters on one line, not {described(name)}"
        )
        return f"rule {number + 1}"
    if name.casefold() in names:
        findings.add(place, f"two rules are called {excerpt(name)} (the other is {names[name.casefold()]}): rename one")
    names.setdefault(name.casefold(), f"in line {findings.line(path)}")
    return name


def _rule(name: str, written: dict[str, object], path: EntryPath, reader: Reader) -> Rule | None:
    findings = reader.findings
    findings.unknown_keys(written, path, RULE_KEYS)
    if "when" not in written:
        findings.add(path, '"when" is missing: write the condition, or "when: always" for every mail')
    when = reader.condition(written["when"], (*path, "when")) if "when" in written else None
    stop = _truth(written, "stop", path, findings)
    on = _events(written, path, findings)
    anytime = _truth(written, "anytime", path, findings)
    if anytime and on and Event.TIMER not in on:
        findings.add((*path, "anytime"), "anytime: is for rules with on: timer; those for mail never wait")
    then = _then(written.get("then"), path, reader, on, is_needed=not stop)
    if when is None or then is None:
        return None
    names = named_in(then)
    for missing in sorted(names - groups_of(when)):
        problem = f"{{{missing}}} stands for nothing: no matches: of this rule has a group (?P<{missing}>…)"
        findings.add((*path, "then"), problem)
    bounds = thresholds(when) if Event.TIMER in on else ()
    if Event.TIMER in on:
        _check_timer(when, bounds, (*path, "when"), findings)
    return Rule(name, findings.line(path), when, then, stop, on, names, bounds, anytime)


def _truth(written: dict[str, object], key: str, path: EntryPath, findings: Findings) -> bool:
    value = written.get(key, False)
    if not isinstance(value, bool):
        findings.add((*path, key), f"{key}: is true or false, not {described(value)}")
    return value is True


def _check_timer(when: Condition, bounds: tuple[Threshold, ...], path: EntryPath, findings: Findings) -> None:
    for field in sorted({name for name in fields_of(when) if not is_known(name)}):
        mend = "ask about ticket.*, or leave timer out"
        findings.add(path, f"{field} is of a mail, and at on: timer there is none: {mend}")
    if not bounds:
        mend = "add a test such as {field: ticket.status_age, gt: 3d}"
        where = f"to every way in which it can hold (there are {', '.join(SPANS)})"
        findings.add(path, f"a timer rule waits for a time, at least a minute: {mend} {where}")


def _events(written: dict[str, object], path: EntryPath, findings: Findings) -> frozenset[Event]:
    named = written.get("on", Event.NEW.value)
    items = named if isinstance(named, list) else [named]
    known = {event.value: event for event in Event}
    wrong = [item for item in items if not isinstance(item, str) or item not in known]
    if wrong or not items:
        what = described(wrong[0]) if wrong else "an empty list"
        findings.add((*path, "on"), f"on: takes {', '.join(known)}, or a list of these, not {what}")
        return frozenset()
    return frozenset(known[str(item)] for item in items)


def _then(
    written: object, path: EntryPath, reader: Reader, on: frozenset[Event], *, is_needed: bool
) -> dict[ActionName, object] | None:
    findings, actions = reader.findings, _ACTIONS
    if written is None or written == {}:
        if is_needed:
            findings.add(
                path, f'the rule does nothing: write "then:" with an action ({", ".join(actions)}) or "stop: true"'
            )
        return {}
    place = (*path, "then")
    if not isinstance(written, dict):
        findings.add(place, f"then: takes actions with their values, such as {{group: NAME}}, not {described(written)}")
        return None
    findings.unknown_keys(written, place, actions)
    values: dict[ActionName, object] = {}
    for name in (ActionName(key) for key in written if key in actions):
        try:
            values[name] = ACTIONS[name].read(written[name.value], reader.vocabulary)
        except Wrong as error:
            findings.add((*place, name.value), str(error))
        if not on <= ACTIONS[name].on:
            findings.add((*place, name.value), f"{name.value} is for {_events_of(ACTIONS[name].on)}")
    ends = [name.value for name in ENDS if values.get(name)]
    if len(ends) > 1:
        findings.add((*place, ends[1]), f"a mail is either {_ENDED[ends[0]]} or {_ENDED[ends[1]]}: choose one")
    return values


def _events_of(on: frozenset[Event]) -> str:
    if on == {Event.NEW}:
        return "mail that opens a ticket: a rule with on: new"
    return "mail: a rule with on: new or follow_up"


_ENDED = {"discard": "discarded", "quarantine": "quarantined", "reject": "rejected"}
