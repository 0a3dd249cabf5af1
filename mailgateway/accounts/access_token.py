"""The OAuth2 access token that is good now: asked for when needed, remembered until shortly before it expires."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

# A token is renewed this long before it expires, or when nine tenths of a shorter life are over
_EARLY = timedelta(minutes=5)
# How long a token is used that does not say how long it is good: enough to log in on several connections at once
_UNTOLD = timedelta(minutes=1)
# RFC 6750 section 2.1, b64token; anything else could break out of the log-in dialogue
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,16384}")


@dataclass(frozen=True, slots=True)
class Grant:
    """An access token, and how long it is good from when it was asked for; None where its source does not say."""

    token: str = field(repr=False)
    lifetime: timedelta | None = None


class TokenSource(Protocol):
    """Whatever can give a new access token."""

    def obtain(self) -> Grant:
        """Give a new token.

        Raises TokenUnavailable where it may work later, LoginRefused where the provider says no, and PermanentError
        where the source is set up wrongly.
        """


class AccessToken:
    """The access token that is good now: a `Login`'s `secret`, `drop` its `refused`. Any threads may use it."""

    def __init__(self, source: TokenSource, now: Callable[[], datetime]) -> None:
        """Begin without a token."""
        self._source = source
        self._now = now
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at: datetime | None = None

    def __call__(self) -> str:
        """Return a good token; raises what `TokenSource.obtain` raises."""
        with self._lock:
            asked_at = self._now()
            if self._renew_at is None or asked_at >= self._renew_at:
                grant = self._source.obtain()
                self._token, self._renew_at = grant.token, asked_at + _use(grant.lifetime)
            return self._token

    def drop(self) -> None:
        """Forget the token: a server refused it."""
        with self._lock:
            self._renew_at = None


def is_token(text: str) -> bool:
    """Tell whether the text has the form of an access token."""
    return _TOKEN.fullmatch(text) is not None


def _use(lifetime: timedelta | None) -> timedelta:
    return _UNTOLD if lifetime is None else lifetime - min(_EARLY, lifetime / 10)
