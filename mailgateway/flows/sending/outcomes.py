"""What became of letters: each outcome is written down, told to the log and counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from mailgateway import log
from mailgateway.desk.letters.delivery import Attempt, Delivery, DeliveryState, deferred, failed, sent
from mailgateway.desk.letters.pacing import Pace
from mailgateway.desk.letters.route import EVERYTHING, Route
from mailgateway.errors import PermanentError, StoreUnusable
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.beats import sending as part_of
from mailgateway.flows.sending.in_hand import InHand
from mailgateway.flows.sending.lighten import send_without_files
from mailgateway.smtp.outcome import Deferred, Outcome, Rejected, Sent, TooLarge
from mailgateway.store.outgoing import outbox

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


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Writes down what becomes of the letters of a batch, by their ids."""

    desk: Desk
    sending: Sending
    in_hand: InHand
    letters: Mapping[int, outbox.Outgoing]
    tally: Tally = field(default_factory=Tally)

    def record(self, outcomes: Sequence[tuple[int, Outcome]]) -> None:
        """Write down what a server said of letters; one that is too large goes on without its files.

        Those last, each by itself: what one of them meets must not leave it unknown that the others are sent.
        """
        self.end({one: self._delivery(one, it) for one, it in outcomes if not isinstance(it, TooLarge)})
        for one, outcome in outcomes:
            if isinstance(outcome, TooLarge):
                self._lighten(one, outcome)

    def end(self, ended: Mapping[int, Delivery]) -> None:
        """Write down how letters ended."""
        for one, delivery in ended.items():
            self.tally.count(delivery)
            _report(self.letters[one], delivery)
        self.in_hand.end(self.desk, ended)
        for one, delivery in ended.items():
            self.desk.observer().tried(self.sending.name, delivery.state, delivery.at - self.letters[one].first_at)

    def _lighten(self, one: int, refusal: TooLarge) -> None:
        delivery = self._delivery(one, refusal)
        try:
            if send_without_files(self.desk, self.letters[one], refusal):
                self.tally.count(delivery)
                self.in_hand.leave(one)
                return
        except StoreUnusable:
            raise
        except PermanentError as error:  # its bytes are lost
            delivery = failed(str(error), self.desk.clock())
        self.end({one: delivery})

    def _delivery(self, one: int, outcome: Outcome) -> Delivery:
        now, outgoing = self.desk.clock(), self.letters[one]
        match outcome:
            case Sent(response):
                return sent(response, now)
            case Rejected(code, reason) | TooLarge(code, reason):
                return failed(f"{code} {reason}", now)
            case Deferred():
                attempt = Attempt(outgoing.attempts, outgoing.first_at)
                answer = outcome.reason if outcome.code is None else f"{outcome.code} {outcome.reason}"
                chance, retry_for = self.sending.jitter(), self.sending.retry_for
                return deferred(attempt, answer, now, chance, retry_for, uncertain=outcome.uncertain)


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
