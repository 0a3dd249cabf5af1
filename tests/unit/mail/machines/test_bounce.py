"""read_bounce: delivery reports of the standard and of none."""

import pytest

from mailgateway.mail.machines.bounce import read_bounce
from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.model import Bounce, Kind
from mailgateway.mail.parse import parse
from tests.data.reports import ORIGINAL_ID, RECIPIENT, REPORTS

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


def test_a_failure_counts_before_a_delay() -> None:
    """Word that one recipient is late must not hide that another one was not reached."""
    raw = report(
        "Final-Recipient: rfc822; a@x.org",
        "Action: delayed",
        "Status: 4.4.1",
        "",
        "Final-Recipient: rfc822; b@x.org",
        "Action: failed",
        "Status: 5.1.1",
    )
    found = read_bounce(parse(raw))
    assert found is not None
    assert (found.recipient, found.action) == ("b@x.org", "failed")


def test_a_status_of_success_without_an_action_is_no_failure() -> None:
    """Some leave Action out."""
    assert read_bounce(parse(report("Final-Recipient: rfc822; a@x.org", "Status: 2.1.5"))) is None


def test_a_letter_that_an_address_gives_by_its_number_is_read() -> None:
    """Addresses of type utf-8 may go through servers that know ASCII alone (RFC 6533)."""
    raw = report("Final-Recipient: utf-8; j\\x{F6}rg@x.org", "Action: failed", "Status: 5.1.1")
    found = read_bounce(parse(raw))
    assert found is not None
    assert found.recipient == "jörg@x.org"
    broken = read_bounce(parse(raw.replace(b"x{F6}", b"x{D800}")))
    assert broken is not None
    assert broken.recipient.startswith("j")


def test_a_report_whose_type_a_gateway_took_away_is_read() -> None:
    """It is known by its first field."""
    fields = ("Final-Recipient: rfc822; jan@x.org", "Action: failed", "Status: 5.1.1")
    raw = report(*fields).replace(b"message/delivery-status", b"application/octet-stream")
    found = read_bounce(parse(raw))
    assert found is not None
    assert found.status == "5.1.1"


@pytest.mark.parametrize("sender", ["Jan <jan@x.org>", "Ann <postmaster@x.org>"])
def test_a_person_who_attaches_a_report_is_a_person(sender: str) -> None:
    """Mail programs attach the parts of a bounce that is passed on; only a report's own sender reports."""
    raw = report(
        "Final-Recipient: rfc822; a@x.org", "Action: failed", "Status: 5.1.1", first="Hello,\r\n\r\nwhat is it?"
    )
    mixed = raw.replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed")
    theirs = mixed.replace(b"Return-Path: <>\r\n", b"").replace(
        b"Mail Delivery Subsystem <MAILER-DAEMON@mx.x.org>", sender.encode()
    )
    assert classify(parse(theirs), NOBODY).kind is Kind.NORMAL
    assert classify(parse(mixed), NOBODY).kind is Kind.BOUNCE


def test_a_vague_status_gives_way_to_the_diagnostic() -> None:
    """5.0.0 beside a diagnostic with a better code says the better one."""
    raw = report(
        "Final-Recipient: rfc822; a@x.org", "Action: failed", "Status: 5.0.0", "Diagnostic-Code: smtp; 550 5.2.2 full"
    )
    found = read_bounce(parse(raw))
    assert found is not None
    assert found.status == "5.2.2"


def test_a_diagnostic_without_status_tells_not_now_from_never() -> None:
    """The class of the server's reply code is all that it says."""
    fields = ("Final-Recipient: rfc822; a@x.org", "Action: failed", "Diagnostic-Code: smtp; 452 mailbox full")
    found = read_bounce(parse(report(*fields)))
    assert found is not None
    assert found.status == "4.0.0"


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


@pytest.mark.parametrize("system", REPORTS)
def test_the_reports_of_many_systems_are_read(system: str) -> None:
    """Each mail system's report tells its kind, the recipient, the status and the id where it says them."""
    text, kind, status = REPORTS[system]
    found = classify(parse(text.encode()), NOBODY)
    assert found.kind.value == kind
    if found.bounce is not None:
        assert (found.bounce.recipient, found.bounce.status) == (RECIPIENT, status)
        assert found.about == (ORIGINAL_ID if ORIGINAL_ID in text else "")


