"""From the outbox to the SMTP server: claim what is due, send it, write each outcome down at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from mailgateway import log
from mailgateway.desk.delivery import Attempt, Delivery, DeliveryState, deferred, failed, sent
from mailgateway.errors import LoginRefused, SmtpUnavailable, StoreBusy
from mailgateway.flows import owners
from mailgateway.flows.desk import Desk, Stop
from mailgateway.smtp.outcome import Deferred, Outcome, Rejected, Sent
from mailgateway.smtp.pool import Pool
from mailgateway.store import outbox

BATCH = 50
RACES = 5
LEASE = timedelta(minutes=15)

_log = log.logger("deliver")


@dataclass(frozen=True, slots=True)
class Sending:
    """How letters are sent: who claims them, how long a letter is tried, and the source of chance for its retries."""

    owner: str
    retry_for: timedelta
    jitter: Callable[[], float]


def deliver_due(desk: Desk, pool: Pool, sending: Sending, stop: Stop) -> int:
    """Send everything that is due; return how many letters were tried.

    Raises SmtpUnavailable or LoginRefused where the server cannot be used at all; what was claimed and not begun is put
    back as it was, so that an outage costs no letter an attempt.
    """
    tried = 0
    while not stop():
        with desk.store.writing() as tx:
            claimed = outbox.claim_due(tx, desk.clock(), sending.owner, BATCH)
        if not claimed:
            break
        tried += _send(desk, pool, sending, claimed, stop)
    return tried


def release_abandoned(desk: Desk) -> None:
    """Give back letters that a process which is gone had claimed; they may have arrived, so they are uncertain."""
    with desk.store.writing() as tx:
        count = outbox.release_abandoned(tx, desk.clock(), LEASE, owners.is_alive)
    if count:
        _log.warning("deliver.released", letters=count)


def _send(desk: Desk, pool: Pool, sending: Sending, claimed: tuple[outbox.Outgoing, ...], stop: Stop) -> int:
    by_id = {outgoing.id: outgoing for outgoing in claimed}
    open_ids = set(by_id)

    def record(outgoing_id: int, outcome: Outcome) -> None:
        # Begun is begun: were it put back because the database is busy, it would look as if it had never been sent.
        open_ids.discard(outgoing_id)
        delivery = _delivery(by_id[outgoing_id], outcome, desk, sending)
        _write_down(desk, outgoing_id, delivery)
        _report(by_id[outgoing_id], delivery)

    try:
        pool.send([(outgoing.id, outgoing.letter) for outgoing in claimed], record, stop)
    except (SmtpUnavailable, LoginRefused) as error:
        _log.warning("deliver.unavailable", letters=len(open_ids), why=str(error))
        raise
    finally:
        if open_ids:
            with desk.store.writing() as tx:
                outbox.put_back(tx, sorted(open_ids), desk.clock())
    return len(claimed) - len(open_ids)


def _write_down(desk: Desk, outgoing_id: int, delivery: Delivery) -> None:
    """Record an outcome; one that cannot be written stays claimed, and is uncertain when the lease ends."""
    for last in (False,) * (RACES - 1) + (True,):
        try:
            with desk.store.writing() as tx:
                outbox.record(tx, outgoing_id, delivery)
        except StoreBusy:
            if last:
                raise
        else:
            return


def _delivery(outgoing: outbox.Outgoing, outcome: Outcome, desk: Desk, sending: Sending) -> Delivery:
    now = desk.clock()
    match outcome:
        case Sent(response):
            return sent(response, now)
        case Rejected(code, reason):
            return failed(f"{code} {reason}", now)
        case Deferred():
            attempt = Attempt(outgoing.attempts, outgoing.first_at)
            answer = outcome.reason if outcome.code is None else f"{outcome.code} {outcome.reason}"
            return deferred(attempt, answer, now, sending.jitter(), sending.retry_for, uncertain=outcome.uncertain)


def _report(outgoing: outbox.Outgoing, delivery: Delivery) -> None:
    write = _log.info if delivery.state is DeliveryState.SENT else _log.warning
    write(
        f"deliver.{delivery.state.value}",
        outbox_id=outgoing.id,
        ticket=outgoing.ticket,
        message_id=outgoing.letter.message_id,
        attempts=outgoing.attempts,
        uncertain=delivery.uncertain,
        answer=delivery.answer,
    )
