"""A mail that a link in one of ours wrote: a rating, or word to send no more. The signed address says all of it."""

from dataclasses import replace
from datetime import timedelta

from mailgateway.desk import lifecycle
from mailgateway.desk.customers.wish import RATINGS, Leave, Rate, Unsubscribe, Wish, WishChange
from mailgateway.desk.facts import Facts
from mailgateway.desk.incoming import Incoming, article_of
from mailgateway.desk.letters import notices
from mailgateway.desk.model import Article, ArticleKind, Ticket
from mailgateway.desk.plan import (
    AddArticle,
    Automatic,
    Change,
    Disposition,
    Notice,
    NoticeKind,
    Plan,
    RecordEvent,
    RecordFiring,
)
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.joining import joined
from mailgateway.desk.threads.thread import Thread, writer
from mailgateway.mail.model import Address

RATED_WITHIN = timedelta(days=14)
"""So long after a ticket was solved or closed its rating counts; the last one does."""

_THANKED = "thanked for a rating"


def is_wish(incoming: Incoming, thread: Thread | None) -> bool:
    """Tell whether a mail asks for something by its address: signed for who takes part, or else saying nothing more.

    Who wrote more to an address that is not signed (any more) is read as in any mail.
    """
    if thread is not None and thread.wish:
        return True
    return any(token.wish for token in incoming.keys.tokens) and not incoming.reply.text.strip()


def wished(incoming: Incoming, thread: Thread | None, facts: Facts, policy: Policy) -> Plan:
    """Do what the holder of a signed address asks for; what is signed for nobody who takes part is only kept."""
    if thread is None or not thread.wish:
        actor = writer(incoming.mail, policy).address or "unknown"
        return Plan(facts.now, actor, Disposition.RECORDED, "a link that is signed for nobody who takes part")
    return _granted(incoming, thread, facts, policy)


def _granted(incoming: Incoming, thread: Thread, facts: Facts, policy: Policy) -> Plan:
    """What was written beside a rating stays inside, as a note."""
    ticket, holder = thread.candidate.ticket, thread.holder or Address("", "")
    change = _change(thread.wish, ticket, holder)
    refused = _against(change, incoming, ticket, holder, facts)
    done: Change = RecordEvent("wish_refused", {"wish": thread.wish, "why": refused}) if refused else change
    comment = _comment(incoming, holder, facts, is_rating=thread.wish in RATINGS)
    told = notices.agent_follow_up(comment, ticket, thread.candidate, policy) if comment else ()
    thanks = () if refused else _thanks(change, thread, facts, policy)
    return Plan(
        at=facts.now,
        actor=holder.address,
        disposition=Disposition.REFUSED if refused else Disposition.FOLLOWED_UP,
        reason=f"asked for {thread.wish} with one click",
        ticket=ticket.number,
        changes=(
            *((AddArticle(comment),) if comment else ()),
            done,
            joined(incoming, thread, policy),
            *((RecordFiring(_THANKED),) if thanks else ()),
        ),
        notices=(*(told if thread.wish in RATINGS else ()), *thanks),
        is_quiet=True,
    )


def _change(wish: str, ticket: Ticket, holder: Address) -> WishChange:
    if wish in RATINGS:
        return Rate(Wish(wish))
    if wish == Wish.LEAVE and holder.key != ticket.requester.key:
        return Leave(holder.address)
    return Unsubscribe(holder.address, everything=wish == Wish.NEVER)


def _against(change: WishChange, incoming: Incoming, ticket: Ticket, holder: Address, facts: Facts) -> str:
    """Return why a rating does not count; "" where it does. Anybody and any machine may ask to be left alone."""
    if not isinstance(change, Rate):
        return ""
    if incoming.verdict.is_machine:
        return "a machine wrote it"
    if holder.key != ticket.requester.key:
        return "only the requester rates"
    if ticket.status in lifecycle.DONE and facts.now - ticket.status_since > RATED_WITHIN:
        return f"it came more than {RATED_WITHIN.days} days after the end"
    return ""


def _comment(incoming: Incoming, holder: Address, facts: Facts, *, is_rating: bool) -> Article | None:
    if not incoming.reply.text.strip():
        return None
    kind = ArticleKind.NOTE if is_rating and not incoming.verdict.is_machine else ArticleKind.AUTO
    return replace(article_of(incoming, holder, facts), kind=kind)


def _thanks(change: WishChange, thread: Thread, facts: Facts, policy: Policy) -> tuple[Notice, ...]:
    """Thank for the first rating of a ticket; who thinks better of it is not thanked again."""
    if not isinstance(change, Rate) or _THANKED in thread.candidate.fired:
        return ()
    told = notices.status_changed(thread.candidate.ticket, thread.candidate.ticket.status, thread.candidate, policy)
    notice = replace(told, kind=NoticeKind.RATED, automatic=Automatic.REPLIED, values={"rating": change.value.value})
    return () if notices.why_not(notice, facts, policy) else (notice,)
