"""The one place where the stages meet: what is known about a mail goes in, the plan for it comes out."""

from dataclasses import dataclass, replace

from mailgateway.desk import lifecycle, notices
from mailgateway.desk.act import act
from mailgateway.desk.facts import Earlier, Facts, ThreadKeys
from mailgateway.desk.model import Agent, Article, ArticleKind, Direction, Status, StoredFile, Ticket
from mailgateway.desk.orders import COMMANDS, Reading, read_orders
from mailgateway.desk.plan import (
    AddArticle,
    AddParticipants,
    Change,
    Disposition,
    OpenTicket,
    Plan,
    RecordEvent,
    SetStatus,
)
from mailgateway.desk.policy import MailboxPolicy, Policy
from mailgateway.desk.route import Route, route
from mailgateway.desk.thread import Thread, choose, may_join, writer
from mailgateway.desk.trust import proven_agent
from mailgateway.mail.model import Address, Attachment, Kind, Mail, Reply, Verdict
from mailgateway.rules.schema import Question

MOST_PARTICIPANTS = 50
_SUBJECT_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail as the stages before left it.

    `too_large` says how big it is and may be, where only its header block was fetched; `released` tells that a person
    took it out of quarantine and wants it filed.
    """

    mail: Mail
    reply: Reply
    verdict: Verdict
    keys: ThreadKeys
    mailbox: str
    too_large: str = ""
    released: bool = False


def decide_mail(incoming: Incoming, facts: Facts, policy: Policy) -> Plan:
    """Decide what becomes of a mail. Machine mail is kept, but answers nothing, reopens nothing, commands nothing."""
    turned_away = _turned_away(incoming, facts, policy)
    if turned_away is not None:
        return turned_away
    thread = choose(incoming.verdict, incoming.keys, facts, policy)
    agent = proven_agent(incoming.mail, thread, policy)
    if thread is not None and agent is not None and not incoming.verdict.is_machine:
        return _from_agent(incoming, thread, agent, facts, policy)
    if thread is not None and may_join(incoming.mail, incoming.verdict, thread):
        return _follow_up(incoming, thread, facts, policy)
    if incoming.verdict.kind in (Kind.BOUNCE, Kind.DELIVERY_DELAY):
        return _without_ticket(incoming, facts, Disposition.RECORDED, "a delivery report about no letter of a ticket")
    return _new_ticket(incoming, thread, facts, policy)


def _turned_away(incoming: Incoming, facts: Facts, policy: Policy) -> Plan | None:
    if facts.earlier is not None and facts.earlier.same:
        return _duplicate(incoming, facts, facts.earlier)
    if incoming.verdict.kind is Kind.LOOP:
        return _without_ticket(incoming, facts, Disposition.RECORDED, "a mail of ours that came back")
    if incoming.too_large and not incoming.released:
        return _too_large(incoming, facts, policy)
    return None


def _duplicate(incoming: Incoming, facts: Facts, earlier: Earlier) -> Plan:
    again = RecordEvent("received_again", {"mailbox": incoming.mailbox})
    return Plan(
        at=facts.now,
        actor="intake",
        disposition=Disposition.DUPLICATE,
        reason=f"the same mail as spool entry {earlier.spool_id}",
        ticket=earlier.ticket,
        changes=(again,) if earlier.ticket is not None else (),
    )


def _without_ticket(incoming: Incoming, facts: Facts, disposition: Disposition, reason: str) -> Plan:
    return Plan(facts.now, writer(incoming.mail).address or "unknown", disposition, reason)


def _too_large(incoming: Incoming, facts: Facts, policy: Policy) -> Plan:
    mailbox = policy.mailbox(incoming.mailbox)
    notice = notices.rejected(incoming.mail, writer(incoming.mail), mailbox, incoming.too_large)
    spare = incoming.verdict.answerable and notices.within_budget(notice, facts, policy)
    return Plan(
        at=facts.now,
        actor="intake",
        disposition=Disposition.QUARANTINED,
        reason=incoming.too_large,
        notices=(notice,) if spare else (),
    )


def _from_agent(incoming: Incoming, thread: Thread, agent: Agent, facts: Facts, policy: Policy) -> Plan:
    reading = read_orders(incoming.reply.text, agent.name, policy.directory)
    if reading.problems or reading.orders.help:
        return _refused(incoming, reading, thread, agent, facts, policy)
    files = _files(incoming.mail)
    return act(reading.orders, agent, thread.candidate, facts, policy, files, mail=incoming.mail)


def _refused(incoming: Incoming, reading: Reading, thread: Thread, agent: Agent, facts: Facts, policy: Policy) -> Plan:
    ticket = thread.candidate.ticket
    notice = notices.commands_refused(incoming.mail, agent, ticket, reading.problems, COMMANDS, policy)
    reason = "; ".join(reading.problems) or "asked for help"
    return Plan(
        at=facts.now,
        actor=agent.name,
        disposition=Disposition.REFUSED,
        reason=reason,
        ticket=ticket.number,
        changes=(RecordEvent("orders_refused", {"why": reason}),),
        notices=(notice,) if notices.within_budget(notice, facts, policy) else (),
    )


def _follow_up(incoming: Incoming, thread: Thread, facts: Facts, policy: Policy) -> Plan:
    ticket = thread.candidate.ticket
    who = writer(incoming.mail)
    article = _article(incoming, facts, who, () if ticket.has_participant(who.address) else ("other_sender",))
    changes: list[Change] = [AddArticle(article)]
    if incoming.verdict.is_machine:
        changes.append(RecordEvent("machine_mail", {"kind": incoming.verdict.kind, **_bounce_detail(incoming.verdict)}))
        return _filed(incoming, facts, Disposition.RECORDED, ticket, changes, f"by {thread.evidence}", ())
    status = lifecycle.after_follow_up(ticket.status)
    if status is not ticket.status:
        changes.append(SetStatus(ticket.status, status))
    newcomers = _participants(incoming.mail, who, ticket, policy)
    if newcomers:
        changes.append(AddParticipants(newcomers))
    told = notices.agent_follow_up(article, replace(ticket, status=status), thread.candidate, policy)
    return _filed(incoming, facts, Disposition.FOLLOWED_UP, ticket, changes, f"by {thread.evidence}", told)


def _new_ticket(incoming: Incoming, related: Thread | None, facts: Facts, policy: Policy) -> Plan:
    mailbox = policy.mailbox(incoming.mailbox)
    question = Question(incoming.mail, incoming.verdict.kind, incoming.mailbox, incoming.reply.text)
    chosen = route(policy.ruleset, question, mailbox)
    if chosen.discard:
        return _without_ticket(incoming, facts, Disposition.DISCARDED, f"rule {chosen.discard}")
    if chosen.quarantine and not incoming.released:
        return _without_ticket(incoming, facts, Disposition.QUARANTINED, f"rule {chosen.quarantine}")
    ticket = _ticket(incoming, chosen, facts, policy)
    article = _article(incoming, facts, ticket.requester)
    changes: list[Change] = [OpenTicket(ticket, chosen.trace), AddArticle(article)]
    if related is not None:
        number = str(related.candidate.ticket.number)
        changes.append(RecordEvent("related", {"ticket": number, "named_by": related.evidence}))
    told = notices.agent_notification(article, ticket, policy, except_for=ticket.requester.address)
    receipt = notices.acknowledgement(incoming.mail, article, ticket, mailbox)
    if incoming.verdict.answerable and notices.within_budget(receipt, facts, policy):
        return _opened(incoming, facts, changes, (receipt, *told), mailbox)
    changes.append(RecordEvent("not_acknowledged", {"why": _silence(incoming.verdict)}))
    return _opened(incoming, facts, changes, told, mailbox)


def _opened(
    incoming: Incoming, facts: Facts, changes: list[Change], told: tuple[notices.Notice, ...], mailbox: MailboxPolicy
) -> Plan:
    return Plan(
        at=facts.now,
        actor=writer(incoming.mail).address or "unknown",
        disposition=Disposition.OPENED,
        reason=f"a new matter in {mailbox.name}",
        changes=(*changes, *_flags(facts)),
        notices=told,
    )


def _filed(
    incoming: Incoming,
    facts: Facts,
    disposition: Disposition,
    ticket: Ticket,
    changes: list[Change],
    reason: str,
    told: tuple[notices.Notice, ...],
) -> Plan:
    actor = writer(incoming.mail).address or "unknown"
    return Plan(facts.now, actor, disposition, reason, ticket.number, (*changes, *_flags(facts)), told)


def _flags(facts: Facts) -> tuple[Change, ...]:
    if facts.earlier is None:
        return ()
    return (RecordEvent("message_id_reused", {"spool_entry": str(facts.earlier.spool_id)}),)


def _silence(verdict: Verdict) -> str:
    if verdict.answerable:
        return "the sender had enough automatic mails within the hour"
    return "; ".join(verdict.reasons) or "nobody to answer"


def _ticket(incoming: Incoming, chosen: Route, facts: Facts, policy: Policy) -> Ticket:
    requester = writer(incoming.mail)
    ticket = Ticket(
        number=0,
        subject=incoming.mail.subject[:_SUBJECT_LENGTH],
        status=Status.NEW,
        type=chosen.type,
        priority=chosen.priority,
        group=chosen.group,
        assignee=chosen.assignee,
        requester=requester,
        mailbox=incoming.mailbox,
        language=chosen.language,
        created_at=facts.now,
        updated_at=facts.now,
        tags=chosen.tags,
    )
    people = _participants(incoming.mail, requester, ticket, policy)
    return replace(ticket, participants=people)


def _participants(mail: Mail, author: Address, ticket: Ticket, policy: Policy) -> tuple[Address, ...]:
    """Return who is addressed beside us and does not take part yet: copies are the writer's wish."""
    found: dict[str, Address] = {}
    for person in (*mail.to, *mail.cc):
        base = _without_detail(person.address).casefold()
        ours = base in policy.own_addresses or policy.directory.agent_at(person.address) is not None
        if "@" in person.address and not ours and person.key != author.key and not ticket.has_participant(person.key):
            found.setdefault(person.key, person)
    room = max(0, MOST_PARTICIPANTS - len(ticket.participants))
    return tuple(found.values())[:room]


