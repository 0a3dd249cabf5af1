"""Where access tokens for XOAUTH2 come from: a command, a refresh token, or a client's own credentials.

Each is a `TokenSource`, to be put into an `AccessToken`. No secret and no token gets into a message.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from datetime import timedelta

from mailgateway.accounts.access_token import Grant, is_token
from mailgateway.accounts.token_endpoint import ask
from mailgateway.errors import PermanentError, TokenUnavailable

_TIMEOUT = timedelta(seconds=30)


class CommandToken:
    """Takes what a program prints, without the white space around it, for a token. No shell is involved."""

    def __init__(self, argv: Sequence[str], *, timeout: timedelta = _TIMEOUT) -> None:
        """Name the program and its arguments."""
        self._argv = tuple(argv)
        self._timeout = timeout

    def obtain(self) -> Grant:
        """Run the program; raises TokenUnavailable where it fails, PermanentError where it cannot be started."""
        token = self._printed().decode("ascii", "replace").strip()
        if not is_token(token):
            raise TokenUnavailable(f"{self._argv[0]}: printed no access token")
        return Grant(token)

    def _printed(self) -> bytes:
        try:
            process = subprocess.Popen(  # the administrator names it, and no shell reads it
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise PermanentError(f"{self._argv[0]}: cannot be started: {error.strerror}") from error
        with process:
            try:
                output, _ = process.communicate(timeout=self._timeout.total_seconds())
            except subprocess.TimeoutExpired:
                # Its children too: they may hold the pipe open
                os.killpg(process.pid, signal.SIGKILL)
                raise TokenUnavailable(f"{self._argv[0]}: no token within {self._timeout}") from None
        if process.returncode:
            raise TokenUnavailable(f"{self._argv[0]}: ended with {process.returncode}")
        return output


class RefreshToken:
    """Gets access tokens for a refresh token (RFC 6749 section 6).

    With any of them the provider may hand out a new refresh token, which alone may be good from then on. `rotated` is
    told of it, so that the caller can keep it over restarts.
    """

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str | None,
        refresh_token: str,
        scope: str = "",
        *,
        rotated: Callable[[str], None] | None = None,
        timeout: timedelta = _TIMEOUT,
    ) -> None:
        """Begin with the refresh token that was kept last; `client_secret` is None for a public client."""
        self._token_url = token_url
        self._client = _client(client_id, client_secret, scope)
        self._refresh_token = refresh_token
        self._rotated = rotated
        self._timeout = timeout

    def obtain(self) -> Grant:
        """Ask the token endpoint; raises TokenUnavailable, LoginRefused, PermanentError, and what `rotated` raises."""
        form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token, **self._client}
        answer = ask(self._token_url, form, self._timeout)
        if answer.refresh_token is not None and answer.refresh_token != self._refresh_token:
            self._refresh_token = answer.refresh_token
            if self._rotated is not None:
                self._rotated(answer.refresh_token)
        return Grant(answer.access_token, answer.lifetime)


class ClientCredentials:
    """Gets access tokens for the client itself (RFC 6749 section 4.4), as Microsoft 365 lets a daemon read mail."""

    def __init__(
        self, token_url: str, client_id: str, client_secret: str, scope: str, *, timeout: timedelta = _TIMEOUT
    ) -> None:
        """Say what to ask for, and where."""
        self._token_url = token_url
        self._form = {"grant_type": "client_credentials", **_client(client_id, client_secret, scope)}
        self._timeout = timeout

    def obtain(self) -> Grant:
        """Ask the token endpoint; raises TokenUnavailable, LoginRefused and PermanentError."""
        answer = ask(self._token_url, self._form, self._timeout)
        return Grant(answer.access_token, answer.lifetime)


def _client(client_id: str, client_secret: str | None, scope: str) -> dict[str, str]:
    fields = {"client_id": client_id, "client_secret": client_secret or "", "scope": scope}
    return {name: value for name, value in fields.items() if value}