def test_the_address_that_we_wrote_to_goes_before_what_it_became_on_the_way() -> None:
    """Original-Recipient is the one that the sender knows."""
    raw = report(
        "Original-Recipient: rfc822; jan@x.org",
        "Final-Recipient: rfc822; u17@in.x.org",
        "Action: failed",
        "Status: 5.1.1",
    )
    found = read_bounce(parse(raw))
    assert found is not None
    assert found.recipient == "jan@x.org"


def test_the_status_behind_a_reply_code_goes_before_that_of_a_relay() -> None:
    """A relay writes its own reason in front of the remote server's answer."""
    raw = report(
        "Final-Recipient: rfc822; jan@x.org",
        "Action: failed",
        "Status: 5.0.0",
        "Diagnostic-Code: smtp; 5.1.0 - Unknown address error 550-'5.7.1 <jan@x.org>... Access denied'",
    )
    found = read_bounce(parse(raw))
    assert found is not None
    assert found.status == "5.7.1"


def test_the_header_that_exchange_cites_goes_before_the_copy() -> None:
    """Exchange cites the header of the mail as it came in; the copy is what it had become by then."""
    first = "It failed.\r\n\r\nOriginal message headers:\r\n\r\nReceived: x\r\nMessage-ID: <came@example.com>\r\n"
    found = read_bounce(parse(report("Final-Recipient: rfc822; jan@x.org", "Action: failed", first=first)))
    assert found is not None
    assert found.original_message_id == "came@example.com"


def test_a_report_headed_like_an_answer_is_known_by_its_beginning() -> None:
    """Some mailers put Re: in front; a person's answer names the mail that it answers."""
    head = "From: relay@x.org\nSubject: RE: Printer : non remis (delivery failed)\n"
    body = "\n*****\nYour message could not be delivered to\njan@x.org\n"
    found = read_bounce(parse((head + body).encode()))
    assert found is not None
    assert found.recipient == "jan@x.org"
    assert read_bounce(parse((head + "In-Reply-To: <1@x>\n" + body).encode())) is None


def test_a_list_that_refuses_a_mail_bounces_it() -> None:
    """A list server says that the writer is no member: nobody got the mail."""
    raw = (
        b"From: news-admin@x.org\nSubject: You help@example.com are not member\nX-MLServer: fml\nMailing-List: x\n\n"
        b"You are not a member of this mailing list <news@x.org>.\n"
    )
    found = read_bounce(parse(raw))
    assert found is not None
    assert found.recipient == "news@x.org"


def test_json_with_words_behind_it_is_a_question_about_it() -> None:
    """The service writes nothing but its own footer there."""
    body = b'{"notificationType": "Bounce", "bounce": {}}\n\n'
    head = b"From: jan@x.org\nSubject: Webhook\n\n"
    assert classify(parse(head + body + b"What is this?"), NOBODY).kind is Kind.NORMAL
    assert classify(parse(head + body + b"--\nIf you wish to stop this"), NOBODY).kind is Kind.BOUNCE


def test_a_complaint_by_json_is_an_abuse_report() -> None:
    """Amazon tells of complaints in the same shape as of bounces."""
    raw = b'From: no-reply@sns.amazonaws.com\n\n{"notificationType": "Complaint", "complaint": {}}'
    assert classify(parse(raw), NOBODY).kind is Kind.ABUSE_REPORT


@pytest.mark.parametrize(
    "body",
    [
        b'{"notificationType":"Bounce","bounce":' + b"[" * 50_000,
        b'{"notificationType":"Bounce","bounce":{"bouncedRecipients":[1]},"mail":[]}',
        b'{"eventType":"Bounce","bounce":{"bouncedRecipients":{"a":1}},"mail":{"headers":[{"name":1}]}}',
        b'{"Type":"Notification","Message":"{\\"notificationType\\":\\"Bounce\\"',
        b'{"notificationType":' + b"9" * 10_000 + b"}",
    ],
)
def test_broken_notifications_are_read_as_far_as_they_go(body: bytes) -> None:
    """Whatever the JSON is, nothing fails."""
    classify(parse(b"From: no-reply@sns.amazonaws.com\nSubject: x\n\n" + body), NOBODY)
