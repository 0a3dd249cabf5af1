"""A problem and its incidents: many tickets that wait for one matter, and hear of it each on its own thread."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from mailgateway.desk import lifecycle
from mailgateway.desk.after import after
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.letters import notices
from mailgateway.desk.letters.reply import reply
from mailgateway.desk.model import Agent, Article, ArticleKind, Direction, LinkKind, Status, Ticket, TicketType
from mailgateway.desk.plan import (
    AddArticle,
    AddLink,
    Automatic,
    Change,
    Disposition,
    InformIncidents,
    MergeInto,
    Notice,
    NoticeKind,
    Plan,
    RecordEvent,
    RemoveLink,
    SetStatus,
)
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.changes import LinkOthers
from mailgateway.desk.threads.thread import Thread
from mailgateway.mail.model import Address

_DONE = (Status.SOLVED, Status.CLOSED)


@dataclass(frozen=True, slots=True)
class News:
    """What the incidents of a problem are to be told: an agent's answer to the problem, that it is solved, or both.

    `author` is the name of who said it.
    """

    problem: int
    author: str
    article: Article | None
    solved: bool


def against_linking(orders: Orders, candidate: Candidate, facts: Facts) -> str:
    """Return why the ticket cannot be tied to the problem that the orders name; "" where it can, or shall not be."""
    number, ticket = orders.problem, candidate.ticket
    if not number:
        return _against_collecting(orders, candidate)
    if number == ticket.number:
        return f"#problem {number}: this is ticket {number} itself"
    if TicketType.PROBLEM in (ticket.type, orders.type):
        return f"#problem {number}: this ticket is a problem itself; link its incidents to it, or #merge {number}"
    found = facts.candidate(number)
    if found is None:
        return f"#problem {number}: there is no ticket {number}"
    return _against(number, found.ticket)


def taking_along(orders: Orders, thread: Thread) -> Orders:
    """Return the orders as they are meant in an answer to a suggestion: for all tickets that were found alike."""
    return replace(orders, collect=True) if thread.together and orders.problem else orders


def _against_collecting(orders: Orders, candidate: Candidate) -> str:
    """Return why the ticket cannot become a problem with incidents of its own; "" where it can, or shall not."""
    if not _becomes_problem(orders):
        return ""
    ticket, problem = candidate.ticket, candidate.linked(LinkKind.PROBLEM)
    if problem is not None:
        return f"#problem new: this ticket is an incident of problem {problem}; write #problem none first"
    if ticket.status in _DONE and orders.status in (None, *_DONE):
        return f"#problem new: this ticket is {ticket.status}; open it with #open"
    return ""


def _becomes_problem(orders: Orders) -> bool:
    return orders.collect and not orders.problem


def _against(number: int, problem: Ticket) -> str:
    named = problem.number
    if problem.type is not TicketType.PROBLEM:
        return f"#problem {number}: ticket {named} is of type {problem.type}; write #type problem there first"
    if problem.status in _DONE:
        return f"#problem {number}: problem {named} is {problem.status}; open it there first with #open"
    return ""


def linking(orders: Orders, candidate: Candidate, facts: Facts) -> tuple[Change, ...]:
    """Return the changes that tie a ticket to the problem that orders name; it has one problem at a time."""
    if orders.problem is None:
        return _collected(orders, candidate.ticket.number, 0, facts)
    before = candidate.linked(LinkKind.PROBLEM)
    found = facts.candidate(orders.problem) if orders.problem else None
    to = found.ticket.number if found else None
    return (*_tied(before, to, why=""), *_collected(orders, candidate.ticket.number, to or 0, facts))


def _collected(orders: Orders, number: int, to: int, facts: Facts) -> tuple[Change, ...]:
    """Tie what was found like a ticket to the same problem; what has one already keeps it."""
    others = tuple(one for one in facts.alike.get(number, ()) if one != to)
    return (LinkOthers(others, LinkKind.PROBLEM, to),) if orders.collect and others else ()


def linked_by_rule(wanted: int | None, candidate: Candidate | None, facts: Facts) -> tuple[Change, ...]:
    """Return what a rule's `link` changes. A problem that is not there any more is written down and stops nothing."""
    if wanted is None:
        return ()
    if wanted not in facts.open_problems:
        return (RecordEvent("not_linked", {"ticket": str(wanted), "why": "there is no open problem of this number"}),)
    if candidate is not None and wanted == candidate.ticket.number:
        return ()
    return _tied(candidate.linked(LinkKind.PROBLEM) if candidate else None, wanted, why="rule")


