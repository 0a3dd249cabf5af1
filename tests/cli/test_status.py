"""`status`: does mail come in and go out?"""

import re
from contextlib import ExitStack, closing
from datetime import timedelta

import pytest

from mailgateway import clock
from mailgateway.app import open_gateway
from mailgateway.store import health
from mailgateway.store.hosts.names import number_of
from mailgateway.store.hosts.session import HostSession
from tests.cli.shell import Shell
from tests.servers.postgres import Postgres

PATIENCE = timedelta(minutes=2)
MAILBOX = {
    "name",
    "last_good_at",
    "last_attempt_at",
    "error",
    "lag_seconds",
    "read_by",
    "not_settled_because",
    "waiting",
    "quarantined",
}
OUTBOX = {"queued", "sending", "failed", "oldest_due_at", "last_good_at", "last_attempt_at", "error", "servers"}


def test_a_new_desk_is_well(shell: Shell) -> None:
    """Before the first fetch there is nothing to tell, and nothing wrong."""
    shell.run("db", "upgrade")
    state = shell.run("status", "--json")
    assert state.code == 0
    assert state.only.keys() == {
        "at",
        "last_sign_of_life_at",
        "mailboxes",
        "hosts",
        "outbox",
        "webhooks",
        "api",
        "virus_scanner",
        "quarantine",
        "clocks",
        "major_incidents",
        "retention",
        "alarms",
    }
    (mailbox,) = state.only["mailboxes"]
    assert mailbox.keys() == MAILBOX
    assert (mailbox["name"], mailbox["last_good_at"], mailbox["waiting"]) == ("support", None, 0)
    assert (mailbox["read_by"], state.only["hosts"]) == (None, [])
    assert state.only["outbox"].keys() == OUTBOX
    assert state.only["last_sign_of_life_at"] is None
    shown = shell.run("status")
    assert (shown.code, "never ran" in shown.out) == (0, True)


def test_what_waits_and_what_is_wrong_is_counted(shell: Shell) -> None:
    """Lag, errors, letters, quarantine and alarms are told; while an alarm stands the exit code is 1."""
    shell.run("ingest", str(shell.mail("one.eml")))
    shell.run("ingest", "-", stdin=b"\xff" * 99)
    gateway = open_gateway(shell.configuration)
    earlier = clock.now() - timedelta(minutes=40)
    with gateway.store.writing() as tx:
        health.beat(tx, "fetch:support", earlier, None)
        health.beat(tx, "fetch:support", clock.now(), "login refused \x1b[31m")
        health.beat(tx, "settle:support", clock.now(), "no right to move")
        health.beat(tx, "send", clock.now(), "no answer in time")
        health.raise_alarm(tx, "fetch:support", "No mail fetched", clock.now())
    gateway.close()
    ran = shell.run("status", "--json")
    assert ran.code == 1
    state = ran.only
    (mailbox,) = state["mailboxes"]
    assert (mailbox["error"], mailbox["quarantined"]) == ("login refused \x1b[31m", 1)
    assert 2400 <= mailbox["lag_seconds"] < 2500
    assert mailbox["not_settled_because"] == "no right to move"
    assert (state["outbox"]["queued"], state["outbox"]["error"]) == (2, "no answer in time")
    assert state["outbox"]["oldest_due_at"] is not None
    assert (state["quarantine"], [one["text"] for one in state["alarms"]]) == (1, ["No mail fetched"])
    shown = shell.run("status")
    assert shown.code == 1
    for words in (
        "last sign of life",
        "40 min",
        "login refused",
        "no right to move",
        "no answer in time",
        "No mail fetched",
        "2 queued",
    ):
        assert words in shown.out
    assert "\x1b" not in shown.out


@pytest.mark.parametrize(("minutes", "code"), [(14, 0), (16, 1)])
def test_a_daemon_that_is_gone_raises_no_alarm_and_is_told(shell: Shell, minutes: int, code: int) -> None:
    """Whoever asks is the only one who can notice: once nothing was fetched for as long as an alarm takes."""
    gateway = open_gateway(shell.configuration)
    with gateway.store.writing() as tx:
        health.beat(tx, "fetch:support", clock.now() - timedelta(minutes=minutes), None)
    gateway.close()
    ran = shell.run("status")
    assert (ran.code, "is it running?" in ran.out) == (code, bool(code))
    assert shell.run("status", "--json").code == code


def test_it_says_which_host_does_what(shell: Shell, postgres: Postgres, postgres_template: str) -> None:
    """Of two hosts one reads the only mailbox, and the other waits, and cannot send: all in all it is well."""
    database = postgres.create_database(like=postgres_template)
    written = shell.configuration.read_text()
    shell.configuration.write_text(re.sub("database: .*", f"database: {database}", written))
    with ExitStack() as stack:
        gateway = stack.enter_context(closing(open_gateway(shell.configuration)))
        one, _ = (
            stack.enter_context(closing(HostSession(gateway.store, name, PATIENCE))) for name in ("one/1", "two/2")
        )
        assert one.take(number_of("support"))
        with gateway.store.writing() as tx:
            health.beat(tx, "send", clock.now(), None, "one")
            health.beat(tx, "send", clock.now(), "no answer in time", "two")
            health.beat(tx, "send", clock.now(), "refused long ago", "gone")
        state = shell.run("status", "--json")
        shown = shell.run("status")
    assert (state.code, shown.code) == (0, 0)
    assert state.only["mailboxes"][0]["read_by"] == "one/1"
    reads, waits = state.only["hosts"]
    assert reads == {"name": "one/1", "mailboxes": ["support"], "failing": []}
    assert (waits["name"], waits["mailboxes"]) == ("two/2", [])
    assert [(it["part"], it["error"], it["last_good_at"]) for it in waits["failing"]] == [
        ("send", "no answer in time", None)
    ]
    assert state.only["outbox"]["error"] is None
    assert "one/1: reads support" in shown.out
    assert "two/2: waits" in shown.out
    assert "send fails here, other hosts do it; last error" in shown.out.partition("two/2")[2]
    assert "refused long ago" not in shown.out
