"""classify: person or machine, with the evidence, and whether an automatic mail may answer."""

from dataclasses import replace

import pytest

from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.model import Address, Headers, Kind, Mail

OWN = OwnMarks("example.com", frozenset({"support@example.com", "help@example.com"}))


def mail(
    *fields: tuple[str, str], sender: str = "jan@x.pl", subject: str = "Printer", text: str = "It is broken."
) -> Mail:
    """Make a mail of a person with extra header fields."""
    message_id = next((value.strip("<>") for name, value in fields if name == "Message-ID"), "1@x.pl")
    return Mail(
        subject=subject,
        sender=Address("", sender) if sender else None,
        message_id=message_id,
        headers=Headers(fields),
        text=text,
    )


def test_a_persons_mail_is_normal_and_answerable() -> None:
    """Without evidence of a machine a person wrote it."""
    found = classify(mail(), OWN)
    assert (found.kind, found.answerable, found.reasons, found.is_machine) == (Kind.NORMAL, True, (), False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated (failure)"),
        ("Auto-Submitted", "auto-replied; owner-email=x@y.z"),
        ("Auto-Submitted", "(by a rule) auto-replied"),
        ("Auto-Submitted", "auto-something-new"),
        ("X-Autoreply", "yes"),
        ("X-Autorespond", "x"),
        ("X-AcmeMail-AutoResponse", "true"),
        ("X-MDAutoResponder", "1"),
        ("Precedence", "auto_reply"),
        ("X-FC-MachineGenerated", "true"),
        ("X-MS-Exchange-Inbox-Rules-Loop", "jan@x.pl"),
        ("Delivered-To", "Autoresponder"),
        ("X-Apple-Action", "VACATION"),
        ("Return-Path", "<>"),
        ("Content-Type", "multipart/report; report-type=x-unheard-of; boundary=x"),
    ],
)
def test_automatic_answers_are_known_by_their_fields(name: str, value: str) -> None:
    """Each field that marks automatic mail makes an auto_reply that nothing answers, and is the reason given."""
    found = classify(mail((name, value)), OWN)
    assert (found.kind, found.answerable) == (Kind.AUTO_REPLY, False)
    assert any(reason.startswith(name) for reason in found.reasons)


@pytest.mark.parametrize(
    ("name", "value"),
    [("X-Autoreply", "No"), ("X-No-Auto-Reply", "1"), ("X-Disable-Autoreply", "1"), ("X-Spam-Autolearn", "ham")],
)
def test_fields_that_ask_for_no_answer_or_name_something_else_prove_nothing(name: str, value: str) -> None:
    """A field of whatever name is a machine's only where it says that it answered by itself."""
    assert classify(mail((name, value)), OWN).kind is Kind.NORMAL


@pytest.mark.parametrize("value", ["no", "  No", "no; reason=x", "(really) no"])
def test_auto_submitted_no_is_a_person(value: str) -> None:
    """RFC 3834: `no` says that a person sent it."""
    assert classify(mail(("Auto-Submitted", value)), OWN).kind is Kind.NORMAL


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Precedence", "bulk"),
        ("Precedence", "List"),
        ("X-Precedence", "junk"),
        ("List-Id", "<news.x.pl>"),
        ("List-Unsubscribe", "<mailto:x@y.z>"),
        ("Mailing-List", "contact x"),
    ],
)
def test_bulk_and_list_mail_is_known(name: str, value: str) -> None:
    """Precedence and list fields make it bulk."""
    found = classify(mail((name, value)), OWN)
    assert (found.kind, found.answerable) == (Kind.BULK, False)


