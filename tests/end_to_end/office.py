"""A desk with real servers around it: people write, the gateway makes its rounds, letters arrive."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from pathlib import Path

from mailgateway.app import Gateway, open_gateway
from mailgateway.daemon.once import run_once
from mailgateway.mail.model import Mail
from mailgateway.mail.parse import parse
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.listed import listed
from mailgateway.store.tickets.shown import TicketSheet
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.prepared import prepare
from tests.servers.sink import Sink

GATEWAY = """
domain: example.com
database: {database}
blobs: file://{folder}/blobs
admin: postmaster@example.com
mailboxes:
  - name: support
    address: support@example.com
    aliases: [help@example.com]
    display: Example support
    imap: {{host: 127.0.0.1, port: {imap_port}, tls: none, username: {user}, password: {{env: OFFICE_PASSWORD}}}}
    settle: {{processed: "move:Processed", quarantined: "move:Quarantine"}}
    size_limit: 1MB
    default: {{group: first-line, type: incident, priority: normal, language: en}}
smtp: {{host: 127.0.0.1, port: {smtp_port}, tls: none, connections: 2}}
notifications: {{gather: 0}}
agents: {{evidence: token_or_dmarc, trusted_authserv: [mx.example.com], receipts: never}}
files: {{groups: groups.yaml, rules: routing.yaml}}
"""
GROUPS = """
agents:
  - {name: anna, display: Anna Kowalska, address: anna@example.com}
  - {name: bob, display: Bob Stone, address: bob@example.com, aliases: [bob@home.example]}
groups:
  - {name: first-line, display: Service desk, members: [anna], lead: anna}
  - {name: hardware, display: Hardware, members: [bob]}
"""
ROUTING = r"""
rules:
  - name: printers
    when:
      any:
        - {field: subject, matches: '(?i)\b(printer|drukark\w+)\b'}
        - {field: attachment.name, ends_with: .ppd}
    then: {group: hardware, priority: high, tags: [printer]}
    stop: true
  - name: polish
    when: {field: from, domain: example.pl}
    then: {language: pl}
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that reached the sink: envelope and understood content."""

    mail_from: str
    recipient: str
    mail: Mail
    raw: bytes


class Office:
    """The gateway's whole world on loopback."""

    def __init__(self, folder: Path, dovecot: Dovecot, sink: Sink, user: str, database: str = "") -> None:
        """Write a configuration for these servers into `folder` and open the gateway on it."""
        os.environ["OFFICE_PASSWORD"] = PASSWORD
        self.dovecot, self.sink, self.user = dovecot, sink, user
        self.configuration = folder / "gateway.yaml"
        self.configuration.write_text(
            GATEWAY.format(database=database, folder=folder, imap_port=dovecot.port, smtp_port=sink.port, user=user)
        )
        (folder / "groups.yaml").write_text(GROUPS)
        (folder / "routing.yaml").write_text(ROUTING)
        prepare(database)
        self.gateway: Gateway = open_gateway(self.configuration)
        self._seen = 0

    def close(self) -> None:
        """Close the gateway's store."""
        self.gateway.close()

    def reconfigure(self, old: str, new: str) -> None:
        """Change the configuration file and open the gateway anew."""
        text = self.configuration.read_text()
        assert old in text
        self.configuration.write_text(text.replace(old, new))
        self.reopen()

    def reopen(self) -> None:
        """Open the gateway anew, with new connections to everything."""
        self.gateway.close()
        self.gateway = open_gateway(self.configuration)

    def write(self, message: EmailMessage | bytes) -> None:
        """Put a mail into the support mailbox, as the mail server would."""
        raw = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
        self.dovecot.deliver(self.user, raw)

    def round(self) -> list[Letter]:
        """Let the gateway poll and send once; return the letters that arrived since the last round."""
        gateway = self.gateway
        problems = run_once(gateway.posts(), gateway.outlets(), gateway.desk, stop=lambda: False)
        assert problems == ()
        return self.news()

    def news(self) -> list[Letter]:
        """Return the letters that arrived since they were last asked for."""
        received = self.sink.received[self._seen :]
        self._seen += len(received)
        return [
            Letter(one.mail_from, recipient, parse(one.content), one.content)
            for one in received
            for recipient in one.rcpt_tos
        ]

    def ticket(self, number: int) -> TicketSheet:
        """Return a ticket with its articles and events."""
        with self.gateway.store.reading() as tx:
            sheet = tickets.shown(tx, number)
        assert sheet is not None
        return sheet

    def numbers(self) -> list[int]:
        """Return the numbers of all tickets, oldest first."""
        with self.gateway.store.reading() as tx:
            return sorted(line.number for line in listed(tx, limit=0))


def message(
    sender: str,
    subject: str,
    text: str,
    *,
    to: str = "support@example.com",
    cc: Sequence[str] = (),
    html: str = "",
    headers: Sequence[tuple[str, str]] = (),
) -> EmailMessage:
    """Make a mail as a person's mail client does."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = to
    if cc:
        made["Cc"] = ", ".join(cc)
    made["Subject"] = subject
    made["Date"] = "Mon, 02 Nov 2026 10:00:00 +0100"
    made["Message-ID"] = make_msgid(domain="client.example")
    for name, value in headers:
        made[name] = value
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def answer(letter: Letter, sender: str, text: str, *, headers: Sequence[tuple[str, str]] = ()) -> EmailMessage:
    """Make the answer of a mail client: to the Reply-To address, with references and the letter quoted below."""
    mail = letter.mail
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    to = mail.reply_to[0].address if mail.reply_to else mail.sender.address if mail.sender else ""
    subject = mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject}"
    made = message(sender, subject, f"{text}\n\nOn Mon, 2 Nov 2026 at 10:05, the desk wrote:\n{quoted}\n", to=to)
    made["In-Reply-To"] = f"<{mail.message_id}>"
    made["References"] = " ".join(f"<{one}>" for one in (*mail.references, mail.message_id))
    for name, value in headers:
        made[name] = value
    return made


def to(letters: Sequence[Letter], address: str) -> list[Letter]:
    """Return those letters that went to one address."""
    return [letter for letter in letters if letter.recipient == address]
