"""Actions that name people, and templates: what they take, and what is said of the rest."""

from dataclasses import replace

import pytest

from mailgateway.rules.actions import reject, template
from mailgateway.rules.findings import Wrong
from mailgateway.rules.recipients import cc, forward, watchers
from mailgateway.rules.schema import Rejection
from mailgateway.rules.vocabulary import Vocabulary

WORDS = Vocabulary(
    groups=("first-line", "hardware"),
    agents=("anna", "bob"),
    mailboxes=("support",),
    types=(),
    priorities=(),
    leads={"hardware": "bob"},
    own_addresses=("support@example.com",),
    templates=("printers", "orders"),
)


@pytest.mark.parametrize(
    ("written", "agents"),
    [("Anna", ("anna",)), (["anna", {"lead": "Hardware"}, "bob"], ("anna", "bob")), ({"lead": "hardware"}, ("bob",))],
)
def test_watchers_are_agents_or_leads(written: object, agents: tuple[str, ...]) -> None:
    """A lead is the agent who leads the group now; each agent counts once."""
    assert watchers(written, WORDS) == agents


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("ana", 'unknown agent "ana"; did you mean "anna"?'),
        ({"lead": "hardwear"}, 'unknown group "hardwear"; did you mean "hardware"?'),
        ({"lead": "first-line"}, 'the group "first-line" has no lead; groups with one: hardware'),
        ({"group": "hardware"}, "a watcher is the name of an agent, or {lead: GROUP}"),
        (3, "this is the name of one agent, not"),
        ([], "watchers: takes 1 to 20 agents, not 0"),
    ],
)
def test_other_watchers_are_refused(written: object, problem: str) -> None:
    """The message names what is nearest."""
    with pytest.raises(Wrong) as refused:
        watchers(written, WORDS)
    assert str(refused.value).startswith(problem)


@pytest.mark.parametrize("read", [cc, forward])
@pytest.mark.parametrize("own", ["support@example.com", "Support+x@Example.com"])
def test_the_desk_never_writes_to_itself(read: type, own: str) -> None:
    """An address of a mailbox, with or without a detail part, is refused where the file is read."""
    with pytest.raises(Wrong, match="is a mailbox of this desk, which would write to itself"):
        read(own, WORDS)


def test_an_agents_name_is_no_address() -> None:
    """Who means an agent is told how to keep one informed."""
    with pytest.raises(Wrong, match="write watchers: anna"):
        forward("anna", WORDS)


def test_templates_are_those_that_there_are() -> None:
    """The nearest name is told, and where there are none, what makes one."""
    assert template("Printers", WORDS) == "printers"
    assert reject({"template": "orders", "reason": "No."}, WORDS) == Rejection("No.", "orders")
    with pytest.raises(Wrong, match="make a folder rules/orders in your own"):
        template("orders", replace(WORDS, templates=()))
    with pytest.raises(Wrong, match='unknown template "order"; did you mean "orders"'):
        reject({"template": "order", "reason": "No."}, WORDS)
