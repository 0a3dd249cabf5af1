"""read_answer by way of classify: receipts, complaints, answers to invitations, challenges."""

import pytest

from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.model import Kind, Verdict
from mailgateway.mail.parse import parse

NOBODY = OwnMarks("", frozenset())
HEAD = b"From: Jan <jan@x.example>\nTo: help@example.com\nSubject: Printer\nMessage-ID: <1@x.example>\n"


def verdict(raw: bytes) -> Verdict:
    """Parse and classify."""
    return classify(parse(raw), NOBODY)


def parts(kind: bytes, *children: bytes) -> bytes:
    """Make a multipart."""
    return (
        HEAD
        + b"Content-Type: multipart/%s; boundary=cut\n\n" % kind
        + b"".join(b"--cut\n" + child + b"\n" for child in children)
    )


def test_a_read_receipt_is_known_with_the_mail_it_is_about() -> None:
    """RFC 8098: the machine-readable part names the mail that was displayed."""
    receipt = (
        b"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; a@b.c\nOriginal-Message-ID: <o@us>"
    )
    found = verdict(parts(b"report; report-type=disposition-notification", b"\nread", receipt))
    assert (found.kind, found.about, found.answerable, found.is_machine) == (Kind.READ_RECEIPT, "o@us", False, True)


def test_a_receipt_without_its_part_is_known_by_the_report_type() -> None:
    """Some mail programs leave the second part out."""
    assert verdict(parts(b"report; report-type=disposition-notification", b"\nread")).kind is Kind.READ_RECEIPT


def test_a_receipt_that_a_person_attaches_is_theirs_to_write_about() -> None:
    """A receipt is a multipart/report, or takes no answer."""
    receipt = b"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; a@b.c"
    mixed = parts(b"mixed", b"\nThey read it, what now?", receipt)
    assert verdict(mixed).kind is Kind.NORMAL
    assert verdict(b"Return-Path: <>\n" + mixed).kind is Kind.READ_RECEIPT


def test_an_abuse_report_is_known_with_the_mail_it_is_about() -> None:
    """RFC 5965: the complained-of mail is attached."""
    report = b"Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nUser-Agent: x"
    about = b"Content-Type: message/rfc822\n\nMessage-ID: <o@us>\nSubject: s\n\nx"
    found = verdict(parts(b"report; report-type=feedback-report", b"\nabuse", report, about))
    assert (found.kind, found.about, found.answerable) == (Kind.ABUSE_REPORT, "o@us", False)


@pytest.mark.parametrize("method", [b"REPLY", b"counter"])
def test_an_answer_to_an_invitation_is_known(method: bytes) -> None:
    """RFC 5546: METHOD tells an answer from an invitation."""
    event = b"BEGIN:VCALENDAR\nMETHOD:%s\nBEGIN:VEVENT\nSUMMARY:m\nEND:VEVENT\nEND:VCALENDAR" % method
    found = verdict(parts(b"mixed", b"\nyes", b"Content-Type: text/calendar; method=x\n\n" + event))
    assert (found.kind, found.answerable) == (Kind.CALENDAR_ANSWER, False)


def test_an_answer_to_an_invitation_that_is_passed_on_is_a_persons_mail() -> None:
    """Who forwards it wants something else of us."""
    event = b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR"
    forwarded = parts(b"mixed", b"\nI cannot open this.", event).replace(b"Subject: Printer", b"Subject: Fwd: Accepted")
    assert verdict(forwarded).kind is Kind.NORMAL


def test_an_invitation_is_a_persons_mail() -> None:
    """Who invites wants an answer."""
    event = b"BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:m\nEND:VEVENT\nEND:VCALENDAR"
    assert verdict(parts(b"mixed", b"\ncome", b"Content-Type: text/calendar\n\n" + event)).kind is Kind.NORMAL


@pytest.mark.parametrize(
    "fields",
    [
        b"X-TMDA-Confirm: x\nSubject: hello\n",
        b"From: <challenge@boxbe.com>\nSubject: Re: Printer (Action Required)\n",
        b"Auto-Submitted: auto-replied\nSubject: Please confirm your message\n",
        b"Return-Path: <>\nIn-Reply-To: <1@us>\nSubject: Sender verification\n",
        b"From: jan-confirm+17.x@y.example\nSubject: Please verify your e-mail\n",
        "Auto-Submitted: auto-replied\nSubject: Bitte bestätigen Sie Ihre Nachricht\n".encode(),
        b"Auto-Submitted: auto-replied\nSubject: Demande d'authentification\n",
    ],
)
def test_challenges_of_spam_filters_are_known(fields: bytes) -> None:
    """By the maker's own field or domain, or by the subject beside a sign of a machine."""
    found = verdict(fields + b"From: jan@x.example\nMessage-ID: <1@x>\n\nClick here.")
    assert (found.kind, found.answerable) == (Kind.CHALLENGE, False)


@pytest.mark.parametrize("subject", [b"Please confirm your message", b"Email verification required"])
def test_a_person_may_ask_for_a_confirmation(subject: bytes) -> None:
    """The words alone prove nothing."""
    assert verdict(b"Subject: " + subject + b"\nFrom: jan@x.example\nMessage-ID: <1@x>\n\nx").kind is Kind.NORMAL
