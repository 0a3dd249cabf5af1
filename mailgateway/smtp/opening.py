"""Opening a connection: connect, TLS, EHLO, login."""

import asyncio
import ssl

from aiosmtplib import SMTP, SMTPException, SMTPHeloError, SMTPResponseException, SMTPTimeoutError

from mailgateway.accounts.network import spoken
from mailgateway.accounts.server import Server, Tls, ssl_context
from mailgateway.errors import SmtpUnavailable
from mailgateway.smtp.login import log_in
from mailgateway.smtp.outcome import one_line


async def open_client(server: Server, helo: str) -> SMTP:
    """Connect, protect the connection as the server's settings say, introduce ourselves as `helo`, log in.

    A server that does not offer STARTTLS is not used without it. Raises SmtpUnavailable, LoginRefused, and what the
    login's secret and `ssl_context` raise.
    """
    client = SMTP(
        hostname=server.host,
        port=server.port,
        local_hostname=helo,
        timeout=server.timeout.total_seconds(),
        use_tls=server.tls is Tls.IMPLICIT,
        start_tls=server.tls is Tls.STARTTLS,
        tls_context=None if server.tls is Tls.NONE else ssl_context(server),
    )
    try:
        await client.connect()
        await _greet(client)
        if server.login is not None:
            await log_in(client, server.login)
    except (SMTPException, OSError, ValueError) as error:
        abandon(client)
        raise SmtpUnavailable(f"{server}: {_meaning(error)}") from error
    except BaseException:
        abandon(client)
        raise
    return client


def abandon(client: SMTP) -> None:
    """Close a connection without a word; one that is closed already stays so."""
    if isinstance(client.transport, asyncio.WriteTransport):
        client.transport.abort()
    client.close()


async def _greet(client: SMTP) -> None:
    try:
        await client.ehlo()
    except SMTPHeloError:
        if not client.is_connected:
            raise
        await client.helo()


def _meaning(error: BaseException) -> str:
    untrusted = _untrusted(error)
    if untrusted is not None:
        return f"the server's certificate is not trusted: {one_line(untrusted.verify_message)}"
    if isinstance(error, SMTPResponseException):
        return f"the server answers {error.code} {one_line(error.message)}"
    if isinstance(error, SMTPTimeoutError):
        return "no answer in time"
    if isinstance(error.__cause__, OSError):
        return one_line(spoken(error.__cause__))
    if "STARTTLS" in str(error):
        return "the server offers no STARTTLS at this port: another `tls:` or `port:` fits it"
    return one_line(str(error.__cause__ or error))


def _untrusted(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__
    return error
