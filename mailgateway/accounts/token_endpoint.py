"""One question to an OAuth2 token endpoint (RFC 6749 section 3.2) and what its answer means; httpx lives only here.

Out go the provider's tokens, or an error with its code and never its words: those may quote what was sent.
"""

import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from mailgateway.accounts.access_token import is_token
from mailgateway.errors import LoginRefused, PermanentError, TokenUnavailable

_MOST_BYTES = 65_536
_LONGEST_LIFE = 10**8
# Uncompressed, so that the bound on the answer is one on memory too
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
# Refused for now: request timeout, too many requests
_TRY_LATER = (408, 429)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the endpoint grants; `refresh_token` is a new one, or None where the old one stays."""

    access_token: str = field(repr=False)
    lifetime: timedelta | None = None
    refresh_token: str | None = field(default=None, repr=False)


def ask(token_url: str, form: Mapping[str, str], timeout: timedelta) -> Answer:
    """Post the form and return what is granted.

    Raises LoginRefused with the provider's error code, TokenUnavailable where it may work later, and PermanentError
    where `token_url` is no address to send secrets to.
    """
    url = _checked(token_url)
    where = f"token endpoint {url.host}"
    try:
        status, body = _post(url, form, timeout)
    except httpx.HTTPError as error:
        # Other errors may quote what the endpoint sent
        why = str(error) if isinstance(error, httpx.ConnectError) else type(error).__name__
        raise TokenUnavailable(f"{where}: {why}") from None
    if 400 <= status < 500 and status not in _TRY_LATER:
        raise LoginRefused(f"{where} refuses: {_codes(_parsed(body), form) or status}")
    if status != 200:
        raise TokenUnavailable(f"{where}: answered {status}")
    return _granted(_parsed(body), where)


def _checked(token_url: str) -> httpx.URL:
    try:
        url = httpx.URL(token_url)
    except httpx.InvalidURL as error:
        raise PermanentError(f"token_url {token_url}: {error}") from error
    if url.host and (url.scheme == "https" or (url.scheme == "http" and url.host in _LOOPBACK)):
        return url
    raise PermanentError(f"token_url {token_url}: must begin with https://, as secrets are sent there")


def _post(url: httpx.URL, form: Mapping[str, str], timeout: timedelta) -> tuple[int, bytes]:
    with (
        httpx.Client(timeout=timeout.total_seconds(), verify=ssl.create_default_context()) as client,
        client.stream("POST", url, data=dict(form), headers=_HEADERS) as response,
    ):
        body = bytearray()
        for part in response.iter_raw(chunk_size=_MOST_BYTES):
            body += part
            if len(body) > _MOST_BYTES:
                break
        return response.status_code, bytes(body)


def _parsed(body: bytes) -> dict[str, object]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _granted(answer: Mapping[str, object], where: str) -> Answer:
    token, refresh_token = answer.get("access_token"), answer.get("refresh_token")
    if not isinstance(token, str) or not is_token(token):
        raise TokenUnavailable(f"{where}: its answer holds no access token")
    rotated = refresh_token if isinstance(refresh_token, str) and refresh_token else None
    return Answer(token, _lifetime(answer.get("expires_in")), rotated)


def _lifetime(told: object) -> timedelta | None:
    """Read seconds, which some providers send as text."""
    text = str(told)
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    return timedelta(seconds=min(int(text), _LONGEST_LIFE))


def _codes(answer: Mapping[str, object], form: Mapping[str, str]) -> str:
    """Return the error code, with Microsoft's numbers for the cause, unless a code is a secret come back."""
    numbers = answer.get("error_codes")
    told = [answer.get("error"), *(numbers if isinstance(numbers, list) else [])]
    codes = [str(code) for code in told if isinstance(code, str | int)]
    return " ".join(code for code in codes[:8] if _CODE.fullmatch(code) and code not in form.values())