def _without_detail(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _article(incoming: Incoming, facts: Facts, who: Address, flags: tuple[str, ...] = ()) -> Article:
    mail = incoming.mail
    return Article(
        kind=ArticleKind.AUTO if incoming.verdict.is_machine else ArticleKind.PUBLIC,
        direction=Direction.IN,
        sender=who,
        at=facts.now,
        text=incoming.reply.text,
        full_text=mail.text,
        html=mail.html,
        message_id=mail.message_id,
        mail_kind=incoming.verdict.kind,
        attachments=_files(mail),
        flags=(*flags, *(("message_id_reused",) if facts.earlier is not None else ())),
    )


def _files(mail: Mail) -> tuple[StoredFile, ...]:
    return tuple(stored(attachment) for attachment in mail.attachments)


def stored(attachment: Attachment) -> StoredFile:
    """Describe an attachment as it will lie in the blob store."""
    return StoredFile(
        attachment.filename,
        attachment.content_type,
        attachment.size,
        attachment.sha256,
        attachment.inline,
        attachment.content_id,
    )


def _bounce_detail(verdict: Verdict) -> dict[str, str]:
    bounce = verdict.bounce
    if bounce is None:
        return {}
    return {"recipient": bounce.recipient, "status": bounce.status, "diagnostic": bounce.diagnostic}
