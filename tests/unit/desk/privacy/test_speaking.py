"""Which letters speak of somebody who is to be erased."""

import pytest

from mailgateway.desk.privacy.person import Person
from mailgateway.desk.privacy.speaking import speaks_of
from mailgateway.mail.model import Mail
from mailgateway.mail.parse import parse
from tests.end_to_end.office import message

CARLA = Person.of(["carla@customer.example"])


def letter(subject: str, text: str, csv: str = "") -> Mail:
    """Return a letter to somebody else, with a list where there is one."""
    made = message("desk@example.com", subject, text, to="boss@example.com")
    if csv:
        made.add_attachment(csv.encode(), maintype="text", subtype="csv", filename="list.csv")
    return parse(made.as_bytes())


@pytest.mark.parametrize(
    "speaking",
    [
        letter("A letter could not be delivered", "17  ticket 9  to Carla@Customer.example: 550"),
        letter("Your tickets", "#10001 My knee hurts"),
        letter("The report", "Attached.", "number,subject\n10001,My knee hurts\n"),
    ],
)
def test_an_address_or_a_ticket_in_text_or_list_speaks_of_them(speaking: Mail) -> None:
    """However the address is written."""
    assert speaks_of(speaking, CARLA, [10001])


@pytest.mark.parametrize(
    "silent",
    [
        letter("Well again", "carla@customer.example.org, ticket 110001"),
        letter("The report", "Attached.", "number,subject\n10002,Chairs\n"),
    ],
)
def test_others_that_look_alike_are_not_them(silent: Mail) -> None:
    """A longer address, a longer number."""
    assert not speaks_of(silent, CARLA, [10001])