@pytest.mark.parametrize(
    "rule",
    [
        ("X-MS-Exchange-Inbox-Rules-Loop", "office@x.pl"),
        ("X-MS-Exchange-Generated-Message-Source", "Mailbox Rules Agent"),
    ],
)
def test_a_mail_that_a_rule_of_an_inbox_redirects_is_a_persons(rule: tuple[str, str]) -> None:
    """Exchange marks what a rule redirects as it marks what a rule answers; Resent-From tells which it is."""
    assert classify(mail(rule), OWN).kind is Kind.AUTO_REPLY
    assert classify(mail(rule, ("Resent-From", "<office@x.pl>")), OWN).answerable
    both = mail(rule, ("Resent-From", "<office@x.pl>"), ("Auto-Submitted", "auto-replied"))
    assert classify(both, OWN).kind is Kind.AUTO_REPLY


def test_a_list_that_is_the_support_address_itself_brings_persons_mail() -> None:
    """A Google group or a Mailman list in front of the mailbox; what was bulk before it stays bulk."""
    ours = (
        ("List-Id", "<support.example.com>"),
        ("List-Post", "<https://groups.example/support>, <mailto:support@example.com>"),
        ("List-Unsubscribe", "<mailto:support+unsubscribe@example.com>"),
        ("Precedence", "list"),
    )
    assert classify(mail(*ours), OWN).answerable
    assert classify(mail(*ours, ("Precedence", "bulk")), OWN).kind is Kind.BULK
    assert classify(mail(*ours[2:]), OWN).kind is Kind.BULK
    assert classify(mail(("List-Post", "<mailto:talk@lists.example.com>")), OWN).kind is Kind.BULK


def test_the_second_of_two_precedence_fields_counts_too() -> None:
    """Every field of a name is looked at."""
    assert classify(mail(("Precedence", "first-class"), ("Precedence", "bulk")), OWN).kind is Kind.BULK


def test_precedence_first_class_is_no_machine() -> None:
    """Only the values that mean machines do."""
    assert classify(mail(("Precedence", "first-class")), OWN).answerable


@pytest.mark.parametrize("value", ["All", "OOF, AutoReply", "DR, RN, autoreply"])
def test_auto_response_suppress_forbids_the_answer_but_is_a_person(value: str) -> None:
    """X-Auto-Response-Suppress stands in mails of persons too."""
    found = classify(mail(("X-Auto-Response-Suppress", value)), OWN)
    assert (found.kind, found.answerable) == (Kind.NORMAL, False)


def test_suppressing_receipts_alone_does_not_forbid_an_answer() -> None:
    """DR and RN are about receipts."""
    assert classify(mail(("X-Auto-Response-Suppress", "DR, RN")), OWN).answerable


@pytest.mark.parametrize(
    "local",
    [
        *("noreply", "no-reply", "do_not_reply", "donotreply", "mailer-daemon", "Postmaster", "bounce+x=y"),
        *("owner-printers", "printers-request", "printers-owner", "noreply-dmarc-support", "payments-noreply"),
        *("jira.noreply", "no_reply_12", "no-reply+x", "nicht-antworten", "nao-responder", "nie-odpowiadaj"),
    ],
)
def test_senders_that_take_no_answers_get_none(local: str) -> None:
    """A no-reply address is not answered; what it says is still a mail."""
    found = classify(mail(sender=f"{local}@x.pl"), OWN)
    assert (found.kind, found.answerable) == (Kind.NORMAL, False)


@pytest.mark.parametrize("local", ["nora.noreplyson", "answer.no", "casino-reply", "noah.respondek"])
def test_a_name_that_only_looks_like_a_no_reply_address_is_answered(local: str) -> None:
    """The words stand between separators, as whoever makes such addresses writes them."""
    assert classify(mail(sender=f"{local}@x.pl"), OWN).answerable


def test_without_a_sender_there_is_no_answer() -> None:
    """Nobody to answer."""
    assert not classify(mail(sender=""), OWN).answerable


