"""What rules do to tickets: everything they can decide reaches the plan."""

from dataclasses import replace

import pytest

from mailgateway.desk.customers.counting import SetOrganisation
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.model import Priority, Status, TicketType
from mailgateway.desk.plan import (
    AddParticipants,
    Assign,
    ChangeTags,
    Disposition,
    MoveToGroup,
    NoticeKind,
    OpenTicket,
    Plan,
    RecordEvent,
    SetCi,
    SetFields,
    SetPriority,
    SetStatus,
    SetType,
)
from mailgateway.desk.threads.trust import results
from mailgateway.rules.compile import compile_rules
from mailgateway.rules.schema import Ruleset
from mailgateway.rules.vocabulary import Vocabulary
from tests.unit.desk.builders import (
    CARLA,
    DAVE,
    NOW,
    kinds,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
)

WORDS = Vocabulary(
    groups=("first-line", "hardware"),
    agents=("anna", "bob"),
    mailboxes=("support",),
    types=tuple(TicketType),
    priorities=tuple(Priority),
    statuses=tuple(Status),
)


def ruleset(*rules: dict[str, object]) -> Ruleset:
    """Compile rules that are right."""
    made = compile_rules({"rules": list(rules)}, lambda _: (1, 1), "routing.yaml", WORDS)
    assert not made.findings
    return replace(made.ruleset, version="abc")


def opened(plan: Plan) -> OpenTicket:
    """Return the opening of a plan."""
    opening = plan.changes[0]
    assert isinstance(opening, OpenTicket)
    return opening


def test_a_new_ticket_gets_what_rules_decide() -> None:
    """Status, fields and people of a rule are the ticket's from its beginning."""
    then = {
        "status": "on_hold",
        "ci": "{what}",
        "fields": {"floor": 3},
        "cc": ["dave@customer.example", "anna@example.com"],
    }
    rules = ruleset({"when": {"field": "subject", "matches": r"(?P<what>\w+)"}, "then": then})
    plan = decide_mail(make_incoming(make_mail(subject="Printer!")), make_facts(), make_policy(ruleset=rules))
    ticket = opened(plan).ticket
    assert ticket.status is Status.ON_HOLD
    assert (ticket.ci, ticket.organisation, ticket.fields) == ("Printer", None, {"floor": "3"})
    assert [person.address for person in ticket.participants] == [DAVE.address]
    assert opened(plan).trace["version"] == "abc"


def test_a_rule_can_spare_the_acknowledgement() -> None:
    """The customer gets no receipt, the ticket says why, and the group is still told."""
    rules = ruleset({"name": "quiet", "when": "always", "then": {"no_acknowledgement": True}})
    plan = decide_mail(make_incoming(), make_facts(), make_policy(ruleset=rules))
    assert {notice.kind for notice in plan.notices} == {NoticeKind.AGENT_NOTIFICATION}
    assert RecordEvent("not_acknowledged", {"why": "rule quiet"}) in plan.changes


def test_a_rule_can_reject_a_mail() -> None:
    """The sender is told the rule's words, and there is no ticket; a person who released the mail outweighs that."""
    policy = make_policy(ruleset=ruleset({"name": "no", "when": "always", "then": {"reject": "Please call us."}}))
    plan = decide_mail(make_incoming(), make_facts(), policy)
    assert (plan.disposition, plan.reason, plan.changes) == (Disposition.REFUSED, "rule no", ())
    assert [(one.kind, one.values["reason"]) for one in plan.notices] == [(NoticeKind.REJECTED, "Please call us.")]
    released = decide_mail(replace(make_incoming(), released=True), make_facts(), policy)
    assert released.disposition is Disposition.OPENED


@pytest.mark.parametrize("too_large", [0, 30_000_000])
def test_a_mail_is_refused_in_the_language_of_its_writer(too_large: int) -> None:
    """As any mail to them: in the one that a rule says, whether a rule turns the mail away or its size does."""
    polish = ruleset({"name": "no", "when": "always", "then": {"reject": "Please call us.", "language": "pl"}})
    incoming = replace(make_incoming(), too_large=too_large)
    [notice] = decide_mail(incoming, make_facts(), make_policy(ruleset=polish)).notices
    assert (notice.language, notice.values["too_large"]) == ("pl", too_large)


