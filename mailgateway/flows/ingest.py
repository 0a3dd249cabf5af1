"""From the spool to the ticket: the way of one mail. The file to read first.

raw bytes ─ parse ─ classify ─ keys ─┐                      ┌─ apply ─ letters ─ outbox
                              gather ┴─ facts ─ decide ─ plan ┘        one transaction
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from mailgateway import log
from mailgateway.desk import backfill
from mailgateway.desk.answers.helped import may_judge
from mailgateway.desk.answers.knowledge import query_of
from mailgateway.desk.command_lines import words_of_commands
from mailgateway.desk.decide import Incoming, addressees, decide_mail
from mailgateway.desk.facts import Facts, ThreadKeys
from mailgateway.desk.orders import tickets_named
from mailgateway.desk.plan import Disposition, Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.routing import flood
from mailgateway.desk.threads.about import about_its_letter
from mailgateway.desk.threads.naming import keys
from mailgateway.desk.threads.thread import writer
from mailgateway.desk.threads.trust import claimed_agent
from mailgateway.errors import PoisonMessage, ScanFailed, StoreUnusable, TransientError
from mailgateway.flows.carry_out import carry_out
from mailgateway.flows.contracts import count_use
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.problems import about_problems, with_majors, with_suggestion
from mailgateway.flows.quarantine import to_be_filed, with_set_aside
from mailgateway.flows.races import despite_races
from mailgateway.flows.screening import screen
from mailgateway.mail.anyhow import read_anyhow
from mailgateway.mail.content.pictures import with_names, without_ours
from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.model import Kind, Reply, Verdict
from mailgateway.mail.parse import looks_like_mail, parse
from mailgateway.mail.written.reply import split_reply
from mailgateway.rules.language import language_of
from mailgateway.store.engine import Transaction
from mailgateway.store.gather import about_letter, gather, limits
from mailgateway.store.incoming import quarantine, spool
from mailgateway.store.incoming.spool import Spooled
from mailgateway.store.service import answers
from mailgateway.store.service.clocks import with_clocks
from mailgateway.store.service.lately import lately
from mailgateway.store.service.opened import opened_lately
from mailgateway.store.service.workload import gather_workload, known_requester
from mailgateway.store.tickets.course import course
from mailgateway.store.tickets.links import open_problems

POSTPONEMENT = timedelta(seconds=30)
BATCH = 50
LEFT_OVER = timedelta(seconds=30)
"""Who fetches a mail files it at once: what still waits after that, nobody takes care of."""

_log = log.logger("ingest")


def ingest_waiting(desk: Desk, mailbox: str | None, stop: Stop) -> int:
    """Ingest what waits in the spool (of one mailbox, or of all), oldest first; return how many got their outcome."""
    return _ingest_due(desk, mailbox, desk.clock(), stop)


def ingest_left_over(desk: Desk, stop: Stop) -> int:
    """Ingest what no mailbox worker has: its mailbox is gone from the configuration, or its server does not answer."""
    return _ingest_due(desk, None, desk.clock() - LEFT_OVER, stop)


def _ingest_due(desk: Desk, mailbox: str | None, by: datetime, stop: Stop) -> int:
    with desk.store.reading() as tx:
        waiting = spool.waiting(tx, mailbox, by, BATCH)
    done = 0
    for spool_id in waiting:
        if stop():
            break
        done += ingest(desk, spool_id) is not None
    return done


def ingest(desk: Desk, spool_id: int) -> Disposition | None:
    """Bring one spooled mail to its one outcome. A mail that breaks us is quarantined; the next one goes on.

    Returns None where nothing was left to do, or where it is postponed because the database cannot be used now. Raises
    StoreUnusable, which is no mail's fault.
    """
    with log.about(spool_id=spool_id, mailbox=None, message_id=None):
        try:
            return _file(desk, spool_id)
        except TransientError as error:
            _postpone(desk, spool_id, error)
            return None
        except StoreUnusable:
            raise
        except PoisonMessage as poison:
            return _quarantine(desk, spool_id, poison, why=poison.problem)
        except Exception as error:  # noqa: BLE001 - the one place where a bug of ours must not stop the mails behind
            kind = type(error).__name__
            _log.error("ingest.broken", error=kind, exception=log.frames(error))
            return _quarantine(desk, spool_id, PoisonMessage("ingest", f"{kind}: {error}"), why=kind)


def _file(desk: Desk, spool_id: int) -> Disposition | None:
    spooled = despite_races(partial(_read, desk, spool_id))
    if spooled is None:
        return None
    log.also(mailbox=spooled.mailbox, message_id=spooled.identity.message_id)
    policy = desk.policy()
    incoming = screen(desk, spooled, understand(spooled, policy), policy)
    spooled = replace(spooled, raw=b"")  # understood by now: what is large is not in memory twice
    desk.store.blobs.put_all([file.content for file in incoming.mail.attachments if not file.refused])

    def decide_and_apply(incoming: Incoming) -> tuple[Plan | None, int | None]:
        with desk.store.writing() as tx:
            return _decide_and_apply(desk, tx, spooled, incoming, policy)

    plan, number = despite_races(partial(decide_and_apply, incoming))
    while plan is not None and plan.asks_mail:
        # outside the transaction: a mail is never parsed while others wait to write
        incoming = _with_mail(desk, plan.asks_mail, incoming, policy)
        plan, number = despite_races(partial(decide_and_apply, incoming))
    if plan is not None and plan.is_unfinished:
        return _go_on(desk, spool_id, plan)
    if plan is None:
        return None
    desk.observer().planned(plan)
    desk.observer().filed(plan.disposition, _waited(spooled, plan.at))
    return _told(desk, incoming, plan, number)


def _read(desk: Desk, spool_id: int) -> Spooled | None:
    with desk.store.reading() as tx:
        return spool.read(tx, spool_id)


def _with_mail(desk: Desk, spool_id: int, incoming: Incoming, policy: Policy) -> Incoming:
    """Read a mail of an agent's that this one decides about, and what tickets its orders name."""
    with desk.store.reading() as tx:
        kept = spool.kept(tx, spool_id)
    held = screen(desk, kept, understand(kept, policy), policy)
    names = replace(incoming.keys, ordered=held.keys.ordered)
    return replace(incoming, keys=names, held={**incoming.held, spool_id: held})


