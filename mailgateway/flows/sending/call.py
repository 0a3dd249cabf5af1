"""From the queue of calls to a webhook: claim what is due, call, write each outcome down at once."""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mailgateway import log
from mailgateway.accounts.endpoint import Endpoint
from mailgateway.desk.letters import webhooks
from mailgateway.desk.letters.delivery import Attempt, Delivery, DeliveryState, deferred, failed, sent
from mailgateway.errors import WebhookUnavailable
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.health.beats import beat, calling, recover
from mailgateway.flows.sending import owners
from mailgateway.flows.sending.in_hand import InHand
from mailgateway.hooks.outcome import Gone, Later, Outcome, Taken
from mailgateway.hooks.post import post, reachable
from mailgateway.store.outgoing import calls
from mailgateway.store.outgoing.calls import OutgoingCall

BATCH = 20
LEASE = timedelta(minutes=15)
LONGEST_BATCH = LEASE / 3
"""After that no call of a batch is begun: a claim must not run out while a slow webhook still has its call."""

_log = log.logger("call")


@dataclass(frozen=True, slots=True)
class Calling:
    """How calls are made: who claims them, and the source of chance for their retries."""

    owner: str
    jitter: Callable[[], float]


def call_due(desk: Desk, endpoint: Endpoint, how: Calling, in_hand: InHand, stop: Stop) -> int:
    """Make every call of one webhook that is due; return how many were made. `in_hand` is kept from call to call.

    Raises WebhookUnavailable where nobody answers; what was claimed and not begun is put back as it was.
    """
    in_hand.give_back(desk)
    _release_abandoned(desk, how.owner)
    made = 0
    tls = endpoint.tls() if _is_due(desk, endpoint) else None
    while tls is not None and not stop():
        with desk.store.writing() as tx:
            claimed = calls.claim_due(tx, endpoint.name, desk.clock(), how.owner, BATCH)
        if not claimed:
            break
        in_hand.take([call.id for call in claimed])
        try:
            made += _make(desk, endpoint, how, in_hand, claimed, tls, stop)
        finally:
            in_hand.give_back(desk)
        beat(desk, calling(endpoint.name), None)
    return made


def find_webhook(desk: Desk, endpoint: Endpoint) -> None:
    """See whether a webhook that was silent is there by now, without a call; raises WebhookUnavailable."""
    problem = reachable(endpoint, endpoint.tls())
    if problem:
        raise WebhookUnavailable(f"webhook {endpoint.name}: {problem}")
    recover(desk, calling(endpoint.name))


@dataclass(frozen=True, slots=True)
class Trial:
    """What a webhook said when it was called to see whether it listens."""

    is_taken: bool
    answer: str


def trial(desk: Desk, endpoint: Endpoint, fresh_id: str) -> Trial:
    """Call a webhook once with an event of the type `test`; nothing is queued."""
    now = desk.clock()
    body = webhooks.trial(endpoint.name, now)
    outcome = post(endpoint, webhooks.signed(f"msg_{fresh_id}", now, body, endpoint.secret()), body, endpoint.tls())
    return Trial(isinstance(outcome, Taken), outcome.answer)


def _is_due(desk: Desk, endpoint: Endpoint) -> bool:
    """Look before writing: a round without calls takes no lock."""
    with desk.store.reading() as tx:
        return calls.is_due(tx, endpoint.name, desk.clock())


def _release_abandoned(desk: Desk, owner: str) -> None:
    with desk.store.reading() as tx:
        waits = calls.is_claimed(tx)
    if not waits:
        return
    with desk.store.writing() as tx:
        count = calls.release_abandoned(tx, desk.clock(), LEASE, lambda other: owners.still_holds(other, owner))
    if count:
        _log.warning("call.released", calls=count)


def _make(
    desk: Desk,
    endpoint: Endpoint,
    how: Calling,
    in_hand: InHand,
    claimed: Sequence[OutgoingCall],
    tls: ssl.SSLContext,
    stop: Stop,
) -> int:
    latest = desk.clock() + LONGEST_BATCH
    made = 0
    for call in claimed:
        if stop() or desk.clock() >= latest:
            break
        headers = webhooks.signed(call.message_id, desk.clock(), call.content, endpoint.secret())
        outcome = post(endpoint, headers, call.content, tls)
        delivery = _delivery(call, outcome, desk, endpoint, how)
        _report(call, endpoint, delivery)
        in_hand.end(desk, {call.id: delivery})
        desk.observer().tried(calling(endpoint.name), delivery.state, delivery.at - call.first_at)
        made += 1
        if isinstance(outcome, Later) and outcome.silent:
            raise WebhookUnavailable(f"webhook {endpoint.name}: {outcome.answer}")
    return made


def _delivery(call: OutgoingCall, outcome: Outcome, desk: Desk, endpoint: Endpoint, how: Calling) -> Delivery:
    now = desk.clock()
    match outcome:
        case Taken(answer):
            return sent(answer, now)
        case Gone(answer):
            return failed(answer, now)
        case Later(answer, uncertain):
            attempt = Attempt(call.attempts, call.first_at)
            return deferred(attempt, answer, now, how.jitter(), endpoint.retry_for, uncertain=uncertain)


def _report(call: OutgoingCall, endpoint: Endpoint, delivery: Delivery) -> None:
    write = _log.info if delivery.state is DeliveryState.SENT else _log.warning
    write(
        f"call.{delivery.state.value}",
        call_id=call.id,
        webhook=endpoint.name,
        ticket=call.ticket,
        message_id=call.message_id,
        attempts=call.attempts,
        uncertain=delivery.uncertain,
        answer=delivery.answer,
    )
