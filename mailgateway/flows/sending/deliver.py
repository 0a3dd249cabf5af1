"""From the outbox to the SMTP server: claim what is due, send it, write the outcomes down as they come."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from mailgateway import log
from mailgateway.desk.letters.delivery import Attempt, Delivery, deferred, failed
from mailgateway.desk.letters.route import Route
from mailgateway.errors import BlobsAway, GatewayError, LoginRefused, PermanentError, SmtpUnavailable, StoreUnusable
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.health.beats import beat, beat_sparingly, primary, recover
from mailgateway.flows.sending import owners
from mailgateway.flows.sending.in_hand import InHand
from mailgateway.flows.sending.outcomes import Outcomes, Sending, Tally
from mailgateway.mail.model import Letter
from mailgateway.smtp.pool import Pool
from mailgateway.store.outgoing import outbox, pace

BATCH = 100
"""So many letters are claimed together: between two batches the connections stand idle for a moment."""

LEASE = timedelta(minutes=15)
LONGEST_BATCH = LEASE / 3
"""After that no letter of a batch is begun: a claim must not run out while a slow server still has its letter."""

READ_TOGETHER = 10

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
    while not stop():
        claimed, paced = _claim(desk, sending)
        in_hand.take(outgoing.id for outgoing in claimed)
        if not claimed:
            if paced:
                continue
            break
        tally = _send(desk, pool, sending, in_hand, claimed, stop)
        if tally.tried:
            beat(desk, sending.name, None if tally.judged else tally.answer)
        tried += tally.tried
    return tried


def _tell_of_fallback(desk: Desk, pool: Pool, sending: Sending, before: str) -> None:
    """Give a sign of life of the server that has a fall-back: whether it is used, or why it is not."""
    route = sending.route
    if not route.fallback:
        return
    if bool(before) is not bool(pool.outage):
        write = _log.warning if pool.outage else _log.info
        write("deliver.fallback", worker=sending.name, in_use=bool(pool.outage), why=pool.outage or "it works again")
    beat_sparingly(desk, primary(route.mailbox), pool.outage or None)


def _claim(desk: Desk, sending: Sending) -> tuple[tuple[outbox.Outgoing, ...], int]:
    """Claim letters that are due, and let those wait that leave too fast for their domain: return how many do."""
    wanted, now = sending.pace, desk.clock()
    with desk.store.writing() as tx:
        due = outbox.claim_due(tx, now, sending.owner, BATCH, sending.route)
        rates = {one.due.domain: rate for one in due if (rate := wanted.rate(one.due.domain))}
        if not rates:
            return due, 0
        since = {domain: now - rate.per for domain, rate in rates.items()}
        gone = pace.gone(tx, since, [one.id for one in due], sending.route)
        waiting = wanted.waiting((one.due for one in due), gone, now)
        pace.postpone(tx, waiting)
    return tuple(one for one in due if one.id not in waiting), len(waiting)


def _release_abandoned(desk: Desk, owner: str) -> None:
    """Give back letters that a process which is gone had claimed; they may have arrived, so they are uncertain."""
    with desk.store.writing() as tx:
        count = outbox.release_abandoned(tx, desk.clock(), LEASE, lambda other: owners.still_holds(other, owner))
    if count:
        _log.warning("deliver.released", letters=count)


def _send(
    desk: Desk, pool: Pool, sending: Sending, in_hand: InHand, claimed: tuple[outbox.Outgoing, ...], stop: Stop
) -> Tally:
    latest = desk.clock() + LONGEST_BATCH
    outcomes = Outcomes(desk, sending, in_hand, {outgoing.id: outgoing for outgoing in claimed})
    unread: dict[int, Delivery] = {}
    try:
        letters = _letters(desk, sending, claimed, unread)
        pool.send(letters, outcomes.record, lambda: stop() or desk.clock() >= latest)
        outcomes.end(unread)
    except (SmtpUnavailable, LoginRefused) as error:
        left = len(claimed) - outcomes.tally.tried
        _log.warning("deliver.unavailable", worker=sending.name, letters=left, why=str(error))
        raise
    finally:
        in_hand.give_back(desk)
    return outcomes.tally


def _letters(
    desk: Desk, sending: Sending, claimed: Sequence[outbox.Outgoing], unread: dict[int, Delivery]
) -> Iterator[tuple[int, Letter]]:
    """Read letters when their turn comes, a few together: all of a batch would fill the memory.

    One whose bytes are lost, or cannot be had now, must not stop those behind it, and is noted in `unread`. Where the
    blobs do not answer once, no other letter of the batch waits for their time-out.
    """
    of = {outgoing.id: outgoing for outgoing in claimed}
    ids = list(of)
    away = ""
    for start in range(0, len(ids), READ_TOGETHER):
        with desk.store.reading() as tx:
            stored = outbox.stored(tx, ids[start : start + READ_TOGETHER])
        for one in stored:
            if away and one.content is None:
                unread[one.id] = _later(of[one.id], away, desk, sending)
                continue
            try:
                letter = one.letter(desk.store.blobs)
            except BlobsAway as error:
                away = str(error)
                unread[one.id] = _later(of[one.id], away, desk, sending)
            except StoreUnusable:
                raise
            except PermanentError as error:
                unread[one.id] = failed(str(error), desk.clock())
            else:
                yield one.id, letter


def _later(outgoing: outbox.Outgoing, why: str, desk: Desk, sending: Sending) -> Delivery:
    attempt = Attempt(outgoing.attempts, outgoing.first_at)
    return deferred(attempt, why, desk.clock(), sending.jitter(), sending.retry_for, uncertain=False)
