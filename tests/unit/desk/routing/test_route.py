"""Where a new ticket goes."""

from dataclasses import replace

from mailgateway.desk.model import Priority, TicketType
from mailgateway.desk.policy import Defaults
from mailgateway.desk.routing.route import route
from mailgateway.mail.model import Kind
from mailgateway.rules.schema import ActionName, AllOf, Question, Rule, Ruleset
from tests.unit.desk.builders import MAILBOX, make_mail, make_policy

QUESTION = Question(make_mail(), Kind.NORMAL, "support")


def _always(name: str, **then: object) -> Rule:
    return Rule(name, 1, AllOf(), {ActionName(action): value for action, value in then.items()})


def test_what_no_rule_decides_the_mailbox_does() -> None:
    """Without rules everything comes from the mailbox's default, and the trace says what came out."""
    mailbox = replace(MAILBOX, default=Defaults("hardware", TicketType.QUESTION, Priority.LOW, "pl"))
    chosen = route(make_policy(mailboxes=(mailbox,)), QUESTION)
    assert (chosen.group, chosen.type, chosen.priority) == ("hardware", TicketType.QUESTION, Priority.LOW)
    assert (chosen.language, chosen.assignee, chosen.tags) == ("pl", None, ())
    assert (chosen.discard, chosen.quarantine) == ("", "")
    assert chosen.trace == {
        "matched": [],
        "actions": {},
        "steps": [],
        "final": {
            "group": "hardware",
            "type": "question",
            "priority": "low",
            "status": "new",
            "language": "pl",
            "assign": None,
            "tags": [],
            "organisation": None,
            "ci": None,
            "service_level": None,
            "fields": {},
            "cc": [],
            "webhook": [],
            "watchers": [],
            "forward": [],
            "template": "",
            "answer": "",
            "link": None,
            "no_status_mails": [],
            "no_acknowledgement": "",
            "discard": "",
            "quarantine": "",
            "reject": "",
        },
        "left_out": 0,
        "version": "",
    }


def test_rules_decide_each_thing_and_are_named() -> None:
    """Every action of the rules reaches the route; what is turned away names the rule behind it."""
    rules = Ruleset(
        (
            _always(
                "all", group="hardware", type="request", priority="urgent", language="de", assign="bob", tags=("x",)
            ),
            _always("junk", discard=True, quarantine=True, tags=("y",)),
        )
    )
    chosen = route(make_policy(ruleset=rules), QUESTION)
    assert (chosen.group, chosen.type, chosen.priority) == ("hardware", TicketType.REQUEST, Priority.URGENT)
    assert (chosen.language, chosen.assignee, chosen.tags) == ("de", "bob", ("x", "y"))
    assert (chosen.discard, chosen.quarantine) == ("junk", "junk")
    assert chosen.trace["matched"] == ["all", "junk"]


def test_a_later_rule_can_take_back_a_discard() -> None:
    """`discard: false` keeps what an earlier rule would have thrown away."""
    rules = Ruleset((_always("junk", discard=True), _always("but", discard=False)))
    assert route(make_policy(ruleset=rules), QUESTION).discard == ""
