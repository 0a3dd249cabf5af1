"""The one table from the exceptions of imapclient, imaplib, socket and ssl to the gateway's own.

Out go MailboxUnavailable and LoginRefused with what the server or the network said. Where a library puts a line it
received into its message, that part is left out: the line may be the text of a mail.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from imaplib import IMAP4

from imapclient.exceptions import (  # type: ignore[import-untyped]  # imapclient ships no types
    CapabilityError,
    IllegalStateError,
    InvalidCriteriaError,
    LoginError,
    ProtocolError,
)

from mailgateway.accounts.network import spoken
from mailgateway.errors import GatewayError, LoginRefused, MailboxUnavailable


class CommandRefused(MailboxUnavailable):
    """The server answered NO or BAD to one command; the connection is as good as before."""


_LONGEST = 200

# RFC 5530 section 3, and what large providers add: a refused login that may succeed later
_TRY_LATER = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[THROTTLED]")

# What is raised, what it becomes, and what it means in words; the nearest class in the order of inheritance counts.
TRANSLATIONS: dict[type[Exception], tuple[type[GatewayError], str]] = {
    LoginError: (LoginRefused, "refused"),
    CapabilityError: (MailboxUnavailable, "the server does not offer what is needed"),
    IllegalStateError: (MailboxUnavailable, "the connection is not in the right state"),
    InvalidCriteriaError: (CommandRefused, "search refused"),
    ProtocolError: (MailboxUnavailable, "an answer that is no IMAP"),
    IMAP4.readonly: (MailboxUnavailable, "the folder may not be changed by this login"),
    IMAP4.abort: (MailboxUnavailable, "connection lost"),
    IMAP4.error: (CommandRefused, "refused"),
    ssl.SSLCertVerificationError: (MailboxUnavailable, "the server's certificate is not trusted"),
    ssl.SSLError: (MailboxUnavailable, "TLS failed"),
    TimeoutError: (MailboxUnavailable, "no answer in time"),
    OSError: (MailboxUnavailable, ""),
    # imapclient and imaplib stumble in these ways over answers that no server should give
    ValueError: (MailboxUnavailable, "an answer that is no IMAP"),
    LookupError: (MailboxUnavailable, "an answer that is no IMAP"),
    TypeError: (MailboxUnavailable, "an answer that is no IMAP"),
    AttributeError: (MailboxUnavailable, "an answer that is no IMAP"),
    AssertionError: (MailboxUnavailable, "an answer that is no IMAP"),
    RecursionError: (MailboxUnavailable, "an answer that is no IMAP"),
    ArithmeticError: (MailboxUnavailable, "an answer that is no IMAP"),
    MemoryError: (MailboxUnavailable, "an answer larger than memory"),
}

_SPEAKING = (IMAP4.error, OSError)


def translate(error: Exception, doing: str) -> GatewayError:
    """Return the gateway's error for a library's; `doing` names what was under way."""
    kind, meaning = next(TRANSLATIONS[each] for each in type(error).__mro__ if each in TRANSLATIONS)
    said = _said(error)
    if isinstance(error, LoginError) and _may_succeed_later(error, said):
        kind, meaning = MailboxUnavailable, "not possible at the moment"
    if isinstance(error, LoginError):
        doing, meaning = f"{doing} {meaning}", ""
    return kind(": ".join(part for part in (doing, meaning, said) if part))


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Let nothing out but the gateway's own errors.

    Raises MailboxUnavailable (CommandRefused where only the command failed) and LoginRefused.
    """
    try:
        yield
    except tuple(TRANSLATIONS) as error:
        # Without its cause, whose text may hold lines of a mail
        raise translate(error, doing) from None


def printable(text: str) -> str:
    """Return text from the network fit for one line of a message: no control characters, bounded."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * _LONGEST])
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"


def _may_succeed_later(error: LoginError, said: str) -> bool:
    return isinstance(error.__context__, IMAP4.abort) or any(code in said.upper() for code in _TRY_LATER)


def _said(error: Exception) -> str:
    """Return what server or system said, as far as it can hold nothing of a mail."""
    if isinstance(error, LoginError) and error.__context__ is not None:
        return _said(error.__context__) if isinstance(error.__context__, Exception) else ""
    if isinstance(error, ProtocolError) or not isinstance(error, _SPEAKING):
        return ""
    if isinstance(error, TimeoutError):
        return ""  # its meaning says it all
    if isinstance(error, OSError):
        return printable(spoken(error))
    first = error.args[0] if error.args else ""
    text = first.decode("ascii", "replace") if isinstance(first, bytes) else str(error)
    for quotation in (": b'", ': b"'):
        text = text.partition(quotation)[0]
    return printable(text)
