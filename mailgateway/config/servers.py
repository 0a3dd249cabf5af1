"""Settings of a mail server -> a server that connections can be opened to, its secrets read when they are needed."""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from typing import Protocol
from urllib.parse import urlsplit

from mailgateway import clock
from mailgateway.accounts.access_token import AccessToken, Grant, TokenSource
from mailgateway.accounts.endpoint import Endpoint
from mailgateway.accounts.oauth import ClientCredentials, CommandToken, RefreshToken
from mailgateway.accounts.server import Login, Mechanism, Server, Tls
from mailgateway.config.gateway.access import SMTP_PORTS, Access, Imap, RefreshGrant, SmtpServer, Token
from mailgateway.config.gateway.api import Api
from mailgateway.config.gateway.webhook import Webhook
from mailgateway.config.secret import Secret
from mailgateway.errors import ConfigError, PermanentError

_IMAP_PORTS = {Tls.IMPLICIT: 993, Tls.STARTTLS: 143, Tls.NONE: 143}


class TokenMemory(Protocol):
    """Remembers, over restarts, refresh tokens that a provider hands out in place of the configured ones."""

    def recall(self, name: str) -> str | None:
        """Return the token kept last under a name, None where none was."""

    def keep(self, name: str, token: str) -> None:
        """Keep a token under a name, durable on return."""


def server(access: Imap | SmtpServer, memory: TokenMemory | None = None) -> Server:
    """Return the server with its log-in; without a memory, a refresh token is good until the provider changes it.

    The log-in's `secret` reads what the configuration names for every connection anew, so that a changed password needs
    no restart, and raises PermanentError where that cannot be read.
    """
    ports = _IMAP_PORTS if isinstance(access, Imap) else SMTP_PORTS
    return Server(
        host=access.host,
        port=access.port or ports[access.tls],
        tls=access.tls,
        login=_login(access, memory),
        timeout=access.timeout,
        ca_file=str(access.ca_file.absolute()) if access.ca_file is not None else None,
    )


def endpoint(webhook: Webhook) -> Endpoint:
    """Return where the calls of a webhook go; its secret is read for every call anew."""
    return Endpoint(
        name=webhook.name,
        url=webhook.url,
        host=urlsplit(webhook.url).hostname or "",
        secret=reading(webhook.secret),
        timeout=webhook.timeout,
        retry_for=webhook.retry_for,
        ca_file=str(webhook.ca_file.absolute()) if webhook.ca_file is not None else None,
    )


def _login(access: Access, memory: TokenMemory | None) -> Login | None:
    if access.username is None:
        return None
    if access.token is not None:
        token = AccessToken(_Lazily(access.token, memory), clock.now)
        return Login(access.username, token, Mechanism.XOAUTH2, token.drop)
    if access.password is not None:
        return Login(access.username, reading(access.password))
    raise AssertionError("a checked account has a password or a token")


def tokens(api: Api | None) -> tuple[str, ...]:
    """Return the tokens of the API that can be read at the moment."""
    found = []
    for secret in api.tokens if api is not None else ():
        with suppress(ConfigError):  # doctor and check tell of it; nobody gets in by it
            found.append(secret.read())
    return tuple(found)


def reading(secret: Secret) -> Callable[[], str]:
    """Return what reads a secret anew each time, and raises PermanentError where that cannot be done."""

    def read() -> str:
        try:
            return secret.read()
        except ConfigError as error:
            raise PermanentError(str(error)) from None

    return read


class _Lazily:
    """Sets up a source of tokens, whose secrets are read, when the first token is asked for."""

    def __init__(self, token: Token, memory: TokenMemory | None) -> None:
        self._token = token
        self._memory = memory
        self._source: TokenSource | None = None

    def obtain(self) -> Grant:
        if self._source is None:
            self._source = _source(self._token, self._memory)
        return self._source.obtain()


class _Refresh:
    """Gets access tokens with the refresh token that is good now: the configured one, or what came in its place.

    It is looked up each time, as another account with the same grant may have been given a new one.
    """

    def __init__(self, grant: RefreshGrant, memory: TokenMemory | None) -> None:
        self._grant = grant
        self._memory = memory
        self._client_secret = reading(grant.client_secret)() if grant.client_secret is not None else None
        self._configured = reading(grant.refresh_token)()
        # Another configured token is another grant: what came in place of the one before is of no use then
        named = f"{grant.token_url}\n{grant.client_id}\n{self._configured}"
        self._name = sha256(named.encode()).hexdigest()
        self._unkept = ""

    def obtain(self) -> Grant:
        grant = self._grant
        if self._unkept:
            self._keep(self._unkept)
        source = RefreshToken(
            grant.token_url, grant.client_id, self._client_secret, self._recall(), grant.scope, rotated=self._keep
        )
        return source.obtain()

    def _recall(self) -> str:
        kept = self._memory.recall(self._name) if self._memory is not None else None
        return kept or self._configured

    def _keep(self, token: str) -> None:
        """Keep a new token; where that fails, it is tried again before the next one is asked for."""
        self._unkept = token
        if self._memory is None:
            self._configured = token
        else:
            self._memory.keep(self._name, token)
        self._unkept = ""


def _source(token: Token, memory: TokenMemory | None) -> TokenSource:
    if token.command is not None:
        return CommandToken(token.command)
    grant = token.refresh or token.client_credentials
    if grant is None:
        raise AssertionError("a checked token has a source")
    if isinstance(grant, RefreshGrant):
        return _Refresh(grant, memory)
    return ClientCredentials(grant.token_url, grant.client_id, reading(grant.client_secret)(), grant.scope)
