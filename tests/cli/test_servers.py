"""`run`, `doctor`, `reconcile`: the commands that connect, against a real Dovecot and a real SMTP peer."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from mailgateway import __version__, clock
from mailgateway.cli import examinations
from tests.cli.shell import Shell
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink


@pytest.fixture
def desk(shell: Shell, dovecot: Dovecot, sink: Sink, mailbox_user: str) -> Shell:
    """Give a folder whose configuration names both servers."""
    shell.configure(imap_port=dovecot.port, smtp_port=sink.port, user=mailbox_user)
    return shell


@pytest.fixture
def deliver(desk: Shell, dovecot: Dovecot, mailbox_user: str) -> Callable[[str], None]:
    """Give a way to put a mail into the support mailbox."""

    def put(name: str) -> None:
        dovecot.deliver(mailbox_user, desk.mail(name).read_bytes())

    return put


def test_run_once_brings_everything_in_and_out(
    desk: Shell, deliver: Callable[[str], None], dovecot: Dovecot, sink: Sink, mailbox_user: str
) -> None:
    """One round files every mail, settles it, sends every letter; the next has nothing to do."""
    deliver("one.eml")
    deliver("two.eml")
    ran = desk.run("run", "--once")
    assert (ran.code, ran.out) == (0, "")
    assert len(desk.run("tickets", "list", "--json").objects) == 2
    assert (dovecot.count(mailbox_user), dovecot.count(mailbox_user, "Processed")) == (0, 2)
    sent = len(sink.wait_for(4))
    assert desk.run("outbox", "list", "--json").out == ""
    assert desk.run("run", "--once").code == 0
    assert len(sink.received) == sent
    state = desk.run("status", "--json").only
    assert state["mailboxes"][0]["last_good_at"] is not None
    assert state["outbox"]["last_good_at"] is not None


def test_run_once_says_what_could_not_be_done(desk: Shell, deliver: Callable[[str], None], sink: Sink) -> None:
    """A mailbox that refuses and a server that is gone get a line each and 1; what could be done is done."""
    deliver("one.eml")
    sink.stop()
    ran = desk.run("run", "--once")
    assert ran.code == 1
    assert any(line.startswith("sending: ") for line in ran.err.splitlines())
    assert len(desk.run("tickets", "list", "--json").objects) == 1
    (desk.folder / "password").write_text("wrong")
    ran = desk.run("run", "--once")
    assert ran.code == 1
    assert any(line.startswith("mailbox support: login of ") for line in ran.err.splitlines())
    assert "wrong" not in ran.err
    assert desk.run("status", "--json").only["mailboxes"][0]["error"]


@pytest.fixture
def daemon(desk: Shell) -> Iterator[subprocess.Popen[str]]:
    """Give the running daemon, ready for mail; whatever a test does, it is ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mailgateway", "-c", str(desk.configuration), "run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _read_until(process, "supervisor.ready")
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=15)


def _read_until(process: subprocess.Popen[str], event: str) -> list[str]:
    assert process.stderr is not None
    lines: list[str] = []
    while not lines or event not in lines[-1]:
        lines.append(process.stderr.readline())
        assert lines[-1], lines
    return lines


def test_the_daemon_runs_until_it_is_told_to_end(
    daemon: subprocess.Popen[str],
    deliver: Callable[[str], None],
    sink: Sink,
    dovecot: Dovecot,
    mailbox_user: str,
) -> None:
    """`run` files and answers what arrives, logs JSON lines without a word of the mail, and ends at SIGTERM with 0."""
    deliver("one.eml")
    receipt = next(one for one in sink.wait_for(2) if one.rcpt_tos == ("carla@customer.example",))
    assert b"Help" in receipt.content
    daemon.send_signal(signal.SIGTERM)
    out, rest = daemon.communicate(timeout=15)
    assert (daemon.returncode, out) == (0, "")
    log = [json.loads(line) for line in rest.splitlines()]
    filed = next(line for line in log if line["event"] == "ingest.done")
    assert (filed["ticket"], filed["message_id"]) == (10001, "one.eml@customer.example")
    assert log[-1]["event"] == "supervisor.ended"
    assert "It is broken" not in rest
    assert dovecot.count(mailbox_user, "Processed") == 1


def test_a_reload_moves_a_waiting_letter_to_another_server(
    daemon: subprocess.Popen[str], desk: Shell, deliver: Callable[[str], None], sink: Sink
) -> None:
    """When the SMTP server is gone and the configuration names another, SIGHUP sends what waits there at once."""
    sink.stop()
    deliver("one.eml")
    _read_until(daemon, "worker.unavailable")
    with Sink() as other:
        text = desk.configuration.read_text()
        desk.configuration.write_text(text.replace(f"port: {sink.port}", f"port: {other.port}"))
        daemon.send_signal(signal.SIGHUP)
        recipients = {one.rcpt_tos[0] for one in other.wait_for(2)}
    assert recipients == {"carla@customer.example", "anna@example.com"}


