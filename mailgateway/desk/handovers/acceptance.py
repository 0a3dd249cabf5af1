"""A hand-over that was accepted: the group that gave the ticket is told, and has it off its mind."""

from dataclasses import replace

from mailgateway.desk.facts import Candidate
from mailgateway.desk.letters.notices import to_worker
from mailgateway.desk.letters.workers import team_of
from mailgateway.desk.model import Offer, Ticket
from mailgateway.desk.plan import Notice, NoticeKind
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.thread import for_notes


def acceptance(
    offer: Offer, group: str, actor: str, changed: Ticket, candidate: Candidate, policy: Policy
) -> tuple[Notice, ...]:
    """Tell everybody in the group that gave a ticket that `group` accepted it, but for the `actor` who did.

    `changed` is the ticket as it is then: it may be with a third group already.
    """
    giver, agent = policy.directory.group(offer.giver), policy.directory.agent(actor)
    known = agent.addresses if agent is not None else frozenset()
    bare = to_worker(NoticeKind.OFFER_ACCEPTED, None, changed, policy, candidate.public_ids)
    values = {"giver": offer.giver, "accepted_for": group, "by": agent.display if agent is not None else ""}
    return tuple(
        replace(bare, recipient=one.address, bound_to=for_notes(one.bound_to), values=values)
        for one in (team_of(giver, policy) if giver is not None else ())
        if "@" in one.address.key and one.address.key not in known and not policy.is_ours(one.address.key)
    )
