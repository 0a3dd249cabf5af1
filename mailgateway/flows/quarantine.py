"""The quarantine: the admin is told of it, and what they decide about its mails, by mail or by hand, is done."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from mailgateway.desk.facts import Facts
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.plan import Disposition, Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.quarantine.decision import Decision, Order
from mailgateway.desk.quarantine.digest import MOST_LISTED, digest_notice, due
from mailgateway.desk.quarantine.entry import Entry, SetAside
from mailgateway.desk.quarantine.obeying import MOST_SHOWN_BYTES, claims_admin
from mailgateway.desk.quarantine.orders import named
from mailgateway.errors import PermanentError
from mailgateway.flows.desk import Desk
from mailgateway.flows.sending.letters import queue_letters
from mailgateway.store.engine import Transaction
from mailgateway.store.incoming import digests, quarantine
from mailgateway.store.incoming.spool import Spooled


def tell_admin(desk: Desk, tx: Transaction, now: datetime) -> bool:
    """Queue a digest of what is set aside, where one is due; tell whether it was."""
    policy = desk.policy()
    before = digests.last(tx)
    listed = due(digests.waiting(tx, MOST_LISTED), before, now, policy)
    if not listed:
        return False
    others = quarantine.count(tx) - len(listed)
    digest = digests.make(tx, [one.id for one in listed], now)
    notice = digest_notice(digest, listed, others, policy)
    plan = Plan(now, "watch", Disposition.RECORDED, "a digest of the quarantine", notices=(notice,))
    # Not the number alone: after a backup was restored numbers are given again.
    queue_letters(desk, tx, plan, None, f"digest-{digest.number}-{now.isoformat()}", policy)
    return True


def with_set_aside(tx: Transaction, incoming: Incoming, facts: Facts, spooled: Spooled, policy: Policy) -> Facts:
    """Add what must be known of the quarantine, where the mail may be the admin's answer to a digest."""
    if not incoming.keys.digests or not claims_admin(incoming.mail, policy):
        return facts
    answered = digests.read(tx, [token.digest for token in incoming.keys.digests])
    wanted = {*named(incoming.reply.text), *(number for digest in answered for number in digest.entries)}
    known = tuple(_checked(tx, one) for one in quarantine.entries(tx, wanted))
    return replace(facts, set_aside=SetAside(spooled.id, spooled.attempts, answered, known))


def decide_by_hand(
    desk: Desk, numbers: Sequence[int], order: Order, by: str, file: Callable[[Desk, int], Disposition | None]
) -> dict[int, Disposition | None]:
    """Carry out an operator's order; return how each mail that was in quarantine ended, None where it waits still.

    `file` brings a mail that waits to its outcome.
    """
    with desk.store.writing() as tx:
        done = quarantine.decide(tx, [Decision(one, order) for one in numbers], by, desk.clock())
    filed = {one: Disposition.DISCARDED if order is Order.DROP else file(desk, one) for one in sorted(done)}
    return {one: filed[one] for one in numbers if one in filed}


def to_be_filed(decisions: Collection[Decision]) -> tuple[int, ...]:
    """Return the mails that wait to be filed by these decisions."""
    return tuple(one.entry for one in decisions if one.order is not Order.DROP)


def _checked(tx: Transaction, entry: Entry) -> Entry:
    """Say of a mail whose bytes are lost that they are: it may be set aside for just that."""
    if entry.kept > MOST_SHOWN_BYTES:
        return entry
    try:
        tx.blobs.get(entry.sha256)
    except PermanentError:
        return replace(entry, is_readable=False)
    return entry
