"""What a new matter is told of major incidents: its requester in the receipt, and who works on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from mailgateway.desk.model import LinkKind, TicketType
from mailgateway.desk.plan import AddLink, Change, Notice, NoticeKind, OpenTicket, Plan, RecordEvent
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.major import Major

MOST_TOLD = 3
_LONGEST_LINE = 120


@dataclass(frozen=True, slots=True)
class Banner:
    """What a requester reads of something that is known to be down."""

    text: str
    since: datetime
    news_at: datetime | None


def announced(plan: Plan, majors: Sequence[Major], policy: Policy) -> Plan:
    """Have a plan that opens a ticket say what is known to be down; `majors` are all major incidents, oldest first."""
    match plan.changes:
        case (OpenTicket(ticket, trace), *rest):
            matched = cast("Sequence[str]", trace.get("matched", ()))
            fitting = [major for major in majors if major.fits(ticket, matched)][:MOST_TOLD]
            if not fitting:
                return plan
            changes = (plan.changes[0], *rest, *_noted(fitting, ticket.type, rest, policy))
            notices = tuple(_told(notice, fitting, plan.at, policy) for notice in plan.notices)
            return replace(plan, changes=changes, notices=notices)
    return plan


def _noted(fitting: Sequence[Major], kind: TicketType, changes: Sequence[Change], policy: Policy) -> tuple[Change, ...]:
    """Write down what was told and, where that is wanted, make the ticket an incident of the first."""
    noted = RecordEvent("major_told", {"problems": [str(major.problem) for major in fitting]})
    is_tied = any(isinstance(change, AddLink) and change.kind is LinkKind.PROBLEM for change in changes)
    if not policy.problems.link_major or is_tied or kind is TicketType.PROBLEM:
        return (noted,)
    return (noted, AddLink(fitting[0].problem, LinkKind.PROBLEM, why="major"))


def _told(notice: Notice, fitting: Sequence[Major], now: datetime, policy: Policy) -> Notice:
    return replace(notice, values={**_values(notice, fitting, now, policy), **notice.values})


def _values(notice: Notice, fitting: Sequence[Major], now: datetime, policy: Policy) -> Mapping[str, object]:
    if notice.kind is NoticeKind.ACKNOWLEDGEMENT:
        banners = tuple(
            Banner(one.text_in(notice.language), one.since, one.news_at if one.news_at and one.news_at > now else None)
            for one in fitting
        )
        return {"majors": banners, "timezone": str(policy.ruleset.timezone)}
    if notice.kind is NoticeKind.AGENT_NOTIFICATION:
        return {"down": ", ".join(f"#{one.problem} {one.subject}"[:_LONGEST_LINE] for one in fitting)}
    return {}
