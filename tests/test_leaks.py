"""The suite's own watch over secrets: it finds one wherever it is printed."""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_LEAKY = """
import logging, sys
import structlog
from mailgateway.config.secret import Secret
from tests.end_to_end.daemon import Daemon
from tests.end_to_end.office import GATEWAY, GROUPS, ROUTING
from tests.leaks import noted, overheard
from tests.servers.dovecot import PASSWORD

def value(tmp_path):
    (tmp_path / "password").write_text("correct horse battery")
    return Secret("file", "password", (str(tmp_path / "gateway.yaml"), 1, 1)).read()

def test_stdout(tmp_path): print("it is", value(tmp_path))
def test_stderr(tmp_path): sys.stderr.write(value(tmp_path))
def test_logging(tmp_path): logging.getLogger("x").warning("it is %s", value(tmp_path))
def test_structlog(tmp_path): structlog.get_logger().info("it.is", password=value(tmp_path))
def test_overheard(tmp_path): overheard("login with " + value(tmp_path))
def test_noted(): print(noted("another horse battery"))
def daemon(folder, mailbox):
    told = GATEWAY.format(database=f"sqlite:///{folder}/m.db", folder=folder, imap_port=9, smtp_port=9, user="carla")
    (folder / "gateway.yaml").write_text(told.replace("name: support", "name: " + mailbox))
    (folder / "groups.yaml").write_text(GROUPS)
    (folder / "routing.yaml").write_text(ROUTING)
    with Daemon(folder / "gateway.yaml"): pass

def test_daemon(tmp_path): daemon(tmp_path, mailbox=PASSWORD)
def test_silent_daemon(tmp_path): daemon(tmp_path, mailbox="support")
def test_hexadecimal(tmp_path): print(value(tmp_path).encode().hex())
def test_silent(tmp_path): value(tmp_path); print("it is a secret")
def test_before(tmp_path): print("correct horse battery")
"""


def test_a_test_that_shows_a_secret_fails(tmp_path: Path) -> None:
    """Each way of showing it is noticed; who only uses one passes."""
    (tmp_path / "test_leaky.py").write_text(_LEAKY)
    command = [sys.executable, "-m", "pytest", "-p", "tests.leaks", "-p", "no:randomly", "-q", "-rA", str(tmp_path)]
    ran = subprocess.run(
        [*command, "-c", "/dev/null", "--rootdir", str(tmp_path)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = {line.split("::")[1].split()[0] for line in ran.stdout.splitlines() if line.startswith("ERROR")}
    assert errors == {
        "test_stdout",
        "test_stderr",
        "test_logging",
        "test_structlog",
        "test_overheard",
        "test_noted",
        "test_daemon",
        "test_hexadecimal",
    }, ran.stdout
