"""read_bounce: delivery reports of the standard and of none."""

import pytest

from mailgateway.mail.bounce import read_bounce
from mailgateway.mail.classify import OwnMarks, classify
from mailgateway.mail.model import Bounce, Kind
from mailgateway.mail.parse import parse

NOBODY = OwnMarks("", frozenset())


def report(*fields: str, returned: str = "message/rfc822", first: str = "Sorry.") -> bytes:
    """Put a multipart/report together; `fields` are those of the recipient."""
    return "\r\n".join(
        [
            "Return-Path: <>",
            "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.x.org>",
            "To: help@example.com",
            "Subject: Returned mail",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=cut",
            "",
            "--cut",
            "",
            first,
            "--cut",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.x.org",
            "",
            *fields,
            "",
            "--cut",
            f"Content-Type: {returned}",
            "",
            "Message-ID: <ours@example.com>",
            "To: jan@x.org",
            "Subject: hello",
            "",
            "words",
            "--cut--",
            "",
        ]
    ).encode()


def test_a_standard_report_is_read() -> None:
    """Recipient, status, action, diagnostic and the original id come out of the parts (RFC 3464)."""
    raw = report(
        "Final-Recipient: rfc822; jan@x.org",
        "Action: failed",
        "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550 5.1.1 User\r\n unknown",
    )
    assert read_bounce(parse(raw)) == Bounce(
        "jan@x.org", "5.1.1", "failed", "550 5.1.1 User unknown", "ours@example.com"
    )
    assert classify(parse(raw), NOBODY).kind is Kind.BOUNCE


def test_a_delay_is_no_bounce() -> None:
    """Action: delayed makes it a delivery_delay."""
    raw = report("Final-Recipient: rfc822; jan@x.org", "Action: delayed", "Status: 4.4.1")
    found = classify(parse(raw), NOBODY)
    assert (found.kind, found.answerable) == (Kind.DELIVERY_DELAY, False)


def test_a_report_of_success_is_neither() -> None:
    """Action: delivered reports no failure; it stays a machine's mail."""
    raw = report("Final-Recipient: rfc822; jan@x.org", "Action: delivered", "Status: 2.0.0")
    found = classify(parse(raw.replace(b"Return-Path: <>\r\n", b"")), NOBODY)
    assert found.bounce is None
    assert found.kind is Kind.AUTO_REPLY


def test_the_failed_recipient_of_several_counts() -> None:
    """One failure among successes is the one reported."""
    raw = report(
        "Final-Recipient: rfc822; a@x.org",
        "Action: relayed",
        "Status: 2.0.0",
        "",
        "Final-Recipient: rfc822; b@x.org",
        "Action: failed",
        "Status: 5.0.0",
    )
    found = read_bounce(parse(raw))
    assert found is not None
    assert found.recipient == "b@x.org"


def test_a_vague_status_gives_way_to_the_diagnostic() -> None:
    """5.0.0 beside a diagnostic with a better code says the better one."""
    raw = report(
        "Final-Recipient: rfc822; a@x.org", "Action: failed", "Status: 5.0.0", "Diagnostic-Code: smtp; 550 5.2.2 full"
    )
    found = read_bounce(parse(raw))
    assert found is not None
    assert found.status == "5.2.2"


def test_a_report_without_recipients_falls_back_to_the_returned_mail() -> None:
    """The one addressee of the returned copy is who did not get it."""
    found = read_bounce(parse(report("X-Nothing: here")))
    assert found is not None
    assert (found.recipient, found.original_message_id) == ("jan@x.org", "ours@example.com")


QMAIL = """Hi. This is the qmail-send program at x.org.
I'm afraid I wasn't able to deliver your message.

<jan@x.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Message-ID: <ours@example.com>
To: other@x.org
"""
EXIM = """This message was created automatically.
A message that you sent has not yet been delivered to:

  jan@x.org

No action is required on your part.
"""
EXCHANGE = """Your message
  To: list@x.org
did not reach the following recipient(s):

jan@x.org on Tue
    unknown
"""


@pytest.mark.parametrize(
    ("sender", "subject", "text", "status", "kind"),
    [
        ("MAILER-DAEMON@x.org", "failure notice", QMAIL, "5.1.1", Kind.BOUNCE),
        ("Mailer-Daemon@x.org", "Warning: message delayed 24 hours", EXIM, "", Kind.DELIVERY_DELAY),
        ("postmaster@x.org", "Undeliverable: hello", EXCHANGE, "", Kind.BOUNCE),
    ],
)
def test_reports_in_free_words_are_read(sender: str, subject: str, text: str, status: str, kind: Kind) -> None:
    """qmail, Exim, Exchange and their kin are known by sender, subject and wording."""
    raw = f"From: {sender}\nTo: help@example.com\nSubject: {subject}\n\n{text}".encode()
    found = classify(parse(raw), NOBODY)
    assert found.kind is kind
    assert found.bounce is not None
    assert (found.bounce.recipient, found.bounce.status) == ("jan@x.org", status)


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        (
            "jan@x.org",
            "Mail delivery failed",
            "I get this: could not be delivered to the following recipients: a@b.c. Help!",
        ),
        ("jan@x.org", "Re: failure notice", "Thanks, 550 5.1.1 user unknown was my typo."),
        ("postmaster@x.org", "Question about your mail server", "Could you please tell me the name of your relay?"),
    ],
)
def test_persons_who_write_about_bounces_are_no_bounces(sender: str, subject: str, text: str) -> None:
    """Somebody who asks about undelivered mail is a customer."""
    raw = f"From: {sender}\nTo: help@example.com\nSubject: {subject}\n\n{text}".encode()
    assert read_bounce(parse(raw)) is None
