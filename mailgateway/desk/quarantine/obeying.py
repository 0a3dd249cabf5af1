"""The admin answers a digest of the quarantine: whose word it is, what it orders, and what became of it."""

from dataclasses import dataclass

from mailgateway.desk.facts import Facts
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.model import StoredFile
from mailgateway.desk.plan import Disposition, Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.quarantine.decision import Decision, Order
from mailgateway.desk.quarantine.digest import is_for_admin, receipt_notice
from mailgateway.desk.quarantine.entry import Digest, Entry, SetAside
from mailgateway.desk.quarantine.orders import QuarantineOrders, read_orders
from mailgateway.desk.threads.trust import is_proven, is_same_mailbox
from mailgateway.mail.model import Mail

MOST_ATTEMPTS = 6
"""So often the mail is looked at until its orders are done; then its receipt says that some still wait."""

MOST_SHOWN_BYTES = 10_000_000
"""So much of mails is sent with one receipt; larger ones are for the command line."""

_NOT_TO_BE_RENDERED = "application/octet-stream"
"""Mail programs show what is labelled as a message; what was set aside is to be saved, and opened by choice."""


def claims_admin(mail: Mail, policy: Policy) -> bool:
    """Tell whether the admin's address stands in From, proven or not."""
    return mail.sender is not None and is_same_mailbox(mail.sender.address, policy.admin)


def answered_digest(incoming: Incoming, facts: Facts, policy: Policy) -> Digest | None:
    """Return the digest that the admin answers; None where it is not proven that it is the admin.

    The signed address is needed whatever evidence the policy asks for: it alone says which digest is meant.
    """
    known = facts.set_aside
    if known is None or not claims_admin(incoming.mail, policy) or not is_proven(incoming.mail, policy, token=True):
        return None
    pairs = ((token, digest) for token in incoming.keys.digests for digest in known.digests)
    return next((digest for token, digest in pairs if is_for_admin(token, digest, policy)), None)


def obeyed(incoming: Incoming, digest: Digest, facts: Facts, policy: Policy) -> Plan:
    """Return what is to be done by an answer to a digest: the orders first, then, when they are done, the receipt."""
    orders = read_orders(incoming.reply.text)
    known = facts.set_aside or SetAside(0, 0, (), ())
    if orders.problems or orders.help or orders.are_none:
        return _refused(incoming, orders, digest, facts, policy)
    wanted = {**(dict.fromkeys(digest.entries, orders.rest) if orders.rest else {}), **orders.named}
    decisions = tuple(Decision(number, order) for number, order in wanted.items() if _is_open(known, number))
    waits = known.attempts < MOST_ATTEMPTS and any(_is_in_hand(known, number) for number in wanted)
    if decisions or waits:
        return Plan(
            at=facts.now,
            actor=policy.admin,
            disposition=Disposition.RECORDED,
            reason="orders about the quarantine, not done yet",
            decisions=decisions,
            is_unfinished=True,
        )
    lines = [_line(known, number, order) for number, order in wanted.items()]
    shown = _shown(orders, digest, known)
    values = {"lines": [*lines, *shown.lines]}
    notice = receipt_notice(digest, incoming.mail, values, shown.files, facts.now, policy)
    return Plan(facts.now, policy.admin, Disposition.RECORDED, "orders about the quarantine", notices=(notice,))


def _refused(incoming: Incoming, orders: QuarantineOrders, digest: Digest, facts: Facts, policy: Policy) -> Plan:
    """Do nothing where something is wrong, as half of what was meant may be the wrong half."""
    values = {"problems": orders.problems, "helps": True}
    notice = receipt_notice(digest, incoming.mail, values, (), facts.now, policy)
    reason = "orders about the quarantine that cannot be carried out" if orders.problems else "no orders"
    return Plan(facts.now, policy.admin, Disposition.REFUSED, reason, notices=(notice,))


def _is_open(known: SetAside, number: int) -> bool:
    """Tell whether an entry is still to be decided: neither by this mail before, nor by one that came later."""
    entry = known.entry(number)
    return entry is not None and entry.is_aside and entry.asked_by < known.mail


def _is_in_hand(known: SetAside, number: int) -> bool:
    entry = known.entry(number)
    return entry is not None and entry.is_waiting and entry.asked_by == known.mail


def _line(known: SetAside, number: int, order: Order) -> dict[str, object]:
    """Say in words of the template what became of an entry."""
    entry = known.entry(number)
    if entry is None or not (entry.is_aside or entry.decided_by):
        return _said(number, "unknown")
    outcome = _outcome(entry, order if entry.asked_by == known.mail else None)
    by = "" if entry.asked_by == known.mail else entry.decided_by
    return _said(number, outcome, by=by, ticket=entry.ticket, why=entry.error if entry.is_aside else "")


def _outcome(entry: Entry, order: Order | None) -> str:
    if entry.is_waiting:
        return "waits"
    if entry.is_aside:
        return "set_aside_again"
    if entry.outcome == Disposition.DISCARDED and order is not Order.RELEASE:
        return "dropped"
    return "refused_orders" if entry.outcome == Disposition.REFUSED else entry.outcome


def _said(number: int, outcome: str, *, by: str = "", ticket: int | None = None, why: str = "") -> dict[str, object]:
    return {"entry": number, "outcome": outcome, "by": by, "ticket": ticket, "why": why}


@dataclass(frozen=True, slots=True)
class _Shown:
    lines: tuple[dict[str, object], ...] = ()
    files: tuple[StoredFile, ...] = ()


def _shown(orders: QuarantineOrders, digest: Digest, known: SetAside) -> _Shown:
    """Attach the mails that are wanted as they came, so many as a mail has room for."""
    numbers = dict.fromkeys((*orders.shown, *(digest.entries if orders.shows_all else ())))
    room = MOST_SHOWN_BYTES
    lines, files = [], []
    for number in numbers:
        entry = known.entry(number)
        if entry is None or not (entry.is_aside or entry.decided_by):
            lines.append(_said(number, "unknown"))
        elif not entry.is_readable:
            lines.append(_said(number, "lost"))
        elif entry.kept > room:
            lines.append(_said(number, "too_large"))
        else:
            room -= entry.kept
            files.append(StoredFile(f"quarantine-{number}.eml", _NOT_TO_BE_RENDERED, entry.kept, entry.sha256))
            lines.append(_said(number, "shown"))
    return _Shown(tuple(lines), tuple(files))
