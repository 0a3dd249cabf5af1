"""A look at an SMTP server without sending anything: connect, TLS, EHLO, login."""

import asyncio

from aiosmtplib import SMTP

from mailgateway.smtp.connection import Connection
from mailgateway.smtp.opening import open_client
from mailgateway.smtp.outcome import one_line
from mailgateway.smtp.relay import Relay

_TELLING = ("size", "8bitmime", "smtputf8", "pipelining", "dsn")


def probe(relay: Relay) -> str:
    """Connect as `Pool` does and say in a line what was found.

    Raises SmtpUnavailable, LoginRefused, and what the login's secret and `ssl_context` raise.
    """
    return asyncio.run(_probe(relay))


async def _probe(relay: Relay) -> str:
    client = await open_client(relay.server, relay.helo)
    found = [_name(client), _protection(client)]
    if relay.server.login is not None:
        found.append(f"logged in as {relay.server.login.username}")
    found += [_extension(client, name) for name in _TELLING if client.supports_extension(name)]
    await Connection(client, relay).close()
    return ", ".join(found)


def _name(client: SMTP) -> str:
    hello = client.last_ehlo_response or client.last_helo_response
    return one_line(hello.message.partition("\n")[0]) if hello else ""


def _protection(client: SMTP) -> str:
    connection = client.get_transport_info("ssl_object")
    return str(connection.version()) if connection else "no TLS"


def _extension(client: SMTP, name: str) -> str:
    return one_line(f"{name.upper()} {client.esmtp_extensions[name]}")
