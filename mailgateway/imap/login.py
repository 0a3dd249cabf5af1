"""Logging in: a password by SASL PLAIN or LOGIN, an access token by SASL XOAUTH2."""

from collections.abc import Callable

from mailgateway.accounts.server import Login, Mechanism
from mailgateway.errors import LoginRefused
from mailgateway.imap.connection import Connection
from mailgateway.imap.errors import translated


def log_in(connection: Connection, login: Login) -> None:
    """Log in with a secret asked for just now.

    Raises LoginRefused, of which `login` is told; MailboxUnavailable where the server cannot check at the moment; and
    what `login.secret` raises.
    """
    secret = login.secret()
    try:
        with translated(f"login of {login.username}"):
            _offer(connection, login, secret)
    except LoginRefused as refusal:
        login.refused()
        # A server may quote the command that it refuses
        raise LoginRefused(str(refusal).replace(secret, "***") if secret else str(refusal)) from None


def _offer(connection: Connection, login: Login, secret: str) -> None:
    if login.mechanism is Mechanism.XOAUTH2:
        connection.sasl_login("XOAUTH2", _once(f"user={login.username}\1auth=Bearer {secret}\1\1"))
    elif connection.has_capability("AUTH=PLAIN"):
        connection.sasl_login("PLAIN", _once(f"\0{login.username}\0{secret}"))
    else:
        _plain_command(connection, login.username, secret)


def _once(answer: str) -> Callable[[bytes], str]:
    """Answer the first challenge; a second one tells why not, and wants an empty line (as RFC 7628 section 3.2.3)."""
    answers = iter((answer,))
    return lambda _challenge: next(answers, "")


def _plain_command(connection: Connection, username: str, password: str) -> None:
    """Send LOGIN (RFC 3501 section 6.2.3), which knows no letters beyond printable ASCII."""
    if connection.has_capability("LOGINDISABLED"):
        raise LoginRefused("the server allows no login by password here: set `tls`, or use `xoauth2`")
    if not all(text.isascii() and text.isprintable() for text in (username, password)):
        raise LoginRefused("the server has no AUTH=PLAIN, and without it user name and password must be ASCII")
    quoted = username.replace("\\", "\\\\").replace('"', '\\"')
    connection.login(f'"{quoted}"', password)