def follow_up(*rules: dict[str, object]) -> Plan:
    """Decide a mail of the requester to ticket 7, which is pending."""
    candidate = make_candidate(make_ticket(status=Status.PENDING))
    mail = make_mail(subject="[#7] again", sender=CARLA)
    return decide_mail(make_incoming(mail), make_facts(candidate), make_policy(ruleset=ruleset(*rules)))


def test_a_follow_up_changes_what_rules_decide() -> None:
    """Rules see the ticket as it was, and change what is not so already."""
    then = {
        "group": "hardware",
        "priority": "urgent",
        "type": "incident",
        "assign": "bob",
        "status": "on_hold",
        "tags": ["again"],
        "cc": ["dave@customer.example"],
        "organisation": "ACME",
        "ci": "web-1",
        "fields": {"floor": 3},
    }
    plan = follow_up(
        {
            "name": "again",
            "on": "follow_up",
            "when": {
                "all": [{"field": "ticket.status", "equals": "pending"}, {"field": "is_follow_up", "equals": True}]
            },
            "then": then,
        }
    )
    assert plan.disposition is Disposition.FOLLOWED_UP
    assert SetStatus(Status.OPEN, Status.ON_HOLD) in plan.changes
    assert MoveToGroup("first-line", "hardware") in plan.changes
    assert SetPriority(Priority.NORMAL, Priority.URGENT) in plan.changes
    assert Assign(None, "bob") in plan.changes
    assert ChangeTags(("again",)) in plan.changes
    assert SetOrganisation(None, "ACME") in plan.changes
    assert SetCi(None, "web-1") in plan.changes
    assert SetFields({}, {"floor": "3"}) in plan.changes
    assert [change.people[0].address for change in plan.changes if isinstance(change, AddParticipants)] == [
        DAVE.address
    ]
    assert RecordEvent("rules", {"matched": "again", "version": "abc"}) in plan.changes
    assert not any(isinstance(change, SetType) for change in plan.changes)


@pytest.mark.parametrize(("status", "told"), [("pending", 1), ("solved", 1), ("on_hold", 0)])
def test_a_status_that_a_follow_up_rule_sets_is_told_to_the_requester(status: str, told: int) -> None:
    """Once, where it is of interest to them."""
    plan = follow_up({"on": "follow_up", "when": "always", "then": {"status": status}})
    assert [notice.kind for notice in plan.notices].count(NoticeKind.STATUS_CHANGED) == told


def test_rules_for_new_mail_leave_follow_ups_alone() -> None:
    """A rule without `on` changes no ticket that is there."""
    plan = follow_up({"when": "always", "then": {"group": "hardware"}})
    assert not {"MoveToGroup", "RecordEvent"} & set(kinds(plan.changes))


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        (["mx.example.com; spf=pass; dkim=fail; dkim=pass; dmarc=pass header.from=customer.example"],
         {"spf": "pass", "dkim": "pass", "dmarc": "pass"}),
        (["mx.example.com; dmarc=pass header.from=other.example"], {}),
        (["mx.evil.example; spf=pass", "mx.example.com; spf=fail"], {"spf": "fail"}),
        (["(", "mx.example.com; spf=pass"], {}),
        (["mx.evil.example; spf=pass"], {}),
        ([], {}),
    ],
)  # fmt: skip
def test_results_are_those_of_a_trusted_server(fields: list[str], found: dict[str, str]) -> None:
    """What the sender wrote, and a pass for another domain, say nothing."""
    mail = make_mail(headers=tuple(("Authentication-Results", field) for field in fields))
    assert results(mail, ("mx.example.com",)) == found


def test_rules_see_what_a_trusted_server_found() -> None:
    """`auth.dmarc` is read where a rule asks for it, and the time and size of the mail are known."""
    rules = ruleset(
        {
            "when": {
                "all": [
                    {"field": "auth.dmarc", "equals": "fail"},
                    {"field": "size", "gt": "1KB"},
                    {"field": "received.weekday", "equals": "monday"},
                ]
            },
            "then": {"group": "hardware"},
        }
    )
    headers = (("Authentication-Results", "mx.example.com; dmarc=fail"),)
    facts = replace(make_facts(), size=2_000, received_at=NOW)
    plan = decide_mail(make_incoming(make_mail(headers=headers)), facts, make_policy(ruleset=rules))
    assert opened(plan).ticket.group == "hardware"
