"""What may be meant as it stands, and deserves a second look: the warnings."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from mailgateway.accounts.server import Tls
from mailgateway.config.gateway.access import Access, Smtp
from mailgateway.config.gateway.api import is_loopback
from mailgateway.config.gateway.file import GatewayFile
from mailgateway.config.reading.document import Document
from mailgateway.config.service.groups import GroupsFile
from mailgateway.config.service.organisations import OrganisationsFile
from mailgateway.errors import Finding
from mailgateway.rules.findings import EntryPath

_LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")
_EVERYBODYS = frozenset(
    {
        "aol.com",
        "free.fr",
        "gmail.com",
        "gmx.at",
        "gmx.ch",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "interia.pl",
        "laposte.net",
        "libero.it",
        "live.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "o2.pl",
        "onet.pl",
        "orange.fr",
        "outlook.com",
        "posteo.de",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "seznam.cz",
        "t-online.de",
        "web.de",
        "wp.pl",
        "yahoo.com",
        "yandex.ru",
        "zoho.com",
    }
)
_TOP_FOLDERS = ("etc", "home", "opt", "root", "run", "srv", "tmp", "usr", "var")


def doubts_about_gateway(gateway: GatewayFile, document: Document) -> Iterator[Finding]:
    """Give warnings about gateway.yaml."""
    yield from _database(document)
    for number, mailbox in enumerate(gateway.mailboxes):
        yield from _clear_text(mailbox.imap, ("mailboxes", number, "imap", "tls"), document)
        if mailbox.smtp is not None:
            yield from _clear_sending(mailbox.smtp, ("mailboxes", number, "smtp"), document)
    yield from _clear_sending(gateway.smtp, ("smtp",), document)
    yield from _clear_store(gateway, document)
    for number, webhook in enumerate(gateway.webhooks):
        if webhook.url.startswith("http://") and urlsplit(webhook.url).hostname not in _LOOPBACK:
            problem = (
                f"what happens to tickets travels to {urlsplit(webhook.url).hostname} in clear text: write https://"
            )
            yield document.finding(("webhooks", number, "url"), problem)
    if gateway.api is not None and not is_loopback(gateway.api.listen):
        problem = "others reach it, and token and tickets travel in clear text: listen at 127.0.0.1, behind a TLS proxy"
        yield document.finding(("api", "listen"), problem)
    if gateway.metrics is not None and not is_loopback(gateway.metrics.listen):
        problem = "others reach it, and it asks for no token: listen at 127.0.0.1, or let a firewall choose who asks"
        yield document.finding(("metrics", "listen"), problem)
    clamd = gateway.attachments.clamd
    if clamd is not None and not clamd.startswith("/") and clamd.rpartition(":")[0] not in _LOOPBACK:
        problem = "every mail travels there in clear text: let clamd run on this host, or in a network of your own"
        yield document.finding(("attachments", "clamd"), problem)


def doubts_about_groups(groups: GroupsFile, document: Document) -> Iterator[Finding]:
    """Give warnings about groups.yaml."""
    for number, group in enumerate(groups.groups):
        if not group.members and not group.address:
            problem = f"nobody is told of tickets in {group.name}: write members: [NAME] or address: ADDRESS"
            yield document.finding(("groups", number, "name"), problem)


def doubts_about_organisations(file: OrganisationsFile, document: Document) -> Iterator[Finding]:
    """Give warnings about organisations.yaml."""
    for number, one in enumerate(file.organisations):
        if not (one.domains or one.addresses or one.vips or one.people):
            problem = f"nobody belongs to {one.name} but by a rule: write domains: [DOMAIN] or addresses: [ADDRESS]"
            yield document.finding(("organisations", number, "name"), problem)
        for place, domain in enumerate(one.domains):
            if domain in _EVERYBODYS:
                problem = f"anybody can have an address at {domain}: write the addresses of its people instead"
                yield document.finding(("organisations", number, "domains", place), problem)


def _clear_store(gateway: GatewayFile, document: Document) -> Iterator[Finding]:
    endpoint = gateway.s3.endpoint if gateway.s3 is not None and gateway.s3.endpoint is not None else ""
    if endpoint.startswith("http://") and urlsplit(endpoint).hostname not in _LOOPBACK:
        problem = f"every mail travels to {urlsplit(endpoint).hostname} in clear text: write https://"
        yield document.finding(("s3", "endpoint"), problem)


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


def _clear_sending(smtp: Smtp, path: EntryPath, document: Document) -> Iterator[Finding]:
    yield from _clear_text(smtp, (*path, "tls"), document)
    if smtp.fallback is not None:
        yield from _clear_text(smtp.fallback, (*path, "fallback", "tls"), document)


def _clear_text(access: Access, path: EntryPath, document: Document) -> Iterator[Finding]:
    if access.tls is Tls.NONE and access.host not in _LOOPBACK:
        problem = f"mail and password travel to {access.host} in clear text: write tls: implicit or tls: starttls"
        yield document.finding(path, problem)
