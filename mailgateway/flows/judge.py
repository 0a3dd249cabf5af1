"""From what a mail is to what becomes of it: gather what must be known, decide, and gather more where that decides."""

from dataclasses import replace

from mailgateway.desk.agents.command_lines import words_of_commands
from mailgateway.desk.answers.helped import may_judge
from mailgateway.desk.answers.knowledge import query_of
from mailgateway.desk.decide import Incoming, addressees, decide_mail
from mailgateway.desk.facts import Facts
from mailgateway.desk.plan import Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.routing import flood
from mailgateway.desk.threads.thread import writer
from mailgateway.desk.threads.trust import claimed_agent
from mailgateway.flows.contracts import count_use
from mailgateway.flows.desk import Desk
from mailgateway.flows.problems import about_problems, with_majors, with_suggestion
from mailgateway.flows.quarantine import with_set_aside
from mailgateway.mail.model import Kind
from mailgateway.rules.language import language_of
from mailgateway.store.engine import Transaction
from mailgateway.store.gather import about_letter, gather, limits
from mailgateway.store.incoming.spool import Spooled
from mailgateway.store.service import answers
from mailgateway.store.service.clocks import with_clocks
from mailgateway.store.service.lately import lately
from mailgateway.store.service.opened import opened_lately
from mailgateway.store.service.workload import gather_workload, known_requester
from mailgateway.store.tickets.course import course
from mailgateway.store.tickets.links import open_problems


def judge(desk: Desk, tx: Transaction, spooled: Spooled, incoming: Incoming, policy: Policy) -> tuple[Plan, Facts]:
    """Return what becomes of a mail, and the facts that it was decided from."""
    requester = policy.organisations.addresses_of(writer(incoming.mail, policy).address)
    facts = _gathered(desk, tx, spooled, incoming, requester, policy)
    plan = _decided(tx, incoming, facts, requester, policy)
    if not incoming.backfill:
        plan = with_suggestion(tx, with_majors(tx, plan, policy), policy)
    return plan, facts


def _gathered(
    desk: Desk, tx: Transaction, spooled: Spooled, incoming: Incoming, requester: tuple[str, ...], policy: Policy
) -> Facts:
    """Gather what must be known of a mail, and what the policy asks about it."""
    asked = addressees(incoming.mail, policy)
    now = min(spooled.received_at, desk.clock()) if spooled.backfill else desk.clock()
    facts = gather(tx, incoming.keys, spooled, asked, now, policy.conversation.several_mailboxes)
    if policy.asks_for("requester.known") or policy.asks_for("requester.open_tickets"):
        facts = replace(facts, requester=known_requester(tx, requester))
    if spooled.backfill:
        return facts
    if incoming.verdict.kind is Kind.BOUNCE:
        facts = about_letter(tx, facts, incoming.keys)
    if policy.service_levels:
        facts = replace(facts, candidates=with_clocks(tx, facts.candidates))
    if policy.ruleset.links:
        facts = replace(facts, open_problems=open_problems(tx, policy.ruleset.links))
    facts = _with_habits(tx, incoming, facts, spooled, policy)
    if facts.candidates and claimed_agent(incoming.mail, policy):
        facts = about_problems(tx, facts, words_of_commands(incoming.reply.text))
    facts = _with_answers(tx, incoming, facts, policy)
    return with_set_aside(tx, incoming, facts, spooled, policy)


def _with_habits(tx: Transaction, incoming: Incoming, facts: Facts, spooled: Spooled, policy: Policy) -> Facts:
    """Look at what the writer did lately, where that may decide whether there is a ticket, or a receipt."""
    who = writer(incoming.mail, policy).address
    if incoming.verdict.answerable and not incoming.keys.tokens:
        facts = replace(facts, lately=lately(tx, who, facts.now))
    most = policy.new_tickets_per_hour
    if most is None:
        return facts
    return replace(facts, opened=opened_lately(tx, who, facts.now, spooled.received_at, flood.WITHIN, most))


def _with_answers(tx: Transaction, incoming: Incoming, facts: Facts, policy: Policy) -> Facts:
    """Search the answers for what seems a new matter; for a bare yes or no, ask which answer it may be about."""
    if facts.candidates:
        is_judgement = may_judge(incoming.reply.text) and not incoming.verdict.is_machine
        numbers = [found.ticket.number for found in facts.candidates] if is_judgement else []
        return replace(facts, awaited=answers.awaited(tx, numbers))
    if incoming.verdict.is_machine or not policy.library.answers:
        return facts
    words = query_of(incoming.mail.subject, incoming.reply.text)
    language = language_of(f"{incoming.mail.subject}\n{incoming.reply.text}")
    return replace(facts, answers=answers.search(tx, policy.library, words, language))


def _decided(tx: Transaction, incoming: Incoming, facts: Facts, requester: tuple[str, ...], policy: Policy) -> Plan:
    """Decide; where the rules' answer depends on more than was gathered, gather that and decide again."""
    plan = decide_mail(incoming, facts, policy)
    if plan.asks_course_of:
        facts = replace(facts, course=course(tx, plan.asks_course_of, incoming.keys.message_ids))
        plan = decide_mail(incoming, facts, policy)
    if plan.asks_about:
        more = limits(tx, plan.asks_about, facts.now)
        facts = replace(
            facts,
            automatic_mails={**facts.automatic_mails, **more["automatic_mails"]},
            suppressed={**facts.suppressed, **more["suppressed"]},
            unsubscribed={**facts.unsubscribed, **more["unsubscribed"]},
        )
        plan = decide_mail(incoming, facts, policy)
    if plan.asks_use_of:
        facts = replace(facts, used=count_use(tx, plan.asks_use_of, facts.now, policy))
        plan = decide_mail(incoming, facts, policy)
    team = policy.directory.group(plan.waits_for)
    if team is not None:
        workload = gather_workload(tx, plan.waits_for, team.members, requester)
        plan = decide_mail(incoming, replace(facts, workload=workload), policy)
    return plan
