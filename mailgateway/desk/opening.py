"""A mail about a new matter: routed, turned away by a rule or opened as a ticket, its writer and its workers told."""

from dataclasses import dataclass, replace

from mailgateway.desk.answers.answering import Answering, answering, with_answers
from mailgateway.desk.answers.knowledge import proposals
from mailgateway.desk.customers.heading import LONGEST_SUBJECT
from mailgateway.desk.events import WEBHOOK
from mailgateway.desk.facts import Facts
from mailgateway.desk.incoming import Incoming, article_of, message_id_reused, newcomers
from mailgateway.desk.letters import notices
from mailgateway.desk.letters.loops import TAG
from mailgateway.desk.letters.news import is_silent
from mailgateway.desk.letters.pingpong import PingPong, ping_pong
from mailgateway.desk.letters.welcome import Welcome, welcome
from mailgateway.desk.model import Article, LinkKind, News, Ticket
from mailgateway.desk.plan import (
    AddArticle,
    AddLink,
    Change,
    Disposition,
    Notice,
    OpenTicket,
    Plan,
    RecordEvent,
)
from mailgateway.desk.policy import AgentForwards, MailboxPolicy, Policy, SeveralMailboxes
from mailgateway.desk.problems.incidents import linked_by_rule
from mailgateway.desk.routing.asking import question_about
from mailgateway.desk.routing.assignment import assigned
from mailgateway.desk.routing.flood import held_back
from mailgateway.desk.routing.forwarding import forward
from mailgateway.desk.routing.route import Route, route
from mailgateway.desk.threads.brought import Brought, read_brought
from mailgateway.desk.threads.naming import named_by
from mailgateway.desk.threads.thread import Thread, writer
from mailgateway.desk.threads.trust import claimed_agent, proven_agent
from mailgateway.mail.model import Address
from mailgateway.mail.written.subjects import without_tags
from mailgateway.rules.schema import Question


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a new matter comes from: another ticket that the mail names, or nowhere.

    `follows` tells that the mail would have joined that ticket, were it not closed for long.
    """

    related: Thread | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True)
class _Matter:
    """A mail about a new matter: where it comes from, where the rules send it, and what else decides about it."""

    incoming: Incoming
    origin: Origin
    chosen: Route
    facts: Facts
    policy: Policy

    @property
    def author(self) -> Address:
        """Who wants something."""
        return writer(self.incoming.mail, self.policy)

    @property
    def mailbox(self) -> MailboxPolicy:
        """The mailbox that it came to."""
        return self.policy.mailbox(self.incoming.mailbox)


def open_ticket(incoming: Incoming, origin: Origin, facts: Facts, policy: Policy) -> Plan:
    """Open a ticket, unless a rule says otherwise."""
    question = question_about(incoming, facts, policy)
    chosen = _as_old(route(policy, question)) if incoming.backfill else route(policy, question)
    matter = _Matter(incoming, origin, chosen, facts, policy)
    turned_away = _turned_away(matter) or _only_forwarded(matter) or held_back(incoming, facts, policy)
    return replace(turned_away or _opened(matter, question), rules=chosen.matched)


def _opened(matter: _Matter, question: Question) -> Plan:
    incoming, chosen, facts, policy = matter.incoming, matter.chosen, matter.facts, matter.policy
    worker = assigned(chosen.assignee, chosen.group, facts, policy)
    brought = read_brought(incoming, policy)
    ticket = replace(_ticket(matter, brought), assignee=worker.agent)
    entry = _entry(incoming, ticket, brought, facts)
    greeting = _greeting(matter, question, ticket, entry.article, brought)
    game, helping = greeting.game, greeting.helping
    if game is not None:
        ticket = _in_game(ticket)
    called = (RecordEvent(WEBHOOK, {"names": list(chosen.webhooks)}),) if chosen.webhooks else ()
    told = with_answers(_to_agents(entry.article, ticket, chosen, policy), helping.titles)
    joining = Welcome() if game else _joining(incoming, ticket, facts, policy)
    passed_on = forward(chosen.forward, incoming, entry.article, ticket, facts, policy)
    return Plan(
        at=facts.now,
        actor=matter.author.address or "unknown",
        disposition=Disposition.OPENED,
        reason=f"a new matter in {matter.mailbox.name}",
        changes=(
            OpenTicket(ticket, chosen.trace),
            *entry.changes,
            *worker.changes,
            *called,
            *helping.changes,
            *linked_by_rule(chosen.link, None, facts),
            *_remarks(matter, greeting.silence),
            *((AddLink(game.first, LinkKind.RELATED, why=TAG),) if game else ()),
            *passed_on.changes,
            *named_by(incoming.keys, facts),
            *message_id_reused(facts),
            *policy.assets.doubts(ticket.ci),
        ),
        notices=(*greeting.receipt, *told, *joining.notices, *passed_on.notices),
        waits_for=worker.waits_for,
        asks_about=(*passed_on.asks_about, *joining.asks_about),
    )


@dataclass(frozen=True, slots=True)
class _Greeting:
    """What the requester is told at once: a receipt, with an answer that may help; or nothing, and why."""

    receipt: tuple[Notice, ...]
    helping: Answering
    silence: str = ""
    game: PingPong | None = None


def _greeting(
    matter: _Matter, question: Question, ticket: Ticket, article: Article, brought: Brought | None
) -> _Greeting:
    incoming, chosen, facts, policy = matter.incoming, matter.chosen, matter.facts, matter.policy
    fitting = proposals(policy.library, question, incoming.reply.text, facts.answers)
    helping = answering(fitting, chosen.answer, ticket, matter.mailbox, policy)
    receipt = notices.acknowledgement(incoming.mail, article, ticket, matter.mailbox, chosen.template, helping.sent)
    receipt = _receipt(receipt, matter.origin, brought)
    silence = _silence(receipt, matter)
    game = None if silence else _game(incoming, facts, policy)
    if silence or game is not None:
        return _Greeting((), replace(helping, sent=None), game.why if game else silence, game)
    return _Greeting((receipt,), helping)


def _as_old(chosen: Route) -> Route:
    """Leave out what rules would send on, call or promise; a mail that would only be sent on becomes a ticket."""
    discard = "" if chosen.forward else chosen.discard
    return replace(chosen, forward=(), webhooks=(), answer="", link=None, discard=discard)


def _to_agents(article: Article, ticket: Ticket, chosen: Route, policy: Policy) -> tuple[Notice, ...]:
    except_for = ticket.requester.address
    return notices.agent_notification(article, ticket, policy, except_for=except_for, rules=chosen.matched)


def _game(incoming: Incoming, facts: Facts, policy: Policy) -> PingPong | None:
    """Tell whether a mail that may be answered seems to be one more answer of a machine to our receipts."""
    mail = incoming.mail
    if policy.is_unlimited(writer(mail, policy).key):
        return None
    at = facts.received_at or facts.now
    return ping_pong(mail.subject, incoming.reply.text, mail.attachments, facts.lately, at, policy.loops)


def _in_game(ticket: Ticket) -> Ticket:
    """Mark a ticket that two machines seem to open between them; its customers are told no news of it."""
    return replace(ticket, tags=tuple(dict.fromkeys((*ticket.tags, TAG))), silent=tuple(News))


def _joining(incoming: Incoming, ticket: Ticket, facts: Facts, policy: Policy) -> Welcome:
    """Tell those on Cc that they take part, where the mail is one that may be answered."""
    if not incoming.verdict.answerable:
        return Welcome()
    return welcome(ticket.participants, ticket, None, facts, policy)


def _only_forwarded(matter: _Matter) -> Plan | None:
    """Return the plan for a mail that goes on without a ticket; None where it could not, so that it gets one."""
    incoming, chosen, facts, author = matter.incoming, matter.chosen, matter.facts, matter.author
    if not (chosen.discard and chosen.forward):
        return None
    article = article_of(incoming, author, facts)
    passed_on = forward(chosen.forward, incoming, article, None, facts, matter.policy)
    if not passed_on.to:
        return None
    return Plan(
        at=facts.now,
        actor=author.address or "unknown",
        disposition=Disposition.DISCARDED,
        reason=f"rule {chosen.discard}, forwarded to {', '.join(passed_on.to)}",
        notices=passed_on.notices,
        asks_about=passed_on.asks_about,
    )


def _turned_away(matter: _Matter) -> Plan | None:
    """Return the plan for a mail that a rule keeps out; a person's word to let it in outweighs the rule's."""
    incoming, chosen, facts, author = matter.incoming, matter.chosen, matter.facts, matter.author
    actor = author.address or "unknown"
    if chosen.discard and not chosen.forward:
        return Plan(facts.now, actor, Disposition.DISCARDED, f"rule {chosen.discard}")
    if chosen.quarantine and not incoming.released:
        return Plan(facts.now, actor, Disposition.QUARANTINED, f"rule {chosen.quarantine}")
    if chosen.reject and not incoming.released:
        said = chosen.rejection
        mail, mailbox = incoming.mail, matter.mailbox
        notice = notices.rejected(mail, author, mailbox, said.reason, chosen.language, template=said.template)
        silence = notices.why_unanswered(notice, incoming.verdict, facts, matter.policy)
        reason = f"rule {chosen.reject}" + (f"; not told: {silence}" if silence else "")
        return Plan(facts.now, actor, Disposition.REFUSED, reason, notices=() if silence else (notice,))
    return None


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the ticket begins with: its first article, and all changes that the mail itself makes."""

    article: Article
    changes: tuple[Change, ...]


