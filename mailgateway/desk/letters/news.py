"""What of a ticket's changes is news to its customers, and what several of them come to together."""

from dataclasses import replace

from mailgateway.desk import lifecycle
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.letters import notices
from mailgateway.desk.model import News, Status, Ticket
from mailgateway.desk.plan import Notice, NoticeKind
from mailgateway.desk.policy import Policy

ANSWERS = frozenset({NoticeKind.REPLY, NoticeKind.PROBLEM_NEWS})
_TOLD_OF = {Status.PENDING: News.WAITING, Status.SOLVED: News.SOLVED, Status.CLOSED: News.CLOSED}
_SAID_BY_AN_ANSWER = frozenset({News.WORKING, News.WAITING, News.HANDED_OVER})
"""What nobody has to be told who got an answer just now: that somebody works on it, or waits for them."""


def standing(ticket: Ticket) -> str:
    """Return how a ticket stands, as far as changes of it are news."""
    return f"{ticket.status}/{ticket.group}"


def of_status(before: Ticket, after: Ticket, candidate: Candidate, facts: Facts, policy: Policy) -> tuple[Notice, ...]:
    """Tell the requester how their ticket stands now, where that is news and they may be written to."""
    known = standing(before)
    notice = since(notices.status_changed(after, before.status, candidate, policy), known, policy)
    return () if notice is None or notices.why_not(notice, facts, policy) else (notice,)


def since(notice: Notice, known: str, policy: Policy) -> Notice | None:
    """Return a notice as it is for somebody who last heard of the ticket when it stood so; None where nothing is new.

    An answer goes out in any case.
    """
    ticket = notice.ticket
    told = _news(known, ticket, policy) if ticket is not None else ()
    if notice.kind in ANSWERS:
        done = next((one for one in told if one not in _SAID_BY_AN_ANSWER), "")
        return replace(notice, values={**notice.values, "news": done})
    if not told or ticket is None:
        return None
    values = {"news": told[0], "before": known.partition("/")[0], "handed": News.HANDED_OVER in told}
    return replace(notice, known=known, values={**notice.values, **values})


def is_said(notice: Notice) -> bool:
    """Tell whether somebody who got an answer just now knows already what the notice tells."""
    return notice.values.get("news") in _SAID_BY_AN_ANSWER


def is_silent(news: News, ticket: Ticket, policy: Policy) -> bool:
    """Tell whether customers are not told of this: by configuration, by the ticket's group, or by a rule."""
    group = policy.directory.group(ticket.group)
    return news in (*policy.notifications.silent, *ticket.silent, *(group.silent if group else ()))


def _news(known: str, ticket: Ticket, policy: Policy) -> tuple[News, ...]:
    """Return what is new and told, the most telling first."""
    status, _, group = known.partition("/")
    found = [_of_status(Status(status), ticket.status), News.HANDED_OVER if group != ticket.group else None]
    return tuple(news for news in found if news is not None and not is_silent(news, ticket, policy))


def _of_status(before: Status, after: Status) -> News | None:
    if before is after:
        return None
    if after is Status.OPEN:
        # the first look at a new ticket is nothing to write of
        return News.REOPENED if before in lifecycle.DONE else None if before is Status.NEW else News.WORKING
    return _TOLD_OF.get(after)
