"""From the outbox to the SMTP server: claim what is due, send it, write the outcomes down as they come."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailgateway import log
from mailgateway.desk.letters.delivery import Attempt, Delivery, DeliveryState, deferred, failed, sent
from mailgateway.desk.letters.pacing import Pace
from mailgateway.desk.letters.route import EVERYTHING, Route
from mailgateway.errors import GatewayError, LoginRefused, PermanentError, SmtpUnavailable, StoreUnusable
from mailgateway.flows import owners
from mailgateway.flows.beats import beat, primary
from mailgateway.flows.beats import sending as part_of
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.sending.in_hand import InHand
from mailgateway.flows.sending.lighten import send_without_files
from mailgateway.mail.model import Letter
from mailgateway.smtp.outcome import Deferred, Outcome, Rejected, Sent, TooLarge
from mailgateway.smtp.pool import Pool
from mailgateway.store.outgoing import outbox, pace

BATCH = 50
LEASE = timedelta(minutes=15)
LONGEST_BATCH = LEASE / 3
"""After that no letter of a batch is begun: a claim must not run out while a slow server still has its letter."""

READ_TOGETHER = 10

_log = log.logger("deliver")


@dataclass(frozen=True, slots=True)
class Sending:
    """How letters are sent, and which: those of a route.

    Who claims them, how long one is tried, the chance in its retries, how fast they leave.
    """

    owner: str
    retry_for: timedelta
    jitter: Callable[[], float]
    pace: Pace = field(default_factory=lambda: Pace({}))
    route: Route = EVERYTHING

    @property
    def name(self) -> str:
        """What threads, log lines and signs of life call it."""
        return part_of(self.route.mailbox)


@dataclass(slots=True)
class Tally:
    """What came of a batch: how many letters were tried, how many the server judged, and what it said last."""

    tried: int = 0
    judged: int = 0
    answer: str = ""

    def count(self, delivery: Delivery) -> None:
        """Count a letter that was tried."""
        self.tried += 1
        self.judged += delivery.state is not DeliveryState.QUEUED
        self.answer = delivery.answer


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
    beat(desk, primary(route.mailbox), pool.outage or None)


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
    by_id = {outgoing.id: outgoing for outgoing in claimed}
    latest = desk.clock() + LONGEST_BATCH
    tally = Tally()
    lost: dict[int, Delivery] = {}

    def end(ended: Mapping[int, Delivery]) -> None:
        for outgoing_id, delivery in ended.items():
            tally.count(delivery)
            _report(by_id[outgoing_id], delivery)
        in_hand.end(desk, ended)
        for outgoing_id, delivery in ended.items():
            desk.observer().tried(sending.name, delivery.state, delivery.at - by_id[outgoing_id].first_at)

    def record(outcomes: Sequence[tuple[int, Outcome]]) -> None:
        lightened = {one for one, outcome in outcomes if _is_lightened(desk, by_id[one], outcome)}
        tally.tried, tally.judged = tally.tried + len(lightened), tally.judged + len(lightened)
        in_hand.leave(lightened)
        end({one: _delivery(by_id[one], it, desk, sending) for one, it in outcomes if one not in lightened})

    try:
        pool.send(_letters(desk, claimed, lost), record, lambda: stop() or desk.clock() >= latest)
        end(lost)
    except (SmtpUnavailable, LoginRefused) as error:
        left = len(claimed) - tally.tried
        _log.warning("deliver.unavailable", worker=sending.name, letters=left, why=str(error))
        raise
    finally:
        in_hand.give_back(desk)
    return tally


def _is_lightened(desk: Desk, outgoing: outbox.Outgoing, outcome: Outcome) -> bool:
    return isinstance(outcome, TooLarge) and send_without_files(desk, outgoing, outcome)


def _letters(desk: Desk, claimed: Sequence[outbox.Outgoing], lost: dict[int, Delivery]) -> Iterator[tuple[int, Letter]]:
    """Read letters when their turn comes, a few together: all of a batch would fill the memory.

    One whose bytes are lost must not stop those behind it, and is noted in `lost`.
    """
    ids = [outgoing.id for outgoing in claimed]
    for start in range(0, len(ids), READ_TOGETHER):
        with desk.store.reading() as tx:
            stored = outbox.stored(tx, ids[start : start + READ_TOGETHER])
        for one in stored:
            try:
                letter = one.letter(desk.store.blobs)
            except StoreUnusable:
                raise
            except PermanentError as error:
                lost[one.id] = failed(str(error), desk.clock())
            else:
                yield one.id, letter


def _delivery(outgoing: outbox.Outgoing, outcome: Outcome, desk: Desk, sending: Sending) -> Delivery:
    now = desk.clock()
    match outcome:
        case Sent(response):
            return sent(response, now)
        case Rejected(code, reason) | TooLarge(code, reason):
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
        message_id=outgoing.message_id,
        attempts=outgoing.attempts,
        uncertain=delivery.uncertain,
        answer=delivery.answer,
    )
