"""read_text_bounce by way of classify: reports of no standard, and people who write of mail that came back."""

import pytest

from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.model import Bounce, Kind, Verdict
from mailgateway.mail.parse import parse

NOBODY = OwnMarks("", frozenset())


def verdict(sender: str, subject: str, text: str, *fields: str) -> Verdict:
    """Parse and classify a mail to the help desk."""
    head = "\n".join([f"From: {sender}", "To: help@example.com", f"Subject: {subject}", *fields])
    return classify(parse(f"{head}\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode()), NOBODY)


def bounce(*args: str) -> Bounce:
    """Return what a mail reports, which has to be a report."""
    found = verdict(*args).bounce
    assert found is not None
    return found


@pytest.mark.parametrize(
    "sender",
    [
        *("Gateway Travel <info@gw.example>", "gateway@x.org", "Bounce Fitness <hello@x.org>", "postmaster@x.org"),
        *("System Administrator <it@x.org>", "Post Office <postoffice@x.org>", "Maria Postmaster <maria@x.org>"),
        *("Parcel Delivery Notification <noreply@x.org>", "Antivirus Sales <sales@x.org>"),
    ],
)
@pytest.mark.parametrize("path", ["<somebody@x.org>", ""])
def test_a_name_like_a_mail_systems_makes_no_report_of_a_complaint(sender: str, path: str) -> None:
    """Without the return path of reports the words of a subject are a customer's who waits for a parcel."""
    fields = (f"Return-Path: {path}",) if path else ()
    text = "Our parcel was not delivered, the driver says that the address does not exist."
    assert verdict(sender, "Delivery problem with order 4711", text, *fields).kind is Kind.NORMAL


@pytest.mark.parametrize(
    ("greeting", "field"),
    [
        ("Dear colleagues,\n\n", "X-Nothing: here"),
        ("您好，\n\n", "X-Nothing: here"),
        ("", "User-Agent: Mozilla Thunderbird"),
        ("", "X-Mailer: Microsoft Outlook 16.0"),
        ("", "In-Reply-To: <ours@example.com>"),
        ("", "Reply-To: carla@customer.example"),
    ],
)
def test_a_postmaster_who_writes_by_hand_is_a_person(greeting: str, field: str) -> None:
    """They greet, answer, or use a mail program; what the mail server writes as postmaster@ does nothing of it."""
    text = "your mails to\n\njan@x.org\n\nwere rejected with 550 5.7.1 until today.\n"
    args = ("postmaster@x.org", "Mail delivery problem")
    assert verdict(*args, greeting + text, field).kind is Kind.NORMAL
    assert verdict(*args, text).kind is Kind.BOUNCE


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("postmaster@x.is", "Óskilahæft", "Ekki tókst að afhenda:\n\njan@x.is\n"),
        ("postmaster@x.ee", "Kohaletoimetamatu", "Kirja ei saanud toimetada: postkast\n\nAadress: <jan@x.is>\n"),
        ("MAILER-DAEMON@x.in", "संदेश नहीं पहुँचा", "jan@x.is को संदेश नहीं भेजा जा सका।\n"),
        ("MAILER-DAEMON <>", "Skilaboð", "Ekki tókst að afhenda jan@x.is.\n"),
    ],
)
def test_a_report_is_known_in_a_language_that_nobody_taught_us(sender: str, subject: str, text: str) -> None:
    """A mail system with a return path that takes no answer tells of one address: that is no other mail."""
    found = verdict(sender, subject, text, "Return-Path: <>")
    assert found.kind is Kind.BOUNCE
    assert found.bounce is not None
    assert found.bounce.recipient == "jan@x.is"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Your mailbox is almost full",
            "The mailbox help@example.com is 95 % full. When the mailbox is full, mail waits.\n",
        ),
        ("Quarantine report", "Held for help@example.com:\n\nann@x.org: Offer\nbob@y.org: Invoice\n"),
        ("Automatic reply: [#10016] Printer", "I am on leave. Urgent matters:\n\nann@x.org\n"),
    ],
)
def test_a_postmaster_sends_other_automatic_mail_too(subject: str, text: str) -> None:
    """Quotas, digests and absence tell of no mail of ours that came back."""
    assert verdict("postmaster@x.org", subject, text, "Return-Path: <>").kind is Kind.AUTO_REPLY


@pytest.mark.parametrize("heading", ["Automatic reply: ", "Urlaub: Re: ", "Gone fishing: ", "Re: "])
def test_absence_in_a_ticket_about_deliveries_is_no_report(heading: str) -> None:
    """The subject is ours, the words are of somebody who left, and no mail is cited."""
    text = "I no longer work here, mail to me is not delivered. Write to:\n\nann@x.org\n"
    found = verdict("jan@x.org", f"{heading}[#10016] Delivery failure", text, "Return-Path: <>")
    assert found.kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "text",
    [
        "Your message was successfully delivered to the following recipient(s).\n\njan@x.org\n",
        "Your message has been successfully relayed to the following recipients:\n\njan@x.org\n",
        "The following addresses had successful delivery notifications\n<jan@x.org>: 250 2.1.5 Ok\n",
    ],
)
def test_a_report_of_success_in_words_is_no_bounce(text: str) -> None:
    """It would flag a letter that arrived as undelivered."""
    found = verdict("MAILER-DAEMON@x.org", "Delivery Status Notification", text, "Return-Path: <>")
    assert (found.kind, found.bounce) == (Kind.AUTO_REPLY, None)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Message awaiting approval", "Your message to jan@x.org is waiting for the approval of a moderator.\n"),
        ("Your message was quarantined", "Your message to <jan@x.org> was quarantined; they may release it.\n"),
        ("Message status - opened", "jan@x.org opened your message on Monday.\n"),
        ("Zustellbestätigung", "Ihre Nachricht wurde zugestellt:\n\n<jan@x.org>: 250 2.1.5 Ok\n"),
    ],
)
def test_what_became_of_a_mail_else_is_no_bounce(subject: str, text: str) -> None:
    """It would close the address of somebody who got the mail: in English a failure is said in words that are known."""
    assert verdict("MAILER-DAEMON@x.org", subject, text, "Return-Path: <>").kind is Kind.AUTO_REPLY


