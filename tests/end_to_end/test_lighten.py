"""A letter that is too large loses its files once, whatever moment the power fails at."""

import os
import signal
import subprocess
import sys
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from mailgateway.mail.parse import parse
from tests.cli.shell import Shell
from tests.end_to_end.daemon import Daemon
from tests.servers.sink import Sink

ANNA = ("anna@example.com",)


def _die_at(point: str, configuration: Path) -> int:
    """Run a daemon that kills itself at a point."""
    crasher = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.crashing_gateway", str(configuration)],
        input=f"{point} 1\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env=dict(os.environ),
    )
    return int(crasher.stdout.splitlines()[-1])


@pytest.mark.parametrize("point", ["before_exchange", "inside_exchange", "after_exchange"])
def test_killed_while_a_letter_loses_its_files(tmp_path: Path, point: str) -> None:
    """Before the exchange, in its transaction, or after it: one letter arrives, one event stands."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "carla@customer.example", "support@example.com", "Scans"
    mail["Message-ID"] = "<scans@customer.example>"
    mail.set_content("Here they are.")
    mail.add_attachment(bytes(50_000), "application", "pdf", filename="scans.pdf")
    (tmp_path / "scans.eml").write_bytes(mail.as_bytes(policy=SMTP))
    with Sink(size_limit=40_000) as sink:
        desk = Shell(tmp_path)
        desk.configure(smtp_port=sink.port)
        assert desk.run("ingest", str(tmp_path / "scans.eml")).code == 0
        assert _die_at(point, desk.configuration) == -signal.SIGKILL
        with Daemon(desk.configuration) as daemon:
            while not any(one.rcpt_tos == ANNA for one in sink.received):
                sink.wait_for(len(sink.received) + 1)
            assert daemon.end() == 0
        (received,) = [one for one in sink.received if one.rcpt_tos == ANNA]
    assert "- scans.pdf (50 kB)" in parse(received.content).text
    lines = desk.run("outbox", "list", "--all", "--json").objects
    states = sorted(line["state"] for line in lines if line["to"] == ANNA[0])
    assert states == ["replaced", "sent"]
    events = desk.run("tickets", "show", "10001", "--json").only["events"]
    assert [event["what"] for event in events].count("files_left_out") == 1
