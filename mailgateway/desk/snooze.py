"""A ticket that was put aside wakes up at its time, and whoever works on it is told."""

from collections.abc import Iterator, Sequence

from mailgateway.desk import notices
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.model import Ticket
from mailgateway.desk.moments import Effect, Moment, Source
from mailgateway.desk.plan import Snooze
from mailgateway.desk.policy import Policy


def _moments(ticket: Ticket, _policy: Policy) -> Iterator[Moment]:
    if ticket.snoozed_until is not None:
        yield Moment(ticket.snoozed_until, f"snooze/{ticket.snoozed_until.isoformat()}", "wake")


def _take(due: Sequence[Moment], candidate: Candidate, _facts: Facts, policy: Policy) -> Effect:
    ticket = candidate.ticket
    return Effect(
        changes=(Snooze(ticket.snoozed_until, None),),
        notices=notices.agent_reminder(ticket, candidate, policy),
        fired=tuple(moment.name for moment in due),
    )


SOURCE = Source(_moments, _take)
