"""One sender opens tickets without end: a machine gone wrong, or somebody who wants the desk to drown."""

from datetime import timedelta

from mailgateway.desk.facts import Facts
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.plan import Disposition, Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.thread import writer
from mailgateway.desk.threads.trust import proven_agent

WITHIN = timedelta(hours=1)


def held_back(incoming: Incoming, facts: Facts, policy: Policy) -> Plan | None:
    """Return the plan for one new matter too many, None where it may become a ticket.

    It is set aside in silence: the admin gets the digest, the sender nothing that feeds the flood. What a person let
    in, what a proven agent writes, and who is exempt from limits is never held back.
    """
    most = policy.new_tickets_per_hour
    author = writer(incoming.mail, policy)
    if most is None or facts.opened < most or incoming.released or incoming.as_is:
        return None
    if policy.is_unlimited(author.key) or proven_agent(incoming.mail, None, policy) is not None:
        return None
    return Plan(
        at=facts.now,
        actor=author.address or "unknown",
        disposition=Disposition.QUARANTINED,
        reason=f"its sender opened {most} tickets within an hour, as many as limits.new_tickets_per_hour allows",
    )
