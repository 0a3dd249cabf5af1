"""The letter that asks an agent what shall become of their answer that is held."""

from collections.abc import Sequence

from mailgateway.desk.facts import Entry
from mailgateway.desk.holding.meanwhile import told
from mailgateway.desk.model import Agent, Article, Ticket
from mailgateway.desk.plan import Audience, Automatic, Notice, NoticeKind
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.thread import bound_to_agent
from mailgateway.mail.model import Address, Mail


def question(
    answer: Article | None, agent: Agent, ticket: Ticket, since: Sequence[Entry], mail: Mail, policy: Policy
) -> Notice:
    """Ask what shall become of an answer (the internal article), and show what happened before it came.

    `mail` is the one that the question answers. What is answered to it goes to the customer.
    """
    own_id = (mail.message_id,) if mail.message_id else ()
    values = {"meanwhile": told(since), "reminds": False}
    return _to(agent, answer, ticket, Automatic.REPLIED, policy, own_id, values)


def reminder(article: int, agent: Agent, ticket: Ticket, known: tuple[str, ...], policy: Policy) -> Notice:
    """Ask once more, after a while; the words of the answer are those of the internal article with this id."""
    return _to(
        agent, None, ticket, Automatic.GENERATED, policy, known, {"meanwhile": [], "reminds": True, "held": article}
    )


def _to(
    agent: Agent,
    answer: Article | None,
    ticket: Ticket,
    automatic: Automatic,
    policy: Policy,
    known: tuple[str, ...],
    values: dict[str, object],
) -> Notice:
    mailbox = policy.mailbox(ticket.mailbox)
    return Notice(
        kind=NoticeKind.ANSWER_HELD,
        audience=Audience.AGENT,
        recipient=Address(agent.display, agent.address),
        sender=Address(mailbox.display, mailbox.address),
        language=mailbox.default.language,
        automatic=automatic,
        ticket=ticket,
        article=answer,
        bound_to=bound_to_agent(agent),
        in_reply_to=known[-1] if known else "",
        references=known,
        values=values,
    )
