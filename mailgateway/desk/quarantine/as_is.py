"""A ticket of a mail whatever is odd about it: the admin wants one, so no rule is asked and no defect counts."""

from collections.abc import Mapping
from dataclasses import replace

from mailgateway.desk.answers.knowledge import EMPTY
from mailgateway.desk.facts import Facts
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.opening import Origin, open_ticket
from mailgateway.desk.plan import Plan, RecordEvent
from mailgateway.desk.policy import Policy
from mailgateway.rules.schema import Ruleset

RELEASED = "released"


def opened_as_is(incoming: Incoming, facts: Facts, policy: Policy) -> Plan:
    """Open a ticket with the defaults of the mailbox; who works there is told, its writer is not."""
    bare = replace(policy, ruleset=replace(Ruleset(), timezone=policy.ruleset.timezone), library=EMPTY)
    return open_ticket(incoming, Origin(), facts, bare)


def released(plan: Plan, incoming: Incoming) -> Plan:
    """Write down on the ticket who took its mail out of quarantine, and what it had been there for."""
    if not incoming.decided_by or not plan.changes:
        return plan
    detail: Mapping[str, str] = {"by": incoming.decided_by, "why": incoming.set_aside_for}
    return replace(plan, changes=(*plan.changes, RecordEvent(RELEASED, detail)))
