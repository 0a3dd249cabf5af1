"""Agents declare major incidents and end them; a problem that is solved ends its own."""

from dataclasses import replace

from mailgateway.desk.after import after
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.letters.audience import without_agents
from mailgateway.desk.lifecycle import DONE
from mailgateway.desk.model import Ticket, TicketType
from mailgateway.desk.plan import (
    Change,
    Plan,
)
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.changes import SetMajor
from mailgateway.desk.problems.declaration import Declaration
from mailgateway.desk.problems.major import CI, EVERYTHING, Major
from mailgateway.desk.timed.snooze import against_snooze, until


def words_about_problems(orders: Orders) -> frozenset[str]:
    """Return the words of the commands by which these orders about problems would be given."""
    asked = (("problem", orders.collect or bool(orders.problem)), ("major", orders.major is not None))
    return frozenset(word for word, is_asked in asked if is_asked)


def against_declaring(orders: Orders, candidate: Candidate, facts: Facts, policy: Policy) -> str:
    """Return why the orders about a major incident cannot be carried out; "" where they can, or there are none."""
    wanted, ticket = orders.major, candidate.ticket
    if wanted is None:
        return ""
    known = facts.majors.get(ticket.number)
    if wanted.off:
        return "" if known is not None else "#major off: this ticket is no major incident"
    late = against_snooze(wanted.news, facts.now, policy.ruleset.timezone)
    if late:
        return late.replace("#snooze", "#major-news")
    return _against_problem(orders, ticket) or _against_words(wanted, known, orders, ticket)


def _against_problem(orders: Orders, ticket: Ticket) -> str:
    kind, status = orders.type or ticket.type, orders.status or ticket.status
    if kind is not TicketType.PROBLEM:
        return f"#major: ticket {ticket.number} is of type {kind}; write #type problem, or #problem new, as well"
    return f"#major: problem {ticket.number} is {status}; open it with #open" if status in DONE else ""


def _against_words(wanted: Declaration, known: Major | None, orders: Orders, ticket: Ticket) -> str:
    if known is None and not wanted.texts:
        return "#major: say what is down first, in a line: #major The mail server is down"
    about = ticket.ci if orders.ci is None else orders.ci
    if wanted.only_for == CI and not about:
        return "#major-for ci: the problem is about no configuration item; write #ci NAME as well"
    return ""


def declaring(orders: Orders, candidate: Candidate, facts: Facts, policy: Policy) -> tuple[Change, ...]:
    """Return the change by which a major incident is declared, told in other words, or ended."""
    wanted, number = orders.major, candidate.ticket.number
    if wanted is None:
        return ()
    if wanted.off:
        return (SetMajor(None),)
    known = facts.majors.get(number) or Major(number, {}, facts.now, EVERYTHING)
    ours = policy.mailbox(candidate.ticket.mailbox).address
    texts = {language: without_agents(text, ours, policy) for language, text in wanted.texts.items()}
    news_at = until(wanted.news, facts.now, policy.ruleset.timezone) if wanted.news is not None else known.news_at
    declared = replace(
        known, texts={**known.texts, **texts}, only_for=wanted.only_for or known.only_for, news_at=news_at
    )
    return (SetMajor(declared),)


def ended(plan: Plan, facts: Facts) -> Plan:
    """Have a plan that solves a problem, or makes something else of it, end its major incident, whoever makes it."""
    candidate = None if plan.ticket is None else facts.candidate(plan.ticket)
    if candidate is None or candidate.ticket.type is not TicketType.PROBLEM or _sets_major(plan):
        return plan
    left = after(candidate.ticket, plan.changes, plan.at)
    is_over = left.type is not TicketType.PROBLEM or left.status in DONE
    was_over = candidate.ticket.status in DONE
    return replace(plan, changes=(*plan.changes, SetMajor(None))) if is_over and not was_over else plan


def _sets_major(plan: Plan) -> bool:
    return any(isinstance(change, SetMajor) and change.after is None for change in plan.changes)
