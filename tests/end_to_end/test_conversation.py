"""A matter from the first mail to the last: customer, gateway, agent, and back, over real servers."""

import pytest

from mailgateway.desk.model import ArticleKind, Priority, Status
from tests.end_to_end.office import Office, answer, message, to

CUSTOMER = "carla@customer.example"


def test_a_mail_becomes_a_routed_acknowledged_ticket(office: Office) -> None:
    """A mail is filed, routed by the rules, acknowledged to its writer, and handed to the group."""
    office.write(message(f"Carla <{CUSTOMER}>", "The printer is on fire", "Please help.\n\n-- \nCarla"))
    letters = office.round()
    (number,) = office.numbers()
    ticket = office.ticket(number).ticket
    assert (ticket.group, ticket.priority, ticket.tags) == ("hardware", Priority.HIGH, ("printer",))
    assert ticket.requester.address == CUSTOMER
    assert [letter.recipient for letter in letters] == [CUSTOMER, "bob@example.com"]
    receipt = letters[0]
    assert f"[#{number}]" in receipt.mail.subject
    assert receipt.mail.headers.get("Auto-Submitted") == "auto-replied"
    assert receipt.mail.headers.get("X-Auto-Response-Suppress") == "All"
    assert "List-Id" not in receipt.mail.headers
    assert receipt.mail.html
    assert "Please help." in letters[1].mail.text
    assert office.dovecot.count(office.user) == 0
    assert office.dovecot.count(office.user, "Processed") == 1


def test_an_agents_answer_reaches_the_customer_and_the_customers_answer_the_ticket(office: Office) -> None:
    """Agent and customer talk through the gateway; neither sees the other's quotations or the agent's address."""
    office.write(message(CUSTOMER, "Cannot log in", "My password is refused."))
    notified = to(office.round(), "anna@example.com")[0]
    (number,) = office.numbers()

    office.write(answer(notified, "anna@example.com", "Please try again now."))
    (reply,) = office.round()
    assert reply.recipient == CUSTOMER
    assert reply.mail.sender is not None
    assert (reply.mail.sender.name, reply.mail.sender.address) == ("Anna Kowalska", "support@example.com")
    assert "Please try again now." in reply.mail.text
    assert "On Mon, 2 Nov 2026" not in reply.mail.text
    assert b"anna@example.com" not in reply.raw
    assert "Auto-Submitted" not in reply.mail.headers

    office.write(answer(reply, CUSTOMER, "It works, thank you!"))
    (told,) = office.round()
    assert told.recipient == "anna@example.com"
    assert "It works, thank you!" in told.mail.text
    sheet = office.ticket(number)
    assert [article.article.text for article in sheet.articles] == [
        "My password is refused.",
        "Please try again now.",
        "It works, thank you!",
    ]
    assert office.numbers() == [number]


def test_commands_change_the_ticket_and_never_reach_the_customer(office: Office) -> None:
    """Commands set status, priority and owner; a mail of commands alone sends the customer the status, no answer."""
    office.write(message(CUSTOMER, "Slow network", "It is slow."))
    notified = to(office.round(), "anna@example.com")[0]
    (number,) = office.numbers()
    office.write(answer(notified, "anna@example.com", "#priority urgent\n#assign me\n#solved"))
    (status,) = office.round()
    assert status.recipient == CUSTOMER
    assert "#priority" not in status.mail.text
    ticket = office.ticket(number).ticket
    assert (ticket.status, ticket.priority, ticket.assignee) == (Status.SOLVED, Priority.URGENT, "anna")

    office.write(answer(status, CUSTOMER, "No, it is slow again."))
    office.round()
    assert office.ticket(number).ticket.status is Status.OPEN


def test_a_note_stays_inside(office: Office) -> None:
    """`#note` keeps the text among the agents."""
    office.write(message(CUSTOMER, "Question", "Why?"))
    notified = to(office.round(), "anna@example.com")[0]
    office.write(answer(notified, "anna@example.com", "#note\nThis customer is difficult."))
    assert to(office.round(), CUSTOMER) == []
    (number,) = office.numbers()
    assert office.ticket(number).articles[-1].article.kind is ArticleKind.NOTE


def test_a_hand_over_tells_the_new_group_what_it_is_about(office: Office) -> None:
    """`#group` brings the ticket to the other group, with the customer's words."""
    office.write(message(CUSTOMER, "Strange noise", "It comes from the box."))
    notified = to(office.round(), "anna@example.com")[0]
    office.write(answer(notified, "anna@example.com", "#group hardware"))
    (handed,) = to(office.round(), "bob@example.com")
    assert "It comes from the box." in handed.mail.text


