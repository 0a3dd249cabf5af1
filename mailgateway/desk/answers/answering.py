"""Answers at work on a new matter: which are proposed to its agents, and which one goes to the customer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.answers.changes import ProposeAnswers, SendAnswer
from mailgateway.desk.answers.knowledge import Answer, Proposal
from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import Change, Notice
from mailgateway.desk.policy import MailboxPolicy, Policy


@dataclass(frozen=True, slots=True)
class Answering:
    """The answers that fit, best first, with their titles for agents; and the one for the customer, None for none."""

    proposed: tuple[Proposal, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()
    sent: Answer | None = None

    @property
    def changes(self) -> tuple[Change, ...]:
        """What of it is written down."""
        changes: list[Change] = [ProposeAnswers(self.proposed)] if self.proposed else []
        if self.sent is not None:
            changes.append(SendAnswer(self.sent.name, self.sent.language, self.sent.version))
        return tuple(changes)


def answering(
    proposed: Sequence[Proposal], by_rule: str, ticket: Ticket, mailbox: MailboxPolicy, policy: Policy
) -> Answering:
    """Choose the answer for the customer: the one that a rule names, or else the best that fits well enough."""
    library = policy.library
    inside = mailbox.default.language
    threshold = library.send_above
    good = [one.name for one in proposed if threshold is not None and one.likeness >= threshold]
    names = [by_rule] if by_rule else good
    found = (library.for_customer(name, ticket.language, inside) for name in names)
    return Answering(
        proposed=tuple(proposed),
        titles=tuple((one.name, answer.title) for one in proposed if (answer := library.find(one.name, inside))),
        sent=next((answer for answer in found if answer is not None), None),
    )


def inserted(orders: Orders, ticket: Ticket, policy: Policy) -> tuple[Answer, ...]:
    """Return the answers that orders name, in the ticket's language or the next best; to customers theirs alone."""
    inside = policy.mailbox(ticket.mailbox).default.language
    find = policy.library.find if orders.note else policy.library.for_customer
    found = (find(name, ticket.language, inside) for name in orders.answers)
    return tuple(answer for answer in found if answer is not None)


def kept_inside(orders: Orders, ticket: Ticket, policy: Policy) -> str:
    """Return the name of an answer that was to be sent and is for the desk alone; "" where there is none."""
    names = {answer.name for answer in inserted(orders, ticket, policy)}
    return next((name for name in orders.answers if name not in names), "")


def with_answers(told: Sequence[Notice], answers: Sequence[tuple[str, str]]) -> tuple[Notice, ...]:
    """Return notifications that propose answers, each as name and title."""
    if not answers:
        return tuple(told)
    return tuple(replace(notice, values={**notice.values, "answers": list(answers)}) for notice in told)
