"""Reaching the scripted IMAP server."""

from datetime import timedelta

from mailgateway.accounts.server import Login, Mechanism, Server, Tls
from mailgateway.imap.session import Session
from tests.servers.scripted_imap import PASSWORD, ScriptedImap

MAIL = b"Subject: one\r\n\r\nFirst.\r\n"


def server_at(
    imap: ScriptedImap,
    *,
    tls: Tls = Tls.NONE,
    secret: str = PASSWORD,
    mechanism: Mechanism = Mechanism.PASSWORD,
    ca_file: str | None = None,
    timeout: timedelta = timedelta(seconds=0.2),
) -> Server:
    """Return the settings for a scripted server; time-outs are short, as hanging is what it is good at."""
    return Server(imap.host, imap.port, tls, Login("anna", lambda: secret, mechanism), timeout, ca_file)


def opened(imap: ScriptedImap, folder: str = "INBOX") -> Session:
    """Open a session with a scripted server."""
    return Session.open(server_at(imap), folder)
