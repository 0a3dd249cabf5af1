"""An answer that is held and that nobody decides about: its writer is reminded once, when the desk works."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.holding.question import reminder
from mailgateway.desk.levels.business_time import are_at_work, hours_to_tell
from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import Notice
from mailgateway.desk.policy import Policy
from mailgateway.desk.timed.moments import Effect, Moment, Source

REMIND_AFTER = timedelta(hours=4)


def _moments(ticket: Ticket, policy: Policy) -> Iterator[Moment]:
    for one in ticket.held:
        at = hours_to_tell(ticket, policy).next_opening(one.at + REMIND_AFTER)
        if at is not None:
            yield Moment(at, _name(one.agent, one.at.isoformat()), "remind")


def _take(due: Sequence[Moment], candidate: Candidate, facts: Facts, policy: Policy) -> Effect:
    hours = hours_to_tell(candidate.ticket, policy)
    if not are_at_work(hours, max(moment.at for moment in due), facts.now):
        return Effect(again=hours.next_opening(facts.now))
    names = {moment.name for moment in due}
    told: list[Notice] = []
    for one in candidate.ticket.held:
        agent = policy.directory.agent(one.agent)
        if agent is not None and _name(one.agent, one.at.isoformat()) in names:
            told.append(reminder(one.article, agent, candidate.ticket, candidate.public_ids, policy))
    return Effect(notices=tuple(told), fired=tuple(names))


def _name(agent: str, since: str) -> str:
    return f"held/{agent}/{since}"


SOURCE = Source(_moments, _take)
