"""The command line as somebody at a shell meets it: words in, exit code and text out."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from mailgateway.cli import app
from tests.leaks import overheard
from tests.servers.dovecot import PASSWORD

GATEWAY = """
domain: example.com
database: {database}
blobs: {folder}/blobs
admin: postmaster@example.com
mailboxes:
  - name: support
    address: support@example.com
    aliases: [help@example.com]
    display: Example support
    imap: {{host: 127.0.0.1, port: {imap_port}, tls: none, username: {user}, password: {{file: password}}}}
    settle: {{processed: "move:Processed", quarantined: "move:Quarantine"}}
    size_limit: 100KB
    default: {{group: first-line}}
smtp: {{host: 127.0.0.1, port: {smtp_port}, tls: none, timeout: 10s}}
agents: {{evidence: token}}
files: {{groups: groups.yaml, rules: routing.yaml}}
"""
GROUPS = """
agents:
  - {name: anna, display: Anna Kowalska, address: anna@example.com}
  - {name: bob, display: Bob Stone, address: bob@example.com}
groups:
  - {name: first-line, display: Service desk, members: [anna]}
  - {name: hardware, members: [bob]}
"""
ROUTING = """
rules:
  - name: printers
    when: {field: subject, contains: printer}
    then: {group: hardware, priority: high, tags: [printer]}
    stop: true
  - name: suspicious
    when: {field: subject, contains: lottery}
    then: {quarantine: true}
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: its exit code, and what it said on both outputs; `raw` is `out` to the byte."""

    code: int
    out: str
    err: str
    raw: bytes

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The JSON objects on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def only(self) -> dict[str, Any]:
        """The one JSON object on standard output."""
        (found,) = self.objects
        return found


@dataclass(frozen=True, slots=True)
class Shell:
    """A folder with a configuration, and a way to run commands on it."""

    folder: Path

    @property
    def configuration(self) -> Path:
        """The main configuration file."""
        return self.folder / "gateway.yaml"

    def configure(self, *, imap_port: int = 1, smtp_port: int = 1, user: str = "support", database: str = "") -> None:
        """Write the configuration; without ports, for commands that connect to nothing."""
        database = database or f"sqlite:///{self.folder}/desk.db"
        text = GATEWAY.format(
            folder=self.folder, database=database, imap_port=imap_port, smtp_port=smtp_port, user=user
        )
        self.configuration.write_text(text)
        (self.folder / "password").write_text(f"{PASSWORD}\n")
        (self.folder / "password").chmod(0o600)
        (self.folder / "groups.yaml").write_text(GROUPS)
        (self.folder / "routing.yaml").write_text(ROUTING)

    def run(self, *words: str, stdin: bytes = b"") -> Ran:
        """Run `mailgateway -c CONFIGURATION WORDS`; any exception that is no orderly exit is raised."""
        result = CliRunner().invoke(app, ["-c", str(self.configuration), *words], input=stdin, catch_exceptions=False)
        return Ran(result.exit_code, overheard(result.stdout), overheard(result.stderr), result.stdout_bytes)

    def mail(self, name: str, subject: str = "Help", text: str = "It is broken.", **headers: str) -> Path:
        """Write a mail into a file of the folder, and return its path; its Message-ID comes from the name."""
        lines = {
            "From": "Carla Rossi <carla@customer.example>",
            "To": "support@example.com",
            "Subject": subject,
            "Message-ID": f"<{name}@customer.example>",
            "Date": "Mon, 2 Nov 2026 09:00:00 +0100",
            **headers,
        }
        head = "".join(f"{key.replace('_', '-')}: {value}\r\n" for key, value in lines.items())
        path = self.folder / name
        path.write_bytes(f"{head}\r\n{text}\r\n".encode())
        return path


def names(text: str) -> list[str]:
    """Return words as a list: the keys that an object has, in their order."""
    return text.split()
