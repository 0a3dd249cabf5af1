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
from mailgateway.flows.health.beats import beat_sparingly
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


class Outcomes:
    """Writes down what becomes of letters. `record` runs in a thread beside that of `expect`, never twice at once."""

    def __init__(self, desk: Desk, sending: Sending, in_hand: InHand) -> None:
        """Expect nothing yet."""
        self.tally = Tally()
        self._desk = desk
        self._sending = sending
        self._in_hand = in_hand
        self._letters: dict[int, outbox.Outgoing] = {}
        self._signed = (0, 0)

    @property
    def name(self) -> str:
        """What threads, log lines and signs of life call the sending."""
        return self._sending.name

    @property
    def expected(self) -> int:
        """How many letters have no outcome yet."""
        return len(self._letters)

    def expect(self, claimed: Sequence[outbox.Outgoing]) -> None:
        """Take letters that were claimed just now, and give a sign of life for those before."""
        self._letters.update({outgoing.id: outgoing for outgoing in claimed})
        self._in_hand.take([outgoing.id for outgoing in claimed])
        self.sign()

    def sign(self) -> None:
        """Give a sign of life for what was tried since the last one: letters that are all put off are no success."""
        before, self._signed = self._signed, (self.tally.tried, self.tally.judged)
        if self._signed[0] > before[0]:
            beat_sparingly(self._desk, self.name, None if self._signed[1] > before[1] else self.tally.answer)

    def give_back(self) -> None:
        """Let letters that were claimed and not begun wait for the next time."""
        self._in_hand.give_back(self._desk)

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
        # first: as soon as it is written down, one that is put off may be wanted anew, and claimed again
        letters = {one: self._letters.pop(one) for one in ended}
        for one, delivery in ended.items():
            self.tally.count(delivery)
            _report(letters[one], delivery)
        self._in_hand.end(self._desk, ended)
        for one, delivery in ended.items():
            self._desk.observer().tried(self.name, delivery.state, delivery.at - letters[one].first_at)

    def _lighten(self, one: int, refusal: TooLarge) -> None:
        delivery = self._delivery(one, refusal)
        try:
            if send_without_files(self._desk, self._letters[one], refusal):
                self.tally.count(delivery)
                self._in_hand.leave(one)
                del self._letters[one]
                return
        except StoreUnusable:
            raise
        except PermanentError as error:  # its bytes are lost
            delivery = failed(str(error), self._desk.clock())
        self.end({one: delivery})

    def _delivery(self, one: int, outcome: Outcome) -> Delivery:
        now, outgoing = self._desk.clock(), self._letters[one]
        match outcome:
            case Sent(response):
                return sent(response, now)
            case Rejected(code, reason) | TooLarge(code, reason):
                return failed(f"{code} {reason}", now)
            case Deferred():
                attempt = Attempt(outgoing.attempts, outgoing.first_at)
                answer = outcome.reason if outcome.code is None else f"{outcome.code} {outcome.reason}"
                chance, retry_for = self._sending.jitter(), self._sending.retry_for
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
