"""The one place where the stages meet: what is known about a mail goes in, the plan for it comes out."""

from dataclasses import replace

from mailgateway.desk import backfill
from mailgateway.desk.agents.from_agent import from_agent
from mailgateway.desk.agents.mail import AgentMail
from mailgateway.desk.customers.charging import charged
from mailgateway.desk.customers.wishes import is_wish, wished
from mailgateway.desk.facts import Earlier, Facts
from mailgateway.desk.follow_up import follow_up, record_machine
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.letters import notices
from mailgateway.desk.letters.returned import of_letter, returned
from mailgateway.desk.letters.suppression import BY_BOUNCE, Reachability
from mailgateway.desk.model import Agent
from mailgateway.desk.opening import Origin, open_ticket
from mailgateway.desk.plan import Disposition, Plan, RecordEvent
from mailgateway.desk.policy import Policy
from mailgateway.desk.quarantine.as_is import opened_as_is, released
from mailgateway.desk.quarantine.obeying import answered_digest, obeyed
from mailgateway.desk.routing.asking import question_about
from mailgateway.desk.routing.route import route
from mailgateway.desk.threads.joining import is_over, join, joined
from mailgateway.desk.threads.naming import named_by
from mailgateway.desk.threads.thread import Thread, writer
from mailgateway.desk.threads.trust import claimed_agent
from mailgateway.mail.model import Kind, Mail

__all__ = ["Incoming", "addressees", "decide_mail"]

_REPORTS = (Kind.BOUNCE, Kind.DELIVERY_DELAY, Kind.READ_RECEIPT)


def addressees(mail: Mail, policy: Policy) -> set[str]:
    """Return everybody outside its ticket whom a mail may make us write to automatically, casefolded."""
    agent = claimed_agent(mail, policy)
    passed_on = mail.forwarded_from if agent else None
    told = (agent.address.casefold() if agent else "", passed_on.key if passed_on else "")
    return {writer(mail, policy).key, *filter(None, told)}


def decide_mail(incoming: Incoming, facts: Facts, policy: Policy) -> Plan:
    """Decide what becomes of a mail. Machine mail is kept, but answers nothing, reopens nothing, commands nothing."""
    if incoming.backfill:
        return backfill.silenced(released(_old(incoming, facts, policy), incoming))
    lifted = _writes_again(incoming, facts, policy)
    if lifted is None:
        return released(_decided(incoming, facts, policy), incoming)
    others = {key: known for key, known in facts.suppressed.items() if key != lifted.address.casefold()}
    plan = released(_decided(incoming, replace(facts, suppressed=others), policy), incoming)
    return replace(plan, reachability=(*plan.reachability, lifted))


def _writes_again(incoming: Incoming, facts: Facts, policy: Policy) -> Reachability | None:
    """Return that an address may be written to again: a person writes from it, and no operator has closed it."""
    who = writer(incoming.mail, policy)
    known = facts.suppressed.get(who.key)
    if known is None or known.by != BY_BOUNCE or incoming.verdict.is_machine:
        return None
    return Reachability(who.address)


def _decided(incoming: Incoming, facts: Facts, policy: Policy) -> Plan:
    first = _turned_away(incoming, facts, policy) or _of_quarantine(incoming, facts, policy)
    if first is not None:
        return first
    found = join(incoming, facts, policy)
    if found.again and facts.copy is not None:
        return _duplicate(incoming, facts, facts.copy)
    if incoming.verdict.kind is Kind.BOUNCE and facts.letter is not None:
        return returned(incoming, facts.letter, of_letter(facts.letter, found.thread, facts), facts, policy)
    if is_wish(incoming, found.thread):
        return wished(incoming, found.thread, facts, policy)
    if found.thread is not None:
        return _about(incoming, found.thread, found.agent, facts, policy)
    return _new(incoming, found.related, facts, policy)