def _tied(before: int | None, after: int | None, why: str) -> tuple[Change, ...]:
    if before == after:
        return ()
    removed = (RemoveLink(before, LinkKind.PROBLEM),) if before is not None else ()
    return (*removed, AddLink(after, LinkKind.PROBLEM, why)) if after is not None else removed


def informing(before: Ticket, after: Ticket, *, answered: bool) -> tuple[Change, ...]:
    """Return the change by which the incidents hear of a problem that was answered or solved."""
    solved = before.status not in _DONE and after.status in _DONE
    if after.type is not TicketType.PROBLEM or not (answered or solved):
        return ()
    return (InformIncidents(answered=answered, solved=solved),)


def informed(plan: Plan, facts: Facts) -> Plan:
    """Have a plan that solves a problem tell its incidents, whoever makes the plan: a rule, the time, or a person."""
    candidate = None if plan.ticket is None else facts.candidate(plan.ticket)
    told_anyway = any(isinstance(change, InformIncidents | MergeInto) for change in plan.changes)
    if candidate is None or told_anyway:
        return plan
    news = informing(candidate.ticket, after(candidate.ticket, plan.changes, plan.at), answered=False)
    return replace(plan, changes=(*plan.changes, *news)) if news else plan


def news_for(news: News, candidate: Candidate, facts: Facts, policy: Policy) -> Plan | None:
    """Return what one incident gets of the news: an article, its status, and a mail to each who takes part in it.

    Nothing else of the problem goes along, nor of any other incident. None where the incident is closed.
    """
    before = candidate.ticket
    if before.status is Status.CLOSED:
        return None
    article = _retold(news, facts)
    agent = _author(news, policy)
    after = replace(before, status=_status(before.status, news, policy))
    told = _told(article, agent, after, candidate, news, _allowed(news, facts, policy), policy)
    moved = (SetStatus(before.status, after.status),) if after.status is not before.status else ()
    return Plan(
        at=facts.now,
        actor=news.author,
        disposition=Disposition.FOLLOWED_UP,
        reason=f"news of problem {news.problem}",
        ticket=before.number,
        changes=(
            *((AddArticle(article),) if article.text or article.attachments else ()),
            *moved,
            RecordEvent("problem_news", {"ticket": str(news.problem)}),
        ),
        notices=told,
    )


def _retold(news: News, facts: Facts) -> Article:
    """Take of an answer only what it says: what it quoted, its id and its HTML are the problem's own."""
    said = news.article
    return Article(
        kind=ArticleKind.PUBLIC,
        direction=Direction.OUT,
        sender=said.sender if said else Address("", ""),
        at=facts.now,
        text=said.text if said else "",
        attachments=said.attachments if said else (),
    )


def _author(news: News, policy: Policy) -> Agent:
    known = policy.directory.agent(news.author)
    if known is not None:
        return known
    sender = news.article.sender if news.article else Address("", policy.admin)
    return Agent(news.author, sender.name, sender.address)


def _status(status: Status, news: News, policy: Policy) -> Status:
    if status in _DONE:
        return status
    if news.solved and policy.problems.solve_incidents:
        return Status.SOLVED
    return lifecycle.after_answer(status) if news.article else status


def _told(
    article: Article,
    agent: Agent,
    after: Ticket,
    candidate: Candidate,
    news: News,
    allowed: Callable[[Notice], bool],
    policy: Policy,
) -> tuple[Notice, ...]:
    """A person's words are passed on as an answer is; that a problem is solved is told as status mails are."""
    desk = policy.mailbox(after.mailbox)
    agent = agent if news.article else replace(agent, display=desk.display)
    written = reply(article, agent, after, candidate, policy)
    automatic = Automatic.NO if news.article else Automatic.GENERATED
    made = (
        replace(
            one,
            kind=NoticeKind.PROBLEM_NEWS,
            automatic=automatic,
            values={**(one.values if news.article else {}), "solved": news.solved},
        )
        for one in written
    )
    return tuple(one for one in made if allowed(one))


def _allowed(news: News, facts: Facts, policy: Policy) -> Callable[[Notice], bool]:
    return lambda notice: news.article is not None or not notices.why_not(notice, facts, policy)
