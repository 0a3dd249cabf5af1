"""Logging in: a password by SASL PLAIN, LOGIN or CRAM-MD5, an access token by SASL XOAUTH2; one try a connection."""

import asyncio

from aiosmtplib import SMTP, SMTPAuthenticationError

from mailgateway.accounts.server import Login, Mechanism
from mailgateway.errors import LoginRefused, SmtpUnavailable
from mailgateway.smtp.outcome import one_line


async def log_in(client: SMTP, login: Login) -> None:
    """Log in with a secret asked for just now.

    Raises LoginRefused, of which `login` is told; SmtpUnavailable where the server cannot check at the moment; what
    `login.secret` raises; and what aiosmtplib raises where the connection fails.
    """
    secret = await asyncio.to_thread(login.secret)
    try:
        await _offer(client, login, secret)
    except SMTPAuthenticationError as error:
        # a server may quote the command that it refuses
        said = one_line(error.message).replace(secret, "***") if secret else one_line(error.message)
        problem = f"login of {login.username} refused: {error.code} {said}"
        if error.code < 500:
            raise SmtpUnavailable(problem) from None
        login.refused()
        raise LoginRefused(problem) from None


async def _offer(client: SMTP, login: Login, secret: str) -> None:
    offered = client.server_auth_methods
    # one mechanism, not one after the other: several refusals in a row lock accounts
    if login.mechanism is Mechanism.XOAUTH2 and "xoauth2" in offered:
        await client.auth_xoauth2(login.username, secret)
    elif login.mechanism is Mechanism.PASSWORD and "plain" in offered:
        await client.auth_plain(login.username, secret)
    elif login.mechanism is Mechanism.PASSWORD and "login" in offered:
        await client.auth_login(login.username, secret)
    elif login.mechanism is Mechanism.PASSWORD and "cram-md5" in offered:
        await client.auth_crammd5(login.username, secret)
    else:
        there = one_line(", ".join(offered)) or "no login at all"
        raise LoginRefused(f"the server offers no login by {login.mechanism} here, but {there}; see `tls` and `login`")
