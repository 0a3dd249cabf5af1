"""What became of a letter, read in one place from what aiosmtplib raised."""

import re
from dataclasses import dataclass

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectResponseError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

_LONGEST = 300

_ENHANCED = re.compile(r"\s{0,3}(5\.\d{1,3}\.\d{1,3})\b", re.ASCII)
# RFC 3463 sections 3.3 and 3.4: too big for the reader's mailbox, too big for the system
_TOO_LARGE = ("5.2.3", "5.3.4")
_TOO_MUCH = 552

# RFC 6531 section 3.5 and RFC 5321 section 4.2.3: an address that cannot be given to this server
_NAME_NOT_ALLOWED = 553


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has taken the letter; `response` is what it said, often with its queue id."""

    response: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not this time. `code` is the server's, or None where it gave none (connection lost, time-out).

    `uncertain` says that the letter was handed over and no answer came: it may have arrived. Only the same bytes with
    the same Message-ID may be sent again.
    """

    reason: str
    code: int | None
    uncertain: bool


@dataclass(frozen=True, slots=True)
class Rejected:
    """Never: the server said so (5yz), or the letter cannot be sent to this server as it is."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class TooLarge:
    """Not as it is: the letter has more bytes than the server takes (RFC 1870), `limit` where that is known."""

    code: int
    reason: str
    limit: int | None = None


Outcome = Sent | Deferred | Rejected | TooLarge


def outcome_of(error: SMTPException | OSError | ValueError, *, offered: bool) -> Outcome:
    """Return what an exception means for the letter under way; `offered` says that DATA had begun."""
    match error:
        case SMTPRecipientsRefused(recipients=[first, *_]):
            return outcome_of(first, offered=offered)
        case SMTPResponseException():
            return _answered(error, offered=offered)
        case SMTPNotSupported():
            return Rejected(_NAME_NOT_ALLOWED, one_line(error.message))
        case TimeoutError():
            return Deferred("no answer in time", None, uncertain=offered)
        case SMTPException() | OSError():
            return Deferred(one_line(f"connection lost: {error}"), None, uncertain=offered)
        case ValueError():
            return Rejected(_NAME_NOT_ALLOWED, one_line(f"the envelope cannot be written: {error}"))


def one_line(text: str) -> str:
    """Return what a server said as one line of printable characters, bounded."""
    # undecodable bytes, which aiosmtplib gives as surrogates, are not printable either
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * _LONGEST])
    line = " ".join(shown.split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def _answered(error: SMTPResponseException, *, offered: bool) -> Outcome:
    reason = one_line(error.message)
    if _is_too_large(error):
        return TooLarge(error.code, reason)
    if _is_transient(error):
        return Deferred(reason, error.code, uncertain=False)
    if 500 <= error.code < 600:
        return Rejected(error.code, reason)
    return Deferred(f"no proper answer: {error.code} {reason}", None, uncertain=offered)


def _is_too_large(error: SMTPResponseException) -> bool:
    """Tell by the enhanced code (RFC 3463) or, without one, by 552, which at RCPT means something else."""
    enhanced = _ENHANCED.match(error.message)
    if enhanced is not None:
        return 500 <= error.code < 600 and enhanced[1] in _TOO_LARGE
    return error.code == _TOO_MUCH and not isinstance(error, SMTPRecipientRefused)


def _is_transient(error: SMTPResponseException) -> bool:
    match error:
        case SMTPConnectResponseError() | SMTPHeloError() | SMTPAuthenticationError():
            return True  # said before any letter was named
        case SMTPRecipientRefused(code=552):
            return True  # RFC 5321 section 4.5.3.1.10: too many recipients, in the words of older servers
        case _:
            # 503, bad sequence of commands, tells of the connection and not of the letter
            return error.code == 503 or 400 <= error.code < 500
