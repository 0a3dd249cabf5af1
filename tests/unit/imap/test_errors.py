"""The table of IMAP errors: complete, and silent about mails and secrets."""

import imaplib
import inspect
import socket
import ssl

import pytest
from imapclient import exceptions  # type: ignore[import-untyped]  # imapclient ships no types

from mailgateway.errors import GatewayError, LoginRefused, MailboxUnavailable
from mailgateway.imap.errors import TRANSLATIONS, CommandRefused, printable, translated

_DEFINED = {
    value
    for home in (exceptions, imaplib, imaplib.IMAP4)
    for _, value in inspect.getmembers(home, inspect.isclass)
    if issubclass(value, Exception)
}


def _translation(error: Exception) -> Exception:
    with pytest.raises(GatewayError) as caught, translated("FETCH"):
        raise error
    return caught.value


def _login_error(cause: Exception) -> Exception:
    """Make the error as imapclient does: a LoginError raised while another one is handled."""
    try:
        try:
            raise cause
        except imaplib.IMAP4.error as error:
            raise exceptions.LoginError(str(error))  # noqa: B904 - exactly as imapclient does it
    except exceptions.LoginError as error:
        made: Exception = error
    return made


def test_every_exception_of_the_libraries_has_its_line() -> None:
    """Every exception class that imapclient and imaplib define stands in the table itself, not by inheritance alone."""
    assert len(_DEFINED) >= 8
    assert set(TRANSLATIONS) >= _DEFINED


@pytest.mark.parametrize(
    "error",
    [
        imaplib.IMAP4.abort("command: FETCH => socket error: EOF"),
        TimeoutError("timed out"),
        ConnectionResetError(104, "Connection reset by peer"),
        socket.gaierror(-2, "Name or service not known"),
        ssl.SSLError(1, "wrong version number"),
        ssl.SSLCertVerificationError(1, "self-signed certificate"),
        imaplib.IMAP4.readonly("INBOX is not writable"),
        exceptions.CapabilityError("Server does not support STARTTLS capability"),
        RecursionError("maximum recursion depth exceeded"),
    ],
)
def test_trouble_of_the_connection_is_a_mailbox_not_available(error: Exception) -> None:
    """Network, TLS and protocol trouble is MailboxUnavailable, and no CommandRefused."""
    assert type(_translation(error)) is MailboxUnavailable


def test_a_refused_command_leaves_the_connection_usable() -> None:
    """A NO is CommandRefused, which is a MailboxUnavailable for callers that do not care."""
    error = _translation(imaplib.IMAP4.error("select failed: [NONEXISTENT] no such folder"))
    assert type(error) is CommandRefused
    assert isinstance(error, MailboxUnavailable)
    assert str(error) == "FETCH: refused: select failed: [NONEXISTENT] no such folder"


@pytest.mark.parametrize("said", [b"[AUTHENTICATIONFAILED] Authentication failed.", b"LOGIN failed.", b""])
def test_a_refused_login_is_refused(said: bytes) -> None:
    """A login answered NO, with AUTHENTICATIONFAILED or plainly, is LoginRefused with the server's words."""
    error = _translation(_login_error(imaplib.IMAP4.error(said)))
    assert type(error) is LoginRefused
    assert said.decode() in str(error)


@pytest.mark.parametrize("said", [b"[UNAVAILABLE] try later", b"[inuse] locked", b"[LIMIT] too many connections"])
def test_a_server_that_cannot_check_a_login_has_not_refused_it(said: bytes) -> None:
    """RFC 5530: a login answered NO [UNAVAILABLE] says nothing about the password."""
    assert type(_translation(_login_error(imaplib.IMAP4.error(said)))) is MailboxUnavailable


def test_a_connection_lost_during_login_is_no_refusal() -> None:
    """imapclient turns a connection lost during login into a LoginError; it is MailboxUnavailable all the same."""
    assert type(_translation(_login_error(imaplib.IMAP4.abort("socket error: EOF")))) is MailboxUnavailable


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ProtocolError("Tuple incomplete before \"(b'Dear Sir, my PIN is 1234'\""),
        imaplib.IMAP4.abort("command: FETCH => unexpected response: b'Dear Sir, my PIN is 1234'"),
        imaplib.IMAP4.abort('socket error: unterminated line: b"Dear Sir, my PIN is 1234"'),
        ValueError("invalid literal for int(): b'Dear Sir, my PIN is 1234'"),
        UnicodeDecodeError("ascii", b"Dear Sir, my PIN is 1234", 0, 1, "ordinal"),
    ],
)
def test_no_line_of_a_mail_gets_into_a_message(error: Exception) -> None:
    """Where a library quotes what it received, the message leaves it out, and so does its chain."""
    translation = _translation(error)
    assert "PIN" not in str(translation)
    assert translation.__suppress_context__


def test_words_of_the_network_are_made_printable() -> None:
    """Control characters are spaces and the length is bounded, so that a server cannot write lines into a log."""
    assert printable("a\r\nb\x1b[31m") == "a  b [31m"
    assert len(printable("x" * 10_000)) < 250
