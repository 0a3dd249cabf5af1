"""Promise 5: never an answer to a machine, and no two machines that keep each other busy."""

from pathlib import Path

import pytest

from tests.end_to_end.office import Office, answer, message, to
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

ROBOT = "robot@machine.example"


@pytest.mark.parametrize(
    "header",
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
        ("Precedence", "list"),
        ("Precedence", "junk"),
        ("X-Auto-Response-Suppress", "All"),
        ("Return-Path", "<>"),
    ],
)
def test_marked_mail_gets_no_automatic_answer(small_office: Office, header: tuple[str, str]) -> None:
    """Whatever asks not to be answered is filed and not answered."""
    small_office.write(message(ROBOT, "Disk full", "At 99 %.", headers=[header]))
    assert to(small_office.round(), ROBOT) == []
    assert len(small_office.numbers()) == 1


def test_a_person_who_says_auto_submitted_no_is_answered(small_office: Office) -> None:
    """`Auto-Submitted: no` is what people's mail says, too."""
    small_office.write(message(ROBOT, "Hello", "I am a person.", headers=[("Auto-Submitted", "no")]))
    assert len(to(small_office.round(), ROBOT)) == 1


def test_our_own_mail_coming_back_is_recorded_and_ignored(small_office: Office) -> None:
    """A letter of ours that finds its way into our mailbox opens nothing."""
    small_office.write(message("carla@customer.example", "Question", "Why?"))
    (receipt, *_) = small_office.round()
    small_office.write(receipt.raw)
    assert small_office.round() == []
    assert len(small_office.numbers()) == 1


def test_a_mail_from_our_own_address_opens_a_ticket_and_is_not_answered(small_office: Office) -> None:
    """A web form may write as the desk itself: its mail is a ticket, and no letter goes to us or to who it names."""
    small_office.write(message("help@example.com", "Question", "From the form.", headers=[("Reply-To", ROBOT)]))
    letters = small_office.round()
    assert len(small_office.numbers()) == 1
    assert to(letters, "help@example.com") == []
    assert to(letters, ROBOT) == []


def test_two_gateways_writing_to_each_other_stop(
    tmp_path: Path, dovecot: Dovecot, sink: Sink, mailbox_user: str
) -> None:
    """Two desks that got hold of each other fall silent by themselves within ten mails."""
    offices = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        office = Office(folder, dovecot, sink, f"{mailbox_user}{name}", f"sqlite:///{folder}/office.db")
        office.reconfigure("domain: example.com", f"domain: {name}.example")
        office.reconfigure("address: support@example.com", f"address: support@{name}.example")
        office.reconfigure("aliases: [help@example.com]", "aliases: []")
        offices.append(office)
    one, two = offices
    one.write(message("support@two.example", "Question", "Why?", to="support@one.example"))
    assert _exchange(one, two, sink) <= 10
    one.close()
    two.close()


def test_a_bare_autoresponder_is_answered_a_few_times_and_no_more(small_office: Office) -> None:
    """An autoresponder that marks nothing and drops every reference falls silent, because we do, within ten mails."""
    small_office.write(message(ROBOT, "Hello", "First."))
    letters = 0
    for _ in range(30):
        news = to(small_office.round(), ROBOT)
        if not news:
            break
        letters += len(news)
        for _letter in news:
            small_office.write(message(ROBOT, "I am not here", "I shall read your mail next week."))
    assert 0 < letters <= 10


def test_an_autoresponder_on_the_thread_stays_there(small_office: Office) -> None:
    """An autoresponder that answers our receipt adds to its ticket and is not answered again."""
    small_office.write(message(ROBOT, "Hello", "First."))
    (receipt,) = to(small_office.round(), ROBOT)
    small_office.write(answer(receipt, ROBOT, "I am not here."))
    assert to(small_office.round(), ROBOT) == []
    assert len(small_office.numbers()) == 1


def _exchange(one: Office, two: Office, sink: Sink) -> int:
    """Carry letters between the two until nobody writes any more; return how many went over."""
    carried = 0
    for _ in range(30):
        one.round()
        two.round()
        between = [
            (recipient, received.content)
            for received in sink.received
            for recipient in received.rcpt_tos
            if recipient.startswith("support")
        ]
        if len(between) == carried:
            break
        for recipient, raw in between[carried:]:
            (one if recipient.endswith("@one.example") else two).write(raw)
        carried = len(between)
    return carried
