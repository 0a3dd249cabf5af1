"""DKIM signatures (RFC 6376, rsa-sha256) on finished letters; dkimpy lives only here.

A letter is signed once, when it is written: what is sent again later is the same to the byte.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import dkim

from mailgateway.errors import PermanentError
from mailgateway.mail.model import Letter

# In a signed letter nobody can add a second one of these (RFC 6376 section 8.15)
_ONCE = (b"from", b"to", b"cc", b"subject", b"date", b"reply-to", b"message-id", b"in-reply-to", b"references",
         b"mime-version", b"content-type", b"content-transfer-encoding", b"auto-submitted")  # fmt: skip

_RELAXED = (b"relaxed", b"relaxed")


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A key that signs for a domain; `pem` reads it (PKCS#1 or PKCS#8, unencrypted) and may raise PermanentError."""

    domain: str
    selector: str
    pem: Callable[[], str] = field(repr=False)


class Signer:
    """Signs letters with the key of the domain that they are from; others stay as they are."""

    def __init__(self, keys: Sequence[DkimKey]) -> None:
        """Read the keys; raises PermanentError where one cannot be read, or is no private RSA key."""
        self._keys = {key.domain.casefold(): (key.selector.encode(), _read(key)) for key in keys}

    def __call__(self, letter: Letter) -> Letter:
        """Return the letter with its signature above everything else."""
        domain = letter.envelope_from.rpartition("@")[2].casefold()
        if domain not in self._keys:
            return letter
        selector, pem = self._keys[domain]
        return replace(letter, content=_signature(letter.content, domain.encode(), selector, pem) + letter.content)


def _signature(content: bytes, domain: bytes, selector: bytes, pem: bytes) -> bytes:
    made = dkim.DKIM(content)
    present = [name for name, _ in made.headers if name.lower() in _ONCE]
    # each is named once more than it is there: an added one breaks the signature
    return bytes(made.sign(selector, domain, pem, canonicalize=_RELAXED, include_headers=[*present, *_ONCE]))


def _read(key: DkimKey) -> bytes:
    pem = key.pem().encode()
    try:
        _signature(b"From: a@example.com\r\n\r\n\r\n", key.domain.encode(), key.selector.encode(), pem)
    except (dkim.DKIMException, ValueError, TypeError, IndexError, KeyError):
        raise PermanentError(f"the DKIM key {key.selector} of {key.domain} is no private RSA key in PEM") from None
    return pem
