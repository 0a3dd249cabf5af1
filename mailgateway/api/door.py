"""Who gets in: the bearer of a token that the configuration names."""

import asyncio
import hmac
from collections.abc import Callable

from fastapi import HTTPException, Request

SLOW_SECONDS = 1.0
"""How long a wrong token waits for its answer."""

MOST_REFUSALS = 16
"""How many wrong tokens wait at once; more are turned away unheard, so that nobody guesses fast."""

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="mailgateway"'}


class Door:
    """Asked before everything else. Who has a token is never kept waiting by those who have none."""

    def __init__(self, tokens: Callable[[], tuple[str, ...]], turned_away: Callable[[], None]) -> None:
        """Take what gives the tokens that are good at the moment, and what is told of every other one."""
        self._tokens = tokens
        self._turned_away = turned_away
        self._refusing = 0

    async def __call__(self, request: Request) -> None:
        """Let a request pass; raises 401 where it brings no good token, and 429 where too many do."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._is_good(token.strip()):
            return
        self._turned_away()
        if self._refusing >= MOST_REFUSALS:
            raise HTTPException(429, "too many wrong tokens", {"Retry-After": "1"})
        self._refusing += 1
        try:
            await asyncio.sleep(SLOW_SECONDS)
        finally:
            self._refusing -= 1
        raise HTTPException(401, "a token is needed: Authorization: Bearer TOKEN", _CHALLENGE)

    def _is_good(self, offered: str) -> bool:
        """Compare with every token, in a time that tells nothing about them."""
        given = offered.encode("utf-8", "surrogatepass")
        found = [hmac.compare_digest(given, token.encode()) for token in self._tokens() if token]
        return any(found)