@pytest.mark.parametrize(
    ("subject", "answered"),
    [
        ("Automatic reply: Printer", "a@b"),
        ("Abwesenheitsnotiz: RE: Drucker", "a@b"),
        ("Automatyczna odpowiedź: [HELP-7] Drukarka", "a@b"),
        ("Out of office: [#10016] Printer", ""),
    ],
)
def test_a_subject_that_heads_the_answered_one_is_a_machines(subject: str, answered: str) -> None:
    """Old mailers mark nothing, but no person writes such words and a colon before the subject that they answer."""
    ids = (answered,) if answered else ()
    assert classify(replace(mail(subject=subject), in_reply_to=ids), OWN).kind is Kind.AUTO_REPLY
    assert classify(replace(mail(subject=subject), references=ids), OWN).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize("subject", ["On vacation from Monday", "Re: Automatic reply: Printer", "Out of office: why?!"])
def test_a_person_who_writes_of_absence_is_a_person(subject: str) -> None:
    """Their own words, an answer to such a mail, and a new matter about it are no machine's."""
    ids = () if subject.startswith("Out") else ("a@b",)
    assert classify(replace(mail(subject=subject), in_reply_to=ids), OWN).kind is Kind.NORMAL


def test_localised_subjects_support_but_do_not_prove() -> None:
    """A subject of automatic answers alone is a person's; with suppression it is an automatic answer."""
    subject = "Abwesenheitsnotiz: Drucker"
    assert classify(mail(subject=subject), OWN).kind is Kind.NORMAL
    supported = mail(("X-Auto-Response-Suppress", "All"), subject=subject)
    assert classify(supported, OWN).kind is Kind.AUTO_REPLY


def test_our_own_address_without_our_mark_is_a_person_whom_nobody_answers() -> None:
    """A web form may write as one of our mailboxes: that is no loop, but an answer would go to ourselves."""
    found = classify(mail(sender="Support@Example.com"), OWN)
    assert (found.kind, found.answerable) == (Kind.NORMAL, False)
    assert found.reasons == ("From: support@example.com is an address of ours",)


def test_a_form_that_writes_as_us_is_not_answered_even_with_somebody_in_reply_to() -> None:
    """Who writes as us may name anybody in Reply-To: our answers would become a way to write to strangers."""
    form = replace(mail(sender="support@example.com"), reply_to=(Address("Carla", "carla@customer.example"),))
    assert (classify(form, OWN).kind, classify(form, OWN).answerable) == (Kind.NORMAL, False)


@pytest.mark.parametrize(
    ("reply_to", "answerable"),
    [
        (("carla@customer.example",), True),
        ((), False),
        (("noreply@forms.example",), False),
        (("no-reply@forms.example",), False),
        (("carla@customer.example", "jan@customer.example"), False),
        (("help@example.com",), False),
        (("help+t1.x@example.com",), False),
        (("help@example.com", "carla@customer.example"), True),
        (("no address",), False),
    ],
)
def test_a_sender_without_answers_is_answered_at_the_one_person_in_reply_to(
    reply_to: tuple[str, ...], *, answerable: bool
) -> None:
    """A form sends as noreply@ and names the person in Reply-To."""
    form = replace(mail(sender="noreply@forms.example"), reply_to=tuple(Address("", one) for one in reply_to))
    assert (classify(form, OWN).kind, classify(form, OWN).answerable) == (Kind.NORMAL, answerable)


def test_our_own_mark_with_our_own_id_or_address_is_a_loop() -> None:
    """A mail of ours that comes back is known by its mark and its Message-ID; where a relay changed that, by From."""
    ours = mail(("X-Mailgateway", "example.com"), ("Message-ID", "<1@example.com>"))
    rewritten = mail(("X-Mailgateway", "example.com"), ("Message-ID", "<1@relay.net>"), sender="help@example.com")
    assert classify(ours, OWN).kind is Kind.LOOP
    assert classify(rewritten, OWN).kind is Kind.LOOP


def test_our_mark_alone_proves_nothing() -> None:
    """Anybody can copy a header field, and another gateway marks with its own domain."""
    assert classify(mail(("X-Mailgateway", "example.com")), OWN).kind is Kind.NORMAL
    assert classify(mail(("X-Mailgateway", "other.org"), ("Message-ID", "<1@other.org>")), OWN).kind is Kind.NORMAL
