"""A document of routing rules, as plain data -> a ruleset, and everything that is wrong with it at once."""

from mailgateway.errors import Finding
from mailgateway.rules.actions import ACTIONS, Vocabulary
from mailgateway.rules.conditions import Reader
from mailgateway.rules.findings import EntryPath, Findings, Locate, Wrong
from mailgateway.rules.schema import ActionName, Rule, Ruleset
from mailgateway.rules.text import described, excerpt

RULE_KEYS = ("name", "when", "then", "stop")
_NAME_LENGTH = 100


def compile_rules(
    document: object, locate: Locate, file: str, vocabulary: Vocabulary
) -> tuple[Ruleset, tuple[Finding, ...]]:
    """Return the rules of a document and its findings; a rule with a finding is left out.

    `document` is plain data (dict, list, str, int, float, bool, None) with text keys; `locate` gives the place of an
    entry by its path.
    """
    findings = Findings(file, locate)
    reader = Reader(findings, vocabulary)
    rules = []
    names: dict[str, str] = {}
    for number, written in enumerate(_rules(document, findings)):
        path: EntryPath = ("rules", number)
        if not isinstance(written, dict):
            findings.add(path, f"a rule has the keys name, when and then; this is {described(written)}")
            continue
        name = _name(written, path, number, names, findings)
        rule = _rule(name, written, path, reader)
        if rule is not None:
            rules.append(rule)
    return Ruleset(tuple(rules)), findings.all()


def _rules(document: object, findings: Findings) -> list[object]:
    if not isinstance(document, dict):
        findings.add((), f'the file holds "rules:" with a list of rules below it, not {described(document)}')
        return []
    findings.unknown_keys(document, (), ("rules",))
    written = document.get("rules", [])
    if "rules" not in document:
        findings.add((), '"rules" is missing: write "rules:" with a list of rules below it, or "rules: []" for none')
    if isinstance(written, list):
        return written
    findings.add(
        ("rules",), f'rules: takes a list, each rule after a dash ("rules: []" for none), not {described(written)}'
    )
    return []


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
    stop = written.get("stop", False)
    if not isinstance(stop, bool):
        findings.add((*path, "stop"), f"stop: is true or false, not {described(stop)}")
    then = _then(written.get("then"), path, reader, is_needed=stop is not True)
    if when is None or then is None:
        return None
    return Rule(name, findings.line(path), when, then, stop is True)


def _then(written: object, path: EntryPath, reader: Reader, *, is_needed: bool) -> dict[ActionName, object] | None:
    findings, actions = reader.findings, tuple(name.value for name in ActionName)
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
    for key in (key for key in written if key in actions):
        try:
            values[ActionName(key)] = ACTIONS[ActionName(key)](written[key], reader.vocabulary)
        except Wrong as error:
            findings.add((*place, key), str(error))
    if values.get(ActionName.DISCARD) and values.get(ActionName.QUARANTINE):
        findings.add((*place, "quarantine"), "a mail is either discarded or quarantined: choose one")
    return values
