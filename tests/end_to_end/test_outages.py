"""The daemon while its servers hang, go away and come back."""

import signal
import time

import pytest

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.store.outgoing import outbox
from tests.end_to_end.daemon import Daemon
from tests.end_to_end.office import Office, message, to
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink

CARLA = "carla@customer.example"
PROMISED = 10.0


def letters(office: Office) -> dict[str, outbox.OutboxLine]:
    """Return every letter by its recipient."""
    with office.gateway.store.reading() as tx:
        return {line.to: line for line in outbox.listed(tx, everything=True, limit=0)}


def test_it_leaves_in_time_while_the_smtp_server_hangs(small_office: Office) -> None:
    """SIGTERM is obeyed within ten seconds; the letter in hand goes out later, the same, and the other one is done."""
    small_office.sink.hang("DOT", recipient=CARLA, accept_mail=True)
    with Daemon(small_office.configuration) as daemon:
        small_office.write(message(CARLA, "Question", "Why?"))
        small_office.sink.wait_until_hanging()
        daemon.wait_for("deliver.sent")
        began = time.monotonic()
        assert daemon.end() == 0
        assert time.monotonic() - began < PROMISED
    assert letters(small_office)[CARLA].state is DeliveryState.SENDING
    small_office.round()
    copies = [one.content for one in small_office.sink.received if one.rcpt_tos == (CARLA,)]
    assert len(copies) == 2
    assert len(set(copies)) == 1
    assert {line.state for line in letters(small_office).values()} == {DeliveryState.SENT}


def test_it_finishes_the_letter_in_hand(small_office: Office) -> None:
    """A delivery that ends within the time is written down before the daemon leaves."""
    small_office.reconfigure("connections: 2", "connections: 2, timeout: 2s")
    small_office.sink.hang("DOT", recipient=CARLA)
    with Daemon(small_office.configuration) as daemon:
        small_office.write(message(CARLA, "Question", "Why?"))
        small_office.sink.wait_until_hanging()
        assert daemon.end() == 0
    line = letters(small_office)[CARLA]
    assert (line.state, line.uncertain, line.last_error) == (DeliveryState.QUEUED, True, "no answer in time")


def test_it_leaves_in_time_while_the_imap_server_hangs(small_office: Office) -> None:
    """A worker that waits for an answer keeps nobody waiting."""
    with Daemon(small_office.configuration) as daemon:
        daemon.wait_for("mailbox.connected")
        small_office.dovecot.freeze()
        try:
            began = time.monotonic()
            assert daemon.end() == 0
            assert time.monotonic() - began < PROMISED
        finally:
            small_office.dovecot.thaw()


@pytest.fixture
def database(postgres: Postgres, postgres_template: str) -> str:
    """Give a database that can be stopped."""
    return postgres.create_database(like=postgres_template)


def test_it_outlives_its_database(office: Office, sink: Sink, postgres: Postgres) -> None:
    """PostgreSQL stops and starts under the daemon: what came meanwhile is filed once and answered once."""
    with Daemon(office.configuration) as daemon:
        office.write(message(CARLA, "Before", "Text"))
        sink.wait_for(2)
        daemon.wait_for("deliver.sent", 2)
        postgres.stop()
        office.write(message("dora@customer.example", "Meanwhile", "Text"))
        daemon.wait_for("worker.unavailable", 2)
        postgres.start()
        office.write(message("emil@customer.example", "Afterwards", "Text"))
        sink.wait_for(6, timeout=60)
        daemon.wait_for("deliver.sent", 6)
        assert daemon.end() == 0
    office.reopen()
    office.round()
    assert len(office.numbers()) == 3
    assert len(sink.received) == 6


def test_a_mailbox_comes_and_goes_without_a_restart(small_office: Office) -> None:
    """A mailbox added to the configuration is served, one taken away is left alone, the other goes on as it was."""
    good = small_office.configuration.read_text()
    begin, end = good.index("  - name: support"), good.index("smtp:")
    sales = good[begin:end].replace("name: support", "name: sales").replace("support@", "sales@")
    sales = sales.replace("[help@example.com]", "[]").replace(small_office.user, f"{small_office.user}sales")
    with Daemon(small_office.configuration) as daemon:
        daemon.wait_for("mailbox.connected")
        small_office.configuration.write_text(good[:end] + sales + good[end:])
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for("mailbox.connected", 2)
        mail = message(CARLA, "To sales", "Text", to="sales@example.com")
        small_office.dovecot.append(f"{small_office.user}sales", bytes(mail))
        assert daemon.wait_for("ingest.done")["mailbox"] == "sales"
        small_office.sink.wait_for(2)
        assert to(small_office.news(), CARLA)[0].mail_from == "sales@example.com"
        small_office.configuration.write_text(good)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for("gateway.reloaded", 2)
        small_office.dovecot.append(small_office.user, bytes(message("dora@customer.example", "To support", "Text")))
        assert daemon.wait_for("ingest.done", 2)["mailbox"] == "support"
        assert len(daemon.lines_of("mailbox.connected")) == 2
        assert daemon.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_both_ways_to_ask_it_to_leave(small_office: Office, number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C end it alike."""
    with Daemon(small_office.configuration) as daemon:
        assert daemon.end(number) == 0
        assert daemon.lines_of("supervisor.ended")[0]["still_busy"] == []
