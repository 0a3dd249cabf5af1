"""Webhooks at work: queued with what happened, called by one thread each, tried again, told of."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import pytest

from mailgateway.config.servers import endpoint
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.letters.delivery import Delivery, DeliveryState
from mailgateway.desk.model import Status
from mailgateway.errors import StoreUnusable, WebhookUnavailable
from mailgateway.flows.health.beats import beat, calling
from mailgateway.flows.operate import operate
from mailgateway.flows.sending.call import LEASE, Calling, call_due, find_webhook, trial
from mailgateway.flows.sending.in_hand import InHand
from mailgateway.flows.timed.watch import Thresholds, watch
from mailgateway.store import health
from mailgateway.store.engine import Transaction
from mailgateway.store.outgoing import calls
from mailgateway.store.outgoing.calls import CallLine
from tests.end_to_end.office import GATEWAY, ROUTING, message
from tests.flows.bench import MINUTE, NOON, Bench
from tests.servers.webhook import WebhookServer

WEBHOOKS = """
webhooks:
  - {{name: crm, url: "{url}", secret: {{env: CRM_SECRET}}, events: {events}, groups: {groups}, clear_text: true,
     timeout: 20s}}
"""
RULE = """
  - name: loud
    on: [new, follow_up]
    when: {field: subject, contains: outage}
    then: {webhook: [crm]}
"""
HOW = Calling("bench/1/1", lambda: 0.0)


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the secret where the configuration says."""
    monkeypatch.setenv("CRM_SECRET", "a secret")


@pytest.fixture
def server() -> Iterator[WebhookServer]:
    """Give a webhook that takes everything."""
    with WebhookServer(200) as made:
        yield made


def hook(bench: Bench, url: str, events: str = "all", groups: str = "[]") -> None:
    """Give the desk of a bench a webhook."""
    path = bench.gateway.settings.path
    database = f"sqlite:///{path.parent}/bench.db"
    text = GATEWAY.format(database=database, folder=path.parent, imap_port=1, smtp_port=1, user="x")
    path.write_text(text + WEBHOOKS.format(url=url, events=events, groups=groups))
    (path.parent / "routing.yaml").write_text(ROUTING + RULE)
    bench.gateway.reload()


def call(bench: Bench, in_hand: InHand | None = None) -> int:
    """Make what is due."""
    at = endpoint(bench.gateway.settings.webhooks[0])
    return call_due(bench.desk, at, HOW, in_hand or InHand(calls), lambda: False)


def log(bench: Bench) -> list[CallLine]:
    """Return every call, oldest first."""
    with bench.store.reading() as tx:
        return list(reversed(calls.listed(tx, everything=True, limit=0)))


def one_ticket(bench: Bench) -> None:
    """Let a customer write."""
    bench.arrive(message("jane@customer.example", "Help", "It burns."))
    bench.ingest()


def test_what_happens_is_told_in_order(bench: Bench, server: WebhookServer) -> None:
    """A new ticket, its mail and what an agent does with it, each signed under an id of its own."""
    hook(bench, server.url, events="[opened, received, status]")
    one_ticket(bench)
    agent = bench.gateway.policy.directory.agents[0]
    operate(bench.desk, 10001, Orders(status=Status.SOLVED), agent, "act")
    assert call(bench) == 3
    told = [json.loads(one.body) for one in server.received]
    assert [one["type"] for one in told] == ["ticket.opened", "ticket.received", "ticket.status"]
    assert [one["data"]["ticket"]["status"] for one in told] == ["new", "new", "solved"]
    assert told[1]["data"]["article"]["from"]["address"] == "jane@customer.example"
    assert len({one.headers["webhook-id"] for one in server.received}) == 3
    assert [line.state for line in log(bench)] == [DeliveryState.SENT] * 3
    assert call(bench) == 0


def test_only_what_is_asked_for_is_told(bench: Bench, server: WebhookServer) -> None:
    """By event and by group; a ticket that a rule names the webhook for is told in any group."""
    hook(bench, server.url, events="[opened]", groups="[hardware]")
    for subject in ("Help", "My printer", "An outage"):
        bench.arrive(message("jane@customer.example", subject, "It burns."))
    bench.ingest()
    assert [(line.ticket, line.what) for line in log(bench)] == [(10002, "opened"), (10003, "webhook")]


def test_a_rule_calls_for_a_follow_up(bench: Bench, server: WebhookServer) -> None:
    """The rule's event says which webhooks it named."""
    hook(bench, server.url, events="[]")
    first = message("jane@customer.example", "Help", "It burns.")
    bench.arrive(first)
    bench.ingest()
    bench.arrive(
        message("jane@customer.example", "outage", "Still.", headers=[("In-Reply-To", str(first["Message-ID"]))])
    )
    bench.ingest()
    assert call(bench) == 1
    told = json.loads(server.received[0].body)
    assert (told["type"], told["data"]["event"]["detail"]) == ("ticket.webhook", {"names": ["crm"]})


