"""What new tickets have to do with problems, and what must be known to carry out orders about them."""

from collections.abc import Collection
from dataclasses import replace

from mailgateway.desk.facts import Facts
from mailgateway.desk.plan import OpenTicket, Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.announcing import announced
from mailgateway.desk.problems.declaration import WORDS
from mailgateway.desk.problems.likeness import alike
from mailgateway.desk.problems.suggestion import matter_of, new_incident, suggested
from mailgateway.store.engine import Transaction
from mailgateway.store.service.likeness import known_of, one_at_a_time, open_alike, recent_incidents
from mailgateway.store.service.majors import majors_of, open_majors


def with_suggestion(tx: Transaction, plan: Plan, policy: Policy) -> Plan:
    """Have a plan that opens an incident say what it seems to belong to.

    Costs one statement, which reads a bounded part of an index, where no other ticket is like it.
    """
    ticket = new_incident(plan, policy)
    if ticket is None:
        return plan
    since = plan.at - policy.problems.suggest_within
    matter = matter_of(ticket)
    if not alike(matter, recent_incidents(tx, since)):
        return plan
    one_at_a_time(tx)
    # looked at once more: what another host filed meanwhile is seen now
    found = alike(matter, recent_incidents(tx, since))
    return suggested(plan, found, known_of(tx, [one.number for one in found]), policy)


def with_majors(tx: Transaction, plan: Plan, policy: Policy) -> Plan:
    """Have a plan that opens a ticket say what is known to be down; one statement, which reads an index of those."""
    if not (plan.changes and isinstance(plan.changes[0], OpenTicket)):
        return plan
    majors = open_majors(tx, plan.at)
    return announced(plan, majors, policy) if majors else plan


def about_problems(tx: Transaction, facts: Facts, commands: Collection[str]) -> Facts:
    """Add what orders with these words of commands have to know of the tickets that they may be about."""
    numbers = [one.ticket.number for one in facts.candidates]
    if "problem" in commands:
        facts = replace(facts, alike={number: open_alike(tx, number) for number in numbers})
    if not WORDS.isdisjoint(commands):
        facts = replace(facts, majors=majors_of(tx, numbers))
    return facts
