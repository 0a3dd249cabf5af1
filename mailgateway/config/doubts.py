"""What may be meant as it stands, and deserves a second look: the warnings."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from mailgateway.accounts.server import Tls
from mailgateway.config.document import Document
from mailgateway.config.gateway import Access, GatewayFile
from mailgateway.config.groups import GroupsFile
from mailgateway.errors import Finding
from mailgateway.rules.findings import EntryPath

_LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")
_TOP_FOLDERS = ("etc", "home", "opt", "root", "run", "srv", "tmp", "usr", "var")


def doubts_about_gateway(gateway: GatewayFile, document: Document) -> Iterator[Finding]:
    """Give warnings about gateway.yaml."""
    yield from _database(document)
    for number, mailbox in enumerate(gateway.mailboxes):
        yield from _clear_text(mailbox.imap, ("mailboxes", number, "imap", "tls"), document)
    yield from _clear_text(gateway.smtp, ("smtp", "tls"), document)
    unread = {"organisations": gateway.files.organisations}
    for key, path in unread.items():
        if path is not None and path.exists():
            problem = f"{path} is not read by this version and changes nothing: nothing needs to be done"
            yield document.finding(("files", key), problem)


def doubts_about_groups(groups: GroupsFile, document: Document) -> Iterator[Finding]:
    """Give warnings about groups.yaml."""
    for number, group in enumerate(groups.groups):
        if not group.members and not group.address:
            problem = f"nobody is told of tickets in {group.name}: write members: [NAME] or address: ADDRESS"
            yield document.finding(("groups", number, "name"), problem)


def _database(document: Document) -> Iterator[Finding]:
    written = document.data.get("database") if isinstance(document.data, dict) else None
    if not isinstance(written, str):
        return
    file = written.removeprefix("sqlite:///")
    if file != written and Path(file).parts[:1] and Path(file).parts[0] in _TOP_FOLDERS:
        folder = Path(document.file).parent.absolute()
        problem = f"three slashes begin a relative path, {folder}/{file}: for /{file} write sqlite:////{file}"
        yield document.finding(("database",), problem)
    if written.startswith("postgresql") and _has_password(written):
        problem = "a password does not belong in this file: write database: {env: NAME}, or keep it in ~/.pgpass"
        yield document.finding(("database",), problem)


def _has_password(url: str) -> bool:
    try:
        return bool(urlsplit(url).password)
    except ValueError:
        return False


def _clear_text(access: Access, path: EntryPath, document: Document) -> Iterator[Finding]:
    if access.tls is Tls.NONE and access.host not in _LOOPBACK:
        problem = f"mail and password travel to {access.host} in clear text: write tls: implicit or tls: starttls"
        yield document.finding(path, problem)
