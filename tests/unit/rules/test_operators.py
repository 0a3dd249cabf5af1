"""What each operator and each field says of a mail."""

import pytest

from mailgateway.mail.model import Address, Kind, Mail
from mailgateway.rules.fields import FIELDS
from mailgateway.rules.operators import OPERATORS
from mailgateway.rules.schema import Question
from tests.unit.rules.examples import holds

TRUE = [
    ("subject", "equals", "the printer IS broken"),
    ("subject", "contains", "PRINTER"),
    ("subject", "starts_with", "the"),
    ("subject", "ends_with", "Broken"),
    ("subject", "matches", r"\bprinter\b"),
    ("subject", "in", ["other", "THE PRINTER IS BROKEN"]),
    ("subject", "exists", True),
    ("body", "contains", "old text"),
    ("reply", "contains", "smoke"),
    ("from", "equals", "JAN@sub.customer.example"),
    ("from", "domain", "customer.example"),
    ("from", "domain", "Sub.Customer.Example"),
    ("to", "contains", "boss@"),
    ("cc", "domain", "other.example"),
    ("attachment.name", "ends_with", ".jpg"),
    ("mailbox", "equals", "support"),
    ("kind", "in", ["normal", "bulk"]),
    ("header.x-site", "equals", "lab"),
    ("header.X-Site", "in", ["HQ"]),
    ("header.X-Missing", "exists", False),
    ("header.X-Empty", "exists", False),
    ("from.name", "ends_with", "nowak"),
    ("from.domain", "equals", "sub.customer.example"),
    ("from", "domain", ["other.example", "customer.example"]),
    ("reply_to", "glob", "answers@*"),
    ("delivered_to", "equals", "help@example.com"),
    ("recipient", "in", ["help@example.com"]),
    ("recipient", "equals", "copy@other.example"),
    ("subject", "glob", "the * is [a-c]roke?"),
    ("subject", "not", "another"),
    ("kind", "not", "bulk"),
    ("language", "equals", "en"),
    ("size", "gt", "2MB"),
    ("size", "between", ["1MB", 2_500_000]),
    ("size", "not", 5),
    ("attachment.type", "starts_with", "image/"),
    ("attachment.size", "lt", "1KB"),
    ("attachment.count", "equals", 2),
    ("received.weekday", "in", ["Monday"]),
    ("received.time", "between", ["08:00", "9:30"]),
    ("is_follow_up", "equals", False),
    ("requester.known", "equals", True),
    ("requester.open_tickets", "between", [1, 3]),
    ("requester.organisation", "equals", "ACME"),
    ("requester.contract", "in", ["silver", "gold"]),
    ("requester.vip", "equals", True),
    ("received.calendar", "equals", "office"),
    ("auth.dmarc", "equals", "pass"),
    ("auth.spf", "not", "pass"),
    ("auth.dkim", "equals", "none"),
    ("ticket.status", "equals", "solved"),
    ("ticket.group", "in", ["hardware"]),
    ("ticket.assignee", "equals", "anna"),
    ("ticket.priority", "equals", "high"),
    ("ticket.type", "equals", "incident"),
    ("ticket.language", "equals", "en"),
    ("ticket.organisation", "not", "globex"),
    ("ticket.ci", "glob", "web-?"),
    ("ticket.tags", "equals", "floor-3"),
    ("ticket.age", "gt", "2d"),
    ("ticket.idle", "between", ["4h", "300m"]),
    ("ticket.status_age", "gt", "47h"),
]
FALSE = [
    ("subject", "equals", "printer"),
    ("subject", "contains", "scanner"),
    ("subject", "starts_with", "printer"),
    ("subject", "ends_with", "printer"),
    ("subject", "matches", r"(?-i)\bprinter\b"),
    ("subject", "in", ["printer"]),
    ("subject", "exists", False),
    ("reply", "contains", "old text"),
    ("from", "domain", "tomer.example"),
    ("from", "domain", "example.com"),
    ("from", "contains", "Nowak"),
    ("attachment.name", "equals", "photo"),
    ("mailbox", "equals", "sales"),
    ("header.X-Empty", "matches", ".*"),
    ("header.X-Missing", "contains", "x"),
    ("subject", "glob", "the"),
    ("subject", "glob", "the *[!a-z]"),
    ("kind", "not", "normal"),
    ("size", "lt", 2_500_000),
    ("attachment.count", "gt", 2),
    ("received.time", "gt", "09:30"),
    ("received.weekday", "equals", "sunday"),
    ("is_follow_up", "equals", True),
    ("ticket.idle", "gt", "1w"),
    ("language", "equals", "pl"),
]


@pytest.mark.parametrize(("field", "operator", "operand"), TRUE)
def test_a_test_that_holds(field: str, operator: str, operand: object) -> None:
    """Any value of the field is enough, and letters' case makes no difference."""
    assert holds(field, operator, operand)


@pytest.mark.parametrize(("field", "operator", "operand"), FALSE)
def test_a_test_that_does_not_hold(field: str, operator: str, operand: object) -> None:
    """Where no value satisfies the operator, or there is none, the test fails."""
    assert not holds(field, operator, operand)


def test_every_field_and_operator_is_tried() -> None:
    """The tables above leave out no field and no operator."""
    tried_fields = {field for field, _, _ in TRUE}
    assert set(FIELDS) <= tried_fields
    assert set(OPERATORS) == {operator for _, operator, _ in TRUE}


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        ("STRASSE", "straße"),
        ("\uff30\uff32\uff29\uff2e\uff34\uff25\uff32", "printer"),
        ("of\ufb01ce", "office"),
        ("Zażółć gęślą", "ZAŻÓŁĆ GĘŚLĄ"),
        ("cafe\u0301", "café"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_texts_are_compared_folded(subject: str, wanted: str) -> None:
    """Width, ligatures, composition and case of letters make no difference in any alphabet."""
    assert holds("subject", "equals", wanted, Question(Mail(subject=subject), Kind.NORMAL, "support"))


def test_a_mail_without_anything_has_no_values() -> None:
    """Fields of an empty mail exist not, and no test but that one holds."""
    empty = Question(Mail(), Kind.NORMAL, "support")
    for field in ("subject", "body", "reply", "from", "to", "cc", "attachment.name"):
        assert not holds(field, "exists", operand=True, question=empty)
        assert not holds(field, "matches", ".*", empty)


@pytest.mark.parametrize("address", ["", "@", "x", "a@b@customer.example", "@customer.example"])
def test_an_odd_address_is_no_error(address: str) -> None:
    """Whatever stands in an address field, the domain test gives an answer."""
    odd = Question(Mail(sender=Address("", address)), Kind.NORMAL, "support")
    assert holds("from", "domain", "customer.example", odd) is address.endswith("@customer.example")
