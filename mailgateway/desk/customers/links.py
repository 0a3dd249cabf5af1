"""What a customer can ask for with one click: addresses that carry the wish, signed for the reader of one letter."""

from dataclasses import replace

from mailgateway.desk.customers.wish import RATINGS, Wish
from mailgateway.desk.plan import Audience, Notice, NoticeKind
from mailgateway.desk.policy import Policy
from mailgateway.mail.outgoing.tokens import reply_address

STATUS_MAILS = frozenset(
    {
        NoticeKind.ACKNOWLEDGEMENT,
        NoticeKind.STATUS_CHANGED,
        NoticeKind.REMINDER,
        NoticeKind.RATED,
        NoticeKind.ADDED,
    }
)
"""What somebody who wants no status mails does not get. The number of a new ticket is 0, as is that of all tickets."""


def with_links(notice: Notice, policy: Policy) -> Notice:
    """Return a customer's notice with `links`, the address for each wish that its reader may have."""
    ticket = notice.ticket
    is_bound = notice.bound_to == notice.recipient.key
    if ticket is None or not ticket.number or not is_bound or notice.audience is not Audience.CUSTOMER:
        return notice
    wishes = (*RATINGS, Wish.STOP, Wish.NEVER) if ticket.requester.key == notice.bound_to else (Wish.LEAVE,)
    base, key = notice.sender.address, policy.reply_keys[0]
    links = {wish.value: reply_address(base, key, ticket.number, notice.bound_to, wish) for wish in wishes}
    return replace(notice, values={**notice.values, "links": links})


def unsubscribe_link(notice: Notice) -> str:
    """Return the address for List-Unsubscribe (RFC 2369 section 3.2) of a status mail, "" for none."""
    links = notice.values.get("links")
    if notice.kind not in STATUS_MAILS or notice.kind is NoticeKind.ACKNOWLEDGEMENT or not isinstance(links, dict):
        return ""
    return str(links.get(Wish.NEVER) or links.get(Wish.LEAVE) or "")
