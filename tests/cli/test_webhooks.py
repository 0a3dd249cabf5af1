"""`webhooks`: calls looked at, made again, given up; and whether a webhook listens."""

import json

import pytest

from tests.cli.shell import Shell, names
from tests.servers.webhook import WebhookServer

KEYS = names(
    "id webhook ticket event state attempts created_at next_attempt_at ended_at last_answer uncertain message_id"
)
HOOK = 'webhooks: [{{name: crm, url: "{}", secret: {{file: password}}, clear_text: true, events: [opened]}}]\n'


def _hook(shell: Shell, url: str) -> None:
    shell.configure()
    shell.configuration.write_text(shell.configuration.read_text() + HOOK.format(url))


@pytest.fixture
def call(shell: Shell) -> int:
    """Give the id of a call that waits for a webhook which nobody answers."""
    _hook(shell, "http://127.0.0.1:1/hook")
    assert shell.run("ingest", str(shell.mail("one.eml"))).code == 0
    number: int = shell.run("webhooks", "list", "--json").only["id"]
    return number


def test_what_did_not_get_through_is_listed(shell: Shell, call: int) -> None:
    """`list --json` gives one object a line with the contract's keys; for the eyes there is a table of 80 columns."""
    line = shell.run("webhooks", "list", "--json").only
    assert list(line) == KEYS
    assert (line["webhook"], line["event"], line["state"], line["attempts"]) == ("crm", "opened", "queued", 0)
    assert line["last_answer"] is None
    table = shell.run("webhooks", "list").out
    assert "crm" in table
    assert max(map(len, table.splitlines())) <= 80
    assert shell.run("webhooks", "list", "--limit", "1", "--all", "--json").only["id"] == call


def test_a_call_is_given_up_or_made_again(shell: Shell, call: int) -> None:
    """What is cancelled is shown with --all alone; an id of none is said, with 1."""
    assert shell.run("webhooks", "cancel", str(call)).code == 0
    assert shell.run("webhooks", "list").out == "No call waits.\n"
    assert shell.run("webhooks", "list", "--all", "--json").only["state"] == "cancelled"
    assert shell.run("webhooks", "retry", str(call)).out == "1 of 1 queued again.\n"
    assert shell.run("webhooks", "list", "--json").only["state"] == "queued"
    ran = shell.run("webhooks", "cancel", str(call), "999")
    assert (ran.code, ran.out) == (1, "1 of 2 cancelled.\n")
    assert "webhooks list --all" in ran.err


def test_a_webhook_is_called_once_to_see(shell: Shell) -> None:
    """With an event of the type test; what it says is told, and 1 where it does not take it."""
    with WebhookServer(200, 500) as server:
        _hook(shell, server.url)
        shell.run("db", "upgrade")
        ran = shell.run("webhooks", "test", "crm")
        assert (ran.code, ran.out) == (0, "taken: 200\n")
        assert json.loads(server.received[0].body)["type"] == "test"
        ran = shell.run("webhooks", "test", "crm")
        assert (ran.code, ran.err) == (1, "not taken: 500\n")
        ran = shell.run("webhooks", "test", "crm", "--json")
        assert (ran.code, ran.err) == (1, "")
        assert (ran.only["webhook"], ran.only["taken"]) == ("crm", False)
    assert shell.run("webhooks", "list", "--all", "--json").out == ""


@pytest.mark.usefixtures("call")
def test_an_unknown_webhook_is_refused(shell: Shell) -> None:
    """With the nearest name."""
    ran = shell.run("webhooks", "test", "crn")
    assert ran.code == 2
    assert "crm" in ran.err


def test_the_doctor_looks_whether_anybody_listens(shell: Shell) -> None:
    """It connects and calls nobody; where nobody listens, it says so with the mend."""
    with WebhookServer(200) as server:
        _hook(shell, server.url)
        (line,) = (line for line in shell.run("doctor").out.splitlines() if "webhook crm" in line)
        assert "connected to 127.0.0.1" in line
        assert server.received == []
    _hook(shell, "http://127.0.0.1:1/hook")
    assert "connection refused" in shell.run("doctor").out


def test_the_doctor_looks_whether_the_api_listens(shell: Shell) -> None:
    """Nobody does before the daemon runs, which is no fault."""
    with WebhookServer(200) as somebody:
        port = int(somebody.url.split(":")[2].split("/")[0])
        shell.configuration.write_text(
            shell.configuration.read_text() + f"api: {{listen: '127.0.0.1:{port}', tokens: [{{file: password}}]}}\n"
        )
        assert f"somebody listens at 127.0.0.1:{port}" in shell.run("doctor").out
    assert f"nobody listens at 127.0.0.1:{port}" in shell.run("doctor").out