def test_the_doctor_finds_everything_well(desk: Shell, dovecot: Dovecot, sink: Sink) -> None:
    """Everything that the gateway needs gets a line with how it is."""
    ran = desk.run("doctor", "--json")
    found = {one["what"]: one for one in ran.objects}
    assert ran.code == 0
    assert list(found) == [
        "version",
        "secrets",
        "blob store",
        "disk",
        "database",
        "clock",
        "mailbox support",
        "sending",
        "DNS",
    ]
    assert all(one["ok"] is not False and one["mend"] is None for one in ran.objects)
    assert f"127.0.0.1:{dovecot.port}, folder INBOX" in found["mailbox support"]["detail"]
    assert f"mailgateway {__version__}, Python 3." in found["version"]["detail"]
    assert re.search(rf"\d GB free at {desk.folder}", found["disk"]["detail"])
    assert re.match(r"sqlite 3\.\d+\.\d+, revision \d{4}|there is no database yet", found["database"]["detail"])
    assert "IDLE" in found["mailbox support"]["detail"]
    assert "MOVE" in found["mailbox support"]["detail"]
    assert f"127.0.0.1:{sink.port}" in found["sending"]["detail"]
    assert sink.received == []
    shown = desk.run("doctor")
    assert shown.code == 0
    assert "✓ mailbox support" in shown.out
    assert "✗" not in shown.out


def test_the_doctor_looks_at_what_others_ask(desk: Shell) -> None:
    """Nobody listens where figures are given out while no daemon runs; somebody does once one does."""
    with socket.create_server(("127.0.0.1", 0)) as there:
        port = there.getsockname()[1]
        with desk.configuration.open("a") as file:
            file.write(f"metrics: {{listen: '127.0.0.1:{port}'}}\n")
        found = {one["what"]: one for one in desk.run("doctor", "--json").objects}
        assert found["metrics"]["ok"] is True
    found = {one["what"]: one for one in desk.run("doctor", "--json").objects}
    assert (found["metrics"]["ok"], found["metrics"]["mend"]) == (None, None)
    assert "the daemon does, once it runs" in found["metrics"]["detail"]


def test_the_doctor_names_the_mend(desk: Shell, sink: Sink) -> None:
    """What is wrong gets its cause and its mend, the rest is looked at all the same, and the exit code is 1."""
    (desk.folder / "password").write_text("wrong")
    sink.stop()
    (desk.folder / "blobs").write_text("in the way")
    ran = desk.run("doctor", "--json")
    found = {one["what"]: one for one in ran.objects}
    assert ran.code == 1
    assert [name for name, one in found.items() if one["ok"] is False] == ["blob store", "mailbox support", "sending"]
    assert "username and password" in found["mailbox support"]["mend"]
    assert "wrong" not in ran.out
    assert "firewall" in found["sending"]["mend"]
    shown = desk.run("doctor")
    assert (shown.code, shown.out.count("✗")) == (1, 3)


def test_the_doctor_suspects_no_firewall_of_a_disk(desk: Shell) -> None:
    """A disk that takes nothing more, as one that is full, is mended otherwise than a server that does not answer."""
    command = f"ulimit -f 0; exec {sys.executable} -m mailgateway -c {desk.configuration} doctor --json"
    ran = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    found = {one["what"]: one for one in map(json.loads, ran.stdout.splitlines())}
    assert (found["blob store"]["ok"], found["blob store"]["mend"]) == (
        False,
        "make room on that disk, or mount it anew",
    )


def test_the_doctor_sees_missing_folders_and_secrets(desk: Shell) -> None:
    """A folder that is not there is named with those that are; a secret that cannot be read is placed."""
    text = desk.configuration.read_text().replace("{file: password}", "{file: password}, folder: Nowhere")
    desk.configuration.write_text(text)
    ran = desk.run("doctor")
    assert ran.code == 1
    assert "Nowhere" in ran.out
    assert "INBOX" in ran.out
    (desk.folder / "password").unlink()
    ran = desk.run("doctor")
    assert ran.code == 1
    assert f"✗ secrets           {desk.configuration}:11:" in ran.out


