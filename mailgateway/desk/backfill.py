"""Old mail is filed in silence: it opens tickets and joins them, and nobody hears of it.

Nothing in it is an order any more, no status moves, and what rules would have sent on, asked or called is left out. A
ticket that is made of it rests: its clocks and timers begin when somebody does something about it.
"""

from dataclasses import replace

from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.follow_up import record_machine
from mailgateway.desk.incoming import Incoming, article_of, message_id_reused, newcomers
from mailgateway.desk.levels.level_changes import Rouse
from mailgateway.desk.model import Ticket
from mailgateway.desk.opening import Origin, open_ticket
from mailgateway.desk.plan import AddArticle, AddParticipants, Change, Disposition, OpenTicket, Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.joining import Joining, joined
from mailgateway.desk.threads.naming import named_by
from mailgateway.desk.threads.thread import Thread, writer

SILENT = "it is old mail, filed in silence"


def filed(incoming: Incoming, found: Joining, facts: Facts, policy: Policy) -> Plan:
    """File an old mail in the ticket that it belongs to, or in a new one."""
    if found.thread is None:
        return open_ticket(incoming, Origin(found.related), facts, policy)
    if incoming.verdict.is_machine:
        return record_machine(incoming, found.thread, facts, policy)
    return _added(incoming, found.thread, facts, policy)


def silenced(plan: Plan) -> Plan:
    """Return a plan without what would leave the house; a ticket that it opens rests."""
    plan = replace(plan, notices=(), reachability=())
    match plan.changes:
        case (OpenTicket(ticket, trace), *rest):
            return replace(plan, changes=(OpenTicket(replace(ticket, dormant=True), trace), *rest))
    return plan


def roused(plan: Plan, candidate: Candidate | None) -> Plan:
    """Have a plan by which somebody does something about a ticket that rests end its rest."""
    if candidate is None or not candidate.ticket.dormant or plan.is_quiet or not plan.changes:
        return plan
    return replace(plan, changes=(*plan.changes, Rouse()))


def _added(incoming: Incoming, thread: Thread, facts: Facts, policy: Policy) -> Plan:
    ticket = thread.candidate.ticket
    author = writer(incoming.mail, policy)
    takes_part = ticket.has_participant(author.address)
    article = article_of(incoming, author, facts, () if takes_part else ("other_sender",))
    return Plan(
        at=facts.now,
        actor=author.address or "unknown",
        disposition=Disposition.FOLLOWED_UP,
        reason=f"by {thread.evidence.value}; {SILENT}",
        ticket=ticket.number,
        changes=(
            AddArticle(article),
            *(_people(incoming, ticket, policy) if takes_part else ()),
            joined(incoming, thread, policy),
            *named_by(incoming.keys, facts, ticket.number),
            *message_id_reused(facts),
        ),
        is_quiet=True,
    )


def _people(incoming: Incoming, ticket: Ticket, policy: Policy) -> tuple[Change, ...]:
    people = newcomers((*incoming.mail.to, *incoming.mail.cc), ticket, policy)
    return (AddParticipants(people),) if people else ()