def _entry(incoming: Incoming, ticket: Ticket, brought: Brought | None, facts: Facts) -> _Entry:
    article = article_of(incoming, ticket.requester, facts)
    if brought is None:
        return _Entry(article, (AddArticle(article),))
    return _Entry(brought.article(article), brought.changes(article))


def _silence(receipt: Notice, matter: _Matter) -> str:
    """Return why the requester is not told that the ticket is open, "" where they are."""
    policy = matter.policy
    if matter.chosen.unanswered:
        return f"rule {matter.chosen.unanswered}"
    if receipt.ticket is not None and is_silent(News.RECEIVED, receipt.ticket, policy):
        return "receipts are switched off for it"
    if "passed_on" in receipt.values and policy.conversation.agent_forwards is AgentForwards.SILENT:
        return "an agent passed it on"
    return notices.why_unanswered(receipt, matter.incoming.verdict, matter.facts, policy)


def _receipt(receipt: Notice, origin: Origin, brought: Brought | None) -> Notice:
    """Tell of the closed ticket that this one follows, and that an agent passed the mail on."""
    if origin.follows and origin.related is not None:
        receipt = replace(receipt, values={**receipt.values, "follows": origin.related.candidate.ticket.number})
    return receipt if brought is None else brought.receipt(receipt)


