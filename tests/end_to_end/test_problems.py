"""Tickets that belong together, over real servers: merged ones, and the incidents of a problem."""

from mailgateway.desk.model import Status
from tests.end_to_end.office import Office, answer, message, to

CARLA, JAN = "carla@customer.example", "jan@klient.example"


def test_the_answer_to_an_old_mail_lands_on_the_ticket_that_goes_on(office: Office) -> None:
    """An agent merges by mail; the customer hears it once, answers the old receipt, and is heard on the new number."""
    office.write(message(JAN, "Network down", "Nothing works."))
    office.round()
    office.write(message(f"Carla <{CARLA}>", "Slow network", "It is slow."))
    letters = office.round()
    receipt, notified = to(letters, CARLA)[0], to(letters, "anna@example.com")[0]
    survivor, loser = office.numbers()

    office.write(answer(notified, "anna@example.com", f"#merge {survivor}"))
    (told,) = office.round()
    assert told.recipient == CARLA
    assert told.mail.subject == f"Re: [#{survivor}] Slow network"
    assert f"#{loser}" in told.mail.text
    assert JAN.encode() not in told.raw
    assert b"Network down" not in told.raw
    assert office.ticket(loser).ticket.status is Status.CLOSED

    for old in (receipt, told):
        office.write(answer(old, CARLA, "Any news?"))
    assert {letter.mail.subject for letter in office.round()} == {f"Re: [#{survivor}] Network down"}
    assert office.numbers() == [survivor, loser]
    assert office.ticket(loser).ticket.status is Status.CLOSED
    written = [one for one in office.ticket(survivor).articles if one.ticket == survivor]
    assert [one.article.text for one in written] == ["Nothing works.", "Any news?", "Any news?"]

    office.write(answer(notified, "anna@example.com", "We found it."))
    assert sorted(letter.recipient for letter in office.round()) == [CARLA, JAN]