def _go_on(desk: Desk, spool_id: int, plan: Plan) -> Disposition | None:
    """File what the mail takes out of quarantine, then look at the mail again; what is not done now is done later."""
    for entry in to_be_filed(plan.decisions):
        ingest(desk, entry)
    return _file(desk, spool_id) if plan.decisions else None


def understand(spooled: Spooled, policy: Policy) -> Incoming:
    """Make a mail of bytes, with its verdict and what it says of its ticket; raises PoisonMessage for what is none."""
    if spooled.as_is:
        return _as_is(spooled, policy)
    problem = looks_like_mail(spooled.raw)
    if problem is not None:
        raise PoisonMessage("parse", problem)
    mail = without_ours(parse(spooled.raw, policy.reading), policy.reply_keys, policy.logos)
    verdict = about_its_letter(mail, classify(mail, OwnMarks(policy.domain, policy.own_addresses)), policy)
    if spooled.backfill:
        verdict = replace(verdict, answerable=False, reasons=(*verdict.reasons, backfill.SILENT))
    is_agents = claimed_agent(mail, policy) is not None
    mail, pictures = with_names(mail) if is_agents else (mail, {})
    reply = split_reply(mail, pictures)
    ordered = tickets_named(reply.text) if is_agents else ()
    return Incoming(
        mail=mail,
        reply=reply,
        verdict=verdict,
        keys=replace(keys(mail, verdict, policy, spooled.mailbox), ordered=ordered),
        mailbox=spooled.mailbox,
        too_large=spooled.size if spooled.headers_only else 0,
        released=spooled.released,
        sha256=spooled.sha256,
        size=len(spooled.raw),
        decided_by=spooled.decided_by,
        set_aside_for=spooled.error,
        backfill=spooled.backfill,
    )


