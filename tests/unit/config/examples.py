"""Configurations to begin with."""

from pathlib import Path

GATEWAY = """\
domain: example.com
database: sqlite:///data/mailgateway.db
blobs: data/blobs
admin: postmaster@example.com
mailboxes:
  - name: support
    address: support@example.com
    imap: {host: imap.example.com, username: support, password: {env: SUPPORT_PASSWORD}}
    default: {group: first-line}
smtp: {host: smtp.example.com}
"""
GROUPS = """\
agents:
  - {name: anna, display: Anna Kowalska, address: anna@example.com}
groups:
  - {name: first-line, members: [anna], lead: anna}
"""
ROUTING = "rules: []\n"


def write(folder: Path, gateway: str = GATEWAY, groups: str = GROUPS, routing: str = ROUTING) -> Path:
    """Write a configuration into the folder and return the path of its main file."""
    for name, text in (("gateway.yaml", gateway), ("groups.yaml", groups), ("routing.yaml", routing)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "gateway.yaml"
