"""Latency: from delivery of a mail to its committed ticket, and to its receipt at the peer, under IDLE."""

import statistics
import time
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.goals import Goal
from mailgateway import clock
from tests.end_to_end.daemon import Daemon
from tests.end_to_end.office import Office, message
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

RATE = 20.0
MOST = 400


TO_THE_TICKET, TO_THE_RECEIPT = 300, 600


def run(count: int) -> list[Goal]:
    """Deliver mails at a steady rate to a running daemon, and print percentiles, in milliseconds."""
    count = min(count, MOST)
    with TemporaryDirectory() as folder, Dovecot() as dovecot, Sink() as sink:
        office = Office(Path(folder), dovecot, sink, "latency", f"sqlite:///{folder}/office.db")
        with Daemon(office.configuration) as daemon:
            daemon.wait_for("mailbox.connected")
            written = dict(_write(office, number, began=clock.now()) for number in [-1])
            daemon.wait_for("ingest.done")
            began = clock.now()
            for number in range(count):
                written.update([_write(office, number, began)])
            daemon.wait_for("ingest.done", count + 1, timeout=60)
            daemon.wait_for("deliver.sent", 2 * count + 2, timeout=60)
            filed = _times(daemon, "ingest.done", "message_id")
            sent = _times(daemon, "deliver.sent", "ticket")
            ticket_of = {str(line["message_id"]): str(line["ticket"]) for line in daemon.lines_of("ingest.done")}
        office.close()
    print(f"latency: {count} mails at {RATE:.0f}/s")
    to_ticket = _report("to the committed ticket", [filed[one] - at for one, at in written.items()])
    to_receipt = _report("to the receipt at the peer", [sent[ticket_of[one]] - at for one, at in written.items()])
    return [
        Goal("delivery to ticket, p95", to_ticket, TO_THE_TICKET, "ms"),
        Goal("delivery to receipt, p95", to_receipt, TO_THE_RECEIPT, "ms"),
    ]


def _write(office: Office, number: int, began: datetime) -> tuple[str, datetime]:
    due = began + timedelta(seconds=max(number, 0) / RATE)
    time.sleep(max(0.0, (due - clock.now()).total_seconds()))
    mail = message(f"c{number + 1}@customer.example", f"Matter {number}", "Please help.")
    office.write(mail)
    return str(mail["Message-ID"]).strip("<>"), clock.now()


def _times(daemon: Daemon, event: str, key: str) -> dict[str, datetime]:
    """Return when each was logged first: a ticket's receipt leaves before the group's notification."""
    times: dict[str, datetime] = {}
    for line in daemon.lines_of(event):
        times.setdefault(str(line[key]), datetime.fromisoformat(str(line["timestamp"])))
    return times


def _report(what: str, spent: list[timedelta]) -> float:
    milliseconds = [1000 * one.total_seconds() for one in spent]
    p50, p95, p99 = (statistics.quantiles(milliseconds, n=100)[index] for index in (49, 94, 98))
    print(f"  {what:<28} p50 {p50:5.0f} ms   p95 {p95:5.0f} ms   p99 {p99:5.0f} ms")
    return p95
