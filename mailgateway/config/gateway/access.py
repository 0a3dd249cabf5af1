"""What gateway.yaml may say of mail servers: where they are, and how to log in there."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from mailgateway.accounts.server import Tls
from mailgateway.config.reading.kinds import (
    Domain,
    Duration,
    Host,
    Line,
    LocalPath,
    Port,
    Rates,
    SecretRef,
    Size,
    Strict,
    TokenUrl,
    wrong,
)

_Connections = Annotated[int, Field(strict=True, ge=1, le=64)]


SMTP_PORTS = {Tls.IMPLICIT: 465, Tls.STARTTLS: 587, Tls.NONE: 25}


class RefreshGrant(Strict):
    """OAuth2 with a refresh token (RFC 6749 section 6): for accounts whose owner consented once, as at Google."""

    token_url: TokenUrl = Field(description="the provider's token endpoint, an https:// address")
    client_id: Line = Field(description="the id under which this program is registered with the provider")
    client_secret: SecretRef | None = Field(
        default=None, description="the secret of that registration, where it has one"
    )
    refresh_token: SecretRef = Field(description="where the refresh token is kept, such as {file: PATH}")
    scope: str = Field(default="", description="what is asked for; empty for what was consented to")


class ClientGrant(Strict):
    """OAuth2 with the program's own credentials (RFC 6749 section 4.4): as Microsoft 365 lets a daemon read mail."""

    token_url: TokenUrl = Field(description="the provider's token endpoint, an https:// address")
    client_id: Line = Field(description="the id under which this program is registered with the provider")
    client_secret: SecretRef = Field(description="the secret of that registration, such as {file: PATH}")
    scope: Line = Field(description="what is asked for, such as https://outlook.office365.com/.default")


class Token(Strict):
    """Where the access token for XOAUTH2 comes from: exactly one of the three."""

    command: Annotated[tuple[str, ...], Field(min_length=1)] | None = Field(
        default=None, description="a program and its arguments that prints an access token; no shell is involved"
    )
    refresh: RefreshGrant | None = Field(default=None, description="get access tokens with a refresh token")
    client_credentials: ClientGrant | None = Field(
        default=None, description="get access tokens with the program's credentials"
    )

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if sum(source is not None for source in (self.command, self.refresh, self.client_credentials)) != 1:
            wrong("a token has exactly one source: write command:, refresh: or client_credentials:")
        return self


class Access(Strict):
    """A mail server, and how to log in there: with a password, or with a token (XOAUTH2)."""

    host: Host = Field(description="the server's name, such as mail.example.com")
    port: Port | None = Field(default=None, description="the port; by default the one that belongs to tls")
    tls: Tls
    username: Line | None = Field(default=None, description="who logs in")
    password: SecretRef | None = Field(default=None, description="where the password is kept, such as {env: NAME}")
    token: Token | None = Field(default=None, description="an OAuth2 access token instead of a password (XOAUTH2)")
    timeout: Duration = Field(
        default=timedelta(seconds=60), description="how long to wait for a connection, and for every answer"
    )
    ca_file: LocalPath | None = Field(
        default=None, description="a PEM file of the authorities to trust instead of the system's"
    )

    @model_validator(mode="after")
    def _logs_in_in_one_way(self) -> Self:
        if self.password is not None and self.token is not None:
            wrong("password and token stand beside each other: keep the one that the server wants")
        if self.username is None and (self.password is not None or self.token is not None):
            wrong("username is missing: say who logs in")
        if self.username is not None and self.password is None and self.token is None:
            wrong("password is missing: write password: {env: NAME}, or token: for OAuth2")
        return self


class Imap(Access):
    """The account that mail is fetched from."""

    tls: Tls = Field(
        default=Tls.IMPLICIT, description="implicit (port 993), starttls (143) or none (143), never by itself"
    )
    username: Line = Field(description="who logs in, often the mail address")
    folder: Line = Field(default="INBOX", description="the folder that mail arrives in")
    poll: Duration = Field(
        default=timedelta(seconds=60), description="how often to look for new mail, beside the server's own news (IDLE)"
    )


class SmtpServer(Access):
    """A server that mail may be sent through."""

    tls: Tls = Field(
        default=Tls.STARTTLS, description="starttls (port 587), implicit (465) or none (25), never by itself"
    )
    connections: _Connections = Field(default=4, description="how many connections are open at most")
    helo: Domain | None = Field(default=None, description="the name to greet with; by default the domain above")
    size_limit: Size | None = Field(
        default=None, description="larger letters go without their files; by default what the server announces"
    )

    @property
    def address(self) -> str:
        """The server's `host:port`."""
        return f"{self.host}:{self.port or SMTP_PORTS[self.tls]}"


class Smtp(SmtpServer):
    """The server that mail is sent through, and how."""

    retry_for: Duration = Field(
        default=timedelta(hours=72), description="how long to go on trying where the server says later, or nothing"
    )
    rates: Rates = Field(
        default=(),
        description="how many letters a domain gets at most, such as {gmail.com: 20/m}; * for every other",
    )
    fallback: SmtpServer | None = Field(
        default=None, description="the server that mail is sent through while the one above is out"
    )

    @model_validator(mode="after")
    def _falls_back_to_another(self) -> Self:
        other = self.fallback
        if other is not None and other.address == self.address:
            wrong("the fall-back is the same server, which would be out too: name another one")
        return self


class Dkim(Strict):
    """A key that what is sent from a domain is signed with (RFC 6376)."""

    domain: Domain = Field(description="the domain that mail is from, such as example.com")
    selector: Domain = Field(description="where the public key stands: SELECTOR._domainkey.DOMAIN")
    key: SecretRef = Field(description="where the private RSA key (PEM) is kept, such as {file: PATH}")
