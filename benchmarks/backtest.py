"""Back-test: new rules over the mail already received, as `mailgateway rules backtest` runs them."""

import os
import re
import resource
import subprocess
import sys
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from mailgateway import clock
from mailgateway.app import open_gateway
from mailgateway.desk.model import Priority, Status, TicketType
from mailgateway.desk.plan import Disposition
from mailgateway.store.engine import Store
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.tickets import SpoolRow, TicketRow
from tests.end_to_end.office import GATEWAY, GROUPS, ROUTING
from tests.traffic import mails

DISTINCT = 2_000
_BATCH = 5_000
NEW = r"""
rules:
  - {name: prizes, when: {field: subject, contains: lottery}, then: {discard: true}}
  - name: printers
    when: {field: subject, matches: '\b(printer|drukark\w+)\b'}
    then: {group: first-line, priority: high}
  - {name: invoices, when: {field: subject, contains: invoice}, then: {group: hardware}}
  - {name: never, when: {field: from, domain: nobody.example}, then: {group: hardware}}
"""


def run(count: int) -> None:
    """Fill a store with so many mails, run the command over them, and print how long it took."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        configuration = _configuration(folder)
        gateway = open_gateway(configuration)
        try:
            _fill(gateway.store, count)
        finally:
            gateway.close()
        began = time.perf_counter()
        command = ["-m", "mailgateway", "-c", str(configuration), "rules", "backtest"]
        said = subprocess.run(
            [sys.executable, *command, "--rules", str(folder / "new.yaml")], capture_output=True, text=True, check=True
        )
        spent = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = re.search(r"^\d+ mails, \d+ of them .*$", said.stdout, re.MULTILINE)
    print(f"backtest: {count} mails, {min(count, DISTINCT)} of them different, on {os.cpu_count()} cores")
    print(f"  {spent:7.1f} s   {count / spent:7.0f} mails/s   {used.ru_utime + used.ru_stime:7.1f} s of CPU")
    print(f"  the largest process took {used.ru_maxrss / 1024:.0f} MB")
    print(f"  {found[0] if found else said.stdout[-500:]}")


def _configuration(folder: Path) -> Path:
    configuration = folder / "gateway.yaml"
    database = f"sqlite:///{folder}/bench.db"
    configuration.write_text(GATEWAY.format(database=database, folder=folder, imap_port=1, smtp_port=1, user="x"))
    (folder / "groups.yaml").write_text(GROUPS)
    (folder / "routing.yaml").write_text(ROUTING)
    (folder / "new.yaml").write_text(NEW)
    return configuration


def _fill(store: Store, count: int) -> None:
    kept = [(store.blobs.put(raw), len(raw)) for _, raw in mails(min(count, DISTINCT))]
    for start in range(0, count, _BATCH):
        numbers = range(start, min(count, start + _BATCH))
        with store.writing() as tx:
            tx.connection.execute(insert(TicketRow), [_ticket(number) for number in numbers])
            tx.connection.execute(insert(SpoolRow), [_spooled(number, *kept[number % len(kept)]) for number in numbers])


def _ticket(number: int) -> dict[str, object]:
    at = clock.now() - timedelta(seconds=60 * (number % 100_000))
    return {
        "number": 1_000_000 + number,
        "subject": f"Matter {number}",
        "status": Status.CLOSED,
        "type": TicketType.INCIDENT,
        "priority": Priority.NORMAL,
        "group_name": "first-line",
        "requester_name": "",
        "requester_address": f"c{number}@customer.example",
        "requester_key": f"c{number}@customer.example",
        "mailbox": "support",
        "language": "en",
        "created_at": at,
        "updated_at": at,
        "fields": {},
        "trace": {"final": {"group": "first-line"}, "steps": []},
    }


def _spooled(number: int, digest: str, size: int) -> dict[str, object]:
    at = clock.now() - timedelta(seconds=60 * (number % 100_000))
    return {
        "mailbox": "support",
        "received_at": at,
        "accepted_at": at,
        "due_at": at,
        "size": size,
        "sha256": digest,
        "headers_only": False,
        "message_id": f"{number}@customer.example",
        "fingerprint": sha256(str(number).encode()).hexdigest(),
        "subject": f"Matter {number}",
        "state": SpoolState.FINISHED,
        "disposition": Disposition.OPENED,
        "reason": "a new matter",
        "ticket": 1_000_000 + number,
        "stage": "",
        "error": "",
        "sender": "",
        "filed": True,
        "attempts": 0,
        "released": False,
    }