def _old(incoming: Incoming, facts: Facts, policy: Policy) -> Plan:
    """Decide about old mail: nobody's orders or wishes are carried out after the fact."""
    first = _turned_away(incoming, facts, policy)
    if first is not None:
        return first
    if incoming.as_is:
        return opened_as_is(incoming, facts, policy)
    found = join(incoming, facts, policy)
    if found.again and facts.copy is not None:
        return _duplicate(incoming, facts, facts.copy)
    if found.thread is None and incoming.verdict.kind in _REPORTS:
        return _recorded(incoming, "a report about no letter of a ticket", facts, policy)
    return backfill.filed(incoming, found, facts, policy)


def _of_quarantine(incoming: Incoming, facts: Facts, policy: Policy) -> Plan | None:
    """Decide about a mail that the admin wants as a ticket, and about the admin's own answer to a digest."""
    if incoming.as_is:
        return charged(opened_as_is(incoming, facts, policy), facts, policy)
    digest = answered_digest(incoming, facts, policy)
    if digest is None:
        return None
    if incoming.verdict.is_machine:
        return _recorded(incoming, "an automatic answer to a digest of the quarantine", facts, policy)
    return obeyed(incoming, digest, facts, policy)


def _new(incoming: Incoming, related: Thread | None, facts: Facts, policy: Policy) -> Plan:
    """Decide about a mail that joins no ticket."""
    if incoming.verdict.kind in _REPORTS:
        return _recorded(incoming, "a report about no letter of a ticket", facts, policy)
    return charged(open_ticket(incoming, Origin(related), facts, policy), facts, policy)


def _about(incoming: Incoming, thread: Thread, agent: Agent | None, facts: Facts, policy: Policy) -> Plan:
    """Decide about a mail of somebody who belongs to a ticket."""
    if agent is not None:
        plan = from_agent(AgentMail(incoming, thread, agent, facts, policy))
        if plan.disposition is Disposition.REFUSED:
            return plan
        named = named_by(incoming.keys, facts, thread.candidate.ticket.number)
        return replace(plan, changes=(*plan.changes, joined(incoming, thread, policy, agent), *named))
    if incoming.verdict.is_machine:
        return record_machine(incoming, thread, facts, policy)
    if is_over(thread.candidate.ticket, facts, policy):
        return charged(open_ticket(incoming, Origin(thread, follows=True), facts, policy), facts, policy)
    return follow_up(incoming, thread, facts, policy)


def _turned_away(incoming: Incoming, facts: Facts, policy: Policy) -> Plan | None:
    earlier = facts.earlier
    # What another mailbox let go without a ticket may still be a matter of this one.
    if earlier is not None and earlier.same and (earlier.ticket or earlier.mailbox in ("", incoming.mailbox)):
        return _duplicate(incoming, facts, earlier)
    if incoming.as_is:
        return None
    if incoming.verdict.kind is Kind.LOOP:
        return _recorded(incoming, "a mail of ours that came back", facts, policy)
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
        is_quiet=True,
    )


def _recorded(incoming: Incoming, reason: str, facts: Facts, policy: Policy) -> Plan:
    return Plan(facts.now, writer(incoming.mail, policy).address or "unknown", Disposition.RECORDED, reason)


def _too_large(incoming: Incoming, facts: Facts, policy: Policy) -> Plan:
    mailbox = policy.mailbox(incoming.mailbox)
    reason = f"the mail has {incoming.too_large / 1_000_000:.1f} MB, more than this mailbox takes"
    language = route(policy, question_about(incoming, facts, policy)).language
    author = writer(incoming.mail, policy)
    notice = notices.rejected(incoming.mail, author, mailbox, reason, language, too_large=incoming.too_large)
    silence = notices.why_unanswered(notice, incoming.verdict, facts, policy)
    return Plan(
        at=facts.now,
        actor="intake",
        disposition=Disposition.QUARANTINED,
        reason=reason,
        notices=() if silence else (notice,),
    )
