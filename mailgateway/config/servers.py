"""Settings of a mail server -> a server that connections can be opened to, its secrets read when they are needed."""

from collections.abc import Callable

from mailgateway import clock
from mailgateway.accounts.access_token import AccessToken, Grant, TokenSource
from mailgateway.accounts.oauth import ClientCredentials, CommandToken, RefreshToken
from mailgateway.accounts.server import Login, Mechanism, Server, Tls
from mailgateway.config.gateway import Access, Imap, RefreshGrant, Smtp, Token
from mailgateway.config.secret import Secret
from mailgateway.errors import ConfigError, PermanentError

_IMAP_PORTS = {Tls.IMPLICIT: 993, Tls.STARTTLS: 143, Tls.NONE: 143}
_SMTP_PORTS = {Tls.IMPLICIT: 465, Tls.STARTTLS: 587, Tls.NONE: 25}


def server(access: Imap | Smtp) -> Server:
    """Return the server with its log-in.

    The log-in's `secret` reads what the configuration names for every connection anew, so that a changed password needs
    no restart, and raises PermanentError where that cannot be read.
    """
    ports = _IMAP_PORTS if isinstance(access, Imap) else _SMTP_PORTS
    return Server(
        host=access.host,
        port=access.port or ports[access.tls],
        tls=access.tls,
        login=_login(access),
        timeout=access.timeout,
        ca_file=str(access.ca_file.absolute()) if access.ca_file is not None else None,
    )


def _login(access: Access) -> Login | None:
    if access.username is None:
        return None
    if access.token is not None:
        token = AccessToken(_Lazily(access.token), clock.now)
        return Login(access.username, token, Mechanism.XOAUTH2, token.drop)
    if access.password is not None:
        return Login(access.username, _reading(access.password))
    raise AssertionError("a checked account has a password or a token")


def _reading(secret: Secret) -> Callable[[], str]:
    def read() -> str:
        try:
            return secret.read()
        except ConfigError as error:
            raise PermanentError(str(error)) from None

    return read


class _Lazily:
    """Sets up a source of tokens, whose secrets are read, when the first token is asked for."""

    def __init__(self, token: Token) -> None:
        self._token = token
        self._source: TokenSource | None = None

    def obtain(self) -> Grant:
        if self._source is None:
            self._source = _source(self._token)
        return self._source.obtain()


def _source(token: Token) -> TokenSource:
    if token.command is not None:
        return CommandToken(token.command)
    grant = token.refresh or token.client_credentials
    if grant is None:
        raise AssertionError("a checked token has a source")
    if isinstance(grant, RefreshGrant):
        secret = _reading(grant.client_secret)() if grant.client_secret is not None else None
        return RefreshToken(grant.token_url, grant.client_id, secret, _reading(grant.refresh_token)(), grant.scope)
    return ClientCredentials(grant.token_url, grant.client_id, _reading(grant.client_secret)(), grant.scope)