def test_the_doctor_tells_of_a_full_disk_and_of_a_secret_that_all_may_read(
    desk: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both with their mend."""
    monkeypatch.setattr(examinations, "_ROOM", 10**18)
    (desk.folder / "password").chmod(0o644)
    ran = desk.run("doctor", "--json")
    found = {one["what"]: one for one in ran.objects}
    assert (ran.code, found["disk"]["ok"], found["secrets"]["ok"]) == (1, False, False)
    assert found["disk"]["mend"].startswith("make room")
    assert f"run `chmod o= {desk.folder}/password`" in found["secrets"]["detail"]


def test_reconcile_proves_that_nothing_is_missing(desk: Shell, deliver: Callable[[str], None]) -> None:
    """Every mail that was fetched stands beside its one outcome."""
    deliver("one.eml")
    deliver("two.eml")
    desk.run("run", "--once")
    ran = desk.run("reconcile", "--json")
    assert ran.code == 0
    assert [list(line) for line in ran.objects] == [
        ["mailbox", "uidvalidity", "uid", "on_server", "outcome", "ticket", "settled"]
    ] * 2
    assert [(line["uid"], line["outcome"], line["settled"]) for line in ran.objects] == [
        (1, "opened", True),
        (2, "opened", True),
    ]
    shown = desk.run("reconcile")
    assert (shown.code, shown.out.splitlines()[0]) == (0, "mailbox support: 2 mails: 2 opened")


def test_reconcile_shows_what_has_no_outcome(desk: Shell, deliver: Callable[[str], None]) -> None:
    """A mail that lies on the server and has no outcome is listed, and the exit code is 1."""
    desk.run("db", "upgrade")
    deliver("one.eml")
    ran = desk.run("reconcile", "--json")
    assert (ran.code, ran.only["outcome"], ran.only["on_server"]) == (1, "not_fetched", True)
    shown = desk.run("reconcile")
    assert shown.code == 1
    assert "UID 1: not_fetched" in shown.out


def test_reconcile_needs_the_mailbox(desk: Shell) -> None:
    """A mailbox that cannot be reached proves nothing: a line that says so, and 1."""
    desk.run("db", "upgrade")
    (desk.folder / "password").write_text("wrong")
    ran = desk.run("reconcile")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("mailbox support: ")


def test_the_doctor_makes_nothing_and_says_a_thing_once(shell: Shell) -> None:
    """A database that is not there yet is well and stays away; one that does not answer is one line's matter."""
    shell.configure(database=f"sqlite:///{shell.folder}/data/desk.db")
    found = {one["what"]: one for one in shell.run("doctor", "--json").objects}
    assert found["database"]["ok"] is True
    assert "no database yet" in found["database"]["detail"]
    assert not (shell.folder / "data").exists()
    shell.configure(database="postgresql+psycopg://me@127.0.0.1:1/desk")
    found = {one["what"]: one for one in shell.run("doctor", "--json").objects}
    assert (found["database"]["ok"], found["clock"]["ok"]) == (False, True)
    assert "that it runs" in found["database"]["mend"]


def test_the_doctor_tells_a_host_that_its_clock_is_wrong(
    shell: Shell, postgres: Postgres, postgres_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is compared with the database's, which the gateway goes by: certificates are judged by the host's own."""
    own = clock.own
    monkeypatch.setattr(clock, "own", lambda: own() - timedelta(minutes=20))
    shell.configure(database=postgres.create_database(like=postgres_template))
    (found,) = (one for one in shell.run("doctor", "--json").objects if one["what"] == "clock")
    assert found["ok"] is False
    assert "the database's host, which all hosts go by, says" in found["detail"]
    assert "NTP" in found["mend"]


def test_the_doctor_knows_a_port_without_tls(desk: Shell) -> None:
    """Where `tls:` does not fit the port, it says so and suspects no firewall."""
    desk.configuration.write_text(desk.configuration.read_text().replace("tls: none", "tls: implicit"))
    found = {one["what"]: one for one in desk.run("doctor", "--json").objects}
    for what in ("mailbox support", "sending"):
        assert "no TLS is spoken at this port: another `tls:` or `port:` fits it" in found[what]["detail"]
        assert found[what]["mend"] is None
    desk.configuration.write_text(desk.configuration.read_text().replace("tls: implicit", "tls: starttls"))
    found = {one["what"]: one for one in desk.run("doctor", "--json").objects}
    assert "no STARTTLS at this port" in found["sending"]["detail"]


def test_the_doctor_tries_every_smtp_server_and_its_fallback(desk: Shell) -> None:
    """Each has a line of its own, by its mailbox."""
    with Sink() as other, Sink(users={"a": "b"}) as third:
        text = desk.configuration.read_text()
        fallback = f"{{host: 127.0.0.1, port: {third.port}, tls: none}}"
        own = f"""
    smtp: {{host: 127.0.0.1, port: {other.port}, tls: none, fallback: {fallback}}}
smtp:"""
        desk.configuration.write_text(text.replace("\nsmtp:", own))
        found = {one["what"]: one for one in desk.run("doctor", "--json").objects}
        assert {what: one["ok"] for what, one in found.items() if what.startswith(("sending", "fall-back"))} == {
            "sending": True,
            "sending support": True,
            "fall-back support": True,
        }
        assert f"127.0.0.1:{third.port}" in found["fall-back support"]["detail"]
        third.stop()
        ran = desk.run("doctor", "--json")
    (wrong,) = [one for one in ran.objects if one["ok"] is False]
    assert (ran.code, wrong["what"]) == (1, "fall-back support")