def test_a_wrong_command_comes_back_and_sends_nothing(office: Office) -> None:
    """A command that does not exist sends nothing to the customer; the agent gets the mail back with the list."""
    office.write(message(CUSTOMER, "Question", "Why?"))
    notified = to(office.round(), "anna@example.com")[0]
    office.write(answer(notified, "anna@example.com", "#slove\nDone."))
    (refused,) = office.round()
    assert refused.recipient == "anna@example.com"
    assert "#slove" in refused.mail.text
    assert "#assign" in refused.mail.text


@pytest.mark.parametrize("sender", ["anna@example.com", "mallory@evil.example"])
def test_a_forged_agent_can_do_nothing(office: Office, sender: str) -> None:
    """A mail without evidence neither reaches the customer nor changes the ticket, whatever its From says."""
    office.write(message(CUSTOMER, "Question", "Why?"))
    office.round()
    (number,) = office.numbers()
    forged = message(sender, f"Re: [#{number}] Question", "#solved\nSend your password to me.")
    office.write(forged)
    assert to(office.round(), CUSTOMER) == []
    assert office.ticket(number).ticket.status is Status.NEW
    assert len(office.ticket(number).articles) == 1


def test_trusted_dmarc_is_evidence_of_an_agent(office: Office) -> None:
    """A DMARC pass written by our own border server lets an agent command without the reply address."""
    office.write(message(CUSTOMER, "Question", "Why?"))
    office.round()
    (number,) = office.numbers()
    passed = ("Authentication-Results", "mx.example.com; dmarc=pass header.from=example.com")
    office.write(message("anna@example.com", f"Re: [#{number}] Question", "#close", headers=[passed]))
    office.round()
    assert office.ticket(number).ticket.status is Status.CLOSED


def test_a_polish_customer_is_answered_in_polish(office: Office) -> None:
    """The rule's language chooses the template."""
    office.write(message("jan@example.pl", "Drukarka nie działa", "Proszę o pomoc.\n"))
    office.write(message("ola@example.pl", "Hasło", "Nie pamiętam hasła.\n"))
    letters = office.round()
    (ola,) = to(letters, "ola@example.pl")
    assert "zarejestrowaliśmy" in ola.mail.text.lower()
    (jan,) = to(letters, "jan@example.pl")
    assert "zarejestrowaliśmy" not in jan.mail.text.lower(), "the rule before it stops the search"


def test_an_over_size_mail_is_set_aside_and_its_sender_told(office: Office) -> None:
    """What is too large is registered from its header, quarantined, and answered with the reason."""
    big = message(CUSTOMER, "My holiday pictures", "x" * 70 + "\n")
    big.add_attachment(b"\0" * 1_500_000, maintype="image", subtype="png", filename="beach.png")
    office.write(big)
    letters = office.round()
    assert [letter.recipient for letter in letters] == [CUSTOMER]
    assert "MB" in letters[0].mail.text
    assert office.numbers() == []
    assert office.dovecot.count(office.user, "Quarantine") == 1


def test_the_same_mail_twice_is_one_ticket(office: Office) -> None:
    """A mail delivered twice is filed once and settled twice; a reused Message-ID with other content is kept."""
    first = message(CUSTOMER, "Question", "Why?")
    office.write(first)
    office.write(b"Received: from relay.example by mx.example.com; Mon, 2 Nov 2026 10:00:09 +0100\r\n" + bytes(first))
    office.round()
    assert len(office.numbers()) == 1
    other = message(CUSTOMER, "Another question", "How?")
    other.replace_header("Message-ID", first["Message-ID"])
    office.write(other)
    office.round()
    assert len(office.numbers()) == 2
    assert office.dovecot.count(office.user) == 0


def test_a_folder_made_anew_files_nothing_twice(office: Office) -> None:
    """After UIDVALIDITY changed everything is fetched again, recognised, and only settled."""
    office.reconfigure('processed: "move:Processed"', 'processed: "flag:Ticketed"')
    for number in range(3):
        office.write(message(CUSTOMER, f"Question {number}", "Why?"))
    office.round()
    office.dovecot.recreate(office.user)
    office.write(message(CUSTOMER, "Question 4", "Why?"))
    letters = office.round()
    assert len(to(letters, CUSTOMER)) == 1
    assert len(office.numbers()) == 4
