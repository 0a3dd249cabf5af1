"""A webhook beside the real daemon: told by a thread of its own, at least once whenever the power fails."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.shell import Shell
from tests.end_to_end.daemon import Daemon
from tests.servers.webhook import WebhookServer

HOOK = 'webhooks: [{{name: crm, url: "{}", secret: {{file: password}}, clear_text: true, events: [opened]}}]\n'


def _desk(folder: Path, url: str) -> Shell:
    made = Shell(folder)
    made.configure()
    made.configuration.write_text(made.configuration.read_text() + HOOK.format(url))
    return made


def _die_before_commit(configuration: Path) -> int:
    """Run a daemon that kills itself when the webhook has answered and nothing of it is written down yet."""
    crasher = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.crashing_gateway", str(configuration)],
        input="after_call 1\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=dict(os.environ),
    )
    return int(crasher.stdout.splitlines()[-1])


def test_a_call_outlives_the_death_of_the_daemon_under_one_id(tmp_path: Path) -> None:
    """Killed between the answer and the commit, the next daemon calls again: same id, same bytes, then never more."""
    with WebhookServer(200) as server:
        desk = _desk(tmp_path, server.url)
        assert desk.run("ingest", str(desk.mail("one.eml"))).code == 0
        assert _die_before_commit(desk.configuration) == -signal.SIGKILL
        assert server.arrived.acquire(timeout=10)
        assert desk.run("webhooks", "list", "--json").only["state"] == "sending"
        with Daemon(desk.configuration) as daemon:
            daemon.wait_for("call.sent")
            assert daemon.end() == 0
    first, second = server.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    line = desk.run("webhooks", "list", "--all", "--json").only
    assert (line["state"], line["message_id"]) == ("sent", first.headers["webhook-id"])


def test_a_running_daemon_calls_and_follows_its_configuration(tmp_path: Path) -> None:
    """What happens while it runs is told; after a reload, where the webhook listens now."""
    with WebhookServer(200) as server, WebhookServer(200) as moved:
        desk = _desk(tmp_path, server.url)
        desk.run("db", "upgrade")
        with Daemon(desk.configuration) as daemon:
            assert desk.run("ingest", str(desk.mail("one.eml"))).code == 0
            daemon.wait_for("call.sent")
            _desk(tmp_path, moved.url)
            daemon.process.send_signal(signal.SIGHUP)
            daemon.wait_for("gateway.reloaded")
            assert desk.run("ingest", str(desk.mail("two.eml", "Another"))).code == 0
            daemon.wait_for("call.sent", 2)
            assert daemon.end() == 0
        numbers = [json.loads(one.received[0].body)["data"]["ticket"]["number"] for one in (server, moved)]
    assert numbers == [10001, 10002]
    assert desk.run("status", "--json").only["webhooks"][0]["last_good_at"] is not None
