"""Two people write about one ticket at the same time, over real servers and both databases."""

import pytest

from mailgateway.cli.views.tickets import show_sheet
from mailgateway.desk.model import Status
from tests.end_to_end.office import Office, answer, message, to

CUSTOMER, ANNA, BOB = "carla@customer.example", "anna@example.com", "bob@example.com"


def test_an_answer_that_crosses_a_mail_is_sent_and_told(office: Office) -> None:
    """The customer gets it at once; the agent's receipt shows what she wrote meanwhile."""
    office.reconfigure("receipts: never", "receipts: changes")
    office.write(message(f"Carla Costa <{CUSTOMER}>", "Slow network", "It is slow."))
    first = office.round()
    (notice,), (receipt,) = to(first, ANNA), to(first, CUSTOMER)
    office.write(answer(receipt, f"Carla Costa <{CUSTOMER}>", "Now it is dead."))
    office.round()
    office.write(answer(notice, ANNA, "It will be fast again tomorrow."))
    letters = office.round()
    (sent,) = to(letters, CUSTOMER)
    assert "fast again tomorrow" in sent.mail.text
    (told,) = to(letters, ANNA)
    assert "In the meantime, Carla Costa wrote" in told.mail.text
    assert "> Now it is dead." in told.mail.text


def test_an_answer_that_crosses_another_is_held_until_its_writer_decides(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing of it reaches the customer; colleagues see it; it is replaced, held again, and sent as it was."""
    office.reconfigure("receipts: never", "receipts: never, collision: hold")
    office.write(message(f"Carla Costa <{CUSTOMER}>", "Slow network", "It is slow."))
    (notice,) = to(office.round(), ANNA)
    (number,) = office.numbers()
    office.write(answer(notice, ANNA, "#group hardware"))
    (handed,) = to(office.round(), BOB)

    office.write(answer(notice, ANNA, "Anna here: please restart it."))
    assert "please restart" in to(office.round(), CUSTOMER)[-1].mail.text
    made = answer(handed, BOB, "#solved\nBob here: I have changed the cable.")
    made.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="cables.pdf")
    office.write(made)
    letters = office.round()
    assert to(letters, CUSTOMER) == []
    (question,) = to(letters, BOB)
    for words in (
        "has not been sent",
        "In the meantime, Anna Kowalska answered",
        "> Anna here: please restart it.",
        "#send",
    ):
        assert words in question.mail.text
    assert "> Bob here: I have changed the cable." in question.mail.text

    sheet = office.ticket(number)
    show_sheet(sheet, sheet.ticket.updated_at, is_vip=False, about="")
    shown = capsys.readouterr().out
    assert "Held         answer of bob" in shown
    assert sheet.ticket.status is not Status.SOLVED

    office.write(answer(question, BOB, "#send"))
    (sent,) = to(office.round(), CUSTOMER)
    assert "Bob here: I have changed the cable." in sent.mail.text
    assert "#solved" not in sent.mail.text
    assert [one.filename for one in sent.mail.attachments] == ["cables.pdf"]
    sheet = office.ticket(number)
    assert (sheet.ticket.status, sheet.ticket.held) == (Status.SOLVED, ())
