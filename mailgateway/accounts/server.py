"""A mail server as settings: where it is, how the connection is protected, who logs in."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from mailgateway.errors import PermanentError


class Tls(StrEnum):
    """When the connection becomes a protected one: at once, after STARTTLS, or never (only by saying so)."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


class Mechanism(StrEnum):
    """What the secret of a login is: a password, or an OAuth2 access token (SASL XOAUTH2)."""

    PASSWORD = "password"
    XOAUTH2 = "xoauth2"


def _unmoved() -> None:
    """Hear of a refusal and do nothing: a password is no fresher when asked for again."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in. `secret` is asked anew for every connection; `refused` is told when the server said no to it."""

    username: str
    secret: Callable[[], str] = field(repr=False)
    mechanism: Mechanism = Mechanism.PASSWORD
    refused: Callable[[], None] = field(default=_unmoved, repr=False)


@dataclass(frozen=True, slots=True)
class Server:
    """One IMAP or SMTP server. `timeout` holds for connecting and for every read and write.

    `ca_file` names a PEM file of the authorities to trust instead of the system's.
    """

    host: str
    port: int
    tls: Tls
    login: Login | None
    timeout: timedelta
    ca_file: str | None = None

    def __str__(self) -> str:
        """Give `host:port`, as messages name the server."""
        return f"{self.host}:{self.port}"


def ssl_context(server: Server) -> ssl.SSLContext:
    """Return a context that verifies certificate and host name and speaks TLS 1.2 or later.

    Raises PermanentError where `ca_file` cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=server.ca_file)
    except OSError as error:
        raise PermanentError(f"ca_file {server.ca_file} cannot be used: {error.strerror or error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