def _ticket(matter: _Matter, brought: Brought | None) -> Ticket:
    mail, chosen, policy, now = matter.incoming.mail, matter.chosen, matter.policy, matter.facts.now
    ticket = Ticket(
        number=0,
        subject=without_tags(mail.subject, policy.conversation.tags)[:LONGEST_SUBJECT],
        status=chosen.status,
        type=chosen.type,
        priority=chosen.priority,
        group=chosen.group,
        assignee=None,
        requester=brought.author if brought else matter.author,
        mailbox=matter.mailbox.name,
        language=chosen.language,
        created_at=now,
        updated_at=now,
        status_since=now,
        tags=chosen.tags,
        organisation=chosen.organisation,
        service_level=chosen.service_level,
        ci=chosen.ci,
        fields=chosen.fields,
        watchers=chosen.watchers,
        silent=chosen.silent,
    )
    added = tuple(Address("", address) for address in chosen.cc)
    return replace(ticket, participants=newcomers((*mail.to, *mail.cc, *added), ticket, policy))


def _remarks(matter: _Matter, silence: str) -> tuple[Change, ...]:
    """Record what somebody who looks at the ticket may wonder about."""
    incoming, origin, facts, policy = matter.incoming, matter.origin, matter.facts, matter.policy
    remarks: list[Change] = []
    related = origin.related
    if related is not None:
        why = "closed" if origin.follows else related.evidence.value
        remarks.append(AddLink(related.candidate.ticket.number, LinkKind.RELATED, why=why))
        agent = claimed_agent(incoming.mail, policy)
        if agent is not None and proven_agent(incoming.mail, None, policy) is None:
            remarks.append(RecordEvent("agent_not_proven", {"agent": agent.name}))
    is_linked = policy.conversation.several_mailboxes is SeveralMailboxes.LINKED
    if is_linked and facts.copy is not None and facts.copy.ticket is not None:
        remarks.append(AddLink(facts.copy.ticket, LinkKind.RELATED, why="same_mail"))
    sender, author = incoming.mail.sender, matter.author
    if sender is not None and sender.key != author.key:
        remarks.append(RecordEvent("written_for_another", {"from": sender.address}))
    if silence:
        remarks.append(RecordEvent("not_acknowledged", {"why": silence}))
    return tuple(remarks)
