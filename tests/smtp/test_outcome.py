"""What each exception of aiosmtplib, and each answer of a server, means for the letter under way."""

import ssl

import aiosmtplib
import aiosmtplib.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.smtp.outcome import Deferred, Outcome, Rejected, TooLarge, one_line, outcome_of

MEANINGS: list[tuple[aiosmtplib.SMTPException | OSError | ValueError, Outcome]] = [
    (aiosmtplib.SMTPException("odd"), Deferred("connection lost: odd", None, uncertain=True)),
    (aiosmtplib.SMTPServerDisconnected("gone"), Deferred("connection lost: gone", None, uncertain=True)),
    (aiosmtplib.SMTPConnectError("no"), Deferred("connection lost: no", None, uncertain=True)),
    (aiosmtplib.SMTPTimeoutError("slow"), Deferred("no answer in time", None, uncertain=True)),
    (aiosmtplib.SMTPConnectTimeoutError("slow"), Deferred("no answer in time", None, uncertain=True)),
    (aiosmtplib.SMTPReadTimeoutError("slow"), Deferred("no answer in time", None, uncertain=True)),
    (aiosmtplib.SMTPNotSupported("no UTF-8"), Rejected(553, "no UTF-8")),
    (aiosmtplib.SMTPResponseException(451, "later"), Deferred("later", 451, uncertain=False)),
    (aiosmtplib.SMTPConnectResponseError(554, "go away"), Deferred("go away", 554, uncertain=False)),
    (aiosmtplib.SMTPHeloError(550, "who?"), Deferred("who?", 550, uncertain=False)),
    (aiosmtplib.SMTPAuthenticationError(535, "no"), Deferred("no", 535, uncertain=False)),
    (aiosmtplib.SMTPDataError(554, "spam"), Rejected(554, "spam")),
    (aiosmtplib.SMTPDataError(451, "later"), Deferred("later", 451, uncertain=False)),
    (aiosmtplib.SMTPSenderRefused(550, "no", "a@b.example"), Rejected(550, "no")),
    (aiosmtplib.SMTPSenderRefused(552, "too big", "a@b.example"), TooLarge(552, "too big")),
    (aiosmtplib.SMTPSenderRefused(421, "bye", "a@b.example"), Deferred("bye", 421, uncertain=False)),
    (aiosmtplib.SMTPSenderRefused(503, "order", "a@b.example"), Deferred("order", 503, uncertain=False)),
    (aiosmtplib.SMTPRecipientRefused(550, "unknown", "c@d.example"), Rejected(550, "unknown")),
    (aiosmtplib.SMTPRecipientRefused(552, "too many", "c@d.example"), Deferred("too many", 552, uncertain=False)),
    (
        aiosmtplib.SMTPRecipientsRefused([aiosmtplib.SMTPRecipientRefused(552, "too many", "c@d.example")]),
        Deferred("too many", 552, uncertain=False),
    ),
    (
        aiosmtplib.SMTPRecipientsRefused([aiosmtplib.SMTPRecipientRefused(551, "moved", "c@d.example")]),
        Rejected(551, "moved"),
    ),
    (TimeoutError(), Deferred("no answer in time", None, uncertain=True)),
    (ConnectionResetError("reset"), Deferred("connection lost: reset", None, uncertain=True)),
    (ssl.SSLError("broken"), Deferred("connection lost: ('broken',)", None, uncertain=True)),
    (ValueError("odd"), Rejected(553, "the envelope cannot be written: odd")),
]


@pytest.mark.parametrize(("error", "outcome"), MEANINGS)
def test_an_exception_has_one_meaning(error: aiosmtplib.SMTPException, outcome: Outcome) -> None:
    """Answers of 4yz and lost connections defer, 5yz and unsendable addresses reject, with the known exceptions."""
    assert outcome_of(error, offered=True) == outcome


def test_every_exception_of_the_library_has_a_meaning() -> None:
    """A class that a new release of aiosmtplib adds must be placed by hand."""
    defined = {getattr(aiosmtplib.errors, name) for name in aiosmtplib.errors.__all__}
    assert defined == {type(error) for error, _ in MEANINGS if isinstance(error, aiosmtplib.SMTPException)}


@pytest.mark.parametrize("error", [aiosmtplib.SMTPServerDisconnected("gone"), aiosmtplib.SMTPReadTimeoutError("slow")])
def test_only_an_offered_letter_is_uncertain(error: aiosmtplib.SMTPException) -> None:
    """Before DATA a lost connection leaves no doubt: the letter was not taken."""
    outcome = outcome_of(error, offered=False)
    assert isinstance(outcome, Deferred)
    assert not outcome.uncertain


@pytest.mark.parametrize("code", [-1, 200, 250, 354, 600, 999])
def test_a_strange_answer_is_no_answer(code: int) -> None:
    """A code that fits nothing leaves a letter that was handed over uncertain, and never counts as sent."""
    outcome = outcome_of(aiosmtplib.SMTPDataError(code, "what?"), offered=True)
    assert outcome == Deferred(f"no proper answer: {code} what?", None, uncertain=True)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=5000))
def test_what_a_server_says_becomes_one_bounded_line(text: str) -> None:
    """Whatever bytes a server sends, the text kept is printable, has one line, and can be stored as UTF-8."""
    line = one_line(text)
    assert line.isprintable()
    assert len(line) <= 301
    line.encode("utf-8")


def test_undecodable_bytes_are_left_out() -> None:
    """Bytes that are no UTF-8 come from aiosmtplib as surrogates, which no database would take."""
    assert one_line(b"5.1.1 \xff no\r\nsuch".decode("utf-8", "surrogateescape")) == "5.1.1 no such"