def _as_is(spooled: Spooled, policy: Policy) -> Incoming:
    """Make a mail of whatever bytes there are; nothing in it is believed to name a ticket, and nobody is answered."""
    mail = read_anyhow(spooled.raw, policy.reading)
    return Incoming(
        mail=mail,
        reply=Reply(mail.text, quoted=False),
        verdict=Verdict(Kind.NORMAL, ("it was opened out of quarantine",), answerable=False),
        keys=ThreadKeys(),
        mailbox=spooled.mailbox,
        released=True,
        sha256=spooled.sha256,
        size=len(spooled.raw),
        as_is=True,
        decided_by=spooled.decided_by,
        set_aside_for=spooled.error,
        backfill=spooled.backfill,
    )


def _decide_and_apply(
    desk: Desk, tx: Transaction, spooled: Spooled, incoming: Incoming, policy: Policy
) -> tuple[Plan | None, int | None]:
    if not spool.claim(tx, spooled.id):
        return None, None
    requester = policy.organisations.addresses_of(writer(incoming.mail, policy).address)
    facts = _gathered(desk, tx, spooled, incoming, requester, policy)
    plan = _decided(tx, incoming, facts, requester, policy)
    if not incoming.backfill:
        plan = with_suggestion(tx, with_majors(tx, plan, policy), policy)
    if plan.is_unfinished:
        quarantine.decide(tx, plan.decisions, plan.actor, plan.at, asked_by=spooled.id)
        spool.postpone(tx, spooled.id, plan.reason, plan.at + POSTPONEMENT)
        return plan, None
    if plan.asks_mail:
        return plan, None
    number = carry_out(desk, tx, plan, facts, policy, spooled, incoming.mail.attachments)
    # what is filed for old was decided for its own time, and ends today; else its events are found by this moment
    ended_at = desk.clock() if spooled.backfill else plan.at
    if plan.disposition is Disposition.QUARANTINED:
        spool.quarantine(tx, spooled.id, "decide", plan.reason, ended_at)
    else:
        spool.finish(tx, spooled.id, plan.disposition, plan.reason, number, ended_at)
    return plan, number


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
    if plan.asks_about:
        more = limits(tx, plan.asks_about, facts.now)
        facts = replace(
            facts,
            automatic_mails={**facts.automatic_mails, **more["automatic_mails"]},
            suppressed={**facts.suppressed, **more["suppressed"]},
            unsubscribed={**facts.unsubscribed, **more["unsubscribed"]},
        )
        plan = decide_mail(incoming, facts, policy)
    if plan.asks_course_of:
        facts = replace(facts, course=course(tx, plan.asks_course_of, incoming.keys.message_ids))
        plan = decide_mail(incoming, facts, policy)
    if plan.asks_use_of:
        facts = replace(facts, used=count_use(tx, plan.asks_use_of, facts.now, policy))
        plan = decide_mail(incoming, facts, policy)
    team = policy.directory.group(plan.waits_for)
    if team is not None:
        workload = gather_workload(tx, plan.waits_for, team.members, requester)
        plan = decide_mail(incoming, replace(facts, workload=workload), policy)
    return plan


def _told(desk: Desk, incoming: Incoming, plan: Plan, number: int | None) -> Disposition:
    if plan.notices:
        desk.letters_waiting()
    _log.info(
        "ingest.done",
        ticket=number,
        disposition=plan.disposition.value,
        kind=incoming.verdict.kind.value,
        why=plan.reason,
        letters=len(plan.notices),
    )
    return plan.disposition


def _waited(spooled: Spooled, now: datetime) -> timedelta | None:
    accepted_at = None if spooled.released or spooled.backfill else spooled.accepted_at
    return None if accepted_at is None else max(now - accepted_at, timedelta(0))


def _postpone(desk: Desk, spool_id: int, error: TransientError) -> None:
    with desk.store.writing() as tx:
        is_its_own = isinstance(error, ScanFailed)
        spool.postpone(tx, spool_id, str(error), desk.clock() + POSTPONEMENT, counts=is_its_own)
    _log.warning("ingest.postponed", why=str(error))


def _quarantine(desk: Desk, spool_id: int, poison: PoisonMessage, why: str) -> Disposition:
    with desk.store.writing() as tx:
        if spool.claim(tx, spool_id):
            spool.quarantine(tx, spool_id, poison.stage, poison.problem, desk.clock())
    desk.observer().filed(Disposition.QUARANTINED, None)
    _log.warning("ingest.quarantined", stage=poison.stage, why=why)
    return Disposition.QUARANTINED