@pytest.mark.parametrize("words", ["could not be successfully delivered", "was not successfully delivered"])
def test_a_success_that_is_denied_is_a_failure(words: str) -> None:
    """The words of success stand in it, too."""
    assert bounce("MAILER-DAEMON@x.org", "Report", f"Your message {words} to:\n\n<jan@x.org>\n").action == "failed"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("host mx said: 452 mailbox full", "4.0.0"),
        ("Remote host said: 550 no such mailbox, was 452 before", ""),
        ("<<< 421 4.7.0 busy", "4.7.0"),
        ("mailbox full, try in 452 seconds, error 4711", ""),
    ],
)
def test_a_reply_code_alone_tells_not_now_from_never(answer: str, status: str) -> None:
    """A report without a status counts as never, which the server did not say."""
    assert bounce("MAILER-DAEMON@x.org", "Undelivered mail", f"<jan@x.org>: {answer}\n").status == status


def test_a_report_of_a_success_and_a_failure_is_a_bounce() -> None:
    """The one that failed is what counts."""
    text = "<jan@x.org>: 550 5.1.1 unknown\n\nThe following had successful delivery notifications\n<ann@x.org>\n"
    assert bounce("MAILER-DAEMON@x.org", "Returned mail", text).recipient == "jan@x.org"


@pytest.mark.parametrize(
    ("subject", "text", "action"),
    [
        ("Undeliverable: Delayed: will retry", "Delivery has failed to:\n\njan@x.org\n", "failed"),
        ("Undeliverable: hi", "The mailbox is temporarily over quota.\n\njan@x.org\n", "failed"),
        (
            "Delayed Mail",
            "THIS IS A WARNING ONLY. It could not be delivered for more than 4 hours.\njan@x.org\n",
            "delayed",
        ),
        (
            "Delivery Status",
            "Not delivered to jan@x.org. We will retry for 46 hours, until it fails permanently.\n",
            "delayed",
        ),
        ("Delivery Status", "Undeliverable for 6 hours, and we will continue to try:\njan@x.org\n", "delayed"),
        ("Delivery Status", "It has been delayed, and was rejected permanently:\njan@x.org\n", "failed"),
    ],
)
def test_a_failure_is_told_from_a_delay_by_the_report_s_own_words(subject: str, text: str, action: str) -> None:
    """The subject may hold ours, and `temporarily` is said of much that failed for good."""
    assert bounce("MAILER-DAEMON@x.org", subject, text, "Return-Path: <>").action == action


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("250 2.1.0 Ok, then 550 5.1.1 unknown", "5.1.1"),
        ("5.1.0 - Unknown address error 550-'5.7.1 denied'", "5.7.1"),
        ("connect to mx[5.4.1.12]: refused by v5.1.1beta", ""),
    ],
)
def test_the_status_is_the_code_of_a_refusal(line: str, status: str) -> None:
    """Neither a success on the way, nor an address of the network, nor a version; the remote server's goes first."""
    assert bounce("MAILER-DAEMON@x.org", "Undelivered mail", f"<jan@x.org>: {line}\n").status == status


def test_our_own_address_is_not_the_one_that_failed() -> None:
    """A report that names nobody else leaves the recipient open."""
    text = "Your mail could not be delivered, since they take no mail from help@example.com:\n\tjan\n"
    assert bounce("MAILER-DAEMON@x.org", "Mail Delivery Problem", text).recipient == ""


def test_what_a_report_says_of_our_mail_is_neither_its_end_nor_the_recipient() -> None:
    """Some cite fields of it above their own words, in them its Message-ID, which looks like an address."""
    text = "This is about your mail:\n\n  Message-ID: <ours.1@example.com>\n\nNot delivered to: jan@x.org\n"
    found = verdict("MAILER-DAEMON@x.org", "Delivery has failed", text)
    assert found.bounce is not None
    assert (found.bounce.recipient, found.about) == ("jan@x.org", "ours.1@example.com")


def test_a_report_begins_with_when_the_original_message_came() -> None:
    """Courier says so below a line of its own; the copy of the mail comes later."""
    text = "This is a report.\n\nThe original message was received on Monday\n\n<jan@x.org>: cannot be delivered\n"
    assert bounce(
        '"Courier at x" <@x.org>', "NOTICE: mail delivery status.", text + "550 5.1.1 no\n", "Return-Path: <>"
    ) == (Bounce("jan@x.org", "5.1.1", "failed", "<jan@x.org>: cannot be delivered", ""))


def test_a_person_may_head_a_mail_like_an_answer_and_begin_it_like_a_report() -> None:
    """Only a report goes on to say which address it is about."""
    text = "Your mail was not delivered to us, the printer is still broken.\n"
    assert verdict("jan@x.org", "Re: undelivered mail", text).kind is Kind.NORMAL
