"""Which changes of a ticket are news to its requester."""

from mailgateway.desk import lifecycle, notices
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.model import Status, Ticket
from mailgateway.desk.plan import Notice
from mailgateway.desk.policy import Policy


def of_status(before: Ticket, after: Ticket, candidate: Candidate, facts: Facts, policy: Policy) -> tuple[Notice, ...]:
    """Tell the requester of a new status, where it is news and they may be written to."""
    if not _is_news(before.status, after.status):
        return ()
    notice = notices.status_changed(after, before.status, candidate, policy)
    return () if notices.why_not(notice, facts, policy) else (notice,)


def _is_news(before: Status, after: Status) -> bool:
    first_look = before is Status.NEW and after is Status.OPEN
    return before is not after and after in lifecycle.TOLD_TO_REQUESTER and not first_look
