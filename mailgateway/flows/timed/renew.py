"""When the policy changes, open tickets learn when they are next to be looked at: once, in small parts."""

from mailgateway import log
from mailgateway.desk.policy import Policy
from mailgateway.desk.timed.agenda import renewal, version
from mailgateway.flows.desk import Desk, Stop
from mailgateway.store.gather import gather_open
from mailgateway.store.tickets import renewals
from mailgateway.store.tickets.apply import apply

BATCH = 100

_log = log.logger("renew")


def renew(desk: Desk, known: str, stop: Stop) -> str:
    """Let open tickets know the policy in force; return the version that all of them know as far as we can tell.

    `known` is what the last call returned, "" for the first one. So two daemons with different files tell the tickets
    once each, and not for ever.
    """
    policy = desk.policy()
    wanted = version(policy)
    if wanted == known or _is_known(desk, wanted):
        return wanted
    while not stop():
        if _is_over(desk, policy, wanted):
            _log.info("renew.done", version=wanted)
            return wanted
    return known


def _is_known(desk: Desk, wanted: str) -> bool:
    with desk.store.reading() as tx:
        return renewals.is_known(tx, wanted)


def _is_over(desk: Desk, policy: Policy, wanted: str) -> bool:
    with desk.store.writing() as tx:
        reached = renewals.reached(tx, wanted)
        if reached is None:
            return True
        candidates = gather_open(tx, reached, BATCH)
        for candidate in candidates:
            plan = renewal(candidate, desk.clock(), policy)
            if plan is not None:
                apply(tx, plan, None)
        renewals.keep(tx, wanted, candidates[-1].ticket.number if candidates else None)
    return not candidates
