"""Conditions as the file writes them -> conditions as values. What is wrong with one is noted, and None comes back."""

from dataclasses import dataclass

from mailgateway.mail.model import Kind
from mailgateway.rules.actions import Vocabulary
from mailgateway.rules.fields import FIELDS, HEADER, Field, find_field
from mailgateway.rules.findings import EntryPath, Findings, Wrong
from mailgateway.rules.nearest import instead
from mailgateway.rules.operators import OPERATORS, Operator, Takes
from mailgateway.rules.schema import AllOf, AnyOf, Condition, FieldTest, Not
from mailgateway.rules.text import described, excerpt, folded

EVERY_MAIL = "always"
"""The condition that holds for every mail: it has to be written, so that a forgotten `when` is noticed."""

_COMBINING = ("all", "any", "not")
_SHAPE = 'a condition is {field: …, OPERATOR: …}, or all:, any: or not: with such conditions below, or "always"'


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the conditions of one file."""

    findings: Findings
    vocabulary: Vocabulary

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
        return AllOf(good) if key == "all" else AnyOf(good)

    def _complain_of_keys(self, written: dict[str, object], combining: list[str], path: EntryPath) -> None:
        self.findings.unknown_keys(written, path, ("field", *_COMBINING, *OPERATORS))
        if any(key in OPERATORS for key in written):
            self.findings.add(path, '"field" is missing: say what to look at, such as field: subject')
        elif len(combining) > 1:
            both = " and ".join(combining)
            self.findings.add(path, f"{both} stand beside each other: put both below one all: or any:")
        for key in combining:
            self._combined(key, written[key], (*path, key))

    def _test(self, written: dict[str, object], path: EntryPath) -> Condition | None:
        field = self._field(written["field"], (*path, "field"))
        asked = [key for key in written if key != "field"]
        known = [key for key in asked if key in OPERATORS]
        for key in asked:
            self._check_operator(key, (*path, key))
        if len(known) > 1:
            both = " and ".join(known)
            self.findings.add((*path, known[1]), f"one test has one operator, not {both}: write two tests under all:")
        elif not asked:
            self.findings.add(path, f"the operator is missing: write one of {', '.join(OPERATORS)}")
        if field is None or len(known) != 1 or len(asked) != 1:
            return None
        place = (*path, known[0])
        try:
            return self._asked(str(written["field"]), field, known[0], written[known[0]])
        except Wrong as wrong:
            self.findings.add(place, str(wrong))
            return None

    def _check_operator(self, key: str, path: EntryPath) -> None:
        if key in _COMBINING:
            self.findings.add(path, f"{key}: is a condition of its own: put it and the test below one all: or any:")
        elif key not in OPERATORS:
            self.findings.add(path, f"unknown operator {excerpt(key)}; {instead(key, OPERATORS)}")

    def _field(self, name: object, path: EntryPath) -> Field | None:
        if not isinstance(name, str):
            self.findings.add(path, f"a field is a word such as subject, not {described(name)}")
            return None
        field = find_field(name)
        if field is None:
            known = (*FIELDS, f"{HEADER}NAME")
            self.findings.add(path, f"unknown field {excerpt(name)}; {instead(name, known)}")
        return field

    def _asked(self, name: str, field: Field, operator_name: str, written: object) -> Condition:
        operator = OPERATORS[operator_name]
        if operator.only_addresses and not field.is_address:
            addressed = ", ".join(known for known, one in FIELDS.items() if one.is_address)
            raise Wrong(f"{operator_name} is for fields with addresses: {addressed}")
        if operator.takes is Takes.TRUTH:
            test = FieldTest(name, operator_name, None, operator.build(()))
            return test if _truth(written) else Not(test)
        operand = _operand(written, operator)
        self._check_choice(name, operator_name, operand)
        kept = operand if operator.takes is Takes.LIST else operand[0]
        return FieldTest(name, operator_name, kept, operator.build(operand))

    def _check_choice(self, field: str, operator: str, operand: tuple[str, ...]) -> None:
        """Refuse a name that the field never has."""
        choices = {"kind": tuple(kind.value for kind in Kind), "mailbox": self.vocabulary.mailboxes}.get(field)
        if choices is None or operator not in ("equals", "in"):
            return
        known = {folded(choice) for choice in choices}
        for text in operand:
            if folded(text) not in known:
                raise Wrong(f"unknown {field} {excerpt(text)}; {instead(text, choices)}")


def _truth(written: object) -> bool:
    if isinstance(written, bool):
        return written
    raise Wrong(f"exists: is true or false, not {described(written)}")


def _operand(written: object, operator: Operator) -> tuple[str, ...]:
    if operator.takes is Takes.LIST:
        if not isinstance(written, list) or not written:
            what = "an empty list" if written == [] else described(written)
            raise Wrong(f"this operator takes a list, such as [one, two], not {what}")
        return tuple(_text(item) for item in written)
    if isinstance(written, list):
        raise Wrong("this operator takes one text, not a list: write in: for whole values, or several tests under any:")
    return (_text(written),)


def _text(written: object) -> str:
    if not isinstance(written, str):
        mend = f': put it in quotes, "{str(written).lower()}"' if isinstance(written, int | float) else ""
        raise Wrong(f"a text belongs here, not {described(written)}{mend}")
    if not written:
        raise Wrong("an empty text fits everything: to ask whether there is a value, write exists: true or false")
    return written