def test_without_webhooks_nothing_is_queued(bench: Bench) -> None:
    """A desk without them pays nothing."""
    one_ticket(bench)
    assert log(bench) == []
    assert bench.store.listener is None


def test_what_was_undone_is_not_told(bench: Bench, server: WebhookServer) -> None:
    """Calls share the fate of their transaction."""
    hook(bench, server.url)

    def fail(tx: Transaction) -> Callable[[], None]:
        raise StoreUnusable(f"gone, with {len(tx.happened)} events")

    bench.store.listener = fail
    with pytest.raises(StoreUnusable, match="gone, with"):
        one_ticket(bench)
    assert log(bench) == []
    assert bench.subjects() == []


def test_a_fault_is_tried_again_with_the_same_id(bench: Bench) -> None:
    """500, then 200 a minute later."""
    with WebhookServer(500, 200) as server:
        hook(bench, server.url, events="[opened]")
        one_ticket(bench)
        call(bench)
        (line,) = log(bench)
        assert (line.state, line.attempts, line.answer) == (DeliveryState.QUEUED, 1, "500")
        assert line.next_attempt_at == NOON + MINUTE
        assert call(bench) == 0
        bench.now += MINUTE
        assert call(bench) == 1
    first, second = server.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == line.message_id
    assert first.body == second.body
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 60
    assert log(bench)[0].state is DeliveryState.SENT


def test_silence_ends_the_round_and_costs_the_others_nothing(bench: Bench) -> None:
    """Of three calls one is tried; the others wait as they were until somebody answers."""
    hook(bench, "http://127.0.0.1:1/", events="[opened]")
    bench.arrive(*(message(f"c{number}@customer.example", "Help", "x") for number in range(3)))
    bench.ingest()
    with pytest.raises(WebhookUnavailable, match="webhook crm: connection refused"):
        call(bench)
    assert [line.attempts for line in log(bench)] == [1, 0, 0]
    assert {line.state for line in log(bench)} == {DeliveryState.QUEUED}


def test_a_call_whose_outcome_was_lost_is_made_again_with_the_same_id(
    bench: Bench, server: WebhookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died between the answer and the commit: at least once, under one id."""
    hook(bench, server.url, events="[opened]")
    one_ticket(bench)

    def lost(tx: Transaction, verdicts: Mapping[int, Delivery]) -> None:
        raise StoreUnusable(f"lost {tx.dialect} {verdicts}")

    with monkeypatch.context() as patched:
        patched.setattr(calls, "record", lost)
        with pytest.raises(StoreUnusable):
            call(bench)
    bench.now += LEASE + MINUTE
    assert call(bench) == 1
    first, second = server.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert log(bench)[0].state is DeliveryState.SENT


def test_the_admin_is_told_once_of_what_is_given_up(bench: Bench) -> None:
    """After retry_for, or at once where the webhook is gone; a person can have it tried again."""
    with WebhookServer(410) as server:
        hook(bench, server.url, events="[opened]")
        one_ticket(bench)
        call(bench)
    before = len(bench.letters())
    for _ in range(2):
        watch(bench.desk, [], Thresholds(timedelta(days=1), timedelta(days=1)), bench.now)
    assert len(bench.letters()) == before + 1
    with bench.store.writing() as tx:
        assert calls.retry(tx, [log(bench)[0].id], bench.now) == 1
        assert calls.cancel(tx, [1], bench.now) == 1


def test_a_trial_queues_nothing(bench: Bench, server: WebhookServer) -> None:
    """It says what the webhook said."""
    hook(bench, server.url)
    said = trial(bench.desk, endpoint(bench.gateway.settings.webhooks[0]), "abc")
    assert (said.is_taken, said.answer) == (True, "200")
    assert json.loads(server.received[0].body)["type"] == "test"
    assert log(bench) == []


def test_a_webhook_that_was_silent_is_found_again_without_a_call(bench: Bench) -> None:
    """It is connected to, and told nothing; what was due another host may have called."""
    with WebhookServer(200) as server:
        hook(bench, server.url)
    at = endpoint(bench.gateway.settings.webhooks[0])
    with pytest.raises(WebhookUnavailable) as silence:
        find_webhook(bench.desk, at)
    beat(bench.desk, calling("crm"), str(silence.value))
    with WebhookServer(200) as server:
        hook(bench, server.url)
        find_webhook(bench.desk, endpoint(bench.gateway.settings.webhooks[0]))
        assert server.received == []
    with bench.store.reading() as tx:
        found = health.beats(tx)["call:crm"]
    assert (found.error, found.good_at) == ("", None)
