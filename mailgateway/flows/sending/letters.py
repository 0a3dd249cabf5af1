"""From the notices of a plan to finished mails in the outbox, within the plan's own transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailgateway import log
from mailgateway.desk.customers.links import with_links
from mailgateway.desk.letters import notices
from mailgateway.desk.letters.audience import breach
from mailgateway.desk.letters.letter import (
    Rendered,
    dedupe_key,
    files_of,
    once_a_day,
    with_brand,
    with_number,
    write_letter,
)
from mailgateway.desk.letters.urgency import urgency_of
from mailgateway.desk.model import Beside
from mailgateway.desk.plan import Disposition, Notice, NoticeKind, Plan, RecordEvent
from mailgateway.desk.policy import Policy
from mailgateway.flows.desk import Desk
from mailgateway.flows.sending.gathering import gathered
from mailgateway.flows.sending.stopped import unanswered, within_limits
from mailgateway.mail.model import Address, Attachment
from mailgateway.store.engine import Transaction
from mailgateway.store.outgoing import outbox
from mailgateway.store.outgoing.outbox import Queued
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.beside import open_beside

_log = log.logger("letters")


@dataclass(slots=True)
class _Words:
    """Renders the notices of a plan: once for all readers where the words do not speak of theirs."""

    desk: Desk
    last: tuple[Notice, Rendered] | None = None

    def of(self, notice: Notice) -> Rendered:
        """Return the words of a notice."""
        for_anybody = replace(notice, recipient=_ANYBODY, bound_to="")
        if self.last is not None and self.last[0] == for_anybody:
            return self.last[1]
        rendered = _rendered(self.desk, notice)
        self.last = None if rendered.is_personal else (for_anybody, rendered)
        return rendered


_ANYBODY = Address("", "")


@dataclass(frozen=True, slots=True)
class _Occasion:
    """What the letters of one plan have in common. `contents` are files that are in memory, by their SHA-256."""

    desk: Desk
    tx: Transaction
    name: str
    number: int | None
    at: datetime
    policy: Policy
    contents: Mapping[str, bytes]


def queue_letters(
    desk: Desk,
    tx: Transaction,
    plan: Plan,
    number: int | None,
    occasion: str,
    policy: Policy,
    at_hand: Sequence[Attachment] = (),
) -> None:
    """Write every notice of a plan and put it into the outbox; `at_hand` are attachments that are in memory already.

    A letter that would show its reader what they must not see is not sent: it is written down, and the admin is told;
    nor is automatic mail that would be too much.
    """
    beside: dict[int, tuple[Beside, ...]] = {}
    words = _Words(desk)
    contents = {attachment.sha256: attachment.content for attachment in at_hand}
    on = _Occasion(desk, tx, occasion, number, plan.at, policy, contents)
    queued: list[Queued] = []
    withheld: list[str] = []
    wanted = (*plan.notices, *unanswered(tx, plan, number, policy))
    for notice in within_limits(tx, wanted, number, plan.at, policy):
        due = gathered(tx, _complete(tx, notice, number), policy, plan.at)
        if due is None:
            continue
        complete = _about(tx, with_brand(with_links(due.notice, policy), policy), policy, beside)
        rendered = words.of(complete)
        against = breach(complete, rendered, policy)
        if against:
            withheld.append(f"{notice.kind.value} to {notice.recipient.address}: {against}")
            _log.error("letters.withheld", notice=notice.kind.value, why=against)
        else:
            queued.append(replace(_queued(on, complete, rendered), due=due.at))
    if withheld:
        told = within_limits(tx, (_told(on, withheld),), number, plan.at, policy)
        queued.extend(_queued(on, notice, _rendered(desk, notice)) for notice in told)
    outbox.put(tx, queued, plan.at)


def _queued(on: _Occasion, notice: Notice, rendered: Rendered) -> Queued:
    files = _files(on.desk, notice, on.contents)
    about = notice.ticket.number if notice.ticket else on.number
    occasion = once_a_day(notice, on.at) or on.name
    return Queued(
        dedupe_key=dedupe_key(notice, occasion),
        ticket=about,
        notice=notice.kind.value,
        audience=notice.audience.value,
        automatic=notices.is_counted(notice),
        letter=on.desk.sign(write_letter(notice, rendered, about, occasion, on.at, on.policy, files)),
        urgency=urgency_of(notice),
        known=notice.known,
        mailbox=on.policy.mailbox_at(notice.sender.address).name,
        language=notice.language,
    )


def _told(on: _Occasion, withheld: Sequence[str]) -> Notice:
    """Write down what was not sent, and return word to the admin of it."""
    why = "; ".join(withheld)
    if on.number is not None:
        event = RecordEvent("letter_withheld", {"why": why})
        apply(on.tx, Plan(on.at, "gateway", Disposition.RECORDED, why, on.number, (event,), is_quiet=True), None)
    about = f" about ticket {on.number}" if on.number is not None else ""
    return notices.alarm(f"A letter{about} was not sent: it would have shown what is internal", withheld, on.policy)


def _complete(tx: Transaction, notice: Notice, number: int | None) -> Notice:
    """Give a notice its ticket's number, and the article that it shows where that is still to be read.

    That is the one a ticket began with, for whom it is handed without a word, and the answer of who is reminded of it.
    """
    if number is None:
        return notice
    numbered = with_number(notice, number)
    if notice.kind is NoticeKind.AGENT_NOTIFICATION and notice.article is None:
        return replace(numbered, article=tickets.opening(tx, number))
    held = notice.values.get("held")
    if notice.kind is NoticeKind.ANSWER_HELD and isinstance(held, int):
        return replace(numbered, article=tickets.article(tx, held))
    return numbered


def _about(tx: Transaction, notice: Notice, policy: Policy, known: dict[int, tuple[Beside, ...]]) -> Notice:
    """Give those to whom a ticket is handed what it is about, and what else is open about the same thing.

    `known` are the finds so far.
    """
    ticket = notice.ticket
    if notice.kind is not NoticeKind.AGENT_NOTIFICATION or ticket is None or not ticket.ci:
        return notice
    if ticket.number not in known:
        known[ticket.number] = open_beside(tx, ticket.ci, ticket.number)
    about = policy.assets.label(ticket.ci)
    return replace(notice, values={**notice.values, "about": about, "beside": known[ticket.number]})


def _rendered(desk: Desk, notice: Notice) -> Rendered:
    rendered = desk.renderer().render(notice)
    for defect in rendered.defects:
        _log.error("template.broken", notice=notice.kind.value, why=defect)
    return rendered


def _files(desk: Desk, notice: Notice, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    wanted = [stored.sha256 for stored in files_of(notice)]
    return {sha256: contents[sha256] if sha256 in contents else desk.store.blobs.get(sha256) for sha256 in wanted}
