"""Reaching the scripted IMAP server."""

from datetime import timedelta

from mailgateway.accounts.server import Login, Mechanism, Server, Tls
from mailgateway.imap.session import Session
from tests.servers.scripted_imap import PASSWORD, ScriptedImap

QUICK = timedelta(seconds=0.5)  # for servers that hang; long enough for all that they do before
MAIL = b"Subject: one\r\n\r\nFirst.\r\n"


def server_at(
    imap: ScriptedImap,
    *,
    tls: Tls = Tls.NONE,
    secret: str = PASSWORD,
    mechanism: Mechanism = Mechanism.PASSWORD,
    ca_file: str | None = None,
    timeout: timedelta = timedelta(seconds=20),
) -> Server:
    """Return the settings for a scripted server."""
    return Server(imap.host, imap.port, tls, Login("anna", lambda: secret, mechanism), timeout, ca_file)


def opened(imap: ScriptedImap, timeout: timedelta = timedelta(seconds=20)) -> Session:
    """Open a session with a scripted server."""
    return Session.open(server_at(imap, timeout=timeout), "INBOX")
