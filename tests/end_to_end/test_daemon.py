"""The daemon as a process: it starts, wakes at once, obeys signals, shares its work, and outlives its servers."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.end_to_end.daemon import Daemon
from tests.end_to_end.office import Office, message, to
from tests.servers.dovecot import PASSWORD

POLL_SECONDS = 60


@pytest.fixture
def daemon(small_office: Office) -> Iterator[Daemon]:
    """Give a running daemon, idle at its mailbox."""
    with Daemon(small_office.configuration) as running:
        running.wait_for("mailbox.connected")
        yield running


def test_a_new_mail_wakes_the_daemon_at_once(small_office: Office, daemon: Daemon) -> None:
    """Under IDLE a mail is filed and acknowledged at once, long before the next poll."""
    small_office.write(message("carla@customer.example", "Warm up", "First."))
    small_office.sink.wait_for(2)
    written_at = time.monotonic()
    small_office.dovecot.append(small_office.user, bytes(message("carla@customer.example", "Question", "Why?")))
    daemon.wait_for("ingest.done", 2)
    assert time.monotonic() - written_at < POLL_SECONDS / 4
    small_office.sink.wait_for(4)


def test_sigterm_ends_it_within_ten_seconds(small_office: Office, daemon: Daemon) -> None:
    """SIGTERM finishes the message in hand and leaves, exit code 0."""
    small_office.write(message("carla@customer.example", "Question", "Why?"))
    daemon.wait_for("ingest.done")
    began = time.monotonic()
    assert daemon.end() == 0
    assert time.monotonic() - began < 10


def test_sighup_reads_the_rules_again(small_office: Office, daemon: Daemon) -> None:
    """After SIGHUP new rules are in force; broken ones leave the last good ones and tell the admin."""
    routing = small_office.configuration.parent / "routing.yaml"
    good = routing.read_text()
    routing.write_text(good.replace("printer|", "scanner|printer|"))
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for("gateway.reloaded")
    small_office.write(message("carla@customer.example", "The scanner is broken", "Help."))
    small_office.sink.wait_for(2)
    assert to(small_office.news(), "bob@example.com")

    routing.write_text("rules: [{name: broken, when: {feild: subject, equals: x}, then: {group: nowhere}}]\n")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for("gateway.reload_refused")
    small_office.sink.wait_for(3)
    (told,) = to(small_office.news(), "postmaster@example.com")
    assert "routing.yaml" in told.mail.text
    small_office.write(message("dora@customer.example", "My scanner, too", "Help."))
    small_office.sink.wait_for(5)
    assert to(small_office.news(), "bob@example.com")


def test_it_outlives_its_imap_server(small_office: Office, daemon: Daemon) -> None:
    """A server that goes away and comes back is found again without help."""
    small_office.dovecot.kill()
    daemon.wait_for("worker.unavailable")
    small_office.write(message("carla@customer.example", "Question", "Why?"))
    small_office.dovecot.start()
    daemon.wait_for("ingest.done")
    small_office.sink.wait_for(2)


def test_a_wrong_password_is_not_hammered(small_office: Office) -> None:
    """A refused log-in waits for minutes before the next."""
    small_office.reconfigure("{env: OFFICE_PASSWORD}", "{env: PATH}")
    with Daemon(small_office.configuration) as running:
        line = running.wait_for("worker.unavailable")
        assert isinstance(line["next_try_in"], float)
        assert line["next_try_in"] >= 30
        assert running.end() == 0
    assert os.environ["PATH"] not in str(running.lines)


def test_two_daemons_share_a_mailbox(office: Office) -> None:
    """Two daemons on one database and one mailbox file every mail once and send every letter once."""
    with Daemon(office.configuration) as one, Daemon(office.configuration) as two:
        for number in range(60):
            office.write(message(f"c{number}@customer.example", f"Matter {number}", "Text."))
        office.sink.wait_for(120, timeout=60)
        assert one.end() == 0
        assert two.end() == 0
    assert len(office.numbers()) == 60
    office.round()
    recipients = Counter(recipient for one in office.sink.received for recipient in one.rcpt_tos)
    assert {address: count for address, count in recipients.items() if "@customer" in address} == {
        f"c{number}@customer.example": 1 for number in range(60)
    }
    assert recipients["anna@example.com"] == 60


def test_logs_name_ticket_and_message_and_carry_no_text(small_office: Office, daemon: Daemon) -> None:
    """Each line about a mail has its ticket and Message-ID; no text of a mail and no secret is in any."""
    mail = message("carla@customer.example", "Question", "The word is abracadabra.")
    small_office.write(mail)
    done = daemon.wait_for("ingest.done")
    sent = daemon.wait_for("deliver.sent", 2)
    assert done["ticket"] == sent["ticket"] == 10001
    assert done["message_id"] == str(mail["Message-ID"]).strip("<>")
    assert sent["message_id"]
    daemon.end()
    everything = json.dumps(daemon.lines)
    assert "abracadabra" not in everything
    assert PASSWORD not in everything
