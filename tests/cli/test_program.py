"""The command itself: its options, what errors mean to the shell, how quickly it starts."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import mailgateway
from mailgateway.cli.program import COMMANDS
from tests.cli.shell import Shell


def _run(*words: str, **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mailgateway", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)  # type: ignore[call-overload, no-any-return]  # passed on as it is


def _shell(line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["/bin/sh", "-c", line], stderr=subprocess.PIPE, text=True, timeout=60, check=False)


def test_version_is_shown() -> None:
    """`python -m mailgateway --version` says which version it is."""
    ran = _run("--version")
    assert (ran.returncode, ran.stdout) == (0, f"mailgateway {mailgateway.__version__}\n")


def test_help_names_every_command(shell: Shell) -> None:
    """`--help` lists each command with what it does."""
    ran = shell.run("--help")
    assert ran.code == 0
    assert all(f" {name} " in ran.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(shell: Shell, name: str) -> None:
    """Each command explains itself, beginning with the sentence that the list of commands has for it."""
    ran = shell.run(name, "--help")
    assert ran.code == 0
    assert f"mailgateway {name}" in ran.out
    assert ran.out.splitlines()[2].strip().startswith(COMMANDS[name])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["statsu"], "status"),
        (["nonsense-at-all"], "--help"),
        (["status", "--jsn"], "--json"),
        (["tickets", "show", "abc"], "NUMBER"),
        (["tickets", "list", "--limit", "-1"], "--limit"),
    ],
)
def test_wrong_usage_leaves_with_2(shell: Shell, words: list[str], said: str) -> None:
    """A wrong word gets a line on standard error and exit code 2."""
    ran = shell.run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize("command", ["check", "status", "run", "doctor", "reconcile"])
def test_a_missing_configuration_leaves_with_2(tmp_path: Path, command: str) -> None:
    """Without a configuration, every command that needs one says where it looked and how to get one."""
    ran = Shell(tmp_path).run(command)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{tmp_path}/gateway.yaml: there is no such file")
    assert "mailgateway init" in ran.err


def test_every_finding_of_a_wrong_configuration_is_shown_with_its_place(shell: Shell) -> None:
    """A wrong configuration gives a line `FILE:LINE:COLUMN: …` for each mistake, with its mend, and exit code 2."""
    text = shell.configuration.read_text().replace("admin:", "amdin:").replace("size_limit: 100KB", "size_limit: big")
    shell.configuration.write_text(text)
    ran = shell.run("status")
    assert (ran.code, ran.out) == (2, "")
    lines = ran.err.splitlines()
    assert any(line.startswith(f"{shell.configuration}:5:1: ") and "admin" in line for line in lines)
    assert any(line.startswith(f"{shell.configuration}:13:5: ") and "50MB" in line for line in lines)


def test_the_configuration_may_be_named_by_a_variable(shell: Shell) -> None:
    """Without -c, $MAILGATEWAY_CONFIG names the configuration."""
    ran = _run("check", env={**os.environ, "MAILGATEWAY_CONFIG": str(shell.configuration)})
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("fine: ")


def test_an_unusable_database_leaves_with_1(shell: Shell) -> None:
    """A database that cannot be used gives one line and exit code 1, no traceback."""
    (shell.folder / "file").write_text("")
    shell.configure(database=f"sqlite:///{shell.folder}/file/desk.db")
    ran = shell.run("db", "upgrade")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    assert "the database" in ran.err


def test_a_reader_that_leaves_is_no_error() -> None:
    """When the reader of a pipe has gone (`… | head`), the command ends without a word."""
    command = f"{sys.executable} -m mailgateway schema gateway; echo $? >&2"
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write) as closed:
        ran = subprocess.run(["/bin/sh", "-c", command], stdout=closed, stderr=subprocess.PIPE, text=True, check=True)
    assert ran.stderr == "141\n"


@pytest.mark.parametrize("command", ["schema gateway", "--help"])
def test_a_full_disk_under_the_output_is_said_in_a_line(command: str) -> None:
    """What is written into a file that has no room ends with 1, no traceback; a closed output is nobody's fault."""
    ran = _shell(f"{sys.executable} -m mailgateway {command} >/dev/full")
    assert (ran.returncode, ran.stderr) == (1, "mailgateway: the output cannot be written: No space left on device\n")
    ran = _shell(f"{sys.executable} -m mailgateway {command} >&-")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_ctrl_c_leaves_with_130(shell: Shell) -> None:
    """An interrupt ends a command as the shell expects it, without a traceback."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mailgateway", "-c", str(shell.configuration), "tickets", "note", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdin is not None
    _wait_until_reading(process.pid)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err


def _wait_until_reading(pid: int) -> None:
    """Wait until the process sleeps in a read of its standard input (read(2) of descriptor 0)."""
    while True:
        call = Path(f"/proc/{pid}/syscall").read_text().split()
        if call[:2] == ["0", "0x0"]:
            return
        os.sched_yield()


def test_parsing_needs_no_database_and_no_mail_server(shell: Shell) -> None:
    """`parse` starts without importing the libraries of the other rooms."""
    mail = shell.mail("one.eml")
    code = (
        "import sys; from mailgateway.cli import app\n"
        f"app(['parse', '--json', {str(mail)!r}], standalone_mode=False)\n"
        "print(sorted({'sqlalchemy', 'imapclient', 'aiosmtplib', 'alembic', 'jinja2', 'structlog', 'ruamel'}"
        " & {name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stderr == "[]\n"


@pytest.mark.parametrize("words", ["tickets list", "outbox list", "quarantine list", "status", "ingest -", "check"])
def test_light_commands_start_without_what_fetches_and_sends(shell: Shell, words: str) -> None:
    """Who looks, or files a mail that an MTA pipes, does not wait for the libraries of connections and schedules."""
    assert shell.run("db", "upgrade").code == 0
    code = (
        "import sys; from mailgateway.cli import app\n"
        f"app(['-c', {str(shell.configuration)!r}, *{words.split()}], standalone_mode=False)\n"
        "print(sorted({'imapclient', 'imaplib', 'aiosmtplib', 'apscheduler', 'alembic', 'httpx', 'fsspec', 'psycopg'}"
        " & {name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    raw = shell.mail("one.eml").read_bytes()
    ran = subprocess.run([sys.executable, "-c", code], input=raw, capture_output=True, timeout=60, check=True)
    assert ran.stderr == b"[]\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("tickets show abc", "a whole number belongs here"),
        ("tickets show 0", "a number belongs here, of at least 1"),
        ("tickets list --status foo", "'--status': 'foo' is not one of 'new', "),
        ("tickets show", "Usage: mailgateway tickets show [OPTIONS] NUMBER\n"),
        ("--log-format foo check", "'--log-format': 'foo' is not one of 'json', "),
    ],
)
def test_wrong_words_are_answered_in_plain_ones(shell: Shell, words: str, said: str) -> None:
    """Nobody has to know Python, or what checks the words for us."""
    ran = shell.run(*words.split())
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err.replace("root", "mailgateway")
    assert "Input should" not in ran.err
    assert "Value error" not in ran.err


def test_help_speaks_no_python(shell: Shell) -> None:
    """Types and ranges of the program stay out of the help."""
    commands = ("tickets set", "tickets list", "outbox list", "suppressions add", "events")
    out = "".join(shell.run(*command.split(), "--help").out for command in commands)
    assert not [word for word in ("<int", "<str", "list[", "x>=", "<=x", "[]", "{") if word in out]
    assert "[default: 50]" in out


def test_a_limit_beyond_all_numbers_is_all(shell: Shell) -> None:
    """No number is too large for a list."""
    shell.run("db", "upgrade")
    for what in ("tickets", "outbox", "quarantine"):
        assert shell.run(what, "list", "--limit", "9" * 40).code == 0


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b""])
def test_a_configuration_from_another_system_is_read(shell: Shell, prefix: bytes) -> None:
    """A byte order mark, and lines that end with CRLF, are no mistakes."""
    text = shell.configuration.read_bytes()
    shell.configuration.write_bytes(prefix + text.replace(b"\n", b"\r\n"))
    assert shell.run("check").code == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [(b'a: "\0"', "U+0000 is not allowed"), (b"\xff\xfed\0", "not UTF-8"), (None, "this is a folder")],
)
def test_what_is_no_configuration_is_said_to_be_none(shell: Shell, content: bytes | None, said: str) -> None:
    """Bytes, other encodings and folders leave with 2 and a line."""
    shell.configuration.unlink()
    if content is None:
        shell.configuration.mkdir()
    else:
        shell.configuration.write_bytes(content)
    ran = shell.run("check")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
