"""What stands behind an operator: read, checked against what the field can be, and made a test."""

from mailgateway.mail.model import Kind
from mailgateway.rules.fields import FIELDS, RESULTS, WEEKDAYS, Field
from mailgateway.rules.findings import Wrong
from mailgateway.rules.measures import Sort, read_number
from mailgateway.rules.nearest import instead
from mailgateway.rules.operators import OPERATORS, Operator, Takes, number_search
from mailgateway.rules.schema import Condition, FieldTest, Not
from mailgateway.rules.text import described, excerpt, folded
from mailgateway.rules.vocabulary import Vocabulary

_WHOLE = ("equals", "not", "in")


def condition_on(name: str, field: Field, operator_name: str, written: object, vocabulary: Vocabulary) -> Condition:
    """Return the test of one field with one operator; raises Wrong, saying what would be right."""
    operator = OPERATORS[operator_name]
    _check_sort(field, operator_name, operator)
    asked = "equals" if operator.is_negative else operator_name
    if operator.takes is Takes.TRUTH:
        test = FieldTest(name, operator_name, None, operator.build(()))
        return test if _truth(written, operator_name) else Not(test)
    if field.sort is Sort.TRUTH:
        wanted = "true" if _truth(written, operator_name) else "false"
        return FieldTest(name, operator_name, wanted, operator.build((wanted,)))
    if field.sort.is_number:
        test = _number_test(name, field.sort, asked, operator, written)
    else:
        operand = _texts(written, operator, vocabulary)
        if operator_name in _WHOLE:
            operand = _chosen(name, operand, vocabulary)
        kept = operand[0] if operator.takes is Takes.ONE else operand
        test = FieldTest(name, asked, kept, operator.build(operand))
    return Not(test) if operator.is_negative else test


def _check_sort(field: Field, operator_name: str, operator: Operator) -> None:
    if field.sort in operator.sorts:
        return
    if operator.sorts == {Sort.ADDRESS}:
        addressed = ", ".join(known for known, one in FIELDS.items() if one.sort is Sort.ADDRESS)
        raise Wrong(f"{operator_name} is for fields with addresses: {addressed}")
    fitting = ", ".join(known for known, one in OPERATORS.items() if field.sort in one.sorts)
    values = {Sort.TRUTH: "is true or false"}.get(field.sort, "is a number" if field.sort.is_number else "is a text")
    raise Wrong(f"this field {values}, which {operator_name} cannot be asked of: write one of {fitting}")


def _number_test(name: str, sort: Sort, operator_name: str, operator: Operator, written: object) -> FieldTest:
    if operator.measure is None:
        raise Wrong(f"{operator_name} is for texts")
    if operator.takes is Takes.PAIR:
        if not isinstance(written, list) or len(written) != 2:
            raise Wrong(f"this operator takes two ends, such as [1, 5], not {described(written)}")
        items = written
    else:
        items = [written]
    span = operator.measure(tuple(read_number(item, sort) for item in items))
    shown = tuple(str(item) for item in items)
    operand = shown if operator.takes is Takes.PAIR else shown[0]
    return FieldTest(name, operator_name, operand, number_search(span), span)


def _truth(written: object, operator_name: str) -> bool:
    if isinstance(written, bool):
        return written
    raise Wrong(f"{operator_name}: is true or false, not {described(written)}")


def _texts(written: object, operator: Operator, vocabulary: Vocabulary) -> tuple[str, ...]:
    takes_list = operator.takes in (Takes.LIST, Takes.ONE_OR_LIST)
    if takes_list and isinstance(written, dict):
        return _from_file(written, vocabulary)
    if operator.takes is Takes.LIST and (not isinstance(written, list) or not written):
        what = "an empty list" if written == [] else described(written)
        raise Wrong(f"this operator takes a list, such as [one, two], or {{file: NAME.txt}}, not {what}")
    if takes_list and isinstance(written, list) and written:
        return tuple(_text(item) for item in written)
    if isinstance(written, list):
        raise Wrong("this operator takes one text, not a list: write in: for whole values, or several tests under any:")
    return (_text(written),)


def _from_file(written: dict[str, object], vocabulary: Vocabulary) -> tuple[str, ...]:
    name = written.get("file")
    if len(written) != 1 or not isinstance(name, str) or not name:
        raise Wrong("a list from a file is written {file: NAME.txt}")
    entries = vocabulary.read_list(name)
    if not entries:
        raise Wrong(f"the list {excerpt(name)} is empty: write one entry a line")
    return entries


def _text(written: object) -> str:
    if not isinstance(written, str):
        mend = f': put it in quotes, "{str(written).lower()}"' if isinstance(written, int | float) else ""
        raise Wrong(f"a text belongs here, not {described(written)}{mend}")
    if not written:
        raise Wrong("an empty text fits everything: to ask whether there is a value, write exists: true or false")
    return written


def _chosen(field: str, operand: tuple[str, ...], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the operand in the field's own spelling; raises Wrong for a name that the field never has."""
    choices = _choices(field, vocabulary)
    if choices is None:
        return operand
    known = {folded(choice): choice for choice in choices}
    for text in operand:
        if folded(text) not in known:
            raise Wrong(f"unknown {field} {excerpt(text)}; {instead(text, choices)}")
    return tuple(known[folded(text)] for text in operand)


def _choices(field: str, vocabulary: Vocabulary) -> tuple[str, ...] | None:
    choices: dict[str, tuple[str, ...] | None] = {
        "kind": tuple(kind.value for kind in Kind),
        "mailbox": vocabulary.mailboxes,
        "received.weekday": WEEKDAYS,
        "received.calendar": vocabulary.calendars,
        "auth.spf": RESULTS,
        "auth.dkim": RESULTS,
        "auth.dmarc": RESULTS,
        "requester.organisation": vocabulary.organisations,
        "requester.contract": vocabulary.contracts,
        "ticket.organisation": vocabulary.organisations,
        "ticket.status": vocabulary.statuses or None,
        "ticket.group": vocabulary.groups,
        "ticket.assignee": vocabulary.agents,
        "ticket.priority": vocabulary.priorities,
        "ticket.type": vocabulary.types,
    }
    return choices.get(field)
