"""What agents are told of their own mails: who got it, what changed, and that a note stayed inside."""

from collections.abc import Iterator, Sequence

from mailgateway.desk.after import after
from mailgateway.desk.agents.mail import AgentMail
from mailgateway.desk.agents.policy import Receipts
from mailgateway.desk.customers.heading import SetLanguage, SetRequester, SetSubject
from mailgateway.desk.facts import Entry
from mailgateway.desk.handovers.changes import EndOffer, OfferChange, OfferTicket
from mailgateway.desk.holding.changes import ReleaseAnswer
from mailgateway.desk.holding.meanwhile import told as told_of
from mailgateway.desk.letters import notices
from mailgateway.desk.model import ArticleKind, LinkKind
from mailgateway.desk.plan import (
    AddArticle,
    AddLink,
    AddParticipants,
    Assign,
    Audience,
    Automatic,
    Change,
    ChangeTags,
    MergeInto,
    MoveToGroup,
    Notice,
    NoticeKind,
    Plan,
    SetPriority,
    SetStatus,
    SetType,
    Snooze,
)
from mailgateway.desk.problems.changes import LinkOthers, ProblemChange, SetMajor
from mailgateway.desk.threads.thread import bound_to_agent, for_notes
from mailgateway.mail.model import Address

_REPLACED = {
    SetStatus: "status",
    SetPriority: "priority",
    SetType: "type",
    MoveToGroup: "group",
    Assign: "assignee",
    SetSubject: "subject",
    SetLanguage: "language",
}

_WORDS = (*_REPLACED.values(), "requester", "tags", "people", "snooze", "link", "incidents", "major", "held", "offer")
_MOST_SHOWN = 20
NOTHING_CHANGED = dict.fromkeys(_WORDS, "")
"""What can be told of, by the words of the templates; empty for what stayed."""


def receipt(plan: Plan, written: AgentMail, since: Sequence[Entry] = ()) -> tuple[Notice, ...]:
    """Tell an agent what their mail did, where they are to be told, and may be.

    `since` is what happened before it came and after they had seen the ticket.
    """
    changed = dict(line for change in plan.changes for line in _changed(change))
    noted = any(isinstance(one, AddArticle) and one.article.kind is ArticleKind.NOTE for one in plan.changes)
    wanted = written.policy.agents.receipts
    if wanted is Receipts.NEVER or (wanted is Receipts.CHANGES and not (changed or noted or since)):
        return ()
    values = {
        "sent": [one.recipient.shown for one in plan.notices if one.kind is NoticeKind.REPLY],
        "noted": noted,
        "changed": {**NOTHING_CHANGED, **changed},
        "meanwhile": told_of(since),
    }
    mailbox = written.policy.mailbox(written.ticket.mailbox)
    agent, mail = written.agent, written.incoming.mail
    told = Notice(
        kind=NoticeKind.AGENT_RECEIPT,
        audience=Audience.AGENT,
        recipient=Address(agent.display, agent.address),
        sender=Address(mailbox.display, mailbox.address),
        language=mailbox.default.language,
        automatic=Automatic.REPLIED,
        ticket=after(written.ticket, plan.changes, plan.at),
        bound_to=for_notes(bound_to_agent(agent)),
        in_reply_to=mail.message_id or "",
        references=(mail.message_id,) if mail.message_id else (),
        values=values,
    )
    return () if notices.why_unanswered(told, written.incoming.verdict, written.facts, written.policy) else (told,)


def _changed(change: Change) -> Iterator[tuple[str, str]]:
    """Give what changed, each as a word that templates know and its new value."""
    word = _REPLACED.get(type(change))
    if word is not None:
        yield word, str(getattr(change, "after", None) or "—")
    match change:
        case AddLink(number, _) | MergeInto(number, _):
            yield "link", f"#{number}"
        case ReleaseAnswer(_, end):
            yield "held", end.value
        case ChangeTags(added, removed):
            yield "tags", " ".join((*(f"+{tag}" for tag in added), *(f"-{tag}" for tag in removed)))
        case AddParticipants() | SetRequester():
            yield _whose(change)
        case Snooze(_, until):
            yield "snooze", until.isoformat(" ", "minutes") if until else "—"
        case LinkOthers() | SetMajor() | OfferTicket() | EndOffer():
            yield from _of_others(change)


def _whose(change: AddParticipants | SetRequester) -> tuple[str, str]:
    """Give who takes part from now on, or whose matter it is."""
    if isinstance(change, SetRequester):
        return "requester", change.after.shown
    return "people", ", ".join(one.shown for one in change.people)


def _of_others(change: ProblemChange | OfferChange) -> Iterator[tuple[str, str]]:
    """Give what changed between tickets, or between groups."""
    match change:
        case OfferTicket():
            yield "offer", "offered"
        case EndOffer(_, _, end):
            yield "offer", end.value
        case LinkOthers(others, LinkKind.PROBLEM):
            yield "incidents", _numbered(others)
        case SetMajor(major):
            yield "major", " / ".join(major.texts.values()) if major else "—"


def _numbered(tickets: Sequence[int]) -> str:
    shown = ", ".join(f"#{number}" for number in tickets[:_MOST_SHOWN])
    return f"{shown}, … ({len(tickets)})" if len(tickets) > _MOST_SHOWN else shown
