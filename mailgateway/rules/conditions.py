"""Conditions as the file writes them -> conditions as values. What is wrong with one is noted, and None comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailgateway.rules.fields import FIELDS, HEADER, Field, find_field
from mailgateway.rules.findings import EntryPath, Findings, Wrong
from mailgateway.rules.nearest import instead
from mailgateway.rules.operands import condition_on
from mailgateway.rules.operators import OPERATORS
from mailgateway.rules.schema import AllOf, AnyOf, Condition, Named, Not
from mailgateway.rules.text import described, excerpt
from mailgateway.rules.vocabulary import Vocabulary

EVERY_MAIL = "always"
"""The condition that holds for every mail: it has to be written, so that a forgotten `when` is noticed."""

NAMED = "conditions"
"""The key of the document below which conditions get names."""

_COMBINING = ("all", "any", "none", "not", "condition")
_SHAPE = (
    "a condition is {field: …, OPERATOR: …}, {condition: NAME}, or all:, any:, none: or not: with such conditions "
    'below, or "always"'
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the conditions of one file. `written` are those that have names, `named` the ones of them read so far."""

    findings: Findings
    vocabulary: Vocabulary
    written: Mapping[str, object] = field(default_factory=dict)
    named: dict[str, Condition | None] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)

    def read_named(self) -> None:
        """Read every condition that has a name, used or not."""
        for name in self.written:
            self._by_name(name, (NAMED, name))

    def condition(self, written: object, path: EntryPath) -> Condition | None:
        """Read any condition."""
        if written == EVERY_MAIL:
            return AllOf()
        if not isinstance(written, dict) or not written:
            mend = ': write "all:" or "any:" above the list' if isinstance(written, list) else ""
            self.findings.add(path, f"{_SHAPE}; this is {described(written) if written != {} else 'empty'}{mend}")
            return None
        if "field" in written:
            return self._test(written, path)
        combining = [key for key in written if key in _COMBINING]
        if len(combining) == len(written) == 1:
            return self._combined(combining[0], written[combining[0]], (*path, combining[0]))
        self._complain_of_keys(written, combining, path)
        return None

    def _combined(self, key: str, written: object, path: EntryPath) -> Condition | None:
        if key == "condition":
            return self._by_name(written, path)
        if key == "not":
            part = self.condition(written, path)
            return None if part is None else Not(part)
        if not isinstance(written, list) or not written:
            what = "an empty list" if written == [] else described(written)
            self.findings.add(path, f"{key}: takes a list of conditions, each after a dash, not {what}")
            return None
        parts = [self.condition(item, (*path, number)) for number, item in enumerate(written)]
        good = tuple(part for part in parts if part is not None)
        if len(good) < len(parts):
            return None
        if key == "all":
            return AllOf(good)
        return AnyOf(good) if key == "any" else Not(AnyOf(good))

    def _by_name(self, name: object, path: EntryPath) -> Condition | None:
        if not isinstance(name, str) or name not in self.written:
            known = tuple(self.written)
            what = excerpt(name) if isinstance(name, str) else described(name)
            self.findings.add(path, f'no condition below "{NAMED}:" is called {what}; {instead(str(name), known)}')
            return None
        if name in self.open:
            circle = " -> ".join((*self.open[self.open.index(name) :], name))
            self.findings.add(path, f"these conditions name each other without end: {circle}")
            return None
        if name not in self.named:
            self.open.append(name)
            part = self.condition(self.written[name], (NAMED, name))
            self.open.pop()
            self.named[name] = None if part is None else Named(name, part)
        return self.named[name]

    def _complain_of_keys(self, written: dict[str, object], combining: list[str], path: EntryPath) -> None:
        self.findings.unknown_keys(written, path, ("field", *_COMBINING, *OPERATORS))
        if any(key in OPERATORS for key in written if key not in _COMBINING):
            self.findings.add(path, '"field" is missing: say what to look at, such as field: subject')
        elif len(combining) > 1:
            both = " and ".join(combining)
            self.findings.add(path, f"{both} stand beside each other: put both below one all: or any:")
        for key in combining:
            self._combined(key, written[key], (*path, key))

    def _test(self, written: dict[str, object], path: EntryPath) -> Condition | None:
        found = self._field(written["field"], (*path, "field"))
        asked = [key for key in written if key != "field"]
        known = [key for key in asked if self._is_operator(key, written[key], (*path, key))]
        if len(known) > 1:
            both = " and ".join(known)
            self.findings.add((*path, known[1]), f"one test has one operator, not {both}: write two tests under all:")
        elif not asked:
            self.findings.add(path, f"the operator is missing: write one of {', '.join(OPERATORS)}")
        if found is None or len(known) != 1 or len(asked) != 1:
            return None
        try:
            return condition_on(str(written["field"]), found, known[0], written[known[0]], self.vocabulary)
        except Wrong as wrong:
            self.findings.add((*path, known[0]), str(wrong))
            return None

    def _is_operator(self, key: str, written: object, path: EntryPath) -> bool:
        if key in _COMBINING and not (key == "not" and not isinstance(written, dict | list)):
            self.findings.add(path, f"{key}: is a condition of its own: put it and the test below one all: or any:")
        elif key not in OPERATORS:
            self.findings.add(path, f"unknown operator {excerpt(key)}; {instead(key, OPERATORS)}")
        else:
            return True
        return False

    def _field(self, name: object, path: EntryPath) -> Field | None:
        if not isinstance(name, str):
            self.findings.add(path, f"a field is a word such as subject, not {described(name)}")
            return None
        found = find_field(name)
        if found is None:
            known = (*FIELDS, f"{HEADER}NAME")
            self.findings.add(path, f"unknown field {excerpt(name)}; {instead(name, known)}")
        return found
