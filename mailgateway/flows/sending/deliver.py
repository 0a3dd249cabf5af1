"""From the outbox to the SMTP server: claim what is due, send it, write the outcomes down as they come."""

from datetime import datetime

from mailgateway import log
from mailgateway.desk.letters.route import Route
from mailgateway.errors import GatewayError, LoginRefused, SmtpUnavailable
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.health.beats import beat_sparingly, primary, recover
from mailgateway.flows.sending import owners
from mailgateway.flows.sending.in_hand import InHand
from mailgateway.flows.sending.outcomes import Outcomes, Sending
from mailgateway.flows.sending.supply import LEASE, Supply
from mailgateway.smtp.pool import Pool
from mailgateway.store.outgoing import outbox

_log = log.logger("deliver")


def deliver_due(desk: Desk, pool: Pool, sending: Sending, in_hand: InHand, stop: Stop) -> int:
    """Send everything of a route that is due; return how many letters were tried. `in_hand` is kept between calls.

    Raises SmtpUnavailable, LoginRefused (or what the login's secret raises) where the server cannot be used at all;
    what was claimed and not begun is put back as it was, so that an outage costs no letter an attempt.
    """
    in_hand.give_back(desk)
    _release_abandoned(desk, sending.owner)
    before = pool.outage
    try:
        tried = _send_due(desk, pool, sending, in_hand, stop)
        if not stop():
            pool.look()
    finally:
        _tell_of_fallback(desk, pool, sending, before)
    return tried


def find_server(desk: Desk, pool: Pool, sending: Sending) -> None:
    """See whether the server that could not be used can be by now, without a letter; raises as `deliver_due` does."""
    pool.probe()
    recover(desk, sending.name)


def is_wanted_now(desk: Desk, route: Route, since: datetime) -> bool:
    """Tell whether an operator has wanted letters of a route sent since then; a store that is away knows of nobody."""
    try:
        with desk.store.reading() as tx:
            at = outbox.last_wish(tx, route)
    except GatewayError:
        return False
    return at is not None and at > since


def _send_due(desk: Desk, pool: Pool, sending: Sending, in_hand: InHand, stop: Stop) -> int:
    tried = 0
    # behind the first claim it is looked before one is made: that asks for no lock, which others wait for
    while not stop() and (not tried or _is_due(desk, sending.route)):
        outcomes = Outcomes(desk, sending, in_hand)
        supply = Supply(desk, sending, outcomes.expect, stop)
        # here: the pool has no need of a loop where nothing is due
        if not supply.claim():
            break
        _send(pool, supply, outcomes)
        tried += outcomes.tally.tried
    return tried


def _is_due(desk: Desk, route: Route) -> bool:
    with desk.store.reading() as tx:
        return outbox.oldest_due(tx, desk.clock(), route) is not None


def _send(pool: Pool, supply: Supply, outcomes: Outcomes) -> None:
    try:
        pool.send(supply.letters(), outcomes.record, supply.is_over)
        outcomes.end(supply.unread)
        outcomes.sign()
    except (SmtpUnavailable, LoginRefused) as error:
        _log.warning("deliver.unavailable", worker=outcomes.name, letters=outcomes.expected, why=str(error))
        raise
    finally:
        outcomes.give_back()


def _tell_of_fallback(desk: Desk, pool: Pool, sending: Sending, before: str) -> None:
    """Give a sign of life of the server that has a fall-back: whether it is used, or why it is not."""
    route = sending.route
    if not route.fallback:
        return
    if bool(before) is not bool(pool.outage):
        write = _log.warning if pool.outage else _log.info
        write("deliver.fallback", worker=sending.name, in_use=bool(pool.outage), why=pool.outage or "it works again")
    beat_sparingly(desk, primary(route.mailbox), pool.outage or None)


def _release_abandoned(desk: Desk, owner: str) -> None:
    """Give back letters that a process which is gone had claimed; they may have arrived, so they are uncertain."""
    with desk.store.reading() as tx:
        if not outbox.is_any_claimed(tx):
            return
    with desk.store.writing() as tx:
        count = outbox.release_abandoned(tx, desk.clock(), LEASE, lambda other: owners.still_holds(other, owner))
    if count:
        _log.warning("deliver.released", letters=count)
