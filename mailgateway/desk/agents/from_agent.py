"""What becomes of an agent's mail about a ticket: its orders are carried out, refused, or held and asked about."""

from dataclasses import replace

from mailgateway.desk.agents.act import act, is_answer, objection
from mailgateway.desk.agents.commands import COMMANDS
from mailgateway.desk.agents.enclosed import enclosed
from mailgateway.desk.agents.mail import AgentMail
from mailgateway.desk.agents.objections import against_orders
from mailgateway.desk.agents.orders import Decision, Orders
from mailgateway.desk.agents.policy import Collision
from mailgateway.desk.agents.read_orders import read_orders
from mailgateway.desk.facts import Course, Entry
from mailgateway.desk.files.said import not_sent
from mailgateway.desk.files.screening import refused
from mailgateway.desk.holding import held
from mailgateway.desk.holding.meanwhile import meanwhile
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.letters import notices
from mailgateway.desk.letters.receipts import receipt
from mailgateway.desk.model import HeldAnswer, StoredFile
from mailgateway.desk.plan import Disposition, Plan, RecordEvent
from mailgateway.desk.problems.incidents import taking_along
from mailgateway.desk.threads.thread import signed_as

_MOST_NAMED = 10


def from_agent(written: AgentMail) -> Plan:
    """Decide about an agent's mail. Where the plan asks for the ticket's course, or for a mail, it is decided anew."""
    agent, thread = written.agent, written.thread
    reading = read_orders(written.incoming.reply.text, agent.name, written.policy, inside=thread.inside)
    if reading.problems or reading.orders.help:
        return _refused(written, reading.problems)
    orders, files = enclosed(taking_along(reading.orders, thread), written.incoming.mail, agent)
    stays_inside = orders.note and orders.decision is None
    if written.facts.course is None and not stays_inside:
        return replace(_unknown(written), asks_course_of=thread.candidate.numbers)
    return _carried_out(written, orders, files) if orders.decision is None else _decision(written, orders, files)


def _decision(written: AgentMail, orders: Orders, files: tuple[StoredFile, ...]) -> Plan:
    """Send an answer that is held, or give it up."""
    ticket, agent = written.ticket, written.agent
    one = held.chosen(ticket, agent, written.facts.course or Course())
    against = held.against_deciding(orders, files, one, ticket, agent)
    if one is None or against:
        return _refused(written, (against,))
    if orders.decision is Decision.DROP:
        return _with_receipt(written, held.drop(written, one))
    original = written.incoming.held.get(one.mail)
    if original is None:
        return replace(_unknown(written), asks_mail=one.mail)
    reading = read_orders(original.reply.text, agent.name, written.policy, inside=one.inside)
    if reading.problems:
        return _refused(_quoting(written, original), reading.problems)
    return _carried_out(written, *enclosed(reading.orders, original.mail, agent), one)


def _carried_out(
    written: AgentMail, orders: Orders, files: tuple[StoredFile, ...], waiting: HeldAnswer | None = None
) -> Plan:
    """Carry out orders, of this mail or of the one that is `waiting`; or hold them, where they are out of date."""
    incoming, agent, facts, policy = written.incoming, written.agent, written.facts, written.policy
    original = incoming if waiting is None else incoming.held[waiting.mail]
    problems = _against_files(original) or _objections(written, orders, files)
    if problems:
        return _refused(_quoting(written, original), problems)
    since = _meanwhile(written, waiting)
    if since and policy.agents.collision is Collision.HOLD and is_answer(orders, files):
        if waiting is not None:
            return held.ask_again(written, waiting, since)
        return held.hold(written, since)
    plan = act(orders, agent, written.candidate, facts, policy, files, mail=original.mail)
    return _with_receipt(written, plan if waiting is None else held.sent(plan, waiting), since)


def _quoting(written: AgentMail, original: Incoming) -> AgentMail:
    """Give back the words that cannot be carried out, wherever they stood."""
    mail = replace(written.incoming.mail, text=original.mail.text)
    return replace(written, incoming=replace(written.incoming, mail=mail))


def _against_files(original: Incoming) -> tuple[str, ...]:
    return tuple(not_sent(file.filename, file.refused) for file in refused(original.mail)[:_MOST_NAMED])


def _objections(written: AgentMail, orders: Orders, files: tuple[StoredFile, ...]) -> tuple[str, ...]:
    facts, policy = written.facts, written.policy
    against = objection(orders, written.ticket, files, policy)
    against = against or against_orders(orders, written.agent, written.candidate, facts, policy)
    return (against,) if against else ()


def _meanwhile(written: AgentMail, waiting: HeldAnswer | None) -> tuple[Entry, ...]:
    """Return what happened since the agent saw the ticket; who was asked about a held answer saw it as it was then."""
    course = written.facts.course
    if course is None or written.policy.agents.collision is Collision.SEND:
        return ()
    return meanwhile(course, written.incoming.keys.message_ids, written.agent, waiting.at if waiting else None)


def _with_receipt(written: AgentMail, plan: Plan, since: tuple[Entry, ...] = ()) -> Plan:
    return replace(plan, notices=(*plan.notices, *receipt(plan, written, since)))


def _unknown(written: AgentMail) -> Plan:
    """Return a plan that does nothing: something has to be known first."""
    return Plan(written.facts.now, written.agent.name, Disposition.RECORDED, "more has to be known")


def _counted(problems: tuple[str, ...]) -> str:
    return "one problem" if len(problems) == 1 else f"{len(problems)} problems"


def _refused(written: AgentMail, problems: tuple[str, ...]) -> Plan:
    incoming, agent, facts, policy = written.incoming, written.agent, written.facts, written.policy
    ticket = written.ticket
    notice = notices.commands_refused(incoming.mail, agent, ticket, problems, COMMANDS, policy)
    notice = replace(notice, bound_to=signed_as(written.thread, notice.bound_to))
    silence = notices.why_unanswered(notice, incoming.verdict, facts, policy)
    detail = {"why": "; ".join(problems) or "asked for help", **({"not_told": silence} if silence else {})}
    return Plan(
        at=facts.now,
        actor=agent.name,
        disposition=Disposition.REFUSED,
        reason=f"orders of an agent that have {_counted(problems)}" if problems else "an agent asked for help",
        ticket=ticket.number,
        changes=(RecordEvent("orders_refused", detail),),
        notices=() if silence else (notice,),
    )
