"""Reply addresses that name their ticket, signed: support+t10234.SIGNATURE@example.com, ids and marks of our letters.

The signature is an HMAC-SHA-256 over ticket and addressee, cut to 100 bits, in lower-case base 32: mail systems fold
the case of local parts, and a local part has 64 octets at most (RFC 5321 section 4.5.3.1.1).
"""

import base64
import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

_SIGNATURE_LENGTH = 20
_MOST_MARKS = 8
_MARK = re.compile(rf"ref:t([1-9]\d{{0,11}})\.([a-z2-7]{{{_SIGNATURE_LENGTH}}}):ref", re.ASCII | re.IGNORECASE)
_DIGEST = re.compile(rf"q([1-9]\d{{0,11}})\.([a-z2-7]{{{_SIGNATURE_LENGTH}}})\Z", re.ASCII | re.IGNORECASE)
_DETAIL = re.compile(
    rf"t([1-9]\d{{0,11}})(?:-([a-z]{{1,8}}))?\.([a-z2-7]{{{_SIGNATURE_LENGTH}}})\Z", re.ASCII | re.IGNORECASE
)

_PICTURE_NAME = 24
_PICTURE = re.compile(
    rf"([0-9a-f]{{{_PICTURE_NAME}}})\.([a-z2-7]{{{_SIGNATURE_LENGTH}}})@[^@]{{1,253}}\Z", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """What a reply address says, not yet believed; `wish` is the word for what a mail to it asks for, if anything."""

    ticket: int
    signature: str
    wish: str = ""


@dataclass(frozen=True, slots=True)
class DigestToken:
    """What the reply address of a digest of the quarantine says, not yet believed."""

    digest: int
    signature: str


def reply_address(base: str, key: bytes, ticket: int, bound_to: str, wish: str = "") -> str:
    """Return the address `base` with the token of `ticket` in it, signed for the addressee named by `bound_to`.

    A `wish` (a word of small letters) is signed too: who may answer may not thereby ask for something.
    """
    local, _, domain = base.rpartition("@")
    asked = f"-{wish}" if wish else ""
    return f"{local}+t{ticket}{asked}.{_signature(key, ticket, bound_to, wish)}@{domain}"


def read_reply_token(address: str, own_addresses: frozenset[str]) -> ReplyToken | None:
    """Return the token in an address that is one of `own_addresses` (casefolded) but for its detail part."""
    match = _DETAIL.match(_detail_of(address, own_addresses))
    return None if match is None else ReplyToken(int(match[1]), match[3].lower(), (match[2] or "").lower())


def is_signed_for(token: ReplyToken, keys: tuple[bytes, ...], bound_to: str) -> bool:
    """Tell whether the token was made, with any of `keys`, for the addressee named by `bound_to`."""
    true = (_signature(key, token.ticket, bound_to, token.wish) for key in keys)
    return any(hmac.compare_digest(token.signature, one) for one in true)


def digest_address(base: str, key: bytes, digest: int, bound_to: str) -> str:
    """Return the address `base` that answers to a digest of the quarantine go to, signed for who got that digest."""
    local, _, domain = base.rpartition("@")
    return f"{local}+q{digest}.{_digest_signature(key, digest, bound_to)}@{domain}"


def read_digest_token(address: str, own_addresses: frozenset[str]) -> DigestToken | None:
    """Return the token of a digest in an address that is one of `own_addresses` (casefolded) but for its detail."""
    match = _DIGEST.match(_detail_of(address, own_addresses))
    return None if match is None else DigestToken(int(match[1]), match[2].lower())


def is_digest_signed_for(token: DigestToken, keys: tuple[bytes, ...], bound_to: str) -> bool:
    """Tell whether the token was made, with any of `keys`, for who is named by `bound_to`."""
    true = (_digest_signature(key, token.digest, bound_to) for key in keys)
    return any(hmac.compare_digest(token.signature, one) for one in true)


def letter_id(key: bytes, name: str, domain: str) -> str:
    """Return the Message-ID (no brackets) of the letter called `name`: the same for the same name, else unguessable."""
    return f"{_encode(_mac(key, f'letter|{name}'))[:32]}@{domain}"


def letter_mark(key: bytes, ticket: int) -> str:
    """Return the mark that stands in the body of every letter of a ticket, for relays that take its Message-ID away.

    Like a Message-ID it names the ticket and is no proof of who writes: it is quoted, and quotations go anywhere.
    """
    return f"ref:t{ticket}.{_mark_signature(key, ticket)}:ref"


def is_mark(line: str) -> bool:
    """Tell whether a line is nothing but a mark, true or not."""
    return _MARK.fullmatch(line) is not None


def marked_tickets(text: str, keys: tuple[bytes, ...]) -> tuple[int, ...]:
    """Return the tickets whose true marks stand in a text, each once, in the order in which they stand there."""
    found = dict.fromkeys((int(one[1]), one[2].lower()) for one in islice(_MARK.finditer(text), _MOST_MARKS))
    true = (
        ticket
        for ticket, signature in found
        if any(hmac.compare_digest(signature, _mark_signature(key, ticket)) for key in keys)
    )
    return tuple(dict.fromkeys(true))


def picture_id(key: bytes, sha256: str, domain: str) -> str:
    """Return the Content-ID (no brackets) of a picture in a letter of ours, by which it is known when it comes back."""
    name = sha256[:_PICTURE_NAME]
    return f"{name}.{_picture_signature(key, name)}@{domain}"


def is_picture_of_ours(content_id: str, keys: tuple[bytes, ...]) -> bool:
    """Tell whether a Content-ID was made, with any of `keys`, for a picture in a letter of ours."""
    found = _PICTURE.match(content_id)
    if found is None:
        return False
    name, signature = found[1].lower(), found[2].lower()
    return any(hmac.compare_digest(signature, _picture_signature(key, name)) for key in keys)


def _picture_signature(key: bytes, name: str) -> str:
    return _encode(_mac(key, f"picture|{name}"))[:_SIGNATURE_LENGTH]


def without_marks(text: str) -> str:
    """Return a line without the marks of our letters."""
    return _MARK.sub("", text).rstrip() if "ref:t" in text.lower() else text


def _detail_of(address: str, own_addresses: frozenset[str]) -> str:
    """Return the detail part (support+detail@) of an address of ours, "" where it has none or is not ours."""
    local, _, domain = address.rpartition("@")
    base, _, detail = local.rpartition("+")
    return detail if f"{base}@{domain}".casefold() in own_addresses else ""


def _digest_signature(key: bytes, digest: int, bound_to: str) -> str:
    return _encode(_mac(key, f"digest|{digest}|{bound_to.casefold()}"))[:_SIGNATURE_LENGTH]


def _mark_signature(key: bytes, ticket: int) -> str:
    return _encode(_mac(key, f"mark|{ticket}"))[:_SIGNATURE_LENGTH]


def _signature(key: bytes, ticket: int, bound_to: str, wish: str = "") -> str:
    what = f"wish|{wish}" if wish else "reply"
    return _encode(_mac(key, f"{what}|{ticket}|{bound_to.casefold()}"))[:_SIGNATURE_LENGTH]


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()
