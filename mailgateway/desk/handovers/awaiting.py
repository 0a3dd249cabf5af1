"""A ticket that its new group has not accepted in time: who leads that group is told, and who gave it, once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.letters.notices import to_worker
from mailgateway.desk.letters.workers import leading, team_of
from mailgateway.desk.levels.business_time import are_at_work, business_time, hours_to_tell
from mailgateway.desk.levels.service_levels import FINISHED
from mailgateway.desk.model import Offer, Ticket
from mailgateway.desk.plan import Notice, NoticeKind, RecordEvent
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.thread import for_notes
from mailgateway.desk.timed.moments import Effect, Moment, Source


def _moments(ticket: Ticket, _policy: Policy) -> Iterator[Moment]:
    offer = ticket.offer
    if offer is not None and offer.accept_by is not None and ticket.status not in FINISHED:
        yield Moment(offer.accept_by, f"offer/{ticket.group}/{offer.at.isoformat()}", "not_accepted")


def _take(due: Sequence[Moment], candidate: Candidate, facts: Facts, policy: Policy) -> Effect:
    ticket, offer, moment = candidate.ticket, candidate.ticket.offer, due[0]
    if offer is None:
        return Effect()
    hours = hours_to_tell(ticket, policy)
    if not are_at_work(hours, moment.at, facts.now):
        return Effect(again=hours.next_opening(facts.now))
    notices = _notices(offer, candidate, policy)
    told = ", ".join(notice.recipient.name or notice.recipient.address for notice in notices)
    event = RecordEvent("not_accepted", {"from": offer.giver, "to": ticket.group, "told": told})
    return Effect((event,), notices, (moment.name,))


def _notices(offer: Offer, candidate: Candidate, policy: Policy) -> tuple[Notice, ...]:
    ticket = candidate.ticket
    bare = to_worker(NoticeKind.NOT_ACCEPTED, None, ticket, policy, candidate.public_ids)
    giver = policy.directory.group(offer.giver)
    gave = team_of(giver, policy) if giver is not None else ()
    people = {one.address.key: one for one in (*leading(ticket.group, policy), *gave)}
    zone = str(business_time(ticket, policy).zone)
    values = {"giver": offer.giver, "since": offer.at, "accept_by": offer.accept_by, "timezone": zone}
    return tuple(
        replace(bare, recipient=one.address, bound_to=for_notes(one.bound_to), values=values)
        for key, one in people.items()
        if "@" in key and not policy.is_ours(key)
    )


SOURCE = Source(_moments, _take)
